"""The index of the held labels: one row for each set id, its newest version, found by ingredients or by name."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tools.labels.records import Record, records
from tools.labels.sections import SECTIONS
from tools.treatment.load import knowledge
from tools.treatment.names import Status, resolve

SCHEMA = 1
_TABLES = """
CREATE TABLE label (id INTEGER PRIMARY KEY, set_id TEXT NOT NULL UNIQUE, dated TEXT NOT NULL, ingredients TEXT NOT NULL,
  brands TEXT NOT NULL, generics TEXT NOT NULL, maker TEXT NOT NULL, kind TEXT NOT NULL, routes TEXT NOT NULL,
  sections BLOB NOT NULL);
CREATE TABLE name (name TEXT NOT NULL, label INTEGER NOT NULL, PRIMARY KEY (name, label)) WITHOUT ROWID;
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE INDEX by_ingredients ON label (ingredients);
"""
_NEWEST = """
INSERT INTO label (set_id, dated, ingredients, brands, generics, maker, kind, routes, sections)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (set_id) DO UPDATE SET dated = excluded.dated, ingredients = excluded.ingredients, brands = excluded.brands,
  generics = excluded.generics, maker = excluded.maker, kind = excluded.kind, routes = excluded.routes,
  sections = excluded.sections
WHERE excluded.dated > label.dated RETURNING id
"""
_FIELDS = "id, set_id, dated, ingredients, brands, generics, maker, kind, routes"


@dataclass(frozen=True)
class Label:
    """A held label without its text."""

    row: int
    set_id: str
    dated: str
    ingredients: frozenset[str]
    """Our ids of its ingredients; one that we do not know stands as ``~`` and its name."""
    brands: tuple[str, ...]
    generics: tuple[str, ...]
    maker: str
    kind: str
    routes: tuple[str, ...]

    @property
    def source_id(self) -> str:
        return f"label:{self.set_id}"

    @property
    def name(self) -> str:
        """The brand with the generic name, as printed."""
        brand, generic = next(iter(self.brands), ""), next(iter(self.generics), "")
        if not brand or brand.casefold() == generic.casefold():
            return generic.lower() or " and ".join(one.removeprefix("~") for one in sorted(self.ingredients))
        return f"{brand} ({generic.lower()})" if generic else brand

    @property
    def prescription(self) -> bool:
        return "PRESCRIPTION" in self.kind.upper()


def prepare(files: Sequence[Path], target: Path) -> int:
    """Write the index of openFDA's files to ``target``; returns the number of labels.

    Raises:
        tools.labels.records.LabelFileError: a file is damaged or of another form.
    """
    with closing(sqlite3.connect(target)) as base, base:
        base.executescript(_TABLES)
        unused = sum(_kept(base, record) for path in files for record in records(path))
        (held, newest) = base.execute("SELECT count(*), coalesce(max(dated), '') FROM label").fetchone()
        about = {
            "schema": SCHEMA,
            "labels": held,
            "newest": newest,
            "unused": unused,
            "files": len(files),
            "knowledge": knowledge().version,
        }
        base.executemany(
            "INSERT INTO about VALUES (?, ?)", [(key, str(value)) for key, value in about.items()]
        )
    return int(held)


def _kept(base: sqlite3.Connection, record: Record | None) -> bool:
    """Hold the record if it is its set id's newest version; True if it cannot be used."""
    if record is None:
        return True
    row = (
        record.set_id,
        record.dated,
        "+".join(sorted(ingredients(record.substances or record.generics))),
        *(json.dumps(one) for one in (record.brands, record.generics)),
        record.maker,
        record.kind,
        json.dumps(record.routes),
        zlib.compress(json.dumps(record.sections).encode()),
    )
    for (label,) in base.execute(_NEWEST, row).fetchall():
        base.execute("DELETE FROM name WHERE label = ?", (label,))
        names = {folded(one) for one in (*record.brands, *record.generics, *record.substances)}
        base.executemany("INSERT INTO name VALUES (?, ?)", [(name, label) for name in names if name])
    return False


def ingredients(names: Iterable[str]) -> frozenset[str]:
    """Our ids of the ingredients that a label names; an unknown one stays by its own name."""
    return frozenset(part for name in names for part in _known(name))


@lru_cache(maxsize=20_000)
def _known(name: str) -> tuple[str, ...]:
    found = resolve(name)
    return found.ingredients if found.status is Status.EXACT else (f"~{folded(name)}",)


def folded(name: str) -> str:
    """A name as names are compared: one case, single blanks, no plus sign (it joins the ingredients)."""
    return " ".join(name.casefold().replace("+", " ").split())


class Labels:
    """The index, read."""

    def __init__(self, path: Path) -> None:
        """Open the index.

        Raises:
            sqlite3.DatabaseError: it is damaged or no index of this form.
        """
        self._base = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, check_same_thread=False)
        self.about: Mapping[str, str] = dict(self._base.execute("SELECT key, value FROM about"))
        if self.about.get("schema") != str(SCHEMA):
            raise sqlite3.DatabaseError("an index of another form")

    @property
    def version(self) -> str:
        return f"{self.about['labels']} labels, newest {self.about['newest']}"

    def of(self, parts: Iterable[str]) -> tuple[Label, ...]:
        """The labels with exactly these ingredients."""
        return self._labels("ingredients = ?", "+".join(sorted(parts)))

    def containing(self, part: str) -> tuple[Label, ...]:
        """The labels that have this ingredient, alone or beside others."""
        return self._labels("instr('+' || ingredients || '+', ?)", f"+{part}+")

    def called(self, name: str) -> tuple[Label, ...]:
        """The labels that print this very name, as brand, generic name or substance."""
        return self._labels("id IN (SELECT label FROM name WHERE name = ?)", folded(name))

    def at(self, set_id: str) -> Label | None:
        return next(iter(self._labels("set_id = ?", set_id)), None)

    def sections(self, label: Label) -> Mapping[str, str]:
        """The text of each section, in the order in which a label is read."""
        (packed,) = self._base.execute("SELECT sections FROM label WHERE id = ?", (label.row,)).fetchone()
        held: dict[str, str] = json.loads(zlib.decompress(packed))
        return {key: held[key] for key in SECTIONS if key in held}

    def _labels(self, where: str, value: str) -> tuple[Label, ...]:
        rows = self._base.execute(
            f"SELECT {_FIELDS} FROM label WHERE {where} ORDER BY dated DESC, set_id", (value,)
        )
        return tuple(_label(row) for row in _rows(rows))

    def close(self) -> None:
        self._base.close()


def _rows(found: sqlite3.Cursor) -> Iterator[tuple[object, ...]]:
    yield from found.fetchall()


def _label(row: tuple[object, ...]) -> Label:
    number, set_id, dated, parts, brands, generics, maker, kind, routes = (str(one) for one in row)
    return Label(
        int(number),
        set_id,
        dated,
        frozenset(parts.split("+")),
        tuple(json.loads(brands)),
        tuple(json.loads(generics)),
        maker,
        kind,
        tuple(json.loads(routes)),
    )
