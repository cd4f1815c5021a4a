"""NEWS2, the National Early Warning Score 2, for the clinician's eyes: points by vital sign, their sum, the response.

Source: Royal College of Physicians. National Early Warning Score (NEWS) 2: standardising the assessment of
acute-illness severity in the NHS. Updated report of a working party. London: RCP, 2017. Its report names no
copyright restriction and asks for this acknowledgement (read in a public copy). That it is not for people under 16 or
in pregnancy was read only in summaries that quote the report: unverified. A vital sign that is missing is missing and
not normal: the sum is then "at least".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import floor
from typing import Literal

from retrieval.evidence import Depth, Evidence, Finding, Kind, Source, Table, Word
from tools.triage.assertion import Status
from tools.triage.facts import Facts
from tools.triage.person import DAYS_IN_YEAR

TITLE = "NEWS2 (Royal College of Physicians, 2017)"
ACKNOWLEDGED = (
    "Royal College of Physicians. National Early Warning Score (NEWS) 2: standardising the assessment of "
    "acute-illness severity in the NHS. Updated report of a working party. London: RCP, 2017."
)
SOURCE = Source(
    id="rule:news2", title=TITLE, version="2017", licence="no copyright restriction; the RCP is acknowledged",
    depth=Depth.COMPUTATION, year=2017,
)  # fmt: skip
YOUNGEST = 16
EMERGENCY, URGENT = 7, 5
"""Sums from which the response is an emergency response, or an urgent review."""
Response = Literal["emergency response", "urgent review", "routine monitoring", "not settled"]
_LETTERS = "ACVPU"
_Steps = tuple[tuple[float, int], ...]
"""Points for values up to and with each bound, lowest bound first; the last bound is infinity."""
_END = float("inf")
_ROWS: Mapping[str, _Steps] = {
    "breath_rate": ((8, 3), (11, 1), (20, 0), (24, 2), (_END, 3)),
    "oxygen": ((91, 3), (93, 2), (95, 1), (_END, 0)),
    "systolic": ((90, 3), (100, 2), (110, 1), (219, 0), (_END, 3)),
    "heart_rate": ((40, 3), (50, 1), (90, 0), (110, 1), (130, 2), (_END, 3)),
    "temp_c": ((35.0, 3), (36.0, 1), (38.0, 0), (39.0, 1), (_END, 2)),
}
_SCALE_2: _Steps = ((83, 3), (85, 2), (87, 1), (92, 0))
_SCALE_2_ON_OXYGEN: _Steps = ((94, 1), (96, 2), (_END, 3))
_NAMES: Mapping[str, str] = {
    "breath_rate": "breaths per minute", "oxygen": "oxygen saturation (%)", "on_oxygen": "air or oxygen",
    "systolic": "systolic pressure (mmHg)", "heart_rate": "pulse per minute", "alertness": "alertness",
    "temp_c": "temperature (°C)",
}  # fmt: skip
_LEAST_KNOWN = 2


class NotFor(ValueError):
    """NEWS2 says nothing about this person; the message says why."""


class Part(Word):
    """One row of the score: what was measured and the points that it brings."""

    name: str
    value: str
    points: int


class News2(Word):
    """The score of one set of vital signs. ``total`` is the lowest that it can be where a sign is missing."""

    parts: tuple[Part, ...]
    missing: tuple[str, ...] = ()
    total: int
    at_most: int
    """The sum if every missing sign were at its worst."""
    scale: Literal[1, 2] = 1
    """Of the oxygen saturation; scale 2 only where a clinician has set a target of 88-92 %."""
    response: Response
    caveats: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether the points alone call for an urgent review or an emergency response."""
        return self.response in ("emergency response", "urgent review")

    @property
    def said(self) -> str:
        """The score in one line: "NEWS2 7: emergency response", or "NEWS2 at least 3 …" with what is missing."""
        least = "at least " if self.missing else ""
        told = [f"NEWS2 {least}{self.total}: {self.response}"]
        if self.missing:
            told.append(f"not known: {', '.join(self.missing)} (at most {self.at_most})")
        return "; ".join((*told, *self.caveats)) + "."

    def table(self) -> Table:
        """Each row of the score with its points; what is missing has no points."""
        rows = [(part.name, part.value, str(part.points)) for part in self.parts]
        rows += [(name, "not known", "") for name in self.missing]
        total = f"at least {self.total}" if self.missing else str(self.total)
        return Table(
            title=TITLE, columns=("sign", "value", "points"), rows=(*rows, ("sum", self.response, total))
        )

    def finding(self) -> Finding:
        """The sum as a computed finding; the points row by row are its evidence."""
        quote = "; ".join(f"{part.name} {part.value}: {part.points}" for part in self.parts)
        evidence = Evidence(source=SOURCE, quote=quote, locator=f"SpO2 scale {self.scale}")
        return Finding(
            statement=self.said,
            evidence=(evidence,),
            kind=Kind.COMPUTED,
            certainty=ACKNOWLEDGED,
            names=("news2",),
        )


def excluded(age_years: float | None, pregnant: bool | None) -> str:
    """Why the score is not for this person, or "" where it may be used or nobody said."""
    if age_years is not None and age_years < YOUNGEST:
        return f"NEWS2 is not for people under {YOUNGEST}."
    return "NEWS2 is not for use in pregnancy." if pregnant else ""


def score(
    *,
    breath_rate: float | None = None,
    oxygen: float | None = None,
    on_oxygen: bool | None = None,
    systolic: float | None = None,
    heart_rate: float | None = None,
    alertness: str | None = None,
    temp_c: float | None = None,
    scale: Literal[1, 2] = 1,
    age_years: float | None = None,
    pregnant: bool | None = None,
) -> News2:
    """The score of what was measured: rates per minute, oxygen in %, systolic in mmHg, temperature in °C.

    Args:
        alertness: A alert, C new confusion, V to voice, P to pain, U unresponsive.
        on_oxygen: whether the person breathes added oxygen; None where nobody said.

    Raises:
        NotFor: under 16 years, or pregnant.
        ValueError: an alertness that is none of A, C, V, P, U.
    """
    why = excluded(age_years, pregnant)
    if why:
        raise NotFor(why)
    if alertness is not None and (len(alertness) != 1 or alertness.upper() not in _LETTERS):
        raise ValueError(f"alertness {alertness!r} is none of A, C, V, P, U")
    values: dict[str, float | bool | str | None] = {
        "breath_rate": breath_rate, "oxygen": oxygen, "on_oxygen": on_oxygen, "systolic": systolic,
        "heart_rate": heart_rate, "alertness": alertness.upper() if alertness else None, "temp_c": temp_c,
    }  # fmt: skip
    parts = tuple(_parts(values, scale))
    missing = tuple(name for name, value in values.items() if value is None)
    return _summed(parts, missing, scale, tuple(_caveats(age_years, pregnant)), values)


def _parts(values: Mapping[str, float | bool | str | None], scale: Literal[1, 2]) -> Iterator[Part]:
    on_oxygen = values["on_oxygen"]
    for name, value in values.items():
        if value is None:
            continue
        if name == "on_oxygen":
            yield Part(name=_NAMES[name], value="oxygen" if value else "air", points=2 if value else 0)
        elif name == "alertness":
            yield Part(name=_NAMES[name], value=str(value), points=0 if value == "A" else 3)
        else:
            number = _read(name, float(value))
            of_scale = name == "oxygen" and scale == 2
            points = _scale_2(number, bool(on_oxygen)) if of_scale else _points(_ROWS[name], number)
            yield Part(name=_NAMES[name], value=f"{number:g}", points=points)


def _read(name: str, value: float) -> float:
    """The value as the chart has it: temperature to a tenth of a degree, all else to whole numbers, halves up."""
    return floor(value * 10 + 0.5 + 1e-9) / 10 if name == "temp_c" else float(floor(value + 0.5))


def _points(row: _Steps, value: float) -> int:
    return next(points for bound, points in row if value <= bound)


def _scale_2(value: float, on_oxygen: bool) -> int:
    """93 % and more is normal on air, and too much on oxygen."""
    if value <= _SCALE_2[-1][0]:
        return _points(_SCALE_2, value)
    return _points(_SCALE_2_ON_OXYGEN, value) if on_oxygen else 0


def _summed(
    parts: tuple[Part, ...],
    missing: tuple[str, ...],
    scale: Literal[1, 2],
    caveats: tuple[str, ...],
    values: Mapping[str, float | bool | str | None],
) -> News2:
    total = sum(part.points for part in parts)
    unknown = sum(2 if name == "on_oxygen" else 3 for name in missing)
    oxygen = values["oxygen"]
    if scale == 2 and values["on_oxygen"] is None and oxygen is not None:
        number = _read("oxygen", float(oxygen))
        unknown += _scale_2(number, True) - _scale_2(number, False)
    single = any(part.points == 3 for part in parts)
    return News2(
        parts=parts,
        missing=tuple(_NAMES[name] for name in missing),
        total=total,
        at_most=total + unknown,
        scale=scale,
        response=_response(total, single, bool(missing)),
        caveats=caveats,
    )


def _response(total: int, single: bool, incomplete: bool) -> Response:
    """What the sum asks for; a low sum of an incomplete set settles nothing."""
    if total >= EMERGENCY:
        return "emergency response"
    if total >= URGENT or single:
        return "urgent review"
    return "not settled" if incomplete else "routine monitoring"


def _caveats(age_years: float | None, pregnant: bool | None) -> Iterator[str]:
    if age_years is None:
        yield f"age not told, and NEWS2 is only for {YOUNGEST} years and over"
    if pregnant is None and (age_years is None or age_years <= 55):
        yield "pregnancy not told, and NEWS2 is not for use in it"


def of_facts(known: Facts, scale: Literal[1, 2] = 1) -> News2 | None:
    """The score of what is known of a person, the worst of several readings; None where :func:`why_not` says why."""
    if why_not(known):
        return None
    breath_rate, oxygen, systolic, heart_rate, temp_c = (_worst(name, known, scale) for name in _ROWS)
    oxygen_given = known.numbers.get("on_oxygen")
    return score(
        breath_rate=breath_rate,
        oxygen=oxygen,
        on_oxygen=None if oxygen_given is None else max(oxygen_given) > 0,
        systolic=systolic,
        heart_rate=heart_rate,
        alertness=_alertness(known),
        temp_c=temp_c,
        scale=scale,
        age_years=_age(known),
        pregnant=False if known.sex == "male" else known.pregnant,
    )


def why_not(known: Facts) -> str:
    """Why there is no score for these facts, or "": not for this person, or fewer than two of its signs are known."""
    age = _age(known)
    if age is None and any(_present(known, word) for word in ("child_word", "baby_word")):
        return f"NEWS2 is not for people under {YOUNGEST}."
    why = excluded(age, known.pregnant or "weeks_pregnant" in known.numbers)
    told = sum(name in known.numbers for name in _ROWS) + (_alertness(known) is not None)
    return why or ("" if told >= _LEAST_KNOWN else "NEWS2: fewer than two of its vital signs are known.")


def _age(known: Facts) -> float | None:
    """The youngest age told, in years."""
    return min(known.age_days) / DAYS_IN_YEAR if known.age_days else None


def _worst(name: str, known: Facts, scale: Literal[1, 2]) -> float | None:
    """The reading with the most points."""
    values = known.numbers.get(name)
    if not values:
        return None
    on_oxygen = max(known.numbers.get("on_oxygen", (0.0,))) > 0
    rated: Callable[[float], int] = lambda value: (  # noqa: E731
        _scale_2(_read(name, value), on_oxygen)
        if name == "oxygen" and scale == 2
        else _points(_ROWS[name], _read(name, value))
    )
    return max(values, key=rated)


def _alertness(known: Facts) -> str | None:
    """From a given letter, or from the person's words; the worse of both counts."""
    if _present(known, "unresponsive"):
        return "U"
    if _present(known, "confusion"):
        return "C"
    given = known.numbers.get("not_alert")
    if given is None:
        return None
    word = known.number_words.get("not_alert", "")[-1:].upper()
    return "A" if max(given) == 0 else word if word in "CVPU" and word else "V"


def _present(known: Facts, concept: str) -> bool:
    entry = known.best(concept)
    return entry is not None and entry.status is Status.PRESENT
