"""Tools that fail while the question stands. The level may not fall, and a clinician's answer names the failure."""

from __future__ import annotations

import numpy as np

from evals.cases.case import Case, Gold
from evals.cases.operators.operator import Change, Operator

NAMED = (
    "not available|unavailable|could not|failed|did not answer|not held|is missing|no result|nothing is held|"
    "not found|nothing was found"
)
"""One of these must be shown where a tool broke."""
_OF_LEVEL = ("level", "diagnosis", "told")
"""Conclusions that hang on no tool."""
KINDS = ("timeout", "exception", "empty", "unavailable")


def _whole(case: Case) -> str:
    return "trouble is there already" if case.presented.trouble else ""


def _clinical(case: Case) -> str:
    if case.presented.role != "clinician":
        return "only for a clinician's case"
    return _whole(case)


def _broken(kind: str) -> Change:
    def change(case: Case, draw: np.random.Generator) -> Case | None:
        presented = case.presented.model_copy(update={"trouble": f"tool:{kind}"})
        return case.model_copy(update={"presented": presented})

    return change


def _told(kind: str) -> Change:
    """Nothing can be shown from a tool that broke: what only a tool brings is no longer asked, that it broke is."""

    def change(case: Case, draw: np.random.Generator) -> Case | None:
        broken = _broken(kind)(case, draw)
        if broken is None:
            return None
        old = case.gold
        kept = tuple(one for one in old.because if one.conclusion.partition("=")[0] in _OF_LEVEL)
        gold = Gold(
            level=old.level, low=old.low, high=old.high, diagnosis=old.diagnosis, because=kept,
            must_name=(NAMED,), forbidden=old.forbidden,
        )  # fmt: skip
        return broken.model_copy(update={"gold": gold})

    return change


def _patient(case: Case) -> str:
    return "only for a patient's words" if case.presented.role != "patient" else _whole(case)


OPERATORS = (
    *(Operator(f"tool_{kind}", "tool_trouble", "same", _patient, _broken(kind)) for kind in KINDS),
    *(Operator(f"tool_{kind}_told", "tool_trouble", "change", _clinical, _told(kind)) for kind in KINDS),
)
