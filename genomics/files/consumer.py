"""23andMe and AncestryDNA text files: genotypes by rsID, sites by known alleles, and an honest list of what is missing.

The files give letters on the plus strand of GRCh37 and no reference base, so a genotype becomes a site only through
the known alleles of its rsID; the site then lies where those lie. Letters that do not fit are never turned round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from genomics.builds import LENGTHS, Build, contig
from genomics.files import guard
from genomics.files.anchors import ANCHORS as ANCHORS
from genomics.files.guard import VcfError
from genomics.files.records import is_spelled
from genomics.genotype import Site
from retrieval.evidence import Word

ROW_LIMIT = 2_000_000
"""Rows of a file; the chips have fewer than a million."""


class Maker(StrEnum):
    """Whose columns a file has."""

    TWENTY_THREE = "23andMe"
    ANCESTRY = "AncestryDNA"


class Known(Word):
    """The documented alleles of an rsID and where they lie; the base for reading a genotype."""

    contig: str
    pos: int
    ref: str
    alts: tuple[str, ...]


class Genotype(NamedTuple):
    """One row: letters as written ("AG", "I", "-" …), in the file's own position."""

    contig: str
    pos: int
    letters: str
    line: int


class NotCovered(NamedTuple):
    """An rsID that was asked for and that the file does not tell, with the reason."""

    rsid: str
    reason: str


_COLUMNS = {
    Maker.TWENTY_THREE: (b"rsid", b"chromosome", b"position", b"genotype"),
    Maker.ANCESTRY: (b"rsid", b"chromosome", b"position", b"allele1", b"allele2"),
}
_BY_WIDTH = {len(columns): maker for maker, columns in _COLUMNS.items()}
_NUMBERED = {b"23": "X", b"24": "Y", b"25": "X", b"26": "MT"}
"""AncestryDNA's codes; 25 is the pseudoautosomal part that X and Y share."""
_LETTERS = re.compile(rb"[ACGTDI]{1,2}|--?|00?")
_ID = re.compile(rb"[!-~]{1,60}")
_PUBLIC = re.compile(rb"rs\d{1,12}")
_NO_CALL = frozenset({"-", "--", "0", "00"})
_ONE_COPY = ("X", "Y", "MT")
OTHER_BASES = "the letters are none of the documented bases (they may be of the other strand)"


class ConsumerFile:
    """A file, read whole. ``doubts`` are sentences for the answer; no text of the file stands in them.

    Raises:
        genomics.files.guard.VcfError: no such file, with the line and the mend.
    """

    def __init__(self, path: Path) -> None:
        self.genotypes: dict[str, Genotype] = {}
        self.rows = self.no_calls = self.proprietary = 0
        self._contradicted: set[str] = set()
        self.maker, self._titled, rows = _sniffed(path)
        for number, line in rows:
            self._take(line, number)
        if not self.rows:
            raise VcfError("The file has no genotype row below its column names; download it again.")
        self.build, agree, checked = _build(self.genotypes)
        self.doubts = tuple(self._doubts(agree, checked))

    def sites(self, known: Mapping[str, Known], *, male: bool = False) -> tuple[list[Site], list[NotCovered]]:
        """The sites of the rsIDs asked for, placed where ``known`` places them, and those that are not covered."""
        sites: list[Site] = []
        missing: list[NotCovered] = []
        for rsid, alleles in known.items():
            site = self._site(rsid, alleles, male)
            if isinstance(site, Site):
                sites.append(site)
            else:
                missing.append(NotCovered(rsid, site))
        return sites, missing

    def _site(self, rsid: str, known: Known, male: bool) -> Site | str:
        row = self.genotypes.get(rsid)
        if rsid in self._contradicted:
            return "the file gives two different genotypes"
        if row is None:
            return "not on the chip"
        if row.letters in _NO_CALL:
            return "no call"
        if row.contig != known.contig:
            return "the file places it on another chromosome"
        called = _called(row.letters, known)
        if isinstance(called, str):
            return called
        if len(called) == 1 and known.contig not in _ONE_COPY:
            return "one letter where two copies are expected"
        copies = _copies(called, known.contig, male)
        if copies is None:
            return "two different letters where one copy is expected"
        return Site(
            contig=known.contig,
            pos=known.pos,
            alleles=(known.ref, *known.alts),
            called=copies,
            phased=len(set(copies)) == 1,
            rsid=rsid,
            record=row.line,
        )

    def _take(self, line: bytes, number: int) -> None:
        rsid, row = _row(line, number, self.maker)
        self.rows += 1
        if self.rows > ROW_LIMIT:
            raise VcfError(f"The file has more than {ROW_LIMIT:,} rows; it is no file of a consumer chip.")
        self.no_calls += row.letters in _NO_CALL
        if not rsid:
            self.proprietary += 1
            return
        before = self.genotypes.setdefault(rsid, row)
        if before.letters != row.letters:
            self._contradicted.add(rsid)

    def _doubts(self, agree: int, checked: int) -> Iterator[str]:
        if not self._titled:
            yield f"The file does not name its columns; it was read as {self.maker} by their number."
        if self.build is None:
            yield "The build could not be told from known positions; genotypes were taken by rsID alone."
        elif agree < checked:
            yield f"{checked - agree} of {checked} known positions are not those of {self.build}."
        if self.build is Build.GRCH38:
            yield f"The positions are those of GRCh38, which {self.maker} files do not use: the file was changed."
        if self.proprietary:
            yield f"{self.proprietary} rows with the maker's own ids were not read: their variants are not public."
        if self._contradicted:
            yield f"{len(self._contradicted)} rsIDs appear with two different genotypes; they were left out."


def _sniffed(path: Path) -> tuple[Maker, bool, Iterator[tuple[int, bytes]]]:
    """The maker by the columns, whether the columns were named, and the rows."""
    lines = enumerate(guard.lines(path), start=1)
    titles: Maker | None = None
    for number, line in lines:
        named = _titles(line)
        titles = named or titles
        if named or not line.strip() or line.startswith(b"#"):
            continue
        maker = _by_row(line, number)
        if titles and titles is not maker:
            raise VcfError(f"Line {number} has not the columns that the file names; download it again.")
        return maker, titles is not None, _rows((number, line), lines)
    raise VcfError("The file has no genotype row; download the raw data again.")


def _rows(first: tuple[int, bytes], rest: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    yield first
    yield from ((number, line) for number, line in rest if line and not line.startswith(b"#"))


def _titles(line: bytes) -> Maker | None:
    """The maker whose column names a line holds."""
    names = tuple(line.lstrip(b"# ").lower().split())
    return next((maker for maker, columns in _COLUMNS.items() if columns == names), None)


def _by_row(line: bytes, number: int) -> Maker:
    fields = line.split(b"\t")
    maker = _BY_WIDTH.get(len(fields))
    if maker is not None:
        return maker
    if b"," in line:
        raise VcfError(
            f"Line {number}: the columns are separated by commas, as in files of other makers; "
            "23andMe and AncestryDNA files with tabs are read."
        )
    raise VcfError(
        f"Line {number} has {len(fields)} columns; rsid, chromosome, position and genotype (23andMe) or allele1 and "
        "allele2 (AncestryDNA) are needed, separated by tabs."
    )


def _row(line: bytes, number: int, maker: Maker) -> tuple[str, Genotype]:
    fields = line.split(b"\t")
    wanted = _COLUMNS[maker]
    if len(fields) != len(wanted):
        raise VcfError(
            f"Line {number} has {len(fields)} columns where {maker} has {len(wanted)}; the file may be cut there. "
            "Download it again."
        )
    letters = b"".join(field.strip() for field in fields[3:])
    name, pos = _placed(fields[1], fields[2], number)
    if not _ID.fullmatch(fields[0]) or not _LETTERS.fullmatch(letters):
        raise VcfError(
            f"Line {number}: the id or the genotype is none of {maker}; download the raw data again."
        )
    public = fields[0].decode() if _PUBLIC.fullmatch(fields[0]) else ""
    return public, Genotype(name, pos, letters.decode(), number)


def _placed(chromosome: bytes, position: bytes, number: int) -> tuple[str, int]:
    """Plain contig ("" for unplaced) and position."""
    code = chromosome.strip().upper()
    name = (
        ""
        if code == b"0"
        else _NUMBERED.get(code) or ("X" if code == b"XY" else contig(code.decode("latin-1")))
    )
    if name is None or not position.isdigit() or len(position) > 9:
        raise VcfError(f"Line {number}: chromosome or position is none; download the raw data again.")
    pos = int(position)
    if name and pos > max(LENGTHS[build][name] for build in Build):
        raise VcfError(
            f"Line {number}: the position lies beyond its chromosome; download the raw data again."
        )
    return name, pos


def _build(genotypes: Mapping[str, Genotype]) -> tuple[Build | None, int, int]:
    """The build that most known positions agree with, how many agree, how many were seen."""
    seen = [(rsid, genotypes[rsid]) for rsid in ANCHORS if rsid in genotypes]
    agree = {
        build: sum((row.contig, row.pos) == ANCHORS[rsid][build] for rsid, row in seen) for build in Build
    }
    best = max(Build, key=lambda build: agree[build])
    if not agree[best] or len(set(agree.values())) == 1:
        return None, 0, len(seen)
    return best, agree[best], len(seen)


def _called(letters: str, known: Known) -> tuple[int, ...] | str:
    """Index per copy into reference and alternatives, or why the letters cannot be read."""
    alleles = (known.ref, *known.alts)
    if set(letters) <= set("ID"):
        return _indel(letters, alleles)
    if not is_spelled(alleles) or any(len(allele) != 1 for allele in alleles):
        return "the file gives letters where the known change is no single base"
    if not set(letters) <= set(alleles):
        return OTHER_BASES
    return tuple(alleles.index(letter) for letter in letters)


def _indel(letters: str, alleles: tuple[str, ...]) -> tuple[int, ...] | str:
    if len(alleles) != 2 or len(alleles[0]) == len(alleles[1]) or not is_spelled(alleles):
        return "I and D do not tell which change it is"
    longer = 0 if len(alleles[0]) > len(alleles[1]) else 1
    return tuple(longer if letter == "I" else 1 - longer for letter in letters)


def _copies(called: tuple[int, ...], name: str, male: bool) -> tuple[int, ...] | None:
    """One copy on Y and MT, and on a man's X, however the file writes it; None if the copies differ there."""
    if name not in _ONE_COPY or (name == "X" and not male):
        return called
    return called[:1] if len(set(called)) == 1 else None
