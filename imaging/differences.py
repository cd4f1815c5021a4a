"""Where a picture differs from healthy ones: how far, where, what healthy tissue would look like there, drawn."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging import anomaly, backbone, reference
from imaging.anomaly.held import VERIFY
from imaging.asked import Asked
from imaging.drawing import Heat, Shown, healthy_beside, over, with_heat
from imaging.fov import Mask, shrink
from imaging.image import ModelMissing, Picture, Region, Unlike, Withheld
from retrieval.evidence import Outcome

LIKENESS = "likeness to healthy pictures"
REFERENCE = "a picture of what healthy tissue may look like"
FROM = 98.0
"""Percentile of the map from which a place within a region is replaced in the reference (imaging spec 3.7)."""

ROUND = 0.012
"""How far the replaced places are widened, as a share of the longer side."""

LARGEST = 1200
"""Longer side in px of what is compared: the banks look at far fewer, and a map of 40 MP takes seconds."""

MOST = 0.5
"""Share of the field beyond which there is no reference: too little of the patient's own picture would be left."""


class Differs(NamedTuple):
    """How a picture differs from healthy ones; without a bank of healthy pictures only ``withheld`` says something."""

    unlike: Unlike | None = None
    reference: str = ""
    """How the healthy reference was made; "" where there is nothing to replace."""
    pictures: tuple[Picture, ...] = ()
    withheld: tuple[Withheld, ...] = ()


def differences(asked: Asked, shown: Shown, kind: Literal["fundus", "chest_xray"]) -> Differs:
    """Score, map and reference of a picture that its gate has let in."""
    try:
        unlike, heat = _unlike(asked, kind)
    except ModelMissing as gone:
        return Differs(withheld=(_not_held(gone, kind),))
    asked.clock.step("likeness to healthy")
    laid = over(shown, heat, asked.image.height)
    pictures: tuple[Picture, ...] = (with_heat(shown, laid, unlike.regions),)
    asked.clock.step("drawing")
    if not unlike.regions:
        return Differs(unlike, pictures=pictures)
    lesions = _lesions(laid, shown, unlike.regions)
    if not 0 < lesions.sum() <= MOST * shown.field.sum():
        return Differs(unlike, pictures=pictures)
    try:
        healthy = reference.healthy(shown.pixels, kind, lesions)
    except ModelMissing as gone:
        return Differs(unlike, pictures=pictures, withheld=(_not_held(gone, kind, REFERENCE),))
    asked.clock.step("healthy reference")
    pictures += healthy_beside(shown, healthy.pixels, healthy.how)
    asked.clock.step("drawing")
    return Differs(unlike, healthy.how, pictures)


def _unlike(asked: Asked, kind: Literal["fundus", "chest_xray"]) -> tuple[Unlike, Heat]:
    """Score and map, of a large picture at :data:`LARGEST`; the regions are those of the original all the same."""
    small = shrink(asked.pixels, LARGEST)
    times = asked.pixels.shape[0] / small.shape[0]
    spacing = asked.image.spacing
    if spacing and times > 1:
        larger = {"rows_mm": spacing.rows_mm * times, "columns_mm": spacing.columns_mm * times}
        spacing = spacing.model_copy(update=larger)
    unlike, heat = anomaly.unlike(small, kind, spacing)
    regions = tuple(_in_original(one, times) for one in unlike.regions) if times > 1 else unlike.regions
    return unlike.model_copy(update={"regions": regions}), np.asarray(heat, dtype=np.float32)


def _in_original(one: Region, times: float) -> Region:
    top, left, bottom, right = (round(edge * times) for edge in one.box)
    area = round(one.area_px * times * times)
    return one.model_copy(update={"box": (top, left, bottom, right), "area_px": area})


def _lesions(heat: Heat, shown: Shown, regions: tuple[Region, ...]) -> Mask:
    """Where the reference replaces the picture: the map's high places within the regions, a little widened."""
    from scipy.ndimage import distance_transform_edt

    inside = np.zeros(heat.shape, dtype=bool)
    for one in regions:
        top, left, bottom, right = (
            max(0, round((edge - shown.box[index % 2]) * shown.scale)) for index, edge in enumerate(one.box)
        )
        inside[top:bottom, left:right] = True
    high = inside & (heat >= FROM)
    if not high.any():
        return high
    near: NDArray[np.float64] = distance_transform_edt(~high)
    return np.asarray((near <= ROUND * max(heat.shape)) & shown.field)


def _not_held(gone: ModelMissing, kind: Literal["fundus", "chest_xray"], what: str = LIKENESS) -> Withheld:
    why = str(gone).partition(":")[0]
    named = (one for one in (VERIFY, backbone.BRINGS) if one in str(gone))
    command = next(named, anomaly.brings(kind))
    return Withheld(what=what, why=why, outcome=Outcome.UNAVAILABLE, command=command)
