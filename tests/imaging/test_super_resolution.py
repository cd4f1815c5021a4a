"""Enlarging: what Pillow does by hand, what the nets add, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from pydantic import ValidationError

from imaging import cards, super_resolution
from imaging.enhance import STAMP
from imaging.image import MedicalImage, ModelMissing, TooLarge
from imaging.suites.enhance import psnr, tried
from imaging.super_resolution import EnlargeNet, Form, Times, enlarge, enlarged, lanczos, shrunk
from imaging.training.loop import Budget, train
from imaging.training.super_resolution import EnlargeTask, Learning

TIMES = pytest.mark.parametrize("times", [2, 4])


@pytest.fixture(scope="module")
def eye(retina: np.ndarray) -> np.ndarray:
    """240 x 240 with the disc and large vessels, at about DRIVE's scale."""
    small = np.asarray(Image.fromarray(retina).resize((600, 600), Image.Resampling.BOX))
    return np.ascontiguousarray(small[180:420, 60:300])


def _restless(times: Times) -> EnlargeNet:
    """A net that adds something everywhere, little enough for bytes."""
    torch.manual_seed(1)
    net = EnlargeNet(Form(times=times))
    torch.nn.init.normal_(net.tail.weight, std=1e-3)
    return net


def _resized(pixels: np.ndarray, side: int, how: Image.Resampling) -> np.ndarray:
    return np.asarray(Image.fromarray(pixels).resize((side, side), how))


@TIMES
def test_lanczos_and_shrinking_are_pillows(times: Times, eye: np.ndarray) -> None:
    green = eye[..., 1].astype(np.float32)
    large = _resized(green, 240 * times, Image.Resampling.LANCZOS)
    rim = 4 * times
    ours = lanczos(torch.from_numpy(green)[None, None], times)[0, 0].numpy()
    np.testing.assert_allclose(ours[rim:-rim, rim:-rim], large[rim:-rim, rim:-rim], atol=1e-3)
    back = shrunk(torch.from_numpy(large.copy())[None, None], times)[0, 0].numpy()
    np.testing.assert_allclose(back, _resized(large, 240, Image.Resampling.BICUBIC), atol=1e-3)


@TIMES
def test_whatever_a_net_adds_shrinking_gives_the_input_back(times: Times, eye: np.ndarray) -> None:
    large = enlarged(_restless(times), eye)
    assert large.shape == (240 * times, 240 * times, 3)
    back = _resized(large, 240, Image.Resampling.BICUBIC)
    assert psnr(eye, back, np.ones((240, 240), bool)) > 45
    assert psnr(large, enlarged(EnlargeNet(Form(times=times)), eye), np.ones(large.shape[:2], bool)) < 60


@TIMES
def test_a_flat_picture_stays_flat(times: Times) -> None:
    flat = np.full((20, 30, 3), (180, 90, 40), np.uint8)
    assert (enlarged(EnlargeNet(Form(times=times)), flat) == flat[0, 0]).all()


def test_strips_are_as_if_done_in_one_piece(eye: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    net = _restless(4)
    monkeypatch.setattr(super_resolution, "STRIP", 1000)
    whole = enlarged(net, eye)
    monkeypatch.setattr(super_resolution, "STRIP", 50)
    assert np.abs(enlarged(net, eye).astype(int) - whole).max() <= 1
    assert (enlarged(net, eye) == whole).mean() > 0.999


@TIMES
def test_the_shipped_nets_are_nearer_to_the_eye_than_lanczos(times: Times, eye: np.ndarray) -> None:
    """A photograph and a camera that took no part in the training; DRIVE: the suite "enhance"."""
    net = super_resolution.load(cards.file_of(super_resolution.MODELS[times]))
    found = tried(net, eye, np.ones(eye.shape[:2], bool))
    assert found.net > found.corrected > found.lanczos > found.bicubic
    assert found.net_ssim > found.lanczos_ssim
    assert found.back > 45


@TIMES
def test_the_answer_is_stamped_and_cannot_be_written_to_or_measured(times: Times, eye: np.ndarray) -> None:
    from imaging.vessels import find_vessels

    made = enlarge(eye[:64, :48], times)
    assert made.pixels.shape == (64 * times, 48 * times, 3)
    assert made.stamp == STAMP
    assert super_resolution.MODELS[times] in made.method
    with pytest.raises(ValueError, match="read-only"):
        made.pixels[0, 0] = 1
    with pytest.raises(ValidationError):
        MedicalImage.model_validate(made.model_dump())
    with pytest.raises(TypeError, match="enhanced"):
        find_vessels(made)  # type: ignore[arg-type]


@pytest.mark.parametrize(("height", "width", "times"), [(3163, 3163, 2), (1582, 1582, 4), (100_000, 101, 2)])
def test_more_than_forty_million_pixels_are_refused(height: int, width: int, times: Times) -> None:
    wide = np.broadcast_to(np.zeros(3, np.uint8), (height, width, 3))
    with pytest.raises(TooLarge, match="40 million"):
        enlarge(wide, times)


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((64, 64), np.uint8), np.zeros((64, 64, 4), np.uint8), np.zeros((64, 64, 3), np.float32),
        np.zeros((15, 64, 3), np.uint8), np.zeros((64, 0, 3), np.uint8),
    ],
)  # fmt: skip
def test_other_arrays_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="enlarged"):
        enlarge(wrong, 2)


def test_changed_weights_are_never_used(
    tmp_path: Path, eye: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in cards.FOLDER.glob("fundus_x*.safetensors"):
        changed = bytearray(path.read_bytes())
        changed[-1] ^= 1
        (tmp_path / path.name).write_bytes(changed)
    for path in cards.FOLDER.glob("*.card.yaml"):
        shutil.copy(path, tmp_path / path.name)
    monkeypatch.setattr(cards, "FOLDER", tmp_path)
    with pytest.raises(ModelMissing, match="models verify"):
        enlarge(eye, 2)


def test_saved_and_loaded_is_the_same_net(tmp_path: Path, eye: np.ndarray) -> None:
    net, path = _restless(2), tmp_path / "net.safetensors"
    super_resolution.save(net, path)
    assert path.stat().st_size < 200_000
    np.testing.assert_array_equal(enlarged(super_resolution.load(path), eye[:40]), enlarged(net, eye[:40]))


def test_weights_of_another_form_are_refused(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    path = tmp_path / "net.safetensors"
    save_file({"a": torch.zeros(1)}, path, metadata={"form": Form(times=2).model_dump_json()})
    with pytest.raises(ValueError, match="does not hold"):
        super_resolution.load(path)


SHORT = Learning(steps=12, batch=2, side=16, noise=0)


def test_a_short_training_adds_to_what_correction_alone_gives() -> None:
    """Sharp blocks, the second picture never seen: 40 steps are enough to learn that edges are sharp."""
    rng = np.random.default_rng(0)
    blocks = [(rng.random((24, 24, 1)) < 0.5) * np.full(3, 180, np.uint8) + np.uint8(30) for _ in range(2)]
    seen, fresh = (one.astype(np.uint8).repeat(6, axis=0).repeat(6, axis=1) for one in blocks)
    learning = Learning(steps=40, batch=4, side=24, noise=0, rate=4e-3)
    task = EnlargeTask([seen], Form(times=2, channels=8, blocks=1), learning)
    ended = train(task, Budget(steps=40))
    found = tried(task.net, fresh, np.ones(fresh.shape[:2], bool))
    assert ended.why == "done"
    assert found.net > found.corrected + 0.5
    assert found.corrected > found.lanczos


def test_stopped_and_resumed_is_the_same_net_to_the_bit(eye: np.ndarray, tmp_path: Path) -> None:
    form = Form(times=2, channels=8, blocks=1)
    whole = EnlargeTask([eye], form, SHORT)
    train(whole, Budget(steps=12))
    train(EnlargeTask([eye], form, SHORT), Budget(steps=5), tmp_path)
    again = EnlargeTask([eye], form, SHORT)
    assert train(again, Budget(steps=12), tmp_path).step == 12
    for name, value in whole.net.state_dict().items():
        assert torch.equal(value, again.net.state_dict()[name])


def test_nothing_to_learn_from_is_said() -> None:
    with pytest.raises(ValueError, match="nothing to learn"):
        EnlargeTask([], Form(times=2), SHORT)


def test_every_photograph_of_drive_is_above_lanczos(shared: Path) -> None:
    """Three of the twenty; all, and the bars: the suite "enhance". None took part in the training."""
    from imaging.suites.enhance import rows
    from imaging.suites.row import Given

    found = list(rows(Given(data=shared, work=shared, every=8)))
    assert [row.met for row in found if "above Lanczos" in row.measure] == [True, True]
    assert all("n 3" in row.ours for row in found if "PSNR" in row.measure)
