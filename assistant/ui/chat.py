"""From the events of a turn to the messages of the clinician's chat. Pure functions, tested without a page.

A message is the dict that Gradio's chat takes. One tool call is one message with a title, the outcome chip;
each of the first three claims is a message of its own, the rest is folded behind "More".
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from assistant.answer import Answer, CallRecord, Claim, Unanswered
from assistant.events import (
    Answered,
    CallEnded,
    CallStarted,
    Checked,
    Drafting,
    Event,
    Failed,
    FrameChanged,
)
from assistant.research_report import mends
from assistant.ui import wording
from assistant.ui.plain import lines, link, plain, shortened
from assistant.ui.worksheet import other_tables, sheets_of
from retrieval.evidence import Kind, Table

OPEN_CLAIMS = 3
DOT = " · "
_CHECK, _WAITING = "check", "waiting"


class Chip(TypedDict):
    """The title line of a call; ``status`` makes the page show it running or folded."""

    title: str
    status: Literal["pending", "done"]
    id: str


class Choice(TypedDict):
    """A button under the last message."""

    value: str
    label: str


class Message(TypedDict):
    """One message as the chat takes it."""

    role: Literal["user", "assistant"]
    content: str
    metadata: NotRequired[Chip]
    options: NotRequired[list[Choice]]


Messages = list[Message]


def asked(question: str, files: tuple[str, ...] = ()) -> Message:
    """The user's own words and the names of the files that came with them."""
    names = DOT.join(plain(name) for name in files)
    attached = f'<br><span class="src">Attached: {names}</span>' if names else ""
    return {"role": "user", "content": (lines(question) or "(no words)") + attached}


def said(content: str) -> Message:
    """A message of ours; ``content`` is already safe."""
    return {"role": "assistant", "content": content}


def chip(key: str, title: str, content: str, *, running: bool = False) -> Message:
    """One call or step: a title line that unfolds to ``content``."""
    status: Literal["pending", "done"] = "pending" if running else "done"
    return {
        "role": "assistant",
        "content": content,
        "metadata": {"title": title, "status": status, "id": key},
    }


def waiting() -> Message:
    """What stands there until the first event comes."""
    return chip(_WAITING, "in the queue", "Other questions are being answered first.", running=True)


def fold(messages: Messages, event: Event, figures: str = "") -> Messages:
    """The messages after ``event``; the given list stays as it is. ``figures`` stand in the talk with the answer."""
    messages = _begun(messages)
    match event:
        case CallStarted():
            return [
                *messages,
                chip(event.id, f"{wording.tool(event.tool)}{DOT}running", "Running.", running=True),
            ]
        case CallEnded():
            return _replaced(messages, chip(event.id, _ended(event), _ended_note(event)))
        case FrameChanged():
            title = "noted" + DOT + plain(shortened("; ".join(event.changes), 120))
            return [*messages, chip("noted", title, "<br>".join(plain(change) for change in event.changes))]
        case Drafting():
            return [*messages, chip(_CHECK, f"wording{DOT}{plain(event.model)}", "Wording.", running=True)]
        case Checked():
            return _replaced(messages, chip(_CHECK, _checked(event), _CHECKED))
        case Answered():
            return [*_settled(messages, event.answer), *answered(event.answer, figures=figures)]
        case Failed():
            return [*stopped_chips(messages), said(failed(event))]
        case _:
            return messages


def answered(answer: Answer, *, everything: bool = False, figures: str = "") -> Messages:
    """The answer's messages: reply, claims, pictures, what is missing, questions back; buttons under the last one."""
    shown = answer.claims if everything else answer.claims[:OPEN_CLAIMS]
    parts = [lines(answer.reply)] if answer.reply.strip() else []
    looked = any(call.tool == "read_image" for call in answer.calls)
    parts += [claim(number, entry, by_picture=looked) for number, entry in enumerate(shown, 1)]
    parts += [figures] if figures else []
    if not answer.claims and not answer.reply.strip():
        parts.append("Nothing here can be stated with a source.")
    if gaps := _not_answered(answer):
        parts.append(gaps)
    parts += [f"<b>Needed from you:</b> {plain(question)}" for question in answer.ask]
    parts += [f'<span class="src">{plain(note)}</span>' for note in answer.notes]
    parts += [f'<span class="src">{_beside(answer.tables)}</span>'] if answer.tables else []
    messages = [said(part) for part in parts]
    if options := _options(answer, len(shown)):
        messages[-1]["options"] = options
    return messages


def unfolded(messages: Messages, answer: Answer, figures: str = "") -> Messages:
    """The same talk with every claim of ``answer``, its last answer, open."""
    folded = answered(answer, figures=figures)
    if messages[-len(folded) :] != folded:
        return messages
    return [*messages[: -len(folded)], *answered(answer, everything=True, figures=figures)]


LITERATURE = "literature, not about this picture"


def claim(number: int, entry: Claim, *, by_picture: bool = False) -> str:
    """One claim: its action, its words, how deep its source was read, and the quote on demand.

    ``by_picture``: a picture was looked at in this turn, which a paper says nothing of.
    """
    first = entry.evidence[0]
    origin = DOT.join(plain(part) for part in (shortened(first.source.title, 70), first.source.when))
    is_graded = entry.certainty not in ("", "not graded")
    graded = f"{DOT}certainty: {plain(entry.certainty)}" if is_graded else ""
    chart = wording.badge("from the record", "kind-chart") if entry.kind is Kind.CHART else ""
    corrected = wording.badge("source corrected", "mark") if entry.corrected else ""
    more = f" (+{len(entry.evidence) - 1} more)" if len(entry.evidence) > 1 else ""
    other = by_picture and entry.tool == "search_literature"
    paper = wording.badge(LITERATURE, "mark") if other else ""
    labels = paper + wording.depth(entry.depth) + chart + corrected + wording.marks(first.source.marks)
    return (
        f'<span class="claim-no">{number}</span> {wording.claim(entry)}'
        f'<br><span class="src">{labels} {origin}{graded}</span>'
        f'<details class="why"><summary>Quote{more}</summary>'
        f"<q>{plain(first.quote)}</q> {link(first.source)}</details>"
    )


def failed(event: Failed) -> str:
    """Why the turn could not be finished, and under which number the log has it."""
    trace = f' <span class="src">Log entry {plain(event.trace)}</span>' if event.trace else ""
    return f"<b>This question could not be finished.</b> {plain(event.reason)}{trace}"


BROKEN = (
    "<b>This question could not be finished: a part of the program failed.</b> "
    "The log has the details. Nothing of it was used in an answer."
)


def stopped(messages: Messages) -> Messages:
    """The talk after the user pressed stop: nothing keeps spinning, and the gap is named."""
    return [
        *stopped_chips(_begun(messages)),
        said("<b>Stopped by you.</b> What was not finished is not shown."),
    ]


def _ended(event: CallEnded) -> str:
    return DOT.join(
        (wording.tool(event.tool), wording.outcome_badge(event.outcome, event.tool), f"{event.seconds:.1f} s")
    )


def _ended_note(event: CallEnded) -> str:
    trace = f"<br>Log entry {plain(event.trace)}" if event.trace else ""
    return (plain(event.note) or "Its findings are in the answer below.") + trace


def _checked(event: Checked) -> str:
    """Dropped sentences are named even when there are none: the count is the point."""
    counts = (
        f"{event.supported} supported",
        f"{event.corrected} re-cited",
        f"{event.dropped} not shown",
    )
    return DOT.join(("checked against sources", *counts))


_CHECKED = (
    "Each sentence was compared with the quote it cites: words, numbers, names and direction. "
    "What did not hold is listed under “Gaps”."
)


def _not_answered(answer: Answer) -> str:
    """The gaps in brief; one whose words are the reply already gives only what would bring it, if anything does."""
    gaps = [gap for gap in answer.not_answered if gap.command or not _in_reply(gap, answer)]
    if not gaps:
        return ""
    first = "".join(
        f"<li>{wording.tool(gap.tool)}: {_gap(gap, told=_in_reply(gap, answer))}</li>"
        for gap in gaps[:OPEN_CLAIMS]
    )
    rest = len(gaps) - OPEN_CLAIMS
    more = f"<li>and {rest} more, see “Gaps”</li>" if rest > 0 else ""
    return f"<b>{wording.gaps_heading(gaps)}</b><ul>{first}{more}</ul>"


def _in_reply(gap: Unanswered, answer: Answer) -> bool:
    return gap.reason in answer.reply


def _gap(gap: Unanswered, *, told: bool) -> str:
    brings = f"{mends(gap.outcome)}: <code>{plain(gap.command)}</code>" if gap.command else ""
    return brings if told else "<br>".join(part for part in (plain(gap.reason), brings) if part)


TABS = (("Options", "Options"), ("Drugs", "Drugs as they were read"))
"""Tabs of their own, and the table that says that they hold something."""


def _beside(tables: tuple[Table, ...]) -> str:
    """Where the tables of an answer stand: the codes of a variant in the worksheet, the others under their tab."""
    sheets = [f"the worksheet of {plain(sheet.variant)}" for sheet in sheets_of(tables)]
    others = [f"the table “{plain(grid.title)}”" for grid in other_tables(tables)]
    others += [f"the tab “{name}”" for name, title in TABS if any(one.title == title for one in tables)]
    return "Beside this answer: " + ", ".join((*sheets, *others))


def _options(answer: Answer, shown: int) -> list[Choice]:
    """One "Why?" for each claim that stands open, then the folded rest."""
    buttons: list[Choice] = [
        {"value": f"why:{answer.id}:{entry.id}", "label": f"Why {number}?"}
        for number, entry in enumerate(answer.claims[: min(shown, OPEN_CLAIMS)], 1)
    ]
    if rest := len(answer.claims) - shown:
        buttons.append({"value": f"more:{answer.id}", "label": f"More ({rest})"})
    return buttons


def _settled(messages: Messages, answer: Answer) -> Messages:
    """The chips of this turn with the sources that each call drew from, as the answer's records have them."""
    records = {call.id: call for call in answer.calls}
    start = _turn_start(messages)
    return messages[:start] + [_with_sources(message, records) for message in stopped_chips(messages[start:])]


def _with_sources(message: Message, records: dict[str, CallRecord]) -> Message:
    meta = message.get("metadata")
    record = records.get(meta["id"]) if meta else None
    if not meta or not record or not record.sources:
        return message
    tool, found, *seconds = meta["title"].split(DOT)
    title = DOT.join((tool, found, plain(shortened(record.sources[0], 60)), *seconds))
    drew = "<br>".join(plain(source) for source in record.sources)
    note = f"{plain(record.note)}<br>" if record.note else ""
    return chip(meta["id"], title, f"{note}Drew from:<br>{drew}")


def _replaced(messages: Messages, new: Message) -> Messages:
    """``new`` in the place of this turn's chip with the same id, or at the end when there is none."""
    for place in range(len(messages) - 1, _turn_start(messages) - 1, -1):
        meta = messages[place].get("metadata")
        if meta and meta["id"] == new["metadata"]["id"]:
            return [*messages[:place], new, *messages[place + 1 :]]
    return [*messages, new]


def _turn_start(messages: Messages) -> int:
    asked_at = (place for place in range(len(messages) - 1, -1, -1) if messages[place]["role"] == "user")
    return next(asked_at, 0)


def _begun(messages: Messages) -> Messages:
    """Without the waiting line, which the first event ends."""
    last = messages[-1].get("metadata") if messages else None
    return messages[:-1] if last and last["id"] == _WAITING else messages


def stopped_chips(messages: Messages) -> Messages:
    """No chip keeps running when the turn is over."""
    return [_ended_early(message) for message in messages]


def _ended_early(message: Message) -> Message:
    meta: Any = message.get("metadata")
    if not meta or meta["status"] == "done":
        return message
    return chip(meta["id"], meta["title"].replace("running", "not finished"), "Did not finish.")
