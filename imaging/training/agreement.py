"""How well masks agree with drawn ones: pooled AUC and Dice, with intervals over people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]

BINS = 4096
REACH = 14.0
"""Log odds beyond which strengths count as equal."""


class Tally:
    """Pixels of many pictures, counted by strength: pooled AUC and Dice, and their intervals over people.

    Strengths lie between 0 and 1 and are counted in 4,096 steps of log odds, fine enough for four digits of an AUC.
    """

    def __init__(self) -> None:
        self._groups: list[str] = []
        self._counts: list[NDArray[np.int64]] = []
        self._marked: list[tuple[int, int, int]] = []

    def add(
        self, group: str, strength: NDArray[np.float32], truth: Mask, field: Mask, threshold: float = 0.5
    ) -> None:
        """Count the pixels of one picture inside the field; ``threshold`` is the one that its mask is formed with."""
        inside, drawn = strength[field].astype(np.float64), truth[field]
        odds = np.clip(np.log(inside + 1e-9) - np.log1p(1e-9 - inside), -REACH, REACH)
        place = ((odds + REACH) / (2 * REACH) * (BINS - 1)).astype(np.int64)
        counts = [np.bincount(place[drawn == wanted], minlength=BINS) for wanted in (False, True)]
        marked = inside >= threshold
        self._groups.append(group)
        self._counts.append(np.array(counts))
        self._marked.append((int((marked & drawn).sum()), int(marked.sum()), int(drawn.sum())))

    @classmethod
    def together(cls, tallies: Sequence[Tally]) -> Tally:
        """One tally of several, such as the folds of a set."""
        whole = cls()
        for one in tallies:
            whole._groups += one._groups
            whole._counts += one._counts
            whole._marked += one._marked
        return whole

    def save(self, path: Path, key: str) -> None:
        """Write the counts; ``key`` says what they were counted of (the hash of a net)."""
        with path.open("wb") as file:
            np.savez_compressed(
                file, key=np.array(key), groups=np.array(self._groups),
                counts=np.array(self._counts, dtype=np.int32), marked=np.array(self._marked),
            )  # fmt: skip

    @classmethod
    def load(cls, path: Path, key: str) -> Tally | None:
        """Counts from :meth:`save`; None where there are none, or of something else."""
        if not path.exists():
            return None
        with np.load(path, allow_pickle=False) as arrays:
            if str(arrays["key"]) != key:
                return None
            tally = cls()
            tally._groups = [str(one) for one in arrays["groups"]]
            tally._counts = list(arrays["counts"].astype(np.int64))
            tally._marked = [(int(a), int(b), int(c)) for a, b, c in arrays["marked"]]
        return tally

    def __len__(self) -> int:
        return len(self._groups)

    @property
    def people(self) -> int:
        """How many different people the pictures are of."""
        return len(set(self._groups))

    def auc(self) -> float:
        """Pooled: how often a vessel pixel of any picture is stronger than another pixel of any picture."""
        return _area(np.sum(self._counts, axis=0))

    def dice(self, threshold: float | None = None) -> float:
        """Pooled Dice of the masks as they were added, or at one threshold for all."""
        if threshold is None:
            both, marked, drawn = (int(one) for one in np.sum(self._marked, axis=0))
            return 2 * both / max(1, marked + drawn)
        others, vessels = np.sum(self._counts, axis=0)
        odds = float(np.log(threshold) - np.log1p(-threshold))
        first = int(np.ceil((odds + REACH) / (2 * REACH) * (BINS - 1)))
        both = int(vessels[first:].sum())
        return float(2 * both / max(1, both + int(others[first:].sum()) + int(vessels.sum())))

    def intervals(self, draws: int = 1000, seed: int = 0) -> dict[str, tuple[float, float]]:
        """95 % bootstrap intervals of the pooled AUC and Dice, people drawn with replacement."""
        rows: dict[str, list[int]] = {}
        for row, group in enumerate(self._groups):
            rows.setdefault(group, []).append(row)
        counts = np.array([np.sum([self._counts[row] for row in own], axis=0) for own in rows.values()])
        marked = np.array([np.sum([self._marked[row] for row in own], axis=0) for own in rows.values()])
        drawn = np.random.default_rng(seed).integers(0, len(rows), (draws, len(rows)))
        areas = [_area(counts[one].sum(axis=0)) for one in drawn]
        sums = marked[drawn].sum(axis=1)
        dices = 2 * sums[:, 0] / np.maximum(1, sums[:, 1] + sums[:, 2])
        return {"AUC": _ends(areas), "Dice": _ends(dices)}


def _ends(values: Sequence[float] | NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _area(counts: NDArray[np.int64]) -> float:
    """AUC from counts by strength, 2 x bins: others, vessels; ties count half."""
    others, vessels = counts.astype(np.float64)
    if not others.sum() or not vessels.sum():
        return float("nan")
    below = np.cumsum(others) - others / 2
    return float((vessels * below).sum() / others.sum() / vessels.sum())
