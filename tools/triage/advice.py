"""What a patient is told, from templates alone: the action first, then why, what to watch for and what to do then."""

from __future__ import annotations

from collections.abc import Iterator

from tools.triage import places
from tools.triage.conversation import Turn
from tools.triage.engine import Assessment
from tools.triage.levels import Level
from tools.triage.lexicon import ENGLISH
from tools.triage.questions import NO, NONE, UNKNOWN, YES, Question, questions, said

SELF_HARM = frozenset({"suicide_now", "suicide_thoughts"})
WATCHED = 5
"""Signs named in a safety net."""


def rendered(assessment: Assessment, country: str = "") -> str:
    """The text for what the rules found, without a talk around it."""
    language = assessment.language
    rules = {fired.rule for fired in assessment.fired}
    parts = [assessment.first_action]
    if assessment.fired and assessment.fired[0].rule != "suicide_thoughts":
        parts.append(assessment.fired[0].says)
    if assessment.level is Level.EMERGENCY and rules & SELF_HARM:
        parts.append(places.sentence("crisis_too", country, language))
    if not assessment.language_ok and assessment.fired:
        parts.append(places.sentence("language_unknown", country))
    if assessment.level is not Level.EMERGENCY:
        parts.extend(assessment.open[:2])
    parts.append(assessment.safety_net)
    if assessment.level is Level.EMERGENCY and not places.number(country):
        parts.append(places.phrase("which_country", language))
    return " ".join(part for part in parts if part)


def told(turn: Turn, country: str = "") -> str:
    """The text of a turn of a talk: the emergency, what is asked next, or how soon and what to watch for."""
    assessment = turn.assessment
    if assessment.level is Level.EMERGENCY or not turn.presentations:
        return rendered(assessment, country)
    return " ".join(
        part for part in (_asking(turn, country) if turn.question else _ended(turn, country)) if part
    )


def _asking(turn: Turn, country: str) -> Iterator[str]:
    """What has fired already, before the question that stands beside it."""
    yield from _fired(turn)
    yield places.asking_net(country, turn.assessment.language)


def _fired(turn: Turn) -> Iterator[str]:
    assessment = turn.assessment
    yield assessment.first_action
    if assessment.fired and assessment.fired[0].rule != "suicide_thoughts":
        yield assessment.fired[0].says


def _ended(turn: Turn, country: str) -> Iterator[str]:
    assessment, language = turn.assessment, turn.assessment.language
    if assessment.fired:
        yield from _fired(turn)
    elif turn.level is Level.SAME_DAY:
        yield places.sentence("to_be_sure" if turn.unanswered else "see_today", country, language)
    else:
        yield places.sentence(
            "see_routine" if turn.level is Level.ROUTINE else "home_care", country, language
        )
    yield watch(turn, country)
    yield places.safety_net(turn.level, country, language)


def watch(turn: Turn, country: str = "") -> str:
    """The danger signs of this complaint, those asked in vain first; "" where none is held in the language."""
    language = turn.assessment.language
    signs = list(dict.fromkeys(_signs(turn, language)))[:WATCHED]
    if not signs:
        return ""
    intro = places.sentence("watch_for", country, language)
    return f"{intro} {'; '.join(signs)}."


def _signs(turn: Turn, language: str) -> Iterator[str]:
    held = questions()
    asked = [name for one in turn.presentations for name in held.presentations[one].ask]
    order = [*(name for name in asked if name in turn.unanswered), *asked]
    for name in dict.fromkeys(order):
        question = held.questions[name]
        if question.raises is Level.EMERGENCY:
            yield from (option.watch[language] for option in question.options if language in option.watch)


def choices(question: Question, language: str = ENGLISH) -> tuple[tuple[str, str], ...]:
    """Each answer that can be chosen and its words, in the language."""
    own = {option.id: said(option.text, language) for option in question.options}
    names = [name for name in question.choices if name in own or name in (YES, NO, NONE, UNKNOWN)]
    return tuple((name, own.get(name) or places.phrase(name, language)) for name in names)


def ask(turn: Turn) -> str:
    """The question of a turn in its language; "" where none waits."""
    if turn.question is None:
        return ""
    language = turn.assessment.language
    return places.phrase("anything_else", language) if turn.again else said(turn.question.text, language)
