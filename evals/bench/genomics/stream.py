"""Bar 9: the eleven three-sample VCFs of real genomes streamed whole; ``bcftools annotate`` beside it in the same run.

Run: ``python -m evals.bench.genomics.stream DATA`` with the folder of the development data.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from evals.bench.genomics.row import Row
from genomics.batch import Limits, annotate_files, isolated
from genomics.files.vcf import Vcf

GENOMES = "pharmcat-tutorial-getrm/*.vcf.bgz"
ANNOTATING = "clinvar-like-vcf/clinvar_like.vcf.gz"
SECONDS, MEGABYTES = 60, 300
NO_LIMITS = Limits(seconds=600, memory=0)
WANTED = {"10": {94781859}}
"""CYP2C19*2 (rs4244285), GRCh38."""


def rows(data: Path) -> Iterator[Row]:
    """One row per way of reading; each way in a process of its own, whose peak memory is its own."""
    paths = sorted(data.glob(GENOMES))
    if not paths:
        yield Row("9", "stream the 11 VCFs", f"< {SECONDS} s, < {MEGABYTES} MB", "data are not here", None)
        return
    yield _row("stream the 11 VCFs: carried alleles of one sample", _measured(carried, paths[0].parent))
    yield _row("stream the 11 VCFs: every site of one sample", _measured(every_site, paths[0].parent))
    yield _row("stream the 11 VCFs: every site of three samples", _measured(three_samples, paths[0].parent))
    yield _row("stream the 11 VCFs: one wanted position", _measured(wanted, paths[0].parent))
    yield _beside(data)
    yield _engines(paths)


def carried(folder: Path, part: str) -> dict[str, Any]:
    """Records of all files, with the carried alleles of the first sample."""
    return _read(folder, lambda file: sum(1 for _ in file.calls()))


def every_site(folder: Path, part: str) -> dict[str, Any]:
    """The same with every site as a :class:`genomics.genotype.Site`."""
    return _read(folder, lambda file: sum(1 for _ in file.sites()))


def three_samples(folder: Path, part: str) -> dict[str, Any]:
    """The same with the sites of all three samples side by side."""
    return _read(folder, lambda file: sum(len(sites) for sites in file.trio(2, 3)))


def wanted(folder: Path, part: str) -> dict[str, Any]:
    """The same, but only one position is asked for."""
    return _read(folder, lambda file: sum(1 for _ in file.sites(WANTED)))


def annotated(data: Path, part: str) -> dict[str, Any]:
    """``bcftools annotate`` over copies of the same files, with INFO of a small VCF; both need an index first."""
    import pysam
    import pysam.bcftools

    seconds = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(data.glob(GENOMES)):
            copy = Path(folder) / path.with_suffix(".gz").name
            copy.write_bytes(path.read_bytes())
            pysam.tabix_index(str(copy), preset="vcf")
            started = time.perf_counter()
            options = ("-a", str(data / ANNOTATING), "-c", "INFO", "-Oz1", "-o", "/dev/null")
            pysam.bcftools.annotate(*options, str(copy), catch_stdout=False)
            seconds += time.perf_counter() - started
    return {"seconds": seconds, "peak": _peak()}


def records_of(path: Path, part: str) -> Mapping[str, Any]:
    """Counts of one file, for the two engines."""
    with Vcf(path, sample=1) as file:
        return {"carried": sum(1 for _ in file.calls()), "records": file.counts.records}


def _read(folder: Path, take: Callable[[Vcf], int]) -> dict[str, Any]:
    started = time.perf_counter()
    records = taken = 0
    for path in sorted(folder.glob("*.vcf.bgz")):
        with Vcf(path, sample=1) as file:
            taken += take(file)
            records += file.counts.records
    return {
        "records": records,
        "taken": taken,
        "seconds": time.perf_counter() - started,
        "peak": _peak(),
    }


def _peak() -> float | None:
    """Largest resident size of this process in MB, where the system tells it."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) * 1024 / 1e6 if found else None


def _measured(work: Callable[[Path, str], dict[str, Any]], place: Path) -> dict[str, Any]:
    result, error = isolated(work, place, "", NO_LIMITS)
    return result or {"error": error}


def _row(measure: str, got: Mapping[str, Any]) -> Row:
    bar = f"< {SECONDS} s, < {MEGABYTES} MB"
    if "error" in got:
        return Row("9", measure, bar, got["error"], None)
    peak = got["peak"]
    told = (
        f"{got['records']:,} records in {got['seconds']:.1f} s ({got['records'] / got['seconds']:,.0f}/s), "
    )
    told += f"{got['taken']:,} taken, " + (f"{peak:.0f} MB" if peak else "memory not told by this system")
    met = got["seconds"] < SECONDS and (peak < MEGABYTES if peak else None)
    return Row("9", measure, bar, told, met)


def _beside(data: Path) -> Row:
    measure, bar = "beside it: bcftools annotate (htslib) over the same files", "shown"
    if not (data / ANNOTATING).is_file():
        return Row("9", measure, bar, "data are not here", None)
    got = _measured(annotated, data)
    if "error" in got:
        return Row("9", measure, bar, got["error"], None)
    memory = f"{got['peak']:.0f} MB" if got["peak"] else "memory not told by this system"
    return Row("9", measure, bar, f"{got['seconds']:.1f} s, {memory}", None, prototype="89,000 records/s")


def _engines(paths: list[Path]) -> Row:
    """Pool and Ray over the same files: same results in the same order."""
    measure, bar = "batch of the 11 files: pool and Ray give the same", "equal"
    started = time.perf_counter()
    pool = [(one.name, one.result, one.error) for one in annotate_files(paths, records_of, limits=NO_LIMITS)]
    seconds = time.perf_counter() - started
    try:
        other = annotate_files(paths, records_of, engine="ray", limits=NO_LIMITS)
        started = time.perf_counter()
        ray = [(one.name, one.result, one.error) for one in other]
    except ValueError as absent:
        return Row("9", measure, bar, f"pool {seconds:.1f} s; {absent}", None)
    told = f"{'equal' if pool == ray else 'different'}; pool {seconds:.1f} s, "
    told += f"Ray {time.perf_counter() - started:.1f} s with its start, 2 workers each"
    return Row("9", measure, bar, told, pool == ray)


if __name__ == "__main__":
    from evals.bench.genomics import stream  # by its name, so that worker processes find the work

    for row in stream.rows(Path(sys.argv[1])):
        sys.stdout.write(f"{row.number} | {row.measure} | {row.bar} | {row.ours} | {row.met}\n")
