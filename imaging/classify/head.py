"""A head: its facts and weights, its file, and the scores that it gives a picture."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from imaging import calibrate
from imaging.calibrate import OperatingPoint
from imaging.classify.extract import Cut, Extractor, grain, looked_at, rows_of_squares, square
from imaging.image import ImageError
from imaging.score import Score
from retrieval.evidence import Text, Word

Kind = Literal["fundus", "chest_xray", "breast_ultrasound", "other"]
"""Of which pictures a head speaks; a reading asks no head of "other"."""

Pictures = NDArray[np.uint8]
Rows = NDArray[np.float32]


class AgeNeeded(ImageError):
    """The model speaks about an age group only, and the age is not known."""


class NotForThisAge(ImageError):
    """The person is outside the ages that the model was made from."""


class Facts(Word):
    """Everything about a head but its weights."""

    task: Text
    classes: Annotated[tuple[Text, ...], Field(min_length=2)]
    """The first is the one without a sign."""
    extractor: Extractor
    beside: tuple[Extractor, ...] = ()
    """Further extractors of the same square, whose rows stand after the first one's."""
    cut: Cut = "centre"
    mirrored: bool = False
    """Whether the mirror image is looked at as well and the logits are averaged."""
    kind: Kind = "other"
    temperature: Annotated[float, Field(gt=0)]
    alpha: Annotated[float, Field(gt=0, lt=1)]
    limits: tuple[float, ...]
    """Class-wise conformal limits, for pictures from the source of the training cases."""
    wide: tuple[float, ...] = ()
    """The same, widened so that they held under every shift of the training cases out of fold; empty: not measured."""
    points: tuple[OperatingPoint, ...]
    """One for each class but the first, in order."""
    card: Text
    ages: tuple[int, int] | None = None
    """Years, both included; None where the model does not depend on age."""
    grain: tuple[float, float] | None = None
    """Range of :func:`grain` in 99 % of the pictures that the head was made from."""

    @property
    def extractors(self) -> tuple[Extractor, ...]:
        return (self.extractor, *self.beside)

    @property
    def features(self) -> str:
        """The id of all features that go in."""
        return " ".join(one.id for one in self.extractors)


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


def check_age(facts: Facts, age_years: int | None) -> None:
    """Refuse a person that the head was not made from.

    Raises:
        AgeNeeded: the model speaks about an age group, and the age is unknown.
        NotForThisAge: outside that age group.
    """
    if facts.ages is None:
        return
    first, last = facts.ages
    if age_years is None:
        raise AgeNeeded(f"the model for {facts.task} is for {first} to {last} years: the age is needed")
    if not first <= age_years <= last:
        raise NotForThisAge(
            f"the model for {facts.task} was made from people of {first} to {last} years only"
        )


class Looked(NamedTuple):
    """What heads with the same extractors see of one picture."""

    ready: Pictures
    """As the first extractor sees it."""
    rows: tuple[Rows, ...]
    """Of the picture, and of its mirror image where that is looked at as well; 1 x features each."""


def score(head: Head, pixels: Pictures) -> tuple[Score, ...]:
    """The scores of one H x W x 3 picture, one for each class but the first.

    Nobody knows where a picture comes from: the set is the widened one, where the head has it. A picture whose set was
    empty before that stays without an answer: widening must not make a head surer.
    """
    return scores_of([head], pixels)


def scores_of(heads: Sequence[Head], pixels: Pictures) -> tuple[Score, ...]:
    """The scores of several heads in order; what two of them look at in the same way is looked at once."""
    seen: dict[object, Looked] = {}
    found: list[Score] = []
    for head in heads:
        way = (head.facts.extractors, head.facts.cut, head.facts.mirrored)
        if way not in seen:
            seen[way] = look(head.facts, pixels)
        found += _scores(head, seen[way])
    return tuple(found)


def look(facts: Facts, pixels: Pictures) -> Looked:
    """The rows of one H x W x 3 picture."""
    ready = square(pixels, facts.extractor, facts.cut)
    views = [ready, ready[:, ::-1]] if facts.mirrored else [ready]
    rows = tuple(rows_of_squares(np.ascontiguousarray(one)[None], facts.extractors) for one in views)
    return Looked(looked_at(ready, facts.extractor), rows)


def _scores(head: Head, looked: Looked) -> Iterator[Score]:
    facts = head.facts
    members = np.mean([head.logits(one) for one in looked.rows], axis=0)
    chances = calibrate.probabilities(members[0], facts.temperature)
    narrow, held = (_named(facts, chances, limits) for limits in (facts.limits, facts.wide or facts.limits))
    odd = (*_unusual(facts, looked.ready), *_between(facts, narrow))
    for column, point in enumerate(facts.points, start=1):
        margins = [
            float(calibrate.log_odds(one, column, facts.temperature)[0]) - point.threshold for one in members
        ]
        yield Score(
            sign=point.sign, margin=margins[0], low=min(margins), high=max(margins), point=point,
            prediction_set=held, same_source_set=narrow, widened=bool(facts.wide),
            coverage=1 - facts.alpha, unusual=odd, card=facts.card,
        )  # fmt: skip


def _named(facts: Facts, chances: NDArray[np.float64], limits: tuple[float, ...]) -> tuple[str, ...]:
    there = calibrate.prediction_sets(chances, limits)[0]
    return tuple(name for name, one in zip(facts.classes, there, strict=True) if one)


def _unusual(facts: Facts, ready: Pictures) -> tuple[str, ...]:
    if facts.grain is None:
        return ()
    low, high = facts.grain
    value = grain(ready)
    if value < low:
        return ("the picture is blurred beyond those that the model was made from",)
    return ("the picture is noisier than those that the model was made from",) if value > high else ()


def _between(facts: Facts, narrow: tuple[str, ...]) -> tuple[str, ...]:
    if narrow:
        return ()
    share = f"{100 * (1 - facts.alpha):.0f} %"
    return (f"the picture is less typical of every class than {share} of that class's training pictures",)


def pack(head: Head) -> bytes:
    """The head as the bytes of an npz: plain arrays and JSON, nothing pickled."""
    packed = io.BytesIO()
    facts = np.frombuffer(head.facts.model_dump_json().encode(), dtype=np.uint8)
    np.savez(
        packed, facts=facts, weights=head.weights.astype(np.float32), offsets=head.offsets.astype(np.float32)
    )
    return packed.getvalue()


def unpack(packed: bytes) -> Head:
    """The head in the bytes of :func:`pack`; refuses (ValueError) pickles and shapes that do not fit."""
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        facts = Facts.model_validate(json.loads(arrays["facts"].tobytes()))
        weights, offsets = arrays["weights"], arrays["offsets"]
    if weights.ndim != 3 or weights.shape[2] != len(facts.classes) or offsets.shape != weights.shape[::2]:
        raise ValueError("the head's weights do not fit its facts")
    return Head(facts, weights, offsets)
