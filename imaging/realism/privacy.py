"""Do made pictures betray those that they were made from: copies, nearness to training pictures, membership.

References: Chen D et al., "GAN-Leaks", CCS 2020 (arXiv 1909.03935): the attack by distance to the nearest made picture;
Lowe DG 2004 for the ratio of the nearest to the second nearest distance.
"""

from __future__ import annotations

import numpy as np

from imaging.realism.figure import Figure, Numbers, Rows, area, bootstrap, distances, share
from retrieval.evidence import Text, Word

COPY = 0.5
"""A made picture counts as a near-copy below this share of the 1st percentile of unseen pictures' distances."""

ALLOWED_NEARER = 0.05
ALLOWED_AREA = 0.55


class Privacy(Word):
    """What an attacker with the made pictures alone could learn; ``space`` says how pictures were compared."""

    space: Text
    nearer_made: Figure
    """Share of made pictures nearer to training pictures than to as many unseen ones."""
    nearer_real: Figure
    """The same for real pictures that are neither."""
    ratio_made: Figure
    """Median of nearest over second nearest distance to training pictures; near 0 means copies."""
    ratio_real: Figure
    copies: Figure
    """Share of near-copies."""
    membership: Figure
    """AUC of telling training from unseen pictures by their distance to the nearest made one; .5 is blind."""

    @property
    def excess(self) -> float:
        """How much more often made pictures lie nearer to training ones than real pictures do."""
        return self.nearer_made.value - self.nearer_real.value

    @property
    def verdict(self) -> str:
        """In words; "no sign" is not a proof of privacy."""
        nearer = self.nearer_made.low - self.nearer_real.value
        if self.copies.low > 0.01 or nearer > ALLOWED_NEARER or self.membership.low > ALLOWED_AREA:
            return "leaks: do not export"
        if self.excess > ALLOWED_NEARER or self.membership.value > ALLOWED_AREA:
            return "leakage cannot be excluded: more pictures are needed"
        return "no sign of leakage by these attacks"


def privacy(made: Rows, train: Rows, unseen: Rows, others: Rows, space: str, seed: int = 0) -> Privacy:
    """Held against the training rows, unseen rows of the same source, and other real rows for the floor.

    Raises:
        ValueError: fewer than 20 rows in any of them.
    """
    if min(map(len, (made, train, unseen, others))) < 20:
        raise ValueError("at least 20 pictures of each kind are needed")
    rng = np.random.default_rng(seed)
    equal = min(len(train), len(unseen))
    members = train[rng.choice(len(train), equal, replace=False)]
    near_made, near_real = distances(made, train), distances(others, train)
    border = COPY * float(np.percentile(distances(unseen, train).min(axis=1), 1))
    return Privacy(
        space=space,
        nearer_made=_nearer(near_made, distances(made, unseen), rng),
        nearer_real=_nearer(near_real, distances(others, unseen), rng),
        ratio_made=_ratio(near_made),
        ratio_real=_ratio(near_real),
        copies=share(int((near_made.min(axis=1) < border).sum()), len(made)),
        membership=membership(made, members, unseen),
    )


def membership(made: Rows, members: Rows, unseen: Rows) -> Figure:
    """AUC of the attack by nearness to made pictures, bootstrapped over members and non-members."""
    of_unseen, of_members = (-distances(rows, made).min(axis=1) for rows in (unseen, members))
    return bootstrap([of_unseen, of_members], area)


def _nearer(to_train: Numbers, to_unseen: Numbers, rng: np.random.Generator, draws: int = 20) -> Figure:
    """Share nearer to train than to unseen, with as many of one as of the other, averaged over random choices."""
    equal = min(to_train.shape[1], to_unseen.shape[1])
    wins = np.zeros(len(to_train))
    for _ in range(draws):
        some = rng.choice(to_train.shape[1], equal, replace=False)
        rest = rng.choice(to_unseen.shape[1], equal, replace=False)
        first, second = to_train[:, some].min(axis=1), to_unseen[:, rest].min(axis=1)
        wins += (first < second) + 0.5 * (first == second)
    return bootstrap([wins / draws], _mean)


def _mean(values: Numbers) -> float:
    return float(values.mean())


def _ratio(to_train: Numbers) -> Figure:
    two = np.sort(np.partition(to_train, 1, axis=1)[:, :2], axis=1)
    return bootstrap([two[:, 0] / two[:, 1].clip(1e-12)], _median)


def _median(values: Numbers) -> float:
    return float(np.median(values))
