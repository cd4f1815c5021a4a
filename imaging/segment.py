"""One small net for masks of any kind; :mod:`imaging.training.masks` trains it.

A U-Net (Ronneberger et al., MICCAI 2015) on 2 x 2 blocks of pixels: a CPU does the same work on half the side with
four times the channels in half the time. Imports torch: reach it on first use.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from retrieval.evidence import Word

Planes = NDArray[np.float32]
"""C x H x W, already normalised."""
Mask = NDArray[np.bool_]

Views = Literal[4, 8]
"""How many copies of a picture a net sees: its flips, or its flips and quarter turns."""

BLOCK = 2
"""Side of a block of pixels that the net sees as one."""


class Segmenter(Protocol):
    """Anything that gives each pixel of a picture a strength between 0 and 1."""

    def strength(self, planes: Planes) -> NDArray[np.float32]: ...


class Shape(Word):
    """Size of a net: input planes, channels of each level, and how many U-Nets stand in a row (two: a W-Net)."""

    planes: int = 1
    widths: tuple[int, ...] = (16, 32, 64)
    chained: int = 1


class MaskNet(nn.Module):
    """Planes to one logit a pixel: N x C x H x W to N x 1 x H x W; H and W multiples of :attr:`multiple`."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.multiple = BLOCK * 2 ** (len(shape.widths) - 1)
        inner = shape.planes * BLOCK**2
        self.nets = nn.ModuleList(
            _UNet(inner + (BLOCK**2 if place else 0), shape.widths) for place in range(shape.chained)
        )
        # A third faster on a CPU.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, planes: Tensor) -> Tensor:
        return self.every(planes)[-1]

    def every(self, planes: Tensor) -> list[Tensor]:
        """The logits of each U-Net in the row; a W-Net learns from all of them (Galdran et al., Sci Rep 2022)."""
        blocks = functional.pixel_unshuffle(planes, BLOCK)
        logits: list[Tensor] = []
        for net in self.nets:
            seen = torch.cat([blocks, torch.sigmoid(logits[-1])], 1) if logits else blocks
            logits.append(net(seen))
        return [functional.pixel_shuffle(one, BLOCK) for one in logits]

    def strength(self, planes: Planes, views: Views = 4) -> NDArray[np.float32]:
        """H x W between 0 and 1: the mean over the picture and its three flips, so that a flip flips the answer.

        Eight views add the same four of the transposed picture: twice the time for a little more.
        """
        self.eval()
        height, width = planes.shape[1:]
        below, right = -height % self.multiple, -width % self.multiple
        padded = np.pad(planes, ((0, 0), (0, below), (0, right)), mode="reflect")
        where = next(self.parameters()).device
        picture = torch.from_numpy(np.ascontiguousarray(padded)).to(where)[None]
        with torch.inference_mode():
            total = self._flipped(picture)
            if views == 8:
                total += self._flipped(picture.transpose(2, 3)).transpose(2, 3)
        return np.asarray(total[0, 0, :height, :width].cpu().numpy() / views, dtype=np.float32)

    def _flipped(self, picture: Tensor) -> Tensor:
        """The sum of the answers to a picture and its three flips, each flipped back."""
        total = torch.zeros((1, 1, *picture.shape[2:]), device=picture.device)
        for flip in ([], [2], [3], [2, 3]):
            total += torch.sigmoid(self(picture.flip(flip)).float()).flip(flip)
        return total


class _UNet(nn.Module):
    def __init__(self, inner: int, widths: Sequence[int]) -> None:
        super().__init__()
        self.down = nn.ModuleList(
            _pair(before, after) for before, after in zip((inner, *widths), widths, strict=False)
        )
        levels = list(zip(widths[:0:-1], widths[-2::-1], strict=True))
        self.narrow = nn.ModuleList(nn.Conv2d(wide, slim, 1) for wide, slim in levels)
        self.up = nn.ModuleList(_pair(2 * slim, slim) for _, slim in levels)
        self.out = nn.Conv2d(widths[0], BLOCK**2, 1)

    def forward(self, seen: Tensor) -> Tensor:
        kept: list[Tensor] = []
        for level, pair in enumerate(self.down):
            seen = pair(functional.max_pool2d(seen, 2) if level else seen)
            kept.append(seen)
        kept.pop()
        for narrow, pair in zip(self.narrow, self.up, strict=True):
            seen = functional.interpolate(narrow(seen), scale_factor=2.0, mode="nearest")
            seen = pair(torch.cat([seen, kept.pop()], 1))
        logits: Tensor = self.out(seen)
        return logits


def _pair(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True),
        nn.Conv2d(after, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True),
    )  # fmt: skip


def save(net: MaskNet, path: Path) -> None:
    """Write the weights and the net's shape as safetensors (float32)."""
    from safetensors.torch import save_file

    state = {
        name: value.detach().cpu().contiguous() for name, value in net.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }  # fmt: skip
    save_file(state, path, metadata={"shape": json.dumps(net.shape.model_dump())})


def load(path: Path) -> MaskNet:
    """A net from :func:`save`, ready to use; the shape comes from the file, the weights must fit it exactly."""
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        shape = Shape.model_validate_json(file.metadata()["shape"])
        state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dictionary
    net = MaskNet(shape)
    wanted = {name for name in net.state_dict() if not name.endswith("num_batches_tracked")}
    if set(state) != wanted:
        raise ValueError(f"{path.name} does not hold the weights of a net of its shape")
    net.load_state_dict(state, strict=False)
    return net.eval()
