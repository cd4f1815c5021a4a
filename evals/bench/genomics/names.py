"""Figures of the genomics package: share of ClinVar's names that parse, facts by gene, time per question, VCF speed.

Run: ``python -m evals.bench.genomics.names [DATA]`` with the folder of the development data, where it is held.
"""

from __future__ import annotations

import collections
import gzip
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from genomics import hgvs
from genomics.facts import facts
from genomics.files.vcf import Vcf
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


def main(data: Path) -> Iterator[str]:
    """One line per figure."""
    genes = collections.Counter(fact.gene for fact in facts().variants)
    yield f"facts: {len(facts().variants)} variants of {len(genes)} genes: {dict(genes.most_common())}"
    yield f"interpret: median {_median(interpret_all) * 1000:.2f} ms; mentions: median {_median(find) * 1000:.2f} ms"
    names = data / "hgvs-clinvar-9231" / "clinvar_hgvs.tsv.gz"
    if names.is_file():
        yield _parsed(names)
    for path in sorted(data.glob("pharmcat-tutorial-getrm/*chr10.vcf.bgz")):
        yield _streamed(path)


def _median(function: object) -> float:
    assert callable(function)
    taken = []
    for question in QUESTIONS * 50:
        started = time.perf_counter()
        function(question)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def _parsed(path: Path) -> str:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        rows = [line.rstrip("\n").split("\t") for line in stream]
    names = [name for row in rows if len(row) == 3 and row[0] != "gene" for name in row[2].split()]
    started = time.perf_counter()
    good = sum(map(_parses, names))
    speed = len(names) / (time.perf_counter() - started)
    return f"HGVS: {good} of {len(names)} names parse ({good / len(names):.2%}), {speed:,.0f} a second"


def _parses(name: str) -> bool:
    try:
        hgvs.parse(name)
    except hgvs.HgvsError:
        return False
    return True


def _streamed(path: Path) -> str:
    started = time.perf_counter()
    with Vcf(path, sample=1) as file:
        carried = sum(1 for _ in file.calls())
        records = file.counts.records
    return f"{path.name}: {records:,} records, {carried:,} carried, {time.perf_counter() - started:.1f} s"


if __name__ == "__main__":
    for line in main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")):
        sys.stdout.write(f"{line}\n")
