"""The two worked rules of HL7 in every patient that they can tell apart, known and unknown, and the request f101.

What is expected is written here from the tables of the specification, not read from the rules: a table decides a
patient of whom all is known, and with something unknown the strictest action over all completions is expected.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from evals.bench.genomics.row import Row
from evals.bench.treatment.patients import UNITS, labs, listed, value
from retrieval.patient import Known, Patient
from tools.treatment.check import check
from tools.treatment.interactions import FiredPair
from tools.treatment.predicates import Level

TODAY = date(2026, 11, 22)
LEVELS = {"normal": (0.7, "2026-11-15"), "high": (1.2, "2026-11-15"), "old": (0.7, "2026-09-01")}
NORMAL = {"potassium": 4.0, "magnesium": 0.9, "calcium": 9.5, "creatinine": 0.9}
ABNORMAL = {"potassium": 3.5, "magnesium": 1.1, "calcium": 10.2, "creatinine": 1.2}
"""On the bound: the bounds are strict, so none of these is normal."""
Told = bool | None


class Shown(NamedTuple):
    """What a rule shows, and whether every completion agrees."""

    level: Level
    certain: bool


def rows(data: Path) -> Iterator[Row]:
    """Agreement with the tables, and with HL7's request where it is held."""
    for name, cases in (
        ("A, warfarin with an NSAID", warfarin()),
        ("B, digoxin with ciclosporin", digoxin()),
    ):
        told = list(cases)
        good = sum(shown == expected for shown, expected in told)
        yield Row("7d", f"contextual rule {name}: every patient, known and unknown", "100 %",
                  f"{good}/{len(told)}", good == len(told), peers="HL7")  # fmt: skip
    path = data / "hl7-pddi-cds" / "warfarin-nsaids-cds-request.json"
    if path.is_file():
        fired = f101(path)
        good = sum(one.level is Level.AVOID and one.verdict.certain for one in fired)
        ours = (
            f"{good} of {len(fired)} pairs avoid, certain ({', '.join(sorted(o.right.drug for o in fired))})"
        )
        yield Row(
            "7d", "HL7's request f101", "both NSAIDs: avoid", ours, good == len(fired) == 2, peers="HL7"
        )


def strictest(table: Callable[..., Level], *asked: Told) -> Shown:
    """The strictest action over all completions of what is unknown."""
    filled = itertools.product(*((True, False) if one is None else (one,) for one in asked))
    reached = {table(*one) for one in filled}
    return Shown(max(reached, key=lambda level: level.rank), len(reached) == 1)


def table_a(topical: bool, protected: bool, old_or_bled: bool, steroid: bool, second: bool) -> Level:
    """Worked rule A, first match."""
    if topical:
        return Level.NOTE
    if protected:
        return Level.MONITOR
    return Level.AVOID if old_or_bled or steroid or second else Level.CHANGE


def table_b(new: bool, low_level: bool, diuretic: bool, abnormal: bool) -> Level:
    """Worked rule B, first match."""
    if new:
        return Level.CHANGE if low_level else Level.AVOID
    return Level.CHANGE if not low_level or diuretic or abnormal else Level.MONITOR


def warfarin() -> Iterator[tuple[Shown, Shown]]:
    """Shown and expected for every patient of rule A."""
    switches = itertools.product((False, True), repeat=5)
    for topical, protected, steroid, second, complete in switches:
        for old, bled in itertools.product((False, True, None), repeat=2):
            present = [("omeprazole", protected), ("eplerenone", steroid), ("naproxen", second)]
            patient = Patient(
                age_years=None if old is None else value(66 if old else 65, "years"),
                problems=listed(["duodenal ulcer with bleeding"] if bled else [], complete=bled is not None),
                drugs=listed([name for name, there in present if there], complete=complete),
            )
            asked = [there or (False if complete else None) for _, there in present]
            either = True if old or bled else (None if None in (old, bled) else False)
            fired = _fired(
                ["warfarin", "diclofenac gel" if topical else "diclofenac"], patient, "warfarin-nsaid"
            )
            [shown] = [one for one in fired if one.right.drug == "diclofenac"]
            yield _shown(shown), strictest(table_a, topical, asked[0], either, *asked[1:])


def digoxin() -> Iterator[tuple[Shown, Shown]]:
    """Shown and expected for every patient of rule B."""
    for new, level, loop, complete in itertools.product(
        (True, False, None), (*LEVELS, None), ("furosemide", "spironolactone", ""), (True, False)
    ):
        for ends in itertools.product((True, False, None), repeat=4):
            patient = Patient(
                labs=_labs(level, dict(zip(NORMAL, ends, strict=True))),
                drugs=listed(
                    [one for one in ("digoxin", "ciclosporin" if new is False else "", loop) if one],
                    complete=complete,
                ),
            )
            asked = [] if new is False else ["new: ciclosporin" if new else "ciclosporin"]
            [fired] = _fired(asked, patient, "digoxin-ciclosporin")
            diuretic = True if loop else (False if complete else None)
            low = {"normal": True, "high": False}.get(level or "")
            abnormal = True if False in ends else (None if None in ends else False)
            yield _shown(fired), strictest(table_b, new, low, diuretic, abnormal)


def _labs(level: str | None, ends: Mapping[str, bool | None]) -> dict[str, Known[float]]:
    known = {name: (NORMAL if end else ABNORMAL)[name] for name, end in ends.items() if end is not None}
    held = labs(**known)
    if level is not None:
        number, day = LEVELS[level]
        held["digoxin level"] = value(number, UNITS["digoxin level"], day)
    return {name: one.model_copy(update={"date": one.date or "2026-11-20"}) for name, one in held.items()}


def _fired(drugs: Sequence[str], patient: Patient, rule: str) -> list[FiredPair]:
    checked = check(drugs, patient, today=TODAY, guidelines=False)
    return [one for pair in checked.pairs for one in pair.fired if one.rule.id == rule]


def _shown(fired: FiredPair) -> Shown:
    return Shown(fired.level, fired.verdict.certain)


def f101(path: Path) -> list[FiredPair]:
    """What is shown for HL7's patient: ketorolac beside warfarin, etodolac and two more, after an ulcer that bled."""
    found = list(_resources(json.loads(path.read_text(encoding="utf-8"))))
    drugs = [_named(one["medicationCodeableConcept"]) for one in found if "medicationCodeableConcept" in one]
    problems = [_named(one["code"]) for one in found if one["resourceType"] == "Condition"]
    patient = Patient(age_years=value(36, "years"), problems=listed(problems), drugs=listed(drugs[1:]))
    return _fired([f"new: {drugs[0]}"], patient, "warfarin-nsaid")


def _named(concept: Mapping[str, Any]) -> str:
    return str(concept["coding"][0]["display"])


def _resources(given: Any) -> Iterator[dict[str, Any]]:
    """Every resource of a request, outermost first."""
    if isinstance(given, list):
        for one in given:
            yield from _resources(one)
    if isinstance(given, dict):
        if "resourceType" in given:
            yield given
        for one in given.values():
            yield from _resources(one)
