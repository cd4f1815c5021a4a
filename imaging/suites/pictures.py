"""Sets of pictures that several suites measure on: eyes, ultrasound, X-rays, everyday pictures and traps made of them.

Opened in this process, because they are ours; a picture of a user goes through :mod:`imaging.load`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import skimage
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from imaging.training.scenes import disc

Pixels = NDArray[np.uint8]
TRAP_SIDE = 384
RETINAS = frozenset({"retina", "microaneurysms"})


def opened(path: Path) -> Pixels:
    """The picture in red, green and blue, transparency laid over black."""
    with Image.open(path) as picture:
        over = Image.new("RGBA", picture.size, (0, 0, 0, 255))
        over.alpha_composite(picture.convert("RGBA"))
    return np.asarray(over.convert("RGB"))


def eyes(data: Path) -> Iterator[tuple[str, Path]]:
    """Fundus photographs that no shipped model learned from, by set.

    The ODIR-style normals are split by patient: operating points were chosen on the even ones.
    """
    yield from (("DRIVE", path) for path in sorted((data / "drive/training/images").glob("*.tif")))
    with (data / "eye4_256/index.csv").open(encoding="utf-8-sig") as table:
        for row in csv.DictReader(table):
            part = ("even" if int(row["patient"]) % 2 == 0 else "odd") if row["label"] == "normal" else ""
            yield f"{row['label']} {part}".strip(), data / "eye4_256" / row["label"] / Path(row["file"]).name


def patient(path: Path) -> str:
    """Whose eye a photograph of :func:`eyes` shows: both eyes of one person share it."""
    return f"{path.parts[-3]} {path.stem.split('_')[0]}"


def ultrasound(data: Path) -> Iterator[tuple[str, Path]]:
    """Breast ultrasound pictures with their group of near-duplicates."""
    with (data / "busi_256/groups.csv").open(encoding="utf-8-sig") as table:
        for row in csv.DictReader(table):
            yield row["group"], data / "busi_256" / row["label"] / Path(row["file"]).name


def x_rays(data: Path) -> list[Pixels]:
    """Children's chest X-rays of the validation part that do not also stand in the training part, at 224 px."""
    with np.load(data / "pneumoniamnist/pneumoniamnist_train_val.npz", allow_pickle=False) as arrays:
        seen = {one.tobytes() for one in arrays["train_images"]}
        fresh = [one for one in arrays["val_images"] if one.tobytes() not in seen]
    large = (Image.fromarray(one).resize((224, 224), Image.Resampling.BICUBIC) for one in fresh)
    return [np.repeat(np.asarray(one)[..., None], 3, axis=2) for one in large]


def natural() -> dict[str, Pixels]:
    """Everyday and test pictures that installed packages carry, without the two that show a retina."""
    folder = Path(skimage.__file__).parent / "data"
    folders = [
        folder,
        folder.parents[1] / "gradio/media_assets/images",
        folder.parents[1] / "sklearn/datasets/images",
    ]
    paths = [path for place in folders for path in sorted(place.glob("*.[pjg][npi]*"))]
    return {path.name: opened(path) for path in paths if path.stem not in RETINAS}


def traps(pictures: Mapping[str, Pixels]) -> Iterator[tuple[str, str, Pixels]]:
    """Set, source and pixels: every everyday picture in a circle as it is, tinted orange, and tinted and blurred.

    And orange discs: plain, with a bright spot, with noise, with light that falls off, each also blurred.
    """
    inside = disc(TRAP_SIDE, 0.48)[..., None]
    for source, picture in pictures.items():
        square = _middle_square(picture)
        yield "everyday, in a circle", source, np.where(inside, square, 0).astype(np.uint8)
        light = square.mean(axis=2, keepdims=True) / 255
        orange = np.array([90, 30, 10]) + light * np.array([160, 120, 60])
        yield "tinted, in a circle", source, np.where(inside, orange, 0).clip(0, 255).astype(np.uint8)
        soft = gaussian_filter(orange, (4, 4, 0))
        yield "tinted, blurred, in a circle", source, np.where(inside, soft, 0).clip(0, 255).astype(np.uint8)
    for index, one in enumerate(_discs(TRAP_SIDE)):
        yield "orange disc", f"disc {index}", np.where(inside, one, 0).clip(0, 255).astype(np.uint8)


def _middle_square(picture: Pixels) -> Pixels:
    short = min(picture.shape[:2])
    top, left = (picture.shape[0] - short) // 2, (picture.shape[1] - short) // 2
    square = Image.fromarray(picture[top : top + short, left : left + short])
    return np.asarray(square.resize((TRAP_SIDE, TRAP_SIDE)))


def _discs(side: int) -> Iterator[NDArray[np.float64]]:
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:side, :side]
    plain = np.ones((side, side, 3)) * np.array([200.0, 110, 50])
    spot = np.exp(-((y - 180) ** 2 + (x - 260) ** 2) / 1250)[..., None] * np.array([50, 100, 80])
    fall = (1 - 0.4 * ((y - side / 2) ** 2 + (x - side / 2) ** 2) / (side / 2) ** 2)[..., None]
    noise = rng.normal(0, 10, plain.shape)
    for one in (plain, plain + spot, plain + noise, plain + spot + noise, plain * fall + spot):
        yield one
        yield gaussian_filter(one, (3, 3, 0))


def spoil(rng: np.random.Generator, pixels: Pixels, defect: str) -> Pixels:
    """A degraded copy as imaging spec 3.5 makes them: "blur", "dark", "over" or "haze"; any other name changes none."""
    eye = pixels.astype(float)
    if defect == "blur":
        sigma = rng.uniform(1.2, 4) * pixels.shape[0] / 256
        eye = gaussian_filter(eye, (sigma, sigma, 0))
    if defect in ("dark", "over"):
        eye = eye * (rng.uniform(0.1, 0.35) if defect == "dark" else rng.uniform(1.6, 2.6))
    if defect == "haze":
        share = rng.uniform(0.5, 0.85)
        eye = eye * (1 - share) + share * np.array([190, 170, 150])
    return np.where((pixels.max(axis=2) > 25)[..., None], eye, 0).clip(0, 255).astype(np.uint8)
