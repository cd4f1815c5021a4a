"""Train the requests reader: ``python -m tools.triage.requests_train`` writes its weights and prints how good it is.

Learned from the messages of ``knowledge/triage/harm``: requests for help to harm or to deceive, harmless near twins.
The limit is set on messages held out by folds: at most the named share of the harmless ones is refused. The frozen
pairs of the evaluation have no part in it.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from retrieval.embed import MiniLM
from tools.triage.lexicon import FOLDER
from tools.triage.requests_reader import WEIGHTS, WORDS_WEIGH, asks, terms

SHARE = 0.005
"""The share of the harmless training messages, most of them near twins on purpose, that may be refused."""
FOLDS, SEED, STRENGTH = 10, 20261122, 10.0
SEEN = 2
"""A word counts from so many messages on."""

Scores = NDArray[np.float64]


class Lesson(NamedTuple):
    """A message, the request that it makes ("" for a harmless one), and its family."""

    text: str
    request: str
    family: str


def lessons() -> tuple[Lesson, ...]:
    """All training messages, each once."""
    held = {one.text: one for one in (*_harmless(), *_harmful())}
    return tuple(held[text] for text in sorted(held))


def _harmful() -> Iterator[Lesson]:
    read = yaml.safe_load((FOLDER / "harm" / "harmful.yaml").read_text(encoding="utf-8"))
    for request, families in read.items():
        for family, lines in families.items():
            yield from (Lesson(line, request, family) for line in lines.splitlines() if line.strip())


def _harmless() -> Iterator[Lesson]:
    read = yaml.safe_load((FOLDER / "harm" / "harmless.yaml").read_text(encoding="utf-8"))
    for family, lines in read.items():
        yield from (Lesson(line, "", family) for line in lines.splitlines() if line.strip())


class Desk(NamedTuple):
    """The messages as vectors and words, and what a model is to make of them."""

    held: Sequence[Lesson]
    rows: NDArray[np.float32]

    @property
    def harmful(self) -> NDArray[np.bool_]:
        return np.array([bool(one.request) for one in self.held])

    def vocabulary(self, learn: NDArray[np.int_]) -> tuple[str, ...]:
        """The terms of at least :data:`SEEN` of the messages to learn from."""
        seen = Counter(term for place in learn for term in terms(self.held[place].text))
        return tuple(sorted(term for term, count in seen.items() if count >= SEEN))

    def table(self, places: NDArray[np.int_], words: Sequence[str]) -> csr_matrix:
        """Each message as its words, of length :data:`WORDS_WEIGH` together, beside its vector."""
        column = {word: number for number, word in enumerate(words)}
        told = csr_matrix((len(places), len(words))).tolil()
        for row, place in enumerate(places):
            known = [column[term] for term in terms(self.held[place].text) if term in column]
            for one in known:
                told[row, one] = WORDS_WEIGH / len(known) ** 0.5
        return hstack([told.tocsr(), csr_matrix(self.rows[places].astype(float))]).tocsr()

    def fitted(self, learn: NDArray[np.int_]) -> tuple[tuple[str, ...], LogisticRegression]:
        words = self.vocabulary(learn)
        model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=4000)
        return words, model.fit(self.table(learn, words), self.harmful[learn])

    def held_out(self, folds: Sequence[tuple[NDArray[np.int_], NDArray[np.int_]]]) -> Scores:
        """The score of each message by a model that has not seen it; one that the reader does not read scores least."""
        scores = np.full(len(self.held), -np.inf)
        read = np.array([asks(one.text) for one in self.held])
        for learn, judge in folds:
            words, model = self.fitted(learn)
            judge = judge[read[judge]]
            if len(judge):
                scores[judge] = model.decision_function(self.table(judge, words))
        return scores


def limit(scores: Scores, share: float) -> float:
    """The smallest score that at most this share of the given messages reaches."""
    above = np.sort(scores)[::-1]
    return float(above[int(share * len(above))] + 1e-4)


def by_family(desk: Desk) -> list[tuple[NDArray[np.int_], NDArray[np.int_]]]:
    """One fold for each harmful family: what a reader knows of an aim that it was never shown."""
    places = np.arange(len(desk.held))
    named = np.array([one.family if one.request else "" for one in desk.held])
    return [(places[named != one], places[named == one]) for one in sorted(set(named) - {""})]


def weights(desk: Desk, least: float) -> dict[str, object]:
    """What is written: the regression on all messages, and a second one that tells the requests apart."""
    words, model = desk.fitted(np.arange(len(desk.held)))
    bad = desk.harmful
    names = np.array([one.request for one in desk.held])[bad]
    kinds = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=4000).fit(desk.rows[bad], names)
    return {
        "encoder": MiniLM().name,
        "messages": [int(bad.sum()), int((~bad).sum())],
        "limit": round(least, 4),
        "bias": round(float(model.intercept_[0]), 4),
        "vector": [round(float(one), 4) for one in model.coef_[0][len(words) :]],
        "words": {word: round(float(one), 3) for word, one in zip(words, model.coef_[0], strict=False)},
        "requests": {
            str(name): {"bias": round(float(bias), 3), "vector": [round(float(one), 3) for one in row]}
            for name, bias, row in zip(kinds.classes_, kinds.intercept_, kinds.coef_, strict=True)
        },
    }


def main() -> int:
    """Train, set the limit, write the weights, and print what was found on messages held out."""
    held = lessons()
    desk = Desk(held, MiniLM().encode([one.text for one in held]))
    bad = desk.harmful
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    scores = desk.held_out(list(folds.split(desk.rows, bad)))
    least = limit(scores[~bad], SHARE)
    WEIGHTS.write_text(json.dumps(weights(desk, least)) + "\n", encoding="utf-8")
    strange = desk.held_out(by_family(desk))
    shares = [float((one >= least).mean()) for one in (scores[bad], scores[~bad], strange[bad])]
    form = sum(asks(one.text) for one in held if one.request) / bad.sum()
    sys.stdout.write(
        f"{bad.sum()} harmful, {(~bad).sum()} harmless; limit {least:.3f}: refused {shares[0]:.3f} of the harmful, "
        f"{shares[1]:.4f} of the harmless, {shares[2]:.3f} of families never shown; {form:.3f} have a request's form\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
