"""What a message asks for that is not given: a dose (to a patient), help to harm or to deceive, an animal's doctor.

Each has fixed words in its place: the refusal with what does help. No model has a part in it, and a red flag in the
same message always comes first. Help to harm is refused to clinicians as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, Literal

import yaml
from pydantic import Field, ValidationError

from retrieval.evidence import Text, Word
from tools.triage import places
from tools.triage.facts import about_an_animal
from tools.triage.lexicon import ENGLISH, FOLDER, KnowledgeError
from tools.triage.wording import read

GAP = 6
"""Words that ".." may stand for."""
_Parts = tuple[frozenset[str] | None, ...]
"""Each word of a phrase as the words it may be; None for a gap."""


class Request(Word):
    """One kind of request and what is said to it."""

    id: Annotated[str, Field(pattern=r"^[a-z]+(_[a-z]+)*$")]
    says: Mapping[str, Text]
    alone: bool = False
    """No question about a complaint follows."""
    harmful: bool = False
    """Help to harm or to deceive: nobody gets it."""
    about: Literal["", "animal"] = ""

    def text(self, country: str = "", language: str = ENGLISH) -> str:
        """Our words, with the country's numbers; in English where the language has none."""
        spoken = language if language in self.says else ENGLISH
        lines = {kind: places.line(kind, country, spoken) for kind in places.KINDS}
        return self.says[spoken].format(**lines)


class Intent(Word):
    """An aim that is told by words in any order: one phrase of each of ``every``, and none of ``without``."""

    request: str
    every: tuple[tuple[str, ...], ...]
    without: tuple[str, ...] = ()

    def told(self, said: str) -> bool:
        """Whether a text (plain words between single spaces, one before and one after) tells the aim."""
        if any(f" {phrase} " in said for phrase in self.without):
            return False
        return all(any(f" {phrase} " in said for phrase in phrases) for phrases in self.every)


class Requests(Word):
    """All requests with their phrases by the first word, so that reading stays linear in the message."""

    held: tuple[Request, ...]
    phrases: Mapping[str, tuple[tuple[str, _Parts], ...]]
    intents: tuple[Intent, ...] = ()

    def named(self, name: str) -> Request | None:
        """The request of this id."""
        return next((one for one in self.held if one.id == name), None)

    def asked(self, text: str) -> Request | None:
        """What the message asks for; of two, the harmful one, else the first of the file; None where for nothing."""
        words = [token.text for token in read(text).tokens]
        named = {
            name
            for place, word in enumerate(words)
            for name, parts in self.phrases.get(word, ())
            if _matches(parts, words, place)
        }
        named |= {one.request for said in _pairs(text) for one in self.intents if one.told(said)}
        animal = about_an_animal(text)
        told = [one for one in self.held if one.id in named or (one.about == "animal" and animal)]
        return next((one for one in told if one.harmful), told[0] if told else None)


_OWNERS = re.compile(r"(?<=\w)['’]s\b")
_SENTENCES = re.compile(r"[.!?\n]+")


def _pairs(text: str) -> Iterator[str]:
    """Each sentence with the one before it, as plain words: an aim and its object may stand in two sentences."""
    before = ""
    for part in _SENTENCES.split(_OWNERS.sub("", text)):
        said = " ".join(token.text for token in read(part).tokens)
        if said:
            yield f" {before} {said} " if before else f" {said} "
            before = said


def _matches(parts: _Parts, words: Sequence[str], place: int) -> bool:
    """Whether the phrase begins at this word."""
    if not parts:
        return True
    if parts[0] is None:
        return any(_matches(parts[1:], words, place + skipped) for skipped in range(GAP + 1))
    return place < len(words) and words[place] in parts[0] and _matches(parts[1:], words, place + 1)


def request(text: str) -> Request | None:
    """What a message asks for that is not given; see :class:`Requests`."""
    return requests().asked(text)


@cache
def requests() -> Requests:
    """The requests that ship, read once.

    Raises:
        KnowledgeError: names what breaks the shape.
    """
    try:
        data = yaml.safe_load((FOLDER / "requests.yaml").read_text(encoding="utf-8"))
        groups = {name: frozenset(words.split()) for name, words in data["groups"].items()}
        held, phrases, intents = [], list[tuple[str, _Parts]](), list[Intent]()
        for name, row in data["requests"].items():
            intents += [_intent(name, one, data["words"]) for one in row.pop("intents", ())]
            phrases += [
                (name, _parts(line, groups)) for line in row.pop("phrases").splitlines() if line.strip()
            ]
            held.append(Request(id=name, **row))
    except (OSError, yaml.YAMLError, ValidationError, KeyError, AttributeError, TypeError) as wrong:
        raise KnowledgeError(f"requests.yaml: {wrong}") from wrong
    return Requests(held=tuple(held), phrases=_by_first_word(phrases), intents=tuple(intents))


def _intent(name: str, row: Mapping[str, Sequence[str]], words: Mapping[str, str]) -> Intent:
    """An intent of the file: each part is the name of a list in ``words``, or phrases between "|".

    Raises:
        KeyError: a list that there is not.
    """
    return Intent(
        request=name,
        every=tuple(_phrases(part, words) for part in row["every"]),
        without=tuple(phrase for part in row.get("without", ()) for phrase in _phrases(part, words)),
    )


def _phrases(part: str, words: Mapping[str, str]) -> tuple[str, ...]:
    """The phrases of a part: those between "|", and those of the lists that it names as "<list>"."""
    told = [one.strip() for one in part.split("|")]
    each = [
        phrase for one in told for phrase in (words[one[1:-1]].split("|") if one.startswith("<") else (one,))
    ]
    plain = (" ".join(token.text for token in read(phrase).tokens) for phrase in each)
    return tuple(dict.fromkeys(phrase for phrase in plain if phrase))


def _parts(line: str, groups: Mapping[str, frozenset[str]]) -> _Parts:
    """The words of a phrase; the first is never a gap.

    Raises:
        KeyError: a group that there is not.
    """
    return tuple(
        None if word == ".." else groups[word[1:-1]] if word.startswith("<") else frozenset({_read(word)})
        for word in line.split()
    )


def _read(word: str) -> str:
    """The word as messages are read: without accents or an apostrophe where the reading takes them away."""
    return "".join(token.text for token in read(word).tokens)


def _by_first_word(phrases: Sequence[tuple[str, _Parts]]) -> dict[str, tuple[tuple[str, _Parts], ...]]:
    indexed: dict[str, tuple[tuple[str, _Parts], ...]] = {}
    for word, entry in _first_words(phrases):
        indexed[word] = (*indexed.get(word, ()), entry)
    return indexed


def _first_words(phrases: Sequence[tuple[str, _Parts]]) -> Iterator[tuple[str, tuple[str, _Parts]]]:
    for name, parts in phrases:
        for word in sorted(parts[0] or ()):
            yield word, (name, parts)
