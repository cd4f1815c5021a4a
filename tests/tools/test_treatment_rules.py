"""The two worked rules in every branch, and each kind of rule on single patients."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from evals.bench.treatment.contextual import digoxin, warfarin
from retrieval.patient import Patient
from tests.tools.treatment_patients import make
from tools.treatment.check import check
from tools.treatment.interactions import FiredPair
from tools.treatment.predicates import Allergic, Level, Phenotype, Sex
from tools.treatment.qt import tisdale
from tools.treatment.units import FrameError, crcl, egfr

TODAY = date(2026, 11, 22)


def fired(drugs: list[str], patient: Patient, rule: str) -> FiredPair:
    checked = check(drugs, patient, today=TODAY, guidelines=False)
    [one] = [one for pair in checked.pairs for one in pair.fired if one.rule.id == rule]
    return one


def level(drugs: list[str], patient: Patient, rule: str) -> Level:
    """The action of a single-drug rule; none if it does not fire."""
    checked = check(drugs, patient, today=TODAY, guidelines=False)
    return next((one.level for one in checked.rules if one.rule.id == rule), Level.NONE)


@pytest.mark.parametrize(
    ("topical", "protected", "old", "bled", "steroid", "second"),
    list(itertools.product((False, True), repeat=6)),
)
def test_warfarin_nsaid_every_branch(
    topical: bool, protected: bool, old: bool, bled: bool, steroid: bool, second: bool
) -> None:
    """Worked rule A of HL7: all 64 patients of whom everything is known, against the table in its order."""
    nsaid = "diclofenac gel" if topical else "diclofenac"
    others = [*(["omeprazole"] if protected else []), *(["eplerenone"] if steroid else [])]
    others += ["naproxen"] if second else []
    patient = make(
        age=66 if old else 65,
        problems=("Acute duodenal ulcer with hemorrhage",) if bled else (),
        drugs=tuple(others),
        complete=True,
    )
    checked = check(["warfarin", nsaid], patient, guidelines=False)
    shown = [
        one
        for pair in checked.pairs
        for one in pair.fired
        if one.rule.id == "warfarin-nsaid" and "diclofenac" in one.right.named
    ]
    expected = Level.CHANGE
    if old or bled or steroid or second:
        expected = Level.AVOID
    if protected:
        expected = Level.MONITOR
    if topical:
        expected = Level.NOTE
    assert [(one.level, one.verdict.certain) for one in shown] == [(expected, True)]


def test_each_pair_of_a_list_has_its_own_verdict() -> None:
    """Diclofenac on the skin stays a note beside a swallowed NSAID, and is no second NSAID for it."""
    patient = make(age=50, complete=True)
    checked = check(["warfarin", "diclofenac gel", "ibuprofen"], patient, guidelines=False)
    shown = {
        one.right.named: one.level
        for pair in checked.pairs
        for one in pair.fired
        if one.rule.id == "warfarin-nsaid"
    }
    assert shown == {"topical diclofenac": Level.NOTE, "ibuprofen": Level.CHANGE}
    other_way = check(["ibuprofen", "diclofenac gel", "warfarin"], patient, guidelines=False)
    assert {p.level for p in other_way.pairs if p.fired} == {Level.NOTE, Level.CHANGE}


def test_worked_rules_show_the_strictest_completion_of_their_tables() -> None:
    """The tables of the specification, completed by hand; all of it is measured by evals/bench/treatment."""
    for cases in (warfarin(), itertools.islice(digoxin(), 0, None, 11)):
        told = list(cases)
        assert len(told) > 250
        assert [shown for shown, _ in told] == [expected for _, expected in told]


def test_warfarin_nsaid_unknowns_show_the_strictest_and_ask() -> None:
    one = fired(["warfarin", "new: ibuprofen"], make(age=50), "warfarin-nsaid")
    assert one.level is Level.AVOID
    assert not one.verdict.certain
    assert set(one.verdict.reachable) == {Level.AVOID, Level.CHANGE, Level.MONITOR}
    assert any("drug list" in ask for ask in one.verdict.asks)


def test_a_list_that_is_not_complete_never_lowers_an_action() -> None:
    for drugs in (["warfarin", "ibuprofen"], ["citalopram", "haloperidol"], ["digoxin", "ciclosporin"]):
        whole = check(
            drugs, make(age=50, sex="male", complete=True, QTc=400, potassium=4.0), guidelines=False
        )
        part = check(drugs, make(age=50, sex="male", QTc=400, potassium=4.0), guidelines=False)
        for known, unknown in zip(whole.pairs, part.pairs, strict=True):
            assert unknown.level.rank >= known.level.rank


NORMAL = {"potassium": 4.0, "magnesium": 0.9, "calcium": 9.5, "creatinine": 0.9}


@pytest.mark.parametrize(
    ("drugs", "labs", "more", "expected"),
    [
        (["digoxin", "new: ciclosporin"], {"digoxin_level": 1.2}, (), Level.AVOID),
        (["digoxin", "new: ciclosporin"], {"digoxin_level": 0.7}, (), Level.CHANGE),
        (["digoxin", "ciclosporin"], {"digoxin_level": 1.2}, (), Level.CHANGE),
        (["digoxin", "ciclosporin"], {"digoxin_level": 0.7, **NORMAL}, (), Level.MONITOR),
        (["digoxin", "ciclosporin"], {"digoxin_level": 0.7, **NORMAL}, ("furosemide",), Level.CHANGE),
        (["digoxin", "ciclosporin"], {"digoxin_level": 0.7, **NORMAL}, ("spironolactone",), Level.CHANGE),
        (["digoxin", "ciclosporin"], {"digoxin_level": 0.7, **NORMAL, "potassium": 3.5}, (), Level.CHANGE),
        (["digoxin", "ciclosporin"], {"digoxin_level": 0.7, **NORMAL, "magnesium": 1.1}, (), Level.CHANGE),
        (["digoxin", "ciclosporin"], {"digoxin_level": 0.7, **NORMAL, "calcium": 10.2}, (), Level.CHANGE),
        (["digoxin", "ciclosporin"], {"digoxin_level": 0.7, **NORMAL, "creatinine": 1.2}, (), Level.CHANGE),
        (["new: digoxin", "ciclosporin"], {"digoxin_level": 0.7, **NORMAL}, (), Level.CHANGE),
        (["digoxin", "ciclosporin"], {"digoxin_level": 0.9, **NORMAL}, (), Level.CHANGE),
    ],
)
def test_digoxin_ciclosporin_every_branch(
    drugs: list[str], labs: dict[str, float], more: tuple[str, ...], expected: Level
) -> None:
    """Worked rule B of HL7; its bounds are strict, so potassium 3.5 is not normal."""
    chart = tuple(name.removeprefix("new: ") for name in drugs if not name.startswith("new:"))
    one = fired(drugs, make(complete=True, drugs=(*chart, *more), **labs), "digoxin-ciclosporin")
    assert (one.level, one.verdict.certain) == (expected, True)


def test_a_missing_lab_is_unknown_and_asked_not_abnormal() -> None:
    labs = {name: value for name, value in NORMAL.items() if name != "magnesium"}
    patient = make(complete=True, drugs=("digoxin", "ciclosporin"), digoxin_level=0.7, **labs)
    one = fired([], patient, "digoxin-ciclosporin")
    assert (one.level, one.verdict.certain) == (Level.CHANGE, False)
    assert one.verdict.asks == ("magnesium (mmol/L)",)
    assert one.verdict.reachable == (Level.CHANGE, Level.MONITOR)


def test_a_value_that_is_too_old_is_unknown_and_says_so() -> None:
    dates = {"digoxin level": "2026-09-01"}
    patient = make(complete=True, drugs=("digoxin", "ciclosporin"), digoxin_level=0.7, dates=dates, **NORMAL)
    one = fired([], patient, "digoxin-ciclosporin")
    assert not one.verdict.certain
    assert "last value 0.7 on 2026-09-01 is too old" in " ".join(one.verdict.asks)


def test_metformin_at_an_egfr_of_38() -> None:
    low = make(eGFR=38, complete=True)
    assert level(["new: metformin"], low, "renal.metformin") is Level.AVOID
    assert level(["continuing: metformin"], low, "renal.metformin") is Level.CHANGE
    assert level(["new: metformin"], make(eGFR=45, complete=True), "renal.metformin") is Level.NONE
    assert level(["continuing: metformin"], make(eGFR=29, complete=True), "renal.metformin") is Level.AVOID


def test_without_an_egfr_it_asks_and_never_passes() -> None:
    checked = check(["new: metformin"], make(sex="male", age=50), guidelines=False)
    [one] = checked.rules
    assert (one.level, one.verdict.certain) == (Level.AVOID, False)
    assert "eGFR" in checked.missing[0]


@pytest.mark.parametrize(
    ("drug", "rule", "values", "expected"),
    [
        ("apixaban", "renal.apixaban-af", {"age": 80, "weight": 60, "creatinine": 1.0}, Level.CHANGE),
        ("apixaban", "renal.apixaban-af", {"age": 79, "weight": 61, "creatinine": 1.6}, Level.NONE),
        ("apixaban", "renal.apixaban-af", {"age": 79, "weight": 60, "creatinine": 1.5}, Level.CHANGE),
        ("edoxaban", "renal.edoxaban-af", {"CrCl": 96}, Level.AVOID),
        ("edoxaban", "renal.edoxaban-af", {"CrCl": 95}, Level.NONE),
        ("edoxaban", "renal.edoxaban-af", {"CrCl": 50}, Level.CHANGE),
        ("rivaroxaban", "renal.rivaroxaban-af", {"CrCl": 50}, Level.CHANGE),
        ("rivaroxaban", "renal.rivaroxaban-af", {"CrCl": 51}, Level.NONE),
        ("rivaroxaban", "renal.rivaroxaban-af", {"CrCl": 14}, Level.AVOID),
        ("dabigatran", "renal.dabigatran-af", {"CrCl": 30}, Level.CHANGE),
        ("dabigatran", "renal.dabigatran-af", {"CrCl": 31}, Level.NONE),
        ("dabigatran", "renal.dabigatran-af", {"CrCl": 14}, Level.AVOID),
        ("enoxaparin", "renal.enoxaparin", {"CrCl": 29}, Level.CHANGE),
        ("gabapentin", "renal.gabapentin", {"CrCl": 60}, Level.NONE),
        ("pregabalin", "renal.pregabalin", {"CrCl": 59}, Level.CHANGE),
        ("nitrofurantoin", "renal.nitrofurantoin-label", {"CrCl": 45}, Level.AVOID),
        ("nitrofurantoin", "renal.nitrofurantoin-beers", {"CrCl": 45}, Level.MONITOR),
        ("nitrofurantoin", "renal.nitrofurantoin-beers", {"CrCl": 29}, Level.AVOID),
    ],
)
def test_kidney_rules_at_their_edges(drug: str, rule: str, values: dict[str, float], expected: Level) -> None:
    patient = make(problems=("atrial fibrillation",), complete=True, **values)
    assert level([drug], patient, rule) is expected


def test_a_clearance_is_never_replaced_by_an_egfr() -> None:
    checked = check(["gabapentin"], make(eGFR=20, complete=True), guidelines=False)
    one = next(one for one in checked.rules if one.rule.id == "renal.gabapentin")
    assert not one.verdict.certain
    assert "creatinine clearance" in one.verdict.asks[0]
    assert "weight" in one.verdict.asks[0]


def test_clearances_by_hand() -> None:
    """A man of 60 with 72 kg and creatinine 1.0: (140 - 60) · 72 / 72 = 80; CKD-EPI at κ: 142 · 0.9938^age."""
    assert crcl(1.0, 60, 72, female=False) == pytest.approx(80)
    assert crcl(1.0, 60, 72, female=True) == pytest.approx(68)
    assert egfr(0.9, 50, female=False) == pytest.approx(142 * 0.9938**50)
    assert egfr(0.7, 50, female=True) == pytest.approx(142 * 0.9938**50 * 1.012)


def test_units_are_read_and_impossible_values_refused() -> None:
    molar = make(age=60, sex="male", weight=72, creatinine=1.0)
    creatinine = molar.labs["creatinine"].model_copy(update={"value": 88.4, "unit": "µmol/L"})
    same = molar.model_copy(update={"labs": {"creatinine": creatinine}})
    values = [
        check(["gabapentin"], one, guidelines=False).frame.values["crcl"].number for one in (molar, same)
    ]
    assert values == [pytest.approx(80), pytest.approx(80)]
    for wrong in ({"creatinine": -1}, {"potassium": 0}, {"eGFR": float("nan")}, {"QTc": float("inf")}):
        with pytest.raises(FrameError):
            check(["warfarin"], make(**wrong), guidelines=False)


def test_pregnancy_is_never_inferred_and_never_passed() -> None:
    rule = "pregnancy.raas"
    assert level(["lisinopril"], make(sex="female", age=30, pregnant=True), rule) is Level.AVOID
    assert level(["lisinopril"], make(sex="female", age=30, pregnant=False), rule) is Level.NONE
    assert level(["lisinopril"], make(sex="female", age=30), rule) is Level.AVOID
    assert level(["lisinopril"], make(sex="female", age=70), rule) is Level.NONE
    assert level(["lisinopril"], make(sex="male"), rule) is Level.NONE


@pytest.mark.parametrize(
    ("allergy", "drug", "expected"),
    [
        ("amoxicillin", "amoxicillin", Level.AVOID),
        ("Penicillin", "co-amoxiclav", Level.AVOID),
        ("amoxicillin (anaphylaxis)", "ampicillin", Level.CHANGE),
        ("penicillin", "ceftriaxone", Level.MONITOR),
        ("amoxicillin (nausea)", "amoxicillin", Level.MONITOR),
        ("amoxicillin (nausea)", "ceftriaxone", Level.NONE),
        ("penicillin", "warfarin", Level.NONE),
        ("vancomycin", "dalbavancin", Level.MONITOR),
        ("NSAIDs", "naproxen", Level.AVOID),
    ],
)
def test_allergies(allergy: str, drug: str, expected: Level) -> None:
    checked = check([drug], make(allergies=(allergy,)), guidelines=False)
    assert (
        max((one.level for one in checked.allergies), key=lambda one: one.rank, default=Level.NONE)
        is expected
    )


def test_an_unknown_kind_of_reaction_is_asked_and_an_unknown_allergy_said() -> None:
    checked = check(["amoxicillin"], make(allergies=("penicillin", "blue cheese")), guidelines=False)
    assert "the kind of reaction to penicillin" in checked.missing
    assert any("blue cheese" in note for note in checked.notes)


@pytest.mark.parametrize(
    ("drugs", "expected"),
    [
        (["ibuprofen", "naproxen"], 1),
        (["Hyzaar", "losartan"], 1),
        (["aspirin", "ibuprofen"], 0),
        (["diclofenac gel", "ibuprofen"], 0),
        (["lisinopril", "amlodipine"], 0),
        (["apixaban", "warfarin"], 1),
    ],
)
def test_duplicates(drugs: list[str], expected: int) -> None:
    assert len(check(drugs, make(), guidelines=False).duplicates) == expected


@pytest.mark.parametrize(
    ("labs", "problems", "drugs", "expected"),
    [
        ({"QTc": 500}, (), (), Level.AVOID),
        ({"QTc": 499}, (), (), Level.CHANGE),
        ({"QTc": 449, "potassium": 3.5}, (), (), Level.CHANGE),
        ({"QTc": 449, "potassium": 3.6}, ("heart failure",), (), Level.CHANGE),
        ({"QTc": 449, "potassium": 3.6}, (), ("furosemide",), Level.CHANGE),
        ({"QTc": 449, "potassium": 3.6}, (), (), Level.MONITOR),
    ],
)
def test_two_qt_drugs(
    labs: dict[str, float],
    problems: tuple[str, ...],
    drugs: tuple[str, ...],
    expected: Level,
) -> None:
    patient = make(age=80, sex="female", problems=problems, drugs=drugs, complete=True, **labs)
    one = fired(["haloperidol", "methadone"], patient, "onc-21-qt-qt")
    assert (one.level, one.verdict.certain) == (expected, True)


def test_tisdale_by_hand() -> None:
    """A woman of 70 on two QT drugs and furosemide, K 3.4, QTc 460, heart failure: 6 + 1 + 1 + 1 + 2 + 2 + 3 = 16."""
    patient = make(
        age=70,
        sex="female",
        potassium=3.4,
        QTc=460,
        problems=("heart failure",),
        drugs=("furosemide",),
        complete=True,
    )
    score = tisdale(check(["haloperidol", "methadone"], patient, guidelines=False).frame)
    assert score is not None
    assert (score.low, score.high, score.band) == (16, 16, "high")
    everything = make(
        age=70,
        sex="female",
        potassium=3.0,
        QTc=500,
        problems=("sepsis", "heart failure", "acute myocardial infarction"),
        drugs=("furosemide",),
    )
    most = tisdale(check(["haloperidol", "methadone"], everything, guidelines=False).frame)
    assert most is not None
    assert most.low == most.high == 21
    bare = tisdale(check(["haloperidol"], make(), guidelines=False).frame)
    assert bare is not None
    assert (bare.low, bare.high, bare.band) == (3, 18, "low to high")
    assert tisdale(check(["warfarin"], make(), guidelines=False).frame) is None


def test_other_atoms_of_the_frame() -> None:
    told = check(["warfarin"], make(sex="female", allergies=("penicillin",), genotypes=("CYP2C9 *1/*3",)))
    frame = told.frame
    assert frame.answer(Allergic(("class:penicillin",)), {}).truth is True
    assert frame.answer(Allergic(("drug:warfarin",)), {}).truth is None
    assert frame.answer(Phenotype("CYP2C9", ("Intermediate Metabolizer",)), {}).truth is True
    assert frame.answer(Phenotype("CYP2C9", ("Poor Metabolizer",)), {}).truth is False
    assert frame.answer(Phenotype("CYP2D6", ("Poor Metabolizer",)), {}).truth is None
    assert [frame.answer(Sex(sex), {}).truth for sex in ("female", "male")] == [True, False]


def test_ticagrelor_and_the_dose_of_aspirin() -> None:
    rule = "label-ticagrelor-aspirin"
    assert fired(["Brilinta", "aspirin 325 mg daily"], make(), rule).level is Level.AVOID
    assert fired(["Brilinta", "aspirin 81 mg once daily"], make(), rule).level is Level.NOTE
    unsure = fired(["Brilinta", "aspirin"], make(), rule)
    assert (unsure.level, unsure.verdict.certain) == (Level.AVOID, False)


def test_conditions_are_read_as_written() -> None:
    rule = "condition.dabigatran-valve"
    assert level(["dabigatran"], make(problems=("mechanical mitral valve",)), rule) is Level.AVOID
    assert (
        level(["dabigatran"], make(problems=("African sleeping sickness",), complete=True), rule)
        is Level.NONE
    )
    denied = make(problems=("family history of stroke", "no epilepsy"), complete=True)
    assert level(["prasugrel"], denied, "condition.prasugrel-vorapaxar-stroke") is Level.NONE
    assert level(["dalfampridine"], denied, "condition.dalfampridine-seizure") is Level.NONE
