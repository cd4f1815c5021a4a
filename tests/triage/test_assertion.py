"""The negation table: 235 hand-written sentences; precision and recall of each status are at least .95."""

from pathlib import Path

import pytest
import yaml

from tools.triage.assertion import Status
from tools.triage.facts import facts

TABLE = yaml.safe_load((Path(__file__).parent / "data" / "negation.yaml").read_text(encoding="utf-8"))[
    "table"
]
ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in TABLE.splitlines()]
STATUSES = sorted({status for _, status, _ in ROWS})


def _read(concept: str, sentence: str) -> str:
    best = facts(sentence).best(concept)
    if best is None:
        return "not read"
    return "present" if best.status.counts else best.status.value


def test_the_table_is_large_enough() -> None:
    assert len(ROWS) >= 200
    assert len({sentence for _, _, sentence in ROWS}) == len(ROWS)
    assert STATUSES == ["absent", "hypothetical", "other person", "past", "present"]


@pytest.mark.parametrize("status", STATUSES)
def test_precision_and_recall(status: str) -> None:
    read = [(status == gold, status == _read(concept, sentence)) for concept, gold, sentence in ROWS]
    right = sum(gold and got for gold, got in read)
    assert right / sum(got for _, got in read) >= 0.95
    assert right / sum(gold for gold, _ in read) >= 0.95


def test_a_span_points_at_the_users_own_words() -> None:
    text = "Hello – my café friend has CHEST  PAIN now"
    found = facts(text).best("chest_pain")
    assert found is not None
    assert text[found.start : found.end] == found.words == "CHEST  PAIN"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("slurred speech six days ago", "present"),
        ("slurred speech three weeks ago", "past"),
        ("chest pain 20 hours ago", "present"),
        ("chest pain three days ago", "past"),
        ("chest pain started three days ago", "present"),
    ],
)
def test_windows_of_the_past(text: str, status: str) -> None:
    concept = "speech_trouble" if "speech" in text else "chest_pain"
    assert _read(concept, text) == status


@pytest.mark.parametrize(
    ("text", "sign", "status"),
    [
        ("crushing pain in my chest, not sweating", "sweating", Status.ABSENT),
        ("I came back from Ghana last month and have a fever", "fever", Status.PRESENT),
        ("cut my wrists, it's not that deep I guess", "self_cut", Status.PRESENT),
        ("Marfan in the family, sudden ripping feeling in my chest", "tearing_pain", Status.PRESENT),
        ("family history of stroke, diabetes and chest pain", "chest_pain", Status.OTHER),
        ("bleach sprayed back in my face and eyes", "eye_chemical", Status.PRESENT),
    ],
)
def test_what_a_word_of_denial_or_time_reaches(text: str, sign: str, status: Status) -> None:
    held = facts(text).best(sign)
    assert held is not None
    assert held.status is status


def test_a_normal_temperature_is_no_fever() -> None:
    assert facts("temp 36.8 and a cough").best("fever") is None
    assert facts("temp 38.8 and a cough").best("fever") is not None
