"""Hostile files: each ends with a reason, in bounded time and memory, and the files beside it are held."""

from __future__ import annotations

import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest

from retrieval.sources import confined, local
from retrieval.sources.blocks import Unreadable
from retrieval.sources.confined import LIMITS, Limits
from retrieval.stock import Stock

MEGABYTE = 1 << 20
resource = pytest.importorskip("resource", reason="this platform has no resource limits")


def why(path: Path, limits: Limits = LIMITS) -> str:
    with pytest.raises(Unreadable) as told:
        confined.read(path, limits)
    return str(told.value)


def pdf(path: Path, *objects: bytes, root: int = 1) -> Path:
    """A PDF of these numbered objects, with a right table of where they are."""
    content = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        root,
        at,
    )
    path.write_bytes(content)
    return path


def stream(body: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s>>\nstream\n%s\nendstream" % (len(body), more, body)


def one_page(path: Path, content: bytes) -> Path:
    return pdf(
        path,
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        content,
    )


SHOWN = b"BT /F1 12 Tf 50 700 Td (Give amlodipine first.) Tj ET\n"


def test_a_plain_file_comes_back_as_the_reader_made_it(tmp_path: Path) -> None:
    path = one_page(tmp_path / "x.pdf", stream(SHOWN))
    reading = confined.read(path)
    assert (reading.text, reading.pages) == ("Give amlodipine first.", 1)
    (part,) = reading.parts
    assert (part.start, part.end, part.page) == (0, 22, 1)


def test_text_beyond_the_basic_plane_and_half_a_pair_survive_the_pipe(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_bytes("β ≥ 𝛼 \u202e \u200b".encode() + b"\xed\xa0\x80 end")
    assert confined.read(path).text.startswith(("β ≥ 𝛼 \u202e \u200b", "Î²"))
    path.write_bytes("a 𝛼 b".encode())
    assert confined.read(path).text == "a 𝛼 b"


def test_two_gigabytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    with path.open("wb") as file:
        file.truncate(2048 * MEGABYTE)
    assert why(path) == "2,048 MB, more than 100 MB: split the file"
    done = local.add(Stock(tmp_path / "data"), path)
    assert done.skipped == (("x.pdf", "2,048 MB, more than 100 MB: split the file"),)


def test_a_file_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = one_page(
        tmp_path / "x.pdf", stream(b"BT /F1 12 Tf " + b"(a) Tj 1 0 0 1 5 5 Tm " * 3_000_000 + b"ET")
    )
    assert why(path, LIMITS._replace(seconds=3)).startswith("reading took more than 3 seconds")


def test_a_file_that_unpacks_to_gigabytes_is_stopped(tmp_path: Path) -> None:
    bomb = zlib.compress(b"BT (a) Tj ET " * (24 * MEGABYTE), 9)
    path = one_page(tmp_path / "x.pdf", stream(bomb, b"/Filter /FlateDecode "))
    assert len(bomb) < 2 * MEGABYTE
    assert why(path, LIMITS._replace(memory=512 * MEGABYTE)).startswith(
        ("damaged", "reading needs more than 512 MB")
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"),
        (b"<< /Type /Catalog /Pages 2 0 R >>", b"2 0 R"),
        (b"<< /Type /Catalog /Pages 1 0 R >>", b"<< >>"),
        (b"[ 2 0 R ]", b"[ 1 0 R ]"),
        (b"<< " * 5000, b"[ " * 5000),
    ],
)
def test_objects_that_point_in_circles_end(tmp_path: Path, first: bytes, second: bytes) -> None:
    assert why(pdf(tmp_path / "x.pdf", first, second), LIMITS._replace(seconds=20)).startswith(
        ("damaged", "reading")
    )


def test_an_outline_that_goes_in_a_circle_ends(tmp_path: Path) -> None:
    path = pdf(
        tmp_path / "x.pdf",
        b"<< /Type /Catalog /Pages 2 0 R /Outlines 5 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        stream(SHOWN),
        b"<< /First 6 0 R /Last 6 0 R >>",
        b"<< /Title (a) /Parent 5 0 R /Next 6 0 R /First 6 0 R /Dest [3 0 R /Fit] >>",
    )
    try:
        assert "amlodipine" in confined.read(path, LIMITS._replace(seconds=20)).text
    except Unreadable as named:
        assert str(named).startswith(("damaged", "reading"))  # noqa: PT017


def test_nesting_and_tags_without_end(tmp_path: Path) -> None:
    path = tmp_path / "x.html"
    path.write_bytes(b"<div>" * 1000 + b"Give oxygen.")
    assert confined.read(path).text == "Give oxygen."
    path.write_bytes(b"<p>Give oxygen." + b"<div>" * 2_000_000 + b"Not to be lost.")
    assert why(path) == "its elements nest too deep"
    path.write_bytes(b"<b>" * (33 * MEGABYTE))
    assert why(path)
    path.write_bytes(b"<br>" * (25 * MEGABYTE))
    assert why(path, LIMITS._replace(seconds=30)).startswith(("reading ", "not to be read as HTML, or more"))


def test_entities_are_not_spread(tmp_path: Path) -> None:
    path = tmp_path / "x.html"
    spread = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    path.write_text(f'<!DOCTYPE html [<!ENTITY a0 "lol">{spread}]><html><p>&a11; Give oxygen.</p></html>')
    text = confined.read(path).text
    assert "Give oxygen." in text
    assert "lollol" not in text
    path.write_text('<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>&x; Give oxygen.</p>')
    assert "root:" not in confined.read(path).text


def test_a_docx_that_unpacks_to_gigabytes_is_refused_before_it_does(tmp_path: Path) -> None:
    path = tmp_path / "x.docx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("word/document.xml", "w") as part,
    ):
        for _ in range(300):
            part.write(b" " * MEGABYTE)
    assert path.stat().st_size < MEGABYTE
    assert why(path) == "unpacks to 300 MB, more than 200 MB"


def test_too_much_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes((b"Give oxygen now. " * 1000 + b"\n\n") * 1200)
    assert "20,000,000 characters" in why(path)


def test_an_answer_longer_than_the_limit_is_cut_off_by_the_system(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(b"Give oxygen now. \n\n" * 2000)
    assert why(path, LIMITS._replace(output=4096)).startswith("damaged")


def test_random_bytes_under_every_ending_are_named_and_the_good_file_is_held(tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    folder.mkdir()
    noise = bytes((n * 7919 + n // 251) % 256 for n in range(20_000))
    for ending in (".pdf", ".html", ".htm", ".md", ".txt", ".docx"):
        (folder / f"noise{ending}").write_bytes(noise)
    (folder / "good.md").write_text("# Asthma\n\nGive oxygen.")
    stock = Stock(tmp_path / "data")
    done = local.add(stock, folder)
    assert done.added == 1
    assert [name for name, _ in done.skipped] == [
        f"noise{ending}" for ending in (".docx", ".htm", ".html", ".md", ".pdf", ".txt")
    ]


@pytest.mark.parametrize(
    "act",
    [
        "open('{place}/made', 'w')",
        "__import__('os').open('{place}/made', 64 | 1)",
        "__import__('socket').create_connection(('127.0.0.1', 9))",
        "__import__('subprocess').run(['true'])",
        "__import__('os').system('true')",
        "__import__('os').remove('{place}/kept')",
        "__import__('shutil').rmtree('{place}')",
    ],
)
def test_the_child_can_change_nothing(tmp_path: Path, act: str) -> None:
    (tmp_path / "kept").write_text("kept")
    held = "import sys; from retrieval.sources import confined; sys.addaudithook(confined._forbid); "
    done = subprocess.run(
        [sys.executable, "-c", held + act.format(place=tmp_path)], capture_output=True, text=True, check=False
    )
    assert "PermissionError" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_the_child_gets_no_secrets_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: dict[str, dict[str, str]] = {}

    def run(command: list[str], **more: object) -> subprocess.CompletedProcess[bytes]:
        seen["env"] = more["env"]  # type: ignore[assignment]
        return subprocess.CompletedProcess(command, 1)

    monkeypatch.setenv("CONSILIUM_KEY", "secret")
    monkeypatch.setattr(subprocess, "run", run)
    (tmp_path / "x.md").write_text("x")
    assert why(tmp_path / "x.md").startswith("damaged")
    assert "secret" not in seen["env"].values()
    assert "CONSILIUM_KEY" not in seen["env"]


def test_a_child_that_crashes_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "x.md").write_text("x")
    crash = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    monkeypatch.setattr(
        confined, "_run", lambda *given: subprocess.run([sys.executable, "-c", crash]).returncode
    )
    assert why(tmp_path / "x.md") == "damaged: its reader gave up (signal 11); copy it again from its source"
