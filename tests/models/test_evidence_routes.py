"""A proposed evidence code in a clinician's words reaches the tool that weighs it, whole or not at all."""

from __future__ import annotations

import pytest

from assistant.answer import Role
from assistant.models.evidence_routes import evidence_calls
from assistant.turn import TurnInput

WHOLE = (
    'Weigh PS3 moderate for BRCA1 c.5123C>A: PMID 20104584 says "reduced activity in the functional assay".'
)


def calls(text: str, role: Role = Role.CLINICIAN) -> list[dict[str, object]]:
    return [dict(call.inputs) for call in evidence_calls(TurnInput(turn=1, role=role, question=text))]


def test_code_strength_quote_and_source_go_along() -> None:
    (found,) = calls(WHOLE)
    assert found["variant"] == "BRCA1 c.5123C>A"
    told = {"code": "PS3", "strength": "moderate", "pmid": "20104584"}
    assert found["codes"] == [{**told, "quote": "reduced activity in the functional assay"}]


@pytest.mark.parametrize(
    "missing",
    [
        "PS3 ",
        "moderate ",
        "PMID 20104584 ",
        '"reduced activity in the functional assay"',
        "BRCA1 c.5123C>A",
        "Weigh ",
    ],
)
def test_where_a_part_is_missing_nothing_is_weighed(missing: str) -> None:
    assert calls(WHOLE.replace(missing, "")) == []


def test_a_patient_weighs_nothing() -> None:
    assert calls(WHOLE, Role.PATIENT) == []
