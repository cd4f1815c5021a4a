"""The service: one FastAPI app in one process. It answers at once; pages and models follow as they load."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.middleware.trustedhost import TrustedHostMiddleware

from assistant.service import calculators, files, library
from assistant.service.headers import Guard
from assistant.service.pages import CHOOSER, ICON, Pages

if TYPE_CHECKING:
    from assistant.settings import Settings
    from assistant.ui.desk import Desk

_log = logging.getLogger(__name__)
SWEEP_SECONDS = 3600
PAGES = ("clinician", "patient", "library", "lab", "research")
_OURS = ("localhost", "127.0.0.1", "[::1]", "::1")


def build(settings: Settings, assistant: Desk) -> FastAPI:
    """The app. Nothing heavy is loaded here: that begins when the app starts to serve."""
    prepare_uploads(settings.data_dir)
    pages = Pages(settings, assistant)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=assistant.warm, name="warm", daemon=True).start()
        tasks = [asyncio.create_task(each) for each in (pages.run(), _sweep(assistant), _say_damage())]
        for task in tasks:
            task.add_done_callback(_report)
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    app = FastAPI(title="Consilium", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    _add_routes(app, pages, assistant)
    files.add_route(app, assistant)
    calculators.add_routes(app, assistant)
    library.add_routes(app, settings)
    app.mount("", pages)
    app.add_middleware(Guard)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*_OURS, settings.service.host])
    return app


def run(settings: Settings) -> None:
    """Serves until interrupted. Prints the address of each page.

    Raises:
        SystemExit: the port is taken; one line says which and what to do.
    """
    import uvicorn

    from assistant.ask import Assistant

    with (
        closing(_listening(settings.service.host, settings.service.port)) as door,
        closing(Assistant(settings)) as own,
    ):
        _greet(settings.service.host, door.getsockname()[1])
        config = uvicorn.Config(
            build(settings, own),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=3,
        )
        uvicorn.Server(config).run(sockets=[door])


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host.strip("[]"), port))
    except OSError as taken:
        door.close()
        words = f"Port {port} cannot be used ({taken.strerror}); choose another: PORT={port + 1}"
        raise SystemExit(words) from None
    return door


def _greet(host: str, port: int) -> None:
    name = f"[{host}]" if ":" in host else host
    sys.stderr.write("".join(f"http://{name}:{port}/{page}\n" for page in PAGES))


def _report(task: asyncio.Task[None]) -> None:
    """A task of ours that died says so: the service stays up, and /readyz names what is missing."""
    if not task.cancelled() and (trouble := task.exception()):
        _log.error("a start-up task failed", exc_info=trouble)


async def _say_damage() -> None:
    """A damaged file of knowledge keeps nothing from starting: what is left out is a warning each."""
    from assistant.knowledge_check import left_out

    for words in await asyncio.to_thread(left_out):
        _log.warning("%s", words)


async def _sweep(assistant: Desk) -> None:
    """Forgets idle sessions, and archived turns past their days, every hour."""
    while True:
        swept = await asyncio.to_thread(assistant.sweep)
        if swept:
            _log.info("%d idle sessions and old turns forgotten", swept)
        await asyncio.sleep(SWEEP_SECONDS)


def prepare_uploads(data_dir: Path) -> Path:
    """Gradio's upload cache: a folder of ours that nobody else may read. Must come before Gradio is imported."""
    folder = data_dir / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    return folder


def _add_routes(app: FastAPI, pages: Pages, assistant: Desk) -> None:
    @app.get("/", response_class=HTMLResponse)
    def chooser() -> str:
        return CHOOSER

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "up"}

    @app.get("/readyz")
    def readyz() -> JSONResponse:
        parts = {"pages": pages.ready, **assistant.ready}
        return JSONResponse(
            {"ready": all(parts.values()), "parts": parts}, 200 if all(parts.values()) else 503
        )

    @app.get("/favicon.ico", include_in_schema=False)
    def icon() -> Response:
        return Response(ICON, media_type="image/svg+xml")

    @app.get("/manifest.json", include_in_schema=False)
    def manifest() -> dict[str, str]:
        return {"name": "Consilium", "display": "browser"}
