"""DPYD and RYR1: variants are listed, and the two of lowest function stand for the pair of alleles.

DPYD: the activity score is the sum of the two variants with the lowest values; of unphased data two different
variants with reduced function are taken to lie on different copies (CPIC, PMID 29152729). RYR1: any variant that is
associated with malignant hyperthermia decides (CPIC, PMID 30499100).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from genomics.pgx.definitions import GeneDefinition
from genomics.pgx.phenotype import PhenotypeTable, natural
from genomics.pgx.positions import Genotype, Reading

GENES = frozenset(("DPYD", "RYR1"))
INTRONIC = "rs75017182"
EXONIC = "rs56038477"
HAPB3 = "c.1129-5923C>G, c.1236G>A (HapB3)"
HAPB3_INTRONIC = "c.1129-5923C>G"
_EXONIC_ONLY = (
    "HapB3 was read from rs56038477 (exon) alone, because rs75017182 (intron), which is thought to cause the reduced "
    "function, is missing; rs75017182 should be genotyped."
)
_CONTRADICTION = (
    "rs56038477 (exon) and rs75017182 (intron) of HapB3 contradict each other; the intronic variant, which is thought "
    "to cause the reduced function, decided."
)
_WORST_FIRST = (
    "0.0", "0.25", "0.5", "Malignant Hyperthermia associated", "No function", "Decreased function",
    "0.75", "1.0", "n/a", "Uncertain function", "Unknown function", "Unassigned function", "", "Normal function",
)  # fmt: skip


Marks = Mapping[str, Mapping[int, frozenset[str]]]
"""Alleles and, by locus index, the bases by which they show."""


@dataclass(frozen=True)
class Lowest:
    """The pair that decides, every variant found, and whether the copies are known."""

    pair: tuple[str, str]
    variants: tuple[str, ...]
    copies: tuple[tuple[str, ...], tuple[str, ...]] | None
    """Variants on each copy where the phase is known."""
    in_order: bool
    warnings: tuple[str, ...]


def lowest(definition: GeneDefinition, reading: Reading, table: PhenotypeTable | None) -> Lowest:
    """The two alleles of lowest function among all variants called."""
    called, warnings = _without_contradiction(definition, reading)
    in_order = _in_order(called)
    marks = _marks(definition, called)
    if in_order:
        copies = (_on_copy(marks, called, 0), _on_copy(marks, called, 1))
        pair = _pair([_worst(copy, definition, table) for copy in copies], definition)
        counted = Counter(name for copy in copies for name in copy)
    else:
        counted = Counter(dict(_counted(marks, called)))
        copies, pair = None, lowest_pair(counted.elements(), definition, table)
    return Lowest(pair, tuple(_listed(counted)), copies, in_order, tuple(warnings))


def _in_order(called: Mapping[int, Genotype]) -> bool:
    """True if no heterozygous locus is free to lie on either copy: all phased together, or at most one."""
    mixed = [one for one in called.values() if one.is_heterozygous]
    blocks = {one.block for one in mixed}
    return len(mixed) < 2 or (len(blocks) == 1 and None not in blocks)


def lowest_pair(
    names: Iterable[str], definition: GeneDefinition, table: PhenotypeTable | None
) -> tuple[str, str]:
    """The two of lowest function, filled up with the reference."""
    return _pair(sorted(names, key=lambda name: _rank(name, table))[:2], definition)


def _pair(names: Sequence[str], definition: GeneDefinition) -> tuple[str, str]:
    reference = definition.reference.name
    filled = [*names, reference, reference][:2]
    one, two = sorted(filled, key=lambda name: (name != reference, natural(name)))
    return one, two


def _rank(name: str, table: PhenotypeTable | None) -> tuple[int, tuple[tuple[int, str], ...]]:
    function = table.function(name).key if table else ""
    place = _WORST_FIRST.index(function) if function in _WORST_FIRST else _WORST_FIRST.index("")
    return place, natural(name)


def _worst(names: Sequence[str], definition: GeneDefinition, table: PhenotypeTable | None) -> str:
    return min(names, key=lambda name: _rank(name, table), default=definition.reference.name)


def _listed(counted: Mapping[str, int]) -> Iterator[str]:
    for name in sorted(counted, key=natural):
        yield f"{name} ({'homozygous' if counted[name] > 1 else 'heterozygous'})"


def _on_copy(marks: Marks, called: Mapping[int, Genotype], copy: int) -> tuple[str, ...]:
    """Alleles whose called positions all stand on this copy, without those that are part of another one."""
    held = {index: one.bases[copy % len(one.bases)] for index, one in called.items()}
    found = [name for name, at in marks.items() if all(held[index] in bases for index, bases in at.items())]
    return _widest(marks, found)


def _counted(marks: Marks, called: Mapping[int, Genotype]) -> Iterator[tuple[str, int]]:
    """Alleles and the copies on which they can stand, when phase is unknown."""
    copies = {
        name: min(sum(base in bases for base in called[index].bases) for index, bases in at.items())
        for name, at in marks.items()
    }
    widest = _widest(marks, [name for name, count in copies.items() if count])
    for name in widest:
        yield name, copies[name]
    if HAPB3 in widest and copies.get(HAPB3_INTRONIC, 0) > copies[HAPB3]:
        yield HAPB3_INTRONIC, copies[HAPB3_INTRONIC] - copies[HAPB3]


def _marks(definition: GeneDefinition, called: Mapping[int, Genotype]) -> Marks:
    """Each allele that differs from the reference at a position where the file does, and what it has there."""
    changed = {
        index
        for index, one in called.items()
        if any(base != definition.loci[index].ref for base in one.bases)
    }
    return {
        allele.name: {index: bases for index, bases in marks.items() if index in called}
        for allele, marks in definition.marks
        if not changed.isdisjoint(marks)
    }


def _widest(marks: Marks, names: Sequence[str]) -> tuple[str, ...]:
    spans = {name: frozenset(marks[name]) for name in names}
    part = {one for one in names for other in names if _is_part(one, other, spans)}
    return tuple(name for name in names if name not in part)


def _is_part(one: str, other: str, spans: Mapping[str, frozenset[int]]) -> bool:
    """True if ``other`` says more; where the exonic position of HapB3 is missing the intronic variant is named."""
    if spans[one] < spans[other]:
        return True
    return spans[one] == spans[other] and one == HAPB3 and other == HAPB3_INTRONIC


def _without_contradiction(
    definition: GeneDefinition, reading: Reading
) -> tuple[dict[int, Genotype], list[str]]:
    """HapB3: the intronic variant decides; the exonic one only where the intronic one is missing."""
    called = dict(reading.called)
    index = {locus.rsid: number for number, locus in enumerate(definition.loci)}
    intron, exon = index.get(INTRONIC, -1), index.get(EXONIC, -1)
    if exon not in called:
        return called, []
    changed = definition.loci[exon].bases - {definition.loci[exon].ref}
    carried = sum(base in changed for base in called[exon].bases)
    if intron not in called:
        return called, [_EXONIC_ONLY] if carried else []
    if not _contradicts(definition, called, intron, exon):
        return called, []
    called[exon] = _as_intron(definition, called[intron], intron, exon)
    return called, [_CONTRADICTION]


def _contradicts(definition: GeneDefinition, called: Mapping[int, Genotype], intron: int, exon: int) -> bool:
    """True if a copy has the exonic variant without the intronic one."""
    changes = [
        [base != definition.loci[place].ref for base in called[place].bases] for place in (intron, exon)
    ]
    together = called[intron].block is not None and called[intron].block == called[exon].block
    if together:
        return any(has and not base for base, has in zip(*changes, strict=True))
    return sum(changes[1]) > sum(changes[0])


def _as_intron(definition: GeneDefinition, intronic: Genotype, intron: int, exon: int) -> Genotype:
    """The exonic genotype that would agree with the intronic one."""
    other = next(iter(definition.loci[exon].bases - {definition.loci[exon].ref}))
    plain = definition.loci[intron].ref
    bases = tuple(definition.loci[exon].ref if base == plain else other for base in intronic.bases)
    return Genotype(bases, intronic.block)
