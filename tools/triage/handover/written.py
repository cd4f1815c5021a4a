"""The summary as plain text in the order of SBAR: situation, background, assessment, recommendation."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from tools.triage.handover.made import Handover, RuleFired
from tools.triage.handover.signs import Sign
from tools.triage.levels import Level
from tools.triage.lexicon import ENGLISH

NOTICE = "Research software, not a medical device, not a doctor."
MADE_BY = "Written by fixed rules from what the person typed. No clinician has checked it."
CUT = "  … shortened: the talk holds more."
LINES = 60
"""Lines of the text at most."""
WIDTH = 96
_LEAST = 12
"""Lines of a part that stay in any case."""
_SHOWN = 8
"""Entries of one list that are named; the rest are counted."""
_QUOTED = 5
"""Messages that are quoted: the first and the last ones."""
_LATER = 200
"""Characters of a later message."""
_LEVELS = {
    Level.EMERGENCY: "Emergency: help now",
    Level.SAME_DAY: "Same day: to be seen within 24 hours",
    Level.ROUTINE: "Routine: to be seen in days to two weeks",
    Level.SELF_CARE: "Self care, with a safety net",
}
_UNSEEN = "No rule fired: this is not a finding of safety"


def text(summary: Handover) -> str:
    """The summary in at most 60 lines of plain text."""
    parts = [
        [NOTICE, MADE_BY, *_section("SITUATION", _situation(summary))],
        [*_section("BACKGROUND", _background(summary))],
        [*_section("ASSESSMENT (by the rules)", _assessment(summary))],
        [*_section("RECOMMENDATION", _recommendation(summary))],
        [f"Made {summary.made}; {summary.rules_version}."],
    ]
    for place in (2, 0):  # what was told to do is never cut
        over = sum(len(part) for part in parts) - LINES
        if over > 0:
            kept = max(len(parts[place]) - over - 1, _LEAST)
            parts[place] = [*parts[place][:kept], CUT]
    return "\n".join(line for part in parts for line in part)


def _section(title: str, entries: Iterator[str]) -> Iterator[str]:
    yield title
    for entry in entries:
        yield from textwrap.wrap(entry, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _situation(summary: Handover) -> Iterator[str]:
    yield f"{'Level' if summary.finished else 'Level so far'}: {_level(summary)}."
    yield f"Who: {', '.join(summary.who)}."
    first, later = summary.words[:1], summary.words[1:]
    yield from (f'Own words: "{words}"' for words in first)
    if len(later) >= _QUOTED:
        yield f"({len(later) - _QUOTED + 1} messages are left out here.)"
    yield from (f'then: "{_short(words)}"' for words in later[-_QUOTED + 1 :])
    if summary.alone:
        yield "Nobody is with the person, as told."
    unread = summary.language != ENGLISH and not summary.since
    told = "see the own words; this line is read in English only" if unread else _joined(summary.since)
    yield f"Since when and how: {told}."


def _short(words: str) -> str:
    return words if len(words) <= _LATER else f"{words[:_LATER].rstrip()} … (shortened)"


def _background(summary: Handover) -> Iterator[str]:
    yield f"Conditions told: {_signs(summary.conditions)}."
    yield f"Medicines told (of the words, only kinds that a rule reads): {_signs(summary.drugs)}."
    if summary.past:
        yield f"In the past, or of another person: {_signs(summary.past)}."


def _assessment(summary: Handover) -> Iterator[str]:
    yield f"Present: {_signs(summary.present)}."
    yield f"Denied: {_signs(summary.denied)}."
    yield f"Numbers: {_joined(summary.numbers)}."
    if summary.news2 is not None:
        yield f"{summary.news2.said} (Royal College of Physicians 2017)"
    elif summary.no_news2:
        yield summary.no_news2
    yield from (f"Not known (asked, no clear answer): {question}" for question in summary.unanswered[:_SHOWN])
    yield from (f"Not known (not asked): {question}" for question in summary.not_asked[:_SHOWN])
    for fired in summary.fired[:_SHOWN]:
        yield _rule(fired)
    if len(summary.fired) > _SHOWN:
        yield f"({len(summary.fired) - _SHOWN} more rules fired.)"
    yield from summary.notes


def _recommendation(summary: Handover) -> Iterator[str]:
    if not summary.finished:
        yield "The talk is not finished: a question waits."
    language = (
        "" if summary.language == ENGLISH else f" (in the language {summary.language}; here in English)"
    )
    yield f"Told{language}: {summary.told}"


def _level(summary: Handover) -> str:
    return _LEVELS[summary.level] if summary.level is not None else _UNSEEN


def _rule(fired: RuleFired) -> str:
    mark = "source seen" if fired.seen else "source not yet verified"
    because = f' because of "{fired.words}"' if fired.words else ""
    return (
        f"Rule {fired.rule} ({fired.level}, {fired.status}, {mark}): {fired.says}{because} [{fired.source}]"
    )


def _signs(signs: Sequence[Sign]) -> str:
    return _joined(tuple(_sign(sign) for sign in signs))


def _sign(sign: Sign) -> str:
    marks = [sign.origin] if sign.origin != "words" else []
    marks += ["not sure"] if sign.unsure else []
    quoted = [f'"{sign.words}"'] if sign.words else []
    inside = "; ".join((*quoted, *marks))
    return f"{', '.join(sign.names)} ({inside})" if inside else ", ".join(sign.names)


def _joined(entries: Sequence[str]) -> str:
    if not entries:
        return "nothing told"
    more = f" and {len(entries) - _SHOWN} more" if len(entries) > _SHOWN else ""
    return "; ".join(entries[:_SHOWN]) + more
