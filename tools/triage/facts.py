"""Text and chart to facts: concepts with their status, age, sex, pregnancy and vital signs, each with its origin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import NamedTuple

import yaml
from pydantic import ValidationError

from retrieval.evidence import Word
from retrieval.patient import Patient
from tools.triage import vitals as vital_signs
from tools.triage.assertion import FILLERS, Status, Windows, judge
from tools.triage.language import false_friends, language, plausible
from tools.triage.lexicon import ENGLISH, FOLDER, KnowledgeError, Lexicon, Mention, lexicons
from tools.triage.person import DAYS_IN_YEAR, Spotted, ages, ages_of, sex, sex_of, weeks_of
from tools.triage.plain_numbers import Reader, Written
from tools.triage.wording import Message, read

__all__ = ["Concept", "Facts", "Spotted", "about_an_animal", "ages", "facts", "merged", "sex", "windows"]


Stood = list[tuple[Mention, Status]]
"""Mentions and how they stand, in the order of the words."""


class Concept(Word):
    """A sign, condition or drug of the lexicon, how it stands, and the user's own words for it."""

    id: str
    status: Status
    words: str
    start: int = 0
    end: int = 0
    chart: str = ""
    """The chart path, where the chart and not the message says so."""


class Facts(Word):
    """What a message and a chart say about one person. Numbers are in days, years, weeks and the units of
    :data:`tools.triage.vitals.RANGES`; several readings of one number are all kept, and the worst one counts."""

    concepts: tuple[Concept, ...] = ()
    age_days: tuple[float, ...] = ()
    sex: str = ""
    pregnant: bool | None = None
    numbers: Mapping[str, tuple[float, ...]] = {}
    number_words: Mapping[str, str] = {}
    """The user's words for a number, by its name."""

    @cached_property
    def _best(self) -> dict[str, Concept]:
        held: dict[str, Concept] = {}
        for entry in self.concepts:
            known = held.get(entry.id)
            if known is None or _ORDER[entry.status] < _ORDER[known.status]:
                held[entry.id] = entry
        return held

    @cached_property
    def mentioned(self) -> frozenset[str]:
        """The ids of all concepts and the names of all numbers that were said, whatever their status."""
        return frozenset(self._best) | frozenset(self.numbers)

    def best(self, concept: str) -> Concept | None:
        """The mention that counts most: present before hypothetical before absent."""
        return self._best.get(concept)


_ORDER = {
    status: place
    for place, status in enumerate(
        (Status.PRESENT, Status.UNCERTAIN, Status.HYPOTHETICAL, Status.ABSENT, Status.PAST, Status.OTHER)
    )
}
NO_FEVER = 37.5
"""Degrees Celsius below which "temp 36.8" speaks of no fever (fever_on_chemo_low begins here, triage spec 5)."""
_BARE_TEMPERATURE = frozenset(("temp", "temperature", "temps"))
_CHART_PARTS = ("problems", "drugs", "allergies")


@cache
def windows() -> Windows:
    """How long past events count, from ``windows.yaml``."""
    path = FOLDER / "windows.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    known = {concept for lexicon in lexicons() for concept in lexicon.concepts}
    strangers = (set(data["hours"]) | set(data["lasting"])) - known
    if strangers:
        raise KnowledgeError(f"{path.name}: unknown concepts {', '.join(sorted(strangers))}")
    return Windows(data["hours"], frozenset(data["lasting"]))


def facts(text: str, patient: Patient | None = None) -> Facts:
    """What the words, and the chart where there is one, say. Any Unicode text gives a result."""
    return merged([_of_text(text), *([_of_chart(patient)] if patient is not None else [])])


def _of_text(text: str) -> Facts:
    concepts: list[Concept] = []
    numbers: dict[str, tuple[float, ...]] = {}
    words: dict[str, str] = {}
    days: list[Spotted] = []
    spotted_sex: Spotted | None = None
    for lexicon, message, judged in _judged(text):
        concepts.extend(
            Concept(
                id=mention.concept,
                status=status,
                words=message.words(mention.first, mention.last),
                start=message.tokens[mention.first].start,
                end=message.tokens[mention.last].end,
            )
            for mention, status in judged
        )
        spotted_sex = spotted_sex or (sex_of(message) if lexicon.numbers is None else None)
        aged, told = _numbers(lexicon, message, judged)
        days.extend(aged)
        for reading in told:
            numbers[reading.name] = (*numbers.get(reading.name, ()), reading.value)
            words.setdefault(reading.name, message.words(reading.first, reading.last))
    for spotted in days:
        words.setdefault("age_days", spotted.words)
    if numbers.get("temp_c") and max(numbers["temp_c"]) < NO_FEVER:
        concepts = [entry for entry in concepts if entry.words.casefold() not in _BARE_TEMPERATURE]
    said = {entry.id for entry in concepts if entry.status.counts}
    denied = {entry.id for entry in concepts if entry.status is Status.ABSENT}
    return Facts(
        concepts=tuple(concepts),
        age_days=tuple(float(spotted.value) for spotted in days),
        sex=str(spotted_sex.value) if spotted_sex else "",
        pregnant=True if "pregnant" in said else False if "pregnant" in denied else None,
        numbers=numbers,
        number_words=words,
    )


def _judged(text: str) -> list[_Judged]:
    """What each lexicon that may be read finds in the text, and how it stands.

    The words of denial of the language that the message is written in hold for what the other lexicons find in it
    too: "pas de confusion" denies an English word, "no overdose" a Portuguese one. Nor is a word of another language
    mended into an English one ("c'est" is no slip of "chest").
    """
    able = [lexicon for lexicon in lexicons() if plausible(text, lexicon.language)]
    spoken = language(text) if len(able) > 1 else ENGLISH
    reads = [_read(lexicon, text, lexicon.language == spoken) for lexicon in able]
    found = [_Judged(one, message, _stood(one, message, held)) for one, message, held in reads]
    own = next((row for row in reads if len(reads) > 1 and row[0].language == spoken), None)
    if own is None:
        return found
    return [
        row if row.lexicon is own[0] else row.without(false_friends(spoken)).denied_by(*own) for row in found
    ]


def _read(lexicon: Lexicon, text: str, own: bool) -> tuple[Lexicon, Message, Sequence[Mention]]:
    message = read(text, lexicon.speller) if own else read(text)
    return lexicon, message, lexicon.mentions(message, slips=own)


def _stood(lexicon: Lexicon, message: Message, mentions: Sequence[Mention]) -> Stood:
    return judge(message, mentions, windows(), lexicon.fillers or FILLERS, lexicon.ors)


class _Judged(NamedTuple):
    """A lexicon, the message as it reads it, and its mentions with their status."""

    lexicon: Lexicon
    message: Message
    judged: Stood

    def without(self, friends: frozenset[str]) -> _Judged:
        """Without the mentions that are nothing but words of the language that is spoken (the Spanish "lo", "son")."""
        tokens = self.message.tokens
        kept = [
            (one, status)
            for one, status in self.judged
            if not all(tokens[n].text in friends for n in range(one.first, one.last + 1) if n not in one.gaps)
        ]
        return self._replace(judged=kept)

    def denied_by(self, lexicon: Lexicon, message: Message, mentions: Sequence[Mention]) -> _Judged:
        """With the mentions that another lexicon's words deny; both have cut the text into the same words."""
        strays = [mention for mention, _ in self.judged]
        if not strays:
            return self
        stood = _stood(lexicon, message, [*mentions, *strays])
        denied = [mention for mention, status in stood if status is Status.ABSENT]
        judged = [
            (one, Status.ABSENT if status.counts and _within(one, denied) else status)
            for one, status in self.judged
        ]
        return self._replace(judged=judged)


def _within(one: Mention, denied: Sequence[Mention]) -> bool:
    """Whether a mention is, or is a part of, a denied one of its own concept."""
    return any(
        other.concept == one.concept and other.first <= one.first and one.last <= other.last
        for other in denied
    )


def _numbers(
    lexicon: Lexicon, message: Message, judged: Sequence[tuple[Mention, Status]]
) -> tuple[list[Spotted], list[vital_signs.Reading]]:
    """Ages and measured values as the lexicon's language writes them."""
    if lexicon.numbers is None:
        return list(ages_of(message)), [*vital_signs.readings(message), *weeks_of(message)]
    named = {mention.concept for mention, _ in judged}
    reader = _reader(lexicon)
    child = bool(named & {"baby_word", "child_word"})
    return list(reader.ages(message, child)), list(reader.readings(message, "pregnant" in named))


@cache
def _reader(lexicon: Lexicon) -> Reader:
    try:
        return Reader(Written.model_validate(lexicon.numbers))
    except ValidationError as wrong:
        raise KnowledgeError(f"{lexicon.name}, numbers: {wrong}") from wrong


def _of_chart(patient: Patient) -> Facts:
    """The chart's lists run through the lexicons; a listed problem or drug is present."""
    concepts = [
        Concept(id=mention.concept, status=Status.PRESENT, words=value, chart=f"{part}: {value}")
        for part in _CHART_PARTS[:2]
        for value in getattr(patient, part).values
        for lexicon in lexicons()
        for mention in lexicon.mentions(read(value, lexicon.speller))
        if not mention.concept.startswith("cue.")
    ]
    pregnant = patient.pregnant.value if patient.pregnant else None
    if pregnant:
        concepts.append(Concept(id="pregnant", status=Status.PRESENT, words="pregnant", chart="pregnant"))
    numbers = dict(_chart_numbers(patient))
    if patient.weeks_pregnant:
        numbers["weeks_pregnant"] = (patient.weeks_pregnant.value,)
    return Facts(
        concepts=tuple(concepts),
        age_days=(patient.age_years.value * DAYS_IN_YEAR,) if patient.age_years else (),
        sex=patient.sex.value if patient.sex else "",
        pregnant=pregnant,
        numbers=numbers,
    )


def _chart_numbers(patient: Patient) -> Iterator[tuple[str, tuple[float, ...]]]:
    for name, known in patient.vitals.items():
        place = vital_signs.named(name)
        if place is not None:
            values = vital_signs.both_units(place, known.value)
            yield place, tuple(value for value in values if vital_signs.possible(place, value))


def merged(parts: Sequence[Facts]) -> Facts:
    """All facts together; nothing said in one part is taken back by another."""
    numbers: dict[str, tuple[float, ...]] = {}
    words: dict[str, str] = {}
    for part in parts:
        for name, values in part.numbers.items():
            numbers[name] = tuple(dict.fromkeys((*numbers.get(name, ()), *values)))
        words = {**part.number_words, **words}
    pregnant = [part.pregnant for part in parts if part.pregnant is not None]
    return Facts(
        concepts=tuple(dict.fromkeys(concept for part in parts for concept in part.concepts)),
        age_days=tuple(dict.fromkeys(age for part in parts for age in part.age_days)),
        sex=next((part.sex for part in parts if part.sex), ""),
        pregnant=any(pregnant) if pregnant else None,
        numbers=numbers,
        number_words=words,
    )


_ANIMALS = frozenset("dog dogs cat cats puppy kitten rabbit hamster horse budgie parrot goldfish".split())


PEOPLE = frozenset(
    """son daughter child kid baby toddler wife husband partner mum mom dad mother father brother sister grandma
    grandpa grandad nan gran grandmother grandfather grandson granddaughter aunt uncle niece nephew cousin friend
    boyfriend girlfriend neighbour neighbor colleague stranger postman""".split()
)


def about_an_animal(text: str) -> bool:
    """The message asks about an animal and nobody else: "my dog ate …", not "a horse kicked my son"."""
    words = [token.text for token in read(text).tokens]
    owned = any(
        word in _ANIMALS and words[place - 1] in ("my", "our", "the", "a")
        for place, word in enumerate(words)
        if place
    )
    somebody = PEOPLE & {word.removesuffix("s") for word in words}  # "my mum's arm" too
    return owned and not somebody and not {"i", "im", "ive", "me", "mine"} & set(words)
