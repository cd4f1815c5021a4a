"""Many genome files, one worker process each: a crash, a hang or a hunger for memory costs one file, not the run.

The work itself is handed in. A pool of threads or a Ray cluster hands the files out; either way each file is worked in
a process of its own with limits, so both give the same results in the same order.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from enum import StrEnum
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, NamedTuple, TextIO

from pydantic import ValidationError

from retrieval.evidence import Word

SECONDS = 60.0
MEMORY = 2**30
RESULT_LIMIT = 64 * 2**20
"""Bytes of one file's result."""
NAME_LIMIT = 80
_AHEAD = 2
"""Jobs per worker that are handed out before the first is done, so that a long list stays small in memory."""

Worker = Callable[[Path, str], Mapping[str, Any]]
"""Works on a file (and a part of it, "" for the whole) and returns what JSON can hold. Importable by name."""


class BatchError(ValueError):
    """The run cannot be started; the message has the mend."""


class Outcome(StrEnum):
    """How one file ended."""

    DONE = "done"
    FAILED = "failed"


class FileResult(Word):
    """One line of the output."""

    number: int
    """Place of the job in the list, from 1."""
    name: str
    """The file's own name, shortened; it is shown, never opened."""
    part: str
    key: str
    """SHA-256 of the content, the part and the version of the work."""
    outcome: Outcome
    result: Mapping[str, Any] | None = None
    error: str = ""
    seconds: float = 0.0


class Limits(NamedTuple):
    """What one file may cost."""

    seconds: float = SECONDS
    memory: int = MEMORY
    """Bytes of address space of the worker process; 0 for no limit."""


class _Job(NamedTuple):
    number: int
    path: Path
    part: str


def annotate_files(
    paths: Sequence[Path],
    worker: Worker,
    *,
    engine: Literal["pool", "ray"] = "pool",
    workers: int = 2,
    parts: Sequence[str] = ("",),
    output: Path | None = None,
    resume: bool = False,
    version: str = "",
    limits: Limits = Limits(),  # noqa: B008 - an immutable tuple
) -> Iterator[FileResult]:
    """The results in the order of ``paths`` (and, within a file, of ``parts``), written as JSON lines to ``output``.

    With ``resume`` a job whose content, part and version stand as done in ``output`` is not worked again; failures
    are. ``version`` names the work (code and data), so that results of older work are not taken.

    Raises:
        BatchError: Ray is not installed or cannot import the work, there is no worker, or ``output`` exists and is
            not to be resumed.
    """
    if workers < 1:
        raise BatchError("At least one worker is needed.")
    if engine == "ray" and _module_of(worker) == "__main__":
        raise BatchError("Ray imports the work by its name: put the function into a module.")
    finished = _finished(output) if output and resume else {}
    if output and output.exists() and not resume:
        raise BatchError(f"{output.name} exists; resume it, remove it or name another file.")
    jobs = [_Job(0, path, part) for path in paths for part in parts]
    numbered = [job._replace(number=number) for number, job in enumerate(jobs, start=1)]
    start = _on_ray(workers) if engine == "ray" else _on_pool(workers)
    work = partial(_worked, worker, version=version, limits=limits, finished=finished)
    return _written(start(work, numbered), output, finished)


def _module_of(worker: Worker) -> str:
    return str(getattr(worker.func if isinstance(worker, partial) else worker, "__module__", ""))


def _written(
    results: Iterator[FileResult], output: Path | None, finished: Mapping[str, FileResult]
) -> Iterator[FileResult]:
    if output is None:
        yield from results
        return
    with output.open("a", encoding="utf-8") as lines:
        for result in results:
            if result.key not in finished or result.outcome is Outcome.FAILED:
                _append(lines, result)
            yield result


def _append(lines: TextIO, result: FileResult) -> None:
    lines.write(result.model_dump_json() + "\n")
    lines.flush()


def _finished(output: Path) -> dict[str, FileResult]:
    """The done results by key. A last line that was cut off by a crash is removed from the file."""
    if not output.exists():
        return {}
    content = output.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    if len(whole) < len(content):
        output.write_bytes(whole)
    done: dict[str, FileResult] = {}
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            result = FileResult.model_validate_json(line)
        except ValidationError as wrong:
            raise BatchError(
                f"Line {number} of {output.name} is no result; name another output file."
            ) from wrong
        if result.outcome is Outcome.DONE:
            done[result.key] = result
    return done


def _worked(
    worker: Worker, job: _Job, *, version: str, limits: Limits, finished: Mapping[str, FileResult]
) -> FileResult:
    started = time.monotonic()
    name = "".join(letter if letter.isprintable() else "?" for letter in job.path.name)[:NAME_LIMIT]
    base = FileResult(number=job.number, name=name, part=job.part, key="", outcome=Outcome.FAILED)
    try:
        key = _key(job, version)
    except OSError as wrong:
        return base.model_copy(update={"error": f"The file cannot be opened: {wrong.strerror}."})
    if key in finished:
        return finished[key].model_copy(update={"number": job.number, "name": name})
    result, error = isolated(worker, job.path, job.part, limits)
    return base.model_copy(
        update={
            "key": key,
            "outcome": Outcome.FAILED if result is None else Outcome.DONE,
            "result": result,
            "error": error,
            "seconds": round(time.monotonic() - started, 3),
        }
    )


def _key(job: _Job, version: str) -> str:
    digest = hashlib.sha256(f"{version}\0{job.part}\0".encode())
    with job.path.open("rb") as content:
        while piece := content.read(2**20):
            digest.update(piece)
    return digest.hexdigest()


def isolated(
    worker: Worker,
    path: Path,
    part: str = "",
    limits: Limits = Limits(),  # noqa: B008 - an immutable tuple
) -> tuple[dict[str, Any] | None, str]:
    """The worker's result from a process of its own, or None and why there is none."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_work, args=(theirs, worker, path, part, limits.memory), daemon=True)
    process.start()
    theirs.close()
    try:
        if not ours.poll(limits.seconds):
            return None, f"The file took longer than {limits.seconds:g} seconds and was given up."
        return _told(ours, process, limits)
    finally:
        ours.close()
        process.kill()
        process.join()
        process.close()


def _told(
    ours: Connection, process: multiprocessing.process.BaseProcess, limits: Limits
) -> tuple[dict[str, Any] | None, str]:
    try:
        message = json.loads(ours.recv_bytes(RESULT_LIMIT))
    except EOFError:
        process.join(1)
        return None, f"The worker process ended without a result (exit code {process.exitcode})."
    except OSError:
        return None, f"The result is larger than {RESULT_LIMIT // 2**20} MiB."
    if message["memory"]:
        return None, f"The file needs more than {limits.memory // 2**20} MiB of memory."
    return message["result"], message["error"]


def _work(theirs: Connection, worker: Worker, path: Path, part: str, memory: int) -> None:
    """In the worker process. What a file can cause is told; a fault of the program ends the process with a trace."""
    _limit(memory)
    told: dict[str, Any] = {"result": None, "error": "", "memory": False}
    try:
        told["result"] = dict(worker(path, part))
    except MemoryError:
        told["memory"] = True
    except (ValueError, OSError) as wrong:
        told["error"] = str(wrong) or type(wrong).__name__
    theirs.send_bytes(json.dumps(told).encode())


def _limit(memory: int) -> None:
    """Bound the address space, where the system can (not on Windows)."""
    if not memory:
        return
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(
        resource.RLIMIT_AS, (memory if hard == resource.RLIM_INFINITY else min(memory, hard), hard)
    )


_Start = Callable[[Callable[[_Job], FileResult], Sequence[_Job]], Iterator[FileResult]]


def _on_pool(workers: int) -> _Start:
    def start(work: Callable[[_Job], FileResult], jobs: Sequence[_Job]) -> Iterator[FileResult]:
        with ThreadPoolExecutor(workers) as threads:
            waiting: deque[Future[FileResult]] = deque()
            try:
                for job in jobs:
                    waiting.append(threads.submit(work, job))
                    if len(waiting) >= _AHEAD * workers:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    return start


def _on_ray(workers: int) -> _Start:
    """A running Ray (``ray.init(address=...)`` before the call) is used as it is; else one starts on this machine.

    Raises:
        BatchError: Ray is not installed.
    """
    try:
        import ray  # the optional extra [cluster], loaded only when it is asked for
    except ImportError as missing:
        raise BatchError(
            "The engine 'ray' needs Ray: pip install 'consilium-cds[cluster]', or use --engine pool."
        ) from missing

    def start(work: Callable[[_Job], FileResult], jobs: Sequence[_Job]) -> Iterator[FileResult]:
        ours = not ray.is_initialized()
        if ours:
            ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False, configure_logging=False)
        try:
            task = ray.remote(max_retries=1)(_apply)
            yield from _through(ray, partial(task.remote, ray.put(work)), jobs, workers)
        finally:
            if ours:
                ray.shutdown()

    return start


def _apply(work: Callable[[_Job], FileResult], job: _Job) -> FileResult:
    return work(job)


def _through(
    ray: Any, hand_out: Callable[[_Job], Any], jobs: Iterable[_Job], workers: int
) -> Iterator[FileResult]:
    waiting: deque[Any] = deque()
    for job in jobs:
        waiting.append(hand_out(job))
        if len(waiting) >= _AHEAD * workers:
            yield ray.get(waiting.popleft())
    while waiting:
        yield ray.get(waiting.popleft())
