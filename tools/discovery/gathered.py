"""A set of molecules as the metrics read it: each valid molecule described once, however often it was drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tools.discovery import filters
from tools.discovery.chemnet import Gaussian
from tools.discovery.filters import MosesFilters
from tools.discovery.molecules import Mol, canonical, chem, fingerprint
from tools.discovery.moses_statistics import Published
from tools.discovery.similarity import Bits

PROPERTIES = ("qed", "sa", "logp", "weight")
FEWEST_RINGS = 2
"""Rings of a scaffold that MOSES counts."""


class Described(NamedTuple):
    """One molecule: properties (weight in g/mol), a PAINS or BRENK alert, the MOSES filters (None: patterns not held),
    the packed fingerprint, the BRICS fragments and the Murcko scaffold ("" with fewer than two rings)."""

    qed: float
    sa: float
    logp: float
    weight: float
    alert: bool
    passes: bool | None
    bits: bytes
    fragments: tuple[str, ...]
    scaffold: str


@dataclass(frozen=True)
class Gathered:
    """``drawn`` molecules, and of the valid ones their canonical SMILES in the order drawn, repeats kept."""

    name: str
    drawn: int
    smiles: tuple[str, ...]
    molecules: tuple[Described, ...] = field(repr=False)
    gaussian: Gaussian | None = field(default=None, repr=False)

    @property
    def distinct(self) -> frozenset[str]:
        return frozenset(self.smiles)

    @property
    def bits(self) -> Bits:
        """Packed fingerprints, one row a molecule."""
        flat = np.frombuffer(b"".join(one.bits for one in self.molecules), dtype=np.uint8)
        return flat.reshape(len(self.molecules), -1)

    def values(self, name: str) -> NDArray[np.float64]:
        """One of :data:`PROPERTIES` of every molecule."""
        return np.array([getattr(one, name) for one in self.molecules], dtype=np.float64)


@dataclass(frozen=True)
class Reference:
    """Real molecules to compare with: a sample, or what MOSES publishes of a whole split."""

    name: str
    n: int
    bits: Bits = field(repr=False)
    fragments: Counter[str] = field(repr=False)
    scaffolds: Counter[str] = field(repr=False)
    values: dict[str, NDArray[np.float64]] = field(repr=False)
    gaussian: Gaussian | None = field(default=None, repr=False)

    @classmethod
    def of(cls, held: Gathered) -> Reference:
        """A set of real molecules as reference."""
        return cls(
            name=held.name,
            n=len(held.smiles),
            bits=held.bits,
            fragments=fragment_counts(held.molecules),
            scaffolds=scaffold_counts(held.molecules),
            values={name: held.values(name) for name in PROPERTIES},
            gaussian=held.gaussian,
        )

    @classmethod
    def published(cls, name: str, held: Published) -> Reference:
        """A whole split of MOSES."""
        return cls(
            name, held.n, held.bits, held.fragments, held.scaffolds, held.properties,
            Gaussian(held.n, held.mean, held.covariance),
        )  # fmt: skip


def gathered(
    name: str,
    drawn: Iterable[str | None],
    *,
    patterns: MosesFilters | None = None,
    gaussian: Callable[[Sequence[str]], Gaussian] | None = None,
) -> Gathered:
    """Read and describe SMILES (None and "" count as drawn and invalid); about 100 distinct molecules a second.

    ``patterns`` are the MOSES filters; ``gaussian`` is :func:`chemnet.gaussian` where that distance is asked for.

    Raises:
        DiscoveryMissing: the extra is not installed.
    """
    asked = [one or "" for one in drawn]
    smiles = tuple(one for one in (canonical(text) if text else None for text in asked) if one)
    known = {one: described(one, patterns) for one in dict.fromkeys(smiles)}
    seen = gaussian(smiles) if gaussian and len(smiles) > 1 else None
    return Gathered(name, len(asked), smiles, tuple(known[one] for one in smiles), seen)


def described(smiles: str, patterns: MosesFilters | None = None) -> Described:
    """One molecule by its SMILES."""
    mol = chem().MolFromSmiles(smiles)
    of = filters.properties(mol)
    return Described(
        qed=of.qed,
        sa=of.sa,
        logp=of.logp,
        weight=of.weight,
        alert=filters.has_alert(mol),
        passes=patterns.passes(mol) if patterns else None,
        bits=packed(mol),
        fragments=fragments(mol),
        scaffold=scaffold(mol),
    )


def fragments(mol: Mol) -> tuple[str, ...]:
    """What is left when every BRICS bond is cut, open ends labelled; the whole molecule where there is none.

    Degen J et al., ChemMedChem 2008;3:1503 (10.1002/cmdc.200800178).
    """
    return tuple(str(chem().MolToSmiles(chem().FragmentOnBRICSBonds(mol))).split("."))


def scaffold(mol: Mol, fewest_rings: int = FEWEST_RINGS) -> str:
    """The Murcko scaffold; empty where it has too few rings (MOSES: fewer than two) or cannot be made.

    Bemis GW, Murcko MA, J Med Chem 1996;39:2887 (10.1021/jm9602928).
    """
    from rdkit.Chem.Scaffolds import MurckoScaffold

    scaffold_of: Callable[[Mol], Mol] = MurckoScaffold.GetScaffoldForMol
    try:
        bare = scaffold_of(mol)
    except (ValueError, RuntimeError):  # a ring that no longer stands without what hung on it
        return ""
    return str(chem().MolToSmiles(bare)) if bare.GetRingInfo().NumRings() >= fewest_rings else ""


def fragment_counts(molecules: Iterable[Described]) -> Counter[str]:
    """How often each fragment stands in all molecules."""
    return Counter(fragment for one in molecules for fragment in one.fragments)


def scaffold_counts(molecules: Iterable[Described]) -> Counter[str]:
    """How many molecules stand on each scaffold; those without are left out."""
    return Counter(one.scaffold for one in molecules if one.scaffold)


def packed(mol: Mol) -> bytes:
    """The fingerprint as 128 bytes."""
    from rdkit.DataStructs import ConvertToNumpyArray

    bits = np.zeros(0, dtype=np.uint8)
    ConvertToNumpyArray(fingerprint(mol), bits)
    return np.packbits(bits).tobytes()
