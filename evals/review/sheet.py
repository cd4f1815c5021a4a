"""One HTML page of cases with boxes to mark, and a table to type the marks back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from evals.cases.case import LEVELS, Case

COLUMNS = ("case", "gold", "agree", "own_level", "words_natural", "comment")
"""``agree`` yes or no; ``own_level`` one of the levels; ``words_natural`` yes or no."""
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1c2733 }
article { border-top: 2px solid #1c2733; padding: 1rem 0; break-inside: avoid; break-after: page }
blockquote { margin: .5rem 0; padding: .6rem .9rem; background: #f2f5f8; white-space: pre-wrap;
             overflow-wrap: anywhere }
label { margin-right: 1.2rem; white-space: nowrap } small { color: #51606e } textarea { width: 100%; height: 3rem }
li { overflow-wrap: anywhere }
"""


class SheetRefused(ValueError):
    """A returned table that cannot be read; the message names the row and the mend."""


def page(cases: Sequence[Case]) -> str:
    """The sheet: message, chart, gold and its reasons, boxes. Every text is escaped; nothing is loaded from outside."""
    head = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Cases to review</title>'
        f"<style>{_STYLE}</style></head><body><h1>{len(cases)} cases to review</h1>"
        "<p>Invented people. For each case: is the gold level right, and would a person write like this? Mark it here "
        "on paper, and type it into the table beside this page (marks.csv).</p>"
    )
    return head + "".join(_article(n, case) for n, case in enumerate(cases, 1)) + "</body></html>"


def _article(number: int, case: Case) -> str:
    gold, person = case.gold, case.latent.person
    who = f"{person.age_years:.1f} years, {person.sex}, {person.country}, {case.presented.role}"
    told = [f"<blockquote>{escape(turn.text)}</blockquote>" for turn in case.presented.turns]
    chart = f"<p>Chart: {escape(case.presented.chart)}</p>" if case.presented.chart else ""
    why = "".join(
        f"<li>{escape(one.conclusion)}: "
        + " → ".join(escape(f"{link.fact} {link.holds}, {link.rule} ({link.source})") for link in one.links)
        + "</li>"
        for one in gold.because
    )
    boxes = "".join(f'<label><input type="checkbox"> {level.replace("_", " ")}</label>' for level in LEVELS)
    return (
        f"<article><h2>{number}. {escape(case.id)}</h2><p><small>{escape(who)} · {escape(case.suite)}</small></p>"
        f"{chart}{''.join(told)}<p>Gold: <b>{escape(_gold(case))}</b></p><ul>{why}</ul>"
        '<p><label><input type="checkbox"> agree</label><label><input type="checkbox"> disagree; I say:</label>'
        f'{boxes}</p><p><label><input type="checkbox"> a person would write like this</label></p>'
        "<p>Comment</p><textarea></textarea></article>"
    )


def _gold(case: Case) -> str:
    gold = case.gold
    if gold.level is not None:
        span = "" if gold.low == gold.high else f" (accepted {gold.low} to {gold.high})"
        return f"{gold.level}{span}; {gold.diagnosis}".rstrip("; ")
    drugs = "; ".join(f"{one.drug}: {one.action}" for one in gold.drugs)
    values = "; ".join(f"{one.name} {one.value:g} {one.unit}".strip() for one in gold.values)
    return "; ".join(part for part in (drugs, values, "; ".join(gold.options)) if part) or "no level"


def blank(cases: Iterable[Case]) -> str:
    """The table to fill in, as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((case.id, case.gold.level or "", "", "", "", "") for case in cases)
    return out.getvalue()


def write(cases: Sequence[Case], folder: Path) -> tuple[Path, Path]:
    """The sheet and the empty table in ``folder`` (made if missing); gives both paths."""
    folder.mkdir(parents=True, exist_ok=True)
    sheet, table = folder / "sheet.html", folder / "marks.csv"
    sheet.write_text(page(cases), encoding="utf-8")
    table.write_text(blank(cases), encoding="utf-8")
    return sheet, table
