"""The work of one process: cases come as JSON lines, traces go back as JSON lines, subjects stay loaded between them.

Both engines call :func:`work`. Cases of a subject that waits for a server run side by side; cases around which the
harness breaks a tool run alone, because a broken tool is broken for the whole process.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from functools import cache
from multiprocessing.connection import Connection
from typing import NamedTuple

from evals.cases.case import Case
from evals.run.play import live
from evals.run.subject import Subject
from evals.run.trace import Trace

AT_ONCE = 8
"""Cases that one process has under way with a subject that waits for a server."""


class Job(NamedTuple):
    """One case for one subject."""

    case: str
    """Its id."""
    line: str
    """The case as JSON."""
    subject: str
    """The subject's id, as it stands in traces."""
    name: str
    """The name by which :func:`evals.run.subjects.subject` makes it."""
    repeat: int = 0

    @property
    def key(self) -> tuple[str, str, int]:
        return (self.case, self.subject, self.repeat)


def prepare() -> None:
    """What has to be set in a worker before anything heavy is imported: one thread for each, nobody phones home."""
    from assistant.startup import set_switches

    set_switches(os.environ)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    logging.getLogger("assistant").setLevel(logging.CRITICAL)  # broken tools are on purpose and in the trace


@cache
def held(name: str) -> Subject:
    """The subject of this process."""
    from evals.run.subjects import subject

    return subject(name)


def work(jobs: Sequence[Job]) -> list[str]:
    """The traces of the jobs as JSON, in their order of ending."""

    async def run() -> list[str]:
        return [line async for line in lived(jobs)]

    return asyncio.run(run())


async def lived(jobs: Sequence[Job]) -> AsyncIterator[str]:
    """Each trace as soon as it is there."""
    cases = [(job, Case.model_validate_json(job.line)) for job in jobs]
    beside = [
        each for each in cases if not each[1].presented.trouble and not held(each[0].name).deterministic
    ]
    alone = [each for each in cases if each not in beside]
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(job: Job, case: Case) -> str:
        async with limit:
            return (await live(case, held(job.name), job.repeat)).model_dump_json()

    for done in asyncio.as_completed([one(*each) for each in beside]):
        yield await done
    for each in alone:
        yield await one(*each)


def failed(job: Job, why: str) -> str:
    """The trace of a case whose process ended under it."""
    return Trace(case=job.case, subject=job.subject, repeat=job.repeat, error=why).model_dump_json()


def serve(ours: Connection) -> None:
    """A worker process: batches in, one message for each trace out, an empty one when the batch is done."""
    prepare()
    with suppress(EOFError, KeyboardInterrupt), asyncio.Runner() as runner:
        while message := ours.recv_bytes():
            runner.run(_batch(ours, [Job(*job) for job in json.loads(message)]))
    for name in _named():
        close = getattr(held(name), "close", None)
        if close is not None:
            close()


async def _batch(ours: Connection, jobs: Sequence[Job]) -> None:
    _seen.update(job.name for job in jobs)
    async for line in lived(jobs):
        ours.send_bytes(line.encode())
    ours.send_bytes(b"")


_seen: set[str] = set()


def _named() -> Sequence[str]:
    return sorted(_seen)
