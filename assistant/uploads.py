"""A file from outside: what it is by its first bytes, what its name looks like, and where it is put."""

from __future__ import annotations

import os
import re
import secrets
import unicodedata
import zlib
from pathlib import Path

HEAD = 65_536
"""Bytes that are looked at to tell what a file is."""
NAME = 120
_CONSUMER = re.compile(rb"^[#\s\"]*rsid[\"\s,]+chromosome\b", re.IGNORECASE | re.MULTILINE)
"""The column line of the files that consumer companies hand out."""
PICTURES = {"png": "image", "jpeg": "image", "tiff": "image", "dicom": "dicom", "nifti": "nifti"}


def kind_of(data: bytes) -> str:
    """What the content is: image, dicom, nifti, vcf (also gzipped, or BCF), genotypes, pdf, zip, text or unknown.

    ``genotypes`` is a consumer company's raw data (rsid, chromosome, position, genotype).

    The name plays no part. Says what the file claims to be; whether it is whole its reader must find out.
    """
    from imaging.load import sniff

    head = data[:HEAD]
    picture = PICTURES.get(sniff(head))
    if picture:
        return picture
    inner = _unzipped(head)
    if _is_vcf(head) or _is_vcf(inner):
        return "vcf"
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if not _is_text(head):
        return "unknown"
    return "genotypes" if _CONSUMER.search(head) else "text"


def shown_name(given: str) -> str:
    """The given name, to be shown only: one line, no control or direction marks, at most 120 characters."""
    printable = (" " if letter.isspace() else letter for letter in given[: 100 * NAME])
    name = " ".join("".join(letter for letter in printable if unicodedata.category(letter)[0] != "C").split())
    if len(name) > NAME:
        name = f"{name[: NAME - 21]}…{name[-20:]}"
    return name or "unnamed"


def put_away(folder: Path, data: bytes) -> Path:
    """Write the bytes under a random name (0600) in ``folder`` (0700, made if missing).

    Raises:
        OSError: no place, or no right to write; nothing is left behind.
    """
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # "parents" alone would make it wider
    folder.mkdir(mode=0o700, exist_ok=True)
    file = folder / secrets.token_hex(16)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
    except OSError:
        file.unlink()
        raise
    return file


def _unzipped(head: bytes) -> bytes:
    """The beginning of what is gzipped, never more than 64 KB; empty if nothing is."""
    if not head.startswith(b"\x1f\x8b"):
        return b""
    try:
        return zlib.decompressobj(wbits=31).decompress(head, HEAD)
    except zlib.error:
        return b""


def _is_vcf(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").startswith((b"##fileformat=VCF", b"BCF\x02"))


def _is_text(head: bytes) -> bool:
    """UTF-8 (or UTF-16 with its mark) without control characters; the window may cut the last letter."""
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    for cut in range(4):
        try:
            text = head[: len(head) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(letter < " " and letter not in "\t\n\r\f" for letter in text)
    return False
