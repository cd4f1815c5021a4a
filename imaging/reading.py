"""The whole path of one picture: gates, quality, vessels, measures, pictures."""

from __future__ import annotations

import time
from collections.abc import Collection
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from imaging import backbone
from imaging.drawing import eye_and_vessels
from imaging.fov import marks_outside
from imaging.gate import fundus_gate
from imaging.image import Decision, FieldOfView, ImageReading, MedicalImage, Verdict
from imaging.quality import quality
from imaging.vessel_measures import measure
from imaging.vessels import SMALLEST_SIDE, find_vessels
from imaging.xray_gate import xray_gate

Want = Literal["findings", "vessels"]
Kind = Literal["auto", "fundus", "chest_xray", "breast_ultrasound"]

NO_HEAD = "No model in this version scores disease in a picture: nothing was said about disease, and none is excluded."
NO_XRAY_MODEL = "no model of this version reads a chest X-ray"
VOLUME = "it is a volume (CT or MRI), and no model of this version reads volumes"


def read(
    image: MedicalImage, want: Collection[Want] = ("findings", "vessels"), kind: Kind = "auto"
) -> ImageReading:
    """Read a picture as far as its kind and quality allow.

    Nothing is measured, and ``abstained`` says why, where no gate accepts the picture, no model reads its kind, it
    cannot be read, or its field is too small. An ``unsure`` fundus gate gives way to a ``kind`` of "fundus" that
    somebody stated.

    Raises:
        ModelMissing: ``kind`` is "chest_xray" and the backbone of the X-ray gate is not held.
    """
    started = time.perf_counter()
    pixels = image.rgb
    verdict, field = fundus_gate(pixels)
    other = _other_kind(pixels, verdict, kind)
    if other is not None:
        return _only_named(image, other, field)
    checked = ImageReading(kind=verdict, field=field, abstained=verdict.reason, notes=image.notes)
    if verdict.decision is Decision.REJECTED:
        return checked.model_copy(update={"abstained": VOLUME}) if image.format == "nifti" else checked
    checked = checked.model_copy(update={"quality": quality(pixels)})
    stated = verdict.decision is Decision.UNSURE and kind == "fundus"
    if verdict.decision is Decision.UNSURE and not stated:
        return checked
    notes = image.notes + _seen_beside(pixels)
    notes += ("taken for a fundus photograph because that was stated",) if stated else ()
    why_not = _why_not_measured(checked)
    seconds = {"gate and quality": time.perf_counter() - started}
    checked = checked.model_copy(update={"notes": notes, "seconds": seconds, "abstained": why_not})
    if why_not or "vessels" not in want:
        return checked
    return _measured(checked, pixels)


def _measured(checked: ImageReading, pixels: NDArray[np.uint8]) -> ImageReading:
    started = time.perf_counter()
    found = find_vessels(pixels)
    measurements, pictures = measure(found.mask, found.field, found.model), eye_and_vessels(found)
    seconds = {**checked.seconds, "vessels and drawing": time.perf_counter() - started}
    update = {
        "measurements": measurements,
        "measured_by": found.model,
        "pictures": pictures,
        "seconds": seconds,
    }
    return checked.model_copy(update=update)


def _other_kind(pixels: NDArray[np.uint8], verdict: Verdict, kind: Kind) -> Verdict | None:
    """The X-ray gate's verdict where that is the one to go by: it was asked for, or the picture is no eye."""
    if kind == "chest_xray":
        return xray_gate(pixels)
    if kind != "auto" or verdict.decision is not Decision.REJECTED or not backbone.held():
        return None
    other = xray_gate(pixels)
    return None if other.decision is Decision.REJECTED else other


def _only_named(image: MedicalImage, verdict: Verdict, field: FieldOfView) -> ImageReading:
    """A picture of a kind that is known by its looks and read by no model."""
    rejected = verdict.decision is Decision.REJECTED
    why = verdict.reason if rejected else NO_XRAY_MODEL
    return ImageReading(kind=verdict, field=field, abstained=why, notes=image.notes)


def _seen_beside(pixels: NDArray[np.uint8]) -> tuple[str, ...]:
    if not marks_outside(pixels):
        return ()
    return (
        "bright marks, perhaps lettering, stand outside the camera's field; all outside it is shown black",
    )


def _why_not_measured(checked: ImageReading) -> str:
    if checked.quality is not None and checked.quality.decision is not Decision.ACCEPTED:
        return checked.quality.reason
    top, left, bottom, right = checked.field.box
    side = max(bottom - top, right - left)
    if side >= SMALLEST_SIDE:
        return ""
    return f"the field is {side} px wide; vessels are measured from {SMALLEST_SIDE} px on"
