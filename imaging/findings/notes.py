"""What is said beside the findings: what was not read and why, what nothing excludes, how the picture was opened."""

from __future__ import annotations

from collections.abc import Collection

from imaging.findings.statements import EXCLUDES_NOTHING, LIMITS, MODALITIES, contradiction
from imaging.image import ImageReading, Want, Withheld
from imaging.score import Score

READ = ("CR", "DX", "OP")
"""Codes of kinds that models here read; of ultrasound only where a model of this machine's own is held."""

UNCHECKED = " Taken for breast ultrasound because that was stated: nothing here can check it."
NO_HEAD = "Nothing is said about disease, and none is excluded."


def whole_note(reading: ImageReading, want: Collection[Want]) -> str:
    """The note of a result with findings."""
    silent = "" if reading.scores or "findings" not in want else NO_HEAD
    parts = (silent, copy_shown(reading), not_read(reading.withheld), opened(reading))
    return " ".join(part.strip() for part in parts if part)


def no_sign(reading: ImageReading, spoken: Collection[Score]) -> str:
    """The sentence of imaging spec 2.3: nothing above an operating point, whose worth is told with n."""
    parts = [
        f"no sign above the operating point for {one.sign} (sensitivity {one.point.sensitivity.rendered}, "
        f"specificity {one.point.specificity.rendered}, on {one.point.measured_on})"
        for one in spoken
    ]
    parts += _not_unlike(reading)
    ends = [LIMITS.get(one.card, "") for one in spoken]
    ends += [f"Healthy means: {reading.unlike.healthy.rstrip('.')}"] if reading.unlike else []
    text = "; ".join(parts)
    said = [f"{text[:1].upper()}{text[1:]}; {EXCLUDES_NOTHING}", *(one for one in dict.fromkeys(ends) if one)]
    return f"{'. '.join(said)}."


def _not_unlike(reading: ImageReading) -> list[str]:
    unlike = reading.unlike
    if unlike is None:
        return []
    caught = "".join(f"; {one}" for one in unlike.caught)
    return [
        f"no sign above the operating point for being unlike healthy pictures (score {unlike.distance:.2f}, "
        f"operating point {unlike.threshold:.2f}; specificity {unlike.specificity.rendered}{caught})"
    ]


def abstentions(silent: Collection[Score]) -> str:
    """Why a head that looked says nothing."""
    said = []
    for one in silent:
        held = " or ".join(one.prediction_set) or "no class"
        why = "; ".join(one.unusual) or f"its {100 * one.coverage:.0f} % set holds {held}"
        said.append(f" The model for {one.sign} abstains: {why}.")
    return "".join(said)


def not_read(withheld: Collection[Withheld]) -> str:
    """What was withheld, a clause each, with the command that brings it."""
    if not withheld:
        return ""
    told = (f"{one.what} ({one.why}; {one.command})" if one.command else one.words for one in withheld)
    return f" Not read: {'; '.join(told)}."


def copy_shown(reading: ImageReading) -> str:
    """That an enhanced copy lies beside the picture, and what it is not for."""
    if not reading.enhanced_by:
        return ""
    return "An enhanced copy is shown, for looking only: nothing is measured on it."


def opened(reading: ImageReading) -> str:
    """What nobody checked, for which age it was read, what its header claims, and how the pixels were made ready."""
    parts = (
        UNCHECKED if reading.read_as == "breast_ultrasound" and reading.scores else "",
        f" Read for an age of {reading.age}." if reading.age else "",
        _header(reading),
        f" How it was opened: {'; '.join(reading.notes)}." if reading.notes else "",
    )
    return "".join(parts)


def no_reader(reading: ImageReading) -> str:
    """That no model reads what the header says it is; "" where one does, or where it says nothing."""
    if reading.claimed in ("", *READ) or (reading.claimed == "US" and reading.withheld):
        return ""
    return (
        f"No model here reads {MODALITIES.get(reading.claimed, reading.claimed)}, which its header says it is"
    )


def _header(reading: ImageReading) -> str:
    if against := contradiction(reading):
        return f" {against[:1].upper()}{against[1:]}"
    return f" Its header says {MODALITIES.get(reading.claimed, reading.claimed)}." if reading.claimed else ""
