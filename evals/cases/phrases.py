"""What a symptom is and how people say it: the strict form of ``evals/knowledge/symptoms/*.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, field_validator

from evals.cases.case import Sex
from retrieval.evidence import Text, Word

LANGUAGES = ("en", "es", "fr", "de")
OPEN = 8
"""Phrases 1 to 8 may be used for development; the rest of a list is held out."""
_TOKEN = re.compile(r"\{([^{}]*)\}")
_SELF = {
    "i": "I", "im": "I'm", "ive": "I've", "id": "I'd", "ill": "I'll", "my": "my", "me": "me", "mine": "mine",
    "myself": "myself", "was": "was", "am": "am", "dont": "don't", "cant": "can't", "isnt": "I'm not",
}  # fmt: skip
_OTHER = {"was": "was", "am": "is", "dont": "doesn't", "cant": "can't"}
_HIM = {
    "i": "he", "im": "he's", "ive": "he's", "id": "he'd", "ill": "he'll", "my": "his", "me": "him", "mine": "his",
    "myself": "himself", "isnt": "he isn't", **_OTHER,
}  # fmt: skip
_HER = {
    "i": "she", "im": "she's", "ive": "she's", "id": "she'd", "ill": "she'll", "my": "her", "me": "her",
    "mine": "hers", "myself": "herself", "isnt": "she isn't", **_OTHER,
}  # fmt: skip
_VERBS = {"have": "has", "do": "does", "go": "goes", "be": "is", "am": "is", "are": "is"}


class Phrase(Word):
    """One way of saying a symptom. ``who``: only of a child, or only in the first person."""

    text: Text
    literacy: Literal["low", "middle", "high", ""] = ""
    who: Literal["child", "self", ""] = ""
    proxy: bool = False
    """In Spanish, French and German: said about a child."""

    def fits(self, proxy: bool, child: bool) -> bool:
        """Whether it can be said of such a person by such a teller."""
        return {"child": child and proxy, "self": not proxy, "": True}[self.who]


class Symptom(Word):
    """A symptom or fact of life in patients' words."""

    id: Text
    means: Text
    noun: Mapping[str, Text] = {}
    """For a denial: "no chest pain"."""
    keywords: tuple[Text, ...] = ()
    en: Annotated[tuple[Phrase, ...], Field(min_length=1)]
    es: tuple[Phrase, ...] = ()
    fr: tuple[Phrase, ...] = ()
    de: tuple[Phrase, ...] = ()

    @field_validator("en", "es", "fr", "de", mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        if not isinstance(value, list):
            return value
        return tuple({"text": one} if isinstance(one, str) else one for one in value)

    def phrases(self, language: str) -> tuple[Phrase, ...]:
        """In the order of the file."""
        return {"en": self.en, "es": self.es, "fr": self.fr, "de": self.de}.get(language, ())


def tokens(text: str) -> tuple[str, ...]:
    """The names between braces."""
    return tuple(_TOKEN.findall(text))


def known(token: str) -> bool:
    """Whether :func:`said` can fill it."""
    return token in _SELF or re.fullmatch(r"v:[a-z]+", token) is not None


def third(verb: str) -> str:
    """Third person singular of an English verb."""
    if verb in _VERBS:
        return _VERBS[verb]
    if verb.endswith(("s", "sh", "ch", "x", "z", "o")):
        return verb + "es"
    return verb[:-1] + "ies" if verb.endswith("y") and verb[-2:-1] not in "aeiou" else verb + "s"


def said(text: str, sex: Sex, proxy: bool) -> str:
    """The phrase with its tokens filled: in the first person, or about him or her."""
    words = (_HER if sex == "female" else _HIM) if proxy else _SELF
    return _TOKEN.sub(lambda hit: _filled(hit.group(1), words, proxy), text) if "{" in text else text


def _filled(token: str, words: dict[str, str], proxy: bool) -> str:
    if token.startswith("v:"):
        return third(token[2:]) if proxy else token[2:]
    return words[token]
