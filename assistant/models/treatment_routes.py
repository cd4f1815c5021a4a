"""From a question to treatment options, by rules: what can be given for an indication, and why not something else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from assistant.models.genetic_routes import Call
from assistant.turn import TurnInput
from tools.treatment.indications import CRITERIA, Indication
from tools.treatment.load import knowledge
from tools.treatment.options import indication_named

_OPTIONS = re.compile(
    r"\b(?:treatment|therapy|drug|medication|anticoagula\w+|antibiotic|management)?\s*(?:options?|choices)\b|\balternatives\b"
    r"|\bwhat (?:to|(?:can|could|should|shall|would|do|may) (?:i|we|you|one)) (?:give|prescribe|use|start|offer|treat"
    r"|add|recommend)\b"
    r"|\bhow (?:should|would|do|can|to|best to) (?:(?:i|we|you|one) )?(?:treat|manage|start)\b"
    r"|\b(?:best|first[- ]line|preferred|suitable|right|next)\s+(?:\w+\s+){0,2}?(?:drugs?|treatments?|therap\w+"
    r"|medic\w+|agents?|choice|step|anticoagula\w+|antihypertensives?|antibiotics?|antidepressants?|statins?|inhalers?"
    r"|analgesics?)\b"
    r"|\bwhich\s+(?:\w+\s+){0,2}?(?:drugs?|treatments?|therap\w+|medic\w+|agents?|anticoagula\w+|antihypertensives?"
    r"|antibiotics?|antidepressants?|inhalers?|painkillers?|analgesics?)\b"
    r"|\bhow (?:should|would|can|is|could) (?:[\w-]+ ){1,6}(?:be )?(?:treated|managed)\b"
    r"|\bfirst[- ](?:line|choice)\b|\bwould you (?:choose|give|use|start|recommend)\b"
    r"|\b(?:treatment plan|plan the treatment|suggest (?:a )?treatment|compare (?:the )?(?:options|treatments))\b",
    re.IGNORECASE,
)
_LITERATURE = re.compile(
    r"\b(?:evidence|trials?|stud(?:y|ies)|meta-analys\w+|literature|publish\w*|papers?|(?<!to )(?:reduces?|lowers?)"
    r"|effect of|compared (?:with|to)|versus|vs\.?)\b",
    re.IGNORECASE,
)
"""The words of a question to the literature; a table of options does not answer it."""
_WHY_NOT = re.compile(
    r"\bwhy (?:not|isn't|is|was|wasn't|aren't|are|can't|shouldn't|don't|doesn't)\s+(?P<what>[^?.!;\n]{2,80})"
    r"|\bwhat about\s+(?P<about>[^?.!;\n]{2,80})|\bwhat is wrong with\s+(?P<wrong>[^?.!;\n]{2,80})",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"^(?:(?:we|i|you|one|he|she|they|it|use|using|give|giving|prescribe|start|starting|just|simply|can|could|be|the|a"
    r"|an|him|her|them|on|with)\s+)+"
    r"|\s+(?:excluded|not (?:an option|listed|suitable|possible|first|recommended|offered|allowed)|an option|out|first"
    r"|here|instead|for (?:him|her|this|the|them|my)\b.*|in (?:this|him|her)\b.*|then|given|used|possible|recommended"
    r"|left out|ruled out|undecided|lower|not)\s*$",
    re.IGNORECASE,
)
_SHEETS = re.compile(
    r"\b(?:hand-?over|discharge|referral)\s+(?:sheets?|notes?|letters?|summar(?:y|ies))\b"
    r"|\b(?:sheet|summary) for (?:the |a |my )?(?:patient|colleague|gp|ward)\b",
    re.IGNORECASE,
)
_CRITERIA = {
    "efficacy": r"efficacy|effectiveness|effect|benefit",
    "safety": r"safety|side[- ]effects?|harms?|bleeding risk",
    "burden": r"burden|convenience|few(?:er)? (?:pills|tablets|visits)|once a day|ease of use",
    "cost": r"costs?|price|affordab\w+|money",
}
_MOST = r"(?:\s+(?:is|are))?\s+(?:matters?|the)?\s*(?:most(?: important)?|first|above all|main concern|priority)\b"
_NONE = (
    r"\s+(?:does not|doesn't|do not|don't|is not|isn't|are not)\s+(?:matter|important|an issue|a concern)\b"
)
_HEAVY, _IGNORED, _USUAL = 4.0, 0.0, 1.0
EARLIER = 6


def treatment_calls(given: TurnInput) -> list[Call]:
    """The options for the indication that is asked, or "why not?" of the one asked before; clinicians only.

    A turn that only adds to the patient after an options question asks for the options again.
    """
    if given.role != "clinician":
        return []
    what = _asked_why_not(given.question)
    indication = _asked(given.question, given) or ((_earlier(given)) if what or _only_adds(given) else None)
    if what and indication is None:
        indication = indication_named(
            given.question, knowledge()
        )  # "why not dabigatran for atrial fibrillation?"
    elif indication is None or (what and not (_earlier(given) or _OPTIONS.search(given.question))):
        return []
    if indication is None:
        return []
    inputs: dict[str, Any] = {"indication": indication.id}
    if what:
        inputs["why_not"] = what
    weights = _weights([*(earlier.question for earlier in given.earlier[-EARLIER:]), given.question])
    if weights:
        inputs["weights"] = weights
    return [Call(tool="treatment_options", inputs=inputs)]


def handover_asked(question: str) -> bool:
    """True where the words ask for the handover sheets; the page makes them, no tool does."""
    return bool(_SHEETS.search(question)) and len(question.split()) <= 20


def drugs_beside(given: TurnInput) -> list[Call]:
    """With options for a patient who takes drugs, their list is checked too: the table may rest on a fault in it."""
    return [Call(tool="check_drugs", inputs={})] if given.patient.drugs.items else []


def without_options(given: TurnInput) -> str:
    """The question without the sentences that the options answer; what asks for evidence stays."""
    parts = re.split(r"(?<=[?!.;])\s+|\n+", given.question)
    rest = [
        part
        for part in parts
        if not (_OPTIONS.search(part) or _WHY_NOT.search(part)) or _LITERATURE.search(part)
    ]
    return " ".join(part for part in rest if part.endswith("?") or _LITERATURE.search(part))


def _asked(question: str, given: TurnInput) -> Indication | None:
    """The indication that the question names and asks options for; else the one on the problem list, if it is one."""
    asking = _OPTIONS.search(question)
    if not asking or (_LITERATURE.search(question) and not re.search(r"\boptions?\b", question, re.I)):
        return None
    held = knowledge()
    parts = re.split(r"(?<=[?!.;])\s+|\n+", question)
    for text in (*(part for part in parts if _OPTIONS.search(part)), question):
        named = indication_named(text, held)
        if named is not None:
            return named
    listed = {
        one.id: one for problem in given.patient.problems.values if (one := indication_named(problem, held))
    }
    return next(iter(listed.values())) if len(listed) == 1 else None


def _earlier(given: TurnInput) -> Indication | None:
    """The indication of the last options question of this talk."""
    for earlier in reversed(given.earlier[-EARLIER:]):
        found = _asked(earlier.question, given)
        if found is not None:
            return found
    return None


def _asked_why_not(question: str) -> str:
    found = _WHY_NOT.search(question)
    if not found:
        return ""
    said = next(part for part in found.groups() if part)
    for _ in range(3):
        said = _FILLER.sub("", said).strip(" ,")
    return said[:80]


def _only_adds(given: TurnInput) -> bool:
    """A short turn that states values or weights and asks nothing: "and with an eGFR of 60?", "cost matters most"."""
    from assistant.frame import read
    from retrieval.patient import Patient

    if len(given.question.split()) > 25 or not given.earlier:
        return False
    _, stated = read(given.question, Patient())
    return bool(stated or _weights([given.question]))


def _weights(questions: Sequence[str]) -> dict[str, float]:
    """Weights out of words: what matters most counts four times, what does not matter not at all."""
    told: dict[str, float] = {}
    for question in (" ".join(one.split()) for one in questions):
        for criterion, words in _CRITERIA.items():
            if re.search(rf"\b(?:{words}){_MOST}", question, re.I):
                told[criterion] = _HEAVY
            elif re.search(rf"\b(?:{words}){_NONE}|\bignor(?:e|ing) (?:the )?(?:{words})\b", question, re.I):
                told[criterion] = _IGNORED
    return {criterion: told.get(criterion, _USUAL) for criterion in CRITERIA} if told else {}
