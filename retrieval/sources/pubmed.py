"""PubMed into the stock, by query or from its baseline files: resumable, each paper once, retractions noted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from retrieval.evidence import Depth
from retrieval.passages import Document, NoticeKind
from retrieval.sources.eutils import (
    BATCH,
    HOSTS,
    MAXIMUM,
    BadQuery,
    Eutils,
    Fetched,
    NoContact,
    PubmedError,
    Unreachable,
)
from retrieval.sources.medline import Deleted, MedlineError, opened, records
from retrieval.stock import Collection, Put, Stock

__all__ = [
    "COLLECTION",
    "HOSTS",
    "BadQuery",
    "MedlineError",
    "NoContact",
    "Pubmed",
    "PubmedError",
    "Pulled",
    "Unreachable",
    "baseline",
    "is_retracted",
    "queries",
]

FILE_BATCH = 500
FRESH = timedelta(days=7)
"""An unfinished pull older than that asks PubMed anew what there is; what is held is not fetched again."""
COLLECTION = Collection(
    name="pubmed",
    title="PubMed",
    licence="records free to use; abstracts under the rights of their publishers",
    origin="https://pubmed.ncbi.nlm.nih.gov/",
    attribution="Source: PubMed, U.S. National Library of Medicine.",
)
QUERIES = "pubmed:queries"

Progress = Callable[[int, int | None], None]
"""Called with the papers done and the papers in all, None where nobody knows."""


class Pulled(NamedTuple):
    """What a pull did, in papers. ``without_abstract`` and ``retracted`` count those that it fetched."""

    found: int = 0
    held_before: int = 0
    added: int = 0
    changed: int = 0
    without_abstract: int = 0
    retracted: int = 0
    removed: int = 0
    """Taken back by an update file."""
    missing: tuple[str, ...] = ()
    """PMIDs that PubMed named and then did not give."""
    unreadable: tuple[str, ...] = ()
    """PMIDs whose record broke off each time."""
    told: tuple[str, ...] = ()
    """What PubMed remarked about the query."""


def _silent(done: int, whole: int | None) -> None:
    pass


class Pubmed(Eutils):
    """PubMed into a stock, for one contact; see :class:`retrieval.sources.eutils.Eutils`."""

    def pull(
        self,
        stock: Stock,
        query: str,
        since: int | None = None,
        until: int | None = None,
        maximum: int = MAXIMUM,
        progress: Progress = _silent,
    ) -> Pulled:
        """Bring what a query finds into the stock, or go on where a pull of the same words broke off.

        A paper that is held is not fetched again; :meth:`recheck` does that. Each batch is one transaction.

        Raises:
            BadQuery, Unreachable; StockError where the stock cannot be written.
        """
        asked = {"query": " ".join(query.split()), "since": since, "until": until}
        key = f"pubmed:{_hash([asked, maximum])}"
        job = _young(stock.job(key))
        if job is None:
            found = self.search(query, since, until, maximum)
            job = {"found": found.papers, "pmids": found.pmids, "told": found.told, "at": _now()}
            stock.save_job(f"{key}:asked", None)
            stock.save_job(key, job)
        pulled = self._bring(stock, key, tuple(job["pmids"]), progress)
        pulled = pulled._replace(found=job["found"], told=tuple(job["told"]))
        _note_query(stock, asked, pulled)
        stock.save_job(key, None)
        stock.save_job(f"{key}:asked", None)
        return pulled

    def _bring(self, stock: Stock, key: str, pmids: tuple[str, ...], progress: Progress) -> Pulled:
        done = int((stock.job(f"{key}:asked") or {}).get("asked", 0))
        pulled = Pulled(held_before=len(stock.held(map(_id, pmids[:done]))))
        for at in range(done, len(pmids), BATCH):
            batch = pmids[at : at + BATCH]
            held = stock.held(map(_id, batch))
            wanted = [pmid for pmid in batch if _id(pmid) not in held]
            pulled = pulled._replace(held_before=pulled.held_before + len(held))
            if wanted:
                pulled = _put(stock, self.fetch(wanted), pulled)
            # after the papers: a break in between finds the batch held and fetches nothing of it twice
            stock.save_job(f"{key}:asked", {"asked": at + len(batch)})
            progress(at + len(batch), len(pmids))
        return pulled

    def recheck(self, stock: Stock, pmids: Iterable[str] = (), progress: Progress = _silent) -> Pulled:
        """Ask anew for every held PMID and for ``pmids`` (those of the cards), so that retractions are known.

        Papers from PubMed are brought up to date; of all others only what became of them is noted.

        Raises:
            Unreachable; StockError where the stock cannot be written.
        """
        everything = sorted(_held_pmids(stock) | {pmid for pmid in pmids if pmid.isdigit()}, key=int)
        job = _young(stock.job("pubmed:recheck"))
        done = str(job["done"]) if job else "0"
        began = str(job["at"]) if job else _now()
        pulled = Pulled(found=len(everything))
        left = [pmid for pmid in everything if int(pmid) > int(done)]
        for at in range(0, len(left), BATCH):
            batch = left[at : at + BATCH]
            pulled = _renew(stock, self.fetch(batch), pulled)
            stock.save_job("pubmed:recheck", {"done": batch[-1], "at": began})
            progress(len(everything) - len(left) + at + len(batch), len(everything))
        stock.save_job("pubmed:recheck", None)
        stock.save_job("pubmed:rechecked", {"at": _now(), "papers": len(everything)})
        return pulled


# what is held


def _put(stock: Stock, fetched: Fetched, pulled: Pulled) -> Pulled:
    """Hold these papers in one transaction; the count goes on."""
    came = fetched.documents
    put = stock.put(came, COLLECTION) if came else Put(0, 0, 0)
    return pulled._replace(
        added=pulled.added + put.added,
        changed=pulled.changed + put.changed,
        held_before=pulled.held_before + put.unchanged,
        without_abstract=pulled.without_abstract + sum(paper.source.depth is Depth.RECORD for paper in came),
        retracted=pulled.retracted + sum(map(is_retracted, came)),
        missing=pulled.missing + fetched.missing,
        unreadable=pulled.unreadable + fetched.unreadable,
    )


def _renew(stock: Stock, fetched: Fetched, pulled: Pulled) -> Pulled:
    held = stock.held(paper.source.id for paper in fetched.documents)
    ours = tuple(paper for paper in fetched.documents if paper.source.id in held)
    others = [paper for paper in fetched.documents if paper.source.id not in held]
    stock.note(notice for paper in others for notice in paper.notices)
    counted = _put(stock, fetched._replace(documents=ours), pulled)
    return counted._replace(
        held_before=counted.held_before + len(others),
        retracted=counted.retracted + sum(map(is_retracted, others)),
    )


def is_retracted(paper: Document) -> bool:
    """True if the record itself says that the paper was retracted."""
    return any(
        notice.kind is NoticeKind.RETRACTED and notice.pmid == paper.source.pmid for notice in paper.notices
    )


def _held_pmids(stock: Stock) -> set[str]:
    rows = stock.rows()
    named = {row.id.removeprefix("pubmed:") for row in rows if row.id.startswith("pubmed:")}
    others = stock.documents([row.row for row in rows if not row.id.startswith("pubmed:")])
    return named | {
        paper.source.pmid for paper in others if paper.source.pmid and paper.source.pmid.isdigit()
    }


def queries(stock: Stock) -> tuple[dict[str, Any], ...]:
    """The queries pulled so far, the last first: query, since, until, at, found, added, held_before."""
    return tuple((stock.job(QUERIES) or {}).get("queries", ()))


def _note_query(stock: Stock, asked: Mapping[str, Any], pulled: Pulled) -> None:
    others = [held for held in queries(stock) if any(held.get(word) != asked[word] for word in asked)]
    counts = {"found": pulled.found, "added": pulled.added, "held_before": pulled.held_before}
    stock.save_job(QUERIES, {"queries": [{**asked, "at": _now(), **counts}, *others]})


def baseline(stock: Stock, path: Path, keep: Sequence[str] = (), progress: Progress = _silent) -> Pulled:
    """Bring a file of PubMed XML (a baseline or update file, or a saved answer; gzip or not) into the stock.

    ``keep``: only papers in which one of these words stands; retractions and corrections are noted all the same.
    A read that broke off goes on after its last transaction. ``found`` counts the records read.

    Raises:
        MedlineError: the file cannot be read to its end; what came before is held.
    """
    words = tuple(word.casefold() for word in keep if word.strip())
    size = path.stat().st_size if path.is_file() else 0
    key = f"pubmed:file:{path.name}:{size}:{_hash(words)}"
    job = stock.job(key) or {"done": 0}
    intake = _Intake(stock, key, words, int(job["done"]), progress)
    with opened(path) as stream:
        try:
            for record in records(stream, path.name, skip=intake.done):
                intake.take(record)
        finally:
            intake.flush()
    stock.save_job(key, None)
    return intake.pulled


class _Intake:
    """Records on their way into the stock, a transaction at a time."""

    def __init__(self, stock: Stock, key: str, words: tuple[str, ...], done: int, progress: Progress) -> None:
        self.stock, self.key, self.words, self.done, self.progress = stock, key, words, done, progress
        self.waiting: list[Document] = []
        self.read = 0
        self.pulled = Pulled()

    def take(self, record: Document | Deleted) -> None:
        self.read += 1
        if isinstance(record, Deleted):
            self.flush()  # a paper of this very file may be taken back
            gone = self.stock.remove(*map(_id, record.pmids))
            self.pulled = self.pulled._replace(removed=self.pulled.removed + gone)
            return
        self.waiting.append(record)
        if len(self.waiting) >= FILE_BATCH:
            self.flush()

    def flush(self) -> None:
        kept = tuple(paper for paper in self.waiting if self._wanted(paper))
        self.stock.note(notice for paper in self.waiting for notice in paper.notices)
        self.pulled = _put(self.stock, Fetched(kept), self.pulled)
        self.waiting = []
        self.done, self.read = self.done + self.read, 0
        self.pulled = self.pulled._replace(found=self.done)
        self.stock.save_job(self.key, {"done": self.done})
        self.progress(self.done, None)

    def _wanted(self, paper: Document) -> bool:
        if not self.words:
            return True
        text = f"{paper.source.title}\n{paper.text}\n{'; '.join(paper.mesh)}\n{paper.beside}".casefold()
        return any(word in text for word in self.words)


def _id(pmid: str) -> str:
    return f"pubmed:{pmid}"


def _hash(words: Any) -> str:
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:16]


def _young(job: dict[str, Any] | None) -> dict[str, Any] | None:
    return job if job and datetime.now(UTC) - datetime.fromisoformat(job["at"]) < FRESH else None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
