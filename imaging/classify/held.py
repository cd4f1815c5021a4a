"""Which heads are held: those that ship, those trained on this machine, and the command for one that is neither."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from imaging import cards, local_models
from imaging.cards import ModelCard
from imaging.classify.head import Facts, Head, Kind, check_age, score, unpack
from imaging.image import MedicalImage, ModelMissing
from imaging.score import Score

SHIPPED: Mapping[str, str] = {"pneumonia": "model:pneumonia-head"}
"""The card of each head that ships; the card names its file and sha256."""

TASKS: Mapping[Kind, tuple[str, ...]] = {
    "chest_xray": ("pneumonia",),
    "breast_ultrasound": ("breast-ultrasound",),
    "fundus": ("cataract", "glaucoma", "diabetic-retinopathy"),
}
"""What a reading asks of a kind of picture. A local head of another name counts to the kind that its facts name."""

PACKS: Mapping[str, str] = {
    "pneumonia": "pneumoniamnist", "breast-ultrasound": "breastmnist-224", "diabetic-retinopathy": "retinamnist-224",
}  # fmt: skip
"""The pack that a head of this task can be made from."""

COMMAND = "consilium image train head --task {task} --data DIR --labels CSV --group COLUMN"
AGES = " --ages FIRST LAST"
"""What a head for chests needs besides: those of children and of adults are not alike."""

FROM_PACK = "consilium packs pull {pack} && consilium image train head --task {task} --pack {pack}"

ENDING = "_head.card.yaml"


class Local(NamedTuple):
    """A head that was trained on this machine, as its card says; its file is read by :func:`loaded`."""

    task: str
    kind: Kind
    card: ModelCard
    path: Path
    """Of the card."""


def classify(image: MedicalImage, task: str = "pneumonia", age_years: int | None = None) -> tuple[Score, ...]:
    """The scores of one picture by a held head, one for each sign. Whoever calls has asked the gate before.

    Raises:
        ModelMissing: no such head is held, its file or the backbone is missing or not the known one.
        AgeNeeded: the model speaks about an age group, and the age is unknown.
        NotForThisAge: outside that age group.
    """
    head = held(task)
    check_age(head.facts, age_years)
    return score(head, image.rgb)


def available(kind: Kind) -> tuple[str, ...]:
    """The tasks of the heads that are held for a kind of picture: those that ship, then this machine's own."""
    shipping = [task for task in TASKS.get(kind, ()) if task in SHIPPED and cards.is_held(SHIPPED[task])]
    own = [one.task for one in local() if one.kind == kind and one.task not in shipping]
    order = TASKS.get(kind, ())
    return (
        *shipping,
        *sorted(own, key=lambda task: (order.index(task) if task in order else len(order), task)),
    )


def missing(kind: Kind) -> tuple[str, ...]:
    """The tasks that a reading asks of this kind of picture and for which no head is held."""
    here = available(kind)
    return tuple(task for task in TASKS.get(kind, ()) if task not in here)


def brings(kind: Kind) -> str:
    """The exact command that brings a head for this kind of picture, the first one that is missing (else the first)."""
    wanted = missing(kind) or TASKS.get(kind, ()) or ("NAME",)
    return brings_task(wanted[0])


def brings_task(task: str) -> str:
    """The exact command, or with a pack the two, that make a head for a task."""
    own = COMMAND.format(task=task) + (AGES if task in TASKS["chest_xray"] else "")
    if task not in PACKS:
        return own
    return f"{FROM_PACK.format(task=task, pack=PACKS[task])} (or with your own pictures: {own})"


def held(task: str) -> Head:
    """The head for a task: the shipped one, else (where its file is damaged, too) this machine's own.

    Raises:
        ModelMissing: neither is held, or the file is not the one of its card.
    """
    own = next((one for one in local() if one.task == task), None)
    if task in SHIPPED and (own is None or cards.is_held(SHIPPED[task])):
        return shipped(task)
    if own is not None:
        return loaded(own)
    raise ModelMissing(f"no head for {task} is held: {brings_task(task)}")


@cache
def shipped(task: str) -> Head:
    """A head of the zoo, hash-checked.

    Raises:
        ModelMissing: none for this task ships, or the file is not the known one.
    """
    if task not in SHIPPED:
        raise ModelMissing(f"no head for {task} ships: {brings_task(task)}")
    if not cards.is_held(SHIPPED[task]):
        raise ModelMissing(f"the head for {task} is missing or not the known one: {brings_task(task)}")
    return unpack(cards.file_of(SHIPPED[task]).read_bytes())


def local(folder: Path | None = None) -> tuple[Local, ...]:
    """The heads of a folder (None: this machine's own), as their cards tell; no weights are read."""
    found = []
    for path, card in local_models.card_files(folder).items():
        if path.name.endswith(ENDING) and card.id.startswith("local-"):
            found.append(Local(card.id.removeprefix("local-"), _kind(card), card, path))
    return tuple(found)


def loaded(one: Local) -> Head:
    """The weights of a local head, checked against its card. Raises :class:`imaging.image.ModelMissing`."""
    packed = local_models.numbers(one.path, one.card)
    try:
        return unpack(packed)
    except (ValueError, KeyError) as error:
        raise ModelMissing(f"{one.card.title} cannot be read: train it again ({one.card.recipe})") from error


def card_of(facts: Facts) -> ModelCard | None:
    """The card behind a head: of the zoo or of this machine."""
    return cards.cards().get(facts.card) or local_models.cards().get(facts.card)


def _kind(card: ModelCard) -> Kind:
    """The kind that the card's input names first, such as ``fundus: …``."""
    named = card.input.partition(":")[0]
    kinds: tuple[Kind, ...] = ("fundus", "chest_xray", "breast_ultrasound")
    return next((kind for kind in kinds if kind == named), "other")
