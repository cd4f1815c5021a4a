"""The tool that says what a person's pharmacogenes mean for drugs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from genomics.builds import Build, BuildError
from genomics.files.vcf import VcfError, VcfNeeds
from genomics.pgx.answers import answer
from genomics.pgx.definitions import DefinitionError, Definitions
from genomics.pgx.gathering import (
    Gathered,
    definitions,
    from_consumer,
    from_outside,
    from_record,
    from_vcf,
    from_words,
)
from genomics.pgx.guidelines import GuidanceError
from genomics.pgx.held_guidance import COMMAND, guidance
from genomics.pgx.outside_calls import OutsideCallError
from genomics.pgx.stated import StatedError
from retrieval.evidence import ToolResult, bad_input, needs_input, unavailable
from tools.registry import Context, tool

KINDS = ("vcf", "genotypes", "text")
"""Files that are read: a VCF, a consumer company's raw data, a file of outside calls."""
LONGEST = 500
DrugName = Annotated[str, Field(max_length=80)]


@tool(title="Guidance on genes and drugs", roles=("clinician", "patient"))
def pgx_guidance(
    genotypes: str | None = None,
    attachment: str | None = None,
    drugs: Annotated[list[DrugName], Field(max_length=20)] | None = None,
    sex: Literal["female", "male"] | None = None,
    build: Literal["GRCh37", "GRCh38"] | None = None,
    sample: Annotated[int, Field(ge=1)] | None = None,
    *,
    context: Context,
) -> ToolResult:
    """Say what star alleles or phenotypes mean, and what CPIC and DPWG guidelines recommend for drugs.

    genotypes: as stated, e.g. "CYP2C19 *2/*17; CYP2D6 poor metabolizer; HLA-B*57:01 positive". attachment: id of a
    VCF, consumer file or outside-call table of this session. drugs: generic names; without them, those affected.
    """
    known = context.patient.sex.value if context.patient.sex else None
    try:
        held = definitions()
        stated = _stated(genotypes, held, context)
        if attachment:
            file = _file(attachment, held, context, sex or known, Build(build) if build else None, sample)
            stated = file.with_stated(stated)
        base = guidance()
    except VcfNeeds as wanted:
        return needs_input(str(wanted), wanted.missing)
    except (DefinitionError, GuidanceError) as damaged:
        return unavailable(f"The pack cannot be read: {damaged}", COMMAND)
    except (VcfError, BuildError, OutsideCallError, StatedError, NoSuchFile) as wrong:
        return bad_input(str(wrong))
    if not (stated.calls or stated.refused):
        return needs_input(
            " ".join(("No genotype is known.", *stated.notes)), "a genotype (CYP2C19 *2/*17) or a file"
        )
    asked = drugs or [drug for drug in context.patient.drugs.values if base.drug(drug)]
    return answer(stated, asked, base, patient=context.role == "patient")


class NoSuchFile(ValueError):
    """The session has no such file, or not of a kind that is read; the message names those that are."""


def _stated(genotypes: str | None, held: Definitions | None, context: Context) -> Gathered:
    """What was stated now, else what stands in the patient's record."""
    if not genotypes or not genotypes.strip():
        return from_record(context.patient.genotypes.values, held)
    if len(genotypes) > LONGEST:
        raise StatedError(f"The genotypes are longer than {LONGEST} characters; name one result per gene.")
    return from_words(genotypes, held)


def _file(
    attachment: str,
    held: Definitions | None,
    context: Context,
    sex: str | None,
    build: Build | None,
    sample: int | None,
) -> Gathered:
    file = context.attachments.get(attachment)
    if file is None or file.kind not in KINDS:
        usable = [name for name, one in context.attachments.items() if one.kind in KINDS]
        raise NoSuchFile(f"There is no such file; those that can be read are: {', '.join(usable) or 'none'}.")
    path = Path(file.path)
    if file.kind == "genotypes":
        return from_consumer(path, held, sex=sex)
    if file.kind == "text":
        return from_outside(path, held)
    return from_vcf(path, held, sex=sex, build=build, sample=sample)
