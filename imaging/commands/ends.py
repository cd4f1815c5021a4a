"""How a verb ends: exit codes, one line on the error stream, JSON or prose, and files for their owner alone."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import typer
from pydantic import BaseModel

from retrieval.evidence import Outcome

ANSWERED, MISSED, BAD_INPUT, NEEDS_INPUT, NOTHING, UNAVAILABLE = 0, 1, 2, 3, 4, 5
"""The same numbers as the assistant's command line (a test holds them together); 1: something was found wrong."""

CODES: Mapping[Outcome, int] = {
    Outcome.FOUND: ANSWERED,
    Outcome.BAD_INPUT: BAD_INPUT,
    Outcome.NEEDS_INPUT: NEEDS_INPUT,
    Outcome.NOT_FOUND: NOTHING,
    Outcome.NOT_COVERED: NOTHING,
    Outcome.UNAVAILABLE: UNAVAILABLE,
}


def stop(words: str, code: int) -> NoReturn:
    """End with one line on the error stream and an exit code."""
    typer.echo(words, err=True)
    raise typer.Exit(code)


def show(value: Any, as_json: bool, prose: Callable[[], str]) -> None:
    """Print the very object as one JSON document, or its prose."""
    if not as_json:
        typer.echo(prose())
        return
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    typer.echo(json.dumps(plain, ensure_ascii=False, indent=2, default=str))


def put(path: Path, content: str | bytes) -> None:
    """Write a file that only its owner can read, whole or not at all, and name it on the error stream."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        beside.replace(path)
    except OSError as refused:
        beside.unlink(missing_ok=True)
        stop(f"{path} cannot be written: {refused.strerror}", BAD_INPUT)
    typer.echo(path, err=True)
