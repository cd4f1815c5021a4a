"""The tool that looks through a genome file."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from genomics import screened
from genomics.builds import Build, BuildError
from genomics.files.vcf import VcfError, VcfNeeds
from genomics.lookups.held import held
from genomics.phenotype import PhenotypeError
from genomics.screen import screen
from genomics.wanted import wanted
from genomics.zygosity import Sex
from retrieval.evidence import ToolResult, bad_input, needs_input
from tools.registry import Context, tool


@tool(title="Search of a genome file", roles=("clinician", "patient"))
def screen_genome(
    attachment: str,
    looking_for: str | None = None,
    genes: list[str] | None = None,
    sample: int | None = None,
    mother: int | None = None,
    father: int | None = None,
    secondary_findings: bool = False,
    build: Literal["GRCh37", "GRCh38"] | None = None,
    *,
    context: Context,
) -> ToolResult:
    """Look through a VCF of this session for variants that fit: ranked candidates, inheritance, coverage.

    looking_for: symptoms or a disease in words or as HP ids ("seizures, no ataxia"); or genes. sample, mother,
    father: numbers of the samples in the file, where it holds several. secondary_findings: only if the user asked
    for them and says that the person consents.
    """
    file = context.attachments.get(attachment)
    if file is None or file.kind != "vcf":
        vcfs = [name for name, other in context.attachments.items() if other.kind == "vcf"]
        return bad_input(
            f"There is no VCF under that id; the VCF files here are: {', '.join(vcfs) or 'none'}."
        )
    patient = context.role == "patient"
    stated = context.patient.sex.value if context.patient.sex else ""
    try:
        seen = screen(
            Path(file.path),
            held=held(),
            build=Build(build) if build else None,
            wanted=wanted("" if patient else looking_for or "", () if patient else genes or ()),
            sample=sample,
            mother=mother,
            father=father,
            with_secondary=secondary_findings and not patient,
            sex=Sex(stated) if stated in tuple(Sex) else None,
        )
    except VcfNeeds as asked:
        return needs_input(str(asked), asked.missing)
    except (VcfError, BuildError, PhenotypeError) as wrong:
        return bad_input(str(wrong))
    return screened.result(seen, held(), patient=patient)
