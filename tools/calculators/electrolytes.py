"""Electrolytes: gaps, osmolality, corrections for glucose and albumin, free water."""

from __future__ import annotations

from tools.calculators import fields as f
from tools.calculators.registry import Calculator
from tools.calculators.values import Values, Worked, figure

GAP = (f.SODIUM, f.CHLORIDE, f.BICARBONATE)
WITH_ALBUMIN = (*GAP, f.ALBUMIN)
NORMAL_GAP, NORMAL_BICARBONATE, NORMAL_ALBUMIN = 12, 24, 4.0


def _gap(values: Values) -> tuple[float, str]:
    value = values["sodium"] - values["chloride"] - values["bicarbonate"]
    line = (
        f"anion gap = {figure(values['sodium'])} − {figure(values['chloride'])} − {figure(values['bicarbonate'])}"
        f" = {figure(value)} mEq/L"
    )
    return value, line


def _corrected(values: Values) -> tuple[float, tuple[str, ...]]:
    gap, line = _gap(values)
    value = gap + 2.5 * (NORMAL_ALBUMIN - values["albumin"])
    more = f"corrected gap = {figure(gap)} + 2.5 × (4 − {figure(values['albumin'])} g/dL) = {figure(value)} mEq/L"
    return value, (line, more)


def anion_gap(values: Values) -> Worked:
    """Anion gap in mEq/L, without potassium."""
    value, line = _gap(values)
    return Worked(value=value, lines=(line,))


def anion_gap_albumin(values: Values) -> Worked:
    """Anion gap in mEq/L, corrected to an albumin of 4 g/dL."""
    value, lines = _corrected(values)
    return Worked(value=value, lines=lines)


def _delta(gap: float, lines: tuple[str, ...]) -> Worked:
    value = gap - NORMAL_GAP
    return Worked(value=value, lines=(*lines, f"delta gap = {figure(gap)} − 12 = {figure(value)} mEq/L"))


def delta_gap(values: Values) -> Worked:
    """How far the anion gap exceeds 12, in mEq/L."""
    gap, line = _gap(values)
    return _delta(gap, (line,))


def delta_gap_albumin(values: Values) -> Worked:
    """How far the corrected anion gap exceeds 12, in mEq/L."""
    return _delta(*_corrected(values))


def _ratio(delta: Worked, values: Values) -> Worked:
    fall = NORMAL_BICARBONATE - values["bicarbonate"]
    above = float(delta.value)
    value = above / fall
    line = f"delta ratio = {figure(above)} / (24 − {figure(values['bicarbonate'])}) = {figure(value)}"
    return Worked(value=value, lines=(*delta.lines, line))


def delta_ratio(values: Values) -> Worked:
    """Rise of the anion gap over the fall of bicarbonate."""
    return _ratio(delta_gap(values), values)


def delta_ratio_albumin(values: Values) -> Worked:
    """Rise of the corrected anion gap over the fall of bicarbonate."""
    return _ratio(delta_gap_albumin(values), values)


def _no_fall(values: Values) -> str:
    if values["bicarbonate"] == NORMAL_BICARBONATE:
        return "bicarbonate has not fallen below 24 mEq/L, so there is no ratio"
    return ""


def osmolality(values: Values) -> Worked:
    """Calculated serum osmolality in mOsm/kg."""
    value = 2 * values["sodium"] + values["glucose"] / 18 + values["urea"] / 2.8
    line = (
        f"2 × {figure(values['sodium'])} + {figure(values['glucose'])} / 18 + {figure(values['urea'])} / 2.8"
        f" = {figure(value)} mOsm/kg"
    )
    return Worked(value=value, lines=(line,))


def sodium_glucose(values: Values) -> Worked:
    """Sodium in mEq/L as it would be at a glucose of 100 mg/dL."""
    value = values["sodium"] + 0.024 * (values["glucose"] - 100)
    line = f"{figure(values['sodium'])} + 0.024 × ({figure(values['glucose'])} − 100) = {figure(value)} mEq/L"
    return Worked(value=value, lines=(line,))


def calcium_albumin(values: Values) -> Worked:
    """Calcium in mg/dL, corrected to an albumin of 4 g/dL."""
    value = values["calcium"] + 0.8 * (NORMAL_ALBUMIN - values["albumin"])
    line = (
        f"{figure(values['calcium'])} + 0.8 × (4 − {figure(values['albumin'])} g/dL) = {figure(value)} mg/dL"
    )
    return Worked(value=value, lines=(line,))


def water_share(age: float, sex: str) -> float:
    """Share of the body weight that is water: 0.6 child and man, 0.5 woman and older man, 0.45 older woman."""
    if age < 18:
        return 0.6
    if sex == "female":
        return 0.45 if age >= 65 else 0.5
    return 0.5 if age >= 65 else 0.6


def free_water_deficit(values: Values) -> Worked:
    """Free water deficit in L towards a sodium of 140; negative where there is an excess of water."""
    share = water_share(values["age"], values.word("sex"))
    value = share * values["weight"] * (values["sodium"] / 140 - 1)
    line = f"{share} × {figure(values['weight'])} kg × ({figure(values['sodium'])} / 140 − 1) = {figure(value)} L"
    more = ("a negative value is an excess of water.",) if value < 0 else ()
    return Worked(value=value, lines=(f"water is {share} of the weight at this age and sex", line), more=more)


CALCULATORS = (
    Calculator("anion_gap", "Anion gap", "mEq/L", GAP, anion_gap, digits=1),
    Calculator(
        "anion_gap_albumin",
        "Anion gap corrected for albumin",
        "mEq/L",
        WITH_ALBUMIN,
        anion_gap_albumin,
        digits=1,
    ),
    Calculator("delta_gap", "Delta gap", "mEq/L", GAP, delta_gap, digits=1),
    Calculator(
        "delta_gap_albumin",
        "Delta gap corrected for albumin",
        "mEq/L",
        WITH_ALBUMIN,
        delta_gap_albumin,
        digits=2,
    ),
    Calculator("delta_ratio", "Delta ratio", "", GAP, delta_ratio, outside=_no_fall),
    Calculator(
        "delta_ratio_albumin",
        "Delta ratio corrected for albumin",
        "",
        WITH_ALBUMIN,
        delta_ratio_albumin,
        outside=_no_fall,
    ),
    Calculator(
        "osmolality",
        "Calculated serum osmolality",
        "mOsm/kg",
        (f.SODIUM, f.GLUCOSE, f.UREA),
        osmolality,
        digits=1,
    ),
    Calculator(
        "sodium_glucose",
        "Sodium corrected for glucose",
        "mEq/L",
        (f.SODIUM, f.GLUCOSE),
        sodium_glucose,
        digits=1,
    ),
    Calculator(
        "calcium_albumin",
        "Calcium corrected for albumin",
        "mg/dL",
        (f.CALCIUM, f.ALBUMIN),
        calcium_albumin,
        digits=2,
    ),
    Calculator(
        "free_water_deficit",
        "Free water deficit",
        "L",
        (f.SODIUM, f.WEIGHT, f.AGE, f.SEX),
        free_water_deficit,
    ),
)
