"""A net for masks from any folder of pictures with drawn masks, with the figures of pictures kept out of the training.

``python -m imaging.training.mask_folder --data DIR --out FILE.safetensors --work DIR``: X.png with X_mask.png (BUSI),
or images/ with masks/. Near-duplicates and, with ``--groups CSV`` (columns file, group), pictures of one person stay on
one side. The net and its card are the user's own: they say "local, not for redistribution".
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch
import yaml
from numpy.typing import NDArray
from PIL import Image

from imaging import segment
from imaging.cards import Made, ModelCard
from imaging.datasets import duplicates, folders, splits
from imaging.segment import Shape
from imaging.training.agreement import Tally
from imaging.training.device import choose
from imaging.training.loop import Budget, train
from imaging.training.masks import Learning, MaskTask, Sample

FOLDS = 5
LOCAL = "local, not for redistribution"


def sample(pair: folders.Pair, side: int) -> Sample:
    """A picture whose longer side is ``side``, each colour by its own mean and SD, and its mask; the field is all."""
    pixels, drawn = folders.rgb(pair.image), folders.mask(pair.masks)
    if pixels.shape[:2] != drawn.shape:
        raise folders.NoPairs(f"{pair.image.name} and its mask have two sizes")
    scale = side / max(drawn.shape)
    size = (max(8, round(drawn.shape[1] * scale)), max(8, round(drawn.shape[0] * scale)))
    small = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX)).astype(
        np.float32
    ) / np.float32(255)
    truth = np.asarray(Image.fromarray(drawn.astype(np.uint8) * 255).resize(size, Image.Resampling.BOX)) > 127
    return Sample(planes(small), truth, np.ones(truth.shape, dtype=bool))


def planes(small: NDArray[np.float32]) -> NDArray[np.float32]:
    """H x W x 3 between 0 and 1 to 3 x H x W, each colour with mean 0 and about SD 1."""
    mean, deviation = small.mean(axis=(0, 1)), small.std(axis=(0, 1))
    return np.ascontiguousarray(((small - mean) / (deviation + 0.02)).transpose(2, 0, 1), dtype=np.float32)


def grouped(found: Sequence[folders.Pair], table: Path | None) -> list[int]:
    """A group for each picture: near-duplicates, and the pictures that the table gives one group."""
    near = duplicates.copies([folders.rgb(one.image) for one in found])
    if table is None:
        return duplicates.groups(len(found), near)
    with table.open(encoding="utf-8-sig", newline="") as file:
        own = {Path(row["file"]).name: row["group"] for row in csv.DictReader(file)}
    first: dict[str, int] = {}
    for row, one in enumerate(found):
        group = own.get(one.image.name)
        if group is None:
            raise ValueError(f"{table.name} has no row for a picture of the folder: each needs a group")
        near.append((first.setdefault(group, row), row))
    return duplicates.groups(len(found), near)


def held_out(net: segment.MaskNet, samples: Sequence[Sample], persons: Sequence[int]) -> Tally:
    """Agreement on pictures that were not learnt from, at 0.5."""
    tally = Tally()
    for one, person in zip(samples, persons, strict=True):
        tally.add(str(person), net.strength(one.planes), one.truth, one.field)
    return tally


def card(out: Path, task: str, tally: Tally, learnt: int, split: str, learning: Learning) -> ModelCard:
    """The card of a net of the user's own: counts, never names of files."""
    ends = tally.intervals()
    (low, high), (worst, best) = ends["Dice"], ends["AUC"]
    return ModelCard(
        id=out.stem.replace("_", "-").lower(), title=f"Masks: {task}", version="1", task=task,
        input="any picture, its longer side brought to the training's side",
        method="A small U-Net on blocks of 2 x 2 pixels, each colour by its own mean and SD.",
        made_from=(Made(name="a folder of the user's own", licence=LOCAL, count=f"{learnt} pictures"),),
        recipe=f"python -m imaging.training.mask_folder, {learning.steps} steps", seed=learning.seed,
        measured=(
            f"On {len(tally)} pictures kept out of the training the pooled Dice is {tally.dice():.3f} "
            f"(95 % interval {low:.3f} to {high:.3f}) and the AUC {tally.auc():.3f} ({worst:.3f} to {best:.3f}).",
        ),
        operating_point="0.5, not chosen on any data", not_tested_on="Not tested on any other source of pictures.",
        intended="Research with pictures of the same source.", forbidden="Not for diagnosis; not for redistribution.",
        known_failures=(), licence=LOCAL, file=out.name, split_sha256=split,
        sha256=hashlib.sha256(out.read_bytes()).hexdigest(), checked=datetime.now(tz=UTC).date(),
    )  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, measure on one fifth of the groups, write the net and its card."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--out", type=Path, required=True, help="a .safetensors file; the card stands beside it"
    )
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoints")
    parser.add_argument("--task", default="what the masks of the folder mark")
    parser.add_argument("--groups", type=Path, help="CSV with the columns file and group")
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--steps", type=int, default=Learning().steps)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    found = folders.pairs(options.data)
    persons = grouped(found, options.groups)
    fold = next(splits.at_random(persons, FOLDS, seed=0))
    samples = [sample(one, options.side) for one in found]
    learning = Learning(steps=options.steps, side=min(128, options.side))
    task = MaskTask(
        [samples[row] for row in fold.train], Shape(planes=3), learning, (), choose(options.device)
    )
    ended = train(task, Budget(steps=options.steps, minutes=options.minutes), options.work)
    if ended.why != "done":
        sys.stderr.write(f"stopped at step {ended.step} by {ended.why}; the same command goes on\n")
        return
    segment.save(task.net, options.out)
    tally = held_out(task.net, [samples[row] for row in fold.test], [persons[row] for row in fold.test])
    split = splits.split_hash([one.image.name for one in found], [fold])
    made = card(options.out, options.task, tally, len(fold.train), split, learning)
    described = yaml.safe_dump(
        made.model_dump(mode="json", exclude_defaults=True), sort_keys=False, width=118
    )
    options.out.with_suffix(".card.yaml").write_text(described, encoding="utf-8")
    sys.stdout.write(made.measured[0] + "\n")


if __name__ == "__main__":
    main()
