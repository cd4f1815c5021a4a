"""Ages, weeks of pregnancy and temperatures in a language whose lexicon says how they are written.

English has its own, finer reading (:mod:`tools.triage.person`, :mod:`tools.triage.vitals`). Here a number counts by the
word after it: years are an age unless they tell since when; days, weeks and months only beside a small child.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from retrieval.evidence import Word
from tools.triage.person import DAYS_IN_YEAR, Spotted
from tools.triage.vitals import Reading, in_table_unit, possible
from tools.triage.wording import Message, Token, read

_REACH = 5
_OLDEST = 120
_HOTTEST = 45


class Written(Word):
    """How a language writes numbers about a person; each entry is a word, or several as one text."""

    years: tuple[str, ...]
    months: tuple[str, ...]
    weeks: tuple[str, ...]
    days: tuple[str, ...] = ()
    since: tuple[str, ...] = ()
    """Words close before or after a number that tell how long, not how old."""
    persons: tuple[str, ...] = ()
    """Words for a person of whom a bare number tells the age: "Mujer, 45.", "ich bin 45"."""
    temperature: tuple[str, ...]
    """Words near a number that make it a temperature."""
    numerals: Mapping[str, float] = {}
    """Number words up to ten."""


class Reader:
    """The numbers of one language."""

    def __init__(self, written: Written) -> None:
        self._units = {
            1.0: _words(written.days), 7.0: _words(written.weeks), DAYS_IN_YEAR / 12: _words(written.months),
            DAYS_IN_YEAR: _words(written.years),
        }  # fmt: skip
        self._since = _words(written.since)
        self._persons = _words(written.persons)
        self._heat = _words(written.temperature)
        self._numerals = {read(word).tokens[0].text: value for word, value in written.numerals.items()}

    def ages(self, message: Message, beside_child: bool) -> Iterator[Spotted]:
        """Ages in days."""
        for place, value in self._numbers(message.tokens):
            if self._of_person(message.tokens, place, value):
                first, last = message.tokens[place].start, message.tokens[place].end
                yield Spotted(
                    value=value * DAYS_IN_YEAR, words=message.words(place, place), start=first, end=last
                )
                continue
            for days, units in self._units.items():
                end = _at(message.tokens, place + 1, units)
                if (
                    end is None
                    or (days < DAYS_IN_YEAR and not beside_child)
                    or self._told_since(message, place, end)
                ):
                    continue
                if value * days <= _OLDEST * DAYS_IN_YEAR:
                    words = message.words(place, end)
                    first, last = message.tokens[place].start, message.tokens[end].end
                    yield Spotted(value=value * days, words=words, start=first, end=last)

    def _of_person(self, tokens: tuple[Token, ...], place: int, value: float) -> bool:
        """ "Mujer, 45." or "ich bin 45": a whole number behind a person, with no unit behind it."""
        if not tokens[place].text.isdecimal() or not 0 < value <= _OLDEST:
            return False
        named = any(
            tuple(token.text for token in tokens[max(place - len(words), 0) : place]) == words
            for words in self._persons
        )
        if not named or tokens[place].sentence != tokens[place - 1].sentence:
            return False
        return (
            place + 1 == len(tokens)
            or bool(tokens[place + 1].before.strip(" /%"))
            or tokens[place + 1].text in ("y", "und", "et", "con", "avec", "mit")
        )

    def readings(self, message: Message, expecting: bool) -> Iterator[Reading]:
        """Temperatures, and weeks of pregnancy where the message speaks of one."""
        tokens = message.tokens
        for place, value in self._numbers(tokens):
            week = _at(tokens, place + 1, self._units[7.0])
            if expecting and week is not None and 3 < value <= 44:
                yield Reading("weeks_pregnant", value, place, week)
            if any(_at(tokens, place + 1, units) is not None for units in self._units.values()):
                continue
            if value > _HOTTEST and _text(tokens, place + 1) not in ("f", "fahrenheit"):
                continue  # "temperature 39.5 °C, SpO2 97": no Fahrenheit where nobody says so
            heat = in_table_unit("temp_c", value)
            if 30 <= heat <= 45 and possible("temp_c", heat) and self._near(tokens, place, self._heat):
                yield Reading("temp_c", heat, place, place)

    def _numbers(self, tokens: tuple[Token, ...]) -> Iterator[tuple[int, float]]:
        for place, token in enumerate(tokens):
            if token.text.replace(".", "", 1).isdecimal() and len(token.text) < 6:
                yield place, float(token.text)
            elif token.text in self._numerals:
                yield place, self._numerals[token.text]

    def _told_since(self, message: Message, place: int, end: int) -> bool:
        before = range(max(place - 2, 0), place)
        return any(
            _at(message.tokens, near, self._since) is not None
            for near in (*before, end + 1)
            if near < len(message.tokens)
        )

    @staticmethod
    def _near(tokens: tuple[Token, ...], place: int, words: Collection[tuple[str, ...]]) -> bool:
        here = tokens[place].sentence
        span = range(max(place - _REACH, 0), min(place + _REACH, len(tokens)))
        return any(tokens[near].sentence == here and _at(tokens, near, words) is not None for near in span)


def _text(tokens: tuple[Token, ...], place: int) -> str:
    return tokens[place].text if place < len(tokens) else ""


def _words(texts: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """Each text as its words, longest first."""
    split = {tuple(token.text for token in read(text).tokens) for text in texts}
    return tuple(sorted(split, key=len, reverse=True))


def _at(tokens: tuple[Token, ...], place: int, words: Collection[tuple[str, ...]]) -> int | None:
    """The last token of one of the words where it stands at a place, else None."""
    for word in words:
        if tuple(token.text for token in tokens[place : place + len(word)]) == word:
            return place + len(word) - 1
    return None
