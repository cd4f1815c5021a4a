"""Bars 15, 16 and 17 of the imaging specification: PCA-Gaussian, cVAE and WGAN-GP side by side, with their floors.

``python -m imaging.suites.generators PART --data DIR [--models DIR] [--out FILE]`` prints a table; PART is

- ``table``: the next four, and the GAN beside the VAE;
- ``xray-floors``, ``xray-pca``, ``xray-cvae``, ``xray-wgan``: real, copied and random pictures, and the shipped
  generators, on PneumoniaMNIST's validation part (516 pictures that no generator saw);
- ``few-5``, ``few-15``, ``few-50``: so many real pictures a class, generators fitted on those alone, 10 draws, on the
  same 516;
- ``fundus``: the 64 px generator of RFMiD on its validation part;
- ``eyes``: PCA and cVAE fitted here on ODIR-style normals, one half of the patients, held against the other half.

Nothing of the sets is written anywhere.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from imaging.datasets import medmnist
from imaging.generate.generator import Conditions, Generator, Pictures, Shape
from imaging.generate.pca import PcaGaussian
from imaging.image import ModelMissing
from imaging.realism.coverage import coverage
from imaging.realism.distance import kid, two_sample
from imaging.realism.features import Scale, described, pixels, scale
from imaging.realism.figure import Figure, Rows
from imaging.realism.privacy import Privacy, privacy
from imaging.realism.usefulness import Fitter, Labelled, added, auc, few_shot, made_set, replaced
from imaging.training.generators import SETS, Material

ZOO = Path(__file__).resolve().parents[2] / "imaging" / "zoo"
XRAY = "pneumoniamnist/pneumoniamnist_train_val.npz"
RFMID = "rfmid64/rfmid64_train_val.npz"
PER_LABEL = 250
EYES_STEPS = 100
MEMBERS = 500
FEW_MADE = 30
COMPARED = (
    "TSTR AUC", "real 500 + made 500 AUC", "pixels: nearer to train, made", "pixels: same, real", "pixels: copies",
    "pixels: membership AUC", "density", "coverage", "KID x1000", "two-sample AUC",
)  # fmt: skip
"""Lines of the table: usefulness, privacy, coverage, distance."""
FEW_STEPS = {"cvae": 60, "wgan": 25}

PROTOTYPE = {
    "xray real": "KID -0.1, density 1.07, coverage .96, TSTR .988",
    "xray pca": "KID 429, density .62, coverage .35, TSTR .926",
    "xray cvae": "KID 1,100, density .32, coverage .23, TSTR .822",
    "xray wgan": "KID 2,355, density .05, coverage .06, TSTR .741",
    "eyes pca": "KID 2,197, density .20, coverage .17 (PCA-60)",
}
"""Figures of spec 3.10, measured there with a throw-away prototype."""

Row = dict[str, Any]


class Real(NamedTuple):
    """Real pictures that generators are held against, and the scale of their space."""

    pictures: Pictures
    rows: Rows
    scale: Scale


_known: dict[str, Rows] = {}


def once(pictures: Pictures) -> Rows:
    """Features, computed once in a run for the same pictures."""
    key = hashlib.sha256(pictures.tobytes()).hexdigest()
    if key not in _known:
        _known[key] = described(pictures)
    return _known[key]


def real(pictures: Pictures) -> Real:
    raw = once(pictures)
    return Real(pictures, raw, scale(raw))


def looks(name: str, made_rows: Rows, against: Real, bar: str = "") -> Row:
    """Distance, density, coverage and the two-sample AUC of made pictures, given as raw features."""
    rows, held_rows = against.scale(made_rows), against.scale(against.rows)
    found = coverage(held_rows, rows)
    return {
        "name": name, "bar": bar, "n": len(made_rows), "KID x1000": kid(held_rows, rows), "density": found.density,
        "coverage": found.coverage, "recall": found.recall, "two-sample AUC": two_sample(held_rows, rows),
        "prototype": PROTOTYPE.get(name, ""),
    }  # fmt: skip


def stolen(seen: Pictures, count: int) -> Pictures:
    """Training pictures with a little noise: what the attacks must catch."""
    rng = np.random.default_rng(0)
    some = seen[rng.choice(len(seen), min(len(seen), count), replace=False)]
    return np.asarray((some + rng.normal(0, 4, some.shape)).clip(0, 255), dtype=np.uint8)


def floors(kind: str, against: Real, seen: Held) -> list[Row]:
    """What a perfect generator, a thief and a broken one would read."""
    copies = stolen(seen.train, len(against.pictures))
    rows = described(copies)
    noise = np.random.default_rng(0).integers(0, 256, against.pictures.shape, dtype=np.uint8)
    return [
        looks(f"{kind} copies", rows, against),
        privacy_row(f"{kind} copies", private(copies, rows, seen), "must be caught"),
        looks(f"{kind} uniform noise", described(noise), against),
    ]


def mixed(generator: Generator, conditions: Conditions, labels: Sequence[str], seed: int) -> Pictures:
    """Made pictures with the labels of real ones (the first, where there are several)."""
    counts = np.bincount(conditions.argmax(axis=1), minlength=len(labels))
    return np.concatenate([
        generator.sample(int(count), label, seed) for label, count in zip(labels, counts, strict=True) if count
    ])  # fmt: skip


class Held(NamedTuple):
    """Training, unseen and other real pictures of one source, with their features, for the attacks."""

    train: Pictures
    unseen: Pictures
    others: Pictures
    rows: tuple[Rows, Rows, Rows]
    """Features of at most 500 training pictures, of the unseen and of the others."""


def held(train: Pictures, unseen: Pictures, others: Pictures, other_rows: Rows | None = None) -> Held:
    some = train[np.random.default_rng(1).choice(len(train), min(len(train), MEMBERS), replace=False)]
    rows = (once(some), once(unseen), once(others) if other_rows is None else other_rows)
    return Held(train, unseen, others, rows)


def private(made: Pictures, made_rows: Rows, against: Held) -> dict[str, Privacy]:
    """The attacks in pixels (all training pictures) and in features (at most 500)."""
    plain = [pixels(one) for one in (made, against.train, against.unseen, against.others)]
    space = scale(against.rows[1])
    train, unseen, others = (space(one) for one in against.rows)
    return {
        "pixels": privacy(plain[0], plain[1], plain[2], plain[3], "pixels at 28 px"),
        "features": privacy(space(made_rows), train, unseen, others, "Lite0 features"),
    }


def privacy_row(name: str, found: Mapping[str, Privacy], bar: str) -> Row:
    row: Row = {"name": f"{name} privacy", "bar": bar}
    for space, one in found.items():
        row |= {f"{space}: nearer to train, made": one.nearer_made, f"{space}: same, real": one.nearer_real,
                f"{space}: excess": one.excess, f"{space}: ratio, made": one.ratio_made,
                f"{space}: ratio, real": one.ratio_real, f"{space}: copies": one.copies,
                f"{space}: membership AUC": one.membership, f"{space}: verdict": one.verdict}  # fmt: skip
    return row


def loaded(path: Path) -> Generator:
    """A generator by the kind that stands in its name (``xray_pca.safetensors``)."""
    from imaging.generate.cvae import CvaeGenerator
    from imaging.generate.wgan import WganGenerator

    kinds: dict[str, Callable[[Path], Generator]] = {
        "pca": PcaGaussian.load, "cvae": CvaeGenerator.load, "wgan": WganGenerator.load,
    }  # fmt: skip
    return kinds[path.stem.split("_")[-1]](path)


def generators(folder: Path, kind: str) -> dict[str, Generator]:
    found = {}
    for recipe in ("pca", "cvae", "wgan"):
        try:
            found[recipe] = loaded(folder / f"{kind}_{recipe}.safetensors")
        except ModelMissing as missing:
            sys.stderr.write(f"{kind} {recipe}: {missing}\n")
    return found


def judged(kind: str, recipe: str, made: Pictures, against: Real, seen: Held, bar: str) -> list[Row]:
    """The rows of one generator."""
    rows = described(made)
    return [
        looks(f"{kind} {recipe}", rows, against, bar),
        privacy_row(f"{kind} {recipe}", private(made, rows, seen), "17: excess <= .05, membership <= .55"),
    ]


def xray_floors(data: Path, models: Path) -> list[Row]:
    split, material = medmnist.read(data / XRAY), SETS["xray"](data / XRAY)
    against = real(split.val.pictures)
    seen = held(material.pictures, material.unseen, against.pictures, against.rows)
    test, train = (
        Labelled(split.val.pictures, against.rows, split.val.labels),
        sample_of(material, 2 * PER_LABEL),
    )
    return [
        looks("xray real", seen.rows[1], against),
        *floors("xray", against, seen),
        {
            "name": "xray real, train and test",
            "n": 2 * PER_LABEL,
            "TSTR AUC": auc(train.rows, train.labels, test),
        },
    ]


def xray(data: Path, models: Path, recipe: str) -> list[Row]:
    split, material = medmnist.read(data / XRAY), SETS["xray"](data / XRAY)
    against, generator = real(split.val.pictures), loaded(models / f"xray_{recipe}.safetensors")
    seen = held(material.pictures, material.unseen, against.pictures, against.rows)
    test, train = (
        Labelled(split.val.pictures, against.rows, split.val.labels),
        sample_of(material, 2 * PER_LABEL),
    )
    made = mixed(generator, medmnist.one_hot(split.val.labels, 2), medmnist.LABELS, 7)
    taught = made_set(generator, medmnist.LABELS, PER_LABEL, 11)
    use = {"name": f"xray {recipe} use", "bar": "15: TSTR >= .95", "TSTR AUC": replaced(taught, test),
           "real 500 + made 500 AUC": added(train, taught, test)}  # fmt: skip
    return [*judged("xray", recipe, made, against, seen, "15: density >= .7, coverage >= .6, beats PCA"), use]


def table(data: Path, models: Path) -> list[Row]:
    """Everything on the X-rays, and the GAN and the VAE side by side."""
    rows = xray_floors(data, models)
    for recipe in ("pca", "cvae", "wgan"):
        rows += xray(data, models, recipe)
    side_by_side(rows)
    return rows


def side_by_side(rows: Sequence[Row]) -> None:
    """One column for each kind of pictures."""
    merged: dict[str, Row] = {}
    for row in rows:
        kind = row["name"].removeprefix("xray ").split(" ")[0].rstrip(",")
        merged.setdefault(kind, {}).update(
            {key: value for key, value in row.items() if isinstance(value, Figure)}
        )
    print(f"{'':30s}" + "".join(f"{kind:>24s}" for kind in merged))
    for line in COMPARED:
        cells = (str(one.get(line, "-")) for one in merged.values())
        print(f"{line:30s}" + "".join(f"{cell:>24s}" for cell in cells))


def sample_of(material: Material, count: int) -> Labelled:
    rows = np.random.default_rng(3).choice(len(material.pictures), count, replace=False)
    chosen = material.pictures[rows]
    return Labelled(chosen, once(chosen), material.conditions[rows].argmax(axis=1).astype(np.int64))


def few(data: Path, models: Path, per_class: int) -> list[Row]:
    split = medmnist.read(data / XRAY)
    test = Labelled(split.val.pictures, once(split.val.pictures), split.val.labels)
    found = few_shot(
        split.train.pictures, split.train.labels, test, medmnist.LABELS, per_class, FITTERS, made_per_class=FEW_MADE
    )  # fmt: skip
    row: Row = {"name": f"xray few-shot, {per_class} a class", "bar": "15: gain over flips, interval above 0"}
    row |= {f"AUC {name}": arm for name, arm in found.arms.items()}
    return [row | {f"gain over flips, {name}": gain for name, gain in found.gains.items()}]


def _pca(pictures: Pictures, conditions: Conditions, seed: int) -> Generator:
    return PcaGaussian.fit(pictures, conditions, medmnist.LABELS)


def _cvae(pictures: Pictures, conditions: Conditions, seed: int) -> Generator:
    from imaging.training.cvae import CvaeSettings, CvaeTask

    shape = Shape(labels=medmnist.LABELS, side=28, channels=1)
    task = CvaeTask(
        pictures, conditions, shape, CvaeSettings(width=8, batch=16, steps_of_schedule=60, seed=seed)
    )
    for step in range(FEW_STEPS["cvae"]):
        task.advance(step)
    return task.generator()


def _wgan(pictures: Pictures, conditions: Conditions, seed: int) -> Generator:
    from imaging.training.wgan import WganSettings, WganTask

    shape = Shape(labels=medmnist.LABELS, side=28, channels=1)
    task = WganTask(pictures, conditions, shape, WganSettings(width=8, critic_width=8, batch=16, seed=seed))
    for step in range(FEW_STEPS["wgan"]):
        task.advance(step)
    return task.generator()


FITTERS: dict[str, Fitter] = {"pca": _pca, "cvae": _cvae, "wgan": _wgan}


def fundus(data: Path, models: Path) -> list[Row]:
    material = SETS["fundus"](data / RFMID)
    half, labels = len(material.unseen) // 2, material.shape.labels
    # The publishers' order is not random: its two halves are further apart than two random ones.
    unseen = material.unseen[np.random.default_rng(5).permutation(len(material.unseen))]
    against = real(unseen)
    halves = Real(unseen[half:], against.rows[half:], scale(against.rows[half:]))
    seen = held(material.pictures, unseen[:half], unseen[half:], against.rows[half:])
    rows = [looks("fundus real halves", against.rows[:half], halves), *floors("fundus", against, seen)]
    made_by: dict[str, Generator] = {
        "pca": PcaGaussian.fit(material.pictures, material.conditions, labels, 60)
    }
    for recipe, generator in (made_by | generators(models, "fundus")).items():
        made = mixed(generator, material.unseen_conditions, labels, 7)
        rows += judged("fundus", recipe, made, against, seen, "")
    return rows


def eyes(data: Path, models: Path) -> list[Row]:
    from imaging.training.cvae import CvaeSettings, CvaeTask
    from imaging.training.generators import settings_for

    one, two = normals(data / "eye4_256")
    against, half = real(two), len(two) // 2
    seen = held(one, two[:half], two[half:], against.rows[half:])
    doubled = np.concatenate([one, one[:, :, ::-1]])
    asked, shape = (
        np.ones((len(doubled), 1), dtype=np.float32),
        Shape(labels=("normal",), side=64, channels=3),
    )
    task = CvaeTask(doubled, asked, shape, settings_for("cvae", "fundus", CvaeSettings))
    for step in range(EYES_STEPS):
        task.advance(step)
    made_by: dict[str, Generator] = {
        "pca": PcaGaussian.fit(doubled, asked, ("normal",), 60),
        "cvae": task.generator(),
    }
    rows = floors("eyes", against, seen)
    for recipe, generator in made_by.items():
        made = generator.sample(len(two), "normal", 7)
        rows += judged("eyes", recipe, made, against, seen, "16: density >= .5, coverage >= .4, KID < 1,000")
    return rows


def normals(folder: Path, side: int = 64) -> tuple[Pictures, Pictures]:
    """ODIR-style normals at 64 px, split by patient: even numbers, odd numbers."""
    halves: tuple[list[Any], list[Any]] = ([], [])
    with (folder / "index.csv").open(encoding="utf-8-sig") as table:
        for row in csv.DictReader(table):
            if row["label"] == "normal":
                with Image.open(folder / row["file"]) as opened:
                    small = opened.convert("RGB").resize((side, side), Image.Resampling.BOX)
                halves[int(row["patient"]) % 2].append(np.asarray(small))
    return np.stack(halves[0]), np.stack(halves[1])


PARTS: dict[str, Callable[[Path, Path], list[Row]]] = {
    "table": table,
    "xray-floors": xray_floors,
    "xray-pca": partial(xray, recipe="pca"),
    "xray-cvae": partial(xray, recipe="cvae"),
    "xray-wgan": partial(xray, recipe="wgan"),
    "few-5": partial(few, per_class=5),
    "few-15": partial(few, per_class=15),
    "few-50": partial(few, per_class=50),
    "fundus": fundus,
    "eyes": eyes,
}


def plain(value: Any) -> Any:
    """Figures as dictionaries for JSON."""
    return value.model_dump() if isinstance(value, Figure) else str(value)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=ZOO)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    rows = PARTS[options.part](options.data, options.models)
    if options.out:
        options.out.write_text(json.dumps(rows, default=plain, indent=1) + "\n", encoding="utf-8")
    for row in rows:
        print(f"\n{row['name']}" + (f"   (bar {row['bar']})" if row.get("bar") else ""))
        for name, value in row.items():
            if name not in ("name", "bar") and value != "":
                print(f"    {name:34s} {round(value, 3) if isinstance(value, float) else value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
