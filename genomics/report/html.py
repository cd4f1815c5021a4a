"""A report as one HTML file that needs nothing else: no script, no outside file; it prints, and it reads aloud."""

from __future__ import annotations

import html
import re
from pathlib import Path

from genomics.report.notice import foot, notice, source_in_words
from genomics.report.rows import Block, Bullets, Facts, Grid, Plot, Report, Section, Words
from genomics.report.shown import shown
from retrieval.evidence import Source, Table

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = Path(__file__).with_name("report.css")


def as_html(report: Report) -> str:
    """The whole report as one file; every foreign text is escaped, every link is https and made from held ids."""
    title = _safe(report.title)
    sections = "".join(_section(section) for section in report.sections)
    head = (
        f'<meta charset="utf-8"><title>{title}</title><meta name="referrer" content="no-referrer">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<style>{_STYLE.read_text(encoding='utf-8')}</style>"
    )
    body = f'<h1>{title}</h1><p class="notice">{_safe(notice(report))}</p>{sections}{_foot(report)}'
    return f'<!doctype html><html lang="en"><head>{head}</head><body><main>{body}</main></body></html>\n'


def _section(section: Section) -> str:
    return f"<section><h2>{_safe(section.title)}</h2>{''.join(map(_block, section.blocks))}</section>"


def _block(block: Block) -> str:
    match block:
        case Words():
            words = _safe(block.text)
            return f"<p><strong>{words}</strong></p>" if block.strong else f"<p>{words}</p>"
        case Facts():
            return _facts(block)
        case Bullets():
            return f"<ul>{''.join(f'<li>{_safe(item)}</li>' for item in block.items)}</ul>"
        case Grid():
            return _grid(block.table)
        case Plot():
            caption = f"<figcaption>{_safe(block.title)}</figcaption>"
            return f"<figure>{block.svg}{caption}</figure>"


def _facts(block: Facts) -> str:
    entries = "".join(f"<dt>{_safe(name)}</dt><dd>{_safe(value)}</dd>" for name, value in block.pairs)
    return f"<dl>{entries}</dl>"


def _grid(table: Table) -> str:
    head = "".join(f'<th scope="col">{_safe(name)}</th>' for name in table.columns)
    body = "".join(f"<tr{_marked(row)}>{''.join(_cells(row))}</tr>" for row in table.rows)
    title = _safe(table.title)
    inside = f"<caption>{title}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{title}"><table>{inside}</table></div>'
    )


def _cells(row: tuple[str, ...]) -> list[str]:
    first, *rest = row
    return [f'<th scope="row">{_safe(first)}</th>', *(f"<td>{_safe(cell)}</td>" for cell in rest)]


def _marked(row: tuple[str, ...]) -> str:
    """Codes that count or are proposed are tinted; their status stands in words beside."""
    status = row[1] if len(row) > 1 else ""
    tint = {"met": "met", "confirmed": "met", "proposed": "proposed"}.get(status)
    return f' class="{tint}"' if tint else ""


def _foot(report: Report) -> str:
    parts = []
    for title, lines in foot(report):
        links = dict.fromkeys(map(_source, report.sources))
        items = links if title == "Sources" else map(_safe, lines)
        parts.append(f"<h2>{title}</h2><ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>")
    return f"<footer>{''.join(parts)}</footer>"


def _source(source: Source) -> str:
    words, address = _safe(source_in_words(source)), source.link or ""
    if not re.fullmatch(r"https://[^\s\"'<>`]+", address):
        return words
    return f'{words} <a href="{_safe(address)}" rel="noopener noreferrer">open</a>'


def _safe(text: str) -> str:
    return html.escape(shown(text), quote=True)
