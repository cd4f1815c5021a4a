"""Made-up rows for the tests of reports: a judged variant, a hostile one, coverage, star alleles and guidance."""

from __future__ import annotations

from genomics.acmg.combine import classify, if_confirmed
from genomics.acmg.criteria import CODES, Assessment, Criterion, Status, Strength
from genomics.builds import Build
from genomics.effect import Effect, EffectSource
from genomics.lookups.rows import KnownClass, ReviewStatus
from genomics.pgx.words import CallSource, Diplotype, GeneCall, Guidance, NoCall
from genomics.report import CoverageRow, DrugRow, Genome, Pharmacogenes, VariantRow
from genomics.variant import Variant
from retrieval.evidence import Depth, Evidence, Source

ATTACK = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> [click](javascript:alert(1)) ![p](http://evil.example/p)"
    " https://evil.example | a | **bold** `code` \u202e \x07"
)


def source(name: str, depth: Depth = Depth.RECORD, **more: str) -> Source:
    return Source(
        id=f"made-up:{name}", title=f"Made-up {name}", version="2026-11", licence="CC0", depth=depth, **more
    )


def assessment(*met: tuple[str, Strength], proposed: tuple[str, Strength] | None = None) -> Assessment:
    """The named codes met or proposed; PM2 not assessed for want of its pack; the others not met."""
    strengths = dict(met)
    criteria = []
    for code in CODES:
        if code in strengths:
            held = Evidence(
                source=source("working", Depth.COMPUTATION, pmid="32720330"), quote=f"{code} holds"
            )
            one = Criterion(
                code=code,
                status=Status.MET,
                strength=strengths[code],
                rationale="It holds.",
                evidence=(held,),
            )
        elif proposed and code == proposed[0]:
            one = Criterion(
                code=code, status=Status.PROPOSED, strength=proposed[1], rationale="A paper says so."
            )
        elif code == "PM2":
            lacks = "No frequency is held."
            one = Criterion(
                code=code,
                status=Status.NOT_ASSESSED,
                rationale=lacks,
                command="consilium packs pull gnomad-panel",
            )
        else:
            one = Criterion(code=code, status=Status.NOT_MET, rationale="It does not hold.")
        criteria.append(one)
    return Assessment(
        criteria=tuple(criteria),
        verdict=classify(criteria),
        if_confirmed=if_confirmed(criteria),
        rules="made-up thresholds 1",
        gaps=("PM2: no frequency is held.",),
    )


def known() -> KnownClass:
    return KnownClass(
        source=source("register", url="https://register.example/1"),
        accession="VCV000017662",
        significance="Pathogenic",
        review=ReviewStatus.EXPERT_PANEL,
        conditions=("Made-up condition",),
        conflicts=(("Pathogenic", 3), ("Uncertain significance", 1)),
        dated="2026-11",
    )


def row(**more: object) -> VariantRow:
    effect = Effect(
        source=EffectSource.MODEL,
        told_by="NM_007294.4, made-up pack",
        gene="BRCA1",
        transcript="NM_007294.4",
        terms=("frameshift_variant",),
        c_name="c.68_69del",
        p_name="p.Glu23ValfsTer17",
        exon=2,
        exons=23,
        decay=True,
        decay_reason="the new stop lies in exon 3",
        mane_select=True,
    )
    given: dict[str, object] = {
        "title": "BRCA1 c.68_69del",
        "gene": "BRCA1",
        "variant": Variant(build=Build.GRCH38, contig="17", pos=43124027, ref="ACT", alt="A"),
        "names": ("c.68_69del", "p.Glu23ValfsTer17"),
        "genotype": "heterozygous",
        "known": known(),
        "assessment": assessment(("PVS1", Strength.VERY_STRONG), proposed=("PS3", Strength.SUPPORTING)),
        "effects": (effect,),
        "agreement": "same",
    }
    return VariantRow.model_validate({**given, **more})


def hostile() -> VariantRow:
    return VariantRow(
        title=ATTACK, gene=ATTACK, names=(ATTACK,), why=(ATTACK,), known_elsewhere=(ATTACK,), limits=(ATTACK,)
    )


def genome(*rows: VariantRow) -> Genome:
    return Genome(
        title="Made-up genome",
        build="GRCh38",
        sex="female",
        asked=("HP:0000001",),
        counts=(("Records", 12_345), ("Carried alleles", 4_321)),
        candidates=rows,
        coverage=(
            CoverageRow(gene="BRCA1", share=0.987, how="gVCF"),
            CoverageRow(gene="TTN", share=None, how="a plain VCF does not tell"),
            CoverageRow(gene="CFTR", share=0.25, how="gVCF"),
        ),
        limits=("Structural variants were not looked at.",),
    )


def pharmacogenes() -> Pharmacogenes:
    call = GeneCall(
        gene="CYP2C19",
        source=CallSource.VCF,
        diplotypes=(
            Diplotype(
                alleles=("*2", "*17"),
                phenotype="Intermediate Metabolizer",
                lookup_key="Intermediate Metabolizer",
            ),
        ),
        missing_positions=("rs3758581",),
        not_excluded=("*38",),
        tested="34 of 35 alleles",
        warnings=("rs3758581 is missing.",),
    )
    tie = GeneCall(
        gene="NAT2",
        source=CallSource.VCF,
        diplotypes=(
            Diplotype(alleles=("*4", "*5"), phenotype="Intermediate Metabolizer"),
            Diplotype(alleles=("*6", "*7"), phenotype="Poor Metabolizer"),
        ),
    )
    given = Guidance(
        drug="clopidogrel",
        source_name="CPIC",
        source=source("guideline", Depth.GUIDELINE, url="https://guideline.example/clopidogrel"),
        text=f"Avoid it if another drug can be given. {ATTACK}",
        strength="Strong",
        population="ACS, PCI",
        looked_up=(("CYP2C19", "Intermediate Metabolizer"),),
        changes_prescribing=True,
        pmids=("35034351",),
    )
    return Pharmacogenes(
        title="Made-up star alleles",
        calls=(call, tie),
        not_called=(NoCall(gene="CYP2D6", reason="A VCF cannot tell it.", missing=("an outside call",)),),
        drugs=(
            DrugRow(drug="clopidogrel", guidance=(given,)),
            DrugRow(drug="aspirin", note="No guideline held."),
        ),
    )
