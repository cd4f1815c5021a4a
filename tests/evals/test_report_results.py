"""results.json: against its schema, the same bytes for the same seed, and honest about what was not scored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.report.figures import Figure, of_values
from evals.report.results import SCHEMA, Run, make, of_run, read, schema, stable, text, write
from evals.run.store import Asked, Manifest, Store
from evals.scoring.catalogue import METRICS
from tests.evals.report_doubles import RULES, SUITES, always, drug_answer, good, level_answer, write_run

MISS = METRICS["emergency_miss"]


def figures(results: object, suite: int = 0, subject: int = 0) -> dict[str, Figure]:
    return {one.metric: one for one in results.suites[suite].subjects[subject].figures}  # type: ignore[attr-defined]


def test_the_kept_schema_is_the_models_own_and_results_fit_it(tmp_path: Path) -> None:
    from jsonschema import Draft202012Validator

    kept = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert kept == schema(), "write evals/report/results.schema.json again from schema()"
    Draft202012Validator.check_schema(kept)
    results = make(write_run(tmp_path / "run"), SUITES)
    Draft202012Validator(kept).validate(json.loads(text(results)))
    assert read(write(results, tmp_path)) == results


def test_the_same_seed_gives_the_same_bytes_but_for_times(tmp_path: Path) -> None:
    one = make(write_run(tmp_path / "a"), SUITES)

    def slower(case: object) -> object:
        trace = good(case)  # type: ignore[arg-type]
        return trace.model_copy(
            update={"shown": tuple(s.model_copy(update={"seconds": 0.7}) for s in trace.shown)}
        )

    two = make(write_run(tmp_path / "b", slower), SUITES)  # type: ignore[arg-type]
    assert stable(one) == stable(two)
    assert text(one) != text(two)


def test_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text('{"version": 2}')
    with pytest.raises(ValueError, match="version 2"):
        read(tmp_path / "results.json")


def test_a_right_subject_beside_the_trivial_ones(tmp_path: Path) -> None:
    results = make(write_run(tmp_path / "run"), SUITES)
    suite = results.suites[0]
    assert [one.subject for one in suite.subjects] == [RULES, "trivial/emergency", "trivial/same_day"]
    own, lazy = figures(results), figures(results, subject=1)
    assert (own["emergency_miss"].value, lazy["emergency_miss"].value) == (0, 0)
    assert own["emergency_miss"].bound == pytest.approx(
        1 - 0.05 ** (1 / own["emergency_miss"].clusters), abs=1e-6
    )
    assert own["emergency_miss"].not_applicable > 0
    assert lazy["over"].value == pytest.approx(0.75, abs=0.05)
    assert suite.rankings["convention"][0] == RULES
    assert sum(map(sum, suite.subjects[0].levels.confusion)) == suite.n  # type: ignore[union-attr]
    assert not results.costliest
    assert results.reviewed_by == ""


def test_copies_share_their_cluster(tmp_path: Path) -> None:
    found = figures(make(write_run(tmp_path / "run"), SUITES))["within"]
    assert (found.n, found.clusters, found.method) == (48, 40, "Wilson over clusters")


def test_errors_count_as_failures_and_are_listed(tmp_path: Path) -> None:
    run = write_run(
        tmp_path / "run", lambda one: good(one).model_copy(update={"error": "ValueError: x", "shown": ()})
    )
    results = make(run, SUITES)
    own = results.suites[0].subjects[0]
    assert len(own.errors) == own.traces == 48
    found = figures(results)
    assert (found["within"].value, found["emergency_miss"].value, found["under"].value) == (0, 1, 1)
    assert found["text_agreement"].not_applicable == 48
    assert len(results.costliest) == 20
    assert results.costliest[0].cost >= 12


def test_an_empty_suite_and_one_that_was_not_run(tmp_path: Path) -> None:
    store = Store(tmp_path / "run")
    asked = (
        Asked(suite="triage", n=5, seed=7, not_run="needs shared/data/x"),
        Asked(suite="medsafety", n=0, seed=7),
    )
    store.begin(
        Manifest(profile="smoke", subject=RULES, seed=7, suites=(*asked, Asked(suite="unheard", n=1, seed=7)))
    )
    store.cases([])
    store.close()
    results = make(tmp_path / "run", SUITES)
    assert [one.not_run for one in results.suites] == [
        "needs shared/data/x",
        "",
        "this checkout does not know the suite",
    ]
    assert results.suites[1].subjects == ()


def test_operators_tags_strata_and_weights_are_told(tmp_path: Path) -> None:
    def worse_when_perturbed(one: object) -> object:
        return (
            level_answer(one, None if one.operators else one.gold.level)
            if one.suite == "triage"
            else good(one)
        )  # type: ignore[attr-defined,arg-type]

    results = make(write_run(tmp_path / "run", worse_when_perturbed, n=120), SUITES)  # type: ignore[arg-type]
    own = results.suites[0].subjects[0]
    names = {(group.kind, group.name) for group in own.groups}
    assert {("operator", "typos"), ("tag", "unseen wording"), ("stratum", "condition 3")} <= names
    assert own.deltas[0].value > 0.9
    weighted = {one.metric: one for one in own.weighted}
    assert weighted["within"].value is not None
    assert weighted["emergency_miss"].refused is (weighted["emergency_miss"].effective_n < 50)
    assert figures(results)["violation"].n == 24
    assert own.sureness[0].name == "no level told"
    assert own.risk_coverage[-1][0] == 1


def test_the_worst_case_stands_first_with_what_was_missed(tmp_path: Path) -> None:
    def one_bad(one: object) -> object:
        return drug_answer(one, False) if one.id == "d7-4" else good(one)  # type: ignore[attr-defined,arg-type]

    worst = make(write_run(tmp_path / "run", one_bad), SUITES).costliest  # type: ignore[arg-type]
    assert [one.case for one in worst] == ["d7-4"]
    assert "metformin" in worst[0].missed[0]


def test_times_stand_apart(tmp_path: Path) -> None:
    results = of_run(Run(write_run(tmp_path / "run"), SUITES))
    times = {(one.suite, one.subject): one for one in results.times.turns}
    assert times["medsafety", RULES].p95 == pytest.approx(0.1)
    assert len(times["triage", RULES].points) == 51
    assert "seconds" not in figures(results)


@settings(deadline=None)
@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=1, max_size=40), st.integers(1, 3))
def test_a_figure_holds_its_value_inside_its_interval(values: list[float], copies: int) -> None:
    keys = [str(n) for n in range(len(values))]
    found = of_values(MISS, values * copies, keys * copies)
    assert found.low is not None
    assert found.high is not None
    assert found.low - 1e-6 <= (found.value or 0) <= found.high + 1e-6
    assert found.unreliable == (len(values) < 30)
    assert (found.bound is not None) == (len(set(values)) == 1)


def test_nothing_scored_is_no_number() -> None:
    found = of_values(MISS, [], [], not_applicable=3, could_not=2)
    assert (found.value, found.low, found.n, found.not_applicable, found.could_not) == (None, None, 0, 3, 2)


def test_the_golden_table(tmp_path: Path) -> None:
    """Sixteen cases and four copies, counted by hand: always same_day misses every emergency, and is over for half."""
    results = make(write_run(tmp_path / "run", always("same_day"), n=16), SUITES)
    found = figures(results)
    # index 0, 5, 10, 15 have copies: self_care, routine, same_day, emergency, so 20 cases with 5 of each level
    assert [(found[name].hits, found[name].n) for name in ("emergency_miss", "within", "under", "over")] == [
        (5, 5), (10, 20), (0, 20), (10, 20),
    ]  # fmt: skip
    assert found["harm_cost"].value == pytest.approx((5 * 2 + 5 * 1 + 5 * 0 + 5 * 5) / 20)
    levels = results.suites[0].subjects[0].levels
    assert levels is not None
    assert levels.macro_recall.value == 0.25
    assert levels.kappa.value == 0
    assert levels.confusion == ((0, 0, 5, 0), (0, 0, 5, 0), (0, 0, 5, 0), (0, 0, 5, 0))
    assert levels.costs["steps only"].value == pytest.approx((10 + 5 + 0 + 5) / 20)
    assert levels.costs["misses doubled"].value == pytest.approx((10 + 5 + 0 + 50) / 20)
