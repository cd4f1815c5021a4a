"""Drawings of a report as SVG that we make ourselves: no script, no outside file, words beside every colour."""

from __future__ import annotations

import html
from collections.abc import Sequence

from genomics.acmg.criteria import Assessment, Criterion, Status
from genomics.report.rows import CoverageRow, Plot
from genomics.report.shown import shown
from genomics.report.worksheet import class_in_words, points_in_words

WIDTH = 640
ROW = 22
GENES = 60
"""Genes drawn, the least covered first; all stand in the table."""
_MIDDLE, _LABEL, _UNIT = 330, 90, 26
_RED, _TEAL, _INK, _DIM, _LINE = "#b91c1c", "#0f766e", "#0f172a", "#51607a", "#94a3b8"
_BANDS = (
    ("Benign", -12, -7),
    ("Likely benign", -7, -1),
    ("Uncertain", -1, 6),
    ("Likely path.", 6, 10),
    ("Pathogenic", 10, 16),
)
"""Names and half-open ranges of points of the five classes (PMID 32720330); -1 itself is likely benign."""


def points(name: str, assessment: Assessment) -> Plot | None:
    """One bar per code that counts or is proposed, then the sum on the scale of the five classes.

    None if no code counts and none is proposed: there is nothing to draw.
    """
    drawn = [one for one in assessment.criteria if one.strength is not None]
    if not drawn:
        return None
    height = ROW * len(drawn) + 84
    body = "".join(_bar(place, one) for place, one in enumerate(drawn))
    axis = f'<line x1="{_MIDDLE}" y1="4" x2="{_MIDDLE}" y2="{ROW * len(drawn) + 4}" stroke="{_LINE}"/>'
    scale = _scale(ROW * len(drawn) + 24, assessment.verdict.points)
    told = ", ".join(f"{one.code} {_worth(one)}" for one in drawn)
    alt = f"Points per code of {name}: {told}. Sum: {class_in_words(assessment.verdict)}."
    title = f"Points per code: {name}"
    return Plot(title=shown(title), svg=_svg(title, alt, height, axis + body + scale), alt=shown(alt))


def coverage(rows: Sequence[CoverageRow]) -> Plot | None:
    """One bar per gene, the least covered first; a gene whose coverage is not known has a dotted frame."""
    if not rows:
        return None
    drawn = sorted(rows, key=lambda row: (row.share is not None, row.share or 0, row.gene))[:GENES]
    body = "".join(_covered(place, row) for place, row in enumerate(drawn))
    left = len(rows) - len(drawn)
    told = ", ".join(f"{row.gene} {_percent(row)}" for row in drawn)
    more = f" {left} better covered genes are not drawn." if left else ""
    alt = f"Share of coding bases covered, per gene: {told}.{more}"
    title = "Coverage per gene"
    return Plot(title=title, svg=_svg(title, alt, ROW * len(drawn) + 8, body), alt=shown(alt, 8000))


def _bar(place: int, one: Criterion) -> str:
    top = ROW * place + 6
    worth = max(-8, min(8, one.points))
    wide = _UNIT * abs(worth) or _UNIT * 8
    towards = one.points > 0
    left = _MIDDLE if towards else _MIDDLE - wide
    colour = _RED if towards else _TEAL
    fill = "none" if one.status is Status.PROPOSED else colour if towards else "url(#hatch)"
    dashes = ' stroke-dasharray="4 3"' if one.status is Status.PROPOSED else ""
    at, anchor = (left + wide + 6, "start") if towards else (left - 6, "end")
    return (
        f'<text x="4" y="{top + 12}" fill="{_INK}" font-weight="600">{one.code}</text>'
        f'<rect x="{left}" y="{top}" width="{wide}" height="{ROW - 6}" fill="{fill}" stroke="{colour}"{dashes}/>'
        f'<text x="{at}" y="{top + 12}" fill="{_INK}" text-anchor="{anchor}">{_worth(one)}</text>'
    )


def _worth(one: Criterion) -> str:
    proposed = " if confirmed" if one.status is Status.PROPOSED else ""
    return f"{one.points:+d}{proposed}" if one.points else f"stands alone{proposed}"


def _scale(top: int, total: int) -> str:
    unit = (WIDTH - 40) / 28
    parts = []
    for number, (name, low, high) in enumerate(_BANDS):
        left, wide = 20 + (low + 12) * unit, (high - low) * unit
        fill = "#f1f5f9" if number % 2 else "#e2e8f0"
        parts.append(
            f'<rect x="{left:.0f}" y="{top}" width="{wide:.0f}" height="22" fill="{fill}" stroke="{_LINE}"/>'
            f'<text x="{left + wide / 2:.0f}" y="{top + 15}" text-anchor="middle" fill="{_INK}">{name}</text>'
        )
    at = 20 + (max(-12, min(16, total)) + 12.5) * unit
    parts.append(
        f'<path d="M{at:.0f} {top + 22} l-6 10 h12 z" fill="{_INK}"/>'
        f'<text x="{at:.0f}" y="{top + 46}" text-anchor="middle" fill="{_INK}" font-weight="600">'
        f"{points_in_words(total)}</text>"
    )
    return "".join(parts)


def _covered(place: int, row: CoverageRow) -> str:
    top, wide = ROW * place + 4, WIDTH - _LABEL - 160
    known = row.share is not None
    frame = "" if known else ' stroke-dasharray="2 3"'
    bar = f'<rect x="{_LABEL}" y="{top}" width="{wide * (row.share or 0):.0f}" height="{ROW - 6}" fill="{_TEAL}"/>'
    return (
        f'<text x="4" y="{top + 12}" fill="{_INK}" font-weight="600">{_safe(row.gene, 12)}</text>'
        f'<rect x="{_LABEL}" y="{top}" width="{wide}" height="{ROW - 6}" fill="none" stroke="{_DIM}"{frame}/>'
        f"{bar if known else ''}"
        f'<text x="{_LABEL + wide + 8}" y="{top + 12}" fill="{_INK}">{_percent(row)}</text>'
    )


def _percent(row: CoverageRow) -> str:
    return "not known" if row.share is None else f"{row.share:.1%}"


def _svg(title: str, alt: str, height: int, body: str) -> str:
    hatch = (
        '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="6" height="6" fill="#d7f0ec"/>'
        f'<line x1="0" y1="0" x2="0" y2="6" stroke="{_TEAL}" stroke-width="3"/></pattern></defs>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img" '
        f'aria-label="{_safe(alt, 8000)}" font-family="system-ui, sans-serif" font-size="12">'
        f"<title>{_safe(title, 200)}</title>{hatch}{body}</svg>"
    )


def _safe(text: str, limit: int) -> str:
    return html.escape(shown(text, limit), quote=True)
