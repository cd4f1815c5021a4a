"""Must-ask questions as data: which complaint asks what, what each answer means, and which question comes next.

An answer becomes facts, and the same rules read them: a question has no level of its own. "I don't know" is never a
"no". The order is by the level that the worst answer would bring, then as the file lists them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, PrivateAttr, ValidationError

from retrieval.evidence import Text, Word
from tools.triage.assertion import Status
from tools.triage.facts import Concept, Facts
from tools.triage.levels import Level
from tools.triage.lexicon import ENGLISH, FOLDER, KnowledgeError, lexicons
from tools.triage.rules import Condition, condition

NONE, UNKNOWN, YES, NO = "none", "unknown", "yes", "no"
"""Answers that every question of a kind has without saying so."""

MOST = 6
"""Questions in one talk (triage spec 6)."""


class Option(Word):
    """One answer that can be chosen, and the concepts that it says are there."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$")]
    text: Mapping[str, Text]
    watch: Mapping[str, Text] = {}
    """The sign as a safety net names it; empty for what is no sign."""
    sets: Annotated[tuple[str, ...], Field(min_length=1)]


class Question(Word):
    """What is asked, and what can be answered.

    ``choose``: any of the options, or none of these. ``yes_no``: ``means`` names the concepts that a yes says are
    there. ``words``: free words that are read as any message is (an age, a temperature, since when).
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$")]
    kind: Literal["choose", "yes_no", "words"]
    text: Mapping[str, Text]
    options: tuple[Option, ...] = ()
    means: tuple[str, ...] = ()
    fills: str = ""
    """For ``words``: the fact that it is about, "age" or the name of a number; empty for a story such as since when."""
    when: Any = None
    """Only asked while this condition does not say no; always where there is none."""
    direct: bool = False
    """Asked plainly once, even where the words say it already."""
    beside: bool = False
    """Stands beside an answer and holds nothing up; its answer is read by the talk, not by the rules."""
    not_with: tuple[str, ...] = ()
    """Not put where one of these rules has fired: who is there may be the danger."""
    raises: Level
    """The level that its worst answer would bring."""

    _when: Condition | None = PrivateAttr(default=None)

    @property
    def concepts(self) -> frozenset[str]:
        """The concepts that an answer settles."""
        return frozenset(self.means) | {name for option in self.options for name in option.sets}

    @property
    def choices(self) -> tuple[str, ...]:
        """The ids of all answers that can be chosen, in order; for words only "unknown"."""
        if self.kind == "choose":
            return (*(option.id for option in self.options), NONE, UNKNOWN)
        return (YES, NO, UNKNOWN) if self.kind == "yes_no" else (UNKNOWN,)

    def closed(self, chosen: Sequence[str]) -> bool:
        """Whether nothing of it is left to ask: several things may be true, so one of them is not the whole answer."""
        if self.kind != "choose":
            return bool(chosen)
        return bool({NONE, UNKNOWN} & set(chosen)) or {option.id for option in self.options} <= set(chosen)

    def without(self, chosen: Sequence[str]) -> Question:
        """The question with what was chosen already left out."""
        left = tuple(option for option in self.options if option.id not in chosen)
        return self.model_copy(update={"options": left})

    def held_in(self, language: str) -> bool:
        """Whether it can be asked in a language."""
        return language in self.text and all(language in option.text for option in self.options)

    def applies(self, known: Facts) -> bool:
        """Whether it can matter for this person."""
        return self._when is None or self._when(known).value is not False

    def settled(self, known: Facts) -> bool:
        """Whether the words or the chart hold the whole answer already."""
        if self.fills == "age":
            return bool(known.age_days)
        if self.fills:
            return self.fills in known.numbers
        if self.direct:
            return False
        told = {name: entry.status for name in self.concepts if (entry := known.best(name)) is not None}
        if self.kind == "yes_no" and any(status.counts for status in told.values()):
            return True
        clear = {name for name, status in told.items() if status.counts or status is Status.ABSENT}
        return bool(self.concepts) and clear == self.concepts

    def facts(self, chosen: Sequence[str], language: str = ENGLISH) -> Facts:
        """What chosen answers say; "unknown" takes nothing away from what was chosen beside it.

        Raises:
            ValueError: an answer that this question does not have.
        """
        strangers = set(chosen) - set(self.choices)
        if strangers:
            raise ValueError(f"{self.id} has the answers {', '.join(self.choices)}")
        there = self._present(chosen, language)
        clear = {NONE, NO} & set(chosen) and UNKNOWN not in chosen
        absent = self.concepts - set(there) if clear else frozenset()
        return Facts(
            concepts=tuple(
                Concept(id=name, status=status, words=words, chart=f"answer: {self.id}")
                for name, status, words in (
                    *((name, Status.PRESENT, words) for name, words in there.items()),
                    *((name, Status.ABSENT, "") for name in sorted(absent)),
                )
            ),
            pregnant=True if "pregnant" in there else False if "pregnant" in absent else None,
        )

    def _present(self, chosen: Sequence[str], language: str) -> dict[str, str]:
        if YES in chosen:
            return dict.fromkeys(self.means, said(self.text, language))
        taken = [option for option in self.options if option.id in chosen]
        return {name: said(option.text, language) for option in taken for name in option.sets}


class Presentation(Word):
    """A kind of complaint: what must be asked, and the level below which it never ends."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(_[a-z0-9]+)*$")]
    name: Mapping[str, Text]
    when: Any
    alone: bool = False
    """Only where no other complaint fits."""
    own: bool = False
    """Asks its own questions and no others: nobody in despair is asked about a pregnancy first."""
    floor: Level
    ask: tuple[str, ...]
    basis: Text
    """Where the set comes from; "house" where it is our own choice and unverified."""

    _when: Condition = PrivateAttr()

    def fits(self, known: Facts) -> bool:
        """Whether the person has this complaint now."""
        return bool(self._when(known).value)


class Questions(Word):
    """All presentations and questions, and what every talk asks."""

    presentations: Mapping[str, Presentation]
    questions: Mapping[str, Question]
    always: tuple[str, ...]
    """Asked in every talk about a complaint, before a level below the same day."""

    def fitting(self, known: Facts) -> tuple[Presentation, ...]:
        """The presentations that the facts show, in the order of the file."""
        found = tuple(one for one in self.presentations.values() if one.fits(known))
        named = tuple(one for one in found if not one.alone)
        return named or found

    def wanted(self, known: Facts, level: Level | None) -> tuple[Question, ...]:
        """What could still raise ``level`` for these facts: each question that applies and is not settled.

        Most urgent first; a question whose worst answer would not raise the level is not asked.
        """
        reached = level.rank if level is not None else -1
        shown = self.fitting(known)
        names = [name for one in shown for name in one.ask]
        names += [name for name in self.always if any(not one.own for one in shown)]
        listed = [self.questions[name] for name in dict.fromkeys(names)]
        standing = (
            one
            for one in listed
            if one.raises.rank > reached and one.applies(known) and not one.settled(known)
        )
        return tuple(sorted(standing, key=lambda one: -one.raises.rank))


def said(text: Mapping[str, str], language: str) -> str:
    """The text in a language, or in English where it is not held."""
    return text.get(language) or text[ENGLISH]


@cache
def questions() -> Questions:
    """The questions that ship, read once.

    Raises:
        KnowledgeError: names the entry that breaks the shape, or an unknown concept or question.
    """
    return load(FOLDER / "questions.yaml")


def load(path: Path) -> Questions:
    """The questions of a file; see :func:`questions`."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        asked = {name: Question(id=name, **row) for name, row in data["questions"].items()}
        shown = {name: Presentation(id=name, **row) for name, row in data["presentations"].items()}
        held = Questions(presentations=shown, questions=asked, always=tuple(data["always"]))
    except (OSError, yaml.YAMLError, ValidationError, KeyError, TypeError) as wrong:
        raise KnowledgeError(f"{path.name}: {wrong}") from wrong
    problems = [f"{path.name}: {problem}" for problem in _compiled(held)]
    if problems:
        raise KnowledgeError("; ".join(problems))
    return held


def _compiled(held: Questions) -> Iterator[str]:
    """Compile the conditions; what is wrong comes back."""
    concepts = frozenset(concept for lexicon in lexicons() for concept in lexicon.concepts)
    for question in held.questions.values():
        yield from (f"{question.id}: unknown concept {name}" for name in question.concepts - concepts)
        if question.kind == "choose" and not question.options:
            yield f"{question.id}: nothing to choose"
        if question.kind == "yes_no" and not (question.means or question.beside):
            yield f"{question.id}: a yes says nothing"
        if question.when is not None:
            question._when = condition(question.when, concepts, question.id)
    for one in held.presentations.values():
        one._when = condition(one.when, concepts, one.id)
        yield from (f"{one.id}: unknown question {name}" for name in one.ask if name not in held.questions)
    yield from (f"always: unknown question {name}" for name in held.always if name not in held.questions)
