"""Vessels by the net and by the filter, on scikit-image's retina and on pictures that the tests draw."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging import cards, vessels
from imaging.drawing import Shown, chunks, original, with_vessels
from imaging.fov import field_of_view
from imaging.image import ModelMissing
from imaging.vessel_measures import measure
from imaging.vessels import NET, SATO, By, Vessels, find_vessels, local_contrast


@pytest.fixture(scope="module")
def by_net(small_retina: np.ndarray) -> Vessels:
    return find_vessels(small_retina, by="net")


@pytest.fixture(scope="module")
def by_sato(small_retina: np.ndarray) -> Vessels:
    return find_vessels(small_retina, by="sato")


@pytest.fixture
def no_net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A zoo without the net's weights; its cards are all there."""
    for path in cards.FOLDER.glob("*.card.yaml"):
        shutil.copy(path, tmp_path / path.name)
    monkeypatch.setattr(cards, "FOLDER", tmp_path)
    return tmp_path


def test_the_shipped_net_is_used_and_named(small_retina: np.ndarray) -> None:
    assert vessels.held_model() == NET
    found = find_vessels(small_retina)
    assert found.model == NET
    assert 0 <= found.strength.min() <= found.strength.max() <= 1
    assert (found.mask == (found.mask & (found.strength > vessels.NET_THRESHOLD))).all()


def test_without_the_net_the_filter_is_used_and_named(
    no_net: Path, small_retina: np.ndarray, by_sato: Vessels
) -> None:
    assert vessels.held_model() == SATO
    plain = find_vessels(small_retina)
    assert plain.model == by_sato.model == SATO
    np.testing.assert_array_equal(plain.mask, by_sato.mask)
    with pytest.raises(ModelMissing, match="models verify"):
        find_vessels(small_retina, by="net")


def test_changed_weights_are_never_used(no_net: Path, small_retina: np.ndarray) -> None:
    real = Path(vessels.__file__).parent / "zoo" / "retinal_vessels.safetensors"
    changed = bytearray(real.read_bytes())
    changed[-1] ^= 1
    (no_net / real.name).write_bytes(changed)
    assert vessels.held_model() == SATO
    with pytest.raises(ModelMissing):
        find_vessels(small_retina, by="net")


def test_net_and_filter_agree_on_most_of_the_retina(by_net: Vessels, by_sato: Vessels) -> None:
    assert 0.6 < _dice(by_net.mask, by_sato.mask) < 0.95


def test_a_flat_picture_has_no_contrast_and_no_nan() -> None:
    whole = np.ones((120, 120), bool)
    whole[:, :20] = False
    flat = np.full((120, 120), 0.7, np.float32)
    planes = local_contrast(flat, whole)
    assert np.isfinite(planes).all()
    assert np.abs(planes).max() < 0.05


def test_contrast_is_local_and_stays_inside_the_field() -> None:
    rng = np.random.default_rng(0)
    picture = rng.normal(0.5, 0.05, (200, 200)).astype(np.float32)
    whole = np.zeros((200, 200), bool)
    whole[:, 40:] = True
    spoilt = np.where(whole, picture, 9).astype(np.float32)
    np.testing.assert_array_equal(local_contrast(spoilt, whole), local_contrast(picture, whole))
    brighter = local_contrast(picture + np.linspace(0, 0.3, 200, dtype=np.float32)[:, None], whole)
    assert np.corrcoef(brighter[whole], local_contrast(picture, whole)[whole])[0, 1] > 0.98
    assert abs(float(brighter[whole].mean())) < 0.05


BOTH = pytest.mark.parametrize("by", ["net", "sato"])


@BOTH
def test_the_retina_has_vessels_where_its_green_is_dark(by_net: Vessels, by_sato: Vessels, by: By) -> None:
    found = by_net if by == "net" else by_sato
    assert max(found.mask.shape) == 576
    assert 0.05 < found.mask.sum() / found.field.sum() < 0.25
    green = found.eye[..., 1].astype(float)
    assert green[found.mask].mean() < green[found.field & ~found.mask].mean()
    assert not (found.mask & ~found.field).any()


@BOTH
def test_a_mirrored_eye_has_mirrored_vessels_and_a_darker_one_the_same(
    small_retina: np.ndarray, by: By
) -> None:
    plain = find_vessels(small_retina, by).mask
    mirrored = find_vessels(np.ascontiguousarray(small_retina[:, ::-1]), by).mask[:, ::-1]
    dark = find_vessels((small_retina * 0.7).astype(np.uint8), by).mask
    assert _dice(plain, mirrored) > 0.97
    assert _dice(plain, dark) > 0.9


def test_the_pictures_are_of_one_size_and_bare(by_net: Vessels) -> None:
    found = by_net
    shown = Shown(np.where(found.whole[..., None], found.eye, 0), found.whole, (0, 0, *found.whole.shape))
    eye, overlay = original(shown, "fundus photograph"), with_vessels(shown, found.mask)
    assert chunks(eye.png) == chunks(overlay.png) == ["IHDR", "IDAT", "IEND"]
    one, two = (np.asarray(Image.open(io.BytesIO(picture.png))) for picture in (eye, overlay))
    assert one.shape == two.shape
    assert one[~found.whole].max() == 0
    assert (
        two[found.mask].astype(int)[:, 1].mean()
        > two[found.field & ~found.mask].astype(int)[:, 1].mean() + 60
    )
    assert "px" in eye.alt
    assert "%" in overlay.alt


def test_every_measure_of_the_retina_says_how_far_people_agree(by_net: Vessels) -> None:
    found = by_net
    measures = measure(found.mask, found.field, found.model)
    assert all("observers" in one.error for one in measures)
    assert measures[0].rendered == f"skeleton density {measures[0].value:.4f} px/px"
    assert all(str(vessels.NET_THRESHOLD) in one.method for one in measures)


def test_the_card_says_the_threshold_that_is_used() -> None:
    card = cards.cards()[NET]
    assert f"above {vessels.NET_THRESHOLD} " in card.method
    assert f"Threshold {vessels.NET_THRESHOLD}," in card.operating_point


@pytest.mark.parametrize(("by", "least"), [("net", 0.70), ("sato", 0.62)])
def test_vessels_of_drive_agree_with_the_human(shared: Path, by: By, least: float) -> None:
    """Two photographs; all: the suite "vessels". Neither was made with DRIVE."""
    paths = sorted((shared / "drive/training/images").glob("*.tif"))[:2]
    scores = []
    for path in paths:
        human = path.parents[1] / "1st_manual" / f"{path.name[:2]}_manual1.gif"
        with Image.open(path) as photograph, Image.open(human) as drawn:
            pixels, mask = np.asarray(photograph), drawn.convert("L")
        found = find_vessels(pixels, by)
        top, left, bottom, right = field_of_view(pixels)[0].box
        size = (found.mask.shape[1], found.mask.shape[0])
        scores.append(_dice(found.mask, np.asarray(mask.crop((left, top, right, bottom)).resize(size)) > 127))
    assert np.mean(scores) > least


@pytest.mark.slow
def test_the_recipe_trains_resumes_and_prints_its_table(
    shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Thirty steps on CHASE_DB1, measured on DRIVE: far from done, and already better than chance."""
    import json

    from imaging.training.vessels import SHIPPED, main

    out = tmp_path / "net.safetensors"
    common = ["--data", str(shared), "--work", str(tmp_path / "work"), "--only", SHIPPED]
    main([*common, "--steps", "30", "--minutes", "0"])
    assert json.loads(capsys.readouterr().out) == {}
    main([*common, "--steps", "30", "--out", str(out)])
    table = json.loads(capsys.readouterr().out)
    assert table["chase to drive"]["n"] == 20
    assert table["chase to drive"]["AUC"] > 0.75
    assert out.exists()


def _dice(one: np.ndarray, two: np.ndarray) -> float:
    return float(2 * (one & two).sum() / (one.sum() + two.sum()))
