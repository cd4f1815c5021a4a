"""RDKit in a process of its own: ten seconds a molecule, then the process is ended and a new one started.

A structure that somebody typed can keep ring perception or a drawing busy for minutes. The worker takes one job a line
as JSON and answers one line; nothing is unpickled and only the jobs named here run.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import sys
import threading
import time
from typing import IO, Any

from tools.child import Child

LIMIT = 10.0
"""Seconds for one molecule (specification, section 6)."""
STARTING = 60.0
"""Seconds in which the process must have loaded what its jobs need; it takes two on a quiet machine."""
MEMORY = 4 << 30
"""Bytes of address space that the process may take."""

JOBS = {
    "read": "tools.discovery.molecules:read_job",
    "describe": "tools.discovery.describe:describe_job",
}
"""Name of a job: module and function. The function takes and gives what JSON can carry."""


class DiscoveryMissing(RuntimeError):
    """The extra of this part is not installed; ``command`` brings it."""

    command = "python3 bootstrap.py --extra discovery"


class MoleculeError(ValueError):
    """A structure that cannot be used; the message says why and how to mend it."""


TOO_LONG = (
    f"This structure took longer than {LIMIT:.0f} s or more memory than is allowed: give a smaller one."
)


NOT_STARTED = (
    f"The process that reads structures did not start in {STARTING:.0f} s: a busy machine or a broken RDKit"
)
WARM = "CCO"


class Worker:
    """One such process, started on the first job and again after it was ended. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child = Child("tools.discovery.worker")

    def ask(self, job: str, *given: Any, limit: float = LIMIT) -> Any:
        """What the job answers.

        Raises:
            MoleculeError: the job refused the structure, took longer than ``limit`` seconds or ran out of memory.
            DiscoveryMissing: the process does not start.
            RuntimeError: a bug in the job; the message is its traceback.
        """
        with self._lock:
            if not self._child.runs and not self._child.start(STARTING):
                raise DiscoveryMissing(NOT_STARTED)
            line = self._child.ask({"job": job, "given": given}, time.monotonic() + limit)
            if line is None:
                self._child.end()
                raise MoleculeError(TOO_LONG)
        answer = json.loads(line)
        if "refused" in answer:
            raise MoleculeError(answer["refused"])
        if "bug" in answer:
            raise RuntimeError(f"the job {job} failed: {answer['bug']}")
        return answer["answer"]

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._child.end()


worker = Worker()
atexit.register(worker.close)


def serve(orders: IO[bytes], answers: IO[bytes]) -> None:
    """Answer orders until there are no more. What a job raises beside a refusal is told as a bug, with its trace.

    Each job runs once before "ready", so that no molecule's time is spent on imports.
    """
    for job in JOBS:
        _done(job, [WARM])
    _write(answers, {"answer": "ready"})
    for line in orders:
        order = json.loads(line)
        _write(answers, _done(order["job"], order["given"]))


def _done(job: str, given: list[Any]) -> dict[str, Any]:
    try:
        module, name = JOBS[job].split(":")
        return {"answer": getattr(importlib.import_module(module), name)(*given)}
    except MoleculeError as refused:
        return {"refused": str(refused)}
    except (ValueError, RuntimeError, LookupError, TypeError, AttributeError, ImportError, OSError) as bug:
        import traceback

        return {"bug": "".join(traceback.format_exception(bug))}


def _write(answers: IO[bytes], answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()


def main() -> None:
    """The process itself: memory capped, standard output kept for answers alone."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    # what a library prints must not be read as an answer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    # run as `-m`, this module is `__main__`; jobs raise the MoleculeError of the imported one
    importlib.import_module("tools.discovery.worker").main()
