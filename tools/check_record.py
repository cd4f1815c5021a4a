"""The tool that looks for what does not agree within one patient's record."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from retrieval.evidence import (
    Depth,
    Evidence,
    Finding,
    Kind,
    Source,
    ToolResult,
    found,
    needs_input,
    not_found,
)
from tools.record import LOOKED_FOR, clashes
from tools.record.sentences import Clash
from tools.registry import Context, tool

_TOLD = Source(
    id="chart:words", title="what was told in this conversation", version="this session",
    licence="the patient's own", depth=Depth.CHART,
)  # fmt: skip
LIMITS = f"Looked for: {LOOKED_FOR}. Anything else was not looked for."


@tool()
def check_record(record: Annotated[str, Field(max_length=40_000)] = "", *, context: Context) -> ToolResult:
    """Find places of a patient's record that do not agree: births, ages, sex, organs, stopped drugs, allergies, values.

    record: the words of the record as they were told.
    """
    if not record.strip():
        return needs_input("Which record? Tell its words first.", "the words of the record")
    sex = context.patient.sex
    held = clashes(record, *((sex.value, sex.origin.where) if sex is not None else ("", "")))
    if not held:
        return not_found(f"No contradiction found. {LIMITS}", searched=(_TOLD,))
    return found(*(_finding(one) for one in held), note=LIMITS, searched=(_TOLD,))


def _finding(clash: Clash) -> Finding:
    places = tuple(Evidence(source=_TOLD, quote=one) for one in (clash.first, clash.second) if one)
    return Finding(statement=clash.said, evidence=places, kind=Kind.CHART, certainty="as told")
