"""What positions that a file does not tell may hide: other alleles that fit what it tells, and mean something else.

A missing position is not the reference (PharmCAT's own warning of missing positions). The call stays that of PharmCAT's
method; here is said on which alleles' absence its phenotype rests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from genomics.pgx.definitions import GeneDefinition
from genomics.pgx.lowest_function import EXONIC, HAPB3_INTRONIC, lowest_pair
from genomics.pgx.matcher import compatible_copies, members
from genomics.pgx.phenotype import NO_VALUE, PhenotypeTable, diplotype, natural
from genomics.pgx.positions import Genotype
from genomics.pgx.words import Diplotype

Called = Mapping[int, Genotype]


@dataclass(frozen=True)
class Hidden:
    """Alleles that would change what the call means, and a pair for each other meaning; both empty if none would."""

    alleles: tuple[str, ...] = ()
    pairs: tuple[Diplotype, ...] = ()


def hidden(
    definition: GeneDefinition, called: Called, pairs: Sequence[Diplotype], table: PhenotypeTable | None
) -> Hidden:
    """What the missing positions may hide of a gene that is called as a pair of alleles."""
    if len(called) == len(definition.loci) or table is None or not all(pair.phenotype for pair in pairs):
        return Hidden()
    unseen = _unseen(definition, called)
    shown = {name for pair in pairs for name in pair.alleles}
    others: dict[tuple[str, str], Diplotype] = {}
    names: set[str] = set()
    for copies in compatible_copies(definition, called):
        for functions, alleles, extra in _combined(definition, copies, unseen, shown, table):
            changed = _unexplained(functions, pairs, table)
            hiding = {name for key in changed for name in extra.get(key, ())}
            pair = diplotype(definition.gene, alleles, table)
            if not hiding or _meaning(pair) in {_meaning(one) for one in pairs}:
                continue
            others.setdefault(_meaning(pair), pair)
            names |= hiding
    return Hidden(_sorted(names - shown or names), tuple(others.values()))


def hidden_lowest(
    definition: GeneDefinition, called: Called, pair: Diplotype, table: PhenotypeTable | None
) -> Hidden:
    """The same for DPYD and RYR1, where the two variants of lowest function decide."""
    if len(called) == len(definition.loci) or table is None or not pair.phenotype:
        return Hidden()
    others: dict[tuple[str, str], Diplotype] = {}
    names: set[str] = set()
    for name in _may_carry(definition, called, table):
        for more in ((name,), (name, name)):
            made = diplotype(definition.gene, lowest_pair((*pair.alleles, *more), definition, table), table)
            if _meaning(made) != _meaning(pair):
                others.setdefault(_meaning(made), made)
                names.add(name)
    return Hidden(_sorted(names), tuple(others.values()))


def _meaning(pair: Diplotype) -> tuple[str, str]:
    return pair.phenotype, pair.activity_score


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=natural))


def _unseen(definition: GeneDefinition, called: Called) -> int:
    """Bits of the alleles that differ from the reference at a position that was not called."""
    missing = [any(index not in called for index in marks) for _, marks in definition.marks]
    return sum(1 << bit for bit, is_missing in enumerate(missing) if is_missing)


def _combined(
    definition: GeneDefinition,
    copies: Sequence[int],
    unseen: int,
    shown: Collection[str],
    table: PhenotypeTable,
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], dict[str, set[str]]]]:
    """Every combination of functions on the copies: the functions, alleles that have them, and the unseen alleles."""
    sides = [_by_function(definition, mask, unseen, shown, table) for mask in copies]
    chosen: list[tuple[str, ...]] = [()]
    for side in sides:
        chosen = [(*before, key) for before in chosen for key in side]
    for keys in chosen:
        extra: dict[str, set[str]] = {}
        for side, key in zip(sides, keys, strict=True):
            extra.setdefault(key, set()).update(side[key][1])
        yield keys, tuple(side[key][0] for side, key in zip(sides, keys, strict=True)), extra


def _by_function(
    definition: GeneDefinition, mask: int, unseen: int, shown: Collection[str], table: PhenotypeTable
) -> dict[str, tuple[str, set[str]]]:
    """Function -> its first allele, and those of its alleles that stand on positions that were not called."""
    found: dict[str, tuple[str, set[str]]] = {}
    for bit in members(mask):
        name = definition.alleles[bit].name
        hides = bool(unseen >> bit & 1)
        if hides and name not in shown and not _is_known(name, table):
            continue
        _, more = found.setdefault(table.function(name).key, (name, set()))
        if hides and _is_known(name, table):
            more.add(name)
    return found


def _unexplained(functions: Sequence[str], pairs: Sequence[Diplotype], table: PhenotypeTable) -> set[str]:
    """The functions that the called pair does not have (a second copy of one that it has once counts)."""
    had = Counter(table.function(name).key for name in pairs[0].alleles)
    return set(Counter(functions) - had)


_UNKNOWN = frozenset(("", NO_VALUE, "Uncertain function", "Unknown function", "Unassigned function"))


def _is_known(name: str, table: PhenotypeTable) -> bool:
    """False for an allele of unknown function: nobody can say that it would change the phenotype."""
    return table.function(name).key not in _UNKNOWN


def _may_carry(definition: GeneDefinition, called: Called, table: PhenotypeTable) -> Iterator[str]:
    """Alleles with a mark that was not called, and none that the file contradicts.

    HapB3: where the exonic position is called it stands for the intronic one (CPIC, PMID 29152729).
    """
    exonic = any(locus.rsid == EXONIC and index in called for index, locus in enumerate(definition.loci))
    for allele, marks in definition.marks:
        if exonic and allele.name == HAPB3_INTRONIC:
            continue
        if all(index in called for index in marks) or not _is_known(allele.name, table):
            continue
        seen = ((bases, called[index].bases) for index, bases in marks.items() if index in called)
        if all(any(base in bases for base in carried) for bases, carried in seen):
            yield allele.name
