"""A message as words: normalised, split into sentences and clauses; offsets are kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

LIMIT = 50_000
"""Longest message that the tool takes, in characters; the gate itself reads all that it is given."""

EMOJI = {
    "🤮": " vomiting ", "🤢": " nausea ", "🤒": " fever ", "🥵": " feels hot ", "😵": " dizzy ", "🩸": " blood ",
    "🤕": " headache ", "🤰": " pregnant ", "👶": " baby ", "🔪": " knife ", "💊": " tablets ",
}  # fmt: skip
_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "–": "-", "—": "-", "−": "-",
                         "œ": "oe", "Œ": "oe", "ß": "ss", "æ": "ae"})  # fmt: skip
_UNSPACED = "\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Japanese and Chinese write no spaces: each of their characters is a word of its own here, in patterns as in text."""
_PIECE = re.compile(
    rf"\d+(?:[.,]\d+)?|[{_UNSPACED}]|(?:(?![{_UNSPACED}])[^\W\d_])+(?:'[^\W\d_]+)*|[^\w\s]|_|\n"
)
_TRIPLE = re.compile(r"(.)\1{2,}")
_SENTENCE_ENDS = frozenset(".!?;\n…。！？؟।")
_CLAUSE_ENDS = frozenset(":()[]/")
_CLAUSE_WORDS = frozenset("but however except now then until though although yet because whereas".split())
_LONGEST = 200
_KEPT = ("'ll", "'d", "'re")


class Token(NamedTuple):
    """One word: ``text`` is normalised and mended, ``start`` and ``end`` point into the original message."""

    text: str
    start: int
    end: int
    sentence: int
    clause: int
    before: str
    """The punctuation between the word before and this one: any of , : - ? and the like."""


class Message(NamedTuple):
    """The words of a message."""

    original: str
    tokens: tuple[Token, ...]
    questions: frozenset[int]
    """Numbers of the sentences that end in a question mark."""

    def words(self, first: int, last: int) -> str:
        """The user's own words from token ``first`` up to and with token ``last``."""
        return self.original[self.tokens[first].start : self.tokens[last].end]


Mend = Callable[[str], str]


def read(text: str, mend: Mend = str) -> Message:
    """The message in words. ``mend`` is given each word and returns it or its repair."""
    plain, offsets = _plain(text)
    tokens: list[Token] = []
    questions: set[int] = set()
    sentence = clause = 0
    before = ""
    for piece in _PIECE.finditer(plain):
        word = piece.group()
        if not (word[0].isalnum() or word[0].isalpha()):
            sentence, clause, before = _punctuation(
                word, plain, piece.start(), sentence, clause, before, questions
            )
            continue
        word = _folded(word, mend)
        if word in _CLAUSE_WORDS:
            clause += 1
        first, last = offsets(piece.start()), offsets(piece.end() - 1) + 1
        tokens.append(Token(word, first, last, sentence, clause, before))
        before = ""
    return Message(text, tuple(tokens), frozenset(questions))


def _punctuation(
    mark: str, plain: str, at: int, sentence: int, clause: int, before: str, questions: set[int]
) -> tuple[int, int, str]:
    if mark == "?":
        questions.add(sentence)
    if mark in _SENTENCE_ENDS:
        return sentence + 1, clause + 1, before + mark
    if mark in _CLAUSE_ENDS or (
        mark == "-" and (plain[at - 1 : at].isspace() or plain[at + 1 : at + 2].isspace())
    ):
        return sentence, clause + 1, before + mark
    return sentence, clause, before + mark


def _folded(word: str, mend: Mend) -> str:
    if word[0].isdigit():
        return word.replace(",", ".")
    if "'" in word:
        word = word if word.endswith(_KEPT) else word.replace("'", "")
    if len(word) > _LONGEST:  # no word of any lexicon, unless stretched; the memories of words stay small
        word = _TRIPLE.sub(r"\1\1", word)[:_LONGEST]
    return mend(_squeezed(word) if len(word) > 3 else word)


@lru_cache(maxsize=20_000)
def _squeezed(word: str) -> str:
    """The word with three and more of a letter as two: "noooo" is "noo"."""
    return _TRIPLE.sub(r"\1\1", word)


def hidden_marks(text: str) -> bool:
    """Whether a text holds control or direction marks, which are taken out before it is read."""
    return not text.isprintable() and any(_character(ch)[1] for ch in text)


def _plain(text: str) -> tuple[str, Callable[[int], int]]:
    """Lower case, compatibility forms folded, accents and control marks dropped; and the way back to the original."""
    if text.isascii() and not any(ch < " " and ch not in "\n\t\r" for ch in text):
        return text.lower().replace("`", "'"), lambda at: at
    out: list[str] = []
    back: list[int] = []
    for at, ch in enumerate(text):
        folded, _ = _character(ch)
        out.append(folded)
        back.extend([at] * len(folded))
    return "".join(out), lambda at: back[at]


@cache
def _character(ch: str) -> tuple[str, bool]:
    """How a character is read, and whether it is a mark that is taken out."""
    if ch in EMOJI:
        return EMOJI[ch], False
    if ch in "\n\t\r":
        return ch, False
    if unicodedata.category(ch) in ("Cc", "Cf", "Cs", "Co"):
        return "", True
    if "\u3040" <= ch <= "\u30ff":  # a kana's mark is part of its sound
        return ch, False
    folded = unicodedata.normalize("NFKD", ch.translate(_QUOTES)).lower()
    return "".join(c for c in folded if not unicodedata.combining(c)), False
