"""Properties, rules and patterns: against figures computed by hand or by RDKit's own functions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tools.discovery.filters import (
    MosesFilters,
    alerts,
    alerts_with_atoms,
    has_alert,
    lipinski,
    properties,
    qed,
    sa,
    veber,
)
from tools.discovery.molecules import MoleculeError, chem, rdkit

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
RHODANINE = "O=C1NC(=S)SC1=Cc1ccccc1"
PLAIN = "CCOc1ccc(CC(=O)NCC2CCNCC2)cc1"
MCF = "names,smarts\nMCF1,[#6]=&!@[#6]-[#6]#[#7]\nMCF2,[Cl]-[Cl]\n"
PAINS = '"[#16]=[#6]-[#7]-[#1]      ","<regId=thio(1)>"\n'


def test_properties_of_aspirin() -> None:
    of = properties(ASPIRIN)
    assert of.weight == pytest.approx(180.16, abs=0.01)
    assert of.tpsa == pytest.approx(63.6, abs=0.01)
    assert (of.donors, of.acceptors, of.rings, of.largest_ring, of.heavy_atoms) == (1, 4, 1, 6, 13)
    assert of.logp == pytest.approx(rdkit("Chem.Crippen").MolLogP(chem().MolFromSmiles(ASPIRIN)))
    assert of.qed == pytest.approx(qed(ASPIRIN))
    assert of.sa == pytest.approx(sa(ASPIRIN))
    assert of.rotatable == 2


def test_what_is_easy_to_make_scores_lower_than_a_cage() -> None:
    cage = "C12C3C4C1C5C2C3C45"
    assert 1 <= sa("CCO") < 3 < sa(cage) <= 10


def test_a_molecule_object_gives_the_same_as_its_smiles() -> None:
    mol = chem().MolFromSmiles(RHODANINE)
    assert properties(mol) == properties(RHODANINE)
    assert alerts(mol) == alerts(RHODANINE)


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ({"weight": 500.1}, "weight above 500 g/mol"),
        ({"logp": 5.1}, "logP above 5"),
        ({"donors": 6}, "more than 5 hydrogen-bond donors"),
        ({"acceptors": 11}, "more than 10 hydrogen-bond acceptors"),
    ],
)
def test_each_rule_of_five_is_told_when_it_is_broken(change: dict[str, float], broken: str) -> None:
    edge = replace(properties(ASPIRIN), weight=500.0, logp=5.0, donors=5, acceptors=10)
    assert lipinski(edge) == ()
    assert lipinski(replace(edge, **change)) == (broken,)


def test_veber_at_its_edges() -> None:
    edge = replace(properties(ASPIRIN), rotatable=10, tpsa=140.0)
    assert veber(edge) == ()
    assert veber(replace(edge, rotatable=11, tpsa=140.1)) == (
        "more than 10 rotatable bonds",
        "polar surface above 140 Å²",
    )


def test_alerts_are_named_with_their_catalogue_and_their_atoms() -> None:
    named = alerts(RHODANINE)
    assert "PAINS: ene_rhod_A(235)" in named
    assert "BRENK: Thiocarbonyl_group" in named
    assert has_alert(RHODANINE)
    found = alerts_with_atoms(RHODANINE)
    assert tuple(one.title for one in found) == named
    thio = next(one for one in found if one.name == "Thiocarbonyl_group")
    mol = chem().MolFromSmiles(RHODANINE)
    assert {mol.GetAtomWithIdx(at).GetSymbol() for at in thio.atoms} == {"C", "S"}


def test_a_plain_molecule_has_none() -> None:
    assert alerts(PLAIN) == alerts_with_atoms(PLAIN) == ()
    assert not has_alert(PLAIN)


def test_an_alert_stays_when_the_molecule_grows() -> None:
    larger = RHODANINE.replace("c1ccccc1", "c1ccc(CCN2CCOCC2)cc1")
    assert set(alerts(RHODANINE)) <= set(alerts(larger))


def test_the_moses_filters_take_the_pattern_files_as_they_are() -> None:
    filters = MosesFilters(MCF, PAINS)
    assert filters.passes(PLAIN)
    assert not filters.passes("CC=CC#N")
    assert not filters.passes("CCNC(=S)CC")  # the hydrogen of the pattern is one of the molecule
    assert filters.passes("CCN(C)C(=S)CC")


@pytest.mark.parametrize(
    "smiles",
    ["C[N+](C)(C)C", "CP(C)C", "C1CCCCCCC1", "CCB(O)O"],
    ids=["charge", "phosphorus", "ring of eight", "boron"],
)
def test_the_moses_filters_refuse_charges_elements_and_large_rings(smiles: str) -> None:
    assert not MosesFilters(MCF, PAINS).passes(smiles)


def test_the_share_that_passes() -> None:
    filters = MosesFilters(MCF, PAINS)
    assert filters.share([PLAIN, "C1CCCCCC1", "C1CCCCCCC1", "CCNC(=S)CC"]) == 0.5
    assert filters.share([]) == 0.0


def test_a_damaged_pattern_file_and_a_wrong_smiles_are_named() -> None:
    with pytest.raises(ValueError, match="does not parse"):
        MosesFilters("names,smarts\nMCF1,[#6\n", "")
    with pytest.raises(MoleculeError):
        properties("C1CC")
