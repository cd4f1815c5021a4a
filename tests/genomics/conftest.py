"""VCF files that the tests make themselves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

HEADER = """##fileformat=VCFv4.2
##contig=<ID=chr7,length=159345973>
##contig=<ID=chr13,length=114364328>
##contig=<ID=chr17,length=83257441>
##contig=<ID=chrX,length=156040895>
##INFO=<ID=NOTE,Number=1,Type=String,Description="free text">
##FORMAT=<ID=GT,Number=1,Type=String,Description="genotype">
"""
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"

MakeVcf = Callable[..., Path]


@pytest.fixture
def make_vcf(tmp_path: Path) -> MakeVcf:
    """Writes a GRCh38 VCF of one sample from (contig, pos, ref, alt, genotype) rows."""

    def make(
        *rows: tuple[str, int, str, str, str], name: str = "made.vcf", info: str = ".", header: str = HEADER
    ) -> Path:
        lines = [
            f"{contig}\t{pos}\t.\t{ref}\t{alt}\t.\tPASS\t{info}\tGT\t{genotype}"
            for contig, pos, ref, alt, genotype in rows
        ]
        path = tmp_path / name
        path.write_text(header + COLUMNS + "\tFORMAT\tS1\n" + "".join(f"{line}\n" for line in lines))
        return path

    return make
