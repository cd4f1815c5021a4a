"""Symptoms of one patient, read from text as HPO terms: what is present, what is denied, what is another person's.

A symptom is found by the exact name of its term (any case, singular or plural, British or American spelling), by its
HP id, or by a word that nearly all diseases named by it share ("epilepsy"). The ontology held here has no synonyms, so
what goes by another name is not found; the answer lists what was found, and the user adds the rest by HP id. What is
denied never enters: after "no", "without", "denies" and their like everything up to the end of the clause counts as
denied, lists included, because a lost symptom costs less than one the patient does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from genomics import phenotype
from genomics.phenotype import PhenotypeError, Term
from retrieval.evidence import Word

LONGEST = 2000
"""Characters of a text that is read."""
_MOST_WORDS = 12
_DISEASE_SHARE, _FEWEST, _SPREAD = 0.95, 20, 0.25
"""For a disease word in free text: share of its diseases with the term, fewest diseases, and how common the term may be
among all diseases (our choices)."""


class Mention(Word):
    """A term and the words that stand for it."""

    term: Term
    words: str
    how: str = ""
    """Empty for the term's own name or id; else why the words stand for it."""


class Symptoms(Word):
    """What a text says of the patient. Only ``present`` is ever ranked."""

    present: tuple[Mention, ...] = ()
    denied: tuple[Mention, ...] = ()
    others: tuple[Mention, ...] = ()
    """Of relatives."""
    unknown: tuple[str, ...] = ()
    """HP ids that do not exist."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the present terms."""
        return tuple(one.term.id for one in self.present)


class _Span(NamedTuple):
    start: int
    end: int
    term_id: str
    how: str


_DENIES = re.compile(
    r"\b(?:no|not|none|non|never|without|w/o|denies|denied|denying|negative\s+for|absence\s+of|absent|lacks?|lacking"
    r"|free\s+of|free\s+from|nil|neg|nor|neither|excluded?|rules?\s+out|ruled\s+out|hasn't|doesn't|isn't|wasn't|didn't|don't|unlikely)\b"
    r"|\(-\)|(?<!\w)-ve\b",
    re.I,
)
_DENIED_AFTER = re.compile(
    r"^[\s:,?(-]*(?:(?:is|are|was|were|has\s+been|have\s+been|had\s+been)\s+)?"
    r"(?:no\b(?!\s+\w)|none|not\s+(?:present|seen|found|noted|reported|observed)|absent|denied|excluded|ruled\s+out|negative"
    r"|never|unlikely|-\s*(?:,|$))|^[^()]*?[:–-]\s*(?:no|none|absent|denied|negative)\s*$",
    re.I,
)
_BUT = re.compile(
    r"\(\+\)|\b(?:yes|but|however|although|though|except|whereas)\b"
    r"|(?:,|\band)\s+(?:\w+\s+){0,2}?(?:yet|has|had|have|presents?|presenting|presented|developed|shows?|showed)\b",
    re.I,
)
_NOT_ONLY = re.compile(r"\bnot\s+only\b|\bno\s+(?:longer|change|improvement)\b|\bno\s+doubt\b", re.I)
_RELATIVE = re.compile(
    r"\b(?:mother|father|mum|mom|dad|brother|sister|sibling|uncle|aunt|cousin|grandmother|grandfather|grandparent"
    r"|son|daughter|family\s+history|relatives?|maternal|paternal|parents?)(?:'s|s)?\b",
    re.I,
)
_PATIENT = re.compile(r"\b(?:patient|proband|she|he|they|boy|girl|child|infant|baby|i)\b", re.I)
_STOP = re.compile(r"[.;!\n]+(?:\s|$)|\n")
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*|\d+")


def read(text: str) -> Symptoms:
    """The symptoms of a text. A term that is said and denied in the same text is listed as denied alone.

    Raises:
        PhenotypeError: the text is longer than 2,000 characters.
    """
    if len(text) > LONGEST:
        raise PhenotypeError(f"the text has {len(text)} characters; at most {LONGEST} are read")
    present: dict[str, Mention] = {}
    denied: dict[str, Mention] = {}
    others: dict[str, Mention] = {}
    unknown: list[str] = []
    for clause in _clauses(text):
        for span in _spans(clause, unknown):
            mention = Mention(
                term=phenotype.term(span.term_id), words=clause[span.start : span.end], how=span.how
            )
            place = others if _of_relative(clause, span) else denied if _is_denied(clause, span) else present
            place.setdefault(span.term_id, mention)
    return Symptoms(
        present=tuple(one for term_id, one in present.items() if term_id not in denied),
        denied=tuple(denied.values()),
        others=tuple(others.values()),
        unknown=tuple(dict.fromkeys(unknown)),
    )


def _clauses(text: str) -> Iterator[str]:
    yield from (part for part in _STOP.split(text) if part.strip())


def _spans(clause: str, unknown: list[str]) -> Iterator[_Span]:
    """Mentions from left to right, the longest name first at each place."""
    for found in re.finditer(r"\bHP:\d{1,7}\b", clause, re.I):
        try:
            yield _Span(found.start(), found.end(), phenotype.term(found[0]).id, "")
        except PhenotypeError:
            unknown.append(found[0].upper())
    words = list(_WORD.finditer(clause))
    keys = [_key(word[0]) for word in words]
    index, at = _names(), 0
    while at < len(words):
        length = next(
            (n for n in range(min(_MOST_WORDS, len(words) - at), 0, -1) if _joined(keys, at, n) in index), 0
        )
        start, end = words[at].start(), words[at + max(length, 1) - 1].end()
        if length:
            yield _Span(start, end, index[_joined(keys, at, length)], "")
        elif told := _disease_word(clause[start:end].lower()):
            yield _Span(start, end, told.term.id, told.how)
        at += max(length, 1)


def _joined(keys: list[str], at: int, length: int) -> str:
    return " ".join(keys[at : at + length])


@cache
def _names() -> dict[str, str]:
    index: dict[str, str] = {}
    for name, term_id in phenotype.names().items():
        words = _WORD.findall(name)
        index.setdefault(" ".join(_key(word) for word in words), term_id)
    return index


@cache
def _disease_word(word: str) -> Mention | None:
    """The term that nearly all diseases named by the word share, or None."""
    if len(word) < 6 or not word.isalpha():
        return None
    try:
        term, how = phenotype.of_disease_word(word, share=_DISEASE_SHARE, fewest=_FEWEST)
    except PhenotypeError:
        return None
    if phenotype.share_of_diseases(term.id) > _SPREAD:
        return None
    return Mention(term=term, words=word, how=how)


def _key(word: str) -> str:
    """A word without case, plural and the spellings that differ between British and American English."""
    low = word.lower().removesuffix("'s")
    low = low.replace("aemi", "emi").replace("oe", "e").replace("ae", "e").replace("our", "or")
    if low.endswith("ies") and len(low) > 5:
        return low[:-3] + "y"
    if low.endswith("s") and len(low) > 3 and not low.endswith(("ss", "us", "is")):
        return low[:-1]
    return low


def _is_denied(clause: str, span: _Span) -> bool:
    before = _NOT_ONLY.sub(lambda found: " " * len(found[0]), clause[: span.start])
    triggers = list(_DENIES.finditer(before))
    if triggers and not _BUT.search(before, triggers[-1].end()):
        return True
    return bool(_DENIED_AFTER.match(clause[span.end :]))


def _of_relative(clause: str, span: _Span) -> bool:
    """True if the last person named before the symptom is a relative."""
    before = clause[: span.start]
    relative = [found.start() for found in _RELATIVE.finditer(before)]
    patient = [found.start() for found in _PATIENT.finditer(before)]
    if re.match(
        r"\s+(?:in|of)\s+(?:the\s+|his\s+|her\s+|a\s+)?(?:" + _RELATIVE.pattern + ")",
        clause[span.end :],
        re.I,
    ):
        return True
    return bool(relative) and (not patient or relative[-1] > patient[-1])
