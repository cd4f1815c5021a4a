"""``consilium literature`` when something is wrong: one line, the right code, nothing lost, no sign to the terminal."""

from __future__ import annotations

import errno
import json
import os
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from retrieval.evidence import Depth, Source
from retrieval.passages import Document, StudyKind
from retrieval.stock import Collection, Stock

Run = Callable[..., Result]
PUBMED = Collection(name="pubmed", title="PubMed", licence="as given")
MAIL = ("--email", "ward@example.org")


def paper(number: int) -> Document:
    source = Source(
        id=f"pubmed:{number}",
        title=f"Quinoxitine in frobnitis {number}",
        version="2020-01-01",
        licence="as given",
        depth=Depth.ABSTRACT,
        pmid=str(number),
        year=2019,
    )
    return Document(source=source, text="Quinoxitine shortened frobnitis. " * 40, kind=StudyKind.TRIAL)


@pytest.fixture
def stock(run: Run, tmp_path: Path) -> Stock:
    """The stock of the command, before its first run."""
    return Stock(tmp_path / "data" / "literature")


@pytest.fixture
def unindexed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spares the index where only what is held is asked for."""
    for module in ("literature", "literature_pull"):
        monkeypatch.setattr(f"assistant.cli.{module}.indexed", lambda **given: None)


def damage_the_middle(stock: Stock) -> None:
    stock.put([paper(number) for number in range(990_001, 990_100)], PUBMED)
    size = stock._line().execute("pragma page_size").fetchone()[0]
    stock._line().execute("pragma wal_checkpoint(truncate)")
    stock.close()
    content = bytearray(stock.path.read_bytes())
    for page in range(2, len(content) // size):
        content[page * size : page * size + 300] = b"\xff" * 300
    stock.path.write_bytes(content)


def test_a_stock_that_is_damaged_in_the_middle_ends_in_one_line(
    run: Run, stock: Stock, tmp_path: Path
) -> None:
    damage_the_middle(stock)
    guideline = tmp_path / "frobnitis.md"
    guideline.write_text("# Frobnitis\n\nGive quinoxitine 5 mg.\n")
    for words in (("status",), ("remove", "pubmed:990001"), ("add", str(guideline))):
        done = run(*words)
        assert (done.exit_code, "damaged" in done.stderr) == (5, True), (words, done.output)
        assert "Traceback" not in done.output
    searched = run("search", "Does zinc shorten pneumonia in children?")
    assert searched.exception is None or isinstance(searched.exception, SystemExit), searched.exception


def test_names_of_files_steer_no_terminal(run: Run, unindexed: None, tmp_path: Path) -> None:
    name = "x\x1b]0;owned\x07\x1b[2J"
    folder = tmp_path / "ward"
    folder.mkdir()
    (folder / f"{name}.exe").write_bytes(b"MZ")
    nowhere, archive = f"/nowhere/{name}.xml", tmp_path / f"{name}.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(f"made/{name}.xml", "<no xml")
    for words in (
        ("add", str(folder)),
        ("pull", "pubmed", "--file", nowhere),
        ("pull", "medquad", "--file", str(archive)),
    ):
        done = run(*words)
        assert "owned" in done.output, (words, done.output)
        assert not set(done.output) & set("\x1b\x07"), words


def test_guidelines_that_are_gone_all_at_once_stay_and_are_named(
    run: Run, unindexed: None, stock: Stock, tmp_path: Path
) -> None:
    folder = tmp_path / "ward"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.md").write_text(f"# Title {name}\n\nGive quinoxitine in case {name}.\n")
    assert run("add", str(folder)).exit_code == 0
    for file in folder.iterdir():
        file.unlink()
    done = run("add", str(folder))
    assert done.exit_code == 4
    assert "2 held files are not in the folder" in done.stdout
    assert "a.md, b.md" in done.stdout
    assert "consilium literature remove local:ward" in done.stdout
    assert len(stock.rows("local:ward")) == 2


def test_what_pubmed_no_longer_gives_is_named_by_a_recheck(
    run: Run, unindexed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from retrieval.sources.eutils import Fetched
    from retrieval.sources.pubmed import Pubmed

    def fetch(self: Pubmed, pmids: Any) -> Fetched:
        return Fetched((), missing=tuple(pmids)[:1], unreadable=tuple(pmids)[1:2])

    monkeypatch.setattr(Pubmed, "fetch", fetch)
    done = run("recheck", *MAIL)
    assert done.exit_code == 0, done.output
    assert "not given by PubMed: " in done.stdout
    assert "unreadable: " in done.stdout


def test_a_broken_answer_of_pmc_is_no_mistake_of_who_asked(
    run: Run, unindexed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "retrieval.sources.pubmed.Pubmed.full_texts", lambda self, ids: b"<pmc-articleset><art"
    )
    done = run("pull", "pmc", "PMC99000001", *MAIL)
    assert done.exit_code == 5
    assert "breaks off" in done.stderr
    assert run("pull", "pmc", "X1", *MAIL).exit_code == 2


def test_a_locked_or_absurd_file_of_medquad_is_refused_in_one_line(
    run: Run, unindexed: None, tmp_path: Path
) -> None:
    archive = tmp_path / "locked.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("made/page.xml", "<Document/>")
    content = bytearray(archive.read_bytes())
    content[6] |= 1
    content[content.find(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(content)
    deep = tmp_path / "deep.jsonl"
    deep.write_text("[" * 100_000)
    for file in (archive, deep):
        done = run("pull", "medquad", "--file", str(file))
        assert done.exit_code == 2, done.output
        assert "Traceback" not in done.output


def test_a_stock_that_cannot_be_written_is_no_bad_input(
    run: Run, unindexed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from retrieval.stock import StockError

    def full(self: Stock, *given: Any) -> None:
        raise StockError("the disk is full")

    monkeypatch.setattr(Stock, "put", full)
    file = tmp_path / "frobnitis.md"
    file.write_text("# Frobnitis\n\nGive quinoxitine.\n")
    done = run("add", str(file))
    assert (done.exit_code, "the disk is full" in done.stderr) == (5, True)


def test_a_rebuild_on_a_full_disk_leaves_the_index_that_stands(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from retrieval import search

    assert run("rebuild").exit_code == 0
    place = tmp_path / "data" / "literature"
    standing = (place / "current.json").read_text()
    assert place.stat().st_mode & 0o077 == 0

    def full(*given: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("retrieval.shelf.Shelf.save", full)
        done = run("rebuild")
    assert done.exit_code == 5
    assert "No space left" in done.stderr
    assert (place / "current.json").read_text() == standing
    for held in search._libraries.values():
        held.close()
    search._libraries.clear()
    assert "Index ready: words and meaning" in run("status").stdout


@pytest.mark.skipif(os.name != "posix", reason="flock")
def test_who_waits_for_another_process_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    from assistant.cli import literature_stock

    monkeypatch.setattr(literature_stock, "STEP", 0.05)
    place = tmp_path / "data" / "literature"
    place.mkdir()
    with (place / ".lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        letting_go = threading.Timer(2.0, fcntl.flock, (lock, fcntl.LOCK_UN))
        letting_go.start()
        done = run("rebuild")
        letting_go.join()
    assert done.exit_code == 0, done.output
    assert "another process" in done.stderr
    assert str(place) in done.stderr


def test_why_is_told_of_the_very_passage_that_is_shown(
    run: Run, stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from retrieval.search import Library

    stock.put([paper(990_001), paper(990_002)], PUBMED)
    run("rebuild")
    once = json.loads(run("search", "Does quinoxitine shorten frobnitis?", "--json", "--why").stdout)
    assert len(once["findings"]) > 1
    assert all("by words number" in why for why in once["why"])

    asked: list[Any] = []
    real = Library.search

    def moving(self: Library, *given: Any, **more: Any) -> Any:
        asked.append(given)
        outcome = real(self, *given, **more)
        return outcome.model_copy(update={"hits": outcome.hits[1:]}) if len(asked) > 1 else outcome

    monkeypatch.setattr(Library, "search", moving)
    again = run("search", "Does quinoxitine shorten frobnitis?", "--why")
    assert again.exit_code == 0, again.output
    assert "why: not known: it came from PubMed just now, or the index changed meanwhile" in again.stdout
    assert "why: by words number" in again.stdout
