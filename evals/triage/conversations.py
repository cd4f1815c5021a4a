"""Five hundred made conversations, each shown text checked: ``python -m evals.triage.conversations``.

``--engine talk`` takes the talk's own path; ``--engine assistant`` holds the first ``--count`` of them through
``Assistant`` with ``Role.PATIENT``, as the page does.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from time import perf_counter
from typing import NamedTuple, Protocol

from evals.triage import shown
from evals.triage.talkers import TALKS, TURNS, Talker, replied, talkers
from tools.triage import advice
from tools.triage.behaviours import reading_grade
from tools.triage.conversation import Talk, Turn, step
from tools.triage.levels import Level
from tools.triage.lexicon import ENGLISH
from tools.triage.questions import MOST


class Broken(NamedTuple):
    """A behaviour that a shown text did not hold."""

    talker: Talker
    turn: int
    problem: str
    text: str


class Held(NamedTuple):
    """One conversation as it went."""

    talker: Talker
    level: Level | None
    turns: int
    asked: int
    grades: tuple[float, ...]
    seconds: tuple[float, ...]
    broken: tuple[Broken, ...]


class Said(NamedTuple):
    """What a face showed for one message: ``spoken`` has the question beside ``told``, ``whole`` also the choices."""

    told: str
    spoken: str
    whole: str
    beside: str
    """What else stands on the page: sentences of sources."""
    talk: Talk
    turn: Turn
    level: Level | None


class Face(Protocol):
    """A way to the talk: the talk itself, or the assistant as the page uses it."""

    def say(self, said: str, chosen: Sequence[str]) -> Said: ...


class Plain:
    """The talk without an assistant around it, as ``consilium triage`` holds it."""

    def __init__(self, country: str) -> None:
        self._talk = Talk(country=country)

    def say(self, said: str, chosen: Sequence[str]) -> Said:
        self._talk, turn = step(self._talk, said, chosen)
        told, country = advice.told(turn, self._talk.country), self._talk.country
        question = turn.question or turn.beside
        labels = () if question is None else advice.choices(question, turn.assessment.language)
        spoken = f"{told} {advice.ask(turn)}".strip()
        whole = "\n".join([spoken, *(f"{words}." for _, words in labels)])
        return Said(told, spoken, whole, advice.watch(turn, country), self._talk, turn, turn.level)


def hold(talker: Talker, face: Face | None = None) -> Held:
    """The conversation from the opening to the end, at most :data:`TURNS` turns."""
    face = face or Plain(talker.country)
    draw, said = talker.draw(), talker.opening
    chosen: tuple[str, ...] = ()
    grades, seconds, broken = [], [], []
    last: Said | None = None
    urgent = 0
    for n in range(TURNS):
        begun = perf_counter()
        now = face.say(said, chosen)
        seconds.append(perf_counter() - begun)
        if now.turn.assessment.language == ENGLISH:
            grades.append(reading_grade(now.spoken))
        found = [*_of_text(now, talker.country), *_of_talk(now, last, said)]
        broken += [Broken(talker, n, problem, now.whole) for problem in found]
        last, urgent = now, urgent + (now.level is Level.EMERGENCY)
        if urgent > 2 or (now.turn.done and n > 5):
            break
        said, chosen = replied(talker.persona, now.turn.question or now.turn.beside, n + 1, draw)
    level, asked = (last.level, len(last.talk.asked)) if last else (None, 0)
    return Held(talker, level, n + 1, asked, tuple(grades), tuple(seconds), tuple(broken))


def _of_text(now: Said, country: str) -> Iterator[str]:
    """What the text itself must live up to: at the end the level of the whole talk, before it what has fired."""
    standing = now.turn.assessed if now.turn.done else now.turn.assessment
    yield from shown.problems(now.told, now.spoken, now.whole, standing, country)
    yield from shown.plain(now.beside, flagged=bool(standing.fired or standing.open))


def _of_talk(now: Said, last: Said | None, said: str) -> Iterator[str]:
    """What holds between turns: the level does not fall, no question comes twice, and not more than six come."""
    talk, turn = now.talk, now.turn
    if last is not None and "meant" not in said.lower():
        if _rank(turn.assessment.level) < _rank(last.turn.assessment.level):
            yield f"what fired fell from {last.turn.assessment.level} to {turn.assessment.level}"
        if _rank(now.level) < _rank(last.level) and not last.turn.unanswered:
            yield f"the level fell from {last.level} to {now.level}"
    if len(set(talk.asked)) != len(talk.asked):
        yield "a question was asked twice"
    if len(talk.asked) > MOST:
        yield f"{len(talk.asked)} questions"
    if (
        turn.question is not None
        and not turn.again
        and last is not None
        and turn.question.id in last.talk.asked
    ):
        yield f"asked {turn.question.id} again"
    if turn.assessment.level is Level.EMERGENCY and turn.question is not None:
        yield "a must-ask question beside an emergency"


def _rank(level: Level | None) -> int:
    return -1 if level is None else level.rank


def _line(one: Broken) -> str:
    who = f"{one.talker.origin}, {one.talker.persona}, {one.talker.country or 'no country'}, turn {one.turn}"
    return f"{one.problem} | {who}: {one.talker.opening} -> {one.text!r}"


class Summary(NamedTuple):
    """Counts over conversations."""

    talks: int
    texts: int
    levels: Counter[str]
    median_grade: float
    most_grade: float
    most_asked: int
    p50_ms: float
    p95_ms: float
    broken: tuple[Broken, ...]


def summary(held: Sequence[Held]) -> Summary:
    """What the conversations come to."""
    grades = [grade for one in held for grade in one.grades]
    seconds = sorted(value for one in held for value in one.seconds)
    return Summary(
        len(held), len(seconds), Counter(str(one.level) for one in held), median(grades), max(grades),
        max(one.asked for one in held), 1000 * median(seconds), 1000 * seconds[int(0.95 * len(seconds))],
        tuple(broken for one in held for broken in one.broken),
    )  # fmt: skip


def main(words: Sequence[str] | None = None) -> int:
    """Print the counts and each broken behaviour; 0 when none is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=TALKS)
    parser.add_argument("--engine", choices=("talk", "assistant"), default="talk")
    given = parser.parse_args(words)
    if given.engine == "assistant":
        from evals.triage.patients import held

        found = summary(held(talkers()[: given.count]))
    else:
        found = summary([hold(one) for one in talkers(given.count)])
    sys.stdout.write(
        f"{found.talks} talks, {found.texts} texts; levels at the end {dict(found.levels)}; reading grade median "
        f"{found.median_grade:.1f}, most {found.most_grade:.1f}; most questions {found.most_asked}; a turn p50 "
        f"{found.p50_ms:.1f} ms, p95 {found.p95_ms:.1f} ms; broken {len(found.broken)}: "
        f"{dict(Counter(one.problem.split(':')[0] for one in found.broken))}\n"
    )
    sys.stdout.write("".join(f"  {_line(one)}\n" for one in found.broken))
    return bool(found.broken)


if __name__ == "__main__":
    sys.exit(main())
