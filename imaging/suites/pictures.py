"""The figures on the cards, measured again; its sets of pictures serve the other suites.

DIR holds the development sets (chasedb1, drive, idrid_seg54, eye4_256, busi_256, pneumoniamnist); one JSON object comes
out. Nothing of the sets is written anywhere.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import skimage
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from imaging.fov import field_of_view
from imaging.gate import fundus_gate
from imaging.load import load
from imaging.quality import quality as judged
from imaging.reading import read
from imaging.training.scenes import disc
from imaging.vessel_measures import fractal_dimension, skeleton, skeleton_density, tortuosity
from imaging.vessels import find_vessels

Pixels = NDArray[np.uint8]


def opened(path: Path) -> Pixels:
    with Image.open(path) as picture:
        over = Image.new("RGBA", picture.size, (0, 0, 0, 255))
        over.alpha_composite(picture.convert("RGBA"))
    return np.asarray(over.convert("RGB"))


def eyes(data: Path) -> Iterator[tuple[str, Path]]:
    """Photographs by set; the normals are split by patient: the threshold was chosen on the even ones."""
    yield from (("chase (trained on)", path) for path in sorted((data / "chasedb1").glob("*.jpg")))
    yield from (("idrid (trained on)", path) for path in sorted((data / "idrid_seg54").glob("IDRiD_*.jpg")))
    yield from (("drive", path) for path in sorted((data / "drive/training/images").glob("*.tif")))
    with (data / "eye4_256/index.csv").open(encoding="utf-8-sig") as table:
        for row in csv.DictReader(table):
            part = ("even" if int(row["patient"]) % 2 == 0 else "odd") if row["label"] == "normal" else ""
            yield f"{row['label']} {part}".strip(), data / "eye4_256" / row["label"] / Path(row["file"]).name


def natural() -> dict[str, Pixels]:
    """Pictures that installed packages carry."""
    folder = Path(skimage.__file__).parent / "data"
    folders = [
        folder,
        folder.parents[1] / "gradio/media_assets/images",
        folder.parents[1] / "sklearn/datasets/images",
    ]
    paths = [path for place in folders for path in sorted(place.glob("*.[pjg][npi]*"))]
    return {path.name: opened(path) for path in paths if path.stem != "retina"}


def traps(pictures: dict[str, Pixels]) -> Iterator[tuple[str, Pixels]]:
    """Every natural picture in a circle, as it is, tinted orange, tinted and blurred; and orange discs."""
    side = 384
    inside = disc(side, 0.48)[..., None]
    for picture in pictures.values():
        short = min(picture.shape[:2])
        top, left = (picture.shape[0] - short) // 2, (picture.shape[1] - short) // 2
        square = np.asarray(
            Image.fromarray(picture[top : top + short, left : left + short]).resize((side, side))
        )
        yield "natural in a circle", np.where(inside, square, 0).astype(np.uint8)
        light = square.mean(axis=2, keepdims=True) / 255
        orange = np.array([90, 30, 10]) + light * np.array([160, 120, 60])
        yield "tinted orange in a circle", np.where(inside, orange, 0).clip(0, 255).astype(np.uint8)
        soft = gaussian_filter(orange, (4, 4, 0))
        yield "tinted and blurred in a circle", np.where(inside, soft, 0).clip(0, 255).astype(np.uint8)
    yield from (
        ("orange disc", np.where(inside, one, 0).clip(0, 255).astype(np.uint8)) for one in _discs(side)
    )


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


def gate(data: Path) -> dict[str, Any]:
    scores: dict[str, list[tuple[str, float]]] = {}

    def note(name: str, pixels: Pixels) -> None:
        verdict, _ = fundus_gate(pixels)
        scores.setdefault(name, []).append((verdict.decision.value, verdict.score))

    for name, path in eyes(data):
        note(name, opened(path))
    for path in sorted((data / "busi_256").glob("*/*.png")):
        note("breast ultrasound", opened(path))
    arrays = np.load(data / "pneumoniamnist/pneumoniamnist_train_val.npz")
    for small in arrays["val_images"]:
        grey = np.asarray(Image.fromarray(small).resize((224, 224), Image.Resampling.BICUBIC))
        note("chest X-ray", np.repeat(grey[..., None], 3, axis=2))
    pictures = natural()
    for picture in pictures.values():
        note("natural picture", picture)
    for name, picture in traps(pictures):
        note(name, picture)
    return {name: _summary(rows) for name, rows in scores.items()}


def _summary(rows: list[tuple[str, float]]) -> dict[str, float]:
    values = [value for _, value in rows]
    share = {
        word: round(sum(name == word for name, _ in rows) / len(rows), 4) for word in ("accepted", "unsure")
    }
    return {"n": len(rows), **share, "lowest": min(values), "highest": max(values)}


def quality(data: Path) -> dict[str, Any]:
    looks: dict[str, list[Any]] = {}
    spoilt: dict[str, list[Any]] = {}
    rng = np.random.default_rng(0)
    for name, path in eyes(data):
        pixels = opened(path)
        looks.setdefault(name, []).append(judged(pixels))
        if name == "normal odd":
            for defect in ("blur", "dark", "over", "haze"):
                copy = spoil(rng, pixels, defect)
                spoilt.setdefault(defect, []).append(judged(copy))
    odd = [verdict.score for verdict in looks["normal odd"]]
    result: dict[str, Any] = {f"refused {name}": _refused(found) for name, found in looks.items()}
    result |= {f"refused {name} (copies of normal odd)": _refused(found) for name, found in spoilt.items()}
    return result | {f"AUC {name}": area([v.score for v in found], odd) for name, found in spoilt.items()}


def _refused(verdicts: list[Any]) -> dict[str, float]:
    return {
        "n": len(verdicts),
        "refused": round(sum(v.decision == "rejected" for v in verdicts) / len(verdicts), 4),
    }


def spoil(rng: np.random.Generator, pixels: Pixels, defect: str) -> Pixels:
    """A degraded copy as imaging spec 3.5 makes them."""
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


def area(low: list[float], high: list[float]) -> float:
    """AUC: how often a value of ``high`` stands above one of ``low``."""
    from scipy.stats import rankdata

    ranks = rankdata(np.r_[low, high])
    return round(float((ranks[len(low) :].sum() - len(high) * (len(high) + 1) / 2) / len(low) / len(high)), 4)


def vessels(data: Path) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, pairs in (("chase", list(_chase(data))), ("drive", list(_drive(data)))):
        strength, truth, mask, dice = [], [], [], []
        for photograph, drawn in pairs:
            found = find_vessels(photograph)
            field = field_of_view(photograph)[0]
            top, left, bottom, right = field.box
            human = _at(drawn[top:bottom, left:right], found.mask.shape)
            strength.append(found.strength[found.field])
            truth.append(human[found.field])
            mask.append(found.mask[found.field])
            dice.append(_dice(found.mask & found.field, human & found.field))
        pooled, drawn_all = np.concatenate(mask), np.concatenate(truth)
        rows = np.concatenate(strength)
        result[name] = {
            "n": len(pairs), "AUC": area(rows[~drawn_all].tolist(), rows[drawn_all].tolist()),
            "Dice pooled": _dice(pooled, drawn_all), "Dice of images": [min(dice), float(np.median(dice)), max(dice)],
        }  # fmt: skip
    return result | {"observers": _observers(data)}


def _observers(data: Path) -> dict[str, Any]:
    """How two humans' drawings of one eye differ in our own measures."""
    rows: dict[str, list[tuple[float, float]]] = {}
    for path in sorted((data / "chasedb1").glob("*.jpg")):
        found = find_vessels(opened(path))
        top, left, bottom, right = field_of_view(opened(path))[0].box
        pair = []
        for who in ("1st", "2nd"):
            drawn = np.asarray(Image.open(path.with_name(f"{path.stem}_{who}HO.png")).convert("L")) > 127
            thin = skeleton(_at(drawn[top:bottom, left:right], found.mask.shape) & found.field)
            pair.append((skeleton_density(thin, found.field), fractal_dimension(thin), tortuosity(thin)))
        for index, name in enumerate(("skeleton density", "fractal dimension", "tortuosity")):
            rows.setdefault(name, []).append((float(pair[0][index] or 0), float(pair[1][index] or 0)))
    return {
        name: {"r": float(np.corrcoef(np.array(two).T)[0, 1]), "mean": float(np.mean(two)),
               "mean absolute difference": float(np.abs(np.diff(np.array(two), axis=1)).mean())}
        for name, two in rows.items()
    }  # fmt: skip


def _chase(data: Path) -> Iterator[tuple[Pixels, NDArray[np.bool_]]]:
    for path in sorted((data / "chasedb1").glob("*.jpg")):
        yield (
            opened(path),
            np.asarray(Image.open(path.with_name(f"{path.stem}_1stHO.png")).convert("L")) > 127,
        )


def _drive(data: Path) -> Iterator[tuple[Pixels, NDArray[np.bool_]]]:
    for path in sorted((data / "drive/training/images").glob("*.tif")):
        human = data / "drive/training/1st_manual" / f"{path.name[:2]}_manual1.gif"
        yield opened(path), np.asarray(Image.open(human).convert("L")) > 127


def _at(mask: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    grey = Image.fromarray((mask * 255).astype(np.uint8)).resize((shape[1], shape[0]), Image.Resampling.BOX)
    return np.asarray(grey) > 127


def _dice(one: NDArray[np.bool_], two: NDArray[np.bool_]) -> float:
    return round(float(2 * (one & two).sum() / max(1, one.sum() + two.sum())), 4)


def reading(data: Path) -> dict[str, Any]:
    """Seconds of the first and of warm readings in this process, of the child alone, and peak memory of both."""
    path = sorted((data / "drive/training/images").glob("*.tif"))[0]
    walls, decodes = [], []
    for _ in range(6):
        started = time.perf_counter()
        image = load(path)
        decodes.append(round(time.perf_counter() - started, 2))
        read(image)
        walls.append(round(time.perf_counter() - started, 2))
    peak = {who: resource.getrusage(what).ru_maxrss // 1024 for who, what in _WHO}
    return {
        "first s": walls[0],
        "warm s": sorted(walls[1:])[2],
        "decode s": sorted(decodes)[3],
        "peak MB": peak,
    }


_WHO = (("reader", resource.RUSAGE_SELF), ("child", resource.RUSAGE_CHILDREN))
SUITES: dict[str, Callable[[Path], dict[str, Any]]] = {
    "gate": gate, "quality": quality, "vessels": vessels, "reading": reading,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suite", choices=SUITES)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    sys.stdout.write(json.dumps(SUITES[options.suite](options.data), indent=1) + "\n")


if __name__ == "__main__":
    main()
