"""Checkpoints: everything that a training needs to go on, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import secrets
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

LAST, BEST = "last.ckpt", "best.ckpt"


class OtherSettings(ValueError):
    """The folder holds a checkpoint of a training with other settings; nothing was overwritten."""


class NotACheckpoint(ValueError):
    """The file cannot be read as a checkpoint: cut short, damaged, or of another making."""


def settings_hash(settings: Mapping[str, Any]) -> str:
    """sha256 of the settings as sorted JSON: two trainings with one hash may continue each other."""
    return hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest()


def write(path: Path, state: Mapping[str, Any]) -> None:
    """Write to a file of its own name, flush it to the disk, then rename: a reader never sees half a checkpoint.

    Of two processes that write one path, the later rename wins whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with beside.open("wb") as file:
            torch.save(dict(state), file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(path: Path, expected: str) -> dict[str, Any]:
    """The state in a checkpoint, tensors and plain values only (nothing is unpickled into code).

    Refuses a checkpoint whose settings hash is not ``expected`` (:class:`OtherSettings`).
    """
    if not zipfile.is_zipfile(path):
        raise NotACheckpoint(f"{path} is no checkpoint, or cut short: delete it or choose another folder")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, pickle.UnpicklingError) as wrong:
        raise NotACheckpoint(f"{path} is no checkpoint of this program, or damaged") from wrong
    if not isinstance(state, dict) or "settings" not in state:
        raise NotACheckpoint(f"{path} is no checkpoint of this program")
    if state["settings"] != expected:
        raise OtherSettings(f"{path} was made with other settings: choose another folder, or resume never")
    return state
