"""The audit is silent on generated cases and speaks on every case that cannot be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from evals.cases import plausible
from evals.cases.case import Case, Drug, Latent, Measured, Person, Presented, Said
from evals.cases.frequencies import duplicates, incidence, signs
from evals.cases.make import base_case, cases, of_stratum
from evals.cases.mixes import plan
from evals.cases.plausible import audit
from evals.cases.world import world


def adult() -> Case:
    """A woman with an acute coronary syndrome and no drugs, whose values are in SI units."""
    held = world()
    stratum = held.stratum("acute_coronary_syndrome", "typical")
    made = (of_stratum(held, stratum, 77, index, language="en") for index in range(2000))
    return next(
        case
        for case in made
        if case.latent.person.sex == "female" and case.latent.person.country == "GB" and not case.latent.drugs
    )


def latent(case: Case, **changes: Any) -> Case:
    made = Latent.model_validate(case.latent.model_dump() | changes)
    return case.model_copy(update={"latent": made})


def who(case: Case, **changes: Any) -> Case:
    return latent(case, person=Person.model_validate(case.latent.person.model_dump() | changes))


def lab(case: Case, name: str, **changes: Any) -> Case:
    rows = {one: row.model_dump() for one, row in case.latent.labs.items()}
    rows[name] = rows.get(name, {"name": name, "unit": ""}) | changes
    return latent(case, labs=rows)


def vital(case: Case, name: str, **changes: Any) -> Case:
    rows = {one: row.model_dump() for one, row in case.latent.vitals.items()}
    rows[name] |= changes
    return latent(case, vitals=rows)


def drugs(*names: str) -> tuple[dict[str, Any], ...]:
    return tuple(Drug(name=name).model_dump() for name in names)


WRONG: dict[str, tuple[Callable[[Case], Case], str]] = {
    "too young": (lambda case: who(case, age_days=400), "acute_coronary_syndrome outside its ages"),
    "wrong sex": (
        lambda case: who(latent(case, condition="testicular_torsion", severity="typical"), sex="female"),
        "testicular_torsion in a female",
    ),
    "pregnant man": (lambda case: who(case, sex="male", pregnant=True, weeks_pregnant=9), "pregnant male"),
    "no weeks": (lambda case: who(case, age_days=12000, pregnant=True), "pregnant without weeks"),
    "says pregnant": (
        lambda case: latent(case, symptoms={**case.latent.symptoms, "pregnant_now": True}),
        "says pregnant and is not",
    ),
    "no telling set": (lambda case: latent(case, symptoms={}), "no whole telling set"),
    "from nowhere": (
        lambda case: latent(case, symptoms={**case.latent.symptoms, "insect_bite_itch": True}),
        "insect_bite_itch from nowhere",
    ),
    "wrong unit": (lambda case: lab(case, "glucose", unit="g/L"), "glucose: unit g/L"),
    "unit not told": (lambda case: lab(case, "white cells", value=7500.0), "white cells 10^9/L: cannot be"),
    "creatinine in the other unit": (
        lambda case: lab(case, "creatinine", unit="mg/dL"),
        "creatinine mg/dL: cannot be",
    ),
    "range": (lambda case: lab(case, "sodium", low=145.0, high=136.0), "reference range runs backwards"),
    "pair": (
        lambda case: latent(case, drugs=drugs("candesartan", "enalapril")),
        "candesartan beside enalapril",
    ),
    "asthma": (
        lambda case: latent(case, drugs=drugs("carvedilol"), problems=("asthma",)),
        "carvedilol beside asthma",
    ),
    "twice": (lambda case: latent(case, drugs=drugs("aspirin", "aspirin")), "one drug twice"),
    "metformin": (
        lambda case: latent(case, drugs=drugs("metformin"), egfr=24.0),
        "metformin with an eGFR below 30",
    ),
    "warfarin": (
        lambda case: lab(latent(case, drugs=drugs("warfarin")), "INR", value=1.1),
        "INR outside 2 to 3",
    ),
    "kidney": (
        lambda case: latent(case, problems=("chronic kidney disease",), egfr=88.0),
        "eGFR of 60 or more",
    ),
    "creatinine": (
        lambda case: lab(case, "creatinine", value=300.0),
        "creatinine does not give the eGFR back",
    ),
    "fever": (
        lambda case: vital(
            latent(case, symptoms={**case.latent.symptoms, "fever": True}),
            "temperature",
            value=36.6,
            unit="°C",
        ),
        "fever said and not measured",
    ),
    "pressure": (
        lambda case: vital(case, "diastolic blood pressure", value=130.0),
        "diastolic pressure reaches",
    ),
}


@pytest.fixture(scope="module")
def base() -> Case:
    return adult()


@pytest.mark.parametrize("name", sorted(WRONG))
def test_each_impossible_case_is_found(name: str, base: Case) -> None:
    change, says = WRONG[name]
    assert audit([base]) == ()
    found = audit([change(base)])
    assert any(says in line for line in found), found


def test_generated_cases_are_possible() -> None:
    assert audit(list(cases(300, 42))) == ()
    assert audit(list(cases(60, 43, role="clinician"))) == ()


def test_equal_messages_are_counted() -> None:
    made = list(cases(30, 2))
    assert duplicates(made) < 0.05
    assert duplicates([made[0]] * 4) == 0.75
    assert any("equal first messages" in line for line in audit([made[0]] * 4))
    assert duplicates([]) == 0


def test_incidence_follows_the_sources_and_a_skewed_sample_is_found() -> None:
    made = list(cases(2000, 11, mix="natural"))
    assert incidence(made) == []
    skewed = [
        case for case in made if case.latent.condition != "viral_cold" or case.latent.person.sex == "male"
    ]
    found = incidence(skewed)
    assert any(line.startswith("incidence of conditions") for line in found)
    assert any(line.startswith("incidence of viral_cold") for line in found)


def test_signs_are_right_and_a_turned_one_is_found() -> None:
    made = list(cases(400, 12))
    assert signs(made) == []
    turned = []
    for case in made:
        row = case.latent.labs["CRP"]
        labs = {**case.latent.labs, "CRP": row.model_copy(update={"value": 400 - row.value})}
        turned.append(case.model_copy(update={"latent": case.latent.model_copy(update={"labs": labs})}))
    assert any("inflammation and CRP" in line for line in signs(turned))


def test_natural_cases_weigh_one() -> None:
    assert {case.weight for case in cases(20, 1, mix="natural")} == {1.0}
    assert plan("natural").weights


def test_the_program_says_how_many_problems(capsys: pytest.CaptureFixture[str]) -> None:
    assert plausible.main(["--n", "40", "--seed", "3"]) == 0
    out = capsys.readouterr().out
    assert "enriched: 40 cases, 0 problems" in out


def test_a_changed_message_is_found_by_the_chains(base: Case) -> None:
    mute = Presented(id=base.id, role="patient", turns=(Said(text="hello"),))
    assert any(
        "outside the first message" in line for line in audit([base.model_copy(update={"presented": mute})])
    )
    assert isinstance(base.latent.labs["sodium"], Measured)
    assert base_case(1, 1).latent != base.latent
