"""Edits of the first message that keep the spans of its red flags where they belong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from evals.cases.case import Case, Said, Span

_SENTENCE = re.compile(r"[^\s.!?][^.!?\n]*(?:[.!?]+(?=\d)[^.!?\n]*)*[.!?]*")


class Edit(NamedTuple):
    """The characters from ``start`` to ``end`` give way to ``text``; equal ends insert."""

    start: int
    end: int
    text: str


def first(case: Case) -> str:
    """What the person says first."""
    return case.presented.turns[0].text


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Where each sentence begins and ends; a full stop within a number ends none."""
    return tuple((found.start(), found.end()) for found in _SENTENCE.finditer(text))


def rewritten(case: Case, edits: Iterable[Edit]) -> Case | None:
    """The case with its first message edited, in every place where the message stands; None without an edit.

    Spans of the gold move with the words; one whose words are all gone is dropped.
    """
    kept = sorted(edits)
    before = first(case)
    if not kept or any(one.end > other.start for one, other in pairwise(kept)):
        return None
    after = edited(before, kept)
    if after == before or not after.strip():
        return None
    spans = tuple(moved for span in case.gold.spans if (moved := _moved(span, kept)) is not None)
    return with_first(case, after).model_copy(update={"gold": case.gold.model_copy(update={"spans": spans})})


def with_first(case: Case, text: str) -> Case:
    """The case with another first message; the lay rendering says the same."""
    before = first(case)
    said = Said(text=text, files=case.presented.turns[0].files)
    turns = (said, *case.presented.turns[1:])
    renderings = tuple(
        one.model_copy(update={"text": text}) if one.kind == "lay" and one.text == before else one
        for one in case.renderings
    )
    presented = case.presented.model_copy(update={"turns": turns})
    return case.model_copy(update={"presented": presented, "renderings": renderings})


def gone(text: str, start: int, end: int) -> Edit:
    """The edit that takes a stretch away, with one of the two blanks that would be left side by side."""
    open_before = start == 0 or text[start - 1].isspace()
    return Edit(start, end + int(open_before and text[end : end + 1].isspace()), "")


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The text after edits that are sorted and do not overlap."""
    parts, place = [], 0
    for one in edits:
        parts += [text[place : one.start], one.text]
        place = one.end
    return "".join((*parts, text[place:]))


def _moved(span: Span, edits: Sequence[Edit]) -> Span | None:
    start, end = _place(span.start, edits, left=True), _place(span.end, edits, left=False)
    return span.model_copy(update={"start": start, "end": end}) if start < end else None


def _place(place: int, edits: Sequence[Edit], *, left: bool) -> int:
    """Where a border stands afterwards; a border within an edit goes to the edit's outer side."""
    moved = place
    for start, end, text in edits:
        if end < place or (end == place and (left or start < end)):
            moved += len(text) - (end - start)
        elif start < place:
            return moved - (place - start) + (0 if left else len(text))
    return moved


def before_all(case: Case, words: str) -> Case | None:
    """Something said before the message."""
    return rewritten(case, [Edit(0, 0, words)])


def after_all(case: Case, words: str) -> Case | None:
    """Something said after the message."""
    end = len(first(case))
    stop = "" if first(case).rstrip()[-1:] in ".!?" else "."
    return rewritten(case, [Edit(end, end, stop + words)])


# what operators ask of a case


def lay(case: Case) -> str:
    """Fits what a patient writes."""
    return "" if case.presented.role == "patient" else "only for a patient's own words"


def english(case: Case) -> str:
    """Fits a patient's English words."""
    return lay(case) or ("" if case.presented.language == "en" else "only for English")


def clinical(case: Case) -> str:
    """Fits a clinician's case."""
    return "" if case.presented.role == "clinician" else "only for a clinician's case"
