"""Packs: bodies of data that are not ours, pulled from their official homes only when somebody asks.

Listing, verifying and importing contact nobody. A pull goes to the one address that the registry names, can be
resumed, and is checked: against the digest that the registry pins, or, where none is pinned, against the one
recorded at the first pull (but for packs whose home replaces the file at each release). What does not fit is
refused and kept apart under the ending ``.refused``. A file that the user already has is imported with the same
checks. What is made out of a pack (an index) lies in ``ready/`` of its folder.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import tempfile
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from retrieval.pack_fetch import Progress, fetch
from retrieval.pack_words import (
    FILE,
    Held,
    LicenceNotAccepted,
    Pack,
    PackError,
    Refused,
    State,
    UnknownPack,
    Unreachable,
    registry,
)

__all__ = [
    "FILE",
    "Held",
    "LicenceNotAccepted",
    "Pack",
    "PackError",
    "Packs",
    "Progress",
    "Refused",
    "State",
    "UnknownPack",
    "Unreachable",
    "configure",
    "held_packs",
    "import_",
    "list_packs",
    "pull",
    "registry",
    "verify",
    "write_aside",
]

UNPACKED = 64 << 20
"""Bytes; the largest that a gzip file of a pack may unpack to."""
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][\w.+-]{0,119}")


class Packs:
    """The packs of a folder; every pack has a folder of its own in it."""

    def __init__(self, folder: Path, known: dict[str, Pack] | None = None) -> None:
        self._folder = folder
        self._known = registry() if known is None else known

    def list(self) -> tuple[Held, ...]:
        """Every pack of the registry and how it stands, without reading its content."""
        return tuple(self._stands(pack) for pack in self._known.values())

    def folder(self, name: str) -> Path:
        """The folder of a pack, whether it is there yet or not.

        Raises:
            UnknownPack: the registry does not know the name.
        """
        return self._place(self._pack(name))

    def files(self, name: str) -> tuple[Path, ...]:
        """The pulled or imported and checked files of a pack; empty if one is missing."""
        pack = self._pack(name)
        files = tuple(self._place(pack) / file for file in _digests(self._receipt(pack), pack))
        return files if all(file.exists() for file in files) else ()

    def path(self, name: str) -> Path | None:
        """Where the (first) checked file of a pack is, or None."""
        return next(iter(self.files(name)), None)

    def verify(self, name: str) -> Held:
        """Read the held files again and compare their digests."""
        pack = self._pack(name)
        stands = self._stands(pack)
        if stands.state is not State.HELD:
            return stands
        place = self._place(pack)
        recorded = _digests(self._receipt(pack), pack)
        if any(_digest(place / file) != sha256 for file, sha256 in recorded.items()):
            return stands.model_copy(update={"state": State.DAMAGED})
        return stands

    def pull(
        self, name: str, accept_licence: bool = False, progress: Progress = lambda done, all_: None
    ) -> Path:
        """Bring a pack from its home, or go on where the last pull broke off; returns the checked file.

        Raises:
            UnknownPack, LicenceNotAccepted, Unreachable, Refused.
            PackError: the pack has no address that can be pulled.
        """
        pack = self._pack(name)
        if not pack.singles():
            raise PackError(
                f"{pack.title} cannot be pulled: {pack.note or pack.home} "
                f"With the file at hand: consilium packs import {name} FILE"
            )
        _consented(pack, accept_licence, f"consilium packs pull {name} --accept-licence")
        place = self._place(pack)
        place.mkdir(parents=True, exist_ok=True)
        parts, digests = {}, {}
        for plain, single in pack.singles().items():
            part = place / f"{plain}.part"
            fetch(single, part, progress)
            parts[part], digests[plain] = plain, self._checked(single, part, f"the file from {pack.host}")
        self._keep(pack, parts, digests, imported=False)
        return place / pack.file_name

    def import_(self, name: str, files: Sequence[Path], accept_licence: bool = False) -> tuple[Path, ...]:
        """Take files that the user already has as the pack ``name``: copied, checked, recorded as imported.

        A pack of several pinned files may be given as the folder that holds them, each also as ``.gz``.

        Raises:
            UnknownPack, LicenceNotAccepted, Refused.
            PackError: a file is not there, or two have the same name.
        """
        pack = self._pack(name)
        _consented(pack, accept_licence, f"consilium packs import {name} FILE --accept-licence")
        if pack.files:
            return self._import_all(pack, files)
        names = [_plain_name(file) for file in files]
        if not files or len(set(names)) < len(names):
            raise PackError(f"{pack.title}: give at least one file, and each under a name of its own.")
        place = self._place(pack)
        place.mkdir(parents=True, exist_ok=True)
        parts: dict[Path, str] = {}
        for file, plain in zip(files, names, strict=True):
            part = place / f"{plain}.importing"
            parts[part] = plain
            _copied(pack, file, part)
        digests = {plain: self._checked(pack, part, plain) for part, plain in parts.items()}
        self._keep(pack, parts, digests, imported=True)
        return self.files(name)

    def _import_all(self, pack: Pack, given: Sequence[Path]) -> tuple[Path, ...]:
        """As :meth:`import_`, of a pack of several files: all of them or none."""
        found = _named(pack, given)
        place = self._place(pack)
        place.mkdir(parents=True, exist_ok=True)
        parts, digests = {}, {}
        for plain, single in pack.singles().items():
            part = place / f"{plain}.importing"
            (_unpacked if found[plain].suffix == ".gz" else _copied)(pack, found[plain], part)
            parts[part], digests[plain] = plain, self._checked(single, part, plain)
        self._keep(pack, parts, digests, imported=True)
        return self.files(pack.name)

    def _keep(self, pack: Pack, parts: dict[Path, str], digests: dict[str, str], *, imported: bool) -> None:
        """Move the checked parts in; without a receipt in between, so that a break leaves "not held"."""
        place = self._place(pack)
        receipt = self._receipt(pack)
        same = receipt.get("version") == pack.version
        first = receipt.get("first") if same else None
        (place / "receipt.json").unlink(missing_ok=True)
        for part, plain in parts.items():
            os.replace(part, place / plain)
        for old in set(_digests(receipt, pack)) - set(digests):
            (place / old).unlink(missing_ok=True)
        sha256 = next(iter(digests.values()))
        told = {
            "version": pack.version,
            "sha256": sha256,
            "files": digests,
            "url": "" if imported else pack.url or pack.home,
            "imported": imported,
            "pulled": _now(),
            "first": first or sha256,
        }
        write_aside(place / "receipt.json", json.dumps(told, indent=1).encode())

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
        pinned = pack.pinned
        if self.files(pack.name):
            return Held(
                pack=pack,
                state=State.HELD,
                pinned=pinned,
                pulled=str(receipt.get("pulled", "")),
                sha256=str(receipt.get("sha256", "")),
                imported=bool(receipt.get("imported")),
            )
        partial = any((self._place(pack) / f"{plain}.part").exists() for plain in pack.singles())
        return Held(pack=pack, state=State.PARTIAL if partial else State.ABSENT, pinned=pinned)

    def _checked(self, pack: Pack, part: Path, what: str) -> str:
        """The sha256 of what came; refuses it if it is not what the registry or the first pull promises."""
        sha256 = _digest(part)
        if pack.rolling:
            return sha256
        receipt = self._receipt(pack)
        first = receipt.get("first") if receipt.get("version") == pack.version else None
        expected = pack.sha256 or (None if pack.md5 else first)
        wrong = (expected and sha256 != expected) or (pack.md5 and _digest(part, "md5") != pack.md5)
        if not wrong:
            return sha256
        apart = part.with_name(f"{part.name.rpartition('.')[0]}.refused")
        os.replace(part, apart)
        raise Refused(
            f"{pack.title}: {what} has sha256 {sha256[:12]}…, not the expected one. "
            f"It is kept apart as {apart.name} and is not used. Look at {pack.home} for a newer version."
        )


def _consented(pack: Pack, accepted: bool, command: str) -> None:
    if pack.non_commercial and not accepted:
        raise LicenceNotAccepted(
            f"{pack.title}: {pack.licence} ({pack.licence_url or pack.home}). If they suit your use: {command}"
        )


def _digests(receipt: dict[str, Any], pack: Pack) -> dict[str, str]:
    """File name and sha256 of everything that a receipt records; receipts of old name one file only."""
    files = receipt.get("files")
    if isinstance(files, dict):
        return {str(name): str(sha256) for name, sha256 in files.items() if _PLAIN_NAME.fullmatch(str(name))}
    return {pack.file_name: str(receipt.get("sha256", ""))} if receipt and pack.file_name else {}


def _plain_name(file: Path) -> str:
    """The name under which an imported file is kept: letters, digits, ``_ . + -`` only, never a path."""
    plain = re.sub(r"[^\w.+-]", "_", file.name, flags=re.ASCII)[-110:].lstrip("._-+")
    return plain if plain and plain != "receipt.json" else "imported"


def _copied(pack: Pack, file: Path, part: Path) -> None:
    try:
        shutil.copyfile(file, part)
    except OSError as wrong:
        part.unlink(missing_ok=True)
        raise PackError(f"{pack.title}: {file.name} cannot be copied ({wrong.strerror}).") from wrong


def _named(pack: Pack, given: Sequence[Path]) -> dict[str, Path]:
    """Which of the given files (or of the files in a given folder) is which file of the pack."""
    names = [file.name for file in pack.files]
    held: dict[str, Path] = {}
    for path in (one for place in given for one in (sorted(place.iterdir()) if place.is_dir() else (place,))):
        plain = path.name.removesuffix(".gz")
        if plain in names:
            held.setdefault(plain, path)
    if missing := [name for name in names if name not in held]:
        raise PackError(f"{pack.title}: of its {len(names)} files there is no {' and no '.join(missing)}.")
    return held


def _unpacked(pack: Pack, file: Path, part: Path) -> None:
    """Write what a gzip file holds, up to a size that no file of a pack reaches by honest means."""
    try:
        with gzip.open(file) as source:
            content = source.read(UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as wrong:
        raise PackError(f"{pack.title}: {file.name} cannot be unpacked ({wrong}).") from wrong
    if len(content) > UNPACKED:
        raise Refused(f"{pack.title}: {file.name} unpacks to more than {UNPACKED >> 20} MB.")
    part.write_bytes(content)


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


def import_(name: str, files: Sequence[Path], accept_licence: bool = False) -> tuple[Path, ...]:
    """As :meth:`Packs.import_`, into the configured folder."""
    return held_packs().import_(name, files, accept_licence)


def verify(name: str) -> Held:
    """As :meth:`Packs.verify`, in the configured folder."""
    return held_packs().verify(name)
