"""The process that runs SBML models, seen from outside: started on the first order, kept warm, ended when it is late.

It gets a minute for one order (specification, section 6) and is started anew after it was ended. Every text has been
admitted by :mod:`tools.simulation.sbml_files` before it comes here.
"""

from __future__ import annotations

import atexit
import importlib.util
import json
import threading
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tools.child import Child

Array = NDArray[np.float64]

LIMIT = 60.0
"""Seconds for one order."""
STARTING = 60.0
KEPT = 4
"""Compiled models kept warm; with one more the process starts anew."""
SINGLE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""One thread: the pools of the linear algebra library would eat the address space that the limit allows."""


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
        self._child = Child("tools.simulation.sbml_worker", SINGLE)
        self._loaded: set[str] = set()

    def run(self, key: str, text: str, order: Mapping[str, Any]) -> Array:
        """The numbers that the order selects, (bodies, times, selections); ``key`` is the digest of ``text``.

        Raises:
            Unavailable: libroadrunner is not installed.
            Refused: the model cannot be read or run, or took more than a minute or 2 GB.
        """
        with self._lock:
            if key not in self._loaded and len(self._loaded) >= KEPT:
                self._end()
            self._begin()
            if key not in self._loaded:
                self._ask({"do": "load", "key": key, "text": text})
                self._loaded.add(key)
            answer = self._ask({"do": "run", "key": key, **order})
            until = time.monotonic() + self._limit
            raw = self._child.read(int(answer["bytes"]), until)
            if raw is None:
                raise self._ended(until)
        return np.frombuffer(raw, "<f8").reshape(answer["shape"]).copy()

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def _begin(self) -> None:
        if importlib.util.find_spec("roadrunner") is None:
            raise Unavailable(
                "Whole-body models need libroadrunner, which is not installed.",
                "python3 bootstrap.py --extra simulation",
            )
        if self._child.runs:
            return
        self._loaded = set()
        if not self._child.start(STARTING):
            raise RuntimeError("the process for whole-body models did not start")

    def _ask(self, order: Mapping[str, Any]) -> dict[str, Any]:
        until = time.monotonic() + self._limit
        line = self._child.ask(order, until)
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

    def _end(self) -> None:
        self._loaded = set()
        self._child.end()


shared = Process()
atexit.register(shared.close)
