"""A design as a tool's result: found, or one of the other outcomes with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from retrieval.evidence import ToolResult, bad_input, found, not_found, unavailable
from tools.damaged import Damaged
from tools.discovery import design_shown
from tools.discovery.design import Design, design, save
from tools.discovery.design_request import DesignError, Method, Request, command, seconds
from tools.discovery.molecules import DiscoveryMissing
from tools.discovery.objective import Term
from tools.mistakes import mistakes


def result(
    like: Sequence[str] = (),
    method: Method = "search",
    want: Mapping[Term, float] | None = None,
    better: Sequence[Term] = (),
    no_alerts: bool = True,
    n: int = 12,
    budget: int = 1500,
    seed: int = 1,
    *,
    most: int | None = None,
    longest: float | None = None,
    folder: Path | None = None,
) -> ToolResult:
    """The run's findings, tables and pictures, or why there are none.

    ``most`` evaluations and ``longest`` seconds are what the caller allows; the run's state is kept in ``folder``.
    """
    from tools.discovery.generator import GeneratorMissing

    asked: dict[str, Any] = {
        "like": tuple(like), "method": method, "want": dict(want or {}), "better": tuple(better),
        "no_alerts": no_alerts, "n": n, "budget": budget, "seed": seed,
    }  # fmt: skip
    try:
        request = Request(**asked)
        if over := _over(request, most, longest):
            return bad_input(over, command=command(request))
        made = design(request)
    except ValidationError as wrong:
        return bad_input(f"{mistakes(wrong)}.")
    except DesignError as wrong:
        return bad_input(str(wrong))
    except (Damaged, DiscoveryMissing, GeneratorMissing) as missing:
        return unavailable(str(missing), missing.command)
    if folder is not None:
        save(made, folder)
    return told(made)


def told(made: Design) -> ToolResult:
    """The result of a finished run."""
    if not made.molecules:
        return not_found(_none_kept(made), versions=made.versions)
    return found(
        *design_shown.findings(made),
        note=design_shown.notes(made),
        tables=design_shown.tables(made),
        pictures=design_shown.pictures(made),
        versions=made.versions,
    )


def _none_kept(made: Design) -> str:
    if not made.counts.drawn:
        return (
            f"The budget of {made.request.budget:,} was used up by the molecules that the run started from: no new one "
            "was made. Raise the budget, or name one molecule that they are to be like."
        )
    return (
        f"Of {made.counts.evaluated:,} structures judged none kept every condition. Raise the budget, or ask for "
        "less."
    )


def _over(request: Request, most: int | None, longest: float | None) -> str:
    """Why a run is too long for its caller; empty if it is not."""
    if most is not None and request.budget > most:
        return f"At most {most:,} evaluations are made here; run it on the command line."
    needed = seconds(request)
    if longest is not None and needed > longest:
        return (
            f"The run would take about {needed:.0f} seconds; here at most {longest:.0f} are allowed. Ask for a smaller "
            "budget, or run it on the command line."
        )
    return ""
