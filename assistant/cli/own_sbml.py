"""``simulate --trust-sbml``: a whole-body model of the user's own, run because the user vouches for it.

The engine compiles a model to machine code: that is running foreign code, so it is done here only, never in the chat
or on a page. What comes out is a time course in the model's own units; nothing of it has been reviewed.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from assistant.cli import edge, research_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

WORDS = (
    "Simulated with a model of your own, run as it is: nobody here has reviewed it, times and values are in its own "
    "units, and no genotype, dose or person of ours is in it."
)
MOST_POINTS = 10_000


def run(
    path: Path, show: Sequence[str], until: float | None, points: int, given: Sequence[str], as_json: bool
) -> NoReturn:
    """Print the time course of the selections, and end with the outcome's exit code."""
    if not show or until is None:
        edge.stop(
            'Needed with --trust-sbml: --show "[species]" (or a parameter) and --until the last time, in the '
            "model's own units.",
            edge.NEEDS_INPUT,
        )
    if not (0 < until < math.inf and 2 <= points <= MOST_POINTS):
        edge.stop(f"Give --until above 0 and --points from 2 to {MOST_POINTS}.", edge.BAD_INPUT)
    times = [until * at / (points - 1) for at in range(points)]
    course = _course(path, show, times, _values(given))
    print(WORDS, file=sys.stderr)
    edge.show(
        _document(path, show, times, course), as_json, lambda: edge.inert(_text(path, show, times, course))
    )
    raise typer.Exit(edge.ANSWERED)


def _course(
    path: Path, show: Sequence[str], times: Sequence[float], values: Mapping[str, float]
) -> NDArray[Any]:
    from tools.simulation import sbml

    try:
        return sbml.own(path, show, times, values)
    except sbml.Refused as refused:
        edge.stop(str(refused), edge.BAD_INPUT)
    except sbml.Unavailable as lacking:
        edge.stop(f"{lacking} To get it: {lacking.command}", edge.UNAVAILABLE)
    except OSError as wrong:
        edge.stop(f"{path} cannot be read: {wrong.strerror}", edge.BAD_INPUT)


def _values(given: Sequence[str]) -> dict[str, float]:
    values = {}
    for one in given:
        name, _, value = one.partition("=")
        try:
            values[name.strip()] = float(value)
        except ValueError:
            edge.stop(f"'{one}' is not written as name=number.", edge.BAD_INPUT)
    return values


def _document(
    path: Path, show: Sequence[str], times: Sequence[float], course: NDArray[Any]
) -> dict[str, Any]:
    return {
        "file": path.name,
        "note": WORDS,
        "time": list(times),
        "values": {name: course[:, at].tolist() for at, name in enumerate(show)},
    }


def _text(path: Path, show: Sequence[str], times: Sequence[float], course: NDArray[Any]) -> str:
    rows = [
        (f"{time:.6g}", *(f"{value:.6g}" for value in row)) for time, row in zip(times, course, strict=True)
    ]
    head = research_text.Grid(("time", *show), rows)
    return "\n".join([path.name, *research_text.side_by_side(head)])
