"""CHA2DS2-VASc out of the frame: only where every item is known."""

from __future__ import annotations

import pytest

from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
from tools.treatment.frame import frame
from tools.treatment.load import knowledge

HERE = Origin(kind=OriginKind.CHART, where="test")


def person(age: float | None, sex: str | None, *problems: str, complete: bool = True) -> Patient:
    return Patient(
        age_years=Known[float](value=age, unit="years", origin=HERE) if age is not None else None,
        sex=Known[str](value=sex, origin=HERE) if sex else None,
        problems=Listed(
            items=tuple(Known[str](value=one, origin=HERE) for one in problems), complete=complete
        ),
    )


@pytest.mark.parametrize(
    ("patient", "points"),
    [
        (person(72, "female", "atrial fibrillation"), 2),
        (person(76, "male", "atrial fibrillation", "hypertension", "type 2 diabetes"), 4),
        (person(64, "male"), 0),
        (
            person(
                80,
                "female",
                "heart failure",
                "hypertension",
                "diabetes",
                "stroke",
                "peripheral artery disease",
            ),
            9,
        ),
    ],
)
def test_the_items_are_added_up(patient: Patient, points: int) -> None:
    assert frame(patient, knowledge()).values["cha2ds2_vasc"].number == points


@pytest.mark.parametrize(
    "patient",
    [
        person(72, "female", "atrial fibrillation", complete=False),
        person(None, "female"),
        person(72, None),
        person(12, "male"),
    ],
)
def test_an_unknown_item_leaves_the_score_unknown(patient: Patient) -> None:
    assert "cha2ds2_vasc" not in frame(patient, knowledge()).values


def test_a_score_that_was_told_stays() -> None:
    told = person(72, "female").model_copy(
        update={"labs": {"CHA2DS2-VASc": Known[float](value=5, unit="", origin=HERE)}}
    )
    assert frame(told, knowledge()).values["cha2ds2_vasc"].number == 5
