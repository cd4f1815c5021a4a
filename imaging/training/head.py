"""The recipe of every linear head: pictures, labels and groups in; weights, operating points and a card out.

``python -m imaging.training.head --task NAME --data DIR --labels CSV --group COLUMN --out FILE.npz`` (or ``--data
FILE.npz --classes normal,pneumonia --no-groups`` for a MedMNIST file). Temperature, conformal limits and thresholds
come from cases out of fold: no case is judged by a head that saw it or any of its group. With a held-out part (``val``
in the npz) every figure is measured there; without one the figures are those out of fold, and the card says so.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging import calibrate, classify
from imaging.backbone import Tap
from imaging.calibrate import OperatingPoint
from imaging.cards import Made, ModelCard
from imaging.classify import Extractor, Facts, Head, Linear
from imaging.datasets.shortcuts import area_interval, resampled
from imaging.datasets.splits import balanced
from imaging.datasets.tables import Labelled, not_among, numbered, opened, read_npz, read_table

FOLDS, MEMBERS = 5, 5
TAPS: tuple[Tap, ...] = ("b2", "b4", "b10", "head")
SPREAD: tuple[Tap, ...] = ("b2", "b4", "b10")
ALPHA, SENSITIVITY = 0.1, 0.95
LOCAL = "local, not for redistribution"

Pictures = NDArray[np.uint8]
Plane = NDArray[np.float64]
Rows = NDArray[np.float32]
Rng = np.random.Generator


class Recipe(NamedTuple):
    """What the recipe may be told; the defaults are those of the pneumonia head (imaging spec 3.8)."""

    extractor: Extractor = Extractor(taps=TAPS, spread=SPREAD, side=64, through=28)
    strength: float = 0.003
    copies: int = 5
    """Disturbed copies of each picture; 0 trains on the pictures as they are."""
    flips: bool = False
    """Whether a copy may be mirrored: not where left and right differ."""
    seed: int = 0
    steps: int = 100


class Purpose(NamedTuple):
    """What a head is for: its task in words, the id of its card, and the ages it may speak about."""

    task: str
    card: str = "model:local"
    ages: tuple[int, int] | None = None


class Measured(NamedTuple):
    """The logits that figures stand on, with their labels and groups, and what the cases are in words."""

    logits: Plane
    labels: NDArray[np.int64]
    groups: NDArray[np.int64]
    on: str = "its own training cases, out of fold"


class Trained(NamedTuple):
    """A head and what it reached: one line for each figure, with n and interval."""

    head: Head
    figures: tuple[str, ...]


def train(
    purpose: Purpose,
    cases: Labelled,
    recipe: Recipe,
    held_out: Labelled | None = None,
    measured_on: str = "the held-out part",
) -> Trained:
    """Fit, calibrate and measure a head. ``held_out`` must not share a picture with ``cases`` (refused).

    Pictures are at the size that the recipe disturbs them at: ``through`` px, or ``side`` where there is no detour.
    Figures are those of ``held_out``, or where there is none those of the training cases out of fold.
    """
    if held_out is not None and not not_among(held_out.pictures, cases.pictures).all():
        raise ValueError("held-out pictures stand among the training cases")
    ready = [_sized(copy, recipe.extractor) for copy in copies_of(cases.pictures, recipe)]
    rows = [classify.rows_of(copy, recipe.extractor) for copy in ready]
    apart = Measured(out_of_fold(rows, cases, recipe), cases.labels, cases.groups)
    members = _members(rows, cases, recipe)
    measured = apart
    if held_out is not None:
        logits = members[0].logits(features(held_out.pictures, recipe.extractor))
        measured = Measured(logits, held_out.labels, held_out.groups, measured_on)
    facts = _facts(purpose, cases.classes, recipe.extractor, apart, measured, _grains(ready))
    weights = np.stack([one.weights for one in members]).astype(np.float32)
    offsets = np.stack([one.offsets for one in members]).astype(np.float32)
    return Trained(Head(facts, weights, offsets), figures(facts, measured))


def _members(rows: Sequence[Rows], cases: Labelled, recipe: Recipe) -> list[Linear]:
    """The head itself, then those of the bootstrap samples."""
    samples = [np.arange(len(cases.labels)), *bootstraps(cases, recipe.seed)]
    return [_fit(rows, cases.labels, sample, len(cases.classes), recipe) for sample in samples]


def _facts(
    purpose: Purpose,
    classes: tuple[str, ...],
    extractor: Extractor,
    apart: Measured,
    measured: Measured,
    grain: tuple[float, float],
) -> Facts:
    """Temperature, limits and thresholds from cases out of fold; what a threshold is worth, from ``measured``."""
    temperature = calibrate.fit_temperature(apart.logits, apart.labels)
    limits = calibrate.conformal_limits(
        calibrate.probabilities(apart.logits, temperature), apart.labels, ALPHA
    )
    return Facts(
        task=purpose.task, classes=classes, extractor=extractor, temperature=temperature, alpha=ALPHA,
        limits=tuple(float(one) for one in limits), card=purpose.card, ages=purpose.ages, grain=grain,
        points=tuple(
            _point(name, column, temperature, apart, measured) for column, name in enumerate(classes) if column
        ),
    )  # fmt: skip


def _point(name: str, column: int, temperature: float, apart: Measured, measured: Measured) -> OperatingPoint:
    odds = calibrate.log_odds(apart.logits, column, temperature)
    return calibrate.operating_point(
        name,
        calibrate.threshold_for(SENSITIVITY, odds, apart.labels == column),
        f"{100 * SENSITIVITY:.0f} % sensitivity on training cases out of fold",
        calibrate.log_odds(measured.logits, column, temperature),
        measured.labels == column,
        measured.on,
    )


def _grains(ready: Sequence[Pictures]) -> tuple[float, float]:
    """The range of grain in 99 % of the pictures and their disturbed copies."""
    low, high = np.percentile([classify.grain(one) for copy in ready for one in copy], [0.5, 99.5])
    return float(low), float(high)


def features(pictures: Pictures, extractor: Extractor) -> Rows:
    """The backbone's rows of pictures as they came from a reader."""
    return classify.rows_of(_sized(pictures, extractor), extractor)


def _sized(pictures: Pictures, extractor: Extractor) -> Pictures:
    return np.stack([classify.prepare(picture, extractor) for picture in pictures])


def copies_of(pictures: Pictures, recipe: Recipe) -> Iterator[Pictures]:
    """The pictures, then each set of disturbed copies; the same seed gives the same copies."""
    yield pictures
    for copy in range(recipe.copies):
        rng = np.random.default_rng([recipe.seed, 5, copy])
        yield np.stack([disturbed(picture, rng, recipe.flips) for picture in pictures])


def disturbed(picture: Pictures, rng: Rng, flips: bool = False) -> Pictures:
    """A copy as another exposure, position or machine might give it: blur, turn, zoom, shift, gamma, contrast, noise.

    Shifts are shares of the side (up to 9 %), turns up to 10 degrees, zoom 0.9 to 1.2, gamma and contrast 0.6 to 1.6.
    """
    from scipy.ndimage import gaussian_filter

    planes = picture.astype(np.float64)
    if flips and rng.random() < 0.5:
        planes = planes[:, ::-1]
    if rng.random() < 0.5:
        sigma = rng.uniform(0, max(1.0, picture.shape[0] / 128))
        planes = gaussian_filter(planes, (sigma, sigma, 0), mode="nearest")
    if rng.random() < 0.8:
        zoom, reach = np.exp(rng.uniform(np.log(0.9), np.log(1.2))), 0.09 * picture.shape[0]
        turn, down, across = rng.uniform(-10, 10), rng.uniform(-reach, reach), rng.uniform(-reach, reach)
        planes = moved(planes, float(turn), float(zoom), (float(down), float(across)))
    planes = planes.clip(0, 255)
    if rng.random() < 0.6:
        planes = 255 * (planes / 255) ** np.exp(rng.uniform(-0.5, 0.5))
    if rng.random() < 0.6:
        planes = planes.mean() + (planes - planes.mean()) * rng.uniform(0.6, 1.3)
    if rng.random() < 0.4:
        planes = planes + rng.normal(0, rng.uniform(0, 10), planes.shape[:2])[..., None]
    return planes.clip(0, 255).round().astype(np.uint8)


def moved(
    planes: Plane, turn: float = 0.0, zoom: float = 1.0, shift: tuple[float, float] = (0.0, 0.0)
) -> Plane:
    """H x W x 3 turned about its middle (degrees), enlarged and shifted (px down, px right); edges are continued."""
    from scipy.ndimage import affine_transform

    angle, middle = np.deg2rad(turn), (np.array(planes.shape[:2]) - 1) / 2
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / zoom
    start = middle - matrix @ (middle + np.array(shift))
    if (planes == planes[..., :1]).all():  # a grey picture: once instead of three times
        grey = affine_transform(planes[..., 0], matrix, start, order=3, mode="nearest")
        return np.repeat(grey[..., None], 3, axis=2)
    turned = [affine_transform(planes[..., one], matrix, start, order=3, mode="nearest") for one in range(3)]
    return np.stack(turned, axis=2)


def out_of_fold(rows: Sequence[Rows], cases: Labelled, recipe: Recipe) -> Plane:
    """N x classes logits of the undisturbed pictures, each by a head that saw none of its group."""
    logits = np.zeros((len(cases.labels), len(cases.classes)))
    for fit, test in balanced(cases.groups.tolist(), cases.labels.tolist(), FOLDS, recipe.seed):
        one = _fit(rows, cases.labels, fit, len(cases.classes), recipe)
        logits[test] = one.logits(rows[0][test])
    return logits


def _fit(
    rows: Sequence[Rows], labels: NDArray[np.int64], chosen: NDArray[np.intp], kinds: int, recipe: Recipe
) -> Linear:
    every = np.concatenate([copy[chosen] for copy in rows])
    return classify.fit(every, np.tile(labels[chosen], len(rows)), kinds, recipe.strength, recipe.steps)


def bootstraps(cases: Labelled, seed: int, count: int = MEMBERS) -> Iterator[NDArray[np.intp]]:
    """Cases of groups drawn with replacement, for the heads whose spread is the interval; each holds every class."""
    for drawn in resampled(cases.groups.tolist(), [seed, 9]):
        if len(np.unique(cases.labels[drawn])) == len(cases.classes):
            count -= 1
            yield drawn
        if not count:
            return


def figures(facts: Facts, measured: Measured) -> tuple[str, ...]:
    """AUC of each sign with an interval by group, operating points, calibration error, class-wise coverage."""
    labels, n = measured.labels, len(measured.labels)
    chances = calibrate.probabilities(measured.logits, facts.temperature)
    lines = [f"Measured on {measured.on}:"]
    for column, point in enumerate(facts.points, start=1):
        odds, there = calibrate.log_odds(measured.logits, column, facts.temperature), labels == column
        low, high = area_interval(odds, there, measured.groups.tolist())
        lines.append(
            f"AUC of {point.sign} {calibrate.area(odds, there):.3f} ({low:.3f} to {high:.3f}, n {n})."
        )
        lines.append(
            f"At the operating point of {point.sign}: sensitivity {point.sensitivity.rendered}, specificity "
            f"{point.specificity.rendered}."
        )
    lines.append(f"Expected calibration error {calibrate.calibration_error(chances, labels):.3f} (n {n}).")
    sets = calibrate.prediction_sets(chances, facts.limits)
    for name, part in zip(facts.classes, calibrate.coverage(sets, labels), strict=True):
        lines.append(f"Sets of nominal 90 % hold {name} in {part.rendered if part else 'no case'}.")
    alone = calibrate.share(int((sets.sum(axis=1) == 1).sum()), n)
    return (*lines, f"The set is a single class in {alone.rendered}.")


def local_card(
    task: str, trained: Trained, packed: bytes, cases: Labelled, file: str, grouped: bool
) -> ModelCard:
    """The card of a head made on somebody's own data: counts only, no file name, and not for redistribution."""
    people = f"{len(np.unique(cases.groups))} groups" if grouped else "groups not known"
    warning = (
        ()
        if grouped
        else ("No groups were known: pictures of one person may stand on both sides of a fold.",)
    )
    facts = trained.head.facts
    return ModelCard(
        id=f"local-{task}", title=f"Local head: {task}", version="1", task=f"tells {', '.join(facts.classes)} apart",
        input=f"a picture of the kind it was made from; features {facts.extractor.id}",
        method="Linear head on frozen EfficientNet-Lite0 features; temperature, class-wise conformal sets.",
        made_from=(Made(name="the user's own data", licence=LOCAL, count=f"{len(cases.labels)} pictures, {people}"),),
        recipe="python -m imaging.training.head", measured=trained.figures,
        operating_point="; ".join(f"{one.sign}: {one.chosen}" for one in facts.points),
        not_tested_on="Not tested on pictures of another source, camera or hospital.",
        intended="Research on pictures of the same source.", forbidden="Not for diagnosis.",
        known_failures=("Shifts of camera, exposure and population change every figure above.", *warning),
        licence=LOCAL, extractor=facts.extractor.id, file=file, sha256=hashlib.sha256(packed).hexdigest(),
        checked=datetime.now(UTC).date(),
    )  # fmt: skip


def read_cases(options: argparse.Namespace, recipe: Recipe) -> tuple[Labelled, Labelled | None]:
    """Training cases and the held-out part, where there is one. Refuses a table without a group column."""
    if options.group is None and not options.no_groups:
        raise SystemExit(
            "name the column of patients with --group, or say --no-groups (the card will say so)"
        )
    order = options.classes.split(",") if options.classes else []
    if options.data.suffix == ".npz":
        cases, other = (read_npz(options.data, [part], order) for part in ("train", "val"))
        return cases, other.where(not_among(other.pictures, cases.pictures))
    if options.labels is None:
        raise SystemExit("a folder needs --labels CSV with the columns file, label and the group column")
    rows = read_table(options.labels, options.data, group=options.group)
    labels, classes = numbered([row.label for row in rows], order)
    size = recipe.extractor.through or recipe.extractor.side
    small = Extractor(taps=recipe.extractor.taps, side=size)
    pictures = np.stack([classify.prepare(opened(row.path), small) for row in rows])
    return Labelled(pictures, labels, classes, numbered([row.group for row in rows])[0]), None


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m imaging.training.head", description=__doc__)
    parser.add_argument("--task", required=True)
    parser.add_argument("--data", type=Path, required=True, help="a folder, or an npz in MedMNIST's form")
    parser.add_argument("--labels", type=Path, help="CSV with the columns file, label and the group column")
    parser.add_argument("--group", help="column of patients, lesions or near-duplicates")
    parser.add_argument(
        "--no-groups", action="store_true", help="there is no such column; the card will say so"
    )
    parser.add_argument("--set", default="its own data", help="name of the data, in words, for its figures")
    parser.add_argument("--classes", default="", help="names in order, the one without a sign first")
    parser.add_argument("--side", type=int, default=224)
    parser.add_argument("--through", type=int, default=0, help="px to which pictures are first brought down")
    parser.add_argument("--copies", type=int, default=5)
    parser.add_argument("--flips", action="store_true")
    parser.add_argument("--strength", type=float, default=0.003)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ages", type=int, nargs=2, metavar=("FIRST", "LAST"))
    parser.add_argument("--card", default="", help="id of the card, where one is written by hand")
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> None:
    """Train as told; writes the head and, unless a card is named, its card beside it."""
    import yaml

    options = arguments(given)
    extractor = Extractor(taps=TAPS, spread=SPREAD, side=options.side, through=options.through)
    recipe = Recipe(extractor, options.strength, options.copies, options.flips, options.seed)
    cases, held_out = read_cases(options, recipe)
    ages = tuple(options.ages) if options.ages else None
    purpose = Purpose(options.task, options.card or f"model:local-{options.task}", ages)
    trained = train(
        purpose, cases, recipe, held_out, f"the validation part of {options.set} (not fitted to it)"
    )
    packed = classify.pack(trained.head)
    options.out.write_bytes(packed)
    sys.stdout.write("\n".join([*trained.figures, f"sha256 {hashlib.sha256(packed).hexdigest()}", ""]))
    if not options.card:
        card = local_card(options.task, trained, packed, cases, options.out.name, options.group is not None)
        beside = options.out.with_suffix(".card.yaml")
        beside.write_text(yaml.safe_dump(card.model_dump(mode="json"), sort_keys=False), encoding="utf-8")


if __name__ == "__main__":
    main()
