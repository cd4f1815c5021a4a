"""Do made pictures betray those that they were made from: copies, nearness to training pictures, membership.

References: Chen D et al., "GAN-Leaks", CCS 2020 (arXiv 1909.03935): the attack by distance to the nearest made picture;
Lowe DG 2004 for the ratio of the nearest to the second nearest distance.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from imaging.realism.figure import Figure, Numbers, Rows, area, bootstrap, distances, share
from retrieval.evidence import Text, Word

COPY = 0.5
"""A made picture counts as a near-copy below this share of the 1st percentile of unseen pictures' distances."""

ALLOWED_NEARER = 0.05
ALLOWED_AREA = 0.55
GROUPS, CHOICES = 25, 6
JACKKNIFE = f"jackknife over {GROUPS} groups of made, training and unseen pictures"
Places = NDArray[np.int64]

LEAKS = "leaks: do not export"
UNSURE = "leakage cannot be excluded: more pictures are needed"
NO_SIGN = "no sign of leakage by these attacks"


class Privacy(Word):
    """What an attacker with the made pictures alone could learn; ``space`` says how pictures were compared."""

    space: Text
    nearer_made: Figure
    """Share of made pictures nearer to training pictures than to as many unseen ones."""
    nearer_real: Figure
    """The same for real pictures that are neither."""
    excess: Figure
    """How much more often made pictures lie nearer to training ones than real pictures do."""
    apart_made: Figure
    """Median of the distance to the nearest training over that to the nearest unseen picture; far below 1: copies."""
    apart_real: Figure
    ratio_made: Figure
    """Median of nearest over second nearest distance to training pictures; near 0 means copies."""
    ratio_real: Figure
    copies: Figure
    """Share of near-copies."""
    membership: Figure
    """AUC of telling training from unseen pictures by their distance to the nearest made one; .5 is blind."""

    @property
    def verdict(self) -> str:
        """In words; "no sign" is not a proof of privacy."""
        return verdict([self.copies], [self.excess], [self.membership])


class Bounded(Protocol):
    """A figure with an interval."""

    @property
    def value(self) -> float: ...

    @property
    def low(self) -> float: ...


def verdict(copies: Sequence[Bounded], excess: Sequence[Bounded], membership: Sequence[Bounded]) -> str:
    """What figures of one or several spaces say together: the worst of them counts."""
    far = any(one.low > ALLOWED_NEARER for one in excess) or any(one.low > ALLOWED_AREA for one in membership)
    if far or any(one.low > 0.01 for one in copies):
        return LEAKS
    if any(one.value > ALLOWED_NEARER for one in excess) or any(
        one.value > ALLOWED_AREA for one in membership
    ):
        return UNSURE
    return NO_SIGN


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
    sides = [(near_made, distances(made, unseen)), (near_real, distances(others, unseen))]
    return Privacy(
        space=space,
        **_nearness(sides, equal, rng),
        ratio_made=_ratio(near_made),
        ratio_real=_ratio(near_real),
        copies=share(int((near_made.min(axis=1) < border).sum()), len(made)),
        membership=membership(made, members, unseen),
    )


def _nearness(
    sides: list[tuple[Numbers, Numbers]], equal: int, rng: np.random.Generator
) -> dict[str, Figure]:
    """Shares nearer to train and distance ratios of made and of other real pictures, from the same choices.

    Intervals are those of a jackknife that leaves out a 25th of the made, training and unseen pictures at a time
    (Shao J, Wu CFJ, Ann Stat 1989;17:1176-1197): some real pictures are nearest to most made ones, so that an interval
    over made pictures alone would promise far too much, and a bootstrap would leave out a third of the originals.
    """
    held = sides[0][0].shape[1]
    chosen = [rng.choice(held, equal, replace=False) for _ in range(CHOICES if held > equal else 1)]
    groups = [
        rng.permutation(n) % GROUPS for n in (held, sides[0][1].shape[1], *(len(one) for one, _ in sides))
    ]
    values = _averaged(sides, chosen, groups, -1)
    left = np.array([_averaged(sides, chosen, groups, group) for group in range(GROUPS)])
    half = 1.96 * np.sqrt((GROUPS - 1) / GROUPS * ((left - left.mean(axis=0)) ** 2).sum(axis=0))
    names = ("nearer_made", "apart_made", "nearer_real", "apart_real", "excess")
    counts = [len(one) for one, _ in sides for _ in range(2)] + [sum(len(one) for one, _ in sides)]
    return {
        name: Figure(value=float(value), low=float(value - wide), high=float(value + wide), n=n, interval=JACKKNIFE)
        for name, value, wide, n in zip(names, values, half, counts, strict=True)
    }  # fmt: skip


def _averaged(
    sides: list[tuple[Numbers, Numbers]], chosen: list[Places], groups: list[Places], out: int
) -> Numbers:
    """Share nearer to train and median distance ratio of each side, then the difference of the shares; without the
    pictures of group ``out``, averaged over the choices of as many training pictures as there are unseen ones."""
    found = []
    for some in chosen:
        columns = some[groups[0][some] != out]
        shares = []
        for (to_train, to_unseen), rows in zip(sides, groups[2:], strict=True):
            kept = rows != out
            first = to_train[:, columns].min(axis=1)[kept]
            second = to_unseen[:, groups[1] != out].min(axis=1)[kept]
            shares += [
                ((first < second) + 0.5 * (first == second)).mean(),
                np.median(first / second.clip(1e-12)),
            ]
        found.append([*shares, shares[0] - shares[2]])
    return np.asarray(np.mean(found, axis=0))


def membership(made: Rows, members: Rows, unseen: Rows) -> Figure:
    """AUC of the attack by nearness to made pictures, bootstrapped over members and non-members."""
    of_unseen, of_members = (-distances(rows, made).min(axis=1) for rows in (unseen, members))
    return bootstrap([of_unseen, of_members], area)


def _ratio(to_train: Numbers) -> Figure:
    two = np.sort(np.partition(to_train, 1, axis=1)[:, :2], axis=1)
    return bootstrap([two[:, 0] / two[:, 1].clip(1e-12)], _median)


def _median(values: Numbers) -> float:
    return float(np.median(values))
