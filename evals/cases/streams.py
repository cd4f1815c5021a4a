"""Randomness: one stream for one purpose, so that drawing one thing more never shifts another."""

from __future__ import annotations

from hashlib import sha256
from zlib import crc32

import numpy as np


def stream(seed: int, index: int, purpose: str) -> np.random.Generator:
    """The generator of one purpose of one case; the same for ever for the same three (and numpy's PCG64)."""
    return np.random.default_rng([seed, index, crc32(purpose.encode())])


def operator_stream(base_id: str, operator: str) -> np.random.Generator:
    """An operator's own stream: it hangs on the base case and the operator alone."""
    return np.random.default_rng([crc32(base_id.encode()), crc32(operator.encode())])


def case_id(suite: str, seed: int, index: int, *operators: str) -> str:
    """An id that tells nothing about the case."""
    return "c" + sha256("|".join((suite, str(seed), str(index), *operators)).encode()).hexdigest()[:12]
