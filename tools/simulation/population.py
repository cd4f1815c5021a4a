"""Virtual patients: genotype, age, weight, kidney function, and the parameters that follow from them.

One stream of random numbers for each patient's index, so that n patients are the first n of 2n with the same seed.
Variability is log-normal with variance ln(1 + CV²) (the papers print coefficients of variation, not variances) and
independent between parameters, as no covariances are printed. The share of a dose that reaches the blood cannot pass 1:
it varies as a log-normal of its odds, so that its median is the typical share, and not at all where that is 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from tools.simulation.compartments import Array, Oral
from tools.simulation.records import Gene, Model, Name, Parameter

DRAWN = "cohort"
"""In place of a genotype: drawn by the frequencies of the people in whom the model was made."""
SLOTS = 32
"""Random numbers of one patient; each has its use for ever, so that a new use moves no old one."""
_NAMES = get_args(Name)
_AGE, _WEIGHT, _GENES = 24, 25, 26
SPREAD = 0.25
"""Of a drawn age or weight: standard deviation as a share of the model's range (an assumption, and said)."""


@dataclass(frozen=True)
class Asked:
    """Who is to be simulated. ``genotype``: gene to a key of its effects, or ``cohort`` to draw it.

    What is None is drawn where the model looks at it.
    """

    genotype: Mapping[str, str]
    age: float | None = None
    weight: float | None = None
    renal_function: float = 1.0


@dataclass(frozen=True)
class Patients:
    """``n`` virtual patients. Every array has the shape (n,)."""

    model: Model
    age: Array
    weight: Array
    renal_function: float
    genotypes: tuple[Mapping[str, str], ...]
    values: Mapping[str, Array]
    """The parameters of the record's names, with age, weight, kidney, genes and variability in them."""

    @property
    def n(self) -> int:
        return len(self.age)

    def value(self, name: str) -> Array:
        return self.values[name]

    def oral(self) -> Oral:
        """The parameters of the compartments."""
        two = "q" in self.values
        return Oral(
            cl=self.value("cl"), v1=self.value("v1"), ka=self.value("ka"),
            q=self.value("q") if two else None, v2=self.value("v2") if two else None,
            f=self.values.get("f"), lag=self.values.get("tlag"),
        )  # fmt: skip

    def rows(self, first: int, last: int) -> Patients:
        """Some of the patients, in their order."""
        cut = {name: value[first:last] for name, value in self.values.items()}
        return Patients(
            self.model, self.age[first:last], self.weight[first:last], self.renal_function,
            self.genotypes[first:last], cut,
        )  # fmt: skip


def draw(model: Model, asked: Asked, n: int, seed: int) -> Patients:
    """``n`` patients of a genotype with the variability of the record."""
    return _made(model, asked, _uniforms(n, seed))


def typical(model: Model, asked: Asked) -> Patients:
    """The one patient without variability: every random number at its middle."""
    return _made(model, asked, np.full((1, SLOTS), 0.5))


def _uniforms(n: int, seed: int) -> Array:
    streams = (np.random.SeedSequence((seed, index)) for index in range(n))
    return np.array([np.random.Generator(np.random.PCG64(one)).random(SLOTS) for one in streams])


def _made(model: Model, asked: Asked, uniform: Array) -> Patients:
    held = model.range
    middle = model.age_from if model.age_from is not None else sum(held.age) / 2
    age = _given_or_drawn(asked.age, middle, held.age, uniform[:, _AGE])
    weight = _given_or_drawn(asked.weight, sum(held.weight) / 2, held.weight, uniform[:, _WEIGHT])
    genotypes = _genotypes(model, asked.genotype, uniform)
    values = _values(model, weight, genotypes)
    if "cl" in values:
        values["cl"] = values["cl"] * _ageing(model, age) * _kidneys(model, asked.renal_function)
    for name, one in model.parameters.items():
        varied = _shares if name == "f" else _log_normal
        values[name] = varied(values[name], one, uniform[:, _NAMES.index(name)])
    return Patients(model, age, weight, asked.renal_function, genotypes, values)


def _values(model: Model, weight: Array, genotypes: Sequence[Mapping[str, str]]) -> dict[str, Array]:
    """The typical values of people of these weights and genotypes."""
    values: dict[str, Array] = {name: _typical(one, weight) for name, one in model.parameters.items()}
    for gene, held in model.genes.items():
        _changed(values, held, [genotype[gene] for genotype in genotypes])
    return values


def _given_or_drawn(given: float | None, middle: float, within: tuple[float, float], uniform: Array) -> Array:
    """The value given, or normal around ``middle`` and truncated to the model's range."""
    from scipy.special import ndtr, ndtri

    if given is not None:
        return np.full(len(uniform), float(given))
    low, high = within
    deviation = SPREAD * (high - low)
    if deviation == 0:
        return np.full(len(uniform), low)
    below, above = ndtr((low - middle) / deviation), ndtr((high - middle) / deviation)
    drawn: Array = middle + deviation * ndtri(below + uniform * (above - below))
    return np.clip(drawn, low, high)  # the inverse may miss the limit by a rounding


def _genotypes(model: Model, asked: Mapping[str, str], uniform: Array) -> tuple[Mapping[str, str], ...]:
    columns: dict[str, list[str]] = {}
    for slot, (gene, held) in enumerate(sorted(model.genes.items()), start=_GENES):
        key = asked.get(gene, held.reference)
        columns[gene] = (
            _by_frequency(held, uniform[:, slot % SLOTS]) if key == DRAWN else [key] * len(uniform)
        )
    return tuple(
        dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
    ) or tuple({} for _ in uniform)


def _by_frequency(gene: Gene, uniform: Array) -> list[str]:
    if gene.frequencies is None:
        raise ValueError("the record holds no frequencies for this gene")
    keys = list(gene.frequencies.shares)
    edges = np.cumsum(list(gene.frequencies.shares.values()))
    places = np.searchsorted(edges / edges[-1], uniform, side="right")
    return [keys[place] for place in places]


def _typical(one: Parameter, weight: Array) -> Array:
    return one.value * weight if one.per_kg else np.full(len(weight), one.value)


def _changed(values: dict[str, Array], gene: Gene, keys: list[str]) -> None:
    """Put the effects of each patient's genotype into the values."""
    for key in set(keys):
        rows = np.array([one == key for one in keys])
        effect = gene.effects[key]
        for name, factor in effect.factors.items():
            values[name] = np.where(
                rows, values.get(name, np.ones(len(keys))) * factor, values.get(name, 1.0)
            )
        for name, value in effect.values.items():
            values[name] = np.where(rows, value, values[name])


def _ageing(model: Model, age: Array) -> Array:
    if model.age_per_year is None or model.age_from is None:
        return np.ones(len(age))
    return 1 + model.age_per_year.value * (age - model.age_from)


def _kidneys(model: Model, function: float) -> float:
    return 1.0 if model.renal_share is None else 1 - model.renal_share.value * (1 - function)


def _log_normal(middle: Array, one: Parameter, uniform: Array) -> Array:
    from scipy.special import ndtri

    if not one.cv:
        return middle
    return np.asarray(middle * np.exp(ndtri(uniform) * deviation(one.cv)))


def _shares(middle: Array, one: Parameter, uniform: Array) -> Array:
    """Shares of the dose of which ``middle`` is the median, none above 1; the CV holds at the record's typical share.

    The logarithm of a share moves by 1 − share of what that of its odds does, which gives the odds their deviation.
    """
    from scipy.special import ndtri

    whole = np.minimum(middle, 1.0)  # nobody absorbs more than the dose
    if not one.cv or one.value >= 1:
        return whole
    odds = np.exp(ndtri(uniform) * deviation(one.cv) / (1 - one.value))
    return np.asarray(whole * odds / (1 - whole + whole * odds))


def deviation(cv: float) -> float:
    """The standard deviation of the logarithm that belongs to a coefficient of variation."""
    return float(np.sqrt(np.log1p(cv**2)))
