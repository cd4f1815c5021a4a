"""The tool that proposes structures for a stated objective."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from retrieval.evidence import ToolResult
from tools.discovery.answers import result
from tools.registry import tool

LONGEST, MOST = 60, 3000
"""Seconds and evaluations of a run in the chat; `consilium design` has 20,000 and no limit of time."""
Term = Literal["qed", "sa", "similarity", "absorption", "lipinski", "herg", "dili", "ames", "clintox"]
NO_WEIGHTS: Mapping[Term, float] = {}


@tool(title="Design of molecules", roles=("clinician",))
def design_molecules(
    like: Annotated[tuple[str, ...], Field(max_length=20)] = (),
    method: Literal["search", "fragments", "vae"] = "search",
    want: Mapping[Term, float] = NO_WEIGHTS,
    better: tuple[Term, ...] = (),
    no_alerts: bool = True,
    n: Annotated[int, Field(ge=1, le=200)] = 12,
    budget: Annotated[int, Field(ge=1, le=20_000)] = 1500,
    seed: int = 1,
) -> ToolResult:
    """Propose computer-made structures: hypotheses, not drugs; none was made or tested.

    like: SMILES or medicine names. want: weights 0 to 1; the last four only count against. better: terms on
    which each beats the first of like. budget: molecules evaluated.
    """
    return result(like, method, want, better, no_alerts, n, budget, seed, most=MOST, longest=LONGEST)
