"""The library page: what is held and how old, a search that explains itself, and the user's own guidelines.

Plain HTML, no script; what is typed travels in the body of a request, never in an address.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import Message

from assistant.literature import UPLOADED, Read, brought
from assistant.service import library_page as pages
from assistant.uploads import shown_name

if TYPE_CHECKING:
    from assistant.settings import Settings

LONGEST_FORM = 200_000
"""Bytes of a question with its limits; the search itself refuses more than 50,000 characters."""
TOGETHER = 5
"""The files of one form together: so many times the size of one."""
BEING_READ = "being-read"
"""How the folders begin in which uploads lie while they are read; then comes the process that reads."""
FROM_ELSEWHERE = "This form can only be sent from the library page itself."


class TooLong(Exception):
    """A form holds more than it may."""


def add_routes(app: FastAPI, settings: Settings) -> None:
    """The page, its search, and the two forms that change what is held."""
    limits = settings.limits
    sweep(settings.data_dir / "uploads")

    @app.get("/library", response_class=HTMLResponse)
    async def library() -> Response:
        return HTMLResponse(await run_in_threadpool(pages.page_of))

    @app.get("/library/")
    @app.get("/library/search")
    @app.get("/library/add")
    @app.get("/library/remove")
    def again() -> Response:
        """The addresses of the forms, typed or kept as a bookmark: what was asked is not in them."""
        return RedirectResponse("/library")

    @app.post("/library/search", response_class=HTMLResponse)
    async def search(request: Request) -> Response:
        try:
            asked = _asked(await _form(request))
        except TooLong:
            return PlainTextResponse("The question is too long.", 413)
        return HTMLResponse(await run_in_threadpool(pages.searched, asked))

    @app.post("/library/add", response_class=HTMLResponse)
    async def add(request: Request) -> Response:
        if not from_here(request):
            return PlainTextResponse(FROM_ELSEWHERE, 403)
        try:
            form = await _sent(request, limits.upload_bytes * TOGETHER, limits.uploads)
        except TooLong:
            return HTMLResponse(pages.refused(_sizes(limits.upload_bytes, limits.uploads)), 413)
        except (MultiPartException, HTTPException):
            return HTMLResponse(pages.refused("This is not a form of files that could be read."), 400)
        try:
            read = [await run_in_threadpool(_read, settings, file) for file in _files(form)]
        finally:
            await form.close()
        return HTMLResponse(await run_in_threadpool(pages.added, read))

    @app.post("/library/remove", response_class=HTMLResponse)
    async def remove(request: Request) -> Response:
        if not from_here(request):
            return PlainTextResponse(FROM_ELSEWHERE, 403)
        try:
            told = await _form(request)
        except TooLong:
            return PlainTextResponse("The form is too long.", 413)
        return HTMLResponse(await run_in_threadpool(pages.removed, told.get("id", "")))


def from_here(request: Request) -> bool:
    """True where the browser says that the form stands on a page of this very service: by ``Sec-Fetch-Site``, else by
    ``Origin``. Who says neither is no browser of today, and is refused."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(request.headers.get("origin", ""))
    return bool(origin.netloc) and origin.netloc == request.headers.get("host")


async def _form(request: Request) -> Mapping[str, str]:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            raise TooLong
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _asked(told: Mapping[str, str]) -> pages.Typed:
    """What was typed; a year that is none, and a kind or depth that the form does not offer, are left out."""
    year = told.get("since", "").strip()
    return pages.Typed(
        question=told.get("question", "").strip(),
        since=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
        kind=told.get("kind", "") if told.get("kind") in pages.KINDS else "",
        depth=told.get("depth", "") if told.get("depth") in pages.DEPTHS else "",
    )


async def _sent(request: Request, together: int, most: int) -> FormData:
    """The form with its files; nothing more is read of one that holds too much.

    Raises:
        TooLong: more bytes than ``together``.
        HTTPException, MultiPartException: more than ``most`` files, or no form.
    """
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await request.receive()
        seen += len(message.get("body", b""))
        if seen > together:
            raise TooLong
        return message

    told = request.headers.get("content-length", "")
    if told.isascii() and told.isdigit() and int(told) > together:
        await _drained(request)
        raise TooLong
    return await Request(request.scope, bounded).form(max_files=most, max_fields=4)


def _files(form: FormData) -> list[UploadFile]:
    """The chosen files; a browser sends one without a name where none was chosen."""
    return [file for file in form.getlist("files") if isinstance(file, UploadFile) and file.filename]


async def _drained(request: Request) -> None:
    """Let the browser finish its sentence: one that is cut off shows no answer."""
    async for _ in request.stream():
        pass


def _read(settings: Settings, file: UploadFile) -> Read:
    """One uploaded file read and held. The file itself is deleted again, whatever comes of it."""
    name = shown_name(PurePosixPath((file.filename or "").replace("\\", "/")).name)
    if (file.size or 0) > settings.limits.upload_bytes:
        return Read(name, why=_sizes(settings.limits.upload_bytes, settings.limits.uploads))
    folder = Path(
        tempfile.mkdtemp(prefix=f"{BEING_READ}-{os.getpid()}-", dir=_own(settings.data_dir / "uploads"))
    )
    try:
        path = folder / _file_name(name)
        with path.open("wb") as kept:
            shutil.copyfileobj(file.file, kept)
        return brought(path, UPLOADED)
    finally:
        shutil.rmtree(folder)


def sweep(folder: Path) -> None:
    """Delete, at the start of a service, the uploads that a killed one left: the page says that no file is kept."""
    for left in folder.glob(f"{BEING_READ}-*"):
        if not _reads_elsewhere(left.name.removeprefix(f"{BEING_READ}-").partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)


def _reads_elsewhere(process: str) -> bool:
    """True if another process of this number lives. Our own number was that of a dead one: in a container it is the
    same at every start."""
    if os.name != "posix" or not process.isdigit() or int(process) == os.getpid():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it lives, and is another user's
        return True
    return True


def _file_name(name: str) -> str:
    """The name as a file may bear it: not hidden, of at most 200 bytes, its ending kept."""
    stem, dot, ending = name.lstrip(".").rpartition(".")
    stem, ending = (stem, ending[:8]) if dot else (ending, "")
    return (stem.encode()[:200].decode(errors="ignore") or "unnamed") + dot + ending


def _own(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _sizes(largest: int, most: int) -> str:
    return f"At most {most} files at once, each of at most {largest / 1e6:.0f} MB, together {TOGETHER} times that."
