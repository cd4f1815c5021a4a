"""Does a sentence point the same way as its evidence, and no stronger?"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from assistant.verify.quotes import plain
from assistant.verify.words import nearest

_NEGATION = re.compile(
    r"\b(?:no|not|never|neither|nor|without|cannot|none|failed to|lack of|non|insignificant\w*)\b|n't\b",
    re.IGNORECASE,
)
_NULL = re.compile(
    r"\bno (?:statistically )?(?:significant |relevant |clear )?(?:difference|effect|change|association|benefit)"
    r"|\bnot (?:statistically )?(?:significant|differ)"
    r"|\bdid not (?:significantly )?(?:differ|change|affect|improve|reduce|increase)"
    r"|\bnon-?significant|\bsimilar\b|\bunchanged\b|\bcomparable\b|\bns\b",
    re.IGNORECASE,
)
_POLES: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "amount": (
        re.compile(
            r"\b(?:increas\w*|higher|more|rais\w+|rose|ris(?:e|es|ing)|greater|elevat\w+|longer|larger|gain\w*|doubl\w+"
            r"|enhanc\w+|up)\b",
            re.IGNORECASE,
        ),
        re.compile(
            r"\b(?:decreas\w*|reduc\w+|lower\w*|fewer|less\w*|declin\w*|fell|falls?|drop\w*|shorter|smaller|loss|halv\w+"
            r"|diminish\w*|down|prevent\w*|attenuat\w*)\b",
            re.IGNORECASE,
        ),
    ),
    "worth": (
        re.compile(r"\b(?:improv\w*|better|benefi\w+|effective|superior|protect\w*|helps?)\b", re.IGNORECASE),
        re.compile(r"\b(?:wors\w+|harm\w*|inferior|ineffective|detriment\w*|deteriorat\w*)\b", re.IGNORECASE),
    ),
}


def negates(text: str) -> bool:
    """True if the text holds a negation."""
    return bool(_NEGATION.search(text))


def finds_no_difference(text: str) -> bool:
    """True if the text says that two things do not differ."""
    return bool(_NULL.search(text))


def poles(text: str) -> dict[str, set[str]]:
    """For each pair of poles which of them the text names: "first" (up, benefit), "second" (down, harm)."""
    return {
        pair: {
            side for side, pattern in zip(("first", "second"), patterns, strict=True) if pattern.search(text)
        }
        for pair, patterns in _POLES.items()
    }


def reversed_direction(sentence: str, evidence: str) -> str | None:
    """Why the sentence points another way than the nearest sentences of the evidence; None if it does not."""
    ground = nearest(plain(sentence), plain(evidence))
    here, there = poles(sentence), poles(ground)
    for pair in _POLES:
        if here[pair] and there[pair] and not here[pair] & there[pair]:
            return "it points the other way than its evidence"
        if len(here[pair]) == 1 and not there[pair] and _NULL.search(ground) and not _NULL.search(sentence):
            return "its evidence reports no difference"
    if bool(_NULL.search(sentence)) and not _NULL.search(ground):
        return "it says that there is no difference and its evidence does not"
    if negates(sentence) != negates(ground) and not _NULL.search(sentence):
        return "it negates what its evidence affirms, or the other way round"
    return None


@cache
def strong_words() -> tuple[re.Pattern[str], ...]:
    """Words that claim more than evidence mostly can."""
    path = Path(__file__).parents[1] / "knowledge" / "strong_words.yaml"
    return tuple(
        re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)
        for word in yaml.safe_load(path.read_text("utf-8"))
    )


def too_strong(sentence: str, evidence: str) -> str | None:
    """The first strong word of the sentence that its evidence does not use."""
    for pattern in strong_words():
        match = pattern.search(sentence)
        if match and not pattern.search(evidence):
            return match.group()
    if re.search(r"\bsimulat", evidence, re.IGNORECASE) and not re.search(
        r"\bsimulat", sentence, re.IGNORECASE
    ):
        return "a simulated result told as an observed one"
    return None
