"""Doses of warfarin for a target INR side by side: the dosing equation and two population models.

The equation estimates, the simulations explain and compare; none of them prescribes. How near each came to the stable
doses of 4,180 patients stands beside it, as ``evals/discovery/warfarin_external.py`` measured it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from retrieval.evidence import Depth, Evidence, Finding, Kind, Source, Table
from tools.calculators.sources import bases
from tools.calculators.warfarin import UNKNOWN, Person, decades, pharmacogenetic_root
from tools.simulation import cards, warfarin
from tools.simulation.population import DRAWN, Asked, typical
from tools.simulation.records import Model, damaged, models
from tools.simulation.run import label

TARGET = 2.5
HEIGHT, WEIGHT, AGE = 170.0, 75.0, 65.0
"""Taken where they are not known, and said."""
PATIENTS = 4180


class Accuracy(NamedTuple):
    """Against the stable doses of the IWPC patients: share within 20 %, mean error in mg a week, median ratio."""

    within: float
    error: float
    ratio: float


MEASURED: Mapping[str, Accuracy] = {
    "IWPC pharmacogenetic": Accuracy(46.5, 8.29, 1.00),
    "IWPC clinical": Accuracy(39.4, 9.96, 1.01),
    "Hamberg 2010": Accuracy(35.3, 11.32, 1.24),
    "Hamberg 2007": Accuracy(33.5, 11.55, 1.23),
    "fixed 35 mg a week": Accuracy(29.9, 13.21, 1.25),
}
BY_RACE = {"White": 39.2, "Asian": 26.0, "Black": 26.1}
"""Share within 20 % for Hamberg 2007: the simulation doses too high, most in the common genotype."""


class Doses(NamedTuple):
    """Doses in mg a day for one genotype, by predictor, in the order of :data:`PREDICTORS`."""

    genotype: Mapping[str, str]
    by: Mapping[str, float]


PREDICTORS = ("IWPC pharmacogenetic", "Hamberg 2007", "Hamberg 2010")


def doses(
    genotype: Mapping[str, str],
    target: float = TARGET,
    age: float = AGE,
    height: float = HEIGHT,
    weight: float = WEIGHT,
    race: str = UNKNOWN,
) -> Doses:
    """The daily doses for a target INR; of the equation only for a target of 2 to 3, for which it was made.

    Raises:
        ValueError: a model reaches the target with no dose.
        tools.damaged.Damaged: the record of one of the models breaks its form.
    """
    told: dict[str, float] = {}
    if 2 <= target <= 3:
        person = Person(
            decades(age), height, weight, race, _iwpc(genotype["VKORC1"]), genotype["CYP2C9"], False, False
        )
        told[PREDICTORS[0]] = pharmacogenetic_root(person) ** 2 / 7
    for model in _models():
        told[model.title] = float(warfarin.dose_for(typical(model, Asked(genotype, age)), target)[0])
    return Doses(genotype, told)


def _models() -> tuple[Model, ...]:
    names = ("warfarin_2007", "warfarin_2010")
    for lost in (damaged()[name] for name in names if name in damaged()):
        raise lost.refusal
    return models()[names[0]], models()[names[1]]


def _iwpc(key: str) -> str:
    """The letters as the equation spells them: "GA" is "A/G"."""
    return "/".join(sorted(key, key="AG".index)) if len(set(key)) > 1 else f"{key[0]}/{key[0]}"


def compared(
    genotypes: Sequence[Mapping[str, str]], target: float, age: float | None, weight: float | None
) -> tuple[tuple[Finding, ...], tuple[Table, ...]]:
    """A finding for each genotype, the doses as a table, and the measured accuracy of each predictor."""
    known = [one for one in genotypes if DRAWN not in one.values()]
    taken = Asked({}, age if age is not None else AGE, weight if weight is not None else WEIGHT)
    rows = [doses(one, target, age=taken.age or AGE, weight=taken.weight or WEIGHT) for one in known]
    who = f"age {taken.age:g} years, weight {taken.weight:g} kg, height {HEIGHT:g} cm, race not stated"
    found = tuple(_finding(one, target, who) for one in rows)
    return found, (_table(rows, target, who), accuracy())


def _finding(one: Doses, target: float, who: str) -> Finding:
    told = ", ".join(f"{name} {dose:.2f}" for name, dose in one.by.items())
    shares = ", ".join(f"{name} {MEASURED[name].within:.1f} %" for name in one.by)
    statement = (
        f"In a simulation and by the dosing equation, the daily dose in mg at which the INR comes to {target:g} with "
        f"{label(one.genotype)} ({who}) is: {told}. On {PATIENTS:,} patients they came within 20 % of the stable dose "
        f"in: {shares}. The simulation explains and compares, the equation estimates, neither prescribes."
    )
    line = f"{label(one.genotype)}, INR {target:g}, {who}: {told} mg a day; within 20 % of {PATIENTS:,}: {shares}"
    records = tuple(ev for model in _models() for ev in cards.evidence(model, (one.genotype,)))
    return Finding(
        statement=statement,
        evidence=(Evidence(source=_computed(), quote=line), bases()["warfarin"].evidence, *records),
        kind=Kind.COMPUTED,
        certainty="simulated; measured accuracy beside it",
        names=("warfarin", *one.genotype),
    )


def measured(model: Model) -> tuple[Finding, ...]:
    """How near the doses that the model simulates came to those of patients; none where it was not measured."""
    one, equation = MEASURED.get(model.title), MEASURED[PREDICTORS[0]]
    if one is None:
        return ()
    statement = (
        f"On {PATIENTS:,} patients the dose that is simulated with {model.title} for an INR of {TARGET:g} came within "
        f"20 % of the stable dose in {one.within:.1f} %, and was {one.ratio:.2f} times that dose in the median; the "
        f"dosing equation ({PREDICTORS[0]}) came within 20 % in {equation.within:.1f} %"
    )
    return (
        Finding(
            statement=f"{statement}.",
            evidence=(Evidence(source=_computed(), quote=statement),),
            kind=Kind.COMPUTED,
            certainty="measured on patients",
            names=("warfarin",),
        ),
    )


def _computed() -> Source:
    return Source(
        id="computed:simulation:warfarin-doses",
        title="computed here: doses of warfarin for a target INR, side by side",
        version=cards.VERSION,
        licence="computed here",
        depth=Depth.COMPUTATION,
    )


def _table(rows: Sequence[Doses], target: float, who: str) -> Table:
    names = tuple(rows[0].by) if rows else PREDICTORS
    return Table(
        title=f"Simulated and estimated dose for an INR of {target:g}, mg a day ({who})",
        columns=("genotype", *names),
        rows=tuple((label(one.genotype), *(f"{dose:.2f}" for dose in one.by.values())) for one in rows),
    )


def accuracy() -> Table:
    """How near each predictor came on the IWPC patients; measured, not promised."""
    rows = [
        (name, f"{one.within:.1f} %", f"{one.error:.2f}", f"{one.ratio:.2f}")
        for name, one in MEASURED.items()
    ]
    races = ", ".join(f"{race} {share:.1f} %" for race, share in BY_RACE.items())
    return Table(
        title=f"Measured on {PATIENTS:,} genotyped IWPC patients, target 2.5 (Hamberg 2007 by race: {races})",
        columns=("predictor", "within 20 % of the stable dose", "mean error, mg a week", "median of ratios"),
        rows=tuple(rows),
    )  # fmt: skip
