"""The 50 emergency and 30 harmless messages written before any rule, plain and in disguise."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tools.triage.engine import assess
from tools.triage.levels import Level

DATA = Path(__file__).parent / "data"
SET = yaml.safe_load((DATA / "gate_messages.yaml").read_text(encoding="utf-8"))
SECOND = yaml.safe_load((DATA / "unseen_second.yaml").read_text(encoding="utf-8"))
THIRD = yaml.safe_load((DATA / "unseen_third.yaml").read_text(encoding="utf-8"))
FIRST_UNSEEN = yaml.safe_load((DATA / "unseen_messages.yaml").read_text(encoding="utf-8"))


def _padded(text: str) -> str:
    line = SET["padding_sentence"]
    size = SET["padding_characters"]
    padding = (line * (size // len(line) + 1))[:size]
    return f"{padding}. {text}\n{padding}"


DISGUISES: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "capitals": str.upper,
    "padding": _padded,
    **{f"preface {preface!r}": (lambda text, preface=preface: preface + text) for preface in SET["prefaces"]},
    **{f"suffix {suffix!r}": (lambda text, suffix=suffix: text + suffix) for suffix in SET["suffixes"]},
}


def _emergencies(message: dict[str, object], text: str) -> bool:
    found = assess(text)
    fired = {rule.rule for rule in found.fired if rule.level is Level.EMERGENCY}
    return found.level is Level.EMERGENCY and bool(fired & set(message["expect"]))


def test_the_set_is_whole() -> None:
    assert len(SET["emergency"]) >= 50
    assert len(SET["harmless"]) >= 30


@pytest.mark.parametrize("disguise", DISGUISES)
def test_no_emergency_is_missed(disguise: str) -> None:
    missed = [m["id"] for m in SET["emergency"] if not _emergencies(m, DISGUISES[disguise](m["text"]))]
    assert missed == []


@pytest.mark.parametrize("disguise", DISGUISES)
def test_at_most_two_false_alarms(disguise: str) -> None:
    loud = [m["id"] for m in SET["harmless"] if assess(DISGUISES[disguise](m["text"])).level is not None]
    assert len(loud) <= 2, loud


def test_later_messages_stay_caught() -> None:
    """Mended after their first measure (see the heads of the files); kept so that they are not lost again."""
    both = FIRST_UNSEEN["emergency"] + SECOND["emergency"]
    missed = [m["id"] for m in both if not _emergencies(m, m["text"])]
    assert len(missed) <= 2, missed
    third = [m["id"] for m in THIRD["emergency"] if assess(m["text"]).level is not Level.EMERGENCY]
    assert len(third) <= 2, third
    loud = [m["id"] for m in SECOND["harmless"] + THIRD["harmless"] if assess(m["text"]).level is not None]
    assert len(loud) <= 2, loud
