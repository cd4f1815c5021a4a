"""Drug guidance against PharmCAT's two worked reports (bars 7e and 7f of the specification).

The reports are of PharmCAT 3.1 with the guidance of November 2025; the guidance matched here is that of 2.12.0 (April
2024), so the comparison is over the drugs that 2.12.0 holds, by the whole text of the recommendation. Gene calls are
those of the reports themselves, which measures the matching of guidance alone; a further row makes them from the
reports' VCF files and outside calls with our own matcher.

Run: ``python -m evals.bench.genomics.guidance DATA``.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.bench.genomics.row import Row
from genomics.builds import Build
from genomics.pgx import definitions
from genomics.pgx.gathering import from_outside, from_vcf
from genomics.pgx.guidance import advise
from genomics.pgx.guidelines import GuidanceBase, load
from genomics.pgx.plain_text import plain_text
from genomics.pgx.starter_guidance import starter
from genomics.pgx.words import CallSource, Diplotype, GeneCall

REPORTS = ("pharmcat.example", "pharmcat.example2")
PUBLISHED = {"CPIC": "CPIC Guideline Annotation", "DPWG": "DPWG Guideline Annotation"}


@dataclass
class Tally:
    """Recommendations of the reports, and what we say for the same drugs."""

    held: int = 0
    hit: int = 0
    not_held: int = 0
    extra: int = 0
    """Recommendations that we give and the reports do not."""
    graded: int = 0
    """Hits with the same strength and population."""


def rows(data: Path) -> Iterator[Row]:
    """Bars 7e and 7f, the starter's cover of the same recommendations, and the time per drug."""
    pack = data / "pharmcat-2.12.0"
    reports = [data / "pharmcat" / "examples" / f"{name}.report.json.gz" for name in REPORTS]
    absent = [path.name for path in (pack, *reports) if not path.exists()]
    if absent:
        for number in ("7e", "7f"):
            yield Row(number, "guidance texts of two reports", "–", f"not held: {', '.join(absent)}", None)
        return
    base = load(pack)
    read = [json.loads(gzip.decompress(path.read_bytes())) for path in reports]
    yield from _texts(base, read)
    yield _from_files(base, read, data / "pharmcat")
    yield _starter(read)
    yield _speed(base, read)


def _texts(base: GuidanceBase, reports: list[dict[str, Any]]) -> Iterator[Row]:
    for number, issuer, least, prototype in (
        ("7e", "CPIC", 139, "139 (80 + 59)"),
        ("7f", "DPWG", 79, "79 / 93"),
    ):
        each = [compared(base, report, issuer) for report in reports]
        held, hit = sum(one.held for one in each), sum(one.hit for one in each)
        told = (
            f"{hit} / {held} ({' + '.join(str(one.hit) for one in each)}); same strength and population "
            f"{sum(one.graded for one in each)}; given beyond the reports {sum(one.extra for one in each)}; "
            f"of drugs not in {base.version}: {sum(one.not_held for one in each)}"
        )
        whole = hit == held if issuer == "CPIC" else True
        bar = f"{least} / {held}" if issuer == "CPIC" else f">= {least} / {held}"
        yield Row(
            number, f"{issuer} texts of two worked reports", bar, told, hit >= least and whole, prototype
        )


def _from_files(base: GuidanceBase, reports: list[dict[str, Any]], folder: Path) -> Row:
    """The same CPIC texts with calls that we make ourselves."""
    held = definitions.load(folder)
    tallies = []
    for name, report in zip(REPORTS, reports, strict=True):
        example = folder / "examples"
        gathered = from_vcf(example / f"{name}.vcf", held, sex="female", build=Build.GRCH38)
        outside = example / f"{name}.outsideCall.tsv"
        if outside.is_file():
            gathered = gathered.with_stated(from_outside(outside, held))
        tallies.append(compared(base, report, "CPIC", gathered.calls))
    hit, held_ = sum(one.hit for one in tallies), sum(one.held for one in tallies)
    told = f"{hit} / {held_}; given beyond the reports {sum(one.extra for one in tallies)} (MT-RNR1 1555A>G)"
    return Row(
        "7e", "CPIC texts of two worked reports, calls from their VCF files", "139 / 139", told, hit == held_
    )


def compared(
    base: GuidanceBase, report: Mapping[str, Any], issuer: str, calls: Sequence[GeneCall] | None = None
) -> Tally:
    """Every recommendation of one issuer in a report against ours, for the report's own gene calls or those given."""
    calls, tally = calls_of(report) if calls is None else calls, Tally()
    for drug, entry in report["drugs"][PUBLISHED[issuer]].items():
        wanted = [
            (_plain(one["drugRecommendation"]), one["population"] or "", _grade(one["classification"]))
            for guideline in entry["guidelines"]
            for one in guideline["annotations"]
            if one["drugRecommendation"]
        ]
        name = base.drug(drug)
        if name is None or not any(row.guideline.issuer == issuer for row in base.rows_of(name)):
            tally.not_held += len(wanted)
            continue
        (advice,) = advise(calls, [drug], base)
        ours = [one for one in advice.guidance if one.source_name == issuer]
        texts = {_plain(one.text) for one in ours}
        graded = {(_plain(one.text), one.population, _grade(one.strength)) for one in ours}
        tally.held += len(wanted)
        tally.hit += sum(text in texts for text, _, _ in wanted)
        tally.graded += sum(one in graded for one in wanted)
        tally.extra += sum(_plain(one.text) not in {text for text, _, _ in wanted} for one in ours)
    return tally


def calls_of(report: Mapping[str, Any]) -> list[GeneCall]:
    """The gene calls of a report as ours; genes that it did not call are left out."""
    return [
        GeneCall(
            gene=gene,
            source=CallSource.OUTSIDE if entry["callSource"] == "OUTSIDE" else CallSource.VCF,
            diplotypes=tuple(_diplotype(one) for one in entry["recommendationDiplotypes"]),
        )
        for gene, entry in report["genes"].items()
        if entry["callSource"] != "NONE"
    ]


def _diplotype(one: Mapping[str, Any]) -> Diplotype:
    return Diplotype(
        alleles=tuple(one[side]["name"] for side in ("allele1", "allele2") if one[side]),
        phenotype="; ".join(one["phenotypes"]),
        activity_score=one["activityScore"] or "",
        lookup_key="; ".join(one["lookupKey"]),
    )


def _plain(html: str) -> str:
    return re.sub(r"\W+", " ", plain_text(html)).strip().lower()


def _grade(term: str | None) -> str:
    return "" if term in (None, "N/A") else str(term)


def _starter(reports: list[dict[str, Any]]) -> Row:
    base, wanted, answered = starter(), 0, 0
    for report in reports:
        calls = calls_of(report)
        for drug, entry in report["drugs"][PUBLISHED["CPIC"]].items():
            if base.drug(drug) is None or not base.rows_of(drug):
                continue
            strengths = [
                _grade(one["classification"])
                for line in entry["guidelines"]
                for one in line["annotations"]
                if one["drugRecommendation"]
            ]
            ours = [
                one.strength for one in advise(calls, [drug], base)[0].guidance if one.source_name == "CPIC"
            ]
            wanted += len(strengths)
            answered += sum(min(strengths.count(term), ours.count(term)) for term in set(strengths))
    told = f"{answered} / {wanted} CPIC recommendations answered with the same strength"
    return Row("7e", "starter guidance without a pack, for its own drugs", "–", told, None)


def _speed(base: GuidanceBase, reports: list[dict[str, Any]]) -> Row:
    calls, drugs = calls_of(reports[0]), base.drugs
    started = time.perf_counter()
    advise(calls, drugs, base)
    each = (time.perf_counter() - started) / len(drugs)
    return Row(
        "7e", "time per drug, all genes called", "–", f"{each * 1000:.2f} ms over {len(drugs)} drugs", None
    )


if __name__ == "__main__":
    for row in rows(Path(sys.argv[1] if len(sys.argv) > 1 else ".")):
        sys.stdout.write(f"{row.number} {row.measure}: bar {row.bar}; ours {row.ours}; met {row.met}\n")
