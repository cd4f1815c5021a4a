"""The recipe of the vessel net: folds of DRIVE and CHASE_DB1, each set on the other, and the net that ships.

``python -m imaging.training.vessels --data DIR --work DIR [--only JOB ...]`` trains what is not trained yet (every job
resumes), prints one table of AUC and Dice for what is, and copies the net of ``chase-all`` to ``--out``. DIR holds
``chasedb1`` and ``drive``; only what CHASE_DB1 (CC BY 4.0) taught may ship.

Two protocols: folds from nothing, on the other three folds of one set alone, by two chained U-Nets (W-Net: Galdran et
al., Sci Rep 2022;12:6174), 600 steps of 4 crops of 192 px, 0.16 CPU-seconds each; and, with ``--transfer``, on from the
small net of the whole other set (250 or 300 steps). ``--steps 1800`` prolongs a fold from nothing by a cycle of 1,200
steps, ``--transfer --steps 900`` one of DRIVE's by 600; neither has been trained so far.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, TextIO

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from imaging import segment
from imaging.datasets import folders, splits
from imaging.fov import field_of_view
from imaging.segment import MaskNet, Shape
from imaging.training import checkpoint
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
JOBS = tuple(f"{name}-{fold}" for name in SETS for fold in (*range(FOLDS), "all"))
SHIPPED = "chase-all"
"""The job whose net ships."""

SMALL, WHOLE = Shape(planes=3), Learning()
"""The net of a whole set, one U-Net for the sake of a reading's time, and how it is trained."""

CHAINED = Shape(planes=3, chained=2)
FROM_NOTHING = Learning(steps=600, cycle=600, batch=4, side=192, turn=0.5, gain=0.15, apart=True)
"""Two U-Nets in a row for the folds from nothing, and how they are trained: tried once on fold 0 of CHASE_DB1."""

ONWARD: Mapping[str, Learning] = {
    "drive": FROM_NOTHING.model_copy(update={"steps": 300, "cycle": 300, "rate": 3e-3}),
    "chase": Learning(steps=250, rate=3e-3),
}
"""How the small net of the other set goes on to learn from the folds of a set."""

VIEWS: segment.Views = 8
"""Copies of a photograph that a net sees when it is measured here; :func:`imaging.vessels.find_vessels` takes four."""
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
    """Where the data and the checkpoints are, and by which protocol folds are trained."""

    data: Path
    work: Path
    transfer: bool = False
    """Folds start from the small net of the whole other set; else from nothing."""
    device: torch.device | None = None
    minutes: float | None = None
    steps: int | None = None
    """Instead of each job's own, up to the end of that cycle."""

    def folder(self, job: str) -> Path:
        """Where a job is trained; jobs of the two protocols never share a folder."""
        return self.work / (f"{job}-transfer" if self.transfer and not job.endswith("all") else job)

    def plan(self, job: str) -> tuple[Shape, Learning]:
        """The net of a job, and how it is trained."""
        name, fold = job.split("-")
        shape, learning = (CHAINED, FROM_NOTHING) if fold != "all" else (SMALL, WHOLE)
        if self.transfer and fold != "all":
            shape, learning = SMALL, ONWARD[name]
        if self.steps is None:
            return shape, learning
        return shape, learning.model_copy(
            update={"steps": self.steps, "cycle": min(learning.cycle, self.steps)}
        )


def learn(recipe: Recipe, job: str) -> Trained:
    """Train one job, or go on with it; one that is done and has no checkpoint is only read."""
    folder = recipe.folder(job)
    if not (folder / checkpoint.LAST).exists() and (done := held(recipe, job)) is not None:
        return done
    name, fold = job.split("-")
    samples, start = learnt_from(recipe.data, job), None
    shape, learning = recipe.plan(job)
    if recipe.transfer and fold != "all":
        whole = f"{OTHER[name]}-all"
        start = (held(recipe, whole) or learn(recipe, whole)).net
    task = MaskTask(samples, shape, learning, device=recipe.device, start=start)
    budget = Budget(steps=learning.ends[-1], minutes=recipe.minutes)
    ended = train(task, budget, folder, say=lambda words: _written(sys.stderr, f"{folder.name}: {words}"))
    if ended.why == "done" and ended.step == budget.steps:
        segment.save(task.net, folder / DONE)
    return Trained(task.net, samples, folder, ended)


def held(recipe: Recipe, job: str) -> Trained | None:
    """A job that is done, as it lies in its folder; None where it is not. Nothing is trained."""
    folder = recipe.folder(job)
    if not (folder / DONE).exists():
        return None
    net = segment.load(folder / DONE)
    return Trained(net, learnt_from(recipe.data, job), folder, Ended(0, (), None, "done"))


def learnt_from(data: Path, job: str) -> list[Sample]:
    """The training photographs of a job."""
    name, fold = job.split("-")
    own = cached(data, name)
    return [own[row].sample for row in fold_of(own, fold).train]


@cache
def cached(data: Path, name: str) -> tuple[Eye, ...]:
    """:func:`eyes`, read once."""
    return tuple(eyes(data, name))


def best_threshold(net: MaskNet, samples: Sequence[Sample]) -> float:
    """The threshold with the highest Dice over the pooled pixels of ``samples``: training rows, never test rows."""
    tally = Tally()
    for one in samples:
        tally.add("", net.strength(one.planes, VIEWS), one.truth, one.field)
    return float(max(THRESHOLDS, key=tally.dice))


def measured(trained: Trained, own: Sequence[Eye], name: str) -> Tally:
    """Pixels of eyes that the net never saw, at a threshold from those it learnt from; kept beside the checkpoint."""
    key = f"{weights_hash(trained.net)} {VIEWS} views of {len(own)}"
    path = trained.folder / f"{name}.npz"
    if (kept := Tally.load(path, key)) is not None:
        return kept
    threshold, tally = best_threshold(trained.net, trained.samples), Tally()
    for eye in own:
        one = eye.sample
        tally.add(eye.person, trained.net.strength(one.planes, VIEWS), one.truth, one.field, threshold)
    tally.save(path, key)
    return tally


def main(arguments: Sequence[str] | None = None) -> None:
    """Train the jobs named (all by default) and print the table of what is done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with chasedb1/ and drive/")
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoints")
    parser.add_argument("--only", nargs="*", choices=JOBS, default=JOBS)
    parser.add_argument("--out", type=Path, help=f"where to write the net of {SHIPPED}")
    parser.add_argument("--steps", type=int, help="instead of each job's own; up to the end of that cycle")
    parser.add_argument("--transfer", action="store_true", help="folds go on from the other set's net")
    parser.add_argument("--minutes", type=float, help="stop each job after so many minutes")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    own = Recipe(
        options.data, options.work, options.transfer, choose(options.device), options.minutes, options.steps
    )
    done = {job: trained for job in options.only if (trained := learn(own, job)).ended.why == "done"}
    if options.out and SHIPPED in done:
        segment.save(done[SHIPPED].net, options.out)
    _written(sys.stdout, json.dumps(table(options.data, done), indent=1))


def _written(where: TextIO, words: str) -> None:
    where.write(words + "\n")
    where.flush()


def table(data: Path, done: dict[str, Trained]) -> dict[str, dict[str, object]]:
    """A row for each tally of :func:`tallied`: n photographs, AUC, Dice, 95 % intervals over people."""
    rows: dict[str, dict[str, object]] = {}
    for name, tally in tallied(data, done).items():
        ends = {key: [round(end, 4) for end in both] for key, both in tally.intervals().items()}
        rows[name] = {
            "n": len(tally), "AUC": round(tally.auc(), 4), "Dice": round(tally.dice(), 4), "interval 95 %": ends,
        }  # fmt: skip
    return rows


def tallied(data: Path, done: dict[str, Trained], every: int = 1) -> dict[str, Tally]:
    """Held-out pixels of what is done: "drive fold 0" ..., "drive folds" (when all are there), "drive to chase".

    Of the photographs tried, each ``every``-th.
    """
    tallies: dict[str, Tally] = {}
    for name, other in OTHER.items():
        own, folds = cached(data, name), []
        for fold in range(FOLDS):
            if (trained := done.get(f"{name}-{fold}")) is not None:
                rows = fold_of(own, str(fold)).test[::every]
                folds.append(measured(trained, [own[row] for row in rows], "held-out"))
                tallies[f"{name} fold {fold}"] = folds[-1]
        if len(folds) == FOLDS:
            tallies[f"{name} folds"] = Tally.together(folds)
        if (trained := done.get(f"{name}-all")) is not None:
            tallies[f"{name} to {other}"] = measured(trained, cached(data, other)[::every], other)
    return tallies


if __name__ == "__main__":
    main()
