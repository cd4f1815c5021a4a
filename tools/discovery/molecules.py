"""A structure as it is typed, made into one molecule: limits, salts stripped, charges settled, one name for it.

The same molecule comes from every order of its SMILES and from every salt of it. Of tautomers only the hydrogen of
azoles is settled (:mod:`tools.discovery.tautomers`); a keto and an enol form are two molecules here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from retrieval.evidence import Text, Word
from tools.discovery.salts import ACIDS, BASES, METALS, SOLVENTS
from tools.discovery.tautomers import one_drawing
from tools.discovery.worker import DiscoveryMissing, MoleculeError, worker

__all__ = [
    "ELEMENTS", "DiscoveryMissing", "Molecule", "MoleculeError", "bulk_tanimoto", "canonical", "chem", "fingerprint",
    "parse", "rdkit", "read", "tanimoto", "to_mol",
]  # fmt: skip

LONGEST = 500
"""Characters of a SMILES."""
LARGEST = 100
"""Heavy atoms of a molecule."""
ELEMENTS = frozenset("C N O S F Cl Br H".split())
"""Elements for which the ADMET models and the search are used."""
BITS, RADIUS = 1024, 2
"""Morgan fingerprint, as in the MOSES metrics."""

Mol = Any
"""An RDKit molecule; RDKit has no types that we read."""


class Molecule(Word):
    """One molecule. ``stripped`` names the counter-ions and solvents that were taken away."""

    smiles: Text
    """Canonical, with stereochemistry as given, neutral where it can be."""
    inchikey: Text
    heavy_atoms: int
    elements: tuple[str, ...]
    stripped: tuple[str, ...] = ()

    @property
    def foreign(self) -> tuple[str, ...]:
        """Its elements for which the ADMET models were not made; mostly none."""
        return tuple(one for one in self.elements if one not in ELEMENTS)


@cache
def rdkit(name: str) -> Any:
    """A module of RDKit, such as "Chem.QED", with RDKit's log off.

    Raises:
        DiscoveryMissing: the extra is not installed.
    """
    if find_spec("rdkit") is None:
        raise DiscoveryMissing("RDKit, which reads structures, is not installed.")
    import_module("rdkit.RDLogger").DisableLog("rdApp.*")
    return import_module(f"rdkit.{name}")


def chem() -> Any:
    """``rdkit.Chem``."""
    return rdkit("Chem")


def parse(text: str) -> Molecule:
    """The molecule that a SMILES means; read in the worker process, within its limit of time.

    Raises:
        MoleculeError: longer than 500 characters, no SMILES, more than 100 heavy atoms, more than one component.
        DiscoveryMissing: the extra is not installed.
    """
    written = _short_enough(text)
    chem()
    return Molecule.model_validate(worker.ask("read", written))


def read_job(text: str) -> dict[str, Any]:
    """:func:`read` for the worker."""
    return read(text).model_dump()


def read(text: str) -> Molecule:
    """The same as :func:`parse`, in this process and without a limit of time: for structures that we made."""
    mol, stripped = _one_component(_sanitized(_short_enough(text)))
    return Molecule(
        smiles=chem().MolToSmiles(mol),
        inchikey=chem().MolToInchiKey(mol) or _no_key(),
        heavy_atoms=mol.GetNumHeavyAtoms(),
        elements=tuple(sorted({atom.GetSymbol() for atom in mol.GetAtoms()})),
        stripped=stripped,
    )


def canonical(smiles: str) -> str | None:
    """Canonical SMILES of a structure that we made, nothing stripped; None if it does not parse or is empty."""
    mol = chem().MolFromSmiles(smiles)
    return chem().MolToSmiles(mol) or None if mol is not None else None


def fingerprint(molecule: str | Mol) -> Any:
    """Morgan fingerprint of radius 2 in 1,024 bits, without stereochemistry.

    Raises:
        MoleculeError: the SMILES does not parse.
    """
    return _morgan().GetFingerprint(to_mol(molecule))


def tanimoto(one: Any, other: Any) -> float:
    """Similarity of two fingerprints, 0 to 1."""
    return float(rdkit("DataStructs").TanimotoSimilarity(one, other))


def bulk_tanimoto(one: Any, others: Sequence[Any]) -> list[float]:
    """Similarity of one fingerprint to each of the others, in their order."""
    return list(rdkit("DataStructs").BulkTanimotoSimilarity(one, list(others)))


def to_mol(molecule: str | Mol) -> Mol:
    """The RDKit molecule of a SMILES; one that is a molecule already comes back as it is.

    Raises:
        MoleculeError: the SMILES does not parse.
    """
    if not isinstance(molecule, str):
        return molecule
    mol = chem().MolFromSmiles(molecule)
    if mol is None or not mol.GetNumAtoms():
        raise MoleculeError("This is no valid SMILES: check brackets, ring numbers and valences.")
    return mol


@cache
def _morgan() -> Any:
    return rdkit("Chem.rdFingerprintGenerator").GetMorganGenerator(radius=RADIUS, fpSize=BITS)


def _short_enough(text: str) -> str:
    written = text.strip()
    if not written:
        raise MoleculeError("No structure was given: write a SMILES, such as CC(=O)Oc1ccccc1C(=O)O.")
    if len(written) > LONGEST:
        raise MoleculeError(f"A SMILES may have {LONGEST} characters at most; this one has {len(written)}.")
    if any(letter.isspace() for letter in written):
        raise MoleculeError("A SMILES has no spaces: give one structure.")
    if strange := next((letter for letter in written if not "!" <= letter <= "~"), ""):
        # RDKit reads as far as such a letter and drops the rest
        raise MoleculeError(f"A SMILES has no {strange!r}: only plain letters, digits and signs are read.")
    return written


def _sanitized(written: str) -> Mol:
    settings = chem().SmilesParserParams()
    settings.sanitize = settings.allowCXSMILES = settings.parseName = False
    settings.removeHs = False
    raw = chem().MolFromSmiles(written, settings)
    if raw is None or not raw.GetNumAtoms():
        raise MoleculeError("This is no valid SMILES: check brackets and ring numbers.")
    _within_limits(raw)
    try:
        chem().SanitizeMol(raw)
    except ValueError as wrong:
        why = str(wrong).strip().rstrip(".")
        raise MoleculeError(
            f"This SMILES has no valid structure ({why}): check valences and rings."
        ) from wrong
    chem().AssignStereochemistry(raw, cleanIt=True, force=True)
    return chem().RemoveHs(raw)


def _within_limits(raw: Mol) -> None:
    sizes = [
        sum(raw.GetAtomWithIdx(atom).GetAtomicNum() > 1 for atom in part) for part in chem().GetMolFrags(raw)
    ]
    if max(sizes) > LARGEST:
        raise MoleculeError(f"A molecule may have {LARGEST} heavy atoms at most; this one has {max(sizes)}.")
    if any(atom.GetAtomicNum() == 0 for atom in raw.GetAtoms()):
        raise MoleculeError("The structure has an open end (*): write the whole molecule.")
    if any(atom.GetSymbol() == "C" and atom.GetFormalCharge() > 0 for atom in raw.GetAtoms()):
        raise MoleculeError(
            "A carbon has a positive charge: no such molecule keeps, draw the bond that is broken."
        )
    for atom in raw.GetAtoms():
        atom.SetAtomMapNum(0)


def _one_component(mol: Mol) -> tuple[Mol, tuple[str, ...]]:
    """The neutral parent and the names of what was stripped from it."""
    standard = rdkit("Chem.MolStandardize.rdMolStandardize")
    # a platinum complex is a molecule, sodium acetate written with a bond is a salt
    salts_only = any(atom.GetSymbol() in METALS for atom in mol.GetAtoms())
    apart = standard.MetalDisconnector().Disconnect(mol) if salts_only else mol
    neutral = standard.Uncharger()
    parts = [neutral.uncharge(part) for part in chem().GetMolFrags(apart, asMols=True)]
    named = {chem().MolToSmiles(part): (part, _salt(part)) for part in parts}
    kept = {smiles: part for smiles, (part, salt) in named.items() if not salt}
    if not kept:
        largest = max(named, key=lambda smiles: (_carbons(named[smiles][0]), len(smiles), smiles))
        kept = {largest: named[largest][0]}
    if len(kept) > 1:
        raise MoleculeError(
            f"The structure has {len(kept)} components that are no known salt or solvent: give one of them."
        )
    smiles, parent = kept.popitem()
    # read again: the canonical order of atoms fixes the stereo marks
    again = one_drawing(chem().MolFromSmiles(smiles) or parent)
    return again, tuple(sorted({salt for other, (_, salt) in named.items() if salt and other != smiles}))


def _carbons(mol: Mol) -> tuple[int, int]:
    return sum(atom.GetSymbol() == "C" for atom in mol.GetAtoms()), mol.GetNumHeavyAtoms()


def _salt(part: Mol) -> str:
    """The name of a counter-ion or solvent; empty if it is none."""
    if part.GetNumAtoms() == 1 and (metal := METALS.get(part.GetAtomWithIdx(0).GetSymbol())):
        return metal
    return _salts().get(chem().MolToSmiles(part, isomericSmiles=False), "")


@cache
def _salts() -> dict[str, str]:
    listed: Iterable[tuple[str, str]] = [*ACIDS.items(), *BASES.items(), *SOLVENTS.items()]
    return {canonical(smiles) or smiles: name for name, smiles in listed}


def _no_key() -> str:
    raise MoleculeError("No InChIKey can be made of this structure: check it.")
