"""The sections of a label that are kept, what people call them, and the cutting of their text into passages.

Labels are foreign text: they are data, cleaned of control characters and tags before they are held, and quoted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

SIZE, OVERLAP = 120, 30
"""Words of a passage, and how many of them the next one begins with."""

SECTIONS: Mapping[str, str] = {
    "boxed_warning": r"box(?:ed)? warnings?|black box",
    "indications_and_usage": r"indications?(?: and usage)?|what it is (?:used )?for|uses?",
    "dosage_and_administration": r"dos(?:e|es|age|ing)(?: and administration)?|posology",
    "contraindications": r"contra-?indicat\w*",
    "warnings_and_cautions": r"warnings?(?: and (?:precautions?|cautions?))?|precautions?|cautions?",
    "warnings": r"warnings?",
    "precautions": r"precautions?",
    "adverse_reactions": r"adverse (?:drug )?(?:reactions?|effects?|events?)|side[- ]effects?|undesirable effects?",
    "drug_interactions": r"(?:drug )?interact\w*",
    "use_in_specific_populations": r"(?:use in )?specific populations?|special populations?",
    "pregnancy": r"pregnan\w*|teratogen\w*",
    "lactation": r"lactation|breast-?feed\w*",
    "nursing_mothers": r"nursing mothers?|breast-?feed\w*|lactation",
    "pediatric_use": r"p(?:a)?ediatric(?: use)?|children",
    "geriatric_use": r"geriatric(?: use)?|elderly|older (?:people|adults|patients)",
    "overdosage": r"over-?dos\w*",
    "information_for_patients": r"(?:patient counsell?ing )?information(?: for patients)?|counsell?ing",
    "spl_medguide": r"medication guide",
    "spl_patient_package_insert": r"patient (?:package insert|leaflet)|leaflet",
    "do_not_use": r"do not use",
    "ask_doctor": r"ask (?:a|your) doctor",
    "when_using": r"when using",
    "stop_use": r"stop use",
}
"""openFDA's key of each section, in the order in which a label is read, and the words that ask for it."""
FOR_PATIENTS = frozenset(
    """boxed_warning contraindications warnings_and_cautions warnings precautions adverse_reactions
    information_for_patients spl_medguide spl_patient_package_insert do_not_use ask_doctor when_using
    stop_use""".split()
)
"""Warnings, side effects and what to tell: what a patient may be quoted."""
_SAID = {key: re.compile(rf"\b(?:{words})\b", re.I) for key, words in SECTIONS.items()}
_TAG = re.compile(
    r"</?(?:table|t[rdh]|tbody|thead|tfoot|caption|col|colgroup|br|p|div|span|su[pb]|[abiu]|em|strong|[uo]l|li|img|svg"
    r"|script|style|iframe|paragraph|content|footnote|footnoteref|item|list|linkhtml|rendermultimedia)\b[^<>]{0,500}>",
    re.I,
)
_WORD = re.compile(r"\S+")


class Span(NamedTuple):
    """Characters ``start`` to ``end`` (exclusive) of the text of a section."""

    start: int
    end: int


def clean(text: str) -> str:
    """The text as it is held: without tags, control, invisible and private characters; nothing else is changed."""
    plain = _TAG.sub(" ", text)
    unseen = {ord(sign): None for sign in set(plain) - {"\n", "\t"} if unicodedata.category(sign)[0] == "C"}
    return plain.translate(unseen) if unseen else plain


def passages(text: str) -> Iterator[Span]:
    """Passages of 120 words, each of which begins with the last 30 words of the one before."""
    words = [match.span() for match in _WORD.finditer(text)]
    for first in range(0, max(len(words) - OVERLAP, min(len(words), 1)), SIZE - OVERLAP):
        chunk = words[first : first + SIZE]
        yield Span(chunk[0][0], chunk[-1][1])


def named(text: str) -> frozenset[str]:
    """The sections that a name means: openFDA's key itself, or what people call it; empty if none."""
    key = "_".join(text.casefold().replace("_", " ").split())
    if key in SECTIONS:
        return frozenset({key})
    plain = text.strip().replace("_", " ")
    return frozenset(key for key, said in _SAID.items() if said.fullmatch(plain))


def spoken_of(question: str) -> frozenset[str]:
    """The sections whose names stand in a question."""
    return frozenset(key for key, said in _SAID.items() if said.search(question))


def title(key: str) -> str:
    """The key as words: "adverse reactions"."""
    return key.removeprefix("spl_").replace("_", " ")
