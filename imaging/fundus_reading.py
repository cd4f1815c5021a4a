"""A fundus photograph: can it be read, where it differs from healthy ones, its vessels, what the held heads say."""

from __future__ import annotations

import numpy as np

from imaging import enhance
from imaging.asked import Asked
from imaging.differences import differences
from imaging.drawing import Pixels, Shown, for_looking, original, resized, with_vessels
from imaging.fov import marks_outside
from imaging.head_scores import head_scores
from imaging.image import (
    Decision,
    FieldOfView,
    ImageReading,
    ModelMissing,
    Picture,
    TooLarge,
    Verdict,
    Withheld,
)
from imaging.quality import quality
from imaging.vessel_measures import measure
from imaging.vessels import SMALLEST_SIDE, Vessels, at_working_size, find_vessels
from retrieval.evidence import Outcome

MARKS = "bright marks, perhaps lettering, stand outside the camera's field; all outside it is shown black"
SMALL = 1.3
"""A field that is shown so many times its size goes through the enlarging net before its light is evened."""

NET_BACK = "consilium image models verify"
"""Says what is wrong with the zoo; the vessel net ships with it."""


def read_fundus(asked: Asked, verdict: Verdict, field: FieldOfView, stated: bool = False) -> ImageReading:
    """The reading of a picture that the gate let in, or of one it was unsure about that was ``stated`` to be an eye.

    Nothing is measured or compared where the photograph cannot be read; ``abstained`` says why.
    """
    judged = quality(asked.pixels)
    notes = asked.image.notes + ((MARKS,) if marks_outside(asked.pixels) else ())
    asked.clock.step("quality")
    reading = ImageReading(
        kind=verdict, read_as="fundus", stated=stated, quality=judged, field=field, notes=notes
    )
    if judged.decision is Decision.ACCEPTED:
        return _read(asked, reading)
    shown = _shown(field, *at_working_size(asked.pixels)[:2])
    pictures, how, withheld = _enhanced(asked, shown) if "enhanced" in asked.want else ((), "", ())
    return reading.model_copy(
        update={
            "abstained": judged.reason,
            "pictures": (original(shown, "fundus photograph"), *pictures),
            "enhanced_by": how,
            "withheld": withheld,
        }
    )


def _read(asked: Asked, reading: ImageReading) -> ImageReading:
    vessels, withheld = _vessels(asked, reading.field)
    eye, whole = (vessels.eye, vessels.whole) if vessels else at_working_size(asked.pixels)[:2]
    shown = _shown(reading.field, eye, whole)
    pictures = [original(shown, "fundus photograph")]
    update: dict[str, object] = {}
    if vessels:
        update |= {"measurements": measure(vessels.mask, vessels.field, vessels.model)}
        update |= {"measured_by": vessels.model}
        asked.clock.step("vessel measures")
        pictures.append(with_vessels(shown, vessels.mask))
    asked.clock.step("drawing")
    if "findings" in asked.want:
        differs = differences(asked, shown, "fundus")
        scores, without = head_scores(asked, "fundus")
        asked.clock.step("heads")
        pictures += differs.pictures
        withheld += differs.withheld + without
        update |= {"unlike": differs.unlike, "reference": differs.reference, "scores": scores}
    if "enhanced" in asked.want:
        made, how, refused = _enhanced(asked, shown)
        pictures += made
        withheld += refused
        update |= {"enhanced_by": how}
    return reading.model_copy(update={**update, "pictures": tuple(pictures), "withheld": withheld})


def _vessels(asked: Asked, field: FieldOfView) -> tuple[Vessels | None, tuple[Withheld, ...]]:
    """By the trained net alone: the filter beside it would give other numbers under the same names."""
    if "vessels" not in asked.want:
        return None, ()
    top, left, bottom, right = field.box
    side = max(bottom - top, right - left)
    if side < SMALLEST_SIDE:
        why = f"the field is {side} px wide; they are measured from {SMALLEST_SIDE} px on"
        return None, (Withheld(what="vessels", why=why, outcome=Outcome.NOT_COVERED),)
    try:
        found = find_vessels(asked.pixels, by="net")
    except ModelMissing:
        why = "the vessel net is missing or not the known one"
        return None, (Withheld(what="vessels", why=why, outcome=Outcome.UNAVAILABLE, command=NET_BACK),)
    asked.clock.step("vessels")
    return found, ()


def _shown(field: FieldOfView, eye: np.ndarray, whole: np.ndarray) -> Shown:
    return Shown(np.where(whole[..., None], eye, 0).astype(np.uint8), whole, field.box)


def _enhanced(asked: Asked, shown: Shown) -> tuple[tuple[Picture, ...], str, tuple[Withheld, ...]]:
    """A copy with even light, enlarged by the trained net where the field is small; or why there is none."""
    larger, how = _enlarged(asked, shown)
    try:
        made = enhance.even_light(larger)
    except ValueError as refused:
        return (), "", (Withheld(what="a copy for looking", why=str(refused), outcome=Outcome.NOT_COVERED),)
    asked.clock.step("enhancing")
    how = "; ".join(part for part in (how, made.method) if part)
    return (for_looking(made.pixels, how, made.stamp),), how, ()


def _enlarged(asked: Asked, shown: Shown) -> tuple[Pixels, str]:
    """What is shown, made from the original's pixels by the net where it is at least :data:`SMALL` times as large."""
    if shown.scale < SMALL:
        return shown.pixels, ""
    from imaging import super_resolution

    top, left, bottom, right = shown.box
    try:
        large = super_resolution.enlarge(asked.pixels[top:bottom, left:right], 2 if shown.scale <= 2 else 4)
    except (ModelMissing, TooLarge, ValueError):
        return shown.pixels, ""
    size = (shown.pixels.shape[0], shown.pixels.shape[1])
    return np.where(shown.field[..., None], resized(large.pixels, size), 0).astype(np.uint8), large.method
