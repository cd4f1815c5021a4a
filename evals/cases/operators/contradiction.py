"""A note that contradicts the chart: the answer must name what does not fit.

What is put in is small and plain, so that no medical fact but the name of the drug, the sex or a date is needed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from evals.cases.case import Allergy, Because, Case, DrugGold, Link
from evals.cases.operators.operator import Operator
from evals.cases.operators.words import clinical

DRUGS = ("warfarin", "methotrexate", "amiodarone", "digoxin", "lithium", "prednisolone")
"""Drugs for the list and the note; any would do."""
ALLERGENS = ("amoxicillin", "doxycycline", "ibuprofen", "codeine", "trimethoprim", "clarithromycin")
"""Allergy and prescription are the same drug, so that no class has to be known."""
REACTIONS = ("anaphylaxis", "swelling of the face", "hives within an hour")
FEMALE = ("hysterectomy in 2015", "ovarian cyst removed in 2018", "a cervical smear in 2021, normal")
MALE = ("prostatectomy in 2016", "vasectomy in 2012", "a PSA of 1.1 ng/mL from his prostate check")
"""Operations on organs of one sex."""


def _noted(case: Case, lines: Sequence[str]) -> Case:
    chart = "\n".join((case.presented.chart, *lines)).strip()
    return case.model_copy(update={"presented": case.presented.model_copy(update={"chart": chart})})


def _golden(case: Case, *named: str) -> Case:
    """The case with what must be named more; nothing that was gold is taken away."""
    gold = case.gold.model_copy(update={"must_name": (*case.gold.must_name, *named)})
    return case.model_copy(update={"gold": gold})


def _one(among: Sequence[str], case: Case, draw: np.random.Generator) -> str | None:
    """One that the chart does not speak of yet."""
    free = [name for name in among if name.split()[0].casefold() not in case.presented.chart.casefold()]
    return free[int(draw.integers(len(free)))] if free else None


def _note_against_list(case: Case, draw: np.random.Generator) -> Case | None:
    drug = _one(DRUGS, case, draw)
    if drug is None:
        return None
    lines = (
        f"Medication list: {drug}, daily.",
        f"Note of last week: {drug} was stopped in spring, takes none.",
    )
    return _golden(
        _noted(case, lines), drug, "contradict|conflict|does not agree|do not agree|disagree|stopped"
    )


def _allergy_against_prescription(case: Case, draw: np.random.Generator) -> Case | None:
    drug = _one(ALLERGENS, case, draw)
    if drug is None or any(one.substance == drug for one in case.latent.allergies):
        return None
    reaction = REACTIONS[int(draw.integers(len(REACTIONS)))]
    lines = (f"Allergies: {drug} ({reaction}).", f"Prescribed yesterday: {drug}, to be started today.")
    allergies = (*case.latent.allergies, Allergy(substance=drug, reaction=reaction))
    told = _noted(case, lines)
    told = told.model_copy(update={"latent": told.latent.model_copy(update={"allergies": allergies})})
    return _alarming(told, drug, reaction)


def _alarming(case: Case, drug: str, reaction: str) -> Case:
    """The gold that the drug must be avoided, with its chain."""
    gives = f"blocked={drug}"
    link = Link(
        fact=f"latent.allergies.{drug}",
        holds="present",
        rule="note.same_drug_allergy",
        source="C1",
        gives=gives,
    )
    alarm = DrugGold(
        drug=drug, action="avoid", beside=("allergy", "allergic", reaction), fault="note.same_drug_allergy"
    )
    because = (*case.gold.because, Because(conclusion=gives, links=(link,)))
    gold = case.gold.model_copy(update={"because": because, "drugs": (*case.gold.drugs, alarm)})
    return case.model_copy(update={"gold": gold})


def _sex_against_anatomy(case: Case, draw: np.random.Generator) -> Case | None:
    other = MALE if case.latent.person.sex == "female" else FEMALE
    line = f"Past surgery: {other[int(draw.integers(len(other)))]}."
    return _golden(
        _noted(case, (line,)),
        "sex|male|female",
        "contradict|conflict|does not agree|do not agree|does not fit",
    )


def _two_births(case: Case, draw: np.random.Generator) -> Case | None:
    year = 2026 - int(case.latent.person.age_years)
    month, day = 1 + int(draw.integers(12)), 1 + int(draw.integers(28))
    lines = (
        f"Date of birth: {year}-{month:02d}-{day:02d}.",
        f"Letter head: born {year - 11}-{month:02d}-{day:02d}.",
    )
    return _golden(
        _noted(case, lines), "date of birth|dates of birth|born|birth", "two|contradict|conflict|differ|which"
    )


def _charted(case: Case) -> str:
    if clinical(case):
        return clinical(case)
    return "" if re.search(r"\w", case.presented.chart) else "there is no chart to contradict"


OPERATORS = (
    Operator("note_against_list", "contradiction", "change", _charted, _note_against_list),
    Operator(
        "allergy_against_prescription", "contradiction", "change", _charted, _allergy_against_prescription
    ),
    Operator("sex_against_anatomy", "contradiction", "change", _charted, _sex_against_anatomy),
    Operator("two_births", "contradiction", "change", _charted, _two_births),
)
