"""The zoo: every file has a card, every hash is right, and nothing ships that may not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from imaging import cards
from imaging.image import ModelMissing

GATE = "model:fundus-gate"


@pytest.fixture
def zoo(tmp_path: Path) -> Path:
    """A zoo of one model, whole."""
    for name in ("fundus_gate.card.yaml", "fundus_gate.npz"):
        shutil.copy(cards.FOLDER / name, tmp_path / name)
    return tmp_path


def _change(zoo: Path, **fields: object) -> None:
    path = zoo / "fundus_gate.card.yaml"
    card = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump(card | fields), encoding="utf-8")


def _problems(zoo: Path) -> str:
    return " | ".join(one.what for one in cards.verify(zoo))


def test_the_shipped_zoo_is_whole() -> None:
    assert cards.verify() == ()


def test_a_whole_zoo_has_no_problem(zoo: Path) -> None:
    assert cards.verify(zoo) == ()


def test_a_changed_file_a_missing_file_and_one_without_a_card_are_found(zoo: Path) -> None:
    weights = zoo / "fundus_gate.npz"
    weights.write_bytes(weights.read_bytes() + b"x")
    assert "sha256" in _problems(zoo)
    weights.rename(zoo / "other.npz")
    assert _problems(zoo) == "fundus_gate.npz is not there | other.npz has no card"


@pytest.mark.parametrize("name", ["head.pkl", "net.pth"])
def test_a_pickle_in_the_zoo_is_a_problem(zoo: Path, name: str) -> None:
    (zoo / name).write_bytes(b"x")
    assert f"{name} has no card" in _problems(zoo)
    _change(zoo, file=name)
    with pytest.raises(ValueError, match="file"):
        cards.verify(zoo)


@pytest.mark.parametrize("licence", ["unclear", "CC BY-NC 4.0", "CC BY-SA 4.0", ""])
def test_data_that_may_not_ship_is_found(zoo: Path, licence: str) -> None:
    made = [{"name": "DRIVE", "licence": licence or "?", "count": "20", "attribution": "Staal 2004"}]
    _change(zoo, made_from=made)
    assert "may not ship" in _problems(zoo)


def test_missing_credit_origin_figures_and_a_wrong_name_are_found(zoo: Path) -> None:
    _change(zoo, made_from=[{"name": "CHASE_DB1", "licence": "CC BY 4.0", "count": "20"}])
    assert "not attributed" in _problems(zoo)
    _change(zoo, made_from=[], measured=[])
    assert "made from is not said | nothing was measured" in _problems(zoo)
    _change(zoo, id="other-gate")
    assert "its card is in fundus_gate.card.yaml" in _problems(zoo)


def test_a_zoo_that_grows_too_large_is_found(zoo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "BUNDLE_LIMIT", 100)
    assert "more than 100" in _problems(zoo)


def test_a_model_is_held_only_with_the_file_of_its_card(zoo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "FOLDER", zoo)
    assert cards.is_held(GATE)
    assert cards.file_of(GATE) == zoo / "fundus_gate.npz"
    (zoo / "fundus_gate.npz").write_bytes(b"another")
    assert not cards.is_held(GATE)
    with pytest.raises(ModelMissing, match="models verify"):
        cards.file_of(GATE)
    assert not cards.is_held("model:sato-vessels")
    assert not cards.is_held("model:none")


def test_what_limits_were_chosen_on_is_told_and_is_no_weight(zoo: Path) -> None:
    (told,) = cards.cards()[GATE].open_licences
    assert "ODIR" in told
    assert "unclear" in told
    assert "no weights" in told
    assert {name for name, card in cards.cards().items() if card.open_licences} == {
        "model:fundus-bank", GATE, "model:fundus-quality",
    }  # fmt: skip
    assert cards.verify(zoo) == ()
