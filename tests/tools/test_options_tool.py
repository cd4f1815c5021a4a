"""``treatment_options`` as a tool: outcomes, the three findings that matter, tables, and what no sentence may say."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

import tools.treatment_options
from assistant.verify.numbers import unsupported
from retrieval.evidence import Action, Outcome, ToolResult
from retrieval.patient import Patient
from tests.tools.test_options_random import INDICATIONS, person
from tests.tools.treatment_made import entry, indication
from tests.tools.treatment_patients import make
from tools.registry import Context, _registered
from tools.treatment import wording
from tools.treatment.load import Knowledge, knowledge
from tools.treatment_options import treatment_options

METFORMIN = entry("metformin", ["drug:metformin"])
BARRED = entry("barred", cases=[{"action": "avoid", "advice": "Not any more."}])


def held_with(monkeypatch: pytest.MonkeyPatch, *options: Any, **more: Any) -> None:
    """The shipped knowledge with one made indication."""
    shipped = knowledge()
    made = Knowledge(
        citations=shipped.citations.values(),
        drugs=shipped.drugs.values(),
        classes=shipped.classes.values(),
        rules=shipped.rules.values(),
        pairs=shipped.pairs.values(),
        conditions=shipped.conditions.values(),
        indications=[indication(*options, **more)],
        version="made",
    )
    monkeypatch.setattr(tools.treatment_options, "knowledge", lambda: made)


def call(patient: Patient, text: str = "made indication", **more: Any) -> ToolResult:
    return treatment_options(text, **more, context=Context(patient=patient))


def test_open_options_are_found_with_the_three_that_matter_first(monkeypatch: pytest.MonkeyPatch) -> None:
    held_with(monkeypatch, METFORMIN, entry("walking"), entry("warfarin", ["drug:warfarin"]))
    result = call(make(age=72, drugs=("ibuprofen",), complete=True))
    assert result.outcome is Outcome.FOUND
    pending, first, danger, missing = result.findings[:4]
    assert pending.statement.startswith("Not decided yet, and they may come before walking: metformin.")
    assert first.statement.startswith("The only open option so far: walking.")
    assert (danger.action, danger.names) == (Action.AVOID, ("warfarin", "ibuprofen"))
    assert "eGFR" in missing.statement
    assert any("eGFR" in one for one in result.missing)
    assert [table.title for table in result.tables] == [
        "Options",
        "Excluded and not meant",
        "What each value of this patient does",
        "What would change it",
    ]
    does = {row[0]: row[2] for row in result.tables[2].rows}
    assert does["takes ibuprofen"] == "left out (interaction): warfarin"
    assert "Options for a licensed clinician" in result.note
    assert "Knowledge as of" in result.note
    assert result.versions == {"treatment knowledge": knowledge().version} or result.versions


def test_nothing_left_is_not_covered_with_reasons_and_referral(monkeypatch: pytest.MonkeyPatch) -> None:
    held_with(monkeypatch, METFORMIN, BARRED)
    result = call(make(eGFR=20, complete=True))
    assert result.outcome is Outcome.NOT_COVERED
    assert "No option is left" in result.note
    assert "eGFR 20" in result.note
    assert "Ask somebody who knows." in result.note
    assert [row[0] for row in result.tables[0].rows] == ["metformin", "barred"]


def test_nothing_open_before_more_is_known_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    held_with(monkeypatch, METFORMIN, BARRED)
    result = call(make(complete=True))
    assert result.outcome is Outcome.NEEDS_INPUT
    assert any("eGFR" in one for one in result.missing)
    assert result.tables


def test_an_unknown_indication_is_not_covered_and_names_what_is_held() -> None:
    result = call(make(), "hiccups")
    assert result.outcome is Outcome.NOT_COVERED
    assert all(one.name in result.note for one in INDICATIONS)


def test_an_impossible_value_is_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    held_with(monkeypatch, METFORMIN)
    assert call(make(potassium=0)).outcome is Outcome.BAD_INPUT


def test_why_not_comes_first_asks_or_is_not_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    held_with(monkeypatch, METFORMIN, entry("walking"))
    patient = make(eGFR=38, complete=True)
    assert "from 45" in call(patient, why_not="metformin").findings[0].statement
    ambiguous = call(patient, why_not="metformine")
    assert (ambiguous.outcome, ambiguous.missing[0]) == (Outcome.NEEDS_INPUT, "metformin")
    assert call(patient, why_not="xyzzy").outcome is Outcome.NOT_COVERED
    assert call(patient, why_not="walking").findings[0].statement.startswith("walking")


def test_weights_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    held_with(monkeypatch, entry("walking"))
    assert "efficacy 1, safety 3, burden 1, cost 1 (as given)" in call(make(), weights={"safety": 3}).note
    assert "(the default)" in call(make()).note


def test_an_undecided_option_stands_in_the_table_and_never_as_open(monkeypatch: pytest.MonkeyPatch) -> None:
    held_with(monkeypatch, METFORMIN, entry("walking"))
    rows = call(make(complete=True)).tables[0].rows
    assert [(row[0], row[1]) for row in rows] == [("1", "walking"), ("1 (undecided)", "metformin")]
    assert "eGFR" in rows[1][5]


def test_what_may_never_be_said_is_not_said_and_every_number_is_carried() -> None:
    for seed in range(120):
        chance = random.Random(seed)
        given, patient = chance.choice(INDICATIONS), person(chance)
        result = treatment_options(given.name, context=Context(patient=patient))
        cells = [cell for table in result.tables for row in table.rows for cell in row]
        for said in (*(one.statement for one in result.findings), result.note, *result.missing, *cells):
            assert not wording.FORBIDDEN.search(said), said
        for one in result.findings:
            ground = [*(f"{part.quote} {part.locator}" for part in one.evidence), *one.names]
            assert unsupported(one.statement, ground) is None, one.statement


def test_the_schema_is_small_and_for_clinicians() -> None:
    tool = _registered["treatment_options"]
    assert tool.roles == ("clinician",)
    assert len(json.dumps(tool.schema)) // 4 < 260


@pytest.mark.parametrize("indication", INDICATIONS, ids=lambda one: one.id)
@pytest.mark.parametrize("age", [30, 55, 80])
def test_what_is_missing_stays_readable_where_little_is_known(indication: Any, age: int) -> None:
    result = call(make(age=age), indication.name)
    for finding in result.findings:
        assert len(finding.statement) <= 1_200
