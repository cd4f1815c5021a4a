"""The sentences of a record, and the two that do not agree."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BREAK = re.compile(
    r"\n+|;\s+|(?<=[^\W\d_]{2}[.!?])\s+(?=[A-Z0-9])|(?<=[\d)][.!?])\s+(?=[A-Z0-9])|(?<=[FM]\.)\s+(?=[A-Z0-9])|(?<=\?)\s+"
)
"""A stop ends a sentence where a capital follows: "5 mg. Allergies" is two, "1.5 mg" and "q.d. with" are none."""
_OTHERS = re.compile(
    r"\b(?:mother|father|mum|mom|dad|parents?|sister|brother|siblings?|son|daughter|child(?:ren)?|baby|infant|newborn|twins?"
    r"|wife|husband|partner|spouse|girlfriend|boyfriend|aunt|uncle|cousin|niece|nephew|grand\w+|relatives?"
    r"|family history|family|fhx?|donor|carer|neighbou?r)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Clash:
    """Two places of a record that do not agree, or one place (``second`` "") that cannot be. ``what`` says why."""

    what: str
    first: str
    second: str = ""

    @property
    def said(self) -> str:
        """One line for the reader."""
        if not self.second:
            return f"This cannot be right: “{self.first}” ({self.what})."
        return f"These two do not agree: “{self.first}” and “{self.second}” ({self.what})."


def sentences(record: str) -> tuple[str, ...]:
    """The sentences of a record as they stand, without questions to the reader."""
    parts = (part.strip().rstrip(".").strip() for part in _BREAK.split(record))
    return tuple(part for part in parts if part and not part.endswith("?"))


def of_others(sentence: str) -> bool:
    """Whether a sentence speaks of a relative, a donor or a carer: nothing in it is then taken for the patient's."""
    return bool(_OTHERS.search(sentence))
