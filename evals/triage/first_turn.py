"""What a patient's chat makes of a first message: rules, second reader and the question that comes next, together.

``python -m evals.triage.first_turn`` prints it for the fifth unseen set, whose misses are never shown.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import yaml

from evals.triage.made import DATA
from evals.triage.scores import Share
from evals.triage.surface import Row, lines
from tools.triage.conversation import Reader, Talk, step
from tools.triage.levels import Level
from tools.triage.second_reader import second_reader


class First(NamedTuple):
    """What comes first.

    The level that rules and readers found, that with the complaint's floor, and whether danger signs are asked about.
    """

    found: Level | None
    level: Level | None
    asks: bool


def first(text: str, readers: Sequence[Reader]) -> First:
    """The first turn of a talk that begins with this message."""
    _, turn = step(Talk(country="GB"), text, readers=readers)
    asks = turn.question is not None and turn.question.raises is Level.EMERGENCY
    return First(turn.assessment.level, turn.level, asks)


def rows() -> Iterator[Row]:
    """The fifth set through the chat."""
    held = second_reader()
    readers = (held.read,) if held is not None else ()
    data = yaml.safe_load((DATA / "unseen_fifth.yaml").read_text(encoding="utf-8"))
    urgent = [first(row["text"], readers) for row in data["emergency"]]
    calm = [first(row["text"], readers) for row in data["harmless"]]
    soon = (Level.EMERGENCY, Level.SAME_DAY)
    called = Share(sum(one.found is Level.EMERGENCY for one in urgent), len(urgent))
    safe = Share(sum(one.found is Level.EMERGENCY or one.asks for one in urgent), len(urgent))
    loud = Share(sum(one.found in soon for one in calm), len(calm))
    floor = Share(sum(one.found not in soon and one.level in soon for one in calm), len(calm))
    asked = Share(sum(one.asks for one in calm), len(calm))
    yield Row(
        "fifth set, chat: emergencies called at once", ">= 98 %", "-", str(called), called.value >= 0.98
    )
    yield Row("fifth set, chat: called, or danger signs asked about", "-", "-", str(safe), None)
    yield Row("fifth set, chat: false alarms", "<= 5 %", "-", str(loud), loud.value <= 0.05)
    yield Row("fifth set, chat: harmless at a complaint's floor of the same day", "-", "-", str(floor), None)
    yield Row("fifth set, chat: harmless, danger signs asked about", "-", "-", str(asked), None)


if __name__ == "__main__":
    sys.stdout.write(lines(list(rows())))
