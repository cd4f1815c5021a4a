"""The whole path of one picture: what it is, whether it can be read, what its kind's models say, and the pictures."""

from __future__ import annotations

from collections.abc import Collection

from imaging import classify
from imaging.asked import Asked, Clock, age_of, claimed
from imaging.chest_reading import read_chest
from imaging.drawing import original, whole
from imaging.fov import field_of_view
from imaging.fundus_reading import read_fundus
from imaging.gate import fundus_gate
from imaging.image import Decision, FieldOfView, ImageReading, Kind, MedicalImage, Verdict, Want, Withheld
from imaging.marks import ALIKE, mark_on
from imaging.quality import quality
from imaging.seems import is_coloured, seems
from imaging.ultrasound_reading import CHECK as ULTRASOUND
from imaging.ultrasound_reading import read_ultrasound
from imaging.xray_gate import xray_gate
from retrieval.evidence import Outcome

__all__ = ["Kind", "Want", "read"]

MADE = "made by this program"
VOLUME = "it is a volume (CT or MRI), and no model of this version reads volumes"
GREY = "is grey and does not look like a chest X-ray of the kind known here"
EYE, CHEST = "a fundus photograph", "a frontal chest X-ray"


def read(
    image: MedicalImage,
    want: Collection[Want] = ("findings", "vessels"),
    kind: Kind = "auto",
    age_years: int | None = None,
) -> ImageReading:
    """Read a picture as far as its kind, its quality and the patient's age allow.

    ``age_years`` is that of the patient's record; without it the header's claim counts, and the reading says so.
    Nothing is read, and ``abstained`` says why, where no gate accepts the picture, no model reads its kind, or it
    cannot be read. An ``unsure`` gate gives way to a ``kind`` that somebody stated. What was opened is shown.

    Raises:
        ModelMissing: the weights of the backbone, on which the gates stand, are not held.
    """
    asked = Asked(image, image.rgb, frozenset(want), kind, age_of(image, age_years), Clock())
    if mark := mark_on(asked.pixels):
        reading = _made(asked, mark)
    elif kind == "chest_xray":
        reading = _stated_chest(asked)
    elif kind == "breast_ultrasound":
        reading = read_ultrasound(asked)
    else:
        reading = _seen(asked)
    asked.clock.step("drawing")
    return reading.model_copy(update={"seconds": asked.clock.seconds})


def _seen(asked: Asked) -> ImageReading:
    """By its looks: an eye, else a chest, else shown and not read."""
    verdict, field = fundus_gate(asked.pixels)
    asked.clock.step("gate")
    stated = verdict.decision is Decision.UNSURE and asked.kind == "fundus"
    if verdict.decision is Decision.ACCEPTED or stated:
        return read_fundus(asked, verdict, field, stated)
    if verdict.decision is Decision.UNSURE:
        return _unread(asked, verdict, field, quality(asked.pixels))
    chest = xray_gate(asked.pixels)
    asked.clock.step("gate")
    if asked.kind == "fundus":
        return _unread(asked, verdict, field, looks=CHEST if chest.decision is Decision.ACCEPTED else "")
    if chest.decision is Decision.ACCEPTED:
        return read_chest(asked, chest, field)
    if chest.decision is Decision.UNSURE:
        return _unread(asked, chest, field)
    return _unread(asked, verdict, field) if is_coloured(asked.pixels) else _grey(asked, chest, field)


def _grey(asked: Asked, chest: Verdict, field: FieldOfView) -> ImageReading:
    """A grey picture that nobody named: of the kinds that can be read here, only breast ultrasound is left."""
    verdict = chest.model_copy(update={"reason": GREY})
    reading = _unread(asked, verdict, field)
    if asked.image.format == "nifti" or reading.claimed not in ("", "US"):
        return reading
    if classify.available("breast_ultrasound"):
        asks = {"missing": "the kind of picture, stated by you (for example: breast ultrasound)"}
        kind = Withheld(what=ULTRASOUND, why="say so", outcome=Outcome.NEEDS_INPUT, **asks)
    else:
        why, command = "no model for it is held here", classify.brings("breast_ultrasound")
        kind = Withheld(what=ULTRASOUND, why=why, outcome=Outcome.UNAVAILABLE, command=command)
    return reading.model_copy(update={"withheld": (kind,)})


def _stated_chest(asked: Asked) -> ImageReading:
    verdict, (field, _) = xray_gate(asked.pixels), field_of_view(asked.pixels)
    asked.clock.step("gate")
    if verdict.decision is not Decision.REJECTED:
        return read_chest(asked, verdict, field, stated=verdict.decision is Decision.UNSURE)
    eye, _ = fundus_gate(asked.pixels)
    return _unread(asked, verdict, field, looks=EYE if eye.decision is Decision.ACCEPTED else "")


def _unread(
    asked: Asked, verdict: Verdict, field: FieldOfView, judged: Verdict | None = None, looks: str = ""
) -> ImageReading:
    """A picture that was opened and is shown, and that no model reads."""
    volume = asked.image.format == "nifti"
    return ImageReading(
        kind=verdict,
        quality=judged,
        field=field,
        claimed=claimed(asked.image),
        seems=looks or seems(asked.pixels),
        abstained=VOLUME if volume else verdict.reason,
        notes=asked.image.notes,
        pictures=(original(whole(asked.pixels), "picture"),),
    )


def _made(asked: Asked, mark: str) -> ImageReading:
    """A generated or enhanced picture that came back: shown, never measured."""
    verdict = Verdict(
        check=MADE, decision=Decision.REJECTED, score=1.0, threshold=ALIKE, higher_is="worse",
        reason=f"it carries the mark “{mark}”: this program made it",
    )  # fmt: skip
    return _unread(asked, verdict, field_of_view(asked.pixels)[0])
