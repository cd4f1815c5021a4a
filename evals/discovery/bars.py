"""One row of the discovery and simulation table: the bar, ours, the prototype's and the published peer's figure.

Each module of this package has ``bars(data) -> tuple[Bar, ...]``: ``data`` is the folder of the development data, or
None where there is none. What cannot be measured is a row of :func:`not_run`, never a row that is left out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ABSENT = "–"
VERDICTS = {True: "met", False: "**missed**", None: ABSENT}


@dataclass(frozen=True)
class Bar:
    """``met`` is None where no bar was set or the measure could not be taken; ``ours`` then says why."""

    name: str
    """The row of specification section 7 and what of it: "PK speed: batched expm"."""
    how: str
    """What was done, on what and how many: "1,000 patients x 241 points, one thread"."""
    ours: str
    prototype: str = ABSENT
    """What the specification measured on its prototype."""
    peer: str = ABSENT
    """The published figure and whose it is, or the peer timed in the same run."""
    reach: str = ABSENT
    """The bar: "< 0.1 s"."""
    met: bool | None = None
    note: str = ""


def not_run(name: str, how: str, why: str, *, prototype: str = ABSENT, reach: str = ABSENT) -> Bar:
    """The row of a bar that was not measured here; ``why`` names the data, the pack or the extra that is missing."""
    return Bar(name, how, f"not run: {why}", prototype=prototype, reach=reach)


def markdown(bars: Iterable[Bar]) -> Iterator[str]:
    """The table, line by line, the notes below it and the counts."""
    told = tuple(bars)
    yield "| bar | how | ours | prototype | published peer | reach | met? |"
    yield "|---|---|---|---|---|---|---|"
    for bar in told:
        cells = (bar.name, bar.how, bar.ours, bar.prototype, bar.peer, bar.reach, VERDICTS[bar.met])
        yield f"| {' | '.join(_cell(cell) for cell in cells)} |"
    noted = [bar for bar in told if bar.note]
    if noted:
        yield ""
        for note in dict.fromkeys(bar.note for bar in noted):
            names = "; ".join(bar.name for bar in noted if bar.note == note)
            yield f"- {names}: {' '.join(note.split())}"
    counts = [sum(bar.met is verdict for bar in told) for verdict in (True, False, None)]
    yield ""
    yield f"{counts[0]} met, {counts[1]} missed, {counts[2]} without a bar or not run."


def say(bars: Iterable[Bar]) -> None:
    """Print the table: the last line of a module's ``main``."""
    sys.stdout.write("\n".join(markdown(bars)) + "\n")


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())
