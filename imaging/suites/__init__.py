"""The bars of the imaging spec as programs: each suite yields rows, and ``consilium image evaluate`` prints them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import cast

from imaging.suites.row import Given, Row
from retrieval.evidence import Text, Word


class Suite(Word):
    """A named part of the table. ``module`` offers ``rows(given) -> Iterator[Row]`` and is imported when it runs."""

    module: Text
    bars: tuple[int, ...]
    title: Text
    minutes: float
    """About how long it takes on one core without training."""


SUITES: Mapping[str, Suite] = {
    "vessels": Suite(module="vessels", bars=(1, 2, 3), title="Vessels against human drawings", minutes=6),
    "gates": Suite(module="gates", bars=(4, 5), title="What the gates let in", minutes=8),
    "quality": Suite(module="quality", bars=(6,), title="Can it be read", minutes=4),
    "anomaly": Suite(
        module="anomaly", bars=(7, 8), title="Unlike healthy pictures: score and map", minutes=8
    ),
    "reference": Suite(module="reference", bars=(9,), title="The healthy reference", minutes=4),
    "heads": Suite(
        module="heads", bars=(10, 11, 12, 13, 14), title="Classification and its certainty", minutes=12
    ),
    "generators": Suite(module="generators", bars=(15, 16, 17), title="Generated pictures", minutes=15),
    "enhance": Suite(module="enhance", bars=(18,), title="Super-resolution", minutes=3),
    "files": Suite(module="files", bars=(19,), title="Files of all sorts", minutes=3),
    "reading": Suite(module="reading", bars=(20,), title="Time and memory of one reading", minutes=1),
}


def run(name: str, given: Given) -> Iterator[Row]:
    """The rows of a suite as they are measured.

    Raises:
        KeyError: there is no suite of that name.
        FileNotFoundError: a development set that it needs is not in ``given.data``; the message names it.
    """
    module = import_module(f"imaging.suites.{SUITES[name].module}")
    rows = cast(Callable[[Given], Iterator[Row]], module.rows)
    return rows(given)
