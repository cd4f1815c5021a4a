"""What the page and the command line show of the generators: made pictures with their captions, each stamped.

Pure: the same arguments give the same bytes, and nothing is kept. Names are those of :func:`names`; ``phantom`` is the
drawn fundus, whose labels are "healthy" and the kinds of lesions.
"""

from __future__ import annotations

from typing import Annotated, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from imaging.cards import cards
from imaging.fov import field_of_view
from imaging.generate import shipped
from imaging.generate.generator import Pictures
from imaging.generate.lesions import LOOKS, Kind, Mask
from imaging.generate.lesions import inject as drawn
from imaging.generate.phantom import phantom
from imaging.generate.stamp import grid as grid
from imaging.generate.stamp import png
from retrieval.evidence import Text, Word

PHANTOM = "phantom"
HEALTHY = "healthy"
PHANTOM_SIDE = 256
SHOWN = 192
"""Small pictures are enlarged by whole pixels to about this side."""

LARGEST_SIDE = 1024
"""A photograph larger than this is shrunk before lesions are drawn on it."""


class Made(Word):
    """One made picture, stamped "synthetic" in its pixels and its PNG text, with the words that go beside it."""

    png: Annotated[bytes, Field(repr=False)]
    title: Text
    alt: Text


class Injection(Word):
    """A fundus with drawn lesions and the truth about them."""

    picture: Made
    mask: Made
    """White where the lesions are."""
    before: Made
    kind: Kind
    count: int
    """Lesions drawn; those that overlap count each."""
    area_px: int
    side_px: tuple[int, int]
    """Height and width of the picture that was drawn on."""
    looks_like: Text
    """What this kind looks like, and the source of that."""


def names() -> tuple[str, ...]:
    """The generators that are held, and "phantom"."""
    return (*shipped.names(), PHANTOM)


def labels(name: str) -> tuple[str, ...]:
    """What a generator can be asked for.

    Raises:
        ModelMissing: no such generator ships; the message names those that do.
    """
    return (HEALTHY, *sorted(LOOKS)) if name == PHANTOM else shipped.generator(name).labels


def title(name: str) -> str:
    """The generator in words.

    Raises:
        ModelMissing: no such generator ships.
    """
    if name == PHANTOM:
        return "Drawn fundus (phantom): nobody's eye, all truth known"
    shipped.generator(name)
    return cards()[f"model:{name}"].title


def pictures(name: str, label: str, n: int, seed: int) -> Pictures:
    """The bare pictures of :func:`sample`, for further computing; stamp them before they are shown.

    Raises:
        ModelMissing: no such generator ships.
        ValueError: the label is unknown, or n is not 1 to 10,000.
    """
    if name != PHANTOM:
        return shipped.generator(name).sample(n, label, seed)
    if label not in labels(PHANTOM) or not 1 <= n <= 10_000:
        raise ValueError(f"n is 1 to 10000 and label one of {', '.join(labels(PHANTOM))}")
    kinds = () if label == HEALTHY else (cast(Kind, label),)
    return np.stack([phantom(PHANTOM_SIDE, seed + index, kinds).pixels for index in range(n)])


def sample(name: str, label: str, n: int, seed: int) -> tuple[Made, ...]:
    """``n`` made pictures of one label; a phantom's seeds are ``seed``, ``seed + 1`` and so on.

    Raises:
        ModelMissing: no such generator ships.
        ValueError: the label is unknown, or n is not 1 to 10,000.
    """
    made = pictures(name, label, n, seed)
    return tuple(
        _made(
            one, f"{name}, {label}, seed {seed}, {index} of {n}", f"Made by a computer: {label}; no patient"
        )
        for index, one in enumerate(made, start=1)
    )


def interpolate(name: str, label: str, seed_a: int, seed_b: int, steps: int) -> tuple[Made, ...]:
    """``steps`` pictures from that of one seed to that of another; the ends are ``sample(name, label, 1, seed)``.

    Raises:
        ModelMissing: no such generator ships.
        ValueError: a phantom was asked (it has no space between its pictures), the label is unknown, or steps is not
            2 to 10,000.
    """
    if name == PHANTOM:
        raise ValueError("a phantom has nothing between two seeds; choose one of the other generators")
    made = shipped.generator(name).between(seed_a, seed_b, steps, label)
    return tuple(
        _made(
            one,
            f"{name}, {label}, seed {seed_a} to {seed_b}, step {index} of {steps}",
            f"Made by a computer: {label}, between two drawn pictures; no patient",
        )
        for index, one in enumerate(made, start=1)
    )


def inject(
    source: NDArray[np.uint8] | int, kind: Kind, count: int, contrast: float, seed: int, size: float = 1.0
) -> Injection:
    """Draw ``count`` lesions (1 to 60) on a fundus photograph (H x W x 3 bytes) or on the phantom of a seed.

    Photographs above 1024 px a side are shrunk first. The field is that of :func:`imaging.fov.field_of_view`;
    whether the photograph shows a fundus at all is the caller's question.

    Raises:
        ValueError: the kind is unknown, or a number is out of its range (see :func:`imaging.generate.lesions.inject`).
    """
    if kind not in LOOKS:
        raise ValueError(f"kind is one of {', '.join(sorted(LOOKS))}")
    pixels, field, disc, whose = _ground(source)
    found = drawn(pixels, field, kind, seed, contrast, size, disc, count)
    said = f"{count} x {kind}, contrast {contrast:g}, seed {seed}"
    return Injection(
        picture=_made(found.pixels, f"{said}, drawn on {whose}", f"Fundus with drawn lesions ({kind})"),
        mask=_made(
            np.where(found.mask, 255, 0).astype(np.uint8), f"{said}: exact mask", f"White where {kind} was drawn"
        ),
        before=_made(pixels, f"{whose}, before", "The same fundus without drawn lesions"),
        kind=kind, count=len(found.centres), area_px=int(found.mask.sum()),
        side_px=(pixels.shape[0], pixels.shape[1]), looks_like=LOOKS[kind].seen,
    )  # fmt: skip


def _ground(source: NDArray[np.uint8] | int) -> tuple[NDArray[np.uint8], Mask, tuple[int, int] | None, str]:
    """What is drawn on: pixels, field, the disc where it is known, and whose it is in words."""
    if isinstance(source, int):
        eye = phantom(PHANTOM_SIDE, source)
        rows, columns = np.nonzero(eye.disc)
        return eye.pixels, eye.field, (int(rows.mean()), int(columns.mean())), f"the phantom of seed {source}"
    if source.ndim != 3 or source.shape[2] != 3 or source.dtype != np.uint8:
        raise ValueError("a photograph is H x W x 3 bytes")
    pixels = shrunk(source)
    return pixels, field_of_view(pixels)[1], None, "the photograph"


def shrunk(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A photograph at the size that is drawn on: at most 1024 px a side."""
    longer = max(pixels.shape[:2])
    if longer <= LARGEST_SIDE:
        return pixels
    from PIL import Image

    share = LARGEST_SIDE / longer
    wanted = (max(1, round(pixels.shape[1] * share)), max(1, round(pixels.shape[0] * share)))
    return np.asarray(Image.fromarray(pixels).resize(wanted, Image.Resampling.BOX))


def _made(pixels: NDArray[np.uint8], words: str, alt: str) -> Made:
    return Made(png=png(pixels, max(1, SHOWN // pixels.shape[0])), title=words, alt=f"{alt}.")
