"""Linear heads on the frozen backbone: fitting, loading, and a score that is never a bare probability."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import cache
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from imaging import calibrate, cards
from imaging.backbone import Tap, extractor_id, feature_maps
from imaging.calibrate import OperatingPoint
from imaging.image import ImageError, MedicalImage, ModelMissing
from imaging.score import Score
from retrieval.evidence import Text, Word

SHIPPED: Mapping[str, str] = {"pneumonia": "model:pneumonia-head"}
"""The card of each head that ships; the card names its file and sha256."""

BRINGS = "python -m imaging.training.head --task {task} --data DIR --labels CSV --group COLUMN --out FILE"
"""The command that makes a head which does not ship."""

Pictures = NDArray[np.uint8]
Rows = NDArray[np.float32]


class AgeNeeded(ImageError):
    """The model speaks about an age group only, and the age is not known."""


class NotForThisAge(ImageError):
    """The person is outside the ages that the model was made from."""


class Extractor(Word):
    """Which numbers of the backbone a head stands on."""

    taps: tuple[Tap, ...]
    """Whose channels are averaged over the picture."""
    spread: tuple[Tap, ...] = ()
    """Whose channels' SD over the picture enters as well: how unevenly a pattern lies."""
    side: Annotated[int, Field(ge=32)]
    """Pictures are brought to this many px a side."""
    through: int = 0
    """First brought down to this many px, where a head was made from such pictures; 0 for no detour."""

    @property
    def id(self) -> str:
        spread = f"+sd-{''.join(self.spread)}" if self.spread else ""
        return extractor_id(self.taps, self.side) + spread


class Facts(Word):
    """Everything about a head but its weights."""

    task: Text
    classes: Annotated[tuple[Text, ...], Field(min_length=2)]
    """The first is the one without a sign."""
    extractor: Extractor
    temperature: Annotated[float, Field(gt=0)]
    alpha: Annotated[float, Field(gt=0, lt=1)]
    limits: tuple[float, ...]
    points: tuple[OperatingPoint, ...]
    """One for each class but the first, in order."""
    card: Text
    ages: tuple[int, int] | None = None
    """Years, both included; None where the model does not depend on age."""
    grain: tuple[float, float] | None = None
    """Range of :func:`grain` in 99 % of the pictures that the head was made from."""


class Head(NamedTuple):
    """A head's facts and weights; the first member was fitted to all pictures, the others to bootstrap samples."""

    facts: Facts
    weights: Rows
    """Members x features x classes."""
    offsets: Rows
    """Members x classes."""

    def logits(self, rows: Rows) -> NDArray[np.float64]:
        """Members x N x classes."""
        return np.asarray(np.einsum("nd,mdk->mnk", rows, self.weights) + self.offsets[:, None], np.float64)


def classify(image: MedicalImage, task: str = "pneumonia", age_years: int | None = None) -> tuple[Score, ...]:
    """The scores of one picture by a shipped head, one for each sign. Whoever calls has asked the gate before.

    Raises:
        ModelMissing: no such head ships, its file or the backbone is missing or not the known one.
        AgeNeeded: the model speaks about an age group, and the age is unknown.
        NotForThisAge: outside that age group.
    """
    head = shipped(task)
    check_age(head.facts, age_years)
    return score(head, image.rgb)


def check_age(facts: Facts, age_years: int | None) -> None:
    """Refuse a person that the head was not made from; see :func:`classify`."""
    if facts.ages is None:
        return
    first, last = facts.ages
    if age_years is None:
        raise AgeNeeded(f"the model for {facts.task} is for {first} to {last} years: the age is needed")
    if not first <= age_years <= last:
        raise NotForThisAge(
            f"the model for {facts.task} was made from people of {first} to {last} years only"
        )


def score(head: Head, pixels: Pictures) -> tuple[Score, ...]:
    """The scores of one H x W x 3 picture, one for each class but the first."""
    facts = head.facts
    ready = prepare(pixels, facts.extractor)
    members = head.logits(rows_of(ready[None], facts.extractor))
    chances = calibrate.probabilities(members[0], facts.temperature)
    sets = calibrate.prediction_sets(chances, facts.limits)[0]
    held = tuple(name for name, there in zip(facts.classes, sets, strict=True) if there)
    odd = _unusual(facts, ready)
    found = []
    for column, point in enumerate(facts.points, start=1):
        margins = [
            float(calibrate.log_odds(one, column, facts.temperature)[0]) - point.threshold for one in members
        ]
        found.append(
            Score(
                sign=point.sign, margin=margins[0], low=min(margins), high=max(margins), point=point,
                prediction_set=held, coverage=1 - facts.alpha, unusual=odd, card=facts.card,
            )
        )  # fmt: skip
    return tuple(found)


def prepare(pixels: Pictures, extractor: Extractor) -> Pictures:
    """The centre square of an H x W or H x W x 3 picture at the extractor's size, S x S x 3 bytes.

    As MedMNIST prepares its pictures: cut the longer side evenly at both ends, then resize (bicubic).
    """
    from PIL import Image

    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = Image.fromarray(np.ascontiguousarray(pixels[top : top + side, left : left + side]))
    for size in (extractor.through, extractor.side):
        if size and square.size != (size, size):
            square = square.resize((size, size), Image.Resampling.BICUBIC)
    return np.asarray(square.convert("RGB"))


def rows_of(ready: Pictures, extractor: Extractor, batch: int = 32) -> Rows:
    """N rows of pooled backbone maps: the means, then the SDs. ``ready`` is N x S x S x 3 bytes."""
    wanted = tuple(dict.fromkeys((*extractor.taps, *extractor.spread)))
    parts = []
    for start in range(0, len(ready), batch):
        maps = feature_maps(ready[start : start + batch], wanted, batch)
        means = [maps[tap].mean(axis=(2, 3)) for tap in extractor.taps]
        spreads = [maps[tap].std(axis=(2, 3)) for tap in extractor.spread]
        parts.append(np.concatenate([*means, *spreads], axis=1))
    return np.concatenate(parts).astype(np.float32)


def grain(ready: Pictures) -> float:
    """Share of the picture's variation that lies between neighbouring pixels: falls with blur, rises with noise."""
    grey = ready.astype(np.float32).mean(axis=2)
    steps = np.concatenate([np.diff(grey, axis=0).ravel(), np.diff(grey, axis=1).ravel()])
    return float(np.sqrt((steps**2).mean()) / max(1.0, float(grey.std())))


def _unusual(facts: Facts, ready: Pictures) -> tuple[str, ...]:
    if facts.grain is None:
        return ()
    low, high = facts.grain
    value = grain(ready)
    if value < low:
        return ("the picture is blurred beyond those that the model was made from",)
    return ("the picture is noisier than those that the model was made from",) if value > high else ()


class Linear(NamedTuple):
    """Weights (features x classes) and offsets of one fit, for rows as they are."""

    weights: NDArray[np.float64]
    offsets: NDArray[np.float64]

    def logits(self, rows: ArrayLike) -> NDArray[np.float64]:
        """N x classes."""
        return np.asarray(np.asarray(rows, dtype=np.float64) @ self.weights + self.offsets)


def fit(rows: ArrayLike, labels: ArrayLike, classes: int, strength: float, steps: int = 300) -> Linear:
    """Multinomial logistic regression, classes weighted equally: L2 penalty 1, data term ``strength``.

    Rows are standardised inside; the result takes them as they are. Refuses a class without a case.
    """
    from scipy.optimize import minimize

    raw, truth = np.asarray(rows, dtype=np.float32), np.asarray(labels, dtype=np.int64)
    counts = np.bincount(truth, minlength=classes)
    if len(raw) != len(truth) or len(counts) != classes or not counts.all():
        raise ValueError("each class needs a case, and each case a label")
    centre, scale = raw.mean(axis=0), raw.std(axis=0) + 1e-4
    x, y = (raw - centre) / scale, np.eye(classes, dtype=np.float32)[truth]
    weight = (strength * len(truth) / classes / counts)[truth].astype(np.float32)
    size = x.shape[1] * classes

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        w, b = flat[:size].reshape(-1, classes).astype(np.float32), flat[size:].astype(np.float32)
        z = x @ w + b
        z -= z.max(axis=1, keepdims=True)
        total = np.exp(z).sum(axis=1, keepdims=True)
        slope = (np.exp(z) / total - y) * weight[:, None]
        value = float((weight * (np.log(total[:, 0]) - (z * y).sum(axis=1))).sum(dtype=np.float64))
        pull = np.concatenate([(x.T @ slope).ravel() + flat[:size], slope.sum(axis=0)])
        return value + 0.5 * float((flat[:size] ** 2).sum()), pull.astype(np.float64)

    done = minimize(loss, np.zeros(size + classes), jac=True, method="L-BFGS-B", options={"maxiter": steps})
    weights = done.x[:size].reshape(-1, classes) / scale[:, None]
    return Linear(weights, done.x[size:] - centre @ weights)


def pack(head: Head) -> bytes:
    """The head as the bytes of an npz: plain arrays and JSON, nothing pickled."""
    packed = io.BytesIO()
    facts = np.frombuffer(head.facts.model_dump_json().encode(), dtype=np.uint8)
    np.savez(
        packed, facts=facts, weights=head.weights.astype(np.float32), offsets=head.offsets.astype(np.float32)
    )
    return packed.getvalue()


def unpack(packed: bytes) -> Head:
    """The head in the bytes of :func:`pack`; refuses pickles and shapes that do not fit."""
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        facts = Facts.model_validate(json.loads(arrays["facts"].tobytes()))
        weights, offsets = arrays["weights"], arrays["offsets"]
    if weights.ndim != 3 or weights.shape[2] != len(facts.classes) or offsets.shape != weights.shape[::2]:
        raise ValueError("the head's weights do not fit its facts")
    return Head(facts, weights, offsets)


@cache
def shipped(task: str) -> Head:
    """A head of the zoo, hash-checked.

    Raises:
        ModelMissing: none for this task ships, or the file is not the known one.
    """
    if task not in SHIPPED:
        raise ModelMissing(f"no head for {task} ships: {BRINGS.format(task=task)}")
    if not cards.is_held(SHIPPED[task]):
        raise ModelMissing(f"the head for {task} is missing or not the known one: {BRINGS.format(task=task)}")
    return unpack(cards.file_of(SHIPPED[task]).read_bytes())
