"""PM4 and BP3: in-frame changes of length, the repeat that nobody looked up, and the lost stop."""

from __future__ import annotations

import pytest

from genomics.acmg import length
from genomics.acmg.criteria import Criterion, Status, Strength
from genomics.acmg.gene_rules import GeneRules, Hotspot, Unused
from genomics.acmg.observed import Observed
from genomics.effect import Effect, EffectSource
from genomics.lookups.rows import Gap

ROW = "00000000-0000-0000-0000-000000000000"


def judged(
    *terms: str, repeat: bool | None = None, rules: GeneRules | None = None, **more: object
) -> tuple[Criterion, Criterion]:
    told = {"source": EffectSource.NAME, "told_by": "c.1", "gene": "G"} | more
    effect = Effect(terms=terms, **told)
    observed = Observed(gene="G", effect=effect, in_repeat=repeat)
    pm4, bp3 = length.judge(observed, rules or GeneRules(gene="G"))
    assert (pm4.code, bp3.code) == ("PM4", "BP3")
    return pm4, bp3


@pytest.mark.parametrize("term", sorted(length.IN_FRAME))
def test_outside_a_repeat_it_is_pm4_inside_bp3(term: str) -> None:
    pm4, bp3 = judged(term, repeat=False, length_change=-3)
    assert (pm4.strength, bp3.status) == (Strength.MODERATE, Status.NOT_MET)
    pm4, bp3 = judged(term, repeat=True, length_change=-3)
    assert (pm4.status, bp3.strength) == (Status.NOT_MET, Strength.SUPPORTING)


def test_without_a_repeat_track_pm4_weighs_less_and_bp3_is_not_assessed() -> None:
    pm4, bp3 = judged("inframe_deletion", length_change=-3)
    assert pm4.strength is Strength.SUPPORTING
    assert "no repeat track" in pm4.rationale
    assert bp3.status is Status.NOT_ASSESSED


def test_a_name_that_counts_repeats_is_not_assessed() -> None:
    pm4, _ = judged("inframe_deletion", c_name="c.7039_7041GAG[1]")
    assert pm4.status is Status.NOT_ASSESSED


def test_a_lost_stop_is_pm4() -> None:
    pm4, bp3 = judged("stop_lost")
    assert (pm4.strength, bp3.status) == (Strength.MODERATE, Status.NOT_MET)


@pytest.mark.parametrize(
    "terms",
    [
        ("frameshift_variant",),
        ("stop_gained", "inframe_insertion"),
        ("splice_donor_variant", "inframe_deletion"),
        ("start_lost", "inframe_deletion"),
        ("exon_loss_variant",),
        ("missense_variant",),
    ],
)
def test_null_and_missense_variants_are_neither(terms: tuple[str, ...]) -> None:
    assert [one.status for one in judged(*terms, repeat=False, length_change=-3)] == [Status.NOT_MET] * 2


def test_as_many_bases_lost_as_gained_change_no_length() -> None:
    assert judged("protein_altering_variant", length_change=0)[0].status is Status.NOT_MET


def test_a_critical_region_inside_a_repeat_is_not_benign() -> None:
    rules = GeneRules(gene="G", pm1=(Hotspot(first=10, last=20, strength=Strength.MODERATE, seen=(ROW,)),))
    told = judged("inframe_deletion", repeat=True, p_name="p.Glu15del", rules=rules)
    assert told[1].status is Status.NOT_MET
    told = judged("inframe_deletion", repeat=True, p_name="p.Glu25del", rules=rules)
    assert told[1].status is Status.MET


def test_a_panel_may_leave_both_out_and_a_gap_stays_a_gap() -> None:
    rules = GeneRules(gene="G", unused={code: Unused(reason="not asked for") for code in ("PM4", "BP3")})
    assert {one.status for one in judged("stop_lost", rules=rules)} == {Status.NOT_ASSESSED}
    gap = Gap(reason="no model", held=False, command="consilium packs pull mane-gff")
    told = length.judge(Observed(gene="G", effect=gap), GeneRules(gene="G"))
    assert {(one.status, one.command) for one in told} == {(Status.NOT_ASSESSED, gap.command)}
