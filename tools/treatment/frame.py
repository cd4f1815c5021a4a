"""The patient as values that predicates can ask: known, unknown, too old; each with where it comes from.

A list is not a world: what does not stand on a list is absent only if the list is complete, else unknown.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from genomics.pgx.words import GeneCall
from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
from tools.treatment.load import Knowledge
from tools.treatment.predicates import (
    Allergic,
    Answer,
    Atom,
    Breastfeeding,
    Condition,
    Number,
    Phenotype,
    Sex,
    Side,
    State,
    Takes,
)
from tools.treatment.reading import NUMBERS
from tools.treatment.risk import cha2ds2_vasc
from tools.treatment.units import AGES_OF_CHILDBEARING, FrameError, converted, crcl, egfr

_UNKNOWN = Answer(None)


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it was read: number, unit inside, how it is shown, where it comes from, and its day."""

    name: str
    number: float
    shown: str
    origin: Origin
    day: date | None = None


@dataclass(frozen=True)
class Taken:
    """A drug of the patient: one ingredient, as part of the product that was named."""

    drug: str
    named: str
    product: int
    state: State | None = None
    route: str = "systemic"
    daily_mg: float | None = None
    origin: Origin | None = None


@dataclass(frozen=True)
class Allergy:
    """An entry of the allergy list: the drugs and classes that it names, and whether it says intolerance."""

    named: str
    refs: frozenset[str]
    intolerance: bool
    kind_known: bool
    origin: Origin


@dataclass(frozen=True)
class Frame:
    """What is known of one person. Answers atoms; a value's key leads to its evidence."""

    knowledge: Knowledge
    values: Mapping[str, Value]
    taken: Sequence[Taken]
    allergies: Sequence[Allergy]
    problems: Sequence[Known[str]]
    sex: Known[str] | None = None
    pregnant: Known[bool] | None = None
    breastfeeding: Known[bool] | None = None
    calls: Sequence[GeneCall] = ()
    complete: Mapping[str, bool] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    """Names on the drug list that could not be resolved: as long as there are any, no drug is absent."""
    today: date | None = None
    notes: tuple[str, ...] = ()

    def answer(self, atom: Atom, pair: Mapping[Side, Any]) -> Answer:
        """True, false or unknown, with the values used and what would settle it."""
        if isinstance(atom, Number):
            return self._number(atom)
        if isinstance(atom, Takes):
            return self._takes(atom, pair)
        if isinstance(atom, Condition):
            return self.condition(atom)
        if isinstance(atom, Allergic):
            return self._allergic(atom)
        if isinstance(atom, Phenotype):
            return self._phenotype(atom)
        if isinstance(atom, Breastfeeding):
            return self._of_childbearing(self.breastfeeding, "breastfeeding", FEEDING)
        if isinstance(atom, Sex):
            return self._sex(atom)
        return self._of_childbearing(self.pregnant, "pregnant", PREGNANT)

    def _number(self, atom: Number) -> Answer:
        value = self.values.get(atom.name)
        asked = f"{_SPOKEN.get(atom.name, atom.name)} ({NUMBERS[atom.name]})".replace(" ()", "")
        if value is None:
            return Answer(None, ask=self._wanted(atom.name, asked))
        if atom.max_age_days and value.day and self.today:
            days = (self.today - value.day).days
            if days > atom.max_age_days:
                return Answer(None, ask=f"{asked}: last value {value.number:g} on {value.day} is too old")
        if atom.max_age_days and not value.day and value.origin.kind is OriginKind.CHART:
            return Answer(None, ask=f"the day of {asked}")
        return Answer(atom.bounds.holds(value.number), (f"value:{atom.name}",))

    def _wanted(self, name: str, asked: str) -> str:
        """For a clearance, what is missing to compute it: never another value instead."""
        parts = {"crcl": ("age", "sex", "weight", "creatinine"), "egfr": ("age", "sex", "creatinine")}.get(
            name
        )
        if parts is None:
            return asked
        known = {*self.values, *(["sex"] if self.sex else [])}
        missing = [_SPOKEN.get(part, part) for part in parts if part not in known]
        return f"{asked}, or {', '.join(missing)} to compute it" if missing else asked

    def _takes(self, atom: Takes, pair: Mapping[Side, Any]) -> Answer:
        if atom.side is not None:
            own: Taken = pair[atom.side]
            wanted = "the daily dose of {}" if atom.daily_mg else "whether {} is new or continuing"
            return Answer(_matches(own, atom), (), wanted.format(own.named))
        others = {id(one) for one in pair.values()} if atom.besides else set()
        fits = [
            (one, _matches(one, atom))
            for one in self.taken
            if id(one) not in others
            and (atom.routes or one.route not in LOCAL)
            and self.knowledge.keys[one.drug] & set(atom.what)
        ]
        hit = next((one for one, truth in fits if truth), None)
        if hit is not None:
            return Answer(True, (f"drug:{hit.product}",))
        if any(truth is None for _, truth in fits) or not self.complete.get("drugs") or self.unread:
            return Answer(None, ask="the whole drug list (is it complete?)")
        return Answer(False)

    def number(self, name: str) -> float | None:
        """A value in its unit inside; None where it is not known."""
        return self.values[name].number if name in self.values else None

    def told_sex(self) -> str | None:
        """The sex; None where it is not known."""
        return self.sex.value if self.sex else None

    def condition(self, atom: Condition) -> Answer:
        """Whether one of the conditions stands on the problem list."""
        for number, problem in enumerate(self.problems):
            if any(self._says(one, problem.value) for one in atom.ids):
                return Answer(True, (f"problem:{number}",))
        if self.complete.get("problems"):
            return Answer(False)
        names = " or ".join(self.knowledge.conditions[one].name for one in atom.ids)
        return Answer(None, ask=f"{PROBLEM_LIST.removesuffix(')')} {names})")

    def _says(self, condition: str, problem: str) -> bool:
        return bool(self._patterns[condition].search(problem)) and not _NOT_OF_THIS_PERSON.search(problem)

    @cached_property
    def _patterns(self) -> Mapping[str, re.Pattern[str]]:
        return {
            one.id: re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, one.says))})(?:e?s|ing)?(?!\w)", re.I)
            for one in self.knowledge.conditions.values()
        }

    def _allergic(self, atom: Allergic) -> Answer:
        for number, allergy in enumerate(self.allergies):
            if allergy.refs & set(atom.what):
                return Answer(True, (f"allergy:{number}",))
        return Answer(False) if self.complete.get("allergies") else Answer(None, ask=ALLERGY_LIST)

    def _phenotype(self, atom: Phenotype) -> Answer:
        call = next((one for one in self.calls if one.gene == atom.gene), None)
        told = {pair.phenotype for pair in call.diplotypes} if call else set()
        hits = {_phenotyped(one, atom) for one in told if one and one != "Indeterminate"}
        return (
            Answer(hits.pop(), (f"gene:{atom.gene}",))
            if len(hits) == 1
            else Answer(None, ask=f"{atom.gene} result")
        )

    def _sex(self, atom: Sex) -> Answer:
        return Answer(self.sex.value == atom.value, ("sex",)) if self.sex else Answer(None, ask="sex")

    def _of_childbearing(self, told: Known[bool] | None, key: str, ask: str) -> Answer:
        """What was told; else false for a man and outside the ages of childbearing, and unknown within them."""
        if told is not None:
            return Answer(told.value, (key,))
        if self.sex is not None and self.sex.value == "male":
            return Answer(False, ("sex",))
        age = self.values.get("age")
        if age is not None and not AGES_OF_CHILDBEARING[0] <= age.number <= AGES_OF_CHILDBEARING[1]:
            return Answer(False, ("value:age",))
        return Answer(None, ask=ask)

    def known(self, key: str) -> tuple[str, Origin | None] | None:
        """How a value is shown, and where it comes from (None for a drug that is only asked about)."""
        kind, _, name = key.partition(":")
        if kind == "value":
            return self.values[name].shown, self.values[name].origin
        if kind == "problem":
            return self.problems[int(name)].value, self.problems[int(name)].origin
        if kind == "allergy":
            return f"allergy: {self.allergies[int(name)].named}", self.allergies[int(name)].origin
        if kind == "drug":
            one = next(taken for taken in self.taken if taken.product == int(name))
            return f"takes {one.named}", one.origin
        held = {"sex": self.sex, "pregnant": self.pregnant, "breastfeeding": self.breastfeeding}.get(key)
        if held is None:
            return None
        told = f"sex {held.value}" if key == "sex" else f"{key}: {'yes' if held.value else 'no'}"
        return told, held.origin


LOCAL = frozenset({"topical", "eye", "nasal", "vaginal"})
"""Routes by which little reaches the blood: what does not name a route does not mean them."""
_NOT_OF_THIS_PERSON = re.compile(r"^(?:no|not|without|denies)\b|\bfamily history\b|\brule[sd]? out\b", re.I)
PROBLEM_LIST = "the problem list (is it complete?)"
PREGNANT, FEEDING = "whether she is pregnant", "whether she breastfeeds"
ALLERGY_LIST = "the allergy list (is it complete?)"
_SPOKEN = {
    "egfr": "eGFR", "crcl": "creatinine clearance", "qtc": "QTc", "lvef": "LVEF", "inr": "INR", "hba1c": "HbA1c",
    "digoxin_level": "digoxin level", "weeks_pregnant": "weeks of pregnancy", "heart_rate": "heart rate",
    "cha2ds2_vasc": "CHA2DS2-VASc", "has_bled": "HAS-BLED", "curb65": "CURB-65", "bmi": "BMI", "ldl": "LDL",
    "ascvd_risk": "10-year risk", "uacr": "albumin-creatinine ratio", "uric_acid": "uric acid", "alt": "ALT",
    "mme": "opioids in MME", "child_pugh": "Child-Pugh score", "systolic": "systolic pressure",
    "diastolic": "diastolic pressure",
}  # fmt: skip


def _phenotyped(told: str, atom: Phenotype) -> bool:
    """Whether a phenotype is one of those asked; a full HLA typing lists several, with a semicolon between."""
    return any(part.strip() in atom.values for part in told.split(";")) or told in atom.values


def _matches(taken: Taken, atom: Takes) -> bool | None:
    """Whether a drug that is taken is taken in the way the atom asks; None if that is not told."""
    if atom.routes and taken.route not in atom.routes:
        return False
    if atom.state is not None and taken.state != atom.state:
        return None if taken.state is None else False
    if atom.daily_mg is None:
        return True
    return None if taken.daily_mg is None else atom.daily_mg.holds(taken.daily_mg)


def frame(
    patient: Patient,
    knowledge: Knowledge,
    *,
    taken: Sequence[Taken] = (),
    allergies: Sequence[Allergy] = (),
    calls: Sequence[GeneCall] = (),
    unread: Iterable[str] = (),
    today: date | None = None,
) -> Frame:
    """The patient as a frame.

    Raises:
        FrameError: a value is not finite, or outside its physical range; the message names the range.
    """
    values, notes = _values(patient)
    lists: Mapping[str, Listed] = {
        "problems": patient.problems,
        "drugs": patient.drugs,
        "allergies": patient.allergies,
    }
    return _scored(
        Frame(
            knowledge=knowledge,
            values=values | _computed(values, patient.sex),
            taken=taken,
            allergies=allergies,
            problems=patient.problems.items,
            sex=patient.sex,
            pregnant=patient.pregnant,
            breastfeeding=patient.breastfeeding,
            calls=calls,
            complete={name: listed.complete for name, listed in lists.items()},
            unread=tuple(unread),
            today=today,
            notes=tuple(notes),
        )
    )


def _scored(made: Frame) -> Frame:
    """The frame with the scores that it can add up; one that was told stays as told."""
    score = None if "cha2ds2_vasc" in made.values else cha2ds2_vasc(made, made.condition)
    if score is None:
        return made
    shown = f"CHA2DS2-VASc {score[0]} ({score[1]})"
    value = _made("cha2ds2_vasc", float(score[0]), shown, None)
    return replace(made, values={**made.values, "cha2ds2_vasc": value})


def _values(patient: Patient) -> tuple[dict[str, Value], list[str]]:
    given: dict[str, Known[float]] = {**patient.vitals, **patient.labs}
    for name, known in (
        ("age", patient.age_years),
        ("weight", patient.weight),
        ("weeks_pregnant", patient.weeks_pregnant),
    ):
        if known is not None:
            given[name] = known
    values, notes = {}, []
    for told, known in given.items():
        if not math.isfinite(known.value):
            raise FrameError(f"{told} is not a finite number.")
        read = converted(told, known.value, known.unit)
        if isinstance(read, str):
            notes.append(read)
        elif read is not None:
            name, number = read
            shown = f"{_SPOKEN.get(name, name)} {known.value:g} {known.unit}".strip()
            values[name] = Value(name, number, shown, known.origin, _day(known.date))
    return values, notes


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:  # a date in another form is no date that can be counted with
        return None


def _computed(values: Mapping[str, Value], sex: Known[str] | None) -> dict[str, Value]:
    """eGFR and creatinine clearance where they are not reported and can be computed; never one for the other."""
    made: dict[str, Value] = {}
    age, weight, creatinine = (values.get(name) for name in ("age", "weight", "creatinine"))
    if sex is None or age is None or creatinine is None or age.number < 18:
        return made
    female = sex.value == "female"
    if "egfr" not in values:
        number = egfr(creatinine.number, age.number, female=female)
        how = f"CKD-EPI 2021 from creatinine {creatinine.number:.3g} mg/dL, {age.number:g} years, {sex.value}"
        made["egfr"] = _made("egfr", number, f"eGFR {number:.0f} mL/min/1.73 m² ({how})", creatinine.day)
    if "crcl" not in values and weight is not None:
        number = crcl(creatinine.number, age.number, weight.number, female=female)
        how = f"Cockcroft-Gault, actual weight {weight.number:g} kg, creatinine {creatinine.number:.3g} mg/dL"
        how += f", {age.number:g} years, {sex.value}"
        made["crcl"] = _made("crcl", number, f"CrCl {number:.0f} mL/min ({how})", creatinine.day)
    return made


def _made(name: str, number: float, shown: str, day: date | None) -> Value:
    return Value(name, number, shown, Origin(kind=OriginKind.COMPUTED, where=shown), day)
