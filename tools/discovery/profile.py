"""The profile of one structure: what it is, what can be computed of it, what warns, and what models predict.

A structure of a class that is not designed here is not profiled either, unless it is asked for as a medicine by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib import metadata

from retrieval.evidence import ToolResult, bad_input, found, not_covered, not_found, unavailable
from tools.damaged import Damaged
from tools.discovery import admet, guard, named
from tools.discovery.admet import Prediction
from tools.discovery.describe import Described, describe
from tools.discovery.molecules import DiscoveryMissing, Molecule, MoleculeError, parse
from tools.discovery.profile_findings import figure_of, findings
from tools.discovery.profile_shown import pictures, tables

COVERED = frozenset("C N O S F Cl Br H P I B Si Se".split())
"""Elements for which the computed properties mean something."""
_BRACKET = re.compile(r"\[[^\]]*\]")
_NO_SMILES = re.compile("[adf-kmqt-z]")
"""Small letters that no SMILES has outside brackets."""


def profile(text: str) -> ToolResult:
    """The profile of a SMILES or of a medicine by its name, in one of the outcomes of a tool."""
    try:
        guard.whole()
    except (Damaged, DiscoveryMissing) as missing:
        return unavailable(str(missing), missing.command)
    return _profile(text, named.structure(text))


def _profile(text: str, medicine: named.Structure | None) -> ToolResult:
    try:
        molecule = parse(medicine.smiles if medicine else text)
        refused = None if medicine else guard.check(molecule.smiles)
        if refused:
            return bad_input(refused.says)
        if outside := _outside(molecule):
            return not_covered(outside, versions=versions())
        return _told(molecule, medicine, describe(molecule.smiles))
    except DiscoveryMissing as missing:
        return unavailable(str(missing), missing.command)
    except MoleculeError as wrong:
        return _unread(text, medicine, wrong)


def versions() -> Mapping[str, str]:
    """What was computed with, as far as it is installed."""
    held = {one: _version(one) for one in ("rdkit", "admet-ai")}
    return {name: version for name, version in held.items() if version}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _unread(text: str, medicine: named.Structure | None, wrong: MoleculeError) -> ToolResult:
    if named.is_inchi(text):
        return bad_input(named.NO_INCHI)
    if medicine:
        return not_covered(f"The structure that is held for {medicine.name} is not profiled. {wrong}")
    if len(text) > named.LONGEST or not _NO_SMILES.search(_BRACKET.sub("", text)):
        return bad_input(str(wrong))
    if not named.approved():
        note = "No structure is held under that name here. Write the structure itself as SMILES, or bring the names of"
        return not_found(f"{note} the approved drugs: {DiscoveryMissing.command}")
    note = f"None of the {len(named.approved()):,} approved drugs of admet-ai has that name."
    return not_found(f"{note} Write the structure itself as SMILES.", searched=(named.table_source(),))


def _outside(molecule: Molecule) -> str:
    """Why nothing can be said about a molecule; empty if something can."""
    if "C" not in molecule.elements:
        return "The structure has no carbon; the computed properties are for organic molecules."
    beyond = [one for one in molecule.elements if one not in COVERED]
    return f"The computed properties are not made for {', '.join(beyond)}." if beyond else ""


def _told(molecule: Molecule, medicine: named.Structure | None, described: Described) -> ToolResult:
    predicted, lacking = _predicted(molecule)
    return found(
        *findings(molecule, medicine, described, predicted),
        note=" ".join(filter(None, (*_notes(molecule), lacking))),
        versions=versions(),
        searched=(medicine.source,) if medicine else (),
        tables=tables(described, predicted),
        pictures=pictures(described, medicine.name if medicine else "this structure"),
    )


def _predicted(molecule: Molecule) -> tuple[Prediction | None, str]:
    """The predictions, or why there are none."""
    if molecule.foreign:
        return None, f"ADMET is not predicted: the models were not made for {', '.join(molecule.foreign)}."
    try:
        return admet.predict([molecule.smiles])[0], _hidden()
    except DiscoveryMissing as missing:
        return None, f"ADMET is not predicted: {missing} ({missing.command})"


def _hidden() -> str:
    weak = ", ".join(f"{one.name} ({figure_of(one)})" for one in admet.hidden())
    return f"Not shown, as the model's own test figures are too weak: {weak}."


def _notes(molecule: Molecule) -> Iterable[str]:
    if molecule.stripped:
        yield f"Taken away as salt or solvent: {', '.join(molecule.stripped)}."
