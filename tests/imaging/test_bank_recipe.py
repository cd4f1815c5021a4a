"""A bank and a healthy set of one's own pictures: they stay here, name nobody, and speak before the shipped ones."""

from __future__ import annotations

import stat
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging import anomaly, local_models, reference
from imaging.datasets.tables import BadTable
from imaging.image import ModelMissing
from imaging.training import bank_command, reference_set

COUNT = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made chests: two dark lungs in a bright frame, each a little different."""
    place, rng = tmp_path_factory.mktemp("healthy"), np.random.default_rng(0)
    y, x = np.mgrid[:40, :40]
    for index in range(COUNT):
        wide, tall = rng.uniform(5, 7), rng.uniform(11, 14)
        lungs = sum(np.exp(-(((x - 20 - side) / wide) ** 2) - ((y - 20) / tall) ** 2) for side in (-9, 9))
        grey = 170 - 110 * lungs + rng.normal(0, 3, (40, 40))
        Image.fromarray(grey.clip(0, 255).astype(np.uint8)).save(place / f"Miller_{index:02d}.png")
    return place


@pytest.fixture(scope="module")
def table(folder: Path) -> Path:
    lines = [f"Miller_{index:02d}.png,patient {index // 2}" for index in range(COUNT)]
    path = folder.parent / "groups.csv"
    path.write_text("\n".join(["file,group", *lines]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def trained(folder: Path, table: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out, found = tmp_path_factory.mktemp("models"), bank_command.healthy_files(folder, table, fewest=COUNT)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(reference_set, "TRIED", 3)
        bank_command.train("chest_xray", found, out)
    return out


def test_what_is_written_is_for_its_owner_and_names_nobody(trained: Path) -> None:
    files = sorted(path.name for path in trained.iterdir())
    assert files == [
        "local-chest-xray-bank.card.yaml", "local-chest-xray-bank.npz",
        "local-chest-xray-healthy-set.card.yaml", "local-chest-xray-healthy-set.npz",
    ]  # fmt: skip
    for path in trained.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert b"Miller" not in path.read_bytes()
        assert b"patient 1" not in path.read_bytes()
    for card in local_models.card_files(trained).values():
        assert card.licence == "local, not for redistribution"
        assert "60 healthy pictures, 30 groups" in card.made_from[0].count


def test_a_local_bank_speaks_before_the_shipped_one(
    trained: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(local_models.VARIABLE, str(trained))
    like = np.asarray(Image.open(folder / "Miller_03.png").convert("RGB"))
    near, _ = anomaly.unlike(like, "chest_xray")
    assert near.card == "model:local-chest-xray-bank"
    assert near.healthy == "60 healthy pictures of this machine's user"
    assert near.caught == ()
    odd = like.copy()
    odd[8:32, 4:18] = 200  # a lung full
    far, heat = anomaly.unlike(odd, "chest_xray")
    assert far.above
    assert far.distance > near.distance
    assert heat[8:32, 4:18].mean() > heat[8:32, 22:36].mean()


def test_the_reference_of_a_local_set_says_how_it_was_made(
    trained: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(local_models.VARIABLE, str(trained))
    picture = np.asarray(Image.open(folder / "Miller_03.png").convert("RGB"))
    hole = np.zeros((40, 40), dtype=bool)
    hole[14:20, 8:14] = True
    known = reference.healthy_set("chest_xray")
    made = reference.healthy(picture, "chest_xray", hole)
    assert made.how == (
        f"generated from {COUNT} healthy chests, not this patient's own" if known else reference.FILLED
    )
    assert (made.pixels[~hole] == picture[~hole]).all()


def test_another_file_than_the_card_s_is_refused(
    trained: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for path in trained.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "local-chest-xray-bank.npz").write_bytes(b"another")
    monkeypatch.setenv(local_models.VARIABLE, str(tmp_path))
    with pytest.raises(ModelMissing, match="not the file of its card"):
        anomaly.bank_for("chest_xray")


def test_few_pictures_a_gap_in_the_groups_and_a_wrong_table_are_refused(
    folder: Path, table: Path, tmp_path: Path
) -> None:
    with pytest.raises(BadTable, match="at least 200"):
        bank_command.healthy_files(folder, table)
    short = tmp_path / "short.csv"
    short.write_text("\n".join(table.read_text(encoding="utf-8").splitlines()[:-2]), encoding="utf-8")
    with pytest.raises(BadTable, match="2 pictures of the folder have no line"):
        bank_command.healthy_files(folder, short, fewest=COUNT)
    short.write_text("name,who\na,b\n", encoding="utf-8")
    with pytest.raises(BadTable, match="columns file and group"):
        bank_command.healthy_files(folder, short, fewest=COUNT)


def test_without_groups_it_must_be_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bank_command.main(["--data", str(folder)])
    assert "--no-groups" in capsys.readouterr().err
    found = bank_command.healthy_files(folder, None, fewest=COUNT, most=50)
    assert (len(found.paths), len(set(found.groups)), found.grouped) == (50, 50, False)
