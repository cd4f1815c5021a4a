"""The shipped guidance: it loads, every row is what its annotation rows say, and it answers without any pack."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from evals.bench.genomics.guidance import rows as bench_rows
from genomics.pgx import findings
from genomics.pgx.guidance import Advised, action, advise
from genomics.pgx.guidelines import GuidanceError
from genomics.pgx.starter_guidance import FILE, check, load, starter
from genomics.pgx.words import CallSource, Diplotype, GeneCall
from retrieval.evidence import Action


def stated(gene: str, phenotype: str = "", score: str = "", alleles: tuple[str, ...] = ()) -> GeneCall:
    pair = Diplotype(alleles=alleles, phenotype=phenotype, activity_score=score)
    return GeneCall(gene=gene, source=CallSource.STATED, diplotypes=(pair,))


def test_the_facts_pass_their_check() -> None:
    assert check().startswith("genomics: 147 recommendations of 23 guidelines on 24 drugs")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"status": "final"}, "status"),
        ({"guideline": "x"}, "guideline"),
        ({"url": "http://x.test"}, "url"),
        ({"genes": ["CYP9Z9"]}, "no gene of it is"),
    ],
)
def test_a_fact_that_breaks_a_rule_is_named(tmp_path: Path, change: dict[str, Any], why: str) -> None:
    first = yaml.safe_load(FILE.read_text(encoding="utf-8"))[0]
    file = tmp_path / "pgx_guidance.yaml"
    file.write_text(yaml.safe_dump([{**first, **change}]), encoding="utf-8")
    with pytest.raises(GuidanceError, match=why):
        load(file)


def test_a_row_without_a_place_where_it_was_seen_is_refused(tmp_path: Path) -> None:
    first = yaml.safe_load(FILE.read_text(encoding="utf-8"))[0]
    first["rows"][0]["seen"] = []
    file = tmp_path / "pgx_guidance.yaml"
    file.write_text(yaml.safe_dump([first]), encoding="utf-8")
    with pytest.raises(GuidanceError, match="seen"):
        load(file)


def test_clopidogrel_in_an_intermediate_metabolizer() -> None:
    (advice,) = advise([stated("CYP2C19", "Intermediate Metabolizer")], ["Clopidogrel"], starter())
    acted = {one.population: (one.strength, action(one)) for one in advice.guidance}
    assert acted == {
        "CVI ACS PCI": ("Strong", Action.AVOID),
        "CVI non-ACS non-PCI": ("No recommendation", Action.INFORM),
        "NVI": ("Moderate", Action.CHANGE),
    }
    first = findings.of_guidance(advice.guidance[0])
    assert "acute coronary syndrome or PCI" in first.statement
    assert first.evidence[0].quote in (starter().text(first.evidence[0].source.id) or "")
    assert "draft" in first.evidence[0].source.marks
    assert first.evidence[0].source.pmid == "35034351"


@pytest.mark.parametrize(
    ("drug", "call", "expected"),
    [
        ("codeine", stated("CYP2D6", "Poor Metabolizer", "0.0"), Action.AVOID),
        ("codeine", stated("CYP2D6", "Normal Metabolizer", "2.0"), Action.INFORM),
        ("tramadol", stated("CYP2D6", "Ultrarapid Metabolizer", "≥3.0"), Action.AVOID),
        ("simvastatin", stated("SLCO1B1", "Poor Function"), Action.CHANGE),
        ("5-FU", stated("DPYD", "Poor Metabolizer", "0.0"), Action.AVOID),
        ("abacavir", stated("HLA-B", "*57:01 positive"), Action.AVOID),
        ("abacavir", stated("HLA-B", "*57:01 negative"), Action.INFORM),
        ("rasburicase", stated("G6PD", "Deficient"), Action.AVOID),
        ("tacrolimus", stated("CYP3A5", "Intermediate Metabolizer"), Action.CHANGE),
        ("irinotecan", stated("UGT1A1", "Poor Metabolizer", alleles=("*28", "*28")), Action.CHANGE),
        ("warfarin", stated("VKORC1", "-1639 AA"), Action.CHANGE),
    ],
)
def test_the_most_asked_pairs_are_answered(drug: str, call: GeneCall, expected: Action) -> None:
    (advice,) = advise([call], [drug], starter())
    assert advice.outcome is Advised.GUIDANCE
    assert expected in {action(one) for one in advice.guidance}


def test_warfarin_says_where_the_algorithm_stands() -> None:
    (advice,) = advise([stated("VKORC1", "-1639 AA")], ["warfarin"], starter())
    assert [one.id for one in advice.without_row] == ["fact:pgx:PA166104949"]
    assert starter().text("fact:pgx:PA166104949")


def test_every_text_is_held_under_an_id_of_its_own() -> None:
    ids = [row.source_id for row in starter().rows]
    assert len(ids) == len(set(ids))
    for row in starter().rows:
        assert row.text in (starter().text(row.source_id) or "")


def test_every_row_agrees_with_the_annotations_in_which_it_was_seen(shared: Path) -> None:
    held = _annotations(shared)
    marks = {
        "dose": "dosingInformation",
        "alternative": "alternateDrugAvailable",
        "other": "otherPrescribingGuidance",
    }
    for fact in yaml.safe_load(FILE.read_text(encoding="utf-8")):
        for row in fact["rows"]:
            wanted = row["for"]
            combinations = len(fact["drugs"])
            for keys in wanted.values():
                combinations *= len(keys)
            assert len(set(row["seen"])) == combinations
            for number in row["seen"]:
                seen = held[number]
                assert seen["guideline"] == fact["guideline"]
                assert (seen["population"] or "") == row.get("population", "")
                assert _grade(seen["classification"]) == row.get("strength", "")
                assert {name for name, field in marks.items() if seen[field]} == set(row.get("marks", ()))
                assert seen["relatedChemicals"][0]["name"] in fact["drugs"]
                assert all(seen["lookupKey"][gene] in keys for gene, keys in wanted.items())
                assert set(seen["lookupKey"]) == set(wanted)


def test_no_sentence_of_the_annotations_is_copied(shared: Path) -> None:
    held = {entry["text"]["html"] for entry in _annotations(shared).values()}
    for row in starter().rows:
        assert len(row.text) < 45 or not any(row.text in text for text in held)


def _annotations(shared: Path) -> dict[str, dict[str, Any]]:
    file = shared / "pharmcat-2.12.0" / "guidelines.jsonl.gz"
    if not file.is_file():
        pytest.skip("pharmcat-2.12.0 is not among the development data")
    found = {}
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            package = json.loads(line)
            for entry in package["recommendations"]:
                found[entry["id"]] = {**entry, "guideline": package["guideline"]["id"]}
    return found


def _grade(classification: dict[str, str] | None) -> str:
    term = classification["term"] if classification else ""
    return "" if term == "N/A" else term


def test_the_worked_reports_are_met(shared: Path) -> None:
    measured = {row.measure: row for row in bench_rows(shared)}
    assert measured["CPIC texts of two worked reports"].met
    assert measured["DPWG texts of two worked reports"].met
    assert "same strength and population 139" in measured["CPIC texts of two worked reports"].ours
