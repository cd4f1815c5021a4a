"""The consensus lists and HL7's worked request, where the development data is present."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.bench.treatment import high_priority, mapped, qt, reconciled, tally
from retrieval.patient import Patient
from tests.tools.treatment_patients import make
from tools.treatment.check import check
from tools.treatment.predicates import Level


@pytest.fixture
def lists(shared: Path) -> Path:
    folder = shared / "pddi-public-2017"
    if not folder.is_dir():
        pytest.skip("the consensus lists (pddi-public-2017) are not on this machine")
    return folder


def test_every_high_priority_pair_is_avoided(lists: Path) -> None:
    told = tally(high_priority(lists), Patient())
    assert not told.unresolved
    assert (told.n, told.at_least(Level.AVOID)) == (400, 400)
    known = tally(high_priority(lists), reconciled())
    assert known.at_least(Level.AVOID) == 400


def test_every_qt_pair_is_at_least_monitored(lists: Path) -> None:
    pairs = qt(lists)
    told = tally(pairs, reconciled())
    assert (len(pairs), told.n, told.at_least(Level.MONITOR)) == (780, 780, 780)
    barred = {"pimozide", "thioridazine", "vandetanib", "ziprasidone"}  # their labels bar other QT drugs
    assert all(barred & set(pair) for pair in told.interrupting)


def test_low_priority_pairs_do_not_interrupt(lists: Path) -> None:
    pairs = mapped(lists / "ONC_Non_Interuptive_Mapped.csv")
    told = tally(pairs, reconciled())
    assert (told.n, told.interrupting, told.unresolved) == (2101, [], [])
    unknown = tally(pairs, Patient())
    assert {frozenset(pair) for pair in unknown.interrupting} == {
        frozenset({"sotalol", "citalopram"}),
        frozenset({"sotalol", "escitalopram"}),
    }


def test_request_f101_of_hl7(shared: Path) -> None:
    """Ketorolac for a patient on warfarin, etodolac, eplerenone and spironolactone, with an ulcer that bled."""
    path = shared / "hl7-pddi-cds" / "warfarin-nsaids-cds-request.json"
    if not path.is_file():
        pytest.skip("HL7's worked requests (hl7-pddi-cds) are not on this machine")
    names = [
        one["medicationCodeableConcept"]
        for one in _resources(json.loads(path.read_text()))
        if "medicationCodeableConcept" in one
    ]
    texts = [one["coding"][0]["display"] for one in names]
    proposed, taken = texts[0], texts[1:]
    patient = make(
        age=36, problems=("Acute duodenal ulcer with hemorrhage",), drugs=tuple(taken), complete=True
    )
    checked = check([f"new: {proposed}"], patient, guidelines=False)
    fired = [one for pair in checked.pairs for one in pair.fired if one.rule.id == "warfarin-nsaid"]
    assert {one.right.drug for one in fired} == {"ketorolac", "etodolac"}
    assert all((one.level, one.verdict.certain) == (Level.AVOID, True) for one in fired)
    assert all("upper GI bleed" in one.advice for one in fired)


def _resources(given: Any) -> list[dict[str, Any]]:
    if isinstance(given, list):
        return [found for one in given for found in _resources(one)]
    if not isinstance(given, dict):
        return []
    own = [given] if "resourceType" in given else []
    return own + [found for one in given.values() for found in _resources(one)]
