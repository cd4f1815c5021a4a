"""What a structure can be filtered by: drug-likeness, ease of making, size and polarity, and patterns that warn.

Everything here is arithmetic on the drawn structure; none of it is a measurement. An alert is a pattern that has often
meant trouble in assays or in development, in many a good medicine too; it is no verdict.
"""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import util
from pathlib import Path
from typing import Any, NamedTuple

from tools.discovery.molecules import Mol, chem, rdkit, to_mol

MOSES_ELEMENTS = frozenset("C N S O F Cl Br H".split())
MOSES_RING = 8
"""A ring of so many atoms fails: the paper says "more than 8", its published code 8 or more; we follow the code."""


@dataclass(frozen=True)
class Properties:
    """Computed properties: ``weight`` in g/mol, ``tpsa`` in Å², ``qed`` 0 to 1 (higher is more like oral drugs), ``sa``
    1 (easy to make) to 10."""

    weight: float
    logp: float
    tpsa: float
    qed: float
    sa: float
    donors: int
    acceptors: int
    rotatable: int
    rings: int
    largest_ring: int
    heavy_atoms: int


class Alert(NamedTuple):
    """A warning pattern that was found: the catalogue, its name there, and the atoms it lies on."""

    catalogue: str
    name: str
    atoms: tuple[int, ...]

    @property
    def title(self) -> str:
        return f"{self.catalogue}: {self.name}"


def properties(molecule: str | Mol) -> Properties:
    """All properties of one molecule.

    References: QED, 10.1038/nchem.1243; SA, 10.1186/1758-2946-1-8; logP, 10.1021/ci990307l; TPSA, 10.1021/jm000942e.

    Raises:
        MoleculeError: the SMILES does not parse.
    """
    mol = to_mol(molecule)
    of = rdkit("Chem.rdMolDescriptors")
    rings = [len(ring) for ring in mol.GetRingInfo().AtomRings()]
    return Properties(
        weight=of._CalcMolWt(mol),
        logp=of.CalcCrippenDescriptors(mol)[0],
        tpsa=of.CalcTPSA(mol),
        qed=qed(mol),
        sa=sa(mol),
        donors=of.CalcNumLipinskiHBD(mol),
        acceptors=of.CalcNumLipinskiHBA(mol),
        rotatable=of.CalcNumRotatableBonds(mol),
        rings=len(rings),
        largest_ring=max(rings, default=0),
        heavy_atoms=mol.GetNumHeavyAtoms(),
    )


def qed(molecule: str | Mol) -> float:
    """Drug-likeness, 0 to 1 (Bickerton 2012, 10.1038/nchem.1243)."""
    return float(rdkit("Chem.QED").qed(to_mol(molecule)))


def sa(molecule: str | Mol) -> float:
    """Synthetic accessibility, 1 (easy) to 10 (Ertl 2009, 10.1186/1758-2946-1-8), by the scorer that RDKit brings."""
    return float(_scorer().calculateScore(to_mol(molecule)))


def lipinski(of: Properties) -> tuple[str, ...]:
    """The rules of five that are broken, in words (Lipinski 1997, 10.1016/S0169-409X(96)00423-1); one is allowed."""
    broken = (
        (of.weight > 500, "weight above 500 g/mol"),
        (of.logp > 5, "logP above 5"),
        (of.donors > 5, "more than 5 hydrogen-bond donors"),
        (of.acceptors > 10, "more than 10 hydrogen-bond acceptors"),
    )
    return tuple(words for is_broken, words in broken if is_broken)


def veber(of: Properties) -> tuple[str, ...]:
    """What speaks against oral absorption in rats by Veber 2002 (10.1021/jm020017n), in words."""
    broken = (
        (of.rotatable > 10, "more than 10 rotatable bonds"),
        (of.tpsa > 140, "polar surface above 140 Å²"),
    )
    return tuple(words for is_broken, words in broken if is_broken)


def alerts(molecule: str | Mol) -> tuple[str, ...]:
    """Names of the PAINS (10.1021/jm901137j) and BRENK (10.1002/cmdc.200700139) patterns in a molecule, sorted."""
    matches = _catalogue().GetMatches(to_mol(molecule))
    return tuple(sorted({f"{_set(match)}: {match.GetDescription()}" for match in matches}))


def has_alert(molecule: str | Mol) -> bool:
    """Whether any PAINS or BRENK pattern is in it; faster than :func:`alerts`."""
    return bool(_catalogue().HasMatch(to_mol(molecule)))


def alerts_with_atoms(molecule: str | Mol) -> tuple[Alert, ...]:
    """The same patterns with the atoms that they lie on, one entry a pattern, sorted by title."""
    mol = to_mol(molecule)
    found: dict[tuple[str, str], set[int]] = {}
    for match in _catalogue().GetMatches(mol):
        atoms = found.setdefault((_set(match), match.GetDescription()), set())
        atoms.update(atom for hit in match.GetFilterMatches(mol) for _, atom in hit.atomPairs)
    return tuple(Alert(*key, tuple(sorted(atoms))) for key, atoms in sorted(found.items()))


class MosesFilters:
    """The medicinal-chemistry and PAINS filters of the MOSES benchmark, by its own pattern files.

    Reference: Polykovskiy 2020, 10.3389/fphar.2020.565644: allowed elements, no charge, no large ring, none of the
    patterns on the molecule with its hydrogens.
    """

    def __init__(self, mcf: str, pains: str) -> None:
        """``mcf`` is the text of ``mcf.csv`` (with a header), ``pains`` that of ``wehi_pains.csv`` (without one)."""
        rows = [row["smarts"] for row in csv.DictReader(io.StringIO(mcf))]
        rows += [row[0].strip() for row in csv.reader(io.StringIO(pains)) if row]
        self._patterns = [_pattern(smarts) for smarts in rows]

    def passes(self, molecule: str | Mol) -> bool:
        """Whether the molecule passes all of them."""
        mol = to_mol(molecule)
        if any(len(ring) >= MOSES_RING for ring in mol.GetRingInfo().AtomRings()):
            return False
        if any(atom.GetFormalCharge() or atom.GetSymbol() not in MOSES_ELEMENTS for atom in mol.GetAtoms()):
            return False
        full = chem().AddHs(mol)
        return not any(full.HasSubstructMatch(pattern) for pattern in self._patterns)

    def share(self, molecules: Sequence[str | Mol]) -> float:
        """Share of the molecules that pass, 0 to 1; 0 of none."""
        return sum(self.passes(one) for one in molecules) / len(molecules) if molecules else 0.0


def _pattern(smarts: str) -> Any:
    pattern = chem().MolFromSmarts(smarts)
    if pattern is None:
        raise ValueError(f"the filter file has a pattern that does not parse: {smarts[:60]}")
    return pattern


def _set(match: Any) -> str:
    """PAINS_A, PAINS_B and PAINS_C are told as one."""
    named = [name for name in match.GetPropList() if name.lower() == "filterset"]
    told = match.GetProp(named[0]) if named else ""
    return "BRENK" if "brenk" in told.lower() else "PAINS"


@cache
def _catalogue() -> Any:
    catalogue = rdkit("Chem.FilterCatalog")
    settings = catalogue.FilterCatalogParams()
    for one in (settings.FilterCatalogs.PAINS, settings.FilterCatalogs.BRENK):
        settings.AddCatalog(one)
    return catalogue.FilterCatalog(settings)


@cache
def _scorer() -> Any:
    """RDKit's contributed module ``sascorer``, which is no package: it is loaded from where the wheel puts it."""
    path = Path(rdkit("RDConfig").RDContribDir) / "SA_Score" / "sascorer.py"
    spec = util.spec_from_file_location("sascorer", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"RDKit came without {path.name}")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with warnings.catch_warnings():
        # the scorer opens its table and leaves the closing to the collector
        warnings.simplefilter("ignore", ResourceWarning)
        module.readFragmentScores()
    return module
