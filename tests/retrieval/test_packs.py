"""Packs: nothing is contacted but by a pull; a pull resumes, is checked, and refuses what does not fit."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from retrieval import packs
from retrieval.packs import (
    LicenceNotAccepted,
    Pack,
    PackError,
    Packs,
    Refused,
    State,
    UnknownPack,
    Unreachable,
    registry,
)

BODY = bytes(range(256)) * 1000
DIGEST = hashlib.sha256(BODY).hexdigest()


class Home(BaseHTTPRequestHandler):
    """The home of a pack on this machine; it can break off, and can go on from a place."""

    body: ClassVar[bytes] = BODY
    break_at: ClassVar[int | None] = None
    ranges: ClassVar[bool] = True
    asked: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        type(self).asked.append(wanted)
        if self.path != "/data.bin":
            self.send_error(404)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.ranges else 0
        if start and start >= len(self.body):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(self.body) - 1}/{len(self.body)}")
        self.send_header("Content-Length", str(len(self.body) - start))
        self.end_headers()
        self.wfile.write(self.body[start : self.break_at])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def home() -> Iterator[str]:
    Home.body, Home.break_at, Home.ranges, Home.asked = BODY, None, True, []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Home)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def pack(home: str, **more: Any) -> Pack:
    values = {
        "name": "made",
        "title": "A made pack",
        "version": "1",
        "licence": "MIT",
        "home": "https://example.org/made",
        "url": f"{home}/data.bin",
        "schema": 1,
    }
    return Pack.model_validate(values | more)


def store(folder: Path, made: Pack) -> Packs:
    return Packs(folder, {made.name: made})


@pytest.mark.network
def test_a_pull_brings_checks_and_records(home: str, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    held = store(tmp_path, pack(home, sha256=DIGEST))
    assert held.path("made") is None
    path = held.pull("made", progress=lambda *at: told.append(at))
    assert path.read_bytes() == BODY
    assert held.path("made") == path
    assert told[-1] == (len(BODY), len(BODY))
    (stands,) = held.list()
    assert (stands.state, stands.pinned, stands.sha256) == (State.HELD, True, DIGEST)
    assert held.verify("made").state is State.HELD
    path.write_bytes(b"changed")
    assert held.verify("made").state is State.DAMAGED


@pytest.mark.network
def test_a_pull_goes_on_where_the_line_broke(home: str, tmp_path: Path) -> None:
    held = store(tmp_path, pack(home, sha256=DIGEST))
    Home.break_at = 100_000
    with pytest.raises(Unreachable):
        held.pull("made")
    assert held.list()[0].state is State.PARTIAL
    Home.break_at = None
    assert held.pull("made").read_bytes() == BODY
    assert Home.asked == [None, "bytes=100000-"]


@pytest.mark.network
def test_a_home_that_cannot_resume_is_read_from_the_start(home: str, tmp_path: Path) -> None:
    held = store(tmp_path, pack(home, sha256=DIGEST))
    Home.break_at = 100_000
    with pytest.raises(Unreachable):
        held.pull("made")
    Home.break_at, Home.ranges = None, False
    assert held.pull("made").read_bytes() == BODY


@pytest.mark.network
def test_a_part_that_is_whole_already_is_only_checked(home: str, tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "data.bin.part").write_bytes(BODY)
    assert store(tmp_path, pack(home, sha256=DIGEST)).pull("made").read_bytes() == BODY


@pytest.mark.network
@pytest.mark.parametrize("digest", [{"sha256": "0" * 64}, {"md5": "0" * 32}])
def test_a_wrong_digest_is_refused_and_kept_apart(home: str, tmp_path: Path, digest: dict[str, str]) -> None:
    held = store(tmp_path, pack(home, **digest))
    with pytest.raises(Refused, match="not the expected one"):
        held.pull("made")
    assert held.path("made") is None
    assert [file.name for file in (tmp_path / "made").iterdir()] == ["data.bin.refused"]


@pytest.mark.network
def test_an_unpinned_pack_is_held_to_its_first_pull(home: str, tmp_path: Path) -> None:
    held = store(tmp_path, pack(home))
    first = held.pull("made")
    assert held.list()[0].pinned is False
    Home.body = BODY + b"!"
    with pytest.raises(Refused):
        held.pull("made")
    assert first.read_bytes() == BODY
    assert held.verify("made").state is State.HELD
    newer = store(tmp_path, pack(home, version="2"))
    assert newer.pull("made").read_bytes() == Home.body


@pytest.mark.network
def test_terms_must_be_accepted_before_anything_is_contacted(home: str, tmp_path: Path) -> None:
    held = store(tmp_path, pack(home, non_commercial=True, licence="CC BY-NC 4.0"))
    with pytest.raises(LicenceNotAccepted, match="--accept-licence"):
        held.pull("made")
    assert Home.asked == []
    assert held.pull("made", accept_licence=True).exists()


@pytest.mark.network
def test_a_home_that_says_no_or_is_silent_is_named(home: str, tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="404"):
        store(tmp_path, pack(home, url=f"{home}/gone.bin")).pull("made")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1"):
        store(tmp_path, pack(f"http://127.0.0.1:{port}")).pull("made")


def test_an_unknown_pack_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownPack, match="pubmedqa"):
        Packs(tmp_path).pull("nonsense")


def test_the_registry_names_home_licence_and_host_of_each_pack() -> None:
    for made in registry().values():
        assert made.home.startswith("https://")
        assert made.url.startswith("https://")
        assert made.host in ("raw.githubusercontent.com", "zenodo.org")
        assert made.licence
        assert made.file_name


def test_two_packs_of_one_name_or_a_wrong_entry_are_refused(tmp_path: Path) -> None:
    row = "- {name: a, title: t, version: '1', licence: MIT, home: h, url: 'https://example.org/a'}\n"
    twice = tmp_path / "twice.yaml"
    twice.write_text(row + row)
    with pytest.raises(PackError, match="two packs"):
        registry(twice)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("- {name: a, url: 'file:///etc/passwd'}\n")
    with pytest.raises(PackError, match=r"wrong\.yaml, a"):
        registry(wrong)


def test_listing_contacts_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("somebody was contacted")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(packs, "_settings", {})
    packs.configure(tmp_path)
    assert {held.state for held in packs.list_packs()} == {State.ABSENT}
    assert packs.verify("pubmedqa").state is State.ABSENT
