"""The tool that checks a list of drugs in one patient, or the words of a record against each other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from genomics.pgx.definitions import DefinitionError
from genomics.pgx.guidelines import GuidanceError
from genomics.pgx.held_guidance import COMMAND
from retrieval.evidence import (
    ToolResult,
    bad_input,
    found,
    needs_input,
    not_covered,
    not_found,
    unavailable,
)
from tools.record.answer import LONGEST
from tools.record.answer import checked as record_checked
from tools.registry import Context, tool
from tools.treatment.check import Checked, check
from tools.treatment.findings import findings, for_patient
from tools.treatment.names import Status
from tools.treatment.tables import none_recorded, tables
from tools.treatment.units import FrameError

MOST = 60
DrugName = Annotated[str, Field(min_length=1, max_length=200)]
Told = Annotated[str, Field(max_length=LONGEST)]
LIABILITY = "For a licensed clinician to weigh; the facts are drafts that no clinician has reviewed."

FOR_A_PATIENT = "It can miss something: ask your pharmacist or doctor."


@tool(title="Drug safety check", roles=("clinician", "patient"))
def check_drugs(
    drugs: Annotated[list[DrugName], Field(max_length=MOST)] | None = None,
    record: Annotated[list[Told], Field(max_length=MOST)] | None = None,
    *,
    context: Context,
) -> ToolResult:
    """Check drugs in this patient: interactions, allergy, kidney, pregnancy, age, duplicates, QT, genes.

    drugs: names as given, e.g. "warfarin", "diclofenac gel"; "new: metformin" marks a proposed start. The patient's own
    drug list is always checked with them; without drugs it is checked alone.
    record: alone, for a clinician: the words of a record as told, to find places that do not agree with each other.
    """
    if record:
        return _of_record("\n".join(record), drugs, context)
    asked = [name for name in drugs or [] if name.strip()]
    listed = len(asked) + len(context.patient.drugs.items)
    if listed == 0:
        return bad_input("No drug is named; give at least one name, e.g. warfarin.")
    if listed > MOST:
        return bad_input(f"{listed} drugs are more than the {MOST} that are checked at once; name fewer.")
    try:
        checked = check(asked, context.patient, today=datetime.now(UTC).date())
    except FrameError as wrong:
        return bad_input(str(wrong))
    except (DefinitionError, GuidanceError) as damaged:
        return unavailable(f"The pack cannot be read: {damaged}", COMMAND)
    return _result(checked, patient=context.role == "patient")


def _of_record(words: str, drugs: list[str] | None, context: Context) -> ToolResult:
    """The check of a record; one call answers either question, so that neither is taken for the other."""
    if context.role == "patient":
        return bad_input("A record is not checked here; name drugs instead.")
    if drugs:
        return bad_input("Give the drugs or the record, not both: they are two checks.")
    return record_checked(words, context.patient)


def _result(checked: Checked, *, patient: bool) -> ToolResult:
    told = for_patient(checked) if patient else findings(checked)
    more = {
        "versions": {"treatment knowledge": checked.frame.knowledge.version},
        "tables": () if patient else tables(checked),
    }
    ask, unknown = checked.of(Status.ASK), checked.of(Status.UNKNOWN)
    unclear = [f"{one.text}: {' or '.join(one.resolved.candidates[:5])}?" for one in ask]
    note = _note(checked, FOR_A_PATIENT if patient else LIABILITY)
    if told:
        return found(*told, missing=(*unclear, *(() if patient else checked.missing)), note=note, **more)
    if unclear:
        return needs_input(f"A name is not certain. {note}", *unclear, **more)
    if unknown or checked.not_covered or any(_outside(checked)):
        return not_covered(note, missing=checked.missing, **more)
    return not_found(f"Nothing recorded: {none_recorded(checked)}. {note}", missing=checked.missing, **more)


def _outside(checked: Checked) -> Iterator[bool]:
    return (taken.drug not in checked.frame.knowledge.covered for taken in checked.frame.taken)


def _note(checked: Checked, closing: str) -> str:
    """What stands beside the findings: unknown names, pairs that no rule speaks of, and the day of the knowledge."""
    held = checked.frame.knowledge
    unknown = [one.text for one in checked.of(Status.UNKNOWN)]
    silent = checked.not_covered
    outside = dict.fromkeys(t.named for p in silent for t in (p.left, p.right) if t.drug not in held.covered)
    parts = (
        f"Not known to us, so not checked: {', '.join(unknown)}." if unknown else "",
        f"Not covered: {len(silent)} pairs (with {', '.join(outside) or 'drugs on the skin or in the eye'})."
        if silent
        else "",
        *checked.notes,
        f"Knowledge as of {held.as_of}, {len(held.pairs)} pair rules, draft. {closing}",
    )
    return " ".join(part for part in parts if part)
