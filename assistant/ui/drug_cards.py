"""The findings of a drug check as the drawer shows them. Pure: a tool's result in, HTML out."""

from __future__ import annotations

from assistant.ui.plain import link_to, plain, table
from assistant.ui.wording import badge
from retrieval.evidence import ToolResult
from tools.treatment.cards import Card, of_result

NO_DRUGS = (
    '<p class="empty">The drugs of the patient are checked here, one by one and against each other.</p>'
)
_GROUPS = (
    ("critical", "Avoid", "mark-grave", True),
    ("warning", "Change", "mark-watch", True),
    ("info", "Watch, or good to know", "mark-plain", False),
)


def panel(result: ToolResult | None) -> str:
    """The cards by what they ask for, then the tables and what stands beside them."""
    if result is None:
        return NO_DRUGS
    made = of_result(result)
    parts = []
    for indicator, heading, style, is_open in _GROUPS:
        group = [one for one in made if one.indicator == indicator]
        if group:
            told = "".join(_card(one, style) for one in group)
            opened = " open" if is_open else ""
            parts.append(
                f"<details{opened}><summary><h3>{heading} ({len(group)})</h3></summary>{told}</details>"
            )
    missing = "".join(f"<li>{plain(one)}</li>" for one in result.missing)
    parts += [f"<h3>Would settle what is open</h3><ul>{missing}</ul>"] if missing else []
    parts += [
        f"<details><summary>{plain(one.title)}</summary>{table(one)}</details>" for one in result.tables
    ]
    note = f'<p class="options-note">{plain(result.note)}</p>'
    return "".join(parts) + note


def _card(one: Card, style: str) -> str:
    detail = one.detail.partition("\n")[0]
    sources = "".join(f"<br>{link_to(each.url, each.label)}" for each in one.links)
    said = plain(detail)
    return (
        f'<div class="drug-card">{badge(one.indicator, style)} {said}<span class="src">{sources}</span></div>'
    )
