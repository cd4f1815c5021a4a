"""One line of the table of measures: the bar, ours, the prototype's and the peers' figures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """``met`` is None where the measure could not be taken; ``ours`` then says why."""

    number: str
    """Number of the bar in the specification, e.g. "7a"."""
    measure: str
    bar: str
    ours: str
    met: bool | None
    prototype: str = "–"
    peers: str = "–"
    beside: tuple[str, float] | None = None
    """What stands in a table of the peers: a code and our Jaccard, or how the engine was fed and its accuracy."""
