"""The moments of a run: the times that are kept, and those at which a table tells the concentration."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tools.simulation.compartments import Array
from tools.simulation.course import Request
from tools.simulation.records import Kind, Model

DAYS = (1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 150, 180)
HOURS = (1, 2, 4, 6, 8, 12, 24, 48, 72, 96, 168, 336)
MOST_TIMES = 721
"""Of even points; the moments of the table come beside them."""
STEPS = (0.5, 1, 2, 3, 4, 6, 8, 12, 24)
"""Hours between the points that are kept; each divides a day, so that every day's end is one of them."""
OWN_STEP: dict[Kind, float] = {"compartment": 0.0, "warfarin": 1.0, "whole_body": 0.5}
"""Hours between the points that a kind of model has of its own; 0 where any time can be asked for."""
NEAR = 1e-6


class Moment(NamedTuple):
    """A row of the table of concentrations."""

    name: str
    hour: float
    trough: bool
    """It is the moment before a next dose."""


def step_of(hours: float, least: float = 0.0) -> float:
    """Hours between the points that are kept, ``least`` at least."""
    return next((step for step in STEPS if step >= least and hours / step < MOST_TIMES), STEPS[-1])


def even_times(hours: float, least: float = 0.0) -> Array:
    """The even points, from 0 to the last step within ``hours``."""
    step = step_of(hours, least)
    return np.arange(int(hours / step + 1e-9) + 1) * step


def kept_times(request: Request, model: Model) -> Array:
    """The even points and the moments of the table, each once and in order."""
    even = even_times(request.days * 24, OWN_STEP[model.kind])
    asked = np.array([one.hour for one in moments(request, model)])
    return np.unique(np.concatenate([even, asked]))


def moments(request: Request, model: Model) -> tuple[Moment, ...]:
    """After one dose the hours that fall into the run; else the last moment before a next dose of each day told.

    Where no dose comes again within the run, or its moment lies between the model's own points, the row says how long
    after a dose it is.
    """
    end, own = request.days * 24, OWN_STEP[model.kind]
    if request.every_h <= 0:
        return tuple(Moment(f"{hour} h", float(hour), False) for hour in HOURS if hour <= end)
    days = [day * 24.0 for day in DAYS if day * 24 <= end]
    ends = [*days, int(end / (own or 1.0) + NEAR) * (own or 1.0)]
    troughs = dict.fromkeys(_trough(hour, request.every_h, own) for hour in ends)
    told = [Moment(f"day {hour / 24:.4g}", hour, True) for hour in troughs if hour]
    return tuple(told) or tuple(told_at(hour, request.every_h, 0.0) for hour in dict.fromkeys(ends))


def _trough(hour: float, every: float, own: float) -> float:
    """The last end of an interval at or before ``hour`` that is a point of the model; 0 where there is none."""
    for number in range(int(hour / every + 1e-9), 0, -1):
        if not own or abs(number * every / own - round(number * every / own)) < NEAR:
            return number * every
    return 0.0


def told_at(hour: float, every: float, up_to: float = 24.0) -> Moment:
    """The day of an hour of the run; of doses more than ``up_to`` hours apart, how long after a dose it is too."""
    day = f"day {hour / 24:.4g}"
    if every <= up_to:
        return Moment(day, hour, False)
    after = hour - int(hour / every + 1e-9) * every
    where = f"{after:.4g} h after a dose" if after > NEAR else "before the next dose"
    return Moment(f"{day} ({where})", hour, False)
