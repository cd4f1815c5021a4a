"""Options of one patient: state, reasons, scores and order, on made indications with the shipped drug rules."""

from __future__ import annotations

import time
from typing import Any

import pytest

from retrieval.evidence import Action
from retrieval.patient import Patient
from tests.tools.treatment_made import DAY, entry, fact, indication
from tests.tools.treatment_patients import listed, make
from tools.treatment.indications import Indication
from tools.treatment.load import Knowledge, knowledge
from tools.treatment.option_checks import option_problems
from tools.treatment.options import Considered, Option, State, consider, indication_named, indications_like
from tools.treatment.predicates import Level

METFORMIN = entry("metformin", ["drug:metformin"])
WALKING = entry("walking")
BOTH = indication(METFORMIN, WALKING)


def of(given: Indication, patient: Patient, **more: Any) -> Considered:
    return consider(given, patient, today=DAY, **more)


def the(name: str, considered: Considered) -> Option:
    return next(one for one in considered.options if one.entry.id == f"made.{name}")


def only(given: Any, patient: Patient) -> Option:
    return of(indication(given), patient).options[0]


@pytest.mark.parametrize(
    ("egfr", "state", "lift"),
    [
        (38, State.EXCLUDED, "eGFR 38 mL/min/1.73 m²; from 45"),
        (29, State.EXCLUDED, "eGFR 29 mL/min/1.73 m²; from 45"),
        (45, State.OPEN, ""),
        (None, State.UNDECIDED, ""),
    ],
)
def test_metformin_is_tried_as_a_new_start(egfr: float | None, state: State, lift: str) -> None:
    labs = {} if egfr is None else {"eGFR": egfr}
    one = only(METFORMIN, make(age=60, sex="male", complete=True, **labs))
    assert one.state is state
    assert [hit.would_lift for hit in one.hits if hit.kind == "kidney"] == (
        [lift] if state is not State.OPEN else []
    )
    if egfr is None:
        assert any("eGFR" in ask for ask in one.missing)
        assert (one.layer, one.rank, one.first_share) == (1, None, None)


def test_an_excluded_option_stays_visible_with_rule_value_and_source() -> None:
    considered = of(BOTH, make(eGFR=38, complete=True))
    assert [one.state for one in considered.options] == [State.OPEN, State.EXCLUDED]
    [finding] = the("metformin", considered).against
    assert "eGFR 38" in finding.statement
    assert finding.action is Action.AVOID
    assert finding.evidence[0].source.id == "fact:treatment:rule:renal.metformin"


def test_an_allergy_takes_the_option_away() -> None:
    amoxicillin = entry("amoxicillin", ["drug:amoxicillin"])
    assert only(amoxicillin, make(complete=True)).state is State.OPEN
    gone = only(amoxicillin, make(allergies=("penicillin",), complete=True))
    assert gone.state is State.EXCLUDED
    assert gone.hits[0].kind == "allergy"
    assert any("kind of reaction" in ask for ask in gone.missing)


def test_a_current_drug_excludes_and_its_absence_would_lift_it() -> None:
    one = only(entry("warfarin", ["drug:warfarin"]), make(age=72, drugs=("ibuprofen",), complete=True))
    assert one.state is State.EXCLUDED
    assert one.hits[0].would_lift == "age 72 years; up to 65 / without ibuprofen"


def test_a_part_is_open_if_one_of_its_drugs_is_and_names_it() -> None:
    one = only(
        entry("lipid_lowering", ["drug:simvastatin", "drug:rosuvastatin"]),
        make(age=60, sex="male", drugs=("clarithromycin",), CrCl=80, complete=True),
    )
    assert one.state is State.OPEN
    states = {choice.drug: choice.state for choice in one.choices}
    assert states["simvastatin"] is State.EXCLUDED
    assert states["rosuvastatin"] is State.OPEN
    assert [choice.drug for choice in one.best] == ["rosuvastatin"]


def test_a_combination_is_as_open_as_its_worst_part() -> None:
    pair = entry("pair", ["drug:metformin"], ["drug:sitagliptin"])
    assert only(pair, make(age=60, sex="male", eGFR=38, complete=True)).state is State.EXCLUDED


def test_drugs_of_one_regimen_are_checked_against_each_other() -> None:
    pair = entry("pair", ["drug:sertraline", "drug:mirtazapine"], ["drug:phenelzine"])
    one = only(pair, make(age=40, sex="male", complete=True))
    states = {choice.drug: choice.state for choice in one.choices}
    assert states["sertraline"] is State.EXCLUDED
    never = entry("never", ["drug:sertraline"], ["drug:phenelzine"])
    assert only(never, make(age=40, sex="male", complete=True)).state is State.EXCLUDED


def test_one_part_protects_from_what_the_other_does() -> None:
    patient = make(age=72, drugs=("warfarin",), complete=True)
    alone = only(entry("nsaid", ["drug:naproxen"]), patient)
    covered = only(entry("covered", ["drug:naproxen"], ["drug:omeprazole"]), patient)
    assert alone.state is State.EXCLUDED
    levels = {
        hit.level
        for hit in covered.hits
        if "warfarin" in hit.finding.names and "naproxen" in hit.finding.names
    }
    assert Level.AVOID not in levels


def test_the_indication_is_presumed_and_said_to_be() -> None:
    apixaban = entry("apixaban", ["drug:apixaban"])
    asked = indication(apixaban, condition=["atrial_fibrillation"])
    one = of(asked, make(age=82, weight=55, creatinine=1.0, sex="male", complete=True)).options[0]
    assert "2.5 mg" in one.adjust[0].statement
    assert "presumed by the question" in one.adjust[0].statement
    bare = of(
        indication(apixaban), make(age=82, weight=55, creatinine=1.0, sex="male", complete=True)
    ).options[0]
    assert not bare.adjust


def test_a_population_that_is_false_is_not_meant_and_one_unknown_asks() -> None:
    grown = entry("grown", ["drug:metformin"], population={"age": {"ge": 18}})
    child = only(grown, make(age=9, eGFR=90, complete=True))
    assert child.state is State.NOT_MEANT
    assert "age 9 years" in child.against[0].statement
    unknown = only(grown, make(eGFR=90, complete=True))
    assert unknown.state is State.UNDECIDED
    assert any("age" in ask for ask in unknown.missing)
    whole = of(indication(METFORMIN, population={"age": {"ge": 18}}), make(age=9, eGFR=90, complete=True))
    assert [one.state for one in whole.options] == [State.NOT_MEANT]


def test_own_cases_hold_in_this_indication_only() -> None:
    case = {"when": {"potassium": {"gt": 5}}, "action": "avoid", "advice": "Not with a potassium above 5."}
    one = only(
        entry("spironolactone", ["drug:spironolactone"], cases=[case]), make(potassium=5.4, complete=True)
    )
    assert one.state is State.EXCLUDED
    hit = next(hit for hit in one.hits if hit.kind == "option")
    assert hit.would_lift == "potassium 5.4 mmol/L; up to 5"
    rest = {"when": {"has_condition": "heart_failure"}, "action": "avoid", "advice": "Not in heart failure."}
    assert only(entry("rest", cases=[rest]), make(problems=("heart failure",))).state is State.EXCLUDED
    assert only(entry("rest", cases=[rest]), make()).state is State.UNDECIDED


def test_scores_lose_a_point_for_each_change_and_win_one_for_each_preference() -> None:
    prefer = {
        "when": {"has_condition": "heart_failure"},
        "criterion": "efficacy",
        "advice": "Preferred in heart failure.",
        "fact": fact(),
    }
    warfarin = entry("warfarin", ["drug:warfarin"], prefer=[prefer])
    patient = make(age=50, sex="male", drugs=("ibuprofen",), problems=("heart failure",), complete=True)
    one = only(warfarin, patient)
    changes = sum(hit.level is Level.CHANGE for hit in one.hits)
    assert changes >= 1
    assert one.scores == {"efficacy": 4, "safety": max(1, 3 - changes), "burden": 3, "cost": 3}
    assert one.base_scores == {"efficacy": 3, "safety": 3, "burden": 3, "cost": 3}
    assert len(one.adjust) == changes
    assert any("A point more for efficacy" in finding.statement for finding in one.for_)
    unknown = only(warfarin, make(age=50, sex="male"))
    assert unknown.scores["efficacy"] == 3
    assert any("heart failure" in ask for ask in unknown.missing)


def test_what_has_no_score_gets_none() -> None:
    one = only(entry("unscored", scores={"efficacy": 5}), make())
    assert one.scores == {"efficacy": 5}


def test_order_by_layer_line_strength_and_sum() -> None:
    high, low = (
        {"efficacy": 5, "safety": 5, "burden": 5, "cost": 5},
        {"efficacy": 1, "safety": 1, "burden": 1, "cost": 1},
    )
    given = indication(
        entry("dominated", scores=low),
        entry("second_line", scores=high, line=2),
        entry("weak", scores=high, strength="conditional"),
        entry("strong", scores=high),
        entry("mixed", scores={**high, "cost": 1}),
    )
    considered = of(given, make())
    assert [one.entry.name for one in considered.options] == [
        "strong",
        "weak",
        "second line",
        "mixed",
        "dominated",
    ]
    assert [one.layer for one in considered.options] == [1, 1, 1, 2, 3]
    assert [one.rank for one in considered.options] == [1, 2, 3, 4, 5]


def test_a_missing_score_is_left_out_of_both_and_is_of_no_use() -> None:
    """The sum is taken over what both have scored; without a score of efficacy an option stands behind."""
    full, bare = entry("full", scores={"efficacy": 4, "safety": 5}), entry("bare", scores={"efficacy": 4})
    assert [one.entry.name for one in of(indication(full, bare), make()).options] == ["bare", "full"]
    better = entry("better", scores={"efficacy": 5})
    assert of(indication(full, better), make()).options[0].entry.name == "better"
    mild = entry("a_mild", scores={"safety": 5})
    proven = entry("proven", scores={"efficacy": 3, "safety": 2})
    assert the("proven", of(indication(mild, proven), make())).rank == 1


def test_stability_names_no_clear_first_choice_where_weights_decide() -> None:
    effective = entry("effective", scores={"efficacy": 5, "safety": 2, "burden": 3, "cost": 3})
    mild = entry("mild", scores={"efficacy": 2, "safety": 5, "burden": 3, "cost": 3})
    considered = of(indication(effective, mild), make())
    shares = [one.first_share or 0 for one in considered.options]
    assert sum(shares) == pytest.approx(1)
    assert not considered.clear_first
    assert {(one.best_rank, one.worst_rank) for one in considered.options} == {(1, 2)}
    led = of(indication(effective, mild), make(), weights={"safety": 4})
    assert led.options[0].entry.name == "mild"
    assert led.clear_first


def test_weights_outside_their_range_are_refused() -> None:
    with pytest.raises(ValueError, match="weight of safety"):
        of(BOTH, make(), weights={"safety": 5})


def test_a_drug_that_is_taken_is_said_to_be_and_is_no_duplicate_of_itself() -> None:
    patient = make(age=60, sex="male", eGFR=80, drugs=("metformin 500 mg twice daily",), complete=True)
    one = only(METFORMIN, patient)
    assert one.already_taken
    assert one.state is State.OPEN
    assert not [hit for hit in one.hits if hit.kind == "duplicate"]
    assert any("already takes metformin" in finding.statement for finding in one.for_)
    mate = only(
        entry("ssri", ["drug:sertraline"]), make(age=40, sex="male", drugs=("citalopram",), complete=True)
    )
    assert [hit.level for hit in mate.hits if hit.kind == "duplicate"] == [Level.CHANGE]
    assert mate.state is not State.EXCLUDED
    assert not mate.already_taken


def test_to_go_on_is_not_to_begin() -> None:
    """At an eGFR of 38 metformin is not begun; where it is taken, benefit and risk are weighed again."""
    patient = make(age=60, sex="male", eGFR=38, drugs=("metformin",), complete=True)
    one = only(METFORMIN, patient)
    assert one.state is State.EXCLUDED
    [again] = one.adjust
    assert again.statement.startswith("As a drug already taken: Change: metformin")
    assert "reassess" in again.statement


def test_a_gene_result_reaches_the_option() -> None:
    one = only(entry("warfarin", ["drug:warfarin"]), make(age=60, genotypes=("CYP2C9 *1/*3",), complete=True))
    assert any(hit.kind == "gene" and hit.level is Level.CHANGE for hit in one.hits)


def test_sources_that_contradict_stand_side_by_side() -> None:
    one = of(
        indication(entry("nitrofurantoin", ["drug:nitrofurantoin"])), make(CrCl=45, sex="male", complete=True)
    )
    [conflict] = one.conflicts
    assert len({evidence.source.title for evidence in conflict.evidence}) == 2


def test_a_dose_that_is_still_to_choose_does_not_hold_the_option_up() -> None:
    """Ticagrelor with aspirin is to be avoided only above 100 mg of aspirin a day."""
    one = only(
        entry("aspirin", ["drug:aspirin"]), make(age=60, sex="male", drugs=("ticagrelor",), complete=True)
    )
    hit = next(hit for hit in one.hits if "ticagrelor" in hit.finding.names and hit.level is Level.AVOID)
    assert hit.asks == ("the daily dose of aspirin",)
    assert hit.state is State.OPEN
    assert hit.finding in one.against


def test_lists_that_nobody_called_complete_are_asked_once() -> None:
    asked = of(indication(entry("warfarin", ["drug:warfarin"]), METFORMIN), Patient()).missing
    assert len(asked) == len(set(asked))
    assert sum("allergy list" in one for one in asked) == 1
    assert sum("drug list" in one for one in asked) == 1


def test_names_that_were_not_read_and_drugs_without_rules_are_told() -> None:
    patient = Patient(drugs=listed(("mystery pill",), complete=True))
    notes = " ".join(of(indication(entry("siltuximab", ["drug:siltuximab"])), patient).notes)
    assert "mystery pill" in notes
    assert "No pair rule speaks of siltuximab" in notes


def test_the_build_check_refuses_a_side_that_an_option_has_not() -> None:
    case = {"when": {"takes": {"side": "it", "state": "new"}}, "action": "avoid", "advice": "Not begun."}
    measure = entry("measure", cases=[case])
    drug = entry("drug", ["drug:metformin"], cases=[case], population=case["when"])
    held = knowledge()
    made = Knowledge(
        citations=held.citations.values(),
        drugs=held.drugs.values(),
        classes=held.classes.values(),
        rules=held.rules.values(),
        pairs=held.pairs.values(),
        conditions=held.conditions.values(),
        indications=[indication(measure, drug, entry("third"), entry("fourth"))],
    )
    assert list(option_problems(made)) == [
        "made.measure: a case asks of it, which it has not",
        "made.drug: only a case can ask how its own drug is taken",
    ]


def test_an_old_indication_gets_a_banner() -> None:
    given = indication(WALKING, banner="The guideline is of 2011.")
    assert "The guideline is of 2011." in of(given, make()).notes
    later = consider(given, make(), today=DAY.replace(year=2028))
    assert any("more than 365 days" in one for one in later.notes)


def test_every_finding_is_carried_by_held_text() -> None:
    """A quote of a fact stands in the held text of its source."""
    held = knowledge()
    for given in held.indications.values():
        for one in of(given, make(age=70, sex="female", eGFR=40, drugs=("ibuprofen",))).options:
            for finding in (*one.for_, *one.against, *one.adjust, *one.monitoring):
                for evidence in finding.evidence:
                    text = held.text(evidence.source.id)
                    assert text is None or evidence.quote in text, evidence.source.id


@pytest.mark.skipif(not knowledge().indications, reason="no indication is written yet")
def test_an_indication_is_found_by_its_names() -> None:
    held = knowledge()
    for one in held.indications.values():
        for name in (one.name, one.id.replace("_", " "), *one.says):
            assert indication_named(name, held) is one, name
    assert indication_named("xyzzy", held) is None
    assert indications_like("xyzzy", held) == ()


def test_of_two_indications_that_a_text_names_it_is_asked_which(monkeypatch: pytest.MonkeyPatch) -> None:
    twins = [indication(WALKING, id=name, name=f"made {name}", says=[f"{name} x"]) for name in ("one", "two")]
    held = knowledge()
    monkeypatch.setattr(held, "indications", {one.id: one for one in twins})
    assert indication_named("made", held) is None
    assert indications_like("made", held) == ("made one", "made two")
    assert indication_named("the options of made two, please", held) is twins[1]


def test_twenty_current_drugs_are_tried_in_time() -> None:
    covered = sorted(knowledge().covered)[::9][:20]
    names = tuple(knowledge().drug(drug).name for drug in covered)
    patient = make(age=70, sex="female", weight=70, creatinine=1.2, drugs=names, complete=True)
    for given in knowledge().indications.values():
        of(given, patient)
        times = sorted(_seconds(given, patient) for _ in range(5))
        assert times[2] < 0.3, given.id  # three times the bar, on a machine that does other things


def _seconds(given: Indication, patient: Patient) -> float:
    started = time.perf_counter()
    of(given, patient)
    return time.perf_counter() - started
