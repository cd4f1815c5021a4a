"""The parts of the genomics table: which module measures which bar, on which data, and what cannot be measured here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from evals.bench.genomics.peers import JACCARD, accuracy_table, jaccard_table
from evals.bench.genomics.row import Row


class Part(NamedTuple):
    """A module with ``rows(data)``, the bars that it measures, and the folders without which it measures none."""

    module: str
    numbers: tuple[str, ...]
    needs: tuple[str, ...] = ()


PARTS = (
    Part("names", ("2c", "+")),
    Part("acmg", ("1", "4", "5", "5b", "10"), ("clingen-erepo-dev", "clingen-gene-dosage")),
    Part("consequence", ("2a", "2b", "2c", "2d")),
    Part("null_variant", ("3", "10"), ("clingen-erepo-dev", "clingen-gene-dosage", "transcript-bundles")),
    Part("pgx", ("7a", "7a+", "7b", "7c", "7d", "7g", "7h"), ("pharmcat", "pharmcat-tutorial-getrm")),
    Part("guidance", ("7e", "7f"), ("pharmcat", "pharmcat-2.12.0")),
    Part("phenotype", ("8",)),
    Part("stream", ("9",)),
    Part("lookups", ("9b", "9c", "9d", "9e")),
)
UNMEASURED = (
    Row(
        "5",
        "whole engine with real packs (ClinVar, gnomAD, a predictor)",
        ">= .68; >= .99; >= .86",
        "not measured: these packs come from homes that were not reachable here; the runs fed with the numbers that "
        "the panels quote stand in for it, and say how the rules combine numbers, not how complete a pack is",
        None,
        "ceiling .707; 1.000; .838",
    ),
    Row(
        "6",
        "agent and literature: codes proposed with quotes, 200 rows",
        "3-class above .707; no code whose quote is not in the text",
        "not measured: no language model that proposes codes is held, and the rules propose none; that a code with a "
        "quote from nowhere is refused is a test (tests/genomics/test_acmg_weigh.py)",
        None,
    ),
)
VERDICTS = {True: "met", False: "**missed**", None: "–"}


def wanted(number: str, only: Sequence[str]) -> bool:
    """ "7" asks for 7a to 7h, "5" for 5 and 5b, "1" not for 10; without any, everything is asked for."""
    return not only or any(number == one or re.match(rf"{re.escape(one)}\D", number) for one in only)


def ordered(rows: Iterable[Row]) -> list[Row]:
    """In the order of the specification's bars; what stands beside them comes last."""
    return sorted(rows, key=lambda row: _place(row.number))


def _place(number: str) -> tuple[int, str]:
    digits = re.match(r"\d+", number)
    return (int(digits[0]), number) if digits else (99, number)


def markdown(rows: Sequence[Row]) -> Iterator[str]:
    """The table, line by line, and the counts below it."""
    yield "| # | measure | bar | ours | met? | prototype | peers |"
    yield "|---|---|---|---|---|---|---|"
    for row in rows:
        cells = (row.number, row.measure, row.bar, row.ours, VERDICTS[row.met], row.prototype, row.peers)
        yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
    counts = [sum(row.met is verdict for row in rows) for verdict in (True, False, None)]
    yield ""
    yield f"{counts[0]} met, {counts[1]} missed, {counts[2]} without a bar or not measured."


def beside_peers(rows: Sequence[Row]) -> Iterator[str]:
    """The two tables of the peers; nothing where none of their measures was taken."""
    told = [row.beside for row in rows if row.beside is not None]
    runs = [(name, value) for name, value in told if name not in JACCARD and " " in name]
    codes = {name: value for name, value in told if name in JACCARD}
    if runs:
        yield from ("", "Accuracy against expert panels (theirs: 11,409 variants, other rows than ours):", "")
        yield from accuracy_table(runs)
    if codes:
        yield from ("", "Agreement per code with the panels (Jaccard; ours fed with the quoted numbers):", "")
        yield from jaccard_table(codes)
