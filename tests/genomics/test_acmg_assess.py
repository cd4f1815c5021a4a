"""All codes of one variant: one criterion each, reasons, gaps, proposals, and no label anywhere."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genomics.acmg.assess import assess, gaps
from genomics.acmg.code_words import CODE_WORDS
from genomics.acmg.criteria import CODES, Criterion, Significance, Status, Strength
from genomics.acmg.gene_rules import rules_for, text
from genomics.acmg.observed import Observed
from genomics.effect import Effect, EffectSource
from genomics.lookups.rows import Dosage, Frequency, Gap, KnownClass, Neighbour, Score
from retrieval.evidence import Depth, Source

SOURCE = Source(id="pack:made", title="made for a test", version="1", licence="none", depth=Depth.RECORD)
GAP = Gap(reason="the pack is missing", held=False, command="consilium packs pull made")
EFFECT_CODES = {"PVS1", "PS1", "PM1", "PM4", "PM5", "PP2", "BP3"}


def effect(term: str, **more: object) -> Effect:
    held = {"source": EffectSource.MODEL, "told_by": "made model", "gene": "PAH", "transcript": "NM_000277.3"}
    return Effect.model_validate({**held, "terms": (term,), "mane_select": True, **more})


def dosage(score: int | None = 30, gene: str = "PAH") -> Dosage:
    return Dosage(source=SOURCE, gene=gene, haploinsufficiency=score)


def absent() -> Frequency:
    return Frequency(source=SOURCE, frequency=0.0, count=0, number=200_000)


def frequent() -> Frequency:
    return Frequency(source=SOURCE, faf95=0.2, frequency=0.21, count=42_000, number=200_000)


def revel(score: float) -> Score:
    return Score(source=SOURCE, tool="REVEL", score=score)


def spliceai(score: float) -> Score:
    return Score(source=SOURCE, tool="SpliceAI", score=score)


FRAMESHIFT = effect(
    "frameshift_variant", p_name="p.Lys10ArgfsTer5", decay=True, decay_reason="exon 2 of 13", in_frame=False
)
SUBSTITUTION = effect("missense_variant", c_name="c.1222C>T", p_name="p.Arg408Trp")


def test_exactly_one_criterion_for_each_code_in_order() -> None:
    told = assess(Observed(gene="PAH"))
    assert [one.code for one in told.criteria] == list(CODES)
    assert set(CODE_WORDS) == set(CODES)


def test_nothing_known_is_nothing_assessed() -> None:
    told = assess(
        Observed(
            gene="PAH", effect=GAP, frequency=GAP, missense=GAP, splicing=GAP, dosage=GAP, neighbours=GAP
        )
    )
    assert {one.status for one in told.criteria} == {Status.NOT_ASSESSED}
    assert told.verdict.by_points is Significance.UNCERTAIN
    assert told.verdict.points == 0
    assert told.if_confirmed is None
    assert "default thresholds" in told.rules


def test_every_reason_is_said_and_commands_come_first() -> None:
    told = assess(Observed(gene="PAH", effect=SUBSTITUTION, frequency=GAP, missense=GAP, splicing=GAP))
    assert "consilium packs pull made" in told.gaps[0]
    assert any("functional assay" in gap for gap in told.gaps)
    assert gaps(told.criteria) == told.gaps
    assert len(set(told.gaps)) == len(told.gaps)


def test_a_null_variant_with_decay_and_absence() -> None:
    told = assess(Observed(gene="PAH", effect=FRAMESHIFT, frequency=absent(), dosage=dosage()))
    assert told.criterion("PVS1").strength is Strength.VERY_STRONG
    assert told.criterion("PM2").counts
    assert told.verdict.points == 9
    assert told.verdict.by_points is Significance.LIKELY_PATHOGENIC


def test_met_codes_carry_evidence() -> None:
    told = assess(
        Observed(
            gene="GAA", effect=SUBSTITUTION, frequency=absent(), missense=revel(0.95), splicing=spliceai(0.0)
        )
    )
    met = [one for one in told.criteria if one.counts]
    assert {one.code for one in met} == {"PM2", "PP3"}
    assert all(one.evidence for one in met)
    assert all(one.source.title for criterion in met for one in criterion.evidence)


def test_pvs1_switches_off_pp3() -> None:
    told = assess(
        Observed(gene="PAH", effect=FRAMESHIFT, frequency=absent(), splicing=spliceai(0.9), dosage=dosage())
    )
    assert told.criterion("PVS1").counts
    assert not told.criterion("PP3").counts
    assert not told.criterion("PM4").counts


def test_a_frequent_silent_variant_is_benign() -> None:
    told = assess(
        Observed(
            gene="PAH", effect=effect("synonymous_variant"), frequency=frequent(), splicing=spliceai(0.0)
        )
    )
    assert {one.code for one in told.criteria if one.counts} == {"BA1", "BP4", "BP7"}
    assert told.verdict.by_points is Significance.BENIGN


def test_a_null_variant_known_by_name_alone_is_never_called_benign() -> None:
    named = effect("splice_acceptor_variant", source=EffectSource.NAME, c_name="c.919-2A>G")
    told = assess(Observed(gene="PAH", effect=named, frequency=frequent(), dosage=dosage()))
    assert told.criterion("PVS1").counts
    assert told.criterion("PVS1").command
    assert told.verdict.by_points is Significance.UNCERTAIN
    assert told.verdict.conflict


def test_mitochondrial_dna_has_its_own_rules() -> None:
    rare = Frequency(source=SOURCE, frequency=0.0, count=0, number=60_000)
    told = assess(Observed(gene="MT-ND1", effect=effect("missense_variant", gene="MT-ND1"), frequency=rare))
    for code in ("PM1", "PP2", "BP1", "BP7"):
        assert told.criterion(code).status is Status.NOT_ASSESSED
        assert "32906214" in told.criterion(code).rationale
    assert told.criterion("PM2").counts


def test_a_code_that_the_panel_does_not_use_is_blocked_whatever_was_found() -> None:
    told = assess(
        Observed(gene="RYR1", effect=FRAMESHIFT, frequency=absent(), dosage=dosage(3, "RYR1")),
        rules_for("RYR1"),
    )
    assert told.criterion("PVS1").status is Status.NOT_ASSESSED
    assert told.criterion("PM2").status is Status.NOT_ASSESSED
    assert "Malignant Hyperthermia" in told.rules


def proposal(code: str, strength: Strength, status: Status = Status.PROPOSED) -> Criterion:
    return Criterion(code=code, status=status, strength=strength, rationale="from a paper")


def test_a_proposal_counts_only_if_confirmed() -> None:
    observed = Observed(gene="PAH", effect=SUBSTITUTION, frequency=absent(), missense=revel(0.95))
    told = assess(observed, proposals=(proposal("PM3", Strength.STRONG),))
    assert told.verdict == assess(observed).verdict
    assert told.if_confirmed is not None
    assert told.if_confirmed.points == told.verdict.points + 4


def test_a_confirmed_code_counts_and_a_computed_one_gives_way_to_it_alone() -> None:
    observed = Observed(gene="PAH", effect=SUBSTITUTION, frequency=absent(), missense=revel(0.70))
    kept = assess(observed, proposals=(proposal("PP3", Strength.STRONG),))
    assert kept.criterion("PP3").strength is Strength.SUPPORTING
    taken = assess(observed, proposals=(proposal("PP3", Strength.MODERATE, Status.CONFIRMED),))
    assert taken.criterion("PP3").strength is Strength.MODERATE
    assert taken.if_confirmed is None


@pytest.mark.parametrize("status", [Status.MET])
def test_a_proposal_of_another_status_is_refused(status: Status) -> None:
    with pytest.raises(ValueError, match="proposed or confirmed"):
        assess(Observed(gene="PAH"), proposals=(proposal("PS3", Strength.STRONG, status),))
    with pytest.raises(ValueError, match="more than once"):
        assess(Observed(gene="PAH"), proposals=(proposal("PS3", Strength.STRONG),) * 2)


def test_no_known_class_fits_into_what_is_observed() -> None:
    """Swapping the known class cannot change the independent one: there is no field that takes it."""
    kinds = {str(field.annotation) for field in Observed.model_fields.values()}
    assert not any(KnownClass.__name__ in kind for kind in kinds)


NEIGHBOUR = Neighbour(
    c_name="c.1223G>A", p_name="p.Arg408Gln", significance="Pathogenic", stars=2, accession="made"
)
PARTS: dict[str, list[object]] = {
    "effect": [
        GAP,
        FRAMESHIFT,
        SUBSTITUTION,
        effect("synonymous_variant"),
        effect("inframe_deletion", in_frame=True),
    ],
    "frequency": [GAP, absent(), frequent()],
    "missense": [GAP, revel(0.01), revel(0.99)],
    "splicing": [GAP, spliceai(0.0), spliceai(0.9)],
    "dosage": [GAP, dosage(), dosage(0)],
    "neighbours": [GAP, (NEIGHBOUR,), ()],
}
GENES = ("PAH", "GAA", "RYR1", "MT-ND1", "BRCA2", "JAK3", "RUNX1", "PTPN11")
CODES_OF = {
    "frequency": ("PM2", "BA1", "BS1", "BS2"),
    "splicing": ("BP7",),
    "neighbours": ("PS1", "PM5"),
    "effect": ("PVS1", "PS1", "PM1", "PM4", "PM5", "PP2", "BP3", "BP7"),
}
"""Codes that are not assessed without the part."""


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(GENES),
    st.fixed_dictionaries({name: st.sampled_from(held) for name, held in PARTS.items()}),
)
def test_whatever_is_known_the_assessment_is_sound(gene: str, parts: dict[str, object]) -> None:
    told = assess(Observed.model_validate({"gene": gene, **parts}))
    counted = {one.code for one in told.criteria if one.counts}
    assert [one.code for one in told.criteria] == list(CODES)
    assert not ("PVS1" in counted and counted & {"PP3", "PM4"})
    assert not {"PP3", "BP4"} <= counted
    assert not {"PM2", "BA1"} <= counted
    assert all(one.evidence for one in told.criteria if one.counts)
    assert all(one.status is not Status.PROPOSED for one in told.criteria)
    for evidence in (evidence for one in told.criteria for evidence in one.evidence):
        if evidence.source.id.startswith("rule:"):
            assert evidence.quote in (text(evidence.source.id) or ""), (
                "a quote of a rule stands in the rule's text"
            )


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(GENES),
    st.sampled_from(sorted(CODES_OF)),
    st.fixed_dictionaries({name: st.sampled_from(held) for name, held in PARTS.items()}),
)
def test_a_code_without_its_evidence_is_not_assessed(gene: str, part: str, parts: dict[str, object]) -> None:
    told = assess(Observed.model_validate({"gene": gene, **parts, part: GAP}))
    for code in CODES_OF[part]:
        one = told.criterion(code)
        silent = part in ("splicing", "neighbours") and one.status is Status.NOT_MET
        assert one.status is Status.NOT_ASSESSED or (
            silent and _excluded_by_the_effect(parts["effect"], code)
        ), code


def _excluded_by_the_effect(held: object, code: str) -> bool:
    """PS1, PM5 and BP7 can be turned down by the kind of change alone."""
    return isinstance(held, Effect) and code in ("PS1", "PM5", "BP7")


def test_all_parts_together_are_quick_and_pure() -> None:
    for combination in itertools.islice(itertools.product(*PARTS.values()), 0, 200):
        observed = Observed.model_validate({"gene": "PAH", **dict(zip(PARTS, combination, strict=True))})
        assert assess(observed) == assess(observed)
