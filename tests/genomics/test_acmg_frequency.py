"""PM2, BA1, BS1 and BS2 by the frequency row."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomics.acmg.criteria import Criterion, Status, Strength
from genomics.acmg.frequency import EXCEPTIONS, filtering_frequency, judge
from genomics.acmg.gene_rules import GeneRules, rules_for
from genomics.acmg.observed import Observed
from genomics.effect import Effect, EffectSource
from genomics.lookups.rows import Frequency, Gap
from retrieval.evidence import Depth, Source

SOURCE = Source(id="pack:made", title="made frequencies", version="1", licence="none", depth=Depth.RECORD)
PLAIN = GeneRules(gene="ABC1")


def row(**values: Any) -> Frequency:
    held = {"source": SOURCE, "frequency": 0.0, "count": 0, "number": 100_000} | values
    return Frequency(**held)


def judged(gene: str = "ABC1", rules: GeneRules = PLAIN, **values: Any) -> dict[str, Criterion]:
    effect = values.pop("effect", None)
    more = {"effect": effect} if effect else {}
    return {one.code: one for one in judge(Observed(gene=gene, frequency=row(**values), **more), rules)}


def named(gene: str, c_name: str = "", p_name: str = "") -> Effect:
    return Effect(
        source=EffectSource.NAME,
        told_by="a name",
        gene=gene,
        terms=("missense_variant",),
        c_name=c_name,
        p_name=p_name,
    )


def test_no_row_is_not_assessed_and_never_absent() -> None:
    gap = Gap(reason="no pack is held", held=False, command="consilium packs import gnomad-panel")
    told = judge(Observed(gene="ABC1", frequency=gap), PLAIN)
    assert [one.code for one in told] == ["PM2", "BA1", "BS1", "BS2"]
    assert {one.status for one in told} == {Status.NOT_ASSESSED}
    assert {one.command for one in told} == {gap.command}


def test_absent_is_pm2_supporting_and_nothing_benign() -> None:
    told = judged()
    assert told["PM2"].strength is Strength.SUPPORTING
    assert told["PM2"].evidence
    assert told["BA1"].status is Status.NOT_MET
    assert told["BS1"].status is Status.NOT_ASSESSED


def test_without_a_limit_of_the_gene_a_seen_variant_is_not_pm2() -> None:
    assert judged(count=1, frequency=1e-5)["PM2"].status is Status.NOT_MET


@pytest.mark.parametrize(("frequency", "counts"), [(0.00099, True), (0.001, False), (0.002, False)])
def test_pm2_below_the_limit_of_the_gene(frequency: float, counts: bool) -> None:
    told = judged("GAA", rules_for("GAA"), count=10, frequency=frequency)
    assert told["PM2"].counts is counts


@pytest.mark.parametrize(("faf", "counts"), [(0.0499, False), (0.05, True), (0.3, True)])
def test_ba1_from_five_percent_on(faf: float, counts: bool) -> None:
    told = judged(count=5000, frequency=0.06, faf95=faf)
    assert told["BA1"].counts is counts


def test_ba1_and_bs1_by_the_gene() -> None:
    rules = rules_for("GAA")
    assert judged("GAA", rules, count=1, frequency=0.02, faf95=0.011)["BA1"].counts
    between = judged("GAA", rules, count=1, frequency=0.02, faf95=0.01)
    assert between["BA1"].status is Status.NOT_MET
    assert between["BS1"].strength is Strength.STRONG
    assert judged("GAA", rules, count=1, frequency=0.02, faf95=0.005)["BS1"].status is Status.NOT_MET
    assert judged("GAA", rules, count=1, frequency=0.02, faf95=0.3)["BS1"].status is Status.NOT_MET, (
        "BA1 covers it"
    )


def test_a_panel_with_two_limits_gives_bs1_supporting() -> None:
    told = judged("BRCA2", rules_for("BRCA2"), count=5, frequency=0.0001, faf95=0.00005)
    assert told["BS1"].strength is Strength.SUPPORTING


@pytest.mark.parametrize("group", ["ami", "asj", "fin", "mid", "remaining", "ASJ"])
def test_founder_groups_give_no_benign_code(group: str) -> None:
    told = judged(count=5000, frequency=0.3, faf95=0.3, group=group)
    assert told["BA1"].status is told["BS1"].status is Status.NOT_ASSESSED


@pytest.mark.parametrize("values", [{"number": 1999}, {"passed": False}])
def test_a_doubtful_row_is_not_used(values: dict[str, Any]) -> None:
    assert {one.status for one in judged(**values).values()} == {Status.NOT_ASSESSED}
    assert judged(number=2000)["PM2"].counts


@pytest.mark.parametrize(
    ("gene", "name"), [(gene, name) for gene, names in EXCEPTIONS.items() for name in names]
)
def test_the_exceptions_of_ghosh_never_get_ba1(gene: str, name: str) -> None:
    spelled = {"c_name": name} if name.startswith("c.") else {"p_name": name}
    told = judged(gene, count=9000, frequency=0.09, faf95=0.08, effect=named(gene, **spelled))
    assert told["BA1"].status is Status.NOT_MET
    assert "30311383" in told["BA1"].rationale
    unnamed = judged(gene, count=9000, frequency=0.09, faf95=0.08)
    assert unnamed["BA1"].status is Status.NOT_ASSESSED
    another = judged(gene, count=9000, frequency=0.09, faf95=0.08, effect=named(gene, p_name="p.Ala1Gly"))
    assert another["BA1"].counts


def test_an_exception_does_not_come_back_as_bs1() -> None:
    """GJB2 p.Val37Ile is frequent and pathogenic."""
    spelled = named("GJB2", p_name="p.(Val37Ile)")
    told = judged("GJB2", rules_for("GJB2"), count=9000, frequency=0.09, faf95=0.004, effect=spelled)
    assert not any(one.counts for one in told.values())
    unnamed = judged("GJB2", rules_for("GJB2"), count=9000, frequency=0.09, faf95=0.004)
    assert unnamed["BS1"].status is Status.NOT_ASSESSED


@pytest.mark.parametrize(
    ("frequency", "met"),
    [(0.0, {"PM2"}), (0.00001, {"PM2"}), (0.00002, set()), (0.006, {"BS1"}), (0.011, {"BA1"})],
)
def test_mitochondrial_limits(frequency: float, met: set[str]) -> None:
    told = judged("MT-TL1", count=round(frequency * 50_000), number=50_000, frequency=frequency)
    assert {code for code, one in told.items() if one.counts} == met


def test_bs2_only_by_a_rule_of_the_gene() -> None:
    assert judged(count=9, frequency=0.001, homozygotes=9)["BS2"].status is Status.NOT_ASSESSED
    rules = rules_for("JAK3")
    assert (
        judged("JAK3", rules, count=9, frequency=0.001, homozygotes=2)["BS2"].strength is Strength.SUPPORTING
    )
    assert judged("JAK3", rules, count=9, frequency=0.001, homozygotes=1)["BS2"].status is Status.NOT_MET
    assert judged("JAK3", rules, count=9, frequency=0.001)["BS2"].status is Status.NOT_ASSESSED


def test_a_code_that_the_panel_does_not_use_is_not_assessed() -> None:
    assert judged("RYR1", rules_for("RYR1"))["PM2"].status is Status.NOT_ASSESSED


@pytest.mark.parametrize(
    ("count", "number", "stated"),
    [
        (373, 75_020, 0.004556),  # JAK3 c.3268G>A, ClinGen row 2bbca366
        (12_957, 1_180_016, 0.01082),  # JAK3 c.2164G>A, row a8274608
        (5, 30_782, 0.00006365),  # USH2A c.14419G>A, row c1d605e5
    ],
)
def test_the_filtering_frequency_is_that_of_the_panels(count: int, number: int, stated: float) -> None:
    assert filtering_frequency(count, number) == pytest.approx(stated, rel=0.01)


@given(st.integers(0, 2000), st.integers(2000, 10**6))
def test_the_filtering_frequency_lies_below_the_plain_one(count: int, number: int) -> None:
    assert 0 <= filtering_frequency(count, number) <= count / number


@pytest.mark.parametrize(("count", "number"), [(1, 0), (-1, 10), (11, 10)])
def test_impossible_counts_are_refused(count: int, number: int) -> None:
    with pytest.raises(ValueError, match="no frequency"):
        filtering_frequency(count, number)
