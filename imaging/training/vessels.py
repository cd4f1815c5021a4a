"""The recipe of the vessel net: folds of DRIVE and CHASE_DB1, each set on the other, and the net that ships.

``python -m imaging.training.vessels --data DIR --work DIR [--only JOB ...]`` trains what is not trained yet (every job
resumes), prints one table of AUC and Dice for what is, and copies ``chase-all`` to ``--out``. Ten jobs of about 80
CPU-seconds each at the default 1,200 steps. DIR holds ``chasedb1`` and ``drive``; only CHASE_DB1 (CC BY 4.0) may ship.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from imaging import segment
from imaging.datasets import folders, splits
from imaging.fov import field_of_view
from imaging.segment import MaskNet, Shape
from imaging.training.agreement import Tally
from imaging.training.device import choose
from imaging.training.loop import Budget, Ended, train
from imaging.training.masks import Learning, MaskTask, Sample, weights_hash
from imaging.vessels import net_planes

FOLDS = 4
CHASE_SIZE = (608, 584)
"""Width and height to which CHASE_DB1 is brought, so that its field is about as wide as DRIVE's."""

SETS = ("drive", "chase")
OTHER = {"drive": "chase", "chase": "drive"}
SHAPE = Shape(planes=3)
JOBS = tuple(f"{name}-{fold}" for name in SETS for fold in (*range(FOLDS), "all"))
TRANSFER_RATE = 3e-3
DONE = "net.safetensors"
"""The weights of a finished job, beside its checkpoint."""
THRESHOLDS = np.arange(0.2, 0.7, 0.02)

Mask = NDArray[np.bool_]


class Eye(NamedTuple):
    """One photograph, the first observer's vessels, the field, and the person."""

    name: str
    person: str
    pixels: NDArray[np.uint8]
    truth: Mask
    field: Mask

    @property
    def sample(self) -> Sample:
        return Sample(net_planes(self.pixels, self.field), self.truth, self.field)


def eyes(data: Path, name: str) -> list[Eye]:
    """Photographs of ``drive`` (20 adults, 565 x 584) or ``chase`` (10 children, both eyes, brought to 608 x 584)."""
    found = list(_drive(data / "drive" / "training") if name == "drive" else _chase(data / "chasedb1"))
    if not found:
        raise ValueError(f"no photographs of {name} in {data}")
    return found


def _drive(folder: Path) -> Iterator[Eye]:
    for path in folders.pictures(folder / "images"):
        number = path.name[:2]
        truth = folders.mask([folder / "1st_manual" / f"{number}_manual1.gif"])
        field = folders.mask([folder / "mask" / f"{number}_training_mask.gif"])
        yield Eye(path.stem, number, folders.rgb(path), truth, field)


def _chase(folder: Path) -> Iterator[Eye]:
    for path in sorted(folder.glob("Image_*.jpg")):
        pixels = _resized(folders.rgb(path))
        truth = (
            _resized(folders.mask([path.with_name(f"{path.stem}_1stHO.png")]).astype(np.uint8) * 255) > 127
        )
        yield Eye(path.stem, path.stem[6:8], pixels, truth, field_of_view(pixels)[1])


def _resized(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(Image.fromarray(pixels).resize(CHASE_SIZE, Image.Resampling.BOX))


def fold_of(own: Sequence[Eye], fold: str) -> splits.Fold:
    """Rows of a job: by file index (DRIVE) or child (CHASE) modulo 4; "all" learns from every row and tests none."""
    if fold == "all":
        return splits.Fold(np.arange(len(own)), np.arange(0))
    return list(splits.by_index([one.person for one in own], FOLDS))[int(fold)]


class Trained(NamedTuple):
    """A job's net, the samples it learnt from, its folder, and how its training ended."""

    net: MaskNet
    samples: Sequence[Sample]
    folder: Path
    ended: Ended


class Recipe(NamedTuple):
    """Where the data and the checkpoints are, and how the nets are trained."""

    data: Path
    work: Path
    learning: Learning
    device: torch.device | None = None
    minutes: float | None = None
    transfer: Learning | None = None
    """Given, the folds of one set start from the net of the whole other set, and learn on with these settings."""


def learn(recipe: Recipe, job: str) -> Trained:
    """Train one job, or go on with it, or only read it when it is done."""
    name, fold = job.split("-")
    own = cached(recipe.data, name)
    samples = [own[row].sample for row in fold_of(own, fold).train]
    start, folder, learning = None, recipe.work / job, recipe.learning
    if recipe.transfer and fold != "all":
        start = learn(recipe, f"{OTHER[name]}-all").net
        folder, learning = recipe.work / f"{job}-transfer", recipe.transfer
    task = MaskTask(samples, SHAPE, learning, device=recipe.device, start=start)
    budget = Budget(steps=learning.steps, minutes=recipe.minutes)
    ended = train(task, budget, folder, say=lambda words: print(f"{folder.name}: {words}", file=sys.stderr))  # noqa: T201
    if ended.why == "done" and not (folder / DONE).exists():
        segment.save(task.net, folder / DONE)
    return Trained(task.net, samples, folder, ended)


@cache
def cached(data: Path, name: str) -> tuple[Eye, ...]:
    """:func:`eyes`, read once."""
    return tuple(eyes(data, name))


def best_threshold(net: MaskNet, samples: Sequence[Sample]) -> float:
    """The threshold with the highest Dice over the pooled pixels of ``samples``: training rows, never test rows."""
    tally = Tally()
    for one in samples:
        tally.add("", net.strength(one.planes), one.truth, one.field)
    return float(max(THRESHOLDS, key=tally.dice))


def measured(trained: Trained, own: Sequence[Eye], name: str) -> Tally:
    """Pixels of eyes that the net never saw, at a threshold from those it learnt from; kept beside the checkpoint."""
    path, key = trained.folder / f"{name}.npz", weights_hash(trained.net)
    if (kept := Tally.load(path, key)) is not None:
        return kept
    threshold, tally = best_threshold(trained.net, trained.samples), Tally()
    for eye in own:
        one = eye.sample
        tally.add(eye.person, trained.net.strength(one.planes), one.truth, one.field, threshold)
    tally.save(path, key)
    return tally


def main(arguments: Sequence[str] | None = None) -> None:
    """Train the jobs named (all by default) and print the table of what is done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with chasedb1/ and drive/")
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoints")
    parser.add_argument("--only", nargs="*", choices=JOBS, default=JOBS)
    parser.add_argument("--out", type=Path, help="where to write the net of chase-all")
    parser.add_argument("--steps", type=int, default=Learning().steps)
    parser.add_argument("--transfer", type=int, metavar="STEPS", help="folds go on from the other set's net")
    parser.add_argument("--minutes", type=float, help="stop each job after so many minutes")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    transfer = Learning(steps=options.transfer, rate=TRANSFER_RATE) if options.transfer else None
    device = choose(options.device)
    recipe = Recipe(
        options.data, options.work, Learning(steps=options.steps), device, options.minutes, transfer
    )
    done = {job: trained for job in options.only if (trained := learn(recipe, job)).ended.why == "done"}
    if options.out and "chase-all" in done:
        segment.save(done["chase-all"].net, options.out)
    print(json.dumps(table(options.data, done), indent=1))  # noqa: T201


def table(data: Path, done: dict[str, Trained]) -> dict[str, dict[str, object]]:
    """A row for each tally of :func:`tallied`: n photographs, AUC, Dice, 95 % intervals over people."""
    rows: dict[str, dict[str, object]] = {}
    for name, tally in tallied(data, done).items():
        ends = {key: [round(end, 4) for end in both] for key, both in tally.intervals().items()}
        rows[name] = {
            "n": len(tally), "AUC": round(tally.auc(), 4), "Dice": round(tally.dice(), 4), "interval 95 %": ends,
        }  # fmt: skip
    return rows


def tallied(data: Path, done: dict[str, Trained]) -> dict[str, Tally]:
    """Held-out pixels of what is done: "drive fold 0" ..., "drive folds" (when all are there), "drive to chase"."""
    tallies: dict[str, Tally] = {}
    for name, other in OTHER.items():
        own, folds = cached(data, name), []
        for fold in range(FOLDS):
            if (trained := done.get(f"{name}-{fold}")) is not None:
                rows = fold_of(own, str(fold)).test
                folds.append(measured(trained, [own[row] for row in rows], "held-out"))
                tallies[f"{name} fold {fold}"] = folds[-1]
        if len(folds) == FOLDS:
            tallies[f"{name} folds"] = Tally.together(folds)
        if (trained := done.get(f"{name}-all")) is not None:
            tallies[f"{name} to {other}"] = measured(trained, cached(data, other), other)
    return tallies


if __name__ == "__main__":
    main()
