"""One drawing for azoles: a tetrazole written with its hydrogen on one nitrogen or the next is the same drug.

A salt of losartan becomes one or the other, depending on where its charge was drawn. Only the hydrogen of
five-membered aromatic rings is moved; keto and enol and other tautomers stay as they were drawn.
"""

from __future__ import annotations

from itertools import islice, product
from typing import Any

from tools.discovery import molecules

MOST = 64
"""Drawings that are compared; four tetrazoles in one molecule have more, and then the first 64 decide."""


def one_drawing(mol: Any) -> Any:
    """The same molecule with each azole's hydrogen where the canonical SMILES comes first by the alphabet."""
    rings = [moves for ring in mol.GetRingInfo().AtomRings() if (moves := _moves(mol, ring))]
    if not rings:
        return mol
    drawn = (_moved(mol, choice) for choice in islice(product(*rings), MOST))
    written = [smiles for smiles in drawn if smiles]
    return molecules.chem().MolFromSmiles(min(written)) if written else mol


def _moves(mol: Any, ring: tuple[int, ...]) -> list[tuple[int, int]]:
    """Pairs (from, to) of nitrogens in a ring between which its one free hydrogen can be; the stay is among them."""
    atoms = [mol.GetAtomWithIdx(at) for at in ring]
    if len(ring) != 5 or not all(atom.GetIsAromatic() for atom in atoms):
        return []
    bearing = [atom for atom in atoms if atom.GetSymbol() == "N" and atom.GetTotalNumHs() and _plain(atom)]
    free = [atom for atom in atoms if atom.GetSymbol() == "N" and not atom.GetTotalNumHs() and _plain(atom)]
    if len(bearing) != 1 or not free:
        return []
    start = bearing[0].GetIdx()
    return [(start, start), *((start, atom.GetIdx()) for atom in free)]


def _plain(atom: Any) -> bool:
    return atom.GetDegree() == 2 and not atom.GetFormalCharge() and not atom.GetIsotope()


def _moved(mol: Any, moves: tuple[tuple[int, int], ...]) -> str:
    """SMILES with the hydrogens moved; empty where that is no valid drawing."""
    chem = molecules.chem()
    edited = chem.RWMol(mol)
    for start, end in moves:
        edited.GetAtomWithIdx(start).SetNumExplicitHs(0)
        edited.GetAtomWithIdx(end).SetNumExplicitHs(1)
    # the rings stay aromatic; writing and reading again finds out whether bonds can be placed
    smiles = chem.MolToSmiles(edited)
    again = chem.MolFromSmiles(smiles)
    return str(chem.MolToSmiles(again)) if again is not None else ""
