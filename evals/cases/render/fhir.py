"""A FHIR R4 bundle (collection) of the case: Patient, Condition, Observation, MedicationStatement, AllergyIntolerance.

Written by hand; ids are urn:uuid made from the case id, so that the same case gives the same bytes. Units are UCUM.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from evals.cases.case import Case, Measured
from evals.cases.conditions import KNOWLEDGE
from evals.cases.tables import physiology

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
"""The day on which every case is seen: there is no clock in the generator."""
_CODES = "http://terminology.hl7.org/CodeSystem/"


def text(case: Case) -> str:
    """The bundle as JSON with sorted keys."""
    return json.dumps(bundle(case), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def bundle(case: Case) -> dict[str, Any]:
    """The bundle as plain values."""
    person = {"reference": _urn(case, "patient")}
    latent = case.latent
    rows = [_patient(case)]
    rows += (_condition(name, person) for name in latent.problems)
    rows += (_observation(one, person, "vital-signs") for one in latent.vitals.values())
    rows += (_observation(one, person, "laboratory") for one in latent.labs.values())
    rows += (
        _medication(drug.name, drug.dose, drug.since_days, person)
        for drug in latent.drugs
        if not drug.proposed
    )
    rows += (_allergy(one.substance, one.reaction, one.true_allergy, person) for one in latent.allergies)
    entries = [
        {
            "fullUrl": _urn(case, "patient" if place == 0 else f"{row['resourceType']}/{place}"),
            "resource": row,
        }
        for place, row in enumerate(rows)
    ]
    return {"resourceType": "Bundle", "type": "collection", "timestamp": NOW.isoformat(), "entry": entries}


@cache
def ucum(folder: Path = KNOWLEDGE) -> dict[str, str]:
    """Unit as it is written to UCUM."""
    table = physiology(folder)
    units = {table.creatinine.unit: table.creatinine.ucum, "mL/min/1.73 m²": "mL/min/{1.73_m2}"}
    units |= {unit.unit: unit.ucum for unit in table.creatinine.units}
    for one in (*table.vitals, *table.labs):
        units |= {one.unit: one.ucum, **{unit.unit: unit.ucum for unit in one.units}}
    return units


def _urn(case: Case, part: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'consilium/{case.id}/{part}')}"


def _patient(case: Case) -> dict[str, Any]:
    who = case.latent.person
    born = (NOW - timedelta(days=who.age_days)).date().isoformat()
    row: dict[str, Any] = {"resourceType": "Patient", "gender": who.sex, "birthDate": born}
    row["communication"] = [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": who.language}]}}]
    row["address"] = [{"country": who.country}]
    if who.name:
        row["name"] = [{"text": who.name}]
    return row


def _condition(name: str, person: dict[str, str]) -> dict[str, Any]:
    status = {"coding": [{"system": _CODES + "condition-clinical", "code": "active"}]}
    return {"resourceType": "Condition", "clinicalStatus": status, "code": {"text": name}, "subject": person}


def _observation(one: Measured, person: dict[str, str], category: str) -> dict[str, Any]:
    code: dict[str, Any] = {"text": one.name}
    if one.loinc:
        code["coding"] = [{"system": "http://loinc.org", "code": one.loinc}]
    row: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{"system": _CODES + "observation-category", "code": category}]}],
        "code": code,
        "subject": person,
        "effectiveDateTime": NOW.isoformat(),
        "valueQuantity": _quantity(one.value, one.unit),
    }
    limits = {"low": one.low, "high": one.high}
    span = {name: _quantity(value, one.unit) for name, value in limits.items() if value is not None}
    if span:
        row["referenceRange"] = [span]
    return row


def _quantity(value: float, unit: str) -> dict[str, Any]:
    code = ucum().get(unit)
    row: dict[str, Any] = {"value": int(value) if value == int(value) else value}
    if unit:
        row["unit"] = unit
    return row | ({"system": "http://unitsofmeasure.org", "code": code} if code else {})


def _medication(name: str, dose: str, since: int | None, person: dict[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "resourceType": "MedicationStatement",
        "status": "active",
        "medicationCodeableConcept": {"text": name},
        "subject": person,
    }
    if dose:
        row["dosage"] = [{"text": dose}]
    if since is not None:
        row["effectivePeriod"] = {"start": (NOW - timedelta(days=since)).date().isoformat()}
    return row


def _allergy(substance: str, reaction: str, true_allergy: bool, person: dict[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": {"coding": [{"system": _CODES + "allergyintolerance-clinical", "code": "active"}]},
        "type": "allergy" if true_allergy else "intolerance",
        "code": {"text": substance},
        "patient": person,
    }
    if reaction:
        row["reaction"] = [{"manifestation": [{"text": reaction}]}]
    return row
