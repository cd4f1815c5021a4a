"""The highest concentration of a curve of which some points are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tools.simulation.compartments import Array, Oral, Regimen, concentrations

HOURS = np.geomspace(1e-3, 2e3, 721)
"""In which the highest concentration after one dose is looked for, whatever the length of the run."""


def after_one_dose(oral: Oral, dose: float) -> Array:
    """The highest concentration in mg/L of each person; a delay moves it and changes nothing else."""
    return summit(concentrations(replace(oral, lag=None), Regimen(dose, 0.0, 1), HOURS))


def summit(curves: Array) -> Array:
    """The highest of each curve (people, points): the top of the parabola through its highest point and both beside.

    A curve that is highest at its first or last point has that one.
    """
    rows, top = np.arange(len(curves)), curves.argmax(axis=1)
    inner = np.clip(top, 1, curves.shape[1] - 2)
    left, middle, right = (curves[rows, inner + beside] for beside in (-1, 0, 1))
    bend = 2 * middle - left - right
    rise = (left - right) ** 2 / (8 * np.where(bend > 0, bend, 1.0))
    return np.asarray(np.where((top == inner) & (bend > 0), middle + rise, curves[rows, top]))
