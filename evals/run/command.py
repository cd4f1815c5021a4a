"""Any program as a subject: it reads one JSON line a turn and answers with one, and gets no shell.

In comes ``{"open": Presented}`` (no answer expected), then ``{"say": Said, "chosen": [...]}`` for each turn; out
comes a :class:`~evals.run.trace.Shown` (``{"text": "..."}`` is enough). A program of its own runs for each case.
"""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evals.cases.case import Presented, Said
from evals.run.trace import Shown

SECONDS = 60.0
BYTES = 1024 * 1024
"""The most that a turn may take and the program may say in one."""


class CommandFailed(RuntimeError):
    """The program is not there, ended, took too long, said too much or no JSON; the case counts as failed."""


class CommandTalk:
    """One case's program."""

    def __init__(self, process: asyncio.subprocess.Process, seconds: float) -> None:
        self._process, self._seconds = process, seconds

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
        if self._process.returncode is None:
            self._process.kill()
        await self._process.communicate()


class CommandSubject:
    """A program and its arguments, split as a shell would but run without one. It sees no variable of ours but PATH."""

    deterministic = False

    def __init__(self, command: str, seconds: float = SECONDS) -> None:
        self._words = shlex.split(command)
        if not self._words:
            raise CommandFailed("Name a program.")
        self.id = f"command/{Path(self._words[0]).name}"
        self._seconds = seconds

    async def open(self, presented: Presented) -> CommandTalk:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._words,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=BYTES,
                env={"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"},
            )
        except OSError as wrong:
            raise CommandFailed(f"The program cannot be started: {wrong.strerror}.") from None
        talk = CommandTalk(process, self._seconds)
        await talk.write({"open": presented.model_dump(mode="json", exclude={"trouble"})})
        return talk
