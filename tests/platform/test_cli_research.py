"""``consilium simulate``, ``molecule`` and ``design`` as a person runs them: what fits on a screen, and exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.cli import own_sbml, research_text
from retrieval.evidence import (
    Depth,
    Evidence,
    Finding,
    Kind,
    Source,
    Table,
    ToolResult,
    bad_input,
    found,
    unavailable,
)
from tests.simulation.sbml_body import text as body

Run = Callable[..., Any]
SOURCE = Source(id="computed:x", title="x", version="1", licence="computed", depth=Depth.COMPUTATION)
LOSARTAN = "CCCCc1nc(Cl)c(CO)n1Cc1ccc(-c2ccccc2-c2nn[nH]n2)cc1"


@pytest.fixture
def consilium(tmp_path: Path, no_library: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    """``consilium`` in this process, with a data folder of its own and no guard of the network."""
    from assistant.cli.app import app

    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr("assistant.egress.install", lambda hosts: None)
    monkeypatch.setenv("CONSILIUM_DATA_DIR", str(folder))
    return lambda *words: CliRunner().invoke(app, list(words))


def result(*tables: Table, statement: str = "Found.") -> ToolResult:
    quote = Evidence(source=SOURCE, quote="x")
    return found(Finding(statement=statement, evidence=(quote,), kind=Kind.COMPUTED), tables=tables)


def test_the_models_are_listed_with_their_genes(consilium: Run) -> None:
    told = consilium("simulate")
    assert told.exit_code == 0
    assert "warfarin_2007        warfarin       CYP2C9, VKORC1" in told.stdout
    held = json.loads(consilium("simulate", "--json").stdout)
    assert {"warfarin_2007", "losartan"} <= {one["id"] for one in held}


def test_a_simulation_fits_on_a_screen_and_its_report_is_for_its_owner_alone(
    consilium: Run, tmp_path: Path
) -> None:
    asked = [
        "simulate",
        "warfarin",
        "--dose",
        "5",
        "--days",
        "3",
        "--n",
        "8",
        "--genotype",
        "CYP2C9 *3/*3, VKORC1 AA",
    ]
    told = consilium(*asked)
    assert told.exit_code == 0, told.stderr
    assert "- In a simulation of 8 virtual patients with CYP2C9 *3/*3, VKORC1 AA" in told.stdout
    assert "in every row: source Hamberg 2007" in told.stdout
    assert [line for line in told.stdout.splitlines() if len(line) > research_text.WIDTH] == []
    report = tmp_path / "report.html"
    written = consilium(*asked, "--html", str(report), "--json")
    assert json.loads(written.stdout)["inputs"]["dose_mg"] == 5
    assert "data:image/png;base64," in report.read_text("utf-8")
    assert report.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        pytest.param(["simulate", "warfarin"], 3, "needed: the dose in mg", id="no dose"),
        pytest.param(["simulate", "warfarin", "--dose", "5000"], 2, "between 0 and 1000 mg", id="dose"),
        pytest.param(
            ["simulate", "warfarin", "--dose", "5", "--seed", "-1"], 2, "The seed must be", id="seed"
        ),
        pytest.param(
            ["simulate", "clopidogrel", "--dose", "75"], 4, "No model of clopidogrel is held", id="not held"
        ),
        pytest.param(["design", "--budget", "50000"], 2, "budget must be less", id="budget"),
        pytest.param(["design", "--want", "qed=x"], 2, "'qed=x' is not written as term=number.", id="weight"),
        pytest.param(["design", "--want", "ld50=1"], 2, "want.ld50 must be 'qed'", id="term"),
        pytest.param(["design", "--method", "magic"], 2, "method must be 'search'", id="method"),
        pytest.param(["molecule", "C" * 501], 2, "molecule: String should have at most 500", id="long"),
    ],
)
def test_a_refusal_is_told_on_the_error_stream_with_its_code(
    consilium: Run, asked: list[str], code: int, words: str
) -> None:
    told = consilium(*asked)
    assert told.exit_code == code
    assert words in " ".join(told.stderr.split())
    assert told.stdout == ""


def test_a_long_run_is_not_begun_for_a_report_without_a_place(consilium: Run, tmp_path: Path) -> None:
    told = consilium("simulate", "warfarin", "--dose", "5", "--html", str(tmp_path / "none" / "x.html"))
    assert told.exit_code == 2
    assert "cannot be written" in told.stderr


def test_without_the_pack_the_command_that_brings_it_is_named(
    consilium: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = consilium("simulate", "losartan", "--dose", "50")
    assert told.exit_code == 5
    assert "consilium packs pull pbpk-sbml" in told.stderr


@pytest.mark.parametrize(
    "asked", [["molecule", LOSARTAN], ["design", "--n", "2", "--budget", "50"]], ids=["profile", "design"]
)
def test_without_the_extra_the_command_that_brings_it_is_named(
    consilium: Run, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    from tools.discovery import molecules

    molecules.rdkit.cache_clear()
    for name in ("rdkit", "selfies"):
        monkeypatch.setitem(sys.modules, name, None)
    told = consilium(*asked)
    assert told.exit_code == 5
    assert "bootstrap.py --extra discovery" in " ".join(told.stderr.split())


def test_a_column_of_one_value_is_said_once_and_a_long_table_is_cut_and_counted() -> None:
    rows = tuple((str(at), "the same source in each row") for at in range(40))
    told = research_text.grid(Table(title="Rows", columns=("no", "source"), rows=rows))
    assert told.count("  in every row: source the same source in each row") == 1
    assert told[-1] == "  … and 16 more rows; --json and --html have them all."
    assert [line.strip() for line in told if line.strip().isdecimal()] == [str(at) for at in range(24)]


def test_a_table_too_wide_for_columns_becomes_blocks_and_a_structure_stays_whole() -> None:
    names = ("#", "SMILES", *(f"property {at}" for at in range(12)))
    rows = (("1", LOSARTAN, *("0.123" for _ in range(12))), ("2", LOSARTAN * 3, *("" for _ in range(12))))
    told = research_text.grid(Table(title="Molecules", columns=names, rows=rows))
    assert f"  1  {LOSARTAN}" in told
    assert any(LOSARTAN * 3 in line for line in told)
    assert "property 0 0.123; property 1 0.123" in told[2]
    assert [line for line in told if len(line) > research_text.WIDTH and LOSARTAN * 3 not in line] == []


def test_a_squeezed_table_loses_no_word() -> None:
    grid = Table(title="T", columns=("part", "words"), rows=(("a", "one two three " * 20), ("b", "four")))
    told = research_text.grid(grid)
    assert " ".join(" ".join(told).split()).count("one two three") >= 19
    assert max(map(len, told)) <= research_text.WIDTH


def test_a_command_is_told_for_what_it_is() -> None:
    longer = research_text.lines(bad_input("Too long here.", command="consilium design --budget 9000"))
    assert longer == ["Too long here.", "On the command line: consilium design --budget 9000"]
    assert research_text.lines(unavailable("Missing.", "get it"))[-1] == "To get it: get it"


def test_a_line_break_in_a_statement_does_not_steer_the_terminal(
    consilium: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "tools.simulation.answers.result", lambda **asked: result(statement="a\x1b[31mred\nb")
    )
    told = consilium("simulate", "warfarin", "--dose", "5")
    assert "\x1b" not in told.stdout
    assert "- a [31mred b" in told.stdout


def sbml(folder: Path) -> str:
    path = folder / "own.xml"
    path.write_text(body(), "utf-8")
    return str(path)


def test_a_model_of_the_user_runs_in_its_own_units_and_says_that_nobody_reviewed_it(
    consilium: Run, tmp_path: Path
) -> None:
    pytest.importorskip("roadrunner", reason="libroadrunner (extra simulation) is not installed")
    asked = ["simulate", "--trust-sbml", sbml(tmp_path), "--show", "[Cve]", "--show", "DOSE", "--until", "60"]
    told = consilium(*asked, "--points", "3", "--set", "DOSE=100")
    assert told.exit_code == 0, told.stderr
    assert "nobody here has reviewed it" in told.stderr
    assert [line.split() for line in told.stdout.splitlines()[1:3]] == [
        ["time", "[Cve]", "DOSE"],
        ["0", "0", "100"],
    ]
    given: dict[str, Any] = json.loads(consilium(*asked, "--points", "3", "--json").stdout)
    assert given["time"] == [0, 30, 60]
    assert given["note"] == own_sbml.WORDS
    unknown = consilium("simulate", "--trust-sbml", sbml(tmp_path), "--show", "[none]", "--until", "1")
    assert unknown.exit_code == 2


@pytest.mark.parametrize(
    ("more", "code", "words"),
    [
        pytest.param([], 3, "Needed with --trust-sbml", id="nothing"),
        pytest.param(["--show", "x", "--until", "nan"], 2, "Give --until above 0", id="time"),
        pytest.param(["--show", "x", "--until", "9", "--points", "1"], 2, "--points from 2", id="points"),
        pytest.param(
            ["--show", "x", "--until", "9", "--set", "a"], 2, "'a' is not written as name=number", id="set"
        ),
    ],
)
def test_a_model_of_the_user_is_asked_for_rightly(
    consilium: Run, tmp_path: Path, more: list[str], code: int, words: str
) -> None:
    told = consilium("simulate", "--trust-sbml", sbml(tmp_path), *more)
    assert told.exit_code == code
    assert words in told.stderr


def test_a_file_that_is_no_model_and_a_drug_beside_a_file_are_refused(consilium: Run, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.xml"
    wrong.write_text('<!DOCTYPE sbml SYSTEM "file:///etc/passwd"><sbml/>', "utf-8")
    told = consilium("simulate", "--trust-sbml", str(wrong), "--show", "x", "--until", "1")
    assert told.exit_code == 2
    assert "document type" in told.stderr
    both = consilium("simulate", "warfarin", "--trust-sbml", str(wrong))
    assert both.exit_code == 2
    assert "not both" in both.stderr


def test_without_the_engine_a_model_of_the_user_names_the_command(
    consilium: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tools.simulation import sbml as engine

    def lacking(*given: Any) -> Any:
        raise engine.Unavailable("The engine is not installed.", "python3 bootstrap.py --extra simulation")

    monkeypatch.setattr(engine, "own", lacking)
    told = consilium("simulate", "--trust-sbml", sbml(tmp_path), "--show", "x", "--until", "1")
    assert told.exit_code == 5
    assert "bootstrap.py --extra simulation" in told.stderr
