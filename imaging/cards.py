"""The cards of the shipped models: what each does, what made it, how good it is, what it must not be used for."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field

from retrieval.evidence import Depth, Source, Text, Word

FOLDER = Path(__file__).parent / "zoo"


class Made(Word):
    """One body of data that a model was made from or measured on."""

    name: Text
    licence: Text
    count: Text
    attribution: str = ""


class ModelCard(Word):
    """A model's card. ``file`` and ``sha256`` name its numbers, where it has any."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Text
    version: Text
    task: Text
    input: Text
    method: Text
    reference: str = ""
    made_from: tuple[Made, ...] = ()
    recipe: Text
    measured: tuple[Text, ...]
    operating_point: Text
    not_tested_on: Text
    intended: Text
    forbidden: Text
    known_failures: tuple[Text, ...]
    licence: Text
    file: str = ""
    sha256: str = ""
    checked: date
    status: str = "draft"

    @property
    def source_id(self) -> str:
        return f"model:{self.id}"

    @property
    def text(self) -> str:
        """The held text that quotes are checked against."""
        lines = [
            self.method,
            *self.measured,
            self.operating_point,
            self.not_tested_on,
            self.intended,
            self.forbidden,
        ]
        return "\n".join([*lines, *self.known_failures])

    def as_source(self) -> Source:
        """The source that stands behind a computed finding."""
        return Source(
            id=self.source_id,
            title=self.title,
            version=f"{self.version}, card checked {self.checked.isoformat()}",
            licence=self.licence,
            depth=Depth.COMPUTATION,
            marks=(self.status,) if self.status == "draft" else (),
        )


@cache
def cards() -> dict[str, ModelCard]:
    """All shipped cards by source id (``model:…``)."""
    found = (
        ModelCard.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        for path in sorted(FOLDER.glob("*.card.yaml"))
    )
    return {card.source_id: card for card in found}


def text(source_id: str) -> str | None:
    """The whole text of a card, or None if no such model ships."""
    card = cards().get(source_id)
    return card.text if card else None


def holding(quote: str) -> tuple[str, ...]:
    """The ids of the cards in which a quote stands."""
    return tuple(source_id for source_id, card in cards().items() if quote in card.text)
