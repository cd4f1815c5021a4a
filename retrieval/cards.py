"""Evidence cards: the starter library, written by us in our own words, one claim of one source each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, ValidationError

from retrieval.evidence import Depth, Source, Text, Word

FOLDER = Path(__file__).parent / "knowledge" / "cards"
LICENCE = "written for Consilium (MIT); the source's own text is not held"


class CardError(ValueError):
    """A card file breaks a rule; the message names file, card and field."""


class CardSource(Word):
    """The paper, guideline or page behind a card, and how deep it was read."""

    pmid: Annotated[str, Field(pattern=r"^\d{1,8}$")] | None = None
    doi: str | None = None
    url: str | None = None
    title: Text
    journal: str = ""
    year: int | None = None
    depth: Depth
    held_in: Literal["evidence_inference", "mirage", "pubmedqa", "pharmcat-2.12.0", "medquad"]
    """The development data set in which the source's text was seen."""


class Questions(Word):
    """The question that the card answers, as each kind of reader asks it."""

    clinician: Text
    patient: Text


class Card(Word):
    """One claim of one source."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)+$")]
    topic: Text
    question: Questions
    claim: Text
    population: Text
    comparison: str = ""
    outcome: str = ""
    effect: str = ""
    """Figures with unit and interval, each of which stands in the source."""
    design: Text
    n: int | None = None
    certainty: str = "not graded"
    limits: str = ""
    names: tuple[str, ...] = ()
    """Drugs, genes and diseases of the card, canonical names first, then synonyms a searcher may use."""
    conflicts_with: tuple[str, ...] = ()
    source: CardSource
    checked: date
    status: Literal["draft", "reviewed"] = "draft"

    @property
    def source_id(self) -> str:
        return f"card:{self.id}"

    @property
    def text(self) -> str:
        """The held text that quotes are checked against: claim, effect, population, design, limits."""
        parts = [self.claim]
        if self.effect:
            parts.append(f"Effect: {self.effect}")
        parts.append(f"Population: {self.population}")
        parts.append(f"Design: {self.design}" + (f", n = {self.n}" if self.n else ""))
        if self.limits:
            parts.append(f"Limits: {self.limits}")
        return "\n".join(parts)

    def as_source(self) -> Source:
        """The source that stands behind a quote from this card."""
        return Source(
            id=self.source_id,
            title=self.source.title,
            version=f"card checked {self.checked.isoformat()}",
            licence=LICENCE,
            depth=self.source.depth,
            url=self.source.url,
            pmid=self.source.pmid,
            doi=self.source.doi,
            year=self.source.year,
            marks=(self.status,) if self.status == "draft" else (),
        )


def load(folder: Path = FOLDER) -> tuple[Card, ...]:
    """All cards of a folder, in the order of their file and place.

    Raises:
        CardError: a file does not parse, a field is wrong, two cards share an id, or a conflict names no card.
    """
    cards: dict[str, Card] = {}
    for card in _read(folder):
        if card.id in cards:
            raise CardError(f"two cards are named {card.id}")
        cards[card.id] = card
    for card in cards.values():
        strangers = [other for other in card.conflicts_with if other not in cards]
        if strangers:
            raise CardError(f"{card.id}: conflicts_with names no card: {', '.join(strangers)}")
    return tuple(cards.values())


@cache
def starter() -> tuple[Card, ...]:
    """The cards that ship with the assistant, read once."""
    return load()


def _read(folder: Path) -> Iterator[Card]:
    for path in sorted(folder.glob("*.yaml")):
        try:
            rows = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
        except yaml.YAMLError as wrong:
            raise CardError(f"{path.name} is not valid YAML: {wrong}") from wrong
        for row in rows or []:
            try:
                yield Card.model_validate(row)
            except ValidationError as wrong:
                raise CardError(f"{path.name}, card {row.get('id', '?')}: {wrong}") from wrong


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
