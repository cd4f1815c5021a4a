"""Heads that were trained on this machine: found, checked against their card, asked; and the command where none is."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from imaging import calibrate, cards, classify, local_models
from imaging.cards import Made, ModelCard
from imaging.classify import Extractor, Facts, Head
from imaging.image import MedicalImage, ModelMissing

SMALL = Extractor(taps=("b2",), side=32)
PICTURE = MedicalImage(
    pixels=np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8), unit="sRGB", format="png",
    sha256="0" * 64,
)  # fmt: skip


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(local_models.VARIABLE, str(tmp_path / "models"))
    return tmp_path / "models"


def put(place: Path, task: str, kind: classify.Kind, sign: str = "sign") -> Path:
    part = calibrate.share(9, 10)
    point = calibrate.OperatingPoint(
        sign=sign, threshold=0.0, chosen="by hand", sensitivity=part, specificity=part, measured_on="ten"
    )
    facts = Facts(
        task=task, classes=("normal", sign), extractor=SMALL, kind=kind, temperature=1.0, alpha=0.1,
        limits=(0.5, 0.5), points=(point,), card=f"model:local-{task}",
    )  # fmt: skip
    packed = classify.pack(Head(facts, np.zeros((2, 24, 2), np.float32), np.zeros((2, 2), np.float32)))
    file = place / f"{task.replace('-', '_')}_head.npz"
    card = ModelCard(
        id=f"local-{task}", title=f"Local head: {task}", version="1", task="x", input=f"{kind}: a picture",
        method="m", made_from=(Made(name="n", licence=local_models.LICENCE, count="2"),), recipe="train head",
        measured=("It reached 1 of 1.",), operating_point="o", not_tested_on="n", intended="i", forbidden="f",
        known_failures=(), licence=local_models.LICENCE, file=file.name,
        sha256=hashlib.sha256(packed).hexdigest(), checked="2026-11-22",
    )  # fmt: skip
    local_models.write(file, packed)
    local_models.write_card(file.with_suffix(".card.yaml"), card)
    return file


def test_a_head_that_was_trained_here_is_found_for_its_kind(place: Path) -> None:
    assert classify.available("fundus") == ()
    put(place, "glaucoma", "fundus", "glaucoma")
    put(place, "cataract", "fundus", "cataract")
    put(place, "drusen", "fundus")
    put(place, "tissue", "other")
    assert classify.available("fundus") == ("cataract", "glaucoma", "drusen")
    assert classify.available("breast_ultrasound") == ()
    assert classify.missing("fundus") == ("diabetic-retinopathy",)
    assert [one.sign for one in classify.classify(PICTURE, "cataract")] == ["cataract"]


def test_what_ships_stands_first_and_is_not_replaced(place: Path) -> None:
    put(place, "pneumonia", "chest_xray")
    assert classify.available("chest_xray") == ("pneumonia",)
    assert classify.held("pneumonia").facts.card == "model:pneumonia-head"


def test_where_what_ships_is_damaged_the_local_head_speaks(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "is_held", lambda _: False)
    put(place, "pneumonia", "chest_xray")
    assert classify.available("chest_xray") == ("pneumonia",)
    assert classify.held("pneumonia").facts.card == "model:local-pneumonia"


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        (
            "breast_ultrasound",
            ("packs pull breastmnist-224", "train head --task breast-ultrasound --pack", "--group"),
        ),
        ("fundus", ("train head --task cataract --data DIR --labels CSV --group COLUMN",)),
    ],
)
def test_the_command_is_named_where_none_is_held(
    place: Path, kind: classify.Kind, parts: tuple[str, ...]
) -> None:
    assert all(part in classify.brings(kind) for part in parts)
    with pytest.raises(ModelMissing, match="train head --task"):
        classify.held(classify.missing(kind)[0])


def test_every_pack_that_a_command_names_is_known() -> None:
    from imaging.classify.held import PACKS
    from imaging.datasets import medmnist
    from retrieval.packs import registry

    for pack in PACKS.values():
        assert pack in registry()
        assert medmnist.named(pack)[1]


def test_a_changed_file_is_never_read(place: Path) -> None:
    file = put(place, "cataract", "fundus")
    file.write_bytes(file.read_bytes() + b"\0")
    with pytest.raises(ModelMissing, match="not the file of its card"):
        classify.held("cataract")
    file.unlink()
    with pytest.raises(ModelMissing, match="train it again"):
        classify.held("cataract")


def test_files_and_cards_that_are_no_models_are_passed_over(place: Path) -> None:
    put(place, "cataract", "fundus")
    (place / "broken_head.card.yaml").write_text(": [", encoding="utf-8")
    (place / "other_head.card.yaml").write_bytes(b"\xff\xfe")
    assert classify.available("fundus") == ("cataract",)


def test_only_the_owner_reads_them(place: Path) -> None:
    file = put(place, "cataract", "fundus")
    assert {path.stat().st_mode & 0o777 for path in file.parent.iterdir()} == {0o600}


def test_quotes_of_a_local_card_are_held(place: Path) -> None:
    put(place, "cataract", "fundus")
    assert local_models.holding("It reached 1 of 1.") == ("model:local-cataract",)
    assert local_models.text("model:local-cataract")
    assert local_models.text("model:other") is None
    card = classify.card_of(classify.held("cataract").facts)
    assert card is not None
    assert card.licence == local_models.LICENCE


def test_the_folder_lies_beside_the_packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from retrieval import packs

    monkeypatch.delenv(local_models.VARIABLE, raising=False)
    packs.configure(tmp_path)
    assert local_models.folder() == tmp_path / "imaging"
