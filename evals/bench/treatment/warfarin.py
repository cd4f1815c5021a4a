"""Warfarin against the patients that its models were made from (iwpc-warfarin, doi 10.1056/NEJMoa0809329).

5,700 patients; the models are tested on those with a stable dose and known age band, height, weight and dose. The
interval is fitted on 80 % of them, and its coverage measured on the other 20 % (fixed seed), also by race.
"""

from __future__ import annotations

import csv
import gzip
import math
import random
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from evals.bench.genomics.row import Row
from tools.calculators.warfarin import (
    BLACK,
    CYP2C9_POINTS,
    RACES,
    UNKNOWN,
    Person,
    clinical_root,
    imputed,
    pharmacogenetic_root,
)

SEED, HELD_BACK, LOW, HIGH = 2026, 0.2, 21, 49
Line = Mapping[str, str]
Root = Callable[[Person], float]
BARS = {
    ("all", "pharmacogenetic"): (46.3, 8.37),
    ("all", "clinical"): (39.4, 10.00),
    ("all", "fixed 35 mg"): (29.8, 13.22),
    (f"up to {LOW} mg", "pharmacogenetic"): (35.4, None),
    (f"up to {LOW} mg", "clinical"): (23.9, None),
    (f"{HIGH} mg and more", "pharmacogenetic"): (33.9, None),
    (f"{HIGH} mg and more", "clinical"): (14.2, None),
    ("Black, both genotypes", "pharmacogenetic"): (43.9, None),
    ("Black, both genotypes", "clinical"): (45.9, None),
}
"""Share within 20 % and mean absolute error as the specification measured them: the bar is the same to 0.1."""
PAPER = {
    (f"up to {LOW} mg", "pharmacogenetic"): "35.0 (NEJM 2009, Table 3)",
    (f"up to {LOW} mg", "clinical"): "24.0 (NEJM 2009, Table 3)",
    (f"{HIGH} mg and more", "pharmacogenetic"): "32.8 (NEJM 2009, Table 3)",
    (f"{HIGH} mg and more", "clinical"): "13.3 (NEJM 2009, Table 3)",
}


def rows(data: Path) -> Iterator[Row]:
    """The table of the paper, and the coverage of the interval."""
    patients = treated(data)
    members = groups(patients)
    for (group, model), (share, error) in BARS.items():
        found = fit(members[group], MODELS[model])
        met = abs(100 * found.within - share) <= 0.1 and (error is None or abs(found.error - error) <= 0.1)
        bar = f"{share} %" + ("" if error is None else f" / {error:.2f}")
        ours = f"{100 * found.within:.1f} % / {found.error:.2f} (n {found.n})"
        yield Row("7i", f"warfarin, {model}, {group}: within 20 % / error in mg a week", f"{bar}, to 0.1", ours, met,
                  bar, PAPER.get((group, model), "–"))  # fmt: skip
    for model in ("pharmacogenetic", "clinical"):
        yield _interval(model, patients)


def _interval(model: str, patients: Sequence[Treated]) -> Row:
    fitted, held_back = halves(patients)
    root = MODELS[model]
    points = spread(fitted, root)
    whole = 100 * coverage(held_back, root, points)
    by_race = [(race, [one for one in held_back if one.person.race == race]) for race in RACES]
    told = ", ".join(
        f"{race} {100 * coverage(some, root, points):.1f} % of {len(some)}" for race, some in by_race
    )
    ours = f"{whole:.1f} % of {len(held_back)} ({points[0]:+.2f} to {points[1]:+.2f} in √, fitted on {len(fitted)}); "
    measure = f"warfarin, {model}: coverage of the 90 % interval"
    return Row("7i", measure, "90 ± 2 %, by race", ours + told, abs(whole - 90) <= 2, "−1.54 to +1.60 in √")


class Treated(NamedTuple):
    """One patient of the consortium's data with a stable dose, in mg a week."""

    person: Person
    dose: float


def treated(data: Path) -> tuple[Treated, ...]:
    """Those with a stable dose ("1") and a known age band, height, weight and dose; whatever their INR."""
    with gzip.open(data / "iwpc-warfarin" / "warfarin.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        return tuple(one for row in csv.DictReader(lines) if (one := _treated(row)))


def _treated(row: Line) -> Treated | None:
    needed = ("Age", "Height (cm)", "Weight (kg)", "Therapeutic Dose of Warfarin")
    if row["Subject Reached Stable Dose of Warfarin"] != "1" or any(
        row[name] in ("NA", "") for name in needed
    ):
        return None
    race = row["Race"] if row["Race"] in RACES else UNKNOWN
    snps = (
        "VKORC1 -1639 consensus",
        "VKORC1 2255 consensus",
        "VKORC1 1173 consensus",
        "VKORC1 1542 consensus",
    )
    cyp2c9 = row["CYP2C9 consensus"]
    inducers = ("Carbamazepine (Tegretol)", "Phenytoin (Dilantin)", "Rifampin or Rifampicin")
    person = Person(
        decades=int(row["Age"][:2]) // 10,
        height=float(row["Height (cm)"]),
        weight=float(row["Weight (kg)"]),
        race=race,
        vkorc1=imputed(race, *(row[name] for name in snps)),
        cyp2c9=cyp2c9 if cyp2c9 in CYP2C9_POINTS else None,
        inducer=any(row[name] == "1" for name in inducers),
        amiodarone=row["Amiodarone (Cordarone)"] == "1",
    )
    return Treated(person, float(row["Therapeutic Dose of Warfarin"]))


class Fit(NamedTuple):
    """Share within 20 % of the stable dose, and mean absolute error in mg a week."""

    n: int
    within: float
    error: float


def fit(patients: Sequence[Treated], root: Root) -> Fit:
    """How well a model meets the stable doses."""
    pairs = [(root(one.person) ** 2, one.dose) for one in patients]
    near = sum(abs(guess - dose) <= 0.2 * dose for guess, dose in pairs) / len(pairs)
    return Fit(len(pairs), near, statistics.fmean(abs(guess - dose) for guess, dose in pairs))


MODELS: Mapping[str, Root] = {
    "pharmacogenetic": pharmacogenetic_root,
    "clinical": clinical_root,
    "fixed 35 mg": lambda _: math.sqrt(35),
}


def groups(patients: Sequence[Treated]) -> dict[str, list[Treated]]:
    """The groups of the published table, and those of African ancestry with both genotypes."""
    return {
        "all": list(patients),
        f"up to {LOW} mg": [one for one in patients if one.dose <= LOW],
        f"{HIGH} mg and more": [one for one in patients if one.dose >= HIGH],
        "Black": [one for one in patients if one.person.race == BLACK],
        "Black, both genotypes": [
            one for one in patients if one.person.race == BLACK and one.person.vkorc1 and one.person.cyp2c9
        ],
    }


def spread(patients: Sequence[Treated], root: Root) -> tuple[float, float]:
    """The 5 % and 95 % points of √dose − √prediction."""
    cuts = statistics.quantiles((math.sqrt(one.dose) - root(one.person) for one in patients), n=20)
    return cuts[0], cuts[-1]


def halves(patients: Sequence[Treated], seed: int = SEED) -> tuple[list[Treated], list[Treated]]:
    """80 % to fit the interval on, 20 % to measure its coverage."""
    shuffled = random.Random(seed).sample(list(patients), len(patients))
    cut = round(len(shuffled) * (1 - HELD_BACK))
    return shuffled[:cut], shuffled[cut:]


def coverage(patients: Sequence[Treated], root: Root, points: tuple[float, float]) -> float:
    """Share of patients whose stable dose lies in the interval."""
    inside = (points[0] <= math.sqrt(one.dose) - root(one.person) <= points[1] for one in patients)
    return statistics.fmean(map(float, inside))
