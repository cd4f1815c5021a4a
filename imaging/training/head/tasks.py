"""The recipes of the heads that a reading asks for, and of any other; which classes those tasks tell apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from imaging.backbone import Tap
from imaging.classify import TASKS, Extractor, Kind
from imaging.training.head.recipe import Recipe

LOW: tuple[Tap, ...] = ("b2", "b4", "b10")

CENTRE = Recipe(
    extractor=Extractor(taps=LOW, spread=LOW, side=224), strength=0.003, copies=1, steps=60, widen=300
)
"""For pictures of any other kind."""

EYE = Recipe(
    extractor=Extractor(taps=LOW, spread=LOW, side=192, through=256),
    beside=(Extractor(taps=LOW, spread=LOW, side=128, part="disc"),),
    cut="field", strength=0.001, copies=0, flips=True, steps=40, widen=300,
)  # fmt: skip
"""The whole field and the place of the disc; as measured in row 12 of the bars."""

BREAST = Recipe(
    extractor=Extractor(taps=("b4", "b10"), spread=("b4", "b10"), side=256, part="lesion"),
    cut="frame", strength=0.01, copies=0, flips=True, steps=40, widen=300,
)  # fmt: skip
"""The whole frame, and once more near its darkest mass; as measured in row 11 of the bars."""

RECIPES: Mapping[str, Recipe] = {
    "pneumonia": Recipe(widen=1500),
    "breast-ultrasound": BREAST,
    **dict.fromkeys(TASKS["fundus"], EYE),
}
BY_KIND: Mapping[Kind, Recipe] = {"fundus": EYE, "breast_ultrasound": BREAST}


class Asked(NamedTuple):
    """The classes of a task as a reading speaks of them, the one without a sign first, and its ages."""

    classes: tuple[str, ...]
    ages: tuple[int, int] | None = None


ASKED: Mapping[str, Asked] = {
    "pneumonia": Asked(("normal", "pneumonia"), (1, 5)),
    "breast-ultrasound": Asked(("benign", "malignant")),
    "cataract": Asked(("normal", "cataract")),
    "glaucoma": Asked(("normal", "glaucoma")),
    "diabetic-retinopathy": Asked(("no diabetic retinopathy", "diabetic retinopathy")),
}


def kind_of(task: str) -> Kind:
    """The kind of picture that a task is asked of; "other" for a task that no reading knows."""
    return next((kind for kind, tasks in TASKS.items() if task in tasks), "other")


def recipe_for(task: str, kind: Kind) -> Recipe:
    """The recipe of a task, else that of its kind of picture, else the general one."""
    return RECIPES.get(task, BY_KIND.get(kind, CENTRE))
