"""The SELFIES search: its alphabet, its repeatability, its pool, and the score that it climbs."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("rdkit")
pytest.importorskip("selfies")

from tools.discovery import guard, pool, search
from tools.discovery.guard import Refusal
from tools.discovery.molecules import bulk_tanimoto, chem
from tools.discovery.objective import WEIGHTS, Judge, Objective, aim, fits, proxy
from tools.discovery.search import Search, alphabet, best, mutated, tokens

STARTS = pool.shipped()[:12]
PLAIN = Objective(weights=WEIGHTS)


def found(budget: int, seed: int = 1) -> search.Found:
    return Search(Judge(PLAIN), seed).run(STARTS, budget)


@pytest.fixture(scope="module")
def run() -> search.Found:
    return found(120)


def test_the_alphabet_keeps_bromine_and_branches_and_loses_boron() -> None:
    held = set(alphabet())
    assert {"[Br]", "[Cl]", "[Branch1]", "[=Branch2]", "[Ring1]", "[=N]", "[S]"} <= held
    assert not {"[B]", "[P]", "[I]", "[=P]", "[N+1]", "[O-1]", "[H]"} & held
    assert alphabet() == tuple(sorted(held))


def test_a_mutation_changes_one_token_a_third_of_each_kind() -> None:
    parent, rng = tokens("CC(=O)Nc1ccc(O)cc1"), random.Random(5)
    lengths = [len(mutated(parent, rng)) - len(parent) for _ in range(2_000)]
    shares = [lengths.count(change) / 2_000 for change in (0, 1, -1)]
    assert shares == pytest.approx([1 / 3] * 3, abs=0.04)


def test_a_short_string_loses_no_token() -> None:
    rng = random.Random(1)
    assert min(len(mutated(("[C]",) * 5, rng)) for _ in range(300)) == 5


def test_a_budget_is_a_prefix_of_twice_the_budget(run: search.Found) -> None:
    assert found(60).evaluated == run.evaluated[:60]


def test_the_same_seed_gives_the_same_and_another_does_not(run: search.Found) -> None:
    again = found(120)
    assert (again.evaluated, again.counts) == (run.evaluated, run.counts)
    assert [one.smiles for one in again.pool] == [one.smiles for one in run.pool]
    assert found(120, seed=2).evaluated != run.evaluated


def test_the_budget_counts_molecules_each_once(run: search.Found) -> None:
    assert len(run.evaluated) == len(set(run.evaluated)) == run.counts.evaluated == 120
    assert run.counts.drawn >= 120 - len(STARTS)


def test_the_pool_is_sorted_and_of_molecules_unlike_each_other(run: search.Found) -> None:
    scores = [one.score for one in run.pool]
    assert scores == sorted(scores, reverse=True)
    for at, one in enumerate(run.pool):
        others = [other.bits for other in run.pool[:at]]
        assert max(bulk_tanimoto(one.bits, others), default=0.0) <= search.ALIKE


def test_the_pool_gets_better(run: search.Found) -> None:
    start = sorted((Judge(PLAIN).candidate(one).score for one in STARTS), reverse=True)[:10]
    assert sum(one.score for one in run.pool[:10]) > sum(start)


def test_invalid_children_change_nothing_else() -> None:
    """Tiny starts are counted and leave the rest as it is."""
    with_tiny = Search(Judge(PLAIN), 1).run((*STARTS, "C", "CO"), 60)
    assert with_tiny.counts.invalid >= 2
    assert with_tiny.evaluated == found(60).evaluated


def test_what_the_gate_refuses_is_counted_and_has_no_children(monkeypatch: pytest.MonkeyPatch) -> None:
    carbonyl = chem().MolFromSmarts("C=O")
    refused = Refusal(rule="test", says="no")
    monkeypatch.setattr(guard, "check_mol", lambda mol: refused if mol.HasSubstructMatch(carbonyl) else None)
    of = found(60)
    made = [chem().MolFromSmiles(smiles) for smiles in of.evaluated if smiles]
    assert not any(mol.HasSubstructMatch(carbonyl) for mol in made)
    assert of.evaluated.count("") >= of.counts.refused > 0
    kept = [chem().MolFromSmiles(one.smiles) for one in (*of.pool, *of.candidates)]
    assert not any(mol.HasSubstructMatch(carbonyl) for mol in kept)


def test_no_start_that_can_be_mutated_is_said() -> None:
    with pytest.raises(ValueError, match="no start"):
        Search(Judge(PLAIN), 1).run(("C",), 10)


def test_best_breaks_ties_by_smiles() -> None:
    ones = [Judge(PLAIN).candidate(smiles) for smiles in STARTS[:6]]
    assert [one.smiles for one in best(ones)] == [one.smiles for one in best(ones[::-1])]
    assert len(best(ones, most=2)) == 2


@pytest.mark.parametrize(
    ("plain", "with_alert"),
    [
        ("CCOc1ccc(CC)cc1C(=O)NC", "CCOc1ccc(CC=O)cc1C(=O)NC"),
        ("Cc1ccc(OCCN2CCOCC2)cc1", "O=[N+]([O-])c1ccc(OCCN2CCOCC2)cc1"),
    ],
)
def test_an_alert_lowers_the_score(plain: str, with_alert: str) -> None:
    judge = Judge(Objective(weights={"qed": 1.0}))
    clean, warned = judge.candidate(plain), judge.candidate(with_alert)
    assert (clean.alert, warned.alert) == (False, True)
    assert warned.score < clean.score
    assert warned.score == pytest.approx(warned.properties.qed - 0.3)


def test_the_score_is_that_of_the_specification() -> None:
    one = Judge(PLAIN).candidate("CC1CC2CCC1C2(C)C(=O)NC1CC2(C)CC1O2")
    assert one.properties.sa > 3
    assert one.score == pytest.approx(one.properties.qed - 0.15 * (one.properties.sa - 3) - 0.3 * one.alert)


@pytest.mark.parametrize(
    "smiles",
    [
        "C1CCCCCCCC1c1ccccc1",
        "CCO",
        "C=C=CCc1ccccc1CC",
        "ClN1CCN(c2ccccc2)CC1",
        "c1ccc2cc1CN2CCCC",
        "C#Sc1ccccc1CCC",
    ],
)
def test_molecules_of_no_use_do_not_fit(smiles: str) -> None:
    assert not fits(chem().MolFromSmiles(smiles))


def test_toxicity_only_ever_lowers_a_score() -> None:
    objective = aim({"herg": 1.0, "ames": 0.5}, seeds=False)
    one = Judge(Objective(weights=WEIGHTS)).candidate(STARTS[0])
    mild, bad = (objective.with_models(one, None, {"herg": risk, "ames": risk}) for risk in (0.1, 0.9))
    assert bad.score < mild.score < one.score
    with pytest.raises(ValueError, match="greater than or equal to 0"):
        aim({"herg": -0.5}, seeds=False)
    with pytest.raises(ValueError, match=r"Input should be"):
        Objective.model_validate({"weights": {"ld50": 1.0}})


def test_the_proxy_falls_with_surface_and_flexibility() -> None:
    judge = Judge(PLAIN)
    rigid, flexible, polar = (
        proxy(judge.candidate(smiles).properties)
        for smiles in ("Cc1ccc2ccccc2c1", "CCCCCCCCCCCCc1ccccc1", "OCC(O)C(O)C(O)C(O)C(=O)NC(CO)C(O)=O")
    )
    assert rigid == 1.0
    assert flexible == pytest.approx(0.5)
    assert polar < 0.2


def test_models_see_what_can_still_reach_the_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a penalty the models are asked, and their scores decide."""
    from tools.discovery import admet

    seen: list[str] = []

    def values(molecules: list[str], wanted: list[str]) -> list[dict[str, float]]:
        seen.extend(molecules)
        return [{"hERG": 1.0 if "N" in one or "n" in one else 0.0} for one in molecules]

    monkeypatch.setattr(admet, "values", values)
    of = Search(Judge(aim({"herg": 1.0}, seeds=False)), 1).run(STARTS, 70)
    assert set(seen) == {one.smiles for one in of.candidates}
    assert all(one.toxicity == {"herg": float("n" in one.smiles.lower())} for one in of.pool)


def test_what_the_run_made_holds_no_start(run: search.Found) -> None:
    made = {one.smiles for one in run.made()}
    assert made
    assert not made & set(STARTS)
    assert run.starts == frozenset(STARTS)
