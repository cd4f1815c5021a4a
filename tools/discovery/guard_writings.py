"""The ways to write one molecule that the misuse gate looks at: a drawing must not decide what passes.

A charge can be set apart or put together, and a hydrogen can be drawn here or there; the molecule stays the same. The
number of tautomers is bounded, so a molecule with very many of them is looked at in the first only; for those that
matter the patterns of the gate themselves are open to keto and enol.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from tools.discovery.molecules import chem, rdkit

TAUTOMERS, TRANSFORMS = 24, 48
"""Looked at, of one molecule; steps taken to find them."""
_PLUS, _MINUS = frozenset({15, 16, 33, 34}), frozenset({7, 8, 16, 34})
"""Atomic numbers of centres, and of what a double bond joins to them, that are also written as P+ and O-."""


def writings(mol: Any) -> Iterator[Any]:
    """The molecule as it is, whole (charges put together, radicals filled), normalised and neutral, and its tautomers.

    What RDKit cannot make of a molecule is left out: the molecule as it is always comes first.
    """
    yield mol
    whole = _attempt(_whole, mol)
    if whole is not None:
        yield whole
    neutral = _attempt(_neutral, mol if whole is None else whole)
    if neutral is not None:
        yield neutral
        yield from _attempt(_tautomers, neutral) or ()


def _attempt(make: Any, mol: Any) -> Any:
    try:
        return make(mol)
    except (ValueError, RuntimeError):
        return None


def _whole(mol: Any) -> Any:
    """The molecule with P+-O- and the like as double bonds and a hydrogen for each free electron; None where it has
    neither."""
    edited, changed = chem().RWMol(mol), False
    for bond in edited.GetBonds():
        for plus, minus in (
            (bond.GetBeginAtom(), bond.GetEndAtom()),
            (bond.GetEndAtom(), bond.GetBeginAtom()),
        ):
            apart = plus.GetFormalCharge() > 0 > minus.GetFormalCharge()
            ours = plus.GetAtomicNum() in _PLUS and minus.GetAtomicNum() in _MINUS
            if apart and ours and bond.GetBondType() == chem().BondType.SINGLE:
                bond.SetBondType(chem().BondType.DOUBLE)
                plus.SetFormalCharge(plus.GetFormalCharge() - 1)
                minus.SetFormalCharge(minus.GetFormalCharge() + 1)
                changed = True
    for atom in edited.GetAtoms():
        if atom.GetNumRadicalElectrons():
            atom.SetNumRadicalElectrons(0)
            atom.SetNoImplicit(False)
            changed = True
    return _sane(edited.GetMol()) if changed else None


def _sane(mol: Any) -> Any:
    chem().SanitizeMol(mol)
    return mol


def _neutral(mol: Any) -> Any:
    normalizer, reionizer, uncharger, _ = _tools()
    return _sane(uncharger.uncharge(reionizer.reionize(normalizer.normalize(mol))))


def _tautomers(mol: Any) -> list[Any]:
    return [_sane(one) for one in _tools()[3].Enumerate(mol)]


@cache
def _tools() -> tuple[Any, Any, Any, Any]:
    standard = rdkit("Chem.MolStandardize.rdMolStandardize")
    enumerator = standard.TautomerEnumerator()
    enumerator.SetMaxTautomers(TAUTOMERS)
    enumerator.SetMaxTransforms(TRANSFORMS)
    return standard.Normalizer(), standard.Reionizer(), standard.Uncharger(), enumerator
