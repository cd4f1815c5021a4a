"""What stands beside the chat: urgency, evidence, gaps, what would change the answer. HTML from an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from assistant.answer import Answer, Banner, Claim, NotShown, Unanswered
from assistant.research_report import mends
from assistant.ui import wording
from assistant.ui.around import Shelves, around, facts
from assistant.ui.plain import link, plain, table
from retrieval.evidence import Evidence, Kind, Table
from retrieval.passages import Document
from tools.triage.levels import Level

NO_EVIDENCE = (
    '<p class="empty">The sources of an answer appear here: the exact quote, its version and its licence.</p>'
)
NO_GAPS = '<p class="empty">What could not be answered, and sentences that were refused, appear here.</p>'
NO_CHANGES = '<p class="empty">What would change the answer appears here.</p>'
NO_TABLES = '<p class="empty">Pictures and measurements appear here.</p>'
_KINDS = {
    Kind.CHART: "the patient's record",
    Kind.LITERATURE: "literature",
    Kind.COMPUTED: "computed here",
    Kind.GUIDELINE: "guideline",
}


def urgency(level: Level | None, first_action: str, banners: Sequence[Banner]) -> str:
    """The urgency of the fired rules with each rule's source; "" when none fired."""
    if level is None:
        return ""
    action = f"<p class='first-action'>{plain(first_action)}</p>" if first_action else ""
    rules = "".join(_rule(fired, first_action) for fired in banners)
    name = level.value.replace("_", "-")
    return (
        f'<div class="urgency level-{name}"><p class="how-soon">{plain(wording.LEVELS[level])}</p>{action}'
        f"<ul>{rules}</ul></div>"
    )


def _rule(fired: Banner, first_action: str) -> str:
    """The rule without the action, which stands above it already."""
    because = f" — because of: <q>{plain(fired.words)}</q>" if fired.words else ""
    reason = plain(fired.text.removeprefix(first_action))
    return f'<li>{reason}{because} <span class="src">{plain(fired.source)}</span></li>'


def _origin(*parts: str) -> str:
    return " · ".join(plain(part) for part in parts if part)


def evidence(answer: Answer | None, chosen: str = "", shelves: Shelves | None = None) -> str:
    """Each claim with its evidence, a quote of the literature in its neighbourhood. The claim ``chosen`` stands open
    and marked; else the first one does. ``shelves`` are this process's library where they are not given."""
    if answer is None or not answer.claims:
        return NO_EVIDENCE
    wanted = chosen or answer.claims[0].id
    shelves = shelves or _Library()
    numbers: dict[str, int] = {}
    for number, claim in enumerate(answer.claims, 1):
        for entry in claim.evidence:
            numbers.setdefault(entry.source.id, number)
    entries = (
        _claim(
            number, claim, _Held(shelves, numbers), is_open=claim.id == wanted, is_chosen=claim.id == chosen
        )
        for number, claim in enumerate(answer.claims, 1)
    )
    return "".join(entries)


class _Held(NamedTuple):
    """The held texts, and the numbers of the claims by the ids of their sources."""

    shelves: Shelves
    numbers: Mapping[str, int]


class _Library:
    """This process's library, and what came so lately that it is held but not yet searched."""

    def document(self, source_id: str) -> Document | None:
        from retrieval.search import library

        shelf = library()
        return shelf.document(source_id) or (shelf.stock.document(source_id) if shelf.stock else None)


def _claim(number: int, claim: Claim, held: _Held, *, is_open: bool, is_chosen: bool) -> str:
    state = " open" if is_open else ""
    style = "claim chosen" if is_chosen else "claim"
    certainty = f"<dt>Certainty</dt><dd>{plain(claim.certainty)}</dd>" if claim.certainty else ""
    corrected = "<dt>Note</dt><dd>The source was corrected after drafting.</dd>" if claim.corrected else ""
    tool = f"<dt>Found by</dt><dd>{wording.tool(claim.tool)}</dd>" if claim.tool else ""
    quotes = "".join(_quote(entry, held) for entry in claim.evidence)
    return (
        f'<details class="{style}"{state}><summary><span class="claim-no">{number}</span> '
        f"{wording.claim(claim)} {wording.depth(claim.depth)}</summary>"
        f'<div id="claim-{number}">{quotes}<dl class="facts"><dt>Kind</dt><dd>{_KINDS[claim.kind]}</dd>'
        f"{certainty}{tool}{corrected}</dl></div></details>"
    )


def _quote(entry: Evidence, held: _Held) -> str:
    source = entry.source
    where = f"<dt>Where</dt><dd>{plain(entry.locator)}</dd>" if entry.locator else ""
    watch = "".join(f"<dt>Watch</dt><dd>{plain(mark)}</dd>" for mark in wording.watch(source.marks))
    address = f"<dt>Link</dt><dd>{link(source)}</dd>" if link(source) else ""
    return (
        f"<blockquote>{plain(entry.quote)}</blockquote>{around(entry, held.shelves)}"
        f'<dl class="facts"><dt>Source</dt><dd>{plain(source.title)} {wording.depth(source.depth)}'
        f"{wording.marks(source.marks)}</dd>{facts(source, held.shelves, held.numbers)}"
        f"<dt>Version</dt><dd>{plain(source.version)}</dd>"
        f"<dt>Licence</dt><dd>{plain(source.licence)}</dd>{where}{address}{watch}</dl>"
    )


def gaps(answer: Answer | None) -> str:
    """What could not be answered and why, then the drafted sentences that were refused and why."""
    if answer is None:
        return NO_GAPS
    missing = "".join(_gap(gap) for gap in answer.not_answered) or "<li>Every part was answered.</li>"
    refused = "".join(_refused(entry) for entry in answer.not_shown) or "<li>No sentence was refused.</li>"
    return (
        f'<h3>{wording.gaps_heading(answer.not_answered)}</h3><ul class="gaps">{missing}</ul>'
        f'<h3>Not shown</h3><ul class="gaps">{refused}</ul>'
    )


def _gap(gap: Unanswered) -> str:
    needs = f"<br>Needs: {_origin(*gap.missing)}" if gap.missing else ""
    brings = f"<br>{mends(gap.outcome)}: <code>{plain(gap.command)}</code>" if gap.command else ""
    badge = wording.outcome_badge(gap.outcome, gap.tool)
    return f"<li>{badge} <b>{wording.tool(gap.tool)}</b> {plain(gap.reason)}{needs}{brings}</li>"


def _refused(entry: NotShown) -> str:
    label = wording.badge(entry.verdict, "mark-grave")
    return f"<li>{label} <s>{plain(entry.text)}</s><br>{plain(entry.reason)}</li>"


def changes(answer: Answer | None) -> str:
    """What would change the answer, in the answer's order."""
    if answer is None or not answer.would_change:
        return NO_CHANGES
    entries = "".join(f"<li>{plain(change)}</li>" for change in answer.would_change)
    return f'<ol class="gaps">{entries}</ol>'


def tables(grids: Sequence[Table]) -> str:
    """Tables of the answer's calls, one below the other; "" when there are none."""
    return "".join(table(grid) for grid in grids)
