"""The calculator pages: a list, a form for each calculator, and its working line by line. Plain HTML, no script.

What is typed travels in the body of a request, never in an address; a link from a talk fills in what the record knows.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol
from urllib.parse import parse_qsl

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from assistant.answer import NOTICE
from assistant.service.pages import page
from assistant.sessions import NoSuchSession
from assistant.tickets import Tickets
from retrieval.evidence import Outcome, ToolResult
from retrieval.patient import Patient
from tools.calculators import units
from tools.calculators.fields import Field, FieldKind
from tools.calculators.reading import standing
from tools.calculators.registry import Calculator, calculators
from tools.registry import Context, call

LARGEST = 20_000
"""Bytes of a form."""
MOST_FIELDS = 400
_THOUSANDS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
TICKET = "calculator"
"""What a ticket leads to that fills a form from a talk's record."""
_STYLE = (
    "main{max-width:46rem;width:100%;box-sizing:border-box}form{display:grid;gap:.9rem}fieldset{border:1px solid"
    " var(--line);border-radius:.4rem;padding:.5rem .75rem;margin:0}legend,label{font-weight:600}small{color:var(--dim)"
    ";display:block;font-weight:400}input,select,button{font:inherit;padding:.4rem .5rem;border:1px solid var(--line)"
    ";border-radius:.35rem;background:var(--card);color:var(--ink)}fieldset label{font-weight:400;margin-right:1rem}"
    "button{background:var(--key);color:var(--card);border:0;padding:.55rem 1.2rem;justify-self:start}"
    ".row{display:flex;gap:.5rem;flex-wrap:wrap}.row input{flex:1 1 8rem;min-width:6rem}.said{border-left:4px solid"
    " var(--key);padding:.5rem .9rem;background:var(--card)}.refused{border-left-color:#b91c1c}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .5rem;border-bottom:1px solid"
    " var(--line);vertical-align:top}td:first-child{white-space:nowrap;color:var(--dim)}ul.all{columns:2;padding-left:"
    "1rem}@media(max-width:40rem){ul.all{columns:1}}.bad{border-color:#b91c1c}"
)


class Talks(Protocol):
    """Whoever knows the talks whose record fills a form."""

    @property
    def tickets(self) -> Tickets: ...
    def patient(self, session: str) -> Patient: ...


def add_routes(app: FastAPI, talks: Talks) -> None:
    """The list, the forms, and their answers."""

    @app.get("/calculators", response_class=HTMLResponse)
    def listed() -> str:
        return _page("Calculators", _list())

    @app.get("/calculators/from/{ticket}")
    def from_talk(ticket: str) -> Response:
        held = talks.tickets.take(ticket)
        try:
            patient = talks.patient(held[0]) if held and held[1] == TICKET else None
        except NoSuchSession:
            patient = None
        if patient is None:
            return PlainTextResponse(
                "This link has been used or is too old. Open it again from the talk.", 404
            )
        return HTMLResponse(_page("Calculators", _list(patient)))

    @app.get("/calculators/{name}", response_class=HTMLResponse)
    def form(name: str) -> Response:
        known = calculators().get(name)
        if known is None:
            return PlainTextResponse("There is no such calculator.", 404)
        return HTMLResponse(_page(known.title, _form(known, {})))

    @app.post("/calculators/{name}", response_class=HTMLResponse)
    async def computed(name: str, request: Request) -> Response:
        known = calculators().get(name)
        if known is None:
            return PlainTextResponse("There is no such calculator.", 404)
        told = _told(await _body(request))
        if told is None:
            return PlainTextResponse("The form is too long.", 413)
        if told.get("fill") == "1":
            return HTMLResponse(_page(known.title, _form(known, told)))
        result = await run_in_threadpool(call, "calculate", _inputs(known, told), Context())
        return HTMLResponse(_page(known.title, _answer(result) + _form(known, told, result)))


async def _body(request: Request) -> bytes:
    """The body, read no further than a form can reach."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            break
    return body


def _told(body: bytes) -> Mapping[str, str] | None:
    """The fields of the form; None where it is longer than a form of ours."""
    if len(body) > LARGEST or body.count(b"&") >= MOST_FIELDS:
        return None
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _page(title: str, body: str) -> str:
    way = '<p><a href="/calculators">All calculators</a> · <a href="/clinician/">Clinician page</a></p>'
    return page(
        f"{html.escape(title)} · Consilium", f"{body}{way}<p><small>{NOTICE}</small></p>", style=_STYLE
    )


def _list(patient: Patient | None = None) -> str:
    """Every calculator; with a record each is a button that brings along what the record knows of it."""
    entries = "".join(f"<li>{_entry(one, patient)}</li>" for one in calculators().values())
    known = "<p>Values of the record are filled in where a calculator asks for them.</p>" if patient else ""
    return f'<h1>Calculators</h1><p>Each shows its working and its source.</p>{known}<ul class="all">{entries}</ul>'


def _entry(one: Calculator, patient: Patient | None) -> str:
    title = html.escape(one.title)
    filled = dict(_filled(one, patient)) if patient else {}
    if not filled:
        return f'<a href="/calculators/{one.name}">{title}</a>'
    hidden = "".join(_hidden(name, value) for name, value in {"fill": "1", **filled}.items())
    return (
        f'<form method="post" action="/calculators/{one.name}">{hidden}'
        f"<button>{title} ({len([name for name in filled if not name.endswith(':unit')])} known)</button></form>"
    )


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'


def _filled(one: Calculator, patient: Patient) -> Iterator[tuple[str, str]]:
    for field in one.fields:
        _, known = standing(field, patient)
        if known is None:
            continue
        if field.kind is not FieldKind.NUMBER:
            yield field.name, str(known.value)
            continue
        try:
            unit = units.written(known.unit, field.measure)
        except units.UnitError:  # a number without a unit that the form offers is not filled in
            continue
        yield from ((field.name, f"{known.value:g}"), (f"{field.name}:unit", unit))


def _form(one: Calculator, told: Mapping[str, str], result: ToolResult | None = None) -> str:
    lacking = {words.partition(" (")[0] for words in result.missing} if result else set()
    fields = "".join(_field(field, told, bad=field.name in lacking) for field in one.fields)
    head = "" if result else f"<h1>{html.escape(one.title)}</h1>"
    return (
        f'{head}<form method="post" action="/calculators/{one.name}">{fields}<button>Compute</button></form>'
    )


def _field(field: Field, told: Mapping[str, str], *, bad: bool) -> str:
    said = field.name.replace("_", " ")
    hints = [field.words, f"includes {field.includes}" if field.includes else ""]
    hints += [
        f"excludes {field.excludes}" if field.excludes else "",
        "may be left out" if field.optional else "",
    ]
    hint = html.escape("; ".join(part for part in hints if part))
    inside = _input(field, told)
    if field.kind is FieldKind.YES_NO:
        style = ' class="bad"' if bad else ""
        return (
            f"<fieldset{style}><legend>{html.escape(said)}<small>{hint}</small></legend>{inside}</fieldset>"
        )
    wanted = " (missing)" if bad else ""
    return f'<div><label for="{field.name}">{html.escape(said)}{wanted}<small>{hint}</small></label>{inside}</div>'


def _input(field: Field, told: Mapping[str, str]) -> str:
    value = html.escape(told.get(field.name, ""))
    if field.kind is FieldKind.NUMBER:
        chosen = told.get(f"{field.name}:unit", field.unit)
        known = units.units(field.measure)
        names = known if chosen in known else ("", *known)  # a browser would choose the first one by itself
        unit = "".join(_choice(name, chosen) for name in names)
        box = f'<input id="{field.name}" name="{field.name}" inputmode="decimal" autocomplete="off" value="{value}">'
        label = f'aria-label="unit of {field.name}"'
        return f'<div class="row">{box}<select name="{field.name}:unit" {label}>{unit}</select></div>'
    if field.kind is FieldKind.YES_NO:
        return "".join(_radio(field.name, name, told) for name in ("yes", "no", "not known"))
    if field.kind is FieldKind.CHOICE:
        options = "".join(_choice(name, told.get(field.name, "")) for name in ("", *field.options))
        return f'<select id="{field.name}" name="{field.name}">{options}</select>'
    return f'<input type="date" id="{field.name}" name="{field.name}" value="{value}">'


def _choice(name: str, chosen: str) -> str:
    picked = " selected" if name == chosen else ""
    return f'<option value="{html.escape(name)}"{picked}>{html.escape(name) or "–"}</option>'


def _radio(field: str, name: str, told: Mapping[str, str]) -> str:
    picked = " checked" if told.get(field, "not known") == name else ""
    return f'<label><input type="radio" name="{field}" value="{name}"{picked}> {name}</label>'


def _inputs(one: Calculator, told: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as the tool takes it; the tool judges it."""
    inputs: dict[str, Any] = {}
    for field in one.fields:
        value = told.get(field.name, "").strip()
        if not value or value == "not known":
            continue
        if field.kind is FieldKind.YES_NO:
            inputs[field.name] = {"value": {"yes": True, "no": False}.get(value, value)}
        elif field.kind is FieldKind.NUMBER:
            inputs[field.name] = {"value": _number(value), "unit": told.get(f"{field.name}:unit", "")}
        else:
            inputs[field.name] = {"value": value}
    return {"name": one.name, "inputs": inputs}


def _number(value: str) -> float | str:
    """The number, with a decimal point or comma; as typed where it is none, or where the comma may part thousands."""
    if _THOUSANDS.fullmatch(value):
        return value
    try:
        return float(value.replace(",", "."))
    except ValueError:
        return value


def _answer(result: ToolResult) -> str:
    """The value with its sentences, then the working; or what is missing or wrong."""
    if result.outcome is not Outcome.FOUND:
        return f'<p class="said refused" role="alert">{html.escape(result.note)}</p>'
    said = "".join(f"<p>{html.escape(finding.statement)}</p>" for finding in result.findings)
    rows = "".join(
        f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>"
        for table in result.tables
        for row in table.rows
    )
    note = f"<p><small>{html.escape(result.note)}</small></p>" if result.note else ""
    return f'<div class="said" role="status">{said}</div><h2>Working</h2><table>{rows}</table>{note}<h2>Values</h2>'
