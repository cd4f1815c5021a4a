"""The suites tools, vitals, triage, grounding and ops, and the table of all suites and profiles."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from evals.cases.case import Case
from evals.run.strain import STRAINS
from evals.run.trace import Called, Claimed, Shown, Trace
from evals.run.trouble import KINDS
from evals.suites import ops, profiles, registry, tools, triage, vitals
from tools.registry import tools as registered

EVALS = Path(registry.__file__).parent


def trace(case: Case, *shown: Shown) -> Trace:
    return Trace(case=case.id, subject="double", shown=shown)


def test_every_suite_file_is_in_the_table_and_every_profile_names_suites() -> None:
    held = registry.suites()
    beside = {"__init__", "suite", "registry", "profiles", "clusters", "behaviours"}
    files = {file.stem for file in EVALS.glob("*.py")} - beside
    assert files <= set(registry.MODULES)
    for name, profile in profiles.PROFILES.items():
        assert set(profile) <= set(held), name
    for suite in held.values():
        assert suite.headline in {metric.name for metric in suite.metrics}, suite.name
        assert len({metric.name for metric in suite.metrics}) == len(suite.metrics)
    with pytest.raises(registry.UnknownSuite, match="triage_held"):
        registry.suite("nothing")
    with pytest.raises(profiles.UnknownProfile, match="smoke, standard, full"):
        profiles.plan("huge", "rules", 1)


def test_a_suite_that_is_gone_is_told_and_gates_name_suites(monkeypatch: pytest.MonkeyPatch) -> None:
    from evals.report.gates import gates

    assert {name for gate in gates() for name in gate.suites} <= set(registry.suites())
    monkeypatch.setattr(registry, "MODULES", ("triage", "no_such_module"))
    registry.suites.cache_clear()
    try:
        with pytest.raises(ModuleNotFoundError, match="no_such_module"):
            registry.suites()
    finally:
        monkeypatch.undo()
        registry.suites.cache_clear()


def test_trivial_subjects_of_grounding_and_pgx_can_score() -> None:
    from evals.cases.case import Gold
    from evals.run.engine import here
    from evals.run.subjects import subject
    from evals.scoring.citations import support
    from evals.suites import pgx

    usual = next(name for name in pgx.SUITE.trivial if name.endswith("usual_genes"))
    made = [case for case in pgx.cases(64, 3) if case.gold.phenotypes]
    right = [
        score.value
        for case, trace in zip(made, here(made, subject(usual)), strict=True)
        for scorer in pgx.SUITE.scorers
        for score in scorer(case, trace)
        if score.metric == "phenotype_right"
    ]
    assert 0 < sum(one or 0 for one in right) < len(right)
    asked = made[0].model_copy(update={"gold": Gold(direction="no difference")})
    (told,) = here([asked], subject("trivial/says:There was no difference."))
    (direction,) = [one for one in support(asked, told) if one.metric == "direction_right"]
    assert direction.value == 1


def test_standard_is_as_large_as_the_gates_need() -> None:
    assert sum(profiles.STANDARD.values()) >= 1200
    emergencies = Counter(case.gold.level for case in triage.single(profiles.STANDARD["triage"], 3))
    assert emergencies["emergency"] >= 300
    assert 120 <= sum(profiles.SMOKE.values()) <= 220


@pytest.mark.parametrize(
    "suite", [tools.SUITE, vitals.SUITE, ops.SUITE, *triage.SUITES], ids=lambda one: one.name
)
def test_the_same_numbers_give_the_same_cases(suite: object) -> None:
    made = [case.model_dump_json() for case in suite.cases(30, 5)]  # type: ignore[attr-defined]
    again = [case.model_dump_json() for case in suite.cases(30, 5)]  # type: ignore[attr-defined]
    assert made == again
    assert len({Case.model_validate_json(line).id for line in made}) == len(made) >= 24


def test_the_forms_of_triage_are_the_same_patients_under_other_names() -> None:
    single, forced, talk = (list(made(12, 4)) for made in (triage.single, triage.forced, triage.talk))
    assert [case.gold for case in single] == [case.gold for case in forced]
    assert [case.latent for case in single] == [case.latent for case in forced]
    assert {case.presented.form for case in forced} == {"forced"}
    assert {case.presented.form for case in talk} == {"interactive"}
    assert not {case.id for case in single} & {case.id for case in forced} & {case.id for case in talk}
    assert all(case.presented.id == case.id for case in (*forced, *talk))


def test_a_patient_is_one_cluster_in_every_form_and_held_patients_are_others() -> None:
    single = list(triage.single(12, 4))
    for form in (triage.forced, triage.talk, triage.chart):
        made = list(form(12, 4))
        assert [case.base_id for case in made] == [case.id for case in single], form.__name__
        assert [case.latent.person for case in made] == [case.latent.person for case in single]
        assert not {case.id for case in made} & {case.id for case in single}
    held, talks = list(triage.held(12, 4)), list(triage.talk_held(12, 4))
    assert [case.base_id for case in talks] == [case.id for case in held]
    assert not any(one.latent == other.latent for one, other in zip(held, single, strict=True))
    assert all("held out" in case.tags for case in (*held, *talks))


def test_questions_over_every_tool_in_many_wordings() -> None:
    held = tools.single()
    assert len(held) >= 80
    assert {one.calls[0].tool for one in held} == set(registered()) == set(tools.EVERY)
    assert len({(one.text, one.chart) for one in held}) == len(held)
    wordings = sum(len(group["texts"]) for group in tools._held()["groups"])
    assert wordings >= 80


def test_a_run_of_tools_meets_every_tool_each_way_of_breaking_and_what_is_outside() -> None:
    made = list(tools.cases(120, 2))
    assert {call.tool for case in made for call in case.gold.calls} == set(tools.EVERY)
    kinds = {case.presented.trouble.partition(":")[2] for case in made} - {""}
    assert kinds == set(KINDS) == set(tools.ENDS)
    assert Counter("outside" in case.tags for case in made)[True] == 12
    assert all(case.gold.because for case in made)


def test_a_failure_that_is_not_told_or_leant_on_is_seen() -> None:
    case = next(one for one in tools.cases(40, 2) if one.presented.trouble.endswith(":exception"))
    tool = case.gold.calls[0].tool
    called = Called(tool=tool)
    told = Shown(text="x", calls=(called,), not_answered=(f"{tool}: failed; its part is missing",))
    (score,) = tools.failure(case, trace(case, told))
    assert score.value == 1
    (score,) = tools.failure(case, trace(case, Shown(text="x", calls=(called,))))
    assert score.value == 0
    leans = told.model_copy(update={"claims": (Claimed(text="all is well", tool=tool),)})
    (score,) = tools.failure(case, trace(case, leans))
    assert score.value == 0
    (score,) = tools.failure(case, trace(case, Shown(text="x")))
    assert score.state == "not_applicable"
    (score,) = tools.failure(case, trace(case).model_copy(update={"error": "it broke"}))
    assert score.value == 0


def test_claims_to_a_question_outside_are_seen() -> None:
    made = list(tools.cases(40, 2))
    far = next(one for one in made if "outside" in one.tags)
    (score,) = tools.outside(far, trace(far, Shown(text="x", claims=(Claimed(text="Buy the red one."),))))
    assert score.value == 1
    (score,) = tools.outside(far, trace(far, Shown(text="Nothing here can be stated.")))
    assert score.value == 0
    near = next(one for one in made if "outside" not in one.tags)
    (score,) = tools.outside(near, trace(near, Shown(text="x")))
    assert score.state == "not_applicable"


@pytest.mark.parametrize(
    ("signs", "oxygen", "alert", "summed", "three"),
    [
        ({"rr": 16, "spo2": 97, "sbp": 120, "pulse": 70, "temperature": 36.8}, False, True, 0, False),
        ({"rr": 8, "spo2": 91, "sbp": 90, "pulse": 40, "temperature": 35.0}, True, False, 20, True),
        ({"rr": 9, "spo2": 92, "sbp": 91, "pulse": 41, "temperature": 35.1}, False, True, 7, False),
        ({"rr": 25, "spo2": 96, "sbp": 220, "pulse": 131, "temperature": 39.1}, False, True, 11, True),
        ({"rr": 24, "spo2": 95, "sbp": 110, "pulse": 110, "temperature": 38.1}, False, True, 6, False),
    ],
    ids=["well", "worst", "lower edges", "upper edges", "inner edges"],
)
def test_points_at_the_edges_of_the_published_bands(
    signs: dict[str, float], oxygen: bool, alert: bool, summed: int, three: bool
) -> None:
    assert vitals.total(signs, oxygen=oxygen, alert=alert) == (summed, three)


def test_the_response_follows_the_score() -> None:
    made = list(vitals.cases(120, 9))
    for case in made:
        summed = case.gold.values[0].value
        assert (case.gold.level == "emergency") == (summed >= 7)
        assert case.gold.level is not None or summed < 5
        assert case.latent.more["news2"] == f"{summed:g}"
    assert {case.gold.level for case in made} == {None, "same_day", "emergency"}


def test_ops_copies_share_their_base_and_differ_only_in_the_strain() -> None:
    made = list(ops.cases(40, 6))
    bases = {case.id: case for case in made if not case.operators}
    assert Counter(case.operators for case in made)[("again",)] == len(bases)
    assert {case.presented.trouble for case in made} == {"", *STRAINS}
    for case in made:
        base = bases[case.base_id]
        assert case.presented.turns == base.presented.turns
        assert case.gold == base.gold
    assert {case.presented.role for case in made} == {"patient", "clinician"}


def test_same_bytes_leaves_out_times_and_the_harness_and_nothing_else() -> None:
    base, again = list(ops.cases(6, 6))[:2]
    first = Shown(text="x", seconds=1.0, calls=(Called(tool="calculate", outcome="found", seconds=0.1),))
    later = first.model_copy(
        update={
            "seconds": 2.0,
            "calls": (*first.calls, Called(tool="harness:replay", outcome="differs", note="one line")),
        }
    )
    (score,) = ops.same(base, trace(base, first), again, trace(again, later))
    assert score.value == 1
    other = first.model_copy(update={"text": "y"})
    (score,) = ops.same(base, trace(base, first), again, trace(again, other))
    assert score.value == 0
    crashed = trace(again).model_copy(update={"error": "it broke"})
    (score,) = ops.same(base, trace(base, first), again, crashed)
    assert score.value == 0
    replayed, crowd = ops.strained(again, trace(again, later))
    assert (replayed.metric, replayed.value) == ("replayed_same", 0)
    assert crowd.state == "not_applicable"


def test_a_crash_before_the_strain_fails_what_was_asked_of_the_case_alone() -> None:
    for case in ops.cases(6, 6):
        found = ops.strained(case, trace(case).model_copy(update={"error": "it broke"}))
        assert [one.value for one in found] == [
            0.0 if case.presented.trouble == strain else None for strain in STRAINS
        ]


def test_grounding_asks_on_agreed_labels_of_papers_on_the_shelf(shared: Path) -> None:
    if not (shared / "evidence_inference").is_dir():
        pytest.skip("evidence_inference is not on this machine")
    from evals.run import papers
    from evals.suites import grounding

    made = list(grounding.cases(40, 3))
    shelf = {document.source.pmid for document in papers.papers()}
    assert len(papers.papers()) == papers.ARTICLES
    assert len(made) == 40
    assert {case.gold.direction for case in made} == {"increased", "decreased", "no difference"}
    assert all(case.gold.sources[0].removeprefix("pmid:") in shelf for case in made)
    assert {case.presented.trouble for case in made} == {papers.SHELF}
    from evals.run.engine import here
    from evals.run.subjects import subject

    found = here(made[:10], subject("trivial/bm25"))
    assert all(one.shown[0].claims for one in found)
