"""The Tisdale score for the risk of a long QT interval, with its range over what is not known."""

from __future__ import annotations

from dataclasses import dataclass

from tools.treatment.frame import Frame
from tools.treatment.predicates import Atom, Bounds, Condition, Number, Sex, Takes

CLASS = "qt_prolonging"
CITATION = "tisdale-2013"

_ITEMS: tuple[tuple[str, int, Atom], ...] = (
    ("age 68 or more", 1, Number("age", Bounds(ge=68))),
    ("female", 1, Sex("female")),
    ("loop diuretic", 1, Takes(("class:loop_diuretic",))),
    ("potassium 3.5 or less", 2, Number("potassium", Bounds(le=3.5))),
    ("QTc 450 ms or more", 2, Number("qtc", Bounds(ge=450))),
    ("acute myocardial infarction", 2, Condition(("acute_myocardial_infarction",))),
    ("sepsis", 3, Condition(("sepsis",))),
    ("heart failure", 3, Condition(("heart_failure",))),
)


@dataclass(frozen=True)
class Score:
    """Points that are certain, points that are possible, the items that count, and what would settle the rest."""

    low: int
    high: int
    items: tuple[str, ...]
    open_items: tuple[str, ...]
    asks: tuple[str, ...]
    used: tuple[str, ...]

    @property
    def band(self) -> str:
        """The band of the score, or of its ends where they differ."""
        first, last = _band(self.low), _band(self.high)
        return first if first == last else f"{first} to {last}"


def _band(points: int) -> str:
    if points >= 11:
        return "high"
    return "moderate" if points >= 7 else "low"


def tisdale(frame: Frame) -> Score | None:
    """The score of a patient with at least one QT-prolonging drug; None without one.

    One such drug counts 3 points, two or more 6 in all; the largest score is 21. 0 to 6 is low, 7 to 10 moderate,
    11 or more high (Tisdale 2013, doi 10.1161/CIRCOUTCOMES.113.000152). It was made in a cardiac unit.
    """
    members = frame.knowledge.classes[CLASS].members
    drugs = {taken.drug for taken in frame.taken if taken.drug in members}
    if not drugs:
        return None
    points = 3 if len(drugs) == 1 else 6
    items = [f"{'one QT drug' if len(drugs) == 1 else 'two or more QT drugs'} {points}"]
    open_items: list[str] = []
    asks: list[str] = []
    used: list[str] = []
    more = 0
    for name, worth, atom in _ITEMS:
        answer = frame.answer(atom, {})
        if answer.truth is None:
            more += worth
            open_items.append(f"{name} {worth}")
            asks.append(answer.ask)
        elif answer.truth:
            points += worth
            items.append(f"{name} {worth}")
            used += answer.used
    return Score(
        points, points + more, tuple(items), tuple(open_items), tuple(dict.fromkeys(asks)), tuple(used)
    )
