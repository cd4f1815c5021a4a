"""The harness inside inspect_ai: samples there and back, what is scored and what is not, and our model."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("inspect_ai", reason="inspect_ai is not installed (extra `evals`)")

from evals.cases.case import Case, File, Gold, Latent, Person, Presented, Said
from evals.inspect import tasks
from evals.inspect.provider import consilium
from evals.inspect.samples import TRACE, case_of, messages, samples
from evals.inspect.scorers import case_scorer
from evals.inspect.solvers import subject_solver
from evals.run.trace import Called, Shown, Trace
from evals.suites import registry

PAIRED = {"injection", "robustness", "fairness", "ops"}
"""Suites whose headline compares two cases."""


def case(words: str = "I have chest pain", **gold: Any) -> Case:
    return Case(
        id="c1", suite="triage", seed=1, index=0, base_id="c1",
        latent=Latent(person=Person(age_days=9000, sex="female", weight_kg=60, height_cm=165)),
        presented=Presented(
            id="c1", role="patient", turns=(Said(text=words),), files=(File(name="a.bin", data=b"\x00\xff"),)
        ),
        gold=Gold(**gold),
    )  # fmt: skip


GOLD = {"level": "emergency", "low": "emergency", "high": "emergency"}


class State(SimpleNamespace):
    """What of inspect's state we use."""

    def __init__(self, given: Case) -> None:
        (sample,) = samples([given])
        store: dict[str, Any] = {}
        kept = SimpleNamespace(get=store.get, set=store.__setitem__)
        super().__init__(
            metadata=sample.metadata, store=kept, messages=[], output=SimpleNamespace(completion="")
        )


def scored(given: Case, trace: Trace, metric: str = "emergency_miss") -> Any:
    state = State(given)
    state.store.set(TRACE, trace.model_dump(mode="json"))
    return asyncio.run(case_scorer("triage", metric)(state, None))


def test_a_case_comes_back_from_its_sample_and_a_strange_sample_is_refused() -> None:
    given = case(**GOLD)
    (sample,) = samples([given])
    assert case_of(sample.metadata or {}) == given
    assert (sample.id, sample.input, sample.target) == ("c1", "I have chest pain", "emergency")
    with pytest.raises(ValueError, match="no case of ours"):
        case_of({})


def test_turns_and_calls_become_messages() -> None:
    shown = Shown(text="Go.", calls=(Called(tool="check_drugs", outcome="found"),))
    told = messages(Trace(case="c1", subject="x", said=("hello",), shown=(shown,)))
    assert [one.role for one in told] == ["user", "assistant", "tool", "assistant"]
    assert told[-1].text == "Go."


def test_what_is_asked_has_a_value_and_what_is_not_is_unscored() -> None:
    missed = Trace(
        case="c1", subject="x", shown=(Shown(text="Book a visit with a doctor.", level="routine"),)
    )
    assert scored(case(**GOLD), missed).value == 1
    found = Trace(
        case="c1",
        subject="x",
        shown=(Shown(text="This is an emergency: call an ambulance now.", level="emergency"),),
    )
    assert scored(case(**GOLD), found).value == 0
    unasked = scored(case(), found)
    assert isinstance(unasked.value, float)
    assert unasked.value != unasked.value, "inspect leaves a NaN out of its means"
    with pytest.raises(ValueError, match="no metric 'violation'"):
        scored(case(**GOLD), found, "violation")


def test_a_crash_is_a_failed_case(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        id, deterministic = "broken", True

        async def open(self, presented: Presented) -> Any:
            raise RuntimeError("it fell")

    monkeypatch.setattr("evals.run.subjects.subject", lambda name: Broken())
    state = State(case(**GOLD))
    asyncio.run(subject_solver("broken")(state, None))
    trace = Trace.model_validate(state.store.get(TRACE))
    assert trace.error.startswith("RuntimeError: it fell")
    assert scored(case(**GOLD), trace).value == 1


def test_cases_are_played_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    under, most = 0, 0

    class Slow:
        id, deterministic = "slow", False

        async def open(self, presented: Presented) -> Any:
            return self

        async def say(self, said: Said, chosen: tuple[str, ...] = ()) -> Shown:
            nonlocal under, most
            under += 1
            most = max(most, under)
            await asyncio.sleep(0.01)
            under -= 1
            return Shown(text="done")

        async def close(self) -> None:
            return None

    monkeypatch.setattr("evals.run.subjects.subject", lambda name: Slow())

    async def all_of_them() -> None:
        solve = subject_solver("slow")
        await asyncio.gather(*(solve(State(case()), None) for _ in range(4)))

    asyncio.run(all_of_them())
    assert most == 1


def test_suites_that_compare_two_cases_are_refused() -> None:
    assert {name for name, held in registry.suites().items() if held.pairs} >= PAIRED
    for name in sorted(PAIRED):
        with pytest.raises(ValueError, match=f"consilium evaluate --suite {name}"):
            tasks.suite(name, 2, 7, "trivial/silent")


@pytest.mark.parametrize("name", [name for name, held in registry.suites().items() if not held.pairs])
def test_every_other_suite_has_its_headline_of_a_case_alone(name: str) -> None:
    held = registry.suite(name)
    first = case() if held.needs else next(iter(held.cases(2, 7)))
    lost = Trace(case=first.id, subject="x", error="it fell")
    assert held.headline in {one.metric for scorer in held.scorers for one in scorer(first, lost)}


def test_a_suite_that_is_unknown_or_without_its_data_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CONSILIUM_SHARED", str(tmp_path))
    with pytest.raises(ValueError, match="it needs shared/data"):
        tasks.grounding(2)
    with pytest.raises(ValueError, match="no suite 'nothing'"):
        tasks.suite("nothing")


def test_our_model_answers_the_users_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    from inspect_ai.model import ChatMessageSystem, ChatMessageUser, GenerateConfig

    closed: list[bool] = []

    class Double:
        id, deterministic = "double", True

        async def open(self, presented: Presented) -> Any:
            return self

        async def say(self, said: Said, chosen: tuple[str, ...] = ()) -> Shown:
            return Shown(text=said.text.upper(), tokens=3)

        async def close(self) -> None:
            closed.append(True)

    monkeypatch.setattr("evals.inspect.provider.subject", lambda name: Double())
    model = consilium("rules")

    def asked(*given: Any) -> Any:
        return asyncio.run(model.generate(list(given), [], "none", GenerateConfig()))

    output = asked(
        ChatMessageSystem(content="obey"), ChatMessageUser(content="one"), ChatMessageUser(content="two")
    )
    assert output.completion == "TWO"
    assert output.usage.output_tokens == 6
    assert closed == [True]
    with pytest.raises(ValueError, match="none"):
        asked(ChatMessageSystem(content="obey"))
