"""Phrases to concepts: the lexicon of a language as a table of word patterns, matched in linear time.

A pattern is a row of words. ``<pain>`` stands for any word of the class ``pain``; ``..`` for up to three words and
``...`` for up to seven between its neighbours, in the same sentence; ``a & b`` for both within six words in any order.
A lexicon's ``reach`` multiplies these numbers, for languages in which each character is a word here.
A class word that ends in ``*`` stands for all words that begin so. There are no regular expressions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import permutations
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tools.triage.spelling import Speller, common_words
from tools.triage.wording import Message, Token, read

FOLDER = Path(__file__).parents[1] / "knowledge" / "triage"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ENGLISH = "en"
_LONGEST_STEM = 16
_GAPS = {"..": 3, "...": 7, "&": 6}
_AROUND = 24
"""Words on each side that a second look at a word takes in."""
_BETWEEN = {"words": ", ", "concepts": "\n", "cues": "\n"}
"""What stands between the phrases of a name that goes on in another file of a lexicon."""


class KnowledgeError(ValueError):
    """A knowledge file of the gate breaks a rule; the message names the file and the entry. The gate fails closed."""


class Mention(NamedTuple):
    """A concept or cue read in a message, by its first and last token; ``gaps`` are tokens that no pattern named."""

    concept: str
    first: int
    last: int
    gaps: tuple[int, ...] = ()


class _Step(NamedTuple):
    """One word of a pattern: a literal or a class, after at most ``gap`` other words."""

    word: str
    is_class: bool
    gap: int

    @property
    def key(self) -> str:
        """The step as the index names it."""
        return f"<{self.word}" if self.is_class else self.word


class _Pattern(NamedTuple):
    concept: str
    steps: tuple[_Step, ...]


class Lexicon:
    """The compiled table of one language: classes, concepts and cues."""

    def __init__(self, data: Mapping[str, Any], name: str, common: frozenset[str] | None = None) -> None:
        self.name = name
        self.language = name.removesuffix(".yaml")
        self._reach = int(data.get("reach", 1))
        self.numbers: Mapping[str, Any] | None = data.get("numbers")
        """How the language writes ages and temperatures; None for English, which has its own reading."""
        fillers = str(data.get("fillers", "")).split()
        self.fillers = frozenset(token.text for word in fillers for token in read(word).tokens)
        """Words that may stand between a negation and what it denies; none named: those of English."""
        self.ors = frozenset(str(data.get("or", "")).split())
        """Words for "or" that mean something else in another language."""
        self._exact: dict[str, list[str]] = {}
        self._stems: dict[str, list[str]] = {}
        self._long_classes: dict[str, dict[str, list[tuple[tuple[str, ...], str]]]] = {}
        """Class words of several words, by their first and second word."""
        self._alone: dict[str, list[_Pattern]] = {}
        self._pairs: dict[str, dict[str, list[_Pattern]]] = {}
        """Patterns by their first step and then by their second one: most first steps are common, few pairs are."""
        self._furthest = 0
        self._memory: dict[str, tuple[str, ...]] = {}
        self.concepts = frozenset(data["concepts"])
        self.patterns: dict[str, tuple[str, ...]] = {}
        self._classes(data.get("words", {}))
        for group in ("concepts", "cues"):
            for concept, patterns in data.get(group, {}).items():
                self._add(concept, patterns)
        self.speller = self._make_speller(data, common)

    def _classes(self, classes: Mapping[str, Any]) -> None:
        self._names = set(classes)
        self._size = {name: len(_listed(items, ",")) for name, items in classes.items()}
        for name, items in classes.items():
            for item in _listed(items, ","):
                self._class_word(
                    name, tuple(token.text for token in read(str(item).replace("*", "")).tokens), str(item)
                )

    def _class_word(self, name: str, words: tuple[str, ...], item: str) -> None:
        if not words:
            raise KnowledgeError(f"{self.name}, class {name}: {item!r} holds no word")
        if len(words) > 1:
            self._long_classes.setdefault(words[0], {}).setdefault(words[1], []).append((words, name))
        elif item.endswith("*"):
            names = self._stems.setdefault(words[0], [])
            names.extend([name] if name not in names else [])
        else:
            self._exact.setdefault(words[0], []).append(name)

    def _add(self, concept: str, patterns: Any) -> None:
        self.patterns[concept] = tuple(_listed(patterns, "\n"))
        if not self.patterns[concept]:
            raise KnowledgeError(f"{self.name}, {concept}: no phrase")
        for pattern in self.patterns[concept]:
            for steps in self._orders(pattern, concept):
                self._index(_Pattern(concept, steps))

    def _index(self, pattern: _Pattern) -> None:
        first = pattern.steps[0].key
        if len(pattern.steps) == 1:
            self._alone.setdefault(first, []).append(pattern)
            return
        second = pattern.steps[1]
        self._furthest = max(self._furthest, second.gap)
        self._pairs.setdefault(first, {}).setdefault(second.key, []).append(pattern)

    def _orders(self, pattern: str, concept: str) -> Iterator[tuple[_Step, ...]]:
        parts = [part for part in pattern.split(" & ") if part.strip()]
        if not parts or len(parts) > 3:
            raise KnowledgeError(f"{self.name}, {concept}: {pattern!r} needs one to three parts")
        for order in permutations(parts):
            yield tuple(self._steps(" & ".join(order), concept))

    def _steps(self, pattern: str, concept: str) -> Iterator[_Step]:
        gap = 0
        for piece in pattern.split():
            if piece in _GAPS:
                gap = _GAPS[piece] * self._reach
                continue
            if piece.startswith("<"):
                name = piece.strip("<>")
                if name not in self._names:
                    raise KnowledgeError(
                        f"{self.name}, {concept}: {pattern!r} names the unknown class {name}"
                    )
                yield _Step(name, True, gap)
            elif piece.endswith("*"):
                self._names.add(piece)
                self._class_word(piece, (piece.rstrip("*"),), piece)
                yield _Step(piece, True, gap)
            else:
                for token in read(piece).tokens:
                    yield _Step(token.text, False, gap)
                    gap = 0
            gap = 0

    def _make_speller(self, data: Mapping[str, Any], common: frozenset[str] | None) -> Speller:
        phrases = (
            words for held in self._long_classes.values() for listed in held.values() for words, _ in listed
        )
        words = {word for word in self._exact if len(word) > 3} | {
            word for phrase in phrases for word in phrase
        }
        spell = frozenset(_listed(data.get("spell", ""), ","))
        paired = (patterns for seconds in self._pairs.values() for patterns in seconds.values())
        for patterns in (*self._alone.values(), *paired):
            words |= {step.word for pattern in patterns for step in pattern.steps if not step.is_class}
        held = common_words() if common is None else common
        leave = frozenset(data.get("leave", ()))
        return Speller(words, spell, self.classes_of, data.get("slips", {}), held, leave)

    def classes_of(self, word: str) -> tuple[str, ...]:
        """The classes that a word belongs to, alone."""
        held = self._memory.get(word)
        if held is None:
            stems = (
                name
                for end in range(2, min(len(word), _LONGEST_STEM) + 1)
                for name in self._stems.get(word[:end], ())
            )
            held = tuple(dict.fromkeys((*self._exact.get(word, ()), *stems)))
            if len(self._memory) > 50_000:
                self._memory.clear()
            self._memory[word] = held
        return held

    def phrasings(self, concept: str) -> int:
        """How many ways of saying a concept its patterns stand for: each class word counts."""
        return sum(
            prod(self._size.get(step.word, 1) for step in self._steps(pattern, concept) if step.is_class)
            for pattern in self.patterns[concept]
        )

    def mentions(self, message: Message, *, slips: bool = True) -> list[Mention]:
        """Every concept and cue of the message, in the order of its words; ``slips`` also as words may be meant."""
        hits = list(self._matches(message.tokens))
        hits.extend(self._second_looks(message) if slips else ())
        return hits

    def _second_looks(self, message: Message) -> Iterator[Mention]:
        """What a sentence says if one word in it is a slip of another word that the words around it ask for.

        "My back huts" holds no misspelt word. It is read as "hurts" only where a pattern holds another word of the
        sentence too, so that a rare word alone never becomes a sign.
        """
        tokens = message.tokens
        for place, token in enumerate(tokens):
            written = message.original[token.start : token.end].lower()
            for other in self.speller.instead_of(written):
                if other != token.text:
                    yield from self._with(tokens, place, other)

    def _with(self, tokens: Sequence[Token], place: int, other: str) -> Iterator[Mention]:
        """The mentions that hold ``other`` in this place and a second word of the same sentence."""
        sentence = tokens[place].sentence
        first = last = place
        while first and tokens[first - 1].sentence == sentence and place - first < _AROUND:
            first -= 1
        while last + 1 < len(tokens) and tokens[last + 1].sentence == sentence and last - place < _AROUND:
            last += 1
        part = [*tokens[first:place], tokens[place]._replace(text=other), *tokens[place + 1 : last + 1]]
        for hit in self._matches(part):
            if not hit.first <= place - first <= hit.last or place - first in hit.gaps:
                continue
            if hit.last - hit.first + 1 - len(hit.gaps) > 1:
                gaps = tuple(gap + first for gap in hit.gaps)
                yield Mention(hit.concept, hit.first + first, hit.last + first, gaps)

    def _matches(self, tokens: Sequence[Token]) -> Iterator[Mention]:
        """Every pattern that fits, by its first word."""
        at = self._class_places(tokens)
        keys = [(token.text, *(f"<{name}" for name in here)) for token, here in zip(tokens, at, strict=True)]
        for place in range(len(tokens)):
            for pattern in self._candidates(place, tokens, at, keys):
                hit = self._match(pattern, tokens, at, place)
                if hit is not None:
                    yield hit

    def _candidates(
        self,
        place: int,
        tokens: Sequence[Token],
        at: Sequence[Mapping[str, int]],
        keys: Sequence[tuple[str, ...]],
    ) -> Iterator[_Pattern]:
        """The patterns that begin here and whose second step stands near enough after it."""
        for first in keys[place]:
            yield from self._alone.get(first, ())
            seconds = self._pairs.get(first)
            if seconds is None:
                continue
            end = at[place].get(first[1:], place) if first[0] == "<" else place
            near: dict[str, None] = {}
            for after in range(end + 1, min(end + 2 + self._furthest, len(tokens))):
                if tokens[after].sentence != tokens[place].sentence:
                    break
                near.update(dict.fromkeys(keys[after]))
            for second in near:
                yield from seconds.get(second, ())

    def _class_places(self, tokens: Sequence[Token]) -> list[dict[str, int]]:
        """For each token the classes that begin there, with their last token."""
        places = [dict.fromkeys(self.classes_of(token.text), place) for place, token in enumerate(tokens)]
        for place in range(len(tokens) - 1):
            seconds = self._long_classes.get(tokens[place].text)
            if seconds is None:
                continue
            here = places[place]
            for words, name in seconds.get(tokens[place + 1].text, ()):
                end = place + len(words)
                if end <= len(tokens) and all(tokens[place + n].text == word for n, word in enumerate(words)):
                    here[name] = max(here.get(name, place), end - 1)
        return places

    def _match(
        self, pattern: _Pattern, tokens: Sequence[Token], at: Sequence[Mapping[str, int]], place: int
    ) -> Mention | None:
        sentence = tokens[place].sentence
        first = pattern.steps[0]
        last = at[place][first.word] if first.is_class else place
        gaps: list[int] = []
        for step in pattern.steps[1:]:
            found = self._next(step, tokens, at, last + 1, sentence)
            if found < 0:
                return None
            gaps.extend(range(last + 1, found))
            last = at[found][step.word] if step.is_class else found
        return Mention(pattern.concept, place, last, tuple(gaps))

    @staticmethod
    def _next(
        step: _Step, tokens: Sequence[Token], at: Sequence[Mapping[str, int]], begin: int, sentence: int
    ) -> int:
        for place in range(begin, min(begin + step.gap + 1, len(tokens))):
            if tokens[place].sentence != sentence:
                return -1
            if (step.word in at[place]) if step.is_class else (tokens[place].text == step.word):
                return place
        return -1


def load(path: Path) -> Lexicon:
    """The lexicon of a file, or of a folder whose files go on with one another's classes and concepts.

    Raises:
        KnowledgeError: a file does not parse or a pattern is wrong.
    """
    data = _joined(sorted(path.glob("*.yaml"))) if path.is_dir() else _read(path)
    if not isinstance(data.get("concepts"), dict):
        raise KnowledgeError(f"{path.name}: no concepts")
    return Lexicon(data, path.name, None if path.stem == ENGLISH else frozenset())


def _read(path: Path) -> dict[str, Any]:
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.YAMLError as wrong:
        raise KnowledgeError(f"{path.name} is not valid YAML: {wrong}") from wrong
    return data if isinstance(data, dict) else {}


def _joined(paths: Sequence[Path]) -> dict[str, Any]:
    """The files of one language as one: classes and phrases of the same name are added up, lists go on."""
    whole: dict[str, Any] = {}
    for path in paths:
        for part, held in _read(path).items():
            if isinstance(held, list):
                whole[part] = [*whole.get(part, ()), *held]
            elif isinstance(held, dict):
                into = whole.setdefault(part, {})
                mark = _BETWEEN.get(part)
                for name, more in held.items():
                    into[name] = f"{into[name]}{mark}{more}" if mark and name in into else more
            else:
                whole[part] = f"{whole[part]}, {held}" if part in whole else held
    return whole


@cache
def lexicons() -> tuple[Lexicon, ...]:
    """The lexicons of all supported languages, English first, read once; every message meets them all.

    Only English words are mended: of the others no list of common words is held, and every rare word would be at risk.
    """
    paths = sorted((FOLDER / "lexicon").iterdir(), key=lambda path: (path.stem != ENGLISH, path.stem))
    return tuple(load(path) for path in paths if path.is_dir() or path.suffix == ".yaml")


_LONG_FORMS = {
    "cant": "can not", "cannot": "can not", "couldnt": "could not", "doesnt": "does not", "dont": "do not",
    "didnt": "did not", "isnt": "is not", "arent": "are not", "wasnt": "was not", "werent": "were not",
    "hasnt": "has not", "havent": "have not", "hadnt": "had not", "wont": "will not", "wouldnt": "would not",
}  # fmt: skip


def _listed(items: Any, mark: str) -> list[str]:
    """The items of a block of text, one a line or between commas; a short form stands for its long form too."""
    listed = [item.strip() for item in str(items).split(mark) if item.strip()]
    longer = (" ".join(_LONG_FORMS.get(word, word) for word in item.split(" ")) for item in listed)
    return list(dict.fromkeys((*listed, *longer)))
