"""Codes to a class: points, guards, the table of 2015, and codes that do not go together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomics.acmg.combine import (
    SEVERITY,
    CodeError,
    classify,
    from_codes,
    if_confirmed,
    lower,
    not_benign_while_open,
    reconcile,
    strength_of,
)
from genomics.acmg.criteria import CODES, Criterion, Significance, Status, Strength, is_pathogenic

P, LP, VUS = Significance.PATHOGENIC, Significance.LIKELY_PATHOGENIC, Significance.UNCERTAIN
LB, B = Significance.LIKELY_BENIGN, Significance.BENIGN
STEPS = (Strength.SUPPORTING, Strength.MODERATE, Strength.STRONG, Strength.VERY_STRONG)


def one(code: str, strength: Strength | None = None, status: Status = Status.MET) -> Criterion:
    held = strength or CODES[code]
    counted = status in (Status.MET, Status.PROPOSED, Status.CONFIRMED)
    return Criterion(
        code=code, status=status, strength=held if counted else None, rationale="made for a test"
    )


@st.composite
def criteria(draw: st.DrawFn) -> tuple[Criterion, ...]:
    codes = draw(st.lists(st.sampled_from(sorted(CODES)), unique=True, max_size=10))
    return tuple(
        one(
            code,
            Strength.STAND_ALONE if code == "BA1" else draw(st.sampled_from(STEPS)),
            draw(st.sampled_from(Status)),
        )
        for code in codes
    )


@pytest.mark.parametrize(
    ("codes", "points", "by_points"),
    [
        ("PVS1 PM2_Supporting PP4", 10, P),
        ("PVS1 PP4", 9, LP),
        ("PS3 PM1", 6, LP),
        ("PS3 PP3", 5, VUS),
        ("", 0, VUS),
        ("BP4 BP7", -2, LB),
        ("BS1 BP4 BP7", -6, LB),
        ("BS1 BP4 BP7 BP2", -7, B),
        ("BA1", 0, B),
        ("BA1 PS3 PP3", 5, B),
    ],
)
def test_points_have_the_bounds_of_tavtigian(codes: str, points: int, by_points: Significance) -> None:
    told = classify(from_codes(codes.split()))
    assert (told.points, told.by_points) == (points, by_points)
    assert not told.guards


def test_a_single_supporting_benign_code_is_uncertain_unless_the_guard_is_off() -> None:
    codes = from_codes(["BP4"])
    assert classify(codes).by_points is VUS
    assert "-1" in classify(codes).guards[0]
    assert classify(codes, guards=False).by_points is LB
    assert not classify(codes, guards=False).guards


def test_ba1_beside_six_pathogenic_points_is_a_conflict_and_not_benign() -> None:
    """GJB2 c.35delG carries BA1, PVS1, PM3 very strong and PS4 in the panel's own row."""
    codes = from_codes(["BA1", "PVS1", "PM3_Very Strong", "PS4"])
    told = classify(codes)
    assert told.conflict
    assert told.by_points is VUS
    assert classify(codes, guards=False).by_points is B
    benign = from_codes(["BA1", "PS3", "PM1", "BS2", "BS3", "BS4"])
    assert classify(benign).by_points is LB, "the guard never raises the class of the points"


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        ("PVS1 PS3", P),
        ("PVS1 PM1 PM2", P),
        ("PVS1 PM1 PP3", P),
        ("PVS1 PP3 PP4", P),
        ("PS3 PS4", P),
        ("PS3 PM1 PM2 PM5", P),
        ("PS3 PM1 PM2 PP3 PP4", P),
        ("PS3 PM1 PP1 PP2 PP3 PP4", P),
        ("PVS1 PM1", LP),
        ("PS3 PM1", LP),
        ("PS3 PP1 PP3", LP),
        ("PM1 PM2 PM5", LP),
        ("PM1 PM2 PP3 PP4", LP),
        ("PM1 PP1 PP2 PP3 PP4", LP),
        ("PVS1 PP3", VUS),
        ("PM1 PM2 PP3", VUS),
        ("BS1 BS2", B),
        ("BA1", B),
        ("BS1 BP4", LB),
        ("BP4 BP7", LB),
        ("BS1", VUS),
        ("PVS1 PS3 BS1 BS2", VUS),
    ],
)
def test_the_table_of_2015(codes: str, told: Significance) -> None:
    assert classify(from_codes(codes.split())).by_rules_2015 is told


def test_strong_evidence_on_both_sides_is_flagged() -> None:
    assert classify(from_codes(["PS3", "BS1"])).conflict
    assert not classify(from_codes(["PS3", "BP4"])).conflict
    assert classify(from_codes(["PS3", "BA1"])).conflict


def test_only_met_and_confirmed_codes_count() -> None:
    codes = [
        one("PVS1", status=Status.PROPOSED),
        one("PS3", status=Status.NOT_MET),
        one("PM1", status=Status.CONFIRMED),
    ]
    assert classify(codes).points == 2
    confirmed = if_confirmed(codes)
    assert confirmed is not None
    assert confirmed.points == 10
    assert if_confirmed(codes[1:]) is None


def test_pvs1_switches_off_pp3_and_pm4_with_the_reason() -> None:
    held = {each.code: each for each in reconcile(from_codes(["PVS1_Moderate", "PP3", "PM4", "PM2"]))}
    assert held["PP3"].status is held["PM4"].status is Status.NOT_MET
    assert "PVS1" in held["PP3"].rationale
    assert held["PM2"].counts


def test_a_proposed_pvs1_switches_off_pp3_only_once_confirmed() -> None:
    codes = [one("PVS1", status=Status.PROPOSED), one("PP3")]
    assert classify(reconcile(codes)).points == 1
    confirmed = if_confirmed(codes)
    assert confirmed is not None
    assert confirmed.points == 8


@pytest.mark.parametrize(
    ("codes", "points"),
    [("PM1 PP3_Strong", 4), ("PM1 PP3", 3), ("PM1_Strong PP3_Strong", 4), ("PM1_Supporting PP3_Strong", 3)],
)
def test_pm1_and_pp3_give_four_points_at_most(codes: str, points: int) -> None:
    assert classify(reconcile(from_codes(codes.split()))).points == points


def test_no_benign_class_beside_a_pvs1_whose_strength_is_open() -> None:
    """A frequent splice variant known by its name alone: SLC26A4 c.919-2A>G is pathogenic, and met BS1."""
    codes = from_codes(["PVS1_Moderate", "BS1"])
    opened = tuple(
        each.model_copy(update={"command": "pull"}) if each.code == "PVS1" else each for each in codes
    )
    assert classify(codes).by_points is LB
    told = not_benign_while_open(classify(opened), opened)
    assert told.by_points is VUS
    assert told.conflict
    assert not_benign_while_open(classify(codes), codes) == classify(codes)


@pytest.mark.parametrize("code", ["PP5", "BP6"])
def test_retired_codes_are_refused_with_the_reason(code: str) -> None:
    with pytest.raises(CodeError, match="29543229"):
        from_codes([code])


@pytest.mark.parametrize("code", ["PX1", "PM2_Huge", "BA1_Strong", "PM2_Stand Alone", "hello", "PM2_"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(CodeError):
        from_codes([code])


def test_a_code_given_twice_is_refused() -> None:
    with pytest.raises(CodeError, match="more than once"):
        from_codes(["PM2", "PM2_Supporting"])


@pytest.mark.parametrize("word", ["Very Strong", "very_strong", "VeryStrong", "very-strong"])
def test_strengths_in_every_spelling(word: str) -> None:
    assert strength_of(word) is Strength.VERY_STRONG
    assert from_codes([f"PM3_{word}"])[0].points == 8


@given(criteria(), st.sampled_from(sorted(CODES)), st.sampled_from(STEPS))
def test_a_pathogenic_code_never_lowers_and_a_benign_one_never_raises(
    held: tuple[Criterion, ...], code: str, strength: Strength
) -> None:
    rest = tuple(each for each in held if each.code != code)
    more = (*rest, one(code, Strength.STAND_ALONE if code == "BA1" else strength))
    for told in ("by_points", "by_rules_2015"):
        before, after = (SEVERITY.index(getattr(classify(each), told)) for each in (rest, more))
        assert after >= before if is_pathogenic(code) else after <= before


@given(st.data(), criteria())
def test_the_order_of_codes_does_not_matter(data: st.DataObject, held: tuple[Criterion, ...]) -> None:
    shuffled = data.draw(st.permutations(held))
    assert classify(held) == classify(shuffled)
    assert if_confirmed(held) == if_confirmed(shuffled)
    assert classify(reconcile(held)) == classify(reconcile(shuffled))


@given(criteria())
def test_reconciled_codes_stand_together(held: tuple[Criterion, ...]) -> None:
    settled = {each.code: each for each in reconcile(held)}
    counted = {code for code, each in settled.items() if each.counts}
    assert not ("PVS1" in counted and counted & {"PP3", "PM4"})
    assert not {"BA1", "BS1"} <= counted
    if {"PM1", "PP3"} <= counted:
        assert settled["PM1"].points + settled["PP3"].points <= max(4, settled["PM1"].points)
    assert reconcile(settled.values()) == tuple(settled.values())


def test_lower_takes_the_more_benign() -> None:
    assert lower(P, LB) is LB
    assert lower(VUS, LP) is VUS
