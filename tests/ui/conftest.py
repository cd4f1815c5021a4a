"""The double of the assistant, a server with it in a process of its own, and a browser where there is one."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = (
    "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync "
    "--disable-quic --no-first-run"
).split()


@pytest.fixture(scope="session")
def scripted() -> ModuleType:
    spec = importlib.util.spec_from_file_location("consilium_scripted", HERE / "scripted.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Served(NamedTuple):
    address: str
    seconds_to_healthz: float
    folder: Path


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real app with the scripted double, in a process of its own, with both pages mounted."""
    folder, port = tmp_path_factory.mktemp("served"), _free_port()
    yield from _serving([str(HERE / "scripted.py"), str(port), str(folder / "data"), "0.05"], port, folder)


@pytest.fixture(scope="session")
def served_whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The real app with the real assistant, as ``serve`` starts it."""
    folder, port = tmp_path_factory.mktemp("whole"), _free_port()
    yield from _serving(["-m", "assistant", "serve", "--port", str(port)], port, folder)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _serving(arguments: list[str], port: int, folder: Path) -> Iterator[Served]:
    environment = {**os.environ, "CONSILIUM_DATA_DIR": str(folder / "data")}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, stdout=log, stderr=log, env=environment
        )
        try:
            address = f"http://127.0.0.1:{port}"
            up = _until(f"{address}/healthz", process, 30)
            _until(f"{address}/readyz", process, 300)
            yield Served(address, up, folder / "data")
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(20)


def _until(address: str, process: subprocess.Popen[bytes], seconds: float) -> float:
    """The seconds until the address answers with 200."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        assert process.poll() is None, "the server stopped"
        try:
            with urllib.request.urlopen(address, timeout=5) as reply:
                if reply.status == 200:
                    return time.monotonic() - started
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"{address} did not answer in {seconds} s")


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
