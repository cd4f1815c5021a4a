"""PP3, BP4, BP7 and PP2: exact ends of the cut-offs, one prediction, panels first."""

from __future__ import annotations

import math

import pytest
from pydantic import ValidationError

from genomics.acmg import missense, splicing
from genomics.acmg.calibration import SPLICEAI, TOOLS, Calibration, Cut
from genomics.acmg.criteria import Criterion, Status, Strength
from genomics.acmg.gene_rules import GeneRules, rules_for
from genomics.acmg.observed import Observed
from genomics.effect import Effect, EffectSource
from genomics.lookups.rows import Gap, Score
from retrieval.evidence import Depth, Source

SOURCE = Source(id="pack:made", title="made for a test", version="1", licence="none", depth=Depth.RECORD)
SUP, MOD, STR, VERY = Strength.SUPPORTING, Strength.MODERATE, Strength.STRONG, Strength.VERY_STRONG
PLAIN = GeneRules(gene="ABC1")


def score(value: float, tool: str = "REVEL") -> Score:
    return Score(source=SOURCE, tool=tool, score=value)


def effect(*terms: str, offset: int | None = None) -> Effect:
    return Effect(source=EffectSource.NAME, told_by="a name", gene="ABC1", terms=terms, intron_offset=offset)


MISSENSE = effect("missense_variant")
SILENT = effect("synonymous_variant")


def judged(observed: Observed, rules: GeneRules = PLAIN) -> dict[str, Criterion]:
    spliced = splicing.judge(observed, rules)
    pp3, bp4 = splicing.one_prediction(missense.judge(observed, rules), spliced)
    return {one.code: one for one in (pp3, bp4, *(one for one in spliced if one.code == "BP7"))}


@pytest.mark.parametrize(
    ("tool", "at", "told", "just_inside"),
    [
        ("REVEL", 0.003, ("BP4", VERY), ("BP4", STR)),
        ("REVEL", 0.016, ("BP4", STR), ("BP4", MOD)),
        ("REVEL", 0.183, ("BP4", MOD), ("BP4", SUP)),
        ("REVEL", 0.290, ("BP4", SUP), None),
        ("REVEL", 0.644, ("PP3", SUP), None),
        ("REVEL", 0.773, ("PP3", MOD), ("PP3", SUP)),
        ("REVEL", 0.932, ("PP3", STR), ("PP3", MOD)),
        ("AlphaMissense", 0.099, ("BP4", MOD), ("BP4", SUP)),
        ("AlphaMissense", 0.169, ("BP4", SUP), None),
        ("AlphaMissense", 0.792, ("PP3", SUP), None),
        ("AlphaMissense", 0.906, ("PP3", MOD), ("PP3", SUP)),
        ("AlphaMissense", 0.990, ("PP3", STR), ("PP3", MOD)),
        ("BayesDel", -0.36, ("BP4", MOD), ("BP4", SUP)),
        ("BayesDel", -0.18, ("BP4", SUP), None),
        ("BayesDel", 0.13, ("PP3", SUP), None),
        ("BayesDel", 0.27, ("PP3", MOD), ("PP3", SUP)),
        ("BayesDel", 0.50, ("PP3", STR), ("PP3", MOD)),
        ("SpliceAI", 0.1, ("BP4", SUP), None),
        ("SpliceAI", 0.2, ("PP3", SUP), None),
    ],
)
def test_every_edge_is_exact(tool: str, at: float, told: object, just_inside: object) -> None:
    steps = SPLICEAI if tool == "SpliceAI" else TOOLS[tool]
    assert steps.of(at) == told
    inwards = math.inf if told == ("BP4", told[1]) else -math.inf  # type: ignore[index]
    assert steps.of(math.nextafter(at, inwards)) == just_inside


@pytest.mark.parametrize("steps", [*TOOLS.values(), SPLICEAI])
def test_the_ends_of_the_scale_are_read_and_nothing_beyond(steps: Calibration) -> None:
    assert steps.of(steps.lowest) is not None
    assert steps.of(steps.highest) is not None
    for beyond in (steps.lowest - 0.001, steps.highest + 0.001, math.nan):
        with pytest.raises(ValueError, match="scores run from"):
            steps.of(beyond)


def test_an_exclusive_bound_does_not_belong_to_its_step() -> None:
    steps = Calibration(tool="T", pp3=(Cut(bound=0.7, inclusive=False, strength=SUP),), reference="made")
    assert steps.of(0.7) is None
    assert steps.of(math.nextafter(0.7, 1)) == ("PP3", SUP)


def test_overlapping_cut_offs_are_rejected() -> None:
    with pytest.raises(ValidationError, match="overlap"):
        Calibration(
            tool="T",
            pp3=(Cut(bound=0.3, strength=SUP),),
            bp4=(Cut(bound=0.4, strength=SUP),),
            reference="made",
        )


def test_a_missing_score_is_not_assessed_and_names_its_command() -> None:
    gap = Gap(reason="no pack", held=False, command="consilium packs pull revel")
    told = judged(Observed(gene="ABC1", effect=MISSENSE, missense=gap, splicing=gap))
    assert told["PP3"].status is told["BP4"].status is Status.NOT_ASSESSED
    assert told["PP3"].command == gap.command


def test_an_unverified_calibration_says_so_and_bayesdel_is_off() -> None:
    told = judged(Observed(gene="ABC1", effect=MISSENSE, missense=score(0.95, "AlphaMissense")))
    assert told["PP3"].strength is MOD
    assert "unverified" in told["PP3"].rationale
    off = judged(Observed(gene="ABC1", effect=MISSENSE, missense=score(0.6, "BayesDel")))
    assert off["PP3"].status is Status.NOT_ASSESSED


def test_the_panels_own_predictor_comes_first() -> None:
    rules = rules_for("GAA")
    told = judged(Observed(gene="GAA", effect=MISSENSE, missense=score(0.45)), rules)
    assert told["BP4"].strength is SUP
    assert any(evidence.source.id == "rule:GAA" for evidence in told["BP4"].evidence)
    assert (
        judged(Observed(gene="GAA", effect=MISSENSE, missense=score(0.7)), rules)["PP3"].status
        is Status.NOT_MET
    )
    other = judged(Observed(gene="GAA", effect=MISSENSE, missense=score(0.99, "AlphaMissense")), rules)
    assert other["PP3"].status is Status.NOT_ASSESSED


def test_a_panel_without_a_benign_cut_off_leaves_bp4_open() -> None:
    told = judged(Observed(gene="FBN1", effect=MISSENSE, missense=score(0.01)), rules_for("FBN1"))
    assert told["BP4"].status is Status.NOT_ASSESSED
    assert told["PP3"].status is Status.NOT_MET


def test_one_pp3_the_stronger_of_the_two() -> None:
    told = judged(
        Observed(gene="ABC1", effect=MISSENSE, missense=score(0.8), splicing=score(0.9, "SpliceAI"))
    )
    assert told["PP3"].strength is MOD
    spliced = judged(
        Observed(gene="ABC1", effect=MISSENSE, missense=score(0.4), splicing=score(0.9, "SpliceAI"))
    )
    assert spliced["PP3"].strength is SUP
    assert "SpliceAI" in spliced["PP3"].rationale


@pytest.mark.parametrize(
    ("delta", "status"), [(0.05, Status.MET), (0.15, Status.NOT_MET), (0.5, Status.NOT_MET)]
)
def test_bp4_of_a_missense_change_gives_way_to_splicing(delta: float, status: Status) -> None:
    told = judged(
        Observed(gene="ABC1", effect=MISSENSE, missense=score(0.01), splicing=score(delta, "SpliceAI"))
    )
    assert told["BP4"].status is status


def test_a_low_splice_score_alone_is_no_bp4_of_a_missense_change() -> None:
    told = judged(
        Observed(gene="ABC1", effect=MISSENSE, missense=score(0.5), splicing=score(0.0, "SpliceAI"))
    )
    assert told["BP4"].status is Status.NOT_MET


@pytest.mark.parametrize(
    ("what", "status"),
    [
        (SILENT, Status.MET),
        (effect("intron_variant", offset=8), Status.MET),
        (effect("intron_variant", offset=-22), Status.MET),
        (effect("intron_variant", offset=7), Status.NOT_MET),
        (effect("intron_variant", offset=-21), Status.NOT_MET),
        (effect("intron_variant", offset=-8), Status.NOT_MET),
        (MISSENSE, Status.NOT_MET),
    ],
)
def test_bp7_is_for_silent_and_deep_intronic_changes(what: Effect, status: Status) -> None:
    assert judged(Observed(gene="ABC1", effect=what, splicing=score(0.0, "SpliceAI")))["BP7"].status is status


def test_bp7_needs_the_splice_score_and_bp4() -> None:
    assert judged(Observed(gene="ABC1", effect=SILENT))["BP7"].status is Status.NOT_ASSESSED
    told = judged(Observed(gene="ABC1", effect=SILENT, splicing=score(0.15, "SpliceAI")))
    assert told["BP7"].status is told["BP4"].status is Status.NOT_MET


def test_a_canonical_splice_site_is_left_to_pvs1() -> None:
    told = judged(
        Observed(
            gene="ABC1", effect=effect("splice_donor_variant", offset=1), splicing=score(0.99, "SpliceAI")
        )
    )
    assert told["PP3"].status is Status.NOT_MET


def test_a_splice_score_of_another_tool_is_not_used() -> None:
    told = judged(Observed(gene="ABC1", effect=SILENT, splicing=score(0.9, "Pangolin")))
    assert {one.status for one in told.values()} == {Status.NOT_ASSESSED}


def test_without_an_effect_a_low_splice_score_says_nothing_benign() -> None:
    told = judged(Observed(gene="ABC1", splicing=score(0.0, "SpliceAI"), missense=score(0.01)))
    assert told["BP7"].status is Status.NOT_ASSESSED
    assert (
        splicing.judge(Observed(gene="ABC1", splicing=score(0.0, "SpliceAI")), PLAIN)[1].status
        is Status.NOT_ASSESSED
    )


def test_pp2_only_where_a_panel_asks() -> None:
    assert missense.substitution(Observed(gene="ABC1", effect=MISSENSE), PLAIN).status is Status.NOT_ASSESSED
    rules = rules_for("PTPN11")
    assert missense.substitution(Observed(gene="PTPN11", effect=MISSENSE), rules).counts
    assert missense.substitution(Observed(gene="PTPN11", effect=SILENT), rules).status is Status.NOT_MET
    assert missense.substitution(Observed(gene="PTPN11"), rules).status is Status.NOT_ASSESSED
