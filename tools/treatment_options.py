"""The tool that lists the options of an indication for one patient, and answers "why not X?"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from genomics.pgx.definitions import DefinitionError
from genomics.pgx.guidelines import GuidanceError
from genomics.pgx.held_guidance import COMMAND
from retrieval.evidence import Table, ToolResult, bad_input, found, needs_input, not_covered, unavailable
from tools.registry import Context, tool
from tools.treatment import simulated, why
from tools.treatment.indications import Criterion
from tools.treatment.load import knowledge
from tools.treatment.option_summary import all_undecided, leading, note, nothing_left, others
from tools.treatment.option_tables import tables
from tools.treatment.options import Considered, State, consider, indication_named, indications_like
from tools.treatment.units import FrameError
from tools.treatment.why import WhyNot

Weight = Annotated[float, Field(ge=0, le=4)]


@tool(title="Treatment options")
def treatment_options(
    indication: Annotated[str, Field(min_length=1, max_length=200)],
    weights: dict[Criterion, Weight] | None = None,
    why_not: Annotated[str, Field(max_length=200)] | None = None,
    *,
    context: Context,
) -> ToolResult:
    """Treatment options of an indication for this patient: layers, reasons, exclusions, what is missing.

    indication: e.g. "AF anticoagulation". weights: 0-4 per criterion. why_not: a drug, to hear why it is not first.
    """
    held = knowledge()
    meant = indication_named(indication, held)
    versions = {"treatment knowledge": held.version}
    if meant is None:
        if near := indications_like(indication, held):
            return needs_input(f"Which is meant by '{indication}'?", *near, versions=versions)
        known = ", ".join(one.name for one in held.indications.values())
        return not_covered(f"No options are held for '{indication}'. Held are: {known}.", versions=versions)
    try:
        considered = consider(meant, context.patient, weights=weights, today=datetime.now(UTC).date())
    except FrameError as wrong:
        return bad_input(str(wrong))
    except (DefinitionError, GuidanceError) as damaged:
        return unavailable(f"The pack cannot be read: {damaged}", COMMAND)
    beside = (*tables(considered), *simulated.table(considered, context.patient.genotypes.values))
    return _result(considered, why.why_not(why_not, considered) if why_not else None, versions, beside)


def _result(
    considered: Considered, asked: WhyNot | None, versions: Mapping[str, str], beside: Sequence[Table]
) -> ToolResult:
    answer = asked.findings if asked else ()
    said = asked.said if asked else ""
    said += f" Is it {' or '.join(asked.candidates)}?" if asked and asked.candidates else ""
    more = {"versions": versions, "tables": tuple(beside)}
    some = considered.of(State.OPEN) or considered.of(State.UNDECIDED)
    parts = ("" if answer else said, "" if some else nothing_left(considered), note(considered))
    words = " ".join(part for part in parts if part)
    missing = (*(asked.candidates if asked else ()), *considered.missing)
    if asked and asked.state == "name ambiguous":
        return needs_input(f"The name is not certain. {words}", *missing, **more)
    if asked and asked.state == "unknown drug":
        return not_covered(words, missing=missing, **more)
    if answer or considered.of(State.OPEN):
        told = dict.fromkeys((*answer, *leading(considered), *others(considered)))
        return found(*told, missing=missing, note=words, **more)
    if considered.of(State.UNDECIDED):
        return needs_input(f"{all_undecided(considered)}. {words}", *missing, **more)
    return not_covered(words, missing=missing, **more)
