"""Packs: bodies of data that are not ours, pulled from their official homes only when somebody asks.

Listing and verifying contact nobody. A pull goes to the one address that the registry names, can be resumed,
and is checked: against the digest that the registry pins, or, where none is pinned, against the one recorded
at the first pull. What does not fit is refused and kept apart under the ending ``.refused``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import yaml
from pydantic import Field, ValidationError

from retrieval.evidence import Text, Word

FILE = Path(__file__).parent / "knowledge" / "packs.yaml"
BLOCK = 1 << 16
TIMEOUT_S = 60

Progress = Callable[[int, int | None], None]
"""Called with the bytes held so far and the bytes in all, where the home tells them."""


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


class Pack(Word):
    """A versioned body of data and the terms under which it comes. Without sha256 it is unpinned."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    title: Text
    version: Text
    licence: Text
    licence_url: str = ""
    home: Text
    """The official page, for people."""
    url: Annotated[str, Field(pattern=r"^https?://")]
    """The file itself."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    md5: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    """The digest that the home publishes, where it is not a sha256."""
    schema_version: Annotated[int, Field(alias="schema")] = 1
    size: int | None = None
    non_commercial: bool = False
    note: str = ""

    @property
    def file_name(self) -> str:
        return Path(urlsplit(self.url).path).name

    @property
    def host(self) -> str:
        """The one host that a pull contacts."""
        return urlsplit(self.url).hostname or ""


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
    sha256: str = ""


@cache
def registry(file: Path = FILE) -> dict[str, Pack]:
    """All packs that can be pulled, by name.

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


class Packs:
    """The packs of a folder; every pack has a folder of its own in it."""

    def __init__(self, folder: Path, known: dict[str, Pack] | None = None) -> None:
        self._folder = folder
        self._known = registry() if known is None else known

    def list(self) -> tuple[Held, ...]:
        """Every pack of the registry and how it stands, without reading its content."""
        return tuple(self._stands(pack) for pack in self._known.values())

    def path(self, name: str) -> Path | None:
        """Where the pulled and checked file of a pack is, or None."""
        pack = self._pack(name)
        file = self._place(pack) / pack.file_name
        return file if file.exists() and self._receipt(pack) else None

    def verify(self, name: str) -> Held:
        """Read the held file again and compare its digest."""
        pack = self._pack(name)
        stands = self._stands(pack)
        if stands.state is State.HELD and _digest(self._place(pack) / pack.file_name) != stands.sha256:
            return stands.model_copy(update={"state": State.DAMAGED})
        return stands

    def pull(
        self, name: str, accept_licence: bool = False, progress: Progress = lambda done, all_: None
    ) -> Path:
        """Bring a pack from its home, or go on where the last pull broke off; returns the checked file.

        Raises:
            UnknownPack, LicenceNotAccepted, Unreachable, Refused.
        """
        pack = self._pack(name)
        if pack.non_commercial and not accept_licence:
            raise LicenceNotAccepted(
                f"{pack.title}: {pack.licence} ({pack.licence_url or pack.home}). If they suit your use: "
                f"consilium packs pull {name} --accept-licence"
            )
        place = self._place(pack)
        place.mkdir(parents=True, exist_ok=True)
        part = place / f"{pack.file_name}.part"
        _fetch(pack, part, progress)
        sha256 = self._checked(pack, part)
        file = place / pack.file_name
        os.replace(part, file)
        receipt = {
            "version": pack.version,
            "sha256": sha256,
            "url": pack.url,
            "pulled": _now(),
            "first": sha256,
        }
        write_aside(place / "receipt.json", json.dumps(receipt, indent=1).encode())
        return file

    def _pack(self, name: str) -> Pack:
        if name not in self._known:
            raise UnknownPack(f"There is no pack '{name}'. The packs are: {', '.join(self._known)}.")
        return self._known[name]

    def _place(self, pack: Pack) -> Path:
        return self._folder / pack.name

    def _receipt(self, pack: Pack) -> dict[str, Any]:
        try:
            held = json.loads((self._place(pack) / "receipt.json").read_text())
        except (OSError, ValueError):  # none, or damaged: as good as not held
            return {}
        return held if isinstance(held, dict) else {}

    def _stands(self, pack: Pack) -> Held:
        receipt = self._receipt(pack)
        place = self._place(pack)
        pinned = bool(pack.sha256 or pack.md5)
        if receipt and (place / pack.file_name).exists():
            when, sha256 = str(receipt.get("pulled", "")), str(receipt.get("sha256", ""))
            return Held(pack=pack, state=State.HELD, pinned=pinned, pulled=when, sha256=sha256)
        partial = (place / f"{pack.file_name}.part").exists()
        return Held(pack=pack, state=State.PARTIAL if partial else State.ABSENT, pinned=pinned)

    def _checked(self, pack: Pack, part: Path) -> str:
        """The sha256 of what came; refuses it if it is not what the registry or the first pull promises."""
        sha256 = _digest(part)
        receipt = self._receipt(pack)
        first = receipt.get("first") if receipt.get("version") == pack.version else None
        expected = pack.sha256 or (None if pack.md5 else first)
        wrong = (expected and sha256 != expected) or (pack.md5 and _digest(part, "md5") != pack.md5)
        if not wrong:
            return sha256
        apart = part.with_name(f"{pack.file_name}.refused")
        os.replace(part, apart)
        raise Refused(
            f"{pack.title}: the file from {pack.host} has sha256 {sha256[:12]}…, not the expected one. "
            f"It is kept apart as {apart.name} and is not used. Look at {pack.home} for a newer version."
        )


def _fetch(pack: Pack, part: Path, progress: Progress) -> None:
    """Write the file to ``part``, from where an earlier pull broke off if the home can go on from there."""
    have = part.stat().st_size if part.exists() else 0
    request = Request(pack.url, headers={"User-Agent": "consilium-packs", "Accept-Encoding": "identity"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        with urlopen(request, timeout=TIMEOUT_S) as answer:
            resumed = answer.status == 206 and _starts_at(answer.headers.get("Content-Range", "")) == have
            total = _total(answer.headers.get("Content-Length"), have if resumed else 0)
            _write(answer, part, have if resumed else 0, total, progress)
    except HTTPError as wrong:
        with wrong:
            if wrong.code == 416 and have:  # all of it is here already; the digest decides
                return
            raise Unreachable(f"{pack.title}: {pack.host} answered {wrong.code} {wrong.reason}.") from wrong
    except (URLError, TimeoutError, ConnectionError) as wrong:
        raise Unreachable(
            f"{pack.title}: {pack.host} cannot be reached ({wrong}). The next pull resumes."
        ) from wrong
    if total is not None and part.stat().st_size < total:
        raise Unreachable(
            f"{pack.title}: the line broke at {part.stat().st_size} of {total} bytes; pull again."
        )


def _write(answer: Any, part: Path, start: int, total: int | None, progress: Progress) -> None:
    with part.open("ab" if start else "wb") as file:
        done = start
        while block := answer.read(BLOCK):
            file.write(block)
            done += len(block)
            progress(done, total)


def _starts_at(content_range: str) -> int | None:
    match = re.match(r"bytes (\d+)-", content_range)
    return int(match.group(1)) if match else None


def _total(length: str | None, have: int) -> int | None:
    return int(length) + have if length and length.isdigit() else None


def _digest(path: Path, algorithm: str = "sha256") -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def _now() -> str:
    return datetime.now(UTC).date().isoformat()


def write_aside(path: Path, content: bytes) -> None:
    """Write the whole file beside its place, then swap it in: a full disk leaves the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(aside, path)
    finally:
        Path(aside).unlink(missing_ok=True)


_settings: dict[str, Path] = {}


def configure(data_dir: Path) -> None:
    """Say where this process keeps its packs: in ``packs/`` of this folder."""
    _settings["folder"] = Path(data_dir) / "packs"


def held_packs() -> Packs:
    """The packs of the configured folder, else of ``var/`` beside the packages."""
    return Packs(_settings.get("folder") or Path(__file__).resolve().parents[1] / "var" / "packs")


def list_packs() -> tuple[Held, ...]:
    """Every pack that can be pulled and how it stands here; contacts nobody."""
    return held_packs().list()


def pull(name: str, accept_licence: bool = False, progress: Progress = lambda done, all_: None) -> Path:
    """As :meth:`Packs.pull`, into the configured folder."""
    return held_packs().pull(name, accept_licence, progress)


def verify(name: str) -> Held:
    """As :meth:`Packs.verify`, in the configured folder."""
    return held_packs().verify(name)
