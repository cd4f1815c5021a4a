"""What is said of designs that came near nothing, and of structures in a form that no tool reads."""

from __future__ import annotations

import pytest

from assistant.research_answers import _how_near
from retrieval.evidence import Outcome, Table, ToolResult, bad_input, not_found
from tools import registry

SHOWN = not_found("made by a test")


def designed(*similar: str, like: tuple[str, ...] = ("terfenadine",)) -> ToolResult:
    rows = (*((str(at), one) for at, one in enumerate(similar, 1)), ("seed", "1.00"))
    table = Table(title="made by a test", columns=("#", "similarity to seeds"), rows=rows)
    return SHOWN.model_copy(
        update={
            "outcome": Outcome.FOUND,
            "inputs": {"like": like},
            "tables": (table,),
            "tool": "design_molecules",
        }
    )


def test_designs_that_came_near_nothing_are_said_to() -> None:
    told = _how_near(designed("0.19", "0.31"))
    assert told.startswith("None of these structures came near")
    assert "0.31" in told


@pytest.mark.parametrize(
    "result", [designed("0.19", "0.41"), designed("0.19", like=()), designed(), bad_input("made by a test")]
)
def test_nothing_is_said_where_one_came_near_or_nothing_was_named(result: ToolResult) -> None:
    assert _how_near(result) == ""


@pytest.mark.parametrize("given", ["BSYNRYMUTXBXSQ-UHFFFAOYSA-N", "InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3"])
@pytest.mark.parametrize("tool", ["molecule_profile", "design_molecules"])
def test_an_inchi_is_refused_with_what_to_give_instead(tool: str, given: str) -> None:
    pytest.importorskip("rdkit", reason="the extra discovery is not installed")
    result = registry.call(tool, {"molecule": given} if tool == "molecule_profile" else {"like": [given]})
    assert result.outcome is Outcome.BAD_INPUT
    assert "InChI is not read here; give a SMILES or a name." in result.note
