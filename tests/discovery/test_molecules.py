"""A structure as typed becomes one molecule: limits first, salts stripped, one name for every way of writing it."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator

import pytest

from tools.discovery import molecules, tautomers
from tools.discovery import worker as worker_module
from tools.discovery.molecules import (
    DiscoveryMissing,
    MoleculeError,
    bulk_tanimoto,
    canonical,
    chem,
    fingerprint,
    parse,
    read,
    tanimoto,
)
from tools.discovery.salts import ACIDS, BASES, METALS, SOLVENTS
from tools.discovery.worker import Worker

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
LOSARTAN = "CCCCc1nc(Cl)c(CO)n1Cc1ccc(-c2ccccc2-c2nnn[nH]2)cc1"
DRUGS = {
    "aspirin": ASPIRIN,
    "losartan": LOSARTAN,
    "glimepiride": "CCC1=C(C)CN(C(=O)NCCC2=CC=C(C=C2)S(=O)(=O)NC(=O)N[C@H]3CC[C@H](C)CC3)C1=O",
    "nicotine": "CN1CCC[C@H]1c1cccnc1",
}


@pytest.mark.parametrize("name", DRUGS)
def test_every_order_of_a_smiles_is_the_same_molecule(name: str) -> None:
    mol = chem().MolFromSmiles(DRUGS[name])
    written = chem().MolToRandomSmilesVect(mol, 12, randomSeed=7)
    assert len(set(written)) > 5
    assert {read(one) for one in written} == {read(DRUGS[name])}


@pytest.mark.parametrize("name", DRUGS)
def test_the_canonical_smiles_reads_as_itself(name: str) -> None:
    once = read(DRUGS[name])
    again = read(once.smiles)
    assert (again.smiles, again.inchikey) == (once.smiles, once.inchikey)


@pytest.mark.parametrize(
    ("written", "stripped"),
    [
        ("CC(=O)Oc1ccccc1C(=O)[O-].[Na+]", ("sodium",)),
        ("CC(=O)Oc1ccccc1C(=O)O[Na]", ("sodium",)),
        ("CC(=O)Oc1ccccc1C(=O)[O-].CC(=O)Oc1ccccc1C(=O)[O-].[Ca+2].O.O", ("calcium", "water")),
        ("CC(=O)Oc1ccccc1C(=O)[O-].C[N+](C)(C)CCO", ("choline",)),
    ],
)
def test_a_salt_is_the_molecule_and_says_what_was_taken_away(written: str, stripped: tuple[str, ...]) -> None:
    salt = read(written)
    assert salt.model_copy(update={"stripped": ()}) == read(ASPIRIN)
    assert salt.stripped == stripped


@pytest.mark.parametrize("tetrazole", ["c2nnn[nH]2", "c2nn[nH]n2", "c2nnn[n-]2", "c2nn[n-]n2"])
def test_a_tetrazole_is_one_molecule_wherever_its_hydrogen_or_charge_is_drawn(tetrazole: str) -> None:
    counter = ".[K+]" if "-" in tetrazole else ""
    drawn = read(
        f"CCCCc1nc(Cl)c(CO)n1Cc1ccc(-c2ccccc2-{tetrazole})cc1{counter}".replace("c2ccccc2-c2", "c3ccccc3-c2")
    )
    assert drawn.smiles == read(LOSARTAN).smiles
    assert drawn.inchikey == "PSIFNNKUMBGKDQ-UHFFFAOYSA-N"


def test_a_hydrogen_is_moved_in_azoles_only() -> None:
    enol, keto = read("CC(O)=C"), read("CC(C)=O")
    assert enol.smiles != keto.smiles
    assert read("c1ccc2[nH]ccc2c1").smiles == canonical("c1ccc2[nH]ccc2c1")
    assert read("c1ccc2n[nH]cc2c1") == read("c1ccc2[nH]ncc2c1")


def test_many_azoles_stay_within_the_number_of_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tautomers, "MOST", 2)
    assert read("C(c1nnn[nH]1)(c1nnn[nH]1)c1nnn[nH]1").heavy_atoms == 16


def test_the_last_component_is_kept_even_if_it_is_a_salt() -> None:
    assert read("OC(=O)CC(O)(CC(=O)O)C(=O)O").stripped == ()
    assert read("CC(=O)[O-].[Na+]").smiles == "CC(=O)O"
    assert read("O").smiles == "O"


def test_a_lasting_charge_and_an_inner_salt_stay() -> None:
    assert read("C[n+]1ccccc1.[Cl-]").smiles == "C[n+]1ccccc1"
    assert read("[NH3+]CC(=O)[O-]").smiles == "NCC(=O)O"
    assert read("C[N+](C)(C)CC(=O)[O-]").smiles == "C[N+](C)(C)CC(=O)[O-]"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "No structure"),
        ("  ", "No structure"),
        ("C" * 501, "500 characters"),
        ("C" * 101, "100 heavy atoms"),
        ("CCO ethanol", "no spaces"),
        ("c1ccccc", "no valid SMILES"),
        ("CC(C)(C)(C)C", "no valid structure"),
        ("c1cccc1", "no valid structure"),
        ("C*", "open end"),
        ("CC.CN.CO", "2 components"),
        ("CC |$a;b$|", "no spaces"),
        ("not-a-molecule", "no valid SMILES"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_mend(written: str, says: str) -> None:
    with pytest.raises(MoleculeError, match=says):
        parse(written)


def test_limits_hold_up_to_their_edge() -> None:
    assert read("C" * 100).heavy_atoms == 100
    assert parse("[13CH4]").heavy_atoms == 1


def test_marks_on_atoms_make_no_other_molecule() -> None:
    assert read("[CH3:1][OH:2]") == read("CO")
    assert read("[H]OC([H])([H])[H]") == read("CO")


def test_elements_of_no_model_are_named() -> None:
    assert read("CCCP(=O)(O)O").foreign == ("P",)
    assert read(ASPIRIN).foreign == ()


def test_canonical_is_quick_and_says_none_of_what_does_not_parse() -> None:
    assert canonical("OCC") == "CCO"
    assert canonical("C1CC") is None
    assert canonical("") is None


def test_similarity_is_one_for_itself_and_symmetric() -> None:
    one, other = fingerprint(ASPIRIN), fingerprint(LOSARTAN)
    assert tanimoto(one, one) == 1.0
    assert 0 < tanimoto(one, other) == tanimoto(other, one) < 0.5
    assert bulk_tanimoto(one, [one, other]) == [1.0, tanimoto(one, other)]
    assert one.GetNumBits() == 1024
    with pytest.raises(MoleculeError):
        fingerprint("C1CC")


def test_every_salt_of_the_list_can_be_read_and_is_listed_once() -> None:
    listed = [*ACIDS.values(), *BASES.values(), *SOLVENTS.values()]
    read_back = [canonical(one) for one in listed]
    assert None not in read_back
    assert len(set(read_back)) == len(listed)
    assert all(read(f"c1ccccc1CCC.[{metal}]").stripped == (name,) for metal, name in METALS.items())


def test_without_the_extra_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    molecules.rdkit.cache_clear()
    monkeypatch.setattr(molecules, "find_spec", lambda name: None)
    with pytest.raises(DiscoveryMissing) as missing:
        parse("CCO")
    assert missing.value.command == "python3 bootstrap.py --extra discovery"
    molecules.rdkit.cache_clear()


@pytest.fixture(scope="module")
def own() -> Iterator[Worker]:
    """A worker of this module's own; it takes a second or more to start."""
    held = Worker()
    yield held
    held.close()


def test_a_job_over_its_time_ends_the_process_and_the_next_one_works(own: Worker) -> None:
    assert own.ask("read", "CCO")["smiles"] == "CCO"
    before = own._child.process
    with pytest.raises(MoleculeError, match="took longer"):
        own.ask("read", LOSARTAN, limit=0.0)
    assert before is not None
    assert before.poll() is not None
    assert own.ask("read", "CCN")["smiles"] == "CCN"


def test_a_process_that_does_not_start_is_not_blamed_on_the_molecule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "STARTING", 0.0)
    own = Worker()
    with pytest.raises(DiscoveryMissing, match="did not start"):
        own.ask("read", "CCO")
    assert own._child.process is None


def test_every_job_is_run_once_before_the_process_says_that_it_is_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[object] = []
    monkeypatch.setattr(worker_module, "_done", lambda job, given: done.append((job, given)) or {"answer": 1})
    answers = io.BytesIO()
    worker_module.serve(io.BytesIO(b'{"job": "read", "given": ["C"]}\n'), answers)
    assert done == [(job, [worker_module.WARM]) for job in worker_module.JOBS] + [("read", ["C"])]
    assert answers.getvalue() == b'{"answer": "ready"}\n{"answer": 1}\n'


def test_the_described_molecule_is_the_one_asked_about(own: Worker) -> None:
    own.ask("read", "CCO")
    loaded = own.ask("describe", LOSARTAN)
    assert loaded["properties"]["heavy_atoms"] == 30


def test_a_process_that_died_is_started_anew(own: Worker) -> None:
    own.ask("read", "CCO")
    assert own._child.process is not None
    own._child.process.kill()
    own._child.process.wait()
    assert own.ask("read", "CCN")["smiles"] == "CCN"


def test_a_bug_in_a_job_is_told_as_a_bug_and_not_as_a_wrong_structure(own: Worker) -> None:
    with pytest.raises(RuntimeError, match="TypeError"):
        own.ask("read", 3, 4)
    with pytest.raises(RuntimeError, match="KeyError"):
        own.ask("delete everything")


def test_threads_share_one_process_and_get_their_own_answers(own: Worker) -> None:
    answers = {}

    def ask(carbons: int) -> None:
        answers[carbons] = own.ask("read", "C" * carbons)["heavy_atoms"]

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(1, 9)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert answers == {n: n for n in range(1, 9)}
