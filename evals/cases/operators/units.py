"""The same values in other units or with a decimal comma: the gold may not change. A unit dropped must be asked for.

Factors are in ``evals/knowledge/units.yaml``, each with the source that was seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import numpy as np
import yaml
from pydantic import Field

from evals.cases.case import Case, Gold
from evals.cases.conditions import KNOWLEDGE
from evals.cases.operators.operator import Change, Operator, anything
from evals.cases.operators.words import Edit, first, rewritten
from retrieval.evidence import Text, Word

_NUMBER = r"\d+(?:[.,]\d+)?"
_DECIMAL = re.compile(r"(?<![\d.,/*])\d+\.\d+(?![\d.,]*\d)")
_UNIT = r"(?:mg/dL|µmol/L|umol/L|mmol/L|mmol/mol|g/dL|g/L|ng/mL|ng/L|%)"
AMBIGUOUS = (
    "creatinine",
    "glucose",
    "calcium",
    "bilirubin",
    "urea",
    "urea nitrogen",
    "HbA1c",
    "haemoglobin",
    "hemoglobin",
)
"""Labs that are written in two units in daily use, so that a bare number must be asked about."""


class Conversion(Word):
    """``to`` = ``from`` times ``times`` plus ``plus``; ``digits`` are those shown in either unit."""

    name: Text
    unit: Text = Field(alias="from")
    to: Text
    times: float
    plus: float
    digits: tuple[int, int]
    source: Text

    def there(self, value: float) -> float:
        return round(value * self.times + self.plus, self.digits[1])

    def back(self, value: float) -> float:
        return round((value - self.plus) / self.times, self.digits[0])


@cache
def conversions() -> tuple[Conversion, ...]:
    """Every conversion, in the order of the file."""
    held = yaml.safe_load((KNOWLEDGE / "units.yaml").read_text(encoding="utf-8"))
    return tuple(Conversion.model_validate(one) for one in held["conversions"])


Swap = Callable[[str], str]


def _everywhere(case: Case, swap: Swap) -> Case | None:
    """The case with its chart and its first message passed through ``swap``."""
    text = first(case)
    changed = case
    if swap(text) != text:
        changed = rewritten(case, _edits(text, swap)) or case
    chart = swap(case.presented.chart)
    return changed.model_copy(update={"presented": changed.presented.model_copy(update={"chart": chart})})


def _edits(text: str, swap: Swap) -> list[Edit]:
    """Word by word pairs of number and unit, so that spans elsewhere keep their place."""
    pairs = re.finditer(rf"[A-Za-z0-9]*\s*{_NUMBER}\s*(?:{_UNIT}|°[CF]|kg|lb)?", text)
    return [
        Edit(hit.start(), hit.end(), swap(hit.group())) for hit in pairs if swap(hit.group()) != hit.group()
    ]


def _converted(one: Conversion) -> Swap:
    label = r"(?:temperature|temp|T)" if one.name == "temperature" else re.escape(one.name)
    lead = rf"\b{label}\b(?!\s+nitrogen)[^\d\n]{{0,12}}?"
    if one.name in ("weight", "temperature"):
        lead = ""

    def to(found: re.Match[str]) -> str:
        return f"{found[1]}{_shown(one.there(_read(found[2])))} {one.to}"

    def back(found: re.Match[str]) -> str:
        return f"{found[1]}{_shown(one.back(_read(found[2])))} {one.unit}"

    def swap(text: str) -> str:
        forward = re.sub(
            rf"({lead})({_NUMBER})\s*{re.escape(one.unit)}(?!\w|/)", to, text, flags=re.IGNORECASE
        )
        if forward != text:
            return forward
        return re.sub(rf"({lead})({_NUMBER})\s*{re.escape(one.to)}(?!\w|/)", back, text, flags=re.IGNORECASE)

    return swap


def _read(number: str) -> float:
    return float(number.replace(",", "."))


def _shown(value: float) -> str:
    return f"{value:g}" if value < 1e5 else f"{value:.0f}"


def _convert(name: str) -> Change:
    def change(case: Case, draw: np.random.Generator) -> Case | None:
        one = next(each for each in conversions() if each.name == name)
        return _everywhere(case, _converted(one))

    return change


def _comma(case: Case, draw: np.random.Generator) -> Case | None:
    """38.5 as 38,5; dates, versions, doses of "1.73 m2" and genotypes stay as they are."""

    def swap(text: str) -> str:
        return _DECIMAL.sub(
            lambda hit: hit.group() if hit.group() == "1.73" else hit.group().replace(".", ","), text
        )

    return _everywhere(case, swap)


def _unitless(case: Case, draw: np.random.Generator) -> Case | None:
    """The first laboratory value with two usual units loses its unit; the unit must be asked for."""
    for name in AMBIGUOUS:
        changed = _everywhere(case, _bare(name))
        if changed is None or changed.presented == case.presented:
            continue
        gold = Gold(must_ask=(f"unit of {name}",), forbidden=changed.gold.forbidden)
        return changed.model_copy(update={"gold": gold})
    return None


def _bare(name: str) -> Swap:
    form = re.compile(rf"(\b{re.escape(name)}\b[^\d\n]{{0,12}}?{_NUMBER})\s*{_UNIT}(?!\w|/)", re.IGNORECASE)
    return lambda text: form.sub(r"\1", text)


def _leans(case: Case) -> str:
    """Only where the gold leans on a laboratory value, and nothing else tells what it does."""
    if re.search(r"\beGFR\b", case.presented.chart):
        return "the eGFR is told beside it"
    planted = case.stratum == "renal" and any(drug.action != "fine" for drug in case.gold.drugs)
    return "" if planted else "no gold leans on a laboratory value"


OPERATORS = (
    *(
        Operator(f"unit_{name.replace(' ', '_')}", "units", "same", anything, _convert(name))
        for name in ("creatinine", "glucose", "urea",
            "urea nitrogen", "bilirubin", "calcium", "cholesterol", "albumin",
                     "haemoglobin", "HbA1c", "temperature", "weight", "troponin")
    ),
    Operator("decimal_comma", "units", "same", anything, _comma),
    Operator("unit_dropped", "units", "ask", _leans, _unitless),
)  # fmt: skip
