"""The documents held beside the cards: one SQLite file, the truth from which every index is made.

Each :meth:`Stock.put` is one transaction: a process that is killed leaves all of it or none of it. A document that
changes gets a new row, and the old row stays until no index speaks of it any more: a quote always finds its text.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from retrieval.evidence import Text, Word
from retrieval.passages import Document, Notice
from retrieval.stock_file import StockError, damaged, opened, refusal

__all__ = ["Collection", "Holding", "Put", "Row", "Stock", "StockError", "digest_of"]

_COUNT = """insert into meta values ('changes', '1') on conflict (key) do update
    set value = cast(value as integer) + 1"""


class Collection(Word):
    """A body of documents that came by one way: ``cards``, ``pubmed``, ``medquad``, ``local:NAME``."""

    name: Text
    title: Text
    licence: Text
    origin: str = ""
    """Where it came from: an address, a folder, a query."""
    attribution: str = ""
    """What its licence asks to be said beside it."""


class Holding(Word):
    """A collection as it stands here. Years are those of the sources; dates are of this installation."""

    collection: Collection
    documents: int
    oldest: int | None
    newest: int | None
    brought: str
    """The day on which something last came into it."""


class Put(NamedTuple):
    """What a :meth:`Stock.put` did, in documents."""

    added: int
    changed: int
    unchanged: int


class Row(NamedTuple):
    """A held document by its row: what an index points at."""

    row: int
    id: str
    digest: str


def digest_of(document: Document) -> str:
    """The content of a document as a hash."""
    return hashlib.sha256(document.model_dump_json().encode()).hexdigest()


class Stock:
    """The stock in ``folder``/stock.sqlite3, made on the first write. Threads may share one.

    Raises:
        StockError: by every method, where the file is busy, is damaged, is of a later version, or cannot be read or
            written; the message says which.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.path = self.folder / "stock.sqlite3"
        self._lines = threading.local()

    # writing

    def put(self, documents: Iterable[Document], collection: Collection) -> Put:
        """Hold these documents, all or none. One that is held with the same content is left alone; one with another
        content takes the place of the old. Their notices are noted."""
        documents = {document.source.id: document for document in documents}.values()
        with self._writing() as line:
            now = _now()
            line.execute(
                "insert into collection values (?, ?, ?) on conflict (name) do update set body = excluded.body, "
                "at = excluded.at",
                (collection.name, collection.model_dump_json(), now),
            )
            done = [self._put(line, document, collection.name, now) for document in documents]
            return Put(done.count("added"), done.count("changed"), done.count("unchanged"))

    def _put(self, line: sqlite3.Connection, document: Document, collection: str, now: str) -> str:
        digest = digest_of(document)
        held = line.execute(
            "select row, digest, collection from document where id = ? and live = 1", (document.source.id,)
        ).fetchone()
        line.executemany(
            "insert or ignore into notice values (?, ?, ?, ?)",
            [(notice.pmid, notice.kind.value, notice.by, now) for notice in document.notices],
        )
        if held and (held[1], held[2]) == (digest, collection):
            return "unchanged"
        if held:
            line.execute("update document set live = 0 where row = ?", (held[0],))
        line.execute(
            "insert into document (id, collection, digest, pmid, body, at) values (?, ?, ?, ?, ?, ?)",
            (document.source.id, collection, digest, document.source.pmid, document.model_dump_json(), now),
        )
        return "changed" if held else "added"

    def remove(self, *source_ids: str) -> int:
        """Hold these documents no more; how many there were."""
        with self._writing() as line:
            return sum(
                line.execute("update document set live = 0 where id = ? and live = 1", (source_id,)).rowcount
                for source_id in source_ids
            )

    def keep_only(self, collection: str, source_ids: Iterable[str]) -> int:
        """Of a collection hold only these; how many were let go."""
        wanted = frozenset(source_ids)
        gone = [row.id for row in self.rows(collection) if row.id not in wanted]
        return self.remove(*gone) if gone else 0

    def remove_collection(self, name: str) -> int:
        """Hold nothing of a collection any more, and forget what was noted of its pulls: the next one begins anew; how
        many documents there were."""
        with self._writing() as line:
            line.execute(
                "delete from job where key = ? or substr(key, 1, ?) = ?", (name, len(name) + 1, f"{name}:")
            )
            line.execute("delete from collection where name = ?", (name,))
            return line.execute(
                "update document set live = 0 where collection = ? and live = 1", (name,)
            ).rowcount

    def note(self, notices: Iterable[Notice]) -> None:
        """Note retractions and corrections of sources by their PMID, held or not."""
        with self._writing() as line:
            line.executemany(
                "insert or ignore into notice values (?, ?, ?, ?)",
                [(notice.pmid, notice.kind.value, notice.by, _now()) for notice in notices],
            )

    def purge(self, still_used: Iterable[int]) -> int:
        """Forget the rows that are neither live nor in ``still_used``, and overwrite their words; how many."""
        used = frozenset(still_used)
        with self._writing(False) as line:
            dead = [
                row for (row,) in line.execute("select row from document where live = 0") if row not in used
            ]
            line.executemany("delete from document where row = ?", [(row,) for row in dead])
            return len(dead)

    # reading

    def rows(self, collection: str | None = None) -> list[Row]:
        """The live documents in the order in which they came, of all collections or of one."""
        asked = "select row, id, digest from document where live = 1"
        if collection is None:
            return [Row(*row) for row in self._all(f"{asked} order by row")]
        return [Row(*row) for row in self._all(f"{asked} and collection = ? order by row", collection)]

    def documents(self, rows: Sequence[int]) -> Iterator[Document]:
        """The documents of these rows, live or not, in this order; a row that is gone is left out."""
        for row in rows:
            yield from self._documents("select body from document where row = ?", row)

    def document(self, source_id: str) -> Document | None:
        """The live document of this id, or None."""
        return next(self._documents("select body from document where id = ? and live = 1", source_id), None)

    def of_pmid(self, pmid: str) -> list[Document]:
        """The live documents of a PMID, in the order in which they came."""
        return list(
            self._documents("select body from document where pmid = ? and live = 1 order by row", pmid)
        )

    def held(self, source_ids: Iterable[str]) -> frozenset[str]:
        """Those of the ids that are held."""
        asked = "select 1 from document where id = ? and live = 1"
        return frozenset(name for name in source_ids if self._all(asked, name))

    def holdings(self) -> tuple[Holding, ...]:
        """What is held, collection by collection, in the order of their names; empty ones too."""
        asked = """select c.body, count(d.row), min(json_extract(d.body, '$.source.year')),
            max(json_extract(d.body, '$.source.year')), max(c.at) from collection c
            left join document d on d.collection = c.name and d.live = 1 group by c.name order by c.name"""
        return tuple(
            Holding(
                collection=Collection.model_validate_json(body),
                documents=count,
                oldest=oldest,
                newest=newest,
                brought=at[:10],
            )
            for body, count, oldest, newest, at in self._all(asked)
        )

    def retracted(self) -> int:
        """How many held documents have a source that was retracted."""
        asked = """select count(*) from document d where d.live = 1 and exists
            (select 1 from notice n where n.pmid = d.pmid and n.kind = 'retracted')"""
        return sum(count for (count,) in self._all(asked))

    def notices(self) -> dict[str, tuple[Notice, ...]]:
        """Every notice, by the PMID of the source that it is about."""
        found: dict[str, list[Notice]] = {}
        for pmid, kind, by in self._all("select pmid, kind, by from notice order by 1, 2, 3"):
            found.setdefault(pmid, []).append(Notice(pmid=pmid, kind=kind, by=by))
        return {pmid: tuple(held) for pmid, held in found.items()}

    # what a long pull has done so far, so that the next one goes on from there

    def job(self, key: str) -> dict[str, Any] | None:
        """What :meth:`save_job` last noted under this key, or None."""
        held = self._all("select body from job where key = ?", key)
        return json.loads(held[0][0]) if held else None

    def save_job(self, key: str, state: Mapping[str, Any] | None) -> None:
        """Note how far a pull has come; None forgets it."""
        with self._writing(False) as line:
            if state is None:
                line.execute("delete from job where key = ?", (key,))
            else:
                line.execute("insert or replace into job values (?, ?, ?)", (key, json.dumps(state), _now()))

    # vectors by a hash of text and model, so that an index is never embedded twice

    def vectors(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The vectors held under these keys, as the bytes that :meth:`save_vectors` got."""
        found: dict[str, bytes] = {}
        for first in range(0, len(keys), 500):
            some = keys[first : first + 500]
            asked = f"select key, value from vector where key in ({','.join('?' * len(some))})"
            found.update(self._all(asked, *some))
        return found

    def save_vectors(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """Hold vectors under their keys."""
        with self._writing(False) as line:
            line.executemany("insert or replace into vector values (?, ?)", rows)

    def purge_vectors(self, still_used: Iterable[str], beginning: str = "") -> int:
        """Forget the vectors under other keys than these, of those whose key has this beginning (a model's); how
        many."""
        used = frozenset(still_used)
        with self._writing(False) as line:
            keys = (key for (key,) in line.execute("select key from vector"))
            dead = [key for key in keys if key.startswith(beginning) and key not in used]
            line.executemany("delete from vector where key = ?", [(key,) for key in dead])
            return len(dead)

    # the file

    @property
    def version(self) -> int:
        """Grows with every change of what is held or noted, whoever makes it; 0 without a file."""
        return sum(int(value) for (value,) in self._all("select value from meta where key = 'changes'"))

    @property
    def name(self) -> str:
        """A random name of this stock, by which a server knows it from others; made on the first asking."""
        asked = "select value from meta where key = 'name'"
        if not self._all(asked):
            with self._writing(False) as line:
                line.execute("insert or ignore into meta values ('name', ?)", (uuid.uuid4().hex[:12],))
        return str(self._all(asked)[0][0])

    def close(self) -> None:
        """Let go of this thread's connection."""
        line = getattr(self._lines, "line", None)
        if line is not None:
            line.close()
            self._lines.line = None

    def _all(self, asked: str, *given: Any) -> list[Any]:
        """The rows of an answer; none without a file."""
        try:
            return self._line().execute(asked, given).fetchall() if self.path.exists() else []
        except (sqlite3.Error, OSError) as wrong:
            raise refusal(self.path, wrong, "read") from wrong

    def _documents(self, asked: str, given: int | str) -> Iterator[Document]:
        for (body,) in self._all(asked, given):
            try:
                yield Document.model_validate_json(body)
            except ValidationError as wrong:
                raise damaged(self.path, "a document in it cannot be read") from wrong

    @contextmanager
    def _writing(self, counted: bool = True) -> Iterator[sqlite3.Connection]:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            line = self._line()
            line.execute("begin immediate")
            try:
                yield line
                if counted:
                    line.execute(_COUNT)
                line.execute("commit")
            except BaseException:
                if line.in_transaction:  # on a full disk SQLite has rolled back by itself
                    line.execute("rollback")
                raise
        except (sqlite3.Error, OSError) as wrong:
            raise refusal(self.path, wrong, "written") from wrong

    def _line(self) -> sqlite3.Connection:
        line = getattr(self._lines, "line", None)
        if line is None:
            line = self._lines.line = opened(self.path)
        return line


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
