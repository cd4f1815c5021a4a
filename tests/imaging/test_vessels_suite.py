"""The vessel recipe and its table, on sets that the test draws in the form of DRIVE and CHASE_DB1."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging import segment
from imaging.generate.phantom import phantom
from imaging.segment import MaskNet, Shape
from imaging.suites import vessels as suite
from imaging.suites.row import Given, Row
from imaging.training import vessels
from imaging.training.agreement import Tally
from imaging.training.masks import Learning

SIDE = 64


def _grey(mask: np.ndarray) -> Image.Image:
    return Image.fromarray(mask.astype(np.uint8) * 255)


def _as_drive(folder: Path, count: int) -> None:
    for part in ("images", "1st_manual", "mask"):
        (folder / part).mkdir(parents=True)
    for number in range(21, 21 + count):
        drawn = phantom(SIDE, number)
        Image.fromarray(drawn.pixels).save(folder / "images" / f"{number}_training.tif")
        _grey(drawn.vessels).save(folder / "1st_manual" / f"{number}_manual1.gif")
        _grey(drawn.field).save(folder / "mask" / f"{number}_training_mask.gif")


def _as_chase(folder: Path, children: int) -> None:
    folder.mkdir()
    for place in range(2 * children):
        drawn, stem = phantom(SIDE, 50 + place), f"Image_{place // 2 + 1:02d}{'LR'[place % 2]}"
        Image.fromarray(drawn.pixels).save(folder / f"{stem}.jpg", quality=95)
        _grey(drawn.vessels).save(folder / f"{stem}_1stHO.png")
        _grey(np.roll(drawn.vessels, 1, axis=0)).save(folder / f"{stem}_2ndHO.png")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("sets")
    _as_drive(place / "drive" / "training", 4)
    _as_chase(place / "chasedb1", 4)
    return place


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """CHASE_DB1 as wide as the drawn DRIVE, and a net and a recipe of seconds."""
    monkeypatch.setattr(vessels, "CHASE_SIZE", (SIDE, SIDE))
    monkeypatch.setattr(vessels, "SMALL", Shape(planes=3, widths=(4, 8)))
    monkeypatch.setattr(vessels, "CHAINED", Shape(planes=3, widths=(4, 8), chained=2))
    monkeypatch.setattr(vessels, "WHOLE", Learning(steps=3, batch=2, side=32))
    monkeypatch.setattr(vessels, "FROM_NOTHING", Learning(steps=6, cycle=2, batch=2, side=32))
    monkeypatch.setattr(
        vessels, "ONWARD", {name: Learning(steps=2, batch=2, side=32) for name in vessels.SETS}
    )


def test_the_folds_are_by_file_and_by_child(data: Path) -> None:
    drive, chase = vessels.eyes(data, "drive"), vessels.eyes(data, "chase")
    assert [list(vessels.fold_of(drive, str(fold)).test) for fold in range(4)] == [[0], [1], [2], [3]]
    assert [eye.person for eye in chase] == ["01", "01", "02", "02", "03", "03", "04", "04"]
    for fold in range(4):
        split = vessels.fold_of(chase, str(fold))
        assert not {chase[row].person for row in split.train} & {chase[row].person for row in split.test}


def test_the_table_says_what_is_missing_and_scores_what_is_trained(data: Path, tmp_path: Path) -> None:
    given, recipe = Given(data=data, work=tmp_path), vessels.Recipe(data, tmp_path / suite.FOLDER)
    before = {row.measure: row for row in suite._trained(given, recipe)}
    folds = before["DRIVE, 4 folds by file, from nothing: AUC; Dice"]
    assert (folds.bar, folds.met, folds.target) == (1, None, ">= 0.975; >= 0.80")
    assert "python -m imaging.training.vessels" in folds.ours
    assert "--only drive-0 drive-1 drive-2 drive-3" in folds.ours

    jobs = [f"drive-{fold}" for fold in range(4)]
    vessels.main(["--data", str(data), "--work", str(tmp_path / suite.FOLDER), "--only", *jobs])
    after = {row.measure: row for row in suite._trained(given, recipe)}
    assert after.pop(folds.measure).met is False
    assert after.items() <= before.items()


def test_a_missing_fold_of_the_other_protocol_says_its_own_command(data: Path, tmp_path: Path) -> None:
    recipe = vessels.Recipe(data, tmp_path, transfer=True)
    found = list(suite._trained(Given(data=data, work=tmp_path), recipe))
    assert [row.met for row in found] == [None, None]
    assert all("--transfer --only" in row.ours for row in found)


def test_filter_and_shipped_net_are_rows_of_their_own(data: Path, tmp_path: Path) -> None:
    given = Given(data=data, work=tmp_path, every=2)
    filters, shipped = list(suite._filters(given)), list(suite._shipped(given))
    assert [row.bar for row in (*filters, *shipped)] == [None, None, 3, None]
    assert "n 2 photographs of 2 people" in filters[0].ours


def test_the_suite_trains_what_is_missing_when_asked(data: Path, tmp_path: Path) -> None:
    given = Given(data=data, work=tmp_path, train=True)
    recipe = vessels.Recipe(data, tmp_path / suite.FOLDER, transfer=True)
    found = list(suite._trained(given, recipe))
    assert [row.met for row in found] == [False, False]
    assert (tmp_path / suite.FOLDER / "chase-3-transfer" / vessels.DONE).exists()
    assert (tmp_path / suite.FOLDER / "drive-all" / vessels.DONE).exists()


def test_the_observers_differ_by_what_was_drawn(data: Path, tmp_path: Path) -> None:
    found = [row for row in suite._observers(Given(data=data, work=tmp_path, every=3)) if row.bar is None]
    assert "two observers of CHASE_DB1: skeleton density" in {row.measure for row in found}
    assert all("n 3 photographs" in row.ours for row in found)


@pytest.mark.parametrize(("auc", "dice", "met"), [(0.9, 0.9, False), (0.999, 0.9, True), (0.999, 0.5, False)])
def test_a_bar_is_met_only_by_both_figures(
    auc: float, dice: float, met: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    tally = Tally()
    truth = np.random.default_rng(0).random((20, 20)) < 0.3
    tally.add("a", truth.astype(np.float32), truth, np.ones_like(truth))
    monkeypatch.setattr(Tally, "auc", lambda self: auc)
    monkeypatch.setattr(Tally, "dice", lambda self, threshold=None: dice)
    assert isinstance(suite.scored("drive folds", "from nothing", tally), Row)
    assert suite.scored("drive folds", "from nothing", tally).met is met


def test_a_training_in_cycles_can_be_prolonged(data: Path, tmp_path: Path) -> None:
    short, long = (vessels.Recipe(data, tmp_path, steps=steps) for steps in (2, 6))
    assert vessels.learn(short, "drive-0").ended.step == 2
    assert (ended := vessels.learn(long, "drive-0").ended).step == 6
    assert len(ended.losses) == 4


def test_the_command_prints_one_json_table(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "net.safetensors"
    common = [
        "--data",
        str(data),
        "--work",
        str(tmp_path / "work"),
        "--only",
        vessels.SHIPPED,
        "--out",
        str(out),
    ]
    vessels.main([*common, "--minutes", "0"])
    assert json.loads(capsys.readouterr().out) == {}
    assert not out.exists()
    vessels.main(common)
    assert json.loads(capsys.readouterr().out)["chase to drive"]["n"] == 4
    assert isinstance(segment.load(out), MaskNet)


def test_a_folder_without_the_sets_is_refused(tmp_path: Path) -> None:
    (tmp_path / "drive/training/images").mkdir(parents=True)
    with pytest.raises(ValueError, match="no photographs of drive"):
        vessels.eyes(tmp_path, "drive")
