"""Learning masks from any pictures with drawn masks: crops, augmentation, loss.

:mod:`imaging.training.mask_folder` is the command for a folder of the user's own, ``vessels`` the shipped recipe.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from imaging.segment import Mask, MaskNet, Planes, Shape
from imaging.training.agreement import Tally
from imaging.training.device import mixed
from retrieval.evidence import Word


class Sample(NamedTuple):
    """One picture with its drawn mask; outside ``field`` nothing is learnt or scored."""

    planes: Planes
    truth: Mask
    field: Mask


class Learning(Word):
    """How a net is trained; every field is part of the settings hash."""

    steps: int = 1200
    batch: int = 8
    side: int = 128
    rate: float = 6e-3
    decay: float = 1e-3
    cycle: int = 0
    """Steps of the first of several cosines, each twice as long as the one before (SGDR: Loshchilov and Hutter, ICLR
    2017); 0: one cosine over all steps. A training in cycles can be prolonged: it is whole at the end of each."""
    turn: float = 0.0
    """Share of the crops that are turned and zoomed at will; the others are only flipped and transposed."""
    zoom: float = 1.25
    gain: float = 0.1
    """SD of the factor and of the offset that the planes of a crop get."""
    apart: bool = False
    """Each plane its own factor and offset, instead of one for all."""
    seed: int = 0

    @property
    def ends(self) -> tuple[int, ...]:
        """Steps at which the rate reaches zero, up to :attr:`steps`."""
        if not self.cycle:
            return (self.steps,)
        ends = [self.cycle]
        while ends[-1] < self.steps:
            ends.append(2 * ends[-1] + self.cycle)
        return tuple(ends)


class MaskTask:
    """Learning one net from samples, for :func:`imaging.training.loop.train`.

    Each step draws its crops from ``(seed, step)``; AdamW, a warm-up and a cosine to zero, binary cross-entropy inside
    the field. ``start`` is a net of the same shape to go on from; ``held`` are samples for the score (pooled AUC),
    never learnt from.
    """

    def __init__(
        self, samples: Sequence[Sample], shape: Shape, learning: Learning, held: Sequence[Sample] = (),
        device: torch.device | None = None, start: MaskNet | None = None,
    ) -> None:  # fmt: skip
        if not samples:
            raise ValueError("nothing to learn from: no picture with a mask")
        self.device = device or torch.device("cpu")
        self.learning, self.held, self._parts = learning, held, 1
        torch.manual_seed(learning.seed)
        self.net = MaskNet(shape)
        if start is not None:
            self.net.load_state_dict(start.state_dict())
        self._start = "" if start is None else weights_hash(start)
        self.net.to(self.device)
        self.optimiser = torch.optim.AdamW(
            self.net.parameters(), learning.rate, weight_decay=learning.decay, betas=(0.9, 0.99)
        )
        self._stacks = [_stacked(one, learning.side) for one in samples]
        self._key = _samples_hash(samples)

    @property
    def settings(self) -> Mapping[str, Any]:
        learning = self.learning.model_dump(exclude={"steps"} if self.learning.cycle else None)
        own: dict[str, Any] = {
            "shape": self.net.shape.model_dump(), "learning": learning, "samples": self._key,
        }  # fmt: skip
        return own | {"start": self._start} if self._start else own

    @property
    def parts(self) -> Mapping[str, Any]:
        return {"net": self.net, "optimiser": self.optimiser}

    def halve(self) -> None:
        self._parts = 2

    def score(self) -> float | None:
        if not self.held:
            return None
        tally = Tally()
        for one in self.held:
            tally.add("", self.net.strength(one.planes), one.truth, one.field)
        return tally.auc()

    def advance(self, step: int) -> float:
        self.net.train()
        for group in self.optimiser.param_groups:
            group["lr"] = self._rate(step)
        self.optimiser.zero_grad(set_to_none=True)
        batch = self._batch(step)
        total = 0.0
        for part in torch.chunk(batch, self._parts):
            loss = self._loss(part.to(self.device)) / self._parts
            loss.backward()  # type: ignore[no-untyped-call]
            total += float(loss.detach())
        self.optimiser.step()
        return total

    def _rate(self, step: int) -> float:
        """Warm-up over a twentieth of the first cosine, then half a cosine down to zero for each cycle."""
        ends = self.learning.ends
        warm = max(1, ends[0] // 20)
        if step < warm:
            return self.learning.rate * (step + 1) / warm
        end = next((end for end in ends if step < end), ends[-1])
        first = warm if end == ends[0] else (end - self.learning.cycle) // 2
        share = min(1.0, (step - first) / max(1, end - first))
        return self.learning.rate * 0.5 * (1 + float(np.cos(np.pi * share)))

    def _loss(self, batch: Tensor) -> Tensor:
        planes, truth, field = batch[:, :-2], batch[:, -2:-1], batch[:, -1:]
        with mixed(self.device):
            every = self.net.every(planes.contiguous(memory_format=torch.channels_last))
        weight = field / field.sum().clamp(min=1)
        losses = [
            (functional.binary_cross_entropy_with_logits(one.float(), truth, reduction="none") * weight).sum()
            for one in every
        ]
        return torch.stack(losses).mean()

    def _batch(self, step: int) -> Tensor:
        """Crops of the step, N x (C + 2) x side x side: planes, truth, field."""
        rng = np.random.default_rng([self.learning.seed, step])
        chosen = rng.integers(0, len(self._stacks), self.learning.batch)
        return torch.cat([self._crop(rng, self._stacks[index]) for index in chosen])

    def _crop(self, rng: np.random.Generator, stack: Tensor) -> Tensor:
        learning = self.learning
        height, width = stack.shape[2:]
        turned = learning.turn > 0 and rng.random() < learning.turn
        angle = rng.uniform(0, 2 * np.pi) if turned else 0.0
        zoom = float(np.exp(rng.uniform(-1, 1) * np.log(learning.zoom))) if turned else 1.0
        flip = -1.0 if rng.random() < 0.5 else 1.0
        half = learning.side / 2
        row, column = rng.uniform(half, height - half), rng.uniform(half, width - half)
        if turned:
            crop = _turned(stack, row, column, angle, zoom, flip, learning.side)
        else:
            crop = _straight(rng, stack, int(row - half), int(column - half), learning.side)
        factor, offset = learning.gain * rng.normal(
            size=(2, 1, crop.shape[1] - 2 if learning.apart else 1, 1, 1)
        )
        planes = crop[:, :-2] * torch.from_numpy(1 + factor).float() + torch.from_numpy(offset).float()
        return torch.cat([planes, crop[:, -2:].round()], 1)


def _turned(
    stack: Tensor, row: float, column: float, angle: float, zoom: float, flip: float, side: int
) -> Tensor:
    """A square of the stack about a point, turned, zoomed and perhaps mirrored; zero beyond the frame."""
    height, width = stack.shape[2:]
    cos, sin = np.cos(angle) * zoom * side, np.sin(angle) * zoom * side
    turn = torch.tensor(
        [[
            [flip * cos / width, -sin / width, 2 * column / width - 1],
            [flip * sin / height, cos / height, 2 * row / height - 1],
        ]],
        dtype=torch.float32,
    )  # fmt: skip
    grid = functional.affine_grid(turn, [1, stack.shape[1], side, side], align_corners=False)
    return functional.grid_sample(stack, grid, mode="bilinear", align_corners=False)


def _straight(rng: np.random.Generator, stack: Tensor, top: int, left: int, side: int) -> Tensor:
    crop = stack[:, :, top : top + side, left : left + side]
    if rng.random() < 0.5:
        crop = crop.transpose(2, 3)
    return crop.flip([axis for axis in (2, 3) if rng.random() < 0.5])


def _stacked(sample: Sample, side: int) -> Tensor:
    """Planes, truth and field in one tensor, padded to at least one crop."""
    rows = np.concatenate([sample.planes, sample.truth[None], sample.field[None]]).astype(np.float32)
    below, right = (max(0, side - size) for size in rows.shape[1:])
    return torch.from_numpy(np.pad(rows, ((0, 0), (0, below), (0, right))))[None]


def weights_hash(net: MaskNet) -> str:
    """sha256 over a net's numbers."""
    digest = hashlib.sha256()
    for value in net.state_dict().values():
        digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _samples_hash(samples: Sequence[Sample]) -> str:
    digest = hashlib.sha256()
    for one in samples:
        for array in one:
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
