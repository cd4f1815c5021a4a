"""One table of everything known of a patient: to what the treatment rules read, the picture and the variants are added.

The rules read drugs, values, problems, allergies and gene calls. A finding of a picture or a variant stands beside them
with what they make of it, which may be nothing: then the table says so, instead of leaving it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assistant.turn import Cited, Turn, numbered
from retrieval.evidence import Table
from tools.treatment.load import knowledge
from tools.treatment.option_tables import DOES

OTHERS = {"read_image": "picture", "interpret_variant": "variant", "screen_genome": "variant"}
"""Tools whose findings are added, and what they look at."""
MOST = 4
"""Findings of one kind."""
LONGEST = 160
NOT_CALLED = ("not above the operating point", "no call at the operating point")
"""Words of a picture's finding that names a disease and does not call it present."""
UNREAD = "no rule of these options reads it: weigh it by hand"


def joined(tables: Iterable[Table], turn: Turn) -> tuple[Table, ...]:
    """The tables, with this talk's pictures and variants in the table of what each value does."""
    return _with(tables, dict.fromkeys(_rows(turn)))


def carried(tables: Iterable[Table], shown: Iterable[Table]) -> tuple[Table, ...]:
    """Tables that were made anew for the same talk, with the rows that :func:`joined` added to those shown."""
    kinds = tuple(f"{kind}:" for kind in OTHERS.values())
    rows = (row for one in shown if one.title == DOES for row in one.rows if row[1].startswith(kinds))
    return _with(tables, rows)


def _with(tables: Iterable[Table], rows: Iterable[tuple[str, ...]]) -> tuple[Table, ...]:
    more = tuple(rows)
    return tuple(
        one.model_copy(update={"rows": (*one.rows, *more)}) if one.title == DOES else one for one in tables
    )


def _rows(turn: Turn) -> Iterator[tuple[str, ...]]:
    here = [
        entry
        for place in sorted(turn.results)
        for entry in numbered(turn.given.turn, place, turn.results[place])
    ]
    for kind in dict.fromkeys(OTHERS.values()):
        yield from _of_kind(kind, [*turn.earlier, *here])


def _of_kind(kind: str, entries: Sequence[Cited]) -> Iterator[tuple[str, ...]]:
    told = {entry.finding_key: entry for entry in entries if OTHERS.get(entry.tool) == kind}
    for entry in list(told.values())[:MOST]:
        said = entry.finding.statement
        short = said if len(said) <= LONGEST else said[: LONGEST - 1].rsplit(" ", 1)[0] + "…"
        yield short, f"{kind}: {entry.evidence.source.title}", _does(said)


def _does(statement: str) -> str:
    """The conditions of the rules that the finding names; a name is no diagnosis, so it is only pointed at."""
    if any(words in statement for words in NOT_CALLED):
        return UNREAD
    named = [
        one.name
        for one in knowledge().conditions.values()
        if any(len(way) > 3 and way.casefold() in statement.casefold() for way in one.says)
    ]
    return f"if it is so, rules on {', '.join(named[:2])} apply: add it to the problems" if named else UNREAD
