"""Reads a hostile file in every way there is; importable by a worker process without the tests around it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from genomics.builds import BuildError
from genomics.files.consumer import ConsumerFile, Known
from genomics.files.gvcf import of_file
from genomics.files.vcf import Vcf, VcfError

KNOWN = {
    "rs4244285": Known(contig="10", pos=94781859, ref="G", alts=("A",)),
    "rs1057910": Known(contig="10", pos=94981296, ref="A", alts=("C",)),
}
Read = tuple[list[Any], str]
"""What was read, or why not."""


def read_vcf(path: Path) -> Read:
    try:
        with Vcf(path) as file:
            calls = [(str(call.variant), call.zygosity.value) for call in file.calls()]
        with Vcf(path) as file:
            sites = [(site.contig, site.pos, site.alleles, site.called) for site in file.sites()]
        of_file(path, places={"13": {32340300}})
    except (VcfError, BuildError) as wrong:
        return [], str(wrong)
    return [*calls, *sites], ""


def read_chip(path: Path) -> Read:
    try:
        sites, missing = ConsumerFile(path).sites(KNOWN)
    except VcfError as wrong:
        return [], str(wrong)
    return [*((site.rsid, site.bases) for site in sites), *missing], ""


def hungry(path: Path, part: str) -> dict[str, Any]:
    """The error of a file, and by how many MiB the process was ever larger than before (None without /proc)."""
    before = _peak()
    _, error = read_vcf(path)
    after = _peak()
    return {"error": error, "grown": None if before is None or after is None else after - before}


def _peak() -> float | None:
    """The largest resident size so far; ``ru_maxrss`` would count the parent's, too."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
    return int(found[1]) / 1024 if found else None
