"""What no flask holds: every pattern strikes a molecule of its own, and medicines pass."""

from __future__ import annotations

import pytest

pytest.importorskip("rdkit")

from tools.discovery.molecules import MoleculeError, chem, parse
from tools.discovery.objective import fits
from tools.discovery.sound import UNSOUND, unsound

REVIEWED = (
    "Cc1ccc(C2=CC=C2)cc1", "c1ccc(C2=CC2)cc1", "c1ccc(C2=CN2)cc1", "c1ccc(C2=CO2)cc1", "C=C1C=C1c1ccccc1",
    "O=Nc1ccccc1CC", "c1ccc(C2C=N2)cc1",
)  # fmt: skip
OURS = (
    "O=C1C(c2ccccc2)C1", "c1ccc(C2=NC=C2)cc1", "C1#CCCCC1c1ccccc1", "C1CC2=CC1CC2c1ccccc1", "C1=C=CCCC1c1ccccc1",
    "CC(O)(O)c1ccccc1C", "CN(Cl)c1ccccc1CC", "CCN(N=O)c1ccccc1", "C=C1C=CC=C1Cc1ccccc1", "NC(NC)c1ccccc1C",
    "S=CCc1ccccc1CC", "CC(=O)OC(=O)c1ccccc1", "CSNc1ccccc1CC", "OC(=O)NCc1ccccc1", "C1=NOC1c1ccccc1",
    "c1ccc2c(c1)-c1ccccc1-2",
)  # fmt: skip
SOUND = (
    "O=c1c(=O)c(Nc2ccccc2)c1NC", "C1CC1c1ccccc1CC", "c1ccc(C2CC=C2)cc1C", "CC1=CCC2CC1C2(C)C", "C1CC2CCC1N2c1ccccc1",
    "CC(=O)Nc1ccc(O)cc1", "Cc1ccc(-c2cc(C(F)(F)F)nn2-c2ccc(S(N)(=O)=O)cc2)cc1", "c1nnn[nH]1.c1ccccc1CCCC",
)  # fmt: skip


@pytest.mark.parametrize("smiles", [*REVIEWED, *OURS])
def test_what_falls_apart_is_no_design(smiles: str) -> None:
    mol = chem().MolFromSmiles(smiles)
    assert unsound(mol)
    assert not fits(mol)


@pytest.mark.parametrize("smiles", SOUND)
def test_its_neighbours_are(smiles: str) -> None:
    assert unsound(chem().MolFromSmiles(smiles)) == ""


def test_every_pattern_can_be_read() -> None:
    assert all(chem().MolFromSmarts(one) for listed in UNSOUND.values() for one in listed)


def test_few_medicines_are_struck_out() -> None:
    from tools.discovery.named import approved

    if not approved():
        pytest.skip("admet-ai, which brings the table of approved drugs, is not installed")
    mols = [mol for one in approved().values() if (mol := chem().MolFromSmiles(one.smiles))]
    struck = [why for mol in mols if (why := unsound(mol))]
    assert len(struck) / len(mols) < 0.03
    for listed in UNSOUND.values():
        for one in listed:
            pattern = chem().MolFromSmarts(one)
            assert sum(mol.HasSubstructMatch(pattern) for mol in mols) / len(mols) < 0.005


@pytest.mark.parametrize("written", ["CCOé", "CCO…", "éCCO", "CC\u200bO", "CCO\x01", "ＣＣＯ"])
def test_a_letter_that_no_smiles_has_is_not_dropped(written: str) -> None:
    with pytest.raises(MoleculeError, match="A SMILES has no"):
        parse(written)
