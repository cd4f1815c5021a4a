"""A design from request to result: seeds, conditions, what is left out, words, state, and the tool's outcomes."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rdkit")
pytest.importorskip("selfies")

from assistant.verify.numbers import unsupported
from retrieval.evidence import Kind, Outcome
from tools.design_molecules import design_molecules
from tools.discovery import admet, answers, design_request, guard, named, objective, pool
from tools.discovery.answers import result
from tools.discovery.design import Design, design, place, save
from tools.discovery.design_request import DesignError, Refused, Request, command, seconds, seeds
from tools.discovery.guard import Refusal
from tools.discovery.molecules import DiscoveryMissing, chem

SEED = "CCCCc1nc(Cl)c(CO)n1Cc1ccccc1"
MUSTARD = "OC(=O)c1ccc(cc1)N(CCBr)c1ccccc1"


@pytest.fixture(autouse=True)
def no_admet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As where admet-ai is not installed: the proxy, and no table of approved drugs but our own few."""
    import tools.discovery.design as module

    monkeypatch.setattr(objective, "has_models", lambda: False)
    monkeypatch.setattr(design_request, "has_models", lambda: False)
    monkeypatch.setattr(module, "has_models", lambda: False)
    for where in (named, module):
        monkeypatch.setattr(where, "approved", dict)
    starts, words = pool.starts(1)
    monkeypatch.setattr(pool, "starts", lambda seed: (starts[:40], words))  # the reference row takes seconds
    for cached in (module._prints, module._medicines, guard.opioids):
        cached.cache_clear()
    yield
    guard.opioids.cache_clear()


@pytest.fixture(scope="module")
def asked() -> Request:
    return Request(like=(SEED,), better=("absorption",), budget=60, n=6)


_made: list[Design] = []


@pytest.fixture
def made(asked: Request) -> Design:
    """The design that most tests only look at, run once."""
    if not _made:
        _made.append(design(asked))
    return _made[0]


def test_every_molecule_keeps_every_condition(made: Design) -> None:
    assert made.first is not None
    assert 0 < len(made.molecules) <= 6
    for one in made.molecules:
        assert not one.candidate.alert
        assert one.candidate.value("absorption") > made.first.value("absorption")
        assert guard.check(one.candidate.smiles) is None
        assert one.candidate.smiles != made.seeds[0].smiles
        assert one.nearest.similarity >= one.candidate.similarity - 1e-9
    scores = [one.candidate.score for one in made.molecules]
    assert scores == sorted(scores, reverse=True)


def test_everything_made_is_accounted_for(made: Design) -> None:
    left, counts = made.left_out, made.counts
    assert counts.evaluated == 60
    assert left.gate == counts.refused
    kept_apart = counts.unfit + counts.refused + left.alerts + left.not_better + left.known
    assert kept_apart + len(made.finalists) <= counts.evaluated
    assert left.known >= 1  # the seed itself


def test_the_front_is_of_those_that_none_beats(made: Design, asked: Request) -> None:
    points = {one.smiles: place(one, asked) for one in made.finalists}
    for one in made.molecules:
        x, y = points[one.candidate.smiles]
        beaten = any(a >= x and b >= y and (a, b) != (x, y) for a, b in points.values())
        assert one.on_front == (not beaten)


def test_the_same_request_gives_the_same_file(asked: Request, tmp_path: Path) -> None:
    one, other = save(design(asked), tmp_path / "a"), save(design(asked), tmp_path / "b")
    assert one.name == other.name
    assert one.read_bytes() == other.read_bytes()
    state = json.loads(one.read_text())
    assert state["request"]["seed"] == 1
    assert "hypotheses" in state["what"]
    assert {"rdkit", "selfies", "misuse gate"} <= set(state["versions"])


def test_a_metrics_row_never_stands_without_its_reference(made: Design) -> None:
    held = answers.told(made)
    table = held.tables[1]
    assert table.rows[0][0].startswith("the 300 structures that ship")
    assert len(table.rows) == 2


def test_every_sentence_says_what_the_structures_are(made: Design) -> None:
    held = answers.told(made)
    assert held.outcome is Outcome.FOUND
    assert "none was made or tested" in held.note
    for finding in held.findings:
        assert finding.kind is Kind.COMPUTED
        assert "computer-made" in finding.statement.lower()
        assert unsupported(finding.statement, [one.quote for one in finding.evidence]) is None
    assert "proxy" in held.note
    assert "no achievement" in held.findings[-1].statement


def test_the_pictures_are_pictures(made: Design) -> None:
    held = answers.told(made)
    assert [picture.data[:4] for picture in held.pictures] == [b"\x89PNG"] * 3
    assert all(picture.alt for picture in held.pictures)


def test_what_a_run_started_from_is_no_design() -> None:
    of = design(Request(budget=60, n=20))
    assert of.molecules
    assert not {one.candidate.smiles for one in of.molecules} & set(pool.shipped())
    assert of.left_out.known == 40


def test_fragments_are_let_through_the_same_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    ring = chem().MolFromSmarts("c1ccccc1")
    refused = Refusal(rule="test", says="no")
    monkeypatch.setattr(guard, "check_mol", lambda mol: refused if mol.HasSubstructMatch(ring) else None)
    of = design(Request(method="fragments", budget=20, n=5))
    assert of.left_out.gate > 0
    assert not any(chem().MolFromSmiles(one.smiles).HasSubstructMatch(ring) for one in of.finalists)
    assert of.starts.startswith("the 300 structures")


def test_a_generator_is_let_through_the_same_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    from tools.discovery import generator

    drawn: Any = generator.Generated(("CC(=O)Nc1ccc(OCC)cc1", MUSTARD, SEED, "CCO"), 7, 5, None)  # type: ignore[arg-type]
    monkeypatch.setattr(generator, "neighbours", lambda smiles, n, seed: drawn)
    of = design(Request(like=(SEED,), method="vae", budget=10))
    assert [one.candidate.smiles for one in of.molecules] == ["CCOc1ccc(NC(C)=O)cc1"] or len(
        of.molecules
    ) == 1
    assert (of.left_out.gate, of.left_out.known, of.counts.unfit, of.counts.invalid) == (1, 1, 1, 2)


def test_a_generator_alone_starts_from_nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    from tools.discovery import generator

    drawn: Any = generator.Generated(("CC(=O)Nc1ccc(OCC)cc1",), 1, 1, None)  # type: ignore[arg-type]
    monkeypatch.setattr(generator, "generate", lambda n, seed: drawn)
    of = design(Request(method="vae", budget=1))
    assert of.starts == "random draws"
    assert of.molecules[0].nearest.name == "a molecule of the reference set"
    drawn = drawn._replace(drawn=10, valid=9, refused=6)
    of = design(Request(method="vae", budget=1))
    assert (of.counts.invalid, of.counts.repeated) == (1, 2)
    assert of.starts == "random draws, of which its critic kept 3"


def test_seeds_that_the_generator_cannot_code_are_said_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from tools.discovery import generator

    def skipping(own: Any, n: int, seed: int) -> Any:
        return generator.Generated(("CC(=O)Nc1ccc(OCC)cc1",), 1, 1, None, (own[1],))  # type: ignore[arg-type]

    monkeypatch.setattr(generator, "neighbours", skipping)
    of = design(Request(like=(SEED, "CCCCCCc1ccccc1"), method="vae", budget=1))
    assert of.starts == "given structure 1 (given structure 2 left out, as the generator cannot code it)"

    def none(*_: object) -> None:
        raise ValueError("the generator can code none of the given molecules")

    monkeypatch.setattr(generator, "neighbours", none)
    held = result(like=[SEED], method="vae")
    assert held.outcome is Outcome.BAD_INPUT
    assert "can code none of the given structures: give other" in held.note


def test_fragments_of_a_small_seed_say_what_was_added() -> None:
    of = design(Request(like=("CC(=O)Oc1ccccc1C(=O)O",), method="fragments", budget=5))
    assert of.starts.startswith("given structure 1 and, as these have few pieces, those of 40 molecules")


def test_the_metrics_row_is_of_what_was_drawn_and_claims_no_novelty(made: Design) -> None:
    assert made.measured is not None
    reference, ours = made.measured
    assert ours.drawn == made.counts.drawn
    assert ours.valid == pytest.approx(1 - made.counts.invalid / made.counts.drawn)
    assert ours.unique_1k < 1
    assert ours.novel is None
    assert "chosen of" in ours.name
    assert "chosen for QED" in reference.name


def test_absorption_stands_in_the_table_only_where_it_was_asked(made: Design, asked: Request) -> None:
    assert "oral absorption (proxy)" in answers.told(made).tables[0].columns
    plain = replace(made, request=asked.model_copy(update={"better": ()}), objective=Request().objective)
    table = answers.told(plain).tables[0]
    assert not any("absorption" in name for name in table.columns)
    assert {len(row) for row in table.rows} == {len(table.columns)}


def test_the_nearest_is_said_with_where_it_was_looked_for(made: Design) -> None:
    assert made.looked_in == "the seeds"
    told = [one.statement for one in answers.told(made).findings]
    assert any("of the seeds the most similar is given structure 1" in one for one in told)
    assert not any("known molecule is" in one for one in told)


def test_each_rule_says_how_many_of_the_shown_keep_it(made: Design) -> None:
    told = " ".join(one.statement for one in answers.told(made).findings)
    shown = len(made.molecules)
    assert f"{shown} passed the misuse gate, {shown} have no PAINS or BRENK alert" in told


def test_a_budget_that_the_starts_use_up_is_said() -> None:
    held = result(budget=3)
    assert held.outcome is Outcome.NOT_FOUND
    assert "used up by the molecules that the run started from" in held.note


def test_a_wrong_field_is_named() -> None:
    assert result(seed=-1).note.startswith("seed must be ")


def test_a_missing_selfies_is_said_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(design_request, "find_spec", lambda name: None)
    held = result(like=[SEED])
    assert held.outcome is Outcome.UNAVAILABLE
    assert "selfies" in held.note
    assert "discovery" in held.command


def test_a_missing_generator_is_said_with_its_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    from tools.discovery import generator

    def absent(*_: object) -> None:
        raise generator.GeneratorMissing("the weights are absent", "make them")

    monkeypatch.setattr(generator, "generate", absent)
    held = result(method="vae")
    assert (held.outcome, held.command) == (Outcome.UNAVAILABLE, "make them")


def test_seeds_lose_their_stereochemistry_and_salt() -> None:
    held = seeds(Request(like=("C[C@H](N)C(=O)Nc1ccccc1.Cl", "C[C@@H](N)C(=O)Nc1ccccc1")))
    assert [one.smiles for one in held] == ["CC(N)C(=O)Nc1ccccc1"]


def test_a_seed_of_a_class_is_refused_without_detail() -> None:
    for like in (MUSTARD, f"{MUSTARD}.CCO"):
        held = result(like=[like])
        assert (held.outcome, held.note) == (Outcome.BAD_INPUT, guard.OF_A_CLASS)
        assert not held.findings
    with pytest.raises(Refused):
        seeds(Request(like=(SEED, MUSTARD)))


@pytest.mark.parametrize(
    ("like", "why"),
    [
        ("C1CC", "no valid SMILES"),
        ("CC(C)[Si](C)(C)c1ccccc1", "Si"),
        ("c1ccccc1CCN.c1ccccc1OCCC", "components"),
        ("CCO", "fewer than 5"),
        ("C" * 501, "500"),
    ],
)
def test_a_bad_seed_is_named(like: str, why: str) -> None:
    held = result(like=[like])
    assert held.outcome is Outcome.BAD_INPUT
    assert why in held.note


def test_a_seed_below_the_size_of_a_design_has_children_of_that_size() -> None:
    of = design(Request(like=("CN(C)C(=N)N=C(N)N",), budget=20, n=3, no_alerts=False))
    assert of.counts.evaluated > 1
    assert all(one.properties.heavy_atoms >= 10 for one in of.finalists)


def test_a_name_that_is_not_held_asks_for_the_table() -> None:
    held = result(like=["metoprolol"])
    assert held.outcome is Outcome.UNAVAILABLE
    assert "--extra discovery" in held.command


def test_our_own_names_work_without_the_table() -> None:
    (held,) = seeds(Request(like=("losartan",)))
    assert held.name == "losartan"
    assert "Cl" in held.smiles


def test_penalties_need_the_models() -> None:
    held = result(want={"herg": 1.0})
    assert held.outcome is Outcome.UNAVAILABLE
    assert "--extra discovery" in held.command


@pytest.mark.parametrize(
    "wrong",
    [{"better": ["qed"]}, {"like": [SEED], "better": ["similarity"]}, {"want": {"qed": -1}}, {"want": {"ld50": 1}},
     {"want": {"qed": 0, "sa": 0}}, {"n": 201}, {"budget": 20_001}, {"seed": -1}, {"like": [SEED] * 21}],
    ids=lambda wrong: "-".join(wrong),
)  # fmt: skip
def test_a_request_that_cannot_be_is_bad_input(wrong: dict[str, Any]) -> None:
    assert result(**wrong).outcome is Outcome.BAD_INPUT


def test_the_chat_refuses_long_runs_and_offers_the_command() -> None:
    held = design_molecules(like=["losartan"], better=["absorption"], budget=4000)
    assert held.outcome is Outcome.BAD_INPUT
    assert held.command.startswith("consilium design --like losartan")
    assert "--budget 4000" in held.command
    assert result(budget=2900, longest=5).command.startswith("consilium design --method search")


def test_the_command_carries_the_whole_request() -> None:
    asked = Request(
        like=("CC(=O)O",), want={"qed": 0.5}, better=("sa",), no_alerts=False, n=3, budget=50, seed=9
    )
    assert shlex.split(command(asked)) == [
        "consilium", "design", "--like", "CC(=O)O", "--method", "search", "--want", "qed=0.5", "--better", "sa",
        "--alerts", "--n", "3", "--budget", "50", "--seed", "9",
    ]  # fmt: skip


def test_a_longer_run_is_told_to_be_longer() -> None:
    assert seconds(Request(budget=3000)) > seconds(Request(budget=1500)) > 0


def test_conditions_that_none_keeps_are_not_found() -> None:
    """Nothing can break fewer rules than a seed that breaks none."""
    held = result(like=[SEED], better=["lipinski"], budget=25)
    assert held.outcome is Outcome.NOT_FOUND
    assert "25" in held.note


def test_the_extra_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise DiscoveryMissing("RDKit, which reads structures, is not installed.")

    monkeypatch.setattr(design_request, "chem", absent)
    held = result()
    assert held.outcome is Outcome.UNAVAILABLE
    assert held.command == "python3 bootstrap.py --extra discovery"


def test_the_tool_is_for_clinicians_and_its_schema_is_small() -> None:
    from tools.registry import tools, tools_for

    schema = tools()["design_molecules"].schema
    assert len(json.dumps(schema)) // 4 <= 335
    assert "ld50" not in json.dumps(schema).lower()
    assert "design_molecules" not in {one.name for one in tools_for("patient")}


def test_models_take_the_place_of_the_proxy(monkeypatch: pytest.MonkeyPatch, asked: Request) -> None:
    def absorption(molecules: list[str]) -> list[admet.Absorption]:
        return [admet.Absorption(0.5, -5, -3, 0.9 if one != SEED else 0.3) for one in molecules]

    monkeypatch.setattr(objective, "has_models", lambda: True)
    monkeypatch.setattr(admet, "absorption", absorption)
    of = design(asked.model_copy(update={"budget": 25}))
    assert of.absorption_by == objective.MODELS
    assert of.first is not None
    assert of.first.absorption == 0.3
    assert {one.candidate.value("absorption") for one in of.molecules} == {0.9}


def test_a_seed_that_selfies_cannot_write_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(design_request, "tokens", lambda smiles: ())
    with pytest.raises(DesignError, match="SELFIES"):
        seeds(Request(like=(SEED,)))


def test_the_nearest_known_is_an_approved_medicine_where_the_table_is_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import tools.discovery.design as module

    drug = named.Approved(name="Testdrug", smiles="CCCCc1nc(Cl)c(CO)n1C")
    monkeypatch.setattr(module, "approved", lambda: {"testdrug": drug})
    of = module._Known((), pool.shipped()[:3])
    judged = objective.Judge(objective.aim({}, seeds=False)).candidate("CCCCc1nc(Cl)c(CO)n1CC")
    assert of.nearest(judged).name == "Testdrug"
    assert replace(judged, smiles="x").bits is judged.bits
