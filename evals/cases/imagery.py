"""Pictures made for a case: what they show is drawn first, so that gold needs no detector.

Eyes come from the drawn fundus of ``imaging.generate`` (nobody's eye), chest films from its shipped generator; a scene,
noise, a blurred and a dark eye are made here. Only generators are called, and only when a picture is needed.
"""

from __future__ import annotations

import io
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from evals.cases import clinician
from evals.cases.case import Because, Case, Drawn, ExpectedCall, File, Gold, Latent, Link
from evals.cases.streams import stream

Pixels = NDArray[np.uint8]
SIDE = 512
"""Pixels of an eye's side."""
LESIONS = (
    "haemorrhage+exudate",
    "sector occlusion",
    "cotton-wool spot+flame haemorrhage",
    "haemorrhage+drusen",
)
CONTRAST = 1.3
"""The strongest that the generator draws: gold says "unlike", so that nobody can doubt it (assumption)."""
KINDS = ("fundus lesion", "photo", "fundus", "fundus blurred", "noise", "fundus dark", "chest_xray")
"""Strata of the images suite, in turn."""
QUESTIONS = (
    "Please read this picture.",
    "What does the attached image show?",
    "Can this photograph be read, and is anything abnormal?",
    "Is this picture normal?",
    "Have a look at the attached picture, please. Anything unusual?",
    "Please interpret the attached image.",
    "Do you see anything abnormal here?",
)
STATED = (
    "This is a fundus photograph. ",
    "Fundus photograph attached. ",
    "The attachment is a retinal photograph. ",
)
"""Said of every eye: the phantom is a drawing, and a reader who is not sure of it may ask for the kind (assumption)."""
NO_EYE = "not look like|no model here|not a medical|no medical|not medical|not a fundus"
GOLD = {
    "fundus": {"readable": "yes", "unlike": "no"},
    "fundus lesion": {"readable": "yes", "unlike": "yes"},
    "fundus blurred": {"readable": "no"},
    "fundus dark": {"readable": "no"},
    "photo": {"kind": NO_EYE},
    "noise": {"kind": NO_EYE},
    "chest_xray": {"kind": "chest"},
}
"""What must be told of each kind. "unlike" of an eye with lesions is a fact of the drawing, not of a reading."""


def picture_case(seed: int, index: int) -> Case:
    """One picture with a clinician's question; ``stratum`` is one of :data:`KINDS`."""
    rng = stream(seed, index, "images")
    kind = KINDS[index % len(KINDS)]
    lesion = clinician.pick(rng, LESIONS) if kind == "fundus lesion" else ""
    made = int(rng.random() * 2**31)
    drawn = Drawn(kind=kind, seed=made, lesion=lesion, mask=f"mask:{made}:{lesion}" if lesion else "")
    latent = Latent(person=clinician.person(rng, age=(40, 80)), pictures=(drawn,))
    gives = "; ".join(f"{name}={value}" for name, value in GOLD[kind].items())
    link = Link(
        fact=f"latent.pictures.{kind}", holds="present", rule=f"picture.{kind.replace(' ', '_')}",
        source="drawn so (evals/cases/imagery.py)", gives=gives,
    )  # fmt: skip
    return clinician.case(
        "images", seed, index, latent=latent, stratum=kind, tags=(lesion,) if lesion else (),
        files=(File(name=f"IMG_{int(rng.random() * 9000) + 1000}.png", drawing=drawn),),
        question=_asked(rng, kind), words=clinician.chart(latent, 0),
        gold=Gold(
            picture=GOLD[kind], calls=(ExpectedCall(tool="read_image"),),
            because=(Because(conclusion=gives, links=(link,)),),
        ),
    )  # fmt: skip


def _asked(rng: np.random.Generator, kind: str) -> str:
    stated = clinician.pick(rng, STATED) if kind.startswith("fundus") else ""
    return stated + clinician.pick(rng, QUESTIONS)


def file_of(drawing: Drawn) -> bytes:
    """The picture as a PNG without any text in it; the same bytes for the same drawing.

    Raises:
        ValueError: no such kind of picture is made here.
    """
    from PIL import Image

    held = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels_of(drawing))).save(held, format="PNG")
    return held.getvalue()


def pixels_of(drawing: Drawn) -> Pixels:
    """H x W x 3 bytes (H x W for a film).

    Raises:
        ValueError: no such kind of picture is made here.
    """
    if drawing.kind not in KINDS:
        raise ValueError(f"'{drawing.kind}' is no kind of picture: {', '.join(KINDS)}")
    if drawing.kind.startswith("fundus"):
        return _worse(_eye(drawing), drawing.kind)
    if drawing.kind == "chest_xray":
        return _film(drawing.seed)
    rng = np.random.default_rng(drawing.seed)
    return _noise(rng) if drawing.kind == "noise" else _scene(rng)


def mask_of(drawing: Drawn) -> NDArray[np.bool_]:
    """Where the lesions were drawn (H x W); nothing for an eye without any.

    Raises:
        ValueError: the drawing is no eye.
    """
    if not drawing.kind.startswith("fundus"):
        raise ValueError(f"'{drawing.kind}' has no mask")
    found = np.zeros((SIDE, SIDE), dtype=bool)
    for one in _phantom(drawing).lesions.values():
        found |= one
    return found


def _phantom(drawing: Drawn) -> Any:
    from imaging.generate.phantom import phantom

    kinds: list[Any] = [one for one in drawing.lesion.split("+") if one]
    return phantom(SIDE, drawing.seed % 100_000, kinds, CONTRAST)


def _eye(drawing: Drawn) -> Pixels:
    return cast(Pixels, _phantom(drawing).pixels)


def _worse(pixels: Pixels, kind: str) -> Pixels:
    from PIL import Image, ImageFilter

    if kind == "fundus blurred":
        blurred = Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(SIDE / 24))
        return np.asarray(blurred)
    return (pixels * 0.09).astype(np.uint8) if kind == "fundus dark" else pixels


def _film(seed: int) -> Pixels:
    from imaging.generate import lab

    return np.asarray(lab.pictures("xray-pca", "normal", 1, seed % 100_000)[0], dtype=np.uint8)


def _noise(rng: np.random.Generator) -> Pixels:
    return (rng.random((384, 384, 3)) * 256).astype(np.uint8)


def _scene(rng: np.random.Generator) -> Pixels:
    """A house on a meadow under a sky, in colours of its own."""
    from PIL import Image, ImageDraw

    about = np.array([[90, 130, 150], [40, 110, 30], [120, 110, 90], [110, 40, 30]])
    sky, grass, wall, roof = (rng.random((4, 3)) * 120 + about).clip(0, 255).astype(int).tolist()
    sheet = Image.new("RGB", (480, 360), tuple(sky))
    draw = ImageDraw.Draw(sheet)
    ground, left = int(200 + 60 * rng.random()), int(60 + 220 * rng.random())
    draw.rectangle((0, ground, 480, 360), fill=tuple(grass))
    draw.rectangle((left, ground - 90, left + 130, ground + 30), fill=tuple(wall))
    draw.polygon(
        [(left - 12, ground - 90), (left + 142, ground - 90), (left + 65, ground - 150)], fill=tuple(roof)
    )
    draw.rectangle((left + 50, ground - 30, left + 80, ground + 30), fill=(60, 40, 30))
    sun = int(40 + 380 * rng.random())
    draw.ellipse((sun, 25, sun + 50, 75), fill=(250, 235, 120))
    return np.asarray(sheet)
