"""The tool that searches the literature held on this machine."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from retrieval.evidence import ToolResult, bad_input, found, not_covered, not_found
from retrieval.search import Library, SearchOutcome, library
from retrieval.sources import online
from retrieval.sources.eutils import PubmedError
from retrieval.sources.pubmed import COLLECTION
from retrieval.status import LOCAL, findings
from retrieval.stock import StockError
from tools.registry import Context, tool

LONGEST = 50_000
ASKED = 20
"""Papers asked of PubMed at once, where it may be asked."""
PATIENCE = 30.0
"""Seconds that a search waits for the vectors at the first start; without them one question in three is missed."""
NARROW = "Within these limits nothing; without them there is something."
FOR_STAFF = "A guideline of this clinic speaks to this; it is written for its staff: ask them about it."
ANYBODY = Context()
BUILDING = "The index is still being built, so this was searched by words only: ask again in a minute."

StudyKindName = Literal["guideline", "review", "trial", "observational", "page"]
DepthName = Literal["abstract", "full text", "guideline"]
Year = Annotated[int, Field(ge=1900, le=2100)]


@tool(title="Literature search", roles=("clinician", "patient"))
def search_literature(
    question: str,
    kinds: list[StudyKindName] | None = None,
    since: Year | None = None,
    depth: DepthName | None = None,
    k: Annotated[int, Field(ge=1, le=20)] = 5,
    *,
    context: Context = ANYBODY,
) -> ToolResult:
    """Find statements of the held medical literature that answer a question, with source and quote.

    Ask in full words, one question at a time. kinds, since (year) and depth (how deep it was read) narrow it.
    Refuses (not_covered) what the held literature does not speak about.
    """
    if not question.strip() or len(question) > LONGEST:
        return bad_input(f"Ask a question of 1 to {LONGEST} characters.")
    shelf = library()
    whole = shelf.ready or shelf.wait(PATIENCE)
    outcome = shelf.search(question, k, kinds=kinds, since=since, depth=depth and [depth])
    outcome, staff = _readable(outcome, context)
    held = {"literature": shelf.version, "search": outcome.used}
    more = {"searched": (outcome.searched,), "versions": held}
    note = f"{staff} {shelf.trouble or ('' if whole else BUILDING)}".strip()
    if outcome.hits:
        return found(*findings(outcome.hits, shelf), note=f"{note} {_retracted(outcome)}".strip(), **more)
    if (kinds or since or depth) and shelf.search(question, k).hits:
        return not_found(f"{_searched(outcome)} {NARROW}", **more)
    if not (kinds or since or depth) and online.allowed():
        return _online(question, k, outcome, more)
    return not_covered(f"{_searched(outcome)} {_nothing(outcome)} {note}".strip(), **more)


def _searched(outcome: SearchOutcome) -> str:
    return f"Searched the {outcome.searched.title}, of {outcome.searched.version}."


def _nothing(outcome: SearchOutcome) -> str:
    parts = ["Nothing on this."]
    if outcome.unknown:
        parts.append(f"No held document speaks of: {', '.join(outcome.unknown)}.")
    return " ".join((*parts, _retracted(outcome))).strip()


def _retracted(outcome: SearchOutcome) -> str:
    return " ".join(f"Retracted, so not shown: {source.title}." for source in outcome.retracted)


def _readable(outcome: SearchOutcome, context: Context) -> tuple[SearchOutcome, str]:
    """What the reader may be shown: a clinic's own guideline is written for its staff, not for a patient to follow."""
    local = [hit for hit in outcome.hits if LOCAL in hit.document.source.marks]
    if context.role != "patient" or not local:
        return outcome, ""
    others = tuple(hit for hit in outcome.hits if hit not in local)
    return outcome.model_copy(update={"hits": others}), FOR_STAFF


def _online(question: str, k: int, outcome: SearchOutcome, more: dict[str, Any]) -> ToolResult:
    """What PubMed has now, where the setting allows to ask it: abstracts that are held from then on."""
    shelf, pubmed = library(), online.allowed()
    assert pubmed is not None
    nothing = f"{_searched(outcome)} {_nothing(outcome)}"
    try:
        asked = online.ask(pubmed, question, ASKED)
    except PubmedError as wrong:
        return not_covered(f"{nothing} PubMed was asked and did not answer: {wrong}", **more)
    sent = (
        f"PubMed was asked for: {'; '.join(asked.sent)}."
        if asked.sent
        else "It names nothing to ask PubMed for."
    )
    if asked.papers and shelf.stock is not None:
        try:
            shelf.stock.put(asked.papers, COLLECTION)
            shelf.update()
        except StockError as wrong:  # they are in hand: shown all the same
            sent = f"{sent} They could not be held: {wrong}"
    hits = Library([shelf.marked(paper) for paper in asked.papers]).search(question, k).hits
    if not hits:
        return not_covered(f"{nothing} {sent} None of its {len(asked.papers)} papers speaks to this.", **more)
    return found(*findings(hits, shelf), note=f"{nothing} {sent} These abstracts came just now.", **more)
