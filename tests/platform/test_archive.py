"""The archive: nothing in clear, nothing with a wrong key, nothing left of what was forgotten."""

from __future__ import annotations

import os
import sqlite3
import stat
import tempfile
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import archive as module
from assistant.archive import AlreadyArchived, Archive, Damaged, NotArchived, WrongKey
from assistant.audit import Audit
from assistant.database import DatabaseRefused
from assistant.keys import load_key

KEY = bytes(range(32))
WORDS = b'{"question": "Mrs Margaret Quillfeather, chest pain since Tuesday"}'


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path, KEY) as opened:
        yield opened


def held_bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.glob("archive.sqlite*")))


def test_what_goes_in_comes_out(archive: Archive) -> None:
    payload = bytes(range(256)) * 1000
    archive.put("a1", payload, "s1")
    archive.put("a2", b"", "s1")
    assert archive.get("a1") == payload
    assert archive.get("a2") == b""


def test_it_is_there_in_the_next_process(tmp_path: Path) -> None:
    with Archive(tmp_path, KEY) as first:
        first.put("a1", WORDS, "s1")
    with Archive(tmp_path, KEY) as second:
        assert second.get("a1") == WORDS


def test_nothing_of_the_text_stands_in_the_file(tmp_path: Path) -> None:
    with Archive(tmp_path, KEY) as archive:
        archive.put("a1", WORDS * 50, "s1")
        open_bytes = held_bytes(tmp_path)
    for held in (open_bytes, held_bytes(tmp_path)):
        assert b"a1" in held
        assert [word for word in WORDS.split() if len(word) > 4 and word in held] == []
        assert KEY not in held


def test_the_same_text_looks_different_each_time(archive: Archive, tmp_path: Path) -> None:
    archive.put("a1", WORDS, "s1")
    archive.put("a2", WORDS, "s1")
    db = sqlite3.connect(tmp_path / "archive.sqlite")
    rows = db.execute("SELECT nonce, payload FROM archive").fetchall()
    db.close()
    assert len({nonce for nonce, _ in rows}) == len({payload for _, payload in rows}) == 2


def test_the_file_is_closed_to_others(archive: Archive, tmp_path: Path) -> None:
    archive.put("a1", WORDS, "s1")
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob("archive.sqlite*")} == {0o600}


def test_an_unknown_answer_is_said(archive: Archive) -> None:
    with pytest.raises(NotArchived, match="nothing is archived under a9"):
        archive.get("a9")


def test_an_entry_is_never_overwritten(archive: Archive) -> None:
    archive.put("a1", WORDS, "s1")
    with pytest.raises(AlreadyArchived):
        archive.put("a1", b"other", "s2")
    assert archive.get("a1") == WORDS


def test_a_wrong_key_is_told_from_damage(tmp_path: Path) -> None:
    with Archive(tmp_path, KEY) as archive:
        archive.put("a1", WORDS, "s1")
    with Archive(tmp_path, b"x" * 32) as archive, pytest.raises(WrongKey, match="another key"):
        archive.get("a1")


@pytest.mark.parametrize(
    "change",
    [
        "payload = zeroblob(length(payload))",
        "tag = zeroblob(16)",
        "tag = x''",
        "nonce = zeroblob(12)",
        "session = 's2'",
        "made = '2020-01-01'",
        "answer_id = 'a1', session = 's1'",
    ],
)
def test_a_changed_entry_is_refused(archive: Archive, tmp_path: Path, change: str) -> None:
    archive.put("a0" if "answer_id" in change else "a1", WORDS, "s1")
    db = sqlite3.connect(tmp_path / "archive.sqlite")
    db.execute(f"UPDATE archive SET {change}")
    db.commit()
    db.close()
    with pytest.raises(Damaged):
        archive.get("a1")


def test_forgetting_a_session_leaves_the_others(archive: Archive) -> None:
    for answer, session in (("a1", "s1"), ("a2", "s2"), ("a3", "s1")):
        archive.put(answer, WORDS, session)
    assert archive.forget("s1") == 2
    assert archive.forget("s1") == 0
    for answer in ("a1", "a3"):
        with pytest.raises(NotArchived):
            archive.get(answer)
    assert archive.get("a2") == WORDS


def test_forgetting_by_age(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    stamp = module._stamp
    monkeypatch.setattr(module, "_stamp", lambda moment: stamp(moment - timedelta(days=31)))
    archive.put("old", WORDS, "s1")
    monkeypatch.undo()
    archive.put("new", WORDS, "s1")
    assert archive.forget(older_than_days=40) == 0
    assert archive.forget(older_than_days=30) == 1
    assert archive.get("new") == WORDS
    assert archive.forget(older_than_days=0) == 1


def test_forgetting_needs_to_know_what(archive: Archive) -> None:
    with pytest.raises(ValueError, match="forget a session"):
        archive.forget()
    with pytest.raises(ValueError, match="forget a session"):
        archive.forget("s1", 3)


def test_the_forgotten_is_gone_from_the_disk(archive: Archive, tmp_path: Path) -> None:
    archive.put("a1", os.urandom(20_000), "s1")
    archive.put("a2", WORDS, "s2")
    db = sqlite3.connect(tmp_path / "archive.sqlite")
    (secret,) = db.execute("SELECT payload FROM archive WHERE answer_id = 'a1'").fetchone()
    db.close()
    assert secret[5000:5100] in held_bytes(tmp_path)
    archive.forget("s1")
    held = held_bytes(tmp_path)
    assert [at for at in range(0, 19_000, 1000) if secret[at : at + 100] in held] == []


def test_a_lost_key_leaves_the_audit_verifiable(tmp_path: Path) -> None:
    with Archive(tmp_path, load_key(tmp_path, {})) as archive, Audit(tmp_path) as audit:
        archive.put("a1", WORDS, "s1")
        audit.append("answer", "x", {"answer_id": "a1"})
    (tmp_path / "key").unlink()
    with Archive(tmp_path, load_key(tmp_path, {})) as archive, Audit(tmp_path) as audit:
        with pytest.raises(WrongKey):
            archive.get("a1")
        assert audit.verify().whole
        assert len(audit.find("a1")) == 1


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    Archive(tmp_path, KEY).close()
    db = sqlite3.connect(tmp_path / "archive.sqlite")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(DatabaseRefused, match="newer"):
        Archive(tmp_path, KEY)


def test_threads_and_two_archives_write_at_once(tmp_path: Path) -> None:
    with Archive(tmp_path, KEY) as one, Archive(tmp_path, KEY) as two:

        def write(archive: Archive, name: str) -> None:
            for n in range(20):
                archive.put(f"{name}{n}", f"{name}{n}".encode(), name)

        threads = [
            threading.Thread(target=write, args=(archive, name))
            for archive, name in ((one, "a"), (one, "b"), (two, "c"), (two, "d"))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(one.get(f"{name}{n}") == f"{name}{n}".encode() for name in "abcd" for n in range(20))


@settings(max_examples=20, deadline=None)
@given(
    st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=10), st.binary(max_size=300), max_size=5),
    st.text(st.characters(codec="utf-8"), max_size=10),
)
def test_any_bytes_under_any_id(entries: dict[str, bytes], session: str) -> None:
    with tempfile.TemporaryDirectory() as name, Archive(Path(name), KEY) as archive:
        for answer_id, payload in entries.items():
            archive.put(answer_id, payload, session)
        assert {answer_id: archive.get(answer_id) for answer_id in entries} == entries
        assert archive.forget(session) == len(entries)
