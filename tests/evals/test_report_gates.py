"""Gates, JUnit and compare: a lazy subject, a planted bug, other cases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from evals.cases.case import Case
from evals.cli import table
from evals.report import page
from evals.report.compare import LOST, SAME, NotComparable, compare
from evals.report.gates import Held, gates, hold, lost
from evals.report.junit import junit
from evals.report.marks import HELD_OUT
from evals.report.results import Run, of_run, text
from evals.run.store import Store, StoreError, manifest
from evals.run.trace import Trace
from tests.evals.report_doubles import (
    SUITES,
    always,
    drug_answer,
    good,
    level_answer,
    without_cases,
    write_run,
)


def run(folder: Path, answer: Callable[[Case], Trace] = good, **more: object) -> Run:
    return Run(write_run(folder, answer, **more), SUITES)  # type: ignore[arg-type]


def by_id(held: tuple[Held, ...]) -> dict[str, Held]:
    return {one.id: one for one in held}


def test_the_file_holds_the_gates_of_the_specification() -> None:
    held = {one.id: one for one in gates()}
    assert held["emergency-misses"].least["standard"] == 300
    assert held["emergency-misses"].bound["standard"] == 0.01
    assert held["selfcare-to-emergency"].bars == {"standard": 0.05, "full": 0.05}
    assert held["selfcare-to-emergency"].suites == ("triage",), "held wordings are held to no bar"
    assert held["errors"].bars["standard"] == 0.005
    assert held["seconds"].bars["smoke"] == 1.0
    assert len(held) == len(gates()) == 13


def test_a_right_subject_holds_every_gate_that_was_run(tmp_path: Path) -> None:
    held = hold(run(tmp_path / "run"))
    assert not lost(held)
    states = {name: one.state for name, one in by_id(held).items()}
    assert states["emergency-misses"] == states["same-bytes"] == states["invented-citations"] == "held"
    assert states["canary-shown"] == "not run"


def test_the_lazy_subject_loses_the_over_triage_gate(tmp_path: Path) -> None:
    held = by_id(hold(run(tmp_path / "run", always("emergency")), profile="standard"))
    assert held["selfcare-to-emergency"].state == "lost"
    assert held["selfcare-to-emergency"].value == 1


@pytest.mark.parametrize(("n", "state"), [(400, "lost"), (1200, "held")])
def test_zero_of_too_few_is_not_enough(tmp_path: Path, n: int, state: str) -> None:
    one = by_id(hold(run(tmp_path / "run", n=n, trivial=False), profile="standard"))["emergency-misses"]
    assert one.state == state
    assert ("too few" in one.why) == (state == "lost")


def test_one_missed_emergency_is_lost_by_name(tmp_path: Path) -> None:
    bad = run(tmp_path / "run", lambda one: level_answer(one, "routine") if one.id == "t7-7" else good(one))
    one = by_id(hold(bad))["emergency-misses"]
    assert (one.state, one.value) == ("lost", 1)
    assert "t7-7" in one.why


def test_a_crash_loses_the_error_gate_of_smoke(tmp_path: Path) -> None:
    bad = run(
        tmp_path / "run", lambda one: good(one).model_copy(update={"error": "x"} if one.id == "d7-1" else {})
    )
    assert {"errors", "contraindications-missed"} & set(lost(hold(bad))) == {"errors"}


def cut(folder: Path, left: int) -> Run:
    """A run of which only so many traces are there."""
    file = write_run(folder) / "traces.jsonl"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:left]))
    return Run(folder, SUITES)


def test_a_run_that_was_cut_short_is_no_whole_run(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole")
    every = len(whole.traces)
    assert whole.missing == 0
    short = cut(tmp_path / "short", every - 3)
    assert (short.missing, len(short.traces)) == (3, every)
    one = by_id(hold(short))["errors"]
    assert (one.state, "3 with no trace" in one.why) == ("lost", True)
    assert next(table.lines(of_run(short), ())) == (
        f"NOT WHOLE: 3 of {every} planned answers have no trace; they count as errors"
    )
    assert f"3 of {every} planned answers have no trace" in page.html(of_run(short), short, ())
    with pytest.raises(NotComparable, match=f"short is not whole: 3 of {every} planned"):
        compare(whole, short)
    with pytest.raises(NotComparable, match="short is not whole"):
        compare(short, whole)
    held = by_id(hold(whole, short, "standard"))["under-triage-rise"]
    assert (held.state, "not whole" in held.why) == ("not run", True)


def test_answers_of_trivial_subjects_are_planned_too(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run")
    kept = manifest(folder)
    suites = tuple(
        one.model_copy(update={"subjects": (*one.subjects, "trivial/keywords")}) for one in kept.suites
    )
    Store(folder).manifest(kept.model_copy(update={"suites": suites, "lived": 2}))
    short = Run(folder, SUITES)
    assert short.missing == 2 * len(short.cases)
    assert {one.repeat for one in short.traces if one.subject == "trivial/keywords"} == {0}
    (folder / "cases.jsonl").unlink()
    with pytest.raises(StoreError, match="0 of 88 cases"):
        Run(folder, SUITES)


def test_held_out_words_are_in_no_report(tmp_path: Path) -> None:
    secret = "a wording that nobody may read"

    def bad(one: Case) -> Trace:
        update = {"error": f"ValueError: {secret}"} if one.index == 3 else {}
        return drug_answer(one, False).model_copy(update={"said": (secret,), **update})

    runs = []
    for name, answer in (("a", good), ("b", bad)):
        folder = write_run(tmp_path / name, answer, suites={"medsafety": SUITES["medsafety"]})
        cases = folder / "cases.jsonl"
        lines = [Case.model_validate_json(line) for line in cases.read_text().splitlines()]
        marked = [one.model_copy(update={"tags": (HELD_OUT,), "stratum": "a stratum"}) for one in lines]
        cases.write_text("".join(f"{one.model_dump_json()}\n" for one in marked))
        runs.append(Run(folder, SUITES))
    found, results = compare(*runs), of_run(runs[1])
    assert found.flips
    assert results.costliest
    for words in (
        junit(runs[1], ()), found.text(), found.html(), text(results), page.html(results, runs[1], ())
    ):  # fmt: skip
        for kept in (secret, "Can I start metformin", "no warning", "Metformin may go on"):
            assert kept not in words
    assert "level none, stratum a stratum" in junit(runs[1], ())
    assert "kept apart from those who mend" in found.text()


def test_slow_answers_and_other_cases_lose_their_gates(tmp_path: Path) -> None:
    def slow(one: Case) -> Trace:
        trace = good(one)
        return trace.model_copy(
            update={"shown": tuple(s.model_copy(update={"seconds": 2.0}) for s in trace.shown)}
        )

    folder = write_run(tmp_path / "run", slow)
    held = by_id(hold(Run(folder, without_cases())))
    assert held["seconds"].state == held["same-bytes"].state == "lost"
    assert "triage" in held["same-bytes"].why


def test_a_rise_of_under_triage_needs_a_baseline(tmp_path: Path) -> None:
    before = run(tmp_path / "a", n=200)
    after = run(
        tmp_path / "b", lambda one: level_answer(one, "self_care") if one.index % 9 == 2 else good(one), n=200
    )
    name = "under-triage-rise"
    assert by_id(hold(after, profile="standard"))[name].state == "not run"
    assert by_id(hold(after, before, "standard"))[name].state == "lost"
    assert by_id(hold(before, before, "standard"))[name].state == "held"


def test_junit_counts_gates_and_cases(tmp_path: Path) -> None:
    def mixed(one: Case) -> Trace:
        if one.id == "d7-2":
            return drug_answer(one, False)
        update = {"error": "ValueError: \x00 <script> & ]]>"} if one.id == "t7-3" else {}
        return good(one).model_copy(update=update)

    bad = run(tmp_path / "run", mixed)
    root = ET.fromstring(junit(bad, hold(bad)))
    suites = {one.get("name"): one for one in root}
    assert list(suites) == ["gates", "triage", "medsafety"]
    assert suites["triage"].get("errors") == "1"
    assert suites["medsafety"].get("failures") == "1"
    failed = [case.get("name", "") for case in suites["gates"] if case.find("failure") is not None]
    assert [name.split(":")[0] for name in failed] == [
        "emergency-misses",
        "contraindications-missed",
        "errors",
    ]
    error = next(case for case in suites["triage"] if case.find("error") is not None)
    assert "<script>" in (error.find("error").get("message") or "")  # type: ignore[union-attr]


def test_equal_runs_lose_nothing(tmp_path: Path) -> None:
    found = compare(run(tmp_path / "a"), run(tmp_path / "b"))
    assert found.code == SAME
    assert not found.flips
    assert {row.p for row in found.rows} == {1}
    assert {row.difference for row in found.rows} == {0}
    assert "nothing is lost" in found.text()


def test_a_broken_rule_is_caught(tmp_path: Path) -> None:
    broken = run(
        tmp_path / "b",
        lambda one: level_answer(one, "routine") if one.gold.level == "emergency" else good(one),
    )
    found = compare(run(tmp_path / "a"), broken)
    assert found.code == LOST
    assert {"emergency-misses", "triage/emergency_miss"} <= set(found.lost)
    worst = found.flips[0]
    assert worst.worse_by > 0
    assert "emergency to routine" in " ".join(worst.changed)
    assert worst.a.startswith("Call 999")
    assert worst.b.startswith("Book a visit")
    row = next(row for row in found.rows if row.metric == "emergency_miss")
    assert row.worse
    assert row.low > 0
    assert row.test == "sign flips by cluster"
    assert "WORSE" in found.text()


def test_the_mended_run_is_no_loss_and_pairs_without_copies_use_mcnemar(tmp_path: Path) -> None:
    before = run(
        tmp_path / "a", lambda one: drug_answer(one, False) if one.suite == "medsafety" else good(one)
    )
    found = compare(before, run(tmp_path / "b"))
    assert found.code == SAME
    row = next(row for row in found.rows if row.metric == "contraindication_missed")
    assert (row.a, row.b, row.test) == (1, 0, "McNemar mid-p")
    assert row.holm < 0.05
    assert row.holm >= row.p
    assert found.flips[0].worse_by < 0


def test_other_cases_are_not_compared(tmp_path: Path) -> None:
    with pytest.raises(NotComparable, match=r"medsafety has other cases: [0-9a-f]{16} and [0-9a-f]{16}"):
        compare(run(tmp_path / "a"), run(tmp_path / "b", seed=8))
    with pytest.raises(NotComparable, match="only one"):
        compare(run(tmp_path / "c"), run(tmp_path / "d", suites={"triage": SUITES["triage"]}))
