"""From a question to the calculators that it asks for, by rules, with the inputs that its words state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assistant.models.genetic_routes import Call
from assistant.turn import TurnInput
from retrieval.patient import Patient
from tools.calculators.reading import Given, standing
from tools.calculators.registry import calculators
from tools.calculators.spoken import Asked, asked, continued

MOST = 8
"""Calculators of one question; a list of more is no question."""
EARLIER = 6
"""Earlier questions that may still state an input."""


def calculator_calls(given: TurnInput) -> list[Call]:
    """One call for each calculator, for clinicians only.

    An input that only an earlier question or what was told of the patient states goes along unless the record holds
    one: there it may have been edited.
    Where the question before asked for a calculator and this one only states more inputs, it is computed again.
    """
    calls = []
    for one in _asked(given):
        inputs = {name: _told(value) for name, value in _inputs(one, given.patient).items()}
        calls.append(Call(tool="calculate", inputs={"name": one.name, "inputs": inputs}))
    return calls


def without_calculations(given: TurnInput) -> str:
    """The question without the sentences that a calculator answers: they are nothing to look up."""
    rest, text = "", given.question
    end = 0
    for start, stop in sorted({(one.start, one.end) for one in _asked(given)}):
        rest += text[end : max(start, end)]
        end = max(stop, end)
    return (rest + text[end:]).strip()


def _asked(given: TurnInput) -> Sequence[Asked]:
    if given.role != "clinician":
        return ()
    before = [*given.told, *(earlier.question for earlier in given.earlier[-EARLIER:])]
    found = asked(given.question, before) or continued(given.question, before)
    return found[:MOST]


def _inputs(one: Asked, patient: Patient) -> Mapping[str, Given]:
    fields = {field.name: field for field in calculators()[one.name].fields}
    earlier = {
        name: value for name, value in one.earlier.items() if standing(fields[name], patient)[1] is None
    }
    return {**earlier, **one.inputs}


def _told(value: Given) -> dict[str, Any]:
    return value.model_dump(exclude_defaults=True)
