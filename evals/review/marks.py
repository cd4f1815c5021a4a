"""What came back from a clinician: how often the gold was agreed with, and kappa between gold and clinician."""

from __future__ import annotations

import csv
from pathlib import Path

from evals.cases.case import LEVELS, Level
from evals.review.sheet import COLUMNS, SheetRefused
from retrieval.evidence import Word


class Agreement(Word):
    """The clinician's marks summed up. ``kappa`` is None with fewer than two marked levels."""

    marked: int
    agreed: int
    natural: int
    kappa: float | None
    differ: tuple[tuple[str, str, str], ...]
    """Case, gold, own level."""


def read(table: Path) -> Agreement:
    """The marks of a filled table; rows that nobody marked are left out.

    Raises:
        SheetRefused: other columns, or a mark that is none; the message names the row.
    """
    with table.open(encoding="utf-8", newline="") as held:
        rows = list(csv.DictReader(held))
    if rows and tuple(rows[0]) != COLUMNS:
        raise SheetRefused(f"The table needs the columns {', '.join(COLUMNS)}.")
    marked = [_checked(number, row) for number, row in enumerate(rows, 2) if row["agree"].strip()]
    pairs = [(gold, own) for _, gold, own, _ in marked]
    differ = tuple((case, gold, own) for case, gold, own, _ in marked if gold != own)
    return Agreement(
        marked=len(marked),
        agreed=len(marked) - len(differ),
        natural=sum(natural for *_, natural in marked),
        kappa=_kappa(pairs),
        differ=differ,
    )


def _checked(number: int, row: dict[str, str]) -> tuple[str, Level, Level, bool]:
    gold = _level(number, row["gold"])
    agree, natural = row["agree"].strip().lower(), row["words_natural"].strip().lower()
    if agree not in ("yes", "no") or natural not in ("yes", "no", ""):
        raise SheetRefused(f"Row {number}: 'agree' and 'words_natural' take yes or no.")
    own = gold if agree == "yes" else _level(number, row["own_level"])
    return row["case"], gold, own, natural == "yes"


def _level(number: int, told: str) -> Level:
    for level in LEVELS:
        if told.strip().lower().replace(" ", "_") == level:
            return level
    raise SheetRefused(f"Row {number}: {told!r} is no level; use {', '.join(LEVELS)}.")


def _kappa(pairs: list[tuple[Level, Level]]) -> float | None:
    from evals.stats.agreement import quadratic_kappa

    return quadratic_kappa(pairs) if len({level for pair in pairs for level in pair}) > 1 else None
