"""Allergy entries of a clinician's note: what happened once to a named drug is no emergency of today.

Only for clinicians, only where the reaction stands with a drug or class that we know, and only in a sentence without a
word of the present. Everything else reaches the red-flag gate as it was written.
"""

from __future__ import annotations

import re
from functools import cache

from tools.treatment.load import knowledge

_NOW = re.compile(
    r"\b(?:now|just|today|tonight|this (?:morning|evening|afternoon)|minutes?|hours?|currently|acute\w*|sudden\w*|since"
    r"|started|starting|having|is in|in shock|collaps\w+|wheez\w+|swelling|breath\w*|stridor|adrenaline|epinephrine)\b",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"(\ballerg(?:ic to|y to|y:|ies:)[^.;\n()]{0,80})\([^()]{0,80}\)", re.IGNORECASE)
_BEHIND = re.compile(r"\b([a-z-]{3,30})\s+anaphyla(?:xis|ctic reaction)\b", re.IGNORECASE)
_BEFORE = re.compile(
    r"\banaphyla(?:xis|ctic reaction)\s+(?:to|with|from|on|after)\s+([a-z-]{3,30})\b", re.IGNORECASE
)
_SENTENCES = re.compile(r"(?<=[.!?;\n])")


def without_entries(text: str) -> str:
    """The text without the reactions of its allergy entries."""
    return "".join(part if _NOW.search(part) else _bare(part) for part in _SENTENCES.split(text))


def _bare(sentence: str) -> str:
    sentence = _BRACKETED.sub(r"\1", sentence)
    for pattern in (_BEHIND, _BEFORE):
        sentence = pattern.sub(lambda hit: hit[1] if hit[1].casefold() in _names() else hit[0], sentence)
    return sentence


@cache
def _names() -> frozenset[str]:
    held = knowledge()
    drugs = (
        name for one in held.drugs.values() for name in (one.id.replace("_", " "), *one.names, *one.brands)
    )
    classes = (name for one in held.classes.values() for name in one.says)
    return frozenset(name.casefold() for name in (*drugs, *classes))
