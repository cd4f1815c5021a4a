"""What the verbs are given, said once, and how a verb ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

GATE_LOST, NOT_COMPARABLE, BAD_INPUT = 3, 4, 2
"""Exit codes beside 0 (evals.md section 8)."""

Profile = Annotated[str, typer.Option(help="smoke, standard or full")]
Suites = Annotated[
    list[str] | None, typer.Option("--suite", help="One suite instead of a profile; may be repeated.")
]
Count = Annotated[
    int, typer.Option("--n", help="About how many cases of each suite; 0: as the profile says.")
]
Subject = Annotated[
    str,
    typer.Option(
        help="assistant/rules, assistant/model, trivial/NAME, stored:RUN, command:PROGRAM, python:MODULE:NAME"
    ),
]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same cases, byte for byte.")]
Workers = Annotated[int, typer.Option(min=0, help="Processes; 0: one for each core.")]
Engine = Annotated[str, typer.Option(help="pool (processes of this machine) or ray")]
Repeats = Annotated[
    int, typer.Option(min=0, help="For subjects that differ from run to run; 0: as the profile says.")
]
Out = Annotated[Path | None, typer.Option("--out", help="The run's folder; an existing run goes on.")]
Retry = Annotated[bool, typer.Option("--retry-errors", help="Run again what ended in an error.")]


def stop(words: str, code: int) -> NoReturn:
    """Say why and end."""
    print(words, file=sys.stderr)
    raise typer.Exit(code)


@contextmanager
def refusing() -> Iterator[None]:
    """What is wrong with what was given ends with one line and exit code 2."""
    try:
        yield
    except (ValueError, OSError) as wrong:
        stop(str(wrong), BAD_INPUT)
