"""The benchmark table: its rows, what it says of what was not run, and how a generated set is judged."""

from __future__ import annotations

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rdkit", reason="the extra discovery is not installed")

from evals.discovery import __main__ as table_command
from evals.discovery import bars as rows
from evals.discovery import (
    generators,
    kept,
    metric_ceilings,
    packs_here,
    published,
    search_bench,
    steady,
    table,
    wording,
)
from evals.discovery.bars import Bar
from retrieval.packs import held_packs
from tests.discovery import moses_wheel
from tools.discovery import similarity
from tools.discovery.chemnet import Gaussian
from tools.discovery.gathered import Gathered, Reference, gathered
from tools.discovery.metrics import Metrics, measure
from tools.discovery.molecules import bulk_tanimoto, chem, fingerprint
from tools.discovery.moses import Moses
from tools.discovery.vae_card import Data, HeldOut, Training, Tried, VaeCard

MOLECULES = ("CC(=O)Nc1ccc(O)cc1", "c1ccc(-c2ccccc2)cc1", "CCOC(=O)c1ccccc1", "CN1CCN(c2ccccn2)CC1")


def card(temperature: float) -> VaeCard:
    return VaeCard(
        file="vae.safetensors", sha256="0" * 64, parameters=1, sizes={}, symbols=("[C]",), pieces=4,
        data=Data(name="made", licence="MIT"), held_out=HeldOut(reconstruction=1, kl=1), temperature=temperature,
        training=Training(settings={}, steps=1, molecules_seen=1, minutes=1, threads=1, processor="-", torch="-"),
    )  # fmt: skip


def made(name: str, molecules: tuple[str | None, ...], shift: float = 0) -> Gathered:
    def gaussian(smiles: object) -> Gaussian:
        return Gaussian(10_000, np.full(3, shift), np.eye(3))

    return gathered(name, molecules, gaussian=gaussian)


def test_a_row_names_the_bar_ours_and_the_peers() -> None:
    told = list(
        rows.markdown([Bar("VAE: QED", "10,000 draws", ".8", ".517", "VAE .9", "≥ .75", True, "a note")])
    )
    assert told[2] == "| VAE: QED | 10,000 draws | .8 | .517 | VAE .9 | ≥ .75 | met |"
    assert "- VAE: QED: a note" in told
    assert told[-1].startswith("1 met, 0 missed")


def test_what_was_not_run_says_why_and_is_not_met() -> None:
    one = rows.not_run("SBML", "ratios", "libroadrunner is not installed", reach="2 %")
    assert one.met is None
    assert "not run: libroadrunner is not installed" in "\n".join(rows.markdown([one]))


def test_a_cell_breaks_no_table() -> None:
    told = list(rows.markdown([Bar("a|b", "c\nd", "e")]))
    assert told[2].startswith("| a/b | c d | e |")


def test_rows_with_the_same_note_share_it() -> None:
    told = list(rows.markdown([Bar(name, "", "", note="why") for name in ("one", "two")]))
    assert [line for line in told if line.startswith("- ")] == ["- one; two: why"]


@pytest.mark.parametrize(
    ("only", "asked"), [((), True), (("pk",), True), (("PK speed",), True), (("vae",), False)], ids=str
)
def test_parts_are_asked_for_by_module_or_row(only: tuple[str, ...], asked: bool) -> None:
    part = table.Part("pk_speed", ("PK accuracy", "PK speed"))
    assert table.wanted(part, only) is asked


def test_every_row_of_the_specification_has_a_part() -> None:
    held = {row for part in table.PARTS for row in part.rows}
    assert held >= {
        "PK accuracy", "PK speed", "steady state", "warfarin, external", "population spread", "SBML", "search", "VAE",
        "metrics", "ADMET", "gate", "wording",
    }  # fmt: skip


def test_without_the_pack_the_metric_rows_say_how_it_comes() -> None:
    (one,) = metric_ceilings.bars(None)
    assert one.met is None
    assert "consilium packs import moses" in one.ours


def test_without_the_pack_the_generator_row_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = generators.bars(None)
    assert one.met is None
    assert "moses" in one.ours


def test_a_module_that_fails_is_a_row_and_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(table_command, "_run", lambda command, seconds: "ValueError: broken")
    kept = tmp_path / "bars.json"
    assert table_command.main(["--only", "steady", "--json", str(kept)]) == 1
    assert "not run: failed: ValueError: broken" in capsys.readouterr().out
    assert [bar["name"] for bar in json.loads(kept.read_text())] == ["steady state"]


def test_a_module_that_is_not_written_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_command, "PARTS", (table.Part("nothing_there", ("a", "b")),))
    assert table_command.main([]) == 0
    came, error = table_command.rows(table.Part("nothing_there", ("a", "b")), None)  # type: ignore[arg-type]
    assert [bar.name for bar in came] == ["a", "b"]
    assert error == ""


@pytest.mark.parametrize("given", ["packs", "."])
def test_packs_are_looked_for_where_it_is_said(tmp_path: Path, given: str) -> None:
    (tmp_path / "packs").mkdir()
    packs_here.use(tmp_path / given)
    assert held_packs().folder("moses") == tmp_path.resolve() / "packs" / "moses"
    packs_here.use(None)
    assert held_packs().folder("moses") == tmp_path.resolve() / "packs" / "moses"


def test_validity_is_told_with_everything_else_beside_the_train_sample() -> None:
    test = Reference.of(made("test", MOLECULES))
    real = measure(made("train sample", MOLECULES), test=test, known=lambda asked: asked)
    ours = measure(made("VAE", (*MOLECULES, None), shift=1), test=test, known=lambda asked: [])
    valid, qed, fcd = generators.vae_bars("VAE", ("standard", 1.0), real, ours)
    assert (valid.ours, valid.met) == ("0.800", False)
    for column in ("QED", "SA", "alerts", "FCD", "novel"):
        assert f"{column} " in valid.note
    assert "novel 1.000 (train 0.000)" in valid.note
    assert qed.met is (ours.qed >= 0.75)
    assert fcd.ours.startswith("3.000 (n 10,000")
    assert fcd.met is True


def test_both_priors_are_drawn_and_what_the_card_chose_once() -> None:
    assert generators.ways(card(1.0)) == (("standard", 1.0), ("fitted", 1.0))
    assert generators.ways(card(0.8))[2:] == (("standard", 0.8),)


def test_without_a_critic_it_is_drawn_as_came_nearest_without_one() -> None:
    tried = (
        Tried(prior="standard", temperature=0.8, critic=True, n=10, fcd=0.5),
        Tried(prior="standard", temperature=0.9, n=10, fcd=2.0),
        Tried(prior="fitted", temperature=0.3, n=10, fcd=1.0),
    )
    held = card(0.8).model_copy(update={"chosen_from": tried})
    assert held.alone == ("fitted", 0.3)
    assert generators.ways(held)[2:] == (("standard", 0.8), ("fitted", 0.3))


def test_diversity_of_different_molecules_leaves_out_that_each_is_like_itself() -> None:
    bits = metric_ceilings.bits(MOLECULES)
    pairs = [
        bulk_tanimoto(fingerprint(chem().MolFromSmiles(one)), [fingerprint(chem().MolFromSmiles(other))])[0]
        for one, other in itertools.combinations(MOLECULES, 2)
    ]
    run = search_bench.Run(
        size=4, qed=0.9, sa=2.0, alerts=0.0, diversity=similarity.internal_diversity(bits), novel=None,
        seconds=1.0, invalid=0, same=True,
    )  # fmt: skip
    assert run.between == pytest.approx(1 - sum(pairs) / 6, abs=1e-6)
    assert run.between > run.diversity


def test_published_rows_are_complete_and_shares() -> None:
    for row in (*published.NEW, *published.OLD):
        told = published.cells(row)
        assert len(told) == len(published.COLUMNS)
        shares = (
            row.valid,
            row.unique_10k,
            row.snn,
            row.frag,
            row.scaff,
            row.internal_diversity,
            row.filters,
        )
        assert all(0 <= share <= 1 for share in shares)
    assert [row.method for row in published.OLD] == ["CharRNN", "VAE", "AAE", "ORGAN", "JTN-VAE"]


def test_the_counted_ceilings_of_a_small_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moses = Moses(moses_wheel.wheel(tmp_path))
    monkeypatch.setattr(Moses, "sample", lambda self, n, seed, split="train": self.molecules(split))
    kinds = {kind.name: kind.measured(moses, 1) for kind in metric_ceilings.KINDS}
    # train has one ring, the test molecules none: no scaffold is shared, and no fragment
    assert kinds["Frag"] == 0
    assert math.isnan(kinds["Scaff, every scaffold"])
    assert 0 < kinds["SNN"] < 1
    assert 0 < kinds["IntDiv (p 1)"] < 1


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Your INR will be 4.1.", True),
        ("The right dose is 2.1 mg.", True),
        ("This drug is cardiotoxic.", True),
        ("A new drug candidate for gout", True),
        ("In a simulation of 500 virtual patients 5 mg a day gives a median INR of 4.1 by day 90.", False),
        ("Two models and the dosing equation give 2.1 to 2.3 mg/day.", False),
        ("Predicted hERG score .97, higher than 96 % of approved drugs.", False),
        ("These are computer-made structures, hypotheses, not drugs; none was made or tested.", False),
        ("Simulated: it explains and compares, and does not say what a person should take.", False),
    ],
)
def test_forbidden_phrases_are_found_and_allowed_ones_are_not(text: str, wrong: bool) -> None:
    assert bool(wording.forbidden([text])) is wrong


def test_every_text_of_the_code_is_looked_at_but_docstrings(tmp_path: Path) -> None:
    folder = tmp_path / "tools" / "simulation"
    folder.mkdir(parents=True)
    (folder / "one.py").write_text('"""The right dose."""\nA = "plain"\nB = f"the right {A} of it"\n')
    assert sorted(wording.templates(tmp_path)) == ["plain", "the right … of it"]


def test_no_text_of_the_tools_holds_a_forbidden_phrase() -> None:
    assert len(wording.templates()) > 500
    assert wording.forbidden(wording.templates()) == []


def test_the_simulation_comes_to_the_closed_form_in_every_genotype_of_the_slower_model() -> None:
    assert steady.difference("warfarin_2010", "*1/*3", "AA") < steady.LIMIT
    assert steady.difference("warfarin_2007", "*1/*1", "GG") < steady.LIMIT
    early = steady.difference("warfarin_2007", "*3/*3", "AA", days=10)
    assert early > steady.LIMIT, "ten days are too few, and the measure sees it"


def test_a_measured_row_is_kept_until_anything_changes(tmp_path: Path) -> None:
    test = Reference.of(made("test", MOLECULES))
    rows_made = []

    def measuring() -> Metrics:
        rows_made.append(1)
        return measure(made("VAE", MOLECULES), test=test, known=lambda asked: [])

    first = kept.measured(tmp_path, "VAE", MOLECULES, "digest", measuring)
    again = kept.measured(tmp_path, "VAE", MOLECULES, "digest", measuring)
    assert again == first
    assert len(rows_made) == 1
    for name, drawn, pack in (
        ("other", MOLECULES, "digest"),
        ("VAE", MOLECULES[:2], "digest"),
        ("VAE", MOLECULES, "2"),
    ):
        kept.measured(tmp_path, name, drawn, pack, measuring)
    assert len(rows_made) == 4


def test_a_kept_row_may_hold_what_is_no_number(tmp_path: Path) -> None:
    def measuring() -> Metrics:
        return measure(made("no scaffold", ("CCO", "CCN")), test=Reference.of(made("test", ("CCC",))))

    for _ in range(2):
        row = kept.measured(tmp_path, "no scaffold", ("CCO", "CCN"), "", measuring)
        assert row.test is not None
        assert math.isnan(row.test.scaff)
