"""Figures in words: three significant digits, never in powers of ten."""

from __future__ import annotations

import math

FLOORS = {"mg/L": 1e-5, "µg/mL": 1e-5, "mcg/mL": 1e-5}
"""Concentrations below which a table says "<": far below what can be measured, in the unit of the model."""
FLOOR = 0.001
"""The same in the units a thousand times smaller, such as ng/mL."""


def figure(value: float) -> str:
    """Three significant digits, never in powers of ten."""
    if value == 0:
        return "0"
    after = 2 - math.floor(math.log10(abs(value)))
    text = f"{value:.{max(after, 0)}f}"
    return text.rstrip("0").rstrip(".") if after > 0 else text


def floored(value: float, unit: str) -> str:
    """The figure, or "<0.001" where it is above 0 and below what is told in the unit of concentration."""
    least = FLOORS.get(unit, FLOOR)
    return f"<{figure(least)}" if 0 < value < least else figure(value)
