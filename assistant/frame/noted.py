"""Problems and allergies in the short form of a note: "72-year-old woman, COPD, penicillin anaphylaxis, takes ...".

A part between two commas counts only if it is the name of a condition and nothing else but how bad, how old or which
stage; what is denied, suspected, asked or said of the family does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from retrieval.patient import Known, Origin, OriginKind
from tools.treatment.allergy import read_allergies
from tools.treatment.load import knowledge

_SENTENCE = re.compile(r"[.;!\n]+(?=\s|$)|(?<=\?)\s")
_PART = re.compile(r",|:|\b(?:but|plus|and|also|with)\b|&")
PERSON = re.compile(
    r"\b(?:man|woman|male|female|lady|gentleman|boy|girl|she|he|her|his|my patient|i am|year[- ]old|years old"
    r"|\d{1,3}\s?(?:yo|y/o|[MF]))\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(?:family|mother|father|brother|sister|sibling|parent|son|daughter|aunt|uncle|grand\w{4,7}|husband|wife)s?\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"^(?:no|not|never|without|nor|negative for|den(?:ies|ied))\b", re.IGNORECASE)
_DENIES = re.compile(r"^(?:negative for|den(?:ies|ied))\b", re.IGNORECASE)
_VERB = re.compile(r"\b(?:takes?|taking|on|has|had|allerg\w+|pregnant|breastfeeding)\b", re.IGNORECASE)
_BEFORE = re.compile(
    r"^(?:(?:\d{1,3}\s?(?:yo|y/o)?\s?[MF]|a|an|the|she|he|has|have|had|known|old|previous|prior|past|earlier|recent|current|active|severe|mild|moderate"
    r"|chronic|stable|controlled|uncontrolled|poorly|well|treated|untreated|history of|hx of|pmh|h/o|status post|s/p"
    r"|after|problems?|diagnos[ei]s)\s+)+",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"$|\s*[(\d]|\s+(?:in|since|for|at|on|under|to|due|from|as|too|now|stage|class|type|grade|nyha|child-pugh|last|years?|months?"
    r"|weeks?|days?|exacerbation|flare|syndrome|disease)\b",
    re.IGNORECASE,
)
_LONGEST = 4000
"""Letters that are read this way; a longer text is no note about one patient."""
_ALLERGIC_TO = re.compile(
    r"(?P<drug>(?:[\w/-]{2,30}\s){1,3}?)(?P<what>allerg(?:y|ies)|anaphylaxis|anaphylactic (?:shock|reaction)"
    r"|hypersensitivity)\b",
    re.IGNORECASE,
)
REACTED = (
    r"\b(?P<what>anaphyla(?:xis|ctic (?:shock|reaction))|allergic reaction|hypersensitivity|hives|urticaria|rash"
    r"|angio-?o?edema|stevens-johnson(?: syndrome)?|SJS)\s(?:to|with|after|from|on|under)\s"
)
_REACTED_TO = re.compile(REACTED + r"(?P<drug>(?:[\w/-]{2,30}\s?){1,3})", re.IGNORECASE)
_OF_OTHERS = re.compile(
    r"\b(?:(?:patients|people|adults|children|those|women|men)(?: with| who have)?|no(?: known| history of)?)"
    r"(?: an?)?\s*$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\b(?:no|not|without|with|has|had|have|and|or|takes?|taking|a|an|the|of|on|to|known|but|is|was|severe|mild|his|her)\b",
    re.IGNORECASE,
)


def parts(text: str) -> Iterator[str]:
    """The parts of a note that could name a condition, in order; those of a mere question are left out."""
    text = text[:_LONGEST]
    of_a_person = bool(PERSON.search(text)) or "?" not in text
    for sentence in _SENTENCE.split(text):
        asks = sentence.rstrip().endswith("?") and not PERSON.search(sentence)
        if of_a_person and not asks and not _RELATIVE.search(sentence):
            yield from _told([part.strip() for part in _PART.split(sentence)])


def _told(said: list[str]) -> Iterator[str]:
    """What is not denied; "no asthma, gout or COPD" denies all three, "no known allergies, COPD" does not."""
    at = 0
    while at < len(said):
        if not _DENIED.search(said[at]):
            yield said[at]
        elif _DENIES.search(said[at]):
            return
        else:
            at = _last_denied(said, at)
        at += 1


def _last_denied(said: list[str], at: int) -> int:
    """The place of the last part that a "no" at this place denies."""
    for place in range(at, len(said)):
        if _VERB.search(said[place]):
            return at
        if re.search(r"\bor\b", said[place], re.IGNORECASE):
            return place
    return at


def whole(part: str, conditions: Iterable[re.Pattern[str]]) -> str:
    """The part, without what stands before the condition, if it is the name of one; else empty."""
    part = part.strip(" -–()?")
    for said in (part, _BEFORE.sub("", part)):
        for pattern in conditions:
            named = pattern.match(said)
            if named and _AFTER.match(said, named.end()):
                return said
    return ""


def allergies(text: str) -> Iterator[Known[str]]:
    """Allergies as "penicillin anaphylaxis" or "rash on amoxicillin" tell them, with the reaction; known drugs only."""
    text = text[:_LONGEST]
    for pattern, at_the_end in ((_ALLERGIC_TO, True), (_REACTED_TO, False)):
        for match in pattern.finditer(text):
            drug = _drug(match["drug"], at_the_end)
            first = text.find(drug, match.start("drug")) if at_the_end else match.start()
            if drug and not _OF_OTHERS.search(text[:first]):
                what = match["what"].lower()
                value = drug.lower() if what.startswith(("allerg", "hypers")) else f"{drug.lower()} ({what})"
                yield Known[str](
                    value=value, origin=Origin(kind=OriginKind.WORDS, where=match.group().strip())
                )


def _drug(said: str, at_the_end: bool) -> str:
    """The longest run of the words, at their end or at their start, that the allergy rules know."""
    words = _BETWEEN.split(said)[-1 if at_the_end else 0].split()
    for length in range(len(words), 0, -1):
        name = " ".join(words[-length:] if at_the_end else words[:length])
        entry = Known[str](value=name, origin=Origin(kind=OriginKind.WORDS, where=name))
        known, _ = read_allergies([entry], knowledge())
        if known:
            return name
    return ""
