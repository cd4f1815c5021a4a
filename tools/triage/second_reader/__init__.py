"""A learned second look at a patient's message that the rules did not call an emergency. It may raise, never lower.

A logistic regression on sentence vectors of all-MiniLM-L6-v2 (English only), trained by
``python -m tools.triage.second_reader.train`` on messages of our own. What it finds enters as a concept with the
person's own words, as the triage spec (section 4) lets a model do it: ``sounds_like_danger`` fires the rule of that
name, ``may_be_danger`` makes the talk ask for danger signs. The rules stand without it, and nothing that they found is
changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from retrieval.embed import EmbeddingUnavailable, Encoder, MiniLM
from tools.triage.assertion import Status
from tools.triage.facts import Concept, Facts
from tools.triage.language import language
from tools.triage.lexicon import ENGLISH, FOLDER, KnowledgeError

WEIGHTS = FOLDER / "reader" / "weights.json"
DANGER, MAYBE = "sounds_like_danger", "may_be_danger"
_SENTENCE = re.compile(r"[^.!?;\n]+[.!?;\n]*")
_LONGEST = 60
"""Words read as one piece; a longer message is read in pieces of whole sentences, each with its neighbours."""
_PIECES = 64
"""Most pieces of one message; of a longer one its beginning and its end. The rules read all of it."""


class SecondReader:
    """Reads messages with an encoder and the trained weights.

    Raises:
        KnowledgeError: the weights do not parse, or belong to another encoder.
    """

    def __init__(self, encoder: Encoder, weights: Path = WEIGHTS) -> None:
        import numpy as np

        self._encoder = encoder
        try:
            held: dict[str, Any] = json.loads(weights.read_text(encoding="utf-8"))
            self._weight = np.asarray(held["weight"], dtype=np.float32)
            self._bias = float(held["bias"])
            self.limits = {name: float(held["limits"][name]) for name in (DANGER, MAYBE)}
        except (OSError, ValueError, KeyError, TypeError) as wrong:
            raise KnowledgeError(f"{weights.name}: {wrong}") from wrong
        sound = self._weight.ndim == 1 and np.isfinite(self._weight).all() and np.isfinite(self._bias)
        if not sound or not all(0 < limit < 1 for limit in self.limits.values()):
            raise KnowledgeError(f"{weights.name}: a weight is no number, or a limit is not between 0 and 1")
        if held.get("encoder") != encoder.name:
            raise KnowledgeError(f"{weights.name} belongs to {held.get('encoder')}, not to {encoder.name}")

    def scores(self, texts: Sequence[str]) -> list[float]:
        """How much each text sounds like an emergency, 0 to 1."""
        import numpy as np

        rows = self._encoder.encode(texts)
        return [float(score) for score in 1 / (1 + np.exp(-(rows @ self._weight + self._bias)))]

    def read(self, text: str) -> Facts:
        """The concept that a message sounds like, with the words that it is heard in; no facts where it is quiet.

        Of a message that is not in English it hears nothing.

        Raises:
            EmbeddingUnavailable: the encoder does not load.
        """
        cut = pieces(text) if language(text) == ENGLISH else ()
        if not cut:
            return Facts()
        scores = self.scores(cut)
        best = max(range(len(cut)), key=scores.__getitem__)
        named = next((name for name in (DANGER, MAYBE) if scores[best] >= self.limits[name]), None)
        if named is None:
            return Facts()
        words = cut[best].strip()
        start = max(text.find(words), 0)
        heard = Concept(
            id=named,
            status=Status.PRESENT,
            words=words,
            start=start,
            end=start + len(words),
            chart="second reader",
        )
        return Facts(concepts=(heard,))


def pieces(text: str) -> tuple[str, ...]:
    """A short message as it is; a long one in overlapping runs of sentences, at most :data:`_PIECES`."""
    if not text.strip():
        return ()
    if len(text.split()) <= _LONGEST:
        return (text,)
    runs = tuple(_runs([one for one in _SENTENCE.findall(text) if one.strip()]))
    return runs if len(runs) <= _PIECES else (*runs[: _PIECES // 2], *runs[-_PIECES // 2 :])


def _runs(sentences: Sequence[str]) -> Iterator[str]:
    """Each sentence with those after it, as long as they fit; a very long sentence in parts."""
    for place, sentence in enumerate(sentences):
        words = sentence.split()
        if len(words) > _LONGEST:
            step = _LONGEST // 2
            yield from (" ".join(words[at : at + _LONGEST]) for at in range(0, len(words), step))
            continue
        run = sentence
        for after in sentences[place + 1 :]:
            if len(run.split()) + len(after.split()) > _LONGEST:
                break
            run += after
        yield run


@cache
def second_reader() -> SecondReader | None:
    """The reader that ships, loaded once; None where its encoder cannot be had, and the rules then stand alone.

    Raises:
        KnowledgeError: the weights are damaged.
    """
    encoder = MiniLM()
    try:
        encoder.setup()
    except EmbeddingUnavailable:
        return None
    return SecondReader(encoder)
