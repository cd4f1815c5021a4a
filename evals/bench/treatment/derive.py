"""Patients derived from the rules: one for whom a rule says avoid, and the same with one thing not known.

This is the gold of the options: it is worked out from the cases of a rule alone, by plain true and false, and shares
nothing with the frame, the completions or the options that it judges.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from evals.bench.treatment.patients import MADE, listed, value
from retrieval.patient import Known, Patient
from tools.treatment.facts import Case
from tools.treatment.load import Knowledge
from tools.treatment.predicates import (
    All,
    Allergic,
    Any_,
    Atom,
    Breastfeeding,
    Condition,
    Level,
    Not,
    Number,
    Phenotype,
    Predicate,
    Pregnant,
    Sex,
    Side,
    Takes,
    atoms,
)
from tools.treatment.reading import NUMBERS

MOST = 10
"""Atoms of a rule up to which all assignments are tried."""
Chosen = dict[Atom, bool]


@dataclass
class Person:
    """A patient in the making."""

    numbers: dict[str, float] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    drugs: list[str] = field(default_factory=list)
    allergies: list[str] = field(default_factory=list)
    sex: str | None = None
    pregnant: bool | None = None
    breastfeeding: bool | None = None
    incomplete: str = ""

    def patient(self) -> Patient:
        """The patient; the list that is named incomplete is the only one."""
        told = {name: value(number, NUMBERS[name]) for name, number in self.numbers.items()}
        yes_no = {"pregnant": self.pregnant, "breastfeeding": self.breastfeeding}
        return Patient(
            age_years=told.pop("age", None),
            weight=told.pop("weight", None),
            weeks_pregnant=told.pop("weeks_pregnant", None),
            labs=told,
            sex=None if self.sex is None else Known[str](value=self.sex, origin=MADE),
            problems=listed(self.problems, complete=self.incomplete != "problems"),
            drugs=listed(self.drugs, complete=self.incomplete != "drugs"),
            allergies=listed(self.allergies, complete=self.incomplete != "allergies"),
            **{name: Known[bool](value=one, origin=MADE) for name, one in yes_no.items() if one is not None},
        )


@dataclass(frozen=True)
class Hidden:
    """A witness of whom one thing is not known, and a word that the question for it must hold."""

    patient: Patient
    word: str


@dataclass(frozen=True)
class Question:
    """Cases, the rule's own drugs by side, which of them is proposed, and the problems that the indication presumes."""

    cases: Sequence[Case]
    drugs: Mapping[Side, str]
    proposed: Side
    held: Knowledge
    problems: tuple[str, ...] = ()


def holds(predicate: Predicate | None, chosen: Mapping[Atom, bool]) -> bool:
    """Plain true or false."""
    if predicate is None:
        return True
    if isinstance(predicate, All):
        return all(holds(part, chosen) for part in predicate.parts)
    if isinstance(predicate, Any_):
        return any(holds(part, chosen) for part in predicate.parts)
    if isinstance(predicate, Not):
        return not holds(predicate.part, chosen)
    return chosen[predicate]


def level_of(cases: Sequence[Case], chosen: Mapping[Atom, bool]) -> Level:
    """The action of the first case that holds."""
    return next((case.level for case in cases if holds(case.when, chosen)), Level.NONE)


def witness(asked: Question) -> tuple[Patient, list[Hidden]] | None:
    """A patient for whom the cases say avoid of the drug that is proposed, and what can be hidden of her.

    None where no such patient can be made here: a daily dose or a gene decides, or the facts exclude each other.
    """
    named = list(dict.fromkeys(atom for case in asked.cases for atom in atoms(case.when)))
    if len(named) > MOST or any(_outside(atom) for atom in named):
        return None
    for truths in itertools.product((False, True), repeat=len(named)):
        chosen = dict(zip(named, truths, strict=True))
        if level_of(asked.cases, chosen) is Level.AVOID:
            made = _made(asked, chosen)
            if made is not None:
                return made.patient(), list(_hidden(asked, chosen))
    return None


def _outside(atom: Atom) -> bool:
    dosed = isinstance(atom, Takes) and (atom.daily_mg is not None or bool(atom.routes))
    return dosed or isinstance(atom, Phenotype)


def _made(asked: Question, chosen: Chosen) -> Person | None:
    beside = [asked.held.drug(one).name for side, one in asked.drugs.items() if side != asked.proposed]
    person = Person(drugs=beside, problems=list(asked.problems))
    numbers: dict[str, list[tuple[Number, bool]]] = {}
    for atom, truth in chosen.items():
        if isinstance(atom, Number):
            numbers.setdefault(atom.name, []).append((atom, truth))
        elif not _put(person, atom, truth, asked):
            return None
    for name, wanted in numbers.items():
        number = _value(wanted)
        if number is None:
            return None
        person.numbers[name] = number
    return person if _possible(person, chosen, asked) else None


def _value(wanted: Sequence[tuple[Number, bool]]) -> float | None:
    edges = sorted({edge for atom, _ in wanted for edge in atom.bounds.edges})
    between = [(low + high) / 2 for low, high in itertools.pairwise(edges)]
    for point in (*edges, *between, edges[0] * 0.9, edges[-1] * 1.1):
        if all(atom.bounds.holds(point) is truth for atom, truth in wanted):
            return point
    return None


def _put(person: Person, atom: Atom, truth: bool, asked: Question) -> bool:
    """Write one fact into the person; false where it cannot be."""
    if isinstance(atom, Takes):
        return _take(person, atom, truth, asked)
    if isinstance(atom, Condition) and truth:
        person.problems.append(asked.held.conditions[atom.ids[0]].says[0])
    if isinstance(atom, Allergic) and truth:
        said = [_said(ref, asked.held) for ref in atom.what]
        person.allergies += [one for one in said if one][:1]
        return any(said)
    if isinstance(atom, Sex):
        sex = atom.value if truth else {"female": "male", "male": "female"}[atom.value]
        if person.sex not in (None, sex):
            return False
        person.sex = sex
    if isinstance(atom, Pregnant):
        person.pregnant = truth
    if isinstance(atom, Breastfeeding):
        person.breastfeeding = truth
    return True


def _said(ref: str, held: Knowledge) -> str:
    kind, _, name = ref.partition(":")
    if kind == "drug":
        return held.drug(name).name
    return held.classes[name].says[0] if held.classes[name].says else ""


def _take(person: Person, atom: Takes, truth: bool, asked: Question) -> bool:
    if atom.side is not None:
        state = "new" if atom.side == asked.proposed else "continuing"
        return (atom.state in (None, state)) is truth
    if not truth:
        return True
    if atom.state == "new":
        return False
    held = asked.held
    fits = [
        one
        for one in sorted(held.drugs)
        if held.keys[one] & set(atom.what) and one not in asked.drugs.values()
    ]
    plain = [one for one in fits if not held.drug(one).ingredients and held.drug(one).routes[0] == "systemic"]
    person.drugs += [held.drug(one).name for one in plain[:1]]
    return bool(plain)


def _possible(person: Person, chosen: Chosen, asked: Question) -> bool:
    """True if what was written makes nothing true that was chosen false."""
    if person.pregnant or person.breastfeeding:
        if person.sex == "male":
            return False
        person.sex = "female"
    held = asked.held
    own = {key for one in asked.drugs.values() for key in held.keys[one]}
    names = {held.drug(one).name: one for one in held.drugs}
    beside = {key for name in person.drugs for key in held.keys[names[name]]}
    for atom, truth in chosen.items():
        if truth:
            continue
        if isinstance(atom, Takes) and atom.side is None:
            if set(atom.what) & (beside if atom.besides else beside | own):
                return False
        elif isinstance(atom, Condition) and _told(person, atom, held):
            return False
    return True


def _told(person: Person, atom: Condition, held: Knowledge) -> bool:
    """True if a problem that was written is also a way to write one of these conditions."""
    ways = [way.casefold() for one in atom.ids for way in held.conditions[one].says]
    return any(way in problem.casefold() for way in ways for problem in person.problems)


def _hidden(asked: Question, chosen: Chosen) -> Iterator[Hidden]:
    """The witness without each fact that decides: without it, the rule may or may not say avoid."""
    for atom in chosen:
        if (isinstance(atom, Takes) and atom.side is not None) or not _decides(asked.cases, chosen, atom):
            continue
        rest: Chosen = {other: truth for other, truth in chosen.items() if not _same(other, atom)}
        person = _made(asked, rest)
        if person is None:
            continue
        word = _forget(person, atom)
        if word:
            yield Hidden(person.patient(), word)


def _same(one: Atom, other: Atom) -> bool:
    return one == other or (isinstance(one, Number) and isinstance(other, Number) and one.name == other.name)


def _decides(cases: Sequence[Case], chosen: Chosen, atom: Atom) -> bool:
    """True if the opposite is possible and would not say avoid. Thresholds of one value move together."""
    if isinstance(atom, Number) and sum(isinstance(a, Number) and a.name == atom.name for a in chosen) > 1:
        return False
    return level_of(cases, {**chosen, atom: not chosen[atom]}) is not Level.AVOID


def _forget(person: Person, atom: Atom) -> str:
    """Make one fact unknown; the word by which it must be asked. Empty where something else would tell it."""
    if isinstance(atom, Number):
        computed = atom.name == "cha2ds2_vasc" or (
            atom.name in ("crcl", "egfr") and "creatinine" in person.numbers
        )
        return "" if computed else NUMBERS[atom.name] or atom.name
    if isinstance(atom, Condition):
        person.incomplete = "problems"
        return "problem list"
    if isinstance(atom, Takes):
        person.incomplete = "drugs"
        return "drug list"
    if isinstance(atom, Allergic):
        person.incomplete = "allergies"
        return "allergy list"
    if isinstance(atom, Sex):
        person.sex = None
        return "sex" if not (person.pregnant or person.breastfeeding) else ""
    person.sex = "female"
    told = person.numbers.get("age")
    if told is not None and not 12 <= told <= 55:
        return ""
    if isinstance(atom, Pregnant):
        person.pregnant = None
        return "pregnant"
    person.breastfeeding = None
    return "breastfeeds"
