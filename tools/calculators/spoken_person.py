"""Inputs that are said without their name: age, sex, pressure, rate, weight and height, genotypes, a coma score.

Each is taken where it is said once, or always alike, and of this person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tools.calculators.fields import Field, FieldKind
from tools.calculators.reading import Given
from tools.calculators.registry import Calculator

Candidate = tuple[str, Given]
FAR = 240

_RELATIVE = re.compile(
    r"\b(?:mother|father|mom|mum|dad|parent|brother|sister|sibling|son|daughter|husband|wife|partner|aunt|uncle|cousin"
    r"|grand\w{3,8}|famil\w{1,5}|baby|newborn|fetus|foetus|donor|twin)(?:'s|s)?\b",
    re.IGNORECASE,
)
_SELF = re.compile(r"\b(?:she|he|patient|herself|himself)\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[;?!\n]|\.(?![0-9])")


def somebody_else(text: str, place: int) -> bool:
    """True if the words before the place, in its sentence, are about a relative."""
    start = max(0, place - FAR)
    for pattern in (_SENTENCE, _SELF):
        for found in pattern.finditer(text, start, place):
            start = found.end()
    return bool(_RELATIVE.search(text, start, place))


def amount(written: str, *, counted: bool = False) -> float | None:
    """A number as written; None where its comma could part thousands or decimals. Counts have no decimals there."""
    if re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+", written):
        return float(written.replace(",", "")) if counted else None
    return float(written.replace(",", "."))


def person(calculator: Calculator, text: str) -> Iterator[Candidate]:
    """What is said without a name, for the fields that the calculator has. The same field may come several times."""
    for name, read in _READERS.items():
        field = calculator.field(name)
        if field is not None:
            yield from ((name, given) for given in read(field, text))


_OLD = re.compile(
    r"(?<![\w.,-])([0-9]{1,3})[ -]{0,2}(?:(years?|yrs?|months?|days?)[ -]?old|(y/?o|y\.o\.?)|([FM])(?![\w/*]))(?!\w)"
)
_AGED = re.compile(
    r"\b(?:(?<!at )(?<!since )(?<!before )(?<!after )(?<!mean )(?<!until )aged?:?|woman of|man of|patient of|lady of)"
    r"[ ]{0,2}(?:is |of |= ?|: ?)?([0-9]{1,3})(?![\w.,/-]*[0-9])(?! ?(?:kg|cm|mg|weeks?|months?|days?|%))(?!\w)",
    re.IGNORECASE,
)
_YEARS = {"y": "years", "m": "months", "d": "days"}


def _age(_: Field, text: str) -> Iterator[Given]:
    first = [match for match in _OLD.finditer(text) if not somebody_else(text, match.start())]
    for match in first:
        yield Given(value=float(match[1]), unit=_YEARS[(match[2] or "y")[0].lower()])
    for match in () if first else _AGED.finditer(text):
        if not somebody_else(text, match.start()):
            yield Given(value=float(match[1]), unit="years")


_SEXES = {
    "female": re.compile(r"\b(?i:woman|female|lady|girl|mrs)\b|(?<![\w.])[0-9]{1,3}[ -]?F(?![\w/*])"),
    "male": re.compile(r"\b(?i:man|male|gentleman|boy|mr)\b|(?<![\w.])[0-9]{1,3}[ -]?M(?![\w/*])"),
}
_PRONOUNS = {
    "female": re.compile(r"\b(?:she|her|hers)\b", re.IGNORECASE),
    "male": re.compile(r"\b(?:he|his|him)\b", re.IGNORECASE),
}


def _sex(_: Field, text: str) -> Iterator[Given]:
    """The sex by noun, else by pronoun."""
    for patterns in (_SEXES, _PRONOUNS):
        said = [
            sex
            for sex, pattern in patterns.items()
            if any(not somebody_else(text, match.start()) for match in pattern.finditer(text))
        ]
        yield from (Given(value=sex) for sex in said)
        if said:
            return


_PRESSURE = re.compile(
    r"(?:\b(?:BP|blood pressure|pressure)(?: is| of| was|:|=)?[ ]{0,2}([0-9]{2,3})[ ]?/[ ]?([0-9]{2,3})"
    r"|(?<![\w./])([0-9]{2,3})[ ]?/[ ]?([0-9]{2,3})[ ]?mm ?Hg)(?![\w/.]?[0-9])",
    re.IGNORECASE,
)
_TARGET = re.compile(
    r"\b(?:target|goal|below|under|above|over|usual|baseline|normal)(?: \w{1,10})?\s*$", re.IGNORECASE
)


def _pressure(field: Field, text: str) -> Iterator[Given]:
    place = 1 if field.name == "systolic" else 2
    for match in _PRESSURE.finditer(text):
        if not _TARGET.search(text[max(0, match.start() - 30) : match.start()]):
            yield Given(value=float(match[place] or match[place + 2]), unit="mmHg")


_RATE = re.compile(
    r"(?<![\w./,-])(?:(?:at|rate) ([0-9]{2,3})[ ]?/[ ]?min(?:ute)?"
    r"|([0-9]{2,3})[ ]?(?:bpm|beats?(?: ?/ ?| per )min(?:ute)?))(?!\w)",
    re.IGNORECASE,
)


def _rate(_: Field, text: str) -> Iterator[Given]:
    for match in _RATE.finditer(text):
        if re.search(
            r"(?:breath\w{0,7}|respirat\w{1,5}|RR)\s*$", text[max(0, match.start() - 20) : match.start()]
        ):
            continue
        yield Given(value=float(match[1] or match[2]), unit="/min")


_KG = re.compile(
    r"(?<![\w./,-])([0-9]{1,3}(?:[.,][0-9]{1,2})?)[ ]?(kg|kilos|lbs?|pounds)(?![\w/^]|\s?(?:/|per\b|-))"
)
_NOT_WEIGHT = re.compile(
    r"\b(?:lost|lose|losing|loss|gain\w{0,3}|by|target|goal|ideal|adjusted|lean|dry|birth|lift\w{0,3}|from|to)"
    r"(?: \w{1,8}){0,2}\s*$",
    re.IGNORECASE,
)
_THEN_NOT = re.compile(r"\s*(?:loss|gain|lighter|heavier|of weight loss|less|more|to|-)\b", re.IGNORECASE)


def _weight(_: Field, text: str) -> Iterator[Given]:
    """A number of kg or lb; none where one of them is a loss, a gain or an aim."""
    for match in _KG.finditer(text):
        aside = _NOT_WEIGHT.search(text[max(0, match.start() - 40) : match.start()])
        if aside or _THEN_NOT.match(text, match.end()) or somebody_else(text, match.start()):
            continue
        value = amount(match[1])
        if value is not None:
            yield Given(value=value, unit="lb" if match[2][0] in "lp" else "kg")


_CM = re.compile(
    r"(?<=kg)[ ]?(?:,|/|;|and)?[ ]{0,2}(?:and )?([0-9]{2,3}(?:[.,][0-9])?)[ ]?cm(?!\w)"
    r"|(?<![\w./,-])([0-9]{2,3}(?:[.,][0-9])?)[ ]?cm"
    r"(?:[ -]tall\b|[ ]?(?:,|/|;|and)[ ]{0,2}[0-9]{2,3}(?:[.,][0-9])?[ ]?kg(?![\w/]))"
)
_METRES = re.compile(r"(?<![\w./,-])([12][.,][0-9]{1,2})[ ]?m[ -]tall\b")


def _height(_: Field, text: str) -> Iterator[Given]:
    for match in _CM.finditer(text):
        value = amount(match[1] or match[2])
        if value is not None and not somebody_else(text, match.start()):
            yield Given(value=value, unit="cm")
    for match in _METRES.finditer(text):
        value = amount(match[1])
        if value is not None:
            yield Given(value=value, unit="m")


_DRINKS = re.compile(
    r"(?<![\w./,-])([0-9]{1,3})[ ](?:alcoholic )?drinks[ ]?(?:/|per|a|each|every)[ ]?week\b", re.IGNORECASE
)
_CYCLE = re.compile(
    r"(?<![\w./,-])([0-9]{2})[ -]?day(?: menstrual)?[ -]cycles?\b"
    r"|\bcycles?(?: length)?(?: is| of|:|=)?[ ]([0-9]{2})[ ]?days\b",
    re.IGNORECASE,
)


def _drinks(_: Field, text: str) -> Iterator[Given]:
    yield from (Given(value=float(match[1]), unit="drinks/week") for match in _DRINKS.finditer(text))


def _cycle(_: Field, text: str) -> Iterator[Given]:
    yield from (Given(value=float(match[1] or match[2]), unit="days") for match in _CYCLE.finditer(text))


_COMA = re.compile(r"(?<!\w)E([1-4])[ ,]{0,2}V([1-5])[ ,]{0,2}M([1-6])(?!\w)")


def _coma(field: Field, text: str) -> Iterator[Given]:
    """The part of E4V5M6 that the field is; its options stand in the order of the points."""
    if field.kind is not FieldKind.CHOICE:
        return
    place = ("eyes", "verbal", "motor").index(field.name) + 1
    for match in _COMA.finditer(text):
        yield Given(value=field.options[int(match[place]) - 1])


_CYP2C9 = re.compile(
    r"\bCYP2C9[ :]{0,2}(?:genotype |is |= ?)?(\*[0-9]{1,2})[ ]?/[ ]?(\*[0-9]{1,2})(?![0-9])", re.I
)
_VKORC1 = re.compile(
    r"\b(VKORC1|rs9923231|rs2359612|rs9934438|rs8050894)(?:[ ,(:]{0,2}(?:rs9923231|-1639 ?G>A|is|genotype|=)){0,2}"
    r"[ ):,]{0,2}"
    r"([ACGT])[ ]?/?[ ]?([ACGT])(?![\w>])",
    re.IGNORECASE,
)


def _cyp2c9(field: Field, text: str) -> Iterator[Given]:
    """The diplotype; with an allele outside the model's, the option that stands for those."""
    for match in _CYP2C9.finditer(text):
        pair = "/".join(sorted(match.groups(), key=lambda allele: int(allele[1:])))
        other = next(option for option in field.options if option.startswith("another"))
        yield Given(value=pair if pair in field.options else other)


def _vkorc1(field: Field, text: str) -> Iterator[Given]:
    """The genotype of the place that the field is; VKORC1 alone means rs9923231."""
    for match in _VKORC1.finditer(text):
        named = "vkorc1" if match[1].lower() == "rs9923231" else match[1].lower()
        pair = "/".join(sorted((match[2].upper(), match[3].upper())))
        if named == field.name and pair in field.options:
            yield Given(value=pair)


Reader = Callable[[Field, str], Iterator[Given]]
_READERS: dict[str, Reader] = {
    "age": _age, "sex": _sex, "systolic": _pressure, "diastolic": _pressure, "heart_rate": _rate, "weight": _weight,
    "height": _height, "drinks": _drinks, "cycle_length": _cycle, "eyes": _coma, "verbal": _coma, "motor": _coma,
    "cyp2c9": _cyp2c9, "vkorc1": _vkorc1, "rs2359612": _vkorc1, "rs9934438": _vkorc1, "rs8050894": _vkorc1,
}  # fmt: skip
