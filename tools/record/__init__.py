"""What does not agree within one patient's record: fixed rules over its sentences, no model.

Each rule names two quoted places (or one impossible value) and is silent where a sentence is about somebody else,
denied or a plan. What no rule is written for is not found.
"""

from __future__ import annotations

from collections.abc import Iterator

from tools.record.lists import list_clashes
from tools.record.measured import value_clashes
from tools.record.person import person_clashes
from tools.record.sentences import Clash, sentences

LOOKED_FOR = (
    "two dates of birth, ages or sexes; an organ or pregnancy of the other sex; a drug that is listed and said to be "
    "stopped; an allergy beside a prescription; impossible or unlike values"
)
MOST = 12


def clashes(record: str, sex: str = "", sex_words: str = "") -> tuple[Clash, ...]:
    """What does not agree in a record, each once, at most :data:`MOST`.

    Args:
        sex: "female" or "male" as the patient frame holds it, for a record that does not tell it in words of its own.
        sex_words: the words that told the frame so.
    """
    told = sentences(record)
    found: dict[tuple[str, str], Clash] = {}
    for one in _all(told, sex, sex_words):
        found.setdefault((one.what, one.second or one.first), one)
    return tuple(found.values())[:MOST]


def _all(told: tuple[str, ...], sex: str, sex_words: str) -> Iterator[Clash]:
    yield from person_clashes(told, sex, sex_words)
    yield from list_clashes(told)
    yield from value_clashes(told)
