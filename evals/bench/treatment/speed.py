"""How long the drug check, the options and the load of the knowledge take."""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from evals.bench.genomics.row import Row
from evals.bench.treatment.patients import reconciled
from retrieval.patient import Patient
from tools.check_drugs import check_drugs
from tools.registry import Context
from tools.treatment.load import knowledge
from tools.treatment_options import treatment_options

SEED, LISTS, DRUGS, RUNS, LOADS = 20, 100, 20, 8, 5
LOAD = (
    "import time;a=time.perf_counter();from tools.treatment.load import knowledge;"
    "b=time.perf_counter();knowledge();c=time.perf_counter();print(c-b,c-a)"
)


def rows(_: Path) -> Iterator[Row]:
    """Warm times of both tools, and the load in a process of its own."""
    for name, patient in (("reconciled patient", reconciled()), ("nothing known", Patient())):
        yield _drugs(name, Context(patient=patient))
    for name, patient in (("reconciled patient", reconciled()), ("nothing known", Patient())):
        yield _options(name, Context(patient=patient))
    yield _load()


def _drugs(name: str, context: Context) -> Row:
    chosen = random.Random(SEED)
    covered = sorted(knowledge().covered)
    lists = [[knowledge().drug(one).name for one in chosen.sample(covered, DRUGS)] for _ in range(LISTS)]
    check_drugs(lists[0], context=context)
    times = [_milliseconds(lambda names=names: check_drugs(names, context=context)) for names in lists]  # type: ignore[misc]
    p50, p95 = _points(times)
    ours = f"p50 {p50:.1f} ms, p95 {p95:.1f} ms, n {len(times)}"
    return Row("7k", f"check_drugs, {DRUGS} drugs, warm, {name}", "p95 < 50 ms", ours, p95 < 50)


def _options(name: str, context: Context) -> Row:
    times: dict[str, list[float]] = {}
    for indication in knowledge().indications:
        said = indication.replace("_", " ")
        treatment_options(said, context=context)
        times[indication] = [
            _milliseconds(lambda said=said: treatment_options(said, context=context))  # type: ignore[misc]
            for _ in range(RUNS)
        ]
    p50, p95 = _points([one for some in times.values() for one in some])
    slowest = max(times, key=lambda one: statistics.median(times[one]))
    ours = f"p50 {p50:.1f} ms, p95 {p95:.1f} ms over {len(times)} indications; slowest {slowest} "
    ours += f"{statistics.median(times[slowest]):.0f} ms"
    return Row("7k", f"treatment_options, warm, {name}", "p95 < 100 ms", ours, p95 < 100, "0.3–4.5 ms")


def _load() -> Row:
    took = []
    for _ in range(LOADS):
        made = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True)
        took.append([float(part) for part in made.stdout.split()])
    read, whole = (statistics.median(one[part] for one in took) for part in (0, 1))
    ours = f"{read:.2f} s (with imports {whole:.2f} s; median of {LOADS} fresh processes)"
    return Row("7k", "load of the knowledge", "< 0.5 s", ours, read < 0.5)


def _points(times: Sequence[float]) -> tuple[float, float]:
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000
