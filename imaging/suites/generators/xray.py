"""The X-ray generators of the zoo: usefulness over ten seeds, privacy, coverage and distance."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from imaging.datasets import medmnist
from imaging.generate import shipped
from imaging.generate.generator import Generator
from imaging.realism import judge, sets
from imaging.realism.features import described
from imaging.realism.judge import Line, Seen
from imaging.realism.usefulness import SEEDS, Labelled, Repeated, repeated
from imaging.suites.generators import lines
from imaging.suites.row import Given, Row

SEED = 7
RECIPES = ("pca", "cvae", "wgan")
PROTOTYPE = {
    "pca": ".62; .35; 429; TSTR .926", "cvae": ".32; .23; 1,100; TSTR .822", "wgan": ".05; .06; 2,355; TSTR .741",
}  # fmt: skip
"""Of spec 3.10, with the cVAE and the WGAN-GP trained for 170 and 200 CPU-seconds."""


class Ground(NamedTuple):
    """What X-ray generators are held against, described once."""

    against: Seen
    test: Labelled
    pool: Labelled
    """Training pictures, for learning from real ones."""
    counts: tuple[int, int]
    """Test pictures of each label: as many are made."""


@cache
def ground(data: Path, keep: Path, every: int) -> Ground:
    """Read and describe the X-rays.

    Raises:
        FileNotFoundError: the set is not in ``data``.
    """
    real, conditions = sets.xray(data)
    real = lines.thinned(real, every)
    truth = lines.thin(conditions, every).argmax(axis=1).astype(np.int64)
    against = judge.seen(real, keep)
    from imaging.training.generators import xray as material

    pool = material(data / sets.XRAY)
    numbers = pool.conditions.argmax(axis=1).astype(np.int64)
    few = np.arange(len(numbers))[:: max(1, min(every, 4))]
    taught = Labelled(pool.pictures[few], described(pool.pictures[few], keep), numbers[few])
    counts = np.bincount(truth, minlength=2)
    return Ground(against, Labelled(real.test, against.test, truth), taught, (int(counts[0]), int(counts[1])))


def rows(given: Given) -> Iterator[Row]:
    """Floors, then each generator."""
    held = ground(given.data, lines.keep(given), given.every)
    floors = floor_lines(held, given)
    copies = [line for line in floors if line.subject == "copies"]
    beside = " | ".join(f"{name} {lines.brief(floors, name)}" for name in ("real", "copies", "noise"))
    for recipe in RECIPES:
        generator = shipped.generator(f"xray-{recipe}")
        found = list(judged(generator, held, given))
        bar = None if recipe == "pca" else 15
        yield lines.coverage_row(
            f"X-ray {recipe}", found, bar, (0.7, 0.6, None), PROTOTYPE[recipe], beside,
            "the baseline that the other two are to beat" if bar is None else "",
        )  # fmt: skip
        yield use_row(recipe, used(generator, held, given), bar)
        yield from lines.privacy_rows(f"X-ray {recipe}", found, copies)


def judged(generator: Generator, held: Ground, given: Given) -> Iterator[Line]:
    """Privacy, coverage and distance of as many made pictures of each label as the test holds."""
    made = np.concatenate([
        generator.sample(count, label, SEED) for count, label in zip(held.counts, medmnist.LABELS, strict=True)
    ])  # fmt: skip
    return judge.judged(made, described(made, lines.keep(given)), held.against)


def used(generator: Generator, held: Ground, given: Given) -> Repeated:
    """Learning from made pictures, alone and beside real ones, over ten seeds (three for a quick look)."""
    seeds = SEEDS if given.every == 1 else 3
    return repeated(generator, medmnist.LABELS, held.pool, held.test, seeds, keep=lines.keep(given))


def use_lines(found: Repeated) -> Iterator[Line]:
    """The figures of usefulness."""
    yield judge.of("usefulness", "AUC, learnt from 500 alone (made: TSTR)", found.made)
    yield judge.of("usefulness", "AUC, learnt from 500 alone (made: TSTR)", found.real, "real")
    yield judge.of("usefulness", "AUC, learnt from 500 real and 500 made", found.both)
    yield judge.of("usefulness", "gain in AUC of 500 made beside 500 real", found.gain)


def use_row(recipe: str, found: Repeated, bar: int | None) -> Row:
    """TSTR beside its bar, and what made pictures add when real ones are many."""
    alone, real, _, gain = use_lines(found)
    return Row(
        bar=bar, measure=f"X-ray {recipe}: AUC of what is learnt from 500 made (TSTR)",
        target=">= .95" if bar else "", ours=alone.figure, met=alone.value >= 0.95 if bar else None,
        prototype=PROTOTYPE[recipe].rpartition("TSTR ")[2], beside=f"500 real {real.figure}",
        note=f"500 made beside 500 real add {gain.figure}",
    )  # fmt: skip


def floor_lines(held: Ground, given: Given) -> list[Line]:
    """Training pictures as a perfect generator, stolen ones with noise, and noise."""
    train, test = held.against.real.train, held.against.real.test
    copies, noise = judge.stolen(train, len(test)), judge.noise(test)
    keep = lines.keep(given)
    return [
        *judge.looks(held.against.members, held.against, "real"),
        *judge.judged(copies, described(copies, keep), held.against, "copies"),
        *judge.looks(described(noise, keep), held.against, "noise"),
    ]
