"""From a question to the check of a record against itself, by rules: where a clinician asks what does not agree."""

from __future__ import annotations

import re

from assistant.models.genetic_routes import Call
from assistant.turn import TurnInput

_THINGS = r"(?:records?|charts?|notes?|list|history|summary|letter|file|entries|documentation)"
_FAULTS = (
    r"(?:contradict\w*|inconsisten\w*|discrepan\w*|conflict\w*|mismatch\w*|errors?|mistakes?|disagree\w*"
    r"|do(?:es)?(?: not|n't) (?:agree|fit|match|add up))"
)
_ASKED = re.compile(
    rf"\b(?:any(?:thing)?|does|do|is|are|there|check|find|name|spot|look|what|which|review|reconcile)\b[^.?!]{{0,60}}\b{_FAULTS}"
    rf"[^.?!]{{0,60}}\b(?:{_THINGS}|itself|each other|here)\b"
    rf"|\b(?:check|review|read|verify)\b[^.?!]{{0,40}}\b{_THINGS}\b[^.?!]{{0,40}}\b{_FAULTS}"
    rf"|\b{_THINGS}\b[^.?!]{{0,40}}\b(?:consistent|{_FAULTS})"
    rf"|\b(?:contradicts? (?:itself|each other)|(?:does|do) (?:anything|something|they|these)"
    rf"[^.?!]{{0,30}}\b{_FAULTS})",
    re.IGNORECASE,
)
_LITERATURE = re.compile(
    r"\b(?:evidence|stud(?:y|ies)|trials?|literature|guidelines?|papers?|rates?|disclos\w*|refractive|report(?:ing)?)\b",
    re.I,
)
"""Errors of studies, of the eye or of care in general are no matter of one record."""


def record_asked(question: str) -> bool:
    """Whether the words ask what does not agree in the patient's record."""
    return bool(_ASKED.search(question)) and not _LITERATURE.search(question)


def record_calls(given: TurnInput) -> list[Call]:
    """One check of everything that was told of the patient, for clinicians."""
    if given.role != "clinician" or not record_asked(given.question):
        return []
    told = (*given.told, *(before.question for before in given.earlier), given.question)
    return [Call(tool="check_drugs", inputs={"record": list(told)})]
