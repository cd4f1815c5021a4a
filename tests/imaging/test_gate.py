"""The gate and the quality check: eyes pass, everything else is asked about or turned away, and the reason is said."""

from __future__ import annotations

import hashlib
import io
import shutil
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter
from skimage import data

from imaging import cards, fundus_likeness, gate, quality, xray_gate
from imaging.appearance import normal_size
from imaging.fov import field_of_view
from imaging.generate.lesions import inject
from imaging.image import Decision, ModelMissing
from imaging.training.fundus_gate import fit
from imaging.training.scenes import disc

ZOO = cards.FOLDER
NATURAL = ("chelsea", "coffee", "rocket", "camera", "moon", "immunohistochemistry")


def _rgb(name: str) -> np.ndarray:
    pixels = np.asarray(getattr(data, name)())
    return (
        np.repeat(pixels[..., None], 3, axis=2) if pixels.ndim == 2 else np.ascontiguousarray(pixels[..., :3])
    )


def _in_a_circle(pixels: np.ndarray, tint: bool) -> np.ndarray:
    square = np.asarray(Image.fromarray(pixels).resize((384, 384)))
    if tint:
        light = square.mean(axis=2, keepdims=True) / 255
        square = (np.array([90, 30, 10]) + light * np.array([160, 120, 60])).astype(np.uint8)
    return np.where(disc(384, 0.48)[..., None], square, 0).astype(np.uint8)


def _orange_disc(spot: bool, noise: float) -> np.ndarray:
    scene = np.ones((384, 384, 3)) * np.array([200.0, 110, 50])
    y, x = np.mgrid[:384, :384]
    if spot:
        scene += np.exp(-((y - 180) ** 2 + (x - 260) ** 2) / 1250)[..., None] * np.array([50, 100, 80])
    scene += np.random.default_rng(0).normal(0, noise, scene.shape)
    return np.where(disc(384, 0.48)[..., None], scene, 0).clip(0, 255).astype(np.uint8)


def test_the_retina_is_accepted_whichever_way_it_lies(retina: np.ndarray, small_retina: np.ndarray) -> None:
    for pixels in (retina, small_retina[::-1], small_retina.transpose(1, 0, 2)):
        verdict, field = gate.fundus_gate(np.ascontiguousarray(pixels))
        assert verdict.decision is Decision.ACCEPTED
        assert verdict.score <= verdict.threshold
        assert field.surroundings == "black"
        assert field.roundness > 0.9


def test_packing_as_jpeg_leaves_the_verdict(small_retina: np.ndarray) -> None:
    packed = io.BytesIO()
    Image.fromarray(small_retina).save(packed, "JPEG", quality=95)
    plain, jpeg = (gate.fundus_gate(one)[0] for one in (small_retina, np.asarray(Image.open(packed))))
    assert jpeg.decision is plain.decision
    assert jpeg.score == pytest.approx(plain.score, abs=0.1)


def test_a_black_frame_on_a_white_page_is_no_part_of_the_eye(small_retina: np.ndarray) -> None:
    page = np.full((900, 900, 3), 255, np.uint8)
    page[60:840, 60:840] = 0
    page[130:770, 130:770] = small_retina
    framed, plain = normal_size(page), normal_size(small_retina)
    assert framed[0].surroundings == "white"
    assert framed[2].mean() == pytest.approx(plain[2].mean(), abs=0.03)
    assert gate.fundus_gate(page)[0].decision is Decision.ACCEPTED


@pytest.mark.parametrize("name", NATURAL)
def test_everyday_pictures_are_rejected_with_a_reason(name: str) -> None:
    verdict, _ = gate.fundus_gate(_rgb(name))
    assert verdict.decision is not Decision.ACCEPTED
    assert verdict.reason


@pytest.mark.parametrize("tint", [False, True], ids=["plain", "orange"])
@pytest.mark.parametrize("name", NATURAL)
def test_a_cat_in_a_circle_is_no_eye(name: str, tint: bool) -> None:
    assert gate.fundus_gate(_in_a_circle(_rgb(name), tint))[0].decision is not Decision.ACCEPTED


@pytest.mark.parametrize("noise", [0, 4, 10])
@pytest.mark.parametrize("spot", [False, True])
def test_an_orange_disc_is_no_eye(spot: bool, noise: float) -> None:
    assert gate.fundus_gate(_orange_disc(spot, noise))[0].decision is not Decision.ACCEPTED


def test_an_eye_without_the_edge_of_its_field_is_asked_about(small_retina: np.ndarray) -> None:
    verdict, field = gate.fundus_gate(np.ascontiguousarray(small_retina[150:490, 150:490]))
    assert field.surroundings == "none"
    assert verdict.decision is Decision.UNSURE


@pytest.mark.parametrize("haze", [0.5, 0.8, 0.95])
def test_a_hazy_eye_is_never_called_something_else(small_retina: np.ndarray, haze: float) -> None:
    inside = field_of_view(small_retina)[1][..., None]
    veil = haze * np.array([190, 150, 120])
    hazy = (1 - haze) * gaussian_filter(small_retina.astype(float), (3, 3, 0)) + veil
    verdict, _ = gate.fundus_gate(np.where(inside, hazy, 0).astype(np.uint8))
    assert verdict.decision is not Decision.REJECTED


def test_a_disc_without_structure_could_be_a_hazy_eye_and_is_asked_about() -> None:
    verdict, _ = gate.fundus_gate(_orange_disc(spot=False, noise=0))
    assert verdict.decision is Decision.UNSURE
    assert "hazy eye or no eye" in verdict.reason


def test_white_surroundings_are_surroundings(small_retina: np.ndarray) -> None:
    inside = field_of_view(small_retina)[1][..., None]
    verdict, field = gate.fundus_gate(np.where(inside, small_retina, 255).astype(np.uint8))
    assert field.surroundings == "white"
    assert verdict.decision is Decision.ACCEPTED


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_flat_page_has_a_finite_score_and_is_no_eye(level: int) -> None:
    verdict, _ = gate.fundus_gate(np.full((64, 300, 3), level, np.uint8))
    assert np.isfinite(verdict.score)
    assert verdict.decision is Decision.REJECTED


def test_the_recipe_tells_two_clouds_apart_and_weighs_classes_alike() -> None:
    rng = np.random.default_rng(0)
    one, two = (rng.normal(mean, 1, (count, 2, 3)).astype(np.float32) for mean, count in ((0, 300), (2, 30)))
    model = fit([(one, 1.0, 0.5), (two, -1.0, 0.5)], penalty=0.01)
    rows = np.concatenate([one, two]).reshape(330, -1)
    score = (rows - model["centre"]) / model["scale"] @ model["weights"][:-1] + model["weights"][-1]
    assert (score[:300] > 0).mean() > 0.95
    assert (score[300:] < 0).mean() > 0.95


@pytest.mark.parametrize(
    ("value", "decision"),
    [(0.5, Decision.ACCEPTED), (1.0, Decision.ACCEPTED), (1.2, Decision.UNSURE), (1.7, Decision.REJECTED)],
)
def test_between_yes_and_no_stands_a_question(
    small_retina: np.ndarray, value: float, decision: Decision
) -> None:
    field, small, _ = normal_size(small_retina)
    assert gate._decide(value, field, small, fine=0.1)[0] is decision


def test_beyond_the_question_only_a_round_field_in_the_colours_of_an_eye_is_asked_about(
    small_retina: np.ndarray,
) -> None:
    field, small, _ = normal_size(small_retina)
    ragged, borderless = (
        field.model_copy(update=one) for one in ({"roundness": 0.5}, {"surroundings": "none"})
    )
    assert gate._decide(1.5, field, small, fine=0.1)[0] is Decision.UNSURE
    assert gate._decide(1.5, field, small[..., ::-1], fine=0.1)[0] is Decision.REJECTED
    for other in (ragged, borderless):
        assert gate._decide(1.5, other, small, fine=0.1)[0] is Decision.REJECTED


@pytest.mark.parametrize("seed", [0, 1])
def test_a_bleeding_eye_is_asked_about_and_never_called_something_else(
    small_retina: np.ndarray, seed: int
) -> None:
    bleeding = inject(small_retina, field_of_view(small_retina)[1], "haemorrhage", seed, count=20).pixels
    assert gate.fundus_gate(bleeding)[0].decision is Decision.UNSURE


@pytest.mark.parametrize("damage", ["changed", "gone"])
@pytest.mark.parametrize(
    ("module", "file"),
    [
        (gate, "fundus_gate"),
        (fundus_likeness, "fundus_likeness"),
        (quality, "fundus_quality"),
        (xray_gate, "xray_gate"),
    ],
)
def test_numbers_that_are_not_those_of_the_card_are_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, module: ModuleType, file: str, damage: str
) -> None:
    monkeypatch.setattr(cards, "FOLDER", tmp_path)
    shutil.copy(ZOO / f"{file}.card.yaml", tmp_path)
    if damage == "changed":
        (tmp_path / f"{file}.npz").write_bytes((ZOO / f"{file}.npz").read_bytes() + b"x")
    with pytest.raises(ModelMissing, match="models verify"):
        module._model.__wrapped__()


def test_the_worse_of_the_two_distances_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "unlikeness", lambda _: gate.LIMIT / 2)
    monkeypatch.setattr(fundus_likeness, "distance", lambda _: 3 * gate.FAR)
    assert gate.standing(np.zeros((2, 3), np.float32)) == pytest.approx(3)
    monkeypatch.setattr(gate, "unlikeness", lambda _: gate.LIMIT * 4)
    assert gate.standing(np.zeros((2, 3), np.float32)) == pytest.approx(4)


def test_the_numbers_are_those_of_the_card() -> None:
    card = cards.cards()["model:fundus-gate"]
    assert hashlib.sha256((cards.FOLDER / card.file).read_bytes()).hexdigest() == card.sha256
    assert {made.licence for made in card.made_from} <= {"CC BY 4.0", "CC0", "Apache-2.0", "ours"}
    assert f"{gate.LIMIT}" in card.operating_point
    assert f"{gate.FAR}" in card.operating_point


def test_quality_names_the_defect(small_retina: np.ndarray) -> None:
    inside = field_of_view(small_retina)[1][..., None]
    eye = small_retina.astype(float)

    def judged(scene: np.ndarray) -> str:
        verdict = quality.quality(np.where(inside, scene, 0).clip(0, 255).astype(np.uint8))
        return verdict.reason if verdict.decision is Decision.REJECTED else ""

    assert judged(eye) == ""
    assert "out of focus" in judged(gaussian_filter(eye, (7, 7, 0)))
    assert "too dark" in judged(eye * 0.15)
    assert "overexposed" in judged(eye * 3)
    assert "haze may itself be disease" in judged(0.15 * eye + 0.85 * np.array([190, 170, 150]))


def test_more_blur_never_looks_sharper(small_retina: np.ndarray) -> None:
    scores = []
    for sigma in (0, 2, 4, 8):
        soft = gaussian_filter(small_retina, (sigma, sigma, 0))
        scores.append(quality.look(*normal_size(soft)[1:]).focus)
    assert scores == sorted(scores, reverse=True)


def test_the_gate_on_the_shared_sets(shared: Path) -> None:
    """Every 80th picture; all of them: `consilium image evaluate gates`."""
    eyes = [*(shared / "drive/training/images").glob("*.tif"), *(shared / "eye4_256/normal").glob("*.jpg")]
    accepted = [_verdict(path) is Decision.ACCEPTED for path in sorted(eyes)[::80]]
    assert np.mean(accepted) >= 0.9
    others = [_verdict(path) for path in sorted((shared / "busi_256").glob("*/*.png"))[::80]]
    assert Decision.ACCEPTED not in others


def _verdict(path: Path) -> Decision:
    with Image.open(path) as opened:
        return gate.fundus_gate(np.asarray(opened.convert("RGB")))[0].decision
