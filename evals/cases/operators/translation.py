"""The same patient, told in another language from the same latent state. The gold may not change."""

from __future__ import annotations

from typing import Any

import numpy as np

from evals.cases.case import Case
from evals.cases.operators.operator import Change, Operator
from evals.cases.operators.words import english

LANGUAGES = ("es", "fr", "de")
_SPOKEN = {"language": "", "country": ""}


def _again(case: Case, language: str) -> Case | None:
    """The case drawn again in a language; None where some symptom cannot be said in it."""
    from evals.cases.make import of_stratum
    from evals.cases.world import world

    held = world()
    wording: Any = "held" if "held out" in case.tags else "open"
    made = of_stratum(
        held, held.stratum(case.latent.condition, case.latent.severity), case.seed, case.index,
        language=language, wording=wording, suite=case.suite,
    )  # fmt: skip
    return made if made.presented.language == language and _one_person(case, made) else None


def _one_person(case: Case, made: Case) -> bool:
    """Whether it is the same draw: everything but the language and the country that goes with it."""
    mine, theirs = (one.latent.person.model_copy(update=_SPOKEN) for one in (case, made))
    return (
        mine == theirs
        and case.latent.symptoms == made.latent.symptoms
        and case.latent.hours == made.latent.hours
    )


def _translated(language: str) -> Change:
    def change(case: Case, draw: np.random.Generator) -> Case | None:
        made = _again(case, language)
        if made is None:
            return None
        presented = case.presented.model_copy(update={"turns": made.presented.turns, "language": language})
        gold = case.gold.model_copy(update={"spans": made.gold.spans})
        person = case.latent.person.model_copy(update={"language": language})
        return case.model_copy(
            update={
                "presented": presented,
                "renderings": made.renderings,
                "dialogue": made.dialogue,
                "gold": gold,
                "latent": case.latent.model_copy(update={"person": person}),
                "tags": (*case.tags, language),
            }
        )

    return change


def _drawn(case: Case) -> str:
    if english(case):
        return english(case)
    if case.operators or not case.latent.condition:
        return "only for a case as it was drawn"
    return "" if case.presented.form != "forced" else "the letters are English"


OPERATORS = tuple(
    Operator(f"translated_{language}", "wording", "same", _drawn, _translated(language))
    for language in LANGUAGES
)
