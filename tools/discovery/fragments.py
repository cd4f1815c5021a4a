"""BRICS recombination: molecules cut at bonds that chemists make, and the pieces put together in new ways.

Degen 2008, doi 10.1002/cmdc.200800178, by RDKit's rules. Its own builder walks every combination of the first piece
before it comes to the second, and has no end; here molecules are grown from pieces drawn at random, with a limit to
results and to steps. Nothing of this is a synthesis route.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from tools.discovery.molecules import Mol, chem, rdkit

FEWEST, MOST = 15, 32
"""Heavy atoms of a molecule that is kept."""
JOINS = 5
"""Pieces put on a first one at most."""
STEPS = 60
"""Molecules started for each one that is asked for, at most."""


@dataclass(frozen=True)
class Built:
    """Distinct canonical SMILES in the order built, and how many were started and given up."""

    smiles: tuple[str, ...]
    started: int
    given_up: int
    """No piece fitted, too large, too small, or not sound."""
    repeated: int


def pieces(molecules: Iterable[str]) -> tuple[str, ...]:
    """The BRICS pieces of all molecules with their numbered open ends, sorted, one for each molecule that it is in, so
    that a frequent piece is drawn more often; a molecule without such a bond gives none."""
    decompose = rdkit("Chem.BRICS").BRICSDecompose
    found: list[str] = []
    for smiles in molecules:
        mol = chem().MolFromSmiles(smiles)
        if mol is not None:
            chem().RemoveStereochemistry(mol)
            found += [str(piece) for piece in decompose(mol)]
    return tuple(sorted(piece for piece in found if "*" in piece))


def build(parts: Sequence[str], n: int, seed: int) -> Built:
    """Up to ``n`` distinct molecules of 15 to 32 heavy atoms without open ends; the same for the same seed.

    A build of n is the beginning of the build of 2n. None come of fewer than two pieces.
    """
    grower = _Grower(parts, random.Random(seed))
    kept: dict[str, None] = {}
    started = given_up = repeated = 0
    while grower.possible and len(kept) < n and started < STEPS * n:
        started += 1
        made = grower.grown()
        if made is None:
            given_up += 1
        elif made in kept:
            repeated += 1
        else:
            kept[made] = None
    return Built(tuple(kept), started, given_up, repeated)


class _Grower:
    """Pieces sorted by the rules in which each can take part."""

    def __init__(self, parts: Sequence[str], rng: random.Random) -> None:
        self._rng = rng
        mols = (chem().MolFromSmiles(part) for part in sorted(parts))
        self._parts = [mol for mol in mols if mol is not None]
        self._partners = [
            tuple([mol for mol in self._parts if mol.HasSubstructMatch(end)] for end in rule._matchers)
            for rule in _rules()
        ]

    @property
    def possible(self) -> bool:
        return bool(self._parts)

    def grown(self) -> str | None:
        """One molecule, or None where it came to no good end."""
        mol = self._rng.choice(self._parts)
        for _ in range(JOINS):
            mol = self._joined(mol)
            if mol is None or _atoms(mol) > MOST:
                return None
            if not _open(mol):
                return _sound(mol)
        return None

    def _joined(self, mol: Mol) -> Mol | None:
        ways = [
            (rule, side, self._partners[at][1 - side])
            for at, rule in enumerate(_rules())
            for side in (0, 1)
            if self._partners[at][1 - side] and mol.HasSubstructMatch(rule._matchers[side])
        ]
        if not ways:
            return None
        rule, side, partners = self._rng.choice(ways)
        other = self._rng.choice(partners)
        made = rule.RunReactants((mol, other) if side == 0 else (other, mol))
        options = {chem().MolToSmiles(one): one for (one,) in made}
        if not options:
            return None
        joined = options[self._rng.choice(sorted(options))]
        return joined if chem().SanitizeMol(joined, catchErrors=True) == chem().SANITIZE_NONE else None


@cache
def _rules() -> tuple[Any, ...]:
    """RDKit's joining reactions with their matchers, in its order."""
    return tuple(rdkit("Chem.BRICS").reverseReactions)


def _open(mol: Mol) -> bool:
    return any(atom.GetAtomicNum() == 0 for atom in mol.GetAtoms())


def _atoms(mol: Mol) -> int:
    return sum(atom.GetAtomicNum() > 1 for atom in mol.GetAtoms())


def _sound(mol: Mol) -> str | None:
    """Canonical SMILES, if the molecule can be read again and is of the right size."""
    again = chem().MolFromSmiles(chem().MolToSmiles(mol))
    if again is None or not FEWEST <= again.GetNumHeavyAtoms() <= MOST:
        return None
    return str(chem().MolToSmiles(again))
