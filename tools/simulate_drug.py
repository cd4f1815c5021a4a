"""The tool that simulates a drug in virtual patients of stated genotypes."""

from __future__ import annotations

from retrieval.evidence import ToolResult
from tools.registry import Context, tool
from tools.simulation.answers import result

LONGEST = 60
"""Seconds that a run may take in the chat; the command line has no such limit."""


@tool(title="Simulation in virtual patients", roles=("clinician",))
def simulate_drug(
    drug: str,
    dose_mg: float | None = None,
    every_h: float = 24,
    days: int = 30,
    genotypes: tuple[str, ...] = (),
    age: float | None = None,
    weight: float | None = None,
    renal_function: float | None = None,
    n: int = 300,
    seed: int = 1,
    model: str = "",
    compare: bool = False,
    of_patient: bool = False,
    *,
    context: Context,
) -> ToolResult:
    """Simulate a drug (warfarin: INR) in virtual patients by genotype; prescribes nothing.

    every_h 0: once. genotypes: a group each, "CYP2C9 *1/*3, VKORC1 GA", "cohort". compare: warfarin doses.
    of_patient: use chart.
    """
    return result(
        drug, dose_mg, every_h, days, genotypes, age, weight, renal_function, n, seed, model or None, compare,
        of_patient, patient=context.patient, longest=LONGEST,
    )  # fmt: skip
