"""A chest X-ray: what the held heads say at this age, and how far it stands from healthy ones."""

from __future__ import annotations

from imaging.asked import Asked, claimed
from imaging.differences import Differs, differences
from imaging.drawing import original, whole
from imaging.head_scores import head_scores
from imaging.image import FieldOfView, ImageReading, Verdict, Withheld
from retrieval.evidence import Outcome

ONLY_EYES = "made and measured for fundus photographs only"

PLAIN_FILM = ("CR", "DX")
"""What a header says of a plain X-ray; anything else is told, since it speaks against the gate."""


def read_chest(asked: Asked, verdict: Verdict, field: FieldOfView, stated: bool = False) -> ImageReading:
    """The reading of a picture that the X-ray gate let in, or of one it was unsure about that was ``stated``.

    The comparison with healthy X-rays stands on the same children as the pneumonia head: where no head may speak (age
    not known, another age, head not held), there is none.
    """
    shown = whole(asked.pixels)
    pictures = (original(shown, "chest X-ray"),)
    reading = ImageReading(
        kind=verdict,
        read_as="chest_xray",
        stated=stated,
        field=field,
        claimed="" if claimed(asked.image) in PLAIN_FILM else claimed(asked.image),
        notes=asked.image.notes,
        pictures=pictures,
    )
    asked.clock.step("drawing")
    if "findings" not in asked.want:
        return reading.model_copy(update={"withheld": _only_eyes(asked)})
    scores, withheld = head_scores(asked, "chest_xray")
    asked.clock.step("heads")
    differs = differences(asked, shown, "chest_xray") if scores else Differs()
    return reading.model_copy(
        update={
            "scores": scores,
            "age": asked.age.told if scores else "",
            "unlike": differs.unlike,
            "reference": differs.reference,
            "withheld": withheld + differs.withheld + (_only_eyes(asked) if "enhanced" in asked.want else ()),
            "pictures": pictures + differs.pictures,
        }
    )


def _only_eyes(asked: Asked) -> tuple[Withheld, ...]:
    names = {"vessels": "vessels", "enhanced": "a copy for looking"}
    what = " and ".join(words for want, words in names.items() if want in asked.want)
    return (Withheld(what=what, why=ONLY_EYES, outcome=Outcome.NOT_COVERED),) if what else ()
