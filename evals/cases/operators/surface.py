"""Surface: slips of the finger, capitals, missing stops, line breaks, chatter, emoji. The gold may not change."""

from __future__ import annotations

import re

import numpy as np

from evals.cases.case import Case
from evals.cases.operators.operator import Change, Operator
from evals.cases.operators.words import Edit, english, first, lay, rewritten, sentences

CHATTER = 4000
"""Characters before, and as many after."""
_WORD = re.compile(r"[A-Za-zÀ-ÿ]{4,}")
_STOPS = re.compile(r"(?<!\d)[.,;:!?]+|[.,;:!?]+(?!\d)")
EMOJI = ("😟", "🙏", "😩", "😅", "🤷", "😬", "😔", "🥴")
TALK = (
    "We finally got the kitchen painted last week and it looks lovely.",
    "My neighbour is learning the trumpet and he is getting better at it.",
    "The bus was late again this morning so I walked along the canal.",
    "I have been reading that long book about the lighthouse keeper.",
    "Our choir is singing in the town hall in December.",
    "The tomatoes did well this year, we gave half of them away.",
    "My cousin has moved to a flat near the station.",
    "I watched the football with the sound off because the baby next door was asleep.",
    "There is a new bakery on the corner and the queue goes round the block.",
    "We are saving up for a caravan, nothing fancy.",
    "The printer at work has been broken since Tuesday.",
    "I took the car in for its yearly test and it passed.",
    "My colleague brought in a cake with far too much icing.",
    "They are digging up the road outside the library.",
    "I bought a blue coat in the sale.",
    "The quiz on the radio was easy today.",
    "We planted bulbs along the path and the squirrels found every one.",
    "My phone keeps asking me to update it.",
    "The school play is about pirates this time.",
    "I still have to write the cards for the holidays.",
    "Somebody left a very nice umbrella on the train.",
    "The council has changed the bins to every second week.",
    "I tried to bake bread and it came out like a brick.",
    "Our street is having a party if the weather holds.",
)
"""Sentences about nothing medical, written for this; none names a body, a feeling or a time of illness."""


def _slip(word: str, draw: np.random.Generator) -> str:
    """Two letters swapped, one dropped or one doubled; the first letter stays."""
    place = int(draw.integers(1, len(word) - 1))
    kind = int(draw.integers(3))
    if kind == 0:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == 1:
        return word[:place] + word[place + 1 :]
    return word[: place + 1] + word[place:]


def _typos(rate: float) -> Change:
    def change(case: Case, draw: np.random.Generator) -> Case | None:
        edits = [
            Edit(word.start(), word.end(), _slip(word.group(), draw))
            for word in _WORD.finditer(first(case))
            if draw.random() < rate
        ]
        return rewritten(case, edits)

    return change


def _no_punctuation(case: Case, draw: np.random.Generator) -> Case | None:
    text = first(case)
    found = _STOPS.finditer(text)
    return rewritten(case, [Edit(one.start(), one.end(), _gap(text, one.end())) for one in found])


def _gap(text: str, place: int) -> str:
    """A blank where two words would grow together."""
    return "" if text[place : place + 1].isspace() or place == len(text) else " "


def _capitals(case: Case, draw: np.random.Generator) -> Case | None:
    """Every letter that has one capital of its own."""
    text = first(case)
    return rewritten(
        case,
        [
            Edit(place, place + 1, letter.upper())
            for place, letter in enumerate(text)
            if letter.islower() and len(letter.upper()) == 1
        ],
    )


def _newlines(case: Case, draw: np.random.Generator) -> Case | None:
    """Each sentence in a paragraph of its own."""
    starts = [start for start, _ in sentences(first(case))[1:]]
    return rewritten(case, [Edit(start, start, "\n\n") for start in starts])


def _chatter(case: Case, draw: np.random.Generator) -> Case | None:
    end = len(first(case))
    return rewritten(case, [Edit(0, 0, _talk(draw) + " "), Edit(end, end, " " + _talk(draw))])


def _talk(draw: np.random.Generator) -> str:
    said: list[str] = []
    while sum(len(one) + 1 for one in said) < CHATTER:
        said += [TALK[place] for place in draw.permutation(len(TALK))]
    return " ".join(said)[:CHATTER].rpartition(".")[0] + "."


def _emoji(case: Case, draw: np.random.Generator) -> Case | None:
    ends = [end for _, end in sentences(first(case))]
    return rewritten(case, [Edit(end, end, " " + str(draw.choice(EMOJI))) for end in ends])


OPERATORS = (
    Operator("typos_15", "surface", "same", english, _typos(0.15)),
    Operator("typos_30", "surface", "same", english, _typos(0.30)),
    Operator("no_punctuation", "surface", "same", lay, _no_punctuation),
    Operator("all_caps", "surface", "same", lay, _capitals),
    Operator("newlines", "surface", "same", lay, _newlines),
    Operator("chatter", "surface", "same", english, _chatter),
    Operator("emoji", "surface", "same", lay, _emoji),
)
