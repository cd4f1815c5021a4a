"""A sentence that is almost its evidence: is the little that differs harmless?

Word for word, a near-quotation with one number, one name or one direction changed looks well supported. So the two are
aligned, and what was replaced, put in or left out must be neither a number, a name, a direction nor a negation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from assistant.verify.direction import finds_no_difference, negates, poles
from assistant.verify.names import drugs
from assistant.verify.quotes import plain
from assistant.verify.words import alike, sentences

NEAR = 0.7
"""From this share of common words on, two sentences count as almost the same."""
_TOKEN = re.compile(r"[\w]+(?:[.,·][\d]+)*|[%<>=≤≥±]")
_NUMBER = re.compile(r"\d")


def quoted(sentence: str, evidence: str) -> bool:
    """True if the sentence is one or more whole sentences of the evidence, word for word."""
    wanted, whole = plain(sentence), [plain(part) for part in sentences(evidence)]
    return any(
        wanted == " ".join(whole[first:last])
        for first in range(len(whole))
        for last in range(first + 1, len(whole) + 1)
    )


def altered(sentence: str, evidence: str) -> str | None:
    """What a near-quotation changes in its evidence, in words; None if nothing that matters, or it is none."""
    best = max(sentences(evidence), key=lambda other: alike(sentence, other), default="")
    there, here = _tokens(best), _tokens(sentence)
    matcher = SequenceMatcher(None, there, here, autojunk=False)
    if matcher.ratio() < NEAR:
        return None
    moved = _moved(there, here)
    for kind, a, b, c, d in matcher.get_opcodes():
        new = [token for place, token in enumerate(here[c:d], c) if place not in moved]
        if kind != "equal" and (why := _harm(there[a:b], new)):
            return why
    return None


def _moved(there: Sequence[str], here: Sequence[str]) -> frozenset[int]:
    """Places of numbers and names that only stand elsewhere: as often, and after the same word ("against warfarin")."""
    pairs = set(pairwise(there))
    return frozenset(
        place
        for place in range(1, len(here))
        if (here[place - 1], here[place]) in pairs and here.count(here[place]) <= there.count(here[place])
    )


def _tokens(text: str) -> list[str]:
    return [token.lower() for token in _TOKEN.findall(plain(text))]


def _harm(before: Sequence[str], after: Sequence[str]) -> str | None:
    old, new = " ".join(before), " ".join(after)
    for token in after:
        if (_NUMBER.search(token) or token in drugs()) and token not in before:
            return f"“{token}” is not what its evidence says in that place"
    if negates(old) != negates(new) or finds_no_difference(old) != finds_no_difference(new):
        return "it negates what its evidence affirms, or the other way round"
    was, now = poles(old), poles(new)
    if any(now[pair] and not now[pair] & was[pair] for pair in now):
        return "it points another way than its evidence"
    return None
