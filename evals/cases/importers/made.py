"""Imported records as cases: something to ask about a real chart's shape, with no gold for the urgency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from evals.cases.case import Case, Gold, Latent, Person, Presented, Said
from evals.cases.importers.places import RecordRefused
from evals.cases.importers.record import Record
from evals.cases.streams import case_id
from retrieval.patient import Patient

ASKED = (
    "Check this patient's drugs, please.",
    "Which of this patient's drugs need care in this patient?",
    "Does anything in this drug list clash with the allergies?",
)
REAL = "real record"
"""The tag of a case whose record no generator claims: its words never reach a report."""


def cases(records: Iterable[Record], *, right: bool = False) -> Iterator[Case]:
    """One case a record that lists a drug.

    Args:
        right: the caller says that a record which no generator claims may be used here.

    Raises:
        RecordRefused: a record that does not say that a generator made it, without ``right``.
    """
    index = -1
    for record in records:
        if not record.synthetic and not right:
            raise RecordRefused(
                "A record does not say that a generator made it. If it is of a real person and you may use it here, "
                "say so with --i-have-the-right; its words are then kept out of reports."
            )
        if not record.patient.drugs.items or record.patient.age_years is None:
            continue
        index += 1
        yield _case(record, index)


def _case(record: Record, index: int) -> Case:
    name = case_id("imported", 0, index, record.id)
    asked = Said(text=ASKED[index % len(ASKED)])
    return Case(
        id=name,
        suite="imported",
        seed=0,
        index=index,
        base_id=name,
        stratum="imported",
        tags=() if record.synthetic else (REAL,),
        latent=Latent(person=_person(record.patient)),
        patient=record.patient,
        presented=Presented(id=name, role="clinician", chart=chart(record.patient), turns=(asked,)),
        gold=Gold(),
    )


def _person(patient: Patient) -> Person:
    age = patient.age_years.value if patient.age_years else 0.0
    return Person(
        age_days=round(age * 365.25),
        sex="male" if patient.sex is not None and patient.sex.value == "male" else "female",
        weight_kg=patient.weight.value if patient.weight else 0.0,
        height_cm=0.0,
    )


def chart(patient: Patient) -> str:
    """The frame in the words of a chart."""
    age, sex = patient.age_years, patient.sex
    parts = [f"{age.value:.0f}-year-old {sex.value if sex else 'person'}" if age else ""]
    parts += [f"{patient.weight.value:.4g} kg" if patient.weight else ""]
    parts += [
        f"{name} {kept.value:.4g} {kept.unit}".strip()
        for name, kept in (*patient.labs.items(), *patient.vitals.items())
    ]
    for title, listed in (
        ("problems", patient.problems),
        ("takes", patient.drugs),
        ("allergic to", patient.allergies),
    ):
        parts += [f"{title} {'; '.join(listed.values)}" if listed.items else ""]
    return ". ".join(part for part in parts if part) + "."
