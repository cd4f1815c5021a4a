"""What a hostile reviewer broke in the keeping of the index, and must not break again."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from chromadb.errors import InternalError

from retrieval import build
from retrieval.embed import EmbeddingUnavailable
from retrieval.evidence import Depth, Source
from retrieval.generations import current, locked
from retrieval.passages import Document, Section, StudyKind, passages
from retrieval.search import Library
from retrieval.shelf import Shelf
from retrieval.status import findings
from retrieval.stock import Collection, Stock

MADE = Collection(name="made", title="made by a test", licence="none")
QUESTION = "Does tiotropium help in COPD?"


def paper(number: int, said: str) -> Document:
    source = Source(
        id=f"pubmed:{number}", title=said.split(".")[0], version="1", licence="none", depth=Depth.ABSTRACT,
        pmid=str(number), year=2012,
    )  # fmt: skip
    return Document(source=source, text=said, kind=StudyKind.TRIAL)


MELATONIN = paper(902, "Melatonin in jet lag. Melatonin shortened jet lag in 40 travellers.")
QUININE = paper(901, "Quinine for cramps. Quinine relieved nocturnal leg cramps in 98 adults.")


def names(library: Library, question: str = QUESTION) -> list[str]:
    return [hit.document.source.id for hit in library.search(question).hits]


def bring(library: Library, *documents: Document) -> None:
    assert library.stock is not None
    library.stock.put(documents, MADE)
    library.update()
    assert library.wait(60), library.trouble


def test_a_stock_that_begins_anew_does_not_answer_with_other_texts(
    documents: tuple[Document, ...], tmp_path: Path, encoder_maker: Any
) -> None:
    first = Library(documents, tmp_path, encoder_maker())
    assert first.wait(60)
    first.close()
    for file in tmp_path.glob("stock.sqlite3*"):
        file.unlink()
    Stock(tmp_path).put([MELATONIN, QUININE], MADE)  # takes the first row numbers
    again = Library(documents, tmp_path, encoder_maker())
    assert again.wait(60), again.trouble
    assert names(again) == ["card:tiotropium-copd-one"]
    assert names(again, "Does melatonin help in jet lag?") == ["pubmed:902"]
    document = again.document("card:ginger-nausea-one")
    assert document is not None
    assert "ginger" in document.text
    again.close()


def test_a_row_number_used_again_for_another_text_is_read_again(
    documents: tuple[Document, ...], tmp_path: Path, encoder_maker: Any
) -> None:
    first = Library(documents, tmp_path, encoder_maker())
    bring(first, QUININE)
    first.close()
    stock = Stock(tmp_path)
    row = next(row.row for row in stock.rows() if row.id == "pubmed:901")
    from retrieval.stock import digest_of

    with stock._writing() as line:  # what a backup brought back would look like
        line.execute(
            "update document set id = ?, digest = ?, pmid = ?, body = ? where row = ?",
            (MELATONIN.source.id, digest_of(MELATONIN), "902", MELATONIN.model_dump_json(), row),
        )
    again = Library(documents, tmp_path, encoder_maker())
    assert again.wait(60), again.trouble
    assert names(again, "Does melatonin help in jet lag?") == ["pubmed:902"]
    assert names(again, "Does quinine relieve cramps?") == []
    again.close()


def test_a_process_two_contents_behind_answers_and_catches_up(
    library: Library, documents: tuple[Document, ...], tmp_path: Path, encoder_maker: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    bring(library, QUININE)
    reader = Library(documents, tmp_path, encoder_maker())
    assert reader.wait(60)
    monkeypatch.setattr(reader._keeping, "look", lambda: None)
    assert library.stock is not None
    library.stock.remove("pubmed:901")
    for one in (MELATONIN, paper(903, "Zinc for warts. Zinc cleared warts.")):
        bring(library, one)
    reader._keeping.view.shelf._documents.clear()
    reader.search("Does quinine relieve nocturnal leg cramps?")
    assert reader.document("pubmed:901") is None
    assert reader.holding("relieved nocturnal leg cramps in 98 adults") == ()
    reader.update()
    assert reader.wait(60), reader.trouble
    assert names(reader, "Does melatonin help in jet lag?") == ["pubmed:902"]
    reader.close()


def test_rebuilding_on_a_full_disk_leaves_what_stands(
    library: Library, documents: tuple[Document, ...], tmp_path: Path, encoder_maker: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    bring(library, QUININE)
    stood = current(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Shelf, "save", full)
    library.rebuild()
    library.wait(60)
    assert "No space left" in library.trouble
    assert current(tmp_path) == stood
    monkeypatch.undo()
    another = Library(documents, tmp_path, encoder_maker())
    assert another.wait(60), another.trouble
    assert names(another, "Does quinine relieve nocturnal leg cramps?") == ["pubmed:901"]
    another.close()
    library.rebuild()
    assert library.wait(60), library.trouble
    held = current(tmp_path)
    assert held is not None
    assert held != stood
    assert names(library) == ["card:tiotropium-copd-one"]


def test_an_index_that_fails_under_a_question_leaves_the_words_and_is_opened_again(library: Library) -> None:
    index = library._keeping.view.index
    assert index is not None

    def gone(*_: object) -> Any:
        raise InternalError("the collection is gone")

    index.query = gone  # type: ignore[method-assign, assignment]
    outcome = library.search(QUESTION)
    assert (names(library), outcome.used) == (["card:tiotropium-copd-one"], "words")
    assert library.wait(60), library.trouble
    assert library.search(QUESTION).used == "words and vectors"
    assert library.trouble == ""


def test_a_reranker_that_does_not_load_is_told_and_leaves_the_order(documents: tuple[Document, ...]) -> None:
    class Missing:
        def scores(self, question: str, texts: Any) -> list[float]:
            raise EmbeddingUnavailable("no cross-encoder in the folder; see [retrieval] reranker")

    held = Library(documents, reranker=Missing())
    assert names(held) == names(Library(documents))
    assert "[retrieval] reranker" in held.trouble


def test_two_models_on_one_folder_do_not_rebuild_against_each_other(
    documents: tuple[Document, ...], tmp_path: Path, encoder_maker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.keeping.LOOK_S", 0.0)
    one, other = (Library(documents, tmp_path, encoder_maker(name)) for name in ("one model", "other model"))
    assert one.wait(60)
    assert other.wait(60)
    made = (tmp_path / "current.json").read_bytes()
    until = time.monotonic() + 20
    while not one.trouble and time.monotonic() < until:
        one.search(QUESTION)
        time.sleep(0.02)
    one.wait(20)
    assert "another model" in one.trouble
    assert names(one) == names(other) == ["card:tiotropium-copd-one"]
    assert (tmp_path / "current.json").read_bytes() == made
    encoder = encoder_maker("one model")
    back = Library(documents, tmp_path, encoder)
    assert back.wait(60)
    assert encoder.texts == ["ready"]  # its vectors were kept
    for held in (one, other, back):
        held.close()


def test_who_waits_for_the_lock_ends_at_once(
    documents: tuple[Document, ...], tmp_path: Path, encoder_maker: Any
) -> None:
    waiting = Library(documents, tmp_path, encoder_maker())
    with locked(tmp_path / ".lock"):
        waiting.start()
        until = time.monotonic() + 20
        while not waiting.trouble and time.monotonic() < until:
            time.sleep(0.02)
        started = time.monotonic()
        waiting.close()
        assert time.monotonic() - started < 5


def test_a_view_that_is_given_up_is_not_closed_under_a_question(library: Library) -> None:
    with library._keeping.using() as view:
        index = view.index
        bring(library, QUININE)
        assert library._keeping.view is not view
        assert view.index is index
    assert view.index is None
    assert not view.enter()


def test_a_missing_library_is_told_and_ends_the_building(
    documents: tuple[Document, ...], tmp_path: Path, encoder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "chromadb.errors", None)
    held = Library(documents, tmp_path, encoder)
    assert held.wait(30) is False
    assert "search by words only" in held.trouble
    assert held.status().state == "words only"


def test_a_server_that_breaks_off_in_the_middle_of_a_build_is_told(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise httpx.ReadError("the server is gone")

    monkeypatch.setattr(build, "swap", broken)
    library.rebuild()
    assert library.wait(30) is True  # what was held before answers
    assert "search in what was held before: the server is gone" in library.trouble
    assert library.status().state == "ready"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_in_a_build_does_not_leave_it_building_for_ever(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(build, "swap", broken)
    library.rebuild()
    library.wait(30)
    assert library.status().state == "ready"
    monkeypatch.undo()
    library.rebuild()
    assert library.wait(30), library.trouble


def test_a_retracted_paper_does_not_speak_against_a_good_one(card_maker: Any) -> None:
    from retrieval.passages import from_card

    pro = from_card(card_maker("zinc-pro", "zinc", "pneumonia", conflicts_with=("zinc-contra-one",)))
    contra = from_card(card_maker("zinc-contra", "zinc", "pneumonia", conflicts_with=("zinc-pro-one",)))
    source = contra.source.model_copy(update={"marks": ("retracted",)})
    held = Library([pro, contra.model_copy(update={"source": source})])
    (finding,) = findings(held.search("Does zinc help in pneumonia?").hits, held)
    assert not [mark for mark in finding.evidence[0].source.marks if mark.startswith("conflicts")]


def test_ten_thousand_sections_are_cut_in_one_way_through() -> None:
    parts, text = [], ""
    for number in range(10_000):
        parts.append(Section(name=f"Part {number}", start=len(text), end=len(text) + 12))
        text += "Some words.\n\n"[:12] + "\n"
    held = MELATONIN.model_copy(update={"text": text, "sections": tuple(parts)})
    started = time.process_time()
    assert len(passages(held)) == 10_000
    assert time.process_time() - started < 10  # 56 s for 20,000 when each looked through all sections


def test_a_build_that_fails_leaves_no_folder(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(os.listdir(tmp_path))

    def broken(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(build, "swap", broken)
    library.rebuild()
    library.wait(60)
    assert sorted(os.listdir(tmp_path)) == before
