"""Where records lie: a Bundle, a folder of Bundles, bulk NDJSON, gzip or zip; opened without trust."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MOST_BYTES = 500 * 1024 * 1024
"""Unpacked, of all files together (evals.md section 12)."""
MOST_RATIO = 100
"""Unpacked to packed."""
ENDINGS = (".json", ".ndjson", ".json.gz", ".ndjson.gz")

Resource = dict[str, Any]


class RecordRefused(ValueError):
    """A file or folder that is not read; the message names it by its own name, and the mend."""


def resources(place: Path) -> Iterator[tuple[str, Resource]]:
    """Every FHIR resource under ``place`` with the name of the group that it belongs to.

    JSON of another kind in a folder is passed over. A Bundle is a group of its own; the NDJSON files of one folder are
    one group, since they refer to one another.

    Raises:
        RecordRefused: no such place, nothing to read there, a link that leaves the folder, an archive that grows
            too much, more than 500 MB, or text that is no JSON.
    """
    if not place.exists():
        raise RecordRefused(
            f"There is nothing at {place.name}. Give a FHIR Bundle, a folder of them, or a zip."
        )
    left = [MOST_BYTES]
    found = _zipped(place, left) if zipfile.is_zipfile(place) else _files(place, left)
    nothing = True
    for name, data in found:
        for group, resource in _parsed(name, data):
            if place.is_file() or isinstance(resource.get("resourceType"), str):
                nothing = False
                yield group, _fhir(name, resource)
    if nothing:
        raise RecordRefused(f"{place.name} holds no FHIR resource in a {', '.join(ENDINGS)} file.")


def _files(place: Path, left: list[int]) -> Iterator[tuple[str, bytes]]:
    root = place.resolve()
    paths = (
        [place]
        if place.is_file()
        else sorted(path for path in place.rglob("*") if path.name.endswith(ENDINGS))
    )
    for path in paths:
        inside = path.resolve()
        if place.is_dir() and not inside.is_relative_to(root):
            raise RecordRefused(f"{path.name} is a link that leaves the folder. Copy the file into it.")
        size = inside.stat().st_size
        if not path.name.endswith(".gz"):
            _spend(left, size)
            yield str(path.relative_to(place)) if place.is_dir() else path.name, inside.read_bytes()
            continue
        with gzip.open(inside) as packed:
            yield path.name, _grown(packed, path.name, size, left)


def _zipped(place: Path, left: list[int]) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(place) as archive:
        for entry in sorted(archive.infolist(), key=lambda one: one.filename):
            parts = Path(entry.filename).parts
            if entry.filename.startswith(("/", "\\")) or ".." in parts:
                raise RecordRefused(
                    f"The archive {place.name} holds a path that leaves it. It is not opened."
                )
            if entry.is_dir() or not entry.filename.endswith((".json", ".ndjson")):
                continue
            with archive.open(entry) as packed:
                yield entry.filename, _grown(packed, place.name, entry.compress_size, left)


def _grown(packed: Any, name: str, size: int, left: list[int]) -> bytes:
    """Unpacked, read no further than is allowed."""
    most = min(left[0], max(size, 1024) * MOST_RATIO)
    data: bytes = packed.read(most + 1)
    if len(data) > most:
        raise RecordRefused(
            f"{name} unpacks to more than {MOST_RATIO} times its size or 500 MB. It is not read."
        )
    left[0] -= len(data)
    return data


def _spend(left: list[int], size: int) -> None:
    left[0] -= size
    if left[0] < 0:
        raise RecordRefused("The files hold more than 500 MB together. Import them in parts.")


def _parsed(name: str, data: bytes) -> Iterator[tuple[str, Resource]]:
    bare = name.removesuffix(".gz")
    try:
        if bare.endswith(".ndjson"):
            group = str(Path(bare).parent)
            yield from ((group, _object(json.loads(line))) for line in data.split(b"\n") if line.strip())
            return
        whole = _object(json.loads(data))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as broken:
        raise RecordRefused(f"{name} is no JSON: {type(broken).__name__}.") from broken
    if whole.get("resourceType") != "Bundle":
        yield str(Path(bare).parent), whole
        return
    for entry in whole.get("entry") or ():
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            yield bare, _with_address(entry["resource"], entry.get("fullUrl"))


def _object(read: Any) -> Resource:
    return read if isinstance(read, dict) else {}


def _fhir(name: str, read: Resource) -> Resource:
    if not isinstance(read.get("resourceType"), str):
        raise RecordRefused(f"{name} holds JSON that is no FHIR resource (no resourceType).")
    return read


def _with_address(resource: Resource, address: Any) -> Resource:
    return resource | {"fullUrl": address} if isinstance(address, str) else resource
