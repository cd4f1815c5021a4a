"""Guidance out of PharmCAT's release archive: version 3's one file, or version 2's file per guideline."""

from __future__ import annotations

import json
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from genomics.pgx.guidelines import GuidanceError, load

FOLDER = "guidance"
"""Where :func:`prepare` is to write within the prepared folder of the pack, so that it is found there."""
_WHOLE = re.compile(r"/reporter/prescribing_guidance\.json$")
_PART = re.compile(r"/reporter/guidelines/[^/]+\.json$")
_LARGEST = 128 * 2**20
"""Bytes of one member that are read at most; 2.12.0's 118 guidelines are 8 MB together."""


class NoGuidance(GuidanceError):
    """The archive is sound and holds no prescribing guidance."""


def prepare(archive: Path, target: Path) -> None:
    """Take the prescribing guidance out of a release archive (tar.gz) into the folder ``target``.

    ``target`` is there whole, with one file that :func:`genomics.pgx.guidelines.load` reads, or not at all.

    Raises:
        GuidanceError: the archive is damaged, holds no guidance, or a member is larger than 128 MB.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".guidance-") as scratch:
        aside = Path(scratch) / "whole"
        aside.mkdir()
        whole, parts = _taken(archive)
        if whole:
            (aside / "prescribing_guidance.json").write_bytes(whole)
        elif parts:
            (aside / "guidelines.jsonl").write_text("\n".join(parts), encoding="utf-8")
        else:
            raise NoGuidance(f"{archive.name} holds no prescribing guidance of PharmCAT.")
        load(aside)
        if target.exists():
            shutil.rmtree(target)
        aside.rename(target)


def _taken(archive: Path) -> tuple[bytes, list[str]]:
    whole, parts = b"", {}
    try:
        with tarfile.open(archive, "r:gz") as release:
            for name, content in _members(release):
                if _WHOLE.search(name):
                    whole = content
                else:
                    parts[name] = json.dumps(json.loads(content))
    except (tarfile.TarError, OSError, EOFError, ValueError) as wrong:
        if isinstance(wrong, GuidanceError):
            raise
        raise GuidanceError(f"{archive.name} is no readable tar.gz archive of PharmCAT: {wrong}") from wrong
    return whole, [parts[name] for name in sorted(parts)]


def _members(release: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    """Name and content of the plain files that are guidance; nothing is unpacked to a path of the archive's choice."""
    for member in release:
        if not member.isfile() or not (_WHOLE.search(member.name) or _PART.search(member.name)):
            continue
        if member.size > _LARGEST:
            raise GuidanceError(f"A guidance file of the archive is larger than {_LARGEST // 2**20} MB.")
        content = release.extractfile(member)
        yield member.name, content.read() if content else b""
