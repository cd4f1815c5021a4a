"""Harmless beginnings, some with a "no" or "not" that belongs to nothing in the message. The gold may not change."""

from __future__ import annotations

import numpy as np

from evals.cases.case import Case
from evals.cases.operators.operator import Change, Operator
from evals.cases.operators.words import before_all, english

PREFACES = {
    "never_before": ("I never had this before: ", "I've never had this before: "),
    "no_allergies": ("No allergies. ", "No known allergies, no operations. "),
    "not_sure": ("Not sure if this is serious. ", "I'm not sure this is anything serious. "),
    "nothing_helps": ("Nothing helps: ", "Nothing I take helps: "),
    "no_fuss": ("I don't want to make a fuss. ", "Not one to bother anyone normally. "),
    "no_rush": ("No rush with this one. ", "No hurry if you are busy. "),
    "without_phone": ("I can't ring anyone from here. ", "I have no phone signal here. "),
    "hello": ("Hello, hope you are well. ", "Hi there, good evening. "),
}
"""The first four are those of evals.md 3.6: a plain negation rule loses red flags behind them."""


def _preface(words: tuple[str, ...]) -> Change:
    def change(case: Case, draw: np.random.Generator) -> Case | None:
        return before_all(case, str(draw.choice(words)))

    return change


OPERATORS = tuple(
    Operator(f"preface_{name}", "preface", "same", english, _preface(words))
    for name, words in PREFACES.items()
)
