"""Query expansion from our own vocabulary: lay word, abbreviation, brand and class to the clinical word.

The same vocabulary tells which things a text speaks about, so that a search notices what a passage lacks.
"""

from __future__ import annotations

import copy
import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import yaml

from retrieval.words import ASKING, STOP, stem

FILES = tuple(Path(__file__).parent / "knowledge" / name for name in ("vocabulary.yaml", "names.yaml"))
SECTIONS = ("conditions", "measures", "drugs", "classes", "genes")
KINDS = "kinds"
"""Section of lines [general, kind, kind, ...] of canonical names: what names a kind speaks of the general."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LONGEST = 6
CLIPPED = 5
"""Letters that a clipped drug name must have."""
_ASKING = frozenset(stem(word) for word in ASKING) | STOP


class Mention(NamedTuple):
    """A stretch of a text that names a concept: the concept, its section, and the stems of the words used."""

    concept: str
    section: str
    stems: tuple[str, ...]


class Expansion(NamedTuple):
    """What to search for beside the question: synonyms for the word index, one line for the embedding."""

    synonyms: tuple[str, ...]
    line: str


class Vocabulary:
    """Concepts by their phrases; the longest phrase at a place counts."""

    def __init__(self, sections: dict[str, list[list[str]]]) -> None:
        self._phrases: dict[tuple[str, ...], list[tuple[str, str, bool]]] = {}
        self._longest: dict[str, int] = {}
        """The words of the longest phrase that begins with a stem: most words of a text begin none."""
        self._said: dict[str, tuple[str, ...]] = {}
        self._members: dict[str, frozenset[str]] = {}
        self.stems: set[str] = set()
        drugs = {line[0] for line in sections.get("drugs", ())}
        for section in SECTIONS:
            for line in sections.get(section, ()):
                own = [phrase for phrase in line if section != "classes" or phrase not in drugs]
                self._add(section, line[0], own)
                if section == "classes":
                    self._members[line[0]] = frozenset(line) & drugs
        self._kinds = {line[0]: frozenset(line[1:]) for line in sections.get(KINDS, ())}
        self._drug_names = tuple(
            (phrase.casefold(), line[0])
            for line in sections.get("drugs", ())
            for phrase in line
            if phrase.isalpha() and len(phrase) > CLIPPED
        )
        self._classes = {
            drug: frozenset(name for name, members in self._members.items() if drug in members)
            for drug in drugs
        }

    def _add(self, section: str, name: str, phrases: Sequence[str]) -> None:
        self._said[name] = tuple(phrases)
        for phrase in phrases:
            key = _key(phrase)
            held = self._phrases.setdefault(key, [])
            if key:
                self._longest[key[0]] = min(_LONGEST, max(len(key), self._longest.get(key[0], 0)))
            if not any(name == other for other, _, _ in held):
                held.append((name, section, _is_abbreviation(phrase)))
            self.stems.update(key)

    @cached_property
    def digest(self) -> str:
        """All phrases and what they name, as a hash."""
        whole = sorted((key, sorted(held)) for key, held in self._phrases.items())
        members = sorted((name, sorted(drugs)) for name, drugs in {**self._members, **self._kinds}.items())
        return hashlib.sha256(repr((whole, members)).encode()).hexdigest()

    def mentions(self, text: str) -> list[Mention]:
        """The concepts that a text names, in order."""
        raw = [match.group() for match in _WORD.finditer(text)]
        keys = [_stemmed(word) for word in raw]
        found: list[Mention] = []
        at = 0
        while at < len(raw):
            width, here = self._at(raw, keys, at)
            found.extend(here)
            at += width
        return found

    def _at(self, raw: Sequence[str], keys: Sequence[str], at: int) -> tuple[int, list[Mention]]:
        for width in range(min(self._longest.get(keys[at], 0), len(raw) - at), 0, -1):
            key = tuple(keys[at : at + width])
            entries = self._phrases.get(key)
            if not entries:
                continue
            shouted = all(word.isupper() or word.isdigit() for word in raw[at : at + width])
            here = [
                Mention(name, section, key) for name, section, capitals in entries if shouted or not capitals
            ]
            if here:
                return width, here
        return 1, []

    def concepts(self, text: str) -> frozenset[str]:
        """The names of the concepts in a text."""
        return frozenset(mention.concept for mention in self.mentions(text))

    def with_names(self, names: Iterable[str]) -> Vocabulary:
        """This vocabulary and the names that documents give themselves, where it does not hold them yet."""
        wider = copy.copy(self)
        wider.__dict__.pop("digest", None)
        wider._phrases = {key: list(held) for key, held in self._phrases.items()}
        wider._longest = dict(self._longest)
        wider._said, wider.stems = dict(self._said), set(self.stems)
        for name in sorted(set(names)):
            key = _key(name)
            if key and key not in wider._phrases and not _ASKING.issuperset(key):
                wider._add("names", " ".join(key), [name])
        return wider

    def speaks_of(self, concept: str, held: frozenset[str]) -> bool:
        """True if a text with the concepts ``held`` speaks of ``concept`` itself, of a member of the class, or of a
        kind of the condition (postnatal depression is a depression).

        A class does not speak for its member: what holds for "statins" is no answer about one that is asked for.
        """
        return concept in held or bool(self._under(concept) & held)

    def speaks_of_class(self, drug: str, held: frozenset[str]) -> bool:
        """True if a text with the concepts ``held`` names a class of the drug."""
        return bool(self._classes.get(drug, frozenset()) & held)

    def _under(self, concept: str) -> frozenset[str]:
        none: frozenset[str] = frozenset()
        return self._members.get(concept, none) | self._kinds.get(concept, none)

    def speakers(self, concepts: Iterable[str]) -> frozenset[str]:
        """All that :meth:`speaks_of` and :meth:`speaks_of_class` look for when they are asked about these."""
        named = frozenset(concepts)
        return named.union(*(self._under(name) | self._classes.get(name, frozenset()) for name in named))

    def clipped(self, word: str) -> str | None:
        """The one drug whose name begins with a clipped word ("atorvast", "clopid"); None where it fits more
        than one or is too short to tell."""
        if len(word) < CLIPPED:
            return None
        held = {drug for name, drug in self._drug_names if name.startswith(word) and len(name) > len(word)}
        return held.pop() if len(held) == 1 else None

    def expand(self, question: str) -> Expansion:
        """Synonyms, members of a class, and classes of a drug that the question does not say itself."""
        named = dict.fromkeys(mention.concept for mention in self.mentions(question))
        said = question.casefold()
        near = (
            other for name in named for other in (*sorted(self._members.get(name, ())), *self._over(name))
        )
        synonyms = [phrase for name in (*named, *near) for phrase in self._said.get(name, ())]
        fresh = tuple(phrase for phrase in dict.fromkeys(synonyms) if phrase.casefold() not in said)
        canonical = [name for name in named if name.casefold() not in said]
        return Expansion(fresh, f"{question} ({', '.join(canonical)})" if canonical else "")

    def _over(self, drug: str) -> Iterable[str]:
        return sorted(self._classes.get(drug, ()))


def _key(phrase: str) -> tuple[str, ...]:
    return tuple(_stemmed(match.group()) for match in _WORD.finditer(phrase))


def _stemmed(word: str) -> str:
    word = word.casefold().replace("’", "'").removesuffix("'s")
    return word if word in STOP else stem(word)


def _is_abbreviation(phrase: str) -> bool:
    """Capitals only, and short enough to be a word of everyday English otherwise."""
    return len(phrase) <= 5 and phrase.isupper() and phrase.isalpha()


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that ships, read once: the words of search, and names that the library may lack.

    Raises:
        ValueError: a file holds a line that is not a list of words.
    """
    wanted = (*SECTIONS, KINDS)
    sections: dict[str, list[list[str]]] = {section: [] for section in wanted}
    for file in FILES:
        raw = yaml.load(
            file.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        )
        for section in wanted:
            sections[section] += _lines(raw.get(section) or [], f"{file.name}, {section}")
    return Vocabulary(sections)


def _lines(lines: list[object], where: str) -> list[list[str]]:
    for line in lines:
        if not isinstance(line, list) or not all(isinstance(phrase, str) and phrase for phrase in line):
            raise ValueError(f"{where}: not a list of words: {line}")
    return [line for line in lines if isinstance(line, list)]
