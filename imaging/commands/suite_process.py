"""A suite in a process of its own: its rows as soon as it prints them, and why it ended early."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from imaging.commands.circumstances import ROOT
from imaging.report.evaluation import SuiteRun
from imaging.suites.row import Given, Row

Command = Callable[[str, Given], Sequence[str]]


def command(name: str, given: Given) -> list[str]:
    """What measures one suite and prints a row a line."""
    line = [sys.executable, "-m", "imaging", "evaluate", name, "--lines"]
    line += ["--data", str(given.data.resolve()), "--work", str(given.work.resolve())]
    return [*line, "--every", str(given.every), *(["--train"] if given.train else [])]


def growing(run: SuiteRun, line: Sequence[str], log: Path) -> Iterator[SuiteRun]:
    """The run after each row that the process prints, and at its end; what it says besides goes to ``log``."""
    started = time.monotonic()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as told, _started(line, told) as process:
        assert process.stdout is not None
        for words in process.stdout:
            if (row := _row(words)) is not None:
                taken = time.monotonic() - started
                run = run.model_copy(update={"rows": (*run.rows, row), "seconds": taken})
                yield run
    stopped = _why(process.returncode, log)
    ended = {"seconds": time.monotonic() - started, "stopped": stopped, "whole": not stopped}
    yield run.model_copy(update=ended)


def _started(line: Sequence[str], told: IO[str]) -> subprocess.Popen[str]:
    threads = {"OMP_NUM_THREADS": "1", **os.environ}
    return subprocess.Popen(line, cwd=ROOT, env=threads, stdout=subprocess.PIPE, stderr=told, text=True)


def _row(line: str) -> Row | None:
    """A row of the table; anything else that a library printed is no row."""
    if not line.startswith("{"):
        return None
    try:
        return Row.model_validate_json(line)
    except ValidationError:
        return None


def _why(code: int, log: Path) -> str:
    """Why a process ended early: the last line that it said; empty where it ended well."""
    if code == 0:
        return ""
    last = (log.read_text(encoding="utf-8").strip().splitlines() or ["it said nothing"])[-1]
    return f"exit code {code}: {last[:300]}"
