"""How a reading ends: in findings, in a question back, or with the reason why no model here speaks."""

from __future__ import annotations

import base64
from collections.abc import Collection
from typing import Any

from imaging.findings.notes import (
    NO_HEAD,
    abstentions,
    copy_shown,
    no_reader,
    no_sign,
    not_read,
    opened,
    whole_note,
)
from imaging.findings.sources import sources, versions
from imaging.findings.statements import KINDS, findings, scored
from imaging.findings.tables import tables
from imaging.image import Decision, ImageReading, Picture, Want, Withheld
from imaging.reading import CHEST, EYE, MADE
from retrieval.evidence import (
    Artifact,
    Outcome,
    ToolResult,
    bad_input,
    found,
    needs_input,
    not_covered,
    not_found,
    unavailable,
)

FIRST = (Outcome.NEEDS_INPUT, Outcome.UNAVAILABLE, Outcome.NOT_COVERED)
"""Of several things withheld, the one that the user can mend soonest decides how the result ends."""


def as_result(reading: ImageReading, want: Collection[Want]) -> ToolResult:
    """The reading in one of the six outcomes, with its pictures and tables in each."""
    more = {
        "searched": sources(reading),
        "versions": versions(reading),
        "pictures": tuple(_artifact(one) for one in reading.pictures),
    }
    if reading.kind.check == MADE:
        return bad_input(
            f"The picture was not read: {reading.kind.reason}. Attach the photograph itself.", **more
        )
    if reading.kind.decision is Decision.REJECTED:
        return _no_model(reading, more)
    if reading.read_as == "auto":
        return _doubtful(reading, more)
    if reading.quality and reading.quality.decision is not Decision.ACCEPTED:
        return _cannot_be_read(reading, more)
    told = findings(reading)
    if told:
        return found(*told, note=whole_note(reading, want), tables=tables(reading), **more)
    return _nothing_found(reading, more)


def _artifact(one: Picture) -> Artifact:
    data = base64.b64encode(one.png)
    return Artifact(title=one.title, media_type="image/png", data=data, alt=one.alt, role=one.role)


def _no_model(reading: ImageReading, more: dict[str, Any]) -> ToolResult:
    """What was opened and shown, and that nobody here speaks about it."""
    if reading.abstained != reading.kind.reason:
        return not_covered(
            f"The picture is shown and was not read: {reading.abstained}.{opened(reading)}", **more
        )
    why = scored(reading.kind)
    named = no_reader(reading)
    note = f"{named or 'No model here reads this picture'}: it {why}.{opened(reading)}"
    if reading.seems in (EYE, CHEST):
        note = f"The picture was not read: it {why}. It looks like {reading.seems}: ask without stating the kind."
    elif reading.seems:
        note = (
            f"{note} It seems to show {reading.seems}."
            if named
            else f"It seems to show {reading.seems}. {note}"
        )
    for one in reading.withheld:
        return _ended(one, f"{note} If it is {one.what}: {one.why}.", more)
    return not_covered(note, **more)


def _doubtful(reading: ImageReading, more: dict[str, Any]) -> ToolResult:
    """A question back; where the picture is poor as well, that may be the cause, and haze must not go unsaid."""
    note = f"It is not sure that this is a {reading.kind.check}: {scored(reading.kind)}."
    missing = f"the kind of picture, stated by you (for example: {reading.kind.check})"
    poor = reading.quality
    if poor and poor.decision is not Decision.ACCEPTED:
        note += f" If it is one, it cannot be read: {scored(poor)}."
        missing = "a new photograph"
    return needs_input(note, missing, **more)


def _cannot_be_read(reading: ImageReading, more: dict[str, Any]) -> ToolResult:
    assert reading.quality is not None
    copy = f" {copy_shown(reading)}" if reading.enhanced_by else ""
    note = f"The photograph cannot be read: {scored(reading.quality)}.{copy}"
    return needs_input(note, "a new photograph", **more)


def _nothing_found(reading: ImageReading, more: dict[str, Any]) -> ToolResult:
    """Nothing above an operating point, or nothing that could be asked: the two are never mixed up."""
    spoken = [one for one in reading.scores if one.verdict == "below"]
    silent = [one for one in reading.scores if one.verdict == "abstained"]
    rest = f"{abstentions(silent)}{not_read(reading.withheld)}{opened(reading)}"
    if spoken or (reading.unlike and not silent):
        note = f"{no_sign(reading, spoken)}{rest}"
        return not_found(note, tables=tables(reading), **more)
    if silent:
        return not_covered(f"{rest.strip()} {NO_HEAD}", tables=tables(reading), **more)
    return _withheld(reading, more)


def _withheld(reading: ImageReading, more: dict[str, Any]) -> ToolResult:
    """Nothing could be asked: the first thing withheld says how that ends."""
    first = min(reading.withheld, key=lambda one: FIRST.index(one.outcome), default=None)
    if first is None:
        return not_covered(f"Nothing that was asked for is read of such a picture. {NO_HEAD}", **more)
    others = [one for one in reading.withheld if one is not first]
    looks = f"This looks like {KINDS[reading.read_as]}." if reading.kind.decision is Decision.ACCEPTED else ""
    told = not_read((first.model_copy(update={"command": ""}), *others))
    return _ended(first, f"{looks}{told} {NO_HEAD}{opened(reading)}".strip(), more)


def _ended(one: Withheld, note: str, more: dict[str, Any]) -> ToolResult:
    """The outcome of what was withheld."""
    if one.outcome is Outcome.NEEDS_INPUT:
        return needs_input(note, one.missing, **more)
    if one.outcome is Outcome.UNAVAILABLE:
        return unavailable(note, one.command, **more)
    return not_covered(note, **more)
