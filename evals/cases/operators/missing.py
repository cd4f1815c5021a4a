"""A fact is left out: it becomes must-ask, and the level may not fall."""

from __future__ import annotations

import re

import numpy as np

from evals.cases.case import Case, Gold
from evals.cases.conditions import conditions
from evals.cases.operators.operator import Change, Operator, Requires
from evals.cases.operators.words import clinical, english, first, gone, rewritten, sentences

_AGE = re.compile(
    r"(?:,\s*)?\b(?:(?:I'm|I am|im|he's|he is|she's|she is|aged?|age:?|is)\s+)?"
    r"\d{1,3}(?:\.\d)?[\s-]*(?:years?|yrs?|y/o|yo|months?|mths?|weeks?|days?)(?:[\s-]*old)?\b(?!\s*ago)"
    r"|\b(?:I'm|I am|im|aged?|age:?)\s+\d{1,3}\b(?!\s*(?:hours?|days?|weeks?|kg|mg|%|/))",
    re.IGNORECASE,
)
_OLD = re.compile(r"\bold\b|\baged?\b|\bI'm\s+\d|\bI am\s+\d|\bim\s+\d|\b\d+[MF]\b", re.IGNORECASE)
_PREGNANT = re.compile(r"pregnan|\bexpecting\b|\bweeks along\b|\bmonths along\b", re.IGNORECASE)
_ONSET = re.compile(
    r"\b(?:since|ago|yesterday|last night|this morning|tonight|started|began|came on|for (?:the (?:last|past) )?"
    r"(?:about |around )?(?:\d+|an?|two|three|a few|several|some)\s*(?:minutes?|hours?|days?|weeks?|months?|years?))\b",
    re.IGNORECASE,
)  # fmt: skip
_RENAL = re.compile(r"(?:[.\n]|\.\s)\s*(?:eGFR|creatinine)\s[^.\n]*(?:\.\d+[^.\n]*)*", re.IGNORECASE)
_WEIGHT = re.compile(r"(?:[.\n,]\s*)?\bweight\s+\d+(?:[.,]\d+)?\s*(?:kg|lb)\b", re.IGNORECASE)


def _must(case: Case, fact: str) -> Case:
    """The fact must be asked for in a talk that goes on; what else may be asked is the base case's matter."""
    gold = case.gold.model_copy(update={"must_ask": (fact,)})
    form = "interactive" if case.dialogue is not None else case.presented.form
    presented = case.presented.model_copy(update={"form": form})
    return case.model_copy(update={"gold": gold, "presented": presented})


def _age(case: Case, draw: np.random.Generator) -> Case | None:
    """Every mention of the age gone from the words; nothing else tells it."""
    text = first(case)
    edits = [gone(text, *hit.span()) for hit in _AGE.finditer(text) if _is_age(case, hit.group())]
    changed = rewritten(case, edits)
    if changed is None or _OLD.search(first(changed)):
        return None
    patient = changed.patient.model_copy(update={"age_years": None})
    return _must(changed.model_copy(update={"patient": patient}), "age")


def _is_age(case: Case, words: str) -> bool:
    """A number that is this person's age; not a duration that looks like one."""
    days = case.latent.person.age_days
    usual = {
        round(days / 365.25),
        int(days / 365.25),
        int(days / 30.44),
        round(days / 30.44),
        days // 7,
        days,
    }
    found = re.search(r"\d+", words)
    return found is not None and int(found.group()) in usual


def _sentences_gone(form: re.Pattern[str], fact: str, *, flags: bool = False) -> Change:
    """The sentences that tell the fact are gone; None where one of them also tells a red flag, but with ``flags``."""

    def change(case: Case, draw: np.random.Generator) -> Case | None:
        text = first(case)
        told = [(start, end) for start, end in sentences(text) if form.search(text[start:end])]
        if len(told) == len(sentences(text)):
            return None
        if not flags and any(
            span.start < end and start < span.end for span in case.gold.spans for start, end in told
        ):
            return None
        changed = rewritten(case, [gone(text, start, end) for start, end in told])
        return _must(changed, fact) if changed is not None else None

    return change


def _chart_gone(form: re.Pattern[str], named: str) -> Change:
    """A value gone from the chart: what leaned on it can no longer be said, so what is missing must be named."""

    def change(case: Case, draw: np.random.Generator) -> Case | None:
        chart = form.sub("", case.presented.chart)
        if chart == case.presented.chart or form.search(first(case)):
            return None
        gold = Gold(must_name=(named,), forbidden=case.gold.forbidden)
        presented = case.presented.model_copy(update={"chart": chart})
        return case.model_copy(update={"presented": presented, "gold": gold})

    return change


def _asked(fact: str) -> Requires:
    """Fits where a careful nurse must ask for the fact when nobody tells it."""

    def requires(case: Case) -> str:
        if english(case):
            return english(case)
        if case.gold.level == "emergency":
            return "in an emergency nothing has to be asked first"
        if fact == "onset" and case.gold.level != "same_day":
            return "since when it has been changes nothing for what is mild"
        one = conditions().get(case.latent.condition)
        return "" if one is not None and fact in one.must_ask else f"{fact} need not be asked here"

    return requires


def _renal(case: Case) -> str:
    if clinical(case):
        return clinical(case)
    planted = any(name.startswith("fault.") for name in case.latent.planted)
    return (
        ""
        if case.latent.egfr is not None and planted and case.stratum == "renal"
        else "no renal fault is planted"
    )


def _weighed(case: Case) -> str:
    if clinical(case):
        return clinical(case)
    needs = any("weight" in path.lower() for call in case.gold.calls for path in call.arguments)
    return "" if needs else "no calculation leans on the weight"


def _carries(case: Case) -> str:
    if english(case):
        return english(case)
    return "" if case.latent.person.pregnant else "nobody is pregnant"


OPERATORS = (
    Operator("missing_age", "missing", "ask", _asked("age"), _age),
    Operator(
        "missing_pregnancy", "missing", "ask", _carries, _sentences_gone(_PREGNANT, "pregnant", flags=True)
    ),
    Operator("missing_onset", "missing", "ask", _asked("onset"), _sentences_gone(_ONSET, "onset")),
    Operator(
        "missing_renal", "missing", "change", _renal, _chart_gone(_RENAL, "eGFR|creatinine|kidney function")
    ),
    Operator("missing_weight", "missing", "change", _weighed, _chart_gone(_WEIGHT, "weight")),
)
