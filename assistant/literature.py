"""The library as the command line and the library page tell it: what is held, how old, and why a hit stands where it
does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from retrieval.evidence import Finding
from retrieval.hits import Explain, Hit, LibraryStatus, SearchOutcome
from retrieval.keeping import SHIPPED
from retrieval.passages import Document, NoticeKind, shown
from retrieval.status import OLD_AFTER_YEARS, findings
from retrieval.stock import Holding, StockError
from retrieval.words import spelled

if TYPE_CHECKING:
    from retrieval.search import Library

UPLOADED = "uploaded"
"""The name of the collection of the guidelines that came by the library page."""
BUILDING, WORDS_ONLY, OLDER = "building", "words only", "of an older format"


class Shown(NamedTuple):
    """A finding of a search; ``hit`` is None for a source that is named because it found otherwise."""

    finding: Finding
    hit: Hit | None


def told(outcome: SearchOutcome, shelf: Library) -> tuple[Shown, ...]:
    """What a search found, in order, each hit followed by the sources that it conflicts with."""
    hits = iter(outcome.hits)
    made = findings(outcome.hits, shelf)
    return tuple(Shown(one, next(hits, None) if one.score is not None else None) for one in made)


def why(hit: Hit, floor: float) -> str:
    """Why a hit stands where it does: both ranks with their scores, its relevance, the words it shares and lacks."""
    parts = [*_ranks(hit.explain), f"relevance {hit.explain.relevance:.2f}, shown from {floor:.2f}"]
    raw = spelled(hit.passage.words)
    matched = ", ".join(dict.fromkeys(raw.get(token, token) for token in hit.explain.matched))
    parts += [f"words in common: {matched}"] if matched else []
    parts += [f"not spoken of: {', '.join(hit.explain.missing)}"] if hit.explain.missing else []
    return shown("; ".join(parts))


def _ranks(explain: Explain) -> Iterator[str]:
    if explain.word_rank is not None:
        yield f"by words number {explain.word_rank} (score {explain.word_score:.1f})"
    if explain.dense_rank is not None:
        yield f"by meaning number {explain.dense_rank} (cosine {explain.cosine or 0:.2f})"
    if explain.dense_rank is None and "vectors" not in explain.used:
        yield "meaning not searched"


def nothing(outcome: SearchOutcome) -> str:
    """That nothing was found, where was searched, and what the question names that is not held."""
    parts = [f"Nothing on this in the {outcome.searched.title}, to {outcome.searched.version}."]
    if outcome.unknown:
        parts.append(f"No held document speaks of: {', '.join(outcome.unknown)}.")
    return shown(" ".join(parts))


def on_disk(shelf: Library) -> LibraryStatus:
    """The status for who has not opened the index: "ready" where one with vectors stands and is in step, "of an older
    format" where another release made the one that stands."""
    from retrieval.generations import current

    status = shelf.status()
    if status.state != WORDS_ONLY or status.trouble or shelf.stock is None:
        return status
    standing = current(shelf.stock.folder)
    if standing is None and (shelf.stock.folder / "current.json").exists():
        return status.model_copy(update={"state": OLDER})
    return status.model_copy(update={"state": "ready"}) if standing and standing.encoder else status


def unsearched(status: LibraryStatus) -> int:
    """How many documents beside the cards are held that the index which answers does not know yet."""
    brought = sum(held.documents for held in status.holdings if held.collection.name != SHIPPED.name)
    return min(
        status.behind, brought
    )  # the cards are searched from the first, whether or not the stock has them


def counted(number: int, what: str) -> str:
    """ "1 passage", "2,000 passages"."""
    return f"{number:,} {what}{'s' if number != 1 else ''}"


def index_line(status: LibraryStatus) -> str:
    """How the index stands, in one sentence or two."""
    if status.state == OLDER:
        held = counted(sum(one.documents for one in status.holdings), "document")
        return f"The index is of an older format and is made anew at the next search. Held: {held}."
    searched = f"{counted(status.documents, 'document')} in {counted(status.passages, 'passage')}"
    size = f"{searched}, {megabytes(status.index_bytes)} on disk"
    if status.state == BUILDING:
        share = f" ({status.done:,} of {status.whole:,})" if status.whole else ""
        now = f"being built{share}; until then words alone are searched, or the index before it"
    else:
        now = "words only" if status.state == WORDS_ONLY else "ready: words and meaning"
    behind = (
        f" Held and not searched yet: {counted(status.behind, 'document')}: `consilium literature rebuild`."
        if status.behind and status.state != BUILDING
        else ""
    )
    return f"Index {now}; {size}.{behind}"


def megabytes(size: int) -> str:
    """A size in MB of a million bytes, one digit."""
    return f"{size / 1e6:.1f} MB"


def years(holding: Holding) -> str:
    """ "1998-2024", one year where they are the same, "" where none is known."""
    if holding.oldest is None or holding.newest is None:
        return ""
    return f"{holding.oldest}" + (f"-{holding.newest}" if holding.newest != holding.oldest else "")


def retracted(shelf: Library) -> tuple[Document, ...]:
    """The held sources that were retracted; a search names them and never shows them as support."""
    stock = shelf.stock
    notices = stock.notices() if stock else {}
    named = [pmid for pmid, held in notices.items() if any(one.kind is NoticeKind.RETRACTED for one in held)]
    return tuple(
        {document.source.id: document for pmid in named for document in shelf.of_pmid(pmid)}.values()
    )


_older: dict[tuple[str, int], int] = {}


def older(shelf: Library, years: int = OLD_AFTER_YEARS) -> int:
    """How many sources that are searched are older than so many years today; counted once for each content."""
    before = datetime.now(UTC).year - years
    key = (shelf.version, before)
    if key not in _older:
        _older.clear()
        _older[key] = sum((document.source.year or before) < before for document in shelf.documents)
    return _older[key]


class Read(NamedTuple):
    """What became of a file that was brought in: the document it is held as, or None; ``why`` it is not held, or a
    remark."""

    name: str
    document: Document | None = None
    why: str = ""


def brought(path: Path, name: str) -> Read:
    """One guideline file read and held in the collection ``local:name``; the index follows in the background."""
    from retrieval.search import library
    from retrieval.sources import local

    shelf = library()
    if shelf.stock is None:
        return Read(path.name, why="There is no data folder to hold it in.")
    identity = local.source_id(local.collection_name(path, name), path.name)
    today = datetime.now(UTC).date().isoformat()
    try:
        before = shelf.stock.document(identity)
        # a browser does not hand on the date of a file
        done = local.add(shelf.stock, path, name, came=today)
        held = shelf.stock.document(identity)
    except (local.LocalError, StockError) as refused:
        return Read(path.name, why=str(refused))
    if done.skipped:
        return Read(path.name, why=done.skipped[0][1])
    if not done.documents or held is None:
        return Read(path.name, held, "it was held already, with the same text")
    shelf.update()
    return Read(path.name, held, _replaced(before))


def _replaced(before: Document | None) -> str:
    """Said of an upload that has the name of one that was held: another ward's file may be called the same."""
    if before is None:
        return ""
    return (
        f"it replaces the version of {before.dated} that was held under this file name, “{before.source.title}”; "
        "if it is another guideline, give the file another name and bring both in"
    )


def queries(shelf: Library) -> tuple[Mapping[str, Any], ...]:
    """The PubMed queries that were pulled, with date and counts, as the pull noted them."""
    from retrieval.sources.pubmed import queries as pulled

    return pulled(shelf.stock) if shelf.stock else ()
