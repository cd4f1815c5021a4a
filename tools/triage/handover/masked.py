"""A person's own words without what tells who they are: names, addresses, telephones, e-mails and numbers of cards."""

from __future__ import annotations

import re

from tools.triage import places
from tools.triage.lexicon import lexicons
from tools.triage.wording import read

_NAME = r"[^\W\d_][\w'’-]*"
_CAPITAL = rf"(?!I\b|I['’])(?=[^\W\d_a-z]){_NAME}"
_KIN = (
    "son|daughter|baby|child|boy|girl|wife|husband|partner|mother|father|mum|mom|dad|brother|sister|friend|uncle|aunt|"
    "grandma|grandpa|nan|gran|grandson|granddaughter"
)
_STREETS = (
    "street|st|road|rd|avenue|ave|lane|ln|drive|close|court|way|place|square|terrace|gardens|crescent|boulevard|blvd|"
    "hill|grove|mews|row"
)
_NO_NAME = (
    "and|but|or|so|i|im|ive|my|from|aged?|the|a|an|with|he|she|who|please|here|now|is|has|have|had|was|am|feel|since|"
    "for|on|in|at|to|it|we|you|not|this|that|live|years?|old"
)
"""What may follow a first name and is no family name."""
_ANNOUNCED = re.compile(
    rf"(\b(?i:my name is|my names|my name's|i am called|i'm called)\s+){_NAME}(?:\s+(?!(?:{_NO_NAME})\b){_NAME})?",
    re.I,
)
_SELF = re.compile(rf"(\b(?i:i'm|i’m|im|i am)\s+)({_CAPITAL}(?:\s+{_CAPITAL}){{0,2}})(?=[\s,.!?]|$)")
_CAPITALS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            rf"(\b(?i:my name is|name is|my names|my name's|name's|i am called|i'm called|is called|named|signed|"
            rf"call me|dr\.?|doctor|nurse|mrs?\.?|ms\.?|miss|mister)\s+){_CAPITAL}(?:\s+{_CAPITAL}){{0,2}}"
        ),
        r"\1[name]",
    ),
    (re.compile(rf"(\b(?i:my|our|his|her)\s+(?i:{_KIN}),?\s+){_CAPITAL}(?:\s+{_CAPITAL})?"), r"\1[name]"),
)
"""Names told by their capitals; a message all in capitals tells none."""
_PERSONAL: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+"), "[e-mail]"),
    (re.compile(r"\bhttps?://\S{1,200}|\bwww\.\S{1,200}", re.I), "[address]"),
    (
        re.compile(
            rf"\b\d{{1,5}}[a-z]?,?\s+(?:{_NAME}\s+){{1,3}}(?:{_STREETS})\b\.?(?!\s+(?:pain|hurts?))", re.I
        ),
        "[address]",
    ),
    (re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d(?!st|nd|th|hr|yr)[ABD-HJLNP-UW-Z]{2}\b", re.I), "[postcode]"),
    (re.compile(r"\b[A-Z]{1,3}-?\d{6,12}[A-Z]?\b"), "[number]"),
    (
        re.compile(
            r"(\b(?:nhs|mrn|ssn|passport|insurance|medicare|social security|hospital|patient|phone|mobile|tel|id)\b"
            r"(?:\s(?:id|number|no|num|is)\b\.?)*[\s:#]{1,3})\d(?:[\d ()-]{3,20})\d",
            re.I,
        ),
        r"\1[number]",
    ),
    (re.compile(r"\b(\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d)\b"), "[date]"),
    (re.compile(r"(?<![\d.,/])\+?\d(?:[ ().-]{0,2}\d){6,18}(?!\d)"), "[number]"),
)


def masked(words: str) -> str:
    """The words with names, addresses and personal numbers replaced by what they were, such as "[name]".

    Emergency, crisis and poison lines that we hold stay. A name that no word announces is not found.
    """
    kept = {f"\ue000{place}\ue001": line for place, line in enumerate(places.all_numbers()) if len(line) > 6}
    for mark, line in kept.items():
        words = words.replace(line, mark)
    patterns = _PERSONAL if words.isupper() else (*_CAPITALS, *_PERSONAL)
    for pattern, instead in patterns:
        words = pattern.sub(instead, words)
    words = _ANNOUNCED.sub(_unless_a_sign_follows, words)
    if not words.isupper():
        words = _SELF.sub(_unless_a_sign, words)
    for mark, line in kept.items():
        words = words.replace(mark, line)
    return words


def _unless_a_sign(found: re.Match[str]) -> str:
    """ "I'm Peter" is a name, "I'm Pregnant" is none."""
    english = lexicons()[0]
    said = read(found.group(2), english.speller)
    return found.group() if english.mentions(said) else f"{found.group(1)}[name]"


def _unless_a_sign_follows(found: re.Match[str]) -> str:
    """ "My name is john smith" holds a family name, "my name is john chest pain" a sign."""
    _, *family = found.group()[len(found.group(1)) :].split()
    told = [word for word in family if lexicons()[0].classes_of(word.lower())]
    return " ".join([f"{found.group(1)}[name]", *told])
