"""The research row of the options: what a simulation says of the exposure of this patient's genotype.

It stands beside the options and never enters their order: a simulation explains, it does not choose.
"""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.evidence import Table
from tools.damaged import Damaged
from tools.treatment.options import Considered, State

TITLE = "Simulated exposure (research; outside the order of the options)"


def table(considered: Considered, genotypes: Sequence[str]) -> tuple[Table, ...]:
    """One row for each open or undecided drug whose model knows a gene of the record; no table where there is none.

    The person is of the record's age and weight; a drug whose model does not speak for them has no row. The row of one
    whose record is damaged says that it is unavailable, and why.
    """
    if not genotypes:
        return ()
    shown = (*considered.of(State.OPEN), *considered.of(State.UNDECIDED))
    drugs = dict.fromkeys(choice.drug.replace("_", " ") for option in shown for choice in option.choices)
    known = considered.frame.values
    age, weight = (known[name].number if name in known else None for name in ("age", "weight"))
    rows = tuple(row for drug in drugs for row in _rows(drug, tuple(genotypes), age, weight))
    return (Table(title=TITLE, columns=("drug", "simulated", "model"), rows=rows),) if rows else ()


def _rows(
    drug: str, genotypes: tuple[str, ...], age: float | None, weight: float | None
) -> tuple[tuple[str, str, str], ...]:
    from tools.simulation.effects import simulated_exposure

    try:
        told = simulated_exposure(drug, genotypes, age, weight)
    except Damaged as lost:
        return ((drug, f"Unavailable. {lost}", ""),)
    if told is None:
        return ()
    return ((drug, told.statement, "; ".join(dict.fromkeys(one.source.title for one in told.evidence))),)
