"""VCF files that must not be read as they stand, and a star allele named by its variant.

A file that contradicts itself is to be refused or to be named; a position that is missing is not the reference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from evals.cases.case import Case, File, Gold
from evals.cases.operators.operator import Operator
from evals.cases.operators.words import Edit, first, rewritten

OTHER_BUILD = {"GRCh38": "GRCh37", "GRCh37": "GRCh38", "hg38": "hg19", "hg19": "hg38"}
NOT_CALLED = (
    "missing|not called|no call|indeterminate|cannot be called|could not be called|not covered|not genotyped"
)
"""One of these must be shown where a position is missing."""


class _Same(NamedTuple):
    """A homozygous diplotype and the one variant that says the same."""

    gene: str
    diplotype: str
    variant: str


SAME = (_Same("CYP2C19", "*2/*2", "rs4244285 A/A"),)
"""CYP2C19 *2 is defined by rs4244285 G>A (shared/data/pharmcat*, CYP2C19 allele definition, seen 2026-11-22).

Only where both copies carry it: then no other position of the gene can give the function back.
"""


def _vcf(case: Case) -> File | None:
    """The file of the case that is a VCF in plain text."""
    return next((one for one in case.presented.files if one.data.startswith(b"##fileformat=VCF")), None)


def _has_vcf(case: Case) -> str:
    if case.presented.role != "clinician":
        return "only for a clinician's case"
    if _vcf(case) is None:
        return "no VCF goes along"
    return (
        "" if case.gold.phenotypes or case.gold.variant or case.gold.drugs else "the file is a trap already"
    )


def _with(case: Case, data: bytes) -> Case:
    """The case with other bytes in its VCF, and in the rendering of it."""
    old = _vcf(case)
    files = tuple(
        one.model_copy(update={"data": data}) if one is old else one for one in case.presented.files
    )
    renderings = tuple(
        one.model_copy(update={"text": data.decode()}) if one.kind == "vcf" else one
        for one in case.renderings
    )
    presented = case.presented.model_copy(update={"files": files})
    return case.model_copy(update={"presented": presented, "renderings": renderings})


def _lines(case: Case) -> list[str]:
    file = _vcf(case)
    return file.data.decode().split("\n") if file is not None else []


def _refused(case: Case) -> Case:
    """Nothing can be said of such a file but what is wrong with it."""
    return case.model_copy(update={"gold": Gold(refuse=True, forbidden=case.gold.forbidden)})


def _wrong_build(case: Case, draw: np.random.Generator) -> Case | None:
    """The header names the other build; contigs and positions stay."""
    lines = [
        re.sub("GRCh3[78]|hg(?:19|38)", lambda hit: OTHER_BUILD[hit.group()], line)
        if line.startswith("##")
        else line
        for line in _lines(case)
    ]
    return _changed(case, lines, _refused)


def _changed(case: Case, lines: Sequence[str], gold: Callable[[Case], Case]) -> Case | None:
    data = "\n".join(lines).encode()
    old = _vcf(case)
    if old is None or data == old.data:
        return None
    return gold(_with(case, data))


def _rows(case: Case, lines: Sequence[str]) -> list[int]:
    """Places of the rows that hold a drawn variant, or a site of a drawn star allele, with another base called."""
    drawn = {str(one.pos) for one in case.latent.variants} | _sites(case)
    return [
        place
        for place, line in enumerate(lines)
        if line and not line.startswith("#") and line.split("\t")[1] in drawn and _called(line)
    ]


def _sites(case: Case) -> set[str]:
    """Positions at which the drawn diplotypes can differ from the usual allele of their gene."""
    from evals.cases.genome import genes

    found = set()
    for name in case.latent.diplotypes:
        gene = genes().get(name)
        if gene is not None:
            usual = next(iter(gene.alleles.values()))
            found |= {str(one.pos) for site, one in gene.positions.items() if site not in usual}
    return found


def _called(line: str) -> bool:
    cells = line.split("\t")
    return len(cells) > 9 and any(digit in cells[9].split(":")[0] for digit in "123")


def _wrong_reference(case: Case, draw: np.random.Generator) -> Case | None:
    """The reference base of one row is a base that it is not."""
    lines = _lines(case)
    rows = [place for place in _rows(case, lines) if len(lines[place].split("\t")[3]) == 1]
    if not rows:
        return None
    cells = lines[rows[0]].split("\t")
    cells[3] = next(base for base in "ACGT" if base not in (cells[3], *cells[4].split(",")))
    lines[rows[0]] = "\t".join(cells)
    return _changed(case, lines, _refused)


def _missing_position(case: Case, draw: np.random.Generator) -> Case | None:
    """The drawn positions are not in the file at all."""
    lines = _lines(case)
    rows = _rows(case, lines)
    if not rows or not case.gold.phenotypes:
        return None
    return _changed(case, [line for place, line in enumerate(lines) if place not in rows], _not_called)


def _not_called(case: Case) -> Case:
    gold = Gold(must_name=(NOT_CALLED,), forbidden=case.gold.forbidden)
    return case.model_copy(update={"gold": gold})


def _other_sample(case: Case, draw: np.random.Generator) -> Case | None:
    """The file is of a sample that the chart does not name."""
    asked, sent = (f"S{int(number)}" for number in 1000 + draw.permutation(8999)[:2])
    lines = [
        "\t".join((*line.split("\t")[:9], sent))
        if line.startswith("#CHROM") and line.count("\t") == 9
        else line
        for line in _lines(case)
    ]
    changed = _changed(case, lines, lambda one: one)
    if changed is None:
        return None
    chart = f"{case.presented.chart}\nThe sample of this patient is {asked}.".strip()
    presented = changed.presented.model_copy(update={"chart": chart})
    gold = changed.gold.model_copy(update={"must_name": (*changed.gold.must_name, "sample", sent)})
    return changed.model_copy(update={"presented": presented, "gold": gold})


def _by_variant(case: Case, draw: np.random.Generator) -> Case | None:
    """A homozygous star allele written as its variant, in the chart and in the question."""
    changed = case
    for one in SAME:
        form = re.compile(rf"{one.gene}\s+{re.escape(one.diplotype)}")
        said = f"{one.gene} {one.variant}"
        edits = [Edit(hit.start(), hit.end(), said) for hit in form.finditer(first(changed))]
        changed = rewritten(changed, edits) or changed
        chart = form.sub(said, changed.presented.chart)
        changed = changed.model_copy(
            update={"presented": changed.presented.model_copy(update={"chart": chart})}
        )
    return changed


def _starred(case: Case) -> str:
    if case.presented.role != "clinician":
        return "only for a clinician's case"
    told = any(case.latent.diplotypes.get(one.gene, "").startswith(one.diplotype) for one in SAME)
    return "" if told and _vcf(case) is None else "no such diplotype is told in words"


OPERATORS = (
    Operator("wrong_build", "genome", "refuse", _has_vcf, _wrong_build),
    Operator("wrong_reference", "genome", "refuse", _has_vcf, _wrong_reference),
    Operator("missing_position", "genome", "change", _has_vcf, _missing_position),
    Operator("other_sample", "genome", "ask", _has_vcf, _other_sample),
    Operator("star_as_rsid", "genome", "same", _starred, _by_variant),
)
