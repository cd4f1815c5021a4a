"""The file of the stock: who reads waits for nobody, its errors say what to do, and nobody else may look into it."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from retrieval import stock_file
from retrieval.passages import Document
from retrieval.stock import Collection, Stock, StockError

MADE = Collection(name="made", title="made by a test", licence="none")


def elsewhere(asked: Callable[[], Any]) -> Any:
    """What a new thread, which has no connection yet, gets or is told."""
    came: list[Any] = []

    def run() -> None:
        try:
            came.append(asked())
        except StockError as wrong:
            came.append(wrong)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return came[0]


@pytest.fixture
def stock(documents: tuple[Document, ...], tmp_path: Path) -> Stock:
    held = Stock(tmp_path / "literature")
    held.put(documents, MADE)
    return held


@pytest.fixture
def writer(stock: Stock) -> sqlite3.Connection:
    """Another process in the middle of a long writing."""
    line = sqlite3.connect(stock.path, isolation_level=None, check_same_thread=False)
    line.execute("begin immediate")
    return line


def test_a_first_look_waits_for_nobody_who_writes(
    stock: Stock, writer: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock_file, "BUSY_S", 0.2)
    assert len(elsewhere(stock.rows)) == 6
    assert elsewhere(lambda: stock.version) == 1
    writer.close()


def test_busy_is_not_called_damaged(
    stock: Stock, documents: tuple[Document, ...], writer: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock_file, "BUSY_S", 0.2)
    told = str(elsewhere(lambda: stock.put(documents, MADE)))
    assert "is busy" in told
    assert "try again" in told
    assert "Move it away" not in told
    writer.execute("rollback")
    assert elsewhere(lambda: stock.put(documents, MADE)) == (0, 0, 6)
    writer.close()


def test_a_new_file_that_another_is_just_making_is_waited_for(tmp_path: Path) -> None:
    """SQLite refuses at once, without waiting, to change the journal of a file in which another is writing."""
    path = tmp_path / "stock.sqlite3"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("begin immediate")
    let_go = threading.Timer(0.2, other.execute, ["rollback"])
    let_go.start()
    assert elsewhere(lambda: Stock(tmp_path).put([], MADE)) == (0, 0, 0)
    let_go.join()
    other.close()


def test_a_new_file_that_another_never_lets_go_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock_file, "BUSY_S", 0.2)
    other = sqlite3.connect(tmp_path / "stock.sqlite3", isolation_level=None)
    other.execute("begin immediate")
    assert "is busy" in str(elsewhere(lambda: Stock(tmp_path).put([], MADE)))
    other.close()


def test_a_full_disk_is_not_called_damaged_and_loses_nothing(
    stock: Stock, documents: tuple[Document, ...]
) -> None:
    line = stock._line()
    (pages,) = line.execute("pragma page_count").fetchone()
    line.execute(f"pragma max_page_count = {pages}")
    large = documents[0].model_copy(update={"text": "word " * 100_000})
    with pytest.raises(StockError, match=r"cannot be written: database or disk is full") as told:
        stock.put([large], MADE)
    assert "Move it away" not in str(told.value)
    line.execute("pragma max_page_count = 1000000")
    assert stock.document(documents[0].source.id) == documents[0]
    assert stock.put([large], MADE) == (0, 1, 0)


READING: dict[str, Callable[[Stock, Document], Any]] = {
    "rows": lambda stock, one: stock.rows(),
    "rows of one": lambda stock, one: stock.rows("made"),
    "documents": lambda stock, one: list(stock.documents(range(300))),
    "document": lambda stock, one: stock.document(one.source.id),
    "of_pmid": lambda stock, one: stock.of_pmid("100001"),
    "held": lambda stock, one: stock.held([one.source.id]),
    "holdings": lambda stock, one: stock.holdings(),
    "retracted": lambda stock, one: stock.retracted(),
    "notices": lambda stock, one: stock.notices(),
    "job": lambda stock, one: stock.job("pull"),
    "vectors": lambda stock, one: stock.vectors(["a"]),
    "put": lambda stock, one: stock.put([one], MADE),
    "remove": lambda stock, one: stock.remove(one.source.id),
    "purge": lambda stock, one: stock.purge([]),
}


@pytest.mark.parametrize("way", READING)
def test_damage_in_the_middle_is_named_with_the_mend_by_every_method(
    stock: Stock, documents: tuple[Document, ...], way: str
) -> None:
    asked = "select rootpage from sqlite_master where rootpage > 1 and tbl_name <> 'meta'"  # so that it opens
    pages = stock._line().execute(asked).fetchall()
    size = stock._line().execute("pragma page_size").fetchone()[0]
    stock._line().execute("pragma wal_checkpoint(truncate)")
    stock.close()
    with stock.path.open("r+b") as file:
        for (page,) in pages:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)
    assert stock.version == 1
    with pytest.raises(StockError, match=r"is damaged.*Move it away"):
        READING[way](stock, documents[0])


def test_a_document_that_is_no_longer_one_is_damage_too(
    stock: Stock, documents: tuple[Document, ...]
) -> None:
    stock._line().execute("update document set body = '{}' where row = 1")
    with pytest.raises(StockError, match=r"is damaged"):
        stock.document(documents[0].source.id)


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_nobody_else_may_look_into_it(documents: tuple[Document, ...], tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        stock = Stock(tmp_path / "literature")
        stock.put(documents, MADE)
        assert stock.folder.stat().st_mode & 0o777 == 0o700
        files = sorted(stock.folder.iterdir())
        assert {file.name for file in files} >= {"stock.sqlite3", "stock.sqlite3-wal", "stock.sqlite3-shm"}
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    finally:
        os.umask(before)


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_one_that_stood_open_is_closed(stock: Stock) -> None:
    stock.close()
    stock.folder.chmod(0o755)
    stock.path.chmod(0o644)
    assert len(Stock(stock.folder).rows()) == 6
    assert (stock.folder.stat().st_mode & 0o777, stock.path.stat().st_mode & 0o777) == (0o700, 0o600)


def test_words_that_were_let_go_and_purged_stand_nowhere_in_the_file(
    stock: Stock, documents: tuple[Document, ...]
) -> None:
    secret = documents[0].model_copy(update={"text": "Zorblaxinib for the ward. " * 400})
    stock.put([secret], MADE)
    stock._line().execute("pragma wal_checkpoint(truncate)")
    assert b"Zorblaxinib" in stock.path.read_bytes()
    stock.remove(secret.source.id)
    stock.purge([])
    stock._line().execute("pragma wal_checkpoint(truncate)")
    assert b"Zorblaxinib" not in stock.path.read_bytes()


def test_removing_a_collection_forgets_how_far_its_pulls_had_come(stock: Stock) -> None:
    for key in ("made", "made:1", "made-up", "other"):
        stock.save_job(key, {"done": 1})
    stock.remove_collection("made")
    assert [key for key in ("made", "made:1", "made-up", "other") if stock.job(key)] == ["made-up", "other"]
