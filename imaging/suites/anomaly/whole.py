"""Bar 7: image AUROC of detectors that have seen healthy pictures only, with trivial baselines on the same folds.

The weights of the fundus score's parts are chosen in folds by patient within the training part of each fold; what is
chosen is told in the note. Figures are pooled over folds after each fold's score has been put in SD of its own healthy
training pictures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging import calibrate
from imaging.anomaly import bank_for
from imaging.datasets import medmnist, shortcuts, tables
from imaging.datasets.splits import Fold, at_random
from imaging.datasets.tables import opened, read_table
from imaging.image import ModelMissing
from imaging.suites.row import Given, Row
from imaging.training.bank import CHESTS, FEW_EYES, MANY_EYES, Healthy, Plan, looked_at
from imaging.training.shares import by_group
from imaging.training.shipped_banks import clear_eyes, grey_pictures

Numbers = NDArray[np.float64]
Features = NDArray[np.float32]
Groups = NDArray[np.int64]
Means = Mapping[str, Features]

FOLDS, INNER = 5, 3
DRAWS = 1000
WEIGHTS = (
    (0, 1, 0), (0, 1, 0.5), (1, 0, 0), (1, 0, 0.25), (1, 0, 0.5), (1, 1, 0), (1, 1, 0.25), (1, 1, 0.5), (1, 1, 1),
    (2, 1, 0.5),
)  # fmt: skip
"""Of the distance from the clear eyes of CHASE_DB1, from the eyes of the training folds, and of their discs."""

SMALL = 32
"""Side in px of the pictures that are rebuilt by the trivial baseline."""

Score = Callable[[Fold], tuple[Numbers, Numbers]]
"""Scores of the rows that a fold tests, and out-of-fold scores of those that it trains on."""


def rows(given: Given) -> Iterator[Row]:
    """X-ray, cataract, glaucoma, and what the shipped fundus bank makes of them."""
    yield from _chests(given)
    yield from _eyes(given)


def auc(scores: Numbers, there: NDArray[np.bool_], groups: Groups) -> str:
    """AUC with its interval by bootstrap of groups and n, in words."""
    low, high = shortcuts.area_interval(scores, there, [int(one) for one in groups], DRAWS)
    return f"{calibrate.area(scores, there):.3f} [{low:.3f}, {high:.3f}] (n {(~there).sum()} + {there.sum()})"


def _chests(given: Given) -> Iterator[Row]:
    parts = medmnist.read(given.data / "pneumoniamnist" / "pneumoniamnist_train_val.npz")
    normal = looked_at(grey_pictures(parts.train, 0), "chest_xray")
    val = medmnist.Part(parts.val.pictures[:: given.every], parts.val.labels[:: given.every])
    seen = [looked_at(grey_pictures(val, label), "chest_xray") for label in (0, 1)]
    (plan,) = CHESTS
    detector = plan.fit(normal.rows["chest"])
    scores = np.concatenate([detector.score(one.rows["chest"]) for one in seen])
    there = np.arange(len(scores)) >= len(seen[0].views)
    ours, bar = auc(scores, there, np.arange(len(scores))), 0.93
    pixels = np.concatenate([val.pictures[val.labels == label] for label in (0, 1)]).reshape(len(scores), -1)
    known = parts.train.pictures[parts.train.labels == 0].reshape(len(normal.views), -1)
    beside = _baselines(known.astype(np.float64), pixels.astype(np.float64), there)
    yield Row(
        bar=7, measure="image AUROC, chest X-ray: pneumonia against normal, fitted on normals", target=f">= {bar}",
        ours=ours, met=calibrate.area(scores, there) >= bar, prototype=".919", beside=beside,
        note=f"{len(normal.views)} normals of train; {plan.how}, {plan.axes} axes, chosen within train",
    )  # fmt: skip


def _baselines(known: Numbers, pixels: Numbers, there: NDArray[np.bool_]) -> str:
    rebuilt = [calibrate.area(_rebuilt(known, pixels, count), there) for count in (10, 100)]
    brightness = calibrate.area(pixels.mean(axis=1), there)
    return f"mean intensity {brightness:.3f}; PCA reconstruction 10 {rebuilt[0]:.3f}, 100 {rebuilt[1]:.3f}"


def _rebuilt(known: Numbers, pixels: Numbers, count: int) -> Numbers:
    """Mean squared error of each picture rebuilt from ``count`` principal axes of healthy ones."""
    mean = known.mean(axis=0)
    axes = np.linalg.svd(known - mean, full_matrices=False)[2][:count]
    apart = pixels - mean
    return np.asarray(((apart - apart @ axes.T @ axes) ** 2).mean(axis=1))


def _eyes(given: Given) -> Iterator[Row]:
    means, labels, groups = _eye4(given)
    clear = looked_at(clear_eyes(given.data / "chasedb1"), "fundus")
    scores, chosen = _nested(means, labels, groups, clear)
    pixels = means["pixels"].astype(np.float64)
    for bar, disease in ((0.91, "cataract"), (0.74, "glaucoma")):
        part = (labels == "normal") | (labels == disease)
        there = (labels == disease)[part]
        yield Row(
            bar=7, measure=f"image AUROC, {disease} against normal, 5-fold by patient, fitted on normals",
            target=f">= {bar}", ours=auc(scores[part], there, groups[part]),
            met=calibrate.area(scores[part], there) >= bar,
            prototype={"cataract": ".882", "glaucoma": ".710"}[disease],
            beside=_baselines(pixels[labels == "normal"], pixels[part], there) + "; GANomaly .76; f-AnoGAN .778 (LAG)",
            note=f"weights (clear eyes, own eyes, disc) by fold: {chosen}",
        )  # fmt: skip
    odd = np.array([int(row.group) % 2 == 1 for row in _table(given)])
    yield from _shipped(means, labels, groups, odd)


def _table(given: Given) -> Sequence[tables.Row]:
    folder = given.data / "eye4_256"
    return read_table(folder / "index.csv", folder, group="patient")[:: given.every]


def _eye4(given: Given) -> tuple[dict[str, Features], NDArray[np.str_], Groups]:
    """Features, labels and patients of the ODIR-style photographs; kept in ``given.work``."""
    table = _table(given)
    kept = given.work / f"anomaly-eye4-{given.every}.npz"
    if not kept.is_file():
        _keep(kept, looked_at(((opened(row.path), row.group) for row in table), "fundus"))
    with np.load(kept, allow_pickle=False) as held:
        means = {name: held[name] for name in held.files}
    groups = np.unique([row.group for row in table], return_inverse=True)[1]
    return means, np.array([row.label for row in table]), groups


def _keep(path: Path, found: Healthy) -> None:
    from PIL import Image

    small = [
        np.asarray(Image.fromarray(one.pixels).convert("L").resize((SMALL, SMALL))) for one in found.views
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        path, eye=found.rows["eye"], disc=found.rows["disc"], pixels=np.stack(small).reshape(len(small), -1)
    )


def _nested(means: Means, labels: NDArray[np.str_], groups: Groups, clear: Healthy) -> tuple[Numbers, str]:
    """Scores of all pictures, each by what its fold's training part chose; and the choices."""
    scores, chosen = np.zeros(len(labels)), Counter[str]()
    fixed = FEW_EYES[0].fit(clear.rows["eye"]).score(means["eye"])
    for fold in at_random(groups.tolist(), FOLDS, seed=0):
        parts = [_in_sd(np.log(fixed[fold.test]), np.log(fixed[fold.train]), labels[fold.train])]
        parts += [_part(plan, means[plan.aspect], labels, groups, fold) for plan in MANY_EYES]
        best = max(
            WEIGHTS, key=lambda each: _reached(_sum(each, [one for _, one in parts]), labels[fold.train])
        )
        scores[fold.test] = _sum(best, [one for one, _ in parts])
        chosen[f"{best}"] += 1
    return scores, ", ".join(f"{weights} x {count}" for weights, count in chosen.items())


def _part(
    plan: Plan, features: Features, labels: NDArray[np.str_], groups: Groups, fold: Fold
) -> tuple[Numbers, Numbers]:
    """Steps of the rows that the fold tests, and of those that it trains on in folds of their own."""
    normal = labels == "normal"
    inside = np.zeros(len(fold.train))
    for inner in at_random(groups[fold.train].tolist(), INNER, seed=1):
        train, test = fold.train[inner.train], fold.train[inner.test]
        inside[inner.test] = plan.fit(features[train[normal[train]]]).score(features[test])
    outside = plan.fit(features[fold.train[normal[fold.train]]]).score(features[fold.test])
    return _in_sd(np.log(outside + 1e-9), np.log(inside + 1e-9), labels[fold.train])


def _in_sd(test: Numbers, train: Numbers, labels: NDArray[np.str_]) -> tuple[Numbers, Numbers]:
    healthy = train[labels == "normal"]
    return (test - healthy.mean()) / healthy.std(), (train - healthy.mean()) / healthy.std()


def _sum(weights: Sequence[float], parts: Sequence[Numbers]) -> Numbers:
    return np.asarray(np.sum([weight * part for weight, part in zip(weights, parts, strict=True)], axis=0))


def _reached(scores: Numbers, labels: NDArray[np.str_]) -> float:
    """Mean AUC of the two diseases against normal."""
    areas = []
    for disease in ("cataract", "glaucoma"):
        part = (labels == "normal") | (labels == disease)
        areas.append(calibrate.area(scores[part], (labels == disease)[part]))
    return float(np.mean(areas))


def _shipped(means: Means, labels: NDArray[np.str_], groups: Groups, odd: NDArray[np.bool_]) -> Iterator[Row]:
    """The bank that ships: some twenty clear eyes and no other. ``odd``: whose patient number is odd."""
    try:
        bank = bank_for("fundus")
    except ModelMissing as gone:
        yield Row(measure="shipped fundus bank", ours=str(gone))
        return
    scores = bank.distances({"eye": means["eye"], "disc": means["disc"]})
    for disease in ("cataract", "glaucoma"):
        part = (labels == "normal") | (labels == disease)
        there = (labels == disease)[part]
        ill = labels == disease
        caught = by_group((scores[ill] > bank.facts.threshold).tolist(), [str(one) for one in groups[ill]])
        yield Row(
            measure=f"image AUROC, {disease} against normal, the fundus bank in use ({bank.facts.card})",
            ours=auc(scores[part], there, groups[part]),
            note=f"above its operating point: {caught.rendered}; its axes and weights were chosen on this set",
        )  # fmt: skip
    apart = (labels == "normal") & odd
    held = by_group((scores[apart] <= bank.facts.threshold).tolist(), [str(one) for one in groups[apart]])
    yield Row(
        measure="normals with odd patient numbers at or below its operating point", ours=held.rendered,
        note="the even ones set the point of the bank that ships",
    )  # fmt: skip
