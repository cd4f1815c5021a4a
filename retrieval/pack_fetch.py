"""Bringing one file from the one address that a pack names; what came of a broken line is kept and resumed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from retrieval.pack_words import Pack, Unreachable

BLOCK = 1 << 16
TIMEOUT_S = 60

Progress = Callable[[int, int | None], None]
"""Called with the bytes held so far and the bytes in all, where the home tells them."""


def fetch(pack: Pack, part: Path, progress: Progress) -> None:
    """Write the file to ``part``, from where an earlier pull broke off if the home can go on from there.

    Raises:
        Unreachable: the home did not answer, said no, or broke off.
    """
    have = part.stat().st_size if part.exists() else 0
    request = Request(pack.url, headers={"User-Agent": "consilium-packs", "Accept-Encoding": "identity"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        with urlopen(request, timeout=TIMEOUT_S) as answer:
            resumed = answer.status == 206 and _starts_at(answer.headers.get("Content-Range", "")) == have
            total = _total(answer.headers.get("Content-Length"), have if resumed else 0)
            _write(answer, part, have if resumed else 0, total, progress)
    except HTTPError as wrong:
        with wrong:
            if wrong.code == 416 and have:  # all of it is here already; the digest decides
                return
            raise Unreachable(f"{pack.title}: {pack.host} answered {wrong.code} {wrong.reason}.") from wrong
    except (URLError, TimeoutError, ConnectionError) as wrong:
        raise Unreachable(
            f"{pack.title}: {pack.host} cannot be reached ({wrong}). The next pull resumes."
        ) from wrong
    if total is not None and part.stat().st_size < total:
        raise Unreachable(
            f"{pack.title}: the line broke at {part.stat().st_size} of {total} bytes; pull again."
        )


def _write(answer: Any, part: Path, start: int, total: int | None, progress: Progress) -> None:
    with part.open("ab" if start else "wb") as file:
        done = start
        while block := answer.read(BLOCK):
            file.write(block)
            done += len(block)
            progress(done, total)


def _starts_at(content_range: str) -> int | None:
    match = re.match(r"bytes (\d+)-", content_range)
    return int(match.group(1)) if match else None


def _total(length: str | None, have: int) -> int | None:
    return int(length) + have if length and length.isdigit() else None
