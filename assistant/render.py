"""An answer as plain text for the terminal, the demo and the record: what a person would read aloud."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator

from assistant.answer import NOTICE, Answer, Claim, Role
from retrieval.evidence import Action, Evidence, Outcome

WIDTH = 100
HOW_SOON = {
    "emergency": "EMERGENCY: now",
    "same_day": "SAME DAY: see a clinician within 24 hours",
    "routine": "ROUTINE: see a clinician within two weeks",
    "self_care": "SELF-CARE",
}


def text(answer: Answer, *, sources: bool = True) -> str:
    """The whole answer: urgency, reply, claims with numbered sources, what was not answered, the calls made."""
    numbers = _numbered(answer)
    parts = [*_urgency(answer), *_claims(answer, numbers)]
    if sources and numbers:
        parts += ["", "Sources", *_sources(numbers)]
    parts += [*_lists(answer), "", f"Answer {answer.id} · worded by {answer.wording} · {NOTICE}"]
    return "\n".join(parts)


def printable(words: str) -> str:
    """Foreign words without control signs, halves of characters, and signs that turn the reading direction around."""
    unseen = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return "".join(" " if unicodedata.category(sign) in unseen else sign for sign in words)


def _urgency(answer: Answer) -> Iterator[str]:
    if answer.level and answer.role is Role.CLINICIAN:
        yield f"[{HOW_SOON[answer.level]}]"
        if answer.first_action:
            yield _wrapped(answer.first_action)
        for banner in answer.banners:
            yield _wrapped(f"- {banner.text} (rule {banner.rule}; {banner.source})")
        yield ""
    if answer.reply:
        yield from answer.reply.splitlines()
        yield ""
    for question in answer.ask:
        yield f"? {question}"


def _numbered(answer: Answer) -> dict[str, tuple[int, Evidence]]:
    """Each document once, however many of its places carry a claim."""
    numbers: dict[str, tuple[int, Evidence]] = {}
    for claim in answer.claims:
        for evidence in claim.evidence:
            numbers.setdefault(document(evidence), (len(numbers) + 1, evidence))
    return numbers


def document(evidence: Evidence) -> str:
    """The document that an evidence stands in: two facts of one guideline are one document."""
    source = evidence.source
    return "|".join((source.title, source.version, source.link or source.id, *source.marks))


def _claims(answer: Answer, numbers: dict[str, tuple[int, Evidence]]) -> Iterator[str]:
    for claim in answer.claims:
        yield _wrapped(f"{mark(claim)}{claim.text} {_citation(claim, numbers)}", first="• ")


def mark(claim: Claim) -> str:
    """What the claim asks for, unless its own first word says so."""
    if claim.action is Action.INFORM or claim.text.startswith(f"{claim.action.value.capitalize()}:"):
        return ""
    return f"{claim.action.value.upper()}: "


def _citation(claim: Claim, numbers: dict[str, tuple[int, Evidence]]) -> str:
    places = sorted({numbers[document(evidence)][0] for evidence in claim.evidence})
    corrected = "; source corrected" if claim.corrected else ""
    return f"[{', '.join(map(str, places))}; {claim.depth}{corrected}]"


def _sources(numbers: dict[str, tuple[int, Evidence]]) -> Iterator[str]:
    for number, evidence in numbers.values():
        source = evidence.source
        link = f" {source.link}" if source.link else ""
        marks = f" ({', '.join(source.marks)})" if source.marks else ""
        yield _wrapped(f"{source.title.rstrip('.')}. {source.when}.{marks}{link}", first=f"[{number}] ")


def _lists(answer: Answer) -> Iterator[str]:
    if answer.not_answered:
        yield from ("", "Not answered, or only in part")
        for gap in answer.not_answered:
            outcome = "" if gap.outcome in (None, Outcome.FOUND) else f" ({gap.outcome})"
            mend = f" Try: {gap.command}" if gap.command else ""
            yield _wrapped(f"{gap.tool}{outcome}: {gap.reason}{mend}", first="- ")
    if answer.would_change:
        yield from ("", "Would change this answer")
        for item in answer.would_change:
            yield _wrapped(item, first="- ")
    if answer.not_shown and answer.role is Role.CLINICIAN:  # what was withheld from a patient stays withheld
        yield from ("", "Not shown")
        for refused in answer.not_shown:
            yield _wrapped(f"“{refused.text}”: {refused.reason}", first="- ")
    for note in answer.notes:
        yield from ("", _wrapped(note))
    if answer.calls:
        yield from (
            "",
            "Calls: " + " · ".join(f"{call.tool} {call.outcome or 'failed'}" for call in answer.calls),
        )


def _wrapped(line: str, first: str = "") -> str:
    return textwrap.fill(line, WIDTH, initial_indent=first, subsequent_indent=" " * len(first))
