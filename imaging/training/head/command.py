"""``train head``: a folder with a table, an npz in MedMNIST's form, or a pack; a local head with its card comes out."""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from imaging import classify, local_models
from imaging.classify import Extractor
from imaging.datasets import medmnist
from imaging.datasets.check import joined, refused_classes
from imaging.datasets.folders import labelled
from imaging.datasets.tables import (
    BadTable,
    Labelled,
    Row,
    Rows,
    not_among,
    numbered,
    opened,
    read_npz,
    read_table,
)
from imaging.training.head.card import local_card
from imaging.training.head.recipe import Pictures, Purpose, Recipe
from imaging.training.head.tasks import ASKED, kind_of, recipe_for
from imaging.training.head.train import train
from retrieval.packs import held_packs

AGES_NEEDED = "name the patients' ages in years with --ages FIRST LAST"
TASK = r"[a-z0-9]+(-[a-z0-9]+)*"
KINDS = ("fundus", "chest_xray", "breast_ultrasound", "other")


def arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m imaging.training.head", description=__doc__)
    parser.add_argument(
        "--task", required=True, type=_task, help="such as cataract, breast-ultrasound, or a name of your own"
    )
    parser.add_argument("--kind", choices=KINDS, help="of pictures; known for the tasks that a reading asks")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, help="a folder, or an npz in MedMNIST's form")
    source.add_argument("--pack", help="a pulled pack, such as breastmnist-224")
    parser.add_argument("--labels", type=Path, help="CSV with the columns file, label and the group column")
    parser.add_argument("--group", help="column of patients, lesions or near-duplicates")
    parser.add_argument(
        "--no-groups", action="store_true", help="there is no such column; the card will say so"
    )
    parser.add_argument("--set", default="", help="name of the data, in words, for its figures")
    parser.add_argument("--classes", default="", help="names in order, the one without a sign first")
    parser.add_argument("--side", type=int, help="px at which pictures are looked at, whole")
    parser.add_argument("--through", type=int, default=0, help="px to which pictures are first brought down")
    parser.add_argument("--copies", type=int)
    parser.add_argument("--flips", action="store_true")
    parser.add_argument("--strength", type=float)
    parser.add_argument("--widen", type=int, help="cases that tell how far sets are widened; 0: not at all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--ages", type=int, nargs=2, metavar=("FIRST", "LAST"))
    parser.add_argument("--card", default="", help="id of the card, where one is written by hand")
    parser.add_argument(
        "--out", type=Path, help="folder (or .npz file); without it this machine's models folder"
    )
    return parser.parse_args(given)


def _task(name: str) -> str:
    """A name that can stand in the card's id, refused before anything is trained."""
    if re.fullmatch(TASK, name) is None:
        raise argparse.ArgumentTypeError(
            f"{name!r}: use lower-case letters, digits and single dashes, such as dr-grade"
        )
    return name


def main(given: Sequence[str] | None = None) -> int:
    """Train as told; writes the head and, unless a card is named, its card beside it, readable by the owner only."""
    options = arguments(given)
    kind = options.kind or kind_of(options.task)
    if kind == "chest_xray" and not (options.ages or _ages_known(options)):
        raise SystemExit(f"chests of children and of adults are not alike: {AGES_NEEDED}")
    recipe = chosen_recipe(options, recipe_for(options.task, kind))
    try:
        cases, held_out, noted = read_cases(options, recipe)
    except BadTable as wrong:
        raise SystemExit(str(wrong)) from wrong
    asked = ASKED.get(options.task)
    ages = tuple(options.ages) if options.ages else (asked.ages if asked else None)
    purpose = Purpose(options.task, options.card or f"model:local-{options.task}", ages, kind)
    data = options.set or "its own data"
    trained = train(purpose, cases, recipe, held_out, f"the validation part of {data} (not fitted to it)")
    packed = classify.pack(trained.head)
    file = _file(options)
    local_models.write(file, packed)
    if not options.card:
        card = local_card(trained, packed, cases, file.name, recipe, options.group is not None, noted)
        local_models.write_card(file.with_suffix(".card.yaml"), card)
    told = [*noted, *trained.figures, f"sha256 {hashlib.sha256(packed).hexdigest()}", f"written: {file}", ""]
    sys.stdout.write("\n".join(told))
    return 0


def _ages_known(options: argparse.Namespace) -> bool:
    """Whether whose pictures they are is known without being told: what ships, and its pack."""
    return bool(options.card) or (options.task, options.pack) == ("pneumonia", "pneumoniamnist")


def _file(options: argparse.Namespace) -> Path:
    """Where the head is written: ``<task>_head.npz`` in the folder, which is where a reading looks for it."""
    if options.out is not None and options.out.suffix == ".npz":
        return Path(options.out)
    return Path(options.out or local_models.folder()) / f"{options.task.replace('-', '_')}_head.npz"


def chosen_recipe(options: argparse.Namespace, recipe: Recipe) -> Recipe:
    """The task's recipe with what the command line changes."""
    changes = {name: getattr(options, name) for name in ("copies", "strength", "widen")}
    recipe = recipe._replace(**{name: value for name, value in changes.items() if value is not None})
    recipe = recipe._replace(seed=options.seed, flips=recipe.flips or options.flips)
    if options.side is None:
        return recipe
    taps, spread = recipe.extractor.taps, recipe.extractor.spread
    whole = Extractor(taps=taps, spread=spread, side=options.side, through=options.through)
    return recipe._replace(extractor=whole, beside=())


def read_cases(
    options: argparse.Namespace, recipe: Recipe
) -> tuple[Labelled, Labelled | None, tuple[str, ...]]:
    """Training cases, the held-out part where there is one, and what was noted about the data.

    Refuses (SystemExit with the mend) data without a group column, and a collection that is known to be unfit.
    """
    if options.pack:
        return _of_npz(_pack_file(options.pack), *medmnist.named(options.pack), recipe)
    if options.group is None and not options.no_groups:
        raise SystemExit(
            "name the column of patients with --group, or say --no-groups (the card will say so)"
        )
    asked = ASKED.get(options.task)
    order = tuple(options.classes.split(",")) if options.classes else (asked.classes if asked else ())
    if options.data.suffix == ".npz":
        if not order:
            raise SystemExit("an npz has numbers for labels: name them in order with --classes")
        return _of_npz(options.data, order, order, recipe)
    rows = _rows(options)
    if wrong := refused_classes({row.label for row in rows}):
        raise SystemExit(wrong)
    labels, classes = numbered([row.label for row in rows], order)
    pictures = cut(rows, recipe)
    groups, noted = joined(pictures, numbered([row.group for row in rows])[0])
    return Labelled(pictures, labels, classes, groups), None, noted


def cut(rows: Rows, recipe: Recipe) -> Pictures:
    """The pictures of a table as the recipe cuts them, N x S x S x 3 bytes."""
    return np.stack([classify.square(opened(row.path), recipe.extractor, recipe.cut) for row in rows])


def _rows(options: argparse.Namespace) -> Rows:
    if options.labels is not None:
        return read_table(options.labels, options.data, group=options.group)
    if options.group is not None:
        raise SystemExit(
            "a group column stands in a table: name it with --labels CSV (columns file, label, group)"
        )
    found = labelled(options.data)
    if not found:
        raise SystemExit("a folder needs --labels CSV with the columns file, label and the group column")
    return tuple(Row(path, label, str(place)) for place, (path, label) in enumerate(found))


def _of_npz(
    path: Path, names: tuple[str, ...], order: tuple[str, ...], recipe: Recipe
) -> tuple[Labelled, Labelled | None, tuple[str, ...]]:
    cases, other = (_sized(read_npz(path, [part], names, order), recipe) for part in ("train", "val"))
    kept = not_among(other.pictures, cases.pictures)
    left_out = int((~kept).sum())
    noted = (
        (f"{left_out} validation pictures stand also in the training part and were left out.",)
        if left_out
        else ()
    )
    return cases, other.where(kept), noted


def _sized(cases: Labelled, recipe: Recipe) -> Labelled:
    """As they are, where they are smaller than the square that is looked at or the recipe cuts the centre."""
    if recipe.cut == "centre":
        return cases
    squares = [classify.square(one, recipe.extractor, recipe.cut) for one in cases.pictures]
    return cases._replace(pictures=np.stack(squares))


def _pack_file(name: str) -> Path:
    if name.removesuffix("-224") not in medmnist.CLASSES:
        raise SystemExit(f"{name} is no pack of MedMNIST; those are: {', '.join(medmnist.CLASSES)}")
    path = held_packs().path(name)
    if path is None:
        raise SystemExit(f"the pack {name} is not held: consilium packs pull {name}")
    return path
