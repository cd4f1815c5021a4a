"""Two dates of birth, two ages, two sexes, and organs or a pregnancy of the other sex."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from tools.record.sentences import Clash, of_others

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_BIRTH = re.compile(
    r"\b(?:date of birth|birth ?date|d\.?o\.?b\.?|born(?: on| in)?)\s*[:=]?\s*"
    rf"(?P<date>\d{{4}}-\d\d?-\d\d?|\d\d?[./-]\d\d?[./-]\d{{4}}|\d\d? {_MONTH} \d{{4}}|{_MONTH} \d\d?,? \d{{4}}"
    r"|\d{4})",
    re.IGNORECASE,
)
_AGE = re.compile(
    r"(?<![\d.])(?P<years>\d{1,3})(?:[- ]?(?:years?|yrs?)[- ]?old\b| ?y/?o\b)"
    r"|^(?:patient:? ?)?age:? (?P<stated>\d{1,3})\b"
    r"|\b(?:wom[ae]n|m[ae]n|female|male|lady|gentleman|patient)(?:, | aged )(?P<named>\d{1,3})\b(?: years)?",
    re.IGNORECASE,
)
_THEN = re.compile(
    r"\b(?:at|since|from|when|until|before|after|of|than|over|under|above|below|for)\b[^,:]{0,12}$", re.I
)
"""An age of another time ("at the age of 40", "when 12 years old")."""
_SEX = re.compile(
    r"\b(?:\d{1,3}[- ]?(?:years?|yrs?)[- ]?old|\d{1,3} ?y/?o|age:? \d{1,3}|aged \d{1,3}|sex|gender|patient)\b[\s,:]*"
    r"(?:is an? )?(?:[a-z-]+ ){0,2}?(?P<after>female|woman|lady|girl|male|man|gentleman|boy|[FM]\b)"
    r"|^(?P<first>woman|man|female|male|lady|gentleman)\b",
    re.IGNORECASE,
)
_WOMAN = frozenset("female woman lady girl f".split())
_CHANGED = re.compile(
    r"\btrans(?:gender|sexual)?\b|\bintersex\b|\bgender (?:identity|dysphoria)\b|\bassigned \w+ at", re.I
)
"""A sex and an organ that differ are no contradiction then."""
_OF_MEN = re.compile(
    r"\b(?:prostat(?:e|ic|ectomy|itis)|TURP|BPH|vasectom\w+|orch(?:id|i)ectom\w+|orchitis|epididym\w+|testic\w+|testis|testes"
    r"|varicocele|PSA|scrot\w+|pen(?:is|ile)|erectile)\b",
    re.IGNORECASE,
)
_OF_WOMEN = re.compile(
    r"\b(?:hysterectom\w+|ovar(?:y|ies|ian)|o+phorectom\w+|salping\w+|endometri\w+|uter(?:us|ine)"
    r"|(?:cervical|pap) smears?|smear test|cervical (?:screening|cancer)|pregnan\w+|ca?esare?an|c-section"
    r"|(?:post)?menopaus\w+|menarche|vagin\w+"
    r"|vulv\w+|pre-?eclampsia|gravida|miscarriage)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:no|not|never|denies|denied|without|negative for|n/a|excluded)\b[^.,;]{0,40}$", re.IGNORECASE
)


def person_clashes(told: Sequence[str], sex: str, sex_words: str) -> Iterator[Clash]:
    """Who the record says that the patient is, where it says it twice."""
    own = [one for one in told if not of_others(one)]
    yield from _births(own)
    yield from _ages(own)
    yield from _sexes(own, sex, sex_words)


def _births(told: Sequence[str]) -> Iterator[Clash]:
    dated = [(one, days) for one in told if (match := _BIRTH.search(one)) and (days := _days(match["date"]))]
    for (left, one), (right, other) in combinations(dated, 2):
        if not _same(one, other):
            yield Clash("two dates of birth that differ", left, right)
            return


def _same(one: frozenset[date] | int, other: frozenset[date] | int) -> bool:
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return bool(one & other)
    return bool(_years(one) & _years(other))


def _years(told: frozenset[date] | int) -> set[int]:
    return {told} if isinstance(told, int) else {day.year for day in told}


def _days(text: str) -> frozenset[date] | int | None:
    """The days that a written date may mean ("03/04/1950" is two), a bare year as it is, None for no day at all."""
    numbers = [int(part) for part in re.findall(r"\d+", text)]
    if len(numbers) == 1:
        return numbers[0] if numbers[0] > 1880 else None
    if named := re.search(r"[a-z]{3}", text.casefold()):
        tries = [(numbers[1], _MONTHS.index(named.group()) + 1, numbers[0])]
    elif numbers[0] > 31:
        tries = [(numbers[0], numbers[1], numbers[2])]
    else:
        tries = [(numbers[2], numbers[1], numbers[0]), (numbers[2], numbers[0], numbers[1])]
    return frozenset(day for one in tries if (day := _day(*one))) or None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _ages(told: Sequence[str]) -> Iterator[Clash]:
    """Two ages more than a year apart; a birthday may lie between two notes."""
    found: list[tuple[str, int]] = []
    for one in told:
        for match in _AGE.finditer(one):
            if not _THEN.search(one[: match.start()]):
                found.append((one, int(next(group for group in match.groups() if group))))
    for (left, age), (right, other) in combinations(found, 2):
        if abs(age - other) > 1 and left != right:
            yield Clash("two ages that differ", left, right)
            return


def _sexes(told: Sequence[str], sex: str, sex_words: str) -> Iterator[Clash]:
    if any(_CHANGED.search(one) for one in told):
        return
    named = [(one, _which(match["after"] or match["first"])) for one in told for match in _SEX.finditer(one)]
    named = named or ([(sex_words, sex)] if sex and sex_words else [])
    for (left, one), (right, other) in combinations(named, 2):
        if one != other and left != right:
            yield Clash("the sex is female in one place and male in the other", left, right)
            return
    if named:
        yield from _organs(told, *named[0])


def _which(word: str) -> str:
    return "female" if word.casefold() in _WOMAN else "male"


def _organs(told: Sequence[str], words: str, sex: str) -> Iterator[Clash]:
    other = _OF_MEN if sex == "female" else _OF_WOMEN
    for one in told:
        for match in other.finditer(one):
            if not _DENIED.search(one[: match.start()]):
                what = f"the sex is {sex}, and “{match.group()}” is of the other sex"
                yield Clash(what, words, one if one != words else "")
                break
