"""Drug safety against the consensus lists of interactions, a set of label brands, and the clock.

The lists are oracles only. The brand table was written from the same 200 brands that it is measured on, so its figure
says that the table is complete, not that an unseen brand would be found; the labels' own text confirms the ingredients.

Run: ``python -m evals.bench.treatment DATA``.
"""

from __future__ import annotations

import csv
import gzip
import json
import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evals.bench.genomics.row import Row
from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
from tools.treatment.check import Checked, check
from tools.treatment.interactions import Spoken
from tools.treatment.load import knowledge
from tools.treatment.names import Status, resolve
from tools.treatment.predicates import Level

Pair = tuple[str, str]
EXCEPTIONS = (
    "sotalol with citalopram or escitalopram is also a pair of the high-priority QT rule; QTc unknown"
)


@dataclass
class Tally:
    """Pairs of a list by the action that we show."""

    levels: Counter[Level] = field(default_factory=Counter)
    spoken: Counter[Spoken] = field(default_factory=Counter)
    unresolved: list[str] = field(default_factory=list)
    interrupting: list[Pair] = field(default_factory=list)

    @property
    def n(self) -> int:
        return sum(self.levels.values())

    def at_least(self, level: Level) -> int:
        return sum(count for one, count in self.levels.items() if one.rank >= level.rank)


def rows(data: Path) -> Iterator[Row]:
    """Every bar of the drug checks."""
    lists, labels = data / "pddi-public-2017", data / "onsides-labels"
    if lists.is_dir():
        yield from _lists(lists)
    else:
        yield Row("7", "interaction lists", "–", "not held: pddi-public-2017", None)
    if labels.is_dir():
        yield from _brands(labels)
    else:
        yield Row("7", "brands", "–", "not held: onsides-labels", None)
    yield _look_alikes()
    yield _lists_of_ten()
    yield from _speed()


def _lists(folder: Path) -> Iterator[Row]:
    high = tally(high_priority(folder), Patient())
    share = f"{high.at_least(Level.AVOID)}/{high.n} avoid"
    yield Row(
        "7", "interaction recall, ONC high priority", "400/400", share, share == "400/400 avoid", "to build"
    )
    qt_pairs = qt(folder)
    for name, patient in (("nothing known", Patient()), ("reconciled, normal values", reconciled())):
        told = tally(qt_pairs, patient)
        ours = f"{told.at_least(Level.MONITOR)}/{told.n}, {told.at_least(Level.CHANGE)} interrupt"
        yield Row(
            "7", f"QT pairs, {name}", "780/780 at least monitor", ours, told.at_least(Level.MONITOR) == 780
        )
    low = mapped(folder / "ONC_Non_Interuptive_Mapped.csv")
    for name, patient in (("nothing known", Patient()), ("reconciled, normal values", reconciled())):
        yield _restraint(name, tally(low, patient))


def _restraint(name: str, told: Tally) -> Row:
    silent, outside = told.spoken[Spoken.NONE_RECORDED], told.spoken[Spoken.NOT_COVERED]
    ours = (
        f"{told.at_least(Level.CHANGE)} of {told.n} interrupt; {silent} none recorded, {outside} not covered"
    )
    excepted = all("sotalol" in pair for pair in told.interrupting)
    more = f" ({EXCEPTIONS})" if told.interrupting and excepted else ""
    met = told.n == 2101 and excepted
    bar = "0 outside the written exceptions"
    return Row(
        "7", f"alert restraint, ONC low priority, {name}", bar, ours + more, met, peers="override 49–96 %"
    )


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
    for one, other in pairs:
        checked = check([one, other], patient, guidelines=False)
        told.unresolved += [
            named.text for named in checked.named if named.resolved.status is not Status.EXACT
        ]
        level = max((pair.level for pair in checked.pairs), key=lambda level: level.rank, default=Level.NONE)
        told.levels[level] += 1
        told.spoken[checked.pairs[0].spoken if checked.pairs else Spoken.NOT_COVERED] += 1
        if level.interrupts:
            told.interrupting.append((one, other))
    return told


def reconciled() -> Patient:
    """A man of 40 with complete lists, nothing on them, and normal values: what is absent is absent."""
    origin = Origin(kind=OriginKind.CHART, where="made for the benchmark")
    normal = {
        "QTc": (410.0, "ms"),
        "potassium": (4.2, "mmol/L"),
        "creatinine": (0.9, "mg/dL"),
        "eGFR": (100.0, ""),
    }
    return Patient(
        age_years=Known(value=40.0, unit="years", origin=origin),
        sex=Known(value="male", origin=origin),
        weight=Known(value=75.0, unit="kg", origin=origin),
        labs={name: Known(value=value, unit=unit, origin=origin) for name, (value, unit) in normal.items()},
        problems=Listed(complete=True),
        drugs=Listed(complete=True),
        allergies=Listed(complete=True),
    )


def _brands(folder: Path) -> Iterator[Row]:
    texts: dict[str, str] = {}
    for part in ("train", "test"):
        with gzip.open(folder / f"demner-fushman-{part}-labels.json.gz") as file:
            for row in json.load(file):
                texts[row["label_id"]] = texts.get(row["label_id"], "") + row["section_text"].lower()
    read = {brand: resolve(brand) for brand in texts}
    told = Counter(one.status for one in read.values())
    exact = {brand: one for brand, one in read.items() if one.status is Status.EXACT}
    confirmed = sum(
        all(any(name in texts[brand] for name in _words(drug)) for drug in one.ingredients)
        for brand, one in exact.items()
    )
    done = told[Status.EXACT] + told[Status.ASK]
    ours = f"{told[Status.EXACT]} resolved, {told[Status.ASK]} asked, {told[Status.UNKNOWN]} unknown of {len(read)}"
    yield Row("7", "names: brands of label set", "≥ 190 (brief), ≥ 195 (reach)", ours, done >= 195, "177")
    yield Row(
        "7",
        "brands whose label text names every ingredient",
        "reported",
        f"{confirmed} of {len(exact)}",
        None,
    )


def _words(drug: str) -> list[str]:
    """First words of the names of an ingredient: labels write "dabigatran" as often as its salt."""
    entry = knowledge().drug(drug)
    return [name.lower().split()[0] for name in (entry.name, *entry.names)]


def _look_alikes() -> Row:
    slips = [(name, name[:-2] + name[-1]) for group in knowledge().look_alikes for name in group.names]
    read = [resolve(slip) for _, slip in slips]
    asked = sum(one.status is Status.ASK for one in read)
    ours = f"{asked} of {len(slips)} misspellings ask"
    return Row("7", "look-alikes: a slip is never used silently", "all ask", ours, asked == len(slips))


def _lists_of_ten() -> Row:
    """Interruptions on 200 random lists of ten covered drugs, with nothing known and with all reconciled."""
    chosen = random.Random(4)
    covered = sorted(knowledge().covered)
    lists = [[knowledge().drug(drug).name for drug in chosen.sample(covered, 10)] for _ in range(200)]
    counts = [
        statistics.mean(_interrupting(check(names, patient, guidelines=False)) for names in lists)
        for patient in (Patient(), reconciled())
    ]
    ours = f"{counts[0]:.1f} with nothing known, {counts[1]:.1f} reconciled (mean of 200 random lists of ten)"
    return Row("7", "interruptions per list, incomplete against complete", "reported", ours, None)


def _interrupting(checked: Checked) -> int:
    pairs = sum(pair.level.interrupts for pair in checked.pairs)
    return pairs + sum(one.level.interrupts for one in checked.rules)


def _speed() -> Iterator[Row]:
    from tools.check_drugs import check_drugs
    from tools.registry import Context

    chosen = random.Random(20)
    covered = sorted(knowledge().covered)
    context = Context(patient=reconciled())
    bare = Context()
    check_drugs(["warfarin"], context=context)
    for name, one in (("reconciled patient", context), ("nothing known", bare)):
        times = []
        for _ in range(60):
            names = [knowledge().drug(drug).name for drug in chosen.sample(covered, 20)]
            times.append(_milliseconds(lambda names=names, one=one: check_drugs(names, context=one)))  # type: ignore[misc]
        p50 = statistics.median(times)
        ours = f"p50 {p50:.1f} ms, worst {max(times):.1f} ms, n {len(times)}"
        yield Row("7", f"check_drugs, 20 drugs, warm, {name}", "p50 ≤ 20 ms", ours, p50 <= 20)
    program = (
        "import time;t=time.perf_counter();from tools.treatment.load import knowledge;a=time.perf_counter();"
    )
    program += "knowledge();print(time.perf_counter()-a)"
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    seconds = float(made.stdout)
    yield Row("7", "load of the knowledge", "< 0.5 s", f"{seconds:.2f} s", seconds < 0.5)


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def main() -> int:
    """Print the rows; 1 if a bar is not met."""
    made = list(rows(Path(sys.argv[1])))
    for row in made:
        mark = {True: "met", False: "NOT MET", None: "–"}[row.met]
        print(f"{mark:8}{row.measure}: {row.ours} (bar: {row.bar})")
    return int(any(row.met is False for row in made))


if __name__ == "__main__":
    sys.exit(main())
