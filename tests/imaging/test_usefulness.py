"""Usefulness: a teacher that helps is seen to help, one that misleads is not; and the readers of the sets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from imaging import backbone
from imaging.datasets import medmnist, rfmid
from imaging.generate.generator import Conditions, Generator, Pictures
from imaging.image import UnreadableImage
from imaging.realism.features import described
from imaging.realism.usefulness import Labelled, few_shot, made_set, repeated, replaced, scores

held = pytest.mark.skipif(not backbone.held(), reason="the backbone's weights are not installed")
LABELS = ("smooth", "striped")


class Stripes:
    """Draws the truth: smooth or striped pictures of random turn and contrast; or, if it lies, the other way round."""

    labels, side = LABELS, 28

    def __init__(self, lies: bool = False) -> None:
        self._lies = lies

    def sample(self, n: int, label: str, seed: int) -> Pictures:
        rng = np.random.default_rng([seed, LABELS.index(label)])
        wide = 9.0 if (label == "smooth") != self._lies else 5.5
        y, x = np.mgrid[:28, :28]
        made = []
        for turn, phase, strength in rng.uniform((0, 0, 15), (np.pi, 6, 60), (n, 3)):
            wave = np.sin((x * np.cos(turn) + y * np.sin(turn)) * 6.28 / wide + phase)
            made.append(128 + strength * wave + rng.normal(0, 40, (28, 28)))
        return np.array(made).clip(0, 255).astype(np.uint8)


def real(count: int, seed: int) -> tuple[Pictures, NDArray[np.int64]]:
    return np.concatenate([Stripes().sample(count, label, seed) for label in LABELS]), np.repeat(
        [0, 1], count
    )


def labelled(count: int, seed: int) -> Labelled:
    pictures, numbers = real(count, seed)
    return Labelled(pictures, described(pictures), numbers)


@held
def test_truth_teaches_and_lies_mislead() -> None:
    test = labelled(40, 1)
    honest = replaced(made_set(Stripes(), LABELS, 40, 2), test)
    assert honest.value > 0.8
    assert replaced(made_set(Stripes(lies=True), LABELS, 40, 2), test).value < 0.2
    assert honest.low < honest.value <= honest.high


@held
def test_few_shot_counts_the_gain_of_each_generator_from_the_few_only() -> None:
    given: list[int] = []

    def truth(pictures: Pictures, conditions: Conditions, seed: int) -> Generator:
        given.append(len(pictures))
        assert conditions.sum(axis=0).tolist() == [4, 4]
        return Stripes()

    def lie(pictures: Pictures, conditions: Conditions, seed: int) -> Generator:
        return Stripes(lies=True)

    found = few_shot(
        *real(20, 3), labelled(25, 1), LABELS, 4, {"truth": truth, "lie": lie}, made_per_class=20, draws=3
    )
    assert given == [8] * 3
    assert found.gains["truth"].value > 0.05
    assert found.gains["lie"].value < -0.1
    assert set(found.arms) == {"real", "flips", "tuned", "truth", "lie"}
    assert found.arms["real"].n == 3


@held
def test_with_and_without_made_pictures_over_seeds() -> None:
    test, pool = labelled(30, 1), labelled(40, 3)
    truth = repeated(Stripes(), LABELS, pool, test, seeds=3, real_count=8, per_label=30)
    lies = repeated(Stripes(lies=True), LABELS, pool, test, seeds=3, real_count=8, per_label=30)
    assert truth.made.value > 0.8 > 0.2 > lies.made.value
    assert truth.gain.value > lies.gain.value
    assert truth.gain.value == pytest.approx(truth.both.value - truth.real.value, abs=1e-9)
    for one in (truth.real, truth.made, truth.both, truth.gain):
        assert one.low <= one.value <= one.high
    with pytest.raises(ValueError, match="three seeds"):
        repeated(Stripes(), LABELS, pool, test, seeds=2)


@held
def test_more_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer pictures"):
        few_shot(*real(3, 1), labelled(3, 2), LABELS, 5, {})


def test_scores_do_not_break_on_dead_channels() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(40) % 2
    rows = (rng.normal(size=(40, 6)) + labels[:, None]).astype(np.float32)
    rows[:, 2] = 7
    far = rows.copy()
    far[:, 2] = 1e9
    assert scores(rows, labels, far) == pytest.approx(scores(rows, labels, rows))


def archive(path: Path, **arrays: NDArray[np.generic]) -> Path:
    np.savez(path, **arrays)  # type: ignore[arg-type]
    return path


def test_medmnist_takes_repeats_and_leaks_out(tmp_path: Path) -> None:
    train = np.random.default_rng(0).integers(0, 256, (6, 28, 28), dtype=np.uint8)
    train[4] = train[1]
    val = np.random.default_rng(1).integers(0, 256, (4, 28, 28), dtype=np.uint8)
    val[2] = train[0]
    numbers = np.array([[0], [1], [0], [1], [1], [0]], dtype=np.uint8)
    path = archive(
        tmp_path / "a.npz", train_images=train, train_labels=numbers, val_images=val, val_labels=numbers[:4]
    )
    split = medmnist.read(path)
    assert (split.repeats, split.leaked) == (1, 1)
    assert split.train.labels.tolist() == [0, 1, 0, 1, 0]
    assert (split.val.pictures == val[[0, 1, 3]]).all()


def test_other_archives_are_refused(tmp_path: Path) -> None:
    (tmp_path / "b.npz").write_bytes(b"PK not a zip")
    for reader in (medmnist.read, rfmid.read):
        for path in (archive(tmp_path / "a.npz", x=np.zeros(3)), tmp_path / "b.npz", tmp_path / "none.npz"):
            with pytest.raises(UnreadableImage, match=path.name):
                reader(path)


def test_rfmid_with_other_labels_is_refused(tmp_path: Path) -> None:
    part = {"images": np.zeros((2, 64, 64, 3), np.uint8), "labels": np.eye(4, dtype=np.int64)[:2]}
    arrays = {f"{name}_{key}": value for name in ("train", "val") for key, value in part.items()}
    path = archive(tmp_path / "a.npz", **arrays, label_names=np.array(["DR", "MH", "ODC", "XX"]))
    with pytest.raises(UnreadableImage, match="other labels"):
        rfmid.read(path)
    path = archive(tmp_path / "b.npz", **arrays, label_names=np.array(rfmid.LABELS))
    assert rfmid.read(path).val.labels.tolist() == np.eye(4)[:2].tolist()


def test_the_development_sets_are_as_described(shared: Path) -> None:
    from imaging.training.generators import SETS

    path = shared / "pneumoniamnist" / "pneumoniamnist_train_val.npz"
    split = medmnist.read(path)
    assert (split.repeats, split.leaked, len(split.val.labels)) == (18, 8, 516)
    material = SETS["xray"](path)
    assert (len(material.pictures), len(material.unseen)) == (4190, 500)
    seen = {one.tobytes() for one in material.pictures}
    assert not seen & {one.tobytes() for one in (*material.unseen, *split.val.pictures)}
    eyes = rfmid.read(shared / "rfmid64" / "rfmid64_train_val.npz")
    assert eyes.train.labels.sum(axis=0).tolist() == [376, 317, 282, 186]
