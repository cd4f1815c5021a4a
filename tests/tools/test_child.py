"""A module in a process of its own: lines and bytes in order, ended when late, started anew after it broke off."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.child import PIECE, Child

ECHO = """
import json, sys, time
out = sys.stdout.buffer
out.write(b"ready\\n"); out.flush()
for line in sys.stdin:
    order = json.loads(line)
    time.sleep(order.get("sleep", 0))
    if order.get("die"):
        sys.exit(1)
    raw = b"x\\n" * (order.get("size", 0) // 2)
    out.write(json.dumps(order).encode() + b"\\n" + raw); out.flush()
"""


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Child]:
    (tmp_path / "made_echo.py").write_text(ECHO, encoding="utf-8")
    held = Child("made_echo", {"PYTHONPATH": str(tmp_path)})
    yield held
    held.end()


def soon() -> float:
    return time.monotonic() + 30


def test_the_numbers_behind_a_line_are_read_to_the_byte(child: Child) -> None:
    assert child.start(30)
    size = 3 * PIECE + 10
    assert child.ask({"size": size}, soon()) == b'{"size": %d}\n' % size
    assert child.read(size, soon()) == b"x\n" * (size // 2)
    assert child.ask({"size": 0}, soon()) == b'{"size": 0}\n'


def test_a_late_answer_is_none_and_the_next_start_forgets_it(child: Child) -> None:
    assert child.start(30)
    assert child.ask({"sleep": 5}, time.monotonic() + 0.2) is None
    assert child.start(30)
    assert child.ask({"size": 2}, soon()) == b'{"size": 2}\n'


def test_one_that_broke_off_runs_no_more_and_answers_none(child: Child) -> None:
    assert child.start(30)
    assert child.ask({"die": True}, soon()) is None
    assert child.process
    child.process.wait(10)
    assert not child.runs
    assert child.ask({}, soon()) is None
    assert child.read(1, soon()) is None


def test_what_does_not_say_that_it_is_ready_is_ended() -> None:
    lost = Child("no_such_module_of_ours")
    assert not lost.start(30)
    assert lost.process is None
    assert not lost.runs


def test_a_forked_process_lets_go_of_its_parents_child(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    assert child.start(30)
    running, own = child.process, os.getpid()
    with monkeypatch.context() as forked:
        forked.setattr(os, "getpid", lambda: own + 1)
        assert not child.runs
        child.end()
    assert running
    assert running.poll() is None
    child.process = running  # the parent's own, for the end of the test
