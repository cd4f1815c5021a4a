"""What stands beside the bars: how much is held without a pack, the time of a question, and the speed of the parser.

Run: ``python -m evals.bench.genomics.names [DATA]`` with the folder of the development data, where it is held.
"""

from __future__ import annotations

import gzip
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from evals.bench.genomics.row import Row
from genomics import hgvs
from genomics.facts import facts
from genomics.interpret import interpret_all
from genomics.mentions import find

QUESTIONS = (
    "BRCA1 c.68_69del",
    "TP53 R248W",
    "17-43124027-ACT-A GRCh38",
    "PALB2 c.100_101del",
    "rs12345",
    "HFE C282Y/H63D",
)
REPEATS = 50


def rows(data: Path) -> Iterator[Row]:
    """Three rows without a bar of their own; the last needs ClinVar's names."""
    genes = {fact.gene for fact in facts().variants}
    held = f"{len(facts().variants)} variants of {len(genes)} genes; {len(facts().genes)} genes with facts"
    yield Row("+", "starter facts that answer without a pack", "–", held, None)
    interpreted, found = (_median(work) * 1000 for work in (interpret_all, find))
    told = f"{interpreted:.2f} ms with every code, without packs; names found in its text {found:.2f} ms"
    yield Row("+", f"one question, median of {len(QUESTIONS) * REPEATS}", "–", told, None)
    names = data / "hgvs-clinvar-9231" / "clinvar_hgvs.tsv.gz"
    if names.is_file():
        yield _speed(names)


def _median(work: Callable[[str], object]) -> float:
    for question in QUESTIONS:
        work(question)
    taken = []
    for question in QUESTIONS * REPEATS:
        started = time.perf_counter()
        work(question)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def _speed(path: Path) -> Row:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        held = [line.rstrip("\n").split("\t") for line in stream]
    names = [name for row in held if len(row) == 3 and row[0] != "gene" for name in row[2].split()]
    started = time.perf_counter()
    for name in names:
        _parses(name)
    speed = len(names) / (time.perf_counter() - started)
    return Row("2c", "HGVS names parsed a second", "–", f"{speed:,.0f}", None, peers="hgvs-weaver 85,000")


def _parses(name: str) -> bool:
    try:
        hgvs.parse(name)
    except hgvs.HgvsError:
        return False
    return True


if __name__ == "__main__":
    for row in rows(Path(sys.argv[1] if len(sys.argv) > 1 else ".")):
        sys.stdout.write(f"{row.number} {row.measure}: {row.ours}\n")
