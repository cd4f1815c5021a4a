"""Reading the big text files of packs: plain or gzipped, line by line, with bounded lines; and cleaning their words."""

from __future__ import annotations

import gzip
import io
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from genomics import builds
from genomics.builds import Build, contig

LONGEST_LINE = 16 << 20
"""Bytes; gnomAD's lines with annotations reach hundreds of kilobytes."""
GZIP = b"\x1f\x8b"


class PackFileError(ValueError):
    """The file of a pack is not what its format promises; the message names file, line and mend."""


class Header(NamedTuple):
    """What the header of a VCF tells."""

    build: Build | None
    date: str
    """``##fileDate``, as ISO date where it is one."""
    info: Mapping[str, str]
    """Description of each INFO field."""
    told: tuple[str, ...]
    """The header's free lines, e.g. "source=..."."""


class Record(NamedTuple):
    """One line of a VCF; ``contig`` is the plain name."""

    line: int
    contig: str
    pos: int
    id: str
    ref: str
    alts: tuple[str, ...]
    filter: str
    info: str


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a file, decompressed if it is gzipped (bgzip included)."""
    with path.open("rb") as raw:
        start = raw.read(2)
        raw.seek(0)
        if start != GZIP:
            yield raw
            return
        with gzip.open(raw, "rb") as unpacked:
            yield io.BufferedReader(cast(io.RawIOBase, unpacked), 1 << 20)


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Number (from 1) and text of each line, without its end.

    Raises:
        PackFileError: the file is cut short or damaged, is not UTF-8, or a line is longer than 16 MB.
    """
    number = 0
    try:
        with opened(path) as file:
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise PackFileError(f"{path.name}, line {number}: longer than {LONGEST_LINE >> 20} MB.")
                yield number, line.decode().rstrip("\r\n")
    except (EOFError, zlib.error, gzip.BadGzipFile) as wrong:
        raise PackFileError(
            f"{path.name}: damaged or cut short after line {number} ({wrong}); bring it again."
        ) from wrong
    except UnicodeDecodeError as wrong:
        raise PackFileError(f"{path.name}, line {number}: no UTF-8 text.") from wrong


def vcf(path: Path) -> tuple[Header, Iterator[Record]]:
    """Header and records of a VCF; contigs other than the main ones are left out.

    Raises:
        PackFileError: the file has no VCF header (records raise theirs as they are read).
        genomics.builds.BuildError: the header belongs to both builds.
    """
    numbered = lines(path)
    header: list[str] = []
    for number, line in numbered:
        if number == 1 and not line.lstrip("\ufeff").startswith("##fileformat=VCF"):
            break
        if line.startswith("#CHROM"):
            return _header(header), _records(path, numbered)
        if not line.startswith("##"):
            break
        header.append(line[2:])
    raise PackFileError(f"{path.name}: this is no VCF with a header line #CHROM.")


def info(field: str) -> dict[str, str]:
    """The INFO fields by name; a flag has the value ""."""
    return {name: value for name, _, value in (part.partition("=") for part in field.split(";")) if name}


def clean(words: str, longest: int = 120) -> str:
    """Words of a file as they may be shown: underscores as blanks, no control or invisible signs, capped."""
    kept = "".join(sign for sign in words.replace("_", " ") if unicodedata.category(sign)[0] != "C")
    plain = " ".join(kept.split())
    return plain if len(plain) <= longest else f"{plain[: longest - 1].rstrip()}…"


def _header(header: list[str]) -> Header:
    lengths: dict[str, int] = {}
    fields: dict[str, str] = {}
    told = [line for line in header if "=<" not in line]
    named = [value for line in told for key, _, value in (line.partition("="),) if key == "reference"]
    for line in header:
        if line.startswith("contig=<"):
            name, length = _attribute(line, "ID"), _attribute(line, "length")
            lengths |= {name: int(length)} if length.isdigit() else {}
            named += [_attribute(line, "assembly")]
        elif line.startswith("INFO=<"):
            fields[_attribute(line, "ID")] = clean(line.partition('Description="')[2].rstrip('">'), 300)
    date = next((line.partition("=")[2] for line in told if line.startswith("fileDate=")), "")
    return Header(_build(lengths, named), _iso(date), fields, tuple(told))


def _build(lengths: dict[str, int], named: list[str]) -> Build | None:
    """The build by contig lengths, else by the words of ``##reference`` and ``assembly``."""
    sniffed = builds.sniff(lengths)
    if sniffed:
        return sniffed
    return builds.spoken(" ".join(word.replace("_", " ") for word in dict.fromkeys(named)))


def _attribute(line: str, name: str) -> str:
    for part in line.partition("<")[2].rstrip(">").split(","):
        key, _, value = part.partition("=")
        if key == name:
            return value.strip('"')
    return ""


def _iso(date: str) -> str:
    plain = date.strip()
    if len(plain) == 8 and plain.isdigit():
        return f"{plain[:4]}-{plain[4:6]}-{plain[6:]}"
    return clean(plain, 10)


def _records(path: Path, numbered: Iterator[tuple[int, str]]) -> Iterator[Record]:
    for number, line in numbered:
        if not line:
            continue
        cells = line.split("\t", 8)
        if len(cells) < 8 or not cells[1].isdigit():
            raise PackFileError(f"{path.name}, line {number}: a VCF line has 8 columns and a position.")
        name = contig(cells[0])
        if name is None:
            continue
        yield Record(
            number,
            name,
            int(cells[1]),
            cells[2],
            cells[3].upper(),
            tuple(cells[4].upper().split(",")),
            cells[6],
            cells[7],
        )
