"""Everything of a profile that RDKit computes, made in the worker process: properties, alerts and the picture."""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import asdict
from typing import Any, NamedTuple

from tools.discovery.drawing import molecule_png, molecule_svg
from tools.discovery.filters import Alert, Properties, alerts_with_atoms, properties
from tools.discovery.molecules import chem
from tools.discovery.worker import worker


class Described(NamedTuple):
    """Properties and alerts of one molecule, and its picture with the atoms of the alerts marked."""

    properties: Properties
    alerts: tuple[Alert, ...]
    png: bytes
    svg: str


def describe(smiles: str) -> Described:
    """The description of a parsed molecule, within the worker's limit of time.

    Raises:
        MoleculeError: it took too long.
        DiscoveryMissing: the extra is not installed.
    """
    chem()
    told = worker.ask("describe", smiles)
    return Described(
        Properties(**told["properties"]),
        tuple(Alert(catalogue, name, tuple(atoms)) for catalogue, name, atoms in told["alerts"]),
        b64decode(told["png"]),
        told["svg"],
    )


def describe_job(smiles: str) -> dict[str, Any]:
    """:func:`describe` for the worker, as JSON carries it."""
    found = alerts_with_atoms(smiles)
    marked = sorted({atom for one in found for atom in one.atoms})
    return {
        "properties": asdict(properties(smiles)),
        "alerts": found,
        "png": b64encode(molecule_png(smiles, marked)).decode(),
        "svg": molecule_svg(smiles, marked),
    }
