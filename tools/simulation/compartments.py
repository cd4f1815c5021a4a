"""Linear one- and two-compartment models with first-order absorption, for a whole population at once.

Closed form where there is one (sums of exponentials; repeated doses by the geometric series of their superposition),
else a batched matrix exponential. Reference: M. Gibaldi and D. Perrier, Pharmacokinetics, 2nd edition, 1982, the
equations as the specification restates them (discovery.md, 3.8). Units: mg, L, h, so concentrations are mg/L.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]

CLOSE = 1e-5
"""Absorption within this relative distance of a disposition rate: the closed form would subtract equal numbers."""
MOST_INTERVALS = 2000
LARGEST, TERMS = 0.5, 14
"""Norm up to which the series is used, and its terms: what is left out is below 1e-16."""


@dataclass(frozen=True)
class Oral:
    """A population's parameters, each of shape (people,). Without ``q`` and ``v2`` there is one compartment."""

    cl: Array
    v1: Array
    ka: Array
    q: Array | None = None
    v2: Array | None = None
    f: Array | None = None
    """Share of the dose that is absorbed; None where clearance and volumes are apparent (1)."""
    lag: Array | None = None

    @property
    def people(self) -> int:
        return len(self.cl)

    @property
    def absorbed(self) -> Array:
        return np.ones(self.people) if self.f is None else self.f

    def of(self, rows: NDArray[np.bool_]) -> Oral:
        """The same for some of the people."""
        return Oral(
            self.cl[rows], self.v1[rows], self.ka[rows],
            *(None if one is None else one[rows] for one in (self.q, self.v2, self.f, self.lag)),
        )  # fmt: skip


class Regimen(NamedTuple):
    """``number`` doses of ``dose`` mg, ``every`` hours; one dose where ``every`` is 0."""

    dose: float
    every: float
    number: int

    @property
    def given_at(self) -> Array:
        return np.arange(self.number) * self.every


def regimen(dose: float, every: float, hours: float) -> Regimen:
    """The doses that fall into a window of hours, the first at its start; none at its very end."""
    if every <= 0:
        return Regimen(dose, 0.0, 1)
    return Regimen(dose, every, max(1, int(np.ceil(hours / every - 1e-9))))


class Terms(NamedTuple):
    """Concentration after 1 mg: sum over the columns of ``weight`` · e^(−``rate`` · t); shapes (people, terms)."""

    rate: Array
    weight: Array
    close: NDArray[np.bool_]
    """The people whose absorption meets a disposition rate: their weights are not to be used."""


def terms(oral: Oral) -> Terms:
    """The exponentials of each person's curve."""
    alpha, beta, back = _rates(oral)
    ka, scale = oral.ka, oral.absorbed * oral.ka / oral.v1
    if back is None:
        rate = np.stack([alpha, ka], axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            one = scale / (ka - alpha)
        return Terms(rate, np.stack([one, -one], axis=1), np.abs(ka - alpha) < CLOSE * ka)
    close = (np.abs(ka - alpha) < CLOSE * ka) | (np.abs(ka - beta) < CLOSE * ka)
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = (
            scale * (back - alpha) / ((ka - alpha) * (beta - alpha)),
            scale * (back - beta) / ((ka - beta) * (alpha - beta)),
            scale * (back - ka) / ((alpha - ka) * (beta - ka)),
        )
    return Terms(np.stack([alpha, beta, ka], axis=1), np.stack(weights, axis=1), close)


def _rates(oral: Oral) -> tuple[Array, Array, Array | None]:
    """Disposition rates α and β and the rate back from the tissue; of one compartment the elimination rate alone."""
    out = oral.cl / oral.v1
    if oral.q is None or oral.v2 is None:
        return out, out, None
    there, back = oral.q / oral.v1, oral.q / oral.v2
    total = out + there + back
    alpha = (total + np.sqrt(total**2 - 4 * out * back)) / 2
    return alpha, out * back / alpha, back  # β from the product: the difference would lose digits


def concentrations(oral: Oral, doses: Regimen, times: Array) -> Array:
    """Concentration in mg/L of shape (people, times) at any times in hours, in closed form."""
    found = terms(oral)
    curve = _summed(found, doses, _since(oral, times))
    if found.close.any():
        curve[found.close] = by_exponential(oral.of(found.close), doses, times)
    return curve


def _since(oral: Oral, times: Array) -> Array:
    """Hours since the first dose reached the gut, (1 or people, times)."""
    return times[None, :] if oral.lag is None else times[None, :] - oral.lag[:, None]


def _summed(found: Terms, doses: Regimen, since: Array) -> Array:
    given, last = _given(doses, since)
    curve: Array = np.zeros((len(found.rate), since.shape[1]))
    for rate, weight in _columns(found):
        curve += weight * np.exp(-rate * last) * _series(rate, given, doses.every)
    return doses.dose * curve


def _given(doses: Regimen, since: Array) -> tuple[Array, Array]:
    """Doses given so far, and hours since the last of them."""
    every = doses.every or 1.0
    given = np.clip(np.floor(since / every + 1e-9) + 1, 0, doses.number)
    return given, np.maximum(since - np.maximum(given - 1, 0) * every, 0)


def _columns(found: Terms) -> Iterator[tuple[Array, Array]]:
    """Rate and weight of each exponential, (people, 1)."""
    return zip(found.rate.T[:, :, None], found.weight.T[:, :, None], strict=True)


def _series(rate: Array, given: Array, every: float) -> Array:
    """The geometric series of ``given`` doses: 1 + e^(−rate · every) + …"""
    step = every or 1.0
    return np.asarray(np.expm1(-rate * given * step) / np.expm1(-rate * step))


def matrices(oral: Oral) -> Array:
    """The rates between gut, central, tissue and what has left, of shape (people, 4, 4); columns add up to zero."""
    rates: Array = np.zeros((oral.people, 4, 4))
    q = np.zeros(oral.people) if oral.q is None else oral.q
    tissue = np.ones(oral.people) if oral.v2 is None else oral.v2
    rates[:, 0, 0], rates[:, 1, 0] = -oral.ka, oral.ka
    rates[:, 1, 1], rates[:, 3, 1] = -(oral.cl + q) / oral.v1, oral.cl / oral.v1
    rates[:, 2, 1], rates[:, 1, 2], rates[:, 2, 2] = q / oral.v1, q / tissue, -q / tissue
    return rates


def amounts(oral: Oral, doses: Regimen, times: Array) -> Array:
    """Amounts in mg of shape (people, times, 4): gut, central, tissue, eliminated, by the matrix exponential.

    Their sum is what was absorbed of the doses given so far: nothing is made or lost.
    """
    out: Array = np.empty((oral.people, len(times), 4))
    for lag in np.unique(oral.lag) if oral.lag is not None else (0.0,):
        rows = np.ones(oral.people, bool) if oral.lag is None else oral.lag == lag
        out[rows] = _stepped(replace(oral.of(rows), lag=None), doses, times - lag)
    return out


def by_exponential(oral: Oral, doses: Regimen, times: Array) -> Array:
    """The same as :func:`concentrations` by the batched matrix exponential; holds for any rates."""
    return amounts(oral, doses, times)[:, :, 1] / oral.v1[:, None]


def _stepped(oral: Oral, doses: Regimen, times: Array) -> Array:
    marks, places = np.unique(np.concatenate([times, doses.given_at]), return_inverse=True)
    dosed = np.isin(marks, doses.given_at)
    lengths = np.round(np.diff(marks, prepend=marks[0]), 12)
    rates, steps = np.ascontiguousarray(matrices(oral).transpose(1, 2, 0)), dict[float, Array]()
    state: Array = np.zeros((4, oral.people))
    states: Array = np.empty((len(marks), 4, oral.people))
    started = False
    for place, length in enumerate(lengths.tolist()):
        if length and started:
            if length not in steps:
                steps[length] = exponential(rates * length)
            state = np.einsum("ijn,jn->in", steps[length], state)
        if dosed[place]:
            started = True
            state[0] += doses.dose * oral.absorbed
        states[place] = state
    return states[places[: len(times)]].transpose(2, 0, 1)


def exponential(matrix: Array) -> Array:
    """e^matrix of each person, (k, k, people): Taylor's series of the matrix halved often enough, then squared back.

    The people lie in the last axis, so that every product runs over all of them at once; scipy's batched ``expm``
    takes them one by one, and many times as long where its linear algebra runs on several threads.
    """
    norm = float(np.abs(matrix).sum(axis=0).max())
    halvings = max(0, int(np.ceil(np.log2(norm / LARGEST)))) if norm > 0 else 0
    small = matrix / 2.0**halvings
    one = np.broadcast_to(np.eye(len(matrix))[:, :, None], matrix.shape)
    result = np.array(one)
    for term in range(TERMS, 0, -1):
        result = one + np.einsum("ijn,jkn->ikn", small, result) / term
    for _ in range(halvings):
        result = np.einsum("ijn,jkn->ikn", result, result)
    return result


def auc_interval(oral: Oral, dose: float) -> Array:
    """Area under the curve of one dose to infinity, and of one interval at steady state: dose · F / CL, mg·h/L."""
    return dose * oral.absorbed / oral.cl


def auc(oral: Oral, doses: Regimen, hours: float) -> Array:
    """Area under the curve from the first dose up to ``hours``, mg·h/L, in closed form."""
    found, since = terms(_apart(oral)), np.maximum(_since(oral, np.array([float(hours)])), 0)
    given, last = _given(doses, since)
    area: Array = np.zeros((oral.people, 1))
    for rate, weight in _columns(found):
        area += weight / rate * (given - np.exp(-rate * last) * _series(rate, given, doses.every))
    return doses.dose * area[:, 0]


def steady_curve(oral: Oral, dose: float, every: float, points: int = 241) -> tuple[Array, Array]:
    """Hours within an interval at steady state, and the concentrations, (people, points); denser early on."""
    since = every * np.linspace(0, 1, points) ** 2
    after = since[None, :] if oral.lag is None else (since[None, :] - oral.lag[:, None]) % every
    found = terms(_apart(oral))
    curve = sum(weight * np.exp(-rate * after) / -np.expm1(-rate * every) for rate, weight in _columns(found))
    return since, dose * np.asarray(curve)


def _apart(oral: Oral) -> Oral:
    """Where absorption meets a disposition rate: absorption moved by a ten-thousandth, far less than any figure."""
    close = terms(oral).close
    return replace(oral, ka=np.where(close, oral.ka * (1 + 1e-4), oral.ka)) if close.any() else oral


def hours_to_steady(oral: Oral, every: float, share: float = 0.95) -> Array:
    """Hours until the exposure of one interval has reached ``share`` of that at steady state, per person.

    The exposure of the k-th interval is that of a single dose up to k intervals, by superposition; infinite where
    2,000 intervals are not enough.
    """
    found = terms(_apart(oral))
    ends = every * np.arange(1, MOST_INTERVALS + 1)
    whole = oral.absorbed / oral.cl
    left = sum(weight / rate * np.exp(-rate * ends) for rate, weight in _columns(found))
    reached = 1 - np.asarray(left) / whole[:, None] >= share
    first = np.argmax(reached, axis=1)
    return np.where(reached.any(axis=1), ends[first], np.inf)
