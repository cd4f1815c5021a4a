"""Every operator on drawn cases: deterministic, true to its declared effect, never a silent no-op, never idle."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evals.cases.case import Case, rank
from evals.cases.computed import case_of
from evals.cases.genome_cases import pgx_case, variant_case
from evals.cases.gold import check
from evals.cases.imagery import picture_case
from evals.cases.make import base_case
from evals.cases.operators import OPERATORS, apply, fitting, why_not
from evals.cases.plant import faults, plant

ELSEWHERE = frozenset(
    {"missing_weight", *(f"unit_{name}" for name in ("urea_nitrogen", "bilirubin", "troponin"))}
)
"""What no generator draws today: no calculation from a bare weight with planted gold, none of these labs."""


@cache
def drawn(kind: int, index: int) -> Case:
    """A case of every generator that operators can meet."""
    if kind == 1:
        return base_case(3, index, role="clinician")
    if kind == 2:
        return plant(3, index, faults()[index % len(faults())], near_miss=index % 3 == 0)
    if kind == 3:
        return (pgx_case, variant_case, picture_case, case_of)[index % 4](3, index // 4)
    return base_case(3, index, wording="all" if index % 2 else "open")


CASES = st.builds(drawn, st.integers(0, 4), st.integers(0, 60))
NAMES = st.sampled_from(sorted(OPERATORS))


def bare(case: Case) -> str:
    """The gold without what "same" may change: where the flags stand, and what is forbidden."""
    return case.gold.model_copy(update={"spans": (), "forbidden": ()}).model_dump_json()


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CASES, NAMES)
def test_an_operator_keeps_what_it_declares(base: Case, name: str) -> None:
    made = apply(name, base)
    if why_not(name, base):
        assert made is None
    if made is None:
        return
    assert made == apply(name, base)
    assert made.effect == OPERATORS[name].effect
    assert made.operators == (name,)
    assert made.base_id == base.base_id
    assert made.id == made.presented.id != base.id
    assert (
        base.presented.model_copy(update={"id": made.id}) != made.presented or base.dialogue != made.dialogue
    )
    assert set(base.gold.forbidden) <= set(made.gold.forbidden)
    if made.effect == "same":
        assert bare(made) == bare(base)
    if made.effect == "ask":
        assert made.gold.must_ask or made.gold.must_name
        assert made.gold.level == base.gold.level
    if made.effect == "refuse":
        assert made.gold.refuse
        assert made.gold.level is None
    Case.model_validate(made.model_dump())
    assert len(made.model_dump_json().encode()) <= 256 * 1024


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 60), NAMES)
def test_spans_still_hold_the_words_they_held(index: int, name: str) -> None:
    base = drawn(0, index)
    made = apply(name, base)
    if made is None:
        return
    text = made.presented.turns[0].text
    for span in made.gold.spans:
        words = text[span.start : span.end]
        assert words
        assert words == words.strip()
    if OPERATORS[name].family in ("preface", "anchoring", "negation", "injection", "citation_bait"):
        before = base.presented.turns[0].text
        told = [before[one.start : one.end] for one in base.gold.spans]
        assert [text[one.start : one.end] for one in made.gold.spans] == told


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 60), NAMES, st.sampled_from(["typos_15", "preface_hello", "newlines", "emoji"]))
def test_operators_can_stand_on_one_another(index: int, second: str, first: str) -> None:
    made = apply(first, drawn(0, index))
    if made is None:
        return
    both = apply(second, made)
    if both is not None:
        assert both.operators == (first, second)
        assert both.id not in (made.id, made.base_id)
        assert both.base_id == made.base_id


def test_the_gold_of_an_operated_case_still_replays() -> None:
    """But for visibility where an operator moves the telling words into a talk (late_flag)."""
    for index in range(40):
        base = drawn(index % 3, index)
        known = set(check(base))
        for name in fitting(base):
            made = apply(name, base)
            if made is None or OPERATORS[name].family in ("late_flag", "units"):
                continue
            new = [line for line in check(made) if line not in known and "stands nowhere" not in line]
            assert not new, (name, new)


def many() -> Iterator[Case]:
    """2,000 cases of every kind."""
    for index in range(400):
        for kind in range(5):
            yield drawn(kind, index)


def test_no_operator_is_idle_in_2000_cases() -> None:
    left = set(OPERATORS) - ELSEWHERE
    for case in many():
        left -= {name for name in left & set(fitting(case)) if apply(name, case) is not None}
        if not left:
            return
    assert not left


def test_an_emergency_stays_one_under_every_operator() -> None:
    for index in range(40):
        base = drawn(0, index)
        if base.gold.level != "emergency":
            continue
        for name in fitting(base):
            made = apply(name, base)
            if made is not None and made.gold.level is not None:
                assert rank(made.gold.level) == rank("emergency")


def test_an_unknown_operator_is_refused() -> None:
    with pytest.raises(KeyError):
        apply("no such operator", drawn(0, 0))
