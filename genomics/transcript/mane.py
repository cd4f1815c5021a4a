"""Prepares the MANE release of NCBI (GFF3 and RNA FASTA) as a store of transcript models on GRCh38."""

from __future__ import annotations

import re
import sqlite3
import tempfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from genomics.builds import Build
from genomics.transcript import gff, shelf
from genomics.transcript.gff import Draft, Flanks, GffError
from genomics.transcript.model import ModelError, Strand, Transcript, reverse_complement

FLANK = 100
"""Intron bases kept beside each exon, where a genome is given."""
_RELEASE = re.compile(r"MANE\.GRCh38\.(v\d+(?:\.\d+)+)")
_BASES = re.compile(r"[ACGTN]+")


def prepare(files: Mapping[str, Path], target: Path) -> None:
    """Write the store from files ``gff`` (GFF3) and ``rna`` (FASTA), plain or gzipped.

    With an indexed GRCh38 FASTA as ``genome``, 100 intron bases beside each exon are kept, which indels near splice
    sites need. Without it they are read as spelled, and the effect says so. A transcript whose pieces contradict each
    other is left out and counted; the file appears only when it is whole.

    Raises:
        GffError: a file is damaged, is no GFF3 or FASTA, or the two hold no MANE transcript in common.
    """
    left_out: list[str] = []
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder, _genome(files.get("genome")) as genome:
        made = Path(folder) / target.name
        with closing(_sequences(Path(folder) / "rna.sqlite", files["rna"])) as rna:
            models = _models(gff.drafts(gff.lines(files["gff"])), rna, genome, left_out)
            number = shelf.write(models, made, _meta(files))
        if not number:
            raise GffError(f"{files['gff'].name} and {files['rna'].name} hold no MANE transcript in common")
        _note(made, left_out)
        made.replace(target)


def _meta(files: Mapping[str, Path]) -> dict[str, str]:
    found = _RELEASE.search(files["gff"].name)
    return {
        "source": "MANE (NCBI and EMBL-EBI)",
        "release": f"MANE {found[1]}" if found else files["gff"].name[:60],
        "builds": Build.GRCH38.value,
        "prepared": datetime.now(UTC).date().isoformat(),
        "flanks": str(FLANK if "genome" in files else 0),
    }


def _note(made: Path, left_out: list[str]) -> None:
    with closing(sqlite3.connect(made)) as base, base:
        rows = {"left_out": str(len(left_out)), "left_out_first": "; ".join(left_out[:20])}
        base.executemany("INSERT INTO meta VALUES (?, ?)", rows.items())


def _models(
    drafts: Iterable[Draft], rna: sqlite3.Connection, genome: Genome | None, left_out: list[str]
) -> Iterator[Transcript]:
    for draft in drafts:
        if not draft.mane:
            continue
        try:
            yield gff.model(
                draft, _sequence(rna, draft.accession), Build.GRCH38, _beside(genome, draft.contig)
            )
        except ModelError as wrong:
            left_out.append(str(wrong)[:200])


def _sequences(path: Path, fasta: Path) -> sqlite3.Connection:
    """A scratch table of the FASTA's sequences: they stand in another order than the GFF3's rows."""
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE rna (accession TEXT PRIMARY KEY, bases BLOB)")
    packed = ((accession, zlib.compress(bases.encode(), 1)) for accession, bases in sequences(fasta))
    base.executemany("INSERT OR REPLACE INTO rna VALUES (?, ?)", packed)
    return base


def _sequence(base: sqlite3.Connection, accession: str) -> str:
    found = base.execute("SELECT bases FROM rna WHERE accession = ?", (accession,)).fetchone()
    if found is None:
        raise ModelError(f"{accession[:40] or 'a transcript without accession'}: the FASTA does not hold it")
    return zlib.decompress(found[0]).decode()


def sequences(fasta: Path) -> Iterator[tuple[str, str]]:
    """Accession and bases of every record of a FASTA file, plain or gzipped.

    Raises:
        GffError: the file is damaged, does not begin with ``>``, or a record holds other letters than bases.
    """
    accession, parts = "", list[str]()
    for line in gff.lines(fasta):
        if line.startswith(">"):
            if accession:
                yield accession, "".join(parts)
            accession, parts = (line[1:].split() or [""])[0][:60], []
            continue
        bases = line.strip().upper().replace("U", "T")
        if not bases:
            continue
        if not accession or not _BASES.fullmatch(bases):
            raise GffError(f"{fasta.name} is no FASTA of RNA or DNA sequences")
        parts.append(bases)
    if accession:
        yield accession, "".join(parts)


class Genome:
    """Bases of an indexed genome FASTA, whichever way it names its contigs."""

    def __init__(self, path: Path) -> None:
        import pysam  # a compiled library, loaded when a genome is given

        self._file = pysam.FastaFile(str(path))

    def close(self) -> None:
        self._file.close()

    def bases(self, contig: str, start: int, end: int) -> str:
        """The bases of [start, end), 0-based; empty where the file lacks the contig."""
        if contig not in self._file.references or start >= end:
            return ""
        return str(self._file.fetch(contig, max(0, start), end)).upper()


@contextmanager
def _genome(path: Path | None) -> Iterator[Genome | None]:
    if path is None:
        yield None
        return
    with closing(Genome(path)) as genome:
        yield genome


def _beside(genome: Genome | None, contig: str) -> Flanks | None:
    if genome is None:
        return None
    held: Genome = genome

    def flanks(start: int, end: int, strand: Strand) -> tuple[str, str]:
        left, right = held.bases(contig, start - FLANK, start), held.bases(contig, end, end + FLANK)
        return (left, right) if strand == 1 else (reverse_complement(right), reverse_complement(left))

    return flanks
