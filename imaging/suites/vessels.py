"""Bars 1 to 3 of imaging spec 7.1: vessels of DRIVE and CHASE_DB1, beside a filter, a prototype and published nets.

Two protocols of training stand beside each other for the folds: from nothing, on the other folds of the same set alone;
and from the net of the whole other set. The nets lie in ``work/vessels``; ``imaging.training.vessels`` makes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging import cards, segment
from imaging.datasets import folders
from imaging.fov import Mask, erode, field_of_view
from imaging.suites.row import Given, Row
from imaging.training import vessels
from imaging.training.agreement import Tally
from imaging.vessel_measures import (
    area_density,
    fractal_dimension,
    skeleton,
    skeleton_density,
    tortuosity,
    width,
)
from imaging.vessels import NET, NET_THRESHOLD, RIM, at_working_size, ridge_strength

FOLDER = "vessels"
"""Of ``work``: one folder for each job of the training."""


class Bar(NamedTuple):
    """What spec 7.1 asks of one pair of sets, and what stands beside it."""

    number: int
    auc: float
    dice: float
    prototype: str
    beside: str


BARS = {
    "drive folds": Bar(1, 0.975, 0.80, ".956; .750", "Sato .925; U-Net Dice .816 (official protocol)"),
    "chase folds": Bar(2, 0.978, 0.77, ".969; .755", "observer Dice .770; U-Net AUC .9772 (official protocol)"),
    "drive to chase": Bar(3, 0.970, 0.75, ".948; .682", "W-Net .973; .763"),
    "chase to drive": Bar(3, 0.955, 0.70, ".939; .621", "none published that was found"),
}  # fmt: skip
TITLES = {
    "drive folds": "DRIVE, 4 folds by file", "chase folds": "CHASE_DB1, 4 folds by child",
    "drive to chase": "trained on DRIVE, tried on CHASE_DB1",
    "chase to drive": "the shipped net, trained on CHASE_DB1, tried on DRIVE",
}  # fmt: skip


def rows(given: Given) -> Iterator[Row]:
    """The filter on both sets, the shipped net, the folds by both protocols, and how far two people agree.

    Raises:
        ValueError: ``given.data`` lacks drive/ or chasedb1/.
    """
    yield from _filters(given)
    yield from _shipped(given)
    for transfer in (False, True):
        yield from _trained(given, vessels.Recipe(given.data, given.work / FOLDER, transfer))
    yield from _observers(given)


def _filters(given: Given) -> Iterator[Row]:
    for name in vessels.SETS:
        tally = sato(given, name)
        beside = "prototype .925 (DRIVE), .919 (CHASE_DB1)"
        yield Row(measure=f"Sato's filter on {name}: AUC; Dice", ours=as_text(tally), beside=beside)


def _shipped(given: Given) -> Iterator[Row]:
    if not cards.is_held(NET):
        yield absent("chase to drive", f"{NET} is not held: see models verify")
        return
    yield scored("chase to drive", "", shipped(given, "drive"))
    learnt = as_text(shipped(given, "chase"))
    yield Row(
        measure="the shipped net on what it learnt from: AUC; Dice", ours=learnt, note="no proof of worth"
    )


def _trained(given: Given, recipe: vessels.Recipe) -> Iterator[Row]:
    """The folds of both sets and, from nothing, DRIVE's net on CHASE_DB1."""
    protocol = "from the other set's net" if recipe.transfer else "from nothing"
    wanted = {f"{name} folds": [f"{name}-{fold}" for fold in range(vessels.FOLDS)] for name in vessels.SETS}
    if not recipe.transfer:
        wanted["drive to chase"] = ["drive-all"]
    for title, jobs in wanted.items():
        done = {job: one for job in jobs if (one := _job(given, recipe, job)) is not None}
        tallies = vessels.tallied(given.data, done, given.every)
        if title in tallies:
            yield scored(title, protocol, tallies[title])
        else:
            yield absent(title, f"not trained: {command(given, recipe, jobs)}", protocol)


def _job(given: Given, recipe: vessels.Recipe, job: str) -> vessels.Trained | None:
    """A job as it lies in ``work``, or trained now where that is allowed."""
    done = vessels.held(recipe, job)
    return vessels.learn(recipe, job) if done is None and given.train else done


def command(given: Given, recipe: vessels.Recipe, jobs: Sequence[str]) -> str:
    """The command that trains what is missing."""
    transfer = " --transfer" if recipe.transfer else ""
    return (
        f"python -m imaging.training.vessels --data {given.data} --work {given.work / FOLDER}"
        f"{transfer} --only {' '.join(jobs)}"
    )


def scored(title: str, protocol: str, tally: Tally) -> Row:
    """A row with figures; met where both the AUC and the Dice reach the bar."""
    bar = BARS[title]
    return Row(
        bar=bar.number, measure=_measure(title, protocol), target=_target(bar), ours=as_text(tally),
        met=tally.auc() >= bar.auc and tally.dice() >= bar.dice, prototype=bar.prototype, beside=bar.beside,
        note=f"pooled pixels of the field; threshold from training photographs; {vessels.VIEWS} views"
        if protocol else f"pooled pixels of the field; threshold {NET_THRESHOLD} of the card; 4 views",
    )  # fmt: skip


def absent(title: str, why: str, protocol: str = "") -> Row:
    bar = BARS[title]
    return Row(
        bar=bar.number, measure=_measure(title, protocol), target=_target(bar), ours=why,
        prototype=bar.prototype, beside=bar.beside,
    )  # fmt: skip


def _measure(title: str, protocol: str) -> str:
    return f"{TITLES[title]}{f', {protocol}' if protocol else ''}: AUC; Dice"


def _target(bar: Bar) -> str:
    return f">= {bar.auc:.3f}; >= {bar.dice:.2f}"


def as_text(tally: Tally) -> str:
    """AUC and Dice with n and 95 % intervals over people."""
    ends = tally.intervals()
    (low, high), (worst, best) = ends["AUC"], ends["Dice"]
    return (
        f"{tally.auc():.4f} ({low:.4f} to {high:.4f}); {tally.dice():.3f} ({worst:.3f} to {best:.3f}); "
        f"n {len(tally)} photographs of {tally.people} people"
    )


def sato(given: Given, name: str) -> Tally:
    """The ridge filter, its threshold chosen on the other set (its strength s counts as s / (1 + s))."""
    own, other = (vessels.cached(given.data, one)[:: given.every] for one in (name, vessels.OTHER[name]))
    learnt = _ridges(other, 0.5)
    threshold = max(vessels.THRESHOLDS + 0.1, key=learnt.dice)
    return _ridges(own, float(threshold))


def _ridges(own: Sequence[vessels.Eye], threshold: float) -> Tally:
    tally = Tally()
    for eye in own:
        field = erode(eye.field, RIM)
        strength = np.maximum(ridge_strength(eye.pixels, eye.field, field), 0)
        strength = np.where(field, strength, 0)
        tally.add(eye.person, strength / (1 + strength), eye.truth, eye.field, threshold)
    return tally


def shipped(given: Given, name: str) -> Tally:
    """The net of the zoo on a set, at the threshold of its card; no photograph of DRIVE took part in it."""
    net, tally = segment.load(cards.file_of(NET)), Tally()
    for eye in vessels.cached(given.data, name)[:: given.every]:
        one = eye.sample
        tally.add(eye.person, net.strength(one.planes), one.truth, one.field, NET_THRESHOLD)
    return tally


def _observers(given: Given) -> Iterator[Row]:
    """How two people's drawings of one eye of CHASE_DB1 differ in our own measures, at working size."""
    pairs: dict[str, list[tuple[float, float]]] = {}
    for path in sorted((given.data / "chasedb1").glob("*.jpg"))[:: given.every]:
        first, second = observed(path.with_suffix(""), folders.rgb(path))
        for name in first:
            pairs.setdefault(name, []).append((first[name], second[name]))
    for name, both in pairs.items():
        two = np.array(both)
        correlation = f"r {np.corrcoef(two.T)[0, 1]:.2f}, " if len(two) > 2 else ""
        ours = (
            f"{correlation}mean {two.mean():.4g}, mean difference {np.abs(two[:, 0] - two[:, 1]).mean():.2g}; "
            f"n {len(two)} photographs"
        )
        yield Row(measure=f"two observers of CHASE_DB1: {name}", ours=ours)


def observed(stem: Path, pixels: NDArray[np.uint8]) -> tuple[dict[str, float], ...]:
    """The measures of the first and of the second observer's drawing of one photograph."""
    box, (_, whole, _) = field_of_view(pixels)[0].box, at_working_size(pixels)
    field, both = erode(whole, RIM), []
    for who in ("1st", "2nd"):
        drawn = folders.mask([stem.with_name(f"{stem.name}_{who}HO.png")])
        both.append(_measures(_at(drawn[box[0] : box[2], box[1] : box[3]], field.shape) & field, field))
    return tuple(both)


def _measures(mask: Mask, field: Mask) -> dict[str, float]:
    thin = skeleton(mask)
    values = {
        "skeleton density": skeleton_density(thin, field), "fractal dimension": fractal_dimension(thin),
        "tortuosity": tortuosity(thin), "area density": area_density(mask, field), "vessel width": width(mask, thin),
    }  # fmt: skip
    return {name: float("nan") if value is None else value for name, value in values.items()}


def _at(mask: Mask, shape: tuple[int, ...]) -> Mask:
    grey = Image.fromarray(mask.astype(np.uint8) * 255).resize((shape[1], shape[0]), Image.Resampling.BOX)
    return np.asarray(np.asarray(grey) > 127)
