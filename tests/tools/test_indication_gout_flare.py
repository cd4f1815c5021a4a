"""Gout flare: eGFR, heart and stomach disease, nothing by mouth, infection."""

from __future__ import annotations

from functools import partial

import pytest

from tests.tools import asked_options
from tests.tools.asked_options import AskedOptions
from tools.treatment.predicates import Level

ASKED = AskedOptions("gout_flare")
option, verdict, preferred = ASKED.option, ASKED.verdict, ASKED.preferred
framed = partial(asked_options.framed, guidelines=False)


@pytest.mark.parametrize(
    ("problems", "egfr", "level"),
    [
        ((), 90, Level.NONE),
        ((), 60, Level.NONE),
        ((), 59, Level.MONITOR),
        (("heart failure",), 90, Level.MONITOR),
        (("myocardial infarction 2019",), 90, Level.MONITOR),
        (("duodenal ulcer",), 90, Level.MONITOR),
    ],
)
def test_heart_kidney_and_stomach_speak_against_an_nsaid(
    problems: tuple[str, ...], egfr: float, level: Level
) -> None:
    frame = framed(problems=("gout", *problems), eGFR=egfr)
    assert verdict("nsaid", frame).level is level
    assert preferred("oral_glucocorticoid", frame) == [level is Level.MONITOR]


def test_an_unknown_egfr_is_asked() -> None:
    found = verdict("nsaid", framed(problems=("gout",)))
    assert not found.certain
    assert any("eGFR" in ask for ask in found.asks)


def test_nothing_by_mouth_means_an_injection() -> None:
    frame, well = framed(problems=("gout", "NPO after surgery")), framed(problems=("gout",))
    assert preferred("injected_glucocorticoid", frame) == [True]
    assert preferred("injected_glucocorticoid", well) == [False]
    assert verdict("oral_glucocorticoid", frame).level is Level.CHANGE
    assert verdict("oral_glucocorticoid", well).level is Level.NONE


def test_interleukin_1_inhibitors_stand_behind_and_not_in_infection() -> None:
    assert verdict("il1_inhibitor", framed(problems=("gout", "sepsis"))).level is Level.CHANGE
    assert verdict("il1_inhibitor", framed(problems=("gout",))).level is Level.NOTE
    assert option("il1_inhibitor").line > max(
        option(name).line for name in ("colchicine", "nsaid", "oral_glucocorticoid")
    )
