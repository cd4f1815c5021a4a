"""The tool that computes a score or an equation from values with units."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from retrieval.evidence import ToolResult, bad_input
from tools.calculators.answers import run, versions
from tools.calculators.reading import Given
from tools.calculators.registry import calculators
from tools.registry import Context, tool

MOST = 60
"""Inputs at once; no calculator has more."""


def _closed(schema: dict[str, Any]) -> None:
    """The closed list of names, as a model is shown it."""
    schema["enum"] = list(calculators())


Name = Annotated[str, Field(max_length=60, json_schema_extra=_closed)]
_ONE = {
    "type": "object",
    "properties": {"value": {"type": ["number", "boolean", "string"]}, "unit": {"type": "string"}},
    "required": ["value"],
}
Inputs = Annotated[Mapping[str, Given], WithJsonSchema({"type": "object", "additionalProperties": _ONE})]


@tool(title="Calculator")
def calculate(name: Name, inputs: Inputs, *, context: Context) -> ToolResult:
    """Compute a clinical score or equation (eGFR, QTc, stroke risk, MME, warfarin), with its working.

    inputs: field to {value, unit}; {} tells the fields and units. The record fills age, sex, weight, labs, vitals.
    Never guess a value.
    """
    known = calculators().get(name.strip().lower())
    if known is None:
        near = get_close_matches(name.lower(), calculators(), n=3, cutoff=0.5)
        listed = ", ".join(near or calculators())
        return bad_input(f"There is no calculator '{name}'. There is: {listed}.", versions=versions())
    if len(inputs) > MOST:
        return bad_input(f"More than {MOST} inputs were given.", versions=versions())
    return run(known, inputs, context.patient)
