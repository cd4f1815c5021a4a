"""From events to what a patient reads: how soon first, then what to do, then why. Pure functions."""

from __future__ import annotations

import re
from functools import cache

from assistant.answer import Answer, Asked, Banner, Claim
from assistant.events import Answered, Event, Failed
from assistant.ui import wording
from assistant.ui.chat import OPEN_CLAIMS, Messages, said
from assistant.ui.plain import lines, link, plain
from retrieval.evidence import Depth
from tools.triage import places
from tools.triage.behaviours import sentences
from tools.triage.levels import Level
from tools.triage.lexicon import ENGLISH

WAITING = '<span class="src" role="status">Reading your words.</span>'
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


def soon(level: Level | None, first_action: str, language: str = ENGLISH) -> str:
    """How soon in words, and the first thing to do, for the place above the talk; "" where no level is said yet."""
    if level is None:
        return ""
    action = f'<p class="first-action">{plain(first_action)}</p>' if first_action else ""
    name = level.value.replace("_", "-")
    how_soon = f'<p class="how-soon">{plain(places.phrase(f"soon_{level.value}", language))}</p>'
    return f'<div class="urgency level-{name}" role="alert" lang="{language}">{how_soon}{action}</div>'


def to_call(action: str) -> str:
    """The action of :func:`soon` with each telephone number of ours as a link: one touch on a telephone calls it."""
    return _numbers().sub(lambda told: f'<a href="tel:{"".join(told[0].split())}">{told[0]}</a>', action)


@cache
def _numbers() -> re.Pattern[str]:
    """Our numbers, longest first; those of two digits are left out, as "15 to 20 minutes" is no number to call."""
    held = (re.escape(one) for one in places.all_numbers() if " or " not in one and len(one) > 2)
    return re.compile(rf"(?<![\d-])(?:{'|'.join(held)})(?![\d-])")


def says_again(before: Answer | None, now: Answer) -> bool:
    """Whether an answer holds all that the one before it said, so that one of them is enough on the screen."""
    if before is None or not before.reply or not set(before.claims) <= set(now.claims):
        return False
    rules = {each.rule for each in before.banners} <= {each.rule for each in now.banners}
    return rules and set(sentences(before.reply)) <= set(sentences(now.reply))


def unwrapped(summary: str) -> str:
    """The summary with each entry on one line: the box breaks lines at its own width."""
    return summary.replace("\n    ", " ")


def answered(answer: Answer) -> Messages:
    """One message with the whole answer but for its question, which stands by itself below the talk."""
    above = answer.first_action if answer.level else ""  # stands in the place above the talk already
    reply = answer.reply.removeprefix(above).strip()
    calm = answer.level is None and not reply and answer.asked is None
    parts = [
        f'<p lang="{answer.language}">{lines(reply)}</p>' if reply else "",
        _facts(answer.claims),
        f'<p class="src">{wording.NO_LEVEL}</p>' if calm else "",
        _why(answer),
        _unknown(answer),
        _draft(answer.language),
    ]
    return [said("".join(parts))]


def put(asked: Asked) -> Messages:
    """A question that has been answered, as it stays in the talk."""
    return [said(f'<p class="question">{plain(asked.text)}</p>')]


def not_finished(reason: str) -> str:
    """Why there is no answer, and what to do without this program."""
    return (
        f"<p><b>I could not finish this.</b> {plain(reason)}</p>"
        "<p>If you feel very ill or in danger, call your local emergency number now.</p>"
    )


def _draft(language: str) -> str:
    """Says that no speaker of the language has read our words, where that is so."""
    words = places.phrase("draft_words", language)
    both = f"{words} (Draft translation, not checked by a native speaker.)"
    return f'<p class="src draft">{plain(both)}</p>' if words else ""


def _facts(claims: tuple[Claim, ...]) -> str:
    shown = "".join(f"<p>{plain(claim.text)}</p>" for claim in claims[:OPEN_CLAIMS])
    rest = "".join(f"<p>{plain(claim.text)}</p>" for claim in claims[OPEN_CLAIMS:])
    return shown + (f"<details><summary>More</summary>{rest}</details>" if rest else "")


def _why(answer: Answer) -> str:
    """The rules that fired with the user's own words, and the source of each sentence."""
    fired = [_rule(each, answer) for each in answer.banners]
    carried = [_source(claim) for claim in answer.claims]
    reasons = "".join([*fired, *carried])
    if not reasons:
        return ""
    asks = plain(places.phrase("why", answer.language))
    return f'<details class="why"><summary>{asks}</summary><ul>{reasons}</ul></details>'


def _rule(fired: Banner, answer: Answer) -> str:
    """The rule without the action, which stands above the talk already."""
    reason = plain(fired.text.removeprefix(answer.first_action))
    heard = f" {plain(places.phrase('you_said', answer.language))} <q>{plain(fired.words)}</q>."
    return f'<li>{reason}{heard if fired.words else ""} <span class="src">{plain(fired.source)}</span></li>'


def _source(claim: Claim) -> str:
    first = claim.evidence[0]
    marks = wording.marks(first.source.marks)
    where = f"{_DEPTHS[claim.depth]}: {plain(first.source.title)}, {plain(first.source.when)}"
    origin = f'<span class="src">From {where}{marks} {link(first.source)}</span>'
    return f"<li>{plain(claim.text)}<br><q>{plain(first.quote)}</q><br>{origin}</li>"


def _unknown(answer: Answer) -> str:
    gaps = [f"<li>{plain(gap.reason)}</li>" for gap in answer.not_answered]
    changes = [f"<li>{plain(change)}</li>" for change in answer.would_change]
    if not gaps and not changes:
        return ""
    named = plain(places.phrase("not_known", answer.language))
    return f"<details><summary>{named}</summary><ul>{''.join([*gaps, *changes])}</ul></details>"
