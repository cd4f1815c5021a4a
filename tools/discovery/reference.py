"""Where a molecule's computed properties lie among those of the approved drugs in admet-ai's table.

Weight, logP, polar surface and QED are the table's own columns; the counts are made from its structures, by the same
definitions as the molecule's own.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from tools.discovery.filters import Properties
from tools.discovery.molecules import chem, rdkit
from tools.discovery.named import approved

LOW, HIGH = 0.10, 0.90
"""The band of a radar: from the 10th to the 90th percentile."""
COLUMNS = {"weight": "molecular_weight", "logp": "logP", "tpsa": "tpsa", "qed": "QED"}
COUNTS = {
    "donors": "CalcNumLipinskiHBD",
    "acceptors": "CalcNumLipinskiHBA",
    "rotatable": "CalcNumRotatableBonds",
}


class Spread(NamedTuple):
    """One property over the approved drugs: its values in order."""

    values: tuple[float, ...]

    def place(self, value: float) -> float:
        """Share of the approved drugs below a value, 0 to 1; ties counted half."""
        low, high = bisect_left(self.values, value), bisect_right(self.values, value)
        return (low + high) / (2 * len(self.values))


def places(of: Properties) -> Mapping[str, float]:
    """The place of each property by its field of :class:`Properties`; empty where admet-ai is not installed."""
    return {name: one.place(getattr(of, name)) for name, one in spreads().items()}


@cache
def spreads() -> Mapping[str, Spread]:
    """Each property over the approved drugs; takes a second on the first call."""
    drugs = approved().values()
    if not drugs:
        return {}
    counting = rdkit("Chem.rdMolDescriptors")
    mols = [mol for one in drugs if (mol := chem().MolFromSmiles(one.smiles)) is not None]
    held = {name: [one.row[column] for one in drugs] for name, column in COLUMNS.items()}
    held |= {name: [float(getattr(counting, count)(mol)) for mol in mols] for name, count in COUNTS.items()}
    return {name: Spread(tuple(sorted(values))) for name, values in held.items()}
