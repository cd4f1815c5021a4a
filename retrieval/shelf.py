"""One content of the library as it is searched: passages in flat columns, their words, and what each speaks about.

A shelf is never changed. It grows into another one, which reads only the documents that are new; on disk its columns
are read where they stand. The texts themselves stay with whoever holds the documents.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from retrieval.columns import Names, Rows, RowsMaker, mapped
from retrieval.expand import Vocabulary
from retrieval.passages import Document, Passage, Span, passage, passages, units
from retrieval.shelf_columns import COLUMNS, OF_DOCUMENTS, Columns, Held, about_of
from retrieval.stock import digest_of
from retrieval.vectors.index import Filter
from retrieval.word_index import WordIndex

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Gone(LookupError):
    """A document that the stock has forgotten since: another process is two contents ahead."""


class Entry(NamedTuple):
    """A text to be embedded: one facet of a passage. ``id`` is ``place|number``, ``key`` the sha256 of the text."""

    id: str
    key: str
    text: str
    about: dict[str, str | int]


class Shelf:
    """Passages by position, from 0. ``read`` brings the documents of stock rows."""

    def __init__(self, vocabulary: Vocabulary, read: Callable[[Sequence[int]], Iterator[Document]]) -> None:
        self.vocabulary, self._read = vocabulary, read
        self.ids: list[str] = []
        self._digests: list[str] = []
        self.words = WordIndex()
        self._concepts, self._concept_names = RowsMaker().made(), Names()
        self._labels = Names()
        self._columns: dict[str, NDArray[Any]] = Columns().made()
        self._documents: dict[int, Document] = {}

    @classmethod
    def made(
        cls,
        held: Iterable[Held],
        vocabulary: Vocabulary,
        read: Callable[[Sequence[int]], Iterator[Document]] = lambda rows: iter(()),
        remember: bool = False,
    ) -> Shelf:
        """A shelf of these documents; ``remember`` keeps them in memory, for a library without a stock."""
        return cls(vocabulary, read).grown((), held, remember)

    def grown(self, keep: Sequence[int], held: Iterable[Held], remember: bool = False) -> Shelf:
        """The documents at the positions ``keep`` of this shelf, in that order, and then ``held``, read once and one
        after the other."""
        import numpy as np

        new = Shelf(self.vocabulary, self._read)
        new._concept_names, new._labels = Names(self._concept_names.all), Names(self._labels.all)
        new.ids, new._digests = [self.ids[at] for at in keep], [self._digests[at] for at in keep]
        counting, concepts, columns = self.words.counting(), RowsMaker(), Columns()
        for one in held:
            at = len(new.ids)
            new.ids.append(one.document.source.id)
            new._digests.append(digest_of(one.document)[:DIGITS])
            if remember:
                new._documents[at] = one.document
            columns.document(one, new._labels.of)
            for said, parts in units(one.document):
                columns.unit(at, parts)
                counting.add(said)
                concepts.add(map(new._concept_names.of, sorted(self.vocabulary.concepts(said))))
        kept = np.asarray(keep, dtype=np.int64)
        positions = self._positions.taken(kept).flat.astype(np.int64)
        unit, kept_units = _renumbered(self._columns["unit"][positions])
        new._columns = self._columns_of(kept, positions, unit, columns.made())
        new.words = self.words.grown(kept_units, counting)
        new._concepts = self._concepts.taken(kept_units).followed_by(concepts.made())
        return new

    def _columns_of(
        self,
        kept: NDArray[np.int64],
        positions: NDArray[np.int64],
        unit: NDArray[np.int64],
        more: dict[str, NDArray[Any]],
    ) -> dict[str, NDArray[Any]]:
        import numpy as np

        entries = np.arange(int(self._entry_starts[-1]), dtype=np.int32)
        chosen = dict.fromkeys(COLUMNS, positions) | dict.fromkeys(OF_DOCUMENTS, kept)
        chosen["keys"] = Rows(self._entry_starts, entries).taken(positions).flat.astype(np.int64)
        old = {name: self._columns[name][chosen[name]] for name in COLUMNS}
        place = np.full(len(self.ids), -1, dtype=np.int32)
        place[kept] = np.arange(len(kept), dtype=np.int32)
        old["owner"], old["unit"] = place[old["owner"]], unit
        more["unit"] += int(unit.max(initial=-1)) + 1
        return {name: np.concatenate((old[name], more[name])) for name in COLUMNS}

    # on disk

    def save(self, folder: Path) -> None:
        """Write the shelf into a folder; what it is made of must be kept elsewhere (:meth:`load` asks for it)."""
        import numpy as np

        folder.mkdir(parents=True, exist_ok=True)
        for name in COLUMNS:
            np.save(folder / f"{name}.npy", self._columns[name], allow_pickle=False)
        named = [self.ids, self._digests]
        (folder / "ids.json").write_text(json.dumps(named, ensure_ascii=False), encoding="utf-8")
        self._concepts.save(folder, "concepts")
        self._concept_names.save(folder, "concepts")
        self._labels.save(folder, "labels")
        self.words.save(folder / "words")

    @classmethod
    def load(
        cls, folder: Path, vocabulary: Vocabulary, read: Callable[[Sequence[int]], Iterator[Document]]
    ) -> Shelf:
        """As it was saved; the columns stay on disk until they are read.

        Raises:
            OSError, ValueError: a file is missing or damaged.
        """

        shelf = cls(vocabulary, read)
        for name in COLUMNS:
            shelf._columns[name] = mapped(folder / f"{name}.npy")
        shelf.ids, shelf._digests = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
        shelf._concepts = Rows.load(folder, "concepts")
        shelf._concept_names = Names.load(folder, "concepts")
        shelf._labels = Names.load(folder, "labels")
        shelf.words = WordIndex.load(folder / "words")
        return shelf

    # what is held

    def __len__(self) -> int:
        """How many passages."""
        return len(self._columns["owner"])

    @property
    def held(self) -> list[tuple[int, str]]:
        """The stock row of each document with the beginning of its digest: a row number alone can be used again by a
        stock that was brought back from a backup."""
        return list(zip(self.rows, self._digests, strict=True))

    @property
    def rows(self) -> list[int]:
        """The stock rows of the documents, in their order."""
        return [int(row) for row in self._columns["rows"]]

    @cached_property
    def stocked(self) -> bool:
        """True if the documents stand in a stock."""
        return bool(len(self._columns["rows"])) and int(self._columns["rows"][0]) >= 0

    @cached_property
    def number(self) -> dict[str, int]:
        """The position of each document by its id."""
        return {name: at for at, name in enumerate(self.ids)}

    def document(self, at: int) -> Document:
        """The document at a position among the documents."""
        held = self._documents.get(at)
        if held is None:
            held = next(iter(self._read([int(self._columns["rows"][at])])), None)
            if held is None:
                raise Gone(self.ids[at])
            if len(self._documents) > REMEMBERED:
                self._documents.clear()
            self._documents[at] = held
        return held

    def questioned(self, position: int) -> bool:
        """True for a passage that is found by questions of its own, as a card is."""
        return bool(self._columns["facets"][position] > 1)

    def owner(self, position: int) -> int:
        """Which document a passage stands in."""
        return int(self._columns["owner"][position])

    @cached_property
    def version(self) -> str:
        """A short digest of all that is held."""
        held = zip(self.ids, self._digests, strict=True)
        return hashlib.sha256(repr(sorted(held)).encode()).hexdigest()[:12]

    @property
    def dated(self) -> str:
        """The newest date of a document, as ISO; empty where none is dated."""
        newest = str(int(self._columns["dated"].max())) if self.ids else "0"
        return f"{newest[:4]}-{newest[4:6]}-{newest[6:]}" if len(newest) == 8 else ""

    def passage(self, position: int) -> Passage:
        """The passage at a position, with its text."""
        span = Span(int(self._columns["start"][position]), int(self._columns["end"][position]))
        first = not position or self.owner(position) != self.owner(position - 1)
        return passage(self.document(self.owner(position)), span, first)

    def name(self, position: int) -> str:
        """The id of the passage at a position."""
        return f"{self.ids[self.owner(position)]}#{self._span(position)}"

    def _span(self, position: int) -> str:
        return f"{self._columns['start'][position]}-{self._columns['end'][position]}"

    def scores(self, wanted: Sequence[str]) -> NDArray[np.float32]:
        """The word score of every passage: that of its unit (:func:`retrieval.passages.units`)."""
        scores: NDArray[np.float32] = self.words.scores(wanted)[self._columns["unit"]]
        return scores

    def holding(self, positions: Sequence[int], wanted: Iterable[str]) -> list[frozenset[str]]:
        """Which of the wanted tokens stand in the unit of each of these passages."""
        return self.words.among(self._columns["unit"][list(positions)].tolist(), wanted)

    def naming(self, positions: Sequence[int], wanted: Iterable[str]) -> list[frozenset[str]]:
        """Which of the wanted concepts the unit of each of these passages names."""
        numbers = self._concept_names.number
        named = {numbers[name]: name for name in wanted if name in numbers}
        return self._concepts.among(self._columns["unit"][list(positions)].tolist(), named)

    def holders(self, token_units: NDArray[np.int32]) -> NDArray[np.int64]:
        """The documents of these units of the word index, each once, in their order."""
        import numpy as np

        first = np.searchsorted(self._columns["unit"], token_units)
        owners: NDArray[np.int64] = np.unique(self._columns["owner"][first])
        return owners

    @cached_property
    def all_concepts(self) -> frozenset[str]:
        """What any passage names."""
        import numpy as np

        names = self._concept_names.all
        return frozenset(names[number] for number in np.unique(self._concepts.flat).tolist())

    def admitted(self, allowed: Filter) -> NDArray[np.bool_] | None:
        """For each passage whether its source may be shown; None where all may."""
        import numpy as np

        if allowed == Filter():
            return None
        good = np.ones(len(self.ids), dtype=bool)
        listed = (("kind", allowed.kinds), ("topic", allowed.topics), ("depth", allowed.depths))
        for name, wanted in listed:
            if wanted is not None:
                numbers = [self._labels.number[label] for label in wanted if label in self._labels.number]
                good &= np.isin(self._columns[name], numbers)
        if allowed.since is not None:
            good &= self._columns["year"] >= allowed.since
        admitted: NDArray[np.bool_] = good[self._columns["owner"]]
        return admitted

    # what the vector index holds

    @cached_property
    def place(self) -> dict[str, int]:
        """The position of each passage by the name under which the vector index holds it."""
        columns = (self._columns[name] for name in ("owner", "start", "end"))
        rows = self._columns["rows"].tolist()
        triples = zip(*(column.tolist() for column in columns), strict=True)
        names = [f"{row}.{digest[:8]}" for row, digest in zip(rows, self._digests, strict=True)]
        return {f"{names[owner]}:{start}-{end}": at for at, (owner, start, end) in enumerate(triples)}

    def entry_ids(self) -> list[str]:
        """The ids of all entries, in the order of the passages."""
        counts = self._columns["facets"].tolist()
        return [f"{name}|{n}" for name, count in zip(self.place, counts, strict=True) for n in range(count)]

    def entry_keys(self) -> list[str]:
        """The sha256 of each entry's text, in the same order."""
        whole = self._columns["keys"].tobytes().hex()
        return [whole[at : at + 64] for at in range(0, len(whole), 64)]

    def entries_of(self, positions: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[str]]:
        """The entries of these passages: to which of the passages each belongs, and its key."""
        import numpy as np

        counts = self._columns["facets"][positions].astype(np.int64)
        first = self._entry_starts[positions]
        owners = np.repeat(positions, counts)
        numbers = (
            np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(first, counts)
        )
        return owners, [bytes(key).hex() for key in self._columns["keys"][numbers]]

    def owners_of(self, entries: Sequence[int]) -> list[int]:
        """The documents, in their order, in which the entries of these numbers stand."""
        import numpy as np

        passages = np.searchsorted(self._entry_starts, np.asarray(entries), side="right") - 1
        return [int(at) for at in np.unique(self._columns["owner"][passages])]

    def entries(self, documents: Iterable[int]) -> Iterator[Entry]:
        """The entries of these documents, with their texts."""
        for at in documents:
            document = self.document(at)
            about = about_of(document)
            row = f"{self._columns['rows'][at]}.{self._digests[at][:8]}"
            for piece in passages(document):
                for n, text in enumerate(piece.facets):
                    name = f"{row}:{piece.start}-{piece.end}|{n}"
                    yield Entry(name, hashlib.sha256(text.encode()).hexdigest(), text, about)

    @cached_property
    def _positions(self) -> Rows:
        """The passages of each document."""
        import numpy as np

        owner = self._columns["owner"]
        starts = np.searchsorted(owner, np.arange(len(self.ids) + 1))
        return Rows(starts.astype(np.int64), np.arange(len(owner), dtype=np.int32))

    @property
    def _entry_starts(self) -> NDArray[np.int64]:
        import numpy as np

        return np.concatenate(([0], np.cumsum(self._columns["facets"], dtype=np.int64)))


def _renumbered(unit: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Units of passages that stand one after the other: numbered from 0, and which they were."""
    import numpy as np

    first = np.concatenate(([True], unit[1:] != unit[:-1])) if len(unit) else np.zeros(0, dtype=bool)
    return np.cumsum(first) - 1, unit[first].astype(np.int64)


DIGITS = 16
"""Of a document's digest."""
REMEMBERED = 4000
"""Documents kept in memory of those that are read from the stock."""
