"""The tool that says what is known of a genetic variant."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from genomics.builds import Build
from genomics.findings import result, screened
from genomics.interpret import interpret_all
from retrieval.evidence import ToolResult, bad_input
from tools.registry import Context, tool


@tool(roles=("clinician", "patient"))
def interpret_variant(
    text: str | None = None,
    attachment: str | None = None,
    build: Literal["GRCh37", "GRCh38"] | None = None,
    *,
    context: Context,
) -> ToolResult:
    """Say what is known of a germline variant: class given by others, and what its name alone tells.

    text: the variant, or the words that name it, e.g. "BRCA1 c.68_69del", "TP53 R248W", "factor V Leiden",
    "17-43124027-ACT-A" (then also build). attachment: id of a VCF of this session, instead of text.
    """
    named = Build(build) if build else None
    if not attachment:
        return result(interpret_all(text, build=named), patient=context.role == "patient")
    held = context.attachments.get(attachment)
    if held is None or held.kind != "vcf":
        vcfs = [name for name, file in context.attachments.items() if file.kind == "vcf"]
        return bad_input(
            f"There is no VCF under that id; the VCF files of this session are: {', '.join(vcfs) or 'none'}."
        )
    male = context.patient.sex is not None and context.patient.sex.value == "male"
    return screened(Path(held.path), build=named, male=male)
