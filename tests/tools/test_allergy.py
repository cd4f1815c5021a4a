"""Allergies: the kind of reaction, the nearest match, side chains; more told is never laxer."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.evidence import Action
from tests.tools.treatment_patients import make
from tools.treatment.allergy import FiredAllergy, Match, Reaction, reaction
from tools.treatment.check import check
from tools.treatment.findings import findings
from tools.treatment.load import knowledge
from tools.treatment.predicates import Level


def met(allergy: str | tuple[str, ...], drug: str) -> list[FiredAllergy]:
    entries = (allergy,) if isinstance(allergy, str) else allergy
    patient = make(sex="male", allergies=entries, complete=True)
    return list(check([drug], patient, guidelines=False).allergies)


def strictest(allergy: str | tuple[str, ...], drug: str) -> Level:
    return max((one.level for one in met(allergy, drug)), key=lambda one: one.rank, default=Level.NONE)


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ("penicillin (anaphylaxis)", Reaction.IMMEDIATE),
        ("penicillin: hives ten years ago", Reaction.IMMEDIATE),
        ("aspirin - asthma attack", Reaction.IMMEDIATE),
        ("carbamazepine (SJS)", Reaction.SEVERE_DELAYED),
        ("allopurinol, DRESS syndrome", Reaction.SEVERE_DELAYED),
        ("phenytoin: TEN", Reaction.SEVERE_DELAYED),
        ("amoxicillin (anaphylaxis, later Stevens-Johnson syndrome)", Reaction.SEVERE_DELAYED),
        ("codeine (nausea)", Reaction.INTOLERANCE),
        ("lisinopril - cough", Reaction.INTOLERANCE),
        ("penicillin (vomiting, no anaphylaxis)", Reaction.INTOLERANCE),
        ("penicillin", Reaction.UNKNOWN),
        ("penicillin (rash)", Reaction.UNKNOWN),
        ("amoxicillin (rash and diarrhoea)", Reaction.UNKNOWN),
    ],
)
def test_the_kind_of_reaction_is_read(entry: str, kind: Reaction) -> None:
    assert reaction(entry) is kind


@pytest.mark.parametrize(
    ("entry", "refs"),
    [
        ("anaphylaxis to penicillin", {"class:penicillin"}),
        ("allergic to amoxicillin, rash as a child", {"drug:amoxicillin"}),
        ("penicillin, sulfa", {"class:penicillin", "class:sulfonamide_antibiotic"}),
        ("NSAIDs and codeine (hives)", {"class:nsaid", "drug:codeine"}),
        ("co-amoxiclav", {"drug:amoxicillin", "drug:clavulanic_acid"}),
    ],
)
def test_what_an_entry_names(entry: str, refs: set[str]) -> None:
    patient = make(sex="male", allergies=(entry,))
    [allergy] = check(["warfarin"], patient, guidelines=False).frame.allergies
    assert allergy.refs >= refs


@pytest.mark.parametrize(
    ("allergy", "drug", "match", "group"),
    [
        ("amoxicillin", "amoxicillin", Match.DRUG, None),
        ("amoxicillin", "co-amoxiclav", Match.INGREDIENT, None),
        ("co-amoxiclav", "amoxicillin", Match.INGREDIENT, None),
        ("amoxicillin", "cefadroxil", Match.GROUP, "side_chain_amoxicillin"),
        ("penicillin", "amoxicillin", Match.CLASS, "penicillin"),
    ],
)
def test_the_nearest_match_is_told(allergy: str, drug: str, match: Match, group: str | None) -> None:
    one = next(one for one in met(allergy, drug) if one.taken.drug != "clavulanic_acid")
    assert (one.match, one.shared.id if one.shared else None) == (match, group)


@pytest.mark.parametrize(
    ("allergy", "drug", "expected"),
    [
        # one side chain
        ("amoxicillin (hives)", "cefprozil", Level.AVOID),
        ("ampicillin (hives)", "cefalexin", Level.AVOID),
        ("cefaclor (hives)", "ampicillin", Level.AVOID),
        ("ceftriaxone (anaphylaxis)", "cefepime", Level.AVOID),
        ("ceftriaxone (anaphylaxis)", "cefotaxime", Level.AVOID),
        ("ceftazidime (anaphylaxis)", "aztreonam", Level.AVOID),
        # a similar one
        ("amoxicillin (hives)", "cefalexin", Level.CHANGE),
        ("ceftriaxone (hives)", "cefuroxime", Level.CHANGE),
        ("amoxicillin (hives)", "ampicillin", Level.CHANGE),
        # another one: watched, not avoided
        ("amoxicillin (hives)", "cefazolin", Level.MONITOR),
        ("amoxicillin (hives)", "ceftriaxone", Level.MONITOR),
        ("cefalexin (hives)", "ceftriaxone", Level.MONITOR),
        ("penicillin (hives)", "meropenem", Level.MONITOR),
        ("amoxicillin (hives)", "aztreonam", Level.NONE),
        ("ceftriaxone (hives)", "aztreonam", Level.NONE),
        # a class does not tell which member it was: changed at most
        ("penicillin (hives)", "cefadroxil", Level.CHANGE),
        ("cephalosporins (hives)", "aztreonam", Level.CHANGE),
        # severe delayed reactions reach all of the kind
        ("amoxicillin (SJS)", "cefazolin", Level.AVOID),
        ("amoxicillin (SJS)", "meropenem", Level.AVOID),
        ("ceftriaxone (DRESS)", "cefazolin", Level.AVOID),
        ("amoxicillin (SJS)", "aztreonam", Level.NONE),
        ("phenytoin (DRESS)", "carbamazepine", Level.AVOID),
        ("gentamicin (hives)", "tobramycin", Level.AVOID),
        ("gentamicin (nausea)", "tobramycin", Level.NONE),
        ("heparin (HIT)", "enoxaparin", Level.AVOID),
        ("heparins", "fondaparinux", Level.NONE),
        ("phenytoin (hives)", "carbamazepine", Level.CHANGE),
        # other groups
        ("sulfa (hives)", "co-trimoxazole", Level.AVOID),
        ("sulfa (hives)", "hydrochlorothiazide", Level.NOTE),
        ("sulfa (hives)", "trimethoprim", Level.NONE),
        ("ibuprofen (hives)", "naproxen", Level.AVOID),
        ("ibuprofen (hives)", "celecoxib", Level.MONITOR),
        ("ibuprofen (hives)", "acetaminophen", Level.NONE),
        ("levofloxacin (hives)", "ciprofloxacin", Level.AVOID),
        ("azithromycin (hives)", "clarithromycin", Level.AVOID),
        ("lisinopril (angioedema)", "ramipril", Level.AVOID),
        ("lisinopril (angioedema)", "losartan", Level.NONE),
        ("sitagliptin (angioedema)", "linagliptin", Level.MONITOR),
        ("liraglutide (angioedema)", "dulaglutide", Level.MONITOR),
        ("vancomycin (hives)", "oritavancin", Level.MONITOR),
        ("amitriptyline (hives)", "carbamazepine", Level.CHANGE),
        ("morphine (anaphylaxis)", "codeine", Level.MONITOR),
        ("morphine (anaphylaxis)", "fentanyl", Level.NONE),
        # an intolerance is no allergy
        ("amoxicillin (nausea)", "cefadroxil", Level.NONE),
        ("amoxicillin (nausea)", "amoxicillin", Level.MONITOR),
        ("lisinopril (cough)", "ramipril", Level.NONE),
    ],
)
def test_groups(allergy: str, drug: str, expected: Level) -> None:
    assert strictest(allergy, drug) is expected


def test_an_unknown_kind_counts_as_immediate_is_asked_and_says_what_it_could_mean() -> None:
    patient = make(sex="male", allergies=("amoxicillin",), complete=True)
    checked = check(["cefazolin"], patient, guidelines=False)
    [one] = checked.allergies
    assert one.level is strictest("amoxicillin (hives)", "cefazolin")
    assert "the kind of reaction to amoxicillin" in checked.missing
    [said] = [found.statement for found in findings(checked) if "amoxicillin" in found.statement]
    assert "counts as immediate" in said
    assert "After a severe delayed reaction it would be: avoid." in said
    told = check(["cefazolin"], make(sex="male", allergies=("amoxicillin (hives)",)), guidelines=False)
    assert not [ask for ask in told.missing if "kind of reaction" in ask]


def test_a_class_without_its_member_asks_which_it_was() -> None:
    patient = make(sex="male", allergies=("penicillin (hives)",), complete=True)
    checked = check(["cefadroxil"], patient, guidelines=False)
    [said] = [found for found in findings(checked) if "penicillin (hives)" in found.statement]
    assert "Which penicillin it was is not told: ask." in said.statement
    assert said.action is Action.CHANGE


def test_the_finding_carries_the_fact_of_the_group() -> None:
    patient = make(sex="male", allergies=("ceftazidime (anaphylaxis)",), complete=True)
    [said] = findings(check(["aztreonam"], patient, guidelines=False))
    group = knowledge().classes["side_chain_ceftazidime"]
    assert group.fact.statement in {one.quote for one in said.evidence}
    assert said.certainty == group.fact.certainty


def test_aspirin_exacerbated_respiratory_disease() -> None:
    patient = make(sex="male", age=40, problems=("Samter's triad",), complete=True)
    checked = check(["naproxen", "celecoxib", "meloxicam"], patient, guidelines=False)
    shown = {one.taken.drug: one.level for one in checked.rules if one.rule.id.startswith("allergy.")}
    assert shown == {"naproxen": Level.AVOID, "celecoxib": Level.MONITOR, "meloxicam": Level.CHANGE}


GROUPS = [one for one in knowledge().classes.values() if one.cross_reactive or one.severe_delayed]
ALLERGENS = sorted({drug for one in GROUPS for drug in one.members})
KINDS = ("", " (hives)", " (SJS)", " (nausea)")


def test_there_are_twenty_groups_with_their_sources() -> None:
    assert len(GROUPS) >= 20
    assert all(one.fact.checked for one in GROUPS)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(ALLERGENS),
    st.lists(st.tuples(st.sampled_from(ALLERGENS), st.sampled_from(KINDS)), max_size=3),
    st.tuples(st.sampled_from(ALLERGENS), st.sampled_from(KINDS)),
)
def test_one_more_allergy_is_stricter_never_laxer(
    drug: str, known: list[tuple[str, str]], more: tuple[str, str]
) -> None:
    name = knowledge().drug(drug).name
    entries = tuple(knowledge().drug(one).name + kind for one, kind in known)
    added = (*entries, knowledge().drug(more[0]).name + more[1])
    assert strictest(added, name).rank >= strictest(entries, name).rank


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ALLERGENS), st.sampled_from(ALLERGENS))
def test_kinds_stand_in_order(allergen: str, drug: str) -> None:
    """Intolerance is never stricter than an immediate reaction, nor that than a severe delayed one; unknown is as
    immediate."""
    one, other = knowledge().drug(allergen).name, knowledge().drug(drug).name
    by_kind = [strictest(f"{one} ({kind})", other).rank for kind in ("nausea", "hives", "SJS")]
    assert by_kind == sorted(by_kind)
    assert strictest(one, other).rank == by_kind[1]


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(ALLERGENS))
def test_the_drug_itself_is_always_avoided(drug: str) -> None:
    name = knowledge().drug(drug).name
    assert strictest(name, name) is Level.AVOID
    assert strictest(f"{name} (anaphylaxis)", name) is Level.AVOID
