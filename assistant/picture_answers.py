"""What was asked of an attached picture and not read: said first, never below what the literature has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.answer import Unanswered
from assistant.turn import Turn
from retrieval.evidence import Outcome, ToolResult

TOOL = "read_image"
NO_MODEL = "no model here"

_CLAUSE = re.compile(r"(?:^|; )([^();]+) \(((?:[^()]|\([^()]*\))*)\)")
"""A thing withheld and, in brackets, why: ``imaging.findings.notes.not_read`` writes it so."""
_ASKED = {
    "pneumonia": re.compile(r"\bpneumonia\b", re.IGNORECASE),
    "cataract": re.compile(r"\bcataracts?\b", re.IGNORECASE),
    "glaucoma": re.compile(r"\bglaucoma\w*", re.IGNORECASE),
    "diabetic retinopathy": re.compile(r"\bretinopath\w+", re.IGNORECASE),
    "whether it is benign or malignant": re.compile(
        r"\b(?:benign|malignan\w+|cancer\w*|tumou?rs?)\b", re.IGNORECASE
    ),
}
"""What a reading can withhold and the words that ask for it."""
_NORMAL = re.compile(r"\b(?:ab)?normal\b|\bhealthy\b|\b(?:any|what) diseases?\b", re.IGNORECASE)
_SILENT = "Nothing is said about disease"
"""The head of a note of a picture that was measured only (``imaging.findings.notes.NO_HEAD``)."""


def said_first(turn: Turn) -> str:
    """How each picture's reading ended where it has no findings, else what was asked of it and not read."""
    said: list[str] = []
    for result in _readings(turn):
        if result.outcome is not Outcome.FOUND:
            said.append(result.note)
        else:
            said += [f"{gap.reason}." for gap in withheld(turn.given.question, result)]
    return " ".join(dict.fromkeys(said))


def withheld(question: str, result: ToolResult) -> tuple[Unanswered, ...]:
    """What the question asked by name of a picture with findings and what was not read, each with its command."""
    if result.tool != TOOL or result.outcome is not Outcome.FOUND:
        return ()
    named = tuple(_named(question, result.note))
    if named or not (result.note.startswith(_SILENT) and _NORMAL.search(question)):
        return named
    reason = f"Whether this is normal: not read; {NO_MODEL} tells, and no disease is excluded"
    return (Unanswered(tool=TOOL, outcome=Outcome.NOT_COVERED, reason=reason),)


def _named(question: str, note: str) -> Iterator[Unanswered]:
    for things, why in _CLAUSE.findall(note.partition("Not read: ")[2]):
        for thing in things.split(", "):
            words = _ASKED.get(thing)
            if words and words.search(question):
                yield _gap(thing, why)


def _gap(thing: str, why: str) -> Unanswered:
    reason, _, command = why.partition("; consilium ")
    short = NO_MODEL if reason.endswith("held here") else reason
    return Unanswered(
        tool=TOOL,
        outcome=Outcome.UNAVAILABLE if command else Outcome.NOT_COVERED,
        reason=f"{thing[:1].upper()}{thing[1:]}: not read; {short}",
        command=_brings(thing, f"consilium {command}") if command else "",
    )


def _brings(thing: str, command: str) -> str:
    """The command for this thing; a note gives that of the first of several."""
    from imaging.classify import TASKS, brings_task

    task = thing.replace(" ", "-")
    known = {name for names in TASKS.values() for name in names}
    return brings_task(task) if task in known and " train head " in command else command


def _readings(turn: Turn) -> Iterator[ToolResult]:
    return (turn.results[place] for place in sorted(turn.results) if turn.results[place].tool == TOOL)
