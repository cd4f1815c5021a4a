"""What a run was made with: versions, commit, knowledge. Nothing of the person or the machine's names."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KNOWLEDGE = (
    "evals/knowledge", "tools/knowledge", "assistant/knowledge", "genomics/knowledge", "imaging/knowledge",
    "retrieval/knowledge",
)  # fmt: skip
PACKAGES = (
    "numpy", "pydantic", "pyyaml", "scipy", "langchain", "langgraph", "chromadb", "sentence-transformers", "torch",
    "scikit-learn", "pysam", "ray", "inspect-ai",
)  # fmt: skip


@cache
def packages() -> Mapping[str, str]:
    """Name and version of what the numbers may hang on; what is not installed is left out."""
    return dict(_versions())


def _versions() -> Iterator[tuple[str, str]]:
    for name in PACKAGES:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue


@cache
def knowledge() -> Mapping[str, str]:
    """SHA-256 of each folder of knowledge, over the names and the bytes of its files."""
    return {place: _digest(ROOT / place) for place in KNOWLEDGE if (ROOT / place).is_dir()}


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(
        each for each in folder.rglob("*") if each.is_file() and "__pycache__" not in each.parts
    ):
        digest.update(f"{file.relative_to(folder)}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def commit() -> tuple[str, bool]:
    """The commit of the checkout and whether the tree differs from it; ("", False) where there is no git."""
    told = _git("rev-parse", "HEAD")
    return (told, bool(_git("status", "--porcelain", "--untracked-files=no"))) if told else ("", False)


def changes() -> str:
    """SHA-256 of what differs from the commit (``git diff HEAD``); "" for nothing. Files that git does not know are
    not in it."""
    told = _git("diff", "HEAD", "--full-index", "--no-ext-diff", "--no-color")
    return hashlib.sha256(told.encode()).hexdigest() if told else ""


def _git(*words: str) -> str:
    try:
        done = subprocess.run(
            ["git", *words], cwd=ROOT, capture_output=True, encoding="utf-8", errors="replace", timeout=20,
            check=False,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def machine() -> Mapping[str, str]:
    """Architecture, cores and system."""
    return {
        "architecture": platform.machine(),
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "system": platform.system(),
    }
