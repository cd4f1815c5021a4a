"""Which language a message is written in. One without a lexicon gets a fixed message and is never judged silently by
the rules of another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

import yaml

from tools.triage import places
from tools.triage.lexicon import ENGLISH, FOLDER, lexicons
from tools.triage.spelling import common_words
from tools.triage.wording import read

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_ENGLISH = frozenset(
    """a an the of to in on and or i my me is are was it he she they his her have has had been with for not no do does
    at from can what when how since this that but very am you your""".split()
)
_PIDGIN = frozenset("dey wey abeg wetin una dem oga sef wahala pikin belle unu mek inna fi nuh".split())
"""English as it is spoken in Lagos or Kingston, whose "na", "o" and "me" are words of other languages too."""
OTHER = "other"
"""A language that the rules cannot read."""
_TELLING = 5
"""Words of a message in our letters that are enough to say that it is in no language we know."""
_LEAST = 2
"""Function words of another language that a message must hold, and more of them than English ones."""


@cache
def _languages() -> Mapping[str, Mapping[str, str]]:
    held: Mapping[str, Mapping[str, str]] = yaml.safe_load(
        (FOLDER / "languages.yaml").read_text(encoding="utf-8")
    )
    return held


@cache
def _function_words() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(row["words"].split()) for name, row in _languages().items() if "words" in row}


def language(text: str) -> str:
    """The language of a message: "en" unless most of it is plainly in another one, "other" if no lexicon holds that."""
    letters = [char for char in text[:2000] if char.isalpha()]
    foreign = [name for char in letters if not char.isascii() and (name := unicodedata.name(char, ""))]
    scripts = [name.split()[0] for name in foreign if not name.startswith("LATIN")]
    if letters and 2 * len(scripts) >= len(letters):
        return _by_script(frozenset(scripts))
    words = [word.lower() for word in _WORD.findall(text[:2000].replace("’", "'"))]
    english = sum(word in _ENGLISH or word in _PIDGIN for word in words)
    counts = {name: sum(word in own for word in words) for name, own in _function_words().items()}
    best = max(counts, key=lambda name: (counts[name], _own(words, name)))
    if counts[best] >= _LEAST and counts[best] > english:
        return best
    strange = [word for word in words if word not in _ENGLISH and word not in common_words()]
    if (
        common_words()
        and len(words) >= _TELLING
        and 8 * english <= len(words)
        and 2 * len(strange) > len(words)
    ):
        # Polish, Turkish, Dutch ... are written in our letters too
        return _by_signs(text, mended=False) or OTHER
    if english > counts[best] or not strange or (english and 2 * len(strange) <= len(words)):
        return ENGLISH
    return _by_signs(text) or ENGLISH


def _own(words: Sequence[str], name: str) -> int:
    """How many of the words are function words of this language and of no other: they decide between equals."""
    only = _only(name)
    return sum(word in only for word in words)


@cache
def _only(name: str) -> frozenset[str]:
    """The function words of this language that are none of another's."""
    others = frozenset[str]().union(*(held for other, held in _function_words().items() if other != name))
    return _function_words()[name] - others


def _by_signs(text: str, *, mended: bool = True) -> str:
    """The language whose lexicon knows most of a few words ("vomito sangre"); "" if none does or two know as much.

    ``mended``: slips are read as what they may mean; a word of a strange language is easily taken for a slip.
    """
    known: dict[str, int] = {}
    for lexicon in lexicons():
        hits = lexicon.mentions(read(text, lexicon.speller) if mended else read(text))
        places = {
            n for hit in hits if not hit.concept.startswith("cue.") for n in range(hit.first, hit.last + 1)
        }
        known[lexicon.language] = len(places - {n for hit in hits for n in hit.gaps})
    most = max(known.values())
    named = [name for name, count in known.items() if count == most]
    return named[0] if most and len(named) == 1 else ""


def plausible(text: str, name: str) -> bool:
    """Whether a lexicon may be read against a text at all: English always; another where something speaks for it.

    A cognate in a plainly English sentence ("no palpitations") is not read by the rules of another language, while a
    message in two languages, or a bare word of one, is.
    """
    if name == ENGLISH:
        return True
    row = _languages().get(name, {})
    if "script" in row:
        scripts = {unicodedata.name(char, "").split(" ")[0] for char in text if ord(char) > 0x2FFF}
        return bool(scripts) and _by_script(frozenset(scripts)) == name
    words = {word.lower() for word in _WORD.findall(text.replace("’", "'"))}
    strange = words - _ENGLISH - common_words()
    own = words & (_function_words().get(name, frozenset()) - _ENGLISH)
    mixed = bool(own) and len(strange) >= _LEAST
    return not words & _ENGLISH or mixed or 2 * len(strange) > len(words)


@cache
def false_friends(name: str) -> frozenset[str]:
    """Words of a language that are none of another's signs in a message that is written in it, as they are read.

    Its function words ("lo", "son", "die") and its words that look like another's sign (the French "goût").
    """
    row = _languages().get(name, {})
    listed = f"{row.get('words', '')} {row.get('friends', '')}"
    return frozenset(token.text for token in read(listed).tokens)


def _by_script(scripts: frozenset[str]) -> str:
    for name in ("ja", "zh"):  # Japanese holds Chinese characters too, so its own scripts decide first
        if scripts & set(_languages()[name]["script"].split()):
            return name
    return OTHER


def cannot_check(name: str, country: str = "") -> str:
    """The fixed message in a language that the rules cannot read, with the country's emergency number."""
    row = _languages().get(name, {})
    row = row if "says" in row else _languages()[OTHER]
    number = places.number(country)
    return row["says"].format(emergency=row["at"].format(number=number) if number else row["neutral"])


def is_fixed_message(text: str, country: str = "") -> bool:
    """True if the text ends with one of the fixed messages."""
    return any(text.rstrip().endswith(cannot_check(name, country)) for name in _languages())
