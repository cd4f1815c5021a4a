"""From events to what a patient reads: how soon first, then what to do, then why. Pure functions."""

from __future__ import annotations

import re

from assistant.answer import Answer, Banner, Claim
from assistant.events import Answered, Event, Failed
from assistant.ui import wording
from assistant.ui.chat import OPEN_CLAIMS, Choice, Messages, said
from assistant.ui.plain import lines, link, plain
from retrieval.evidence import Depth
from tools.triage.levels import Level

WAITING = '<span class="src" role="status">Reading your words.</span>'
NOT_SURE = "I don't know"
_YES_NO = re.compile(
    r"^(?:and |or |so )?(?:are|is|was|were|do|does|did|have|has|had|can|could|will|would|may|might)\b", re.I
)
_LISTED = re.compile(r",|\bor\b")
_DEPTHS = {
    Depth.RECORD: "an entry in a medical database",
    Depth.ABSTRACT: "the summary of a study",
    Depth.FULL_TEXT: "a study",
    Depth.GUIDELINE: "a medical guideline",
    Depth.COMPUTATION: "a calculation",
    Depth.CHART: "what you told me",
}


def fold(messages: Messages, event: Event) -> Messages:
    """The messages after ``event``; the last one is the waiting line until there is something to say."""
    match event:
        case Answered():
            return [*messages[:-1], *answered(event.answer)]
        case Failed():
            return [*messages[:-1], said(not_finished(event.reason))]
        case _:
            return messages


def soon(level: Level | None, first_action: str) -> str:
    """How soon in words, and the first thing to do, for the place above the talk; "" when no rule fired."""
    if level is None:
        return ""
    action = f'<p class="first-action">{plain(first_action)}</p>' if first_action else ""
    name = level.value.replace("_", "-")
    how_soon = f'<p class="how-soon">{plain(wording.HOW_SOON[level])}</p>'
    return f'<div class="urgency level-{name}" role="alert">{how_soon}{action}</div>'


def answered(answer: Answer) -> Messages:
    """One message with the whole answer, then one for the question that is asked first, with its buttons."""
    reply = answer.reply.removeprefix(answer.first_action).strip()
    parts = [
        f"<p>{lines(reply)}</p>" if reply else "",
        _facts(answer.claims),
        f'<p class="src">{wording.NO_LEVEL}</p>' if answer.level is None and not reply else "",
        _why(answer),
        _unknown(answer),
    ]
    messages = [said("".join(parts))]
    return [*messages, *asking(answer.ask[:1])]


def asking(questions: tuple[str, ...]) -> Messages:
    """The question that comes next, with its buttons; nothing when none is left."""
    if not questions:
        return []
    message = said(f'<p class="question">{plain(questions[0])}</p>')
    message["options"] = choices(questions[0])
    return [message]


def choices(question: str) -> list[Choice]:
    """Buttons that fit the question. "I don't know" is always one; a typed answer is always possible."""
    words = ["Yes", "No"] if _YES_NO.match(question.strip()) else []
    if words and _LISTED.search(question):
        words = ["Yes, at least one", "None of these"]
    return [{"value": f"reply:{word}", "label": word} for word in (*words, NOT_SURE)]


def reply(question: str, word: str) -> str:
    """What is sent for a pressed button, so that the red-flag gate reads it rightly.

    A yes is sent as a statement: the gate takes nothing from a sentence that ends in a question mark. A no or a
    "don't know" does not repeat the signs asked about, which the gate would read as present; unanswered is safe.
    """
    if not word.startswith("Yes"):
        return f"{word}."
    stated = question.strip().rstrip("?")
    return f"Yes, {stated[:1].lower()}{stated[1:]}."


def unasked(event: Event, settled: tuple[str, ...]) -> Event:
    """The event without questions that were already put to this person."""
    if not isinstance(event, Answered):
        return event
    left = tuple(question for question in event.answer.ask if question not in settled)
    return Answered(answer=event.answer.model_copy(update={"ask": left}))


def not_finished(reason: str) -> str:
    """Why there is no answer, and what to do without this program."""
    return (
        f"<p><b>I could not finish this.</b> {plain(reason)}</p>"
        "<p>If you feel very ill or in danger, call your local emergency number now.</p>"
    )


def _facts(claims: tuple[Claim, ...]) -> str:
    shown = "".join(f"<p>{plain(claim.text)}</p>" for claim in claims[:OPEN_CLAIMS])
    rest = "".join(f"<p>{plain(claim.text)}</p>" for claim in claims[OPEN_CLAIMS:])
    return shown + (f"<details><summary>More</summary>{rest}</details>" if rest else "")


def _why(answer: Answer) -> str:
    """The rules that fired with the user's own words, and the source of each sentence."""
    fired = [_rule(each, answer.first_action) for each in answer.banners]
    carried = [_source(claim) for claim in answer.claims]
    reasons = "".join([*fired, *carried])
    if not reasons:
        return ""
    return f'<details class="why"><summary>Why do you say that?</summary><ul>{reasons}</ul></details>'


def _rule(fired: Banner, first_action: str) -> str:
    """The rule without the action, which stands above the talk already."""
    reason = plain(fired.text.removeprefix(first_action))
    return f'<li>{reason}{_heard(fired.words)} <span class="src">{plain(fired.source)}</span></li>'


def _heard(words: str) -> str:
    return f" You said: <q>{plain(words)}</q>." if words else ""


def _source(claim: Claim) -> str:
    first = claim.evidence[0]
    marks = wording.marks(first.source.marks)
    where = f"{_DEPTHS[claim.depth]}: {plain(first.source.title)}, {plain(first.source.version)}"
    origin = f'<span class="src">From {where}{marks} {link(first.source)}</span>'
    return f"<li>{plain(claim.text)}<br><q>{plain(first.quote)}</q><br>{origin}</li>"


def _unknown(answer: Answer) -> str:
    gaps = [f"<li>{plain(gap.reason)}</li>" for gap in answer.not_answered]
    changes = [f"<li>{plain(change)}</li>" for change in answer.would_change]
    if not gaps and not changes:
        return ""
    return f"<details><summary>What I do not know</summary><ul>{''.join([*gaps, *changes])}</ul></details>"
