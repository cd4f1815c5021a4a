"""Records made by others: what is read, what is counted as not read, and what is refused."""

from __future__ import annotations

import gzip
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from evals.cases.importers.made import REAL, cases
from evals.cases.importers.places import RecordRefused, resources
from evals.cases.importers.record import Record, records

TODAY = date(2026, 11, 22)


def person(system: str = "https://github.com/synthetichealth/synthea") -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [{"system": system, "value": "1"}],
        "gender": "female",
        "birthDate": "1950-11-22",
    }


def listed(kind: str, words: str, **more: Any) -> dict[str, Any]:
    field = "medicationCodeableConcept" if kind.startswith("Medication") else "code"
    return {
        "resourceType": kind,
        "id": words,
        "subject": {"reference": "Patient/p1"},
        field: {"text": words},
    } | more


def measured(loinc: str, value: float, unit: str, day: str = "2026-01-01", **more: Any) -> dict[str, Any]:
    quantity = {"value": value, "unit": unit, "code": unit}
    coding = [{"system": "http://loinc.org", "code": loinc, "display": loinc}]
    told: dict[str, Any] = {"resourceType": "Observation", "id": loinc + day, "effectiveDateTime": day}
    return (
        told
        | {"subject": {"reference": "urn:uuid:p1"}, "code": {"coding": coding}, "valueQuantity": quantity}
        | more
    )


def bundle(folder: Path, *held: dict[str, Any], name: str = "one.json") -> Path:
    whole = {"resourceType": "Bundle", "entry": [{"resource": one} for one in held]}
    place = folder / name
    place.write_text(json.dumps(whole), encoding="utf-8")
    return place


def one(place: Path) -> Record:
    (record,) = records(place, TODAY)
    return record


def test_a_bundle_becomes_a_frame(tmp_path: Path) -> None:
    record = one(
        bundle(
            tmp_path,
            person(),
            measured("2160-0", 1.4, "mg/dL", "2025-05-01"),
            measured("2160-0", 1.9, "mg/dL", "2026-05-01"),
            measured("29463-7", 61.5, "kg"),
            listed("Condition", "Atrial fibrillation (disorder)"),
            listed("MedicationRequest", "Apixaban 5 MG", status="active"),
            listed("AllergyIntolerance", "Penicillin"),
        )
    )
    frame = record.patient
    assert frame.age_years is not None
    assert frame.age_years.value == pytest.approx(76, abs=0.01)
    assert frame.labs["creatinine"].value == 1.9  # the newest
    assert frame.labs["creatinine"].unit == "mg/dL"
    assert frame.weight is not None
    assert frame.weight.value == 61.5
    assert frame.problems.values == ("Atrial fibrillation",)
    assert frame.drugs.values == ("Apixaban 5 MG",)
    assert frame.allergies.values == ("Penicillin",)
    assert not frame.allergies.complete


@pytest.mark.parametrize("status", ["refuted", "entered-in-error"])
def test_what_was_withdrawn_is_counted_and_not_read(tmp_path: Path, status: str) -> None:
    withdrawn = listed("Condition", "Epilepsy", verificationStatus={"coding": [{"code": status}]})
    record = one(bundle(tmp_path, person(), withdrawn))
    assert record.patient.problems.items == ()
    assert record.unread == {"Condition: withdrawn": 1}


def test_what_is_over_is_past_and_no_part_of_the_frame(tmp_path: Path) -> None:
    over = {"coding": [{"code": "resolved"}]}
    held = (
        listed("Condition", "Otitis", clinicalStatus=over),
        listed("MedicationRequest", "Amoxicillin", status="stopped"),
    )
    record = one(bundle(tmp_path, person(), *held))
    assert set(record.past) == {"Otitis", "Amoxicillin"}
    assert record.patient.drugs.items == ()


def test_no_known_allergy_is_a_statement(tmp_path: Path) -> None:
    assert one(
        bundle(tmp_path, person(), listed("AllergyIntolerance", "No known allergies"))
    ).patient.allergies.complete


def test_an_unknown_unit_or_a_comparator_is_not_read(tmp_path: Path) -> None:
    below = measured("4548-4", 6.0, "%")
    below["valueQuantity"]["comparator"] = "<"
    record = one(bundle(tmp_path, person(), measured("2160-0", 1.4, "furlong"), below))
    assert record.patient.labs == {}
    assert sum(record.unread.values()) == 2


def test_others_are_counted_by_kind(tmp_path: Path) -> None:
    plans = [
        {"resourceType": "CarePlan", "id": str(n), "subject": {"reference": "Patient/p1"}} for n in range(3)
    ]
    assert one(bundle(tmp_path, person(), *plans)).unread == {"CarePlan": 3}


def test_bulk_files_of_one_folder_refer_to_one_another(tmp_path: Path) -> None:
    (tmp_path / "Patient.ndjson").write_text(json.dumps(person("urn:clinosim:x")) + "\n", encoding="utf-8")
    drug = listed("MedicationRequest", "Metformin", status="active")
    with gzip.open(tmp_path / "MedicationRequest.ndjson.gz", "wt", encoding="utf-8") as out:
        out.write(json.dumps(drug) + "\n")
    (tmp_path / "metadata.json").write_text("{}", encoding="utf-8")
    record = one(tmp_path)
    assert record.patient.drugs.values == ("Metformin",)
    assert record.synthetic


def test_two_people_keep_their_own(tmp_path: Path) -> None:
    other = person() | {"id": "p2"}
    hers = listed("MedicationRequest", "Warfarin", status="active") | {"subject": {"reference": "Patient/p2"}}
    first, second = records(bundle(tmp_path, person(), other, hers), TODAY)
    assert first.patient.drugs.values == ()
    assert second.patient.drugs.values == ("Warfarin",)


@pytest.mark.parametrize("text", ["not json", '["a list"]', '{"a": 1}', "[" * 100_000])
def test_a_file_that_is_no_record_is_refused_by_name(tmp_path: Path, text: str) -> None:
    place = tmp_path / "strange.json"
    place.write_text(text, encoding="utf-8")
    with pytest.raises(RecordRefused, match=r"strange\.json"):
        list(resources(place))


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    outside = bundle(tmp_path, person())
    inside = tmp_path / "in"
    inside.mkdir()
    (inside / "link.json").symlink_to(outside)
    with pytest.raises(RecordRefused, match="leaves the folder"):
        list(resources(inside))


def test_an_archive_with_a_path_that_leaves_it_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "a.zip"
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("../out.json", "{}")
    with pytest.raises(RecordRefused, match="leaves it"):
        list(resources(place))


def test_an_archive_that_grows_too_much_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "bomb.zip"
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big.json", " " * 5_000_000)
    with pytest.raises(RecordRefused, match="times its size"):
        list(resources(place))


def test_a_record_that_may_be_real_needs_the_right_and_is_marked(tmp_path: Path) -> None:
    drug = listed("MedicationRequest", "Metformin", status="active")
    record = one(bundle(tmp_path, person("urn:oid:1.2.3"), drug))
    with pytest.raises(RecordRefused, match="--i-have-the-right"):
        list(cases([record]))
    (case,) = cases([record], right=True)
    assert case.tags == (REAL,)
    assert case.gold.level is None
    assert "Metformin" in case.presented.chart


def test_every_resource_of_synthea_s_sample_is_read_or_counted(shared: Path) -> None:
    (record,) = [one for one in records(shared / "synthea_sample", TODAY) if one.synthetic]
    assert record.read == {
        "AllergyIntolerance": 2,
        "Condition": 25,
        "MedicationRequest": 3,
        "Observation": 188,
    }
    nobodys = 4 + 4 + 2 + 1 + 1 + 1  # people and places of the hospital, the coverage, the provenance
    assert sum(record.read.values()) + sum(record.unread.values()) == 566 - 1 - nobodys
