"""The index kept in step with the stock: grown, swapped, resumed after a kill, seen by other processes, never half."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from retrieval import build, generations
from retrieval.evidence import Depth, Source
from retrieval.generations import locked
from retrieval.passages import Document, Notice, NoticeKind, StudyKind
from retrieval.search import Library
from retrieval.stock import Collection, Stock

ROOT = Path(__file__).resolve().parents[2]
MADE = Collection(name="made", title="made by a test", licence="none")
QUESTION = "Does quinine relieve nocturnal leg cramps?"


def abstract(number: int, said: str, **more: Any) -> Document:
    source = Source(
        id=f"pubmed:{number}", title=said.split(".")[0], version="1", licence="none", depth=Depth.ABSTRACT,
        pmid=str(number), year=2012, **more,
    )  # fmt: skip
    return Document(source=source, text=said, kind=StudyKind.TRIAL)


CRAMPS = abstract(
    901,
    "Quinine for nocturnal leg cramps. In 98 adults quinine relieved nocturnal leg cramps more than placebo.",
)


def brought(library: Library, *documents: Document) -> None:
    assert library.stock is not None
    library.stock.put(documents, MADE)
    library.update()
    assert library.wait(60), library.trouble


def names(library: Library, question: str = QUESTION) -> list[str]:
    return [hit.document.source.id for hit in library.search(question).hits]


def test_what_is_brought_is_found_and_only_that_is_embedded(library: Library, encoder: Any) -> None:
    assert names(library) == []
    before = len(encoder.texts)
    brought(library, CRAMPS)
    assert names(library) == ["pubmed:901"]
    fresh = [text for text in encoder.texts[before:] if "98 adults" in text]
    assert len(fresh) == 1
    status = library.status()
    assert (status.documents, status.state, status.behind) == (7, "ready", 0)
    assert [holding.collection.name for holding in status.holdings] == ["cards", "made"]
    assert library.source.title == "literature library, 7 documents"


def test_what_is_removed_answers_no_more_even_before_the_index_is_in_step(library: Library) -> None:
    brought(library, CRAMPS)
    assert library.stock is not None
    library.stock.remove("pubmed:901")
    assert names(library) == []
    assert library.text("pubmed:901") is None
    library.update()
    assert library.wait(60)
    assert library.status().documents == 6


def test_a_changed_text_takes_the_place_of_the_old(library: Library) -> None:
    brought(library, CRAMPS)
    brought(library, CRAMPS.model_copy(update={"text": CRAMPS.text.replace("98", "198")}))
    (hit,) = library.search(QUESTION).hits
    assert "198 adults" in hit.passage.text
    assert hit.passage.text == hit.document.text[hit.passage.start : hit.passage.end]


def test_a_retraction_that_comes_later_counts_at_once(library: Library) -> None:
    brought(library, CRAMPS)
    assert library.stock is not None
    library.stock.note([Notice(pmid="901", kind=NoticeKind.RETRACTED, by="902")])
    outcome = library.search(QUESTION)
    assert outcome.hits == ()
    assert [source.pmid for source in outcome.retracted] == ["901"]
    document = library.document("pubmed:901")
    assert document is not None
    assert "retracted" in document.source.marks
    assert library.status().retracted == 1


def test_a_second_library_sees_what_the_first_brought(
    documents: tuple[Document, ...], library: Library, tmp_path: Path, encoder_maker: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("retrieval.keeping.LOOK_S", 0.0)
    reader = Library(documents, tmp_path, encoder_maker())
    assert reader.wait(60)
    brought(library, CRAMPS)
    until = time.monotonic() + 30
    while not names(reader) and time.monotonic() < until:
        time.sleep(0.05)
    assert names(reader) == ["pubmed:901"]
    reader.close()


def test_growing_and_building_anew_give_the_same_bytes(
    library: Library, documents: tuple[Document, ...], tmp_path: Path, encoder_maker: Any
) -> None:
    brought(library, CRAMPS, abstract(903, "Magnesium for cramps. Magnesium did not relieve cramps."))
    assert library.stock is not None
    library.stock.remove("pubmed:903")
    library.update()
    assert library.wait(60)
    grown = library.search(QUESTION).model_dump_json()
    library.close()
    for left in tmp_path.glob("index-*"):
        shutil.rmtree(left)
    encoder = encoder_maker()
    anew = Library(documents, tmp_path, encoder)
    assert anew.wait(60), anew.trouble
    assert anew.search(QUESTION).model_dump_json() == grown
    assert encoder.texts[0] == "ready"  # every vector was still in the stock
    anew.close()


def _damaged(folder: Path) -> None:
    (folder / "current.json").write_text("{")


def _of_another_format(folder: Path) -> None:
    held = json.loads((folder / "current.json").read_text())
    (folder / "current.json").write_text(json.dumps(held | {"format": 0}))


def _without_vectors(folder: Path) -> None:
    for chroma in folder.glob("index-*/chroma"):
        shutil.rmtree(chroma)


def _without_columns(folder: Path) -> None:
    for column in folder.glob("index-*/shelf/owner.npy"):
        column.write_bytes(b"damaged")


@pytest.mark.parametrize("harm", [_damaged, _of_another_format, _without_vectors, _without_columns])
def test_an_index_that_is_damaged_or_of_another_format_is_built_anew(
    library: Library, documents: tuple[Document, ...], tmp_path: Path, encoder_maker: Any,
    harm: Callable[[Path], None],
) -> None:  # fmt: skip
    brought(library, CRAMPS)
    library.close()
    harm(tmp_path)
    again = Library(documents, tmp_path, encoder_maker())
    assert again.wait(60), again.trouble
    assert names(again) == ["pubmed:901"]
    again.close()


def test_a_disk_that_is_full_leaves_what_stood(
    library: Library, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    brought(library, CRAMPS)
    stood = (tmp_path / "current.json").read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(build, "swap", full)
    assert library.stock is not None
    library.stock.put([abstract(905, "Zinc for warts. Zinc cleared warts.")], MADE)
    library.update()
    library.wait(60)
    assert "No space left" in library.trouble
    assert names(library) == ["pubmed:901"]
    assert (tmp_path / "current.json").read_bytes() == stood
    assert library.status().behind == 1
    monkeypatch.undo()
    library.update()
    assert library.wait(60), library.trouble
    assert library.status().behind == 0
    assert len(list(tmp_path.glob("index-*"))) <= 2


KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
from retrieval import build
from retrieval.evidence import Depth, Source
from retrieval.passages import Document, StudyKind
from retrieval.search import Library
from retrieval.stock import Collection
class Double:
    name = "double"
    def setup(self): pass
    def encode(self, texts):
        print(len(texts), flush=True)
        return np.tile(np.eye(1, 8, dtype=np.float32), (len(texts), 1))
def made(n):
    source = Source(id=f"made:{n}", title=f"title {n}", version="1", licence="none", depth=Depth.ABSTRACT)
    return Document(source=source, text=f"Text number {n}.", kind=StudyKind.TRIAL)
library = Library([], Path(sys.argv[1]), Double())
library.stock.put([made(n) for n in range(600)], Collection(name="made", title="t", licence="l"))
if sys.argv[2] == "embedding":
    def told(done, whole):
        if done >= 512:
            os.kill(os.getpid(), signal.SIGKILL)
    library.start(told)
elif sys.argv[2] == "swap":
    build.swap = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
print("held", library.wait(60), library.status().documents, library.trouble)
library.close()
"""


@pytest.mark.parametrize(("moment", "embedded_before", "left"), [("embedding", 512, 88), ("swap", 600, 0)])
def test_a_kill_loses_nothing_that_was_embedded(
    tmp_path: Path, moment: str, embedded_before: int, left: int
) -> None:
    def run(until: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", KILLED, str(tmp_path), until],
            cwd=ROOT, check=False, capture_output=True, text=True,
        )  # fmt: skip

    died = run(moment)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert sum(map(int, died.stdout.split())) == embedded_before
    assert generations.current(tmp_path) is None
    again = run("never")
    *counts, last = again.stdout.strip().splitlines()
    assert last.strip() == "held True 600", again.stderr
    assert sum(map(int, counts)) == left + 1  # the last is "ready"
    assert len(list(tmp_path.glob("index-*"))) == 1


def test_a_second_process_waits_for_the_builder(tmp_path: Path) -> None:
    tmp_path.mkdir(exist_ok=True)
    with locked(tmp_path / ".lock"):
        second = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path), "never"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        time.sleep(3)
        assert second.poll() is None
        assert not list(tmp_path.glob("index-*"))
    out, _ = second.communicate(timeout=60)
    assert out.strip().endswith("held True 600")


def test_who_waits_says_so_and_answers_by_words_meanwhile(
    documents: tuple[Document, ...], tmp_path: Path, encoder_maker: Any
) -> None:
    waiting = Library(documents, tmp_path, encoder_maker())
    with locked(tmp_path / ".lock"):
        waiting.start()
        until = time.monotonic() + 30
        while not waiting.trouble and time.monotonic() < until:
            time.sleep(0.05)
        assert "another process is building the index" in waiting.trouble
        assert waiting.search("Does tiotropium help in COPD?").used == "words"
    assert waiting.wait(60)
    assert waiting.trouble == ""
    waiting.close()


def test_a_lock_dies_with_its_process(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\nfrom pathlib import Path\nfrom retrieval.generations import locked\n"
        "with locked(Path(sys.argv[1])):\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path / ".lock")], cwd=ROOT, check=False)
    started = time.monotonic()
    with locked(tmp_path / ".lock"):
        assert time.monotonic() - started < 20


def test_without_the_model_what_was_brought_is_found_by_words(
    documents: tuple[Document, ...], tmp_path: Path, encoder_maker: Any
) -> None:
    from retrieval.embed import EmbeddingUnavailable

    class Missing:
        name = "missing"

        def setup(self) -> None:
            raise EmbeddingUnavailable("no weights; run: the mend")

        def encode(self, texts: Any) -> Any:
            raise AssertionError("there is no model")

    Stock(tmp_path).put([CRAMPS], MADE)
    held = Library(documents, tmp_path, Missing())
    assert held.wait(60) is False
    assert "the mend" in held.trouble
    assert (names(held), held.search(QUESTION).used) == (["pubmed:901"], "words")
    held.close()
    later = Library(documents, tmp_path, encoder_maker())
    assert later.wait(60), later.trouble
    assert (names(later), later.search(QUESTION).used) == (["pubmed:901"], "words and vectors")
    later.close()
