"""Scores that rules ask and that the frame itself can add up, where every item is known; else they stay unknown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from tools.treatment.predicates import Answer, Condition

_ITEMS: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("heart failure", ("heart_failure",), 1),
    ("hypertension", ("hypertension",), 1),
    ("diabetes", ("diabetes",), 1),
    ("stroke or TIA", ("stroke_or_tia",), 2),
    ("vascular disease", ("coronary_disease", "peripheral_artery_disease"), 1),
)


class Person(Protocol):
    """What a score needs of the frame."""

    def number(self, name: str) -> float | None: ...
    def told_sex(self) -> str | None: ...


def cha2ds2_vasc(person: Person, asked: Callable[[Condition], Answer]) -> tuple[int, str] | None:
    """Points and how they add up (doi 10.1378/chest.09-1584); None where an item, the age or the sex is not known.

    Coronary disease counts as vascular disease, as in the guideline's own table of the score.
    """
    age, sex = person.number("age"), person.told_sex()
    if age is None or sex is None or age < 18:
        return None
    held: Mapping[str, bool | None] = {name: asked(Condition(ids)).truth for name, ids, _ in _ITEMS}
    if None in held.values():
        return None
    items = [(name, points) for name, _, points in _ITEMS if held[name]]
    if age >= 65:
        items.append(("age 75 or more", 2) if age >= 75 else ("age 65 to 74", 1))
    if sex == "female":
        items.append(("female", 1))
    said = ", ".join(f"{name} {points}" for name, points in items) or "no item"
    return sum(points for _, points in items), said
