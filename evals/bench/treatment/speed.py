"""How long the drug check, the options and the load of the knowledge take.

Processor time is what the bars are held against: the work is of one thread and the machine is shared. The time on the
clock stands beside it.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from evals.bench.genomics.row import Row
from evals.bench.treatment.patients import listed, reconciled
from retrieval.patient import Patient
from tools.check_drugs import check_drugs
from tools.registry import Context
from tools.treatment.load import knowledge
from tools.treatment_options import treatment_options

SEED, LISTS, DRUGS, RUNS, LOADS = 20, 100, 20, 8, 5
LOAD = (
    "import time;from tools.treatment.load import knowledge;"
    "a=time.process_time();b=time.perf_counter();knowledge();print(time.process_time()-a,time.perf_counter()-b)"
)


class Took(NamedTuple):
    """Milliseconds of the processor, and on the clock."""

    work: float
    clock: float


def rows(_: Path) -> Iterator[Row]:
    """Warm times of both tools, and the load in a process of its own."""
    patients = {"reconciled patient": reconciled(), "nothing known": Patient()}
    for name, patient in patients.items():
        yield _drugs(name, Context(patient=patient))
    for name, patient in {**patients, "ten current drugs, nothing else known": _busy()}.items():
        yield _options(name, Context(patient=patient))
    yield _load()


def _busy() -> Patient:
    covered = sorted(knowledge().covered)
    names = [knowledge().drug(one).name for one in random.Random(SEED).sample(covered, 10)]
    return Patient(drugs=listed(names, complete=False))


def _drugs(name: str, context: Context) -> Row:
    chosen = random.Random(SEED)
    covered = sorted(knowledge().covered)
    lists = [[knowledge().drug(one).name for one in chosen.sample(covered, DRUGS)] for _ in range(LISTS)]
    check_drugs(lists[0], context=context)
    told, p95 = _points([_took(partial(check_drugs, names, context=context)) for names in lists])
    return Row("7k", f"check_drugs, {DRUGS} drugs, warm, {name}", "p95 < 50 ms", told, p95 < 50)


def _options(name: str, context: Context) -> Row:
    times: dict[str, list[Took]] = {}
    for indication in knowledge().indications:
        call = partial(treatment_options, indication.replace("_", " "), context=context)
        call()
        times[indication] = [_took(call) for _ in range(RUNS)]
    told, p95 = _points([one for some in times.values() for one in some])
    middle = {one: statistics.median(took.work for took in some) for one, some in times.items()}
    slowest = max(middle, key=lambda one: middle[one])
    ours = f"{told} over {len(times)} indications; slowest {slowest}, {middle[slowest]:.0f} ms"
    return Row("7k", f"treatment_options, warm, {name}", "p95 < 100 ms", ours, p95 < 100, "0.3–4.5 ms")


def _load() -> Row:
    took = []
    for _ in range(LOADS):
        made = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True)
        took.append(Took(*(float(part) for part in made.stdout.split())))
    work, clock = (statistics.median(one[part] for one in took) for part in (0, 1))
    ours = f"{work:.2f} s of the processor, {clock:.2f} s on the clock (median of {LOADS} fresh processes)"
    return Row("7k", "load of the knowledge", "< 0.5 s", ours, work < 0.5)


def _points(times: Sequence[Took]) -> tuple[str, float]:
    """The points in words, and the 95 % point of the processor's time."""
    work, clock = ([one[part] for one in times] for part in (0, 1))
    p50, p95 = statistics.median(work), statistics.quantiles(work, n=20)[-1]
    told = f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, n {len(times)}"
    return (
        f"{told} (on the clock {statistics.median(clock):.1f}, {statistics.quantiles(clock, n=20)[-1]:.1f})",
        p95,
    )


def _took(work: Callable[[], object]) -> Took:
    started, begun = time.process_time(), time.perf_counter()
    work()
    return Took((time.process_time() - started) * 1000, (time.perf_counter() - begun) * 1000)
