"""What MOSES publishes of its whole test splits, so that a set is scored against all 176,000 molecules of each.

The statistics (fingerprints, fragment and scaffold counts, properties, mean and covariance of the ChemNet activations)
come as a pickled object inside the wheel. Unpickling can run any code; here the digest of the wheel is pinned and,
besides, nothing but arrays and counters can be built.
"""

from __future__ import annotations

import io
import pickle
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.discovery.moses import Moses, MosesError, Split
from tools.discovery.similarity import Bits

_PLAIN: dict[tuple[str, str], Callable[..., Any]] = {
    ("numpy.core.multiarray", "_reconstruct"): np._core.multiarray._reconstruct,  # type: ignore[attr-defined]
    ("numpy._core.multiarray", "_reconstruct"): np._core.multiarray._reconstruct,  # type: ignore[attr-defined]
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("collections", "Counter"): Counter,
}


@dataclass(frozen=True)
class Published:
    """Of one split: packed Morgan fingerprints (radius 2, 1,024 bits), counts, properties, ChemNet's Gaussian."""

    n: int
    bits: Bits
    fragments: Counter[str]
    scaffolds: Counter[str]
    properties: dict[str, NDArray[np.float64]]
    """By name: qed, sa, logp, weight."""
    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]


def published(moses: Moses, split: Split) -> Published:
    """The statistics of ``test`` or ``test_scaffolds``; takes some seconds and 0.4 GB while it reads.

    Raises:
        MosesError: there are none, or they are not what is expected.
    """
    stats = _read(moses.statistics(split))
    try:
        values = {ours: _floats(stats[theirs]["values"]) for ours, theirs in _NAMES.items()}
        return Published(
            n=len(values["qed"]),
            bits=np.packbits(stats["SNN"]["fps"].astype(bool), axis=1),
            fragments=Counter(stats["Frag"]["frag"]),
            scaffolds=Counter(stats["Scaf"]["scaf"]),
            properties=values,
            mean=_floats(stats["FCD"]["mu"]),
            covariance=_floats(stats["FCD"]["sigma"]),
        )
    except (KeyError, TypeError, AttributeError) as wrong:
        raise MosesError(f"the statistics of {split} lack {wrong}") from wrong


_NAMES = {"qed": "QED", "sa": "SA", "logp": "logP", "weight": "weight"}


def _floats(values: Any) -> NDArray[np.float64]:
    return np.asarray(values, dtype=np.float64)


def _read(content: bytes) -> dict[str, Any]:
    file = io.BytesIO(content)
    if np.lib.format.read_magic(file) != (1, 0):
        raise MosesError("the statistics are in an unknown array format")
    np.lib.format.read_array_header_1_0(file)
    try:
        made = _Plain(file).load()
    except (pickle.UnpicklingError, EOFError, ValueError) as wrong:
        raise MosesError(f"the statistics cannot be read: {wrong}") from wrong
    stats = made.item() if isinstance(made, np.ndarray) and made.shape == () else None
    if not isinstance(stats, dict):
        raise MosesError("the statistics are no table")
    return stats


def _encode(text: str, coding: str) -> bytes:
    """How the pickles of Python 2 style hold bytes; any other coding is refused."""
    if coding != "latin1":
        raise pickle.UnpicklingError(f"coding {coding}")
    return text.encode("latin1")


class _Plain(pickle.Unpickler):
    """Builds arrays, their types and counters; whatever else a pickle names is refused."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("_codecs", "encode"):
            return _encode
        if (module, name) not in _PLAIN:
            raise pickle.UnpicklingError(f"{module}.{name} is not read")
        return _PLAIN[module, name]
