"""The tool that searches the literature held on this machine."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from retrieval.evidence import ToolResult, bad_input, found, not_covered, not_found
from retrieval.search import SearchOutcome, library
from retrieval.status import findings
from tools.registry import tool

LONGEST = 50_000
PATIENCE = 30.0
"""Seconds that a search waits for the vectors at the first start; without them one question in three is missed."""
BUILDING = "The index is still being built, so this was searched by words only: ask again in a minute."

StudyKindName = Literal["guideline", "review", "trial", "observational", "page"]
DepthName = Literal["abstract", "full text", "guideline"]
Year = Annotated[int, Field(ge=1900, le=2100)]


@tool(roles=("clinician", "patient"))
def search_literature(
    question: str,
    kinds: list[StudyKindName] | None = None,
    since: Year | None = None,
    depth: DepthName | None = None,
    k: Annotated[int, Field(ge=1, le=20)] = 5,
) -> ToolResult:
    """Find statements of the held medical literature that answer a question, with source and quote.

    Ask in full words, one question at a time. kinds, since (year) and depth (how deep it was read) narrow it.
    Refuses (not_covered) what the held literature does not speak about.
    """
    if not question.strip() or len(question) > LONGEST:
        return bad_input(f"Ask a question of 1 to {LONGEST} characters.")
    shelf = library()
    whole = shelf.wait(PATIENCE)
    outcome = shelf.search(question, k, kinds=kinds, since=since, depth=depth and [depth])
    more = {
        "searched": (outcome.searched,),
        "versions": {"literature": shelf.version, "search": outcome.used},
    }
    note = shelf.trouble or ("" if whole else BUILDING)
    if outcome.hits:
        return found(*findings(outcome.hits, shelf), note=note, **more)
    if (kinds or since or depth) and shelf.search(question, k).hits:
        return not_found(
            f"{_searched(outcome)} Within these limits nothing; without them there is something.", **more
        )
    return not_covered(f"{_searched(outcome)} {_nothing(outcome)} {note}".strip(), **more)


def _searched(outcome: SearchOutcome) -> str:
    return f"Searched the {outcome.searched.title}, of {outcome.searched.version}."


def _nothing(outcome: SearchOutcome) -> str:
    parts = ["Nothing on this."]
    if outcome.unknown:
        parts.append(f"No held document speaks of: {', '.join(outcome.unknown)}.")
    parts += [f"Retracted, so not shown: {source.title}." for source in outcome.retracted]
    return " ".join(parts)
