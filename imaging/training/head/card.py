"""The card of a head that was made on somebody's own pictures: counts only, and not for redistribution."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import numpy as np

from imaging.cards import Made, ModelCard
from imaging.classify import Facts, Kind
from imaging.datasets.tables import Labelled
from imaging.local_models import LICENCE
from imaging.training.head.recipe import Recipe
from imaging.training.head.train import Trained

KINDS: dict[Kind, str] = {
    "fundus": "fundus: a colour photograph of the back of the eye",
    "chest_xray": "chest_xray: a frontal chest X-ray",
    "breast_ultrasound": "breast_ultrasound: an ultrasound of a breast lesion that somebody has found",
    "other": "other: a picture of the kind it was made from",
}
NO_GROUPS = "No groups were known: pictures of one person may stand on both sides of a fold."


def local_card(
    trained: Trained,
    packed: bytes,
    cases: Labelled,
    file: str,
    recipe: Recipe,
    grouped: bool,
    noted: tuple[str, ...],
) -> ModelCard:
    """The card that goes beside a local head; names no file, folder or person. ``noted``: what the check found."""
    facts = trained.head.facts
    people = f"{len(np.unique(cases.groups))} groups" if grouped else "groups not known"
    counts = ", ".join(f"{int((cases.labels == one).sum())} {name}" for one, name in enumerate(facts.classes))
    return ModelCard(
        id=f"local-{facts.task}", title=f"Local head: {facts.task}", version="1",
        task=f"tells {', '.join(facts.classes)} apart", input=f"{KINDS[facts.kind]}; features {facts.features}",
        method="Linear head on frozen EfficientNet-Lite0 features; temperature, class-wise conformal sets.",
        made_from=(Made(name="pictures of this machine's user", licence=LICENCE,
                        count=f"{len(cases.labels)} pictures ({counts}), {people}"),),
        recipe=f"consilium image train head --task {facts.task}", measured=trained.figures,
        operating_point="; ".join(f"{one.sign}: {one.chosen}" for one in facts.points),
        not_tested_on="Not tested on pictures of another source, camera or hospital.",
        intended="Research on pictures of the same source.", forbidden="Not for diagnosis.",
        known_failures=(*_shifts(facts), *noted, *(() if grouped else (NO_GROUPS,))),
        licence=LICENCE, extractor=facts.features, seed=recipe.seed, file=file,
        sha256=hashlib.sha256(packed).hexdigest(), checked=datetime.now(UTC).date(),
    )  # fmt: skip


def _shifts(facts: Facts) -> tuple[str, ...]:
    first = "Another camera, exposure, age or population changes every figure above."
    if not facts.wide:
        return (first, "Its sets were not widened for other sources.")
    return (first, "Its sets were widened by ten simulated shifts; a change of another sort may break them.")
