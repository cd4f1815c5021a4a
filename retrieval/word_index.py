"""The word index: BM25 (bm25s) over our tokens, kept on disk, grown by what is new.

The tokens of each text are kept beside the scores: they say which of a question's words a passage holds, and spare a
growing index the reading of texts that it knows.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.columns import Names, Rows, RowsMaker
from retrieval.words import tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEWEST = 200


class Counting:
    """The tokens of texts, counted one text after the other."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._tokens, self._counts = RowsMaker(), RowsMaker()

    def add(self, text: str) -> None:
        held = Counter(tokens(text))
        self._tokens.add(self.names.of(token) for token in held)
        self._counts.add(held.values())

    def made(self) -> tuple[Rows, Rows]:
        return self._tokens.made(), self._counts.made()


class WordIndex:
    """BM25 over texts, static; positions are those of the texts."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        counting = Counting(Names())
        for text in texts:
            counting.add(text)
        self._names = counting.names
        self._tokens, self._counts = counting.made()
        self._bm25 = _scored(self._tokens, self._counts, self._names)

    def counting(self) -> Counting:
        """To count the texts with which this index is to grow."""
        return Counting(Names(self._names.all))

    def grown(self, keep: NDArray[np.int64], more: Counting) -> WordIndex:
        """An index over the texts at the positions ``keep`` of this one, in that order, and then over those counted
        in ``more``."""
        other = WordIndex.__new__(WordIndex)
        tokens, counts = more.made()
        other._names = more.names
        other._tokens = self._tokens.taken(keep).followed_by(tokens)
        other._counts = self._counts.taken(keep).followed_by(counts)
        other._bm25 = _scored(other._tokens, other._counts, other._names)
        return other

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._names.save(folder, "tokens")
        self._tokens.save(folder, "tokens")
        self._counts.save(folder, "counts")
        if self._bm25 is not None:
            self._bm25.save(folder / "bm25", show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> WordIndex:
        """As it was saved; the arrays stay on disk until they are read.

        Raises:
            OSError, ValueError: a file is missing or damaged.
        """
        import bm25s

        index = cls.__new__(cls)
        index._names = Names.load(folder, "tokens")
        index._tokens, index._counts = Rows.load(folder, "tokens"), Rows.load(folder, "counts")
        whole = (folder / "bm25").exists()
        index._bm25 = bm25s.BM25.load(folder / "bm25", mmap=True, load_corpus=False) if whole else None
        return index

    def __len__(self) -> int:
        return len(self._tokens)

    @cached_property
    def frequency(self) -> Mapping[str, int]:
        """In how many texts each token stands; tokens that stand in none are left out, and count as 0."""
        import numpy as np

        held = np.bincount(self._tokens.flat, minlength=len(self._names.all))
        return Counter(
            {name: count for name, count in zip(self._names.all, held.tolist(), strict=True) if count}
        )

    def scores(self, wanted: Sequence[str]) -> NDArray[np.float32]:
        """The BM25 score of every text; zero where no token is shared."""
        import numpy as np

        known = [self._names.number[token] for token in dict.fromkeys(wanted) if token in self.frequency]
        if self._bm25 is None or not known:
            return np.zeros(len(self), dtype=np.float32)
        scores: NDArray[np.float32] = self._bm25.get_scores_from_ids(known)
        return scores

    def idf(self, token: str) -> float:
        """How telling a token is: the rarer among the texts the more; an unknown one counts as the rarest.

        A handful of texts says little about rarity, so they count as part of :data:`FEWEST`.
        """
        n = max(len(self), FEWEST)
        return math.log(1 + (n - self.frequency[token] + 0.5) / (self.frequency[token] + 0.5))

    def among(self, positions: Sequence[int], wanted: Iterable[str]) -> list[frozenset[str]]:
        """Which of the wanted tokens stand in the text at each position."""
        known = (token for token in dict.fromkeys(wanted) if token in self.frequency)
        return self._tokens.among(positions, {self._names.number[token]: token for token in known})

    def holding(self, wanted: Iterable[str]) -> list[NDArray[np.int32]]:
        """For each wanted token the positions of the texts in which it stands; empty for one that stands in none."""
        import numpy as np

        held = self._bm25.scores if self._bm25 is not None else None
        found = []
        for token in wanted:
            number = self._names.number.get(token)
            if held is None or number is None:
                found.append(np.zeros(0, dtype=np.int32))
            else:
                found.append(held["indices"][held["indptr"][number] : held["indptr"][number + 1]])
        return found


def _scored(rows: Rows, counts: Rows, names: Names) -> Any:
    """bm25s over the rows; None where there is not one token."""
    if not len(rows.flat):
        return None
    import bm25s
    import numpy as np

    spread = [np.repeat(rows[at], counts[at]) for at in range(len(rows))]
    bm25 = bm25s.BM25()
    bm25.index((spread, dict(names.number)), show_progress=False)
    return bm25
