"""Treatment options as the drawer shows them. Pure: a tool's result in, HTML out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from assistant.ui.plain import plain, table
from assistant.ui.wording import badge, depth
from retrieval.evidence import Evidence, Outcome, Table, ToolResult
from tools.treatment.indications import CRITERIA
from tools.treatment.simulated import TITLE as SIMULATED

NO_OPTIONS = (
    '<p class="empty">Ask for the treatment options of a patient: they appear here, with reasons.</p>'
)
NO_WHY = '<p class="empty">Name a treatment to hear why it is not first, or why it is left out.</p>'
LIABILITY = "Options for a licensed clinician to consider; drafts, not reviewed by a clinician."
DASH = "–"
BESIDE = ("What each value of this patient does", "What would change it", SIMULATED)
_NAMES = {"efficacy": "Effect", "safety": "Safety", "burden": "Ease of use", "cost": "Cost"}


def weights_of(result: ToolResult | None) -> Mapping[str, float]:
    """The weights that a result was made with; a refused one may have been given anything."""
    taken = result is not None and result.outcome is not Outcome.BAD_INPUT
    given = (result.inputs.get("weights") if result and taken else None) or {}
    return {name: float(given.get(name, 1.0)) for name in CRITERIA}


def named(criterion: str) -> str:
    """A criterion as the sliders call it."""
    return _NAMES[criterion]


def options(result: ToolResult | None) -> str:
    """The options with their reasons, those left out with the rule, and what stands beside them."""
    if result is None:
        return NO_OPTIONS
    if not result.tables:
        return f'<p class="refused" role="status">{plain(result.note)}</p>'
    by_title = {one.title.split(":")[0]: one for one in result.tables}
    parts = [f'<p class="liability">{LIABILITY}</p>']
    if "Options" in by_title:
        parts += list(_options(by_title["Options"]))
    else:
        parts.append(
            '<p class="refused" role="status">No option is left for this patient. See the reasons below.</p>'
        )
    if "Excluded and not meant" in by_title:
        parts.append(_excluded(by_title["Excluded and not meant"]))
    parts.append(f'<p class="options-note">{plain(result.note)}</p>')
    return "".join(parts)


def _options(grid: Table) -> Iterator[str]:
    for number, row in enumerate(grid.rows, 1):
        yield _option(dict(zip(grid.columns, row, strict=True)), is_first=number == 1)


def _option(cells: Mapping[str, str], *, is_first: bool) -> str:
    undecided = "undecided" in cells["layer"]
    layer = cells["layer"].split()[0]
    state = (
        badge("undecided: needs input", "mark-watch") if undecided else badge(f"layer {layer}", "mark-plain")
    )
    share = "" if cells["first share"] == DASH else badge(f"first in {cells['first share']}", "mark-plain")
    rows = "".join(
        f"<dt>{label}</dt><dd>{plain(cells[name])}</dd>"
        for name, label in (
            ("choose among", "Choose among"), ("for", "For"), ("against", "Against, or to adjust"), ("needs", "Needs"),
            ("monitoring", "Monitoring"), ("scores", "Scores (1 to 5)"),
        )
        if cells[name] != DASH
    )  # fmt: skip
    opened = " open" if is_first else ""
    return (
        f'<details class="option{" undecided" if undecided else ""}"{opened}><summary><b>{plain(cells["option"])}</b> '
        f'{state} {share}</summary><dl class="facts">{rows}</dl></details>'
    )


def _excluded(grid: Table) -> str:
    """Those left out, each once with all its rules."""
    told: dict[str, list[Mapping[str, str]]] = {}
    for row in grid.rows:
        cells = dict(zip(grid.columns, row, strict=True))
        told.setdefault(cells["option"], []).append(cells)
    entries = "".join(
        f"<li><b>{plain(name)}</b>{''.join(map(_rule, rules))}</li>" for name, rules in told.items()
    )
    return f'<h3>Left out, with the reason</h3><ul class="excluded">{entries}</ul>'


def _rule(cells: Mapping[str, str]) -> str:
    here = "" if cells["value"] == DASH else f"<br><b>Here:</b> {plain(cells['value'])}"
    lifted = "" if cells["would lift"] == DASH else f"<br><b>Would not fire:</b> {plain(cells['would lift'])}"
    return f"<br>{plain(cells['rule'])}{here}{lifted}"


def why(result: ToolResult | None, asked: str) -> str:
    """The answer to "why not X?": the findings that lead the result, with their sources; else its own words."""
    if result is None:
        return NO_WHY
    head = f"<h3>Why not {plain(asked)}?</h3>"
    if result.outcome is not Outcome.FOUND or not result.findings:
        asks = "".join(f"<li>{plain(one)}</li>" for one in result.missing)
        return f'{head}<p role="status">{plain(result.note)}</p><ul>{asks}</ul>'
    first = result.findings[0]
    told = [first, *(one for one in result.findings[1:4] if set(one.names) & {asked.casefold()})]
    lines = "".join(f"<li>{plain(one.statement)}{_sources(one.evidence)}</li>" for one in told)
    return f'{head}<ul class="why">{lines}</ul>'


def _sources(evidence: tuple[Evidence, ...]) -> str:
    seen = {one.source.title: one for one in evidence}
    return "".join(
        f'<br><span class="src">{plain(one.source.title)}{f", {plain(one.locator)}" if one.locator else ""}</span> '
        f"{depth(one.source.depth)}"
        for one in seen.values()
    )


def beside(tables: Iterable[Table]) -> str:
    """What each value of the patient does, and what would change the order or the state of an option."""
    return "".join(table(one) for one in tables if one.title in BESIDE)
