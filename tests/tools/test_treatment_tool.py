"""``check_drugs`` as a tool: outcomes, what stands beside a finding, and how answers move when the patient changes."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tools.check_drugs
from retrieval.evidence import Action, Depth, Outcome, ToolResult
from retrieval.patient import Listed, Patient
from tests.tools.treatment_patients import listed, make
from tools.check_drugs import check_drugs
from tools.registry import Context, _registered
from tools.treatment.check import Checked, check
from tools.treatment.interactions import Spoken
from tools.treatment.load import knowledge
from tools.treatment.predicates import Level
from tools.treatment.units import AGES_OF_CHILDBEARING
from tools.treatment.wording import FORBIDDEN

NAMES = sorted(drug.name for drug in knowledge().drugs.values() if not drug.ingredients)


def call(drugs: list[str] | None, patient: Patient | None = None, role: str = "clinician") -> ToolResult:
    return check_drugs(drugs, context=Context(patient=patient or Patient(), role=role))


def said(result: ToolResult) -> str:
    cells = " ".join(cell for table in result.tables for row in table.rows for cell in row)
    return " ".join([*(one.statement for one in result.findings), result.note, *result.missing, cells])


def levels(checked: Checked) -> dict[tuple[frozenset[str], str], Level]:
    """The action of every rule that fired, by drugs and rule."""
    fired = {
        (frozenset({o.left.drug, o.right.drug}), o.rule.id): o.level for p in checked.pairs for o in p.fired
    }
    return fired | {(frozenset({one.taken.drug}), one.rule.id): one.level for one in checked.rules}


def no_higher(after: Mapping[object, Level], before: Mapping[object, Level]) -> None:
    for key, level in after.items():
        assert level.rank <= before[key].rank, key


def test_a_finding_quotes_its_fact_and_the_values_that_fired() -> None:
    result = call(["new: warfarin"], make(age=72, drugs=("ibuprofen",), complete=True))
    first = result.findings[0]
    assert result.outcome is Outcome.FOUND
    assert first.action is Action.AVOID
    assert first.names == ("warfarin", "ibuprofen")
    fact, chart = first.evidence
    text = knowledge().text(fact.source.id)
    assert text is not None
    assert fact.quote in text
    assert fact.source.id == "fact:treatment:pair:warfarin-nsaid"
    assert "draft" in fact.source.marks
    assert (chart.source.depth, chart.quote) == (Depth.CHART, "as told")
    assert "age 72 years" in first.statement
    assert result.versions == {"treatment knowledge": knowledge().version}


@pytest.mark.parametrize(
    ("drugs", "outcome"),
    [
        ([], Outcome.BAD_INPUT),
        (["  "], Outcome.BAD_INPUT),
        (["warfarin"] * 61, Outcome.BAD_INPUT),
        (["xyzzy"], Outcome.NOT_COVERED),
        (["warfarin", "xyzzy"], Outcome.NOT_COVERED),
        (["warfarin", "siltuximab"], Outcome.NOT_COVERED),
        (["siltuximab"], Outcome.NOT_COVERED),
        (["warfarine"], Outcome.NEEDS_INPUT),
        (["NSAID"], Outcome.NEEDS_INPUT),
        (["folic acid", "warfarin"], Outcome.NOT_FOUND),
        (["warfarin", "ibuprofen"], Outcome.FOUND),
    ],
)
def test_outcomes(drugs: list[str], outcome: Outcome) -> None:
    result = call(drugs, make(sex="male", age=50, complete=True))
    assert result.outcome is outcome
    assert result.outcome is Outcome.FOUND or result.note


def test_an_impossible_value_is_bad_input_with_its_range() -> None:
    result = call(["warfarin"], make(potassium=0))
    assert result.outcome is Outcome.BAD_INPUT
    assert "1 to 12" in result.note


def test_nothing_found_says_where_was_looked_and_of_which_day() -> None:
    result = call(["folic acid", "warfarin"], make(sex="male", age=50, complete=True))
    assert f"{len(knowledge().pairs)} rules as of {knowledge().as_of}" in result.note
    assert "draft" in result.note


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True))
def test_each_pair_gets_one_of_three_answers_and_never_an_all_clear(names: list[str]) -> None:
    checked = check(names, Patient(), guidelines=False)
    held = knowledge()
    for pair in checked.pairs:
        outside = {pair.left.drug, pair.right.drug} - held.covered
        if outside:
            assert pair.spoken is Spoken.NOT_COVERED
        assert bool(pair.fired) == (pair.spoken is Spoken.FIRED)
    result = call(names)
    assert not FORBIDDEN.search(said(result))
    if any(pair.spoken is Spoken.NOT_COVERED for pair in checked.pairs):
        assert result.outcome is not Outcome.NOT_FOUND
        assert "Not covered" in result.note


FULL = {
    "age": [30.0, 66.0, 81.0],
    "sex": ["female", "male"],
    "weight": [55.0, 90.0],
    "creatinine": [0.8, 1.6, 3.0],
    "potassium": [3.2, 4.0],
    "QTc": [420.0, 460.0, 510.0],
    "digoxin_level": [0.5, 1.4],
    "pregnant": [True, False],
}
PROBLEMS = ["heart failure", "atrial fibrillation", "peptic ulcer", "sepsis", "stroke", "epilepsy"]


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_learning_a_value_never_raises_an_action(data: st.DataObject) -> None:
    """A patient of whom little is known, and the same of whom more is: no rule's action rises."""
    covered = sorted(knowledge().drug(drug).name for drug in knowledge().covered)
    drugs = data.draw(st.lists(st.sampled_from(covered), min_size=2, max_size=5, unique=True))
    values = {name: data.draw(st.sampled_from(choices)) for name, choices in FULL.items()}
    if values["sex"] == "male" or values["age"] > AGES_OF_CHILDBEARING[1]:
        del values["pregnant"]  # the frame takes no for an answer there, so nothing is learnt
    problems = tuple(data.draw(st.lists(st.sampled_from(PROBLEMS), max_size=3, unique=True)))
    hidden = set(data.draw(st.lists(st.sampled_from(sorted(values)), unique=True)))
    fewer = {name: value for name, value in values.items() if name not in hidden}
    known = problems[: data.draw(st.integers(0, len(problems)))]
    before = check(drugs, make(problems=known, **fewer), guidelines=False)
    after = check(drugs, make(problems=problems, complete=True, **values), guidelines=False)
    no_higher(levels(after), levels(before))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(NAMES), min_size=2, max_size=5, unique=True), st.randoms())
def test_the_order_of_drugs_changes_nothing(names: list[str], chosen: random.Random) -> None:
    mixed = list(names)
    chosen.shuffle(mixed)
    one, other = (check(order, Patient(), guidelines=False) for order in (names, mixed))
    assert levels(one) == levels(other)


def test_a_brand_is_its_generic() -> None:
    brand, generic = (
        check(names, Patient(), guidelines=False)
        for names in (["Xarelto", "Advil"], ["rivaroxaban", "ibuprofen"])
    )
    assert levels(brand) == levels(generic) != {}


def test_a_combination_is_checked_by_its_ingredients() -> None:
    checked = check(["Vytorin", "clarithromycin"], Patient(), guidelines=False)
    assert (frozenset({"simvastatin", "clarithromycin"}), "onc-25-statin-cyp3a4") in levels(checked)
    inside = check(["lopinavir/ritonavir"], Patient(), guidelines=False)
    assert not inside.pairs


def test_an_added_drug_takes_no_finding_away_but_names_itself_as_protection() -> None:
    patient = make(age=72, complete=True)
    alone = call(["warfarin", "ibuprofen"], patient)
    protected = call(["warfarin", "ibuprofen", "omeprazole"], patient)
    before, after = (
        next(one for one in result.findings if set(one.names) == {"warfarin", "ibuprofen"})
        for result in (alone, protected)
    )
    assert (before.action, after.action) == (Action.AVOID, Action.INFORM)
    assert "proton pump inhibitor" in after.statement
    for extra in ("amlodipine", "furosemide", "sertraline", "siltuximab"):
        more = call(["warfarin", "ibuprofen", extra], patient)
        assert {one.statement for one in alone.findings} <= {one.statement for one in more.findings}


def test_an_allergy_adds_an_avoid() -> None:
    before, after = (call(["amoxicillin"], make(allergies=given)) for given in ((), ("penicillin",)))
    assert not before.findings
    assert after.findings[0].action is Action.AVOID


def test_the_patients_own_list_is_always_checked_with() -> None:
    patient = Patient(drugs=listed("warfarin", complete=True))
    assert any({"warfarin", "ibuprofen"} == set(one.names) for one in call(["ibuprofen"], patient).findings)
    alone = call(None, Patient(drugs=listed(("warfarin", "ibuprofen"), complete=False)))
    assert alone.outcome is Outcome.FOUND
    unread = Patient(drugs=Listed(items=listed("mystery pill", complete=True).items, complete=True))
    assert "mystery pill" in call(["warfarin"], unread).note


def test_what_is_missing_is_asked_once() -> None:
    result = call(["new: metformin", "prasugrel", "dabigatran", "vorapaxar"])
    assert len(result.missing) == len(set(result.missing))
    assert sum("problem list" in one for one in result.missing) == 1
    assert any("allergy list" in one for one in result.missing)


def test_two_sources_that_differ_stand_side_by_side() -> None:
    result = call(["nitrofurantoin"], make(sex="male", age=50, CrCl=45, complete=True))
    titles = {one.evidence[0].source.title for one in result.findings}
    assert len(titles) == 2
    assert all("differ" in one.statement for one in result.findings)


def test_genes_join() -> None:
    result = call(["new: warfarin"], make(genotypes=("CYP2C9 *1/*3",)))
    joined = [one for one in result.findings if "CYP2C9" in one.names]
    assert joined
    assert joined[0].action is Action.CHANGE
    assert not [one for one in call(["new: warfarin"]).findings if "CYP2C9" in one.names]


def test_populations_of_a_guideline_are_listed_and_the_indication_asked() -> None:
    result = call(["new: clopidogrel"], make(genotypes=("CYP2C19 *2/*2",)))
    assert "the indication of clopidogrel" in result.missing
    assert len([one for one in result.findings if "CYP2C19" in one.names]) >= 2


def test_a_blocked_enzyme_makes_the_genotype_tell_less() -> None:
    patient = make(genotypes=("CYP2D6 *4/*4",))
    told = [one.statement for one in call(["codeine", "paroxetine"], patient).findings]
    assert any("paroxetine is a strong CYP2D6 inhibitor" in one and "codeine" in one for one in told)
    assert not any("may not hold" in one.statement for one in call(["codeine"], patient).findings)


def test_a_patient_hears_whom_to_tell_and_no_dose_or_ranking() -> None:
    patient = make(age=72, drugs=("ibuprofen",), allergies=("penicillin",), genotypes=("CYP2C9 *1/*3",))
    result = call(["warfarin", "amoxicillin", "gabapentin"], patient, role="patient")
    assert result.outcome is Outcome.FOUND
    assert not result.tables
    for one in result.findings:
        assert "doctor" in one.statement
        assert one.action is Action.INFORM
        quoted = " ".join(evidence.quote for evidence in one.evidence)
        assert "mg" not in f"{one.statement} {quoted}"


def test_local_use_is_no_systemic_interaction() -> None:
    result = call(["ketoconazole shampoo", "simvastatin"], make(sex="male", age=50, complete=True))
    assert result.outcome is Outcome.NOT_COVERED
    assert call(["ketoconazole", "simvastatin"]).findings[0].action is Action.AVOID


def test_every_action_of_a_strictest_reading_says_that_it_is_one() -> None:
    result = call(["haloperidol", "methadone"])
    first = result.findings[0]
    assert "The strictest reading is shown" in first.statement
    assert "not settled" in first.certainty


def test_the_same_answer_in_every_process() -> None:
    program = "from tools.check_drugs import check_drugs; from tools.registry import Context;"
    program += (
        "r = check_drugs(['sertraline','Xarelto','aspirin','sotalol','haloperidol'], context=Context());"
    )
    program += "print(r.model_dump_json(exclude={'seconds'}))"
    made = [
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert made[0] == made[1] != ""


def test_the_schema_is_small() -> None:
    assert tools.check_drugs
    schema = _registered["check_drugs"].schema
    assert len(json.dumps(schema)) // 4 < 350
    assert _registered["check_drugs"].roles == ("clinician", "patient")


def test_twenty_drugs_are_checked_in_time() -> None:
    covered = sorted(knowledge().covered)
    names = [knowledge().drug(drug).name for drug in random.Random(1).sample(covered, 20)]
    call(names)
    times = sorted(_seconds(names) for _ in range(9))
    assert times[4] < 0.1  # five times the bar, on a machine that does other things


def _seconds(names: list[str]) -> float:
    started = time.perf_counter()
    call(names)
    return time.perf_counter() - started
