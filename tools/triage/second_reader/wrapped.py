"""Training messages as people really send them: a sign among greetings, ages, drugs, denials and what goes well.

The words around it come from ``knowledge/triage/reader/chatter.yaml`` and stand around messages of all three kinds
alike, so that the reader learns that they tell nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import yaml

from tools.triage.lexicon import FOLDER
from tools.triage.second_reader import pieces

_CHANCES = (
    ("greetings", 0.7), ("who", 0.8), ("talk", 0.5), ("fine", 0.4), ("", 1.0), ("since", 0.6), ("fine", 0.3),
    ("drugs", 0.3), ("talk", 0.15), ("denials", 0.5), ("denials", 0.2), ("questions", 0.6),
)  # fmt: skip
"""What stands around a sign, in this order, and how often; "" is the sign itself."""
_SERIOUS = 0.3
"""How much of "it goes well otherwise" stays with an emergency: some play it down."""
_NUMBERS, _AGES = (2, 48), (16, 88)


class Piece(NamedTuple):
    """A piece of a message as the reader cuts it, its kind as in training, and the message that it belongs to."""

    text: str
    kind: int
    message: int


@cache
def _chatter() -> Mapping[str, Sequence[str]]:
    held: Mapping[str, Sequence[str]] = yaml.safe_load(
        (FOLDER / "reader" / "chatter.yaml").read_text(encoding="utf-8")
    )
    return held


def wrapped(text: str, kind: int, draw: random.Random) -> tuple[str, int, int]:
    """The message with chatter around it, and where its own words begin and end."""
    parts: list[str] = []
    begin = 0
    for name, chance in _CHANCES:
        if not name:
            begin = sum(len(part) + 1 for part in parts)
            parts.append(text)
            continue
        less = _SERIOUS if kind == 2 and name == "fine" else 1.0
        if draw.random() < chance * less:
            line = draw.choice(_chatter()[name])
            parts.append(line.format(age=draw.randint(*_AGES), number=draw.randint(*_NUMBERS)))
    return " ".join(parts), begin, begin + len(text)


def cut(text: str, begin: int, end: int, kind: int, message: int) -> Iterator[Piece]:
    """The pieces of a message whose sign stands at ``begin`` to ``end``.

    A piece that holds all of the sign is of its kind; one that holds none of it is harmless; one that holds a part
    teaches nothing and is left out, unless the whole message is harmless.
    """
    for piece in pieces(text):
        first = text.find(piece)
        last = first + len(piece)
        if first <= begin and end <= last + 1:
            yield Piece(piece, kind, message)
        elif kind == 0 or last <= begin or end <= first:
            yield Piece(piece, 0, message)
