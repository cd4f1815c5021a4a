"""The tools that say what a genetic variant means, and that weigh evidence codes proposed from the literature."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import Field

from genomics import proposals as proposed
from genomics.acmg.weigh import Proposal
from genomics.builds import Build
from genomics.findings import result
from genomics.interpret import interpret, interpret_all
from retrieval.evidence import Evidence, ToolResult, Word, bad_input
from tools.registry import Context, tool

MOST = 10
"""Codes that can be proposed at once."""


@tool(title="Meaning of a variant", roles=("clinician", "patient"))
def interpret_variant(
    text: str, build: Literal["GRCh37", "GRCh38"] | None = None, *, context: Context
) -> ToolResult:
    """Say what a germline variant means: the class that others gave it, and the class of our own ACMG/AMP codes.

    text: the variant, or the words that name it, e.g. "BRCA1 c.68_69del", "TP53 R248W", "rs6025",
    "17-43124027-ACT-A" (then also build). For a VCF file use screen_genome.
    """
    told = interpret_all(text, build=Build(build) if build else None)
    return result(told, patient=context.role == "patient")


class Code(Word):
    """One proposed evidence code."""

    code: str = Field(description='e.g. "PS3"')
    strength: str = Field(description='e.g. "moderate"')
    quote: str = Field(description="words of the source, exactly")
    pmid: str


@tool(title="Weighing of evidence codes")
def weigh_evidence(variant: str, codes: list[Code]) -> ToolResult:
    """Weigh evidence codes that you propose from found literature: the variant's class with and without them.

    Each quote must stand word for word in a held text of its PMID. Only a clinician can confirm a proposed code.
    """
    if withdrawn := retracted(code.pmid for code in codes[:MOST]):
        return bad_input(
            f"Retracted, so it supports nothing: PMID {', '.join(withdrawn)}. Propose the other codes."
        )
    proposals = [Proposal(**code.model_dump()) for code in codes[:MOST]]
    return proposed.result(interpret(variant), proposals, documents_of)


def retracted(pmids: Iterable[str]) -> list[str]:
    """Those of the PMIDs that a held document or a held notice says were retracted."""
    from retrieval.search import library

    held = library()
    return [
        pmid
        for pmid in dict.fromkeys(pmids)
        if any("retracted" in document.source.marks for document in held.of_pmid(pmid))
    ]


def documents_of(pmid: str) -> Sequence[Evidence]:
    """The held documents of a PMID, whole."""
    from retrieval.search import library

    return [Evidence(source=document.source, quote=document.text) for document in library().of_pmid(pmid)]
