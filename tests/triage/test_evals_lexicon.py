"""Every concept of every language is read from its own phrases, through the whole way from words to facts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from tools.triage.facts import facts
from tools.triage.lexicon import FOLDER, Lexicon, lexicons

GAPS = {"..", "...", "&"}
LEAST = 88
"""Signs that each language but English held on 2026-11-22; English held 504."""
UNSPACED = {"ja", "zh"}
LEXICONS = {lexicon.language: lexicon for lexicon in lexicons()}
TRIED = 40
"""Patterns of a concept that are tried before it counts as unreadable."""


def _class_words(language: str, place_in_list: int) -> dict[str, str]:
    """One word or phrase of each class, as the files have it: the first, the second ... or the last there is."""
    place = FOLDER / "lexicon"
    files = sorted((place / language).glob("*.yaml")) or [place / f"{language}.yaml"]
    words: dict[str, str] = {}
    for file in files:
        held = yaml.safe_load(file.read_text(encoding="utf-8")).get("words") or {}
        for name, items in held.items():
            listed = items if isinstance(items, list) else str(items).split(",")
            words.setdefault(name, str(listed[min(place_in_list, len(listed) - 1)]).strip().rstrip("*"))
    return words


def _phrases(lexicon: Lexicon, concept: str, words: dict[str, str]) -> Iterator[str]:
    for pattern in lexicon.patterns[concept][:TRIED]:
        pieces = [piece for piece in pattern.split() if piece not in GAPS]
        said = [words[piece.strip("<>")] if piece.startswith("<") else piece.rstrip("*") for piece in pieces]
        yield " ".join(said)
        if lexicon.language in UNSPACED:
            yield "".join(said)


@pytest.mark.parametrize("language", LEXICONS)
def test_every_concept_is_read_from_a_phrase_of_its_own(language: str) -> None:
    lexicon = LEXICONS[language]
    unread = sorted(lexicon.concepts)
    for place_in_list in range(4):
        words = _class_words(language, place_in_list)
        unread = [
            concept
            for concept in unread
            if not any(facts(phrase).best(concept) for phrase in _phrases(lexicon, concept, words))
        ]
    assert unread == []


def test_every_language_knows_the_signs_of_the_first_rules() -> None:
    """A language whose lexicon lacks a sign is silent about it; the count only grows."""
    english = LEXICONS["en"].concepts
    for language, lexicon in LEXICONS.items():
        assert not lexicon.concepts - english, f"{language}: signs that English does not know"
        assert len(lexicon.concepts) >= LEAST, language
