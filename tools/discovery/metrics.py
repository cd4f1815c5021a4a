"""The MOSES metrics, written here, and the one way to show them: beside a reference row of real molecules.

Definitions are those of the published code of MOSES (Polykovskiy D et al., Front Pharmacol 2020;11:565644,
10.3389/fphar.2020.565644). One differs: an empty structure is not valid here. Validity and novelty alone say nothing (a
network after 72 steps had .965 and 1.0), so a :class:`Metrics` cannot be made without QED, SA and alerts, and
:func:`table` is the only thing that prints one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from retrieval.evidence import Table
from tools.discovery import chemnet, similarity
from tools.discovery.chemnet import Distance
from tools.discovery.gathered import PROPERTIES, Gathered, Reference, fragment_counts, scaffold_counts

NOT_MEASURED = "not measured"
ALWAYS = ("QED", "SA", "alerts", "FCD")
"""Columns that stand in every table, measured or not; others are left out where no row has them."""


@dataclass(frozen=True)
class Against:
    """A set against one reference: nearest neighbours, cosines of counts, Fréchet distance, and by property the
    1-Wasserstein distance in the property's own unit."""

    reference: str
    n: int
    snn: float
    frag: float
    scaff: float
    fcd: Distance | None
    wasserstein: dict[str, float]


@dataclass(frozen=True, repr=False)
class Metrics:
    """Everything measured of one set. Shares are 0 to 1; ``filters``, ``novel``, FCD are None where not measured."""

    name: str
    drawn: int
    n: int
    """Valid molecules."""
    valid: float
    unique_1k: float
    unique_10k: float
    novel: float | None
    filters: float | None
    internal_diversity: float
    internal_diversity_2: float
    qed: float
    sa: float
    logp: float
    weight: float
    alerts: float
    test: Against | None = None
    scaffolds: Against | None = None

    def __repr__(self) -> str:
        return f"Metrics({self.name!r}, {self.n} molecules; shown by tools.discovery.metrics.table)"


def measure(
    held: Gathered,
    *,
    test: Reference | None = None,
    scaffolds: Reference | None = None,
    known: Callable[[Collection[str]], Collection[str]] | None = None,
) -> Metrics:
    """Every metric of a set; ``known`` says which of some canonical SMILES are known already (``Moses.known``).

    Raises:
        ValueError: not one molecule is valid.
    """
    if not held.smiles:
        raise ValueError(f"{held.name}: no valid molecule of {held.drawn} drawn")
    means = {name: float(held.values(name).mean()) for name in PROPERTIES}
    bits = held.bits
    return Metrics(
        name=held.name,
        drawn=held.drawn,
        n=len(held.smiles),
        valid=len(held.smiles) / held.drawn,
        unique_1k=unique(held, 1_000),
        unique_10k=unique(held, 10_000),
        novel=novel(held, known) if known else None,
        filters=_passing(held),
        internal_diversity=similarity.internal_diversity(bits),
        internal_diversity_2=similarity.internal_diversity(bits, p=2),
        alerts=float(np.mean([one.alert for one in held.molecules])),
        test=against(held, test) if test else None,
        scaffolds=against(held, scaffolds) if scaffolds else None,
        **means,
    )


def unique(held: Gathered, k: int) -> float:
    """Distinct molecules among the first ``k`` valid ones, as a share of these (of all, where there are fewer)."""
    first = held.smiles[:k]
    return len(set(first)) / len(first)


def novel(held: Gathered, known: Callable[[Collection[str]], Collection[str]]) -> float:
    """Share of the distinct valid molecules that are not known."""
    return 1 - len(set(known(held.distinct)) & held.distinct) / len(held.distinct)


def against(held: Gathered, reference: Reference) -> Against:
    """A set beside real molecules."""
    fcd = (
        chemnet.distance(held.gaussian, reference.gaussian) if held.gaussian and reference.gaussian else None
    )
    return Against(
        reference=reference.name,
        n=reference.n,
        snn=float(similarity.nearest(held.bits, reference.bits).mean()),
        frag=cosine(fragment_counts(held.molecules), reference.fragments),
        scaff=cosine(scaffold_counts(held.molecules), reference.scaffolds),
        fcd=fcd,
        wasserstein=_wasserstein(held, reference),
    )


def cosine(one: Counter[str], other: Counter[str]) -> float:
    """Cosine of two count vectors, absent entries 0; nan where one is empty."""
    if not one or not other:
        return float("nan")
    shared = sum(count * other[key] for key, count in one.items())
    return float(shared / np.sqrt(float(_square(one)) * float(_square(other))))


def _square(counts: Counter[str]) -> int:
    return sum(count * count for count in counts.values())


def _wasserstein(held: Gathered, reference: Reference) -> dict[str, float]:
    from scipy.stats import wasserstein_distance

    return {
        name: float(wasserstein_distance(held.values(name), reference.values[name])) for name in PROPERTIES
    }


def _passing(held: Gathered) -> float | None:
    passed = [one.passes for one in held.molecules]
    return None if None in passed else float(np.mean([bool(one) for one in passed]))


def table(title: str, reference: Metrics, *measured: Metrics) -> Table:
    """The rows, the reference first: validity and novelty never stand without QED, SA, alerts, FCD and a real set.

    Shares and similarities are 0 to 1, weight is in g/mol, W1 is the 1-Wasserstein distance to the test molecules.

    Raises:
        ValueError: there is no row beside the reference.
    """
    if not measured:
        raise ValueError("a reference alone measures nothing")
    rows = [_cells(one) for one in (reference, *measured)]
    columns = tuple(name for name in rows[0] if name in ALWAYS or any(row[name] for row in rows))
    told = tuple(tuple(row[name] or NOT_MEASURED for name in columns) for row in rows)
    return Table(title=title, columns=columns, rows=told)


def _cells(of: Metrics) -> dict[str, str]:
    """Every figure by its column; empty where it was not measured."""
    test, scaffolds = of.test, of.scaffolds
    apart = test.wasserstein if test else {}
    return {
        "set": of.name,
        "drawn": f"{of.drawn:,}",
        "valid": _share(of.valid),
        "unique@1k": _share(of.unique_1k),
        "unique@10k": _share(of.unique_10k),
        "novel": _share(of.novel),
        "QED": _share(of.qed),
        "SA": f"{of.sa:.2f}",
        "alerts": _share(of.alerts),
        "FCD": _distance(test),
        "FCD scaffolds": _distance(scaffolds),
        "filters": _share(of.filters),
        "IntDiv (p 1)": _share(of.internal_diversity),
        "IntDiv (p 2)": _share(of.internal_diversity_2),
        "SNN": _share(test.snn if test else None),
        "SNN scaffolds": _share(scaffolds.snn if scaffolds else None),
        "Frag": _share(test.frag if test else None),
        "Scaff": _share(test.scaff if test else None),
        "Scaff scaffolds": _share(scaffolds.scaff if scaffolds else None),
        "logP": f"{of.logp:.2f}",
        "weight": f"{of.weight:.0f}",
        **{f"W1 {name}": _share(apart.get(name)) for name in PROPERTIES},
    }


def _distance(of: Against | None) -> str:
    return str(of.fcd) if of and of.fcd else ""


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
