"""Reads one strange file in a process of its own, with limits on time, memory and output.

The child is ``python -m retrieval.sources.confined PATH``; it writes JSON to its standard output and is forbidden to
open a connection, start a program or write a file. Whatever a file does to its reader (a crash, an endless loop, a
gigabyte), the parent gets a reason and goes on with the next file. Where the platform has no ``resource`` (Windows)
only the time is limited.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

from retrieval.sources.blocks import AGAIN, Part, Reading, Unreadable

MEGABYTE = 1 << 20


class Limits(NamedTuple):
    """What one file may cost. ``output`` are bytes of JSON: 20 million characters and their escapes."""

    size: int = 100 * MEGABYTE
    seconds: int = 60
    memory: int = 1024 * MEGABYTE
    output: int = 128 * MEGABYTE


LIMITS = Limits()
_KEPT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ")


def read(path: Path, limits: Limits = LIMITS) -> Reading:
    """What the file says, read by a child.

    Raises:
        Unreadable: why it cannot be held, in words for the person who brought it.
    """
    try:
        size = path.stat().st_size
    except OSError as wrong:
        raise Unreadable(f"cannot be opened ({wrong.strerror})") from wrong
    if size > limits.size:
        raise Unreadable(too_big(size, limits))
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as trouble:
        code = _run(path, limits, told, trouble)
        if code:
            raise Unreadable(_why(code, trouble, limits))
        return _understood(told, limits)


def too_big(size: int, limits: Limits) -> str:
    """Why a file of so many bytes is not read."""
    return f"{size / MEGABYTE:,.0f} MB, more than {limits.size // MEGABYTE} MB: split the file"


def _run(path: Path, limits: Limits, told: IO[bytes], trouble: IO[bytes]) -> int:
    command = [
        sys.executable,
        "-P",
        "-m",
        "retrieval.sources.confined",
        str(path.absolute()),
        *map(str, limits),
    ]
    root = Path(__file__).resolve().parents[2]
    given = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment = given | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=trouble,
            timeout=limits.seconds,
            env=environment,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired as late:
        raise Unreadable(f"reading took more than {limits.seconds} seconds: split the file") from late


def _why(code: int, trouble: IO[bytes], limits: Limits) -> str:
    """The end of a child without an answer, in words; the last line of its trouble names the error."""
    trouble.seek(max(trouble.seek(0, os.SEEK_END) - 2000, 0))
    last = trouble.read().decode("utf-8", "replace").strip().rpartition("\n")[2]
    if code in (-24, -9):  # SIGXCPU, or SIGKILL by the kernel when memory is short
        return f"reading took more than {limits.seconds} seconds of work or too much memory: split the file"
    if "MemoryError" in last:
        return _memory(limits)
    what = last.partition(":")[0].rpartition(".")[2] if code > 0 else f"signal {-code}"
    return f"damaged: its reader gave up ({what or code}); {AGAIN}"


def _memory(limits: Limits) -> str:
    return f"reading needs more than {limits.memory // MEGABYTE} MB of memory: split the file"


def _understood(told: IO[bytes], limits: Limits) -> Reading:
    if told.seek(0, os.SEEK_END) > limits.output:
        raise Unreadable("too much text: split the file")
    told.seek(0)
    try:
        answer = json.load(told)
    except ValueError as wrong:
        raise Unreadable(f"damaged: its reader broke off; {AGAIN}") from wrong
    if "why" in answer:
        raise Unreadable(str(answer["why"]))
    parts = tuple(Part(*part) for part in answer.pop("parts"))
    return Reading(parts=parts, **answer)


# the child


def main(arguments: list[str]) -> int:
    """Read the file and write what it says, or why not, as JSON. Any other error ends the child: it is a reason too."""
    limits = Limits(*map(int, arguments[1:])) if len(arguments) > 1 else LIMITS
    answer = _answer(Path(arguments[0]), limits)
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
    return 0


def _answer(path: Path, limits: Limits) -> dict[str, Any]:
    import logging

    from retrieval.sources.local_reading import read as read_here

    logging.disable()  # a damaged PDF makes a warning for every object
    _limit(limits)
    sys.addaudithook(_forbid)
    try:
        return read_here(path)._asdict()
    except Unreadable as wrong:
        return {"why": str(wrong)}
    except MemoryError:
        return {"why": _memory(limits)}


def _limit(limits: Limits) -> None:
    if sys.platform == "win32":
        return
    import resource

    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_FSIZE, limits.output),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(ValueError):  # macOS has no such limit on memory; the others hold
            resource.setrlimit(what, (allowed, allowed))


_FORBIDDEN = (
    "socket.", "subprocess.", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system",
    "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate", "os.link", "os.symlink", "os.chmod", "os.chown",
    "os.startfile", "shutil.", "tempfile.", "urllib.", "ftplib.", "smtplib.", "webbrowser.",
)  # fmt: skip
_CHANGES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def _forbid(event: str, values: tuple[Any, ...]) -> None:
    """An audit hook, which nothing can take away again: a file that tricks its reader still changes nothing."""
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"a reader of files does no {event}")
    if event == "open" and isinstance(values[2], int) and values[2] & _CHANGES:
        raise PermissionError("a reader of files writes none")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
