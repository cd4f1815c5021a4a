"""Star alleles from called positions: which pairs of defined alleles explain what a file tells.

Scores and missing positions follow PharmCAT's documented method (its pages NamedAlleleMatcher 101 and 201): an
allele scores one point per called position that defines it, a pair the sum of both, and all
pairs with the best score are kept.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from genomics.pgx.definitions import GeneDefinition
from genomics.pgx.phenotype import natural
from genomics.pgx.positions import Genotype, Reading


class Fit(NamedTuple):
    """One or two alleles that explain the called positions."""

    alleles: tuple[str, ...]
    score: int


@dataclass(frozen=True)
class Match:
    """``best`` are the fits with the highest score; ``every`` holds all fits, best first; both may be empty."""

    best: tuple[Fit, ...]
    every: tuple[Fit, ...]
    in_order: bool
    """True if the file leaves no choice of which bases lie on one copy."""
    not_excluded: tuple[str, ...]


def match(definition: GeneDefinition, reading: Reading) -> Match:
    """The alleles that explain a reading. A base that no definition knows leaves nothing that fits."""
    scores = _scores(definition, reading.called)
    every = sorted(_fits(definition, reading.called, scores), key=lambda fit: (-fit.score, _order(fit)))
    best = tuple(fit for fit in every if fit.score == every[0].score) if every else ()
    return Match(
        best=best,
        every=tuple(every),
        in_order=len(_blocks(reading.called)) < 2,
        not_excluded=_not_excluded(definition, reading.called, scores, best, every),
    )


def _order(fit: Fit) -> tuple[tuple[tuple[int, str], ...], ...]:
    return tuple(natural(name) for name in fit.alleles)


def _scores(definition: GeneDefinition, called: Mapping[int, Genotype]) -> list[int]:
    """Called positions that define each allele; 0: it cannot be told from the reference here."""
    return [sum(index in called for index in allele.defined) for allele in definition.alleles]


def _blocks(called: Mapping[int, Genotype]) -> list[list[int]]:
    """Heterozygous loci whose bases keep their order towards each other; an unphased one stands alone."""
    grouped: dict[tuple[str, int], list[int]] = {}
    for index, genotype in called.items():
        if genotype.is_heterozygous:
            block = ("alone", index) if genotype.block is None else ("set", genotype.block)
            grouped.setdefault(block, []).append(index)
    return list(grouped.values())


def _fits(definition: GeneDefinition, called: Mapping[int, Genotype], scores: Sequence[int]) -> Iterator[Fit]:
    candidates = sum(1 << bit for bit, score in enumerate(scores) if score)
    both = _both_copies(definition, called, candidates)
    if all(len(one.bases) == 1 for one in called.values()):
        yield from _single(definition, both, scores)
        return
    pairs = {pair for one, two in _copies(definition, called, both) for pair in _pairs(one, two)}
    highest: dict[tuple[str, ...], int] = {}
    for one, two in pairs:
        names = tuple(sorted((definition.alleles[one].name, definition.alleles[two].name), key=natural))
        highest[names] = max(highest.get(names, 0), scores[one] + scores[two])
    yield from (Fit(names, score) for names, score in highest.items())


def _single(definition: GeneDefinition, mask: int, scores: Sequence[int]) -> Iterator[Fit]:
    for bit in members(mask):
        yield Fit((definition.alleles[bit].name,), scores[bit])


def _both_copies(definition: GeneDefinition, called: Mapping[int, Genotype], candidates: int) -> int:
    """Alleles that have the base of every locus where the copies are alike."""
    for index, genotype in called.items():
        if not genotype.is_heterozygous:
            candidates &= definition.compatible[index].get(genotype.bases[0], 0)
    return candidates


def _copies(definition: GeneDefinition, called: Mapping[int, Genotype], both: int) -> set[tuple[int, int]]:
    """The alleles that each copy may be, for every order of the blocks that leaves both copies an allele.

    Orders are cut as soon as one copy fits no allele, so their number is bounded by the pairs of alleles and not by
    two to the number of heterozygous positions.
    """
    states = {(both, both)} if both else set()
    for block in _blocks(called):
        first, second = (_strand(definition, called, block, copy) for copy in (0, 1))
        turned = {(one & first, two & second) for one, two in states}
        turned |= {(one & second, two & first) for one, two in states}
        states = {(min(pair), max(pair)) for pair in turned if all(pair)}
    return states


def _strand(
    definition: GeneDefinition, called: Mapping[int, Genotype], block: Sequence[int], copy: int
) -> int:
    mask = -1
    for index in block:
        mask &= definition.compatible[index].get(called[index].bases[copy], 0)
    return mask


def compatible_copies(definition: GeneDefinition, called: Mapping[int, Genotype]) -> list[tuple[int, ...]]:
    """Bits of the alleles that each copy may be, those without a called position included; one copy where all are."""
    both = _both_copies(definition, called, (1 << len(definition.alleles)) - 1)
    if called and all(len(one.bases) == 1 for one in called.values()):
        return [(both,)] if both else []
    return sorted(_copies(definition, called, both))


def _pairs(one: int, two: int) -> Iterator[tuple[int, int]]:
    for first, second in product(members(one), members(two)):
        yield (min(first, second), max(first, second))


def members(mask: int) -> Iterator[int]:
    """The numbers of the alleles whose bits are set."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _not_excluded(
    definition: GeneDefinition,
    called: Mapping[int, Genotype],
    scores: Sequence[int],
    best: Sequence[Fit],
    every: Sequence[Fit],
) -> tuple[str, ...]:
    """Alleles outside the best fits that a missing position may hide."""
    shown = {name for fit in best for name in fit.alleles}
    fitting = {name for fit in every for name in fit.alleles}
    hidden = [
        allele.name
        for allele, score in zip(definition.alleles, scores, strict=True)
        if allele.name not in shown
        and (score == 0 or allele.name in fitting)
        and any(index not in called for index in allele.defined)
    ]
    return tuple(sorted(set(hidden), key=natural))


def told_apart(definition: GeneDefinition, called: Container[int]) -> int:
    """How many alleles the called positions can tell from each other and from the reference."""
    seen = {
        frozenset((index, bases) for index, bases in marks.items() if index in called)
        for _, marks in definition.marks
    }
    names = {allele.name for allele, _ in definition.marks}
    return min(len(seen), len(names))
