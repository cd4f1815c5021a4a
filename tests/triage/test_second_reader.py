"""The second reader adds a sign with the person's words, or nothing; it changes nothing that the rules found."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tools.triage.engine import assess
from tools.triage.facts import Facts
from tools.triage.levels import Level
from tools.triage.lexicon import KnowledgeError
from tools.triage.second_reader import DANGER, MAYBE, WEIGHTS, SecondReader, pieces


class Counted:
    """An encoder of one number: how many exclamation marks a text holds. Only for the reader's own arithmetic."""

    name = "counted"

    def setup(self) -> None: ...

    def encode(self, texts: Sequence[str]) -> Any:
        return np.array([[text.count("!")] for text in texts], dtype=np.float32)


@pytest.fixture
def reader(tmp_path: Path) -> SecondReader:
    weights = tmp_path / "weights.json"
    told = {"encoder": "counted", "weight": [2.0], "bias": -3.0, "limits": {DANGER: 0.9, MAYBE: 0.6}}
    weights.write_text(json.dumps(told), encoding="utf-8")
    return SecondReader(Counted(), weights)


@pytest.mark.parametrize(
    ("text", "named"), [("odd", None), ("odd !!", MAYBE), ("odd !!!", DANGER), ("", None), ("  ", None)]
)
def test_limits(reader: SecondReader, text: str, named: str | None) -> None:
    heard = reader.read(text).concepts
    assert [one.id for one in heard] == ([named] if named else [])


def test_the_words_are_the_persons_own_and_the_worst_piece_counts(reader: SecondReader) -> None:
    text = (
        "We had a nice day at the lake and talked about work for hours. " * 9
        + "It is so odd !!! And then we ate."
    )
    (heard,) = reader.read(text).concepts
    assert heard.id == DANGER
    assert heard.words == text[heard.start : heard.end]
    assert "so odd !!!" in heard.words


def test_every_word_of_a_long_message_is_read() -> None:
    text = " ".join(f"word{n}" for n in range(500))
    assert {word for piece in pieces(text) for word in piece.split()} == set(text.split())


def test_it_can_only_raise(reader: SecondReader) -> None:
    quiet, loud = "I have a sore toe", "I have crushing chest pain, I am 61"
    for text in (quiet, loud):
        before = assess(text).level
        for said in ("", " !!", " !!!"):
            after = assess(text, answers=[reader.read(text + said)]).level
            assert (after.rank if after else -1) >= (before.rank if before else -1)
    assert assess(quiet, answers=[reader.read(f"{quiet} !!!")]).level is Level.EMERGENCY
    assert reader.read(quiet) == Facts()


@pytest.mark.parametrize(
    "told",
    [
        "{",
        "{}",
        json.dumps({"encoder": "another", "weight": [1], "bias": 0, "limits": {DANGER: 1, MAYBE: 1}}),
        json.dumps({"encoder": "counted", "weight": "x", "bias": 0, "limits": {DANGER: 0.9, MAYBE: 0.5}}),
        json.dumps(
            {"encoder": "counted", "weight": [float("nan")], "bias": 0, "limits": {DANGER: 0.9, MAYBE: 0.5}}
        ),
        json.dumps({"encoder": "counted", "weight": [1], "bias": 0, "limits": {DANGER: 7, MAYBE: 0.5}}),
    ],
)
def test_damaged_or_foreign_weights_are_refused(tmp_path: Path, told: str) -> None:
    path = tmp_path / "weights.json"
    path.write_text(told, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"weights\.json"):
        SecondReader(Counted(), path)


def test_the_weights_that_ship_read_plain_cases() -> None:
    from tools.triage.second_reader import second_reader

    held = second_reader()
    assert held is not None
    assert WEIGHTS.is_file()
    assert held.read("it is as if a giant were kneeling on my ribs and I have gone clammy and grey").concepts
    for harmless in (
        "how do I renew my prescription",
        "a hangnail on my thumb",
        "my knees creak when I squat",
    ):
        assert not held.read(harmless).concepts
