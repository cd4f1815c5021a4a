"""Worker processes of this machine. One that dies under a case costs that case, after a second try, and no other.

Each slot is a thread here that feeds one spawned process over a pipe; what was under way when the process ended is
tried again one case at a time in a fresh one, and only the case that ends that process too is counted as an error.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import Empty, SimpleQueue
from typing import Protocol

from evals.run.worker import Job, failed, serve

BATCH = 8
SECONDS = 300.0
"""The longest that a worker may be silent; a case that takes longer is given up."""


class Engine(Protocol):
    """Hands jobs out and gives the traces back as JSON, in any order."""

    def __call__(self, jobs: Sequence[Job], workers: int) -> Iterator[str]: ...


class _Ended(Exception):
    """The process is gone, or was ended because it was silent too long."""


class _Process:
    """One worker process and its pipe."""

    def __init__(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe()
        self._pipe: Connection = ours
        self._process: BaseProcess = spawn.Process(target=serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def traces(self, jobs: Sequence[Job], seconds: float) -> Iterator[str]:
        """The traces of a batch as they come.

        Raises:
            _Ended: before the last one had come.
        """
        try:
            self._pipe.send_bytes(json.dumps(jobs).encode())
            while True:
                if not self._pipe.poll(seconds):
                    raise _Ended(f"The case took longer than {seconds:g} seconds and was given up.")
                message = self._pipe.recv_bytes()
                if not message:
                    return
                yield message.decode()
        except (EOFError, OSError):
            self._process.join(5)
            raise _Ended(f"The worker process ended (exit code {self._process.exitcode}).") from None

    def end(self, *, at_once: bool = False) -> None:
        """Let it go; it may close its files unless it hangs."""
        if not at_once and self._process.is_alive():
            self._pipe.send_bytes(b"")
            self._process.join(10)
        self._pipe.close()
        self._process.kill()
        self._process.join()
        self._process.close()


class _Slot:
    """Feeds one process, and starts another where it ends."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._process: _Process | None = None

    def run(self, waiting: SimpleQueue[Sequence[Job]], out: SimpleQueue[str | None]) -> None:
        try:
            while True:
                try:
                    batch = waiting.get_nowait()
                except Empty:
                    return
                self._batch(batch, out)
        finally:
            if self._process is not None:
                self._process.end()
            out.put(None)

    def _batch(self, jobs: Sequence[Job], out: SimpleQueue[str | None]) -> None:
        left = self._tried(jobs, out)
        for job in left:  # one at a time: the one that ends the process again is the one
            if self._tried([job], out):
                out.put(failed(job, f"{self._why} Tried twice."))

    def _tried(self, jobs: Sequence[Job], out: SimpleQueue[str | None]) -> Sequence[Job]:
        """Work on the jobs; returns those that were lost with the process."""
        self._process = self._process or _Process()
        left = {job.key: job for job in jobs}
        try:
            for line in self._process.traces(jobs, self._seconds):
                told = json.loads(line)
                left.pop((told["case"], told["subject"], told["repeat"]))
                out.put(line)
        except _Ended as ended:
            self._why = str(ended)
            self._process.end(at_once=True)
            self._process = None
            return tuple(left.values())
        return ()


def on_pool(
    jobs: Sequence[Job], workers: int, *, seconds: float = SECONDS, batch: int = BATCH
) -> Iterator[str]:
    """The traces of the jobs from ``workers`` processes, as they come."""
    waiting: SimpleQueue[Sequence[Job]] = SimpleQueue()
    batches = [jobs[start : start + batch] for start in range(0, len(jobs), batch)]
    for each in batches:
        waiting.put(each)
    out: SimpleQueue[str | None] = SimpleQueue()
    slots = min(workers, len(batches))
    with ThreadPoolExecutor(max(slots, 1), thread_name_prefix="slot") as threads:
        running = [threads.submit(_Slot(seconds).run, waiting, out) for _ in range(slots)]
        ended = 0
        try:
            while ended < slots:
                line = out.get()
                if line is None:
                    ended += 1
                    continue
                yield line
        finally:
            while not waiting.empty():  # the caller left early: nothing new is begun
                waiting.get()
        for slot in running:
            slot.result()
