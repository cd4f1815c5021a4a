"""What the check of a set must find, on planted data: copies, groups, shortcuts, a known unfit collection."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imaging.datasets import medmnist
from imaging.datasets.check import FOUR_CLASSES, DataReport, check, joined, refused_classes
from imaging.datasets.tables import BadTable, read_npz

SIDE = 48


def eye(rng: np.random.Generator, radius: float = 20) -> np.ndarray:
    y, x = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    coarse = rng.integers(40, 255, (6, 6, 3), dtype=np.uint8)
    texture = np.asarray(Image.fromarray(coarse).resize((SIDE, SIDE)))
    return np.where((np.hypot(y, x) < radius)[..., None], texture, 0).astype(np.uint8)


def written(folder: Path, pictures: list[np.ndarray], labels: list[str], groups: list[str]) -> Path:
    lines = ["file,label,patient"]
    for index, picture in enumerate(pictures):
        Image.fromarray(picture).save(folder / f"{index}.png")
        lines.append(f"{index}.png,{labels[index]},{groups[index]}")
    (folder / "labels.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder / "labels.csv"


def made(n: int = 40, step: float = 0) -> tuple[list[np.ndarray], list[str], list[str]]:
    rng = np.random.default_rng(3)
    labels = [("normal", "sick")[index % 2] for index in range(n)]
    pictures = [eye(rng, 21 - step * (label == "sick")) for label in labels]
    return pictures, labels, [f"p{index // 4}-{index % 2}" for index in range(n)]


def words(report: DataReport) -> str:
    return " | ".join(one.what for one in report.faults)


def test_a_clean_set_passes(tmp_path: Path) -> None:
    report = check(tmp_path, written(tmp_path, *made()), "patient")
    assert not report.refused
    assert report.faults == ()
    assert "nothing wrong was found" in report.rendered
    assert (report.pictures, report.groups) == (40, 20)
    assert dict(report.classes) == {"normal": 20, "sick": 20}
    assert report.shortcuts
    assert "no trivial trait tells a class" in report.rendered


def test_too_few_groups_are_not_probed_and_that_is_said(tmp_path: Path) -> None:
    report = check(tmp_path, written(tmp_path, *made(12)), "patient")
    assert report.shortcuts == ()
    assert "were not asked" in report.rendered


def test_copies_in_two_groups_are_found_with_their_lines(tmp_path: Path) -> None:
    pictures, labels, groups = made()
    pictures[38] = (pictures[0] * 0.9).astype(np.uint8)
    report = check(tmp_path, written(tmp_path, pictures, labels, groups), "patient")
    assert report.copies == ((2, 40),)
    assert "1 pairs of nearly equal pictures stand in different groups" in words(report)


def test_copies_in_one_group_are_right(tmp_path: Path) -> None:
    pictures, labels, groups = made()
    pictures[2] = pictures[0]
    assert check(tmp_path, written(tmp_path, pictures, labels, groups), "patient").copies == ()


def test_rows_without_a_group_refuse_the_set(tmp_path: Path) -> None:
    pictures, labels, groups = made()
    groups[5] = groups[9] = ""
    report = check(tmp_path, written(tmp_path, pictures, labels, groups), "patient")
    assert report.refused
    assert "2 of 40 rows name no group" in words(report)


def test_no_group_column_is_said(tmp_path: Path) -> None:
    report = check(tmp_path, written(tmp_path, *made()))
    assert not report.refused
    assert report.groups == 0
    assert "no groups are known" in words(report)


def test_a_column_of_file_numbers_is_doubted(tmp_path: Path) -> None:
    pictures, labels, _ = made()
    numbers = [str(one) for one in range(40)]
    assert "is this the column of patients" in words(
        check(tmp_path, written(tmp_path, pictures, labels, numbers), "patient")
    )


def test_frame_shape_that_tells_the_class_refuses_the_set(tmp_path: Path) -> None:
    report = check(tmp_path, written(tmp_path, *made(step=3)), "patient")
    assert report.refused
    assert "frame shape alone tells the class sick" in words(report)


@pytest.mark.parametrize("diabetic", ["diabetic_retinopathy", "Diabetic Retinopathy", "diabetic-retinopathy"])
def test_the_four_class_collection_is_refused(tmp_path: Path, diabetic: str) -> None:
    rng = np.random.default_rng(0)
    for name in ("cataract", diabetic, "glaucoma", "normal"):
        (tmp_path / name).mkdir()
        Image.fromarray(eye(rng)).save(tmp_path / name / "a.png")
    report = check(tmp_path)
    assert report.refused
    assert "1,240 augmented copies" in words(report)


def test_three_of_the_four_classes_are_not_refused_by_name() -> None:
    assert not refused_classes(FOUR_CLASSES - {"diabeticretinopathy"})
    assert refused_classes(FOUR_CLASSES)


def test_an_empty_folder_cannot_be_checked(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="neither a table"):
        check(tmp_path)


def npz(path: Path, leaked: int = 0, repeated: int = 0) -> Path:
    rng = np.random.default_rng(1)
    train, val = (rng.integers(0, 256, (n, 28, 28), dtype=np.uint8) for n in (60, 12))
    val[:leaked] = train[:leaked]
    train[30 : 30 + repeated] = train[:repeated]
    np.savez(
        path, train_images=train, train_labels=np.arange(60)[:, None] % 2, val_images=val,
        val_labels=np.arange(12)[:, None] % 2,
    )  # fmt: skip
    return path


def test_an_npz_is_checked_between_its_parts(tmp_path: Path) -> None:
    report = check(npz(tmp_path / "a.npz", leaked=3, repeated=4))
    assert "3 pictures of val stand also in train" in words(report)
    assert "4 pictures of train repeat an earlier one" in words(report)
    assert "stand also" not in words(check(npz(tmp_path / "b.npz")))


def test_an_npz_without_pictures_cannot_be_checked(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", other=np.zeros(3))
    with pytest.raises(BadTable, match="no train_images"):
        check(tmp_path / "a.npz")


def test_groups_that_share_a_copy_become_one() -> None:
    rng = np.random.default_rng(2)
    pictures = np.stack([eye(rng) for _ in range(6)])
    pictures[4] = pictures[1]
    groups, noted = joined(pictures, np.array([0, 0, 1, 1, 2, 3]))
    assert groups[0] == groups[1] == groups[4]
    assert len(set(groups.tolist())) == 3
    assert "1 pairs" in noted[0]
    same, nothing = joined(pictures[:4], np.array([0, 0, 1, 1]))
    assert same.tolist() == [0, 0, 1, 1]
    assert nothing == ()


def test_medmnist_labels_have_their_names(tmp_path: Path) -> None:
    """BreastMNIST's 0 is malignant; the grades of RetinaMNIST are one class."""
    names, order = medmnist.named("breastmnist-224")
    pictures = np.zeros((4, 28, 28, 3), dtype=np.uint8)
    np.savez(tmp_path / "b.npz", train_images=pictures, train_labels=np.array([[0], [1], [1], [0]]))
    cases = read_npz(tmp_path / "b.npz", ["train"], names, order)
    assert cases.classes == ("benign or normal", "malignant")
    assert cases.labels.tolist() == [1, 0, 0, 1]
    np.savez(tmp_path / "r.npz", train_images=pictures, train_labels=np.array([[0], [1], [4], [2]]))
    cases = read_npz(tmp_path / "r.npz", ["train"], *medmnist.named("retinamnist"))
    assert cases.classes == ("no diabetic retinopathy", "diabetic retinopathy")
    assert cases.labels.tolist() == [0, 1, 1, 1]


def test_the_shared_x_rays_leak_as_the_specification_says(shared: Path) -> None:
    """8 validation pictures stand also in train, 18 repeats in train (imaging spec 5)."""
    arrays = np.load(shared / "pneumoniamnist/pneumoniamnist_train_val.npz")
    train = {one.tobytes() for one in arrays["train_images"]}
    assert len(arrays["train_images"]) - len(train) == 18
    split = medmnist.read(shared / "pneumoniamnist/pneumoniamnist_train_val.npz")
    assert (split.repeats, split.leaked) == (18, 8)
