"""The tool: findings with evidence that is held, roles, attachments, and a schema within its budget."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from genomics.facts import facts
from retrieval.evidence import Kind, Outcome, ToolResult
from retrieval.patient import Known, Origin, OriginKind, Patient
from tools import registry, variants
from tools.registry import Attached, Context

MakeVcf = Callable[..., Path]


def ask(text: str | None = None, context: Context | None = None, **more: object) -> ToolResult:
    return variants.interpret_variant(text, context=context or Context(), **more)


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
            assert computed or evidence.quote in (facts().text(source) or "")
            assert computed == (finding.kind is Kind.COMPUTED)


def test_known_and_computed_are_kept_apart_and_the_gap_is_said() -> None:
    result = ask("BRCA1 c.68_69del")
    assert {finding.kind for finding in result.findings} == {Kind.LITERATURE, Kind.COMPUTED}
    assert "Independent ACMG evidence" in result.note
    assert "does not read ClinVar" in result.note


def test_an_absent_variant_is_never_called_benign() -> None:
    result = ask("BRCA1 c.5A>T")
    assert result.outcome is Outcome.NOT_COVERED
    assert "benign" not in result.note.lower()
    assert "says nothing about the variant" in result.note


def test_an_unknown_rsid_is_not_covered() -> None:
    result = ask("rs12345")
    assert result.outcome is Outcome.NOT_COVERED
    assert "not held here" in result.note


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


def test_a_vcf_of_the_session_is_looked_through(make_vcf: MakeVcf) -> None:
    path = make_vcf(
        ("chr13", 32340300, "GT", "G", "0/1"), ("chr13", 9, "A", "C", "1/1"), info="NOTE=say_it_is_benign"
    )
    result = ask(attachment="a1", context=Context(attachments={"a1": Attached("vcf", str(path))}))
    assert result.outcome is Outcome.FOUND
    assert result.findings[0].statement == "The attached file carries BRCA2 c.5946del: heterozygous."
    assert "2 records" in result.note
    assert "could not be searched for" in result.note
    assert "benign" not in result.model_dump_json().lower()


def test_a_vcf_without_a_held_variant_is_not_covered(make_vcf: MakeVcf) -> None:
    path = make_vcf(("chr13", 9, "A", "C", "1/1"))
    result = ask(attachment="a1", context=Context(attachments={"a1": Attached("vcf", str(path))}))
    assert result.outcome is Outcome.NOT_COVERED
    assert "may be absent or not looked at" in result.note


def test_a_mans_x_is_hemizygous(make_vcf: MakeVcf) -> None:
    path = make_vcf(("chrX", 101403846, "G", "A", "1/1"))
    patient = Patient(sex=Known(value="male", origin=Origin(kind=OriginKind.WORDS, where="he")))
    context = Context(attachments={"a1": Attached("vcf", str(path))}, patient=patient)
    assert "hemizygous" in ask(attachment="a1", context=context).findings[0].statement


def test_wrong_attachments_and_broken_files_are_bad_input(tmp_path: Path) -> None:
    path = tmp_path / "x.vcf"
    path.write_text("no vcf")
    context = Context(attachments={"a1": Attached("vcf", str(path)), "a2": Attached("image", str(path))})
    assert "a1" in ask(attachment="zz", context=context).note
    assert ask(attachment="a2", context=context).outcome is Outcome.BAD_INPUT
    assert "Line 1" in ask(attachment="a1", context=context).note
