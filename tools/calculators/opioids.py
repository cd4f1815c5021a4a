"""Opioids: morphine milligram equivalents by the CDC guideline of 2022."""

from __future__ import annotations

from tools.calculators import fields as f
from tools.calculators.registry import Calculator
from tools.calculators.values import Values, Worked, figure

FACTORS = {
    "codeine": 0.15, "hydrocodone": 1, "hydromorphone": 5, "methadone": 4.7, "morphine": 1, "oxycodone": 1.5,
    "oxymorphone": 3, "tapentadol": 0.4, "tramadol": 0.2, "fentanyl_patch": 2.4,
}  # fmt: skip
"""MME for each mg a day; for the patch, MME a day for each µg/h (doi 10.15585/mmwr.rr7103a1)."""
WITHOUT = {
    "buprenorphine": "the CDC table of 2022 gives buprenorphine no factor",
    "fentanyl_buccal": "the CDC table of 2022 gives buccal fentanyl no factor",
}
EXPOSURE = "MME is an estimate of exposure, not a factor for switching opioids."


def _fields() -> tuple[f.Field, ...]:
    doses = (
        f.number(name, f"{name}, all doses of a day together", "daily dose", 0, 10000)
        for name in (*FACTORS, *WITHOUT)
        if name != "fentanyl_patch"
    )
    patch = f.number("fentanyl_patch", "fentanyl patch, all patches together", "patch", 0, 1000)
    return tuple(field.maybe() for field in (*doses, patch))


def _mme(values: Values) -> Worked:
    """Morphine milligram equivalents a day."""
    given = [(name, factor) for name, factor in FACTORS.items() if values.has(name)]
    value = sum(values[name] * factor for name, factor in given)
    lines = [
        f"{name.replace('_', ' ')} {figure(values[name])} {'µg/h' if name == 'fentanyl_patch' else 'mg/day'}"
        f" × {factor} = {figure(values[name] * factor)} MME/day"
        for name, factor in given
    ]
    return Worked(value=value, lines=(*lines, f"together {figure(value)} MME/day"))


def _none_given(values: Values) -> tuple[str, ...]:
    return () if values.names else tuple(FACTORS)


def _without(values: Values) -> str:
    return "; ".join(why for name, why in WITHOUT.items() if values.has(name))


CALCULATORS = (
    Calculator(
        "mme",
        "Morphine milligram equivalents",
        "MME/day",
        _fields(),
        _mme,
        digits=1,
        wants=_none_given,
        outside=_without,
        always=(EXPOSURE,),
    ),
)
