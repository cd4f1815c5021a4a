"""The research row beside the options: there for a genotype that a model knows, and never in the order."""

from __future__ import annotations

from retrieval.evidence import ToolResult
from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
from tools.registry import Context, call
from tools.treatment.simulated import TITLE

ASKED = {"indication": "AF anticoagulation"}


def options(*genotypes: str) -> ToolResult:
    origin = Origin(kind=OriginKind.WORDS, where="said")
    age = Known(value=72.0, unit="years", origin=origin)
    held = Listed(items=tuple(Known(value=one, unit="", origin=origin) for one in genotypes))
    return call("treatment_options", ASKED, Context(patient=Patient(age_years=age, genotypes=held)))


def test_a_genotype_that_a_model_knows_gives_a_simulated_row() -> None:
    (table,) = [one for one in options("CYP2C9 *1/*3").tables if one.title == TITLE]
    (row,) = [row for row in table.rows if row[0] == "warfarin"]
    assert row[1].startswith("In a simulation of ")
    assert "no dosing advice" in row[1]


def test_without_a_genotype_or_with_one_that_no_model_knows_there_is_no_row() -> None:
    for result in (options(), options("HLA-B*57:01 positive"), options("CYP2C9 *8/*8")):
        assert TITLE not in {one.title for one in result.tables}


def test_the_row_changes_nothing_in_the_options() -> None:
    """A gene that no guideline of these options reads, but a model does: every other table stays as it was."""
    plain = options("CYP2D6 *1/*1")
    simulated = options("CYP2D6 *1/*1", "VKORC1 GG")
    shown = [[one for one in each.tables if one.title == "Options"] for each in (plain, simulated)]
    assert shown[0] == shown[1]
    assert [one.statement for one in plain.findings] == [one.statement for one in simulated.findings]
