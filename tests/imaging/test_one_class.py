"""The one-class score and the X-ray gate that stands on it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from skimage import data

from imaging import cards, one_class, xray_gate
from imaging.image import Decision

rng = np.random.default_rng(0)
MIXING = rng.normal(size=(12, 12))
KIND = (rng.normal(size=(400, 12)) @ MIXING).astype(np.float32)


def test_what_is_far_scores_higher_and_the_kind_itself_about_one() -> None:
    model = one_class.fit(KIND, axes=12)
    fresh = (np.random.default_rng(1).normal(size=(200, 12)) @ MIXING).astype(np.float32)
    near, far = model.distance(fresh), model.distance(fresh * 3)
    assert near.mean() == pytest.approx(1, abs=0.15)
    assert (far > near).all()


def test_a_direction_that_the_kind_never_takes_counts_through_the_rest() -> None:
    flat = KIND.copy()
    flat[:, -1] = flat[:, 0]  # the kind lies in a plane
    model = one_class.fit(flat, axes=6)
    off = flat.copy()
    off[:, -1] += 5 * flat[:, 0].std()
    assert np.median(model.distance(off)) > 2 * np.median(model.distance(flat))


def test_shrinkage_agrees_with_scikit_learn() -> None:
    covariance = pytest.importorskip("sklearn.covariance")
    rows = KIND.astype(np.float64)
    assert np.allclose(one_class.shrunk_covariance(rows), covariance.ledoit_wolf(rows)[0])
    assert np.linalg.eigvalsh(one_class.shrunk_covariance(rows[:5])).min() > 0


def test_saved_is_loaded(tmp_path: Path) -> None:
    model = one_class.fit(KIND, axes=6)
    model.save(tmp_path / "kind.npz")
    assert np.allclose(one_class.load(tmp_path / "kind.npz").distance(KIND), model.distance(KIND), rtol=1e-3)


def test_too_few_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        one_class.fit(KIND[:5], axes=6)


@pytest.mark.parametrize("name", ["chelsea", "camera", "moon", "retina", "page", "brick"])
def test_what_is_no_chest_x_ray_is_rejected(name: str) -> None:
    pixels = np.asarray(getattr(data, name)())
    verdict = xray_gate.xray_gate(np.repeat(pixels[..., None], 3, axis=2) if pixels.ndim == 2 else pixels)
    assert verdict.decision is Decision.REJECTED
    assert verdict.score > 1.25 * verdict.threshold


@pytest.mark.parametrize(
    ("distance", "decision"),
    [(1.0, Decision.ACCEPTED), (2.07, Decision.ACCEPTED), (2.3, Decision.UNSURE), (2.6, Decision.REJECTED)],
)
def test_between_yes_and_no_stands_a_question(distance: float, decision: Decision) -> None:
    assert xray_gate.judge(distance).decision is decision


def test_the_x_ray_gate_has_a_card_that_fits_its_file() -> None:
    card = cards.cards()["model:xray-gate"]
    assert hashlib.sha256((cards.FOLDER / card.file).read_bytes()).hexdigest() == card.sha256
    assert {made.licence for made in card.made_from} <= {"CC BY 4.0", "Apache-2.0"}
    assert f"{xray_gate.THRESHOLD}" in card.operating_point


def test_chest_x_rays_are_accepted_and_ultrasound_is_not(shared: Path) -> None:
    """Every 20th of validation; all of them: `consilium image evaluate gates`."""
    with np.load(shared / "pneumoniamnist/pneumoniamnist_train_val.npz") as arrays:
        found = [
            xray_gate.xray_gate(np.repeat(one[..., None], 3, axis=2)) for one in arrays["val_images"][::20]
        ]
    assert np.mean([verdict.decision is Decision.ACCEPTED for verdict in found]) >= 0.92
