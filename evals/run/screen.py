"""An answer as its reader saw it: the words of the page in reading order, and the fields behind them.

The page is drawn in HTML; here stands its text without the controls, the order of :mod:`assistant.ui.patient_talk` and
of :mod:`assistant.ui.chat` with the drawer beside it. Ids and times of an answer are left out: two runs give the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from assistant.answer import Answer, Banner, Claim, Role
from assistant.held import held
from assistant.render import mark, printable
from assistant.ui import wording
from assistant.verify.quotes import plain
from evals.run.trace import Called, Cited, Claimed, Shown
from retrieval.evidence import Depth, Evidence, ToolResult
from tools.triage import places


class Taken(NamedTuple):
    """How long a turn took, in seconds; ``first`` is to the first event."""

    seconds: float
    first: float | None


def shown(answer: Answer, results: Mapping[int, ToolResult], session_words: str, taken: Taken) -> Shown:
    """The turn as a :class:`Shown`. ``results`` are the tools' results by their place in the turn."""
    asked = answer.asked
    waits = () if asked is None else (asked.id,)
    missing = (name for gap in answer.not_answered for name in gap.missing)
    return Shown(
        text="\n".join(line for line in _page(answer) if line.strip()),
        reply=answer.reply,
        level=None if answer.level is None else answer.level.value,
        flags=tuple(banner.rule for banner in answer.banners),
        flag_words=tuple(banner.words for banner in answer.banners if banner.words),
        claims=tuple(_claimed(claim, session_words) for claim in answer.claims),
        calls=tuple(_calls(answer, results)),
        asked=tuple(dict.fromkeys((*waits, *missing))),
        ask_text=" ".join(answer.ask),
        choices={} if asked is None else {option.id: option.label for option in asked.options},
        not_answered=tuple(f"{gap.tool}: {gap.reason}" for gap in answer.not_answered),
        tables=tuple((table.columns, *table.rows) for table in answer.tables),
        language=answer.language,
        seconds=taken.seconds,
        first_seconds=taken.first,
    )


def _page(answer: Answer) -> Iterator[str]:
    """Every line of the page, from the top."""
    patient = answer.role is Role.PATIENT
    yield from _urgency(answer, patient)
    reply = answer.reply.removeprefix(answer.first_action) if answer.level and patient else answer.reply
    yield reply.strip()
    if patient and answer.level is None and not reply.strip() and answer.asked is None:
        yield wording.NO_LEVEL
    yield from (printable(claim.text if patient else f"{mark(claim)}{claim.text}") for claim in answer.claims)
    yield from _gaps(answer, patient)
    yield from answer.ask
    yield from answer.notes
    for table in answer.tables:
        yield table.title
        yield from (" | ".join(row) for row in (table.columns, *table.rows))
    yield from (_source(entry) for claim in answer.claims for entry in claim.evidence)
    yield from (f"{call.tool}: {call.outcome or 'failed'}" for call in answer.calls if not patient)


def _urgency(answer: Answer, patient: bool) -> Iterator[str]:
    if answer.level is not None:
        soon = f"soon_{answer.level.value}"
        yield places.phrase(soon, answer.language) if patient else wording.LEVELS[answer.level]
        yield answer.first_action
    yield from (_rule(banner, answer.first_action if patient else "") for banner in answer.banners)


def _rule(fired: Banner, action: str) -> str:
    words = f" “{fired.words}”." if fired.words else ""
    return f"{fired.text.removeprefix(action).strip()}{words} {fired.source}"


def _gaps(answer: Answer, patient: bool) -> Iterator[str]:
    for gap in answer.not_answered:
        outcome = "" if patient else f"{gap.tool} ({gap.outcome or 'failed'}): "
        yield f"{outcome}{gap.reason}"
    yield from answer.would_change
    if not patient:
        yield from (f"Not shown: “{refused.text}”: {refused.reason}" for refused in answer.not_shown)


def _source(entry: Evidence) -> str:
    source = entry.source
    marks = f" ({', '.join(source.marks)})" if source.marks else ""
    return f"“{printable(entry.quote)}” {source.title}, {source.when}{marks}"


def _claimed(claim: Claim, session_words: str) -> Claimed:
    cited = tuple(_cited(entry, session_words) for entry in claim.evidence)
    return Claimed(text=claim.text, cited=cited, action=claim.action.value, tool=claim.tool)


def _cited(entry: Evidence, session_words: str) -> Cited:
    source = entry.source
    return Cited(
        source=source.id,
        quote=entry.quote,
        pmid=source.pmid or "",
        title=source.title,
        marks=source.marks,
        held=_holds(entry, session_words),
    )


def _holds(entry: Evidence, session_words: str) -> bool | None:
    """Whether the quote stands in its own source; None for a computed value, which stands in no held text.

    What the person said counts as the source of a chart quote: a quote that stands nowhere in it cannot be told
    either, because a tool may write down a fact of the record in words of its own.
    """
    standing = held().standing(entry)
    if standing == "here":
        return True
    if standing == "not held" and entry.source.depth is Depth.CHART:
        return True if plain(entry.quote) in plain(session_words) else None
    if standing == "not held" and entry.source.depth is Depth.COMPUTATION:
        return None
    return False


def _calls(answer: Answer, results: Mapping[int, ToolResult]) -> Iterator[Called]:
    for record in answer.calls:
        place = int(record.id.rpartition("c")[2])
        result = results.get(place)
        yield Called(
            tool=record.tool,
            arguments={} if result is None else result.inputs,
            outcome=None if record.outcome is None else record.outcome.value,
            note=record.note,
            missing=() if result is None else result.missing,
            seconds=0.0 if result is None else result.seconds,
        )
