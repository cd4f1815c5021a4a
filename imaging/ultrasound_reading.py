"""A picture that was stated to be breast ultrasound: by a head of this machine's own, if one is held."""

from __future__ import annotations

from imaging.asked import Asked, claimed
from imaging.drawing import original, whole
from imaging.fov import field_of_view
from imaging.head_scores import head_scores
from imaging.image import Decision, ImageReading, Verdict
from imaging.seems import is_coloured, seems
from imaging.xray_gate import xray_gate

CHECK = "breast ultrasound"
MODALITY = "US"
"""DICOM's code of ultrasound; a header without one ("" or "other") speaks neither for nor against it."""


def read_ultrasound(asked: Asked) -> ImageReading:
    """The scores of the local heads. No gate knows such pictures.

    Turned away are volumes, what the header calls another kind, colour, and chest X-rays.

    Raises:
        ModelMissing: the backbone is not held.
    """
    verdict = _verdict(asked)
    asked.clock.step("gate")
    reading = ImageReading(
        kind=verdict,
        field=field_of_view(asked.pixels)[0],
        claimed="" if claimed(asked.image) == MODALITY else claimed(asked.image),
        notes=asked.image.notes,
        pictures=(original(whole(asked.pixels), "picture"),),
    )
    asked.clock.step("drawing")
    if verdict.decision is Decision.REJECTED:
        return reading.model_copy(update={"abstained": verdict.reason, "seems": seems(asked.pixels)})
    scores, withheld = head_scores(asked, "breast_ultrasound")
    asked.clock.step("heads")
    return reading.model_copy(
        update={
            "read_as": "breast_ultrasound",
            "stated": True,
            "scores": scores,
            "withheld": withheld,
            "abstained": "" if scores else verdict.reason,
        }
    )


def _verdict(asked: Asked) -> Verdict:
    """Never accepted: stated, and not plainly something else."""
    chest = xray_gate(asked.pixels)
    decision, reason = (
        Decision.UNSURE,
        "grey and no chest X-ray; no gate tells ultrasound from other grey pictures",
    )
    if asked.image.format == "nifti":
        decision, reason = Decision.REJECTED, "is a volume, and no model of this version reads volumes"
    elif claimed(asked.image) not in ("", MODALITY):
        decision, reason = Decision.REJECTED, "is no ultrasound by its own header"
    elif is_coloured(asked.pixels):
        decision, reason = Decision.REJECTED, "does not look like ultrasound: a colour picture"
    elif chest.decision is Decision.ACCEPTED:
        decision, reason = Decision.REJECTED, "does not look like ultrasound but like a frontal chest X-ray"
    return Verdict(
        check=CHECK, decision=decision, score=chest.score, threshold=chest.threshold,
        higher_is="better", reason=reason,
    )  # fmt: skip
