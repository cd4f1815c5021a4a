"""The whole path of one picture: gate, quality, vessels, measures, pictures."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Literal

from imaging.drawing import eye_and_vessels
from imaging.gate import fundus_gate
from imaging.image import Decision, ImageReading, MedicalImage
from imaging.quality import quality
from imaging.vessel_measures import measure
from imaging.vessels import SMALLEST_SIDE, find_vessels

Want = Literal["findings", "vessels"]
Kind = Literal["auto", "fundus", "chest_xray", "breast_ultrasound"]

NO_HEAD = "No model in this version scores disease in a picture: nothing was said about disease, and none is excluded."


def read(
    image: MedicalImage, want: Collection[Want] = ("findings", "vessels"), kind: Kind = "auto"
) -> ImageReading:
    """Read a picture as far as its kind and quality allow.

    Nothing is measured, and ``abstained`` says why, where the gate does not accept the picture, it cannot be read, or
    its field is too small. An ``unsure`` gate gives way to a ``kind`` of "fundus" that somebody stated.
    """
    started = time.perf_counter()
    pixels = image.rgb
    verdict, field = fundus_gate(pixels)
    checked = ImageReading(kind=verdict, field=field, abstained=verdict.reason, notes=image.notes)
    if verdict.decision is Decision.REJECTED:
        return checked
    checked = checked.model_copy(update={"quality": quality(pixels)})
    stated = verdict.decision is Decision.UNSURE and kind == "fundus"
    if verdict.decision is Decision.UNSURE and not stated:
        return checked
    notes = image.notes + (("taken for a fundus photograph because that was stated",) if stated else ())
    why_not = _why_not_measured(checked)
    seconds = {"gate and quality": time.perf_counter() - started}
    checked = checked.model_copy(update={"notes": notes, "seconds": seconds, "abstained": why_not})
    if why_not or "vessels" not in want:
        return checked
    found = find_vessels(pixels)
    measurements, pictures = measure(found.mask, found.field), eye_and_vessels(found)
    seconds["vessels and drawing"] = time.perf_counter() - started - seconds["gate and quality"]
    return checked.model_copy(update={"measurements": measurements, "pictures": pictures, "seconds": seconds})


def _why_not_measured(checked: ImageReading) -> str:
    if checked.quality is not None and checked.quality.decision is not Decision.ACCEPTED:
        return checked.quality.reason
    top, left, bottom, right = checked.field.box
    side = max(bottom - top, right - left)
    if side >= SMALLEST_SIDE:
        return ""
    return f"the field is {side} px wide; vessels are measured from {SMALLEST_SIDE} px on"
