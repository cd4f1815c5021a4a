"""Transcript models in one SQLite file: written once, whole or not at all, and read one model at a time."""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from genomics.builds import Build
from genomics.transcript.model import Exon, Transcript

SCHEMA = "1"
BIN = 17
"""Positions are looked up by stretches of 2**17 bases."""
_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE model (
    id INTEGER PRIMARY KEY, accession TEXT NOT NULL, stem TEXT NOT NULL, gene TEXT NOT NULL, build TEXT NOT NULL,
    contig TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, strand INTEGER NOT NULL,
    facts TEXT NOT NULL, exons BLOB NOT NULL, mrna BLOB NOT NULL);
CREATE TABLE bin (
    build TEXT, contig TEXT, bin INTEGER, model INTEGER, PRIMARY KEY (build, contig, bin, model)) WITHOUT ROWID;
CREATE INDEX by_gene ON model (gene, build);
CREATE INDEX by_stem ON model (stem, build);
"""
_FACTS = ("cds", "table", "mane", "protein", "hgnc", "complete_start", "complete_end")
COLUMNS = "accession, gene, build, contig, strand, facts, exons, mrna"


class ShelfError(ValueError):
    """The file is no store of transcript models, or of another version of this program."""


def write(models: Iterable[Transcript], target: Path, meta: Mapping[str, str]) -> int:
    """Write the models to a file that appears only when it is whole; gives back their number."""
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    base = sqlite3.connect(part)
    try:
        base.executescript(_TABLES)
        number = sum(1 for model in models if _add(base, model))
        rows = {"schema": SCHEMA, **meta, "models": str(number)}
        base.executemany("INSERT INTO meta VALUES (?, ?)", rows.items())
        base.commit()
        base.execute("VACUUM")
    except BaseException:
        base.close()
        part.unlink(missing_ok=True)
        raise
    base.close()
    os.replace(part, target)
    return number


def _add(base: sqlite3.Connection, model: Transcript) -> bool:
    start, end = model.span
    facts = json.dumps({name: getattr(model, name) for name in _FACTS})
    exons = zlib.compress(json.dumps([list(exon) for exon in model.exons]).encode())
    stem = model.accession.partition(".")[0]
    row = (model.accession, stem, model.gene.upper(), model.build.value, model.contig, start, end)
    made = base.execute(
        "INSERT INTO model (accession, stem, gene, build, contig, start, stop, strand, facts, exons, mrna)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*row, model.strand, facts, exons, zlib.compress(model.mrna.encode())),
    )
    bins = range(start >> BIN, ((end - 1) >> BIN) + 1)
    base.executemany(
        "INSERT INTO bin VALUES (?, ?, ?, ?)",
        ((model.build.value, model.contig, number, made.lastrowid) for number in bins),
    )
    return True


def opened(path: Path) -> sqlite3.Connection:
    """A read-only connection that several threads may use in turn.

    Raises:
        ShelfError: the file is missing, is no store, or has another schema.
    """
    if not path.is_file():
        raise ShelfError(f"there is no store of transcript models at {path.name}")
    base = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
    )
    try:
        held = meta(base).get("schema")
    except sqlite3.DatabaseError as wrong:
        base.close()
        raise ShelfError(f"{path.name} is no store of transcript models; prepare the pack again") from wrong
    if held != SCHEMA:
        base.close()
        raise ShelfError(
            f"{path.name} has schema {held}, this program reads {SCHEMA}; prepare the pack again"
        )
    return base


def meta(base: sqlite3.Connection) -> dict[str, str]:
    return dict(base.execute("SELECT key, value FROM meta"))


def near(base: sqlite3.Connection, build: Build, contig: str, start: int, end: int) -> Iterator[int]:
    """Ids of the models that overlap [start, end), 0-based; an insertion is asked with the bases beside it."""
    found = base.execute(
        "SELECT DISTINCT model.id FROM bin JOIN model ON model.id = bin.model"
        " WHERE bin.build = ? AND bin.contig = ? AND bin BETWEEN ? AND ? AND model.start < ? AND model.stop > ?",
        (build.value, contig, start >> BIN, max(end - 1, start) >> BIN, end, start),
    )
    return (row[0] for row in found)


def model_of(row: tuple[Any, ...]) -> Transcript:
    """A model from a row of :data:`COLUMNS`."""
    accession, gene, build, contig, strand, facts, exons, mrna = row
    held = json.loads(facts)
    held["cds"] = tuple(held["cds"]) if held["cds"] else None
    return Transcript(
        accession=accession,
        gene=gene,
        build=Build(build),
        contig=contig,
        strand=strand,
        exons=tuple(Exon(*row) for row in json.loads(zlib.decompress(exons))),
        mrna=zlib.decompress(mrna).decode(),
        **held,
    )
