"""The patient in the short words of a clinician who types: what a subject is told before the first question."""

from __future__ import annotations

from collections.abc import Iterable

from evals.cases.case import Case, Latent, Measured, Person
from evals.cases.render.fillers import age_words

SHORT = {
    "heart rate": "HR", "respiratory rate": "RR", "temperature": "temperature", "oxygen saturation": "SpO2",
}  # fmt: skip


def text(case: Case) -> str:
    """Person, problems, drugs, allergies, vital signs and laboratory values, one line each."""
    return of(case.latent)


def of(latent: Latent) -> str:
    """The same from a latent state."""
    lines = [
        who(latent.person),
        f"Problems: {', '.join(latent.problems) or 'none known'}.",
        f"Drugs: {', '.join(drugs(latent)) or 'none'}.",
        f"Allergies: {', '.join(f'{one.substance} ({one.reaction})' for one in latent.allergies) or 'none known'}.",
        f"Vital signs: {', '.join(vitals(latent))}." if latent.vitals else "",
        f"Laboratory: {', '.join(measured(one) for one in latent.labs.values())}." if latent.labs else "",
    ]
    return "\n".join(line for line in lines if line)


def who(person: Person) -> str:
    """ "62-year-old man, 81 kg, 176 cm." """
    unit = age_words(person.age_days, "en").replace(" ", "-")
    child = person.age_years < 18
    noun = {"female": "girl" if child else "woman", "male": "boy" if child else "man"}[person.sex]
    weeks = f", {person.weeks_pregnant} weeks pregnant" if person.pregnant and person.weeks_pregnant else ""
    return f"{unit}-old {noun}{weeks}, {person.weight_kg:g} kg, {person.height_cm:g} cm."


def drugs(latent: Latent) -> Iterable[str]:
    """Those that are taken, with their doses."""
    return [f"{one.name} {one.dose}".strip() for one in latent.drugs if not one.proposed]


def vitals(latent: Latent) -> list[str]:
    """Blood pressure as one pair."""
    rows = latent.vitals
    found = [f"{SHORT[name]} {figure(rows[name])}" for name in SHORT if name in rows]
    upper, lower = rows.get("systolic blood pressure"), rows.get("diastolic blood pressure")
    if upper and lower:
        found.insert(1, f"BP {upper.value:g}/{lower.value:g} mmHg")
    return found


def figure(one: Measured) -> str:
    """Value and unit; no space before "/min"."""
    return f"{one.value:g}{'' if one.unit.startswith('/') or not one.unit else ' '}{one.unit}"


def measured(one: Measured) -> str:
    return f"{one.name} {figure(one)}"
