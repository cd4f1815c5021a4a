"""Where a training runs: a GPU when there is one with room, else the CPU; nothing else changes with it."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Literal

import torch

Wanted = Literal["auto", "cpu", "cuda"]

ROOM = 2 * 1024**3
"""Bytes that must be free on a GPU before "auto" takes it."""


def choose(wanted: Wanted = "auto") -> torch.device:
    """The device to train on; "cuda" without a GPU raises ValueError, "auto" falls back to the CPU."""
    if wanted == "cpu":
        return torch.device("cpu")
    if not torch.cuda.is_available():
        if wanted == "cuda":
            raise ValueError("no CUDA device is there; use --device cpu or auto")
        return torch.device("cpu")
    return torch.device("cuda") if wanted == "cuda" or _free() > ROOM else torch.device("cpu")


def _free() -> int:
    return int(torch.cuda.mem_get_info()[0])


def mixed(device: torch.device) -> AbstractContextManager[object]:
    """bfloat16 arithmetic on a GPU; on a CPU nothing, so that its results stay the same to the bit."""
    if device.type == "cuda":
        return torch.autocast("cuda", dtype=torch.bfloat16)
    return nullcontext()
