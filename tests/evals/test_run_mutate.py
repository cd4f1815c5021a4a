"""Planted bugs: each patch holds only while it lasts, each place exists, and a bug that does nothing is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evals.cases.case import Case, Gold, Latent, Person, Presented, Said
from evals.mutate import run as mutating
from evals.mutate.bugs import BUGS, Bug, gives, replaced, then
from evals.run import baselines
from evals.run.subjects import subject
from evals.scoring.catalogue import METRICS
from evals.scoring.levels import urgency
from evals.suites import registry
from evals.suites.suite import Suite


def case(index: int, words: str) -> Case:
    return Case(
        id=f"c{index}", suite="double", seed=1, index=index, base_id=f"c{index}",
        latent=Latent(person=Person(age_days=9000, sex="female", weight_kg=60, height_cm=165)),
        presented=Presented(id=f"c{index}", role="patient", turns=(Said(text=words),)),
        gold=Gold(level="emergency", low="emergency", high="emergency"),
    )  # fmt: skip


DOUBLE = Suite(
    "double", "nothing", lambda n, seed: tuple(case(index, "chest pain") for index in range(n)), (urgency,),
    (METRICS["emergency_miss"],), "emergency_miss",
)  # fmt: skip


@pytest.fixture
def mutation(monkeypatch: pytest.MonkeyPatch) -> mutating.Mutation:
    monkeypatch.setattr(mutating, "suite", lambda name: DOUBLE)
    return mutating.Mutation(subject("trivial/keywords"), 1)


def planted(place: str, made: object) -> Bug:
    return Bug("double", "a bug", "double", "emergency_miss", lambda: replaced(place, made), n=5)  # type: ignore[arg-type]


def test_a_bug_that_makes_cases_worse_is_caught_and_gone_again(mutation: mutating.Mutation) -> None:
    before = baselines.always
    told = mutation.run(
        planted("evals.run.baselines:always", lambda was: lambda level, words: was("routine", words))
    )
    assert (told.verdict, told.worse, told.better, told.changed) == ("caught", 5, 0, 5)
    assert baselines.always is before


def test_a_bug_that_changes_nothing_is_no_catch(mutation: mutating.Mutation) -> None:
    told = mutation.run(planted("evals.run.baselines:always", lambda was: was))
    assert (told.verdict, told.changed) == ("no effect", 0)


def test_a_bug_that_changes_only_what_the_metric_does_not_see_survives(mutation: mutating.Mutation) -> None:
    told = mutation.run(
        planted(
            "evals.run.baselines:always",
            then(lambda shown, *given: shown.model_copy(update={"reply": "other"})),
        )
    )
    assert (told.verdict, told.worse, told.changed) == ("survived", 0, 5)


def test_a_bug_that_only_crashes_is_no_catch(mutation: mutating.Mutation) -> None:
    def crashing(was: object) -> object:
        def crash(*given: object) -> object:
            raise RuntimeError("the patch does not fit")

        return crash

    told = mutation.run(planted("evals.run.baselines:always", crashing))
    assert (told.verdict, told.worse, told.why) == ("crashes", 0, "5 crash under it")


def test_one_case_alone_is_no_catch(mutation: mutating.Mutation) -> None:
    bug = planted("evals.run.baselines:always", lambda was: lambda level, words: was("routine", words))
    told = mutation.run(replace(bug, n=1))
    assert (told.verdict, told.worse) == ("survived", 1)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_each_planted_bug_finds_its_place_and_leaves_it_as_it_was(bug: Bug) -> None:
    held = registry.suite(bug.suite)
    assert bug.metric == "forbidden_claimed" or bug.metric in {metric.name for metric in held.metrics}
    with bug.under(), bug.patch():
        pass


def test_there_are_enough_bugs_in_every_layer() -> None:
    assert len(BUGS) >= 12
    assert len({bug.name for bug in BUGS}) == len(BUGS)
    assert {"triage", "medsafety", "calc", "pgx", "tools", "ops"} <= {bug.suite for bug in BUGS}


def test_a_place_that_is_gone_is_told() -> None:
    with pytest.raises(AttributeError), replaced("evals.run.baselines:nothing", gives(1)):
        pass
    assert replace(BUGS[0], n=3).n == 3
