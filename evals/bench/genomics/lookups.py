"""Look-ups: building and asking the index of 31,259 ClinVar-like records, beside tabix in the same run; memory.

``python -m evals.bench.genomics.lookups DATA`` prints the rows. The records are no ClinVar: speed only.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from evals.bench.genomics.row import Row
from genomics.builds import Build
from genomics.lookups import clinvar_index, dosage, frequency_index, pack_text
from genomics.lookups.clinvar import ClinVar
from genomics.lookups.frequency import Panel
from genomics.lookups.index import Index
from genomics.lookups.rows import Gap
from genomics.variant import Variant

SEED = 20261122
TABIX_ASKED = 5_000
PROTOTYPE = "SQLite 112,000/s, tabix 4,350/s"
SIZES = (300_000, 900_000)
"""Records of the made files whose preparing is measured: memory must not grow with them."""
GROWTH_MB = 100

_MEASURED = """
import sys
from pathlib import Path
from genomics.builds import Build
from genomics.lookups import clinvar_index
def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
before = peak()
clinvar_index.prepare(Path(sys.argv[1]), Path(sys.argv[2]), Build.GRCH38)
print(peak() - before)
"""
"""Not ``ru_maxrss``: a child inherits its parent's."""


def rows(data: Path) -> Iterator[Row]:
    """The measures of the look-ups, one row each."""
    with tempfile.TemporaryDirectory() as scratch:
        yield from _clinvar(data / "clinvar-like-vcf" / "clinvar_like.vcf.gz", Path(scratch))
        yield _memory(Path(scratch))
        yield _fixtures(data, Path(scratch))


def _clinvar(file: Path, scratch: Path) -> Iterator[Row]:
    if not file.exists():
        yield Row("9b", "look-ups in a ClinVar index", "all found", "clinvar-like-vcf is not here", None)
        return
    target = scratch / "clinvar.sqlite"
    started = time.perf_counter()
    came = clinvar_index.prepare(file, target, Build.GRCH38)
    took = time.perf_counter() - started
    index = Index(target)
    clinvar = ClinVar(index, "clinvar-like")
    asked = _shuffled(file)
    found = sum(not isinstance(clinvar.of(one), Gap) for one in asked)
    yield Row(
        "9b",
        "records found again by their sequence (speed data, no ClinVar)",
        "all",
        f"{found:,} of {len(asked):,}; index of {came:,} alleles in {took:.1f} s ({came / took:,.0f}/s)",
        found == len(asked),
    )
    fast, whole = _per_second(asked, _bare(index)), _per_second(asked, clinvar.of)
    slow = _per_second(asked[:TABIX_ASKED], _tabix(file))
    yield Row(
        "9c",
        "look-ups per second on one core, SQLite against tabix",
        "SQLite >= 5 x tabix",
        f"SQLite {fast:,.0f}, with the typed row {whole:,.0f}, tabix {slow:,.0f} (n = {TABIX_ASKED:,})",
        fast >= 5 * slow,
        PROTOTYPE,
    )
    index.close()


def _shuffled(file: Path) -> list[Variant]:
    _, records = pack_text.vcf(file)
    asked = [
        Variant(build=Build.GRCH38, contig=record.contig, pos=record.pos, ref=record.ref, alt=alt)
        for record in records
        for alt in record.alts
    ]
    random.Random(SEED).shuffle(asked)
    return asked


def _bare(index: Index) -> Callable[[Variant], object]:
    query = "SELECT significance, review FROM record WHERE contig=? AND pos=? AND ref=? AND alt=?"
    return lambda one: index.row(query, one.contig, one.pos, one.ref, one.alt)


def _tabix(file: Path) -> Callable[[Variant], object]:
    import pysam

    held = pysam.TabixFile(str(file))
    return lambda one: [
        line
        for line in held.fetch(one.contig, one.pos - 1, one.pos)
        if int(line.split("\t", 2)[1]) == one.pos
    ]


def _per_second(asked: Sequence[Variant], ask: Callable[[Variant], object]) -> float:
    started = time.perf_counter()
    for one in asked:
        ask(one)
    return len(asked) / (time.perf_counter() - started)


def _memory(scratch: Path) -> Row:
    """Peak memory that preparing adds, for two sizes of made files, each in a process of its own."""
    if not Path("/proc/self/status").exists():
        return Row("9d", "memory of preparing ClinVar", f"< {GROWTH_MB} MB", "measured on Linux only", None)
    grown = [_grown(scratch, size) for size in SIZES]
    told = ", ".join(f"{size:,} records +{mb:.0f} MB" for size, mb in zip(SIZES, grown, strict=True))
    return Row(
        "9d",
        "memory of preparing ClinVar does not grow with the file",
        f"< {GROWTH_MB} MB added, and with three times the records < 20 MB more",
        told,
        max(grown) < GROWTH_MB and grown[1] - grown[0] < 20,
    )


def _grown(scratch: Path, size: int) -> float:
    made, target = scratch / f"{size}.vcf", scratch / f"{size}.sqlite"
    with made.open("w") as file:
        file.write(
            "##fileformat=VCFv4.1\n##reference=GRCh38\n"
            '##INFO=<ID=CLNSIG,Number=.,Type=String,Description="made">\n'
            "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        )
        for number in range(size):
            file.write(
                f"1\t{1000 + number}\t{number}\tA\tC\t.\t.\tCLNSIG=Pathogenic;GENEINFO=G{number % 5000}:1;"
                f"CLNREVSTAT=criteria_provided,_single_submitter;RS={number};CLNDN=Made_disease_{number % 9999}\n"
            )
    told = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(made), str(target)], capture_output=True, text=True, check=True
    )
    return float(told.stdout)


def _fixtures(data: Path, scratch: Path) -> Row:
    """Every record of the real slices that are here is read, and found again with its own numbers."""
    folder = data / "gnomad-schema-fixtures"
    if not folder.is_dir():
        return Row("9e", "real slices read", "all", "gnomad-schema-fixtures is not here", None)
    files = sorted(
        [*folder.glob("gnomad-nuclear__*.vcf.gz"), *folder.glob("*mtdna*.vcf"), *folder.glob("helix*.vcf")]
    )
    alleles = frequency_index.prepare(files, scratch / "panel.sqlite")
    panel = Panel(Index(scratch / "panel.sqlite"))
    told = panel._index.rows("SELECT build, contig, pos, ref, alt, max(an) FROM seen GROUP BY 1, 2, 3, 4, 5")
    places = [
        (Variant(build=Build(str(b)), contig=str(c), pos=int(p or 0), ref=str(r), alt=str(a)), bool(an))
        for b, c, p, r, a, an in told
    ]
    right = sum(looked != isinstance(panel.of(one), Gap) for one, looked in places)
    list_ = data / "clingen-gene-dosage" / "ClinGen_gene_curation_list_GRCh38.tsv.gz"
    genes = dosage.prepare(list_, scratch / "dosage.sqlite") if list_.exists() else 0
    return Row(
        "9e",
        "real slices read (gnomAD v2.1, v4, chrM, HelixMTdb; ClinGen dosage list)",
        "every allele with AN > 0 answers",
        f"{right} of {len(places)} places of {alleles} alleles; {genes:,} genes of ClinGen's list",
        right == len(places),
    )


if __name__ == "__main__":
    for row in rows(Path(sys.argv[1])):
        print(row.number, row.measure, "|", row.bar, "|", row.ours, "|", row.met)
