"""Bars 1 to 3 of imaging spec 7.1: vessels of DRIVE and CHASE_DB1, beside a filter, a prototype and published nets.

``python -m imaging.suites.vessels --data DIR [--work DIR] [--json]``. The nets of the folds come from
``python -m imaging.training.vessels --data DIR --work DIR`` (and ``--transfer 250``): what is not trained there is said
to be missing. Without ``--work`` only the shipped net and the filter are measured. Nothing of the sets is written.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from imaging import cards, segment
from imaging.datasets import folders
from imaging.fov import Mask, erode, field_of_view
from imaging.training import vessels
from imaging.training.agreement import Tally
from imaging.training.loop import Ended
from imaging.vessel_measures import (
    area_density,
    fractal_dimension,
    skeleton,
    skeleton_density,
    tortuosity,
    width,
)
from imaging.vessels import NET, NET_THRESHOLD, RIM, at_working_size, ridge_strength


class Row(NamedTuple):
    """One line of the table; ``ours`` is None where it was not trained."""

    name: str
    bar: tuple[float, float] | None
    ours: Tally | None
    prototype: str
    peer: str


PROTOTYPE = {
    "drive folds": ".956; .750", "chase folds": ".969; .755",
    "drive to chase": ".948; .682", "chase to drive": ".939; .621",
}  # fmt: skip
BARS = {
    "drive folds": (0.975, 0.80), "chase folds": (0.978, 0.77),
    "drive to chase": (0.970, 0.75), "chase to drive": (0.955, 0.70),
}  # fmt: skip
PEER = {
    "drive folds": "U-Net Dice .816 (official protocol)",
    "chase folds": "observer Dice .770; U-Net AUC .9772 (official protocol)",
    "drive to chase": "W-Net .973; .763",
    "chase to drive": "none published that was found",
}


def rows(data: Path, work: Path | None) -> Iterator[Row]:
    """The filter on both sets, the shipped net on the set that it never saw, and what is trained in ``work``."""
    for name in vessels.SETS:
        yield Row(f"{name}: Sato filter", None, sato(data, name), "drive .925, chase .919 (AUC)", "")
    if cards.is_held(NET):
        tally = shipped(data)
        yield Row(
            "chase to drive, shipped file", BARS["chase to drive"], tally, PROTOTYPE["chase to drive"], ""
        )
    if work is None:
        return
    for transfer in (False, True):
        tallies = trained(data, work, transfer)
        names = [*BARS, *(f"{name} fold {fold}" for name in vessels.SETS for fold in range(vessels.FOLDS))]
        for name in names:
            if transfer and " to " in name:
                continue
            label = f"{name}, from the other set's net" if transfer else name
            yield Row(label, BARS.get(name), tallies.get(name), PROTOTYPE.get(name, ""), PEER.get(name, ""))


def sato(data: Path, name: str) -> Tally:
    """The ridge filter, its threshold chosen on the other set (its strength s counts as s / (1 + s))."""
    own, other = vessels.cached(data, name), vessels.cached(data, vessels.OTHER[name])
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


def shipped(data: Path) -> Tally:
    """The net of the zoo on DRIVE, at the threshold of its card: no photograph of DRIVE took part in it."""
    net, tally = segment.load(cards.file_of(NET)), Tally()
    for eye in vessels.cached(data, "drive"):
        one = eye.sample
        tally.add(eye.person, net.strength(one.planes), one.truth, one.field, NET_THRESHOLD)
    return tally


def trained(data: Path, work: Path, transfer: bool) -> dict[str, Tally]:
    """Held-out tallies of the jobs that are finished in ``work``; nothing is trained here."""
    suffix = "-transfer" if transfer else ""
    done = {}
    for job in vessels.JOBS:
        folder = work / (job if job.endswith("all") else f"{job}{suffix}")
        if (net := finished(folder)) is not None:
            name, fold = job.split("-")
            own = vessels.cached(data, name)
            samples = [own[row].sample for row in vessels.fold_of(own, fold).train]
            done[job] = vessels.Trained(net, samples, folder, Ended(0, (), None, "done"))
    return vessels.tallied(data, done)


def finished(folder: Path) -> segment.MaskNet | None:
    """The net that a training left in a folder, if it came to its end."""
    path = folder / vessels.DONE
    return segment.load(path) if path.exists() else None


def observers(data: Path) -> dict[str, dict[str, float]]:
    """How two people's drawings of one eye of CHASE_DB1 differ in our own measures, at working size."""
    pairs: dict[str, list[tuple[float, float]]] = {}
    for path in sorted((data / "chasedb1").glob("*.jpg")):
        pixels = folders.rgb(path)
        box, (_, whole, _) = field_of_view(pixels)[0].box, at_working_size(pixels)
        field, both = erode(whole, RIM), []
        for who in ("1st", "2nd"):
            drawn = folders.mask([path.with_name(f"{path.stem}_{who}HO.png")])
            both.append(_measures(_at(drawn[box[0] : box[2], box[1] : box[3]], field.shape) & field, field))
        for name in both[0]:
            pairs.setdefault(name, []).append((both[0][name], both[1][name]))
    return {name: _agreement(np.array(two)) for name, two in pairs.items()}


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


def _agreement(two: NDArray[np.float64]) -> dict[str, float]:
    first, second = two[:, 0], two[:, 1]
    return {
        "n": len(two), "r": round(float(np.corrcoef(first, second)[0, 1]), 3), "mean": round(float(two.mean()), 4),
        "mean absolute difference": round(float(np.abs(first - second).mean()), 4),
    }  # fmt: skip


def as_text(row: Row) -> str:
    """Name, bar, ours with n and 95 % intervals, prototype, peer."""
    bar = f"{row.bar[0]:.3f}; {row.bar[1]:.2f}" if row.bar else "-"
    if row.ours is None:
        return f"{row.name} | {bar} | not trained | {row.prototype} | {row.peer}"
    ends = row.ours.intervals()
    (low, high), (worst, best) = ends["AUC"], ends["Dice"]
    ours = f"{row.ours.auc():.4f} ({low:.4f}-{high:.4f}); {row.ours.dice():.3f} ({worst:.3f}-{best:.3f})"
    return f"{row.name} | {bar} | {ours}, n {len(row.ours)} | {row.prototype} | {row.peer}"


def as_json(row: Row) -> dict[str, object]:
    if row.ours is None:
        return {"name": row.name, "bar": row.bar, "ours": None}
    ours = {
        "n": len(row.ours),
        "AUC": row.ours.auc(),
        "Dice": row.ours.dice(),
        "interval": row.ours.intervals(),
    }
    return {"name": row.name, "bar": row.bar, "ours": ours, "prototype": row.prototype, "peer": row.peer}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, help="folder in which imaging.training.vessels worked")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--observers", action="store_true", help="only how two people differ in our measures")
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.observers:
        sys.stdout.write(json.dumps(observers(options.data), indent=1) + "\n")
        return
    if options.json:
        sys.stdout.write(
            json.dumps([as_json(row) for row in rows(options.data, options.work)], indent=1) + "\n"
        )
        return
    sys.stdout.write("row | bar AUC; Dice | ours (95 % interval over people) | prototype | peer\n")
    for row in rows(options.data, options.work):
        sys.stdout.write(as_text(row) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
