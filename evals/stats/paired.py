"""Comparing two subjects on the same cases."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from math import ceil, sqrt

from evals.stats.bootstrap import Floats

ALPHA_Z, POWER_Z = 1.96, 0.84
"""Two-sided 5 % and a power of 80 %, as evals.md section 7 rounds them."""
DISCORDANT, STEPS = (0.15, 0.25), (0.02, 0.03, 0.05, 0.10)


def mcnemar(only_a: int, only_b: int) -> float:
    """The exact mid-p value of McNemar's test (Fagerland, BMC Med Res Methodol 2013;13:91); 1 for no pairs."""
    from scipy.stats import binom

    n, least = only_a + only_b, min(only_a, only_b)
    if not n:
        return 1.0
    seen = float(binom.pmf(least, n, 0.5))
    return 1 - seen / 2 if only_a == only_b else float(2 * binom.cdf(least, n, 0.5)) - seen


def discordant(a: Sequence[float], b: Sequence[float]) -> tuple[int, int]:
    """How many cases only A and only B have (values above one half) among the same cases."""
    pairs = [(x > 0.5, y > 0.5) for x, y in zip(a, b, strict=True)]
    return sum(x and not y for x, y in pairs), sum(y and not x for x, y in pairs)


def sign_flip(differences: Sequence[float], keys: Sequence[Hashable], draws: int = 10_000) -> float:
    """Two-sided p of "no difference" by flipping whole clusters' signs at random; 1 where all are equal.

    Under the null the two subjects could change places in any cluster. One is added above and below, so p is never 0
    (Phipson and Smyth, Stat Appl Genet Mol Biol 2010;9:39).
    """
    import numpy as np

    from evals.stats.bootstrap import SEED, clusters

    if not len(keys) or not any(differences):
        return 1.0
    sums = np.zeros(len(set(keys)))
    np.add.at(sums, clusters(keys), np.asarray(differences, dtype=float))
    sums = sums[sums != 0]
    if not sums.size:
        return 1.0
    stream = np.random.default_rng(SEED)
    signs = stream.integers(0, 2, size=(draws, sums.size), dtype=np.int8) * 2.0 - 1
    flipped: Floats = np.abs(signs @ sums)
    return float((1 + np.count_nonzero(flipped >= abs(sums.sum()) - 1e-9)) / (draws + 1))


def holm(p: Mapping[str, float]) -> dict[str, float]:
    """Adjusted p values of several tests of one comparison (Holm, Scand J Stat 1979;6:65), in the order given."""
    running, out = 0.0, {}
    for rank, name in enumerate(sorted(p, key=lambda one: (p[one], one))):
        running = max(running, min(1.0, (len(p) - rank) * p[name]))
        out[name] = running
    return {name: out[name] for name in p}


def cases_needed(difference: float, share: float) -> int:
    """Pairs needed to see a difference of two shares where ``share`` of the pairs are discordant.

    n = (1.96 sqrt(q) + 0.84 sqrt(q - d^2))^2 / d^2 (evals.md section 7; Connor, Biometrics 1987;43:207).

    Raises:
        ValueError: the difference is 0 or larger than the share of discordant pairs.
    """
    if not 0 < difference <= share:
        raise ValueError("The difference must lie above 0 and not above the discordant share.")
    return ceil((ALPHA_Z * sqrt(share) + POWER_Z * sqrt(share - difference**2)) ** 2 / difference**2 - 1e-9)


def detectable(n: int, share: float) -> float:
    """The smallest difference that n pairs with this discordant share would show four times of five; nan where none."""
    if n <= 0 or share <= 0 or cases_needed(share, share) > n:
        return float("nan")
    low, high = 0.0, share
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if cases_needed(middle, share) <= n else (middle, high)
    return high


def sizes() -> tuple[tuple[float, float, int], ...]:
    """The table of evals.md section 7: difference, discordant share, cases."""
    return tuple((step, share, cases_needed(step, share)) for step in STEPS for share in DISCORDANT)
