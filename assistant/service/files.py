"""The handover sheets as files: each link works once, for ten minutes, and only while its session lives."""

from __future__ import annotations

from typing import Protocol

from fastapi import FastAPI
from starlette.responses import PlainTextResponse, Response

from assistant.handover import FILES, NothingYet
from assistant.sessions import NoSuchSession
from assistant.tickets import Tickets

GONE = "This link has been used or is too old. Make the sheets again on the page."
_MEDIA = {"md": "text/markdown; charset=utf-8", "pdf": "application/pdf"}


class Sheets(Protocol):
    """Whoever can make a sheet of a session."""

    @property
    def tickets(self) -> Tickets: ...
    def sheet(self, session: str, name: str) -> bytes: ...


def add_route(app: FastAPI, assistant: Sheets) -> None:
    """The route of the files."""

    @app.get("/files/{ticket}")
    def file(ticket: str) -> Response:
        held = assistant.tickets.take(ticket)
        if held is None or held[1] not in FILES:  # a ticket may lead elsewhere
            return PlainTextResponse(GONE, status_code=404)
        session, name = held
        try:
            data = assistant.sheet(session, name)
        except (NoSuchSession, NothingYet):  # it was forgotten meanwhile, or holds no answer
            return PlainTextResponse(GONE, status_code=404)
        disposition = f'attachment; filename="consilium-{name}"'
        return Response(
            data, media_type=_MEDIA[name.rpartition(".")[2]], headers={"Content-Disposition": disposition}
        )
