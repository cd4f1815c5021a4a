"""What the held heads say of a picture whose kind is known, and why the others say nothing."""

from __future__ import annotations

from imaging import backbone, classify
from imaging.asked import Age, Asked
from imaging.classify import AgeNeeded, Facts, NotForThisAge
from imaging.image import ModelMissing, Withheld
from imaging.score import Score
from retrieval.evidence import Outcome

ADULT = 18


def head_scores(asked: Asked, kind: classify.Kind) -> tuple[tuple[Score, ...], tuple[Withheld, ...]]:
    """The scores of every head that is held for this kind, and what was withheld: by age, or because none is held."""
    heads: list[classify.Head] = []
    withheld: list[Withheld] = []
    for task in classify.available(kind):
        try:
            head = classify.held(task)
        except ModelMissing as gone:
            withheld.append(_gone(task, gone))
            continue
        if refused := _refusal(head.facts, asked.age):
            withheld.append(refused)
        else:
            heads.append(head)
    if missing := classify.missing(kind):
        withheld.append(_not_held(missing))
    return classify.scores_of(heads, asked.pixels), tuple(withheld)


def _refusal(facts: Facts, age: Age) -> Withheld | None:
    """Why a head may not speak about somebody of this age, if so."""
    what = _named(facts.task)
    if facts.ages is None:
        return None
    whom = "children" if facts.ages[1] < ADULT else "people"
    made_for = f"the model is for {whom} of {facts.ages[0]} to {facts.ages[1]} years"
    if age.disputed and len({facts.ages[0] <= one <= facts.ages[1] for one in age.all}) > 1:
        why = f"{made_for}, and {age.disputed}: is it this patient's picture?"
        return Withheld(what=what, why=why, outcome=Outcome.NEEDS_INPUT, missing="the age that is right")
    try:
        classify.check_age(facts, age.years)
    except AgeNeeded:
        why = f"{made_for}, and the age is not known"
        return Withheld(what=what, why=why, outcome=Outcome.NEEDS_INPUT, missing="the patient's age in years")
    except NotForThisAge:
        why = f"{made_for} only; the age is {age.told}"
        return Withheld(what=what, why=why, outcome=Outcome.NOT_COVERED)
    return None


def _gone(task: str, gone: ModelMissing) -> Withheld:
    command = classify.brings_task(task) if backbone.held() else backbone.BRINGS
    why = str(gone).partition(":")[0]
    return Withheld(what=_named(task), why=why, outcome=Outcome.UNAVAILABLE, command=command)


def _not_held(tasks: tuple[str, ...]) -> Withheld:
    what = ", ".join(_named(task) for task in tasks)
    return Withheld(
        what=what,
        why="no model for it is held here" if len(tasks) == 1 else "no models for them are held here",
        outcome=Outcome.UNAVAILABLE,
        command=classify.brings_task(tasks[0]),
    )


def _named(task: str) -> str:
    return {"breast-ultrasound": "whether it is benign or malignant"}.get(task, task.replace("-", " "))
