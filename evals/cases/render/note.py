"""A clinician's note with the usual headings and abbreviations."""

from __future__ import annotations

from collections.abc import Mapping

from evals.cases.case import Case, Latent
from evals.cases.conditions import symptoms
from evals.cases.phrases import Symptom
from evals.cases.render import chart, labs
from evals.cases.render.fillers import since

_SHORT = {
    "type 2 diabetes": "T2DM", "hypertension": "HTN", "atrial fibrillation": "AF", "chronic kidney disease": "CKD",
    "coronary heart disease": "IHD", "heart failure": "HF",
}  # fmt: skip


def text(case: Case) -> str:
    """CC, HPI, PMH, DH, allergies, O/E, bloods; built from the latent state alone."""
    return of(case.latent, symptoms())


def of(latent: Latent, known: Mapping[str, Symptom]) -> str:
    """The same with the symptoms' nouns given."""
    yes = [_noun(known, name) for name, there in latent.symptoms.items() if there]
    no = [_noun(known, name) for name, there in latent.symptoms.items() if not there]
    lines = [
        f"CC: {yes[0] if yes else 'check-up'}",
        f"HPI: {chart.who(latent.person)} {_story(latent, yes)}{_denies(no)}",
        f"PMH: {', '.join(_SHORT.get(one, one) for one in latent.problems) or 'nil of note'}",
        f"DH: {', '.join(chart.drugs(latent)) or 'nil regular'}",
        f"Allergies: {', '.join(f'{one.substance} ({one.reaction})' for one in latent.allergies) or 'NKDA'}",
    ]
    if latent.vitals:
        lines.append(f"O/E: {', '.join(chart.vitals(latent))}")
    if latent.labs:
        lines.append(
            "Bloods: "
            + ", ".join(f"{chart.measured(one)}{_mark(labs.mark(one))}" for one in latent.labs.values())
        )
    return "\n".join(lines)


def _noun(known: Mapping[str, Symptom], name: str) -> str:
    return known[name].noun.get("en") or known[name].means if name in known else name.replace("_", " ")


def _story(latent: Latent, yes: list[str]) -> str:
    if not yes:
        return "No complaints."
    return (
        f"{since(latent.hours, 'en')} hx of {', '.join(yes)}." if latent.hours else f"C/o {', '.join(yes)}."
    )


def _denies(no: list[str]) -> str:
    return f" Denies {', '.join(no)}." if no else ""


def _mark(letter: str) -> str:
    return f" ({letter})" if letter else ""
