"""The research row of the options: what a simulation says of the exposure of this patient's genotype.

It stands beside the options and never enters their order: a simulation explains, it does not choose.
"""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.evidence import Table
from tools.treatment.options import Considered, State

TITLE = "Simulated exposure (research; outside the order of the options)"


def table(considered: Considered, genotypes: Sequence[str]) -> tuple[Table, ...]:
    """One row for each open or undecided drug whose model knows a gene of the record; no table where there is none.

    The person is of the record's age and weight; a drug whose model does not speak for them has no row.
    """
    if not genotypes:
        return ()
    from tools.simulation.effects import simulated_exposure

    shown = (*considered.of(State.OPEN), *considered.of(State.UNDECIDED))
    drugs = dict.fromkeys(choice.drug.replace("_", " ") for option in shown for choice in option.choices)
    known = considered.frame.values
    age, weight = (known[name].number if name in known else None for name in ("age", "weight"))
    told = [(drug, simulated_exposure(drug, tuple(genotypes), age, weight)) for drug in drugs]
    rows = tuple(
        (drug, one.statement, "; ".join(dict.fromkeys(entry.source.title for entry in one.evidence)))
        for drug, one in told
        if one is not None
    )
    return (Table(title=TITLE, columns=("drug", "simulated", "model"), rows=rows),) if rows else ()
