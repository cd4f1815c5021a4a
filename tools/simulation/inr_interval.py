"""The INR of warfarin over one interval between doses at steady state.

The INR answers to the concentration along a bend, so the INR of the mean concentration is not the mean INR: over 24
hours they agree to 0.03, over a week they do not (a typical person
of 65 years with VKORC1 AA on 15 mg every 168 hours: 1.83 and 1.66).
"""

from __future__ import annotations

import numpy as np

from tools.simulation import warfarin
from tools.simulation.compartments import Array, Regimen, concentrations
from tools.simulation.population import Patients

POINTS, DOSES = 512, 400
"""Points of the interval, and doses after which it is at steady state."""


def of_interval(patients: Patients, dose: float, every: float) -> Array:
    """INR of shape (people, points) over an interval of ``every`` hours between doses of ``dose`` mg, evenly spaced.

    What comes back every interval is a sum of waves; a chain of equal compartments weakens each wave by its
    frequency, so that nothing has to be stepped until it is steady.
    """
    hours = (DOSES - 1) * every + every / POINTS * np.arange(POINTS)
    fed = Regimen(dose * patients.model.fed, every, DOSES)
    free = 1 - warfarin.inhibition(patients, concentrations(patients.oral(), fed, hours))
    first, second = warfarin.STAGES[patients.model.id]
    ends = (
        _passed(free, first / patients.value("mtt1"), first, every),
        _passed(free, second / patients.value("mtt2"), second, every),
    )
    return warfarin.inr(patients, *ends)


def _passed(inflow: Array, rate: Array, stages: int, every: float) -> Array:
    waves = np.fft.rfft(inflow, axis=1)
    turns = 2j * np.pi * np.arange(waves.shape[1]) / every
    return np.fft.irfft(waves / (1 + turns / rate[:, None]) ** stages, n=inflow.shape[1], axis=1)
