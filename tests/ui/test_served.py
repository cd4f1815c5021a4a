"""The real pages over HTTP, with the scripted double: start-up, headers, and one user's files kept from another."""

from __future__ import annotations

import re
import stat
from typing import Any

import httpx
import pytest

from assistant.service.headers import HEADERS

pytestmark = [pytest.mark.slow, pytest.mark.network]


def test_healthz_answers_within_three_seconds(served: Any) -> None:
    assert served.seconds_to_healthz < 3 * 3  # three seconds, times three for a busy machine


@pytest.mark.parametrize("page", ["clinician", "patient"])
def test_the_pages_carry_the_headers_and_ask_nobody(served: Any, page: str) -> None:
    reply = httpx.get(f"{served.address}/{page}/")
    assert reply.status_code == 200
    for name, value in HEADERS.items():
        assert reply.headers[name] == value
    assert reply.headers["Cache-Control"] == "no-store"
    loaded = re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=\"(https?:)?//([^/\"]+)", reply.text)
    assert all(host.startswith("127.0.0.1") for _, host in loaded)


@pytest.mark.parametrize("page", ["clinician", "patient"])
def test_no_page_offers_an_interface_a_link_or_a_history(served: Any, page: str) -> None:
    config = httpx.get(f"{served.address}/{page}/config").json()
    assert config["footer_links"] == []
    assert config["show_error"] is False
    assert not config.get("run_history")
    assert all(call["api_visibility"] == "private" for call in config["dependencies"])
    assert "html" not in {part["type"] for part in config["components"]}


def test_nobody_can_fetch_what_another_has_uploaded(served: Any) -> None:
    with httpx.Client(base_url=served.address) as one:
        files = {"files": ("secret-scan.png", b"\x89PNG\r\n\x1a\nsecret pixels", "image/png")}
        path = one.post("/clinician/gradio_api/upload", files=files).raise_for_status().json()[0]
    with httpx.Client(base_url=served.address) as other:
        for page in ("clinician", "patient"):
            for route in (
                "gradio_api/file=",
                "gradio_api/file",
                "gradio_api/file%3D",
                "file=",
                "gradio_api//file=",
            ):
                reply = other.get(f"/{page}/{route}{path}")
                assert reply.status_code == 404
                assert b"secret" not in reply.content


def test_the_upload_folder_is_closed_to_others(served: Any) -> None:
    folder = served.folder / "uploads"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_an_upload_past_the_limit_is_refused(served: Any) -> None:
    files = {"files": ("big.png", b"\x89PNG" + b"0" * 21_000_000, "image/png")}
    assert httpx.post(f"{served.address}/clinician/gradio_api/upload", files=files).status_code == 413
