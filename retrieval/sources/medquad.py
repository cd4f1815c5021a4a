"""MedQuAD: questions and answers from pages of the US National Institutes of Health, as documents.

Ben Abacha and Demner-Fushman 2019, doi 10.1186/s12859-019-3119-4; CC BY 4.0. Read are the archive of the authors'
repository (a zip of XML files, ``<Document id source url>`` with ``<Focus>`` and ``<QAPair>`` of ``<Question qid
qtype>`` and ``<Answer>``) and a JSONL of its pairs. The authors took the answers of three collections out again
(A.D.A.M. and the drug and herb pages of MedlinePlus), for their copyright: a pair without an answer is left out.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from retrieval.evidence import Depth, Source
from retrieval.passages import Document, StudyKind
from retrieval.sources.blocks import tidy
from retrieval.stock import Collection, Put, Stock

COMMIT = "577bd37b96c02d1833b2c9eed2de9f96964e96cb"
VERSION = f"commit {COMMIT[:12]} of 2023-10-17"
LICENCE = "CC BY 4.0"
COLLECTION = Collection(
    name="medquad",
    title="MedQuAD: questions and answers of NIH pages, as they stood before 2019",
    licence=LICENCE,
    origin="https://github.com/abachaa/MedQuAD",
    attribution="MedQuAD, Ben Abacha and Demner-Fushman 2019 (doi 10.1186/s12859-019-3119-4), CC BY 4.0; the address "
    "of each page stands with it",
)
MAX_XML = 20 * (1 << 20)
"""Bytes of one unpacked file; the longest of the archive has about a hundredth of it."""
_BATCH = 500

Progress = Callable[[int, int | None], None]
"""Called with the documents read so far; how many there are in all is not known before."""


class MedquadError(RuntimeError):
    """The file is not what it should be; the message says what is wrong and what is expected."""


class Brought(NamedTuple):
    """What an :func:`add` did, in documents; ``damaged`` are the pages of the archive that cannot be read."""

    added: int
    changed: int
    unchanged: int
    removed: int
    damaged: tuple[str, ...] = ()


class _Pair(NamedTuple):
    collection: str
    qid: str
    url: str
    focus: str
    question: str
    answer: str


def add(stock: Stock, path: Path, progress: Progress = lambda done, all_: None) -> Brought:
    """Hold the pairs of this file and of no earlier one.

    Raises:
        MedquadError: the file is none of MedQuAD's forms, is damaged, or holds no answer.
        StockError: the stock cannot be written.
    """
    done = Put(0, 0, 0)
    held: set[str] = set()
    damaged: list[str] = []
    source = documents(path, damaged)
    while batch := list(islice(source, _BATCH)):
        put = stock.put(batch, COLLECTION)
        done = Put(done.added + put.added, done.changed + put.changed, done.unchanged + put.unchanged)
        held.update(document.source.id for document in batch)
        progress(len(held), None)
    if not held:
        raise MedquadError(f"{path.name}: no question with an answer in it.")
    return Brought(*done, stock.keep_only(COLLECTION.name, held), tuple(damaged))


def documents(path: Path, damaged: list[str] | None = None) -> Iterator[Document]:
    """The pairs with an answer in the order of the file; a pair that stands there twice comes once. The names of
    pages of the archive that cannot be read are added to ``damaged``.

    Raises:
        MedquadError: the file is none of MedQuAD's forms, or is damaged.
    """
    seen: set[str] = set()
    for pair in _pairs(path, [] if damaged is None else damaged):
        made = _document(pair)
        if made and made.source.id not in seen:
            seen.add(made.source.id)
            yield made


def _pairs(path: Path, damaged: list[str]) -> Iterator[_Pair]:
    if zipfile.is_zipfile(path):
        yield from _zipped(path, damaged)
        return
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
        with gzip.open(path, "rt", encoding="utf-8") if packed else path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _row(line, f"{path.name}, line {number}")
    except (OSError, EOFError, UnicodeDecodeError) as wrong:
        raise MedquadError(f"{path.name} cannot be read as MedQuAD's zip or JSONL: {wrong}.") from wrong


def _row(line: str, where: str) -> _Pair:
    try:
        row: Mapping[str, Any] = json.loads(line)
        return _Pair(
            *(str(row[name] or "") for name in ("collection", "id", "url", "focus", "question", "answer"))
        )
    except (ValueError, KeyError, TypeError, RecursionError) as wrong:
        raise MedquadError(f"{where}: no pair of MedQuAD ({wrong!r}).") from wrong


def _zipped(path: Path, damaged: list[str]) -> Iterator[_Pair]:
    from lxml import etree

    try:
        with zipfile.ZipFile(path) as packed:
            for part in sorted(packed.infolist(), key=lambda part: part.filename):
                if not part.filename.endswith(".xml"):
                    continue
                try:
                    yield from _page(_content(packed, part), part.filename)
                except (etree.XMLSyntaxError, zlib.error):
                    damaged.append(part.filename)
    except (zipfile.BadZipFile, OSError) as wrong:
        raise MedquadError(f"{path.name} is damaged: {wrong}. Pull the pack again.") from wrong


def _content(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """The bytes of a page, none of one that is far too long.

    Raises:
        MedquadError: it is encrypted, or packed in a way that is not read here.
    """
    try:
        return packed.read(part) if part.file_size <= MAX_XML else b""
    except RuntimeError as wrong:  # a password is asked for; NotImplementedError: an unknown way of packing
        raise MedquadError(f"{packed.filename}: {wrong}. Pull the pack again.") from wrong


def _page(content: bytes, where: str) -> Iterator[_Pair]:
    from lxml import etree

    page = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    collection = where.rpartition("/")[0].rpartition("/")[2]
    for pair in page.iter("QAPair"):
        question = pair.find("Question")
        if question is not None:
            yield _Pair(
                collection,
                question.get("qid") or "",
                page.get("url") or "",
                page.findtext("Focus") or "",
                question.text or "",
                pair.findtext("Answer") or "",
            )


def _document(pair: _Pair) -> Document | None:
    """The pair as a document, or None without an answer. Its id needs the collection and the question: the same
    ``qid`` stands in several collections, and in one of them at several questions."""
    text = "\n".join(line for part in pair.answer.splitlines() if (line := tidy(part)))
    question = tidy(pair.question)
    if not text or not question:
        return None
    spoken = question.replace(" ?", "?").replace("??", "?")
    mark = hashlib.sha256(question.encode("utf-8", "replace")).hexdigest()[:8]
    focus = tidy(pair.focus)
    return Document(
        source=Source(
            id=f"medquad:{pair.collection.partition('_')[0]}/{pair.qid}-{mark}",
            title=spoken,
            version=VERSION,
            licence=LICENCE,
            depth=Depth.FULL_TEXT,
            url=pair.url if pair.url.startswith(("https://", "http://")) else None,
        ),
        text=text,
        kind=StudyKind.PAGE,
        asked=(spoken,),
        names=(focus,) if focus else (),
    )
