"""Makes the indexes of predictors: AlphaMissense TSV, REVEL CSV (also inside its zip), SpliceAI VCF slices."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from genomics.builds import Build, BuildError, contig
from genomics.lookups import pack_text
from genomics.lookups.index import Cell, Writing
from genomics.lookups.pack_text import PackFileError, Record
from genomics.lookups.predictors import SCALE, key, splice_deltas
from genomics.variant import trim

SCHEMA = 1
SCORES = """
CREATE TABLE transcripts(id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE score_38(key INTEGER, tx INTEGER, value INTEGER, PRIMARY KEY(key, tx)) WITHOUT ROWID;
CREATE TABLE score_37(key INTEGER, tx INTEGER, value INTEGER, PRIMARY KEY(key, tx)) WITHOUT ROWID;
"""
SPLICE = """
CREATE TABLE splice(build TEXT, contig TEXT, pos INTEGER, ref TEXT, alt TEXT, value REAL,
  PRIMARY KEY(build, contig, pos, ref, alt)) WITHOUT ROWID;
"""
ALPHAMISSENSE = ("CHROM", "POS", "REF", "ALT", "genome", "transcript_id", "am_pathogenicity")
REVEL = ("chr", "hg19_pos", "grch38_pos", "ref", "alt", "REVEL")
_HG = {"hg38": Build.GRCH38, "hg19": Build.GRCH37}


class _Transcripts:
    """Numbers for the transcript names, of which there are far fewer than scores."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        return self.numbers.setdefault(name[:4000], len(self.numbers))


def prepare_alphamissense(file: Path, target: Path) -> int:
    """Write the index of AlphaMissense_hg38.tsv.gz (or hg19); returns the number of scores.

    Raises:
        PackFileError: columns are missing, a score is no number from 0 to 1, or the file is damaged.
        BuildError: rows of a build other than the first row's.
    """
    numbered = _after_comments(file)
    _, head = next(numbered, (0, ""))
    columns = head.lstrip("#").split("\t")
    at = _columns(file, columns, ALPHAMISSENSE)
    first = next(numbered, None)
    if first is None:
        raise PackFileError(f"{file.name}: no score in it.")
    build = _HG.get(first[1].split("\t")[at["genome"]])
    if build is None:
        raise BuildError(f"{file.name}, line {first[0]}: the genome must be hg38 or hg19.")
    names = _Transcripts()

    def rows() -> Iterator[tuple[Build, int, int, int]]:
        for number, line in _with(first, numbered):
            cells = line.split("\t")
            if len(cells) < len(columns) or _HG.get(cells[at["genome"]]) is not build:
                raise BuildError(f"{file.name}, line {number}: not of {build}, as the first row is.")
            packed = _packed(cells[at["CHROM"]], cells[at["POS"]], cells[at["REF"]], cells[at["ALT"]])
            if packed is not None:
                score = _scaled(file, number, cells[at["am_pathogenicity"]])
                yield build, packed, names.number(cells[at["transcript_id"]]), score

    return _written(target, rows(), names, (build,), "2023")


def prepare_revel(file: Path, target: Path) -> int:
    """Write the index of REVEL's table, a CSV or the zip that holds it, for both builds; returns the rows read.

    Raises:
        PackFileError: columns are missing, a score is no number from 0 to 1, or the file is damaged.
    """
    names = _Transcripts()

    def rows() -> Iterator[tuple[Build, int, int, int]]:
        with _revel_text(file) as text:
            table = csv.reader(text)
            at = _columns(file, next(table, []), REVEL)
            on = at.get("Ensembl_transcriptid")
            for number, cells in enumerate(table, 2):
                if len(cells) < len(REVEL):
                    raise PackFileError(f"{file.name}, line {number}: fewer columns than the header has.")
                score = _scaled(file, number, cells[at["REVEL"]])
                tx = names.number(cells[on] if on is not None else "")
                for build, column in ((Build.GRCH37, "hg19_pos"), (Build.GRCH38, "grch38_pos")):
                    packed = _packed(cells[at["chr"]], cells[at[column]], cells[at["ref"]], cells[at["alt"]])
                    if packed is not None:
                        yield build, packed, tx, score

    return _written(target, rows(), names, (Build.GRCH38, Build.GRCH37), "1.3")


def prepare_spliceai(files: Sequence[Path], target: Path) -> int:
    """Write the index of SpliceAI VCF slices; returns the number of alleles with a score.

    Raises:
        BuildError: a VCF does not tell its build.
        PackFileError: a file has no SpliceAI field, or is damaged.
    """
    writing = Writing(target, SPLICE)
    told: dict[Build, None] = {}
    came = 0
    try:
        for file in files:
            header, records = pack_text.vcf(file)
            if "SpliceAI" not in header.info:
                raise PackFileError(f"{file.name}: no SpliceAI in the header.")
            if header.build is None:
                raise BuildError(
                    f"{file.name} does not say which build it is of; keep its header when you cut."
                )
            told[header.build] = None
            came += writing.add("splice", _splice_rows(records, header.build))
        writing.close({"builds": ",".join(told), "version": "1.3", "rows": str(came)})
    finally:
        writing.abandon()
    return came


def _splice_rows(records: Iterator[Record], build: Build) -> Iterator[Sequence[Cell]]:
    for record in records:
        annotation = pack_text.info(record.info).get("SpliceAI", "")
        for alt in record.alts:
            value = splice_deltas(annotation, alt)
            if value is not None:
                pos, ref, short = trim(record.pos, record.ref, alt)
                yield build.value, record.contig, pos, ref, short, value


def _written(
    target: Path,
    rows: Iterable[tuple[Build, int, int, int]],
    names: _Transcripts,
    builds: tuple[Build, ...],
    version: str,
) -> int:
    writing = Writing(target, SCORES)
    came = dict.fromkeys(builds, 0)
    try:
        batch: dict[Build, list[Sequence[Cell]]] = {build: [] for build in builds}
        for build, packed, tx, score in rows:
            batch[build].append((packed, tx, score))
            if len(batch[build]) >= 20_000:
                came[build] += writing.add(_table(build), batch[build])
                batch[build] = []
        for build in builds:
            came[build] += writing.add(_table(build), batch[build])
        writing.add("transcripts", ((number, name) for name, number in names.numbers.items()))
        told = ",".join(build.value for build in builds if came[build])
        writing.close({"builds": told, "version": version, "rows": str(sum(came.values()))})
    finally:
        writing.abandon()
    return sum(came.values())


def _table(build: Build) -> str:
    return f"score_{build.value[-2:]}"


def _after_comments(file: Path) -> Iterator[tuple[int, str]]:
    """The lines of the file from the header on: comments are the # lines without a tab."""
    return (
        (number, line) for number, line in pack_text.lines(file) if line and (line[0] != "#" or "\t" in line)
    )


def _with(first: tuple[int, str], rest: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    yield first
    yield from rest


def _columns(file: Path, columns: Sequence[str], needed: Sequence[str]) -> dict[str, int]:
    missing = [name for name in needed if name not in columns]
    if missing:
        raise PackFileError(f"{file.name}: no column {', '.join(missing)} in the first line.")
    return {name: number for number, name in enumerate(columns)}


def _packed(name: str, pos: str, ref: str, alt: str) -> int | None:
    plain = contig(name)
    return key(plain, int(pos), ref, alt) if plain and pos.isdigit() and len(pos) < 10 else None


def _scaled(file: Path, number: int, value: str) -> int:
    try:
        score = float(value)
    except ValueError:
        score = -1.0
    if not 0 <= score <= 1:
        raise PackFileError(f"{file.name}, line {number}: {value[:20]!r} is no score from 0 to 1.")
    return round(score * SCALE)


@contextmanager
def _revel_text(file: Path) -> Iterator[io.TextIOBase]:
    """The CSV itself: plain, gzipped, or the one file inside the zip."""
    if not zipfile.is_zipfile(file):
        with pack_text.opened(file) as raw, io.TextIOWrapper(raw, "utf-8") as text:
            yield text
        return
    with zipfile.ZipFile(file) as archive:
        inside = [name for name in archive.namelist() if not name.endswith("/")]
        if len(inside) != 1:
            raise PackFileError(f"{file.name}: one table is expected in the zip, not {len(inside)} files.")
        with archive.open(inside[0]) as table, io.TextIOWrapper(table, "utf-8") as text:
            yield text
