"""Every bar of the discovery and simulation specification as one table: ``python -m evals.discovery --data DIR``.

``--packs DIR`` names the folder of the packs, ``--only pk,vae`` some rows or modules, ``--json FILE`` keeps the rows.
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

from evals.discovery import packs_here
from evals.discovery.bars import Bar, not_run, say
from evals.discovery.table import HERE, PARTS, Part, wanted

ROOT = Path(__file__).resolve().parents[2]


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; a module that failed makes the exit code 1."""
    asked = _arguments(argv)
    if asked.part:
        return _measure(asked)
    only = tuple(one.strip() for one in asked.only.split(",") if one.strip())
    bars: list[Bar] = []
    seconds, failed = {}, 0
    for part in (part for part in PARTS if wanted(part, only)):
        started = time.perf_counter()
        came, error = rows(part, asked)
        seconds[part.module] = time.perf_counter() - started
        failed += bool(error)
        bars += came
    say(bars)
    each = ", ".join(f"{module} {taken:.0f} s" for module, taken in seconds.items())
    sys.stdout.write(f"\nTaken in {sum(seconds.values()):.0f} s: {each}.\n")
    if asked.json:
        told = [dataclasses.asdict(bar) for bar in bars]
        asked.json.write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")
    return min(failed, 1)


def rows(part: Part, asked: argparse.Namespace) -> tuple[list[Bar], str]:
    """The rows of a module, and what went wrong; a module that measured nothing says why in every row."""
    module = f"{HERE}.{part.module}"
    if importlib.util.find_spec(module) is None:
        return _empty(part, f"{module} is not written"), ""
    sys.stderr.write(f"{part.module} ...\n")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "bars.json"
        command = [sys.executable, "-m", HERE, "--part", part.module, "--json", str(target)]
        for name in ("data", "packs"):
            if (place := getattr(asked, name)) is not None:
                command += [f"--{name}", str(place)]
        error = _run(command, part.seconds)
        if error:
            return _empty(part, f"failed: {error}"), error
        return [Bar(**one) for one in json.loads(target.read_text(encoding="utf-8"))], ""


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m {HERE}", description="The discovery table.")
    beside = Path(os.environ.get("CONSILIUM_SHARED", ROOT.parent / "shared")) / "data"
    parser.add_argument("--data", type=Path, default=beside, help="folder of the development data")
    packs_here.argument(parser)
    parser.add_argument("--only", default="", help="modules or first letters of rows by commas: pk,vae")
    parser.add_argument("--json", type=Path, help="also write the rows here")
    parser.add_argument("--part", choices=[part.module for part in PARTS], help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def _measure(asked: argparse.Namespace) -> int:
    """In the process of its own: the rows of one module as JSON."""
    packs_here.use(asked.packs)
    module = importlib.import_module(f"{HERE}.{asked.part}")
    bars: Sequence[Bar] = module.bars(asked.data if asked.data.is_dir() else None)
    asked.json.write_text(json.dumps([dataclasses.asdict(bar) for bar in bars]), encoding="utf-8")
    return 0


def _run(command: Sequence[str], seconds: int) -> str:
    """The last line of what a failing process said; empty where it ended well."""
    try:
        ended = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return f"took longer than {seconds} s"
    if ended.returncode == 0:
        return ""
    sys.stderr.write(ended.stderr)
    return (ended.stderr.strip().splitlines() or [f"exit code {ended.returncode}"])[-1]


def _empty(part: Part, why: str) -> list[Bar]:
    return [not_run(row, part.module, why) for row in part.rows]


if __name__ == "__main__":
    sys.exit(main())
