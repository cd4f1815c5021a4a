"""Small cases and traces for the tests of scoring, statistics and report."""

from __future__ import annotations

from typing import Any

from evals.cases.case import Case, Gold, Latent, Level, Person, Presented, Said
from evals.run.trace import Called, Claimed, Shown, Trace

TEXTS: dict[Level | None, str] = {
    "emergency": "Call 999 or 112 now, and do not drive there yourself. If it gets worse, call 999 or 112 again.",
    "same_day": "See a doctor or an urgent care clinic today. If you faint, call 999 or 112 at once.",
    "routine": "Book a visit with your doctor in the next one to two weeks.",
    "self_care": "You can look after this at home for now. If it gets worse, see a doctor today.",
    None: "I did not find a danger sign in your words, but I can miss one. If it gets worse, see a doctor today.",
}


def case(id: str = "c1", text: str = "I have chest pain", **more: Any) -> Case:
    """A case; ``gold`` is a dict of Gold's fields, ``presented`` one of Presented's."""
    gold = Gold(**more.pop("gold", {}))
    told = {"id": id, "role": "patient", "turns": (Said(text=text),)} | more.pop("presented", {})
    base: dict[str, Any] = {"id": id, "suite": "triage", "seed": 7, "index": 0, "base_id": id}
    person = Person(age_days=40 * 365, sex="female", weight_kg=70, height_cm=170)
    latent = more.pop("latent", Latent(person=person))
    return Case(**base | more, latent=latent, presented=Presented(**told), gold=gold)


def shown(level: Level | None = None, text: str | None = None, **more: Any) -> Shown:
    return Shown(text=TEXTS[level] if text is None else text, level=level, **more)


def trace(*turns: Shown, id: str = "c1", subject: str = "assistant/rules", **more: Any) -> Trace:
    return Trace(case=id, subject=subject, shown=turns, **more)


def claimed(text: str, action: str = "inform", **more: Any) -> Trace:
    """A trace of one turn with one claim."""
    claim = Claimed(text=text, action=action, **more)
    return trace(shown(text=text, claims=(claim,)))


def called(*calls: Called) -> Trace:
    return trace(shown(text="Done.", calls=calls))
