"""The engine: the same whatever the workers, a crash counted, a killed run taken up again, gold out of reach."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.cases.case import Case, Drawn, File, Gold, Latent, Person, Presented, Said
from evals.run import about, store
from evals.run.engine import Part, Plan, RunError, here, run, run_plan
from evals.run.subjects import UnknownSubject, subject
from evals.run.trace import Trace
from evals.suites.suite import Metric, Suite

ROOT = Path(__file__).resolve().parents[2]
SUBJECTS = """
import os, time
from evals.run.trace import Shown

class Talk:
    async def say(self, said, chosen=()):
        if "die" in said.text:
            os._exit(3)
        if "crash" in said.text:
            raise ValueError("the subject broke")
        if "slow" in said.text:
            time.sleep(0.3)
        return Shown(text=f"heard {said.text}", level="routine")
    async def close(self):
        pass

class Double:
    id = "double"
    deterministic = True
    async def open(self, presented):
        return Talk()

class Beside(Double):
    id = "beside"
    deterministic = False
"""


def case(index: int, words: str = "", **presented: object) -> Case:
    given = {"role": "patient", "turns": (Said(text=words or f"message {index}"),)} | presented
    return Case(
        id=f"c{index:03}", suite="double", seed=1, index=index, base_id=f"c{index:03}",
        latent=Latent(person=Person(age_days=9000, sex="female", weight_kg=60, height_cm=165)),
        presented=Presented(id=f"c{index:03}", **given), gold=Gold(level="routine", low="routine", high="routine"),
    )  # fmt: skip


def suite(*words: str) -> Suite:
    made = tuple(case(index, each) for index, each in enumerate(words))
    return Suite(
        name="double", asks="nothing", cases=lambda n, seed: made[:n], scorers=(),
        metrics=(Metric("accuracy", "right"),), headline="accuracy",
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever edits the checkout while these tests run does not make their second run another one."""
    monkeypatch.setattr(about, "_git", lambda *words: "")


@pytest.fixture
def doubles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Subjects in a module that worker processes can import."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "harness_doubles.py").write_text(SUBJECTS)
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    return "python:harness_doubles:Double"


def bare(traces: tuple[Trace, ...]) -> list[str]:
    return [
        trace.model_copy(
            update={
                "peak_mib": 0.0,
                "shown": tuple(one.model_copy(update={"seconds": 0.0}) for one in trace.shown),
            }
        ).model_dump_json()
        for trace in traces
    ]


def test_one_and_three_workers_give_the_same(doubles: str, tmp_path: Path) -> None:
    many = suite(*(f"message {index}" for index in range(30)))
    run(many, doubles, 30, 1, 1, tmp_path / "one")
    run(many, doubles, 30, 1, 3, tmp_path / "three")
    one, three = store.traces(tmp_path / "one"), store.traces(tmp_path / "three")
    assert bare(one) == bare(three)
    assert [trace.shown[0].text for trace in one] == [f"heard message {index}" for index in range(30)]
    assert (tmp_path / "one" / "cases.jsonl").read_bytes() == (
        tmp_path / "three" / "cases.jsonl"
    ).read_bytes()


def test_a_crash_is_a_trace_with_its_error_and_no_path(doubles: str, tmp_path: Path) -> None:
    run(suite("fine", "crash now", "fine too"), doubles, 3, 1, 1, tmp_path / "run")
    first, crashed, last = store.traces(tmp_path / "run")
    assert not first.error
    assert not last.error
    assert crashed.error.startswith("ValueError: the subject broke\n")
    assert "in say" in crashed.error
    assert str(Path.home()) not in crashed.error
    assert crashed.said == ("crash now",)


def test_a_case_that_ends_its_process_costs_itself_alone(doubles: str, tmp_path: Path) -> None:
    run(suite("a", "b", "die here", "c", "d"), doubles, 5, 1, 2, tmp_path / "run")
    traces = store.traces(tmp_path / "run")
    assert [bool(trace.error) for trace in traces] == [False, False, True, False, False]
    assert "exit code 3" in traces[2].error


def test_a_second_run_works_on_nothing_and_retries_errors_only_when_asked(
    doubles: str, tmp_path: Path
) -> None:
    flawed = suite("a", "crash", "b")
    run(flawed, doubles, 3, 1, 1, tmp_path / "run")
    before = (tmp_path / "run" / "traces.jsonl").read_bytes()
    run(flawed, doubles, 3, 1, 1, tmp_path / "run")
    assert (tmp_path / "run" / "traces.jsonl").read_bytes() == before
    run(flawed, doubles, 3, 1, 1, tmp_path / "run", retry_errors=True)
    again = (tmp_path / "run" / "traces.jsonl").read_bytes()
    assert len(again.splitlines()) == 4
    assert len(store.traces(tmp_path / "run")) == 3


def test_a_torn_line_is_dropped_and_its_case_run_again(doubles: str, tmp_path: Path) -> None:
    small = suite("a", "b", "c")
    run(small, doubles, 3, 1, 1, tmp_path / "run")
    whole = store.traces(tmp_path / "run")
    file = tmp_path / "run" / "traces.jsonl"
    file.write_bytes(file.read_bytes()[:-40])
    assert len(store.traces(tmp_path / "run")) == 2
    run(small, doubles, 3, 1, 1, tmp_path / "run")
    assert bare(store.traces(tmp_path / "run")) == bare(whole)
    assert len(file.read_bytes().splitlines()) == 3


def test_a_run_killed_hard_goes_on_where_it_was(doubles: str, tmp_path: Path) -> None:
    program = textwrap.dedent("""
        import sys
        sys.path.insert(0, sys.argv[2])
        sys.path.insert(0, sys.argv[3])
        from pathlib import Path
        from tests_engine import suite
        from evals.run import about
        from evals.run.engine import run
        about._git = lambda *words: ""
        if __name__ == "__main__":
            run(suite(*["slow"] * 40), "python:harness_doubles:Double", 40, 1, 2, Path(sys.argv[1]))
    """)
    (tmp_path / "code" / "tests_engine.py").write_bytes(Path(__file__).read_bytes())
    (tmp_path / "killed.py").write_text(program)
    out = tmp_path / "run"
    words = [sys.executable, str(tmp_path / "killed.py"), str(out), str(tmp_path / "code"), str(ROOT)]
    running = subprocess.Popen(words, cwd=ROOT, start_new_session=True)
    file = out / "traces.jsonl"
    began = time.monotonic()
    while (not file.exists() or file.read_bytes().count(b"\n") < 3) and time.monotonic() - began < 60:
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    kept = len(store.traces(out))
    assert 3 <= kept < 40
    run(suite(*["slow"] * 40), doubles, 40, 1, 2, out)
    traces = store.traces(out)
    assert len(traces) == 40
    assert not any(trace.error for trace in traces)
    assert len(file.read_bytes().splitlines()) == 40, "nothing that was done is done again"


def test_another_run_or_a_strangers_folder_is_refused(doubles: str, tmp_path: Path) -> None:
    run(suite("a"), doubles, 1, 1, 1, tmp_path / "run")
    with pytest.raises(store.StoreError, match="seed"):
        run(suite("a"), doubles, 1, 2, 1, tmp_path / "run")
    with pytest.raises(store.StoreError, match="have changed"):
        run(suite("b"), doubles, 1, 1, 1, tmp_path / "run")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    with pytest.raises(store.StoreError, match="not empty"):
        run(suite("a"), doubles, 1, 1, 1, tmp_path / "other")


@pytest.mark.parametrize("retry", [False, True], ids=["resume", "retry"])
@pytest.mark.parametrize(
    ("name", "now", "why"),
    [
        ("commit", lambda: ("f" * 40, False), "commit .*, now ffffffffffff"),
        ("changes", lambda: "0" * 64, "changes in the working tree"),
        ("packages", lambda: {**about.packages(), "numpy": "0.0.1"}, "numpy .*, now 0.0.1"),
        (
            "knowledge",
            lambda: {**about.knowledge(), "tools/knowledge": "0"},
            "files of tools/knowledge differ",
        ),
    ],
    ids=["commit", "changes", "packages", "knowledge"],
)
def test_traces_of_other_code_are_not_relabelled(
    doubles: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    now: object,
    why: str,
    retry: bool,
) -> None:
    run(suite("a", "crash"), doubles, 2, 1, 1, tmp_path / "run")
    before = (tmp_path / "run" / "run.json").read_bytes()
    other = now()  # type: ignore[operator]
    monkeypatch.setattr(about, name, lambda: other)
    with pytest.raises(store.StoreError, match=why):
        run(suite("a", "crash"), doubles, 2, 1, 1, tmp_path / "run", retry_errors=retry)
    assert (tmp_path / "run" / "run.json").read_bytes() == before


def test_the_digest_of_the_changes_is_that_of_the_diff(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"diff": ""}
    monkeypatch.setattr(about, "_git", lambda *words: told.get(words[0], ""))
    assert about.changes() == ""
    told["diff"] = "-a\n+b"
    first = about.changes()
    told["diff"] = "-a\n+c"
    assert len(first) == 64
    assert about.changes() != first


def test_the_manifest_names_nobody(doubles: str, tmp_path: Path) -> None:
    held = run(suite("a"), doubles, 1, 1, 1, tmp_path / "run")
    text = (tmp_path / "run" / "run.json").read_text()
    assert store.manifest(tmp_path / "run") == held
    assert held.packages["numpy"]
    assert held.knowledge["tools/knowledge"]
    assert len(held.suites[0].sha256) == 64
    for name in (str(Path.home()), os.uname().nodename, str(tmp_path)):
        assert name not in text


def test_repeats_are_for_subjects_that_may_differ(doubles: str, tmp_path: Path) -> None:
    plan = Plan((Part(suite("a", "b"), 2),), "python:harness_doubles:Beside", 1, repeats=3)
    run_plan(plan, 1, tmp_path / "run")
    assert [(trace.case, trace.repeat) for trace in store.traces(tmp_path / "run")] == [
        (name, repeat) for name in ("c000", "c001") for repeat in range(3)
    ]
    run_plan(plan._replace(subject=doubles), 1, tmp_path / "sure")
    assert len(store.traces(tmp_path / "sure")) == 2


def test_trivial_subjects_run_beside_it(doubles: str, tmp_path: Path) -> None:
    from dataclasses import replace

    both = replace(suite("a", "I have chest pain"), trivial=("trivial/emergency", "trivial/keywords"))
    held = run(both, doubles, 2, 1, 1, tmp_path / "run")
    assert held.suites[0].subjects == ("double", "trivial/emergency", "trivial/keywords")
    told = {(trace.subject, trace.case): trace.highest for trace in store.traces(tmp_path / "run")}
    assert told["trivial/emergency", "c000"] == "emergency"
    assert told["trivial/keywords", "c000"] == "routine"
    assert told["trivial/keywords", "c001"] == "emergency"


def test_a_suite_without_its_data_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    monkeypatch.setenv("CONSILIUM_SHARED", str(tmp_path))
    held = run(replace(suite("a"), needs="nowhere"), "trivial/silent", 1, 1, 1, tmp_path / "run")
    assert held.suites[0].not_run == "needs shared/data/nowhere"
    assert store.traces(tmp_path / "run") == ()


def test_too_many_workers_cases_and_bytes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="worker"):
        run(suite("a"), "trivial/silent", 1, 1, 0, tmp_path / "run")
    with pytest.raises(RunError, match="bytes"):
        run(suite("x" * 300_000), "trivial/silent", 1, 1, 1, tmp_path / "run")
    with pytest.raises(UnknownSubject, match="assistant/rules"):
        run(suite("a"), "nobody", 1, 1, 1, tmp_path / "run")


class Prying:
    """Collects whatever can be reached from what it is given."""

    id, deterministic = "prying", True

    def __init__(self) -> None:
        self.seen: list[object] = []

    async def open(self, presented: Presented) -> Prying:
        self.seen += list(reached(presented))
        return self

    async def say(self, said: Said, chosen: tuple[str, ...] = ()) -> object:
        from evals.run.trace import Shown

        self.seen += list(reached(said))
        return Shown(text="nothing")

    async def close(self) -> None:
        self.seen += list(reached(self.__dict__.get("case")))


def reached(thing: object) -> Iterator[object]:
    """The thing and all that can be got at through its fields."""
    yield thing
    fields = getattr(type(thing), "model_fields", {})
    inside = [getattr(thing, name) for name in fields] + list(getattr(thing, "__dict__", {}).values())
    inside += list(thing) if isinstance(thing, tuple | list) else []
    for each in inside:
        yield from reached(each)


def test_a_subject_cannot_get_at_gold_or_at_what_comes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    import types

    drawing = Drawn(kind="fundus", seed=7, lesion="haemorrhage")
    imagery = types.ModuleType("evals.cases.imagery")
    imagery.file_of = lambda drawn: b"picture"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "evals.cases.imagery", imagery)
    prying = Prying()
    turns = (Said(text="first"), Said(text="the secret second turn"))
    opened: list[Presented] = []
    before = prying.open

    async def open_(presented: Presented) -> Prying:
        opened.append(presented)
        return await before(presented)

    monkeypatch.setattr(prying, "open", open_)
    given = case(1, turns=turns, files=(File(name="eye.png", drawing=drawing),))
    (trace,) = here([given], prying)
    assert not trace.error
    assert trace.said == ("first", "the secret second turn")
    assert not any(isinstance(each, Gold | Latent | Case | Drawn) for each in prying.seen)
    assert [turn.text for turn in opened[0].turns] == ["first"]
    assert opened[0].files[0].data == b"picture"


def test_a_forced_form_adds_its_letters(doubles: str) -> None:
    (trace,) = here([case(1, "my toe hurts", form="forced")], subject(doubles))
    assert trace.said[0].startswith("my toe hurts\nAnswer with one letter: A self care")
    assert trace.said[0].endswith("D emergency.")


@pytest.mark.slow
def test_ray_gives_the_same(doubles: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ray")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'code'}:{ROOT}")
    words = [f"message {index}" for index in range(12)] + ["die", "crash"]
    run(suite(*words), doubles, 14, 1, 2, tmp_path / "pool")
    program = textwrap.dedent("""
        import sys
        sys.path[:0] = sys.argv[2:4]
        from pathlib import Path
        from tests_engine import suite
        from evals.run.engine import run
        words = [f"message {index}" for index in range(12)] + ["die", "crash"]
        run(suite(*words), "python:harness_doubles:Double", 14, 1, 2, Path(sys.argv[1]), engine="ray")
    """)
    (tmp_path / "code" / "tests_engine.py").write_bytes(Path(__file__).read_bytes())
    words = [sys.executable, "-c", program, str(tmp_path / "ray"), str(tmp_path / "code"), str(ROOT)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    ours, rays = (
        [json.loads(line) | {"error": ""} for line in bare(store.traces(tmp_path / name))]
        for name in ("pool", "ray")
    )
    assert ours == rays
    assert [bool(trace.error) for trace in store.traces(tmp_path / "ray")] == [False] * 12 + [True] * 2
