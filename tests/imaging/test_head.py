"""The recipe of heads: refused tables, repeatable copies, and a head learned from made-up pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image
from scipy.ndimage import gaussian_filter

from imaging import classify, local_models
from imaging.cards import ModelCard
from imaging.classify import Extractor
from imaging.datasets import tables
from imaging.datasets.tables import BadTable, Labelled
from imaging.training import head as recipe
from imaging.training.head import LOCAL, Purpose, Recipe, tasks

TINY = Recipe(Extractor(taps=("b2", "b4"), spread=("b2",), side=32), strength=0.01, copies=1, steps=40)

LESION = Purpose("lesion")


def speckle(rng: np.random.Generator, lesion: bool, side: int = 32) -> np.ndarray:
    """Ultrasound-like noise; with a dark ellipse in it or without."""
    grey = gaussian_filter(rng.rayleigh(60, (side, side)), 0.7)
    if lesion:
        y, x = np.mgrid[:side, :side] - side / 2 - rng.uniform(-3, 3, 2)[:, None, None]
        grey = np.where((y / 6) ** 2 + (x / 9) ** 2 < 1, 0.3 * grey, grey)
    return np.repeat(grey.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)


def speckles(n: int, seed: int = 0) -> Labelled:
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    pictures = np.stack([speckle(rng, bool(label)) for label in labels])
    return Labelled(pictures, labels.astype(np.int64), ("normal", "lesion"), np.arange(n) // 2)


def folder(place: Path, n: int = 40) -> tuple[Path, Path]:
    cases, lines = speckles(n), ["file,label,patient"]
    place.mkdir()
    for index, picture in enumerate(cases.pictures):
        Image.fromarray(picture).save(place / f"{index}.png")
        lines.append(f"{index}.png,{cases.classes[cases.labels[index]]},{cases.groups[index]}")
    table = place / "labels.csv"
    table.write_text("\ufeff" + "\n".join(lines) + "\n", encoding="utf-8")
    return place, table


def test_a_table_is_read_with_its_groups(tmp_path: Path) -> None:
    place, table = folder(tmp_path / "set", 6)
    rows = tables.read_table(table, place, group="patient")
    assert [row.label for row in rows] == ["normal", "lesion"] * 3
    assert len({row.group for row in rows}) == 3
    assert len({row.group for row in tables.read_table(table, place, group=None)}) == 6


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("file,label\n0.png,normal\n", "no column patient"),
        ("file,label,patient\n0.png,normal,\n", "line 2.*empty"),
        ("file,label,patient\n0.png,normal,1\n./0.png,lesion,1\n", "line 3.*earlier line"),
        ("file,label,patient\n../secret.png,normal,1\n", "outside the folder"),
        ("file,label,patient\nabsent.png,normal,1\n", "no such picture"),
        ("file,label,patient\n", "no rows"),
    ],
)
def test_a_bad_table_is_refused_with_its_line(tmp_path: Path, text: str, why: str) -> None:
    place, table = folder(tmp_path / "set", 2)
    (tmp_path / "secret.png").write_bytes((place / "0.png").read_bytes())
    table.write_text(text, encoding="utf-8")
    with pytest.raises(BadTable, match=why):
        tables.read_table(table, place, group="patient")


def test_a_medmnist_file_is_read_and_equal_pictures_share_a_group(tmp_path: Path) -> None:
    pictures = np.random.default_rng(1).integers(0, 256, (5, 28, 28), dtype=np.uint8)
    pictures[3] = pictures[0]
    np.savez(tmp_path / "a.npz", train_images=pictures, train_labels=np.array([[0], [1], [1], [0], [1]]))
    cases = tables.read_npz(tmp_path / "a.npz", ["train"], ("normal", "pneumonia"))
    assert cases.pictures.shape == (5, 28, 28, 3)
    assert cases.groups[0] == cases.groups[3]
    assert len(set(cases.groups.tolist())) == 4
    with pytest.raises(BadTable, match="no val_images"):
        tables.read_npz(tmp_path / "a.npz", ["val"], ("normal", "pneumonia"))
    with pytest.raises(BadTable, match="not among the 1 classes"):
        tables.read_npz(tmp_path / "a.npz", ["train"], ("normal",))


def test_copies_are_repeatable_and_differ() -> None:
    pictures = speckles(4).pictures
    first, again = (list(recipe.copies_of(pictures, TINY._replace(copies=2))) for _ in range(2))
    assert all(np.array_equal(one, two) for one, two in zip(first, again, strict=True))
    assert len(first) == 2
    assert not np.array_equal(first[0], first[1])
    assert first[0].dtype == np.uint8
    assert first[0].shape == pictures.shape
    mirrored = next(recipe.copies_of(pictures, TINY._replace(flips=True)))
    assert np.array_equal(mirrored, pictures[:, :, ::-1])


def test_grey_stays_grey_when_disturbed() -> None:
    picture = speckles(1).pictures[0]
    for seed in range(8):
        copy = recipe.disturbed(picture, np.random.default_rng(seed))
        assert (copy == copy[..., :1]).all()


def test_moves_are_those_asked_for() -> None:
    planes = np.zeros((21, 21, 3))
    planes[10, 10] = 100
    assert recipe.moved(planes) == pytest.approx(planes, abs=1e-6)
    down = recipe.moved(planes, shift=(2.0, -3.0))
    assert np.unravel_index(down[..., 0].argmax(), (21, 21)) == (12, 7)
    square = np.zeros((41, 41, 3))
    square[15:26, 15:26] = 100
    assert recipe.moved(square, zoom=1.5)[..., 0].sum() == pytest.approx(
        1.5**2 * square[..., 0].sum(), rel=0.1
    )


def test_groups_are_whole_in_bootstrap_samples() -> None:
    cases = speckles(20)
    for drawn in recipe.bootstraps(cases, 0):
        counts = np.bincount(drawn, minlength=20)
        assert (counts[::2] == counts[1::2]).all()
        assert len(drawn) == 20


def test_a_head_learns_what_is_planted_and_nothing_else() -> None:
    trained = recipe.train(LESION, speckles(60), TINY, speckles(40, seed=1), "new speckle")
    point = trained.head.facts.points[0]
    assert point.sensitivity.n == 20
    assert point.sensitivity.value + point.specificity.value > 1.7
    assert trained.figures[0] == "Measured on new speckle:"
    shuffled = speckles(60)._replace(labels=np.random.default_rng(2).permutation(60) % 2)
    blind = recipe.train(LESION, shuffled, TINY, speckles(40, seed=1)).head.facts.points[0]
    assert blind.sensitivity.value + blind.specificity.value < 1.5


def test_held_out_pictures_among_the_training_cases_are_refused() -> None:
    cases = speckles(20)
    with pytest.raises(ValueError, match="stand among"):
        recipe.train(LESION, cases, TINY, cases.where(np.arange(20) < 4))


def test_the_command_refuses_to_run_without_groups(tmp_path: Path) -> None:
    place, table = folder(tmp_path / "set", 2)
    given = [
        "--task",
        "lesion",
        "--data",
        str(place),
        "--labels",
        str(table),
        "--out",
        str(tmp_path / "x.npz"),
    ]
    with pytest.raises(SystemExit, match="--no-groups"):
        recipe.main(given)


def command(place: Path, table: Path, *more: str) -> int:
    return recipe.main(
        ["--task", "lesion", "--data", str(place), "--labels", str(table), "--group", "patient", "--classes",
         "normal,lesion", "--side", "32", "--copies", "0", "--widen", "20", *more]
    )  # fmt: skip


def test_the_command_writes_a_head_and_a_local_card(tmp_path: Path) -> None:
    place, table = folder(tmp_path / "a patient's name")
    assert command(place, table, "--out", str(tmp_path / "models")) == 0
    out = tmp_path / "models" / "lesion_head.npz"
    head = classify.unpack(out.read_bytes())
    found = classify.score(head, speckle(np.random.default_rng(8), True, 64))
    assert [one.sign for one in found] == ["lesion"]
    written = out.with_suffix(".card.yaml").read_text(encoding="utf-8")
    card = ModelCard.model_validate(yaml.safe_load(written))
    assert card.licence == LOCAL
    assert "40 pictures (20 normal, 20 lesion), 20 groups" in card.made_from[0].count
    assert "patient's name" not in written
    assert ".png" not in written
    assert card.id == "local-lesion"
    assert "out of fold" in card.measured[0]
    assert {one.stat().st_mode & 0o777 for one in (out, out.with_suffix(".card.yaml"))} == {0o600}


def test_a_head_of_a_known_kind_is_found_by_a_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(local_models.VARIABLE, str(tmp_path / "models"))
    place, table = folder(tmp_path / "set")
    command(place, table, "--kind", "breast_ultrasound")
    assert classify.available("breast_ultrasound") == ("lesion",)
    facts = classify.held("lesion").facts
    assert facts.cut == "frame"
    assert classify.local()[0].kind == "breast_ultrasound"


def test_a_head_for_chests_is_not_made_without_the_ages(tmp_path: Path) -> None:
    place, table = folder(tmp_path / "set")
    out = ("--kind", "chest_xray", "--out", str(tmp_path / "x.npz"))
    with pytest.raises(SystemExit, match="--ages FIRST LAST"):
        command(place, table, *out)
    assert command(place, table, *out, "--ages", "18", "90") == 0
    assert classify.unpack((tmp_path / "x.npz").read_bytes()).facts.ages == (18, 90)


def test_copies_in_two_groups_are_joined_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place, table = folder(tmp_path / "set")
    (place / "39.png").write_bytes((place / "1.png").read_bytes())
    command(place, table, "--out", str(tmp_path / "x.npz"))
    said = "1 pairs of nearly equal pictures stood in different groups"
    assert said in capsys.readouterr().out
    assert said in (tmp_path / "x.card.yaml").read_text(encoding="utf-8")


def test_the_known_unfit_collection_is_never_learnt(tmp_path: Path) -> None:
    place, table = folder(tmp_path / "set", 4)
    names = ("cataract", "diabetic_retinopathy", "glaucoma", "normal")
    table.write_text(
        "file,label,patient\n" + "\n".join(f"{one}.png,{name},{one}" for one, name in enumerate(names)),
        encoding="utf-8",
    )
    with pytest.raises(SystemExit, match="augmented copies"):
        recipe.main(["--task", "eyes", "--data", str(place), "--labels", str(table), "--group", "patient"])


def test_a_pack_is_learnt_from_and_its_leak_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In BreastMNIST's form: 0 is malignant; one validation picture stands also in train."""
    train, val = speckles(40), speckles(20, seed=1)
    val.pictures[0] = train.pictures[0]
    np.savez(
        tmp_path / "pack.npz", train_images=train.pictures[..., 0], train_labels=1 - train.labels[:, None],
        val_images=val.pictures[..., 0], val_labels=1 - val.labels[:, None],
    )  # fmt: skip
    with pytest.raises(SystemExit, match="packs pull breastmnist"):
        recipe.main(["--task", "breast-ultrasound", "--pack", "breastmnist"])
    with pytest.raises(SystemExit, match="no pack of MedMNIST"):
        recipe.main(["--task", "breast-ultrasound", "--pack", "clinvar-grch38"])
    monkeypatch.setattr("retrieval.packs.Packs.path", lambda self, name: tmp_path / "pack.npz")
    recipe.main(
        ["--task", "breast-ultrasound", "--pack", "breastmnist", "--side", "32", "--widen", "0", "--out",
         str(tmp_path)]
    )  # fmt: skip
    head = classify.unpack((tmp_path / "breast_ultrasound_head.npz").read_bytes())
    assert head.facts.classes == ("benign or normal", "malignant")
    assert head.facts.points[0].sensitivity.n == 10
    assert head.facts.points[0].specificity.n == 9
    told = capsys.readouterr().out
    assert "1 validation pictures stand also in the training part" in told
    assert "groups not known" in (tmp_path / "breast_ultrasound_head.card.yaml").read_text(encoding="utf-8")


def test_widened_sets_hold_at_least_as_much() -> None:
    trained = recipe.train(LESION, speckles(60), TINY._replace(widen=40), speckles(40, seed=1))
    facts = trained.head.facts
    assert all(wide >= narrow for wide, narrow in zip(facts.wide, facts.limits, strict=True))
    assert sum("widened by the shift table" in line for line in trained.figures) == 3


def test_every_known_task_has_classes_and_a_recipe() -> None:
    for kind, known in classify.TASKS.items():
        for task in known:
            assert tasks.kind_of(task) == kind
            assert len(tasks.ASKED[task].classes) == 2
            assert tasks.recipe_for(task, kind).widen
    assert tasks.kind_of("anything") == "other"
    assert tasks.recipe_for("anything", "other") is tasks.CENTRE


def test_the_ten_shifts_differ_from_the_picture_and_from_the_unseen() -> None:
    pictures = speckles(2).pictures
    every = {**recipe.shifts(32), **recipe.unseen(32)}
    assert (len(recipe.shifts(32)), len(every)) == (10, 15)
    for how in every.values():
        copies = recipe.shifted(pictures, how)
        assert copies.shape == pictures.shape
        assert copies.dtype == np.uint8
        assert not np.array_equal(copies, pictures)
