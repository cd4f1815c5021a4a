"""The research page without its browser: a result whole, an absence with its mend, a report that carries itself."""

from __future__ import annotations

import base64
import io
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assistant.research_report import WARNINGS, as_html
from assistant.ui import research, research_held
from assistant.ui.lab_bench import Bench, Door, Refused
from assistant.ui.research_molecules import DesignTab, MoleculeTab, _opened, objective
from assistant.ui.research_page import ResearchPage
from assistant.ui.research_tabs import SimulateTab, genotypes, models, simulation
from retrieval.evidence import (
    Artifact,
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

SOURCE = Source(
    id="model:x", title="A <model>", version="1", licence="facts", depth=Depth.COMPUTATION, doi="10.1/x"
)


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, format="PNG")
    return out.getvalue()


def simulated(count: int = 1) -> ToolResult:
    one = Finding(
        statement="In a simulation of 10 virtual patients <i>INR</i> was 2.",
        evidence=(Evidence(source=SOURCE, quote="INR 2", locator="table 2"),),
        kind=Kind.COMPUTED,
    )
    picture = Artifact(
        title="INR", media_type="image/png", data=base64.b64encode(png()), alt="a curve that rises"
    )
    grid = Table(title="Days", columns=("day", "INR"), rows=(("7", "2"),))
    more = {
        "tool": "simulate_drug",
        "inputs": {"drug": "warfarin", "genotypes": ["CYP2C9 *1/*1"], "age": None},
    }
    return found(*(one,) * count, pictures=(picture,), tables=(grid,), note="Draft.").model_copy(update=more)


def test_a_result_stands_under_its_warning_with_picture_table_and_evidence_and_nothing_foreign_is_obeyed() -> (
    None
):
    page = research.result(simulated())
    assert WARNINGS["simulate_drug"].split(":")[0] in page
    assert "<i>INR" not in page
    assert 'alt="a curve that rises"' in page
    assert "<caption>Days</caption>" in page
    assert "https://doi.org/10.1/x" in page


def test_more_findings_than_stand_open_are_folded_and_counted() -> None:
    page = research.result(simulated(research.OPEN + 3))
    assert "<summary>3 more</summary>" in page
    assert page.count("10 virtual patients") == research.OPEN + 3


def test_an_absence_says_why_and_what_brings_it() -> None:
    missing = unavailable("The extra is not installed.", "python3 bootstrap.py --extra discovery")
    page = research.result(missing.model_copy(update={"tool": "molecule_profile"}))
    assert "not installed" in page
    assert "bootstrap.py --extra discovery" in page.replace("&#46;", ".").replace("&#45;", "-")
    assert research.saved(missing, "x") is None


def test_the_report_is_one_file_that_asks_nobody_and_says_what_it_is_not() -> None:
    text = as_html(simulated())
    assert WARNINGS["simulate_drug"] in text
    assert "default-src 'none'" in text
    assert "<script" not in text
    assert "&lt;i&gt;INR&lt;/i&gt;" in text
    assert "data:image/png;base64," in text
    assert "warfarin" in text
    assert "<dt>age</dt>" not in text
    assert research.saved(simulated(), "run")[1] == "run.html"  # type: ignore[index]


def test_the_report_tells_a_quote_once_and_not_the_statement_again() -> None:
    def one(statement: str) -> Finding:
        quote = Evidence(source=SOURCE, quote=f"{statement}\nseed 1; budget 600", locator="run")
        return Finding(statement=statement, evidence=(quote,), kind=Kind.COMPUTED)

    text = as_html(found(one("First."), one("Second.")))
    assert text.count("seed 1; budget 600") == 1
    assert (text.count("First."), text.count("Second.")) == (1, 1)


def test_a_refused_result_gives_a_report_that_says_so() -> None:
    text = as_html(bad_input("The dose is <wrong>.").model_copy(update={"tool": "simulate_drug"}))
    assert "No result: bad_input" in text
    assert "&lt;wrong&gt;" in text


def test_the_controls_become_the_inputs_of_the_tools() -> None:
    given = simulation(
        "warfarin_2007", 5, 0, 30.0, " CYP2C9 *1/*1 \n\n*3/*3 AA", "", "70,5", "", 300, 1, False
    )
    assert (given["drug"], given["every_h"], given["days"]) == ("warfarin", 0, 30)
    assert (given["age"], given["weight"]) == (None, 70.5)
    with pytest.raises(Refused, match="Age: give a number"):
        simulation("warfarin_2007", 5, 24, 30, "", "old", "", "", 300, 1, False)
    assert given["genotypes"] == ["CYP2C9 *1/*1", "*3/*3 AA"]
    design = objective("losartan\n", "search", ["qed"], ["absorption"], True, 5, 200, 3)
    assert design["like"] == ["losartan"]
    assert design["better"] == ["absorption"]
    assert objective("", "search", [], ["absorption"], True, 5, 200, 3)["better"] == []


def test_every_control_is_an_input_of_its_tool() -> None:
    from tools.registry import tools

    held = tools()
    given = simulation("warfarin_2007", 5, 24, 30, "", "", "", "", 300, 1, False)
    assert set(given) <= set(held["simulate_drug"].inputs.model_fields)
    design = objective("losartan", "search", ["qed"], [], True, 5, 200, 3)
    assert set(design) <= set(held["design_molecules"].inputs.model_fields)
    assert set(held["molecule_profile"].inputs.model_fields) == {"molecule"}


def test_a_model_that_is_not_of_the_list_is_refused() -> None:
    door = Door()
    tab = SimulateTab(door)
    tab._shown, tab._save = "shown", "save"
    said: list[dict[Any, Any]] = list(
        tab.run(Bench(), lambda: simulation("else", 5, 24, 30, "", "", "", "", 9, 1, False))
    )
    assert "Choose a model" in said[-1]["shown"]


def listing(rows: int) -> Table:
    return Table(
        title="Made", columns=("#", "SMILES"), rows=tuple((str(at), "C" * at) for at in range(1, rows + 1))
    )


def test_pictures_stand_before_tables_and_only_the_long_tables_are_folded() -> None:
    short = Table(title="Short", columns=("a",), rows=(("1",),))
    long = Table(title="Long", columns=("a",), rows=(("1",),) * (research.SHORT + 1))
    told = simulated().model_copy(update={"tables": (listing(research.FIRST), short, long)})
    page = research.result(told)
    assert page.index("<figure>") < page.index("<table>")
    assert page.count('<details class="folded">') == 1
    assert f"<summary>Long ({research.SHORT + 1} rows)</summary>" in page
    assert '<details class="folded">' in research.folded((listing(research.FIRST + 1),))


def test_a_run_that_is_too_long_is_offered_as_a_command() -> None:
    told = bad_input("Too long here.", command="consilium design --budget 9000")
    page = research.result(told.model_copy(update={"tool": "design_molecules"}))
    assert "On the command line: <code>consilium design --budget 9000</code>" in page


def test_a_structure_that_was_found_is_one_click_from_its_profile() -> None:
    told = simulated().model_copy(update={"tables": (Table(title="x", columns=("a",), rows=()), listing(2))})
    assert research.structures(told) == [("1: C", "C"), ("2: CC", "CC")]
    tab = DesignTab(Door())
    tab._one, tab._open = "one", "open"
    shown = tab.beside(told)
    assert (shown["one"]["value"], shown["one"]["visible"], shown["open"]["visible"]) == ("C", True, True)
    assert tab.beside(None)["one"]["visible"] is False
    opened, smiles = _opened("CC")
    assert (opened.selected, smiles) == ("molecule", "CC")


def test_a_model_brings_its_own_example() -> None:
    assert genotypes("warfarin_2007").splitlines() == ["CYP2C9 *1/*1, VKORC1 GG", "CYP2C9 *3/*3, VKORC1 AA"]
    assert genotypes("apixaban") == ""
    tab = SimulateTab(Door())
    tab._dose, tab._every, tab._genotypes = "dose", "every", "genotypes"
    assert tab._example("apixaban") == {"dose": 5, "every": 12, "genotypes": ""}


def test_every_model_shows_its_parameters_and_what_its_genes_change() -> None:
    page = research_held.records()
    assert page.count('<details class="folded">') == len(models())
    assert "CYP2C9 &#42;3/&#42;3" in page
    assert "cl × 0.148" in page


def test_without_the_extra_the_page_says_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from tools.discovery import molecules

    molecules.rdkit.cache_clear()
    for name in ("rdkit", "selfies"):
        monkeypatch.setitem(sys.modules, name, None)
    for tab, inputs in (
        (MoleculeTab(Door()), {"molecule": "CCO"}),
        (DesignTab(Door()), objective("", "search", ["qed"], [], True, 2, 50, 1)),
    ):
        tab._shown, tab._save = "shown", "save"
        tab._one, tab._open = "one", "open"  # type: ignore[union-attr]
        *_, last = tab.run(Bench(), lambda inputs=inputs: inputs)  # type: ignore[misc]
        assert "unavailable" in last["shown"]
        assert "bootstrap.py --extra discovery" in last["shown"]
        assert last["save"]["visible"] is False


def test_patients_find_no_way_there() -> None:
    from assistant.ui import patient, patient_desk, patient_talk
    from tools.registry import tools_for

    research_tools = {"simulate_drug", "molecule_profile", "design_molecules"}
    assert research_tools <= {one.name for one in tools_for("clinician")}
    assert research_tools.isdisjoint(one.name for one in tools_for("patient"))
    for module in (patient, patient_desk, patient_talk):
        assert "/research" not in Path(str(module.__file__)).read_text("utf-8")


@pytest.mark.parametrize("tool", ["simulate_drug", "molecule_profile", "design_molecules"])
def test_a_tool_that_is_switched_off_has_no_tab(tool: str) -> None:
    page = ResearchPage((tool,))
    assert {tab.tool for tab in page._tools} == {"simulate_drug", "molecule_profile", "design_molecules"} - {
        tool
    }
    assert {MoleculeTab.tool, DesignTab.tool, SimulateTab.tool} >= {tab.tool for tab in page._tools}
