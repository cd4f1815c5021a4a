"""The gate in front of every genome file: limits, kind and integrity, before any part of it is believed.

Text, gzip, bgzip and BCF pass through :func:`chunks`, which unpacks with limits; :func:`guard` reads a file once to its
end, so that a truncated or hostile one is refused before its first record is used.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

LINE_LIMIT = 1_000_000
RECORD_LIMIT = 10_000_000
SIZE_LIMIT = 500 * 2**20
RATIO_LIMIT = 200
_CHUNK = 2**19
"""Shorter than a line may be, so that a line that is too long always spans two chunks."""
_RATIO_FROM = 10 * 2**20
"""Unpacked bytes from which the ratio is judged: small files of repeats are harmless."""
_BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
BOM = b"\xef\xbb\xbf"
_FOREIGN = {
    b"\xff\xfe": "The file is UTF-16 text; save it as UTF-8.",
    b"\xfe\xff": "The file is UTF-16 text; save it as UTF-8.",
    b"PK\x03\x04": "The file is a ZIP archive; unpack it and give the file inside.",
}


class VcfError(ValueError):
    """The file cannot be read; the message names the line and the mend."""


class VcfNeeds(VcfError):
    """The file is sound but something must be told; ``missing`` names it."""

    def __init__(self, note: str, missing: str) -> None:
        super().__init__(note)
        self.missing = missing


def guard(path: Path) -> None:
    """Read the file once to its end.

    Raises:
        VcfError: no VCF, truncated, damaged, or beyond a limit of size, ratio or line length.
    """
    before = carried = 0
    binary = False
    for number, chunk in enumerate(chunks(path)):
        if number == 0:
            binary = is_binary(chunk)
        if binary:
            continue
        _printable(chunk, before)
        carried = _longest(chunk, carried, before)
        before += chunk.count(b"\n")


def chunks(path: Path) -> Iterator[bytes]:
    """The unpacked bytes of a file, in pieces.

    Raises:
        VcfError: too large, empty, truncated, damaged, or it unpacks to more than its size warrants.
    """
    size = path.stat().st_size
    if size > SIZE_LIMIT:
        raise VcfError(f"The file is larger than {SIZE_LIMIT // 2**20} MiB; give a panel or one chromosome.")
    packed = _packing(path, size)
    total = 0
    with gzip.open(path, "rb") if packed else path.open("rb") as stream:
        for chunk in _read(stream):
            total += len(chunk)
            if packed and total > _RATIO_FROM and total > RATIO_LIMIT * size:
                raise VcfError(
                    f"The file unpacks to more than {RATIO_LIMIT} times its size; it was not read."
                )
            yield chunk
    if total == 0:
        raise VcfError("The file is empty.")


def is_bgzip(path: Path) -> bool:
    """True if the file is compressed in blocks, so that an index can point into it."""
    with path.open("rb") as raw:
        head = raw.read(18)
    return head[:2] == b"\x1f\x8b" and head[12:14] == b"BC"


def is_binary(chunk: bytes) -> bool:
    """False for VCF text, True for BCF, by the file's first bytes.

    Raises:
        VcfError: it is neither.
    """
    if chunk[:3] == b"BCF":
        return True
    _ours(chunk)
    if not chunk.removeprefix(BOM).startswith(b"##fileformat=VCF"):
        raise VcfError("Line 1 is not ##fileformat=VCF...; the file is no VCF.")
    return False


def lines(path: Path) -> Iterator[bytes]:
    """The lines of a text file without line ends and byte order mark, within the limits.

    Raises:
        VcfError: as :func:`chunks`, or a line is too long or not text.
    """
    done, carry, windows = 0, b"", False
    for number, chunk in enumerate(chunks(path)):
        if number == 0:
            _ours(chunk)
            chunk = chunk.removeprefix(BOM)
        _printable(chunk, done)
        carry += chunk
        *whole, carry = carry.split(b"\n")
        if len(carry) > LINE_LIMIT or (whole and len(whole[0]) > LINE_LIMIT):
            raise _too_long(done + (1 if whole and len(whole[0]) > LINE_LIMIT else len(whole) + 1))
        done += len(whole)
        windows = windows or b"\r" in chunk
        if windows:
            yield from (line.removesuffix(b"\r") for line in whole)
        else:
            yield from whole
    if carry:
        yield carry.removesuffix(b"\r")


def _ours(first: bytes) -> None:
    for mark, says in _FOREIGN.items():
        if first.startswith(mark):
            raise VcfError(says)


def _packing(path: Path, size: int) -> bool:
    with path.open("rb") as raw:
        head = raw.read(2)
    if head == b"\x1f\x8b" and is_bgzip(path):
        _ends_whole(path, size)
    return head == b"\x1f\x8b"


def _ends_whole(path: Path, size: int) -> None:
    with path.open("rb") as raw:
        raw.seek(max(0, size - len(_BGZF_END)))
        if raw.read() != _BGZF_END:
            raise VcfError("The compressed file ends before its end mark: it is truncated; copy it again.")


def _read(stream: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    try:
        while chunk := stream.read(_CHUNK):
            yield chunk
    except EOFError as cut:
        raise VcfError("The compressed file ends in the middle: it is truncated; copy it again.") from cut
    except (OSError, zlib.error) as wrong:
        raise VcfError("The compressed file is damaged; compress it again with bgzip.") from wrong


def _printable(chunk: bytes, before: int) -> None:
    at = chunk.find(b"\0")
    if at >= 0:
        where = before + chunk.count(b"\n", 0, at) + 1
        raise VcfError(f"Line {where} holds a NUL byte: the file is damaged or no text; export it again.")


def _longest(chunk: bytes, carried: int, before: int) -> int:
    """Bytes of the line that is open at the chunk's end."""
    first = chunk.find(b"\n")
    if carried + (len(chunk) if first < 0 else first) > LINE_LIMIT:
        raise _too_long(before + 1)
    return carried + len(chunk) if first < 0 else len(chunk) - chunk.rfind(b"\n") - 1


def _too_long(line: int) -> VcfError:
    return VcfError(f"Line {line} is longer than {LINE_LIMIT:,} characters; shorten its INFO field.")
