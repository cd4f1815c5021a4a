"""Every bar of the treatment specification as one table: ``python -m evals.bench.treatment [DATA] [--only 7a,7j]``.

Each module measures in a process of its own, one after the other, so that none warms, loads or slows another. A missed
bar is a figure and no error; the exit code is 1 only where a module failed.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from evals.bench.genomics.row import Row
from evals.bench.genomics.table import Part, markdown, ordered, wanted
from evals.bench.treatment.table import HERE, PARTS, UNMEASURED

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 600
"""The longest that one module may take; the whole table takes about two minutes on one shared core."""
LABELS = "evals.bench.labels"
"""Written by the label search; measured where it is there."""


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; a module that failed makes the exit code 1."""
    asked = _arguments(argv)
    if asked.part:
        _measure(asked.part, asked.data, asked.json)
        return 0
    only = tuple(one for one in asked.only.replace(" ", "").split(",") if one)
    rows, seconds, failed = [row for row in UNMEASURED if wanted(row.number, only)], {}, 0
    for part in PARTS:
        if not any(wanted(number, only) for number in part.numbers):
            continue
        started = time.perf_counter()
        came, error = _rows(part, asked.data)
        seconds[part.module] = time.perf_counter() - started
        failed += bool(error)
        rows += [row for row in came if wanted(row.number, only)]
    told = ordered(rows)
    print("\n".join(markdown(told)), flush=True)
    each = ", ".join(f"{module} {taken:.0f} s" for module, taken in seconds.items())
    print(f"\nTaken in {sum(seconds.values()):.0f} s: {each}.")
    if asked.json:
        held = [dataclasses.asdict(row) for row in told]
        asked.json.write_text(json.dumps(held, indent=1, ensure_ascii=False), encoding="utf-8")
    return min(failed, 1)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m {HERE}", description="The treatment table.")
    beside = Path(os.environ.get("CONSILIUM_SHARED", ROOT.parent / "shared")) / "data"
    parser.add_argument("data", nargs="?", type=Path, default=beside, help="folder of the development data")
    parser.add_argument("--only", default="", help="numbers of bars by commas: 7a,7j")
    parser.add_argument("--json", type=Path, help="also write the rows here")
    parser.add_argument("--part", choices=[part.module for part in PARTS], help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def _module(part: Part) -> str:
    return LABELS if part.module == "labels" else f"{HERE}.{part.module}"


def _measure(name: str, data: Path, target: Path) -> None:
    """In the process of its own: the rows of one module as JSON."""
    part = next(part for part in PARTS if part.module == name)
    rows = importlib.import_module(_module(part)).rows(data)
    target.write_text(json.dumps([dataclasses.asdict(row) for row in rows]), encoding="utf-8")


def _rows(part: Part, data: Path) -> tuple[list[Row], str]:
    """The rows of a module, and what went wrong; a bar that was not measured says why."""
    absent = [name for name in part.needs if not (data / name).exists()]
    if absent:
        return _empty(part, f"not measured: {', '.join(absent)} is not here"), ""
    if importlib.util.find_spec(_module(part)) is None:
        return _empty(part, f"not measured: {_module(part)} is not written"), ""
    print(f"{part.module} ...", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "rows.json"
        error = _run([sys.executable, "-m", HERE, str(data), "--part", part.module, "--json", str(target)])
        if error:
            return _empty(part, f"failed: {error}"), error
        came = (Row(**one) for one in json.loads(target.read_text(encoding="utf-8")))
        return [_numbered(row, part) for row in came], ""


def _numbered(row: Row, part: Part) -> Row:
    """A measure that is written elsewhere has no number of this table."""
    return row if row.number in part.numbers else dataclasses.replace(row, number=part.numbers[0])


def _run(command: Sequence[str]) -> str:
    """The last line of what a failing process said; empty where it ended well."""
    try:
        ended = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"took longer than {SECONDS} s"
    if ended.returncode == 0:
        return ""
    sys.stderr.write(ended.stderr)
    return (ended.stderr.strip().splitlines() or [f"exit code {ended.returncode}"])[-1]


def _empty(part: Part, why: str) -> list[Row]:
    return [Row(number, f"measures of {part.module}", "–", why, None) for number in part.numbers]


if __name__ == "__main__":
    sys.exit(main())
