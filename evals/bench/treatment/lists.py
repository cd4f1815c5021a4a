"""Pairs of drugs against the consensus lists: what must be caught, and what must not interrupt.

The lists are oracles only. The low-priority list has exceptions that the specification writes down; every other
interruption is counted as outside them, with the rule that it comes from.
"""

from __future__ import annotations

import csv
import random
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evals.bench.genomics.row import Row
from evals.bench.treatment.patients import reconciled
from retrieval.patient import Patient
from tools.treatment.check import Checked, check
from tools.treatment.interactions import FiredPair, Spoken
from tools.treatment.load import Knowledge, knowledge
from tools.treatment.names import Status
from tools.treatment.predicates import Level, Takes, atoms

Pair = tuple[str, str]
PATIENTS = (("nothing known", Patient()), ("reconciled, normal values", reconciled()))
DUAL = "ACE inhibitor with ARB"
ORAL_AZOLE = "ketoconazole by mouth with a proton pump inhibitor"
THIRD = "ACE inhibitor with NSAID while a diuretic as third drug is not excluded"
QT = "two QT drugs (3.8)"
WRITTEN = (DUAL, ORAL_AZOLE, THIRD)
"""The exceptions of 3.4. The third is a rule on three drugs: two of them interrupt only while the list is open."""


@dataclass
class Tally:
    """Pairs of a list by the action that we show."""

    levels: Counter[Level] = field(default_factory=Counter)
    spoken: Counter[Spoken] = field(default_factory=Counter)
    unresolved: list[str] = field(default_factory=list)
    interrupting: dict[Pair, tuple[FiredPair, ...]] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return sum(self.levels.values())

    def at_least(self, level: Level) -> int:
        return sum(count for one, count in self.levels.items() if one.rank >= level.rank)

    def because(self) -> Counter[str]:
        """The interrupting pairs by their exception, or else by rule."""
        return Counter(exception(one) for fired in self.interrupting.values() for one in fired[:1])


def rows(data: Path) -> Iterator[Row]:
    """Recall, QT pairs, restraint, and interruptions on whole lists."""
    folder = data / "pddi-public-2017"
    yield from _recall(high_priority(folder))
    pairs = qt(folder)
    for name, patient in PATIENTS:
        yield _qt(name, tally(pairs, patient))
    low = mapped(folder / "ONC_Non_Interuptive_Mapped.csv")
    for name, patient in PATIENTS:
        yield _restraint(name, tally(low, patient))
    yield _lists_of_ten()


def _recall(pairs: Sequence[Pair]) -> Iterator[Row]:
    for name, patient in PATIENTS:
        told = tally(pairs, patient)
        caught, avoided = told.at_least(Level.CHANGE), told.at_least(Level.AVOID)
        ours = f"{caught}/{told.n} ({avoided} avoid)"
        met = caught == told.n == 400
        yield Row(
            "7a", f"interaction recall, ONC high priority, {name}", "400/400 at least change", ours, met
        )


def _qt(name: str, told: Tally) -> Row:
    by_label = sum(any(bars(one) for one in fired) for fired in told.interrupting.values())
    monitored, interrupting = told.at_least(Level.MONITOR), len(told.interrupting)
    ours = f"{monitored}/{told.n}; {interrupting} interrupt, {by_label} of them by a label"
    complete = name != PATIENTS[0][0]
    met = monitored == told.n == 780 and (interrupting == by_label or not complete)
    more = "" if complete else " (QTc and potassium unknown: the strictest reading of 3.2)"
    return Row(
        "7b", f"QT pairs, {name}", "780/780 at least monitor, interrupting only by 3.8", ours + more, met
    )


def bars(fired: FiredPair) -> bool:
    """True if a label, whatever the patient, bars the combination."""
    first = fired.rule.cases[0]
    cited = (knowledge().citations[cite.key] for cite in fired.rule.fact.cites)
    return first.when is None and first.level is Level.AVOID and any(one.kind == "label" for one in cited)


def _restraint(name: str, told: Tally) -> Row:
    silent, uncovered = told.spoken[Spoken.NONE_RECORDED], told.spoken[Spoken.NOT_COVERED]
    because = told.because()
    outside = sum(count for reason, count in because.items() if reason not in WRITTEN)
    why = "; ".join(f"{count} {reason}" for reason, count in because.most_common())
    share = 100 * len(told.interrupting) / told.n
    ours = f"{outside} outside; {len(told.interrupting)} of {told.n} interrupt ({share:.1f} %: {why})"
    ours += f"; {silent} none recorded, {uncovered} not covered"
    return Row("7c", f"alert restraint, ONC low priority, {name}", "0 outside the written exceptions", ours,
               told.n == 2101 and outside == 0, peers="override 49–96 % (PMC3628052)")  # fmt: skip


def exception(fired: FiredPair, held: Knowledge | None = None) -> str:
    """The written exception that an interruption is, or the rule that it comes from."""
    held = held or knowledge()
    sides = [held.keys[one.drug] | {one.route} for one in (fired.left, fired.right)]

    def are(one: str, other: str) -> bool:
        return any(one in a and other in b for a, b in (sides, sides[::-1]))

    if are("class:ace_inhibitor", "class:arb"):
        return DUAL
    if are("drug:ketoconazole", "class:ppi") and {"topical", "vaginal"}.isdisjoint(sides[0] | sides[1]):
        return ORAL_AZOLE
    if are("class:ace_inhibitor", "class:nsaid") and not fired.verdict.certain and _of_third(fired):
        return THIRD
    if all("class:qt_prolonging" in side for side in sides):
        return QT
    return fired.rule.id


def _of_third(fired: FiredPair) -> bool:
    """True if the interrupting case asks for a drug besides the two."""
    case = fired.verdict.case
    when = fired.rule.cases[case].when if case is not None else None
    return any(isinstance(atom, Takes) and atom.besides for atom in atoms(when))


def high_priority(folder: Path) -> list[Pair]:
    """The 400 pairs of the sheet."""
    with (folder / "onc_high_priority_pairs.csv").open(encoding="utf-8") as file:
        return sorted({(row["object"], row["precipitant"]) for row in csv.DictReader(file)})


def mapped(path: Path) -> list[Pair]:
    """The unordered pairs of a mapped list."""
    found = set()
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        cells = [cell.strip().lower() for cell in line.split("$")]
        if len(cells) >= 4:
            found.add((min(cells[0], cells[2]), max(cells[0], cells[2])))
    return sorted(found)


def qt(folder: Path) -> list[Pair]:
    """The 780 pairs of the QT rule: all pairs over its 40 drugs (those that meet each of the 39 others)."""
    pairs = mapped(folder / "ONC_High_Priority_Mapped.csv")
    met: dict[str, set[str]] = {}
    for one, other in pairs:
        met.setdefault(one, set()).add(other)
        met.setdefault(other, set()).add(one)
    drugs = {drug for drug in met if "probucol" in met[drug]} | {"probucol"}
    return [pair for pair in pairs if set(pair) <= drugs]


def tally(pairs: Sequence[Pair], patient: Patient) -> Tally:
    """What is shown for each pair in one patient."""
    told = Tally()
    for pair in pairs:
        checked = check(pair, patient, guidelines=False)
        told.unresolved += [
            named.text for named in checked.named if named.resolved.status is not Status.EXACT
        ]
        fired = sorted((one for p in checked.pairs for one in p.fired), key=lambda one: -one.level.rank)
        told.levels[fired[0].level if fired else Level.NONE] += 1
        told.spoken[checked.pairs[0].spoken if checked.pairs else Spoken.NOT_COVERED] += 1
        if fired and fired[0].level.interrupts:
            told.interrupting[pair] = tuple(one for one in fired if one.level.interrupts)
    return told


def _lists_of_ten() -> Row:
    """Interruptions on 200 random lists of ten covered drugs, with nothing known and with all reconciled."""
    chosen = random.Random(4)
    covered = sorted(knowledge().covered)
    lists = [[knowledge().drug(drug).name for drug in chosen.sample(covered, 10)] for _ in range(200)]
    counts = [
        statistics.mean(_interrupting(check(names, patient, guidelines=False)) for names in lists)
        for _, patient in PATIENTS
    ]
    ours = f"{counts[0]:.1f} with nothing known, {counts[1]:.1f} reconciled (mean of 200 random lists of ten)"
    return Row("7c", "interruptions per list, incomplete against complete", "reported", ours, None)


def _interrupting(checked: Checked) -> int:
    pairs = sum(pair.level.interrupts for pair in checked.pairs)
    return pairs + sum(one.level.interrupts for one in checked.rules)
