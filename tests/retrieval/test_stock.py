"""The stock: all of a writing or none of it, old texts kept while an index speaks of them, notices, jobs."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from retrieval.passages import Document, Notice, NoticeKind
from retrieval.stock import Collection, Stock, StockError

ROOT = Path(__file__).resolve().parents[2]
MADE = Collection(name="made", title="made by a test", licence="none")


def test_what_is_put_is_held_and_put_again_changes_nothing(
    documents: tuple[Document, ...], tmp_path: Path
) -> None:
    stock = Stock(tmp_path / "new" / "folder")
    assert (stock.rows(), stock.holdings(), stock.version, stock.notices()) == ([], (), 0, {})
    assert stock.put(documents, MADE) == (6, 0, 0)
    version = stock.version
    assert stock.put(documents, MADE) == (0, 0, 6)
    assert stock.document(documents[0].source.id) == documents[0]
    assert stock.held(["none", documents[1].source.id]) == {documents[1].source.id}
    assert list(stock.documents([row.row for row in stock.rows()])) == list(documents)
    (holding,) = stock.holdings()
    assert (holding.documents, holding.oldest, holding.newest) == (6, 2015, 2015)
    assert stock.of_pmid(documents[2].source.pmid or "") == [documents[2]]
    assert stock.version > version > 0


def test_a_changed_document_gets_a_row_of_its_own_until_the_old_one_is_purged(
    documents: tuple[Document, ...], tmp_path: Path
) -> None:
    stock = Stock(tmp_path)
    stock.put(documents, MADE)
    first = stock.rows()[0]
    changed = documents[0].model_copy(update={"text": "another text"})
    assert stock.put([changed], MADE) == (0, 1, 0)
    assert [row.id for row in stock.rows()].count(first.id) == 1
    assert stock.document(first.id) == changed
    assert list(stock.documents([first.row])) == [documents[0]]
    assert stock.purge([first.row]) == 0
    assert stock.purge([]) == 1
    assert list(stock.documents([first.row])) == []


def test_removing_and_keeping(documents: tuple[Document, ...], tmp_path: Path) -> None:
    stock = Stock(tmp_path)
    stock.put(documents, MADE)
    assert stock.remove(documents[0].source.id, "none") == 1
    assert stock.keep_only("made", [documents[1].source.id, documents[2].source.id]) == 3
    assert [row.id for row in stock.rows("made")] == [documents[1].source.id, documents[2].source.id]
    assert stock.remove_collection("made") == 2
    assert stock.holdings() == ()
    assert stock.document(documents[1].source.id) is None


def test_a_put_that_fails_in_the_middle_leaves_nothing(
    documents: tuple[Document, ...], tmp_path: Path
) -> None:
    stock = Stock(tmp_path)

    def breaking() -> Any:
        yield documents[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stock.put(breaking(), MADE)
    assert stock.rows() == []
    stock.put(documents[:1], MADE)
    assert len(stock.rows()) == 1


KILLED = """
import os, signal, sys
from pathlib import Path
from retrieval.cards import starter
from retrieval.passages import from_card
from retrieval.stock import Collection, Stock
made = [from_card(card) for card in starter()[:20]]
stock = Stock(Path(sys.argv[1]))
stock.put(made[:10], Collection(name="made", title="t", licence="l"))
put = Stock._put
def dying(self, line, document, *rest):
    if document is made[15]:
        os.kill(os.getpid(), signal.SIGKILL)
    return put(self, line, document, *rest)
Stock._put = dying
stock.put(made[10:], Collection(name="made", title="t", licence="l"))
"""


def test_a_kill_in_the_middle_leaves_what_was_whole(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(Stock(tmp_path).rows()) == 10


def test_notices_are_known_by_pmid_whoever_brings_them(
    documents: tuple[Document, ...], tmp_path: Path
) -> None:
    stock = Stock(tmp_path)
    pmid = documents[0].source.pmid or ""
    retraction = Notice(pmid=pmid, kind=NoticeKind.RETRACTED, by="999")
    source = documents[1].source.model_copy(update={"id": "pubmed:999", "pmid": "999"})
    stock.put(
        [documents[0], documents[1].model_copy(update={"source": source, "notices": (retraction,)})], MADE
    )
    stock.note([Notice(pmid="5", kind=NoticeKind.CORRECTED)])
    stock.note([Notice(pmid="5", kind=NoticeKind.CORRECTED)])
    assert stock.notices()[pmid] == (retraction,)
    assert len(stock.notices()["5"]) == 1
    assert stock.retracted() == 1


def test_jobs_and_vectors(tmp_path: Path) -> None:
    stock = Stock(tmp_path)
    assert stock.job("pull") is None
    stock.save_job("pull", {"done": [1, 2]})
    assert Stock(tmp_path).job("pull") == {"done": [1, 2]}
    stock.save_job("pull", None)
    assert stock.job("pull") is None
    stock.save_vectors((str(n), bytes([n])) for n in range(250))
    assert stock.vectors([str(n) for n in range(700)]) == {str(n): bytes([n]) for n in range(250)}
    assert stock.purge_vectors(["7"]) == 249
    assert stock.name == Stock(tmp_path).name


def test_threads_share_one_stock(documents: tuple[Document, ...], tmp_path: Path) -> None:
    stock = Stock(tmp_path)
    wrong: list[BaseException] = []

    def write(document: Document) -> None:
        try:
            stock.put([document], MADE)
        except BaseException as error:  # noqa: BLE001  # told to the test's own thread
            wrong.append(error)

    threads = [threading.Thread(target=write, args=(document,)) for document in documents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(stock.rows()) == 6


def test_a_damaged_file_and_one_of_a_later_version_are_named_with_the_mend(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "stock.sqlite3").write_bytes(b"no database" * 1000)
    with pytest.raises(StockError, match=r"damaged.*Move it away"):
        Stock(tmp_path / "a").rows()
    later = Stock(tmp_path / "b")
    later.note([])
    later.close()
    with sqlite3.connect(tmp_path / "b" / "stock.sqlite3") as line:
        line.execute("update meta set value = '99' where key = 'format'")
    line.close()
    with pytest.raises(StockError, match="later version"):
        Stock(tmp_path / "b").rows()


@pytest.mark.skipif(os.geteuid() == 0 and not hasattr(os, "chflags"), reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(documents: tuple[Document, ...], tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StockError, match="cannot be written"):
        Stock(tmp_path / "inner").put(documents, MADE)
    tmp_path.chmod(0o700)


def test_a_file_in_the_place_of_the_folder_is_named(documents: tuple[Document, ...], tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(StockError, match="cannot be written"):
        Stock(tmp_path / "taken").put(documents, MADE)
