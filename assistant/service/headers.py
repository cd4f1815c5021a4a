"""What every reply carries, and which requests are refused before anything reads them."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline'; connect-src 'self'; font-src 'self' data:; frame-ancestors 'none'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_UNCHANGING = ("/assets/", "/static/")
_MOUNTS = ("clinician", "patient", "lab", "research")
_PAGE_NEEDS = ("", "assets", "static", "config", "theme.css", "gradio_api")
_API_NEEDS = ("upload", "upload_progress", "queue", "cancel", "reset", "heartbeat", "startup-events")
"""The parts of Gradio's interface that our pages use. Its file route is not among them: it gives any user the
files of any other whose path is known. Nor are its proxy, recorder, code editor and API description."""
_NO_PREVIEW = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="#e8edf3"/>'
    '<path d="M13 8h10l6 6v18H13z M23 8v6h6" fill="none" stroke="#475569" stroke-width="2"/></svg>'
)
"""Shown where the box would preview an attached picture."""


class Guard:
    """ASGI middleware: security headers on every reply; 404 for Gradio routes that no page of ours needs; 403 for
    changes that another web site asks the browser to make."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add(MutableHeaders(scope=message), path)
            await send(message)

        refusal = _refusal(scope, path)
        await (refusal or self._app)(scope, receive, send_guarded)


def _add(headers: MutableHeaders, path: str) -> None:
    for name, value in HEADERS.items():
        headers[name] = value
    if not any(part in path for part in _UNCHANGING):
        headers["Cache-Control"] = "no-store"


def _refusal(scope: Scope, path: str) -> Response | None:
    mount, _, inside = path.lstrip("/").partition("/")
    parts = [*inside.lstrip("/").split("/"), ""]
    if mount in _MOUNTS and parts[0] not in _PAGE_NEEDS:
        return PlainTextResponse("Not found", status_code=404)
    if mount in _MOUNTS and parts[0] == "gradio_api" and parts[1] not in _API_NEEDS:
        return Response(_NO_PREVIEW, status_code=404, media_type="image/svg+xml")
    from_elsewhere = Headers(scope=scope).get("sec-fetch-site") in ("cross-site", "same-site")
    if from_elsewhere and scope["method"] not in ("GET", "HEAD"):
        return PlainTextResponse("Requests from other sites are refused", status_code=403)
    return None
