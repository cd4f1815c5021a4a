"""The mask net and its learning, on pictures that the tests draw."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from PIL import Image

from imaging import segment
from imaging.cards import ModelCard
from imaging.segment import MaskNet, Shape
from imaging.training import mask_folder
from imaging.training.agreement import Tally
from imaging.training.loop import Budget, train
from imaging.training.masks import Learning, MaskTask, Sample, weights_hash

SMALL = Shape(planes=3, widths=(8, 16))


def speckled(rng: np.random.Generator, side: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """Ultrasound-like speckle with a dark ellipse, side x side x 3 bytes, and the ellipse."""
    y, x = np.mgrid[:side, :side] / side - rng.uniform(0.35, 0.65, (2, 1, 1))
    inside = (y / rng.uniform(0.15, 0.25)) ** 2 + (x / rng.uniform(0.15, 0.25)) ** 2 < 1
    grey = np.where(inside, 60, 140) * rng.rayleigh(0.8, (side, side))
    return np.repeat(grey.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2), inside


def _samples(count: int) -> list[Sample]:
    rng = np.random.default_rng(1)
    drawn = [speckled(rng) for _ in range(count)]
    return [
        Sample(mask_folder.planes(pixels.astype(np.float32) / 255), truth, np.ones(truth.shape, bool))
        for pixels, truth in drawn
    ]


@pytest.mark.parametrize("shape", [SMALL, Shape(planes=1), Shape(planes=2, widths=(4, 8), chained=2)])
@pytest.mark.parametrize("size", [(32, 48), (37, 51)])
def test_a_net_answers_each_pixel_between_0_and_1(shape: Shape, size: tuple[int, int]) -> None:
    planes = np.random.default_rng(0).normal(size=(shape.planes, *size)).astype(np.float32)
    strength = MaskNet(shape).strength(planes)
    assert strength.shape == size
    assert strength.dtype == np.float32
    assert strength.min() >= 0
    assert strength.max() <= 1


def test_a_flipped_picture_has_the_flipped_answer() -> None:
    torch.manual_seed(3)
    net, planes = MaskNet(SMALL), np.random.default_rng(0).normal(size=(3, 48, 64)).astype(np.float32)
    for axis in (1, 2):
        flipped = np.flip(net.strength(np.ascontiguousarray(np.flip(planes, axis))), axis - 1)
        np.testing.assert_allclose(flipped, net.strength(planes), atol=1e-5)


def test_a_picture_on_its_side_has_the_same_answer_in_eight_views() -> None:
    torch.manual_seed(3)
    net, planes = MaskNet(SMALL), np.random.default_rng(0).normal(size=(3, 48, 64)).astype(np.float32)
    upright = net.strength(planes, views=8)
    aside = net.strength(np.ascontiguousarray(planes.transpose(0, 2, 1)), views=8).T
    np.testing.assert_allclose(aside, upright, atol=1e-5)
    assert np.abs(upright - net.strength(planes)).max() > 1e-3


def test_saved_and_loaded_is_the_same_net(tmp_path: Path) -> None:
    net = MaskNet(SMALL)
    path = tmp_path / "net.safetensors"
    segment.save(net, path)
    again = segment.load(path)
    assert again.shape == net.shape
    planes = np.random.default_rng(0).normal(size=(3, 40, 40)).astype(np.float32)
    np.testing.assert_array_equal(again.strength(planes), net.strength(planes))


def test_weights_of_another_shape_are_refused(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    save_file(
        {"a": torch.zeros(1)}, tmp_path / "net.safetensors", metadata={"shape": SMALL.model_dump_json()}
    )
    with pytest.raises(ValueError, match="does not hold"):
        segment.load(tmp_path / "net.safetensors")


def test_a_short_training_finds_ellipses_in_pictures_that_it_never_saw() -> None:
    samples = _samples(12)
    task = MaskTask(samples[:8], SMALL, Learning(steps=40, batch=4, side=64, rate=1e-2), samples[8:])
    before = task.score() or 0.0
    ended = train(task, Budget(steps=40))
    after = task.score() or 0.0
    assert np.mean(ended.losses[-10:]) < 0.6 * np.mean(ended.losses[:5])
    assert after > 0.95
    assert after > before + 0.1


def test_what_lies_outside_the_field_teaches_nothing() -> None:
    planes, truth, field = _samples(1)[0]
    half = field.copy()
    half[:, 32:] = False
    nets = []
    for lie in (truth, np.where(half, truth, ~truth)):
        task = MaskTask([Sample(planes, lie, half)], SMALL, Learning(steps=3, batch=2, side=32))
        train(task, Budget(steps=3))
        nets.append(weights_hash(task.net))
    assert nets[0] == nets[1]


def test_turned_crops_keep_mask_and_picture_together() -> None:
    rng = np.random.default_rng(0)
    truth = speckled(rng)[1]
    task = MaskTask(
        [Sample(truth[None].astype(np.float32), truth, np.ones(truth.shape, bool))],
        Shape(planes=1, widths=(4, 8)), Learning(batch=8, side=32, turn=True, gain=0),
    )  # fmt: skip
    batch = task._batch(0)
    assert float((batch[:, 0].round() == batch[:, 1]).float().mean()) > 0.99
    assert 0.02 < float(batch[:, 1].mean()) < 0.9


def test_planes_are_disturbed_together_or_apart() -> None:
    even = np.ones((3, 64, 64), np.float32)
    sample = Sample(even, np.zeros((64, 64), bool), np.ones((64, 64), bool))
    together, apart = (
        MaskTask([sample], SMALL, Learning(batch=2, side=32, apart=own))._batch(0)[:, :3, 5, 5].numpy()
        for own in (False, True)
    )
    assert np.ptp(together, axis=1).max() == 0
    assert np.ptp(apart, axis=1).min() > 0


@pytest.mark.parametrize(
    ("learning", "ends"),
    [
        (Learning(steps=10), (10,)), (Learning(steps=2, cycle=2), (2,)), (Learning(steps=3, cycle=2), (2, 6)),
        (Learning(steps=14, cycle=2), (2, 6, 14)),
    ],
)  # fmt: skip
def test_the_rate_falls_to_zero_at_the_end_of_every_cycle(learning: Learning, ends: tuple[int, ...]) -> None:
    assert learning.ends == ends
    task = MaskTask(_samples(1), SMALL, Learning(steps=700, cycle=100))
    rates = np.array([task._rate(step) for step in range(700)])
    assert rates[[99, 299, 699]].max() < 0.001 * rates.max()
    assert rates[[5, 100, 300]].min() > 0.99 * rates.max()
    assert (np.diff(rates[300:]) < 0).all()


def test_only_a_training_in_cycles_may_be_prolonged() -> None:
    def settings(steps: int, cycle: int) -> object:
        return MaskTask(_samples(1), SMALL, Learning(steps=steps, cycle=cycle)).settings

    assert settings(2, 2) == settings(6, 2)
    assert settings(2, 0) != settings(6, 0)


def test_a_training_can_start_from_another_net() -> None:
    first = MaskTask(_samples(2), SMALL, Learning(steps=2, batch=2, side=32))
    train(first, Budget(steps=2))
    second = MaskTask(_samples(2), SMALL, Learning(steps=2, batch=2, side=32), start=first.net)
    assert weights_hash(second.net) == weights_hash(first.net)
    assert second.settings != MaskTask(_samples(2), SMALL, Learning(steps=2, batch=2, side=32)).settings


def test_nothing_to_learn_from_is_said() -> None:
    with pytest.raises(ValueError, match="nothing to learn"):
        MaskTask([], SMALL, Learning())


def test_a_tally_is_the_exact_auc_and_dice(tmp_path: Path) -> None:
    from sklearn.metrics import f1_score, roc_auc_score

    rng = np.random.default_rng(2)
    tally, strengths, truths = Tally(), [], []
    for person in "aabc":
        truth = rng.random((40, 50)) < 0.15
        strength = (1 / (1 + np.exp(-rng.normal(3 * truth - 3, 2)))).astype(np.float32)
        field = rng.random((40, 50)) < 0.8
        tally.add(person, strength, truth, field, 0.3)
        strengths.append(strength[field])
        truths.append(truth[field])
    strength, truth = np.concatenate(strengths), np.concatenate(truths)
    assert tally.auc() == pytest.approx(roc_auc_score(truth, strength), abs=2e-4)
    assert tally.dice() == pytest.approx(f1_score(truth, strength >= 0.3))
    assert tally.dice(0.3) == pytest.approx(tally.dice(), abs=5e-3)
    low, high = tally.intervals(draws=50)["AUC"]
    assert low <= tally.auc() <= high
    assert low < high
    tally.save(tmp_path / "t.npz", "net 1")
    again = Tally.load(tmp_path / "t.npz", "net 1")
    assert again is not None
    assert (again.auc(), again.dice(), again.intervals(20)) == (
        tally.auc(),
        tally.dice(),
        tally.intervals(20),
    )
    assert Tally.load(tmp_path / "t.npz", "net 2") is None
    assert Tally.together([tally, again]).dice() == pytest.approx(tally.dice())


def _folder(place: Path, count: int) -> None:
    rng = np.random.default_rng(3)
    (place / "benign").mkdir(parents=True)
    for index in range(count):
        pixels, truth = speckled(rng)
        Image.fromarray(pixels).save(place / "benign" / f"SECRET ({index}).png")
        Image.fromarray(truth.astype(np.uint8) * 255).save(place / "benign" / f"SECRET ({index})_mask.png")


def test_one_command_trains_on_a_folder_and_writes_a_local_card(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _folder(tmp_path / "data", 10)
    out = tmp_path / "tumour.safetensors"
    arguments = ["--data", str(tmp_path / "data"), "--out", str(out), "--work", str(tmp_path / "work")]
    mask_folder.main([*arguments, "--side", "64", "--steps", "4", "--minutes", "0"])
    assert not out.exists()
    assert "goes on" in capsys.readouterr().err
    mask_folder.main([*arguments, "--side", "64", "--steps", "4"])
    text = out.with_suffix(".card.yaml").read_text(encoding="utf-8")
    card = ModelCard.model_validate(yaml.safe_load(text))
    assert "On 2 pictures kept out" in card.measured[0]
    assert card.licence == "local, not for redistribution"
    assert "SECRET" not in text
    assert segment.load(out).shape.planes == 3


def test_people_of_a_table_stay_on_one_side(tmp_path: Path) -> None:
    from imaging.datasets import folders

    _folder(tmp_path / "data", 4)
    found = folders.pairs(tmp_path / "data")
    table = tmp_path / "groups.csv"
    rows = "".join(f"{one.image.name},{index // 2}\n" for index, one in enumerate(found))
    table.write_text(f"file,group\n{rows}", encoding="utf-8")
    assert mask_folder.grouped(found, table) == [0, 0, 2, 2]
    table.write_text("file,group\nother.png,1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="needs a group"):
        mask_folder.grouped(found, table)
