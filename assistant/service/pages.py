"""The pages: a chooser at once, and the Gradio pages as soon as Gradio is loaded."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.answer import NOTICE

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.settings import Settings
    from assistant.ui.desk import Desk

_log = logging.getLogger(__name__)

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0f766e"/>'
    '<path d="M22 11.5a7.5 7.5 0 1 0 0 9" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>'
)
_STYLE = (
    ":root{color-scheme:light dark;--ink:#0f172a;--dim:#475569;--paper:#f8fafc;--card:#fff;--line:#cbd5e1;"
    "--key:#0f766e}@media(prefers-color-scheme:dark){:root{--ink:#e2e8f0;--dim:#94a3b8;--paper:#0b1120;"
    "--card:#111a2c;--line:#334155;--key:#5eead4}}body{margin:0;min-height:100vh;display:grid;"
    "place-items:center;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}"
    "main{max-width:34rem;padding:1.5rem}h1{font-size:1.6rem;margin:0 0 .25rem}p{margin:.25rem 0 1rem;"
    "color:var(--dim)}a.way{display:block;margin:.75rem 0;padding:1rem 1.25rem;border:1px solid var(--line);"
    "border-radius:.5rem;background:var(--card);color:var(--ink);text-decoration:none}"
    "a.way:hover,a.way:focus-visible{border-color:var(--key);outline:2px solid var(--key)}"
    "a.way b{display:block;font-size:1.1rem;color:var(--key)}"
)


def page(title: str, body: str, head: str = "", style: str = "") -> str:
    """A whole page of ours around a body that is already safe."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}{style}</style></head><body><main>{body}</main></body></html>"
    )


CHOOSER = page(
    "Consilium",
    f"<h1>Consilium</h1><p>{NOTICE}</p>"
    '<a class="way" href="/clinician/"><b>I am a clinician</b>Questions about a patient, a picture, a variant, a drug '
    "or the literature; every sentence with its source.</a>"
    '<a class="way" href="/calculators"><b>Calculators</b>Scores and equations with their working and source.</a>'
    '<a class="way" href="/library"><b>Library</b>The literature that is held here, how old it is, and your own '
    "guidelines.</a>"
    '<a class="way" href="/patient/"><b>I am a patient</b>Say what is wrong, and hear how soon to get help. '
    "This is a computer program (AI).</a>"
    '<a class="way" href="/lab/"><b>Generation lab</b>For research and teaching: made pictures of no patient, drawn '
    "lesions, and what made pictures betray.</a>"
    '<a class="way" href="/research/"><b>Research</b>What a drug does in virtual patients of different genes, and '
    "molecules made by a computer; no advice for anybody.</a>",
)
STARTING = page(
    "Consilium is starting",
    f'<h1>Starting</h1><p role="status">The page is loading its parts. It opens by itself in a few seconds.</p>'
    f"<p>{NOTICE}</p><p><b>In an emergency do not wait for this page: call your local emergency number.</b></p>",
    '<meta http-equiv="refresh" content="2">',
)


_PATHS = ("/clinician", "/patient", "/lab", "/research")


class Pages:
    """An ASGI app: a page that refreshes itself until Gradio is there, then Gradio's pages.

    Gradio takes 7-16 s to import. So it is loaded by a task after the start, and :meth:`run` keeps its pages alive
    until it is cancelled.
    """

    def __init__(self, settings: Settings, desk: Desk) -> None:
        self._settings = settings
        self._desk = desk
        self._mounted: ASGIApp | None = None

    @property
    def ready(self) -> bool:
        return self._mounted is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._mounted is not None:
            await self._mounted(scope, receive, send)
            return
        ours = scope["type"] == "http" and scope["path"].rstrip("/") in _PATHS
        early = HTMLResponse(STARTING, headers={"Retry-After": "2"}) if ours else _not_found()
        await early(scope, receive, send)

    async def run(self) -> None:
        """Loads the pages in a thread, opens them, and holds them open until cancelled."""
        started = time.monotonic()
        inner = await asyncio.to_thread(_mounted, self._settings, self._desk)
        async with inner.router.lifespan_context(inner):
            self._mounted = inner
            _log.info("pages ready after %.1f s", time.monotonic() - started)
            await asyncio.Event().wait()


def _mounted(settings: Settings, desk: Desk) -> FastAPI:
    """A FastAPI app that holds nothing but the Gradio pages."""
    import gradio as gr
    from fastapi import FastAPI

    from assistant.ui import look
    from assistant.ui.clinician import ClinicianPage
    from assistant.ui.lab_page import LabPage
    from assistant.ui.patient import PatientPage
    from assistant.ui.research_page import ResearchPage

    inner = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    mounting = look.mounting(settings.limits.upload_bytes)
    gr.mount_gradio_app(inner, ClinicianPage(desk).blocks(), path="/clinician", **mounting)
    gr.mount_gradio_app(inner, PatientPage(desk, settings.country).blocks(), path="/patient", **mounting)
    gr.mount_gradio_app(inner, LabPage().blocks(), path="/lab", **mounting)
    gr.mount_gradio_app(inner, ResearchPage(settings.tools.disabled).blocks(), path="/research", **mounting)
    return inner


def _not_found() -> PlainTextResponse:
    return PlainTextResponse("Not found", status_code=404)
