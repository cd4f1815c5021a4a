"""What does not agree within one patient's record, as a result: each place quoted, and what was looked for."""

from __future__ import annotations

from retrieval.evidence import (
    Depth,
    Evidence,
    Finding,
    Kind,
    Source,
    ToolResult,
    bad_input,
    found,
    needs_input,
    not_found,
)
from retrieval.patient import Patient
from tools.record import LOOKED_FOR, clashes
from tools.record.sentences import Clash

LONGEST = 40_000
"""Characters of a record that are read."""
TOLD = Source(
    id="chart:words", title="what was told in this conversation", version="this session",
    licence="the patient's own", depth=Depth.CHART,
)  # fmt: skip
LIMITS = f"Looked for: {LOOKED_FOR}. Anything else was not looked for."


def checked(record: str, patient: Patient) -> ToolResult:
    """Places of a record that do not agree: births, ages, sex, organs, stopped drugs, allergies, values.

    ``record`` holds the words as they were told; the sex that is known of ``patient`` stands in where they tell none.
    Ends in ``needs_input`` without words, in ``not_found`` where nothing was seen.
    """
    if not record.strip():
        return needs_input("Which record? Tell its words first.", "the words of the record")
    if len(record) > LONGEST:
        return bad_input(f"The record has {len(record):,} characters; {LONGEST:,} are the most.")
    sex = patient.sex
    held = clashes(record, *((sex.value, sex.origin.where) if sex is not None else ("", "")))
    if not held:
        return not_found(f"No contradiction found. {LIMITS}", searched=(TOLD,))
    return found(*(_finding(one) for one in held), note=LIMITS, searched=(TOLD,))


def about_record(result: ToolResult) -> bool:
    """Whether a result of ``check_drugs`` is that of a record and says nothing of drugs together."""
    return bool(result.inputs.get("record"))


def _finding(clash: Clash) -> Finding:
    places = tuple(Evidence(source=TOLD, quote=one) for one in (clash.first, clash.second) if one)
    return Finding(statement=clash.said, evidence=places, kind=Kind.CHART, certainty="as told")
