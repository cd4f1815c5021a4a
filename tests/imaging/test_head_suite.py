"""The suite of heads: its protocol on planted features, and its rows on sets that the test makes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging.classify import Extractor
from imaging.datasets.rfmid import as_rfmid
from imaging.suites import SUITES, heads
from imaging.suites.heads import breast, pixels, protocol, xray
from imaging.suites.row import Given, Row
from imaging.training.head.tasks import BREAST
from tests.imaging.test_head import speckle


def given(place: Path, every: int = 1) -> Given:
    return Given(data=place / "data", work=place / "work", every=every)


def planted(n: int = 60, seed: int = 0) -> tuple[protocol.Pair, np.ndarray, np.ndarray]:
    """Columns of noise but one that tells the class; two pictures to a group."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(n) // 2) % 2
    rows = rng.normal(size=(n, 5)).astype(np.float32)
    rows[:, 2] += 3 * labels
    return (rows, rows + 0.01), labels, np.arange(n) // 2


def test_the_features_that_tell_are_chosen_inside_the_folds() -> None:
    pair, labels, groups = planted()
    noise = planted(seed=5)[0]
    blind = (noise[0][:, :2], noise[1][:, :2])
    odds, chosen = protocol.nested({"noise": blind, "planted": pair}, labels, 2, groups, (0.1, 1.0))
    assert {one.features for one in chosen} == {"planted"}
    assert ((odds[:, 1] > odds[:, 0]) == labels).mean() > 0.85
    assert "planted at strength" in protocol.said(chosen)


def test_labels_that_mean_nothing_are_not_learnt() -> None:
    pair, labels, groups = planted(80)
    rng = np.random.default_rng(1)
    shuffled = rng.permutation(labels[::2]).repeat(2)
    odds, _ = protocol.nested({"planted": pair}, shuffled, 2, groups, (0.1,))
    assert ((odds[:, 1] > odds[:, 0]) == shuffled).mean() < 0.7


def test_features_are_made_once_and_kept_apart_by_thinning(tmp_path: Path) -> None:
    calls = []

    def make() -> dict[str, np.ndarray]:
        calls.append(1)
        return {"plain": np.arange(3.0)}

    for _ in range(2):
        assert protocol.kept(given(tmp_path), "a/b", make)["plain"].tolist() == [0, 1, 2]
    protocol.kept(given(tmp_path, every=2), "a/b", make)
    assert len(calls) == 2


@pytest.mark.parametrize("part", heads.PARTS)
def test_a_missing_set_is_named(part: object, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="is not in the development data"):
        list(part.rows(given(tmp_path)))  # type: ignore[attr-defined]


def test_the_rows_of_breast_ultrasound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, rng, lines = tmp_path / "data" / "busi_256", np.random.default_rng(0), ["file,label,group"]
    place.mkdir(parents=True)
    for index in range(60):
        Image.fromarray(speckle(rng, bool(index % 2))).save(place / f"{index}.png")
        lines.append(f"{index}.png,{('benign', 'malignant')[index % 2]},{index // 2}")
    (place / "groups.csv").write_text("\n".join(lines), encoding="utf-8")
    small = Extractor(taps=("b4",), spread=("b4",), side=32, part="lesion")
    monkeypatch.setattr(breast, "BREAST", BREAST._replace(extractor=small))
    (row,) = breast.rows(given(tmp_path))
    assert isinstance(row, Row)
    assert (row.bar, row.met) == (11, True)
    assert "(n 60)" in row.ours
    assert "random folds" in row.beside
    assert "trivial traits" in row.beside


def test_the_bars_of_the_suite_are_those_of_the_specification() -> None:
    assert SUITES["heads"].bars == (10, 11, 12, 13, 14)
    assert (xray.AUC, xray.MEAN, xray.WORST, breast.BAR) == (0.985, 0.90, 0.80, 0.88)


def test_the_worst_shift_decides() -> None:
    labels = np.array([0, 1] * 20)
    right, wrong = labels == 1, np.zeros(40, dtype=bool)
    worst, low, high = xray._spread({"one": right, "two": wrong}, labels, np.min)
    assert worst == 0.5
    assert low <= worst <= high
    assert xray._spread({"one": right, "two": wrong}, labels, np.mean)[0] == 0.75


def test_calibrated_pixels_have_no_error_and_loud_ones_have() -> None:
    rng = np.random.default_rng(0)
    answers = [rng.random(4000).astype(np.float32) for _ in range(4)]
    drawn = [(rng.random(4000) < one).astype(np.int64) for one in answers]
    people = ["a", "a", "b", "c"]
    right = pixels._pixels("x", answers, drawn, people)
    loud = pixels._pixels("x", [np.round(one) for one in answers], drawn, people)
    assert float(right.ours.split()[0]) < 0.03
    assert float(loud.ours.split()[0]) > 0.2
    assert "(n 4 photographs of 3)" in right.ours


def test_a_photograph_is_prepared_as_the_archive_was() -> None:
    """Grey where nothing changes, 64 px, a circle; brightness and its slow changes are gone."""
    y, x = np.mgrid[:300, :400]
    inside = np.hypot(y - 150, x - 200) < 140
    eye = np.where(inside[..., None], (150, 80, 40), 0).astype(np.uint8)
    slow = np.where(inside[..., None], np.stack([100 + x / 8] * 3, axis=2), 0).astype(np.uint8)
    for picture in (eye, slow):
        made = as_rfmid(picture)
        assert made.shape == (64, 64, 3)
        assert np.abs(made[24:40, 24:40].astype(int) - 128).max() <= 6
