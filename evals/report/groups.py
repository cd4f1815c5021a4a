"""One subject on one suite: its figures, its groups, its operators, its levels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from evals.cases.case import Case, rank
from evals.report.figures import (
    Delta,
    Figure,
    Group,
    Levels,
    SubjectResult,
    Sure,
    Weighted,
    figure,
    from_interval,
    of_values,
    rounded,
)  # fmt: skip
from evals.report.marks import TRIVIAL, Marked, metrics
from evals.run.trace import Trace
from evals.scoring.catalogue import METRICS, metric
from evals.scoring.levels import COSTS
from evals.stats import agreement, bootstrap, calibration, weights
from evals.suites.suite import Metric, Suite

GROUPED = 3
"""So many metrics of a suite, its headline first, are told for each group."""
FLIP = Metric("repeat_flip", "level differs between repeats", "lower", of="cases that ran twice")
SURE = ("no level told", "a level, with a question open", "a level, nothing open")
"""Sureness in order; no subject here gives a probability, so an order is all there is."""


def subject_result(suite: Suite, subject: str, marked: Sequence[Marked]) -> SubjectResult:
    """All figures of one subject; groups and weights only for those that are tested."""
    trivial = subject.startswith(TRIVIAL)
    names = _ordered(suite, metrics(marked))
    levels = [one for one in marked if one.case.gold.level is not None and "accuracy" in one.scores]
    curve = risk_coverage(levels)
    return SubjectResult(
        subject=subject,
        trivial=trivial,
        traces=len(marked),
        errors=tuple(one.case.id for one in marked if one.trace.error),
        figures=tuple(figure(known(suite, name), marked) for name in names),
        weighted=() if trivial else tuple(_weighted(suite, names, marked)),
        groups=() if trivial else tuple(_groups(suite, marked)),
        deltas=() if trivial else tuple(_deltas(suite, marked)),
        levels=_levels(levels) if levels else None,
        risk_coverage=curve,
        risk_area=rounded(calibration.area(curve)),
        sureness=tuple(_sureness(levels)),
        repeat_flips=_flips(levels),
    )


def known(suite: Suite, name: str) -> Metric:
    """A metric as the suite tells it, else as the catalogue does."""
    return next((one for one in suite.metrics if one.name == name), None) or metric(name)


def _ordered(suite: Suite, names: Sequence[str]) -> tuple[str, ...]:
    """The suite's own order first, its headline at the top."""
    wanted = dict.fromkeys([suite.headline, *(one.name for one in suite.metrics), *names])
    return tuple(name for name in wanted if name in names)


def _weighted(suite: Suite, names: Sequence[str], marked: Sequence[Marked]) -> Iterator[Weighted]:
    """The suite's own metrics by the weights of the cases; nothing where every case weighs the same."""
    if len({one.case.weight for one in marked}) < 2:
        return
    own = {suite.headline, *(one.name for one in suite.metrics)}
    for name in names:
        held = [(value, one) for one in marked if (value := one.value(name)) is not None]
        if name not in own or not held:
            continue
        heavy = [one.case.weight for _, one in held]
        found = weights.weighted([value for value, _ in held], heavy, [one.cluster for _, one in held])
        value, low, high = (rounded(part) for part in found)
        size = weights.effective_size(heavy)
        yield Weighted(
            metric=name,
            value=value,
            low=low,
            high=high,
            effective_n=round(size, 1),
            refused=size < weights.LEAST,
        )


def _groups(suite: Suite, marked: Sequence[Marked]) -> Iterator[Group]:
    names = _ordered(suite, metrics(marked))[:GROUPED]
    by: Mapping[tuple[str, str], list[Marked]] = defaultdict(list)
    for one in marked:
        for key in _keys(one.case):
            by[key].append(one)
    for kind, name in sorted(by):
        own = by[kind, name]
        if len(own) < len(marked) or kind in ("operator", "tag"):
            yield Group.model_validate(
                {"kind": kind, "name": name, "figures": [figure(known(suite, each), own) for each in names]}
            )


def _keys(case: Case) -> Iterable[tuple[str, str]]:
    yield from (("operator", name) for name in case.operators)
    yield from (("tag", name) for name in case.tags)
    if case.stratum:
        yield "stratum", case.stratum
    yield "language", case.presented.language or case.latent.person.language
    yield "persona", case.latent.person.persona


def _deltas(suite: Suite, marked: Sequence[Marked]) -> Iterator[Delta]:
    """Each operator against its bases by the first metric of the suite that both sides have."""
    bases = {(one.cluster, one.trace.repeat): one for one in marked if not one.case.operators}
    by: dict[str, list[tuple[Marked, Marked]]] = defaultdict(list)
    for one in marked:
        base = bases.get((one.cluster, one.trace.repeat))
        for operator in one.case.operators if base is not None else ():
            by[operator].append((base, one))  # type: ignore[arg-type]
    for operator, pairs in sorted(by.items()):
        for name in _ordered(suite, metrics(marked)):
            held = [(b, a, one) for base, one in pairs if (b := base.value(name)) is not None
                    and (a := one.value(name)) is not None]  # fmt: skip
            if held:
                found = bootstrap.difference(
                    [b for b, _, _ in held], [a for _, a, _ in held], [o.cluster for *_, o in held]
                )
                value, low, high = (rounded(part) or 0.0 for part in found)
                yield Delta(operator=operator, metric=name, n=len(held), value=value, low=low, high=high)
                break


def _levels(marked: Sequence[Marked]) -> Levels:
    gold = [rank(one.case.gold.level) for one in marked if one.case.gold.level is not None]
    told = [_far(g) if one.trace.error else one.told for g, one in zip(gold, marked, strict=True)]
    keys = [one.cluster for one in marked]
    table = [[0, 0, 0, 0] for _ in range(4)]
    for g, s in zip(gold, told, strict=True):
        table[g][s] += 1
    groups = len(set(keys))
    cells = list(zip(gold, told, marked, strict=True))
    harm = {name: [_cost(name, *cell) for cell in cells] for name in COSTS}
    costs = {name: of_values(METRICS["harm_cost"], values, keys) for name, values in harm.items()}
    return Levels.model_validate({
        "confusion": table,
        "macro_recall": from_interval("macro_recall", agreement.macro_recall(gold, told, keys), len(gold), groups),
        "kappa": from_interval("kappa", agreement.kappa(gold, told, keys), len(gold), groups),
        "costs": costs,
    })  # fmt: skip


def _far(gold: int) -> int:
    """What a crash counts as: the level farthest from gold, the lower one of two."""
    return 0 if gold >= 2 else 3


def _cost(matrix: str, gold: int, told: int, one: Marked) -> float:
    """A crash costs the most that its gold can cost."""
    return max(COSTS[matrix][gold, s] for s in range(4)) if one.trace.error else COSTS[matrix][gold, told]


def sure(trace: Trace) -> int:
    """0 where no level was told, 1 where one was told with a question open, 2 where nothing was open."""
    last = trace.last
    if last is None or trace.highest is None:
        return 0
    return 1 if last.asked or last.ask_text else 2


def _wrong(one: Marked) -> float:
    within = one.value("within")
    return 1 - within if within is not None else float(one.case.gold.level is not None)


def risk_coverage(marked: Sequence[Marked]) -> tuple[tuple[float, float], ...]:
    """(coverage, risk): levels outside the acceptable interval among the surest cases."""
    if not marked:
        return ()
    curve = calibration.risk_coverage([sure(one.trace) for one in marked], [_wrong(one) for one in marked])
    return tuple((round(coverage, 6), round(risk, 6)) for coverage, risk in curve)


def _sureness(marked: Sequence[Marked]) -> Iterator[Sure]:
    for place, name in enumerate(SURE):
        own = [_wrong(one) for one in marked if sure(one.trace) == place]
        if own:
            yield Sure(name=name, n=len(own), wrong=round(sum(own) / len(own), 6))


def _flips(marked: Sequence[Marked]) -> Figure | None:
    """None where no case ran twice."""
    told: dict[str, set[int]] = defaultdict(set)
    runs: dict[str, int] = defaultdict(int)
    cluster = {}
    for one in marked:
        told[one.case.id].add(one.told)
        runs[one.case.id] += 1
        cluster[one.case.id] = one.cluster
    twice = [name for name in told if runs[name] > 1]
    if not twice:
        return None
    return of_values(FLIP, [float(len(told[name]) > 1) for name in twice], [cluster[name] for name in twice])
