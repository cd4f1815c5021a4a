"""The closed predicate language: true, false or unknown; and what a list of cases says of a patient half known.

A rule is an ordered list of cases, the first that holds decides. With unknown predicates the list is decided under
every completion, and the strictest action that some completion reaches is shown: learning a value never raises it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, NamedTuple, Protocol

MOST_UNKNOWN = 6
"""Predicates of one rule that can be unknown: at most 64 completions."""


class Level(StrEnum):
    """What a rule asks for. Only ``AVOID`` and ``CHANGE`` interrupt."""

    NONE = "none"
    NOTE = "note"
    MONITOR = "monitor"
    CHANGE = "change"
    AVOID = "avoid"

    @property
    def rank(self) -> int:
        return _RANKS[self]

    @property
    def interrupts(self) -> bool:
        return self.rank >= Level.CHANGE.rank


_RANKS = {level: rank for rank, level in enumerate(Level)}


class PredicateError(ValueError):
    """A predicate is not of the language; the message names what is wrong."""


Side = Literal["left", "right", "it"]
State = Literal["new", "continuing"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """A range; None is open. All bounds that are given must hold."""

    lt: float | None = None
    le: float | None = None
    gt: float | None = None
    ge: float | None = None

    def holds(self, value: float) -> bool:
        return (
            (self.lt is None or value < self.lt)
            and (self.le is None or value <= self.le)
            and (self.gt is None or value > self.gt)
            and (self.ge is None or value >= self.ge)
        )

    @property
    def edges(self) -> tuple[float, ...]:
        return tuple(edge for edge in (self.lt, self.le, self.gt, self.ge) if edge is not None)

    @property
    def words(self) -> str:
        signs = (("below", self.lt), ("at most", self.le), ("above", self.gt), ("at least", self.ge))
        return " and ".join(f"{sign} {edge:g}" for sign, edge in signs if edge is not None)


@dataclass(frozen=True, slots=True)
class Number:
    """A value of the frame lies within bounds; a value older than ``max_age_days`` is unknown."""

    name: str
    bounds: Bounds
    max_age_days: int | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One of the conditions stands on the problem list."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Takes:
    """A drug is taken: one of ``what`` ("drug:…", "class:…"), or the rule's own drug on ``side``.

    ``besides`` leaves the rule's own drugs out: "a second NSAID".
    """

    what: tuple[str, ...] = ()
    side: Side | None = None
    besides: bool = False
    state: State | None = None
    routes: tuple[str, ...] = ()
    daily_mg: Bounds | None = None


@dataclass(frozen=True, slots=True)
class Allergic:
    """One of ``what`` stands on the allergy list."""

    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phenotype:
    """A gene's phenotype is one of ``values``."""

    gene: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sex:
    """The sex is the one named."""

    value: Literal["female", "male"]


@dataclass(frozen=True, slots=True)
class Pregnant:
    """The person is pregnant."""


@dataclass(frozen=True, slots=True)
class Breastfeeding:
    """The person breastfeeds."""


Atom = Number | Condition | Takes | Allergic | Phenotype | Sex | Pregnant | Breastfeeding


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Any_:
    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Predicate


Predicate = Atom | All | Any_ | Not
Truth = bool | None


class Answer(NamedTuple):
    """What a patient's frame says of an atom. ``used`` names the frame's values, ``ask`` what would settle it."""

    truth: Truth
    used: tuple[str, ...] = ()
    ask: str = ""


class World(Protocol):
    """Whoever can be asked an atom; ``pair`` are the rule's own drugs by side."""

    def answer(self, atom: Atom, pair: Mapping[Side, Any]) -> Answer:
        """True, false or unknown."""


class Branch(Protocol):
    """A case of a rule. ``when`` None always holds."""

    @property
    def when(self) -> Predicate | None: ...

    @property
    def level(self) -> Level: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a list of cases says: the strictest action that some completion reaches."""

    level: Level
    case: int | None
    """Index of the case that decides it, None where no case holds."""
    certain: bool
    """True if all completions agree on the action."""
    asks: tuple[str, ...] = ()
    """What is unknown and changes the action."""
    used: tuple[str, ...] = ()
    """Keys of the frame's values that the deciding case stood on."""
    reachable: tuple[Level, ...] = ()
    """Every action that some completion reaches, strictest first."""


def atoms(predicate: Predicate | None) -> Iterator[Atom]:
    """The atoms of a predicate, in their order, repeats included."""
    if isinstance(predicate, All | Any_):
        for part in predicate.parts:
            yield from atoms(part)
    elif isinstance(predicate, Not):
        yield from atoms(predicate.part)
    elif predicate is not None:
        yield predicate


def truth(predicate: Predicate | None, truths: Mapping[Atom, Truth]) -> Truth:
    """Kleene's value of a predicate; None is unknown."""
    if predicate is None:
        return True
    if isinstance(predicate, Not):
        inner = truth(predicate.part, truths)
        return None if inner is None else not inner
    if isinstance(predicate, All | Any_):
        decisive = isinstance(predicate, Any_)
        values = [truth(part, truths) for part in predicate.parts]
        if decisive in values:
            return decisive
        return None if None in values else not decisive
    return truths[predicate]


def evaluate(cases: Sequence[Branch], world: World, pair: Mapping[Side, Any]) -> Verdict:
    """What the cases say of this patient."""
    asked = dict.fromkeys(atom for case in cases for atom in atoms(case.when))
    answers = {atom: world.answer(atom, pair) for atom in asked}
    known = {atom: answer.truth for atom, answer in answers.items()}
    groups = _groups([atom for atom, value in known.items() if value is None])
    reached = [(choice, _decided(cases, known | dict(_flat(choice)))) for choice in _completions(groups)]
    best = max((case for _, case in reached), key=lambda case: _strictest(cases, case, known))
    levels = sorted({_level(cases, case) for _, case in reached}, key=lambda level: -level.rank)
    asks = dict.fromkeys(
        answers[group[0][0]].ask for index, group in enumerate(groups) if _matters(index, reached, cases)
    )
    used = _used(cases, best, answers)
    return Verdict(_level(cases, best), best, len(levels) == 1, tuple(asks), used, tuple(levels))


_Vector = tuple[tuple[Atom, bool], ...]
_Group = tuple[tuple[Atom, ...], tuple[_Vector, ...]]
_Choice = tuple[_Vector, ...]


def _groups(unknown: Iterable[Atom]) -> list[_Group]:
    """Unknown atoms that hang together (thresholds of one value), each with the truths it can take."""
    together: dict[object, list[Atom]] = {}
    for atom in unknown:
        together.setdefault(atom.name if isinstance(atom, Number) else atom, []).append(atom)
    return [(tuple(group), _vectors(group)) for group in together.values()]


def _vectors(group: Sequence[Atom]) -> tuple[_Vector, ...]:
    numbers = [atom for atom in group if isinstance(atom, Number)]
    if not numbers:
        return tuple(tuple((atom, value) for atom in group) for value in (True, False))
    edges = sorted({edge for atom in numbers for edge in atom.bounds.edges})
    between = [(low + high) / 2 for low, high in itertools.pairwise(edges)]
    points = [edges[0] - 1, *edges, *between, edges[-1] + 1]
    return tuple(
        dict.fromkeys(tuple((atom, atom.bounds.holds(point)) for atom in numbers) for point in points)
    )


def _completions(groups: Sequence[_Group]) -> Iterator[_Choice]:
    return itertools.product(*(vectors for _, vectors in groups))


def _flat(choice: _Choice) -> Iterator[tuple[Atom, bool]]:
    for vector in choice:
        yield from vector


def _decided(cases: Sequence[Branch], truths: Mapping[Atom, Truth]) -> int | None:
    return next((index for index, case in enumerate(cases) if truth(case.when, truths)), None)


def _level(cases: Sequence[Branch], case: int | None) -> Level:
    return Level.NONE if case is None else cases[case].level


def _strictest(
    cases: Sequence[Branch], case: int | None, known: Mapping[Atom, Truth]
) -> tuple[int, bool, int]:
    """The strictest case; of equal ones that which holds by what is known, then the first: it gives the reason."""
    holds = case is not None and truth(cases[case].when, known) is True
    return _level(cases, case).rank, holds, -_place(case)


def _place(case: int | None) -> int:
    return 10_000 if case is None else case


def _matters(index: int, reached: Sequence[tuple[_Choice, int | None]], cases: Sequence[Branch]) -> bool:
    """True if two completions that differ in this group alone end in different actions."""
    seen: dict[_Choice, Level] = {}
    for choice, case in reached:
        rest = choice[:index] + choice[index + 1 :]
        level = _level(cases, case)
        if seen.setdefault(rest, level) is not level:
            return True
    return False


def _used(cases: Sequence[Branch], case: int | None, answers: Mapping[Atom, Answer]) -> tuple[str, ...]:
    """The values behind the known atoms of the deciding case; for a case without condition, of those before it."""
    if case is None:
        return ()
    of = [cases[case]] if cases[case].when is not None else cases[:case]
    named = (
        key
        for branch in of
        for atom in atoms(branch.when)
        if answers[atom].truth is not None
        for key in answers[atom].used
    )
    return tuple(dict.fromkeys(named))
