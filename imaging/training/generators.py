"""What the recipes of all generators share: the sets they are made from, the settings of each, and one command line."""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
from torch import Tensor
from torch.nn import functional as F

from imaging.datasets import medmnist, rfmid
from imaging.generate.generator import Conditions, Generator, Pictures, Shape
from imaging.training import loop
from retrieval.evidence import Word

HELD_BACK = 500
"""Pictures of the X-ray training part that no generator sees: for choosing among settings, and as non-members."""


class Material(NamedTuple):
    """What a generator is made from, and pictures of the same source that it never saw."""

    pictures: Pictures
    conditions: Conditions
    shape: Shape
    unseen: Pictures
    unseen_conditions: Conditions


class Saved(Generator, Protocol):
    """A generator that can be written down."""

    def save(self, path: Path) -> None: ...


class GeneratorTask(loop.Task, Protocol):
    """A training task that can hand out the generator as it stands."""

    def generator(self) -> Saved: ...


Chosen = TypeVar("Chosen", bound=Word)


def xray(path: Path) -> Material:
    """PneumoniaMNIST's training part without 500 pictures drawn by a fixed seed; its validation part is not touched."""
    part = medmnist.read(path).train
    order = np.random.default_rng(20260101).permutation(len(part.labels))
    back, kept = np.sort(order[:HELD_BACK]), np.sort(order[HELD_BACK:])
    rows = medmnist.one_hot(part.labels, len(medmnist.LABELS))
    shape = Shape(labels=medmnist.LABELS, side=part.pictures.shape[1], channels=1)
    return Material(part.pictures[kept], rows[kept], shape, part.pictures[back], rows[back])


def fundus(path: Path) -> Material:
    """RFMiD's training part at 64 px; unseen is its validation part."""
    split = rfmid.read(path)
    shape = Shape(labels=rfmid.LABELS, side=split.train.pictures.shape[1], channels=3)
    return Material(split.train.pictures, split.train.labels, shape, split.val.pictures, split.val.labels)


SETS: dict[str, Callable[[Path], Material]] = {"xray": xray, "fundus": fundus}

CHOSEN: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("wgan", "xray"): {},
    ("wgan", "fundus"): {
        "components": 60, "linear_side": 32, "width": 20, "critic_width": 16, "batch": 12, "disturbance": "fundus",
    },
    ("cvae", "xray"): {},
    ("cvae", "fundus"): {
        "components": 80, "linear_side": 32, "width": 16, "batch": 32, "rest_components": 60, "rest_side": 32,
        "flip": True, "steps_of_schedule": 1200,
    },
}  # fmt: skip
"""The settings that differ from a recipe's defaults, by recipe and set."""


def digest(pictures: Pictures, conditions: Conditions) -> str:
    """sha256 of what is learnt from, so that a checkpoint is not continued on other data."""
    return hashlib.sha256(pictures.tobytes() + conditions.tobytes()).hexdigest()


def shrunk(values: Tensor, side: int) -> Tensor:
    """Pictures (N x C x S x S) averaged down to a side."""
    return values if values.shape[2] == side else F.adaptive_avg_pool2d(values, side)


def settings_for(recipe: str, name: str, kind: type[Chosen]) -> Chosen:
    """The settings of a recipe on a set."""
    return kind.model_validate(dict(CHOSEN[recipe, name]))


def run(
    recipe: str, kind: type[Chosen], task: Callable[[Pictures, Conditions, Shape, Chosen], GeneratorTask]
) -> None:
    """Train, or go on training, and save the generator: the command line of a recipe."""
    parser = argparse.ArgumentParser(prog=f"python -m imaging.training.{recipe}")
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--data", type=Path, required=True, help="the set's .npz file")
    parser.add_argument(
        "--folder", type=Path, required=True, help="for checkpoints; a run in it is continued"
    )
    parser.add_argument("--out", type=Path, required=True, help="the generator's file (.safetensors)")
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--minutes", type=float)
    options = parser.parse_args()
    material = SETS[options.set](options.data)
    chosen = settings_for(recipe, options.set, kind)
    made = task(material.pictures, material.conditions, material.shape, chosen)
    budget = loop.Budget(steps=options.steps, minutes=options.minutes, keep_every=1000)
    ended = loop.train(made, budget, options.folder, say=print_line)
    made.generator().save(options.out)
    print_line(f"{ended.why} after {ended.step} steps; generator in {options.out}")


def print_line(words: str) -> None:
    """One line to the terminal, at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
