"""Few real pictures a class, with and without pictures of generators that were fitted on those few alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

from imaging.datasets import medmnist
from imaging.generate.pca import PcaGaussian
from imaging.realism.usefulness import DRAWS, FewShot, Fitter, few_shot
from imaging.suites.generators import lines, xray
from imaging.suites.row import Given, Row
from imaging.training import few

PER_CLASS = (5, 15)
MADE = 60
"""Made pictures a class, chosen on the 500 pictures held back (of 30 and 60)."""

QUICK: dict[str, Fitter] = {
    "pca": lambda pictures, conditions, seed: PcaGaussian.fit(pictures, conditions, medmnist.LABELS)
}
SLOW: dict[str, Fitter] = {
    "cvae": lambda pictures, conditions, seed: few.cvae(pictures, conditions, medmnist.LABELS, seed),
    "wgan": lambda pictures, conditions, seed: few.wgan(pictures, conditions, medmnist.LABELS, seed),
}
COMMAND = "consilium image evaluate generators --data DIR --work DIR --train"
PROTOTYPE = {5: ".746 to .854", 15: ".878 to .925"}
"""Flips to flips and made pictures, spec 3.10."""


def rows(given: Given) -> Iterator[Row]:
    """The gain over flips of each generator; the nets' take minutes and are kept in ``given.work``."""
    for per_class in PER_CLASS:
        yield from _rows(given, per_class, "pca", measured(given, per_class, "pca", QUICK))
        for recipe in SLOW:
            path = lines.keep(given) / f"few-{per_class}-{recipe}.json"
            if path.is_file():
                found = FewShot.model_validate(json.loads(path.read_text(encoding="utf-8")))
            elif given.train:
                found = measured(given, per_class, recipe, SLOW)
                path.write_text(found.model_dump_json(), encoding="utf-8")
            else:
                yield _missing(per_class, recipe)
                continue
            yield from _rows(given, per_class, recipe, found)


def measured(given: Given, per_class: int, recipe: str, fitters: dict[str, Fitter]) -> FewShot:
    """Ten draws (three for a quick look) of the few from the training part, tested on the validation part."""
    held = xray.ground(given.data, lines.keep(given), given.every)
    learn = partial(few_shot, held.pool.pictures, held.pool.labels, held.test, medmnist.LABELS, per_class)
    return learn({recipe: fitters[recipe]}, made_per_class=MADE, draws=DRAWS if given.every == 1 else 3)


def _rows(given: Given, per_class: int, recipe: str, found: FewShot) -> Iterator[Row]:
    gain, arm, flips = found.gains[recipe], found.arms[recipe], found.arms["flips"]
    yield Row(
        bar=15, measure=f"X-ray, {per_class} a class: gain in AUC of {recipe} over flips", target="interval above 0",
        ours=f"{gain} (n {gain.n} draws)", met=gain.low > 0, prototype=PROTOTYPE[per_class],
        beside=f"flips {flips}, with made {arm}, tuned strength {found.arms['tuned']}",
        note=f"{MADE} made pictures a class, fitted on the few alone",
    )  # fmt: skip


def _missing(per_class: int, recipe: str) -> Row:
    return Row(
        bar=15, measure=f"X-ray, {per_class} a class: gain in AUC of {recipe} over flips",
        target="interval above 0", ours=f"not measured: {COMMAND}",
    )  # fmt: skip
