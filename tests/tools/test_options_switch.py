"""An option that takes the place of a current drug is tried without it, and says how to change over."""

from __future__ import annotations

import pytest

from tests.tools.treatment_patients import make
from tools.treatment.layers import Ranked, first
from tools.treatment.load import knowledge
from tools.treatment.options import Considered, Option, State, consider
from tools.treatment.stability import stability


def considered(indication: str, *drugs: str, **more: object) -> Considered:
    patient = make(drugs=drugs, complete=True, **more)  # type: ignore[arg-type]
    return consider(knowledge().indications[indication], patient)


def one(found: Considered, name: str) -> Option:
    return next(option for option in found.options if option.entry.id.endswith(name))


def test_sacubitril_valsartan_may_take_the_place_of_an_ace_inhibitor() -> None:
    found = considered(
        "heart_failure_reduced_ef", "lisinopril", age=60, sex="male", LVEF=30.0, systolic=125.0
    )
    option = one(found, "sacubitril_valsartan")
    assert option.state is not State.EXCLUDED
    switch = option.adjust[0]
    assert switch.statement.startswith("Switch: sacubitril-valsartan takes the place of lisinopril.")
    assert "36 hours" in switch.statement
    assert any("lisinopril" in evidence.quote or evidence.locator for evidence in switch.evidence)


def test_the_drug_check_still_says_that_both_together_are_to_be_avoided() -> None:
    from tools.treatment.check import check

    patient = make(drugs=("lisinopril",), complete=True, age=60, sex="male")
    checked = check(["new: sacubitril with valsartan"], patient, guidelines=False)
    assert any(pair.level.value == "avoid" for pair in checked.pairs)


@pytest.mark.parametrize("current", ["warfarin", "rivaroxaban"])
def test_one_anticoagulant_takes_the_place_of_another(current: str) -> None:
    found = considered(
        "af_anticoagulation",
        current,
        age=70,
        sex="male",
        weight=80.0,
        creatinine=1.0,
        problems=("hypertension",),
    )
    apixaban = one(found, "apixaban")
    assert apixaban.state is State.OPEN
    assert apixaban.adjust[0].statement.startswith(f"Switch: apixaban takes the place of {current}.")
    same = one(found, current)
    assert same.already_taken
    assert not any(finding.statement.startswith("Switch") for finding in same.adjust)


def test_a_shared_first_place_counts_in_parts() -> None:
    twins = [Ranked(name, 1, "strong", {"efficacy": 3}) for name in ("a", "b")]
    places = dict.fromkeys(("a", "b"), 1)
    weights = dict.fromkeys(("efficacy", "safety", "burden", "cost"), 1.0)
    assert first(twins, places, weights) == ("a", "b")  # type: ignore[arg-type]
    standing = stability(twins, places, weights)  # type: ignore[arg-type]
    assert (standing["a"].first_share, standing["b"].first_share) == (0.5, 0.5)


def test_a_measure_without_scores_takes_no_weight_from_the_drugs() -> None:
    drugs = [
        Ranked("strong drug", 1, "strong", {"efficacy": 5, "safety": 2}),
        Ranked("mild drug", 1, "strong", {"efficacy": 3, "safety": 5}),
    ]
    measure = Ranked("exercise", 1, "strong", {"efficacy": 3}, measure=True)
    places = {one.id: 1 for one in (*drugs, measure)}
    weights = {"efficacy": 1.0, "safety": 1.0, "burden": 1.0, "cost": 1.0}
    assert first([*drugs, measure], places, weights) == ("mild drug",)  # type: ignore[arg-type]
