"""Fits the weights of relevance on the fit halves of the development questions, and shows both halves.

    .venv/bin/python -m evals.literature.fit [--folder var/literature] [--answered 1.3]

Each question brings its candidates with what relevance weighs. The loss is logistic: of a question inside, the best
right card should stand above the floor; of one outside, the best candidate below it. ``--answered`` says how much a
lost answer weighs beside a wrong one. Nothing is written: the weights are carried over by hand. The frozen test
questions are not read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from evals.literature.intervals import share
from retrieval.cards import starter
from retrieval.expand import Vocabulary
from retrieval.passages import Document, from_card, units
from retrieval.ranking import focused
from retrieval.relevance import QUESTIONED, asked, judge
from retrieval.search import Library
from retrieval.shorthand import written_out
from retrieval.words import tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
FILES = tuple(
    ROOT / "tests" / "retrieval" / "data" / f"{name}.yaml"
    for name in ("questions", "shorthand", "voices", "aspects")
)
TOP, READ = 3, 60
SOFTNESS = 0.7
PRIOR = (11.9, 3.1, -3.4, -2.5, 0.6, 0.4, -9.0)
SPREAD = (4.0, 1.0, 1.0, 1.0, 0.3, 0.5, 3.0)
HOLD = 3.0
"""The weights that shipped before (fitted on the first two files; unsaid and length set by hand), how far each may move
from there, and how firmly they hold: a free fit follows the vocabulary, which was widened beside the same questions."""


class Row(NamedTuple):
    """A question with its candidates, in the order in which they would be shown: one line of ``signs`` for each."""

    file: str
    part: str
    kind: str
    cards: frozenset[str]
    ids: tuple[str, ...]
    signs: NDArray[np.float64]

    @property
    def inside(self) -> bool:
        return bool(self.cards)

    @property
    def right(self) -> list[int]:
        return [at for at, name in enumerate(self.ids) if name in self.cards]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both halves before and after, and the weights found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "literature")
    parser.add_argument("--answered", type=float, default=1.3)
    chosen = parser.parse_args(arguments)
    library = Library([from_card(card) for card in starter()], chosen.folder)
    if not library.wait():
        sys.stderr.write(f"no vectors: {library.trouble}\n")
        return 1
    rows = [row for path in FILES for row in read(path, library)]
    library.close()
    before = today()
    after = fitted([row for row in rows if row.part == "fit"], before, chosen.answered)
    for name, weights in (("as shipped", before), ("fitted", after)):
        sys.stdout.write(f"\n{name}: {', '.join(f'{weight:.2f}' for weight in weights)}\n")
        sys.stdout.writelines(f"  {line}\n" for line in table(rows, weights))
    return 0


def today() -> list[float]:
    """The weights that ship, in the order of the columns of :attr:`Row.signs`."""
    near, covered, lack, unsaid, leading, length, shift = QUESTIONED
    return [near, covered, -lack, -unsaid, leading, length, shift]


def read(path: Path, library: Library) -> Iterator[Row]:
    """The questions of a file whose cards are held, and those outside that name nothing that is held since."""
    raw: dict[str, list[dict[str, Any]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    names = " ".join(name for document in library.documents for name in document.names).casefold()
    for part, half in (("", "fit"), ("_check", "check")):
        for row in raw[f"inside{part}"]:
            cards = frozenset(f"card:{card}" for card in row["cards"] if library.text(f"card:{card}"))
            if cards:
                yield _row(library, path.stem, half, "inside", row["q"], cards)
        for row in raw[f"outside{part}"]:
            if not row.get("lacks") or row["lacks"].casefold() not in names:
                yield _row(library, path.stem, half, row.get("kind", "outside"), row["q"], frozenset())


def _row(library: Library, file: str, half: str, kind: str, question: str, cards: frozenset[str]) -> Row:
    """The candidates with the seven columns of the weights; a candidate that only the words brought counts with the
    lowest cosine of the others, as in a search."""
    import numpy as np

    shelf = library._shelf
    weighed = asked(focused(written_out(question)), shelf.words, shelf.vocabulary, shelf.all_concepts)
    hits = sorted(library.ranked(question), key=lambda hit: -(hit.explain.fused + hit.explain.boost))[:READ]
    far = min((hit.explain.cosine for hit in hits if hit.explain.cosine is not None), default=0.0)
    lines, ids = [], []
    for hit in hits:
        held = _Said.of(hit.document, shelf.vocabulary)
        verdict, said = judge(weighed, held.tokens, held.concepts, shelf.vocabulary), hit.explain
        cosine = far if said.cosine is None else said.cosine
        leading = sum(1 / rank for rank in (said.dense_rank, said.word_rank) if rank)
        lines.append([cosine, verdict.coverage, verdict.lack, verdict.unsaid, leading, verdict.length, 1.0])
        ids.append(hit.document.source.id)
    return Row(file, half, kind, cards, tuple(ids), np.array(lines or [[0.0] * 6 + [1.0]]))


class _Said(NamedTuple):
    """What a card says, as a search reads it."""

    tokens: frozenset[str]
    concepts: frozenset[str]

    @classmethod
    def of(cls, document: Document, words: Vocabulary) -> _Said:
        known = _SAID.get(document.source.id)
        if known is None:
            said = " \n".join(text for text, _ in units(document))
            known = _SAID[document.source.id] = cls(frozenset(tokens(said)), words.concepts(said))
        return known


_SAID: dict[str, _Said] = {}


def fitted(rows: Sequence[Row], start: Sequence[float], answered: float) -> list[float]:
    """The weights of the least loss, held near the prior."""
    import numpy as np
    from scipy.optimize import minimize

    def loss(weights: NDArray[np.float64]) -> float:
        total = HOLD * float(np.sum(((weights - np.array(PRIOR)) / np.array(SPREAD)) ** 2))
        for row in rows:
            signs = row.signs @ weights / SOFTNESS
            if row.inside and row.right:
                total += answered * float(np.logaddexp(0, -signs[row.right].max()))
            elif not row.inside:
                total += float(np.logaddexp(0, signs.max()))
        return total

    found = minimize(loss, np.array(start), method="L-BFGS-B", options={"maxiter": 60})
    return [float(weight) for weight in found.x]


def table(rows: Sequence[Row], weights: Sequence[float]) -> Iterator[str]:
    """A line for each file, half and kind: shares answered and refused with their Wilson intervals."""
    import numpy as np

    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.file, row.part, row.kind), []).append(row)
    for (file, part, kind), members in groups.items():
        shown = [np.flatnonzero(row.signs @ np.array(weights) >= 0)[:TOP] for row in members]
        some = sum(len(held) > 0 for held in shown)
        if kind != "inside":
            yield f"{file}, {part}, {kind}: refused {share(len(members) - some, len(members))}"
            continue
        right = sum(bool(set(row.right) & set(held)) for row, held in zip(members, shown, strict=True))
        yield f"{file}, {part}: answered {share(some, len(members))}, right in top {TOP} {share(right, len(members))}"


if __name__ == "__main__":
    sys.exit(main())
