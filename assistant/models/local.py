"""A GGUF model on this machine through llama.cpp (extra ``local-llm``).

It runs in a process of its own: llama.cpp cannot be stopped in the middle of a reply, and ends its process when it
fails. So the assistant survives it, and takes it along when it ends itself, however that happens.
"""

from __future__ import annotations

import atexit
import os
import secrets
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assistant.models.fetch import held_file
from assistant.settings import ROOT, Model

ADDRESS = "address "


class ModelMissing(ValueError):
    """The model's file or its runtime is not here; the message names the command that brings it."""


class LocalServer:
    """llama.cpp's own server, on a random loopback port behind a random key.

    Raises:
        ModelMissing: no such file, no runtime, or the file cannot be loaded.
    """

    def __init__(self, settings: Model) -> None:
        path = located(settings.name)
        if find_spec("xllamacpp") is None:
            raise ModelMissing(
                "The runtime of local models is not installed: python3 bootstrap.py --extra local-llm"
            )
        self.api_key = secrets.token_urlsafe(24)
        command = [sys.executable, "-m", "assistant.models.local", str(path), str(settings.context_tokens)]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        atexit.register(self.close)
        self.base_url = self._address()
        if not self.base_url:
            self.close()
            raise ModelMissing(
                f"The model file {path.name} cannot be loaded: delete it and fetch it again, or name another"
            )

    def _address(self) -> str:
        """Where the server listens; empty if it ended before it did."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(f"{self.api_key}\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return ""
        lines = (line for line in self._process.stdout if line.startswith(ADDRESS))
        return next(lines, "").removeprefix(ADDRESS).strip()

    @property
    def alive(self) -> bool:
        """False once its process has ended."""
        return self._process.poll() is None

    def close(self) -> None:
        """Stop the server, also in the middle of a reply, and give its memory back."""
        atexit.unregister(self.close)
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed:
                try:
                    pipe.close()
                except BrokenPipeError:  # the key could not be handed over any more
                    continue


def located(name: str) -> Path:
    """The GGUF file of a fetched model's name, or the path itself.

    Raises:
        ModelMissing: there is no such file; names the command.
    """
    path = Path(name).expanduser()
    if name.endswith(".gguf") and path.is_file():
        return path.resolve()
    fetched = held_file(name)
    if fetched is None:
        raise ModelMissing(
            f"The model '{name}' is not on this machine: consilium models fetch {name or 'NAME'}"
        )
    return fetched


def parameters(xllamacpp: Any, path: str, context_tokens: int, api_key: str) -> Any:
    """One thread less than there are cores, one request at a time, and a small cache.

    Its own defaults take 8 GiB, and with as many threads as busy cores generation falls to a tenth.
    """
    chosen = xllamacpp.CommonParams()
    chosen.model.path = path
    chosen.n_ctx = context_tokens
    chosen.n_parallel = 1
    chosen.cache_ram_mib = 256
    chosen.api_keys = [api_key]
    chosen.offline = True
    chosen.verbosity = 0
    threads = max(1, (os.cpu_count() or 2) - 1)
    chosen.cpuparams.n_threads = threads
    chosen.cpuparams_batch.n_threads = threads
    return chosen


def main(path: str, context_tokens: str) -> None:
    """Serve until the standard input ends, which it does when the assistant does, then leave at once."""
    import xllamacpp

    key = sys.stdin.readline().strip()
    try:
        serving = xllamacpp.Server(parameters(xllamacpp, path, int(context_tokens), key))
    except RuntimeError:
        os._exit(1)
    sys.stdout.write(f"{ADDRESS}{serving.listening_address}/v1\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
