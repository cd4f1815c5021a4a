"""What lies outside our knowledge is said to be not covered: never that there is nothing, and never an all-clear."""

from __future__ import annotations

import itertools
import json
import random
import re
import string
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.bench.treatment.patients import reconciled, some_patient
from retrieval.evidence import Outcome, ToolResult
from retrieval.patient import Patient
from tools.check_drugs import check_drugs
from tools.registry import Context
from tools.treatment.check import check
from tools.treatment.frame import LOCAL
from tools.treatment.interactions import Spoken
from tools.treatment.load import knowledge
from tools.treatment.names import Status, resolve
from tools.treatment.wording import FORBIDDEN
from tools.treatment_options import treatment_options

HELD = knowledge()
KNOWN = sorted(drug.name for drug in HELD.drugs.values() if not drug.ingredients)
OUTSIDE = sorted(
    HELD.drug(one).name for one in HELD.drugs if one not in HELD.covered and not HELD.drug(one).ingredients
)
ALL_CLEAR = re.compile(
    r"\bno (?:known |relevant |recorded )?(?:interactions?|problems?|risks?|concerns?|findings?)\b"
    r"|\b(?:all|are|is) (?:clear|compatible|fine|ok)\b|\bcan be (?:combined|taken together)\b|\bnothing found\b", re.I,
)  # fmt: skip
"""Other ways to say that there is nothing, beside the forbidden words."""
names = st.sampled_from(KNOWN)
unknown = st.text(string.ascii_lowercase, min_size=6, max_size=14).filter(
    lambda text: resolve(text).status is Status.UNKNOWN
)


def call(drugs: list[str], patient: Patient, role: str = "clinician") -> ToolResult:
    return check_drugs(drugs, context=Context(patient=patient, role=role))


def sentences(result: ToolResult) -> Iterator[str]:
    """Everything that can be read: statements, certainties, note, what is missing, cells and titles of tables."""
    yield result.note
    yield from result.missing
    for finding in result.findings:
        yield finding.statement
        yield finding.certainty
        yield from (one.quote for one in finding.evidence)
    for table in result.tables:
        yield json.dumps(table.model_dump(mode="json"), ensure_ascii=False)


def assert_no_all_clear(result: ToolResult) -> None:
    for sentence in sentences(result):
        assert not FORBIDDEN.search(sentence), sentence
        assert not ALL_CLEAR.search(sentence), sentence


@settings(max_examples=400, deadline=None)
@given(names, names)
def test_a_pair_is_fired_on_silent_in_our_rules_or_not_covered(one: str, other: str) -> None:
    """Which of the three is worked out here from the rules' own drugs, not from the answer."""
    for pair in check([one, other], Patient(), guidelines=False).pairs:
        local = {pair.left.route, pair.right.route} & LOCAL
        outside = {pair.left.drug, pair.right.drug} - HELD.covered
        if outside:
            assert pair.spoken is Spoken.NOT_COVERED
        elif not pair.fired:
            assert pair.spoken is (Spoken.NOT_COVERED if local else Spoken.NONE_RECORDED)


def test_covered_are_exactly_the_drugs_that_a_pair_rule_names() -> None:
    named = set()
    for rule in HELD.pairs.values():
        for kind, _, one in (ref.partition(":") for ref in (*rule.left, *rule.right)):
            named |= {one} if kind == "drug" else set(HELD.classes[one].members)
    assert named == HELD.covered


@settings(max_examples=150, deadline=None)
@given(names, st.one_of(st.sampled_from(OUTSIDE), unknown), st.sampled_from(["clinician", "patient"]))
def test_beside_a_drug_outside_our_knowledge_nothing_is_never_the_answer(
    one: str, other: str, role: str
) -> None:
    if one == other:
        return
    result = call([one, other], reconciled(), role)
    assert result.outcome in (Outcome.FOUND, Outcome.NOT_COVERED)
    named = resolve(other)
    if named.status is Status.UNKNOWN:
        assert "Not known to us" in result.note
        assert other in result.note
    else:
        assert "Not covered: 1 pairs" in result.note
        assert HELD.drug(named.ingredients[0]).name in result.note
    assert_no_all_clear(result)


@settings(max_examples=60, deadline=None)
@given(unknown)
def test_an_unknown_name_alone_is_not_covered_and_named(name: str) -> None:
    result = call([name], reconciled())
    assert result.outcome is Outcome.NOT_COVERED
    assert name in result.note


@settings(max_examples=60, deadline=None)
@given(names, st.integers(0, 10_000))
def test_a_name_that_is_not_certain_is_asked(name: str, seed: int) -> None:
    chance = random.Random(seed)
    at = chance.randrange(1, len(name))
    slip = name[:at] + chance.choice("qxz") + name[at + 1 :]
    read = resolve(slip)
    if read.status is Status.ASK:
        result = call([slip], reconciled())
        assert result.outcome is Outcome.NEEDS_INPUT
        assert any(slip in one for one in result.missing)
    else:
        assert read.status is Status.UNKNOWN or slip.casefold() in _all_names()


def _all_names() -> set[str]:
    entries = HELD.drugs.values()
    return {
        name.casefold() for one in entries for name in (one.id.replace("_", " "), *one.names, *one.brands)
    }


def test_only_a_list_that_is_wholly_covered_says_how_many_rules_were_asked() -> None:
    chance = random.Random(5)
    said = 0
    for _ in range(150):
        drugs = chance.sample(KNOWN, 3)
        result = call(drugs, reconciled())
        if result.outcome is not Outcome.NOT_FOUND:
            continue
        said += 1
        assert f"{len(HELD.pairs)} rules as of {HELD.as_of}" in result.note
        taken = check(drugs, reconciled(), guidelines=False)
        assert not taken.not_covered
        assert {one.drug for one in taken.frame.taken} <= HELD.covered
    assert said


@pytest.mark.parametrize("seed", range(40))
def test_no_result_of_a_random_patient_says_a_word_that_may_not_be_said(seed: int) -> None:
    chance = random.Random(seed)
    patient = some_patient(chance, HELD)
    drugs = chance.sample(KNOWN, 6)
    for role in ("clinician", "patient"):
        assert_no_all_clear(call(drugs, patient, role))


@pytest.mark.parametrize("indication", sorted(HELD.indications))
def test_no_table_of_options_says_one(indication: str) -> None:
    for seed in range(3):
        patient = some_patient(random.Random(seed), HELD)
        result = treatment_options(indication.replace("_", " "), context=Context(patient=patient))
        assert result.outcome in (Outcome.FOUND, Outcome.NEEDS_INPUT, Outcome.NOT_COVERED)
        assert_no_all_clear(result)


def test_an_indication_that_is_not_held_is_not_covered_and_says_which_are() -> None:
    result = treatment_options("Ehlers-Danlos syndrome", context=Context(patient=reconciled()))
    assert result.outcome is Outcome.NOT_COVERED
    assert all(one.name in result.note for one in HELD.indications.values())
    assert_no_all_clear(result)


def test_each_drug_without_a_pair_rule_is_not_covered_beside_a_common_one() -> None:
    for one, other in itertools.product(OUTSIDE, ("warfarin",)):
        [pair] = check([one, other], Patient(), guidelines=False).pairs
        assert pair.spoken is Spoken.NOT_COVERED
