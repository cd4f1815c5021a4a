"""Gates: what a run must hold, with the values of evals/gates.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field

from evals.report.figures import rounded
from evals.report.marks import NO_TRACE, Marked
from evals.report.results import Run
from evals.stats import bootstrap
from evals.stats.shares import exact
from retrieval.evidence import Text, Word

FILE = Path(__file__).resolve().parents[1] / "gates.yaml"
RULES = "assistant/rules"
State = Literal["held", "lost", "not run"]


class Gate(Word):
    """One gate: what is counted, where, and the greatest value that holds, by profile."""

    id: Text
    title: Text
    of: Literal["hits", "misses", "share", "errors", "p95", "rise", "cases"]
    metric: str = ""
    suites: tuple[str, ...] = ()
    """Empty: all."""
    subject: Literal["", "rules"] = ""
    bars: Mapping[str, float]
    least: Mapping[str, int] = {}
    bound: Mapping[str, float] = {}


class Gates(Word):
    """The file."""

    version: Literal[1]
    gates: Annotated[tuple[Gate, ...], Field(min_length=1)]


class Held(Word):
    """How a gate came out. ``value`` is what is held against ``bar``; both None where it was not run."""

    id: Text
    title: str
    state: State
    value: float | None = None
    bar: float | None = None
    n: int = 0
    bound: float | None = None
    """One-sided 95 % upper bound over base cases, for shares and counts."""
    why: str = ""


def gates(file: Path = FILE) -> tuple[Gate, ...]:
    """All gates in the order of the file."""
    return Gates.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))).gates


def hold(run: Run, baseline: Run | None = None, profile: str = "") -> tuple[Held, ...]:
    """Every gate with a bar for the profile (the run's own by default; "standard" where it has none)."""
    chosen = profile or run.manifest.profile or "standard"
    return tuple(_hold(gate, run, baseline, chosen) for gate in gates() if chosen in gate.bars)


def lost(held: Sequence[Held]) -> tuple[str, ...]:
    """Ids of the gates that are lost."""
    return tuple(one.id for one in held if one.state == "lost")


def _hold(gate: Gate, run: Run, baseline: Run | None, profile: str) -> Held:
    bar = gate.bars[profile]
    if gate.subject == "rules" and run.manifest.subject != RULES:
        return _not_run(gate, bar, f"only {RULES} must hold it")
    if gate.of == "cases":
        return _cases(gate, run, bar)
    marked = [
        one for suite in run.marks if not gate.suites or suite in gate.suites for one in run.tested(suite)
    ]
    if gate.of == "errors":
        marked += _unlived(run, gate.suites)
    if not marked:
        return _not_run(gate, bar, f"no case of {', '.join(gate.suites) or 'any suite'} was run")
    if gate.of == "p95":
        return _seconds(gate, marked, bar)
    if gate.of == "rise":
        return _rise(gate, marked, baseline, bar)
    return _count(gate, marked, bar, gate.least.get(profile, 0), gate.bound.get(profile))


def _unlived(run: Run, suites: Sequence[str]) -> list[Marked]:
    """What the other subjects were to live and did not: a run that was cut short lacks theirs first."""
    return [
        one
        for suite, marks in run.marks.items()
        for subject, own in marks.items()
        if subject != run.manifest.subject and (not suites or suite in suites)
        for one in own
        if one.trace.error == NO_TRACE
    ]


def _not_run(gate: Gate, bar: float, why: str) -> Held:
    return Held(id=gate.id, title=gate.title, state="not run", bar=bar, why=why)


def _count(gate: Gate, marked: Sequence[Marked], bar: float, least: int, most: float | None) -> Held:
    """Counts and shares: a value above 0 is a hit (of "misses": one below 1), so half a fault is one too."""
    if gate.of == "errors":
        held = [(one, float(bool(one.trace.error))) for one in marked]
    else:
        held = [(one, value) for one in marked if (value := one.value(gate.metric)) is not None]
    if not held:
        return _not_run(gate, bar, f"{gate.metric} was scored in no case")
    bad = [one for one, value in held if (value < 1 if gate.of == "misses" else value > 0)]
    clusters, hit = {one.cluster for one, _ in held}, {one.cluster for one in bad}
    upper = exact(len(hit), len(clusters), "upper").high
    counts = gate.of in ("hits", "misses")
    value = float(len(bad)) if counts or not bar else sum(value for _, value in held) / len(held)
    why = tuple(_whys(value, bar, len(held), least, upper, most))
    unlived = sum(one.trace.error == NO_TRACE for one in bad)
    named = f"; {unlived} with {NO_TRACE}" if unlived else ""
    named += f"; cases {', '.join(one.case.id for one in bad[:10])}" if bad else ""
    return Held(
        id=gate.id, title=gate.title, state="lost" if why else "held", value=rounded(value), bar=bar, n=len(held),
        bound=rounded(upper), why="; ".join(why) + (named if why else ""),
    )  # fmt: skip


def _whys(value: float, bar: float, n: int, least: int, upper: float, most: float | None) -> Iterator[str]:
    if value > bar:
        yield f"{value:g} is above {bar:g}"
    if n < least:
        yield f"{n} cases are too few, {least} are needed"
    if most is not None and upper > most:
        yield f"the upper bound {upper:.4f} is above {most:g}"


def _seconds(gate: Gate, marked: Sequence[Marked], bar: float) -> Held:
    import numpy as np

    seconds = [turn.seconds for one in marked for turn in one.trace.shown]
    if not seconds:
        return _not_run(gate, bar, "no turn was timed")
    value = float(np.percentile(seconds, 95))
    state: State = "held" if value <= bar else "lost"
    why = "" if value <= bar else f"{value:.2f} s is above {bar:g} s"
    return Held(
        id=gate.id, title=gate.title, state=state, value=round(value, 4), bar=bar, n=len(seconds), why=why
    )


def _rise(gate: Gate, marked: Sequence[Marked], baseline: Run | None, bar: float) -> Held:
    """The upper end of the paired 95 % interval of (this run - baseline), on the cases that both have."""
    if baseline is None:
        return _not_run(gate, bar, "no baseline run was given")
    if baseline.missing:
        return _not_run(gate, bar, f"the baseline run is not whole: {baseline.missing} with {NO_TRACE}")
    before = {
        (one.case.id, one.trace.repeat): value
        for suite in gate.suites
        for one in baseline.tested(suite)
        if (value := one.value(gate.metric)) is not None
    }
    pairs = [
        (before[key], value, one.cluster)
        for one in marked
        if (value := one.value(gate.metric)) is not None
        and (key := (one.case.id, one.trace.repeat)) in before
    ]
    if not pairs:
        return _not_run(gate, bar, "the baseline ran other cases")
    found = bootstrap.difference(
        [a for a, _, _ in pairs], [b for _, b, _ in pairs], [key for *_, key in pairs], bootstrap.GATE_DRAWS
    )
    state: State = "held" if found.high <= bar else "lost"
    why = "" if found.high <= bar else f"a rise of up to {100 * found.high:.1f} points cannot be ruled out"
    return Held(
        id=gate.id, title=gate.title, state=state, value=rounded(found.high), bar=bar, n=len(pairs), why=why
    )


def _cases(gate: Gate, run: Run, bar: float) -> Held:
    """Makes every suite's cases again from its seed and compares the hash of their lines."""
    asked = [one for one in run.manifest.suites if one.sha256 and one.suite in run.suites]
    if not asked:
        return _not_run(gate, bar, "no suite was run")
    other = [one.suite for one in asked if _digest(run, one.suite, one.n, one.seed) != one.sha256]
    why = f"other bytes from the same seed: {', '.join(other)}" if other else ""
    return Held(
        id=gate.id, title=gate.title, state="lost" if other else "held", value=float(len(other)), bar=bar,
        n=sum(one.cases for one in asked), why=why,
    )  # fmt: skip


def _digest(run: Run, suite: str, n: int, seed: int) -> str:
    lines = (case.model_dump_json() for case in run.suites[suite].cases(n, seed))
    return sha256("\n".join(lines).encode()).hexdigest()
