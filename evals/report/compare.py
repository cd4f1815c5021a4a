"""One run against another on the same cases: paired figures, and each case that came out otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from evals.report.figures import rounded
from evals.report.gates import Held, hold
from evals.report.groups import known
from evals.report.marks import Marked, metrics
from evals.report.results import Run, harm, missed
from evals.stats import bootstrap, paired
from evals.stats.shares import Interval
from retrieval.evidence import Text, Word

SAME, LOST, NOT_COMPARABLE = 0, 3, 4
"""Exit codes: no loss; a gate or a headline is lost; the two runs hold different cases."""
ALPHA = 0.05
FLIPS, WORDS = 50, 1_500
"""So many flips are told, each transcript with so many characters."""
HEADLINE = "headline"


class NotComparable(ValueError):
    """The runs hold different cases (the message names the suite and both hashes), or one of them is not whole."""


class Row(Word):
    """One metric of one suite. ``difference`` is B - A with its paired 95 % interval, over base cases."""

    suite: Text
    metric: Text
    title: str
    headline: bool
    better: Literal["higher", "lower"]
    n: int
    clusters: int
    a: float
    b: float
    difference: float
    low: float
    high: float
    p: float
    holm: float
    test: Literal["McNemar mid-p", "sign flips by cluster"]
    detectable: float | None = None
    """The smallest difference that so many pairs with this discordant share would show four times of five."""
    unreliable: bool = False

    @property
    def worse(self) -> bool:
        """B is worse than A beyond chance, over all suites compared."""
        bad = self.difference > 0 if self.better == "lower" else self.difference < 0
        return bad and self.holm < ALPHA


class Flip(Word):
    """A case that came out otherwise: what B did worse (above 0) or better, and both transcripts."""

    suite: Text
    case: Text
    worse_by: float
    changed: tuple[str, ...]
    missed: tuple[str, ...]
    said: tuple[str, ...]
    a: str
    b: str


class Comparison(Word):
    """A against B."""

    a: Text
    b: Text
    rows: tuple[Row, ...]
    flips: tuple[Flip, ...]
    more_flips: int = 0
    gates: tuple[Held, ...] = ()
    """Of B, with A as the baseline."""
    lost: tuple[str, ...] = ()
    """Gates that A held (or did not run) and B lost, and headlines that are worse beyond chance."""

    @property
    def code(self) -> int:
        """0 for no loss, 3 for a loss."""
        return LOST if self.lost else SAME

    def text(self) -> str:
        """For a terminal."""
        return _text(self)

    def html(self) -> str:
        """A page like the report's."""
        from evals.report.page import comparison

        return comparison(self)


def compare(a: Run, b: Run) -> Comparison:
    """The tested subjects of two runs.

    Raises:
        NotComparable: the suites differ, or the cases of one of them, or a run lacks answers.
    """
    _comparable(a, b)
    rows = _adjusted([row for suite in a.marks for row in _rows(a, b, suite)])
    flips = sorted(_flips(a, b), key=lambda one: (-one.worse_by, one.suite, one.case))
    shown = _worst(flips)
    before, after = hold(a), hold(b, baseline=a)
    return Comparison(
        a=_named(a), b=_named(b), rows=tuple(rows), flips=shown, more_flips=len(flips) - len(shown), gates=after,
        lost=tuple(_lost(before, after, rows)),
    )  # fmt: skip


def _named(run: Run) -> str:
    commit = f" @ {run.manifest.commit[:12]}" if run.manifest.commit else ""
    return f"{run.folder.name}: {run.manifest.subject}{commit}"


def _comparable(a: Run, b: Run) -> None:
    for run in (a, b):
        if run.missing:
            raise NotComparable(
                f"{run.folder.name} is not whole: {run.missing} of {len(run.traces)} planned answers are missing. "
                "Run it again to go on."
            )
    ours, theirs = (
        {one.suite: one.sha256 for one in run.manifest.suites if not one.not_run} for run in (a, b)
    )
    for suite in sorted({*ours, *theirs}):
        left, right = ours.get(suite), theirs.get(suite)
        if left is None or right is None:
            raise NotComparable(f"{suite} was run by only one of the two.")
        if left != right:
            raise NotComparable(f"{suite} has other cases: {left[:16]} and {right[:16]}.")


def _pairs(a: Run, b: Run, suite: str) -> list[tuple[Marked, Marked]]:
    """The same case and repeat in both; a repeat that only one has is left out."""
    before = {(one.case.id, one.trace.repeat): one for one in a.tested(suite)}
    return [
        (before[key], one) for one in b.tested(suite) if (key := (one.case.id, one.trace.repeat)) in before
    ]


def _rows(a: Run, b: Run, suite: str) -> Iterator[Row]:
    pairs = _pairs(a, b, suite)
    own = a.suites[suite]
    listed = {own.headline, *(one.name for one in own.metrics)}
    for name in metrics([one for pair in pairs for one in pair]):
        held = [(x, y, two) for one, two in pairs if (x := one.value(name)) is not None
                and (y := two.value(name)) is not None]  # fmt: skip
        if name not in listed or not held:
            continue
        metric = known(own, name)
        yield _row(suite, name, metric.title, name == own.headline, metric.better, held)


def _row(
    suite: str, name: str, title: str, headline: bool, better: Literal["higher", "lower"],
    held: Sequence[tuple[float, float, Marked]],
) -> Row:  # fmt: skip
    before, after = [x for x, _, _ in held], [y for _, y, _ in held]
    keys = [one.cluster for *_, one in held]
    binary = {*before, *after} <= {0.0, 1.0}
    single = binary and len(set(keys)) == len(keys)
    p, test = _test(before, after, keys, single)
    return Row(
        suite=suite, metric=name, title=title, headline=headline, better=better, n=len(held), clusters=len(set(keys)),
        a=round(sum(before) / len(before), 6), b=round(sum(after) / len(after), 6), p=round(p, 6), holm=round(p, 6),
        test=test, detectable=_detectable(before, after, keys) if binary else None,
        unreliable=len(set(keys)) < bootstrap.RELIABLE, **_difference(before, after, keys),
    )  # fmt: skip


def _test(
    before: Sequence[float], after: Sequence[float], keys: Sequence[str], single: bool
) -> tuple[float, Literal["McNemar mid-p", "sign flips by cluster"]]:
    if single:
        return paired.mcnemar(*paired.discordant(before, after)), "McNemar mid-p"
    return paired.sign_flip(
        [y - x for x, y in zip(before, after, strict=True)], keys
    ), "sign flips by cluster"


def _difference(before: Sequence[float], after: Sequence[float], keys: Sequence[str]) -> dict[str, float]:
    found: Interval = bootstrap.difference(before, after, keys)
    return {name: round(value, 6) for name, value in zip(("difference", "low", "high"), found, strict=True)}


def _detectable(before: Sequence[float], after: Sequence[float], keys: Sequence[str]) -> float | None:
    """With at least one discordant pair assumed, so that "none seen" is not "nothing could be missed"."""
    clusters = len(set(keys))
    share = max(1, sum(paired.discordant(before, after))) / len(before)
    return rounded(paired.detectable(clusters, min(1.0, share)))


def _adjusted(rows: Sequence[Row]) -> list[Row]:
    """Holm over the suites: the headlines are one family, and each other metric is one over the suites that have it."""
    families: dict[str, dict[str, float]] = {}
    for row in rows:
        families.setdefault(_family(row), {})[f"{row.suite}/{row.metric}"] = row.p
    holm = {family: paired.holm(held) for family, held in families.items()}
    return [
        row.model_copy(update={"holm": round(holm[_family(row)][f"{row.suite}/{row.metric}"], 6)})
        for row in rows
    ]


def _family(row: Row) -> str:
    return HEADLINE if row.headline else row.metric


def _flips(a: Run, b: Run) -> Iterator[Flip]:
    """Cases whose headline, told level or crash differs."""
    for suite in a.marks:
        headline = a.headline(suite)
        for one, two in _pairs(a, b, suite):
            if changed := tuple(_changed(headline.name, one, two)):
                yield Flip(
                    suite=suite, case=one.case.id, worse_by=round(harm(two, headline) - harm(one, headline), 6),
                    changed=changed, missed=missed(two), said=(one.bare,) if one.hidden else one.trace.said,
                    a=_told(one), b=_told(two),
                )  # fmt: skip


def _changed(headline: str, one: Marked, two: Marked) -> Iterator[str]:
    if bool(one.trace.error) != bool(two.trace.error):
        yield f"crash: {'yes' if one.trace.error else 'no'} to {'yes' if two.trace.error else 'no'}"
    before, after = one.value(headline), two.value(headline)
    if before != after:
        yield f"{headline}: {_figure(before)} to {_figure(after)}"
    if one.case.gold.level is not None and one.told != two.told:
        from evals.cases.case import LEVELS

        yield f"level: {LEVELS[one.told]} to {LEVELS[two.told]} (gold {one.case.gold.level})"


def _figure(value: float | None) -> str:
    return "not scored" if value is None else f"{value:g}"


def _told(one: Marked) -> str:
    return one.hidden or (one.trace.text or one.trace.error or "nothing was shown")[:WORDS]


def _worst(flips: Sequence[Flip]) -> tuple[Flip, ...]:
    return tuple(flips[:FLIPS])


def _lost(before: Sequence[Held], after: Sequence[Held], rows: Sequence[Row]) -> Iterator[str]:
    was: Mapping[str, str] = {one.id: one.state for one in before}
    yield from (one.id for one in after if one.state == "lost" and was.get(one.id) != "lost")
    yield from (f"{row.suite}/{row.metric}" for row in rows if row.headline and row.worse)


def _text(found: Comparison) -> str:
    lines = [f"A  {found.a}", f"B  {found.b}", ""]
    lines += [_line(row) for row in found.rows]
    lines += ["", f"{len(found.flips) + found.more_flips} cases came out otherwise, the worst first:"]
    for flip in found.flips[:10]:
        lines.append(f"  {flip.suite} {flip.case} ({flip.worse_by:+g}): {'; '.join(flip.changed)}")
        lines += [f"    A {_short(flip.a)}", f"    B {_short(flip.b)}"]
    lines += ["", *(f"gate {one.id}: {one.state}{f' ({one.why})' if one.why else ''}" for one in found.gates)]
    lines += ["", f"lost: {', '.join(found.lost)}" if found.lost else "nothing is lost"]
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    least = f", detectable {row.detectable:.3f}" if row.detectable is not None else ""
    mark = " WORSE" if row.worse else ""
    return (
        f"{row.suite:18} {row.metric:24} A {row.a:8.4f}  B {row.b:8.4f}  {row.difference:+.4f} "
        f"[{row.low:+.4f}, {row.high:+.4f}]  p {row.p:.4f}  Holm {row.holm:.4f}  n {row.n}{least}{mark}"
    )


def _short(words: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return line if len(line) <= 160 else f"{line[:157]}..."
