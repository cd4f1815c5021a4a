"""SELFIES mutation search: a pool of the best that are unlike each other, mutated until the budget is used up.

The method is that of STONED and JANUS in its simplest form (selfies: Krenn 2020, doi 10.1088/2632-2153/aba947). It
stops by the number of molecules evaluated, never by time, and draws from one seeded generator: the same seed gives the
same molecules, and a run with budget b is the beginning of the run with 2b.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from tools.discovery import guard
from tools.discovery.molecules import bulk_tanimoto, chem
from tools.discovery.objective import SMALLEST, Candidate, Judge, fits

KEPT, CHILDREN, ALIKE = 100, 100, 0.6
SHORTEST = 5
"""Tokens; a string of so many or fewer loses none."""
DRAWS = 20
"""Children drawn for each evaluation at most, so that a search that finds nothing new comes to an end."""
ATOMS = frozenset("C N O S F Cl Br".split())
_ATOM = re.compile(r"\[[=#/\\]?(?P<symbol>[A-Z][a-z]?)\]")
_STRUCTURE = re.compile(r"\[[=#]?(?:Branch|Ring)\d\]")


@dataclass
class Counts:
    """What became of the children of a run."""

    drawn: int = 0
    invalid: int = 0
    """Empty or of fewer than 10 heavy atoms: SELFIES always decode, but not always to a molecule worth the name."""
    repeated: int = 0
    evaluated: int = 0
    unfit: int = 0
    """Evaluated, and left out for a ring above 7 atoms, for size or for a bond that does not hold."""
    refused: int = 0
    """Evaluated, and dropped by the misuse gate."""


@dataclass(frozen=True)
class Found:
    """The end of a search: the pool, best first, every candidate that was judged in full, and every molecule evaluated
    in order (empty for one that the misuse gate dropped)."""

    pool: tuple[Candidate, ...]
    candidates: tuple[Candidate, ...]
    evaluated: tuple[str, ...]
    counts: Counts
    starts: frozenset[str]
    """The starts as they were evaluated; the pool may still hold some of them."""

    def made(self, most: int = KEPT) -> tuple[Candidate, ...]:
        """The best, unlike each other, of what the run itself made: no start is among them."""
        return best([one for one in self.candidates if one.smiles not in self.starts], most)


@cache
def alphabet() -> tuple[str, ...]:
    """The tokens that a mutation may put in, sorted: no charge, no B, P or I, all branches and rings.

    Filtered by atom and not by letter: a filter on the letter B would lose [Br] and every [Branch…].
    """
    import selfies

    known = sorted(selfies.get_semantic_robust_alphabet())
    atoms = {token: match["symbol"] for token in known if (match := _ATOM.fullmatch(token))}
    return tuple(token for token in known if atoms.get(token) in ATOMS or _STRUCTURE.fullmatch(token))


def tokens(smiles: str) -> tuple[str, ...]:
    """The SELFIES tokens of a molecule, its stereochemistry left out; empty where it cannot be written so."""
    import selfies

    mol = chem().MolFromSmiles(smiles)
    if mol is None:
        return ()
    try:
        return tuple(selfies.split_selfies(selfies.encoder(chem().MolToSmiles(mol, isomericSmiles=False))))
    except selfies.EncoderError:
        return ()


def mutated(parent: Sequence[str], rng: random.Random) -> tuple[str, ...]:
    """One token replaced, put in or taken out, a third each; a string of 5 tokens or fewer loses none."""
    child, way = list(parent), rng.randrange(3)
    place, token = rng.randrange(len(child)), alphabet()[rng.randrange(len(alphabet()))]
    if way == 1:
        child.insert(place, token)
    elif way == 2 and len(child) > SHORTEST:
        del child[place]
    else:
        child[place] = token
    return tuple(child)


def best(ones: Sequence[Candidate], most: int = KEPT, alike: float = ALIKE) -> tuple[Candidate, ...]:
    """The best by score of which no two are more alike than ``alike``, taken greedily; ties by SMILES."""
    kept: list[Candidate] = []
    for one in sorted(ones, key=lambda one: (-one.score, one.smiles)):
        if max(bulk_tanimoto(one.bits, [other.bits for other in kept]), default=0.0) <= alike:
            kept.append(one)
        if len(kept) == most:
            break
    return tuple(kept)


class Search:
    """One run. The starts are evaluated first and count towards the budget."""

    def __init__(self, judge: Judge, seed: int) -> None:
        self._judge, self._rng = judge, random.Random(seed)
        self._tokens: dict[str, tuple[str, ...]] = {}
        self._order: list[str] = []
        self._seen: set[str] = set()
        self._counts = Counts()
        self._pool: tuple[Candidate, ...] = ()
        self._judged: list[Candidate] = []

    def run(self, starts: Sequence[str], budget: int, *, any_size: bool = False) -> Found:
        """Mutate until ``budget`` molecules are evaluated or too many draws gave nothing new.

        ``any_size``: a start may be smaller or larger than what is designed, its children not.

        Raises:
            ValueError: none of the starts can be written in SELFIES and mutated.
        """
        self._keep([self._evaluated(tokens(one), any_size) for one in starts[:budget]])
        begun = frozenset(filter(None, self._order))
        if not self._pool and budget:
            raise ValueError("no start can be mutated")
        while self._counts.evaluated < budget and self._counts.drawn < DRAWS * budget:
            # the whole brood is drawn before any of it is looked at, so that a budget cuts and changes nothing
            parents = [self._pool[self._rng.randrange(len(self._pool))] for _ in range(CHILDREN)]
            brood = [mutated(self._tokens[parent.smiles], self._rng) for parent in parents]
            self._keep([self._child(one) for one in brood if self._counts.evaluated < budget])
        return Found(self._pool, tuple(self._judged), tuple(self._order), self._counts, begun)

    def _child(self, written: tuple[str, ...]) -> Candidate | None:
        self._counts.drawn += 1
        return self._evaluated(written)

    def _evaluated(self, written: tuple[str, ...], any_size: bool = False) -> Candidate | None:
        """The candidate, if the tokens make a molecule that is new, fit and allowed."""
        import selfies

        counts = self._counts
        mol = chem().MolFromSmiles(selfies.decoder("".join(written))) if written else None
        if mol is None or mol.GetNumHeavyAtoms() < (1 if any_size else SMALLEST):
            counts.invalid += 1
            return None
        smiles = chem().MolToSmiles(mol)
        if smiles in self._seen:
            counts.repeated += 1
            return None
        self._seen.add(smiles)
        refused = guard.check_mol(mol)
        self._order.append("" if refused else smiles)
        counts.evaluated += 1
        if not any_size and not fits(mol):
            counts.unfit += 1
            return None
        if refused:
            counts.refused += 1
            return None
        self._tokens[smiles] = written
        return self._judge.candidate(smiles, mol)

    def _keep(self, ones: Sequence[Candidate | None]) -> None:
        new = [one for one in ones if one]
        if self._judge.uses_models:
            # the models are slow: what cannot reach the pool whatever they say is not shown to them
            full = len(self._pool) == KEPT
            least = self._pool[-1].score if full else float("-inf")
            new = list(self._judge.modelled([one for one in new if self._judge.objective.hope(one) > least]))
        self._judged += new
        self._pool = best([*self._pool, *new])
        self._tokens = {one.smiles: self._tokens[one.smiles] for one in self._pool}
