"""Predicted absorption, distribution, metabolism and toxicity: admet-ai behind one function.

Swanson 2024, doi 10.1093/bioinformatics/btae416. Two ensembles of five Chemprop networks each. Which endpoints are
shown, :mod:`tools.discovery.admet_endpoints` says. A score is a model's output, never a risk of a person.
"""

from __future__ import annotations

import threading
import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module, metadata
from typing import Any, NamedTuple

from retrieval.evidence import Depth, Source
from tools.discovery.admet_endpoints import NAMES, TOX21, Endpoint, endpoints, hidden, shown
from tools.discovery.molecules import bulk_tanimoto, chem, fingerprint, to_mol
from tools.discovery.named import approved

__all__ = [
    "ABSORPTION", "BATCH", "FAR", "NAMES", "NOT_A_RISK", "TOX21", "TOXICITY", "Absorption", "Endpoint", "Neighbour",
    "Prediction", "Score", "absorption", "endpoints", "hidden", "nearest", "percentile", "predict", "shown", "source",
    "values",
]  # fmt: skip

FAR = 0.3
"""Nearest similarity below which a molecule counts as far; the specification's figure, not verified."""
BATCH = 64
NOT_A_RISK = "model score, not a clinical risk"
TOXICITY = ("hERG", "DILI", "AMES", "ClinTox")
"""What an objective may punish, and only punish."""
ABSORPTION = ("HIA_Hou", "Caco2_Wang", "Solubility_AqSolDB")


class Score(NamedTuple):
    """A prediction. ``percentile``: share of the approved drugs with a lower score, 0 to 100."""

    endpoint: Endpoint
    value: float
    percentile: float

    @property
    def percent(self) -> int:
        """The percentile as it is said; "higher than 100 %" would be more than the table can tell."""
        return min(round(self.percentile), 99)


class Neighbour(NamedTuple):
    """The approved drug that is most alike, by Morgan fingerprints."""

    name: str
    similarity: float

    @property
    def far(self) -> bool:
        return self.similarity < FAR


@dataclass(frozen=True)
class Prediction:
    """All shown scores of one molecule, in the order of the package's table, and the nearest approved drug."""

    smiles: str
    scores: tuple[Score, ...]
    nearest: Neighbour

    def of(self, endpoint: str) -> Score:
        """The score of one endpoint by its id.

        Raises:
            KeyError: there is no such endpoint, or it is not shown.
        """
        held = {one.endpoint.id: one for one in self.scores}
        return held[endpoint] if endpoint in held else _no(endpoint)


@dataclass(frozen=True)
class Absorption:
    """A view of oral absorption for ranking: three model scores, no measurement and no bioavailability.

    ``score``, 0 to 1, is the mean of the share absorbed by the intestine that the model expects (``hia``) and the
    places among approved drugs of permeability and solubility. Efflux, first pass, dose and formulation are not in it;
    the package's endpoint for bioavailability (AUROC .72) is too weak to be used.
    """

    hia: float
    caco2: float
    solubility: float
    score: float


def predict(molecules: Sequence[str]) -> tuple[Prediction, ...]:
    """All shown scores of each molecule, in their order.

    Raises:
        DiscoveryMissing: admet-ai is not installed.
        MoleculeError: a SMILES does not parse.
    """
    told = values(molecules, tuple(shown()))
    return tuple(
        Prediction(
            smiles,
            tuple(Score(shown()[name], value, percentile(name, value)) for name, value in row.items()),
            nearest(smiles),
        )
        for smiles, row in zip(molecules, told, strict=True)
    )


def values(molecules: Sequence[str], wanted: Collection[str]) -> tuple[dict[str, float], ...]:
    """The bare scores of the wanted endpoints for each molecule; only the networks that carry them are run.

    Raises:
        DiscoveryMissing: admet-ai is not installed.
        MoleculeError: a SMILES does not parse.
        KeyError: an endpoint that is not shown.
    """
    for name in wanted:
        if name not in shown():
            _no(name)
    mols = [to_mol(smiles) for smiles in molecules]
    held = _models()
    rows: list[dict[str, float]] = [{} for _ in mols]
    for tasks, networks in held.ensembles:
        if not set(tasks) & set(wanted):
            continue
        for row, scores in zip(rows, _mean_scores(networks, mols), strict=True):
            row.update(
                (task, float(score)) for task, score in zip(tasks, scores, strict=True) if task in wanted
            )
    return tuple({name: row[name] for name in shown() if name in row} for row in rows)


def absorption(molecules: Sequence[str]) -> tuple[Absorption, ...]:
    """The view of oral absorption of each molecule, in their order.

    Raises:
        DiscoveryMissing: admet-ai is not installed.
        MoleculeError: a SMILES does not parse.
    """
    rows = values(molecules, ABSORPTION)
    return tuple(_absorption(*(row[name] for name in ABSORPTION)) for row in rows)


def percentile(endpoint: str, value: float) -> float:
    """Place of a score among those of the approved drugs, 0 to 100, ties counted half (as scipy's "rank")."""
    held = _approved_scores(endpoint)
    low, high = bisect_left(held, value), bisect_right(held, value)
    return (low + high + (high > low)) * 50.0 / len(held)


def nearest(smiles: str) -> Neighbour:
    """The most similar of the approved drugs; the training sets themselves do not come with the package."""
    names, prints = _approved_prints()
    alike = bulk_tanimoto(fingerprint(smiles), prints)
    best = max(range(len(alike)), key=lambda at: (alike[at], -at))
    return Neighbour(names[best], alike[best])


def source() -> Source:
    """The models as evidence names them."""
    return Source(
        id="model:admet-ai",
        title="ADMET-AI: two ensembles of Chemprop networks",
        version=metadata.version("admet-ai"),
        licence="MIT",
        depth=Depth.COMPUTATION,
        doi="10.1093/bioinformatics/btae416",
        year=2024,
    )


class _Models(NamedTuple):
    ensembles: tuple[tuple[tuple[str, ...], tuple[Any, ...]], ...]


_lock = threading.Lock()


@cache
def _loaded() -> _Models:
    endpoints()
    with warnings.catch_warnings():
        # lightning and torch warn of their own use of each other
        warnings.simplefilter("ignore")
        from admet_ai import ADMETModel

        model = ADMETModel(include_physchem=False, drugbank_path=None, num_workers=0)
    ensembles = tuple(
        (tuple(tasks), tuple(network.eval() for network in networks))
        for tasks, networks in zip(model.task_lists, model.model_lists, strict=True)
    )
    return _Models(ensembles)


def _models() -> _Models:
    """The networks, loaded once by whichever thread comes first."""
    with _lock:
        return _loaded()


def _mean_scores(networks: Sequence[Any], mols: Sequence[Any]) -> Iterator[Any]:
    """One row of scores for each molecule, the mean over the networks.

    Not by the package's own ``predict``, which builds a trainer and draws a bar for each network: a single molecule
    takes 0.13 s of CPU there and 0.02 s here, for the same scores.
    """
    import torch

    chemprop: Any = import_module("chemprop.data")
    for start in range(0, len(mols), BATCH):
        points = [chemprop.MoleculeDatapoint(mol=mol) for mol in mols[start : start + BATCH]]
        data = chemprop.MoleculeDataset(points)
        batch = chemprop.collate.collate_batch([data[at] for at in range(len(data))])
        with _lock, torch.inference_mode():
            yield from torch.stack([network(batch.bmg, batch.V_d, batch.X_d) for network in networks]).mean(0)


@cache
def _approved_scores(endpoint: str) -> tuple[float, ...]:
    return tuple(sorted(one.row[endpoint] for one in approved().values()))


@cache
def _approved_prints() -> tuple[tuple[str, ...], tuple[Any, ...]]:
    named = ((one.name, chem().MolFromSmiles(one.smiles)) for one in approved().values())
    held = [(name, fingerprint(mol)) for name, mol in named if mol is not None]
    return tuple(name for name, _ in held), tuple(bits for _, bits in held)


def _absorption(hia: float, caco2: float, solubility: float) -> Absorption:
    places = (percentile("Caco2_Wang", caco2) / 100, percentile("Solubility_AqSolDB", solubility) / 100)
    return Absorption(hia, caco2, solubility, (hia + sum(places)) / 3)


def _no(endpoint: str) -> Any:
    raise KeyError(f"the endpoint {endpoint} is not shown")
