"""A fundus photograph two or four times as large, for looking only: a small residual net on top of Lanczos.

Sub-pixel convolution (Shi et al., CVPR 2016, arXiv 1609.05158) adds to Lanczos' enlargement what it misses; then the
result is corrected until shrinking gives the input back (back-projection: Irani and Peleg, CVGIP 1991;53:231).
The answer is an :class:`imaging.enhance.Enhanced`: stamped, and no picture to measure on. Imports torch: reach it on
first use.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from imaging import cards
from imaging.enhance import Enhanced
from imaging.image import TooLarge
from retrieval.evidence import Word

Times = Literal[2, 4]
MODELS: dict[Times, str] = {2: "model:fundus-x2", 4: "model:fundus-x4"}
"""Card ids."""

LARGEST = 40_000_000
"""Pixels of an answer: the limit of a frame (imaging spec 3.1)."""

SMALLEST = 16
"""Shortest side in px that is enlarged."""

LOBES = 3
"""Lanczos' kernel reaches so many px of the small picture to either side."""

PASSES = 2
"""Corrections towards an enlargement that shrinks to the input."""

STRIP = 192
"""Rows of the input that are enlarged at once: bounds the memory."""

MARGIN = 24
"""Rows that a strip sees beyond its own: no answer depends on more (net 8, each correction 6, Lanczos 3)."""

Pixels = NDArray[np.uint8]


class Form(Word):
    """Size of a net."""

    times: Times
    channels: int = 24
    blocks: int = 3


class EnlargeNet(nn.Module):
    """N x 3 x H x W between 0 and 1 to N x 3 x (times H) x (times W). Untrained it is Lanczos, corrected."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.form = form
        self.head = nn.Conv2d(3, form.channels, 3, padding=1)
        self.blocks = nn.ModuleList(_Block(form.channels) for _ in range(form.blocks))
        self.tail = nn.Conv2d(form.channels, 3 * form.times**2, 3, padding=1)
        nn.init.zeros_(self.tail.weight)
        nn.init.zeros_(cast(Tensor, self.tail.bias))
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, small: Tensor) -> Tensor:
        seen = self.head(2 * small - 1)
        for block in self.blocks:
            seen = block(seen)
        large = lanczos(small, self.form.times) + functional.pixel_shuffle(self.tail(seen), self.form.times)
        for _ in range(PASSES):
            large = large + lanczos(small - shrunk(large, self.form.times), self.form.times)
        return large


class _Block(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, seen: Tensor) -> Tensor:
        added: Tensor = self.second(functional.relu(self.first(seen)))
        return seen + added


def shrunk(large: Tensor, times: Times) -> Tensor:
    """Bicubic with the kernel widened to the scale, as Pillow shrinks: what the small picture is taken to be."""
    size = (large.shape[2] // times, large.shape[3] // times)
    return functional.interpolate(large, size=size, mode="bicubic", antialias=True, align_corners=False)


def lanczos(small: Tensor, times: Times) -> Tensor:
    """N x C x H x W enlarged by Lanczos' windowed sinc of three lobes; the rim is repeated beyond the frame."""
    count, planes, height, width = small.shape
    kernels = _kernels(times).to(small)
    one = small.reshape(count * planes, 1, height, width)
    padded = functional.pad(one, (LOBES, LOBES, LOBES, LOBES), mode="replicate")
    large = functional.pixel_shuffle(functional.conv2d(padded, kernels), times)
    return large.reshape(count, planes, height * times, width * times)


@cache
def _kernels(times: Times) -> Tensor:
    """times² x 1 x 7 x 7: the weights of each place within an enlarged pixel, summing to 1."""
    taps = np.arange(-LOBES, LOBES + 1)
    rows = []
    for phase in range(times):
        away = taps - ((phase + 0.5) / times - 0.5)
        weights = np.where(np.abs(away) < LOBES, np.sinc(away) * np.sinc(away / LOBES), 0)
        rows.append(weights / weights.sum())
    both = [np.outer(row, column) for row in rows for column in rows]
    return torch.from_numpy(np.array(both, dtype=np.float32))[:, None]


def enlarge(pixels: Pixels, times: Times) -> Enhanced:
    """An H x W x 3 fundus photograph with ``times`` the rows and columns, by the shipped net.

    Shrunk again (bicubic, antialiased) it is the input within the rounding to bytes. What it adds is what such
    photographs usually hold at that place: nothing to diagnose from.

    Raises:
        ValueError: not H x W x 3 bytes, or a side below 16 px.
        imaging.image.TooLarge: the answer would have more than 40 million pixels.
        imaging.image.ModelMissing: the net is not held, or its file is not the one of its card.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError("only H x W x 3 bytes are enlarged")
    height, width = pixels.shape[:2]
    if min(height, width) < SMALLEST:
        raise ValueError(f"a side below {SMALLEST} px is not enlarged")
    if height * width * times**2 > LARGEST:
        raise TooLarge(f"enlarged it would have more than {LARGEST // 10**6} million pixels")
    large = np.concatenate(list(_strips(_loaded(cards.file_of(MODELS[times])), pixels)))
    large.setflags(write=False)
    return Enhanced(pixels=large, method=f"{times} times as large: Lanczos and a small net, {MODELS[times]}")


def enlarged(net: EnlargeNet, pixels: Pixels) -> Pixels:
    """The same by a net of one's own, without limit or stamp: for measuring nets."""
    return np.concatenate(list(_strips(net, pixels)))


def _strips(net: EnlargeNet, pixels: Pixels) -> Iterator[Pixels]:
    """The enlarged picture from top to bottom, some rows at a time, as if it were done in one piece."""
    times, height = net.form.times, pixels.shape[0]
    for top in range(0, height, STRIP):
        bottom = min(height, top + STRIP)
        above, below = max(0, top - MARGIN), min(height, bottom + MARGIN)
        seen = torch.from_numpy(np.ascontiguousarray(pixels[above:below].transpose(2, 0, 1)))[None]
        with torch.inference_mode():
            large = net(seen.float() / 255)[0, :, (top - above) * times : (bottom - above) * times]
        yield (255 * large).round().clamp(0, 255).to(torch.uint8).permute(1, 2, 0).numpy()


def save(net: EnlargeNet, path: Path) -> None:
    """Write the weights and the net's form as safetensors (float32)."""
    from safetensors.torch import save_file

    state = {name: value.detach().cpu().contiguous() for name, value in net.state_dict().items()}
    save_file(state, path, metadata={"form": json.dumps(net.form.model_dump())})


def load(path: Path) -> EnlargeNet:
    """A net from :func:`save`, ready to use; the form comes from the file, the weights must fit it exactly."""
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        form = Form.model_validate_json(file.metadata()["form"])
        state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dictionary
    net = EnlargeNet(form)
    if set(state) != set(net.state_dict()):
        raise ValueError(f"{path.name} does not hold the weights of a net of its form")
    net.load_state_dict(state)
    return net.eval()


@cache
def _loaded(path: Path) -> EnlargeNet:
    return load(path)
