"""Content words of a sentence, stemmed, for measuring how much of it the evidence carries."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.verify.quotes import plain

_TOKEN = re.compile(r"[^\W_][\w*:.-]*[^\W_]|[^\W_]")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[A-Z0-9(])|\n+")
_EMPTY = frozenset(
    """
    a an the of to in on at by for with from as and or but nor so than then that this these those it its is
    are was were be been being has have had do does did can could may might will would shall should must not
    no who whom which what when where how there their they them he she his her we our you your i me my into
    out over under about between among after before during per also more most other such only own same both
    each any some all very up down off versus vs ci p n effect population design limits reports report
    reported study trial patient patients people group groups compared comparison
    """.split()
)


@lru_cache(maxsize=1)
def _stemmer() -> object:
    import Stemmer

    return Stemmer.Stemmer("english")


@lru_cache(maxsize=8192)
def content(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning; numbers are left to the number check."""
    words = [token.lower() for token in _TOKEN.findall(plain(text))]
    kept = [word for word in words if word not in _EMPTY and not word.replace(".", "").isdigit()]
    return frozenset(_stemmer().stemWords(kept))  # type: ignore[attr-defined]


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, by its punctuation."""
    return tuple(part for part in _SENTENCE.split(text.strip()) if part)


def share(sentence: str, evidence: str) -> float:
    """Share of the sentence's content words that the evidence holds, 0 to 1; 1 for a sentence without any."""
    words = content(sentence)
    return len(words & content(evidence)) / len(words) if words else 1.0


def alike(one: str, other: str) -> float:
    """Common content words of two sentences, as a share of the shorter one's; 0 if either has none."""
    first, second = content(one), content(other)
    return len(first & second) / min(len(first), len(second)) if first and second else 0.0


def nearest(sentence: str, evidence: str, count: int = 6) -> str:
    """The sentences of the evidence that speak about the same thing, most alike first."""
    ranked = sorted(
        ((alike(sentence, other), other) for other in sentences(evidence)), key=lambda pair: -pair[0]
    )
    best = ranked[0][0] if ranked else 0.0
    return " ".join(other for score, other in ranked[:count] if score >= 0.6 * best)
