"""Kernel distance (KID) in our own space, with its floors. It is never called FID, and compares only with itself.

Reference: Binkowski M et al., "Demystifying MMD GANs", ICLR 2018 (arXiv 1801.01401): cubic kernel, unbiased estimate.
"""

from __future__ import annotations

import numpy as np

from imaging.realism.features import EXTRACTOR
from imaging.realism.figure import Figure, Numbers, Rows, area, bootstrap

NAME = f"KID-{EXTRACTOR}"
SUBSETS = 50
LARGEST = 150


def kid(real: Rows, made: Rows, subsets: int = SUBSETS, seed: int = 0) -> Figure:
    """KID x 1000 over random subsets of min(150, n / 3); about 0 for one source, and slightly negative by chance.

    The interval is mean +- 1.96 SD of the subsets over the root of n / size: subsets overlap, so it is approximate.

    Raises:
        ValueError: fewer than 30 rows on a side.
    """
    fewest = min(len(real), len(made))
    if fewest < 30:
        raise ValueError("at least 30 pictures on each side are needed")
    size = min(LARGEST, fewest // 3)
    rng = np.random.default_rng(seed)
    values = np.array([
        1000 * _squared_discrepancy(
            real[rng.choice(len(real), size, replace=False)], made[rng.choice(len(made), size, replace=False)]
        )
        for _ in range(subsets)
    ])  # fmt: skip
    half = 1.96 * float(values.std(ddof=1)) / float(np.sqrt(min(subsets, fewest / size)))
    mean = float(values.mean())
    return Figure(
        value=mean, low=mean - half, high=mean + half, n=fewest, interval=f"{subsets} subsets of {size}"
    )


def _squared_discrepancy(real: Rows, made: Rows) -> float:
    inside_real, inside_made, across = _kernel(real, real), _kernel(made, made), _kernel(real, made)
    n = len(real)
    np.fill_diagonal(inside_real, 0)
    np.fill_diagonal(inside_made, 0)
    return float((inside_real.sum() + inside_made.sum()) / (n * (n - 1)) - 2 * across.mean())


def _kernel(one: Rows, two: Rows) -> Numbers:
    product = one.astype(np.float64) @ two.astype(np.float64).T
    return np.asarray((product / one.shape[1] + 1) ** 3)


def two_sample(real: Rows, made: Rows, folds: int = 5) -> Figure:
    """AUC of a linear classifier that tells real from made, cross-validated: .5 cannot tell, 1 always can.

    Raises:
        ValueError: fewer than 30 rows on a side.
    """
    from sklearn.linear_model import LogisticRegression

    if min(len(real), len(made)) < 30:
        raise ValueError("at least 30 pictures on each side are needed")
    rows = np.concatenate([real, made])
    labels = np.repeat([0, 1], [len(real), len(made)])
    fold = np.concatenate([np.arange(len(real)), np.arange(len(made))]) % folds
    found = np.zeros(len(rows))
    for held in range(folds):
        head = LogisticRegression(C=1e-3, max_iter=500).fit(rows[fold != held], labels[fold != held])
        found[fold == held] = head.decision_function(rows[fold == held])
    return bootstrap([found[labels == 0], found[labels == 1]], area)
