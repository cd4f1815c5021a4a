"""Models that were trained on this machine: where they lie, and their cards. They never leave it.

The folder is the one that ``CONSILIUM_IMAGING_MODELS`` names, else ``imaging/`` in the data folder that the packs use,
else ``var/imaging`` beside the packages. Its files are readable by their owner only.
"""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from imaging.cards import ModelCard
from imaging.image import ModelMissing
from retrieval import packs

VARIABLE = "CONSILIUM_IMAGING_MODELS"
LICENCE = "local, not for redistribution"
"""What the card of every model that was made from somebody's own pictures says."""

OWNER_ONLY = 0o600
_ANY_PACK = "pneumoniamnist"


def folder() -> Path:
    """Where this machine's own models lie, whether there are any yet or not."""
    if named := os.environ.get(VARIABLE):
        return Path(named).expanduser()
    return packs.held_packs().folder(_ANY_PACK).parents[1] / "imaging"


def write(path: Path, content: bytes) -> None:
    """Write a file of a model: whole or not at all, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    packs.write_aside(path, content)
    path.chmod(OWNER_ONLY)


def write_card(path: Path, card: ModelCard) -> None:
    """Write a card as YAML beside its model."""
    write(path, yaml.safe_dump(card.model_dump(mode="json"), sort_keys=False, allow_unicode=True).encode())


def card_files(place: Path | None = None) -> dict[Path, ModelCard]:
    """The readable cards of a folder (None: of :func:`folder`) by file. A file that is no card is passed over."""
    where = folder() if place is None else place
    found = {path: read_card(path) for path in sorted(where.glob("*.card.yaml"))} if where.is_dir() else {}
    return {path: card for path, card in found.items() if card is not None}


def read_card(path: Path) -> ModelCard | None:
    """The card in a file, or None if it holds none; parsed once for as long as the file stays as it is."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return _parsed(path, seen.st_mtime_ns, seen.st_size)


@lru_cache(maxsize=64)
def _parsed(path: Path, changed: int, size: int) -> ModelCard | None:
    try:
        return ModelCard.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError):
        return None


def numbers(path: Path, card: ModelCard) -> bytes:
    """The bytes of the model that a card in ``path`` describes.

    Raises:
        ModelMissing: the file is gone, or it is not the one of the card.
    """
    file = path.parent / card.file
    packed = file.read_bytes() if card.file and file.is_file() else b""
    if hashlib.sha256(packed).hexdigest() != card.sha256:
        raise ModelMissing(f"{card.title} is not the file of its card: train it again ({card.recipe})")
    return packed


def cards() -> dict[str, ModelCard]:
    """The cards of this machine's own models by source id (``model:local-…``)."""
    return {card.source_id: card for card in card_files().values()}


def text(source_id: str) -> str | None:
    """The whole text of a local card, or None: what quotes of it are checked against."""
    card = cards().get(source_id)
    return card.text if card else None


def holding(quote: str) -> tuple[str, ...]:
    """The ids of the local cards in which a quote stands."""
    return tuple(source_id for source_id, card in cards().items() if quote in card.text)
