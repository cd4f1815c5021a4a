"""What a text denies, or leaves open: "HLA-B*57:01 not detected", "no *2/*2", "not tested".

A denied result must never be read as the result, nor an open one as either. An HLA allele has a status of its own
("negative"); for every other gene a denial says nothing about which alleles are there, and is refused.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_BEFORE_GENE = re.compile(
    r"\b(?:no|not|without|neither|nor|lacks?|absence of|negative for|non-?carrier of|free of)"
    r"(?:\s+(?:an?|the|any|carry(?:ing)?|have|having|positive for|carrier of|evidence of))*\s*$",
    re.I,
)
_NOT = r"(?:not|n't)\s+(?:an?\s+|been\s+)?"
_THERE = (
    r"(?:carrier|carried|carry|carrying|have|detected|present|found|seen|identified|positive|there|confirmed)"
)
_NEGATIVE = re.compile(
    rf"\bneg(?:ative)?\b|\bnon-?carrier\b|\babsen(?:t|ce)\b|{_NOT}{_THERE}\b|\bundetected\b|\bnone\b|\bexcluded\b"
    r"|\bruled out\b|[:=]\s*no\b|^\s*\(?[-−–]\)?\s*$",
    re.I,
)
_POSITIVE = re.compile(
    r"\b(?:pos(?:itive)?|carrier|carried|carries|present|detected|found|yes|hetero\w+|homo\w+)\b|\+", re.I
)
_OPEN = re.compile(
    r"\b(?:un|not )(?:tested|typed|known|done|determined|available|clear)\b|\bpending\b|\bawaited\b|\binconclusive\b",
    re.I,
)
_DOUBT = re.compile(r"\btest|\bnot\b|\bno\b", re.I)
_HLA_ALLELE = re.compile(r"\*?(\d{2,3}:\d{2,3})(?::\d+)*[A-Z]?")
_CLAUSE = re.compile(r"[.;!\n]")
_FILLING = (
    r"(?:(?:is|was|were|has|have|been|alleles?|diplotype|genotype|status|hetero\w+|homo\w+|carrier)\s+)*"
)
_BEHIND = re.compile(
    rf"\W{{0,3}}{_FILLING}(?:not\s+{_THERE}\b|negative\b(?!\s+for)|absent\b|undetected\b|excluded\b|ruled out\b"
    r"|unlikely\b)",
    re.I,
)
_AHEAD = re.compile(r"\b(?:no|not|never|without|non)\b(?:\s+(?:an?|the|is|carry|carrying))*\s*$", re.I)


class Ambiguous(ValueError):
    """The words neither state nor deny a result; the message says which allele."""


class _Said(NamedTuple):
    allele: str
    status: str
    """ "positive", "negative", or "" where the allele is only named."""


def cut_before(between: str) -> tuple[str, bool]:
    """The text in front of a gene's name without a denial that belongs to the gene, and whether there is one."""
    found = _BEFORE_GENE.search(between)
    return (between[: found.start()], True) if found else (between, False)


def hla_statuses(rest: str, *, denied: bool = False) -> str:
    """The status of every HLA allele that a text names ("*57:01 negative; *58:01 positive"); "" where none is stated.

    ``denied``: a denial stands in front of the gene, and belongs to the first allele.

    Raises:
        Ambiguous: a status is stated and denied, left open, or stated for some of the alleles only.
    """
    told: list[_Said] = []
    hits = list(_HLA_ALLELE.finditer(rest))
    for number, hit in enumerate(hits, start=1):
        follows = hits[number].start() if number < len(hits) else None
        said, next_denied = rest[hit.end() : follows], False
        if follows is not None:
            said, next_denied = cut_before(said)
        told.append(_Said(f"*{hit[1]}", _status(hit[1], _CLAUSE.split(said)[0], denied)))
        denied = next_denied
    stated = [one for one in told if one.status]
    if stated and len(stated) < len(told):
        bare = next(one.allele for one in told if not one.status)
        raise Ambiguous(f"{bare} is named without saying whether it is carried")
    return "; ".join(f"{one.allele} {one.status}" for one in stated)


def _status(allele: str, clause: str, denied: bool) -> str:
    negative = denied or bool(_NEGATIVE.search(clause))
    positive = bool(_POSITIVE.search(_NEGATIVE.sub(" ", clause)))
    if _OPEN.search(clause) or (negative and positive):
        raise Ambiguous(f"whether *{allele} is carried is left open")
    if negative or positive:
        return "negative" if negative else "positive"
    if _DOUBT.search(clause):
        raise Ambiguous(f"whether *{allele} is carried is left open")
    return ""


def is_denied(text: str, result: re.Match[str] | None) -> bool:
    """True if the words right before or right behind a result take it back."""
    if result is None:
        return False
    return bool(_AHEAD.search(text[: result.start()]) or _BEHIND.match(text, result.end()))
