"""What a talk comes to, for a clinician: only what was said, answered, counted or fired in it; nothing is added."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

from retrieval.evidence import Word
from retrieval.patient import Patient
from tools.triage import advice, news2, places
from tools.triage.conversation import Talk, Turn
from tools.triage.engine import Fired, rules
from tools.triage.facts import Facts
from tools.triage.handover.masked import masked
from tools.triage.handover.signs import Sign, course, numbers, of_status, since, who
from tools.triage.levels import Level
from tools.triage.lexicon import ENGLISH, FOLDER
from tools.triage.questions import Question, questions

__all__ = ["Handover", "RuleFired", "handover", "rules_version"]

LONGEST = 600
"""Characters of one message that are quoted; the rest is in the talk itself."""


class RuleFired(Word):
    """A rule that fired, and how far its criterion was checked."""

    rule: str
    level: Level
    says: str
    words: str
    """The person's words that fired it."""
    source: str
    seen: bool
    status: str


class Handover(Word):
    """The summary of a talk, in English but for the person's own words. Every entry comes from the talk."""

    made: str
    """When, in UTC."""
    rules_version: str
    country: str
    language: str
    who: tuple[str, ...]
    words: tuple[str, ...]
    """The person's own messages, without names, addresses and personal numbers."""
    since: tuple[str, ...]
    present: tuple[Sign, ...]
    denied: tuple[Sign, ...]
    past: tuple[Sign, ...]
    drugs: tuple[Sign, ...]
    conditions: tuple[Sign, ...]
    numbers: tuple[str, ...]
    news2: news2.News2 | None
    no_news2: str
    """Why there is no NEWS2, or ""."""
    unanswered: tuple[str, ...]
    """Questions that were asked and got no clear answer."""
    not_asked: tuple[str, ...]
    """Questions that this complaint asks and that were not asked."""
    fired: tuple[RuleFired, ...]
    level: Level | None
    told: str
    """What the person was told, in English."""
    finished: bool
    """No question waits."""
    alone: bool
    """In an emergency: the person said that nobody is with them."""
    notes: tuple[str, ...]


def handover(
    talk: Talk, turn: Turn, *, patient: Patient | None = None, now: datetime | None = None
) -> Handover:
    """The summary of a talk after its last turn.

    Args:
        patient: the chart that the talk was read with; its drugs and problems are listed as they stand.
        now: the present where none is given.
    """
    known = turn.assessment.known
    asked, not_asked = _left(talk, turn)
    signs = of_status(known, turn.assessment.language, patient)
    scored = news2.of_facts(known)
    return Handover(
        made=(now or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        rules_version=rules_version(),
        country=talk.country,
        language=turn.assessment.language,
        who=who(known),
        words=tuple(_quoted(message) for message in talk.messages),
        since=tuple(dict.fromkeys((*course(known), *(one for said in talk.messages for one in since(said))))),
        present=signs.present,
        denied=signs.denied,
        past=signs.past,
        drugs=signs.drugs,
        conditions=signs.conditions,
        numbers=numbers(known),
        news2=scored,
        no_news2=news2.why_not(known) if known.numbers else "",
        unanswered=asked,
        not_asked=not_asked,
        fired=tuple(_fired(one) for one in turn.assessment.fired),
        level=turn.level,
        told=advice.told(_in_english(turn, talk.country), talk.country, asking=False),
        finished=turn.done,
        alone=turn.alone,
        notes=tuple(_notes(turn)),
    )


@cache
def rules_version() -> str:
    """How many rules were read, and the first eight digits of the SHA-256 of their files in the order of names."""
    digest = hashlib.sha256()
    for path in sorted((FOLDER / "rules").glob("*.yaml")):
        digest.update(path.read_bytes())
    return f"{len(rules())} rules, draft, {digest.hexdigest()[:8]}"


def _quoted(message: str) -> str:
    words = " ".join(masked(message[: 2 * LONGEST]).split())  # no name is cut in two by the first cut
    return words if len(words) <= LONGEST else f"{words[:LONGEST].rstrip()} … (shortened)"


def _left(talk: Talk, turn: Turn) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What this complaint asks and nobody has answered: asked in vain, and not asked; most urgent first."""
    held, known = questions(), turn.assessment.known
    names = [name for one in turn.presentations for name in held.presentations[one].ask]
    names += [name for name in held.always if names]
    open_ = [held.questions[name] for name in dict.fromkeys(names)]
    open_ = [one for one in open_ if one.applies(known) and not one.settled(known)]
    open_.sort(key=lambda one: -one.raises.rank)
    put = set(talk.asked) - {talk.pending}
    asked = tuple(_about(one, known) for one in open_ if one.id in put and one.id not in _partly(talk))
    return asked, tuple(_about(one, known) for one in open_ if one.id not in put)


def _partly(talk: Talk) -> frozenset[str]:
    """Questions whose answer is whole, though some word of it stays open."""
    held = questions().questions
    return frozenset(
        name
        for name, chosen in talk.answers.items()
        if chosen and held[name].closed(chosen) and "unknown" not in chosen
    )


def _about(question: Question, known: Facts) -> str:
    """What nobody has settled: the open signs of a list, or the question itself."""
    open_ = [
        option.watch.get(ENGLISH, option.text[ENGLISH])
        for option in question.options
        if not any((entry := known.best(name)) is not None and entry.status.counts for name in option.sets)
    ]
    return "; ".join(open_) if open_ else question.text[ENGLISH]


def _fired(one: Fired) -> RuleFired:
    rule = rules().by_id[one.rule]
    return RuleFired(
        rule=one.rule,
        level=one.level,
        says=rule.says[ENGLISH],
        words=masked(one.words),
        source=one.finding.evidence[0].source.title,
        seen=rule.seen,
        status=rule.status,
    )


def _in_english(turn: Turn, country: str) -> Turn:
    """The turn as it would have been worded in English: the reader may not know the person's language."""
    found = turn.assessment
    if found.language == ENGLISH:
        return turn
    fired = tuple(
        one.model_copy(update={"says": rules().by_id[one.rule].says[ENGLISH]}) for one in found.fired
    )
    first = places.sentence(rules().by_id[fired[0].rule].do, country) if fired else ""
    update = {
        "language": ENGLISH,
        "fired": fired,
        "first_action": first,
        "safety_net": places.safety_net(found.level, country),
        "open": (),
    }
    return turn.model_copy(update={"assessment": found.model_copy(update=update)})


def _notes(turn: Turn) -> Iterator[str]:
    found = turn.assessment
    if not found.language_ok:
        yield "The rules could not read this language: nothing here says that a danger sign is absent."
        return
    yield from found.notes
