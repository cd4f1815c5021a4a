"""FHIR: the fields that HL7's Genomics Reporting guide (STU 3) asks for, references that resolve, stable ids."""

from __future__ import annotations

import importlib.util
import json
import uuid
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from genomics import fhir
from genomics.report import Report, genome_report, pgx_report, variant_report

GUIDE = "http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition/"
PROFILES = {
    "variant": "69548-6",
    "genotype": "84413-4",
    "molecular-consequence": "molecular-consequence",
    "diagnostic-implication": "diagnostic-implication",
    "therapeutic-implication": "therapeutic-implication",
}
"""Profile and its fixed code."""


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("report_data", Path(__file__).with_name("report_data.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


made = _loaded()


def reports() -> list[Report]:
    return [
        variant_report([made.row()], made="2026-11-22"),
        genome_report(made.genome(made.row(), made.row(title="other", known=None), made.hostile())),
        pgx_report(made.pharmacogenes()),
    ]


def resources(report: Report, **more: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in fhir.bundle(report, **more)["entry"]]


def of(resources_: list[dict[str, Any]], profile: str) -> list[dict[str, Any]]:
    return [one for one in resources_ if one["meta"]["profile"] == [GUIDE + profile]]


def component(resource: dict[str, Any], code: str) -> dict[str, Any]:
    found = [one for one in resource["component"] if code in _codes(one["code"])]
    assert len(found) == 1, code
    return found[0]


def _codes(concept: dict[str, Any]) -> list[str]:
    return [coding["code"] for coding in concept.get("coding", [])] + [concept.get("text", "")]


@pytest.mark.parametrize("number", range(3))
def test_the_bundle_has_what_the_guide_asks_for(number: int) -> None:
    head, *results = resources(reports()[number], patient="Patient/17")
    assert head["resourceType"] == "DiagnosticReport"
    assert head["meta"]["profile"] == [GUIDE + "genomic-report"]
    assert _codes(head["code"]) == ["51969-4", ""]
    assert head["category"] == [
        {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/v2-0074",
                    "code": "GE",
                    "display": "Genetics",
                }
            ]
        }
    ]
    assert [one["reference"] for one in head["result"]] == [f"urn:uuid:{one['id']}" for one in results]
    for one in results:
        profile = one["meta"]["profile"][0].removeprefix(GUIDE)
        assert one["resourceType"] == "Observation"
        assert PROFILES[profile] in _codes(one["code"])
        assert [coding["code"] for category in one["category"] for coding in category["coding"]] == [
            "laboratory",
            "GE",
        ]
        assert one["subject"] == {"reference": "Patient/17"}
        if "implication" in profile or profile == "molecular-consequence":
            assert not [key for key in one if key.startswith("value")]  # value[x] 0..0
            assert one["derivedFrom"]  # 1..*
    assert {one["status"] for one in (head, *results)} == {"preliminary"}


@pytest.mark.parametrize("number", range(3))
def test_references_resolve_and_ids_come_from_the_content(number: int) -> None:
    first, again = fhir.bundle(reports()[number]), fhir.bundle(reports()[number])
    assert fhir.as_fhir_json(reports()[number]) == json.dumps(again, ensure_ascii=False, indent=2) + "\n"
    urls = [entry["fullUrl"] for entry in first["entry"]]
    assert len(set(urls)) == len(urls)
    for entry in first["entry"]:
        resource = entry["resource"]
        assert entry["fullUrl"] == f"urn:uuid:{uuid.UUID(resource['id'])}"
        pointed = [*resource.get("derivedFrom", []), *resource.get("result", [])]
        assert {one["reference"] for one in pointed} <= set(urls)
        assert "subject" not in resource


def test_another_genotype_is_another_id() -> None:
    one = resources(variant_report([made.row()]))[1]["id"]
    other = resources(variant_report([made.row(genotype="homozygous")]))[1]["id"]
    assert one != other


def test_a_seen_variant_has_place_alleles_state_and_accession() -> None:
    [seen] = of(resources(reports()[0]), "variant")
    assert _codes(seen["valueCodeableConcept"]) == ["LA9633-4", ""]
    assert component(seen, "48018-6")["valueCodeableConcept"] == {"text": "BRCA1"}
    assert _codes(component(seen, "62374-4")["valueCodeableConcept"])[0] == "LA26806-2"
    assert _codes(component(seen, "48013-7")["valueCodeableConcept"])[0] == "NC_000017.11"
    assert component(seen, "69547-8")["valueString"] == "ACT"
    assert component(seen, "69551-0")["valueString"] == "A"
    assert component(seen, "81254-5")["valueRange"] == {
        "low": {"value": 43124027},
        "high": {"value": 43124029},
    }
    assert _codes(component(seen, "53034-5")["valueCodeableConcept"]) == ["LA6706-1", "heterozygous"]
    assert _codes(component(seen, "81252-9")["valueCodeableConcept"])[0] == "VCV000017662"


def test_a_single_base_change_has_its_genomic_name() -> None:
    from genomics.builds import Build
    from genomics.variant import Variant

    variant = Variant(build=Build.GRCH37, contig="10", pos=96541616, ref="G", alt="A")
    [seen] = of(resources(variant_report([made.row(variant=variant)])), "variant")
    assert _codes(component(seen, "81290-9")["valueCodeableConcept"])[0] == "NC_000010.10:g.96541616G>A"
    assert "high" not in component(seen, "81254-5")["valueRange"]


def test_a_variant_that_was_only_asked_about_was_seen_in_nobody() -> None:
    [asked] = of(resources(variant_report([made.row(genotype="")])), "variant")
    assert "valueCodeableConcept" not in asked
    assert asked["dataAbsentReason"]["coding"][0]["code"] == "not-performed"


def test_the_classes_of_others_and_ours_are_two_implications() -> None:
    others, ours = of(resources(reports()[0]), "diagnostic-implication")
    assert _codes(component(others, "53037-8")["valueCodeableConcept"]) == ["LA6668-3", "Pathogenic"]
    assert _codes(component(others, "93044-6")["valueCodeableConcept"])[0] == "3-star"
    assert _codes(component(ours, "53037-8")["valueCodeableConcept"])[0] == "LA26332-9"
    assert "computed" in ours["method"]["text"]
    pm2 = component(ours, "ACMG/AMP evidence code PM2")
    assert pm2["dataAbsentReason"]["text"] == "No frequency is held."
    assert (
        component(ours, "ACMG/AMP evidence code PVS1")["valueCodeableConcept"]["text"]
        == "met, very strong: It holds."
    )


def test_the_consequence_names_transcript_change_and_term() -> None:
    [one] = of(resources(reports()[0]), "molecular-consequence")
    assert _codes(component(one, "48004-6")["valueCodeableConcept"])[0] == "NM_007294.4:c.68_69del"
    assert _codes(component(one, "feature-consequence")["valueCodeableConcept"])[0] == "SO:0001589"


def test_star_alleles_are_genotypes_with_what_they_mean_and_what_to_do() -> None:
    told = resources(reports()[2])
    first, tie = of(told, "genotype")
    assert first["valueCodeableConcept"]["text"] == "CYP2C19 *2/*17"
    assert "missing: rs3758581" in component(first, "conclusion-string")["valueString"]
    assert tie["valueCodeableConcept"]["text"] == "NAT2 *4/*5 or *6/*7"
    meaning, unsure, guided = of(told, "therapeutic-implication")
    assert _codes(component(meaning, "therapeutic-implication")["valueCodeableConcept"])[0] == "LA10317-8"
    assert "coding" not in component(unsure, "therapeutic-implication")["valueCodeableConcept"]
    assert component(guided, "51963-7")["valueCodeableConcept"]["text"] == "clopidogrel"
    assert component(guided, "93044-6")["valueCodeableConcept"]["text"] == "Strong"
    assert guided["derivedFrom"] == [{"reference": f"urn:uuid:{first['id']}"}]
    links = [one["valueRelatedArtifact"]["url"] for one in guided["extension"]]
    assert links == ["https://guideline.example/clopidogrel", "https://pubmed.ncbi.nlm.nih.gov/35034351/"]


@pytest.mark.parametrize("number", range(3))
def test_the_narrative_is_sound_xhtml_and_nothing_is_empty(number: int) -> None:
    for resource in resources(reports()[number]):
        root = ET.fromstring(resource["text"]["div"])
        assert [part.tag.rpartition("}")[2] for part in root.iter()] == ["div", "p"]
        assert not list(_empty(resource))


def _empty(value: Any, path: str = "") -> Any:
    """FHIR allows no empty string, list or object."""
    if value in ("", [], {}) or value is None:
        yield path
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _empty(part, f"{path}.{key}")
    elif isinstance(value, list):
        for part in value:
            yield from _empty(part, path)
