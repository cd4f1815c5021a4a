"""From two alleles to a phenotype: allele -> function, pair of functions -> phenotype and activity score.

For every gene with a table the phenotype depends on the two allele functions alone (or, for genes with an activity
score, on the two activity values); a row of a table that contradicts this holds for its two alleles only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from genomics.pgx.words import Diplotype

INDETERMINATE = "Indeterminate"
NO_VALUE = "n/a"
MALIGNANT = "Malignant Hyperthermia associated"
_HLA_STATUS = {"HLA-A": ("*31:01",), "HLA-B": ("*15:02", "*57:01", "*58:01")}
"""Alleles whose presence guidance asks for (CPIC guidance as PharmCAT 2.12.0 holds it, lookupKey)."""
_COPIES = re.compile(r"(?P<allele>\*\d+)x(?P<more>≥|>=)?(?P<number>\d+|N)")
_MOST_COPIES = 20
_NUMBER = re.compile(r"\d+(\.\d+)?")


class AlleleFunction(NamedTuple):
    """Function in the table's terms and, for genes with an activity score, the value as text ("0.5", "n/a")."""

    function: str
    activity: str = ""

    @property
    def key(self) -> str:
        return self.activity or self.function


class Meaning(NamedTuple):
    """What one allele (hemizygous) or a pair of alleles means."""

    phenotype: str
    activity_score: str = ""
    lookup_key: str = ""


@dataclass(frozen=True)
class PhenotypeTable:
    """Functions of a gene's alleles, and what each function or pair of functions means."""

    gene: str
    functions: Mapping[str, AlleleFunction]
    meanings: Mapping[tuple[str, ...], Meaning]
    version: str
    exact: Mapping[tuple[str, ...], Meaning] = field(default_factory=dict)
    """Pairs of alleles that mean something else than their functions say; none is known in the published tables."""

    @property
    def has_scores(self) -> bool:
        return any(one.activity for one in self.functions.values())

    def function(self, allele: str) -> AlleleFunction:
        """The function of an allele; of a combination "*36+*10" and of copies "*1x3" where its parts are known."""
        for name in (allele, allele.replace(">=", "≥"), _binned(allele)):
            if name in self.functions:
                return self.functions[name]
        return self._of_parts(allele) if self.has_scores else AlleleFunction("")

    def _of_parts(self, allele: str) -> AlleleFunction:
        """The summed value of a tandem or of copies; an unknown number of copies ("*2xN") is two or more."""
        parts = [part.strip() for part in allele.strip("[]").split("+")]
        copies = _COPIES.fullmatch(allele)
        if copies and not copies["more"]:
            parts = [copies["allele"]] * (2 if copies["number"] == "N" else int(copies["number"]))
        values = [self.functions[part].activity for part in parts if part in self.functions]
        if len(parts) < 2 or len(parts) > _MOST_COPIES or len(values) < len(parts):
            return AlleleFunction("")
        least = "≥" if copies and copies["number"] == "N" and _sum(values) not in ("0.0", NO_VALUE) else ""
        return AlleleFunction("", least + _sum(values))

    def meaning(self, alleles: Sequence[str]) -> Meaning:
        """What the alleles mean together; empty where the table does not say.

        One allele that is associated with malignant hyperthermia decides, whatever the other is (PMID 30499100).
        """
        stated = self.exact.get(tuple(sorted(alleles)))
        if stated:
            return stated
        functions = [self.function(allele) for allele in alleles]
        known = self.meanings.get(tuple(sorted(one.key for one in functions)))
        if not known and MALIGNANT in (one.key for one in functions):
            known = self.meanings.get((MALIGNANT, MALIGNANT))
        if known or not self.has_scores or not all(one.activity for one in functions):
            return known or Meaning("")
        return self.of_score(_sum([one.activity for one in functions]))

    def of_score(self, score: str) -> Meaning:
        """What an activity score means, as the table has it for any pair with that score."""
        for meaning in self.meanings.values():
            if meaning.activity_score == score:
                return meaning
        return Meaning("")

    def of_phenotype(self, phenotype: str) -> tuple[Meaning, ...]:
        """All meanings with this phenotype; several for a gene with activity scores."""
        return tuple(sorted({one for one in self.meanings.values() if one.phenotype == phenotype}))


def _binned(allele: str) -> str:
    """Three copies and more stand under one name in the tables ("*1x≥3")."""
    copies = _COPIES.fullmatch(allele)
    many = copies and copies["number"] != "N" and int(copies["number"]) >= 3
    return f"{copies['allele']}x≥3" if copies and many else ""


def _sum(values: Iterable[str]) -> str:
    """Sum of activity values as guidance is keyed: "1.25", "≥3.0"; "n/a" if one of them is not known."""
    total, least = 0.0, ""
    for value in values:
        number = _NUMBER.search(value)
        if not number:
            return NO_VALUE
        total += float(number[0])
        least = "≥" if value.startswith("≥") else least
    text = f"{total:.2f}".removesuffix("0")
    return f"{least}{text}"


def table_of(raw: Mapping[str, Any]) -> PhenotypeTable:
    """A table out of PharmCAT's JSON. Rows that name an allele without a function tell nothing and are left out."""
    functions = {
        row["name"]: AlleleFunction(row["functionValue"] or "", row["activityValue"] or "")
        for row in raw["namedAlleles"]
    }
    meanings: dict[tuple[str, ...], Meaning] = {}
    exact: dict[tuple[str, ...], Meaning] = {}
    for row in raw["diplotypes"]:
        names = [name for name, count in row["diplotypekey"].items() for _ in range(int(count))]
        if not all(name in functions for name in names):
            continue
        phenotype = row.get("phenotype") or row["generesult"]
        meaning = Meaning(phenotype, row.get("activityScore") or "", row["lookupkey"])
        if meanings.setdefault(tuple(sorted(functions[name].key for name in names)), meaning) != meaning:
            exact[tuple(sorted(names))] = meaning
    return PhenotypeTable(raw["gene"], functions, meanings, str(raw.get("version") or "unknown"), exact)


def diplotype(
    gene: str, alleles: Sequence[str], table: PhenotypeTable | None, *, score: int = 0
) -> Diplotype:
    """The alleles with their functions and what they mean; empty fields where no table speaks about them."""
    if gene in _HLA_STATUS:
        return _by_presence(gene, alleles)
    if table is None:
        return Diplotype(alleles=tuple(alleles), score=score)
    meaning = table.meaning(alleles)
    return Diplotype(
        alleles=tuple(alleles),
        functions=tuple(_spoken(table.function(allele)) for allele in alleles),
        phenotype=meaning.phenotype,
        activity_score=meaning.activity_score,
        lookup_key=meaning.lookup_key or meaning.activity_score or meaning.phenotype,
        score=score,
    )


def _spoken(one: AlleleFunction) -> str:
    return one.function or (f"Activity value {one.activity}" if one.activity else "")


def _by_presence(gene: str, alleles: Sequence[str]) -> Diplotype:
    """HLA: for each allele that guidance asks for, whether it is carried.

    One known allele excludes nothing, nor does an allele named only by its group ("*57") exclude *57:01.
    """
    status = [_status(name, alleles) for name in (*_HLA_STATUS[gene], "*15:11")]
    said = "; ".join(one for one in status if one and one != "*15:11 negative")
    return Diplotype(alleles=tuple(alleles), phenotype=said, lookup_key=said)


def _status(name: str, alleles: Sequence[str]) -> str:
    if name in alleles:
        return f"{name} positive"
    group = name.partition(":")[0]
    excluded = len(alleles) == 2 and group not in alleles
    return f"{name} negative" if excluded else ""


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """Sorting key by which *2 comes before *10."""
    parts = re.findall(r"\d+|\D+", name)
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)
