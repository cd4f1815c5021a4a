"""Reading openFDA's drug-label files: one JSON object with ``results``, zipped or not, record by record.

The form (``meta``, ``results``; a record with ``set_id``, ``effective_time``, sections as lists of text, and
``openfda`` with the names) was read in a record of PharmGKB's public copy of openFDA answers, and openFDA says that its
bulk files have that form, in parts. A file is never held in memory whole.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TextIO

from tools.labels.sections import SECTIONS, clean

BLOCK = 1 << 20
LONGEST_RECORD = 32 << 20
"""Characters; labels with many tables reach some hundred thousand."""
LARGEST_FILE = 4 << 30
"""Bytes unpacked; a part of openFDA's has less than one GB."""
LONGEST_NAME = 300
MOST_NAMES = 60
_SET_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{7,63}")
_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)")
_RESULTS = re.compile(r'"results"\s*:\s*\[')


class LabelFileError(ValueError):
    """A file is not what openFDA's form promises; the message names file, place and mend."""


@dataclass(frozen=True)
class Record:
    """One label as openFDA tells it: names as printed there, cleaned text by section."""

    set_id: str
    dated: str
    """ISO date of this version."""
    brands: tuple[str, ...]
    generics: tuple[str, ...]
    substances: tuple[str, ...]
    maker: str
    kind: str
    """openFDA's product type, e.g. HUMAN PRESCRIPTION DRUG."""
    routes: tuple[str, ...]
    sections: Mapping[str, str]


def records(path: Path) -> Iterator[Record | None]:
    """The labels of a file, in order; None for one that cannot be used (no set id, date, ingredient or section).

    Raises:
        LabelFileError: the file is damaged, no JSON of this form, or larger than a part can be.
    """
    try:
        with _opened(path) as file:
            for raw in _objects(file, path.name):
                yield _record(raw)
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError) as wrong:
        raise LabelFileError(f"{path.name}: damaged or cut short ({wrong}); bring it again.") from wrong
    except UnicodeDecodeError as wrong:
        raise LabelFileError(f"{path.name}: no UTF-8 text.") from wrong


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    with path.open("rb") as raw:
        start = raw.read(2)
        raw.seek(0)
        if start == b"PK":
            with zipfile.ZipFile(raw) as archive, archive.open(_member(archive, path.name)) as member:
                yield io.TextIOWrapper(member, encoding="utf-8")
        elif start == b"\x1f\x8b":
            with gzip.open(raw, "rt", encoding="utf-8") as unpacked:
                yield unpacked
        else:
            yield io.TextIOWrapper(raw, encoding="utf-8")


def _member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    inside = [one for one in archive.infolist() if one.filename.endswith(".json")]
    if len(inside) != 1:
        raise LabelFileError(f"{name}: {len(inside)} JSON files inside; openFDA's parts have one.")
    if inside[0].file_size > LARGEST_FILE:
        raise LabelFileError(f"{name}: larger than {LARGEST_FILE >> 30} GB unpacked.")
    return inside[0]


class _Text:
    """A window on a long text that is read block by block."""

    def __init__(self, file: TextIO, name: str) -> None:
        self._file, self._name, self._read = file, name, 0
        self.held, self.ended = "", False

    def more(self) -> None:
        block = self._file.read(max(BLOCK, len(self.held)))
        self._read += len(block)
        if self._read > LARGEST_FILE:
            raise LabelFileError(f"{self._name}: larger than {LARGEST_FILE >> 30} GB unpacked.")
        self.held, self.ended = self.held + block, not block

    def drop(self, upto: int) -> None:
        self.held = self.held[upto:]


def _objects(file: TextIO, name: str) -> Iterator[Any]:
    """The members of ``results``, one at a time."""
    text = _Text(file, name)
    _to_results(text, name)
    decoder = json.JSONDecoder(parse_constant=lambda _: None)
    at = number = 0
    while True:
        at = _next(text, at, name, number)
        if text.held[at] == "]":
            return
        raw, at = _decoded(decoder, text, at, name, number)
        number += 1
        yield raw
        if at > BLOCK:
            text.drop(at)
            at = 0


def _to_results(text: _Text, name: str) -> None:
    """Move behind ``"results": [``; the ``meta`` before it is short."""
    while not (found := _RESULTS.search(text.held)):
        if text.ended or len(text.held) > BLOCK:
            raise LabelFileError(f"{name}: no list of results at the beginning; this is no openFDA file.")
        text.more()
    text.drop(found.end())


def _next(text: _Text, at: int, name: str, number: int) -> int:
    """The place of the next record or of the closing bracket."""
    while True:
        while at < len(text.held) and text.held[at] in " \t\r\n,":
            at += 1
        if at < len(text.held):
            return at
        if text.ended:
            raise LabelFileError(f"{name}: ends after record {number} without closing; bring it again.")
        text.more()


def _decoded(decoder: json.JSONDecoder, text: _Text, at: int, name: str, number: int) -> tuple[Any, int]:
    while True:
        try:
            return decoder.raw_decode(text.held, at)
        except json.JSONDecodeError as wrong:
            if text.ended:
                raise LabelFileError(f"{name}, record {number + 1}: no JSON ({wrong.msg}).") from wrong
        except ValueError as wrong:  # a number of thousands of digits
            raise LabelFileError(f"{name}, record {number + 1}: {wrong}.") from wrong
        except RecursionError as wrong:
            raise LabelFileError(f"{name}, record {number + 1}: nested too deep.") from wrong
        if len(text.held) - at > LONGEST_RECORD:
            raise LabelFileError(
                f"{name}, record {number + 1}: no JSON, or longer than {LONGEST_RECORD >> 20} million characters."
            )
        text.drop(at)
        at = 0
        text.more()


def _record(raw: Any) -> Record | None:
    if not isinstance(raw, dict):
        return None
    told = raw.get("openfda")
    names = told if isinstance(told, dict) else {}
    set_id, dated = raw.get("set_id"), _dated(raw.get("effective_time"))
    substances, generics = _names(names, "substance_name"), _names(names, "generic_name")
    sections = {key: text for key in SECTIONS if (text := _text(raw.get(key)))}
    fits = isinstance(set_id, str) and _SET_ID.fullmatch(set_id)
    if not (fits and dated and sections and (substances or generics)):
        return None
    return Record(
        set_id=str(set_id).lower(),
        dated=dated,
        brands=_names(names, "brand_name"),
        generics=generics,
        substances=substances,
        maker=next(iter(_names(names, "manufacturer_name")), ""),
        kind=next(iter(_names(names, "product_type")), ""),
        routes=_names(names, "route"),
        sections=sections,
    )


def _dated(told: Any) -> str:
    """``20230105`` as ISO date; empty for anything that is no day of the calendar."""
    found = _DATE.fullmatch(told) if isinstance(told, str) else None
    if not found:
        return ""
    try:
        return date(*(int(part) for part in found.groups())).isoformat()
    except ValueError:
        return ""


def _names(told: Mapping[str, Any], key: str) -> tuple[str, ...]:
    given = told.get(key)
    listed = (
        [" ".join(clean(one).split()) for one in given if isinstance(one, str)]
        if isinstance(given, list)
        else []
    )
    return tuple(dict.fromkeys(one[:LONGEST_NAME] for one in listed if one))[:MOST_NAMES]


def _text(given: Any) -> str:
    """The text of a section: openFDA gives a list of its pieces."""
    pieces = [given] if isinstance(given, str) else given if isinstance(given, list) else []
    return "\n".join(piece for one in pieces if isinstance(one, str) and (piece := clean(one)).strip())
