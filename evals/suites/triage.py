"""How soon somebody needs care: one message, the same with letters to choose from, a talk, words kept apart,
and a chart.

Single, forced, talk and chart are made of the same patients, so that their gaps are differences of form and not of
cases; they share the single case's ``base_id``, so that a gate over two suites counts a patient once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from evals.cases.case import Case, Presented
from evals.cases.make import cases as made
from evals.cases.streams import case_id
from evals.scoring.catalogue import METRICS
from evals.scoring.cost import cost
from evals.scoring.dialogue import asked
from evals.scoring.levels import urgency
from evals.scoring.reading import grade
from evals.scoring.said import must_name
from evals.suites.suite import Metric, Suite

URGENCY = (
    "emergency_miss", "within", "accuracy", "under", "over", "harm_cost", "selfcare_to_emergency", "text_agreement",
    "flag_recall", "flag_precision", "reading_grade", "seconds", "peak_mib",
)  # fmt: skip
APART = 1_000_003
"""Added to the seed for wordings kept apart: their patients are others than those of :func:`single`."""
TALK = ("must_ask_recall", "turns_to_safe", "unneeded_questions", "unmatched")
TRIVIAL = (
    "trivial/emergency",
    "trivial/same_day",
    "trivial/routine",
    "trivial/self_care",
    "trivial/keywords",
    "trivial/silent",
)


def _metrics(*names: str) -> tuple[Metric, ...]:
    return tuple(METRICS[name] for name in names)


def single(n: int, seed: int) -> Iterator[Case]:
    """Enriched patients, each with one message in common wording."""
    yield from made(n, seed, mix="enriched", wording="open", suite="triage")


def held(n: int, seed: int) -> Iterator[Case]:
    """Other patients of the same mix, who use wordings that nobody who wrote the product's lexicon has seen."""
    yield from made(n, seed + APART, mix="enriched", wording="held", suite="triage_held")


def forced(n: int, seed: int) -> Iterator[Case]:
    """The patients of :func:`single`, asked for a letter."""
    for case in single(n, seed):
        yield _as(case, "triage_forced", case.presented.model_copy(update={"form": "forced"}))


def talk(n: int, seed: int) -> Iterator[Case]:
    """The patients of :func:`single` in a talk that goes on while there are questions."""
    yield from _talking(single(n, seed), "triage_interactive")


def talk_held(n: int, seed: int) -> Iterator[Case]:
    """The patients of :func:`held` in such a talk."""
    yield from _talking(held(n, seed), "triage_interactive_held")


def _talking(cases: Iterable[Case], suite: str) -> Iterator[Case]:
    for case in cases:
        if case.dialogue is not None:
            yield _as(case, suite, case.presented.model_copy(update={"form": "interactive"}))


def chart(n: int, seed: int) -> Iterator[Case]:
    """The patients of :func:`single` as a clinician writes them down: chart, vital signs, laboratory, note."""
    for case in made(n, seed, mix="enriched", wording="open", suite="triage_chart", role="clinician"):
        yield case.model_copy(update={"base_id": case_id("triage", case.seed, case.index)})


def _as(case: Case, suite: str, presented: Presented) -> Case:
    """The case in another form, under an id of its own, in the cluster that it was in."""
    name = case_id(suite, case.seed, case.index)
    presented = presented.model_copy(update={"id": name})
    return case.model_copy(update={"id": name, "suite": suite, "presented": presented})


SINGLE = Suite(
    name="triage",
    asks="How soon does this person need care, from one message?",
    cases=single,
    scorers=(urgency, must_name, grade, cost),
    metrics=_metrics(*URGENCY),
    headline="emergency_miss",
    trivial=TRIVIAL,
)
TALKING = replace(
    SINGLE,
    name="triage_interactive",
    asks="The same patients in a talk: what is asked, and does the level get where it must?",
    cases=talk,
    scorers=(*SINGLE.scorers, asked),
    metrics=_metrics(*URGENCY, *TALK),
    trivial=(),
)
SUITES = (
    SINGLE,
    replace(
        SINGLE,
        name="triage_held",
        asks="The same, in wordings that were kept apart from everybody who writes rules.",
        cases=held,
    ),
    replace(
        SINGLE, name="triage_forced", asks="The same patients, with a letter to be chosen.", cases=forced
    ),
    replace(
        SINGLE,
        name="triage_chart",
        asks="How soon does the patient of this chart need care?",
        cases=chart,
        metrics=_metrics("omission", *URGENCY),
    ),
    TALKING,
    replace(
        TALKING,
        name="triage_interactive_held",
        asks="A talk with those whose wordings were kept apart.",
        cases=talk_held,
    ),
)
