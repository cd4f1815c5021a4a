"""Findings as CDS Hooks cards: short, with indicator, source and answers; ten patients byte for byte.

``CONSILIUM_GOLDEN=write pytest tests/tools/test_cards.py`` writes the golden cards anew; read the difference before
it is committed.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.frame import read
from retrieval.patient import Patient
from tools.registry import Context, call
from tools.treatment.cards import OVERRIDE_REASONS, SUMMARY, cards, of_result
from tools.treatment.load import knowledge
from tools.treatment.wording import FORBIDDEN

GOLDEN = Path(__file__).parent / "data" / "golden_cards"
PATIENTS = {
    "warfarin_nsaid": "72-year-old man on warfarin and ibuprofen. The lists are complete.",
    "metformin_38": "60-year-old woman on metformin, eGFR 38. The lists are complete.",
    "statin": "55-year-old man on simvastatin and clarithromycin. The lists are complete.",
    "pregnant": "30-year-old woman, 20 weeks pregnant, takes lisinopril and valproate. The lists are complete.",
    "allergy": "40-year-old man, allergic to amoxicillin (anaphylaxis), takes cefalexin. The lists are complete.",
    "qt": "70-year-old woman on sotalol and citalopram, K 3.2, QTc 470 ms. The lists are complete.",
    "thiopurine": "50-year-old man on azathioprine and allopurinol. The lists are complete.",
    "opioid": "66-year-old woman on oxycodone and diazepam. The lists are complete.",
    "gene": "45-year-old man on clopidogrel, CYP2C19 *2/*2. The lists are complete.",
    "nitrate": "64-year-old man on nitroglycerin and sildenafil. The lists are complete.",
}


def made(words: str) -> list[dict[str, object]]:
    patient, _ = read(words, Patient())
    result = call("check_drugs", {}, Context(patient=patient))
    return [card.as_json for card in of_result(result)]


@pytest.mark.parametrize("name", PATIENTS)
def test_golden_cards(name: str) -> None:
    told = made(PATIENTS[name])
    for card in told:  # the version of the knowledge changes with every fact; the cards must not
        card["detail"] = str(card["detail"]).replace(knowledge().version, "VERSION")
    text = (
        json.dumps({"patient": PATIENTS[name], "cards": told}, ensure_ascii=False, indent=1, sort_keys=True)
        + "\n"
    )
    path = GOLDEN / f"{name}.json"
    if os.environ.get("CONSILIUM_GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PATIENTS)
def test_cards_are_of_the_standards_form(name: str) -> None:
    told = made(PATIENTS[name])
    assert told
    for card in told:
        assert 0 < len(str(card["summary"])) < SUMMARY
        assert card["indicator"] in ("info", "warning", "critical")
        assert card["source"]["label"]  # type: ignore[index]
        assert not any(value in (None, [], "") for value in card.values())
        assert ("overrideReasons" in card) == (card["indicator"] != "info")
        assert not FORBIDDEN.search(json.dumps(card["summary"]))
    order = [["critical", "warning", "info"].index(str(card["indicator"])) for card in told]
    assert order == sorted(order)


def test_the_same_finding_has_the_same_card() -> None:
    words = PATIENTS["warfarin_nsaid"]
    assert [card["uuid"] for card in made(words)] == [card["uuid"] for card in made(words)]
    assert len({card["uuid"] for card in made(words)}) == len(made(words))


def test_alternatives_are_suggested_only_for_what_is_to_be_avoided() -> None:
    patient, _ = read(PATIENTS["statin"], Patient())
    result = call("check_drugs", {}, Context(patient=patient))
    from tools.treatment.cards import level_of

    graded = [(level_of(one), one) for one in result.findings]
    for card in cards(graded, as_of="2026-11-22", alternatives=("pravastatin",)):
        assert bool(card.suggestions) == (card.indicator == "critical")
        assert (card.selectionBehavior is None) == (not card.suggestions)


def test_the_reasons_are_a_closed_list() -> None:
    assert [one.code for one in OVERRIDE_REASONS] == [
        "benefit-outweighs-risk",
        "already-monitored",
        "not-applicable",
        "other",
    ]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(one.name for one in knowledge().drugs.values())), min_size=2, max_size=6)
)
def test_any_list_makes_cards_of_the_form(names: list[str]) -> None:
    result = call("check_drugs", {"drugs": names}, Context())
    for card in of_result(result):
        assert 0 < len(card.summary) < SUMMARY
        assert card.detail.endswith("not reviewed by a clinician.")
