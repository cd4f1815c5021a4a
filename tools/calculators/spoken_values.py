"""The inputs of a calculator out of a clinician's words: numbers with units, yes or no, options and days.

Nothing is guessed. Left out, so that the tool asks for it, is a number whose unit is not said and could be another; a
range; a value said twice and differently; somebody else's; what is said to be earlier, aimed at, possible or feared;
and whatever stands behind a "no" of which the reach is not plain.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from tools.calculators.fields import Field, FieldKind
from tools.calculators.reading import Given
from tools.calculators.registry import Calculator
from tools.calculators.spoken_person import Candidate, amount, person, somebody_else
from tools.calculators.spoken_words import (
    Phrase,
    Role,
    any_unit,
    bare_unit,
    lexicon,
    not_before,
    unit_names,
    unit_pattern,
)

Inputs = Mapping[str, Given]

_LINK = re.compile(
    r"(?:[ ]{0,2}(?:\([A-Za-z ]{1,15}\)|levels?|value|count|reading|is|was|of|now|currently|today|measured|[:=(])){0,4}"
    r"[ ]{0,2}",
    re.IGNORECASE,
)
_FIGURE = re.compile(_LINK.pattern + "[0-9]", re.IGNORECASE)
NUMBER = re.compile(r"(?<![\w.,])(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,7}(?:[.,][0-9]{1,4})?)(?![.,]?[0-9])")
_MORE = re.compile(r"\s?(?:-|to|or|→|->|±|\+/-|/(?!\s?15\b))\s?[0-9]")
"""After a number: a range or a course, and so no one value."""
_COUNTED = re.compile(
    r"\s?(?:tablets?|capsules?|tabs?|caps?|doses?|units?|times|hours?|hrs?|weeks?|x)\b", re.IGNORECASE
)
"""After a number without a unit: it counts something else."""
_EARLIER = re.compile(
    r"\b(?:previous|prior|baseline|usual|former|earlier|old|target|goal|normal|maximum|minimum|max|upper|lower|cut-?off"
    r"|limit|ideal|adjusted|lean|dry|birth|desired|aim(?:ed)?(?: at)?|last (?:year|month|week)(?:'s)?)"
    r"(?: \w{1,12})?\s*$",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"\s?(?:[:=(-]\s?|\s(?:is|was)\s)?\(?(?:(yes|present|positive)|no|none|absent|negative|denied|false)"
    r"(?=\s*(?:[,.;)\n?!]|$))",
    re.IGNORECASE,
)
_NO = re.compile(
    r"\b(?:no|not|without|den(?:y|ies|ied|ying)|never|negative for|absence of|free of|nor|neither|lacks?|excluded)\b",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[;:?!\n]|\.(?![0-9])|\bbut\b|\b(with|has|had|having|who)\b", re.IGNORECASE)
_DOUBT = re.compile(
    r"\?|\b(?:possibl[ey]|probabl[ey]|suspect\w{0,3}|suspicion|rule|r/o|query|risks?|prevent\w{0,4}|screen\w{0,4}|exclude"
    r"|concern|worr\w{1,4}|whether|might|may|unlikely|unclear|unsure|unknown|treat\w{0,5}|avoid\w{0,3}|start\w{0,3}"
    r"|consider\w{0,3}|stopped|stop)\b",
    re.IGNORECASE,
)
_DOUBT_AFTER = re.compile(
    r"\s?(?:risks?|prevention|prophylaxis|screening|unlikely|excluded|ruled|unknown|unclear|not known|suspected"
    r"|possible|allerg\w{1,3}|intoleran\w{2}|stopped|discontinued|\?,)\b",
    re.IGNORECASE,
)
_FILL = (
    r"(?:history|hx|h/o|of|any|known|prior|previous|past|evidence|signs?|clinical|the|an?|on|taking|takes|in)"
)
_LISTED = re.compile(rf"(?:\s|§|,|/|\bor\b|\bnor\b|\b{_FILL}\b){{0,120}}", re.IGNORECASE)
_OR_BEFORE = re.compile(rf"\b(?:or|nor)\s+(?:{_FILL}\s+){{0,4}}$", re.IGNORECASE)
_OR_AFTER = re.compile(rf"(?:\s|§|,|\b{_FILL}\b){{0,120}}\b(?:or|nor)\b", re.IGNORECASE)
NEAR, FAR, GAP = 40, 240, 12
"""Characters looked back at for what qualifies a number, and for what a clause says; words that a "no" may span."""


def values(calculator: Calculator, text: str) -> Inputs:
    """The calculator's inputs that the words state; nothing at all where a partial sum would look like the whole."""
    mentions = lexicon(calculator.name).mentions(text)
    found: list[Candidate] = list(person(calculator, text))
    bound = set()
    for place, mention in enumerate(mentions):
        for role in lexicon(calculator.name).roles[mention.key]:
            one = _said(calculator, role, text, mentions, place)
            if one is not None:
                found.append(one)
                bound.add(place)
    settled = _settled(found)
    return {} if _withheld(calculator, mentions, bound, settled, found) else settled


def speaks(calculator: Calculator, text: str) -> bool:
    """True if the words name a drug or gene that the calculator counts, or a number of its own, read or not."""
    held = lexicon(calculator.name)
    return any(
        role.role == "withhold" or (role.role == "number" and _FIGURE.match(text, mention.end))
        for mention in held.mentions(text)
        for role in held.roles[mention.key]
    )


def _settled(found: Sequence[Candidate]) -> Inputs:
    """Each field that is said once, or always alike."""
    said: dict[str, set[Given]] = {}
    for name, given in found:
        said.setdefault(name, set()).add(given)
    return {name: next(iter(each)) for name, each in said.items() if len(each) == 1}


def _withheld(
    calculator: Calculator,
    mentions: Sequence[Phrase],
    bound: set[int],
    settled: Inputs,
    found: Sequence[Candidate],
) -> bool:
    """True if a drug or gene of the calculator's is named and not read, or said in two ways."""
    roles = lexicon(calculator.name).roles
    counted = {
        role.field for held in roles.values() for role in held if any(one.role == "withhold" for one in held)
    }
    if any(name in counted and name not in settled for name, _ in found):
        return True
    named = {"vkorc1" if name == "rs9923231" else name for name in settled}
    for place, mention in enumerate(mentions):
        held = [role.role for role in roles[mention.key]]
        key = "vkorc1" if mention.key == "rs9923231" else mention.key
        if "withhold" in held and place not in bound and ("number" in held or key not in named):
            return True
    return False


def _said(
    calculator: Calculator, role: Role, text: str, mentions: Sequence[Phrase], place: int
) -> Candidate | None:
    """What one phrase says of its field."""
    mention, field = mentions[place], calculator.field(role.field)
    if field is None or somebody_else(text, mention.start):
        return None
    if role.role == "number":
        given = (
            _day(text, mention.end)
            if field.kind is FieldKind.DAY
            else _number(text, mention, field, role.option)
        )
        return (field.name, given) if given else None
    stands = standing(text, mentions, place)
    if role.role == "refutes":
        return field.name, Given(value=False)
    if role.role == "option":
        return (field.name, Given(value=role.option)) if stands else None
    if role.role == "denied":
        return (field.name, Given(value=role.option)) if stands is False else None
    if stands is None or (stands and role.role == "wider") or (not stands and role.role == "asserts"):
        return None
    return field.name, Given(value=stands)


def _number(text: str, mention: Phrase, field: Field, only: str) -> Given | None:
    """The number right after its name, with its unit; None where it is not one plain value."""
    if _EARLIER.search(text[max(0, mention.start - NEAR) : mention.start]):
        return None
    link = _LINK.match(text, mention.end)
    read = number_at(text, link.end() if link else mention.end, field)
    if read is None or (only and read.unit != only):
        return None
    return read


def number_at(text: str, start: int, field: Field) -> Given | None:
    """The number at a place, with its unit; None where it is a range, or its unit is not said and not plain."""
    number = NUMBER.match(text, start)
    if number is None:
        return None
    told = unit_pattern(field.measure).match(text, number.end())
    end = told.end() if told else number.end()
    unlike = not_before(field.name)
    if _MORE.match(text, number.end()) or _MORE.match(text, end) or (unlike and unlike.match(text, end)):
        return None
    if told is None and (any_unit().match(text, number.end()) or _COUNTED.match(text, number.end())):
        return None
    value = amount(number.group(), counted=told is not None and field.measure == "count")
    if value is None:
        return None
    unit = unit_names(field.measure)[told[1].lower()] if told else bare_unit(field, value)
    return None if unit is None else Given(value=value, unit=unit)


def standing(text: str, mentions: Sequence[Phrase], place: int) -> bool | None:
    """True if the phrase is said to be so, False if it is denied, None where neither is plain."""
    mention = mentions[place]
    answer = _ANSWER.match(text, mention.end)
    if answer:
        return answer[1] is not None
    if _DOUBT_AFTER.match(text, mention.end) or text[mention.start - 1 : mention.start] == "?":
        return None
    start = _clause(text, mention.start)
    before = text[start : mention.start]
    if _DOUBT.search(before[before.rfind(",") + 1 :]):
        return None
    denials = [match.end() for match in _NO.finditer(before)]
    return _denied(text, mentions, place, start + denials[-1]) if denials else True


def _denied(text: str, mentions: Sequence[Phrase], place: int, start: int) -> bool | None:
    """False if the "no" that ends at ``start`` reaches the phrase; None where its reach is not plain."""
    mention = mentions[place]
    gap = _blanked(text, mentions[max(0, place - GAP) : place], start, mention.start)
    if len(gap.split()) > GAP:
        return None
    if _OR_BEFORE.search(gap):
        return False
    if not _LISTED.fullmatch(gap):
        return None
    if "," not in gap:
        return False
    after = _blanked(text, mentions[place + 1 : place + GAP], mention.end, mention.end + FAR)
    return False if _OR_AFTER.match(after) else None


def _blanked(text: str, mentions: Sequence[Phrase], start: int, end: int) -> str:
    """A stretch of the text with each phrase in it as one sign."""
    parts, at = [], start
    for mention in mentions:
        if mention.start >= at and mention.end <= end:
            parts += [text[at : mention.start], "§"]
            at = mention.end
        if mention.start > end:
            break
    return "".join([*parts, text[at:end]])


def _clause(text: str, place: int) -> int:
    """Where the clause of a place begins, as far back as is looked. "Never had", "not diagnosed with" are no break."""
    start = max(0, place - FAR)
    for found in _BREAK.finditer(text, start, place):
        if found[1] is None or not _NO.search(text, max(start, found.start() - NEAR), found.start()):
            start = found.end()
    return start


_MONTHS = {
    name: n
    for n, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATES = (
    re.compile(r"(?P<year>[12][0-9]{3})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?![0-9])"),
    re.compile(
        rf"(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[ ](?:of )?{_MONTH},?[ ](?P<year>[12][0-9]{{3}})(?![0-9])",
        re.I,
    ),
    re.compile(
        rf"{_MONTH}[ ](?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,?[ ](?P<year>[12][0-9]{{3}})(?![0-9])", re.I
    ),
)
_ON = re.compile(r"[ ]{0,2}(?:(?:was|is|on|of|started|began|:|=)[ ]{0,2}){0,3}", re.IGNORECASE)


def _day(text: str, start: int) -> Given | None:
    """The day right after its name, YYYY-MM-DD; None for one of which day and month could be exchanged."""
    link = _ON.match(text, start)
    for pattern in _DATES:
        match = pattern.match(text, link.end() if link else start)
        if match:
            month = match["month"]
            number = int(month) if month.isdigit() else _MONTHS[month.lower()]
            return _dated(int(match["year"]), number, int(match["day"]))
    return None


def _dated(year: int, month: int, of_month: int) -> Given | None:
    try:
        return Given(value=date(year, month, of_month).isoformat())
    except ValueError:
        return None
