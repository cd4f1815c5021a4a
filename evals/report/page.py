"""The report: one self-contained HTML file without a script, a request or a link out.

Words of patients, models and tools are hostile: Jinja2 escapes every one, none becomes markup or a link. The words of
a case that was made from a real record, and those that are kept apart from whoever mends, never get here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evals.report import drawn
from evals.report.anchors import ANCHORS
from evals.report.compare import Comparison
from evals.report.figures import Costly, Figure, Results, Told
from evals.report.gates import Held
from evals.report.marks import Marked
from evals.report.results import Run

_CONTROL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MOST_BYTES = 20_000_000
WORDS = (4_000, 800, 0)
"""Characters of one turn; the next smaller is taken where the page grows too large."""
TEMPLATES = Path(__file__).with_name("templates")


class TooLarge(ValueError):
    """The page has more than 20 MB even without transcripts."""


class Turn(NamedTuple):
    """What was said and shown in one turn, cut to a length."""

    said: str
    shown: str
    level: str
    calls: tuple[str, ...]


class CostlyCase(NamedTuple):
    """One of the costliest cases with all that is needed to judge it."""

    costly: Costly
    gold: tuple[str, ...]
    because: tuple[tuple[str, str, str, str, str, str], ...]
    turns: tuple[Turn, ...]
    chart: str
    tags: tuple[str, ...]
    error: str


def html(results: Results, run: Run, held: Sequence[Held]) -> str:
    """The page of a run.

    Raises:
        TooLarge: it would have more than 20 MB.
    """
    for words in WORDS:
        page = _render("report.html.j2", _view(results, run, held, words))
        if len(page.encode()) <= MOST_BYTES:
            return page
    raise TooLarge("The report would have more than 20 MB.")


def comparison(found: Comparison) -> str:
    """The page of a comparison."""
    return _render("compare.html.j2", {"found": found, "style": _style()})


def _render(template: str, view: dict[str, Any]) -> str:
    return _templates().get_template(template).render(**view)


def _style() -> Markup:
    """Our own file: the only words that go in as they are."""
    return Markup((TEMPLATES / "report.css").read_text(encoding="utf-8"))


@cache
def _templates() -> Environment:
    held = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    held.finalize = _clean
    held.filters |= {"figure": figure, "interval": interval, "percent": percent, "number": number}
    return held


def _view(results: Results, run: Run, held: Sequence[Held], words: int) -> dict[str, Any]:
    ran = [suite for suite in results.suites if suite.subjects]
    return {
        "results": results,
        "gates": held,
        "suites": ran,
        "not_run": [suite for suite in results.suites if not suite.subjects],
        "told": {suite.suite: {one.name: one for one in suite.metrics} for suite in ran},
        "charts": {suite.suite: drawn.of_suite(suite) for suite in ran},
        "latency": drawn.latency(results, run, held),
        "fairness": drawn.fairness(ran),
        "costliest": tuple(_costliest(results, run, words)),
        "anchors": ANCHORS,
        "cases": sum(suite.n for suite in results.suites),
        "style": _style(),
    }


def _costliest(results: Results, run: Run, words: int) -> Iterator[CostlyCase]:
    for one in results.costliest:
        marked = next(
            m for m in run.tested(one.suite) if m.case.id == one.case and m.trace.repeat == one.repeat
        )
        yield _told(one, marked, words)


def _told(one: Costly, marked: Marked, words: int) -> CostlyCase:
    case = marked.case
    if why := marked.hidden:
        return CostlyCase(
            costly=one.model_copy(update={"missed": ()}), gold=(marked.bare,), because=(), turns=(), chart=why,
            tags=(*case.operators, *case.tags), error="its words are not shown" if marked.trace.error else "",
        )  # fmt: skip
    because = tuple(
        (whole.conclusion, link.fact, link.holds, link.rule, link.source, link.gives)
        for whole in case.gold.because
        for link in whole.links
    )
    return CostlyCase(
        costly=one,
        gold=tuple(_gold(marked)),
        because=because,
        turns=tuple(_turns(marked, words)),
        chart=_cut(case.presented.chart, words),
        tags=(*case.operators, *case.tags),
        error=_cut(marked.trace.error, words),
    )


def _gold(marked: Marked) -> Iterator[str]:
    """What gold asks of the case, in lines."""
    gold = marked.case.gold
    if gold.level is not None:
        yield f"level {gold.level}, acceptable {gold.low or gold.level} to {gold.high or gold.level}"
    if gold.diagnosis:
        yield f"condition: {gold.diagnosis}"
    yield from (
        f"{one.drug}: {one.action} beside {' or '.join(one.beside) or 'anything'}" for one in gold.drugs
    )
    yield from (f"{one.name} = {one.value:g} {one.unit}".strip() for one in gold.values)
    yield from (f"{gene}: {phenotype}" for gene, phenotype in gold.phenotypes.items())
    yield from (f"{key}: {value}" for key, value in gold.picture.items())
    yield from (f"call {one.tool}" for one in gold.calls)
    if gold.variant is not None:
        yield f"{gold.variant.name}: {gold.variant.significance} {' '.join(gold.variant.criteria)}".strip()
    for title, held in (
        ("name", gold.must_name), ("ask", gold.must_ask), ("never show", gold.forbidden), ("first", gold.options),
        ("not offer", gold.excluded), ("cite", gold.sources),
    ):  # fmt: skip
        if held:
            yield f"{title}: {', '.join(held)}"
    if gold.refuse is not None:
        yield "refuse" if gold.refuse else "answer"


def _turns(marked: Marked, words: int) -> Iterator[Turn]:
    said = marked.trace.said or tuple(turn.text for turn in marked.case.presented.turns)
    for n, shown in enumerate(marked.trace.shown):
        calls = tuple(f"{call.tool}: {call.outcome or 'failed'}" for call in shown.calls)
        told = said[n] if n < len(said) else ""
        yield Turn(_cut(told, words), _cut(shown.text, words), shown.level or "none", calls)


def _clean(value: Any) -> Any:
    """Without characters that neither HTML nor XML can hold."""
    return (
        _CONTROL.sub("\ufffd", value) if isinstance(value, str) and not isinstance(value, Markup) else value
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def number(value: float | None) -> str:
    """Three digits that count; a dash for nothing."""
    return "–" if value is None else f"{value:.3g}"


def percent(value: float | None) -> str:
    """A share as a percentage with one digit; a dash for nothing."""
    return "–" if value is None else f"{100 * value:.1f} %"


def figure(one: Figure, told: Told | None) -> str:
    """A figure's value in its own kind."""
    return percent(one.value) if told is None or told.kind == "share" else number(one.value)


def interval(one: Figure, told: Told | None) -> str:
    """The 95 % interval in the figure's own kind."""
    if one.low is None or one.high is None:
        return "–"
    if told is None or told.kind == "share":
        return f"{100 * one.low:.1f}–{100 * one.high:.1f}"
    return f"{number(one.low)}–{number(one.high)}"
