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
HOSTS = {
    "codeload.github.com",
    "download.open.fda.gov",
    "ftp.clinicalgenome.org",
    "ftp.ncbi.nlm.nih.gov",
    "raw.githubusercontent.com",
    "storage.googleapis.com",
    "zenodo.org",
}
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
        assert made.licence
        if not made.url:
            assert made.note, "a pack that only the user can bring says where it comes from"
            continue
        assert made.url.startswith("https://")
        assert made.host in HOSTS
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


@pytest.mark.network
def test_a_rolling_pack_may_be_replaced_by_its_home(home: str, tmp_path: Path) -> None:
    held = store(tmp_path, pack(home, rolling=True))
    held.pull("made")
    Home.body = BODY + b"a newer release"
    assert held.pull("made").read_bytes() == Home.body
    assert held.verify("made").state is State.HELD


def test_a_rolling_pack_cannot_be_pinned() -> None:
    with pytest.raises(ValueError, match="cannot be pinned"):
        pack("https://example.org", rolling=True, sha256=DIGEST)


def brought(tmp_path: Path, name: str = "mine.bin", body: bytes = BODY) -> Path:
    file = tmp_path / name
    file.write_bytes(body)
    return file


def test_an_import_is_copied_checked_and_recorded(tmp_path: Path) -> None:
    held = store(tmp_path / "packs", pack("https://example.org", sha256=DIGEST))
    file = brought(tmp_path)
    (kept,) = held.import_("made", [file])
    assert kept.read_bytes() == BODY
    assert file.exists()
    assert held.path("made") == kept
    (stands,) = held.list()
    assert (stands.state, stands.imported, stands.sha256) == (State.HELD, True, DIGEST)
    assert held.verify("made").state is State.HELD
    kept.write_bytes(b"changed")
    assert held.verify("made").state is State.DAMAGED


def test_an_import_that_does_not_fit_is_refused_and_leaves_the_old_one(tmp_path: Path) -> None:
    held = store(tmp_path / "packs", pack("https://example.org", sha256=DIGEST))
    held.import_("made", [brought(tmp_path)])
    with pytest.raises(Refused):
        held.import_("made", [brought(tmp_path, "other.bin", b"something else")])
    assert held.verify("made").state is State.HELD


def test_several_files_are_one_pack_and_a_new_import_replaces_them(tmp_path: Path) -> None:
    held = store(tmp_path / "packs", pack("https://example.org", url="", rolling=True, note="bring it"))
    held.import_("made", [brought(tmp_path, "a.vcf"), brought(tmp_path, "b.bed", b"bed")])
    assert [path.name for path in held.files("made")] == ["a.vcf", "b.bed"]
    held.import_("made", [brought(tmp_path, "c.vcf", b"newer")])
    assert [path.name for path in held.files("made")] == ["c.vcf"]
    assert not (held.folder("made") / "a.vcf").exists()


@pytest.mark.parametrize("name", ["receipt.json", "..hidden", "a b;c.vcf", "x" * 150 + ".vcf"])
def test_the_name_of_an_imported_file_is_never_a_path(tmp_path: Path, name: str) -> None:
    held = store(tmp_path / "packs", pack("https://example.org", rolling=True))
    (kept,) = held.import_("made", [brought(tmp_path, name)])
    assert kept.parent == held.folder("made")
    assert kept.read_bytes() == BODY
    assert held.verify("made").state is State.HELD


def test_terms_must_be_accepted_for_an_import_too(tmp_path: Path) -> None:
    held = store(tmp_path / "packs", pack("https://example.org", non_commercial=True))
    with pytest.raises(LicenceNotAccepted, match=r"packs import made .*--accept-licence"):
        held.import_("made", [brought(tmp_path)])
    assert held.import_("made", [brought(tmp_path)], accept_licence=True)


def test_what_has_no_address_can_only_be_imported(tmp_path: Path) -> None:
    held = store(tmp_path, pack("https://example.org", url="", note="It comes from your laboratory."))
    with pytest.raises(PackError, match="consilium packs import made FILE"):
        held.pull("made")
    with pytest.raises(PackError, match="cannot be copied"):
        held.import_("made", [tmp_path / "nowhere.vcf"])
    with pytest.raises(PackError, match="at least one file"):
        held.import_("made", [])


def test_a_receipt_of_before_imports_is_still_read(tmp_path: Path) -> None:
    place = tmp_path / "made"
    place.mkdir()
    (place / "data.bin").write_bytes(BODY)
    (place / "receipt.json").write_text(f'{{"version": "1", "sha256": "{DIGEST}", "pulled": "2026-01-01"}}')
    held = store(tmp_path, pack("https://example.org"))
    assert held.path("made") == place / "data.bin"
    assert held.verify("made").state is State.HELD
