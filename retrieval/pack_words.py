"""What a pack is, how it can stand on this machine, and every way in which having one can fail."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import yaml
from pydantic import Field, ValidationError, model_validator

from retrieval.evidence import Text, Word

FILE = Path(__file__).parent / "knowledge" / "packs.yaml"


class PackError(RuntimeError):
    """A pack cannot be had; the message says why and what to do."""


class UnknownPack(PackError):
    """There is no pack of this name."""


class LicenceNotAccepted(PackError):
    """The terms ask for consent first; the message names them and the command."""


class Refused(PackError):
    """What came is not what was expected; it is kept apart and never used."""


class Unreachable(PackError):
    """The home did not answer, or broke off; what came is kept and the next pull resumes."""


class PackFile(Word):
    """One file of a pack that has several: always pinned, each at an address of its own."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w.+-]{0,100}$")]
    url: Annotated[str, Field(pattern=r"^https?://.+$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Pack(Word):
    """A versioned body of data and the terms under which it comes. Without sha256 it is unpinned."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    title: Text
    version: Text
    licence: Text
    licence_url: str = ""
    home: Text
    """The official page, for people."""
    url: Annotated[str, Field(pattern=r"^(https?://.+)?$")] = ""
    """The file itself; empty for a pack that only the user can bring (``packs import``)."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    md5: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    """The digest that the home publishes, where it is not a sha256."""
    schema_version: Annotated[int, Field(alias="schema")] = 1
    files: tuple[PackFile, ...] = ()
    """The files of a pack that comes in several, all from one host; then it has no address of its own."""
    size: int | None = None
    non_commercial: bool = False
    rolling: bool = False
    """The home replaces the file at each release: a later pull may differ from the first."""
    enables: Text | None = None
    """What cannot be answered without it, in words (criteria, look-ups)."""
    note: str = ""

    @model_validator(mode="after")
    def _rolling_is_unpinned(self) -> Pack:
        if self.rolling and (self.sha256 or self.md5):
            raise ValueError("a pack that its home replaces cannot be pinned")
        return self

    @model_validator(mode="after")
    def _several_files_have_one_host(self) -> Pack:
        if self.files and (self.url or self.sha256 or self.md5 or self.rolling):
            raise ValueError("a pack of several files has its addresses and digests at the files")
        if len({urlsplit(file.url).hostname for file in self.files}) > 1:
            raise ValueError("the files of a pack come from one host")
        if len({file.name for file in self.files}) < len(self.files):
            raise ValueError("two files of a pack share a name")
        return self

    @property
    def file_name(self) -> str:
        """The name under which a pull keeps the file; empty without an address."""
        return self.files[0].name if self.files else Path(urlsplit(self.url).path).name

    @property
    def host(self) -> str:
        """The one host that a pull contacts; empty without an address."""
        return urlsplit(self.files[0].url if self.files else self.url).hostname or ""

    @property
    def pinned(self) -> bool:
        """Whether the registry says what must come."""
        return bool(self.sha256 or self.md5 or self.files)

    def singles(self) -> Mapping[str, Pack]:
        """What a pull fetches one by one: file name and the pack as if that were its only file."""
        if not self.files:
            return {self.file_name: self} if self.url else {}
        return {
            file.name: self.model_copy(update={"files": (), "url": file.url, "sha256": file.sha256})
            for file in self.files
        }


class State(StrEnum):
    """How a pack stands on this machine."""

    HELD = "held"
    PARTIAL = "partly pulled"
    ABSENT = "not held"
    DAMAGED = "does not match its digest"


class Held(Word):
    """A pack of the registry as it stands here. ``pinned`` False: the first pull's digest is the check."""

    pack: Pack
    state: State
    pinned: bool
    pulled: str = ""
    """The day of the pull or of the import."""
    sha256: str = ""
    imported: bool = False
    """True if the user brought the file; then nobody was contacted."""


@cache
def registry(file: Path = FILE) -> dict[str, Pack]:
    """All packs that can be pulled or imported, by name.

    Raises:
        PackError: an entry breaks the form, or two share a name.
    """
    packs: dict[str, Pack] = {}
    for row in yaml.safe_load(file.read_text(encoding="utf-8")) or []:
        try:
            pack = Pack.model_validate(row)
        except ValidationError as wrong:
            raise PackError(f"{file.name}, {row.get('name', '?')}: {wrong}") from wrong
        if pack.name in packs:
            raise PackError(f"{file.name}: two packs are named {pack.name}")
        packs[pack.name] = pack
    return packs
