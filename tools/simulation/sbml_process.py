"""The process that runs SBML models, seen from outside: started on the first order, kept warm, ended when it is late.

It gets a minute for one order (specification, section 6) and is started anew after it was ended. Every text has been
admitted by :mod:`tools.simulation.sbml_files` before it comes here.
"""

from __future__ import annotations

import atexit
import importlib.util
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LIMIT = 60.0
"""Seconds for one order."""
STARTING = 60.0
KEPT = 4
"""Compiled models kept warm; with one more the process starts anew."""
ROOT = Path(__file__).resolve().parents[2]


class Unavailable(RuntimeError):
    """The engine or the models are not held; ``command`` brings them."""

    def __init__(self, message: str, command: str) -> None:
        super().__init__(message)
        self.command = command


class Refused(RuntimeError):
    """A model that is not run, or whose run was ended; the message says why."""


class Process:
    """One worker process. Safe to share between threads; a forked child starts one of its own."""

    def __init__(self, limit: float = LIMIT) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._loaded: set[str] = set()
        self._owner = 0

    def run(self, key: str, text: str, order: Mapping[str, Any]) -> Array:
        """The numbers that the order selects, (bodies, times, selections); ``key`` is the digest of ``text``.

        Raises:
            Unavailable: libroadrunner is not installed.
            Refused: the model cannot be read or run, or took more than a minute or 2 GB.
        """
        with self._lock:
            if key not in self._loaded and len(self._loaded) >= KEPT:
                self._end()
            process = self._running()
            if key not in self._loaded:
                self._ask(process, {"do": "load", "key": key, "text": text})
                self._loaded.add(key)
            answer = self._ask(process, {"do": "run", "key": key, **order})
            until = time.monotonic() + self._limit
            raw = self._read(process, int(answer["bytes"]), until)
            if raw is None:
                raise self._ended(until)
        return np.frombuffer(raw, "<f8").reshape(answer["shape"]).copy()

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        if importlib.util.find_spec("roadrunner") is None:
            raise Unavailable(
                "Whole-body models need libroadrunner, which is not installed.",
                "python3 bootstrap.py --extra simulation",
            )
        if self._process and self._process.poll() is None and self._owner == os.getpid():
            return self._process
        self._end()
        self._process, self._owner = _started(), os.getpid()
        if self._line(self._process, time.monotonic() + STARTING) is None:
            self._end()
            raise RuntimeError("the process for whole-body models did not start")
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], order: Mapping[str, Any]) -> dict[str, Any]:
        assert process.stdin
        until = time.monotonic() + self._limit
        try:
            process.stdin.write(json.dumps(order).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            raise self._ended(until) from None
        line = self._line(process, until)
        if line is None:
            raise self._ended(until)
        answer: dict[str, Any] = json.loads(line)
        if "refused" in answer:
            raise Refused(f"The model cannot be run: {answer['refused']}.")
        return answer

    def _ended(self, until: float) -> Refused:
        self._end()
        if time.monotonic() >= until:
            return Refused(f"The run was ended after {self._limit:g} s: fewer patients, days or points.")
        return Refused(
            "The process of the model broke off, for want of memory (2 GB) or by a fault of the model."
        )

    def _line(self, process: subprocess.Popen[bytes], until: float) -> bytes | None:
        # byte by byte costs nothing here, and leaves the numbers behind the line in the pipe
        held = bytearray()
        while not held.endswith(b"\n"):
            piece = self._read(process, 1, until)
            if piece is None:
                return None
            held += piece
        return bytes(held)

    def _read(self, process: subprocess.Popen[bytes], size: int, until: float) -> bytes | None:
        assert process.stdout
        held = bytearray()
        while len(held) < size:
            ready, _, _ = select.select([process.stdout], [], [], max(0.0, until - time.monotonic()))
            piece = os.read(process.stdout.fileno(), min(size - len(held), 1 << 16)) if ready else b""
            if not piece:
                return None
            held += piece
        return bytes(held)

    def _end(self) -> None:
        process, self._process = self._process, None
        self._loaded = set()
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()


shared = Process()
atexit.register(shared.close)


def _started() -> subprocess.Popen[bytes]:
    # one thread: the pools of the linear algebra library would eat the address space that the limit allows
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return subprocess.Popen(
        [sys.executable, "-m", "tools.simulation.sbml_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, **single},
        bufsize=0,
    )
