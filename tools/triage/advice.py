"""What a patient is told, from templates alone: the action first, then why, what to watch for and what to do then."""

from __future__ import annotations

from collections.abc import Iterator

from tools.triage import places
from tools.triage.conversation import Turn
from tools.triage.engine import Assessment
from tools.triage.language import is_fixed_message
from tools.triage.levels import Level
from tools.triage.lexicon import ENGLISH
from tools.triage.questions import NO, NONE, UNKNOWN, YES, Question, questions, said

SELF_HARM = frozenset({"suicide_now", "suicide_thoughts"})
WATCHED = 5
"""Signs named in a safety net."""


def rendered(assessment: Assessment, country: str = "") -> str:
    """The text for what the rules found, without a talk around it."""
    asked = assessment.open[:2] if assessment.level is not Level.EMERGENCY else ()
    parts = [*_reasons(assessment, country), *asked, assessment.safety_net, _country(assessment, country)]
    return " ".join(part for part in parts if part)


def _reasons(assessment: Assessment, country: str) -> Iterator[str]:
    """The action, why, and the lines that belong to it."""
    language = assessment.language
    yield assessment.first_action
    if assessment.fired and assessment.fired[0].rule != "suicide_thoughts":
        yield assessment.fired[0].says
    if assessment.level is Level.EMERGENCY and SELF_HARM & {fired.rule for fired in assessment.fired}:
        yield places.sentence("crisis_too", country, language)
    if not assessment.language_ok and assessment.fired:
        yield places.sentence("language_unknown", country)


def _country(assessment: Assessment, country: str) -> str:
    """An emergency without a known number asks for the country, after everything else."""
    known = assessment.level is not Level.EMERGENCY or places.number(country)
    return "" if known else places.phrase("which_country", assessment.language)


def told(turn: Turn, country: str = "", *, asking: bool = True) -> str:
    """The text of a turn of a talk: the emergency, what is asked next, or how soon and what to watch for.

    ``asking``: a question beside the answer stands in the text; a page that shows it by itself leaves it out.
    """
    beside = said(turn.beside.text, turn.assessment.language) if turn.beside and asking else ""
    if turn.assessment.level is Level.EMERGENCY:
        parts = _emergency(turn, country, beside)
    elif not turn.presentations:
        parts = iter(
            [*_reasons(turn.assessment, country), _request(turn, country), beside, net(turn, country)]
        )
    else:
        parts = _asking(turn, country) if turn.question else _ended(turn, country)
    return " ".join(part for part in parts if part)


def _emergency(turn: Turn, country: str, beside: str) -> Iterator[str]:
    assessment = turn.assessment
    yield from _reasons(assessment, country)
    if turn.alone:
        yield places.phrase("alone", assessment.language)
    yield _request(turn, country)
    yield assessment.safety_net
    yield _country(assessment, country) or beside


def action(turn: Turn, country: str = "") -> str:
    """The first thing to do at the level of the talk; "" while it is still asked and nothing has fired."""
    assessment, language = turn.assessment, turn.assessment.language
    if assessment.level is turn.level:  # what fired, or nothing that has a level
        return _without_question(turn) if turn.presentations else assessment.first_action
    if turn.level is Level.SAME_DAY:
        return places.sentence("to_be_sure" if turn.unanswered else "see_today", country, language)
    if turn.question is not None:
        return ""
    return places.sentence("see_routine" if turn.level is Level.ROUTINE else "home_care", country, language)


def _without_question(turn: Turn) -> str:
    """The action without the direct question of the crisis words: the talk puts it by itself, once."""
    asked = said(questions().questions["suicide_ask"].text, turn.assessment.language)
    return " ".join(turn.assessment.first_action.replace(asked, "").split())


def _asking(turn: Turn, country: str) -> Iterator[str]:
    """What is known already, before the question that stands beside it."""
    yield from _known(turn, country)
    yield places.asking_net(country, turn.assessment.language)


def _known(turn: Turn, country: str) -> Iterator[str]:
    fired = turn.assessment.fired
    yield action(turn, country)
    yield next(
        (note for note in turn.assessment.notes if is_fixed_message(note, country)), ""
    )  # was not read
    if fired and fired[0].rule != "suicide_thoughts":
        yield fired[0].says
    yield _request(turn, country)


def _request(turn: Turn, country: str) -> str:
    """What is said to a request for a dose and the like; "" where there was none."""
    return turn.request.text(country, turn.assessment.language) if turn.request else ""


def _ended(turn: Turn, country: str) -> Iterator[str]:
    yield from _known(turn, country)
    yield watch(turn, country)
    yield net(turn, country)


def net(turn: Turn, country: str = "") -> str:
    """What stands at the end: what to do if it gets worse."""
    language = turn.assessment.language
    if turn.request and not turn.presentations and not turn.assessment.fired:
        return places.asking_net(country, language)
    if turn.beside is not None and turn.beside.id == "what_is_wrong":
        return places.asking_net(country, language)  # nothing was told: nothing was found in it either
    if turn.level is Level.SAME_DAY and SELF_HARM & {fired.rule for fired in turn.assessment.fired}:
        return places.sentence("crisis_net", country, language)
    if turn.assessment.level is Level.EMERGENCY or not turn.presentations:
        return turn.assessment.safety_net
    return (
        places.asking_net(country, language)
        if turn.question
        else places.safety_net(turn.level, country, language)
    )


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
        if question.raises is Level.EMERGENCY and question.applies(turn.assessment.known):
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
