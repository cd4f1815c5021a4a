"""The tool: findings with evidence that is held, roles, attachments, and a schema within its budget."""

from __future__ import annotations

import json

import pytest

from assistant.held import held
from genomics.acmg.criteria import CODES
from genomics.report.worksheet import criteria_of
from retrieval.evidence import Depth, Kind, Outcome, ToolResult
from retrieval.search import library
from tools import registry, variants
from tools.registry import Context


def ask(text: str, context: Context | None = None) -> ToolResult:
    return variants.interpret_variant(text, context=context or Context())


def test_the_schema_is_small_and_for_both_roles() -> None:
    entry = registry._registered["interpret_variant"]
    assert len(json.dumps(entry.schema)) / 4 < 350
    assert entry.roles == ("clinician", "patient")
    assert entry.context == "context"


def test_a_known_class_comes_with_panel_date_and_held_evidence() -> None:
    result = ask("BRCA2 c.5946del")
    first = result.findings[0]
    assert first.kind is Kind.LITERATURE
    assert "expert panel classifies BRCA2 c.5946del (p.Ser1982fs) as Pathogenic" in first.statement
    assert "2023-10-10" in first.statement
    assert "three stars" in first.certainty
    assert first.names[:2] == ("BRCA2", "c.5946del")
    assert "draft" in first.evidence[0].source.marks


@pytest.mark.parametrize(
    "text", ["BRCA2 c.5946del", "TP53 R248W", "HFE C282Y/H63D", "PALB2 c.100_101del", "HbS"]
)
def test_quotes_are_held_or_computed(text: str) -> None:
    for finding in ask(text).findings:
        for evidence in finding.evidence:
            source = evidence.source.id
            computed = source.startswith("computed:genomics:") and evidence.source.licence == "computed here"
            assert computed or held().standing(evidence) == "here"
        if finding.kind is not Kind.COMPUTED:
            assert all(one.source.depth is not Depth.COMPUTATION for one in finding.evidence)


def test_known_and_computed_are_kept_apart_and_the_gap_is_said() -> None:
    result = ask("BRCA1 c.68_69del")
    assert {finding.kind for finding in result.findings} == {Kind.LITERATURE, Kind.COMPUTED}
    assert "No class of BRCA1 c.68_69del is held. ClinVar for GRCh38 cannot be looked up" in result.note
    assert "the class above is ours alone" in result.note
    assert any("mane-gff" in one for one in result.missing)


def test_an_absent_variant_is_never_called_benign() -> None:
    result = ask("BRCA1 c.5A>T")
    assert result.outcome is Outcome.UNAVAILABLE
    assert result.command == "consilium packs pull clinvar-grch38"
    assert "benign" not in result.note.lower()
    assert "says nothing about the variant" in result.note


def test_an_rsid_needs_the_pack() -> None:
    result = ask("rs12345")
    assert result.outcome is Outcome.UNAVAILABLE
    assert result.command == "consilium packs pull clinvar-grch38"


def test_all_codes_come_as_a_worksheet() -> None:
    table, classes = ask("PALB2 c.100_101del").tables
    assert ("Class given by others", "none held") in classes.rows
    codes = criteria_of(table)
    assert codes is not None
    assert tuple(code.code for code in codes) == tuple(CODES)
    assert [code.code for code in codes if code.counts] == ["PVS1"]


def test_a_proposed_code_needs_a_quote_that_stands_in_a_held_text_of_the_gene() -> None:
    document = next(one for one in library().documents if one.source.pmid and "BRCA1" in one.text)
    other = next(one for one in library().documents if one.source.pmid and "BRCA1" not in one.text)
    quote = document.text[: document.text.index("BRCA1") + 40]

    def weighed(pmid: str, words: str, code: str = "PS4", strength: str = "strong") -> ToolResult:
        asked = {"code": code, "strength": strength, "quote": words, "pmid": pmid}
        return registry.call("weigh_evidence", {"variant": "BRCA1 c.68_69del", "codes": [asked]})

    good = weighed(str(document.source.pmid), quote)
    assert good.outcome is Outcome.FOUND
    assert (
        "6 points: Likely pathogenic; without them 2 points: Uncertain significance"
        in good.findings[0].statement
    )
    assert held().standing(good.findings[1].evidence[0]) == "here"
    assert (
        weighed(str(document.source.pmid), "words that stand in no such abstract").outcome
        is Outcome.BAD_INPUT
    )
    assert "does not speak of BRCA1" in weighed(str(other.source.pmid), other.text[:60]).note
    assert "not held here" in weighed("1", quote).note
    assert "retired" in weighed(str(document.source.pmid), quote, "PP5", "supporting").note
    assert weighed(str(document.source.pmid), quote, "BA1", "supporting").outcome is Outcome.BAD_INPUT


def test_a_retracted_paper_supports_no_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.variants.retracted", lambda pmids: [pmid for pmid in pmids if pmid == "42"])
    asked = {"code": "PS3", "strength": "strong", "quote": "any words", "pmid": "42"}
    result = registry.call("weigh_evidence", {"variant": "BRCA1 c.68_69del", "codes": [asked]})
    assert result.outcome is Outcome.BAD_INPUT
    assert "Retracted, so it supports nothing: PMID 42" in result.note


def test_a_patient_gets_the_known_class_and_no_criteria_or_computation() -> None:
    context = Context(role="patient")
    kinds = {finding.kind for finding in ask("BRCA2 c.5946del", context).findings}
    assert kinds == {Kind.LITERATURE}
    assert all("Criteria" not in finding.statement for finding in ask("BRCA2 c.5946del", context).findings)
    assert ask("PALB2 c.100_101del", context).outcome is Outcome.NOT_COVERED


def test_the_registry_refuses_an_unknown_build() -> None:
    fields = registry._registered["interpret_variant"].inputs
    with pytest.raises(ValueError, match="GRCh37"):
        fields.model_validate({"text": "17-1-A-C", "build": "hg17"})
