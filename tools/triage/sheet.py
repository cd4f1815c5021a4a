"""The red-flag rules as a clinician reviews them: one page that prints, and a table to type the answers into."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from tools.triage import places
from tools.triage.rules import Rule, rules

NOTICE = "Research software: not a medical device, not a doctor. No rule here has been signed by a clinician."
COLUMNS = (
    "rule", "version", "level", "criterion", "source", "seen", "agree (yes/no)", "level should be", "comment",
    "reviewer", "date",
)  # fmt: skip
_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#17202a}"
    "article{border-top:1px solid #c3ccd5;padding:.8rem 0;break-inside:avoid}h3{margin:0}dl{display:grid;"
    "grid-template-columns:9rem 1fr;gap:.2rem .8rem;margin:.4rem 0}dt{color:#566573}dd{margin:0}"
    ".box{display:inline-block;width:1em;height:1em;border:1.5px solid #17202a;vertical-align:-.15em;margin-right:.3em}"
    ".line{border-bottom:1px solid #8895a1;display:inline-block;min-width:22rem}.emergency{color:#a31515}"
    ".unverified{color:#8a5a00}@media print{body{margin:0;font-size:12px}}"
)


def version(rule: Rule) -> str:
    """Eight characters that change whenever what the rule says or asks for changes."""
    told = json.dumps([rule.level, rule.when, rule.says, rule.do, rule.priority], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:8]


def criterion(tree: Any) -> str:
    """The condition of a rule in words: "all of (fever; any of (stiff neck; drowsy))"."""
    if isinstance(tree, str):
        return tree.replace("drug.", "takes: ").replace("_", " ")
    ((kind, body),) = tree.items()
    if kind == "at_least":
        return f"at least {body['n']} of ({'; '.join(criterion(part) for part in body['of'])})"
    return f"{kind} of ({'; '.join(criterion(part) for part in body)})"


def as_html(held: Sequence[Rule] | None = None) -> str:
    """All rules on one page, most urgent first, without script and without anything from outside."""
    listed = sorted(held if held is not None else rules().all, key=lambda rule: (-rule.level.rank, rule.id))
    seen = sum(rule.seen for rule in listed)
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><title>Red-flag rules for review</title>",
        f"<style>{_STYLE}</style><h1>Red-flag rules for review</h1><p>{NOTICE}</p>",
        f"<p>{len(listed)} rules; the criterion of {seen} was seen in its source, {len(listed) - seen} are unverified."
        " Please tick and comment; the same list as a table: <code>consilium knowledge sheet --csv</code>.</p>",
    ]
    for level, group in groupby(listed, key=lambda rule: rule.level):
        parts.append(f'<h2 class="{level}">{str(level).replace("_", " ").capitalize()}</h2>')
        parts.extend(_article(rule) for rule in group)
    return "\n".join([*parts, "</html>\n"])


def _article(rule: Rule) -> str:
    rows = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in _rows(rule))
    boxes = (
        '<p><span class="box"></span>agree <span class="box"></span>do not agree; '
        'level or words should be: <span class="line"></span></p>'
    )
    return f"<article id={rule.id}><h3>{html.escape(rule.id.replace('_', ' '))}</h3><dl>{rows}</dl>{boxes}</article>"


def _rows(rule: Rule) -> Iterator[tuple[str, str]]:
    yield "fires when", html.escape(criterion(rule.when))
    yield "is told", html.escape(f"{places.sentence(rule.do)} {rule.says['en']}")
    mark = "seen" if rule.seen else '<b class="unverified">unverified</b>'
    yield "source", f"{mark}: {'; '.join(_source(rule))}"
    yield "fires on", html.escape(" / ".join(rule.fires))
    yield "is silent on", html.escape(" / ".join(rule.silent))
    yield "version", f"{version(rule)}, {rule.status}, checked {rule.checked.isoformat()}"


def _source(rule: Rule) -> Iterator[str]:
    for one in rule.behind:
        name = html.escape(f"{one.title} {one.section}".strip())
        linked = f'<a href="{html.escape(one.url)}">{name}</a>' if one.url else name
        ids = "".join(
            f", {kind} {html.escape(value)}"
            for kind, value in (("DOI", one.doi), ("PMID", one.pmid))
            if value
        )
        yield f"{linked}{ids}{f' ({html.escape(one.how)})' if one.how else ''}"


def as_csv(held: Sequence[Rule] | None = None) -> str:
    """The rules as a table with empty columns for the reviewer; a cell never begins as a formula would."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for rule in held if held is not None else rules().all:
        source = "; ".join(f"{one.title} {one.section}".strip() for one in rule.behind)
        row = (
            rule.id,
            version(rule),
            str(rule.level),
            criterion(rule.when),
            source,
            "yes" if rule.seen else "no",
        )
        table.writerow([*(f"'{cell}" if cell[:1] in "=+-@" else cell for cell in row), *[""] * 5])
    return out.getvalue()
