"""From a passage to a finding: the words of the label, quoted; for a patient without doses."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.evidence import Depth, Evidence, Finding, Kind, Source
from retrieval.passages import sentences, shown
from tools.labels.index import Label
from tools.labels.search import Passage, tokens_of
from tools.labels.sections import Span, title

SHORT = 420
"""Characters that a statement quotes at most; the whole passage is the evidence."""
LICENCE = "US drug label by openFDA (public domain unless the label says otherwise; not validated by FDA for this use)"
CERTAINTY = "label text, quoted"
_DOSE = re.compile(
    r"\d\s{0,3}-?\s{0,3}(?:mg|mcg|µg|ug|g|ml|milligrams?|micrograms?|grams?|millilit(?:er|re)s?|units?|iu|meq"
    r"|mmol|puffs?|drops?|sprays?|tablets?|capsules?|caplets?|teaspoons?|tablespoons?|patch(?:es)?|doses?)\b"
    r"|\b(?:one|two|three|four|five|six|eight|ten|half)\s+(?:tablets?|capsules?|caplets?|puffs?|drops?|sprays?|doses?"
    r"|teaspoons?|tablespoons?)\b"
    r"|\b(?:once|twice|\w{1,12}\s+times?)\s*(?:/|(?:a|per|each|every|in a)\s+)?(?:day|daily|nightly|weekly|week)\b"
    r"|\bevery\s+(?:other\s+)?\w{1,12}(?:\s*(?:to|or|-|–)\s*\w{1,12})?\s+(?:hours?|days?|weeks?|months?)\b"
    r"|\d\s{0,3}(?:per|a|each|/)\s*day\b|\bin (?:any )?24[ -]hours?\b"
    r"|\bdos(?:e|es|age|ing)\b"
    r"|\b(?:mg|mcg|g|units)/(?:kg|m|day)",
    re.I,
)


def finding(label: Label, passage: Passage, question: str, score: float | None) -> Finding:
    """The passage quoted whole; the statement gives its sentences that carry the question."""
    return _made(label, passage, passage.span, _carrying(passage, question), score)


def for_patient(label: Label, passage: Passage, question: str, score: float | None) -> Finding | None:
    """The sentences that carry the question, where they tell no dose; None if none is left."""
    plain = [span for span in _sentences(passage) if not _DOSE.search(_at(passage, span))]
    wanted = frozenset(tokens_of(question))
    told = [span for span in plain if wanted & set(tokens_of(_at(passage, span)))] if wanted else plain
    if not told:
        return None
    return _made(label, passage, told[0], _at(passage, told[0]), score)


def source(label: Label) -> Source:
    """The label as a source, with its public page."""
    return Source(
        id=label.source_id,
        title=f"US label of {label.name}{f', {label.maker}' if label.maker else ''}",
        version=label.dated,
        licence=LICENCE,
        depth=Depth.FULL_TEXT,
        url=f"https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid={label.set_id}",
        year=int(label.dated[:4]),
    )


def _made(label: Label, passage: Passage, span: Span, said: str, score: float | None) -> Finding:
    quote = passage.text[span.start - passage.span.start : span.end - passage.span.start]
    where = f"{title(passage.section)}, characters {span.start}-{span.end} of the section"
    return Finding(
        statement=f"The label of {label.name} ({label.dated}) says: “{_plain(said)}”",
        evidence=(Evidence(source=source(label), quote=quote, locator=where),),
        kind=Kind.LITERATURE,
        certainty=CERTAINTY,
        names=tuple(dict.fromkeys((*label.brands[:1], *_ingredients(label)))),
        score=score,
    )


def _sentences(passage: Passage) -> list[Span]:
    """The sentences of the passage as characters of its section."""
    first = passage.span.start
    return [Span(first + start, first + end) for start, end in sentences(passage.text)]


def _at(passage: Passage, span: Span) -> str:
    return passage.text[span.start - passage.span.start : span.end - passage.span.start]


def _carrying(passage: Passage, question: str) -> str:
    """From the sentence that shares most with the question on, whole sentences up to :data:`SHORT` characters."""
    spans = _sentences(passage)
    wanted = frozenset(tokens_of(question))
    shared = [len(wanted & set(tokens_of(_at(passage, span)))) for span in spans]
    first = shared.index(max(shared))
    last = first
    while last + 1 < len(spans) and spans[last + 1].end - spans[first].start <= SHORT:
        last += 1
    return _cut(_at(passage, Span(spans[first].start, spans[last].end)))


def _cut(text: str) -> str:
    """A sentence longer than a statement may be ends at a word, marked."""
    if len(text) <= SHORT:
        return text
    return f"{text[:SHORT].rsplit(None, 1)[0]} …"


def _plain(text: str) -> str:
    return " ".join(shown(text).split())


def names_of(label: Label) -> Sequence[str]:
    """The names that stand everywhere in a label and tell nothing in a question about it."""
    return (*label.brands, *label.generics, *_ingredients(label))


def _ingredients(label: Label) -> list[str]:
    return [one.removeprefix("~").replace("_", " ") for one in sorted(label.ingredients)]
