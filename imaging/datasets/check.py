"""Is a set of pictures fit to learn from? Copies across groups and parts, missing groups, and shortcuts to the class.

To be asked before training (``consilium image data check``): whatever is wrong here makes every later figure too good.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from imaging.datasets import duplicates, shortcuts
from imaging.datasets.folders import labelled
from imaging.datasets.shortcuts import Shortcut
from imaging.datasets.tables import (
    BadTable,
    Labelled,
    Row,
    Rows,
    empty_cells,
    numbered,
    opened,
    read_npz,
    read_table,
)
from retrieval.evidence import Text, Word

Pictures = NDArray[np.uint8]
Numbers = NDArray[np.int64]

FOUR_CLASSES = frozenset({"cataract", "diabeticretinopathy", "glaucoma", "normal"})
"""The classes of the popular collection of eye diseases in folders."""

REFUSED = (
    "the collection with the classes cataract, diabetic retinopathy, glaucoma and normal holds 1,240 augmented copies "
    "of its own pictures, and its diabetic class comes from another camera (the shape of the frame alone tells it in "
    "97 %). Use the files named PATIENT_left and PATIENT_right of the other three classes, grouped by patient"
)
"""SOURCE.txt of the ODIR-style development set; imaging spec 5."""

NAMED = 20
FEWEST = 10
"""Groups of a class from which the shortcut probe says something."""


class Fault(Word):
    """One thing that is wrong with a set, and what to do. "refuse": it must not be trained on as it is."""

    weight: Literal["refuse", "warn"]
    what: Text


class DataReport(Word):
    """What a check found; texts are ready to print and name no file, only lines of the table (or places in the npz)."""

    pictures: Annotated[int, Field(ge=1)]
    classes: tuple[tuple[Text, int], ...]
    """Each class with its number of pictures."""
    groups: int
    """0: no groups are known."""
    faults: tuple[Fault, ...] = ()
    copies: tuple[tuple[int, int], ...] = ()
    """Near-duplicates that stand in two groups, the first of them: their lines."""
    shortcuts: tuple[Shortcut, ...] = ()
    """Every trivial trait against every class; empty where there were too few groups to ask."""

    @property
    def refused(self) -> bool:
        return any(one.weight == "refuse" for one in self.faults)

    @property
    def rendered(self) -> str:
        counts = ", ".join(f"{count} {name}" for name, count in self.classes)
        groups = f"{self.groups} groups" if self.groups else "no groups known"
        lines = [f"{self.pictures} pictures ({counts}), {groups}"]
        lines += [f"{one.weight}: {one.what}" for one in self.faults] or ["nothing wrong was found"]
        return "\n".join([*lines, *self._asked()])

    def _asked(self) -> Iterator[str]:
        """What the probe said: the traits that tell a class, else the one that comes nearest to it."""
        if not self.shortcuts:
            yield f"trivial traits were not asked: that needs two classes with {FEWEST} groups each"
            return
        told = [one for one in self.shortcuts if one.tells]
        yield from (one.rendered for one in told)
        if not told:
            nearest = max(self.shortcuts, key=lambda one: one.auc)
            yield f"no trivial trait tells a class; the nearest: {nearest.rendered}"


def check(data: Path, labels: Path | None = None, group: str | None = None) -> DataReport:
    """Check a folder (with a table, or one subfolder for each class) or an npz in MedMNIST's form.

    Raises:
        BadTable: nothing can be checked: no picture, no label, a table that cannot be read.
    """
    if data.suffix == ".npz":
        return _check_npz(data)
    nameless = empty_cells(labels, group) if labels and group else 0
    group = None if nameless else group
    rows = read_table(labels, data, group=group) if labels else _by_folder(data)
    names, classes = numbered([row.label for row in rows])
    if wrong := refused_classes(classes):
        return _report(names, classes, 0, [Fault(weight="refuse", what=wrong)])
    pictures = [opened(row.path) for row in rows]
    groups = numbered([row.group for row in rows])[0] if labels and group else None
    report = check_pictures(pictures, names, classes, groups, first_line=2)
    if not nameless:
        return report
    missing = Fault(weight="refuse", what=f"{nameless} of {len(rows)} rows name no group")
    return report.model_copy(update={"faults": (missing, *report.faults)})


def check_pictures(
    pictures: Sequence[Pictures],
    labels: Numbers,
    classes: tuple[str, ...],
    groups: Numbers | None,
    first_line: int = 0,
) -> DataReport:
    """The same for pictures at hand; ``groups`` None where none are known, ``first_line`` that of the first picture."""
    own = np.arange(len(labels)) if groups is None else groups
    across = [(one, two) for one, two in duplicates.copies(pictures) if own[one] != own[two]]
    joined_groups = together(own, across)
    found = _probe(pictures, labels, classes, joined_groups)
    faults = [*_of_copies(across, groups), *_of_groups(labels, groups), *_of_shortcuts(found)]
    report = _report(labels, classes, 0 if groups is None else len(np.unique(groups)), faults)
    lines = tuple((one + first_line, two + first_line) for one, two in across[:NAMED])
    return report.model_copy(update={"copies": lines, "shortcuts": found})


def refused_classes(classes: Collection[str]) -> str:
    """Why a collection with these classes is never learnt from; empty where nothing is known against it."""
    plain = {"".join(letter for letter in one.lower() if letter.isalpha()) for one in classes}
    return REFUSED if plain == FOUR_CLASSES else ""


def together(groups: Numbers, pairs: Sequence[tuple[int, int]]) -> Numbers:
    """The groups with those joined that share a near-duplicate: what may not be parted in a split."""
    members: dict[int, int] = {}
    own = [(members.setdefault(int(group), place), place) for place, group in enumerate(groups)]
    return np.array(duplicates.groups(len(groups), [*own, *pairs]), dtype=np.int64)


def joined(pictures: Pictures, groups: Numbers) -> tuple[Numbers, tuple[str, ...]]:
    """Groups that are safe to split by, and what was joined, in words without names."""
    across = [(one, two) for one, two in duplicates.copies(list(pictures)) if groups[one] != groups[two]]
    if not across:
        return groups, ()
    return together(groups, across), (
        f"{len(across)} pairs of nearly equal pictures stood in different groups; those groups were joined.",
    )


def _by_folder(data: Path) -> Rows:
    found = labelled(data)
    if not found:
        raise BadTable("there is neither a table (--labels CSV) nor a subfolder of pictures for each class")
    return tuple(Row(path, label, str(place)) for place, (path, label) in enumerate(found))


def _check_npz(path: Path) -> DataReport:
    with np.load(path, allow_pickle=False) as arrays:
        held = [part for part in ("train", "val", "test") if f"{part}_images" in arrays]
        highest = max((int(arrays[f"{part}_labels"].max()) for part in held), default=-1)
    if not held:
        raise BadTable("the file has no train_images, val_images or test_images")
    names = [f"number {one}" for one in range(highest + 1)]
    parts = {part: read_npz(path, [part], names) for part in held}
    first = parts[held[0]]
    faults = [*_between_parts(parts), *_of_groups(first.labels, None)]
    repeats = len(first.groups) - len(np.unique(first.groups))
    if repeats:
        faults.append(Fault(weight="warn", what=f"{repeats} pictures of {held[0]} repeat an earlier one"))
    found = _probe(list(first.pictures), first.labels, first.classes, first.groups)
    report = _report(first.labels, first.classes, 0, [*faults, *_of_shortcuts(found)])
    return report.model_copy(update={"shortcuts": found})


def _between_parts(parts: dict[str, Labelled]) -> Iterator[Fault]:
    """Equal pictures only: at 28 px unequal pictures of two people can look alike."""
    names = list(parts)
    for place, one in enumerate(names):
        known = {picture.tobytes() for picture in parts[one].pictures}
        for other in names[place + 1 :]:
            shared = sum(picture.tobytes() in known for picture in parts[other].pictures)
            if shared:
                what = f"{shared} pictures of {other} stand also in {one}: leave them out of {other}"
                yield Fault(weight="warn", what=what)


def _probe(
    pictures: Sequence[Pictures], labels: Numbers, classes: tuple[str, ...], groups: Numbers
) -> tuple[Shortcut, ...]:
    fewest = min((len(np.unique(groups[labels == one])) for one in range(len(classes))), default=0)
    if len(classes) < 2 or fewest < FEWEST:
        return ()
    return shortcuts.probe(pictures, labels, classes, groups.tolist())


def _of_copies(across: Sequence[tuple[int, int]], groups: Numbers | None) -> Iterator[Fault]:
    if not across:
        return
    where = "different groups" if groups is not None else "the set, and no groups are known"
    yield Fault(
        weight="warn",
        what=f"{len(across)} pairs of nearly equal pictures stand in {where}: give each pair one group",
    )


def _of_groups(labels: Numbers, groups: Numbers | None) -> Iterator[Fault]:
    if groups is None:
        yield Fault(
            weight="warn",
            what="no groups are known: pictures of one person may stand on both sides of a split",
        )
        return
    mixed = sum(len(np.unique(labels[groups == one])) > 1 for one in np.unique(groups))
    if mixed:
        yield Fault(
            weight="warn",
            what=f"{mixed} groups hold more than one class: right for two eyes, odd for a lesion",
        )
    if len(np.unique(groups)) == len(groups):
        yield Fault(
            weight="warn", what="every picture is a group of its own: is this the column of patients?"
        )


def _of_shortcuts(found: Sequence[Shortcut]) -> Iterator[Fault]:
    for one in found:
        if one.tells and one.trait != "all together":
            yield Fault(
                weight="refuse" if one.trait in ("frame shape", "size") else "warn",
                what=f"{one.trait} alone tells the class {one.label} (AUC {one.auc:.2f}): a head would learn that",
            )


def _report(labels: Numbers, classes: tuple[str, ...], groups: int, faults: Sequence[Fault]) -> DataReport:
    counts = tuple((name, int((labels == one).sum())) for one, name in enumerate(classes))
    return DataReport(pictures=len(labels), classes=counts, groups=groups, faults=tuple(faults))
