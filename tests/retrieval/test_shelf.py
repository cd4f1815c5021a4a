"""The shelf: a grown one equals one made whole, a saved one answers as before, and passages keep to their sections."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.evidence import Depth, Source
from retrieval.expand import vocabulary
from retrieval.passages import Document, Section, StudyKind
from retrieval.shelf import Shelf
from retrieval.shelf_columns import Held
from retrieval.vectors import Filter

WORDS = st.lists(
    st.sampled_from("zinc metformin trial of patients. Asthma ≥ 5 mg CYP2C19*2 died.".split()), min_size=1
)


@st.composite
def written(draw: st.DrawFn) -> Document:
    parts = draw(st.lists(WORDS.map(" ".join), min_size=1, max_size=4))
    text, sections = "", []
    for number, part in enumerate(parts):
        sections.append(Section(name=f"Part {number}", start=len(text), end=len(text) + len(part)))
        text += f"{part}\n"
    name = draw(st.text("abcdef", min_size=3, max_size=12))
    source = Source(
        id=f"made:{name}", title=f"On {name}", version="1", licence="none", depth=Depth.ABSTRACT,
        year=draw(st.integers(1990, 2026)),
    )  # fmt: skip
    kind = draw(st.sampled_from(list(StudyKind)))
    asked = draw(st.lists(st.sampled_from(["Does zinc help?", "Is it safe?"]), max_size=2, unique=True))
    return Document(
        source=source,
        text=text[:-1],
        kind=kind,
        sections=tuple(sections),
        asked=tuple(asked),
        dated="2026-01-02",
    )


CONCEPTS = ["zinc", "metformin", "asthma", "CYP2C19"]
SOME = st.lists(written(), max_size=6, unique_by=lambda document: document.source.id)


def shelf_of(documents: list[Document], first: int = 0) -> Shelf:
    rows = {first + at: document for at, document in enumerate(documents)}
    read = lambda wanted: (rows[row] for row in wanted)  # noqa: E731
    return Shelf.made((Held(row, document) for row, document in rows.items()), vocabulary(), read)


def content(shelf: Shelf) -> Any:
    positions = range(len(shelf))
    return (
        shelf.ids, [shelf.passage(at) for at in positions], shelf.naming(list(positions), CONCEPTS),
        shelf.scores(["zinc", "asthma"]).tolist(), shelf.holding(list(positions), ["zinc", "asthma"]),
        shelf.version, shelf.dated, shelf.entry_keys(),
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(SOME, st.data())
def test_a_grown_shelf_equals_one_made_whole(documents: list[Document], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(documents)))
    keep = data.draw(st.permutations(range(cut)).map(lambda order: order[: cut // 2 + 1])) if cut else []
    rows = dict(enumerate(documents))
    read = lambda wanted: (rows[row] for row in wanted)  # noqa: E731
    with mock.patch("retrieval.passages.UNIT_WORDS", data.draw(st.sampled_from([3, 600]))):
        old = Shelf.made((Held(row, rows[row]) for row in range(cut)), vocabulary(), read)
        grown = old.grown(keep, (Held(row, rows[row]) for row in range(cut, len(documents))))
        order = [*keep, *range(cut, len(documents))]
        whole = Shelf.made((Held(row, rows[row]) for row in order), vocabulary(), read)
        assert content(grown) == content(whole)
        assert grown.entry_ids() == whole.entry_ids()


@settings(max_examples=40, deadline=None)
@given(SOME)
def test_a_saved_shelf_answers_as_before_and_its_entries_are_its_texts(documents: list[Document]) -> None:
    shelf = shelf_of(documents, 7)
    with tempfile.TemporaryDirectory() as folder:
        shelf.save(Path(folder))
        again = Shelf.load(Path(folder), vocabulary(), shelf._read)
        assert content(again) == content(shelf)
        entries = list(again.entries(range(len(again.ids))))
        assert [entry.id for entry in entries] == again.entry_ids()
        assert [entry.key for entry in entries] == again.entry_keys()
        assert all(hashlib.sha256(entry.text.encode()).hexdigest() == entry.key for entry in entries)
        assert [again.place[entry.id.rpartition("|")[0]] for entry in entries] == sorted(
            again.place[entry.id.rpartition("|")[0]] for entry in entries
        )
        if len(again):
            last = [len(again) - 1]
            owners, keys = again.entries_of(__import__("numpy").array(last))
            assert set(owners.tolist()) == set(last)
            assert keys == again.entry_keys()[-len(keys) :]


@settings(max_examples=40, deadline=None)
@given(SOME)
def test_every_passage_is_a_slice_of_one_section(documents: list[Document]) -> None:
    shelf = shelf_of(documents)
    for at in range(len(shelf)):
        piece, document = shelf.passage(at), shelf.document(shelf.owner(at))
        assert piece.text == document.text[piece.start : piece.end]
        assert any(part.start <= piece.start <= piece.end <= part.end for part in document.sections)
        assert shelf.name(at) == piece.id


@settings(max_examples=40, deadline=None)
@given(SOME, st.sampled_from([None, ("trial",), ("trial", "page")]), st.none() | st.integers(1990, 2026))
def test_the_filter_over_columns_is_the_filter_over_documents(
    documents: list[Document], kinds: Any, since: int | None
) -> None:
    shelf, allowed = shelf_of(documents), Filter(kinds=kinds, since=since)
    admitted = shelf.admitted(allowed)
    for at in range(len(shelf)):
        document = shelf.document(shelf.owner(at))
        good = (kinds is None or document.kind.value in kinds) and (
            since is None or (document.source.year or 0) >= since
        )
        assert good == (admitted is None or bool(admitted[at]))


def test_a_damaged_folder_is_said(tmp_path: Path) -> None:
    shelf = shelf_of([])
    shelf.save(tmp_path)
    (tmp_path / "owner.npy").write_bytes(b"damaged")
    with pytest.raises((OSError, ValueError)):
        Shelf.load(tmp_path, vocabulary(), shelf._read)
