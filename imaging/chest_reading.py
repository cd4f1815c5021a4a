"""A chest X-ray: what the held heads say at this age, and how far it stands from healthy ones."""

from __future__ import annotations

from imaging.anomaly.held import is_local
from imaging.asked import Age, Asked, claimed
from imaging.differences import LIKENESS, Differs, differences
from imaging.drawing import Shown, original, whole
from imaging.head_scores import head_scores
from imaging.image import FieldOfView, ImageReading, Verdict, Withheld
from retrieval.evidence import Outcome

ONLY_EYES = "made and measured for fundus photographs only"

AGES = (1, 5)
"""Years of the children whose healthy X-rays ship, both included."""

PLAIN_FILM = ("CR", "DX")
"""What a header says of a plain X-ray; anything else is told, since it speaks against the gate."""


def read_chest(asked: Asked, verdict: Verdict, field: FieldOfView, stated: bool = False) -> ImageReading:
    """The reading of a picture that the X-ray gate let in, or of one it was unsure about that was ``stated``.

    There is no comparison with healthy X-rays where no head may speak. The healthy X-rays that ship are of the same
    children as the pneumonia head: nobody else is compared with them, whatever other heads say.
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
    differs = _differs(asked, shown) if scores else Differs()
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


def _differs(asked: Asked, shown: Shown) -> Differs:
    """By this machine's own healthy X-rays, else by those that ship where the age allows."""
    refused = None if is_local("chest_xray") else _another_age(asked.age)
    return Differs(withheld=(refused,)) if refused else differences(asked, shown, "chest_xray")


def _another_age(age: Age) -> Withheld | None:
    """Why somebody of this age is not compared with the healthy X-rays that ship, if so."""
    first, last = AGES
    made_of = f"the healthy X-rays are of children of {first} to {last} years"
    if age.years is None:
        why, asks = f"{made_of}, and the age is not known", "the patient's age in years"
        return Withheld(what=LIKENESS, why=why, outcome=Outcome.NEEDS_INPUT, missing=asks)
    if age.disputed and len({first <= one <= last for one in age.all}) > 1:
        why, asks = f"{made_of}, and {age.disputed}: is it this patient's picture?", "the age that is right"
        return Withheld(what=LIKENESS, why=why, outcome=Outcome.NEEDS_INPUT, missing=asks)
    if not first <= age.years <= last:
        why = f"{made_of} only; the age is {age.told}"
        return Withheld(what=LIKENESS, why=why, outcome=Outcome.NOT_COVERED)
    return None


def _only_eyes(asked: Asked) -> tuple[Withheld, ...]:
    names = {"vessels": "vessels", "enhanced": "a copy for looking"}
    what = " and ".join(words for want, words in names.items() if want in asked.want)
    return (Withheld(what=what, why=ONLY_EYES, outcome=Outcome.NOT_COVERED),) if what else ()
