"""What somebody says a picture is: only words that point at it count, never a kind that is mentioned beside it."""

from __future__ import annotations

import re

_KINDS = (
    (
        "breast_ultrasound",
        re.compile(
            r"\bbreast\b[^.?!]{0,30}\b(?:ultra-?sound|sono\w+)|\b(?:ultra-?sound|sono\w+)\b[^.?!]{0,30}\bbreast\b",
            re.IGNORECASE,
        ),
    ),
    (
        "chest_xray",
        re.compile(
            r"\bchest (?:x-?rays?|films?|radiographs?)\b|\bCXR\b|\bx-?ray of (?:the|his|her) chest\b", re.I
        ),
    ),
    (
        "fundus",
        re.compile(
            r"\bfundus(?: (?:photo\w*|pictures?|images?))?\b|\bretinal? (?:photo\w*|pictures?|images?|scans?)\b"
            r"|\b(?:photo\w*|picture) of (?:the|his|her) (?:eye|retina|fundus)\b",
            re.IGNORECASE,
        ),
    ),
)
_ASKED_WHETHER = re.compile(r"\b(?:is|was) (?:this|that|it) (?:really )?an?\b|\bnot an?\b", re.IGNORECASE)
_OTHER = re.compile(
    r"\b(?:mammogra\w+|tomosynthes\w+|CTs?|HRCT|CBCT|MRIs?|MRT|OCTA?s?|\w*tomogra\w+|\w*angiogra\w+|scintigra\w+"
    r"|SPECT)\b|\b(?-i:PET)\b|\bmagnetic resonance\b",
    re.IGNORECASE,
)
"""A modality that is none of the three: then the words may speak of that one."""

_SENTENCE = re.compile(r"(?<=[.?!])\s+|\n+")
_REPLY = re.compile(r"^\s*(?:no|yes|sorry)\s*[,.:;]\s*", re.IGNORECASE)
"""A "no" that answers and denies nothing of what follows."""

_ABSENT_OR_PAST = (
    r"no|not|never|without|cannot|\w+n['’]t|last|previous\w*|prior|earlier|former\w*|had|was|were|yesterday"
    r"|ago|(?:19|20)\d\d"
)
_BEFORE = re.compile(
    rf"\b(?:{_ABSENT_OR_PAST}|mother|father|sister|brother|sibling|wife|husband)\b(?!-)", re.IGNORECASE
)
_AFTER = re.compile(
    rf"^\W*(?:(?:[\w'’-]+\s+){{0,3}}(?:{_ABSENT_OR_PAST})\b(?!-)|(?:reports?|results?|findings?)\b)",
    re.IGNORECASE,
)
_VIEW = (
    r"(?:[\w-]+['’]s?\s+)?(?:(?:frontal|portable|lateral|AP|PA|left|right|new|current|present|following|attached"
    r"|enclosed|uploaded|colou?r|digital|wide-?field|paediatric|pediatric)\s+){0,3}"
)
_POINTED = re.compile(
    r"\b(?:this|these|attached|attach(?:ing)?|enclosed|uploaded|here(?:['’]s| is| are)|it(?:['’]s| is)"
    r"|(?:this|these|that|they|attached|enclosed|attachment|upload|picture|image|file) (?:is|are|shows?)"
    r"|look at|looking at"
    r"|read|interpret|assess|check|review|see|(?:do(?:es)?|^is|^are) (?:the|my|his|her|their))[\s:]+"
    rf"(?:(?:an?|the|my|his|her|their)\s+)?{_VIEW}$",
    re.IGNORECASE,
)
_ON = re.compile(rf"\b(?:on|in)\s+(?:(?:an?|the|my|his|her|their)\s+)?{_VIEW}$", re.IGNORECASE)
_ASKS = re.compile(r"\?|^\s*anything\b", re.IGNORECASE)
_THIS_ONE = re.compile(r"\b(?:this|these|the|my|his|her|their|any|anything)\b", re.IGNORECASE)
_FIRST = re.compile(rf"^\W*(?:(?:an?|the|my|his|her|their)\s+)?{_VIEW}$", re.IGNORECASE)
_HEADS = re.compile(
    r"^\s*(?:$|[:;,.(–—]|-\s|(?:of|from)\b|(?:is |are )?(?:attached|enclosed|uploaded)\b)", re.IGNORECASE
)
_ATTACHED = re.compile(r"^\s*(?:is |are )?(?:attached|enclosed|uploaded)\b", re.IGNORECASE)


def stated_kind(question: str) -> str:
    """The kind that the words say the picture is; "" where they say none, several, another, or ask whether it is one.

    A kind counts beside "this", "attached", "here is" and the like, as that on which something is asked, or at the head
    of its sentence ("CXR of a child, anything on it?"); one that was denied or belongs to the past does not.
    """
    named = [(kind, words) for kind, words in _KINDS if words.search(question)]
    if len(named) != 1 or _ASKED_WHETHER.search(question) or _OTHER.search(question):
        return ""
    ((kind, words),) = named
    sentences = [_REPLY.sub("", one) for one in _SENTENCE.split(question)]
    return kind if any(_points(one, found) for one in sentences for found in words.finditer(one)) else ""


def names_kind(part: str) -> bool:
    """Whether a sentence speaks of one of the kinds at all."""
    return any(words.search(part) for _, words in _KINDS)


def _points(sentence: str, found: re.Match[str]) -> bool:
    before, after = sentence[: found.start()], sentence[found.end() :]
    if _BEFORE.search(before) or _AFTER.search(after):
        return False
    if _POINTED.search(before) or _ATTACHED.search(after):
        return True
    if _ON.search(before):
        return bool(_ASKS.search(sentence) and (_THIS_ONE.search(before) or after.strip() == "?"))
    return bool(_FIRST.search(before) and _HEADS.search(after))
