"""Consequences by ``bcftools csq`` with the user's genome FASTA and GFF3: the one mode that reads phased neighbours as
one change (doi:10.1093/bioinformatics/btx100).

bcftools runs in a process of its own: after one error in a process its later calls fail, and it must not outlive its
time. Only paths that were checked reach its command line, never a text of the user.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from genomics.effect import Effect
from genomics.transcript import annotated, gff
from genomics.transcript.annotated import Alleles
from retrieval.evidence import Word

SECONDS = 60
MEMORY = 2**30
_OTHER_BASE = re.compile(r"does not match the VCF REF allele at \S{1,200}?:(\d{1,10})\b")
_REASONS = {
    "Failed to read from": "the VCF cannot be read",
    "could not parse header": "the VCF has no header",
    "Failed to load the fai index": "the FASTA cannot be read",
    "Failed to fetch": "the FASTA lacks a contig of the VCF",
    "not phased": "a genotype is not phased",
    "MemoryError": "one gigabyte of memory was not enough",
}
_ROOT = Path(__file__).resolve().parent.parent


class ExactError(ValueError):
    """bcftools csq could not read the files, or took too long; the message says which."""


class Reading(StrEnum):
    """Which variants are read together as one change."""

    PHASED = "phased"
    """Those that the genotypes put on one copy; unphased heterozygous ones are left out by bcftools."""
    ALONE = "alone"
    """None: every variant by itself."""
    ONE_COPY = "one copy"
    """All: a file without genotypes that describes a single copy of the genome."""


_OPTIONS = {Reading.PHASED: ("-p", "s"), Reading.ALONE: ("-l",), Reading.ONE_COPY: ("-s", "-")}


class Record(Word):
    """One record of the file with what bcftools says of it."""

    contig: str
    pos: int
    ref: str
    alts: tuple[str, ...]
    said: tuple[str, ...]
    """BCSQ as bcftools wrote it: a fact of the file, not for a prompt."""
    effects: tuple[Effect, ...]
    """Of the first alternative allele, or of each of them in turn."""
    told_at: int | None = None
    """Position of the record that carries the consequence of the combined change."""


def consequences(vcf: Path, fasta: Path, gff3: Path, reading: Reading = Reading.PHASED) -> tuple[Record, ...]:
    """Every record of a VCF with the consequences that bcftools csq finds.

    Raises:
        ExactError: a path is no file, bcftools refuses the files, or a minute was not enough.
    """
    given = {"VCF": vcf, "genome FASTA": fasta, "GFF3": gff3}
    for what, path in given.items():
        if not path.is_file():
            raise ExactError(f"the {what} is no file")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        linked = [_linked(path, folder / f"in{number}") for number, path in enumerate(given.values())]
        told = folder / "told.vcf"
        _run(reading, linked, told)
        return tuple(_records(told))


def _linked(path: Path, folder: Path) -> Path:
    """The file under a plain name in our own folder, where its index can be written."""
    folder.mkdir()
    suffix = "".join(part for part in path.suffixes[-2:] if part.isascii() and part[1:].isalnum())
    made = folder / f"file{suffix}"
    made.symlink_to(path.resolve())
    return made


def _run(reading: Reading, given: list[Path], told: Path) -> None:
    command = [sys.executable, "-m", "genomics.transcript.exact", reading.name, *map(str, given), str(told)]
    environment = {**os.environ, "PYTHONPATH": str(_ROOT), "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, timeout=SECONDS, check=False, cwd=told.parent
        )
    except subprocess.TimeoutExpired as late:
        raise ExactError(f"bcftools csq took more than {SECONDS} seconds; give it fewer records") from late
    if done.returncode or not told.is_file():
        raise ExactError(f"bcftools csq could not read the files: {_reason(done.stderr)}")


def _reason(errors: bytes) -> str:
    """Our own words for what bcftools wrote: its text repeats names out of the files."""
    said = errors.decode("utf-8", "replace")
    other = _OTHER_BASE.search(said)
    if other:
        return f"the FASTA has another reference base than the VCF at position {int(other[1]):,}"
    return next(
        (ours for theirs, ours in _REASONS.items() if theirs in said), "it gave no reason that we know"
    )


def _records(told: Path) -> Iterator[Record]:
    header: list[str] = []
    reader: annotated.Reader | None = None
    for line in gff.lines(told):
        if line.startswith("#"):
            header.append(line)
            continue
        reader = reader or annotated.reader(header)
        cells = line.split("\t", 8)
        if len(cells) >= 8:
            yield _record(cells, reader)


def _record(cells: list[str], reader: annotated.Reader | None) -> Record:
    contig, pos, _, ref, alt, _, _, info = cells[:8]
    alts = tuple(alt.split(","))
    said = annotated.rows_of(info, "BCSQ")
    elsewhere = next((int(row[1:]) for row in said if row[:1] == "@" and row[1:].isdigit()), None)
    effects: list[Effect] = []
    for asked in range(len(alts) if reader else 0):
        assert reader is not None
        effects.extend(reader.effects(said, Alleles(ref=ref, alts=alts, asked=asked)))
    return Record(
        contig=contig[:60],
        pos=int(pos),
        ref=ref,
        alts=alts,
        said=said,
        effects=tuple(dict.fromkeys(effects)),
        told_at=elsewhere,
    )


def _work(reading: str, vcf: str, fasta: str, gff3: str, told: str) -> None:
    """In the worker: limit the memory, and call bcftools once."""
    import resource

    import pysam
    import pysam.bcftools

    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    options = _OPTIONS[Reading[reading]]
    try:
        pysam.bcftools.csq(
            *options,
            "-f",
            fasta,
            "-g",
            gff3,
            "-O",
            "v",
            "-o",
            told,
            vcf,
            catch_stdout=False,
            split_lines=False,
        )
    except pysam.SamtoolsError as refused:
        sys.exit(str(refused).replace("\\n", "\n"))


if __name__ == "__main__":
    _work(*sys.argv[1:])
