"""The recipe of the enlarging nets: photographs of IDRiD and CHASE_DB1, shrunk, and learnt to be enlarged again.

``python -m imaging.training.super_resolution --times 2 --data DIR --work DIR --out FILE``, and with 4; DIR holds
``idrid_seg54`` and ``chasedb1``, both CC BY 4.0. Resumes. Loss: the square root of the squared error plus (2/255)², a
smooth L1 (Charbonnier et al., ICIP 1994).
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional

from imaging import super_resolution
from imaging.datasets import folders
from imaging.super_resolution import EnlargeNet, Form, shrunk
from imaging.training.device import choose
from imaging.training.loop import Budget, train
from retrieval.evidence import Word

Pixels = NDArray[np.uint8]

WIDTHS = {"idrid_seg54/IDRiD_*.jpg": (854, 600), "chasedb1/Image_*.jpg": (999, 608)}
"""Widths in px to which photographs are brought: as they are held, and with a field of about :mod:`imaging.vessels`'
576 px."""

LIT = 0.06
"""Mean brightness below which a crop is black surroundings, from which nothing is learnt."""


class Learning(Word):
    """How a net is trained; every field is part of the settings hash."""

    steps: int = 1200
    batch: int = 12
    side: int = 32
    """Of a crop in px of the small picture."""
    rate: float = 2e-3
    noise: float = 2.0
    """Largest SD in grey levels of the grain laid over a crop before it is shrunk: grain cannot be foretold."""
    smooth: float = 2.0
    """Errors below so many grey levels count by their square."""
    seed: int = 0


def photographs(data: Path) -> Iterator[Pixels]:
    """IDRiD's 54 and CHASE_DB1's 20 photographs, each at two sizes, H x W x 3."""
    for pattern, widths in WIDTHS.items():
        for path in sorted(data.glob(pattern)):
            pixels = folders.rgb(path)
            yield from (_to_width(pixels, width) for width in widths)


def _to_width(pixels: Pixels, width: int) -> Pixels:
    if width == pixels.shape[1]:
        return pixels
    height = round(pixels.shape[0] * width / pixels.shape[1])
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.LANCZOS))


class EnlargeTask:
    """Learning one net, for :func:`imaging.training.loop.train`: each step draws its crops from ``(seed, step)``."""

    def __init__(
        self, pictures: Sequence[Pixels], form: Form, learning: Learning, device: torch.device | None = None
    ) -> None:
        if not pictures:
            raise ValueError("nothing to learn from: no photograph")
        self.learning, self.device, self._parts = learning, device or torch.device("cpu"), 1
        torch.manual_seed(learning.seed)
        self.net = EnlargeNet(form).to(self.device)
        self.optimiser = torch.optim.Adam(self.net.parameters(), learning.rate, betas=(0.9, 0.99))
        self._pictures = pictures
        self._key = _hash(pictures)

    @property
    def settings(self) -> Mapping[str, Any]:
        form, learning = self.net.form.model_dump(), self.learning.model_dump()
        return {"form": form, "learning": learning, "pictures": self._key, "passes": super_resolution.PASSES}

    @property
    def parts(self) -> Mapping[str, Any]:
        return {"net": self.net, "optimiser": self.optimiser}

    def halve(self) -> None:
        self._parts = 2

    def score(self) -> float | None:
        return None

    def advance(self, step: int) -> float:
        self.net.train()
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate(step)
        self.optimiser.zero_grad(set_to_none=True)
        total = 0.0
        for part in torch.chunk(self._batch(step), self._parts):
            loss = self._loss(part.to(self.device)) / self._parts
            loss.backward()  # type: ignore[no-untyped-call]
            total += float(loss.detach())
        self.optimiser.step()
        return total

    def _rate(self, step: int) -> float:
        """Warm-up over 50 steps, then half a cosine down to zero."""
        share = min(1.0, step / self.learning.steps)
        return self.learning.rate * min(1.0, (step + 1) / 50) * 0.5 * (1 + float(np.cos(np.pi * share)))

    def _loss(self, large: Tensor) -> Tensor:
        """Smooth L1 in grey levels between a crop and what the net makes of the crop shrunk to bytes."""
        small = (255 * shrunk(large, self.net.form.times)).round().clamp(0, 255) / 255
        error = 255 * (self.net(small.contiguous(memory_format=torch.channels_last)) - large)
        return torch.sqrt(error**2 + self.learning.smooth**2).mean()

    def _batch(self, step: int) -> Tensor:
        """Crops of the step, N x 3 x side x side between 0 and 1, some with grain."""
        rng = np.random.default_rng([self.learning.seed, step])
        side = self.learning.side * self.net.form.times
        crops = torch.cat([self._crop(rng, side) for _ in range(self.learning.batch)])
        grain = rng.uniform(0, self.learning.noise, (len(crops), 1, 1, 1)) * rng.normal(size=crops.shape)
        return crops + torch.from_numpy(grain / 255).float()

    def _crop(self, rng: np.random.Generator, side: int) -> Tensor:
        """One lit crop, flipped and transposed at will."""
        for _ in range(8):
            picture = self._pictures[int(rng.integers(len(self._pictures)))]
            below, right = (max(0, side - size) for size in picture.shape[:2])
            top, left = (int(rng.integers(max(1, size - side + 1))) for size in picture.shape[:2])
            crop = picture[top : top + side, left : left + side].astype(np.float32) / np.float32(255)
            if crop.mean() > LIT:
                break
        whole = functional.pad(torch.from_numpy(crop.transpose(2, 0, 1))[None], (0, right, 0, below))
        if rng.random() < 0.5:
            whole = whole.transpose(2, 3)
        return whole.flip([axis for axis in (2, 3) if rng.random() < 0.5])


def _hash(pictures: Sequence[Pixels]) -> str:
    digest = hashlib.sha256()
    for one in pictures:
        digest.update(one.tobytes())
    return digest.hexdigest()


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, or go on training, and write the net when it is done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, choices=(2, 4), required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder with idrid_seg54/ and chasedb1/")
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoints")
    parser.add_argument("--out", type=Path, required=True, help="a .safetensors file")
    parser.add_argument("--steps", type=int, default=Learning().steps)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    task = EnlargeTask(
        list(photographs(options.data)), Form(times=options.times), Learning(steps=options.steps),
        choose(options.device),
    )  # fmt: skip
    budget = Budget(steps=options.steps, minutes=options.minutes)
    ended = train(task, budget, options.work / f"x{options.times}", say=_say)
    if ended.why == "done":
        super_resolution.save(task.net, options.out)
    _say(f"{ended.why} after {ended.step} steps, loss {np.mean(ended.losses[-100:] or [0]):.4f}")


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
