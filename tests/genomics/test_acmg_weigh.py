"""Codes proposed from text: what is refused, what is weighed, and the strengths of PM3 and of assays."""

from __future__ import annotations

import pytest

from genomics.acmg.assess import assess
from genomics.acmg.code_words import CODE_WORDS
from genomics.acmg.combine import CodeError
from genomics.acmg.criteria import CODES, Criterion, Significance, Status, Strength
from genomics.acmg.observed import Observed
from genomics.acmg.weigh import (
    Proposal,
    SecondVariant,
    Weighed,
    odds_strength,
    pm3_points,
    pm3_strength,
    rule_text,
    weigh,
)

TEXT = (
    "The variant was found in trans with c.1222C>T in two unrelated patients.\n"
    "Enzyme activity was below 1 % of normal."
)
QUOTE = "in trans with c.1222C>T in two unrelated patients"


def held(pmid: str) -> str | None:
    return TEXT if pmid == "123" else None


def proposed(code: str = "PM3", strength: str = "Strong", quote: str = QUOTE, pmid: str = "123") -> Proposal:
    return Proposal(code=code, strength=strength, quote=quote, pmid=pmid)


def alone(*proposals: Proposal) -> Weighed:
    return weigh(None, proposals, held)


def test_a_sound_proposal_is_weighed_beside_the_rest() -> None:
    base = assess(Observed(gene="PAH"))
    told = weigh(
        base, [proposed(), proposed("PS3", "moderate", "Enzyme activity was below 1 % of normal")], held
    )
    assert told.points_added == 6
    assert told.without.by_points is Significance.UNCERTAIN
    assert told.with_proposals.by_points is Significance.LIKELY_PATHOGENIC
    assert [one.status for one in told.accepted] == [Status.PROPOSED] * 2
    assert told.accepted[0].evidence[0].quote == QUOTE
    assert told.accepted[0].evidence[0].source.pmid == "123"
    assert [code for code, _ in told.rules] == ["PM3", "PS3"]
    assert not told.refused


def test_line_breaks_in_the_text_do_not_matter_and_words_do() -> None:
    assert alone(proposed(quote="unrelated patients. Enzyme activity")).accepted
    assert (
        "does not stand"
        in alone(proposed(quote="in trans with c.1222C>T in three patients")).refused[0].reason
    )


@pytest.mark.parametrize(
    ("proposal", "reason"),
    [
        (proposed("PP5", "Supporting"), "29543229"),
        (proposed("BP6", "Supporting"), "29543229"),
        (proposed("PX9"), "no code"),
        (proposed("PM3", "huge"), "no strength"),
        (proposed("PM2", "Moderate"), "cannot be moderate"),
        (proposed("BA1", "Strong"), "cannot be strong"),
        (proposed("PS3", "Stand Alone"), "cannot be stand alone"),
        (proposed(pmid="999"), "not held"),
        (proposed(quote="in trans"), "shorter"),
    ],
)
def test_an_unsound_proposal_is_refused_with_the_reason(proposal: Proposal, reason: str) -> None:
    told = alone(proposal)
    assert reason in told.refused[0].reason
    assert told.refused[0].code == proposal.code
    assert not told.accepted
    assert told.points_added == 0
    assert told.with_proposals == told.without


def test_the_same_code_counts_once() -> None:
    told = alone(proposed(), proposed(strength="Very Strong"))
    assert told.points_added == 4
    assert "already" in told.refused[0].reason


def test_a_proposal_that_does_not_go_with_a_met_code_is_refused() -> None:
    null = Criterion(code="PVS1", status=Status.MET, strength=Strength.VERY_STRONG, rationale="decay")
    base = assess(Observed(gene="PAH"), proposals=(null.model_copy(update={"status": Status.CONFIRMED}),))
    told = weigh(base, [proposed("PP3", "Supporting")], held)
    assert told.points_added == 0
    assert not told.accepted
    assert "PVS1" in told.refused[0].reason


def test_benign_proposals_take_points_away() -> None:
    assert alone(proposed("BS3", "Strong")).points_added == -4


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_rule_and_may_have_the_strength_of_2015(code: str) -> None:
    assert rule_text(code).startswith(f"{code}: ")
    assert "25741868" in rule_text(code)
    if code != "PM2":
        assert CODES[code] in CODE_WORDS[code].allowed


@pytest.mark.parametrize("code", ["PP5", "XY1"])
def test_a_rule_that_is_not_in_use_is_not_told(code: str) -> None:
    with pytest.raises(CodeError):
        rule_text(code)


@pytest.mark.parametrize(
    ("points", "strength"),
    [
        (0.0, None),
        (0.25, None),
        (0.5, Strength.SUPPORTING),
        (0.75, Strength.SUPPORTING),
        (1.0, Strength.MODERATE),
        (2.0, Strength.STRONG),
        (3.75, Strength.STRONG),
        (4.0, Strength.VERY_STRONG),
        (9.0, Strength.VERY_STRONG),
    ],
)
def test_pm3_by_points(points: float, strength: Strength | None) -> None:
    assert pm3_strength(points) is strength


def test_points_of_patients_add_up_and_homozygotes_are_capped() -> None:
    assert (
        pm3_points([SecondVariant.TRANS, SecondVariant.UNPHASED_PATHOGENIC, SecondVariant.UNPHASED_LIKELY])
        == 1.75
    )
    assert pm3_points([SecondVariant.HOMOZYGOUS] * 5) == 1.0
    assert pm3_points([SecondVariant.UNCERTAIN, *[SecondVariant.HOMOZYGOUS] * 3]) == 1.25
    assert pm3_points([]) == 0


@pytest.mark.parametrize(
    ("odds", "told"),
    [
        (0.01, ("BS3", Strength.STRONG)),
        (0.053, ("BS3", Strength.MODERATE)),
        (0.2, ("BS3", Strength.MODERATE)),
        (0.23, ("BS3", Strength.SUPPORTING)),
        (0.47, ("BS3", Strength.SUPPORTING)),
        (0.48, None),
        (1.0, None),
        (2.1, None),
        (2.2, ("PS3", Strength.SUPPORTING)),
        (4.3, ("PS3", Strength.SUPPORTING)),
        (5.0, ("PS3", Strength.MODERATE)),
        (18.7, ("PS3", Strength.MODERATE)),
        (20.0, ("PS3", Strength.STRONG)),
        (350.0, ("PS3", Strength.STRONG)),
        (351.0, ("PS3", Strength.VERY_STRONG)),
    ],
)
def test_assays_by_their_odds(odds: float, told: object) -> None:
    assert odds_strength(odds) == told


@pytest.mark.parametrize("odds", [0.0, -1.0, float("nan")])
def test_impossible_odds_are_refused(odds: float) -> None:
    with pytest.raises(ValueError, match="greater than 0"):
        odds_strength(odds)
