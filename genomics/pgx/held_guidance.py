"""Which guidance is held: the pack where it is prepared, the starter beside it; and the holder of both texts."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from genomics.pgx.guidelines import GuidanceBase, GuidanceError, file_of
from genomics.pgx.guidelines import load as load_pack
from genomics.pgx.guidelines_archive import FOLDER
from genomics.pgx.starter_guidance import starter
from retrieval.packs import UnknownPack, held_packs

PACK_NAME = "pharmcat"
COMMAND = f"consilium packs pull {PACK_NAME}"


def guidance(folder: Path | None = None) -> GuidanceBase:
    """The guidelines of the prepared pack, or the starter guidance without it.

    ``folder`` is a prepared folder or a guidance file; by default that of the configured packs.

    Raises:
        GuidanceError: the pack's file is there and cannot be read.
    """
    return pack(folder) or starter()


def pack(folder: Path | None = None) -> GuidanceBase | None:
    """The guidelines of the prepared pack, read once for each version of its file; None where there is none."""
    file = _file(folder or prepared())
    return None if file is None else _read(file, file.stat().st_mtime_ns)


def prepared() -> Path | None:
    """The folder of the prepared pack of the configured packs: definitions, phenotypes, guidance; None without it."""
    from genomics.lookups.preparing import (
        product,
    )  # knows every pack's index; read when a pack is first asked for

    try:
        return product(held_packs(), PACK_NAME)
    except UnknownPack:
        return None


def _file(place: Path | None) -> Path | None:
    if place is None or not place.exists():
        return None
    for folder in (place / FOLDER, place):
        try:
            return file_of(folder)
        except GuidanceError:  # a pack of definitions alone
            continue
    return None


@lru_cache(maxsize=2)
def _read(file: Path, _changed: int) -> GuidanceBase:
    return load_pack(file)


class GuidanceHolder:
    """Holds the texts of the starter guidance and, where it is prepared, of the pack."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def text(self, source_id: str) -> str | None:
        """The text held under ``fact:pgx:…`` or ``pack:pharmcat-guidance:…``, or None."""
        if source_id.startswith("fact:pgx:"):
            return starter().text(source_id)
        base = pack(self._folder) if source_id.startswith("pack:pharmcat-guidance:") else None
        return base.text(source_id) if base else None

    def holding(self, quote: str) -> tuple[str, ...]:
        """The ids of the held rows in whose text the quote stands."""
        base = pack(self._folder)
        return (*starter().holding(quote), *(base.holding(quote) if base else ()))


def holder() -> GuidanceHolder:
    """The holder over the configured packs."""
    return GuidanceHolder()
