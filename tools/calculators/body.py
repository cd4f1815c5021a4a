"""The body: mass, surface, ideal and adjusted weight, maintenance fluid, insulin resistance."""

from __future__ import annotations

from math import inf, sqrt

from tools.calculators import fields as f
from tools.calculators.registry import Calculator, Limit
from tools.calculators.values import Values, Worked, figure

TALL = (Limit("height", 152.4, 251, "the formula counts inches above 60 (152.4 cm)"),)
MASS = (
    (18.5, "underweight (below 18.5)"),
    (25.0, "18.5 to below 25"),
    (30.0, "overweight (25 to below 30)"),
    (inf, "obesity (30 or more)"),
)
TARGET_BMI = f.number("target_bmi", "body mass index aimed at", "body mass index", 10, 60)
INSULIN = f.number("insulin", "fasting insulin", "insulin", 0.1, 2000)
FASTING_GLUCOSE = f.GLUCOSE.model_copy(
    update={"name": "fasting_glucose", "words": "fasting glucose", "chart": ()}
)


def ideal_weight(values: Values) -> float:
    """Ideal body weight in kg (Devine): 50 or 45.5 + 2.3 for each inch above 60."""
    base = 45.5 if values.word("sex") == "female" else 50.0
    return base + 2.3 * (values["height"] / 2.54 - 60)


def adjusted_weight(weight: float, ideal: float) -> float:
    """Adjusted body weight in kg: the ideal one and 0.4 of what exceeds it."""
    return ideal + 0.4 * (weight - ideal)


def _ideal(values: Values) -> Worked:
    base = 45.5 if values.word("sex") == "female" else 50
    inches, value = values["height"] / 2.54, ideal_weight(values)
    line = f"{base} + 2.3 × ({figure(inches)} in − 60) = {figure(value)} kg"
    return Worked(value=value, lines=(line,))


def _adjusted(values: Values) -> Worked:
    first = _ideal(values)
    ideal = ideal_weight(values)
    value = adjusted_weight(values["weight"], ideal)
    line = f"{figure(ideal)} + 0.4 × ({figure(values['weight'])} − {figure(ideal)}) = {figure(value)} kg"
    return Worked(value=value, lines=(*first.lines, line))


def _bmi(values: Values) -> Worked:
    metres = values["height"] / 100
    value = values["weight"] / metres**2
    line = f"{figure(values['weight'])} kg / ({figure(metres)} m)² = {figure(value)} kg/m²"
    return Worked(value=value, lines=(line,))


def _surface(values: Values) -> Worked:
    value = sqrt(values["weight"] * values["height"] / 3600)
    line = f"√({figure(values['weight'])} kg × {figure(values['height'])} cm / 3600) = {figure(value)} m²"
    return Worked(value=value, lines=(line,))


def _target(values: Values) -> Worked:
    metres = values["height"] / 100
    value = values["target_bmi"] * metres**2
    line = f"{figure(values['target_bmi'])} kg/m² × ({figure(metres)} m)² = {figure(value)} kg"
    return Worked(value=value, lines=(line,))


def _fluid(values: Values) -> Worked:
    """Maintenance fluid in mL/h: 4 for each kg to 10, 2 to 20, then 1."""
    weight = values["weight"]
    parts = (min(weight, 10), max(0, min(weight, 20) - 10), max(0, weight - 20))
    value = 4 * parts[0] + 2 * parts[1] + parts[2]
    line = (
        f"4 × {figure(parts[0])} + 2 × {figure(parts[1])} + 1 × {figure(parts[2])} kg = {figure(value)} mL/h"
    )
    return Worked(value=value, lines=(line,))


def _homa(values: Values) -> Worked:
    value = values["insulin"] * values["fasting_glucose"] / 405
    line = f"{figure(values['insulin'])} µIU/mL × {figure(values['fasting_glucose'])} mg/dL / 405 = {figure(value)}"
    return Worked(value=value, lines=(line,))


CALCULATORS = (
    Calculator("bmi", "Body mass index", "kg/m²", (f.WEIGHT, f.HEIGHT), _bmi, digits=1, bands=MASS,
               always=("The bands are those of adults.",)),
    Calculator("bsa", "Body surface area (Mosteller)", "m²", (f.WEIGHT, f.HEIGHT), _surface),
    Calculator("ideal_weight", "Ideal body weight", "kg", (f.SEX, f.HEIGHT), _ideal, digits=1, limits=TALL),
    Calculator("adjusted_weight", "Adjusted body weight", "kg", (f.SEX, f.HEIGHT, f.WEIGHT), _adjusted, digits=1,
               limits=TALL),
    Calculator("target_weight", "Weight at the aimed body mass index", "kg", (TARGET_BMI, f.HEIGHT), _target, digits=1),
    Calculator("maintenance_fluid", "Maintenance fluid", "mL/h", (f.WEIGHT,), _fluid, digits=0,
               always=("It is a rule of thumb for a fasting person without losses; it is no order.",)),
    Calculator("homa_ir", "HOMA-IR", "", (INSULIN, FASTING_GLUCOSE), _homa),
)  # fmt: skip
