"""A rule asked again with one thing supposed: at which value it would not fire, and what each answer would bring."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tools.treatment.frame import Frame
from tools.treatment.predicates import (
    Answer,
    Atom,
    Branch,
    Level,
    Number,
    Predicate,
    Side,
    Takes,
    Truth,
    Verdict,
    World,
    atoms,
    evaluate,
)

NEAR = 0.2
"""Share of a value within which a threshold is near."""


@dataclass(frozen=True)
class Turn:
    """A single condition as a case of its own."""

    when: Predicate | None
    level: Level


@dataclass(frozen=True)
class Asked:
    """What a rule was asked, so that it can be asked again: its cases, the patient, and the drugs by side."""

    about: str
    """The drug or option that it was asked for."""
    cases: Sequence[Branch]
    world: World
    pair: Mapping[Side, Any]
    verdict: Verdict

    def again(self, world: World) -> Level:
        """The action under another world."""
        return evaluate(self.cases, world, self.pair).level

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """What it asks, each once."""
        return tuple(dict.fromkeys(atom for case in self.cases for atom in atoms(case.when)))

    @property
    def numbers(self) -> Mapping[str, tuple[float, ...]]:
        """The values that it asks, each with its thresholds in order."""
        edges: dict[str, set[float]] = {}
        for atom in self.atoms:
            if isinstance(atom, Number):
                edges.setdefault(atom.name, set()).update(atom.bounds.edges)
        return {name: tuple(sorted(found)) for name, found in edges.items()}


@dataclass(frozen=True)
class WithValue:
    """A patient in whom one value is supposed."""

    world: World
    name: str
    value: float

    def answer(self, atom: Atom, pair: Mapping[Side, Any]) -> Answer:
        """What the patient says, but for the value that is supposed."""
        if isinstance(atom, Number) and atom.name == self.name:
            return Answer(atom.bounds.holds(self.value))
        return self.world.answer(atom, pair)


@dataclass(frozen=True)
class WithTruth:
    """A patient in whom one predicate is supposed."""

    world: World
    atom: Atom
    truth: Truth

    def answer(self, atom: Atom, pair: Mapping[Side, Any]) -> Answer:
        """What the patient says, but for the predicate that is supposed."""
        return Answer(self.truth) if atom == self.atom else self.world.answer(atom, pair)


@dataclass(frozen=True)
class Cell:
    """A threshold, or what lies between two: a value on which all thresholds agree."""

    low: float | None
    high: float | None
    point: float

    @property
    def is_edge(self) -> bool:
        return self.low == self.high

    def holds(self, value: float) -> bool:
        """True if the value lies in it."""
        if self.is_edge:
            return value == self.low
        return (self.low is None or value > self.low) and (self.high is None or value < self.high)

    @property
    def floor(self) -> str:
        """Where it begins, in words; empty if it has no lower end."""
        if self.low is None:
            return ""
        return f"from {self.low:g}" if self.is_edge else f"above {self.low:g}"

    @property
    def ceiling(self) -> str:
        """Where it ends, in words; empty if it has no upper end."""
        if self.high is None:
            return ""
        return f"up to {self.high:g}" if self.is_edge else f"below {self.high:g}"


def cells(edges: Sequence[float]) -> tuple[Cell, ...]:
    """The thresholds and the ranges between them, ascending."""
    made = [Cell(None, edges[0], edges[0] - 1)]
    for low, high in itertools.pairwise(edges):
        made += [Cell(low, low, low), Cell(low, high, (low + high) / 2)]
    return (*made, Cell(edges[-1], edges[-1], edges[-1]), Cell(edges[-1], None, edges[-1] + 1))


@dataclass(frozen=True)
class Crossing:
    """The nearest threshold on one side of a value beyond which the action is another."""

    name: str
    edge: float
    words: str
    level: Level


def crossings(
    asked: Asked, name: str, value: float, wanted: Callable[[Level], bool], within: float = math.inf
) -> Iterator[Crossing]:
    """For each direction the nearest threshold, at most ``within`` away, beyond which the action is a wanted one."""
    ladder = cells(asked.numbers[name])
    here = next(index for index, cell in enumerate(ladder) if cell.holds(value))
    for upward, way in ((True, ladder[here + 1 :]), (False, ladder[:here][::-1])):
        for cell in way:
            edge = cell.low if upward else cell.high
            if edge is None or abs(edge - value) > within:
                break
            level = asked.again(WithValue(asked.world, name, cell.point))
            if wanted(level):
                yield Crossing(name, edge, cell.floor if upward else cell.ceiling, level)
                break


def would_lift(asked: Asked, frame: Frame) -> str:
    """The patient's values that the rule stands on, each with where it would no longer say avoid; else empty."""
    told: list[str] = []
    for name in asked.numbers:
        value = frame.values.get(name)
        if value is None or f"value:{name}" not in asked.verdict.used:
            continue
        found = list(crossings(asked, name, value.number, lambda level: level is not Level.AVOID))
        found.sort(key=lambda one: abs(one.edge - value.number))
        if found:
            told.append(f"{shown(frame, name)}; {' or '.join(one.words for one in found)}")
    return " / ".join(told)


def shown(frame: Frame, name: str) -> str:
    """A value of the patient without how it was computed."""
    return frame.values[name].shown.partition(" (")[0]


def what_settles(asked: Asked) -> tuple[str, ...]:
    """What is not known and decides whether the rule interrupts, and how."""
    if not asked.verdict.level.interrupts:
        return ()
    coarse = [Turn(case.when, case.level if case.level.interrupts else Level.NONE) for case in asked.cases]
    return evaluate(coarse, asked.world, asked.pair).asks


def by_dose(asked: Asked) -> bool:
    """True if a choice of the daily dose of a drug that is begun keeps the rule from saying avoid, whatever else."""
    doses = [
        atom
        for atom in asked.atoms
        if isinstance(atom, Takes)
        and atom.side is not None
        and atom.daily_mg is not None
        and asked.pair[atom.side].state == "new"
        and asked.world.answer(atom, asked.pair).truth is None
    ]
    for truth in (False, True) if doses else ():
        world: World = asked.world
        for atom in doses:
            world = WithTruth(world, atom, truth)
        if asked.again(world) is not Level.AVOID:
            return True
    return False


def each_answer(asked: Asked) -> Iterator[str]:
    """What each answer to an unknown would bring: "eGFR (mL/min/1.73 m²): below 45 avoid; from 45 none"."""
    told: set[str] = set()
    for atom in asked.atoms:
        answer = asked.world.answer(atom, asked.pair)
        if answer.truth is not None:
            continue
        if isinstance(atom, Number):
            if atom.name not in told:
                yield from _by_value(asked, atom.name, answer.ask.partition(",")[0].partition(":")[0])
            told.add(atom.name)
            continue
        yes, no = (asked.again(WithTruth(asked.world, atom, truth)) for truth in (True, False))
        if yes is not no:
            yield f"{answer.ask}: if so {yes.value}, if not {no.value}"


def _by_value(asked: Asked, name: str, label: str) -> Iterator[str]:
    told = [
        (cell, asked.again(WithValue(asked.world, name, cell.point))) for cell in cells(asked.numbers[name])
    ]
    runs = [
        (level, [cell for cell, _ in run]) for level, run in itertools.groupby(told, key=lambda one: one[1])
    ]
    if len(runs) > 1:
        yield f"{label}: " + "; ".join(f"{_range(run)} {level.value}" for level, run in runs)


def _range(run: Sequence[Cell]) -> str:
    return " and ".join(end for end in (run[0].floor, run[-1].ceiling) if end)


def near(asked: Asked, frame: Frame) -> Iterator[Crossing]:
    """Thresholds within 20 % of the patient's value beyond which the action is another that matters."""
    now, single = asked.verdict.level, any(isinstance(case, Turn) for case in asked.cases)
    for name in asked.numbers:
        value = frame.values.get(name)
        if value is None:
            continue
        within = NEAR * abs(value.number)
        for one in crossings(asked, name, value.number, lambda level: level is not now, within):
            if single or now.interrupts or one.level.interrupts:
                yield one
