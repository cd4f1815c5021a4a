"""What a message asks for that the patient's chat does not give: a dose, help to harm, an animal's doctor.

Each has fixed words in its place: the refusal with what does help. No model has a part in it, and a red flag in the
same message always comes first.
"""

from __future__ import annotations

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
    about: Literal["", "animal"] = ""

    def text(self, country: str = "", language: str = ENGLISH) -> str:
        """Our words, with the country's numbers; in English where the language has none."""
        spoken = language if language in self.says else ENGLISH
        lines = {kind: places.line(kind, country, spoken) for kind in places.KINDS}
        return self.says[spoken].format(**lines)


class Requests(Word):
    """All requests with their phrases by the first word, so that reading stays linear in the message."""

    held: tuple[Request, ...]
    phrases: Mapping[str, tuple[tuple[str, _Parts], ...]]

    def asked(self, text: str) -> Request | None:
        """What the message asks for, the first of the file where it asks for two; None where for nothing of it."""
        words = [token.text for token in read(text).tokens]
        named = {
            name
            for place, word in enumerate(words)
            for name, parts in self.phrases.get(word, ())
            if _matches(parts, words, place)
        }
        animal = about_an_animal(text)
        return next((one for one in self.held if one.id in named or (one.about == "animal" and animal)), None)


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
        held, phrases = [], list[tuple[str, _Parts]]()
        for name, row in data["requests"].items():
            phrases += [
                (name, _parts(line, groups)) for line in row.pop("phrases").splitlines() if line.strip()
            ]
            held.append(Request(id=name, **row))
    except (OSError, yaml.YAMLError, ValidationError, KeyError, AttributeError, TypeError) as wrong:
        raise KnowledgeError(f"requests.yaml: {wrong}") from wrong
    return Requests(held=tuple(held), phrases=_by_first_word(phrases))


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
