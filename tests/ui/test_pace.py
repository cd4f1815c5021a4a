"""Twenty questions a minute for each session, no matter what others do."""

from __future__ import annotations

from assistant.ui.pace import Pace


def test_the_twenty_first_question_waits_and_others_do_not() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    assert [pace.wait("a") for _ in range(Pace.PER_MINUTE)] == [0] * Pace.PER_MINUTE
    now[0] = 20.0
    assert pace.wait("a") == 40.0
    assert pace.wait("b") == 0
    now[0] = 60.0
    assert pace.wait("a") == 0


def test_silent_sessions_are_dropped() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    pace.wait("a")
    now[0] = 61.0
    pace.wait("b")
    assert set(pace._asked) == {"b"}
