"""The privacy suite catches a thief and lets an honest generator go."""

from __future__ import annotations

import numpy as np
import pytest

from imaging.realism.figure import Rows
from imaging.realism.privacy import membership, privacy


def people(count: int, seed: int) -> Rows:
    return np.random.default_rng(seed).normal(0, 1, (count, 15)).astype(np.float32)


TRAIN, UNSEEN, OTHERS = people(400, 1), people(400, 2), people(300, 3)


def test_an_honest_generator_shows_no_sign() -> None:
    found = privacy(people(300, 4), TRAIN, UNSEEN, OTHERS, "toy")
    assert found.verdict.startswith("no sign")
    assert found.nearer_real.value == pytest.approx(0.5, abs=0.08)
    assert found.copies.value == 0
    assert found.membership.low < 0.5 < found.membership.high
    assert found.ratio_made.value == pytest.approx(found.ratio_real.value, abs=0.03)


@pytest.mark.parametrize("blur", [0.0, 0.05, 0.2])
def test_copies_are_caught_even_under_noise(blur: float) -> None:
    stolen = TRAIN[:300] + np.random.default_rng(5).normal(0, blur, (300, 15)).astype(np.float32)
    found = privacy(stolen, TRAIN, UNSEEN, OTHERS, "toy")
    assert found.verdict.startswith("leaks")
    assert found.copies.value > 0.95
    assert found.nearer_made.value > 0.9
    assert found.membership.value > 0.75
    assert found.ratio_made.value < found.ratio_real.value - 0.2


def test_a_few_copies_among_honest_ones_are_caught() -> None:
    some = np.concatenate([people(270, 4), TRAIN[:30]])
    found = privacy(some, TRAIN, UNSEEN, OTHERS, "toy")
    assert found.copies.value == pytest.approx(0.1, abs=0.01)
    assert found.verdict.startswith("leaks")


def test_unequal_numbers_do_not_look_like_a_leak() -> None:
    found = privacy(people(300, 4), people(2000, 1), people(100, 2), OTHERS, "toy")
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
