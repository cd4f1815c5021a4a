"""Twenty frozen cases: the format may change only with its version."""

from __future__ import annotations

from pathlib import Path

from evals.cases.case import SCHEMA
from evals.cases.files import line, read

GOLDEN = Path(__file__).parent / "golden/cases.jsonl"


def test_frozen_cases_are_read_and_written_again_byte_for_byte() -> None:
    made = list(read(GOLDEN))
    assert len(made) == 20
    assert [line(case) for case in made] == GOLDEN.read_text(encoding="utf-8").splitlines()
    assert {case.schema_version for case in made} == {SCHEMA}


def test_they_show_what_the_format_can_hold() -> None:
    made = list(read(GOLDEN))
    assert {case.presented.role for case in made} == {"patient", "clinician"}
    assert {case.gold.level for case in made} == {"self_care", "routine", "same_day", "emergency"}
    assert len({case.presented.language for case in made}) >= 3
    assert any("proxy" in case.tags for case in made)
    assert any(case.latent.person.pregnant for case in made)
