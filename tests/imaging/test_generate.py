"""Generators: the same bytes for a seed, files without code, trainings that can be interrupted, and the mark."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from imaging.generate import stamp
from imaging.generate.generator import Shape, as_pictures, as_values, way
from imaging.generate.pca import PcaGaussian, basis
from imaging.image import ModelMissing

LABELS = ("low", "high")
SIDE = 12


def toy(count: int = 60, side: int = SIDE, seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """A bright spot that wanders in the upper (low) or the lower half (high) on a slope."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    y, x = np.mgrid[:side, :side]
    pictures = []
    for label in labels:
        row, column = rng.normal((0.3 + 0.4 * label) * side, 0.6), rng.normal(side / 2, 1)
        spot = 150 * np.exp(-((y - row) ** 2 + (x - column) ** 2) / (0.03 * side**2))
        pictures.append(40 + spot + 2 * x + rng.normal(0, 3, (side, side)))
    return np.array(pictures).clip(0, 255).astype(np.uint8), np.eye(2, dtype=np.float32)[labels]


@pytest.fixture(scope="module")
def fitted() -> PcaGaussian:
    return PcaGaussian.fit(*toy(), LABELS, components=10)


def test_bytes_and_values_are_inverse() -> None:
    pictures, _ = toy(6)
    assert (as_pictures(as_values(pictures)) == pictures).all()
    colour = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3), dtype=np.uint8)
    assert (as_pictures(as_values(colour)) == colour).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 9), label=st.sampled_from(LABELS))
def test_a_seed_gives_the_same_bytes(seed: int, n: int, label: str) -> None:
    made = PcaGaussian.fit(*toy(20), LABELS, components=5)
    assert made.sample(n, label, seed).tobytes() == made.sample(n, label, seed).tobytes()


def test_other_seeds_and_labels_give_other_pictures(fitted: PcaGaussian) -> None:
    assert (fitted.sample(2, "low", 1) != fitted.sample(2, "low", 2)).any()
    low, high = (fitted.sample(50, label, 1).mean(axis=0) for label in LABELS)
    assert low[: SIDE // 2].mean() > high[: SIDE // 2].mean() + 10


def test_samples_have_the_mean_and_spread_of_the_real_ones(fitted: PcaGaussian) -> None:
    pictures, conditions = toy()
    real, made = pictures[conditions[:, 0] > 0].astype(float), fitted.sample(500, "low", 3).astype(float)
    assert np.abs(real.mean(axis=0) - made.mean(axis=0)).max() < 12
    assert made.std(axis=0).mean() == pytest.approx(real.std(axis=0).mean(), rel=0.2)


def test_what_is_not_known_is_refused(fitted: PcaGaussian) -> None:
    with pytest.raises(ValueError, match="low, high"):
        fitted.sample(1, "cataract", 0)
    for n in (0, -1, 10_001):
        with pytest.raises(ValueError, match="n is 1 to"):
            fitted.sample(n, "low", 0)
    with pytest.raises(ValueError, match="at least 3"):
        PcaGaussian.fit(*toy(4), LABELS)


def test_a_file_gives_back_the_generator_within_a_grey_level(fitted: PcaGaussian, tmp_path: Path) -> None:
    fitted.save(tmp_path / "a.safetensors")
    again = PcaGaussian.load(tmp_path / "a.safetensors")
    assert again.labels == LABELS
    assert again.side == SIDE
    apart = again.sample(20, "high", 4).astype(int) - fitted.sample(20, "high", 4)
    assert np.abs(apart).max() <= 1


def test_wrong_files_are_named(fitted: PcaGaussian, tmp_path: Path) -> None:
    from imaging.generate.wgan import WganGenerator

    fitted.save(tmp_path / "a.safetensors")
    (tmp_path / "b.safetensors").write_bytes(b"no such thing")
    for path, words in (("a", "does not hold"), ("b", "not a safetensors"), ("c", "imaging.training.wgan")):
        with pytest.raises(ModelMissing, match=words):
            WganGenerator.load(tmp_path / f"{path}.safetensors")


def test_components_are_orthonormal_whichever_side_is_longer() -> None:
    rng = np.random.default_rng(0)
    for shape in ((200, 20), (15, 60)):
        rows = rng.normal(size=shape).astype(np.float32)
        found = basis(rows, np.zeros((shape[0], 0), np.float32), 8)
        assert np.abs(found.components @ found.components.T - np.eye(8)).max() < 1e-5
        codes = found.codes(rows, np.zeros((shape[0], 0), np.float32))
        assert codes.std(axis=0) == pytest.approx(np.ones(8), abs=0.05)


def test_a_mean_depends_on_several_labels_at_once() -> None:
    rng = np.random.default_rng(0)
    conditions = rng.integers(0, 2, (300, 2)).astype(np.float32)
    rows = (conditions @ np.array([[2.0, 0, 0], [0, 3.0, 0]]) + rng.normal(0, 0.1, (300, 3))).astype(
        np.float32
    )
    both = basis(rows, conditions, 2).centre(np.ones((1, 2), np.float32))
    assert both[0] == pytest.approx([2, 3, 0], abs=0.1)


def _tasks():  # type: ignore[no-untyped-def]
    from imaging.training.cvae import CvaeSettings, CvaeTask
    from imaging.training.wgan import WganSettings, WganTask

    shape = Shape(labels=LABELS, side=SIDE, channels=1)
    small = {"components": 8, "linear_side": SIDE, "width": 4, "batch": 8}
    return {
        "wgan": lambda: WganTask(*toy(), shape, WganSettings(**small, critic_width=4)),
        "cvae": lambda: CvaeTask(
            *toy(), shape, CvaeSettings(**small, latent=6, rest_components=6, rest_side=SIDE)
        ),
    }


@pytest.mark.parametrize("kind", ["wgan", "cvae"])
class TestNets:
    def test_interrupted_and_resumed_is_uninterrupted_to_the_bit(self, kind: str, tmp_path: Path) -> None:
        from imaging.training.loop import Budget, train

        whole, first, second = (_tasks()[kind]() for _ in range(3))
        train(whole, Budget(steps=6))
        train(first, Budget(steps=3), tmp_path)
        ended = train(second, Budget(steps=6), tmp_path)
        assert (ended.step, len(ended.losses)) == (6, 3)
        one, two = (task.generator().sample(9, "high", 5) for task in (whole, second))
        assert one.tobytes() == two.tobytes()

    def test_a_checkpoint_of_other_data_is_refused(self, kind: str, tmp_path: Path) -> None:
        from imaging.training.checkpoint import OtherSettings
        from imaging.training.loop import Budget, train

        task = _tasks()[kind]()
        train(task, Budget(steps=1), tmp_path)
        task._data = "other"
        with pytest.raises(OtherSettings):
            train(task, Budget(steps=2), tmp_path)

    def test_a_file_gives_back_the_generator(self, kind: str, tmp_path: Path) -> None:
        task = _tasks()[kind]()
        made = task.generator()
        made.save(tmp_path / "x.safetensors")
        again, twice = (type(made).load(tmp_path / "x.safetensors") for _ in range(2))
        assert again.sample(5, "low", 2).tobytes() == twice.sample(5, "low", 2).tobytes()
        assert np.abs(again.sample(5, "low", 2).astype(int) - made.sample(5, "low", 2)).max() <= 2

    def test_training_starts_from_the_linear_model(self, kind: str) -> None:
        linear = PcaGaussian.fit(*toy(), LABELS, components=8)
        task = _tasks()[kind]()
        for label in LABELS:
            start, plain = (one.sample(300, label, 3).astype(float) for one in (task.generator(), linear))
            assert np.abs(start.mean(axis=0) - plain.mean(axis=0)).mean() < 4
            assert start.std(axis=0).mean() == pytest.approx(plain.std(axis=0).mean(), rel=0.35)

    def test_a_step_changes_what_is_learnt(self, kind: str) -> None:
        task = _tasks()[kind]()
        before = task.generator().sample(5, "low", 1)
        losses = [task.advance(step) for step in range(12)]
        assert np.isfinite(losses).all()
        assert (task.generator().sample(5, "low", 1) != before).any()


def test_the_vae_lowers_its_bound_and_keeps_its_encoder_to_itself(tmp_path: Path) -> None:
    from imaging.generate.generator import read

    task = _tasks()["cvae"]()
    losses = [task.advance(step) for step in range(80)]
    assert np.mean(losses[-10:]) < np.mean(losses[:10])
    task.generator().save(tmp_path / "x.safetensors")
    assert not [name for name in read(tmp_path / "x.safetensors", "cvae")[1] if name.startswith("towards")]


@pytest.mark.parametrize("kind", ["pca", "cvae", "wgan"])
def test_between_two_seeds_lie_pictures_that_change_step_by_step(kind: str, fitted: PcaGaussian) -> None:
    made = fitted if kind == "pca" else _tasks()[kind]().generator()
    steps = made.between(1, 2, 9, "low")
    for at, seed in ((0, 1), (-1, 2)):
        assert np.abs(steps[at].astype(int) - made.sample(1, "low", seed)[0]).max() <= 1
    values = steps.astype(float)
    jumps = np.abs(np.diff(values, axis=0)).mean(axis=(1, 2))
    assert jumps.max() < 0.5 * np.abs(values[-1] - values[0]).mean()
    with pytest.raises(ValueError, match="at least 2"):
        made.between(1, 2, 1, "low")


def test_the_way_between_keeps_the_spread_of_its_ends() -> None:
    """A straight line's middle has half the variance: a mean picture."""
    rng = np.random.default_rng(0)
    one, two = rng.standard_normal((2, 1, 5000), dtype=np.float32)
    found = way(one, two, 5)
    assert found.std(axis=1) == pytest.approx(np.ones(5), abs=0.05)
    assert (found[0] == one[0]).all()
    assert (found[-1] == two[0]).all()


def test_large_pictures_are_kept_in_bytes_and_come_back(tmp_path: Path) -> None:
    y, x = np.mgrid[:40, :40]
    rng = np.random.default_rng(0)
    eyes = [
        100 + 40 * np.sin((x * a + y * b) / 9)[..., None] * (1, 0.5, 0.2)
        for a, b in rng.normal(0, 1, (30, 2))
    ]
    made = PcaGaussian.fit(
        np.array(eyes).clip(0, 255).astype(np.uint8), np.ones((30, 1), np.float32), ("eye",), 8
    )
    made.save(tmp_path / "a.safetensors")
    assert (tmp_path / "a.safetensors").stat().st_size < 8 * 4800 + 4 * 4800 + 3000
    again = PcaGaussian.load(tmp_path / "a.safetensors")
    apart = again.sample(10, "eye", 1).astype(int) - made.sample(10, "eye", 1)
    assert np.abs(apart).mean() < 0.6


@pytest.mark.slow
def test_the_critic_finds_what_a_gaussian_cannot_draw() -> None:
    """Pictures of one of two spots, never between: after training fewer made ones lie between than under PCA."""
    from imaging.training.wgan import WganSettings, WganTask

    rng = np.random.default_rng(0)
    y, x = np.mgrid[:SIDE, :SIDE]
    columns = np.where(rng.random(400) < 0.5, 2, 9) + rng.normal(0, 0.3, 400)
    pictures = np.array([40 + 200 * np.exp(-((y - 6) ** 2 + (x - column) ** 2) / 4) for column in columns])
    data, asked = pictures.astype(np.uint8), np.ones((400, 1), np.float32)
    shape = Shape(labels=("spot",), side=SIDE, channels=1)
    small = WganSettings(
        components=12, linear_side=SIDE, width=8, critic_width=8, batch=32, rate=1e-3, average=0.99
    )
    task = WganTask(data, asked, shape, small)

    def between(made: NDArray[np.uint8]) -> float:
        return float((np.abs(made[:, 6, 2].astype(int) - made[:, 6, 9]) < 100).mean())

    before = between(task.generator().sample(300, "spot", 1))
    for step in range(600):
        task.advance(step)
    assert between(task.generator().sample(300, "spot", 1)) < 0.5 * before


def test_every_picture_that_leaves_says_synthetic(fitted: PcaGaussian) -> None:
    made = fitted.sample(5, "low", 1)
    with Image.open(io.BytesIO(stamp.png(stamp.grid(made, 3), 4))) as sheet:
        assert sheet.text == {"Comment": "synthetic"}  # type: ignore[attr-defined]
        band = np.asarray(sheet)[-stamp.HIGH :]
        assert sheet.size == (3 * SIDE * 4, 2 * SIDE * 4 + stamp.HIGH + 2)
    assert (band > 128).sum() > 100
    with pytest.raises(ValueError, match="enlarge"):
        stamp.png(made[0], 0)


def test_generation_knows_no_detector_and_imports_nothing_heavy() -> None:
    words = (
        "import sys, imaging.generate.pca, imaging.generate.cvae, imaging.generate.wgan, imaging.generate.lesions, "
        "imaging.generate.phantom, imaging.generate.stamp, imaging.generate.anatomy, imaging.generate.lab, "
        "imaging.realism.report, imaging.realism.privacy, imaging.realism.usefulness;"
        "bad = {'torch', 'skimage', 'sklearn', 'scipy', 'safetensors', 'PIL'} & set(sys.modules);"
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", words], check=True)
    folder = Path(stamp.__file__).parent
    for path in folder.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not [
            word for word in ("anomaly", "gate", "classify", "vessels import") if f"imaging.{word}" in text
        ]


def test_shipped_generators_are_those_of_their_cards() -> None:
    from imaging.cards import FOLDER, cards
    from imaging.generate import shipped

    assert shipped.names()
    for name in shipped.names():
        made = shipped.generator(name).sample(3, shipped.generator(name).labels[-1], 11)
        assert (
            made.tobytes()
            == shipped.generator(name).sample(3, shipped.generator(name).labels[-1], 11).tobytes()
        )
        assert made.std(axis=(1, 2)).min() > 5
        card = cards()[f"model:{name}"]
        assert {part.licence for part in card.made_from} <= {"CC BY 4.0", "CC0", "ours"}
        assert (FOLDER / card.file).stat().st_size < 2_200_000


def test_a_file_that_is_not_the_cards_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from imaging.generate import shipped

    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    for name, words in (("xray-pca", "not the file"), ("nobody", "no generator named")):
        with pytest.raises(ModelMissing, match=words):
            shipped.generator.__wrapped__(name)
