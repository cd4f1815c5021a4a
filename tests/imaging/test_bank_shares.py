"""What a bank says of its own worth: no share of the pictures that set the limit, and intervals by patient."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging import cards
from imaging.anomaly.bank import unpacked
from imaging.calibrate import share
from imaging.training.bank import SPECIFICITY, crossed
from imaging.training.shares import by_group
from imaging.training.shipped_banks import of_disease


def test_two_eyes_of_a_patient_widen_the_interval() -> None:
    hits = [index % 5 != 0 for index in range(100) for _ in (0, 1)]
    alone = by_group(hits, [str(index) for index in range(200)])
    pairs = by_group(hits, [str(index // 2) for index in range(200)])
    assert alone.value == pairs.value == 0.8
    assert alone.n == pairs.n == 200
    assert pairs.high - pairs.low > 1.2 * (alone.high - alone.low)


def test_where_all_agree_the_groups_count_and_nothing_is_certain() -> None:
    found = by_group([False] * 20, [str(index // 2) for index in range(20)])
    assert (found.value, found.n, found.high) == (0, 20, share(0, 10).high)
    with pytest.raises(ValueError, match="group"):
        by_group([True], [])


def test_a_threshold_is_never_judged_on_those_who_set_it() -> None:
    """One patient of five stands far: below a threshold of all its pictures pass; without them it does not."""
    distances = np.concatenate([np.linspace(0, 1, 80), np.linspace(5, 6, 20)])
    groups = [str(index // 20) for index in range(100)]
    own = np.quantile(distances, SPECIFICITY, method="higher")
    assert (distances <= own).mean() >= SPECIFICITY
    assert crossed(distances, groups).value == pytest.approx(0.8)


def test_photographs_of_a_disease_go_by_patient_and_none_is_there_twice(tmp_path: Path) -> None:
    for name in ("7_left", "7_right", "IDRiD_01", "IDRiD_02", "original_IDRiD_01"):
        Image.fromarray(np.zeros((4, 4, 3), np.uint8)).save(tmp_path / f"{name}.png")
    assert [group for _, group in of_disease(tmp_path)] == ["7", "7", "IDRiD_01", "IDRiD_02"]


def test_the_specificity_of_a_shipped_bank_is_of_pictures_that_had_no_part_in_its_threshold() -> None:
    """363 normals with odd patient numbers, 135 of the validation part; the thresholds are of 395 and 1,213 others."""
    for kind, file, n in (("fundus", "fundus_bank.npz", 363), ("chest_xray", "xray_bank.npz", 135)):
        facts = unpacked((cards.FOLDER / file).read_bytes()).facts
        assert (facts.kind, facts.specificity.n) == (kind, n)
        measured = " ".join(cards.cards()[facts.card].measured)
        assert facts.specificity.rendered.split(" (")[0] in measured
        assert f"n {n}" in measured
    assert all(
        ("chosen on the same set" in one) == one.startswith(("cataract", "glaucoma"))
        for one in unpacked((cards.FOLDER / "fundus_bank.npz").read_bytes()).facts.caught
    )
