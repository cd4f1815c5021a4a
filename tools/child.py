"""A module of ours in a process of its own: orders go in as lines of JSON, answers come as lines and raw bytes.

Foreign structures and models are read in such a process, which is ended where it is late or breaks off. What it may
take (memory, files) it limits itself when it starts; its first line says that it is ready. Nothing is unpickled.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PIECE = 1 << 16


class Child:
    """One such process. Whoever holds it takes one order at a time; a forked process starts a child of its own."""

    def __init__(self, module: str, variables: Mapping[str, str] | None = None) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._module, self._variables = module, dict(variables or {})
        self._owner = 0
        self._held = bytearray()
        """What came and was not asked for yet."""

    @property
    def runs(self) -> bool:
        """Whether there is one that this process started: a forked one must not talk on its parent's pipes."""
        return self.process is not None and self.process.poll() is None and self._owner == os.getpid()

    def start(self, seconds: float) -> bool:
        """Start it anew; False, and none is left, where it does not say within ``seconds`` that it is ready."""
        self.end()
        self._owner = os.getpid()
        self.process = subprocess.Popen(
            [sys.executable, "-m", self._module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env={**os.environ, **self._variables},
            bufsize=0,
        )
        if self._line(time.monotonic() + seconds) is None:
            self.end()
        return self.process is not None

    def ask(self, order: Mapping[str, Any], until: float) -> bytes | None:
        """The line that answers an order; None where it broke off, or the clock passed ``until`` (monotonic)."""
        assert self.process
        assert self.process.stdin
        try:
            self.process.stdin.write(json.dumps(order).encode() + b"\n")
        except BrokenPipeError:
            return None
        return self._line(until)

    def read(self, size: int, until: float) -> bytes | None:
        """The next ``size`` bytes; None as in :meth:`ask`."""
        while len(self._held) < size:
            if not self._more(until):
                return None
        return self._taken(size)

    def end(self) -> None:
        """End it, if there is one; that of a parent is only let go of."""
        process, self.process = self.process, None
        self._held.clear()
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()

    def _line(self, until: float) -> bytes | None:
        seen = 0
        while (at := self._held.find(b"\n", seen)) < 0:
            seen = len(self._held)
            if not self._more(until):
                return None
        return self._taken(at + 1)

    def _more(self, until: float) -> bool:
        assert self.process
        assert self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], max(0.0, until - time.monotonic()))
        piece = os.read(self.process.stdout.fileno(), PIECE) if ready else b""
        self._held += piece
        return bool(piece)

    def _taken(self, size: int) -> bytes:
        taken = bytes(memoryview(self._held)[:size])
        del self._held[:size]
        return taken
