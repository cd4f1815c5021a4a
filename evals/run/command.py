"""Any program as a subject: it reads one JSON line a turn and answers with one, and gets no shell.

In comes ``{"open": Presented}`` (no answer expected), then ``{"say": Said, "chosen": [...]}`` for each turn; out
comes a :class:`~evals.run.trace.Shown` (``{"text": "..."}`` is enough). A program of its own runs for each case, in an
empty folder of its own, and is ended with everything that it started.
"""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import ValidationError

from evals.cases.case import Presented, Said
from evals.run.trace import Shown

SECONDS = 60.0
BYTES = 1024 * 1024
"""The most that a turn may take and the program may say in one."""
ENDING = 5.0
"""Seconds that are waited for a killed program."""


class CommandFailed(RuntimeError):
    """The program is not there, ended, took too long, said too much or no JSON; the case counts as failed."""


class CommandTalk:
    """One case's program and its folder."""

    def __init__(
        self, process: asyncio.subprocess.Process, folder: TemporaryDirectory[str], seconds: float
    ) -> None:
        self._process, self._folder, self._seconds = process, folder, seconds

    async def say(self, said: Said, chosen: Sequence[str] = ()) -> Shown:
        began = time.perf_counter()
        await self.write({"say": said.model_dump(mode="json"), "chosen": list(chosen)})
        line = await self._line()
        try:
            shown = Shown.model_validate_json(line)
        except ValidationError as wrong:
            raise CommandFailed(f"The program's answer does not fit: {wrong.errors()[0]['msg']}.") from None
        return shown.model_copy(update={"seconds": time.perf_counter() - began})

    async def write(self, what: dict[str, Any]) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        try:
            stdin.write(json.dumps(what).encode() + b"\n")
            await asyncio.wait_for(stdin.drain(), self._seconds)
        except (ConnectionError, TimeoutError):
            raise CommandFailed("The program does not read its input.") from None

    async def _line(self) -> bytes:
        stdout = self._process.stdout
        assert stdout is not None
        try:
            line = await asyncio.wait_for(stdout.readline(), self._seconds)
        except TimeoutError:
            raise CommandFailed(f"The program took longer than {self._seconds:g} seconds.") from None
        except ValueError:  # what readline says of a line beyond the limit
            raise CommandFailed(f"The program said more than {BYTES:,} bytes in a turn.") from None
        if not line.endswith(b"\n"):
            raise CommandFailed("The program ended without an answer.")
        return line

    async def close(self) -> None:
        """End the program and its children. What they still say is not read: it may be without end, or never come."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        pipes = self._process._transport  # type: ignore[attr-defined]
        for end in (0, 1):  # a child in a session of its own may hold the other end
            pipes.get_pipe_transport(end).close()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), ENDING)
        pipes.close()
        self._folder.cleanup()


class CommandSubject:
    """A program and its arguments, split as a shell would but run without one. It sees no variable of ours but PATH.

    It starts in an empty folder, so a word that names a file here is made absolute first. Its id has a digest of the
    whole command as given: two scripts of one interpreter are two subjects.
    """

    deterministic = False

    def __init__(self, command: str, seconds: float = SECONDS) -> None:
        words = shlex.split(command)
        if not words:
            raise CommandFailed("Name a program.")
        digest = sha256("\0".join(words).encode()).hexdigest()[:8]
        self.id = f"command/{Path(words[0]).name}-{digest}"
        first = words[0] if "/" not in words[0] else _found(words[0])  # a bare name is looked up in PATH
        self._words = [first, *map(_found, words[1:])]
        self._seconds = seconds

    async def open(self, presented: Presented) -> CommandTalk:
        folder = TemporaryDirectory(prefix="consilium-command-", ignore_cleanup_errors=True)
        try:
            process = await asyncio.create_subprocess_exec(
                *self._words,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=BYTES,
                cwd=folder.name,
                start_new_session=True,
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
            )
        except OSError as wrong:
            folder.cleanup()
            raise CommandFailed(f"The program cannot be started: {wrong.strerror}.") from None
        talk = CommandTalk(process, folder, self._seconds)
        try:
            await talk.write({"open": presented.model_dump(mode="json", exclude={"trouble"})})
        except CommandFailed:
            await talk.close()
            raise
        return talk


def _found(word: str) -> str:
    """A path that exists from here, absolute; any other word as it is."""
    return os.path.abspath(word) if word and Path(word).exists() else word
