"""A record of one person as read from FHIR R4: the frame, what was read, and what was left and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from evals.cases.importers.places import RecordRefused, Resource, resources
from retrieval.evidence import Text, Word
from retrieval.patient import Known, Listed, Origin, OriginKind, Patient

KNOWLEDGE = Path(__file__).resolve().parents[2] / "knowledge" / "loinc.yaml"
_SYNTHETIC = ("synthea", "clinosim")
"""Words in the identifier systems of makers of synthetic records."""
_NOT = {"refuted", "entered-in-error", "cancelled"}
_PAST = {"resolved", "inactive", "remission", "completed", "stopped", "ended"}
_RUNNING = {"active", "on-hold"}
Code = Mapping[str, Any]


class Record(Word):
    """One person. ``unread`` counts resources by type and reason: nothing vanishes silently."""

    id: Text
    patient: Patient
    synthetic: bool
    """The record itself says that a generator made it."""
    read: Mapping[str, int]
    unread: Mapping[str, int]
    past: tuple[str, ...] = ()
    """Problems and drugs that are over: no part of the frame."""


@cache
def _codes() -> Mapping[str, Mapping[str, Code]]:
    held: Mapping[str, Mapping[str, Code]] = yaml.safe_load(KNOWLEDGE.read_text(encoding="utf-8"))
    return held


def records(place: Path, today: date) -> Iterator[Record]:
    """Every person under ``place`` (see :mod:`evals.cases.importers.places`); ages are counted on ``today``.

    Raises:
        RecordRefused: the place is refused, or a resource belongs to nobody who is held there.
    """
    groups: dict[str, list[Resource]] = defaultdict(list)
    for group, resource in resources(place):
        groups[group].append(resource)
    for group in sorted(groups):
        yield from _people(groups[group], today)


def _people(held: Sequence[Resource], today: date) -> Iterator[Record]:
    people = {name: one for one in held if one["resourceType"] == "Patient" for name in _names(one)}
    if not people:
        raise RecordRefused("A file holds no Patient. Give the whole record.")
    whose: dict[str, list[Resource]] = defaultdict(list)
    for one in held:
        if one["resourceType"] == "Patient":
            continue
        owner = people.get(_reference(one))
        if owner is not None:
            whose[str(owner.get("id"))].append(one)
    for person in sorted(
        {id(one): one for one in people.values()}.values(), key=lambda one: str(one.get("id"))
    ):
        yield _record(person, whose[str(person.get("id"))], today)


def _names(person: Resource) -> tuple[str, ...]:
    name = str(person.get("id", ""))
    return tuple({f"Patient/{name}", f"urn:uuid:{name}", str(person.get("fullUrl", ""))} - {""})


def _reference(one: Resource) -> str:
    told = one.get("subject") or one.get("patient") or {}
    return str(told.get("reference", "")) if isinstance(told, dict) else ""


def _record(person: Resource, held: Iterable[Resource], today: date) -> Record:
    reader = _Reader(str(person.get("id", "unnamed")) or "unnamed")
    for one in sorted(held, key=_when):
        reader.take(one)
    values: dict[str, Any] = {"vitals": reader.vitals, "labs": reader.labs}
    values |= {name: Listed(items=tuple(items.values())) for name, items in reader.lists.items()}
    if reader.no_allergy and not reader.lists["allergies"]:
        values["allergies"] = Listed(complete=True)
    if reader.weight is not None:
        values["weight"] = reader.weight
    if (sex := person.get("gender")) in ("female", "male"):
        values["sex"] = reader.known(sex, "Patient.gender")
    born = str(person.get("birthDate", ""))
    if len(born) == 10:
        values["age_years"] = reader.known(_age(born, today), "Patient.birthDate", "years")
    return Record(
        id=reader.name,
        patient=Patient(**values),
        synthetic=_made(person),
        read=dict(sorted(reader.read.items())),
        unread=dict(sorted(reader.unread.items())),
        past=tuple(reader.past),
    )


def _when(one: Resource) -> tuple[str, str]:
    keys = ("effectiveDateTime", "onsetDateTime", "authoredOn", "recordedDate")
    return next((str(one[key]) for key in keys if key in one), ""), str(one.get("id", ""))


def _age(born: str, today: date) -> float:
    try:
        return round((today - date.fromisoformat(born)).days / 365.25, 2)
    except ValueError as wrong:
        raise RecordRefused(f"A birth date is no date: {born!r}.") from wrong


def _made(person: Resource) -> bool:
    """Whether a generator's own identifier stands in the record."""
    systems = [
        str(one.get("system", "")).lower() for one in person.get("identifier") or () if isinstance(one, dict)
    ]
    return any(word in system for system in systems for word in _SYNTHETIC)


def _text(concept: Any) -> str:
    """What a CodeableConcept says in words; SNOMED's bracketed kind is left off."""
    if not isinstance(concept, dict):
        return ""
    shown = [str(one.get("display", "")) for one in concept.get("coding") or () if isinstance(one, dict)]
    words = str(concept.get("text") or next((one for one in shown if one), "")).strip()
    return words.rpartition(" (")[0] if words.endswith(")") and " (" in words else words


def _status(one: Resource, field: str) -> str:
    told = one.get(field)
    if isinstance(told, str):
        return told
    codes = (told or {}).get("coding") or [{}]
    return str(codes[0].get("code", ""))


class _Reader:
    """Takes the resources of one person, oldest first: the newest value of each measure stays."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.vitals: dict[str, Known[float]] = {}
        self.labs: dict[str, Known[float]] = {}
        self.weight: Known[float] | None = None
        self.lists: dict[str, dict[str, Known[str]]] = {"problems": {}, "drugs": {}, "allergies": {}}
        self.past: list[str] = []
        self.no_allergy = False
        """Somebody stated that there is none."""
        self.read: Counter[str] = Counter()
        self.unread: Counter[str] = Counter()

    def known(self, value: Any, where: str, unit: str = "", day: str = "") -> Known[Any]:
        return Known(value=value, unit=unit, origin=Origin(kind=OriginKind.CHART, where=where), date=day[:10])

    def take(self, one: Resource) -> None:
        kind = one["resourceType"]
        if _status(one, "verificationStatus") in _NOT or _status(one, "status") in _NOT:
            self.unread[f"{kind}: withdrawn"] += 1
        elif kind == "Observation":
            self._observation(one)
        elif kind == "Condition":
            self._listed("problems", one, "code", _status(one, "clinicalStatus"))
        elif kind == "AllergyIntolerance":
            self._listed("allergies", one, "code", _status(one, "clinicalStatus") or "active")
        elif kind in ("MedicationRequest", "MedicationStatement"):
            status = _status(one, "status")
            self._listed(
                "drugs", one, "medicationCodeableConcept", "active" if status in _RUNNING else "ended"
            )
        else:
            self.unread[kind] += 1

    def _listed(self, name: str, one: Resource, field: str, status: str) -> None:
        kind, words = one["resourceType"], _text(one.get(field))
        if not words:
            self.unread[f"{kind}: without words"] += 1
            return
        self.read[kind] += 1
        if name == "allergies" and words.lower().startswith("no known"):
            self.no_allergy = True
            return
        if status in _PAST:
            self.past.append(words)
            return
        day = _when(one)[0]
        self.lists[name][words] = self.known(words, f"{kind}/{one.get('id', '')}", day=day)

    def _observation(self, one: Resource) -> None:
        taken = False
        for part in (one, *(one.get("component") or ())):
            taken |= isinstance(part, dict) and self._measured(one, part)
        key = "Observation" if taken else f"Observation: {_text(one.get('code')) or 'without words'}"
        (self.read if taken else self.unread)[key] += 1

    def _measured(self, whole: Resource, part: Resource) -> bool:
        quantity = part.get("valueQuantity") or {}
        value, unit = quantity.get("value"), quantity.get("code") or quantity.get("unit")
        if not isinstance(value, int | float) or isinstance(value, bool) or "comparator" in quantity:
            return False
        for coding in (part.get("code") or {}).get("coding") or ():
            for group, codes in _codes().items():
                known = codes.get(str(coding.get("code")))
                if known is not None and unit in known["units"]:
                    where = f"Observation/{whole.get('id', '')}"
                    kept = self.known(float(value), where, known["units"][unit], _when(whole)[0])
                    self._keep(group, known["name"], kept)
                    return True
        return False

    def _keep(self, group: str, name: str, kept: Known[float]) -> None:
        if group == "weight":
            self.weight = kept
        else:
            (self.vitals if group == "vitals" else self.labs)[name] = kept
