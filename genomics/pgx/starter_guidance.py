"""The guidance that ships: the pairs of drug and gene asked about most, restated, for use without any pack."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, ValidationError

from genomics.pgx.guidelines import GuidanceBase, GuidanceError, Guideline, Key, Recommendation, keyed
from retrieval.evidence import Text, Word

FILE = Path(__file__).parents[1] / "knowledge" / "pgx_guidance.yaml"
NAME = "starter guidance"
LICENCE = "written for Consilium (MIT); facts restated from ClinPGx annotations (CC BY-SA 4.0), CPIC content CC0 1.0"
SYNONYMS = {
    "5-fluorouracil": "fluorouracil",
    "5-fu": "fluorouracil",
    "6-mercaptopurine": "mercaptopurine",
    "6-mp": "mercaptopurine",
}
"""Other generic names under which these drugs are asked for; the guidelines themselves write 5-fluorouracil."""

ClinPgxId = Annotated[str, Field(pattern=r"^PA\d{6,12}$")]


class RowFact(Word):
    """One restated recommendation."""

    asks: Annotated[dict[str, tuple[str | dict[str, int], ...]], Field(alias="for", min_length=1)]
    """By gene: phenotypes, scores, statuses, or the copies of each allele."""
    population: str = ""
    strength: str = ""
    marks: frozenset[Literal["dose", "alternative", "other"]] = frozenset()
    text: Text
    seen: Annotated[tuple[ClinPgxId, ...], Field(min_length=1)]
    """The annotation rows in which it was seen."""

    @property
    def keys(self) -> dict[str, tuple[Key, ...]]:
        return {
            gene: tuple(
                key if isinstance(key, str) else tuple(sorted((name, float(n)) for name, n in key.items()))
                for key in keys
            )
            for gene, keys in self.asks.items()
        }


class GuidelineFact(Word):
    """One guideline with the rows restated from it; no rows: it gives an algorithm, not a row per genotype."""

    guideline: ClinPgxId
    name: Text
    issuer: Literal["CPIC", "DPWG"]
    version: Text
    url: Annotated[str, Field(pattern=r"^https://")]
    pmids: tuple[Annotated[str, Field(pattern=r"^\d{1,8}$")], ...] = ()
    year: int | None = None
    drugs: Annotated[tuple[str, ...], Field(min_length=1)]
    genes: Annotated[tuple[str, ...], Field(min_length=1)]
    checked: date
    status: Literal["draft", "reviewed"]
    rows: tuple[RowFact, ...] = ()

    @property
    def head(self) -> Guideline:
        return Guideline(
            id=self.guideline,
            name=self.name,
            issuer=self.issuer,
            source_id=f"fact:pgx:{self.guideline}",
            version=self.version,
            licence=LICENCE,
            url=self.url,
            drugs=self.drugs,
            genes=self.genes,
            pmids=self.pmids,
            year=self.year,
            marks=("draft",) if self.status == "draft" else (),
        )


@cache
def starter() -> GuidanceBase:
    """The shipped guidance, read once; its texts are held under ``fact:pgx:…``.

    Raises:
        GuidanceError: the file breaks a rule.
    """
    return load()


def load(file: Path = FILE) -> GuidanceBase:
    """The guidance of a knowledge file.

    Raises:
        GuidanceError: a fact breaks a rule, or two rows of a guideline ask for the same.
    """
    facts = tuple(_read(file))
    heads = {fact.guideline: fact.head for fact in facts}
    rows = [row for fact in facts for row in _rows(fact, heads[fact.guideline])]
    checked = max(fact.checked for fact in facts).isoformat()
    return GuidanceBase(heads.values(), rows, name=NAME, version=f"checked {checked}", synonyms=SYNONYMS)


def check() -> str:
    """One line that counts what was checked.

    Raises:
        GuidanceError: a fact breaks a rule.
    """
    facts = tuple(_read(FILE))
    base = load(FILE)
    drafts = sum(fact.status == "draft" for fact in facts)
    return (
        f"genomics: {sum(len(fact.rows) for fact in facts)} recommendations of {len(facts)} guidelines on "
        f"{len(base.drugs)} drugs and {len(base.genes)} genes, {drafts} guidelines of them drafts"
    )


def _read(file: Path) -> Iterator[GuidelineFact]:
    try:
        entries = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)
    except (OSError, yaml.YAMLError) as wrong:
        raise GuidanceError(f"{file.name} cannot be read: {wrong}") from wrong
    if not isinstance(entries, list) or not entries:
        raise GuidanceError(f"{file.name} holds no list of guidelines")
    seen: set[str] = set()
    for entry in entries:
        try:
            fact = GuidelineFact.model_validate(entry)
        except ValidationError as wrong:
            raise GuidanceError(f"{file.name}, {entry.get('guideline', '?')}: {wrong}") from wrong
        if fact.guideline in seen:
            raise GuidanceError(f"{file.name}: two guidelines are {fact.guideline}")
        seen.add(fact.guideline)
        _consistent(fact, file.name)
        yield fact


def _consistent(fact: GuidelineFact, file: str) -> None:
    asked: set[tuple[object, ...]] = set()
    for row in fact.rows:
        strange = set(row.asks) - set(fact.genes)
        if strange:
            raise GuidanceError(f"{file}, {fact.guideline}: no gene of it is {', '.join(sorted(strange))}")
        same = (row.population, tuple(sorted(row.keys.items())))
        if same in asked:
            raise GuidanceError(f"{file}, {fact.guideline}: two rows ask for {row.asks} ({row.population})")
        asked.add(same)


def _rows(fact: GuidelineFact, head: Guideline) -> Iterator[Recommendation]:
    for row in fact.rows:
        for drug in fact.drugs:
            one = f"fact:pgx:{row.seen[0]}" + (f":{drug}" if len(fact.drugs) > 1 else "")
            yield Recommendation(
                id=", ".join(row.seen),
                source_id=one,
                guideline=head,
                drug=drug,
                keys=row.keys,
                text=row.text,
                strength=row.strength,
                population=row.population,
                marks=frozenset(row.marks),
                held=_told(row, head, drug),
            )


def _told(row: RowFact, head: Guideline, drug: str) -> str:
    asked = "; ".join(keyed(gene, keys) for gene, keys in row.keys.items())
    said = ", ".join(
        part for part in (row.population, f"strength {row.strength}" * bool(row.strength)) if part
    )
    return f"{head.issuer} on {drug} for {asked}{f' ({said})' if said else ''}:\n{row.text}\n{head.about}"


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
