"""Places that are asked for: positions or intervals per contig, joined and ready to be searched."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

Places = Mapping[str, AbstractSet[int] | Sequence[tuple[int, int]]]
"""Per contig a set of positions, or intervals (first, last), 1-based and with both ends."""


class Regions:
    """Joined intervals per contig; contigs are plain names."""

    def __init__(self, places: Places) -> None:
        self._starts: dict[str, list[int]] = {}
        self._ends: dict[str, list[int]] = {}
        for contig, asked in places.items():
            joined = _joined(asked)
            self._starts[contig] = [start for start, _ in joined]
            self._ends[contig] = [end for _, end in joined]

    def __iter__(self) -> Iterator[tuple[str, int, int]]:
        """Contig, first and last base of every interval."""
        for contig, starts in self._starts.items():
            for start, end in zip(starts, self._ends[contig], strict=True):
                yield contig, start, end

    def touches(self, contig: str, first: int, last: int) -> bool:
        """True if any base from ``first`` to ``last`` is asked for."""
        ends = self._ends.get(contig)
        if not ends:
            return False
        place = bisect_left(ends, first)
        return place < len(ends) and self._starts[contig][place] <= last

    def within(self, contig: str, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The asked intervals, cut to ``first`` to ``last``."""
        ends = self._ends.get(contig, [])
        for place in range(bisect_left(ends, first), len(ends)):
            start = self._starts[contig][place]
            if start > last:
                return
            yield max(start, first), min(ends[place], last)

    @property
    def bases(self) -> int:
        return sum(end - start + 1 for _, start, end in self)


def _joined(asked: AbstractSet[int] | Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(_intervals(asked)):
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _intervals(asked: AbstractSet[int] | Sequence[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    if isinstance(asked, AbstractSet):
        return ((position, position) for position in asked)
    return (interval for interval in asked if interval[0] <= interval[1])
