"""``make bench``: speed and quality here. A suite that needs the development data says where it is absent."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("CONSILIUM_SHARED", ROOT.parent / "shared")) / "data"


def main() -> int:
    """Each suite in a process of its own, so that none warms another; returns the number of failed suites."""
    suites = [
        ("answers: what the conversation costs beyond its tools", ["evals.bench.answers"], False),
        (
            "literature: every bar of its specification",
            ["evals.literature.table", "--data", str(DATA)],
            False,
        ),
        ("literature: 20,000 passages", ["evals.bench.literature_scale", "--passages", "20000"], False),
        ("genomics: every bar of its specification", ["evals.bench.genomics", str(DATA)], False),
        ("treatment: every bar of its specification", ["evals.bench.treatment", str(DATA)], False),
        ("imaging: every bar, at a quick look", ["imaging", "evaluate", "all", *_imaging()], True),
    ]
    failed = 0
    for title, command, needs_data in suites:
        print(f"\n== {title}", flush=True)
        if needs_data and not DATA.is_dir():
            print(f"skipped: the development data is not in {DATA}")
            continue
        failed += subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode != 0
    return failed


def _imaging() -> list[str]:
    """Each 20th picture, in minutes; without ``--every`` the whole table takes an hour (docs/imaging.md)."""
    return ["--data", str(DATA), "--work", str(ROOT / "var" / "evaluate-imaging"), "--every", "20"]


if __name__ == "__main__":
    sys.exit(main())
