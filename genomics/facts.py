"""The starter facts on variants and genes: loaded, checked, indexed, and held as text for quotes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import Field, ValidationError, model_validator

from genomics import hgvs, protein, variant
from genomics.builds import Build
from retrieval.evidence import Depth, Evidence, Source, Text, Word

FOLDER = Path(__file__).parent / "knowledge"

Significance = Literal[
    "Pathogenic",
    "Likely Pathogenic",
    "Pathogenic/Likely pathogenic",
    "Uncertain Significance",
    "Likely Benign",
    "Benign",
]
"""The classes a known classification may carry, as its source spells them."""


def spoken_key(name: str) -> str:
    """A legacy name without blanks, hyphens and case, as it is compared."""
    return re.sub(r"[\s-]", "", name).lower()


class FactError(ValueError):
    """A knowledge file breaks a rule; the message names file, fact and field."""


class Origin(Word):
    """The record or paper in which a fact was seen, and where in it."""

    title: Text
    version: Text
    licence: Text
    row: Text
    """Key of the row: a ClinGen UUID, a ClinVar allele or variation id, a PMID, a page."""
    held_in: Text
    """The development data set in which it was seen."""
    url: str | None = None
    pmid: Annotated[str, Field(pattern=r"^\d{1,8}$")] | None = None
    doi: str | None = None
    year: int | None = None


class Fact(Word):
    """What every fact carries."""

    statement: Text
    """One sentence in our own words, as it is read aloud."""
    source: Origin
    depth: Depth
    checked: date
    status: Literal["draft", "reviewed"]

    def evidence_as(self, source_id: str) -> Evidence:
        """The statement as evidence, under the id by which this module holds its text."""
        origin = self.source
        source = Source(
            id=source_id,
            title=origin.title,
            version=origin.version,
            licence=origin.licence,
            depth=self.depth,
            url=origin.url,
            pmid=origin.pmid,
            doi=origin.doi,
            year=origin.year,
            marks=("draft",) if self.status == "draft" else (),
        )
        return Evidence(source=source, quote=self.statement, locator=origin.row)


class Classification(Word):
    """A class that somebody gave, never ours."""

    significance: Significance
    stars: Annotated[int, Field(ge=0, le=4)]
    review: Text
    by: Text
    condition: str = ""
    """Empty where the held record does not tell it for this variant alone."""
    inheritance: str = ""
    dated: date
    codes: tuple[str, ...] = ()


class VariantFact(Fact):
    """One variant: its names, where it lies, and the class that its source states, if any."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)+$")]
    gene: Text
    transcript: str = ""
    names: tuple[str, ...] = ()
    """c., n., m. and p. names, the preferred one first."""
    legacy: tuple[str, ...] = ()
    rsids: tuple[Annotated[str, Field(pattern=r"^rs\d{3,12}$")], ...] = ()
    unchecked: tuple[str, ...] = ()
    """Names commonly given for it that no held record confirms; they lead to a question, not to the class."""
    grch38: str = ""
    grch37: str = ""
    """contig-position-reference-alternative, with the whole repeat where the bases repeat."""
    known: Classification | None = None

    @property
    def source_id(self) -> str:
        return f"fact:variant:{self.id}"

    @property
    def title(self) -> str:
        """Gene and preferred name: "BRCA2 c.5946del"."""
        best = (self.names or self.legacy)[0]
        return best if best.lower().startswith(("factor", self.gene.lower())) else f"{self.gene} {best}"

    @property
    def text(self) -> str:
        """The held text: statement, names, places, and the criteria that a panel met."""
        listed = ", ".join((*self.names, *self.legacy, *self.rsids))
        places = ", ".join(f"{name} {place}" for name, place in self.places.items())
        parts = (self.statement, f"Names: {self.gene} {listed}", places, self.criteria)
        return "\n".join(part for part in parts if part)

    @property
    def criteria(self) -> str:
        """The criteria that the classifying panel met, as one sentence; empty where none is held."""
        if self.known is None or not self.known.codes:
            return ""
        return f"Criteria met by the panel for {self.title}: {', '.join(self.known.codes)}."

    @property
    def places(self) -> dict[str, str]:
        pairs = ((Build.GRCH38.value, self.grch38), (Build.GRCH37.value, self.grch37))
        return {build: place for build, place in pairs if place}

    @cached_property
    def variants(self) -> dict[Build, variant.Variant]:
        """Where it lies, by build."""
        return {Build(name): variant.read(place, Build(name)) for name, place in self.places.items()}

    @cached_property
    def dna(self) -> tuple[hgvs.Name, ...]:
        return tuple(hgvs.parse(name) for name in self.names if not name.startswith("p."))

    @cached_property
    def proteins(self) -> tuple[protein.Protein, ...]:
        return tuple(protein.parse(name) for name in self.names if name.startswith("p."))

    @property
    def evidence(self) -> Evidence:
        return self.evidence_as(self.source_id)

    def called(self, name: str) -> bool:
        """True if a held record gives it this legacy name or rsID."""
        return spoken_key(name) in {spoken_key(held) for held in (*self.legacy, *self.rsids)}

    def may_be_called(self, name: str) -> bool:
        """True if the name is in common use for it, without a held record that says so."""
        return spoken_key(name) in {spoken_key(held) for held in self.unchecked}

    @model_validator(mode="after")
    def _has_a_name(self) -> VariantFact:
        if not self.names and not self.legacy:
            raise ValueError("a variant needs a name")
        if self.gene not in self.statement:
            raise ValueError("the statement must name the gene")
        known = self.known
        if known and not all(
            word in self.statement for word in (known.significance, known.dated.isoformat())
        ):
            raise ValueError("the statement must say the class and its date")
        return self


class GeneFact(Fact):
    """One gene: what ClinGen says of losing one copy."""

    symbol: Text
    haploinsufficiency: Literal[0, 1, 2, 3, 30, 40]
    """ClinGen's score: 3 sufficient, 30 recessive, 40 dosage sensitivity unlikely, 0 no evidence."""
    evaluated: date

    @property
    def source_id(self) -> str:
        return f"fact:gene:{self.symbol.lower()}"

    @property
    def evidence(self) -> Evidence:
        return self.evidence_as(self.source_id)


class Facts:
    """All starter facts, and the holder of their text."""

    def __init__(self, variants: tuple[VariantFact, ...], genes: tuple[GeneFact, ...]) -> None:
        self.variants = variants
        self.genes = {gene.symbol: gene for gene in genes}
        self._by_gene: dict[str, tuple[VariantFact, ...]] = {}
        for fact in variants:
            self._by_gene[fact.gene] = (*self._by_gene.get(fact.gene, ()), fact)
        self._texts = {fact.source_id: fact.text for fact in variants}
        self._texts |= {gene.source_id: gene.statement for gene in genes}

    def of_gene(self, symbol: str) -> tuple[VariantFact, ...]:
        return self._by_gene.get(symbol.upper(), ())

    @property
    def held_genes(self) -> tuple[str, ...]:
        return tuple(sorted(self._by_gene))

    def text(self, source_id: str) -> str | None:
        """The held text of a fact, or None."""
        return self._texts.get(source_id)

    def holding(self, quote: str) -> tuple[str, ...]:
        """The ids of the facts in whose text the quote stands."""
        return tuple(source_id for source_id, text in self._texts.items() if quote in text)


@cache
def facts() -> Facts:
    """The facts that ship with the package, read once.

    Raises:
        FactError: a file breaks a rule.
    """
    return load()


def load(folder: Path = FOLDER) -> Facts:
    """The facts of a folder that holds variants.yaml and genes.yaml.

    Raises:
        FactError: a file does not parse, a field is wrong, a name is no HGVS, or two facts share an id.
    """
    variants = tuple(_read(folder / "variants.yaml", VariantFact, lambda row: str(row.get("id"))))
    genes = tuple(_read(folder / "genes.yaml", GeneFact, lambda row: str(row.get("symbol"))))
    _once([fact.id for fact in variants])
    _once([gene.symbol for gene in genes])
    for fact in variants:
        _parses(fact)
    return Facts(variants, genes)


def _once(ids: list[str]) -> None:
    twice = {name for name in ids if ids.count(name) > 1}
    if twice:
        raise FactError(f"two facts are named {', '.join(sorted(twice))}")


def _parses(fact: VariantFact) -> None:
    try:
        _ = (fact.dna, fact.proteins, fact.variants)
    except ValueError as wrong:
        raise FactError(f"variants.yaml, fact {fact.id}: {wrong}") from wrong


Row = TypeVar("Row", bound=Fact)


def _read(path: Path, kind: type[Row], name: Callable[[dict[str, object]], str]) -> Iterator[Row]:
    try:
        rows = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.YAMLError as wrong:
        raise FactError(f"{path.name} is not valid YAML: {wrong}") from wrong
    for row in rows or []:
        try:
            yield kind.model_validate(row)
        except ValidationError as wrong:
            raise FactError(f"{path.name}, fact {name(row)}: {wrong}") from wrong


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
