"""Does a classifier learn from made pictures: in place of real ones, beside them, and beside a few only.

The classifier is always the same: L2 logistic regression on frozen Lite0 features, classes weighted equally. A
generator for the few-shot comparison is fitted on those same few pictures and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from imaging.generate.generator import Conditions, Generator, Pictures
from imaging.realism.features import described
from imaging.realism.figure import Figure, Numbers, Rows, area, bootstrap, paired
from retrieval.evidence import Word

STRENGTH = 0.01
TUNED = (0.001, 0.01, 0.1, 1.0)
DRAWS = 10
SEEDS = 10
Labels = NDArray[np.int64]
Fitter = Callable[[Pictures, Conditions, int], Generator]
"""Pictures, their one-hot labels and a seed to a generator."""


class Labelled(NamedTuple):
    """Pictures with their features and label numbers (0 or 1)."""

    pictures: Pictures
    rows: Rows
    labels: Labels


class FewShot(Word):
    """AUC on real test pictures with a few real training pictures a class, over independent draws."""

    per_class: int
    arms: Mapping[str, Figure]
    """Mean AUC: real alone, real with flips, real with tuned strength, real with each generator's pictures."""
    gains: Mapping[str, Figure]
    """Paired difference of each generator's arm to the flips."""


def scores(train: Rows, labels: Labels, test: Rows, strength: float = STRENGTH) -> Numbers:
    """Decision values of the classifier on test rows."""
    from sklearn.linear_model import LogisticRegression

    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation = np.where(deviation > 0.05 * np.median(deviation), deviation, np.inf)
    head = LogisticRegression(C=strength, class_weight="balanced", max_iter=2000)
    head.fit(((train - mean) / deviation).clip(-8, 8), labels)
    return np.asarray(head.decision_function(((test - mean) / deviation).clip(-8, 8)))


def auc(train: Rows, labels: Labels, test: Labelled, strength: float = STRENGTH) -> Figure:
    """AUC on the test pictures, bootstrapped over them by class."""
    found = scores(train, labels, test.rows, strength)
    return bootstrap([found[test.labels == 0], found[test.labels == 1]], area)


def made_set(
    generator: Generator, labels: Sequence[str], per_label: int, seed: int, keep: Path | None = None
) -> Labelled:
    """As many made pictures of each of two labels, described."""
    parts = [generator.sample(per_label, label, seed) for label in labels]
    pictures = np.concatenate(parts)
    return Labelled(pictures, described(pictures, keep), np.repeat(np.arange(len(labels)), per_label))


def replaced(made: Labelled, test: Labelled) -> Figure:
    """TSTR: train on made, test on real."""
    return auc(made.rows, made.labels, test)


class Repeated(Word):
    """AUC on real test pictures over several seeds; intervals over seeds and test pictures at once."""

    real: Figure
    """Trained on real pictures alone, another random choice for each seed."""
    made: Figure
    """Trained on made pictures alone (TSTR)."""
    both: Figure
    """Trained on the same real and the same made pictures together."""
    gain: Figure
    """What the made pictures add to the real ones, paired by seed and test picture."""


def repeated(
    generator: Generator, labels: Sequence[str], pool: Labelled, test: Labelled,
    seeds: int = SEEDS, real_count: int = 500, per_label: int = 250, keep: Path | None = None,
) -> Repeated:  # fmt: skip
    """Learn with and without made pictures, ``seeds`` times with other real ones from the pool and other made ones.

    Raises:
        ValueError: fewer than three seeds.
    """
    if seeds < 3:
        raise ValueError("at least three seeds are needed")
    found: dict[str, list[Numbers]] = {"real": [], "made": [], "both": []}
    for seed in range(seeds):
        some = np.random.default_rng([seed, 17]).choice(len(pool.labels), real_count, replace=False)
        made = made_set(generator, labels, per_label, 1000 + seed, keep)
        rows, numbers = pool.rows[some], pool.labels[some]
        found["real"].append(scores(rows, numbers, test.rows))
        found["made"].append(scores(made.rows, made.labels, test.rows))
        both = np.concatenate([rows, made.rows]), np.concatenate([numbers, made.labels])
        found["both"].append(scores(*both, test.rows))
    arms = {name: _crossed_figure([values], test.labels) for name, values in found.items()}
    return Repeated(**arms, gain=_crossed_figure([found["both"], found["real"]], test.labels))


def _crossed_figure(arms: Sequence[Sequence[Numbers]], labels: Labels, draws: int = 300) -> Figure:
    """Mean AUC over seeds, or the mean difference of two arms; test pictures and seeds are both resampled."""
    rng = np.random.default_rng(0)
    low, high = np.flatnonzero(labels == 0), np.flatnonzero(labels == 1)

    def over(seeds: Labels, negative: Labels, positive: Labels) -> float:
        means = [np.mean([area(arm[seed][negative], arm[seed][positive]) for seed in seeds]) for arm in arms]
        return float(means[0] - means[1] if len(means) == 2 else means[0])

    every = np.arange(len(arms[0]))
    values = [
        over(rng.choice(every, len(every)), rng.choice(low, len(low)), rng.choice(high, len(high)))
        for _ in range(draws)
    ]
    ends = np.percentile(values, [2.5, 97.5])
    return Figure(
        value=over(every, low, high), low=float(ends[0]), high=float(ends[1]), n=len(labels),
        interval=f"bootstrap over {len(every)} seeds and the test pictures, {draws} draws",
    )  # fmt: skip


def few_shot(
    pictures: Pictures, numbers: Labels, test: Labelled, labels: tuple[str, str], per_class: int,
    fitters: Mapping[str, Fitter],
    made_per_class: int = 100, draws: int = DRAWS, seed: int = 0,
) -> FewShot:  # fmt: skip
    """Learn from ``per_class`` real pictures a class, with and without made ones, over ``draws`` random choices.

    Raises:
        ValueError: fewer than three draws, or a class has too few pictures.
    """
    if min((numbers == index).sum() for index in (0, 1)) < per_class:
        raise ValueError("a class has fewer pictures than are to be drawn")
    found: dict[str, list[float]] = {}
    for draw in range(draws):
        rng = np.random.default_rng([seed, per_class, draw])
        few = _few(pictures, numbers, per_class, rng)
        for name, value in _arms(few, test, labels, fitters, made_per_class, draw).items():
            found.setdefault(name, []).append(value)
    gains = {name: np.subtract(found[name], found["flips"]).tolist() for name in fitters}
    return FewShot(
        per_class=per_class,
        arms={name: paired(values) for name, values in found.items()},
        gains={name: paired(values) for name, values in gains.items()},
    )


def _few(pictures: Pictures, numbers: Labels, per_class: int, rng: np.random.Generator) -> Labelled:
    rows = np.concatenate([
        rng.choice(np.flatnonzero(numbers == index), per_class, replace=False) for index in (0, 1)
    ])  # fmt: skip
    return Labelled(pictures[rows], described(pictures[rows]), numbers[rows])


def _arms(
    few: Labelled,
    test: Labelled,
    labels: tuple[str, str],
    fitters: Mapping[str, Fitter],
    per_class: int,
    seed: int,
) -> dict[str, float]:
    twice = np.concatenate([few.labels, few.labels])
    mirrored = np.concatenate([few.rows, described(np.ascontiguousarray(few.pictures[:, :, ::-1]))])
    found = {
        "real": _plain(few.rows, few.labels, test, STRENGTH),
        "flips": _plain(mirrored, twice, test, STRENGTH),
        "tuned": _plain(mirrored, twice, test, _tuned(mirrored, twice, len(few.labels))),
    }
    conditions = np.eye(2, dtype=np.float32)[few.labels]
    for name, fitter in fitters.items():
        made = made_set(fitter(few.pictures, conditions, seed), labels, per_class, seed)
        rows, numbers = np.concatenate([mirrored, made.rows]), np.concatenate([twice, made.labels])
        found[name] = _plain(rows, numbers, test, STRENGTH)
    return found


def _plain(rows: Rows, labels: Labels, test: Labelled, strength: float) -> float:
    found = scores(rows, labels, test.rows, strength)
    return area(found[test.labels == 0], found[test.labels == 1])


def _tuned(rows: Rows, labels: Labels, pictures: int) -> float:
    """The strength with the best AUC in 5-fold cross-validation on the few pictures; a flip stays in its fold."""
    folds = np.tile(np.arange(pictures) % min(5, pictures // 2), 2)
    best = {strength: _crossed(rows, labels, folds, strength) for strength in TUNED}
    return max(best, key=lambda strength: best[strength])


def _crossed(rows: Rows, labels: Labels, folds: Labels, strength: float) -> float:
    found = np.zeros(len(labels))
    for fold in np.unique(folds):
        held = folds == fold
        found[held] = scores(rows[~held], labels[~held], rows[held], strength)
    return area(found[labels == 0], found[labels == 1])
