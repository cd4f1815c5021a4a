"""The EfficientNet-Lite0 network itself (imports torch; reached through :mod:`imaging.backbone` on first use).

Names of the parts are those of the weights' file, so that it loads strictly. Padding is the static "same" of the
original: layers of stride 2 pad (0, 1, 0, 1) for 3 x 3 and (1, 2, 1, 2) for 5 x 5, all others evenly.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import pad, relu6

if TYPE_CHECKING:
    from imaging.backbone import Tap

BLOCKS = (
    (3, 1, 16), (3, 2, 24), (3, 1, 24), (5, 2, 40), (5, 1, 40), (3, 2, 80), (3, 1, 80), (3, 1, 80),
    (5, 1, 112), (5, 1, 112), (5, 1, 112), (5, 2, 192), (5, 1, 192), (5, 1, 192), (5, 1, 192), (3, 1, 320),
)  # fmt: skip
"""Kernel, stride and width of each of the 16 blocks; all but the first widen sixfold inside."""

STEM, HEAD, CLASSES = 32, 1280, 1000
AFTER: dict[int, Tap] = {2: "b2", 4: "b4", 10: "b10"}


def _norm(width: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(width, eps=1e-3)


class SameConv(nn.Conv2d):
    """A convolution with the static "same" padding of the original weights."""

    def __init__(self, inside: int, out: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(inside, out, kernel, stride, groups=groups, bias=False)
        before, after = (kernel // 2, kernel // 2) if stride == 1 else ((kernel - 2) // 2, (kernel - 1) // 2)
        self._around = (before, after, before, after)

    def forward(self, values: Tensor) -> Tensor:
        return super().forward(pad(values, self._around) if self.kernel_size[0] > 1 else values)


class Block(nn.Module):
    """Inverted bottleneck: widen, filter each channel, narrow; added to its input where shapes agree."""

    def __init__(self, inside: int, kernel: int, stride: int, out: int, widening: int) -> None:
        super().__init__()
        wide = inside * widening
        if widening > 1:
            self._expand_conv, self._bn0 = SameConv(inside, wide, 1), _norm(wide)
        self._depthwise_conv, self._bn1 = SameConv(wide, wide, kernel, stride, groups=wide), _norm(wide)
        self._project_conv, self._bn2 = SameConv(wide, out, 1), _norm(out)
        self._widens, self._adds = widening > 1, stride == 1 and inside == out

    def forward(self, values: Tensor) -> Tensor:
        inner = relu6(self._bn0(self._expand_conv(values))) if self._widens else values
        inner = relu6(self._bn1(self._depthwise_conv(inner)))
        inner = self._bn2(self._project_conv(inner))
        return values + inner if self._adds else torch.as_tensor(inner)


class Lite0(nn.Module):
    """The trunk with its taps, and the ImageNet classifier that serves as fingerprint."""

    def __init__(self) -> None:
        super().__init__()
        widths = (STEM, *(out for _, _, out in BLOCKS))
        self._conv_stem, self._bn0 = SameConv(3, STEM, 3, 2), _norm(STEM)
        self._blocks = nn.ModuleList(
            Block(widths[index], *shape, widening=6 if index else 1) for index, shape in enumerate(BLOCKS)
        )
        self._conv_head, self._bn1 = SameConv(widths[-1], HEAD, 1), _norm(HEAD)
        self._fc = nn.Linear(HEAD, CLASSES)

    def taps(self, values: Tensor, wanted: Collection[Tap]) -> dict[Tap, Tensor]:
        """Maps (N x channels x height x width) of the wanted taps; what lies behind the last is not computed."""
        found: dict[Tap, Tensor] = {}
        values = relu6(self._bn0(self._conv_stem(values)))
        for index, block in enumerate(self._blocks):
            values = block(values)
            if index in AFTER and AFTER[index] in wanted:
                found[AFTER[index]] = values
            if len(found) == len(set(wanted)):
                return found
        found["head"] = relu6(self._bn1(self._conv_head(values)))
        return found

    def classify(self, values: Tensor) -> Tensor:
        """Logits (N x 1000) of ImageNet's classes."""
        return torch.as_tensor(self._fc(self.taps(values, {"head"})["head"].mean(dim=(2, 3))))
