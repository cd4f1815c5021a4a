"""What has to be true before the first heavy import: Python, our own packages, switches, data folder, key.

Every entry (command line, service, evaluation) calls :func:`prepare` first. Nothing heavy is imported here.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.keys import VARIABLE, key_file, load_key

if TYPE_CHECKING:
    from assistant.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("assistant", "tools", "retrieval", "genomics", "imaging", "evals")

SWITCHES = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_RUN_HISTORY": "False",
    "ANONYMIZED_TELEMETRY": "False",
    "LANGSMITH_TRACING": "false",
    "LANGGRAPH_STRICT_MSGPACK": "true",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "RAY_USAGE_STATS_ENABLED": "0",
}
"""Nobody phones home; checkpoints are read strictly (CVE-2026-28277). Libraries read these when imported."""


class StartupRefused(RuntimeError):
    """The assistant does not start; the message says why and what to do."""


@dataclass(frozen=True)
class Prepared:
    """What the entry hands on. ``notes`` are lines for the person who started it."""

    key: bytes = field(repr=False)
    data_dir: Path
    notes: tuple[str, ...] = ()


def prepare(settings: Settings) -> Prepared:
    """Check and make everything that must be there before anything heavy is imported.

    Raises:
        StartupRefused: wrong Python, a foreign package in the place of one of ours, no place for data.
        KeyRefused: the key file is short, missing or open to others.
    """
    if not python_ok():
        raise StartupRefused(f"Consilium needs Python 3.11 to 3.13, this is {sys.version.split()[0]}")
    check_shadowing()
    set_switches(os.environ)
    notes = _make_folder(settings.data_dir)
    lost = not key_file(settings.data_dir).exists() and (settings.data_dir / "archive.sqlite").exists()
    key = load_key(settings.data_dir)
    if lost and not os.environ.get(VARIABLE):
        notes += (
            "The key was missing and a new one was made: what was archived before can no longer be read; "
            "the audit can still be verified.",
        )
    return Prepared(key=key, data_dir=settings.data_dir, notes=notes)


def python_ok(version: tuple[int, ...] = sys.version_info[:2]) -> bool:
    """True for Python 3.11, 3.12 and 3.13."""
    return (3, 11) <= version[:2] <= (3, 13)


def set_switches(environ: MutableMapping[str, str]) -> None:
    """Set each of :data:`SWITCHES` that the user has not set."""
    for name, value in SWITCHES.items():
        environ.setdefault(name, value)


def check_shadowing() -> None:
    """Refuse to run with a foreign ``tools`` (or another of our six names) in front of ours.

    Raises:
        StartupRefused: names the file and the distribution that owns it.
    """
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        places = [spec.origin, *(spec.submodule_search_locations or [])] if spec else []
        where = next((place for place in places if place), None)
        if where and Path(where).resolve().is_relative_to(ROOT):
            continue
        raise StartupRefused(
            f"the package '{name}' comes from {where or 'nowhere'} (installed by {_owner(name)}), "
            f"not from {ROOT}: uninstall it, or start with .venv/bin/python -m assistant from there"
        )


def _owner(name: str) -> str:
    from importlib.metadata import packages_distributions

    return ", ".join(packages_distributions().get(name, ["nobody"]))


def _make_folder(folder: Path) -> tuple[str, ...]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as trouble:
        raise StartupRefused(f"the data folder {folder} cannot be made: {trouble.strerror}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StartupRefused(
            f"the data folder {folder} cannot be written; choose another with CONSILIUM_DATA_DIR"
        )
    if os.name == "posix" and folder.stat().st_mode & 0o077:
        # never changed here: it may be a folder that the user shares on purpose; our files in it are closed
        return (f"Others can look into the data folder; close it with: chmod 700 {folder}",)
    return ()
