"""Dose, interval, time, people and genotypes of a simulation, read out of the words that ask for it.

Only what is stated plainly is taken; what is not stated is left to the tool, which says what it took or asks.
"""

from __future__ import annotations

import math
import re
from typing import Any

_NUMBERS = {
    word: number
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
} | {"a dozen": 12, "dozen": 12, "twenty": 20, "thirty": 30, "fifty": 50, "a hundred": 100, "hundred": 100}
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
POUNDS = 0.45359237
_HOURS = {"h": 1.0, "d": 24.0, "w": 168.0}
_ORDINALS = {"other": 2, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7}
_OFTEN = {"once": 1, "twice": 2, "thrice": 3}
_IN_A_WEEK = re.compile(
    rf"\b(?:(?P<often>once|twice|thrice)|(?P<n>{_NUMBER})\s?(?:x|×|times?|days))\s*(?:(?:a|per|each"
    rf"|every)\s+week\b|weekly\b"
    r"|/\s?(?:week|wk)\b)",
    re.I,
)
_EVERY = re.compile(
    rf"\bevery\s+(?:(?P<n>{_NUMBER})|(?P<nth>{'|'.join(_ORDINALS)}))\s*-?\s*"
    r"(?P<unit>h\b|hrs?\b|hours?\b|hourly\b|days?\b|weeks?\b)"
    r"|\bq\s?(?P<q>\d{1,3})\s?h\b|\b(?P<hourly>\d{1,3})[- ]?hourly\b"
    r"|\b(?P<alternate>qod|eod|(?:on )?alternat(?:e|ing) days?)\b"
    r"|(?P<each>(?<![\w-])(?:every hour|hourly)\b)"
    r"|\b(?P<fortnight>fortnightly|bi-?weekly|every fortnight)\b",
    re.I,
)
_A_DAY = r"(?:\s+(?:daily|a day|per day|each day|every day))?"
_PER_DAY = _A_DAY.removesuffix("?")
_TIMES = {
    6.0: rf"\b(?:four times{_A_DAY}|4 ?x{_A_DAY}|4 times{_A_DAY}|x ?4{_PER_DAY}|qds|q\.d\.s|qid|q\.i\.d)(?!\w)",
    8.0: rf"\b(?:three times{_A_DAY}|3 ?x{_A_DAY}|3 times{_A_DAY}|thrice{_A_DAY}|x ?3{_PER_DAY}|tds|t\.d\.s|tid"
    rf"|t\.i\.d)(?!\w)",
    12.0: rf"\b(?:twice[- ]daily|twice{_A_DAY}|two times{_A_DAY}|2 ?x{_A_DAY}|2 times{_A_DAY}|x ?2{_PER_DAY}"
    rf"|bds?|b\.d|bid|b\.i\.d)(?!\w)",
    24.0: r"\b(?:(?:once|one time)[- ](?:a day|per day|daily|every day|each day)|od|o\.d|qd|q\.d(?!\.s)|nocte"
    r"|qhs|nightly|at night"
    r"|every (?:night|morning|evening))(?![\w-])",
}
_BY_TIMES = {hours: re.compile(words, re.I) for hours, words in _TIMES.items()}
_DAILY = re.compile(r"(?<!for )\b(?:daily|a day|per day|every day|each day)(?![\w-])|/ ?d(?:ay)?\b", re.I)
_WEEKLY = re.compile(
    r"\bweekly\b|(?<!for )(?<!over )(?<!in )(?<!after )\b(?:one )?(?:a|per|each|every) week\b|/ ?(?:week|wk)\b",
    re.I,
)
DIVIDED = re.compile(r"\bin (two|three|four|2|3|4) (?:equal |divided )+doses\b", re.I)
_ONE_DOSE = re.compile(r"\b(?:single|one|one-off)[- ](?:[\w.]+ ){0,2}?doses?\b|\bone-off\b|\bstat\b", re.I)
_ONCE = re.compile(
    r"\bonce\b|\bsingle\b(?! (?:virtual |simulated )?(?:patients?|persons?|people|adults?|man|woman|day))",
    re.I,
)
_AMOUNT = r"\d+(?:[.,]\d+)?\s?(?:mg|mcg|µg|g)\b"
_SCHEDULE = re.compile(
    r"\bload(?:ing|ed)?\b|\bfollowed by\b|\bthereafter\b|\bafterwards\b|\btaper\w*"
    r"|\balternat(?:e|es|ed|ing|ely)\b(?! days?\b)"
    r"|\btitrat\w*|\bstop(?:s|ped|ping)?\b|\bdiscontinu\w+|\bwithdraw\w*|\bmiss(?:ed|es|ing)?\b|\bskip\w*|\bomit\w*"
    r"|\bweekdays?\b|\bweekends?\b|\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b\d-\d-\d(?:-\d)?\b"
    r"|\b(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)s?\b(?=[\s,/&+-]+(?:and )?(?:mon|tues?|wed|thu(?:rs?)?|fri"
    r"|sat|sun))|\bdays? off\b|\bas needed\b|\bprn\b"
    r"|\b(?:increas|reduc|rais|lower|doubl|halv|switch|chang|step)\w* "
    r"(?:(?:it |the dose )?(?:up |down )?to \d|(?:it|the dose) (?:after|on|from)\b)"
    rf"|{_AMOUNT}[^.?!;]*\bthen\b[^.?!;]*{_AMOUNT}|{_AMOUNT} on days? \d|\d\s?(?:mg|mcg|µg|g)?\s+to\s+{_AMOUNT}"
    rf"|\bbetween \d[\d.]*\s?(?:mg|mcg|µg|g)? and {_AMOUNT}"
    rf"|{_AMOUNT}[^.?!;]*\bfor \w+ (?:days|weeks)\b[^.?!;]*{_AMOUNT}[^.?!;]*\bfor \w+ (?:days|weeks)\b",
    re.I,
)
"""What is more than one dose at one interval."""
_FOR = re.compile(
    rf"\b(?:for|over|during|until|till|up to|through|by|across|first|next)\s+"
    rf"(?:the\s+)?(?:first\s+|next\s+)?(?:day\s+)?(?P<n>{_NUMBER})[\s-]*(?P<unit>days?|d|weeks?|wks?|months?"
    rf"|years?|yrs?|hours?|hrs?|h)\b"
    r"|(?<!every )\b(?P<n2>\d{1,4})[\s-]*(?P<unit2>days?|weeks?|months?)\b(?![- ]old)"
    r"|\b(?:by|until|to|on|at) day (?P<day>\d{1,4})\b",
    re.I,
)
_DAYS = {"d": 1.0, "w": 7.0, "m": 30.0, "h": 1.0 / 24, "y": 365.0}
_PEOPLE = re.compile(
    r"(?<![\w.,*/–-])(?P<n>\d{1,3}(?:,\d{3})+|\d+)\s+(?!(?:mg|m?c?g|kg|lbs?|days?|weeks?|months?|years?|hours?"
    r"|h|x|times|of)\b)"
    r"(?:[a-z][a-z-]* ){0,2}?(?:patients?|people|persons?|subjects?"
    r"|individuals?|adults?|men|women|carriers)\b|\bn\s?=\s?(?P<n2>\d{1,3}(?:,\d{3})+|\d+)\b"
    r"|\b(?:population|cohort|group|sample) of (?P<n3>\d{1,3}(?:,\d{3})+|\d+)\b(?!\s?(?:mg|m?c?g|kg|%|years?))",
    re.I,
)
_SEED = re.compile(r"\bseed\s*(?:of|=|:|is|number)?\s*(\d{1,9})\b", re.I)
_YEARS = {"y": 1.0, "m": 1 / 12, "w": 7 / 365.25, "d": 1 / 365.25}
_AGE_UNIT = r"years?|yrs?|y(?:/o|o)?|months?|weeks?|days?"
_OLD = r"\d{1,3}(?:[.,]\d+)?"
_AGE = re.compile(
    rf"\b(?:ages?|aged)\s*(?:of|:|=|is|between|from)?\s*(?P<first>{_OLD})(?![\d*])(?P<to>\s?[-–]\s?{_OLD}"
    rf"|\s+(?:to|and|or)\s+{_OLD}"
    rf"(?!\w|\s?(?:mg|kg|lb|g|%|virtual|patients|people)))?(?:[- ]?(?P<unit>{_AGE_UNIT})\b)?"
    rf"|\b(?P<range>{_OLD}\s?(?:-|–|to|and)\s?)?(?<![.,])\b(?P<old>{_OLD})[- ]?"
    r"(?P<unit2>years?|yrs?|y|months?|weeks?|days?)[- ](?:of age\b|olds?\b)"
    r"|\b(?P<yo>\d{1,3})\s?(?:yo|y/o)\b"
    r"|(?<![\w.,–-])(?<!for )(?<!over )(?<!after )(?<!first )(?<!next )(?<!last )\b(?P<bare>\d{2,3})\s?(?:years"
    r"|yrs?)\b",
    re.I,
)
_WEIGHT = re.compile(
    r"(?<![\w.,/–-])(?<! to )(\d{1,3}(?:[.,]\d+)?)\s?(kg|kilos?|kilograms?|lbs?|pounds?)\b(?!\s?/)", re.I
)
_RENAL = re.compile(
    r"\b(?:renal|kidney)[- ](?:function(?:[- ]factor)?|factor)\s*(?:of|=|:|is|at)?\s*"
    r"(?P<share>0?\.\d+|0|1(?:\.0+)?)(?![\d.]|\s?%)"
    r"|\b(?:renal|kidney)[- ]function\s*(?:of|=|:|is|at)?\s*(?P<percent>\d{1,3})\s?%"
    r"|\b(?P<percent2>\d{1,3})\s?% (?:of )?(?:the )?(?:normal )?(?:renal|kidney) function"
    r"|\b(?P<half>half) (?:of )?(?:the )?(?:normal )?(?:renal|kidney) function",
    re.I,
)
_SIDE_BY_SIDE = re.compile(
    r"\bIWPC\b|\bdosing (?:equation|algorithm)\b|\bside by side\b|\b(?:both|two|all) models\b"
    r"|\bHamberg 2007\b.{1,40}\b2010\b",
    re.I,
)
_HAMBERG = re.compile(r"\bHamberg\b\D{0,12}(2007|2010)\b", re.I)

PATTERNS = (
    _IN_A_WEEK, _EVERY, *_BY_TIMES.values(), DIVIDED, _FOR, _PEOPLE, _SEED, _AGE, _WEIGHT, _RENAL,
    _HAMBERG, _SIDE_BY_SIDE,
)  # fmt: skip
"""All that is read here, in the order in which it is read."""


def number(said: str) -> int:
    """The value of figures ("1,000") or of a word up to a hundred."""
    bare = said.lower().replace(",", "")
    return int(bare) if bare.isdigit() else _NUMBERS[bare]


def decimal(said: str) -> float:
    """ "1,000" is a thousand and "2,5" is two and a half."""
    thousands = re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?", said)
    return float(said.replace(",", "" if thousands else "."))


def timing(text: str) -> dict[str, Any]:
    """``every_h`` (0 is a single dose), ``days``, as far as they are told; no interval where several are."""
    text = _AGE.sub(" ", text)
    told: dict[str, Any] = {}
    every = intervals(text)
    if len(every) == 1:
        told["every_h"] = every[0]
    days = _days(_IN_A_WEEK.sub(" ", text))
    if days:
        told["days"] = days
    return told


def several_schedules(text: str) -> bool:
    """Whether a text asks for more than one dose at one interval: a loading dose, a change, days without a dose."""
    return len(intervals(_AGE.sub(" ", text))) > 1 or bool(_SCHEDULE.search(text))


def intervals(text: str) -> list[float]:
    """The different hours between doses that are told, 0 for a single dose, in the order of their patterns."""
    if divided := DIVIDED.search(text):
        return [24.0 / number(divided[1])]
    told: list[float] = []
    for pattern, hours in (
        (_IN_A_WEEK, _of_a_week),
        (_EVERY, _hours),
        *((pattern, lambda _, each=each: each) for each, pattern in _BY_TIMES.items()),
    ):
        told += map(hours, pattern.finditer(text))
        text = pattern.sub(" ", text)
    if _DAILY.search(text):
        told.append(24.0)
    if _WEEKLY.search(_DAILY.sub(" ", text)):
        told.append(24.0 if re.search(r"\d\s?m?c?g\s?(?:/|per) ?(?:week|wk)", text, re.I) else 168.0)
    if _ONE_DOSE.search(text) or (_ONCE.search(text) and not told):
        told.append(0.0)
    return list(dict.fromkeys(told))


def _of_a_week(match: re.Match[str]) -> float:
    times = _OFTEN[match["often"].lower()] if match["often"] else number(match["n"])
    return round(168.0 / max(times, 1), 6)


def _hours(match: re.Match[str]) -> float:
    if match["each"]:
        return 1.0
    if match["alternate"] or match["fortnight"]:
        return 48.0 if match["alternate"] else 336.0
    if match["unit"]:
        times = number(match["n"]) if match["n"] else _ORDINALS[match["nth"].lower()]
        return times * _HOURS[match["unit"][0].lower()]
    return float(match["q"] or match["hourly"])


def _days(text: str) -> int:
    for match in _FOR.finditer(text):
        said, unit = match["n"] or match["n2"] or match["day"], (match["unit"] or match["unit2"] or "d")
        if text[: match.start()].rstrip().lower().endswith("every"):
            continue
        return max(1, math.ceil(number(said) * _DAYS[unit[0].lower()]))
    one = re.search(r"\b(?:for|over|during) (?:an?|one) (?:whole |full )?(day|week|month|year)\b", text, re.I)
    return int(_DAYS[one[1][0].lower()]) if one else 0


def people(text: str) -> dict[str, Any]:
    """``n``, ``seed``, ``age`` in years, ``weight`` in kg and ``renal_function`` (0 to 1), as far as they are told."""
    told: dict[str, Any] = {}
    if counted := _PEOPLE.search(_AGE.sub(" ", text)):
        told["n"] = number(counted["n"] or counted["n2"] or counted["n3"])
    if seed := _SEED.search(text):
        told["seed"] = int(seed[1])
    if (age := _AGE.search(text)) and not (age["to"] or age["range"]):
        unit = (age["unit"] or age["unit2"] or "y")[0].lower()
        told["age"] = round(decimal(age["first"] or age["old"] or age["yo"] or age["bare"]) * _YEARS[unit], 2)
    if weight := _WEIGHT.search(text):
        pounds = weight[2].lower().startswith(("lb", "pound"))
        told["weight"] = round(decimal(weight[1]) * (POUNDS if pounds else 1.0), 1)
    if renal := _RENAL.search(text):
        percent = renal["percent"] or renal["percent2"]
        told["renal_function"] = 0.5 if renal["half"] else float(renal["share"] or float(percent or 0) / 100)
    return told


def age_range(text: str) -> bool:
    """Whether ages are told from one to another, which no group of virtual patients is."""
    return any(age["to"] or age["range"] for age in _AGE.finditer(text))


def renal_factor(text: str) -> bool:
    """Whether a share of renal function is told."""
    return bool(_RENAL.search(text))


def which(text: str) -> dict[str, Any]:
    """``compare`` with the dosing equation, or one ``model`` by its name."""
    if _SIDE_BY_SIDE.search(text):
        return {"compare": True}
    named = _HAMBERG.search(text)
    return {"model": f"warfarin_{named[1]}"} if named else {}


def counted(text: str, things: str) -> int:
    """How many of some things are asked for; 0 where no number is told."""
    found = re.search(rf"\b(?P<n>{_NUMBER})\s+(?:[\w-]+\s+){{0,3}}?{things}", text, re.I)
    return number(found["n"]) if found and found["n"].lower() != "one" else int(bool(found))


def number_of(text: str, words: str) -> int:
    """The number right before or after a word ("3,000 evaluations", "budget 3000"); 0 where there is none."""
    told = re.search(rf"\b({_NUMBER})\s+{words}\b|\b{words}\s*(?:of|=|:)?\s*({_NUMBER})\b", text, re.I)
    return number(told[1] or told[2]) if told else 0
