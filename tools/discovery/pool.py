"""The molecules that a design starts from where the user names none.

A sample of the MOSES pack where that is held, else 300 drug-like structures that ship with the project. They are made
by our own fragment builder from the pieces below, which are the plain rings, links and ends of any chemistry
textbook; ``python -m tools.discovery.pool`` makes them again. Nobody has made or tested them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tools.discovery import filters, fragments, guard, moses
from tools.discovery.molecules import bulk_tanimoto, chem, fingerprint
from tools.discovery.objective import fits

PATH = Path(__file__).with_name("start_pool.json")
SIZE, SEED = 300, 20261122
STARTED = 6_000
"""Molecules built, of which the pool is taken."""
LOWEST_QED, HIGHEST_SA, ALIKE = 0.6, 3.5, 0.6

RINGS = """
[16*]c1ccccc1 [16*]c1ccc(F)cc1 [16*]c1ccccc1F [16*]c1cccc(Cl)c1 [16*]c1ccc(OC)cc1 [16*]c1ccc(C)cc1
[16*]c1ccc(C#N)cc1 [16*]c1ccc(C(F)(F)F)cc1 [16*]c1cc(F)cc(F)c1 [16*]c1ccccc1OC [14*]c1ccccn1 [16*]c1cccnc1
[16*]c1ccncc1 [14*]c1ncccn1 [16*]c1cncnc1 [14*]c1cnccn1 [16*]c1cnn(C)c1 [14*]c1ccn(C)n1 [14*]c1cc(C)on1
[14*]c1nccs1 [14*]c1ccco1 [14*]c1cccs1 [14*]c1nc2ccccc2[nH]1 [14*]c1nc2ccccc2o1 [16*]c1ccc2c(c1)OCO2
[16*]c1ccc2[nH]ccc2c1 [16*]c1ccc2ncccc2c1 [14*]c1nnc(C)o1 [16*]c1c(C)noc1C [15*]C1CCCCC1 [15*]C1CC1
[15*]C1CCC1 [15*]C1CCOCC1 [15*]C1CCCC1 [13*]C1CCCO1
"""
LINKS = """
[16*]c1ccc([16*])cc1 [16*]c1cccc([16*])c1 [14*]c1ccc([16*])cn1 [14*]c1cnc([14*])nc1 [14*]c1cc([14*])n(C)n1
[14*]c1nc([14*])cs1 [14*]c1nnc([14*])o1 [5*]N1CCN([5*])CC1 [5*]N1CCC([15*])CC1 [5*]N1CCC([15*])C1
[1*]C(=O)[4*] [4*]C[8*] [4*]CC[8*] [4*]CC[4*] [3*]O[3*] [5*]N[5*] [5*]N(C)[5*] [1*]C(=O)C[4*] [6*]C(=O)[16*]
[1*]C(=O)C([4*])C [4*]CC(=O)[1*] [15*]C1CCN(C(C)=O)CC1
"""
ENDS = """
[5*]N1CCOCC1 [5*]N1CCCC1 [5*]N1CCCCC1 [5*]N1CCN(C)CC1 [5*]NC [5*]N(C)C [5*]NC1CC1 [5*]N1CCC(O)CC1
[5*]N1CC(F)C1 [5*]NCCOC [1*]C(C)=O [1*]C(=O)C1CC1 [1*]C(N)=O [1*]C(=O)COC [1*]C(=O)C(C)C [12*]S(C)(=O)=O
[3*]OC [3*]OCC [4*]C(C)C [4*]CCO [4*]CCOC [4*]CC [4*]C(F)F [8*]CO [8*]C [8*]C(C)O [10*]N1CCCC1=O
[10*]N1CCOC1=O [9*]n1cccn1 [9*]n1ccnc1 [9*]n1cncn1 [11*]SC
"""


@cache
def shipped() -> tuple[str, ...]:
    """The 300 structures that ship, canonical, in the order of the file."""
    return tuple(json.loads(PATH.read_text(encoding="utf-8"))["molecules"])


def starts(seed: int) -> tuple[tuple[str, ...], str]:
    """The molecules to start from, and what they are in words."""
    held = moses.held()
    if held is None:
        return shipped(), f"the {SIZE} structures that ship, made by our own fragment builder"
    return held.sample(SIZE, seed), f"{SIZE} molecules drawn from the train split of MOSES"


def made(size: int = SIZE, seed: int = SEED, started: int = STARTED) -> tuple[str, ...]:
    """The pool, built anew: no alert, nothing that the gate refuses, no two more alike than 0.6, sorted.

    QED at least 0.6 and SA at most 3.5, so that a search starts from about what a library of drug-like molecules holds.
    """
    pieces = " ".join((RINGS, LINKS, ENDS)).split()
    kept: list[str] = []
    prints: list[object] = []
    for smiles in fragments.build(pieces, started, seed).smiles:
        if not _druglike(smiles):
            continue
        bits = fingerprint(smiles)
        if max(bulk_tanimoto(bits, prints), default=0.0) <= ALIKE:
            kept.append(smiles)
            prints.append(bits)
        if len(kept) == size:
            break
    return tuple(sorted(kept))


def _druglike(smiles: str) -> bool:
    mol = chem().MolFromSmiles(smiles)
    of = filters.properties(mol)
    if of.qed < LOWEST_QED or of.sa > HIGHEST_SA or filters.has_alert(mol):
        return False
    return fits(mol) and guard.check_mol(mol) is None


def main(argv: Sequence[str] | None = None) -> int:
    """Write the pool to the file given, or to where it ships."""
    from rdkit import rdBase

    given = sys.argv[1:] if argv is None else argv
    path = Path(given[0]) if given else PATH
    molecules = made()
    text = {"made_by": "python -m tools.discovery.pool", "seed": SEED, "rdkit": rdBase.rdkitVersion}
    path.write_text(json.dumps({**text, "molecules": molecules}, indent=0) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(molecules)} molecules: {path.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
