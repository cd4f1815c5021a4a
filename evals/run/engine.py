"""Running suites: cases are made here, handed to workers as JSON, and their traces kept as they come.

What comes out does not hang on the engine, the number of workers or the order: cases are made from (suite, n, seed)
alone, a subject sees one case at a time in a session of its own, and traces are read back sorted by case.
"""

from __future__ import annotations

import asyncio
import platform
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from evals.cases.case import Case
from evals.run import about, papers
from evals.run.play import live
from evals.run.pool import Engine, on_pool
from evals.run.store import Asked, Manifest, Store
from evals.run.subject import Subject
from evals.run.subjects import named, subject
from evals.run.trace import Trace
from evals.run.worker import Job
from evals.suites.suite import Suite

MOST_CASES, MOST_BYTES = 200_000, 256 * 1024
"""A run and a case may have so many, as in case files (evals.md section 12)."""
Progress = Callable[[int, int], None]


class RunError(ValueError):
    """The run cannot be started; the message says what to mend."""


class Part(NamedTuple):
    """One suite of a run and about how many cases of it."""

    suite: Suite
    n: int


class Plan(NamedTuple):
    """What is run. ``trivial`` adds each suite's trivial subjects."""

    parts: Sequence[Part]
    subject: str
    seed: int
    profile: str = ""
    repeats: int = 1
    trivial: bool = True


class _Made(NamedTuple):
    """The cases of one suite, as lines with their ids."""

    asked: Asked
    lines: tuple[tuple[str, str], ...]


def run(
    suite: Suite,
    subject_name: str,
    n: int,
    seed: int,
    workers: int,
    out: Path,
    engine: str = "pool",
    repeats: int = 1,
    retry_errors: bool = False,
) -> Manifest:
    """Run one suite; see :func:`run_plan`."""
    plan = Plan((Part(suite, n),), subject_name, seed, repeats=repeats)
    return run_plan(plan, workers, out, engine=engine, retry_errors=retry_errors)


def run_plan(
    plan: Plan,
    workers: int,
    out: Path,
    *,
    engine: str = "pool",
    retry_errors: bool = False,
    progress: Progress = lambda done, all_: None,
) -> Manifest:
    """Run all of a plan into the folder ``out``; what stands there already is not run again.

    Raises:
        RunError: no worker, another engine than "pool" and "ray", too many cases, a case that is too large.
        StoreError: the folder holds something else.
        UnknownSubject: the subject does not exist.
    """
    if workers < 1:
        raise RunError("At least one worker is needed.")
    began = time.monotonic()
    made = [_made(part, plan) for part in plan.parts]
    manifest = _manifest(plan, made, workers, engine)
    store = Store(out)
    store.begin(manifest)
    store.cases(line for part in made for _, line in part.lines)
    done = store.done(retry_errors=retry_errors)
    jobs = [job for job in _jobs(plan, made) if job.key not in done]
    try:
        for count, line in enumerate(_engine(engine)(jobs, workers), 1):
            store.add(line)
            progress(count, len(jobs))
    finally:
        store.close()
    manifest = manifest.model_copy(update={"seconds": round(time.monotonic() - began, 1)})
    store.manifest(manifest)
    return manifest


def here(cases: Iterable[Case], tested: Subject) -> tuple[Trace, ...]:
    """The traces of cases, one after another in this process."""

    async def run() -> tuple[Trace, ...]:
        return tuple([await live(case, tested) for case in cases])

    return asyncio.run(run())


def _engine(name: str) -> Engine:
    if name == "pool":
        return on_pool
    if name != "ray":
        raise RunError(f"There is no engine '{name}': pool or ray.")
    from evals.run.on_ray import on_ray

    return on_ray


def _made(part: Part, plan: Plan) -> _Made:
    """The cases of a part, or the reason why it is not run."""
    suite = part.suite
    subjects = tuple(named(each) for each in (plan.subject, *(suite.trivial if plan.trivial else ())))
    asked = Asked(suite=suite.name, n=part.n, seed=plan.seed, subjects=tuple(dict.fromkeys(subjects)))
    if suite.needs and not (papers.data() / suite.needs).exists():
        return _Made(asked.model_copy(update={"not_run": f"needs shared/data/{suite.needs}"}), ())
    lines = tuple((case.id, _line(case)) for case in islice(suite.cases(part.n, plan.seed), MOST_CASES + 1))
    if len(lines) > MOST_CASES:
        raise RunError(f"{suite.name} has more than {MOST_CASES:,} cases.")
    if len({name for name, _ in lines}) < len(lines):
        raise RunError(f"{suite.name} made two cases with one id.")
    digest = sha256("\n".join(line for _, line in lines).encode()).hexdigest()
    return _Made(asked.model_copy(update={"cases": len(lines), "sha256": digest}), lines)


def _line(case: Case) -> str:
    line = case.model_dump_json()
    if len(line) > MOST_BYTES:
        raise RunError(f"The case {case.id} has {len(line):,} bytes; {MOST_BYTES:,} are the most.")
    return line


def _jobs(plan: Plan, made: Sequence[_Made]) -> Iterator[Job]:
    """The tested subject's jobs first: they take long."""
    for held in made:
        for repeat in range(_times(plan)):
            yield from _of(held, plan.subject, repeat)
    for part, held in zip(plan.parts, made, strict=True):
        for name in part.suite.trivial if plan.trivial else ():
            if named(name) != named(plan.subject):
                yield from _of(held, name)


def _times(plan: Plan) -> int:
    """How often the tested subject lives each case."""
    return 1 if subject(plan.subject).deterministic else plan.repeats


def _of(made: _Made, name: str, repeat: int = 0) -> Iterator[Job]:
    return (Job(case, line, named(name), name, repeat) for case, line in made.lines)


def _manifest(plan: Plan, made: Sequence[_Made], workers: int, engine: str) -> Manifest:
    commit, changed = about.commit()
    return Manifest(
        profile=plan.profile,
        subject=named(plan.subject),
        seed=plan.seed,
        repeats=plan.repeats,
        lived=_times(plan),
        suites=tuple(part.asked for part in made),
        commit=commit,
        changed=changed,
        changes=about.changes(),
        python=platform.python_version(),
        packages=about.packages(),
        knowledge=about.knowledge(),
        machine=about.machine(),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        workers=workers,
        engine=engine,
    )
