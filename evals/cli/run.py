"""``run``: a profile, or suites by name, on a subject."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from evals.cli import given

if TYPE_CHECKING:
    from evals.run.engine import Plan

ROOT = Path(__file__).resolve().parents[2]
N = 100
"""Cases of a suite that is named without a number."""


def run(
    profile: given.Profile = "",
    suite: given.Suites = None,
    n: given.Count = 0,
    subject: given.Subject = "assistant/rules",
    seed: given.Seed = 7,
    workers: given.Workers = 0,
    engine: given.Engine = "pool",
    repeats: given.Repeats = 0,
    out: given.Out = None,
    retry_errors: given.Retry = False,
) -> Path:
    """Run suites on a subject into a folder; a second run with the same words goes on where the first ended."""
    from assistant.startup import set_switches

    set_switches(os.environ)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # one thread for each worker: they share the cores
    from evals.run.engine import run_plan

    with given.refusing():
        plan = _plan(profile, suite or [], n, subject, seed, repeats)
        folder = out or _fresh(profile or "-".join(suite or []), seed)
        made = run_plan(
            plan, workers or _cores(), folder, engine=engine, retry_errors=retry_errors, progress=_Line()
        )  # fmt: skip
    for each in made.suites:
        told = f"not run: {each.not_run}" if each.not_run else f"{each.cases} cases"
        print(f"{each.suite}: {told}", file=sys.stderr)
    print(f"{sum(each.cases for each in made.suites)} cases in {made.seconds:.0f} s", file=sys.stderr)
    print(folder)
    return folder


def _plan(profile: str, names: list[str], n: int, subject: str, seed: int, repeats: int) -> Plan:
    from evals.run.engine import Part, Plan
    from evals.run.subjects import TESTED
    from evals.suites import profiles, registry

    if profile and names:
        raise ValueError("Give --profile or --suite, not both.")
    if profile:
        held = profiles.plan(profile, subject or TESTED, seed)
        parts = [Part(each.suite, n or each.n) for each in held.parts]
        return held._replace(parts=parts, repeats=repeats or held.repeats)
    if not names:
        raise ValueError("Name a --profile (smoke, standard, full) or a --suite.")
    return Plan([Part(registry.suite(name), n or N) for name in names], subject, seed, repeats=repeats or 1)


def _fresh(what: str, seed: int) -> Path:
    """A folder of its own under ``var``."""
    now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    return ROOT / "var" / "evaluations" / f"{what}-seed{seed}-{now}"


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Line:
    """One line of progress a second at most, on a terminal only."""

    def __init__(self) -> None:
        self._told = 0.0

    def __call__(self, done: int, every: int) -> None:
        now = time.monotonic()
        if sys.stderr.isatty() and (now - self._told > 1 or done == every):
            self._told = now
            print(f"\r{done} of {every}", end="\n" if done == every else "", file=sys.stderr, flush=True)
