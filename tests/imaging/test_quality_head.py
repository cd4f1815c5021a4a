"""The quality heads: recipe, margins, and that each defect is named by its own head."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from imaging import cards, quality
from imaging.fov import field_of_view
from imaging.image import Decision
from imaging.training import quality_head

Eye = np.ndarray


def test_the_recipe_tells_two_clouds_apart_and_weighs_classes_alike() -> None:
    rng = np.random.default_rng(0)
    good, bad = rng.normal(0, 1, (300, 5)), rng.normal(1.5, 1, (30, 5))
    weights = quality_head.fit(good, bad, penalty=1.0)
    scores = [rows @ weights[:-1] + weights[-1] for rows in (good, bad)]
    assert (scores[0] < 0).mean() > 0.9
    assert (scores[1] > 0).mean() > 0.9


@pytest.mark.parametrize("defect", quality.DEFECTS)
def test_a_spoilt_copy_is_refused_for_its_own_defect(small_retina: Eye, defect: str) -> None:
    copy = quality_head.spoilt(np.random.default_rng(0), small_retina, defect)
    verdict = quality.quality(copy)
    assert verdict.decision is Decision.REJECTED
    assert verdict.score < verdict.threshold
    assert quality.DEFECTS[defect] in verdict.reason


def test_more_haze_is_never_better(small_retina: Eye) -> None:
    inside = field_of_view(small_retina)[1][..., None]
    margins = []
    for share in (0.0, 0.3, 0.6, 0.9):
        hazy = np.where(inside, (1 - share) * small_retina + share * np.array(quality_head.HAZE), 0)
        margins.append(quality.judge_all(quality.seen_at(hazy.astype(np.uint8)))["haze"])
    assert margins == sorted(margins, reverse=True)


def test_more_blur_is_never_better_and_never_read_again(small_retina: Eye) -> None:
    margins, refused = [], []
    for sigma in (0, 2, 4, 8, 14):
        soft = gaussian_filter(small_retina, (sigma, sigma, 0))
        margins.append(quality.judge_all(quality.seen_at(soft))["blur"])
        refused.append(quality.quality(soft).decision is Decision.REJECTED)
    assert margins == sorted(margins, reverse=True)
    assert refused == sorted(refused)
    assert refused[-1]


def test_the_score_is_that_of_the_worst_defect() -> None:
    verdict = quality.judge({"blur": 3.0, "dark": 0.5, "over": -1.0, "haze": 2.0})
    assert (verdict.score, verdict.decision) == (-1.0, Decision.REJECTED)
    assert verdict.reason == f"too dark; {quality.DEFECTS['over']}"
    assert "bright lesions" in verdict.reason
    assert quality.judge(dict.fromkeys(quality.DEFECTS, 1.0)).decision is Decision.ACCEPTED


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_flat_page_gives_finite_numbers(level: int) -> None:
    numbers = quality.seen_at(np.full((64, 200, 3), level, np.uint8))
    assert numbers.shape == (18,)
    assert np.isfinite(numbers).all()


def test_the_heads_are_those_of_the_card() -> None:
    card = cards.cards()["model:fundus-quality"]
    assert hashlib.sha256((cards.FOLDER / card.file).read_bytes()).hexdigest() == card.sha256
    assert all(f"{limit}" in card.operating_point for limit in quality.LIMITS.values())
