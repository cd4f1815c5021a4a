"""Importing is cheap: nothing heavy loads before it is used, and nothing happens at import."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "torch",
    "transformers",
    "chromadb",
    "gradio",
    "langchain",
    "sentence_transformers",
    "pandas",
    "skimage",
)
LOOK = f"; import sys; print([name for name in {HEAVY!r} if name in sys.modules])"
SLACK = 6
"""Times are upper bounds on a busy machine: the budget of the house times this."""


def loaded(code: str) -> tuple[str, float]:
    """What of the heavy is loaded after ``code``, and the seconds it took."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code + LOOK],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1], time.perf_counter() - started


@pytest.mark.parametrize("package", ["retrieval", "genomics", "imaging", "tools", "assistant", "evals"])
def test_packages_import_light(package: str) -> None:
    heavy, seconds = loaded(f"import {package}")
    assert heavy == "[]"
    assert seconds < 0.5 * SLACK


def test_all_tools_register_light() -> None:
    heavy, _ = loaded("from tools.registry import tools; assert len(tools()) >= 3")
    assert heavy == "[]"


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv=['consilium', '--help']\n"
        "from assistant.cli.app import app\n"
        "try: app()\n"
        "except SystemExit: pass\n"
        "0"
    )
    heavy, seconds = loaded(code)
    assert heavy == "[]"
    assert seconds < 0.7 * SLACK


@pytest.mark.parametrize("package", ["retrieval", "genomics", "imaging", "tools", "assistant"])
def test_importing_every_module_prints_nothing_and_opens_no_socket(package: str) -> None:
    code = f"""
import importlib, pkgutil, socket, sys
def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"): raise SystemExit(f"{{event}} at import")
sys.addaudithook(refuse)
import {package}
for module in pkgutil.walk_packages({package}.__path__, "{package}."):
    if module.name.endswith("__main__") or ".ui" in module.name or ".training" in module.name: continue
    importlib.import_module(module.name)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
