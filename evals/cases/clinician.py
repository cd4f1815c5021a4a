"""A clinician's case: who is drawn, what is typed about them, and the case that holds both with its gold.

The chart is words, as a clinician types them; which form is used is drawn, so that no case hangs on one wording.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from evals.cases.case import Case, Drug, File, Gold, Latent, Measured, Person, Presented, Rendering, Said
from evals.cases.formulas import creatinine_mg_dl
from evals.cases.streams import case_id
from retrieval.patient import Known, Listed, Origin, OriginKind, Patient

T = TypeVar("T")
CHARTS = 6
"""Forms of the chart's words."""
CREATININE_UMOL = 88.4
"""µmol/L in 1 mg/dL (BMC Geriatr 2021, table 1 of s12877-021-02428-y, seen 2026-11-22)."""


def pick(rng: np.random.Generator, among: Sequence[T]) -> T:
    """One of them, by inverse of the uniform, which no version of numpy changes."""
    return among[int(rng.random() * len(among))]


def between(rng: np.random.Generator, low: float, high: float, digits: int = 0) -> float:
    """A value of the closed range, rounded where it is drawn."""
    return round(low + (high - low) * float(rng.random()), digits)


def person(
    rng: np.random.Generator,
    *,
    sex: str = "",
    age: tuple[int, int] = (18, 80),
    weeks: tuple[int, int] | None = None,
) -> Person:
    """Somebody of the sex and age asked; weight and height are assumptions (BMI 20 to 31, no source needed)."""
    drawn: Any = sex or pick(rng, ("female", "male"))
    years = between(rng, *age)
    height = between(rng, *((152, 176) if drawn == "female" else (164, 190)))
    bmi = between(rng, 20, 31, 1)
    return Person(
        age_days=round((years + 0.4) * 365.25), sex=drawn, pregnant=weeks is not None,
        weeks_pregnant=int(between(rng, *weeks)) if weeks else None,
        weight_kg=round(bmi * (height / 100) ** 2, 1), height_cm=height,
    )  # fmt: skip


def creatinine(person: Person, egfr: float, *, si: bool) -> Measured:
    """The creatinine that this true eGFR shows in the person, in mg/dL or (``si``) µmol/L."""
    value = creatinine_mg_dl(egfr, int(person.age_years), person.sex)
    if si:
        return Measured(
            name="creatinine", value=round(value * CREATININE_UMOL), unit="µmol/L", loinc="14682-9"
        )
    return Measured(name="creatinine", value=round(value, 2), unit="mg/dL", loinc="2160-0")


def chart(latent: Latent, form: int, told: Sequence[str] = ()) -> str:
    """The patient in one of :data:`CHARTS` forms; ``told`` are sentences that go along as they are."""
    who = latent.person
    years = int(who.age_years)
    woman = "woman" if who.sex == "female" else "man"
    head = (
        f"{years}-year-old {woman}", f"{years} year old {who.sex}", f"{years} yo {who.sex[0].upper()}",
        f"Patient: {woman}, {years} years", f"{woman.capitalize()} aged {years}", f"Age {years}, {who.sex}",
    )[form % CHARTS]  # fmt: skip
    parts = [head + (f", {who.weeks_pregnant} weeks pregnant" if who.weeks_pregnant else "")]
    parts += _history(latent, form)
    parts += list(told)
    return ("\n" if form % CHARTS == 3 else ". ").join(parts) + "."


def _history(latent: Latent, form: int) -> list[str]:
    problems, takes, allergic = _HEADS[form % CHARTS]
    drugs = [f"{one.name} {one.dose}".strip() for one in latent.drugs if not one.proposed]
    true = [f"{one.substance} ({one.reaction})" for one in latent.allergies if one.true_allergy]
    parts = [f"{problems} {', '.join(latent.problems)}"] if latent.problems else []
    parts += [f"{takes} {', '.join(drugs)}"] if drugs else []
    parts += [f"{allergic} {', '.join(true)}"] if true else []
    parts += ["No known drug allergies"] if not true and not latent.allergies and form % 2 == 0 else []
    for one in latent.allergies:
        if not one.true_allergy:
            parts.append(f"{one.substance.capitalize()} caused {one.reaction} once; this was not an allergy")
    parts += [f"{gene} {result}" for gene, result in latent.diplotypes.items()]
    parts += (
        [f"eGFR {latent.egfr:g} mL/min/1.73 m2"] if latent.egfr is not None and not hides_egfr(form) else []
    )
    parts += [f"{one.name} {one.value:g} {one.unit}" for one in latent.labs.values()]
    return [*parts, f"weight {latent.person.weight_kg:g} kg"]


def hides_egfr(form: int) -> bool:
    """Whether this form of the chart tells the creatinine alone."""
    return form % 3 == 2


_HEADS = (
    ("History:", "Takes", "Allergic to"),
    ("PMH:", "Current medication:", "Allergies:"),
    ("PMH", "on", "Allergy:"),
    ("Problems:", "Medication:", "Allergies:"),
    ("Known for", "Regular medicines:", "Known allergy:"),
    ("Background:", "DH:", "Allergies:"),
)


def frame(latent: Latent) -> Patient:
    """The patient as the words tell them; what they do not tell stays unknown."""
    who = latent.person
    return Patient(
        age_years=_known(float(int(who.age_years)), "years"),
        sex=_known(str(who.sex)),
        pregnant=_known(True) if who.pregnant else None,
        weeks_pregnant=_known(float(who.weeks_pregnant), "weeks") if who.weeks_pregnant else None,
        weight=_known(who.weight_kg, "kg"),
        labs={
            **({"eGFR": _known(latent.egfr, "mL/min/1.73 m2")} if latent.egfr is not None else {}),
            **{one.name: _known(one.value, one.unit) for one in latent.labs.values()},
        },
        problems=_listed(latent.problems),
        drugs=_listed([one.name for one in latent.drugs if not one.proposed]),
        allergies=_listed([one.substance for one in latent.allergies if one.true_allergy]),
        genotypes=_listed([f"{gene} {result}" for gene, result in latent.diplotypes.items()]),
    )


def _known(value: T, unit: str = "") -> Known[T]:
    return Known(value=value, unit=unit, origin=Origin(kind=OriginKind.CHART, where="chart"))


def _listed(values: Sequence[str]) -> Listed:
    return Listed(items=tuple(_known(value) for value in values))


def drugs(takes: Mapping[str, str], *, proposed: str = "", dose: str = "") -> tuple[Drug, ...]:
    """What is taken, and the drug that is asked about."""
    new = (Drug(name=proposed, dose=dose, proposed=True),) if proposed else ()
    return (*(Drug(name=name, dose=how) for name, how in takes.items()), *new)


def case(
    suite: str,
    seed: int,
    index: int,
    *,
    latent: Latent,
    gold: Gold,
    question: str,
    words: str = "",
    stratum: str = "",
    tags: Sequence[str] = (),
    files: Sequence[File] = (),
) -> Case:
    """A clinician asks one question about the patient of the chart ``words``, with ``files`` attached."""
    name = case_id(suite, seed, index)
    return Case(
        id=name, suite=suite, seed=seed, index=index, base_id=name, stratum=stratum, tags=tuple(tags),
        latent=latent, gold=gold, patient=frame(latent) if words else Patient(),
        renderings=(Rendering(kind="chart", text=words),) if words else (),
        presented=Presented(
            id=name, role="clinician", country="GB", chart=words, files=tuple(files),
            turns=(Said(text=question, files=tuple(one.name for one in files)),),
        ),
    )  # fmt: skip
