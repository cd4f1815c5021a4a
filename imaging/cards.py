"""The cards of the shipped models: what each does, what made it, how good it is, what it must not be used for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field

from imaging.image import ModelMissing
from retrieval.evidence import Depth, Source, Text, Word

FOLDER = Path(__file__).parent / "zoo"

LICENCES = frozenset({"CC BY 4.0", "CC0", "Apache-2.0", "ours"})
"""Licences of data that shipped numbers may derive from (imaging spec 3.11); "ours": made by a formula here."""

NEEDS_CREDIT = frozenset({"CC BY 4.0"})
WEIGHTS = (".npz", ".safetensors")
BUNDLE_LIMIT = 6_000_000
"""Bytes of all shipped numbers together."""


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
    calibrated_on: tuple[Made, ...] = ()
    """Data that limits, ranks or settings were chosen on and no weight was learned from.

    Its licence is only told: ``unclear`` is a deviation from imaging spec 3.11, which a release must decide.
    """
    recipe: Text
    measured: tuple[Text, ...]
    operating_point: Text
    not_tested_on: Text
    intended: Text
    forbidden: Text
    known_failures: tuple[Text, ...]
    licence: Text
    file: Annotated[str, Field(pattern=r"^([\w-]+\.(npz|safetensors))?$")] = ""
    sha256: Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")] = ""
    extractor: str = ""
    """Id of the frozen features that go in, such as ``lite0-b4b10@128/v1``."""
    split_sha256: str = ""
    """Hash of the split that the figures stand on (:func:`imaging.datasets.splits.split_hash`)."""
    seed: int | None = None
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

    @property
    def open_licences(self) -> tuple[str, ...]:
        """What was chosen on data whose licence does not allow shipping, in words, for whoever releases."""
        return tuple(
            f"{one.name} ({one.licence}): {one.count}; no weights were trained on it"
            for one in self.calibrated_on
            if one.licence not in LICENCES
        )

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


def cards() -> dict[str, ModelCard]:
    """All shipped cards by source id (``model:…``)."""
    return _read(FOLDER)


@cache
def _read(folder: Path) -> dict[str, ModelCard]:
    found = (
        ModelCard.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        for path in sorted(folder.glob("*.card.yaml"))
    )
    return {card.source_id: card for card in found}


def text(source_id: str) -> str | None:
    """The whole text of a card, or None if no such model ships."""
    card = cards().get(source_id)
    return card.text if card else None


class Problem(Word):
    """One thing that is wrong with the zoo."""

    card: str
    what: Text


def is_held(source_id: str) -> bool:
    """Whether a model's file is in the zoo and is the one that its card describes."""
    card = cards().get(source_id)
    return card is not None and bool(card.file) and _sha256(FOLDER / card.file) == card.sha256


def file_of(source_id: str) -> Path:
    """The file of a model, checked against its card; :class:`imaging.image.ModelMissing` where it is not held."""
    if not is_held(source_id):
        raise ModelMissing(
            f"{source_id} is not held, or its file is not the one of its card: see models verify"
        )
    return FOLDER / cards()[source_id].file


def verify(folder: Path = FOLDER) -> tuple[Problem, ...]:
    """Everything that is wrong in a zoo: files, hashes, licences, credits, sizes. Empty when all is well."""
    return tuple(_problems(folder))


def _problems(folder: Path) -> Iterator[Problem]:
    named: dict[str, str] = {}
    for path in sorted(folder.glob("*.card.yaml")):
        card = ModelCard.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        if path.name != f"{card.id.replace('-', '_')}.card.yaml":
            yield Problem(card=card.id, what=f"its card is in {path.name}")
        if card.file and card.file in named:
            yield Problem(card=card.id, what=f"{card.file} already belongs to {named[card.file]}")
        named[card.file] = card.id
        yield from _of_card(card, folder)
    weights = [path for path in folder.iterdir() if path.suffix in (*WEIGHTS, ".pt", ".pth", ".pkl", ".ckpt")]
    for path in sorted(weights):
        if path.name not in named:
            yield Problem(card="", what=f"{path.name} has no card")
    if (total := sum(path.stat().st_size for path in weights)) > BUNDLE_LIMIT:
        yield Problem(card="", what=f"all weights take {total} bytes, more than {BUNDLE_LIMIT}")


def _of_card(card: ModelCard, folder: Path) -> Iterator[Problem]:
    if card.file and _sha256(folder / card.file) is None:
        yield Problem(card=card.id, what=f"{card.file} is not there")
    elif card.file and _sha256(folder / card.file) != card.sha256:
        yield Problem(card=card.id, what=f"the sha256 of {card.file} is not the card's")
    if card.file and not card.made_from:
        yield Problem(card=card.id, what="what its numbers were made from is not said")
    if not card.measured:
        yield Problem(card=card.id, what="nothing was measured")
    for made in card.made_from:
        if card.file and made.licence not in LICENCES:
            yield Problem(card=card.id, what=f"{made.name} is under {made.licence!r}, which may not ship")
        if made.licence in NEEDS_CREDIT and not made.attribution:
            yield Problem(card=card.id, what=f"{made.name} is not attributed")


def _sha256(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def holding(quote: str) -> tuple[str, ...]:
    """The ids of the cards in which a quote stands."""
    return tuple(source_id for source_id, card in cards().items() if quote in card.text)
