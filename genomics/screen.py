"""A genome file looked through for the starter variants: which it carries, and what it cannot tell.

First depth: exact variants with a held position; no ranking by phenotype and inheritance yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from genomics.builds import Build, BuildError
from genomics.facts import VariantFact, facts
from genomics.matching import overlap
from genomics.vcf import Call, Vcf
from retrieval.evidence import Word

SHOWN = 10
"""Matched variants of one file that are reported."""


class Match(Word):
    """A carried allele that is a held variant."""

    fact: VariantFact
    call: Call


class Screening(Word):
    """What one file holds of the starter variants."""

    build: Build
    records: int
    carried: int
    not_interpreted: int
    searched: int
    """Held variants with a position on this build."""
    by_name_only: int
    """Held variants whose position is not held, so that no file can be searched for them."""
    matches: tuple[Match, ...] = ()
    more: int = 0
    """Matches beyond those reported."""


def screen(
    path: Path,
    *,
    build: Build | None = None,
    sample: int | None = None,
    male: bool = False,
    most: int = SHOWN,
) -> Screening:
    """The starter variants that a VCF or BCF carries.

    Raises:
        genomics.vcf.VcfError: the file cannot be read.
        genomics.vcf.VcfNeeds: build or sample must be told.
        genomics.builds.BuildError: the stated build contradicts the header or the reference bases.
    """
    with Vcf(path, build=build, sample=sample) as file:
        index = _Index(file.build, facts().variants)
        found = [match for call in file.calls(male=male) for match in index.of(call)]
        counts = file.counts
        return Screening(
            build=file.build,
            records=counts.records,
            carried=counts.carried,
            not_interpreted=counts.not_interpreted,
            searched=index.size,
            by_name_only=len(facts().variants) - index.size,
            matches=tuple(found[:most]),
            more=max(0, len(found) - most),
        )


class _Index:
    """Held variants of one build by the positions they touch."""

    def __init__(self, build: Build, held: Iterable[VariantFact]) -> None:
        self._at: dict[tuple[str, int], list[VariantFact]] = {}
        self._build = build
        placed = [fact for fact in held if build in fact.variants]
        self.size = len(placed)
        for fact in placed:
            place = fact.variants[build]
            for position in range(place.pos - 1, place.pos + len(place.ref) + 1):
                self._at.setdefault((place.contig, position), []).append(fact)

    def of(self, call: Call) -> list[Match]:
        short = call.variant.trimmed
        near = self._at.get((short.contig, short.pos), ())
        for fact in near:
            held, read = overlap(fact.variants[self._build], call.variant)
            if held != read:
                note = f"Record {call.record} has reference {read} where {self._build} has {held}"
                raise BuildError(f"{note} ({fact.title}); the file is on another build than stated.")
        return [
            Match(fact=fact, call=call) for fact in near if fact.variants[self._build].same_as(call.variant)
        ]
