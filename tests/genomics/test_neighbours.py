"""PS1, PM5, PM1: which neighbours count, that the variant is never its own, and the check of splicing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomics.acmg import neighbours
from genomics.acmg.criteria import Criterion, Status, Strength
from genomics.acmg.gene_rules import GeneRules, Hotspot, Unused, Weight
from genomics.acmg.observed import Observed
from genomics.builds import Build
from genomics.effect import Effect, EffectSource
from genomics.lookups.rows import Gap, Neighbour, Score
from genomics.variant import Variant
from retrieval.evidence import Depth, Source

ROW = "00000000-0000-0000-0000-000000000000"
SCORES = Source(id="test:scores", title="scores of the test", version="1", licence="none", depth=Depth.RECORD)
UNSPLICED = Score(source=SCORES, tool="SpliceAI", score=0.0)
MISSENSE = Effect(
    source=EffectSource.NAME,
    told_by="c.100C>T p.Arg34Trp",
    gene="G",
    terms=("missense_variant",),
    c_name="c.100C>T",
    p_name="p.Arg34Trp",
)


def near(
    p_name: str, c_name: str = "c.999A>C", significance: str = "Pathogenic", stars: int = 1
) -> Neighbour:
    return Neighbour(
        p_name=p_name, c_name=c_name, significance=significance, stars=stars, accession=f"VCV {c_name}"
    )


def judged(
    *known: Neighbour,
    effect: Effect = MISSENSE,
    splicing: Score | Gap = UNSPLICED,
    rules: GeneRules | None = None,
    variant: Variant | None = None,
) -> dict[str, Criterion]:
    observed = Observed(gene="G", variant=variant, effect=effect, neighbours=known, splicing=splicing)
    return {one.code: one for one in neighbours.judge(observed, rules or GeneRules(gene="G"))}


def test_the_same_change_by_other_dna_is_ps1_and_never_pm5() -> None:
    told = judged(near("p.Arg34Trp"))
    assert (told["PS1"].strength, told["PM5"].status) == (Strength.STRONG, Status.NOT_MET)
    assert judged(near("p.Arg34Trp", significance="Likely pathogenic"))["PS1"].strength is Strength.MODERATE


def test_another_change_of_the_residue_is_pm5_and_never_ps1() -> None:
    told = judged(near("p.Arg34Gln"))
    assert (told["PM5"].strength, told["PS1"].status) == (Strength.MODERATE, Status.NOT_MET)
    assert judged(near("p.Arg34Gln", significance="Likely pathogenic"))["PM5"].strength is Strength.SUPPORTING
    assert (
        judged(near("p.Arg34Gln", significance="Pathogenic/Likely_pathogenic"))["PM5"].strength
        is Strength.MODERATE
    )


@pytest.mark.parametrize(
    "other",
    [
        near("p.Arg35Gln"),
        near("p.Arg34Gln", stars=0),
        near("p.Arg34Gln", significance="Uncertain significance"),
        near("p.Arg34Gln", significance="Conflicting classifications of pathogenicity"),
        near("p.Arg34Gln", significance="Benign"),
        near("p.Arg34Ter"),
        near("p.Arg34fs"),
        near("p.Arg34="),
        near("not a name"),
    ],
)
def test_what_is_no_pathogenic_missense_of_the_residue_does_not_count(other: Neighbour) -> None:
    told = judged(other)
    assert (told["PS1"].status, told["PM5"].status) == (Status.NOT_MET, Status.NOT_MET)


def test_the_variant_itself_is_never_its_neighbour() -> None:
    assert judged(near("p.Arg34Trp", "c.100C>T"))["PS1"].status is Status.NOT_MET
    own = Variant(build=Build.GRCH38, contig="1", pos=1000, ref="C", alt="T")
    unnamed = MISSENSE.model_copy(update={"c_name": ""})
    itself = near("p.Arg34Trp", "").model_copy(update={"variant": own})
    assert judged(itself, effect=unnamed, variant=own)["PS1"].status is Status.NOT_MET
    other = itself.model_copy(update={"variant": own.model_copy(update={"pos": 1002})})
    assert judged(other, effect=unnamed, variant=own)["PS1"].status is Status.MET


def test_nobody_knows_the_dna_change_so_ps1_does_not_hold() -> None:
    assert judged(near("p.Arg34Trp", ""))["PS1"].status is Status.NOT_MET


@pytest.mark.parametrize(("score", "status"), [(0.19, Status.MET), (0.2, Status.NOT_MET)])
def test_changed_splicing_rules_both_out(score: float, status: Status) -> None:
    splicing = UNSPLICED.model_copy(update={"score": score})
    told = judged(near("p.Arg34Trp"), near("p.Arg34Gln"), splicing=splicing)
    assert (told["PS1"].status, told["PM5"].status) == (status, status)


def test_without_a_splicing_score_ps1_waits_and_pm5_says_so() -> None:
    gap = Gap(reason="no splicing pack", held=False, command="consilium packs pull spliceai")
    told = judged(near("p.Arg34Trp"), near("p.Arg34Gln"), splicing=gap)
    assert (told["PS1"].status, told["PS1"].command) == (Status.NOT_ASSESSED, gap.command)
    assert told["PM5"].status is Status.MET
    assert "was not looked up" in told["PM5"].rationale


def test_without_neighbours_nothing_is_said() -> None:
    gap = Gap(reason="ClinVar is not held", held=False, command="consilium packs pull clinvar-grch38")
    observed = Observed(gene="G", effect=MISSENSE, neighbours=gap, splicing=UNSPLICED)
    told = neighbours.judge(observed, GeneRules(gene="G"))
    assert [(one.code, one.status) for one in told] == [
        ("PS1", Status.NOT_ASSESSED),
        ("PM1", Status.NOT_ASSESSED),
        ("PM5", Status.NOT_ASSESSED),
    ]


def test_pm1_goes_by_the_panels_residues_and_gives_way_beside_ps1_or_pm5() -> None:
    spots = (
        Hotspot(first=30, last=40, strength=Strength.SUPPORTING, seen=(ROW,)),
        Hotspot(first=34, last=34, strength=Strength.MODERATE, seen=(ROW,)),
    )
    rules = GeneRules(gene="G", pm1=spots)
    assert judged(rules=rules)["PM1"].strength is Strength.MODERATE
    assert judged(near("p.Arg34Gln"), rules=rules)["PM1"].strength is Strength.SUPPORTING
    light = near("p.Arg34Gln", significance="Likely pathogenic")
    assert judged(light, rules=rules)["PM1"].strength is Strength.MODERATE
    outside = MISSENSE.model_copy(update={"p_name": "p.Arg41Trp"})
    assert judged(effect=outside, rules=rules)["PM1"].status is Status.NOT_MET


def test_panels_weigh_and_leave_out() -> None:
    rules = GeneRules(gene="G", pm5=Weight(strength=Strength.SUPPORTING, seen=(ROW,)))
    assert judged(near("p.Arg34Gln"), rules=rules)["PM5"].strength is Strength.SUPPORTING
    unused = GeneRules(gene="G", unused={code: Unused(reason="-") for code in ("PS1", "PM5", "PM1")})
    assert {one.status for one in judged(near("p.Arg34Gln"), rules=unused).values()} == {Status.NOT_ASSESSED}


@given(
    st.lists(st.sampled_from(["p.Arg34Gln", "p.Arg34Trp", "p.Arg34Leu", "p.Gly35Asp"]), max_size=5),
    st.randoms(),
)
def test_the_order_of_neighbours_does_not_matter(names: list[str], chance: object) -> None:
    known = [near(name, f"c.{number}A>C") for number, name in enumerate(names, start=200)]
    first = judged(*known)
    chance.shuffle(known)  # type: ignore[attr-defined]
    again = judged(*known)
    assert {code: (one.status, one.strength) for code, one in first.items()} == {
        code: (one.status, one.strength) for code, one in again.items()
    }
