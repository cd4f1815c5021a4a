"""PVS1: every leaf of the tree (PMID 30192042), the gate by gene, and what a name alone may claim."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomics import hgvs, protein
from genomics.acmg import length, null_variant
from genomics.acmg.criteria import POINTS, Criterion, Status, Strength
from genomics.acmg.gate import gate
from genomics.acmg.gene_rules import GeneRules, Hotspot, rules_for
from genomics.acmg.named import effect_of_name
from genomics.acmg.observed import Observed
from genomics.effect import LOSS_OF_FUNCTION, Effect, EffectSource
from genomics.lookups.rows import Dosage, Gap, Neighbour
from retrieval.evidence import Depth, Source

LIST = Source(id="test:list", title="a list of the test", version="1", licence="none", depth=Depth.RECORD)
ROW = "00000000-0000-0000-0000-000000000000"


def effect(*terms: str, **more: object) -> Effect:
    told = {"source": EffectSource.MODEL, "told_by": "NM_1.1", "gene": "G", "mane_select": True} | more
    return Effect(terms=terms, **told)


def pvs1(
    one: Effect | Gap, score: int | None = 3, gene: str = "G", rules: GeneRules | None = None, **more: object
) -> Criterion:
    dosage = Dosage(source=LIST, gene=gene, haploinsufficiency=score)
    observed = Observed(gene=gene, effect=one, dosage=dosage, **more)
    (told,) = null_variant.judge(observed, rules or GeneRules(gene=gene))
    return told


@pytest.mark.parametrize(
    ("one", "strength"),
    [
        (effect("stop_gained", decay=True), Strength.VERY_STRONG),
        (effect("frameshift_variant", decay=True), Strength.VERY_STRONG),
        (effect("splice_donor_variant", decay=True, in_frame=False), Strength.VERY_STRONG),
        (effect("exon_loss_variant", decay=True, in_frame=False), Strength.VERY_STRONG),
        (effect("transcript_ablation"), Strength.VERY_STRONG),
        (effect("stop_gained", decay=True, mane_select=False), Strength.MODERATE),
        (effect("stop_gained", decay=False, lost_share=0.1), Strength.STRONG),
        (effect("stop_gained", decay=False, lost_share=0.0999), Strength.MODERATE),
        (effect("frameshift_variant", decay=False), Strength.MODERATE),
        (effect("splice_acceptor_variant", in_frame=True, lost_share=0.2), Strength.STRONG),
        (effect("splice_acceptor_variant", in_frame=True, lost_share=0.02), Strength.MODERATE),
        (effect("splice_acceptor_variant"), Strength.MODERATE),
        (effect("exon_loss_variant", in_frame=True, lost_share=0.3), Strength.STRONG),
        (effect("start_lost", next_start=40), Strength.SUPPORTING),
        (effect("start_lost"), Strength.SUPPORTING),
    ],
)
def test_every_leaf_of_the_tree_gives_its_strength(one: Effect, strength: Strength) -> None:
    told = pvs1(one)
    assert (told.status, told.strength) == (Status.MET, strength)
    assert told.evidence


def test_a_lost_critical_region_weighs_strong_whatever_the_share() -> None:
    rules = GeneRules(gene="G", pm1=(Hotspot(first=400, last=410, strength=Strength.MODERATE, seen=(ROW,)),))
    before = effect("stop_gained", decay=False, lost_share=0.05, p_name="p.Arg405Ter")
    behind = effect("stop_gained", decay=False, lost_share=0.05, p_name="p.Arg411Ter")
    assert pvs1(before, rules=rules).strength is Strength.STRONG
    assert pvs1(behind, rules=rules).strength is Strength.MODERATE


@pytest.mark.parametrize(
    ("p_name", "decay", "status", "strength"),
    [
        ("p.Glu3309Ter", False, Status.NOT_MET, None),
        ("p.Lys3326Ter", None, Status.NOT_MET, None),
        ("p.Cys3233fs", False, Status.MET, Strength.STRONG),
        ("p.Ser1982fs", True, Status.MET, Strength.VERY_STRONG),
        ("p.Ser1982fs", None, Status.MET, Strength.MODERATE),
    ],
)
def test_the_end_of_brca2_may_be_lost_as_its_panel_says(
    p_name: str, decay: bool | None, status: Status, strength: Strength | None
) -> None:
    told = pvs1(
        effect("stop_gained", gene="BRCA2", p_name=p_name, decay=decay, lost_share=0.03), gene="BRCA2"
    )
    assert (told.status, told.strength) == (status, strength)


def test_a_benign_truncation_that_loses_more_shows_that_the_loss_is_borne() -> None:
    def truncated(significance: str, p_name: str, stars: int = 1) -> Criterion:
        near = Neighbour(p_name=p_name, significance=significance, stars=stars, accession="VCV1")
        one = effect("stop_gained", decay=False, lost_share=0.05, p_name="p.Arg500Ter")
        return pvs1(one, neighbours=(near,))

    assert truncated("Benign", "p.Arg490Ter").status is Status.NOT_MET
    assert truncated("Likely benign", "p.Arg490fs").status is Status.NOT_MET
    assert truncated("Benign", "p.Arg510Ter").strength is Strength.MODERATE
    assert truncated("Benign", "p.Arg490Gln").strength is Strength.MODERATE
    assert truncated("Benign", "p.Arg490Ter", stars=0).strength is Strength.MODERATE
    assert truncated("Pathogenic", "p.Arg490Ter").strength is Strength.MODERATE


@pytest.mark.parametrize("c_name", ["c.-22-2A>C", "c.*10+1G>A"])
def test_a_splice_site_between_untranslated_exons_is_not_assessed(c_name: str) -> None:
    assert pvs1(effect("splice_acceptor_variant", c_name=c_name)).status is Status.NOT_ASSESSED


@pytest.mark.parametrize(
    ("dna", "term"),
    [
        ("c.138+2dup", "splice_region_variant"),
        ("c.138+1dup", "splice_donor_variant"),
        ("c.139-2dup", "splice_region_variant"),
        ("c.139-1dup", "splice_acceptor_variant"),
        ("c.138+30dup", "intron_variant"),
    ],
)
def test_a_copy_behind_the_canonical_bases_leaves_them_in_place(dna: str, term: str) -> None:
    named = effect_of_name("G", hgvs.parse(dna), None)
    assert isinstance(named, Effect)
    assert named.term == term


@pytest.mark.parametrize(
    ("name", "significance", "stars", "strength"),
    [
        ("p.Arg12Trp", "Pathogenic", 1, Strength.MODERATE),
        ("p.Arg12Trp", "Likely pathogenic", 3, Strength.MODERATE),
        ("p.Arg40Trp", "Pathogenic", 1, Strength.SUPPORTING),
        ("p.Arg12Trp", "Pathogenic", 0, Strength.SUPPORTING),
        ("p.Arg12Trp", "Conflicting classifications of pathogenicity", 1, Strength.SUPPORTING),
        ("p.Met1?", "Pathogenic", 3, Strength.SUPPORTING),
    ],
)
def test_a_lost_start_is_moderate_only_with_a_pathogenic_variant_before_the_next_start(
    name: str, significance: str, stars: int, strength: Strength
) -> None:
    near = Neighbour(p_name=name, significance=significance, stars=stars, accession="VCV1")
    assert pvs1(effect("start_lost", next_start=40), neighbours=(near,)).strength is strength


@pytest.mark.parametrize(
    ("score", "status"),
    [
        (3, Status.MET),
        (30, Status.MET),
        (0, Status.NOT_MET),
        (1, Status.NOT_MET),
        (40, Status.NOT_MET),
        (2, Status.NOT_ASSESSED),
        (None, Status.NOT_ASSESSED),
    ],
)
def test_the_gate_goes_by_the_dosage_score(score: int | None, status: Status) -> None:
    assert pvs1(effect("stop_gained", decay=True), score).status is status


def test_without_a_dosage_pack_the_code_is_not_assessed_and_names_the_command() -> None:
    gap = Gap(reason="no dosage pack", held=False, command="consilium packs pull clingen-dosage")
    observed = Observed(gene="G", effect=effect("stop_gained", decay=True), dosage=gap)
    (told,) = null_variant.judge(observed, GeneRules(gene="G"))
    assert (told.status, told.command) == (Status.NOT_ASSESSED, gap.command)


@pytest.mark.parametrize(
    ("gene", "score"), [("RYR1", 0), ("MYH7", 0), ("MYOC", None), ("GFAP", None), ("TTN", 2)]
)
def test_the_classic_false_null_genes_are_kept_out_by_their_data(gene: str, score: int | None) -> None:
    assert not pvs1(effect("stop_gained", decay=True, gene=gene), score, gene, rules_for(gene)).counts


def test_a_panel_that_used_the_code_opens_the_gate_that_the_dosage_score_closes() -> None:
    told = pvs1(effect("stop_gained", decay=True, gene="GJB2"), 40, "GJB2")
    assert told.strength is Strength.VERY_STRONG
    assert any(one.source.id == "fact:mechanism:gjb2" for one in told.evidence)


def test_a_panel_that_does_not_use_the_code_closes_it() -> None:
    told = pvs1(effect("stop_gained", decay=True, gene="RYR1"), 3, "RYR1", rules_for("RYR1"))
    assert told.status is Status.NOT_ASSESSED
    assert "malignant hyperthermia" in told.rationale


@pytest.mark.parametrize(
    ("one", "strength"),
    [
        (effect("stop_gained", gene="MT-CO1", lost_share=0.33), Strength.STRONG),
        (effect("stop_gained", gene="MT-CO1", lost_share=0.03), Strength.MODERATE),
        (effect("frameshift_variant", gene="MT-ND5"), Strength.MODERATE),
    ],
)
def test_mitochondrial_truncations_know_no_decay(one: Effect, strength: Strength) -> None:
    assert pvs1(one, None, one.gene).strength is strength


def test_a_mitochondrial_transfer_rna_has_no_rule() -> None:
    assert pvs1(effect("stop_gained", gene="MT-TL1"), 3, "MT-TL1").status is Status.NOT_ASSESSED


@pytest.mark.parametrize("term", ["missense_variant", "inframe_deletion", "intron_variant", "stop_lost"])
def test_what_is_no_null_variant_is_not_met(term: str) -> None:
    assert pvs1(effect(term)).status is Status.NOT_MET


def test_copied_exons_are_not_assessed() -> None:
    assert pvs1(effect("transcript_amplification")).status is Status.NOT_ASSESSED


@pytest.mark.parametrize(
    ("dna", "p", "strength"),
    [
        ("c.68_69del", "p.Glu23ValfsTer17", Strength.MODERATE),
        ("c.68_69del", None, Strength.MODERATE),
        ("c.212+1G>A", None, Strength.MODERATE),
        (None, "p.Arg1699Ter", Strength.MODERATE),
        ("c.1A>G", None, Strength.SUPPORTING),
    ],
)
def test_a_name_alone_claims_the_lowest_strength_and_says_what_would_decide(
    dna: str | None, p: str | None, strength: Strength
) -> None:
    named = effect_of_name("BRCA1", hgvs.parse(dna) if dna else None, protein.parse(p) if p else None)
    told = pvs1(named, gene="BRCA1")
    assert told.strength is strength
    assert told.command == "consilium packs pull mane-gff"
    assert "up to very strong" in told.rationale


@pytest.mark.parametrize(
    ("dna", "p", "term"),
    [
        ("c.5123C>A", "p.Ala1708Glu", "missense_variant"),
        ("c.1521_1523del", None, "inframe_deletion"),
        ("c.10_11insTTTTTT", None, "inframe_insertion"),
        ("c.100-2A>G", None, "splice_acceptor_variant"),
        ("c.100+5G>A", None, "splice_region_variant"),
        ("c.100+50G>A", None, "intron_variant"),
        ("c.-30C>T", None, "5_prime_UTR_variant"),
        ("c.*97G>A", None, "3_prime_UTR_variant"),
        ("c.-5_12del", None, "start_lost"),
        ("c.100-20_250+30del", None, "exon_loss_variant"),
        ("c.5266dup", None, "frameshift_variant"),
        (None, "p.Lys5_Arg6delinsTer", "stop_gained"),
        (None, "p.Ter656Ser", "stop_lost"),
    ],
)
def test_the_effect_of_a_name(dna: str | None, p: str | None, term: str) -> None:
    named = effect_of_name("g", hgvs.parse(dna) if dna else None, protein.parse(p) if p else None)
    assert isinstance(named, Effect)
    assert (named.term, named.gene, named.decay, named.lost_share) == (term, "G", None, None)


@pytest.mark.parametrize("dna", ["c.5123C>A", "c.12295-?_14133+?del", "g.43124028_43124029del", None])
def test_a_name_that_tells_no_effect_is_a_gap_with_the_reason(dna: str | None) -> None:
    told = effect_of_name("G", hgvs.parse(dna) if dna else None, None)
    assert isinstance(told, Gap)
    assert told.command


@pytest.mark.parametrize(("dna", "frame"), [("c.100-20_102+30del", True), ("c.100-20_103+30del", False)])
def test_the_frame_of_a_lost_exon_is_counted(dna: str, frame: bool) -> None:
    named = effect_of_name("G", hgvs.parse(dna), None)
    assert isinstance(named, Effect)
    assert named.in_frame is frame


@given(
    term=st.sampled_from(sorted(LOSS_OF_FUNCTION | {"missense_variant", "inframe_deletion", "stop_lost"})),
    decay=st.sampled_from([True, False, None]),
    share=st.one_of(st.none(), st.floats(0, 1)),
    score=st.sampled_from([0, 1, 2, 3, 30, 40, None]),
)
def test_it_never_meets_pm4_and_more_loss_never_weighs_less(
    term: str, decay: bool | None, share: float | None, score: int | None
) -> None:
    one = effect(term, decay=decay, lost_share=share)
    told = pvs1(one, score)
    observed = Observed(gene="G", effect=one)
    pm4 = length.judge(observed, GeneRules(gene="G"))[0]
    assert not (told.counts and pm4.counts)
    whole = pvs1(one.model_copy(update={"lost_share": 1.0}), score)
    if told.strength and share is not None:
        assert whole.strength
        assert POINTS[whole.strength] >= POINTS[told.strength]


def test_the_gate_itself_says_why() -> None:
    dosage = Dosage(source=LIST, gene="G", haploinsufficiency=0)
    assert "no established mechanism" in gate(Observed(gene="G", dosage=dosage)).why


def test_bar_3_from_names_alone_is_held(shared: Path) -> None:
    from evals.bench.genomics.null_variant import agreement, by_names, dosages, panel_rows

    held, dosage = panel_rows(shared), dosages(shared)
    told = agreement(held, "PVS1", lambda row: by_names(row, dosage))
    assert len(held) == 2769
    assert told.both + told.panel == 726
    assert told.precision >= 0.96
    assert told.recall >= 0.68
