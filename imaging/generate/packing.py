"""A network's numbers as half-precision arrays and back (imports torch; reached on first use)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from imaging.image import ModelMissing


def packed(net: nn.Module) -> dict[str, NDArray[np.float16]]:
    """All weights and buffers, float16: half the room, and far below the grain of an 8-bit picture."""
    return {name: value.numpy().astype(np.float16) for name, value in net.state_dict().items()}


def unpack(net: nn.Module, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Fill a network, strictly.

    Raises:
        ModelMissing: the arrays are not those of this network.
    """
    tensors = {name: torch.from_numpy(array.astype(np.float32)) for name, array in arrays.items()}
    try:
        net.load_state_dict(tensors, strict=True)
    except RuntimeError as error:
        raise ModelMissing("the file's arrays do not fit the network that it names; make it again") from error
