"""A learned ear for help to harm or to deceive, where the phrases of :mod:`tools.triage.requests` heard nothing.

A logistic regression on the sentence vector of all-MiniLM-L6-v2 and on words and pairs of words (English only), trained
by ``python -m tools.triage.requests_train`` on messages of our own. It refuses only where it is sure, it is asked only
where no red flag fired, and it can lower no level. The phrases stand without it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.embed import EmbeddingUnavailable, Encoder, MiniLM
from tools.triage.language import language
from tools.triage.lexicon import ENGLISH, FOLDER, KnowledgeError
from tools.triage.requests import requests

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.float64]

WEIGHTS = FOLDER / "harm" / "weights.json"
LONGEST = 60
"""Words; a longer message is a story, and the phrases read all of it."""
WORDS_WEIGH = 1.5
"""How much the words count beside the vector, which has length 1. Chosen on the folds of the training."""
Listener = Callable[[str], str]
"""The id of the request that a message makes, or "" where it makes none that is known."""

_WORD = re.compile(r"[a-z0-9']+")
_ASKS = re.compile(
    r"\?|\b(?:how|what|which|where|whom|who|tell|show|help|teach|explain|give|write|word|make|find|invent|draft|draw"
    r"|create|generate|produce|print|fill|sign|sit|change|rewrite|copy|move|upload|put|get|let|sell|open|run|list|plan|please"
    r"|i want|i need|i'd like|i would like|we need|we want|we'd like|can you|could you)\b",
    re.IGNORECASE,
)

_SUFFERS = re.compile(
    r"\b(?:hit|hurt|beat|chok|forc|threaten|rap|drugg|touch|abus|kick|slapp?|stalk|attack|push|bull(?:y|ie)|blackmail|punish"
    r"|follow|burn|control|lock|tie|cut|shout)(?:s|es|ed|t|en|ing)? (?:at |on |up )?(?:me|us)\b"
    r"|\b(?:he|she|somebody|someone|partner|husband|wife|boyfriend|girlfriend|father|dad|mother|stepfather|boss|doctor"
    r"|therapist|coach|man|they)\b[^.?!]{0,30}"
    r"\b(?:takes? away|hides?|hid|controls?|put (?:something )?in|touched|spiked|stole)"
    r" (?:in )?my\b|\bafraid of (?:him|her|them)\b"
    r"|\bi (?:was|have been|am being) (?:raped|drugged|abused|beaten|spiked|stalked)\b"
    r"|\bkill myself\b|\bi(?: am|'m) scared (?:of|that i)\b",
    re.IGNORECASE,
)
"""Somebody suffers, or fears to do harm, and asks for help: never refused by this reader."""


def asks(text: str) -> bool:
    """Whether a message is a short English question, wish or order, and no cry for help: only such a one is read."""
    short = 3 <= len(text.split()) <= LONGEST
    if not short or _SUFFERS.search(text):
        return False
    return bool(_ASKS.search(text)) and language(text) == ENGLISH


def terms(text: str) -> tuple[str, ...]:
    """The words of a text and its pairs of neighbours, each once."""
    words = _WORD.findall(text.casefold().replace("’", "'"))
    pairs = (f"{left} {right}" for left, right in pairwise(words))
    return tuple(dict.fromkeys((*words, *pairs)))


class RequestsReader:
    """Reads messages with an encoder and the trained weights.

    Raises:
        KnowledgeError: the weights do not parse, belong to another encoder, or name a request that there is not.
    """

    def __init__(self, encoder: Encoder, weights: Path = WEIGHTS) -> None:
        import numpy as np

        self._encoder = encoder
        try:
            held: dict[str, Any] = json.loads(weights.read_text(encoding="utf-8"))
            self._vector = np.asarray(held["vector"], dtype=np.float64)
            self._words: Mapping[str, float] = {word: float(one) for word, one in held["words"].items()}
            self._bias, self.limit = float(held["bias"]), float(held["limit"])
            self._names = tuple(held["requests"])
            rows = [held["requests"][name] for name in self._names]
            self._kinds = np.asarray([row["vector"] for row in rows], dtype=np.float64)
            self._kind_bias = np.asarray([row["bias"] for row in rows], dtype=np.float64)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as wrong:
            raise KnowledgeError(f"{weights.name}: {wrong}") from wrong
        harmful = {one.id for one in requests().held if one.harmful}
        sound = np.isfinite([*self._vector, *self._words.values(), self._bias, self.limit]).all()
        if not sound or not set(self._names) <= harmful:
            raise KnowledgeError(f"{weights.name}: a weight is no number, or a request is not a harmful one")
        if held.get("encoder") != encoder.name:
            raise KnowledgeError(f"{weights.name} belongs to {held.get('encoder')}, not to {encoder.name}")

    def scores(self, texts: Sequence[str]) -> list[float]:
        """How surely each text asks for help to harm; compare with :attr:`limit`."""
        rows = self._encoder.encode(texts).astype(float) @ self._vector
        return [float(row) + self._of_words(text) + self._bias for row, text in zip(rows, texts, strict=True)]

    def _of_words(self, text: str) -> float:
        known = [self._words[term] for term in terms(text) if term in self._words]
        return WORDS_WEIGH * sum(known) / len(known) ** 0.5 if known else 0.0

    def heard(self, text: str) -> str:
        """The id of the harmful request that a message makes; "" where it is not sure, or where it is none to read.

        Raises:
            EmbeddingUnavailable: the encoder does not load.
        """
        if not asks(text):
            return ""
        row = self._encoder.encode([text])[0].astype(float)
        if float(row @ self._vector) + self._of_words(text) + self._bias < self.limit:
            return ""
        best: str = self._names[int((self._kinds @ row + self._kind_bias).argmax())]
        return best


@cache
def requests_reader() -> RequestsReader | None:
    """The reader that ships, loaded once; None where its encoder cannot be had, and the phrases then stand alone.

    Raises:
        KnowledgeError: the weights are damaged.
    """
    encoder = MiniLM()
    try:
        encoder.setup()
    except EmbeddingUnavailable:
        return None
    return RequestsReader(encoder)
