"""Facts as a clinician reads them: who, which signs stand how, which numbers, since when; each with its words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from retrieval.evidence import Word
from retrieval.patient import Listed, Patient
from tools.triage.assertion import Status
from tools.triage.facts import Concept, Facts
from tools.triage.handover import names
from tools.triage.handover.masked import masked
from tools.triage.lexicon import ENGLISH, lexicons
from tools.triage.person import DAYS_IN_YEAR
from tools.triage.vitals import RANGES
from tools.triage.wording import read

_YOUNGEST, _OLDEST = 10 * DAYS_IN_YEAR, 56 * DAYS_IN_YEAR
"""Days of age between which a pregnancy is asked about (triage spec 6)."""
_LISTS = ("drugs: ", "problems: ")
"""Charts of concepts that stand in the chart's lists, which are shown as they are."""
_MEASURED = frozenset("temp temps temperature temperatures".split())
"""Words that name a reading: the number tells whether it is a fever."""
_LABELS = {
    "temp_unclear": "temperature",
    "heart_rate": "pulse", "breath_rate": "breaths", "systolic": "systolic", "diastolic": "diastolic",
    "temp_c": "temperature", "oxygen": "SpO2", "glucose": "glucose", "ketones": "ketones",
    "on_oxygen": "added oxygen", "oxygen_flow": "oxygen flow", "not_alert": "alertness", "weeks_pregnant": "pregnancy",
}  # fmt: skip
_COUNT = r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten|a few|few|several|a couple of|some|half an)"
_UNIT = r"(?:min(?:ute)?s?|hours?|hrs?|days?|nights?|weeks?|wks?|months?|years?|yrs?)"
_SINCE = re.compile(
    rf"\bsince (?:(?:last|this|the|early|late|about|around|my|i|he|she|it|we) |\d+ ){{0,2}}[\w'’]+"
    rf"(?: (?:morning|afternoon|evening|night))?"
    rf"|\bfor (?:about |nearly |over |the (?:last |past )?){{0,2}}{_COUNT} {_UNIT}\b"
    rf"|\b(?:about |nearly |over ){{0,1}}{_COUNT} {_UNIT} ago\b|\b(?:this|yesterday) (?:morning|afternoon|evening)\b"
    r"|\b(?:last night|yesterday|tonight|today|just now|all (?:day|night|week)|suddenly|all of a sudden)\b"
    r"|\b(?:getting|got|gets|much) (?:worse|better)\b|\bon and off\b|\bcomes and goes\b",
    re.I,
)


class Sign(Word):
    """What was read in some words, the words themselves, and where they come from."""

    names: tuple[str, ...]
    words: str = ""
    """Empty where a whole list was answered with "none of these"."""
    origin: str = "words"
    """ "words", "answer" or "chart"."""
    unsure: bool = False


class Signs(NamedTuple):
    """All that was read, by how it stands and what it is."""

    present: tuple[Sign, ...]
    denied: tuple[Sign, ...]
    past: tuple[Sign, ...]
    drugs: tuple[Sign, ...]
    conditions: tuple[Sign, ...]


def of_status(known: Facts, language: str = ENGLISH, patient: Patient | None = None) -> Signs:
    """The signs of a person; each concept once, as the rules weigh it, and every drug and problem of the chart.

    language: of the talk; a word of another language that only a repair of its spelling made English is left out.
    """
    best = [entry for name in known.mentioned if (entry := known.best(name)) is not None]
    best = sorted(
        (one for one in best if language == ENGLISH or one.chart or not _repaired(one.words)),
        key=lambda one: (bool(one.chart), one.start, one.id),
    )
    there = [one for one in best if one.status.counts]
    absent = [one for one in best if one.status is Status.ABSENT]
    past = [one for one in best if one.status in (Status.PAST, Status.OTHER)]
    chart = patient or Patient()
    return Signs(
        present=_grouped(there, _sign),
        denied=_grouped(absent, _any),
        past=_grouped(past, _any),
        drugs=(*_grouped(there, _drug), *_listed(chart.drugs)),
        conditions=(*_grouped(there, _condition), *_listed(chart.problems)),
    )


def _sign(entry: Concept) -> str:
    kind, _, question = entry.chart.partition(": ")
    if kind == "answer" and not (_drug(entry) or _condition(entry) or entry.id in names.COURSE):
        return "" if entry.id == "pregnant" else names.answered(question, entry.id)
    measured = entry.id == "fever" and entry.words.lower() in _MEASURED
    return "" if measured else names.sign(entry.id)


def _condition(entry: Concept) -> str:
    return "" if entry.chart.startswith(_LISTS) else names.condition(entry.id)


def _drug(entry: Concept) -> str:
    return "" if entry.chart.startswith(_LISTS) else names.drug(entry.id)


def _any(entry: Concept) -> str:
    return _sign(entry) or _condition(entry) or _drug(entry)


def _listed(part: Listed) -> tuple[Sign, ...]:
    """A list of the chart as it stands there, whether or not a rule knows its names."""
    return tuple(Sign(names=(masked(name),), origin="chart") for name in part.values)


def _repaired(words: str) -> bool:
    """Whether the English lexicon reads the words only after a repair of their spelling."""
    plain, mended = read(words).tokens, read(words, lexicons()[0].speller).tokens
    return [token.text for token in plain] != [token.text for token in mended]


def _grouped(entries: Sequence[Concept], named: Callable[[Concept], str]) -> tuple[Sign, ...]:
    """Concepts with the same words as one sign; words inside longer words go with these."""
    entries = [entry for entry in entries if named(entry)]
    whole = [one.words for one in entries if one.words]
    by_words: dict[tuple[str, str, bool], list[str]] = {}
    for entry in entries:
        longest = max((words for words in whole if entry.words and entry.words in words), key=len, default="")
        key = (longest, _origin(entry), entry.status is Status.UNCERTAIN)
        by_words.setdefault(key, []).append(named(entry))
    return tuple(
        Sign(names=tuple(dict.fromkeys(told)), words=masked(words), origin=origin, unsure=unsure)
        for (words, origin, unsure), told in by_words.items()
    )


def _origin(entry: Concept) -> str:
    if entry.chart.startswith("answer"):
        return "answer"
    return "chart" if entry.chart else "words"


def who(known: Facts) -> tuple[str, ...]:
    """Age, sex and pregnancy as told; what was not told says so."""
    told = [" or ".join(dict.fromkeys(_age(days) for days in known.age_days)) or "age not told"]
    told.append(known.sex or "sex not told")
    weeks = known.numbers.get("weeks_pregnant")
    if weeks:
        told.append(f"{' or '.join(f'{value:g}' for value in weeks)} weeks pregnant")
    elif known.pregnant:
        told.append("pregnant")
    elif known.pregnant is False:
        told.append("not pregnant, as told")
    elif known.sex != "male" and (
        not known.age_days or any(_YOUNGEST <= days <= _OLDEST for days in known.age_days)
    ):
        told.append("pregnancy not told")
    return tuple(told)


def _age(days: float) -> str:
    if days < 14:
        return f"{days:g} days"
    if days < 90:
        return f"{days / 7:.0f} weeks"
    years = days / DAYS_IN_YEAR
    return f"{round(years * 12):d} months" if years < 2 else f"{int(years + 0.01)} years"


def course(known: Facts) -> Iterator[str]:
    """How it went on, as far as an answer or the rules read it."""
    for concept, told in names.COURSE.items():
        entry = known.best(concept)
        if entry is not None and entry.status.counts:
            yield f'{told} ("{masked(entry.words)}")' if entry.words else told


def since(message: str) -> Iterator[str]:
    """The person's own words for since when and how it goes on; English only."""
    yield from (f'"{masked(found.group())}"' for found in _SINCE.finditer(message))


def numbers(known: Facts) -> tuple[str, ...]:
    """Every reading with its unit; several readings of one sign are all there."""
    told = []
    for sign, values in known.numbers.items():
        if sign in ("weeks_pregnant", "diastolic") and (sign != "diastolic" or "systolic" in known.numbers):
            continue
        told.append(_reading(sign, values, known))
    return tuple(told)


def _reading(sign: str, values: Sequence[float], known: Facts) -> str:
    lower = known.numbers.get("diastolic", ())
    if sign == "systolic" and len(lower) == len(values):
        pairs = " and ".join(f"{high:g}/{low:g}" for high, low in zip(values, lower, strict=True))
        return f"blood pressure {pairs} mmHg"
    label = _LABELS.get(sign, sign.replace("_", " "))
    if sign in ("not_alert", "on_oxygen"):
        words = ("alert", "not alert") if sign == "not_alert" else ("no, on air", "yes")
        return f"{label} {words[max(values) > 0]}"
    joined = " and ".join(f"{value:.4g}" for value in values)
    unit = RANGES[sign].unit if sign in RANGES else "(unit not clear)"
    return f"{label} {joined} {unit}"
