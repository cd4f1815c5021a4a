"""Planted faults: a patient made around a fact about a drug, or around its near miss, and the question about it.

The facts are in ``evals/knowledge/faults.yaml``. Gold follows from what was drawn and from that file alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import yaml
from pydantic import Field, model_validator

from evals.cases import clinician
from evals.cases.case import Allergy, Because, Case, DrugGold, Gold, Latent, Link, Measured, Person
from evals.cases.formulas import cockcroft_gault, creatinine_mg_dl
from evals.cases.streams import stream
from retrieval.evidence import Text, Word

PATH = Path(__file__).resolve().parents[1] / "knowledge" / "faults.yaml"
QUESTIONS = (
    "Can I start {asked} for {for_}?",
    "Is it safe to give {asked}?",
    "I want to prescribe {drug} for {for_}. Any problem?",
    "Should I start {drug}, or is there a reason not to?",
    "Is {drug} ok here? I would give {asked}.",
    "Please check {asked} against this patient's record.",
    "Are there any contraindications to {drug} in this patient?",
    "May {drug} be given for {for_}?",
)
TRIES = 200
CONCLUDED = {"avoid": "blocked", "change": "changed", "fine": "fine"}

Kind = Literal["interaction", "renal", "allergy", "pregnancy", "gene"]
Range = tuple[float, float]


class Read(Word):
    """Where a fact was read, and when."""

    title: Text
    pmid: str = ""
    url: str = ""
    seen: Text
    checked: date

    @property
    def words(self) -> str:
        """The source in one line, by its id where it has one."""
        where = f"PMID {self.pmid}" if self.pmid else self.url or self.seen
        return f"{self.title}. {where}"


class Who(Word):
    """A patient as far as a rule needs it: what must hold, and the ranges of the rest."""

    sex: Literal["", "female", "male"] = ""
    age: tuple[int, int]
    weeks: tuple[int, int] | None = None
    problems: tuple[str, ...] = ()
    takes: Mapping[str, str] = {}
    allergies: Mapping[str, str] = {}
    intolerances: Mapping[str, str] = {}
    genotypes: Mapping[str, str] = {}
    egfr: Range | None = None
    labs: Mapping[str, tuple[float, float, str]] = {}
    told: tuple[str, ...] = ()


class Plan(Who):
    """A patient for whom a drug is asked about."""

    drug: Text
    asked: Text
    for_: Text = Field(alias="for")


class NearMiss(Word):
    """The patient who looks like the fault and is not: nothing may be blocked."""

    target: str = ""
    says: Text
    source: Text
    limit: float | None = None
    case: Plan
    facts: Annotated[Mapping[str, str], Field(min_length=1)]
    more: Mapping[str, str] = {}


class Fault(Word):
    """One planted fact: for whom, about which drug, and what has to be said."""

    id: Annotated[str, Field(pattern=r"^fault\.[a-z0-9_]+$")]
    kind: Kind
    action: Literal["avoid", "change"]
    target: str = ""
    """The drug that is spoken of, where it is not the one asked about or has other names ("a|b")."""
    beside: Annotated[tuple[str, ...], Field(min_length=1)]
    says: Text
    source: Text
    limit: float | None = None
    case: Plan
    facts: Annotated[Mapping[str, str], Field(min_length=1)]
    more: Mapping[str, str] = {}
    near: NearMiss

    @model_validator(mode="after")
    def _renal_has_its_limit(self) -> Fault:
        if self.kind == "renal" and (self.limit is None or self.case.egfr is None):
            raise ValueError(f"{self.id}: a renal fault needs a limit and a range of eGFR")
        return self


class _Book(Word):
    schema_: Literal[1] = Field(alias="schema")
    sources: Mapping[str, Read]
    faults: tuple[Fault, ...]

    @model_validator(mode="after")
    def _whole(self) -> _Book:
        used = {name for one in self.faults for name in (one.source, one.near.source)}
        if lost := used - set(self.sources):
            raise ValueError(f"no such source: {', '.join(sorted(lost))}")
        if len({one.id for one in self.faults}) != len(self.faults):
            raise ValueError("two faults have one id")
        return self


@cache
def _book() -> _Book:
    return _Book.model_validate(yaml.safe_load(PATH.read_text(encoding="utf-8")))


def faults() -> tuple[Fault, ...]:
    """Every planted fault, in the order of the file."""
    return _book().faults


def sources() -> Mapping[str, Read]:
    """The sources of the faults by their keys."""
    return _book().sources


def plant(seed: int, index: int, fault: Fault, near_miss: bool = False) -> Case:
    """A clinician's case with the fault, or with its near miss; the same for the same four arguments.

    ``stratum`` is the fault's kind. Gold names one drug: ``avoid`` or ``change``, or ``fine`` for the near miss.
    """
    rng = stream(seed, index, f"plant {fault.id} {near_miss}")
    made = fault.near if near_miss else fault
    latent = _latent(rng, fault, made)
    form = int(rng.random() * clinician.CHARTS)
    question = clinician.pick(rng, QUESTIONS)
    plan = made.case
    return clinician.case(
        "medsafety", seed, index, latent=latent,
        gold=_gold(fault, near_miss, latent, hidden=clinician.hides_egfr(form)),
        question=question.format(asked=plan.asked, drug=plan.drug, for_=plan.for_),
        words=clinician.chart(latent, form, plan.told), stratum=fault.kind,
        tags=(fault.id, *(("near miss",) if near_miss else ())),
    )  # fmt: skip


def _latent(rng: np.random.Generator, fault: Fault, made: Fault | NearMiss) -> Latent:
    plan = made.case
    found = patient(rng, plan, made.limit)
    asked = clinician.drugs({}, proposed=plan.drug, dose=plan.asked.removeprefix(plan.drug).strip())
    planted = (fault.id if made is fault else f"near {fault.id}",)
    return found.model_copy(update={"drugs": (*found.drugs, *asked), "planted": planted, "more": made.more})


def patient(rng: np.random.Generator, who: Who, limit: float | None = None) -> Latent:
    """Somebody as described; with a ``limit`` eGFR and clearance lie on the same side of it.

    Raises:
        ValueError: the ranges contradict each other.
    """
    person, egfr = _renal_person(rng, who, limit)
    labs = {
        name: Measured(name=name, value=clinician.between(rng, low, high, 1), unit=unit)
        for name, (low, high, unit) in who.labs.items()
    }
    if egfr is not None:
        labs["creatinine"] = clinician.creatinine(person, egfr, si=bool(rng.random() < 0.5))
    return Latent(
        person=person, problems=who.problems, egfr=egfr, labs=labs, diplotypes=who.genotypes,
        drugs=clinician.drugs(who.takes),
        allergies=(
            *(Allergy(substance=name, reaction=how) for name, how in who.allergies.items()),
            *(Allergy(substance=name, reaction=how, true_allergy=False) for name, how in who.intolerances.items()),
        ),
    )  # fmt: skip


def _renal_person(rng: np.random.Generator, plan: Who, limit: float | None) -> tuple[Person, float | None]:
    """A person and a true eGFR; where there is a limit, the clearance by Cockcroft-Gault lies on the same side.

    Raises:
        ValueError: no such person was found in 200 draws, so the plan's ranges contradict each other.
    """
    for _ in range(TRIES):
        person = clinician.person(rng, sex=plan.sex, age=plan.age, weeks=plan.weeks)
        if plan.egfr is None:
            return person, None
        egfr = clinician.between(rng, *plan.egfr)
        years = int(person.age_years)
        clearance = cockcroft_gault(
            creatinine_mg_dl(egfr, years, person.sex), years, person.sex, person.weight_kg
        )
        if limit is None or (clearance < limit) == (egfr < limit):
            return person, egfr
    raise ValueError(f"no such patient: eGFR {plan.egfr}, limit {limit}")


def _gold(fault: Fault, near_miss: bool, latent: Latent, *, hidden: bool) -> Gold:
    made = fault.near if near_miss else fault
    drug = made.target or made.case.drug
    action: Literal["avoid", "change", "fine"] = "fine" if near_miss else fault.action
    gives = f"{CONCLUDED[action]}={drug}"
    facts = seen(latent, made.facts, hidden=hidden)
    source = sources()[made.source].words
    links = tuple(
        Link(fact=fact, holds=holds, rule=fault.id, source=source, gives=gives)
        for fact, holds in {f"latent.drugs.{made.case.drug}": "present", **facts}.items()
    )
    return Gold(
        drugs=(DrugGold(drug=drug, action=action, beside=fault.beside, fault=fault.id),),
        because=(Because(conclusion=gives, links=links),),
    )


def seen(latent: Latent, facts: Mapping[str, str], *, hidden: bool) -> dict[str, str]:
    """The facts as they can be seen: a ``hidden`` eGFR is read from the creatinine."""
    if not hidden or "latent.egfr" not in facts:
        return dict(facts)
    rest = {fact: held for fact, held in facts.items() if fact != "latent.egfr"}
    return {**rest, **_by_creatinine(latent, facts["latent.egfr"])}


def _by_creatinine(latent: Latent, holds: str) -> dict[str, str]:
    """The same limit read from the creatinine that is told, in its unit, where no eGFR is told."""
    sign, _, limit = holds.partition(" ")
    person, shown = latent.person, latent.labs["creatinine"]
    bound = creatinine_mg_dl(float(limit), int(person.age_years), person.sex)
    bound *= clinician.CREATININE_UMOL if shown.unit == "µmol/L" else 1
    turned = {"<": ">", "<=": ">", ">": "<", ">=": "<"}[sign]
    return {"latent.labs.creatinine": f"{turned} {bound:.4g}"}
