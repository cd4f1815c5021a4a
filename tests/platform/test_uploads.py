"""Files from outside: told by their content, named for showing only, written where nobody else looks."""

from __future__ import annotations

import gzip
import io
import stat
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from assistant.uploads import HEAD, kind_of, put_away, shown_name

VCF = b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


def picture(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (120, 30, 30)).save(out, form)
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    return out.getvalue()


CONTENT = {
    "png": (picture("PNG"), "image"),
    "jpeg": (picture("JPEG"), "image"),
    "tiff": (picture("TIFF"), "image"),
    "dicom": (b"\0" * 128 + b"DICM" + b"\x02\0\0\0UL\x04\0" + b"\0" * 20, "dicom"),
    "nifti": (b"\x5c\x01\0\0" + b"\0" * 340 + b"n+1\0" + b"\0" * 20, "nifti"),
    "vcf": (VCF, "vcf"),
    "vcf with a mark": (b"\xef\xbb\xbf" + VCF, "vcf"),
    "vcf.gz": (gzip.compress(VCF), "vcf"),
    "bcf": (gzip.compress(b"BCF\x02\x02" + b"\0" * 20), "vcf"),
    "bare bcf": (b"BCF\x02\x02" + b"\0" * 20, "vcf"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "pdf"),
    "zip": (zipped(), "zip"),
    "text": ("Müde seit 3 Tagen, 38.5 °C\r\n\tkein Husten\n".encode(), "text"),
    "utf-16": ("tired for 3 days".encode("utf-16"), "text"),
    "json": (b'{"resourceType": "Bundle"}', "text"),
    "a letter cut by the window": (b"a" * (HEAD - 1) + "é".encode() * 10, "text"),
    "gzip of something else": (gzip.compress(b"hello"), "unknown"),
    "a broken gzip": (b"\x1f\x8b\x08\x00 broken", "unknown"),
    "a gif": (b"GIF89a" + b"\x01\0\x01\0\0\0\0", "unknown"),
    "a program": (b"\x7fELF\x02\x01\x01" + b"\0" * 9, "unknown"),
    "Latin-1": ("déjà vu, née".encode("latin-1"), "unknown"),
    "control characters": (b"hello\x00world", "unknown"),
}


@pytest.mark.parametrize("name", CONTENT)
def test_the_content_says_what_it_is(name: str) -> None:
    data, kind = CONTENT[name]
    assert kind_of(data) == kind


def test_a_gzip_bomb_is_looked_at_no_further_than_its_head() -> None:
    bomb = gzip.compress(VCF + b"\0" * 50_000_000, 6)
    assert len(bomb) < 100_000
    assert kind_of(bomb) == "vcf"


@given(st.binary(max_size=400))
def test_any_bytes_have_a_kind(data: bytes) -> None:
    kinds = {"image", "dicom", "nifti", "vcf", "pdf", "zip", "text", "unknown"}
    assert kind_of(data) in kinds


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("scan.png", "scan.png"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("CON", "CON"),
        ("a\0b.png", "ab.png"),
        ("two\nlines\t.vcf", "two lines .vcf"),
        ("gpj\u202egnp.exe", "gpjgnp.exe"),
        ("zero\u200bwidth", "zerowidth"),
        ("\ud800", "unnamed"),
        ("", "unnamed"),
        (" \x00\u200b ", "unnamed"),
        ("Röntgen – Müller.dcm", "Röntgen – Müller.dcm"),
    ],
)
def test_a_name_is_made_fit_to_be_shown(name: str, shown: str) -> None:
    assert shown_name(name) == shown


def test_a_long_name_keeps_its_end() -> None:
    shown = shown_name("x" * 9_996 + ".vcf")
    assert len(shown) == 120
    assert shown.endswith(".vcf")
    assert len(shown_name("y" * 5_000_000)) == 120


@given(st.text(max_size=300))
def test_any_name_is_one_short_line_without_control_characters(name: str) -> None:
    shown = shown_name(name)
    assert 1 <= len(shown) <= 120
    assert shown.isprintable()
    assert not any(unicodedata.category(letter)[0] == "C" for letter in shown)
    shown.encode()


def test_a_file_is_put_away_closed(tmp_path: Path) -> None:
    one = put_away(tmp_path / "sessions" / "s1", b"one")
    two = put_away(tmp_path / "sessions" / "s1", b"two")
    assert (one.read_bytes(), two.read_bytes()) == (b"one", b"two")
    assert one != two
    assert stat.S_IMODE(one.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (one.parent, one.parent.parent)} == {0o700}
