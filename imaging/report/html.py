"""A report as one HTML file that needs nothing else: no script, no outside part; it prints, and it reads aloud."""

from __future__ import annotations

import base64
import html
import unicodedata
from pathlib import Path

from imaging.report.blocks import (
    NOTICE,
    Block,
    Bullets,
    Facts,
    Grid,
    Pictures,
    Plot,
    Report,
    Section,
    Shown,
    Words,
)
from retrieval.evidence import Table

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = Path(__file__).with_name("report.css")
_UNSEEN = {"Cc", "Cf", "Cn", "Cs", "Zl", "Zp"}


def as_html(report: Report) -> str:
    """The whole report as one file; every text is escaped, and pictures are ``data:`` addresses."""
    title = safe(report.title)
    head = (
        f'<meta charset="utf-8"><title>{title}</title><meta name="referrer" content="no-referrer">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<style>{_STYLE.read_text(encoding='utf-8')}</style>"
    )
    lead = f'<p class="lead">{safe(report.lead)}</p>' if report.lead else ""
    sections = "".join(map(_section, report.sections))
    foot = "".join(f"<p>{safe(line)}</p>" for line in (*report.foot, NOTICE))
    body = f'<h1>{title}</h1><p class="notice">{NOTICE}</p>{lead}{sections}<footer>{foot}</footer>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body><main>{body}</main></body></html>\n'


def safe(text: str) -> str:
    """Text as one line of HTML: escaped, and without signs that are not seen or that turn the writing round."""
    seen = "".join(" " if unicodedata.category(sign) in _UNSEEN else sign for sign in text)
    return html.escape(" ".join(seen.split()), quote=True)


def _section(section: Section) -> str:
    return f"<section><h2>{safe(section.title)}</h2>{''.join(map(_block, section.blocks))}</section>"


def _block(block: Block) -> str:
    match block:
        case Words():
            words = safe(block.text)
            return f"<p><strong>{words}</strong></p>" if block.strong else f"<p>{words}</p>"
        case Bullets():
            return f"<ul>{''.join(f'<li>{safe(item)}</li>' for item in block.items)}</ul>"
        case Facts():
            pairs = (f"<dt>{safe(name)}</dt><dd>{safe(value)}</dd>" for name, value in block.pairs)
            return f"<dl>{''.join(pairs)}</dl>"
        case Grid():
            return _grid(block.table, block.marks)
        case Plot():
            return f"<figure>{block.svg}<figcaption>{safe(block.title)}</figcaption></figure>"
        case Pictures():
            sort = "pictures pixelated" if block.pixelated else "pictures"
            return f'<div class="{sort}">{"".join(map(_picture, block.shown))}</div>'


def _picture(one: Shown) -> str:
    address = f"data:image/png;base64,{base64.b64encode(one.png).decode('ascii')}"
    image = f'<img src="{address}" alt="{safe(one.alt)}">'
    return f"<figure>{image}<figcaption>{safe(one.title)}</figcaption></figure>"


def _grid(table: Table, marks: tuple[str, ...]) -> str:
    head = "".join(f'<th scope="col">{safe(name)}</th>' for name in table.columns)
    marked = marks or ("",) * len(table.rows)
    body = "".join(_row(cells, mark) for cells, mark in zip(table.rows, marked, strict=True))
    title, wide = safe(table.title), ' class="wide"' if len(table.columns) > 3 else ""
    inside = f"<caption>{title}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{title}"><table{wide}>{inside}</table></div>'


def _row(cells: tuple[str, ...], mark: str) -> str:
    first, *rest = cells
    sort = f' class="{safe(mark)}"' if mark else ""
    inside = "".join(f"<td>{safe(cell)}</td>" for cell in rest)
    return f'<tr{sort}><th scope="row">{safe(first)}</th>{inside}</tr>'
