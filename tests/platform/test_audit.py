"""The audit: tampering is found at its row, processes may write together, a kill leaves a whole chain."""

from __future__ import annotations

import hashlib
import json
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.audit import FIRST, Audit, AuditError, Row, canonical, verify
from assistant.database import DatabaseRefused

ROOT = Path(__file__).resolve().parents[2]
ACTOR = "a" * 32


@pytest.fixture
def audit(tmp_path: Path) -> Iterator[Audit]:
    with Audit(tmp_path) as opened:
        yield opened


def fill(folder: Path, rows: int) -> list[Row]:
    with Audit(folder) as audit:
        return [audit.append("answer", ACTOR, {"answer_id": f"a{n}", "n": n}) for n in range(1, rows + 1)]


def tamper(folder: Path, *statements: str) -> None:
    """What somebody does who owns the file: the triggers go first."""
    db = sqlite3.connect(folder / "audit.sqlite")
    for name in ("update", "delete", "insert"):
        db.execute(f"DROP TRIGGER IF EXISTS audit_{name}")
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


def test_rows_are_chained_as_the_specification_says(audit: Audit) -> None:
    first = audit.append("answer", ACTOR, {"b": 1, "a": [True, None, 0.5]})
    second = audit.append("feedback", ACTOR, {})
    assert (first.seq, first.prev, second.seq, second.prev) == (1, FIRST, 2, first.hash)
    assert first.body == '{"a":[true,null,0.5],"b":1}'
    assert first.facts == {"b": 1, "a": [True, None, 0.5]}
    row = {"seq": 1, "time": first.time, "actor": ACTOR, "event": "answer", "body": first.body}
    by_hand = json.dumps(row, sort_keys=True, separators=(",", ":"))
    assert first.hash == hashlib.sha256((FIRST + by_hand).encode()).hexdigest()
    assert first.time.endswith("+00:00")


def test_an_empty_audit_and_a_missing_one_are_whole(tmp_path: Path) -> None:
    assert verify(tmp_path / "audit.sqlite").whole
    assert verify(tmp_path / "audit.sqlite", "1" * 64).first_bad == 1
    with Audit(tmp_path) as audit:
        assert audit.verify().rows == 0
        assert audit.verify().whole
    assert not (tmp_path / "audit.head").exists()


def test_the_files_are_closed_to_others_and_durable(tmp_path: Path) -> None:
    fill(tmp_path, 1)
    with Audit(tmp_path) as audit:
        audit.append("answer", ACTOR, {})
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.glob("audit.sqlite*")}
        assert audit._db.execute("PRAGMA synchronous").fetchone() == (2,)
        assert audit._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert set(modes.values()) == {0o600}
    assert len(modes) == 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET body = '{}' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 3",
        "INSERT OR REPLACE INTO audit VALUES (2, 't', 'a', 'e', '{}', 'p', 'h')",
        "INSERT INTO audit VALUES (9, 't', 'a', 'e', '{}', 'p', 'h')",
    ],
)
def test_the_table_only_grows_at_its_end(tmp_path: Path, statement: str) -> None:
    fill(tmp_path, 3)
    db = sqlite3.connect(tmp_path / "audit.sqlite")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(statement)
    db.close()
    assert verify(tmp_path / "audit.sqlite").rows == 3


@pytest.mark.parametrize(
    ("statements", "bad"),
    [
        (["UPDATE audit SET body = replace(body, '4', '5') WHERE seq = 4"], 4),
        (["UPDATE audit SET body = body || ' ' WHERE seq = 4"], 4),
        (["UPDATE audit SET time = '2020-01-01' WHERE seq = 1"], 1),
        (["UPDATE audit SET actor = 'b' WHERE seq = 8"], 8),
        (["UPDATE audit SET event = x'ff' WHERE seq = 5"], 5),
        (["UPDATE audit SET event = CAST(x'ff' AS TEXT) WHERE seq = 5"], 5),
        (["UPDATE audit SET hash = upper(hash) WHERE seq = 6"], 6),
        (["UPDATE audit SET prev = prev || ' ' WHERE seq = 6"], 6),
        (["DELETE FROM audit WHERE seq = 3"], 3),
        (["DELETE FROM audit WHERE seq <= 2"], 1),
        (["DELETE FROM audit WHERE seq = 3", "UPDATE audit SET seq = seq - 1 WHERE seq > 3"], 3),
        (
            [
                "UPDATE audit SET seq = 99 WHERE seq = 3",
                "UPDATE audit SET seq = 3 WHERE seq = 4",
                "UPDATE audit SET seq = 4 WHERE seq = 99",
            ],
            3,
        ),
        (["DELETE FROM audit WHERE seq > 6"], 7),
        (["DELETE FROM audit"], 1),
        (["DROP TABLE audit"], 1),
    ],
)
def test_tampering_is_found_at_its_row(tmp_path: Path, statements: list[str], bad: int) -> None:
    fill(tmp_path, 10)
    assert verify(tmp_path / "audit.sqlite").whole
    tamper(tmp_path, *statements)
    found = verify(tmp_path / "audit.sqlite", (tmp_path / "audit.head").read_text())
    assert (found.first_bad, found.rows) == (bad, bad - 1)
    assert found.reason
    assert not found.whole


def test_a_chain_written_anew_is_found_by_its_head(tmp_path: Path) -> None:
    before = fill(tmp_path, 5)
    tamper(tmp_path, "DELETE FROM audit WHERE seq >= 3")
    (tmp_path / "audit.head").unlink()
    fill(tmp_path, 4)
    assert verify(tmp_path / "audit.sqlite").rows == 6
    assert verify(tmp_path / "audit.sqlite").whole
    assert verify(tmp_path / "audit.sqlite", before[1].hash).whole
    found = verify(tmp_path / "audit.sqlite", f"5 {before[4].hash}")
    assert (found.first_bad, found.whole) == (5, False)
    assert "head" in found.reason
    assert not verify(tmp_path / "audit.sqlite", before[4].hash).whole
    assert not verify(tmp_path / "audit.sqlite", f"2 {before[0].hash}").whole


@pytest.mark.parametrize("cut", ["seq > 3", "seq >= 1"])
def test_the_proof_of_missing_rows_outlives_the_next_start(
    tmp_path: Path, cut: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Opening, writing on and closing must not record the shortened chain as the right one."""
    fill(tmp_path, 5)
    recorded = (tmp_path / "audit.head").read_text()
    tamper(tmp_path, f"DELETE FROM audit WHERE {cut}")
    Audit(tmp_path).close()
    fill(tmp_path, 110)
    assert (tmp_path / "audit.head").read_text() == recorded
    with Audit(tmp_path) as audit:
        assert audit.verify().first_bad == 5
    assert "not in its chain" in caplog.text


def test_a_head_that_cannot_be_read_is_left_and_told(tmp_path: Path) -> None:
    fill(tmp_path, 2)
    (tmp_path / "audit.head").write_bytes(b"\xff\xfe nonsense")
    fill(tmp_path, 1)
    with Audit(tmp_path) as audit:
        assert not audit.verify().whole
    assert (tmp_path / "audit.head").read_bytes() == b"\xff\xfe nonsense"


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "audit.sqlite").write_bytes(b"this is not a database" * 100)
    assert verify(tmp_path / "audit.sqlite").first_bad == 1
    with pytest.raises(DatabaseRefused, match="move it aside"):
        Audit(tmp_path)
    with pytest.raises(DatabaseRefused, match="move it aside"):
        Audit(tmp_path)


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, 1)
    db = sqlite3.connect(tmp_path / "audit.sqlite")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(DatabaseRefused, match="newer"):
        Audit(tmp_path)


def test_the_head_is_written_every_hundred_rows_and_at_the_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    head = tmp_path / "audit.head"
    with caplog.at_level("INFO", "consilium.audit"), Audit(tmp_path) as audit:
        rows = [audit.append("e", ACTOR, {}) for _ in range(99)]
        assert not head.exists()
        rows += [audit.append("e", ACTOR, {}) for _ in range(2)]
        assert head.read_text() == f"100 {rows[99].hash}\n"
        assert audit.verify().whole
    assert head.read_text() == f"101 {rows[100].hash}\n"
    assert [rows[100].hash in record.message for record in caplog.records] == [False, True]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["audit.head", "audit.sqlite"]


def test_an_answer_is_found(audit: Audit) -> None:
    audit.append("answer", ACTOR, {"answer_id": "one"})
    audit.append("answer", ACTOR, {"answer_id": "two"})
    audit.append("feedback", ACTOR, {"answer_id": "one"})
    audit.append("start", ACTOR, {})
    assert [(row.seq, row.event) for row in audit.find("one")] == [(1, "answer"), (3, "feedback")]
    assert audit.find("three") == ()
    assert audit.find("' OR 1=1 --") == ()


@pytest.mark.parametrize(
    "body", [{"x": float("nan")}, {"x": float("inf")}, {"x": ["word " * 50]}, {"w" * 201: 1}]
)
def test_a_body_of_words_or_no_numbers_is_refused(audit: Audit, body: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"JSON|words"):
        audit.append("answer", ACTOR, body)
    assert audit.verify().rows == 0
    assert audit.append("answer", ACTOR, {}).seq == 1


def test_an_audit_that_cannot_be_written_says_so(audit: Audit) -> None:
    audit._db.execute("PRAGMA query_only = ON")
    with pytest.raises(AuditError, match="cannot be written"):
        audit.append("answer", ACTOR, {})
    audit._db.execute("PRAGMA query_only = OFF")
    assert audit.append("answer", ACTOR, {}).seq == 1


def test_threads_share_one_audit(audit: Audit) -> None:
    def write() -> None:
        for _ in range(25):
            audit.append("answer", ACTOR, {})

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert audit.verify().rows == 100
    assert audit.verify().whole


WRITER = """
import pathlib, sys
from assistant.audit import Audit
name, rows = sys.argv[2], int(sys.argv[3])
audit = Audit(pathlib.Path(sys.argv[1]))
sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
for n in range(rows):
    row = audit.append("answer", name, {"answer_id": f"{name}-{n}"})
    sys.stdout.write(f"{row.seq} {row.hash}\\n"); sys.stdout.flush()
audit.close()
"""


def writer(folder: Path, name: str, rows: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), name, str(rows)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)


def go(process: subprocess.Popen[str]) -> None:
    """Let a writer begin that has opened the audit."""
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def test_four_processes_write_at_once(tmp_path: Path) -> None:
    running = [writer(tmp_path, f"p{n}", 80) for n in range(4)]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        go(process)
    said = [process.communicate(timeout=120)[0].splitlines() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0, 0]
    assert sorted(int(line.split()[0]) for lines in said for line in lines) == list(range(1, 321))
    with Audit(tmp_path) as audit:
        found = audit.verify()
        assert (found.rows, found.whole) == (320, True)
        assert len(audit.find("p2-79")) == 1
    assert (tmp_path / "audit.head").read_text() == f"320 {found.head}\n"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is POSIX")
@pytest.mark.parametrize("pause", [0.0, 0.013, 0.05])
def test_a_kill_in_the_middle_leaves_a_whole_chain(tmp_path: Path, pause: float) -> None:
    process = writer(tmp_path, "victim", 1_000_000)
    assert process.stdin is not None
    assert process.stdout is not None
    go(process)
    last = ""
    for line in process.stdout:
        last = line
        if line.startswith("120 "):
            break
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    rest = [line for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    process.stdout.close()
    process.stdin.close()
    assert process.wait(timeout=30) == -signal.SIGKILL
    acknowledged = (rest or [last])[-1].strip()
    found = verify(tmp_path / "audit.sqlite", acknowledged)
    assert found.whole, found.reason
    assert found.rows >= int(acknowledged.split()[0]) >= 120
    with Audit(tmp_path) as audit:
        assert audit.append("after", ACTOR, {}).seq == found.rows + 1
        assert audit.verify().whole


def test_five_hundred_appends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    started = time.perf_counter()
    fill(tmp_path, 500)
    seconds = time.perf_counter() - started
    with capsys.disabled():
        print(f"\n500 appends to the audit: {seconds:.2f} s")
    assert verify(tmp_path / "audit.sqlite").rows == 500


FIELDS = ("time", "actor", "event", "body", "prev", "hash")
BODIES = st.dictionaries(
    st.text(st.characters(codec="utf-8"), max_size=8),
    st.one_of(
        st.integers(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20)
    ),
    max_size=3,
)


@settings(max_examples=25, deadline=None)
@given(st.lists(BODIES, min_size=3, max_size=6), st.data())
def test_any_changed_dropped_or_swapped_row_is_found(
    bodies: list[dict[str, object]], data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Audit(folder) as audit:
            rows = [audit.append("answer", ACTOR, body) for body in bodies]
        head = (folder / "audit.head").read_text()
        assert verify(folder / "audit.sqlite", head).rows == len(bodies)
        place = data.draw(st.integers(1, len(rows)))
        kind = data.draw(st.sampled_from(["change", "drop", "swap"]))
        KINDS[kind](folder, rows, place, data)
        found = verify(folder / "audit.sqlite", head)
        expected = min(place, len(rows) - 1) if kind == "swap" else place
        assert found.first_bad == expected, (kind, place, found)


def _change(folder: Path, rows: list[Row], place: int, data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(FIELDS))
    held: str = getattr(rows[place - 1], field)
    spot = data.draw(st.integers(0, len(held) - 1))
    letter = data.draw(
        st.characters(codec="ascii", categories=("L", "N")).filter(lambda new: new != held[spot])
    )
    new = held[:spot] + letter + held[spot + 1 :]
    db = sqlite3.connect(folder / "audit.sqlite")
    db.execute("DROP TRIGGER audit_update")
    db.execute("DROP INDEX audit_answer")  # the change may leave no JSON
    db.execute(f"UPDATE audit SET {field} = ? WHERE seq = ?", (new, place))
    db.commit()
    db.close()


def _drop(folder: Path, rows: list[Row], place: int, data: st.DataObject) -> None:
    tamper(folder, f"DELETE FROM audit WHERE seq = {place}")


def _swap(folder: Path, rows: list[Row], place: int, data: st.DataObject) -> None:
    one = min(place, len(rows) - 1)
    tamper(
        folder,
        f"UPDATE audit SET seq = 999 WHERE seq = {one}",
        f"UPDATE audit SET seq = {one} WHERE seq = {one + 1}",
        f"UPDATE audit SET seq = {one + 1} WHERE seq = 999",
    )


KINDS: dict[str, Callable[[Path, list[Row], int, st.DataObject], None]] = {
    "change": _change,
    "drop": _drop,
    "swap": _swap,
}


def test_canonical_json_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": {"d": "é", "c": []}}) == canonical({"a": {"c": [], "d": "é"}, "b": 1})
    assert canonical({"a": "é\u2028"}).isascii()
