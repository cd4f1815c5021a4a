"""The privacy suite catches a thief and lets an honest generator go."""

from __future__ import annotations

import numpy as np
import pytest

from imaging.realism.figure import Rows
from imaging.realism.privacy import LEAKS, NO_SIGN, UNSURE, Privacy, membership, privacy, verdict


def judged(made: Rows, train: Rows, unseen: Rows) -> Privacy:
    return privacy(made, train, unseen, OTHERS, "toy")


def people(count: int, seed: int) -> Rows:
    return np.random.default_rng(seed).normal(0, 1, (count, 15)).astype(np.float32)


TRAIN, UNSEEN, OTHERS = people(400, 1), people(400, 2), people(300, 3)


def test_an_honest_generator_shows_no_sign() -> None:
    found = judged(people(300, 4), TRAIN, UNSEEN)
    assert found.verdict.startswith("no sign")
    assert found.nearer_real.value == pytest.approx(0.5, abs=0.08)
    assert found.copies.value == 0
    assert found.membership.low < 0.5 < found.membership.high
    assert found.ratio_made.value == pytest.approx(found.ratio_real.value, abs=0.03)


@pytest.mark.parametrize("blur", [0.0, 0.05, 0.2])
def test_copies_are_caught_even_under_noise(blur: float) -> None:
    stolen = TRAIN[:300] + np.random.default_rng(5).normal(0, blur, (300, 15)).astype(np.float32)
    found = judged(stolen, TRAIN, UNSEEN)
    assert found.verdict.startswith("leaks")
    assert found.copies.value > 0.95
    assert found.nearer_made.value > 0.9
    assert found.membership.value > 0.75
    assert found.ratio_made.value < found.ratio_real.value - 0.2
    assert found.excess.low > 0.3
    assert found.apart_made.high < 0.5 < found.apart_real.low


def test_a_few_copies_among_honest_ones_are_caught() -> None:
    some = np.concatenate([people(270, 4), TRAIN[:30]])
    found = judged(some, TRAIN, UNSEEN)
    assert found.copies.value == pytest.approx(0.1, abs=0.01)
    assert found.verdict.startswith("leaks")


def test_unequal_numbers_do_not_look_like_a_leak() -> None:
    found = judged(people(300, 4), people(2000, 1), people(100, 2))
    assert found.nearer_made.value == pytest.approx(0.5, abs=0.12)
    assert not found.verdict.startswith("leaks")


def test_membership_grows_with_the_stolen_share() -> None:
    values = [
        membership(np.concatenate([people(300 - count, 4), TRAIN[:count]]), TRAIN[:300], UNSEEN).value
        for count in (0, 75, 150, 300)
    ]
    assert values == sorted(values)
    assert values[-1] == 1.0


def test_too_few_are_refused() -> None:
    with pytest.raises(ValueError, match="20"):
        privacy(people(10, 4), TRAIN, UNSEEN, OTHERS, "toy")


def test_intervals_of_nearness_hold_their_value_when_the_training_set_is_larger() -> None:
    found = judged(people(200, 4), people(1500, 1), people(150, 2))
    for one in (found.nearer_made, found.apart_made, found.nearer_real, found.excess):
        assert one.low <= one.value <= one.high


def test_a_hub_among_the_real_pictures_widens_the_interval() -> None:
    """Off the real pictures one of them is nearest to all made ones: 300 made pictures are then one draw, not 300."""
    far = people(300, 4) * 0.05 + 6
    found = judged(far, TRAIN, UNSEEN)
    assert found.excess.high - found.excess.low > 0.5
    assert found.verdict != LEAKS


def test_the_worst_space_decides() -> None:
    from imaging.realism.figure import Figure

    def at(value: float, low: float) -> Figure:
        return Figure(value=value, low=low, high=value + 0.1, n=9, interval="x")

    good, copies = at(0.5, 0.45), at(0.0, 0.0)
    assert verdict([copies, copies], [at(0, -0.1)] * 2, [good, good]) == NO_SIGN
    assert verdict([copies, copies], [at(0, -0.1), at(0.08, -0.02)], [good, good]) == UNSURE
    assert verdict([copies, at(0.2, 0.1)], [at(0, -0.1)] * 2, [good, good]) == LEAKS
    assert verdict([copies, copies], [at(0, -0.1)] * 2, [good, at(0.7, 0.6)]) == LEAKS
