"""Patients for whom a guideline gives a clear first option, or for whom a fact takes an option away.

The rules are in ``evals/knowledge/choices.yaml``; nothing of the option lists under test is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, model_validator

from evals.cases import clinician, plant
from evals.cases.case import Because, Case, ExpectedCall, Gold, Link
from evals.cases.plant import Read, Who
from evals.cases.streams import stream
from retrieval.evidence import Text, Word

PATH = Path(__file__).resolve().parents[1] / "knowledge" / "choices.yaml"
COMPLETE = "No other problems, no other medicines"
"""A chart that tells all: an option may else stay open until somebody says so."""
QUESTIONS = (
    "What are the treatment options for {for_}?",
    "Which drug should I give for {for_}?",
    "What would you prescribe for {for_}?",
    "Best first-line treatment for {for_} in this patient?",
    "How should I treat {for_} here?",
    "Treatment options for {for_}, please.",
    "What can I use for {for_}?",
    "Please suggest a treatment: {for_}.",
)


class Choice(Word):
    """One rule: for whom, for what, and what may stand first or may not be offered."""

    id: Annotated[str, Field(pattern=r"^choice\.[a-z0-9_]+$")]
    for_: Text = Field(alias="for")
    source: Text
    says: Text
    limit: float | None = None
    case: Who
    facts: Annotated[Mapping[str, str], Field(min_length=1)]
    options: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Choice:
        if not (self.options or self.excluded):
            raise ValueError(f"{self.id} neither puts an option first nor takes one away")
        return self


class _Book(Word):
    schema_: Literal[1] = Field(alias="schema")
    sources: Mapping[str, Read]
    choices: tuple[Choice, ...]


@cache
def _book() -> _Book:
    made = _Book.model_validate(yaml.safe_load(PATH.read_text(encoding="utf-8")))
    lost = {one.source for one in made.choices} - {*made.sources, *plant.sources()}
    if lost:
        raise ValueError(f"no such source: {', '.join(sorted(lost))}")
    return made


def choices() -> tuple[Choice, ...]:
    """Every rule, in the order of the file."""
    return _book().choices


def option_case(seed: int, index: int) -> Case:
    """A clinician asks what to give; each round of all rules has every rule once. ``stratum`` is the rule's id."""
    one = choices()[index % len(choices())]
    rng = stream(seed, index, f"options {one.id}")
    latent = plant.patient(rng, one.case, one.limit)
    form = int(rng.random() * clinician.CHARTS)
    facts = plant.seen(latent, one.facts, hidden=clinician.hides_egfr(form))
    source = {**plant.sources(), **_book().sources}[one.source].words
    told = [(f"first={option}", option) for option in one.options]
    told += [(f"excluded={option}", option) for option in one.excluded]
    because = tuple(
        Because(
            conclusion=gives,
            links=tuple(
                Link(fact=fact, holds=holds, rule=one.id, source=source, gives=gives)
                for fact, holds in facts.items()
            ),
        )
        for gives, _ in told
    )
    return clinician.case(
        "options", seed, index, latent=latent, stratum=one.id, tags=(one.for_,),
        words=clinician.chart(latent, form, (*one.case.told, COMPLETE)),
        question=clinician.pick(rng, QUESTIONS).format(for_=one.for_),
        gold=Gold(
            options=one.options, excluded=one.excluded, because=because,
            calls=(ExpectedCall(tool="treatment_options", outcomes=("found", "needs_input")),),
        ),
    )  # fmt: skip
