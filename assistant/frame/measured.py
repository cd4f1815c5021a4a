"""Laboratory values, vital signs and scores that the words state, each with its unit.

A number is taken only where its name, a plain link ("is", "of", "=") and the number stand together. A range, a
limit ("below 30"), a target, or a number whose unit is not said and could be another, is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from retrieval.patient import Known, Origin, OriginKind

_LINK = r"(?:\s*\([^)\d]{0,15}\))?(?:\s*(?:is|was|of|at|level|score|now|currently|today|about|=|:|,))*\s*"
_NUMBER = r"(?<![\w.])(\d{1,5}(?:\.\d{1,3})?)(?![\d.]*\d)(?!\s?(?:-|–|to)\s?\d)"
_QUALIFIED = re.compile(
    r"\b(?:target|goal|aim(?:ed)?(?: at| for)?|normal|baseline|previous|prior|usual|former|earlier|last year's"
    r"|family|limit)\s*$",
    re.IGNORECASE,
)
"""Before a name: the number behind it is not the patient's value of today."""


class _Measure(NamedTuple):
    """How a value is written, its units, and what a number without a unit means (within which range)."""

    name: str
    words: str
    units: str
    bare: tuple[tuple[float, float, str], ...]
    low: float
    high: float
    kind: str = "lab"


_MICRO = r"(?:µ|μ|u)mol/L"
_MEASURES = (
    _Measure("eGFR", r"e?GFR", r"mL/min(?:/1\.73\s?m(?:2|²))?", ((1, 200, "mL/min/1.73 m²"),), 1, 200),
    _Measure(
        "creatinine clearance",
        r"creatinine clearance|CrCl|CLcr",
        r"mL/min",
        ((1, 300, "mL/min"),),
        1,
        300,
    ),
    _Measure(
        "creatinine",
        r"(?:serum )?creatinine(?! clearance)|SCr|Cr",
        rf"mg/dL|{_MICRO}",
        ((0.1, 15, "mg/dL"), (30, 2500, "µmol/L")),
        0.1,
        2500,
    ),
    _Measure("HbA1c", r"HbA1c|A1c", r"%|mmol/mol", (), 3, 200),
    _Measure("LDL cholesterol", r"LDL(?:-C| cholesterol)?", r"mmol/L|mg/dL", (), 0.2, 900),
    _Measure("potassium", r"potassium|K\+?(?=[\s:=])", r"mmol/L|mEq/L", ((1.5, 9.9, "mmol/L"),), 1, 10),
    _Measure("sodium", r"sodium|Na\+?(?=[\s:=])", r"mmol/L|mEq/L", ((100, 190, "mmol/L"),), 90, 200),
    _Measure("magnesium", r"magnesium|Mg\+{0,2}(?=[\s:=])", r"mmol/L|mg/dL|mEq/L", (), 0.1, 10),
    _Measure("calcium", r"calcium", r"mmol/L|mg/dL", (), 1, 25),
    _Measure("ferritin", r"ferritin", r"µg/L|ug/L|ng/mL", (), 1, 99999),
    _Measure("glucose", r"glucose", r"mmol/L|mg/dL", (), 1, 2000),
    _Measure("bilirubin", r"(?:total )?bilirubin", rf"mg/dL|{_MICRO}", (), 0.1, 1500),
    _Measure("albumin", r"(?:serum )?albumin", r"g/dL|g/L", (), 0.5, 80),
    _Measure("platelets", r"platelets?(?: count)?", r"10\^9/L|10⁹/L|G/L", ((10, 1500, "10⁹/L"),), 1, 3000),
    _Measure("ALT", r"ALT", r"U/L|IU/L", ((1, 20000, "U/L"),), 1, 20000),
    _Measure("urate", r"(?:serum )?(?:urate|uric acid)", rf"mg/dL|{_MICRO}", ((1, 25, "mg/dL"),), 0.5, 2000),
    _Measure("UACR", r"UACR|ACR|albumin[- ](?:to[- ])?creatinine ratio", r"mg/g|mg/mmol", (), 0.1, 30000),
    _Measure("INR", r"INR", r"", ((0.5, 25, ""),), 0.5, 25),
    _Measure("QTc", r"QTc[FB]?", r"ms(?:ec)?", ((250, 800, "ms"),), 250, 800),
    _Measure("LVEF", r"LVEF|ejection fraction|EF", r"%", ((5, 85, "%"),), 5, 90),
    _Measure("digoxin level", r"digoxin (?:level|concentration)", r"ng/mL|µg/L|ug/L|nmol/L", (), 0.05, 20),
    _Measure("CHA2DS2-VASc", r"CHA(?:2|₂)DS(?:2|₂)-VASc", r"", ((0, 9, ""),), 0, 9),
    _Measure("HAS-BLED", r"HAS-BLED", r"", ((0, 9, ""),), 0, 9),
    _Measure("CURB-65", r"CURB-?65", r"", ((0, 5, ""),), 0, 5),
    _Measure(
        "10-year risk",
        r"(?:10-year|ten-year)(?: (?:ascvd|cvd|cardiovascular))? risk|ASCVD risk",
        r"%",
        (),
        0,
        100,
    ),
    _Measure("Child-Pugh", r"Child-Pugh", r"points?", ((5, 15, ""),), 5, 15),
    _Measure(
        "heart rate",
        r"heart rate|HR|pulse",
        r"bpm|/min|beats per minute|beats/min",
        ((20, 250, "/min"),),
        20,
        250,
        "vital",
    ),
    _Measure("height", r"height", r"cm|m(?!\w)|in(?:ches)?", (), 0.4, 230, "vital"),
    _Measure("BMI", r"BMI", r"kg/m(?:2|²)", ((10, 90, "kg/m²"),), 8, 120, "vital"),
)
_UNITS = {
    "beats per minute": "/min",
    "beats/min": "/min",
    "inches": "in",
    "msec": "ms",
    "points": "",
    "point": "",
}
_PATTERNS = tuple(
    (
        one,
        re.compile(
            rf"(?<![\w-])(?:{one.words}){_LINK}{_NUMBER}"
            + (rf"(?:\s*({one.units})(?![\w/]))?" if one.units else "()"),
            0 if one.name in ("potassium", "sodium", "magnesium", "creatinine") else re.IGNORECASE,
        ),
    )
    for one in _MEASURES
)
_CAPITAL = re.compile(r"\b(?:Potassium|Sodium|Magnesium|Creatinine|Serum)\b")
_PRESSURE = re.compile(r"\b(?:BP|blood pressure)\D{0,8}?(\d{2,3})\s*/\s*(\d{2,3})\b", re.IGNORECASE)
_TALL = re.compile(r"\b(\d{3})\s?cm(?: tall)?\b|\b([12]\.\d{1,2})\s?m(?: tall)?\b", re.IGNORECASE)


def labs(text: str) -> dict[str, Known[float]]:
    """The laboratory values and scores that the text states, by the name they have in the frame."""
    return {one.name: known for one, known in _read(text) if one.kind == "lab"}


def vitals(text: str) -> dict[str, Known[float]]:
    """Blood pressure, heart rate, height and body mass index."""
    found = {one.name: known for one, known in _read(text) if one.kind == "vital"}
    return _pressure(text) | _tall(text) | found


def _read(text: str) -> Iterator[tuple[_Measure, Known[float]]]:
    text = _CAPITAL.sub(lambda match: match.group().lower(), text)
    for one, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            known = _known(one, match, text)
            if known is not None:
                yield one, known
                break


def _known(one: _Measure, match: re.Match[str], text: str) -> Known[float] | None:
    value = float(match[1])
    unit = match[2] or next((unit for low, high, unit in one.bare if low <= value <= high), None)
    if unit is None or not one.low <= value <= one.high:
        return None
    if _QUALIFIED.search(text[max(0, match.start() - 30) : match.start()]):
        return None
    origin = Origin(kind=OriginKind.WORDS, where=match.group().strip())
    return Known[float](value=value, unit=_UNITS.get(unit.lower(), unit), origin=origin)


def _pressure(text: str) -> dict[str, Known[float]]:
    match = _PRESSURE.search(text)
    if not match or not 50 <= float(match[1]) <= 300:
        return {}
    origin = Origin(kind=OriginKind.WORDS, where=match.group().strip())
    return {
        "systolic": Known[float](value=float(match[1]), unit="mmHg", origin=origin),
        "diastolic": Known[float](value=float(match[2]), unit="mmHg", origin=origin),
    }


def _tall(text: str) -> dict[str, Known[float]]:
    match = _TALL.search(text)
    if not match:
        return {}
    centimetres = float(match[1]) if match[1] else float(match[2]) * 100
    if not 80 <= centimetres <= 230:
        return {}
    origin = Origin(kind=OriginKind.WORDS, where=match.group().strip())
    return {"height": Known[float](value=centimetres, unit="cm", origin=origin)}
