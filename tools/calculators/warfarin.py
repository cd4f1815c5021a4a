"""Warfarin: the starting estimate of the International Warfarin Pharmacogenetics Consortium, by both its models.

Reference: N Engl J Med 2009;360:753, doi 10.1056/NEJMoa0809329 (coefficients from its supplement). When to leave the
genotype aside: CPIC 2017, doi 10.1002/cpt.668, figure 2.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tools.calculators import fields as f
from tools.calculators.registry import Calculator, Limit
from tools.calculators.values import Values, Worked, figure

UNKNOWN = "mixed or not known"
BLACK = "Black or African American"
RACES = ("White", "Asian", BLACK, UNKNOWN)
OTHER_ALLELE = "another allele (*5, *6, *8, *11 …)"
VKORC1_POINTS: Mapping[str | None, float] = {"G/G": 0.0, "A/G": -0.8677, "A/A": -1.6974, None: -0.4854}
CYP2C9_POINTS: Mapping[str | None, float] = {
    "*1/*1": 0.0, "*1/*2": -0.5211, "*1/*3": -0.9357, "*2/*2": -1.0616, "*2/*3": -1.9206, "*3/*3": -2.3312,
    None: -0.2188,
}  # fmt: skip
RACE_POINTS = {
    "White": (0.0, 0.0),
    "Asian": (-0.1092, -0.6752),
    BLACK: (-0.2760, 0.4060),
    UNKNOWN: (-0.1032, 0.0443),
}
"""Pharmacogenetic and clinical term."""
PGX_SPREAD, CLINICAL_SPREAD = (-1.54, 1.60), (-1.84, 1.93)
"""5 % and 95 % points of √(stable dose) − √(prediction) among 4,302 patients (evals/bench/treatment/warfarin.py)."""

FEWER = (
    "the 90 % intervals held for 82 % (pharmacogenetic) and 88 % (clinical) of 83 patients of that race on whom they "
    "were not fitted: read them as too narrow."
)
"""Measured by evals/bench/treatment/warfarin.py."""

# The strand is told by the letters; only rs8050894 (C/G) reads alike on both.
_BY_RS9923231 = {"G/G": "G/G", "A/G": "A/G", "A/A": "A/A", "C/C": "G/G", "C/T": "A/G", "T/T": "A/A"}
_BY_C_TO_T = {"C/C": "G/G", "C/T": "A/G", "T/T": "A/A", "G/G": "G/G", "A/G": "A/G", "A/A": "A/A"}
_BY_RS8050894 = {"G/G": "G/G", "C/G": "A/G", "C/C": "A/A"}


class Person(NamedTuple):
    """What the models look at. ``vkorc1`` is rs9923231 on the gene's strand; None is not known."""

    decades: int
    height: float
    weight: float
    race: str
    vkorc1: str | None
    cyp2c9: str | None
    inducer: bool
    amiodarone: bool


def pharmacogenetic_root(person: Person) -> float:
    """√(mg a week) by the pharmacogenetic model."""
    root = 5.6044 - 0.2614 * person.decades + 0.0087 * person.height + 0.0128 * person.weight
    root += VKORC1_POINTS[person.vkorc1] + CYP2C9_POINTS[person.cyp2c9] + RACE_POINTS[person.race][0]
    return root + 1.1816 * person.inducer - 0.5503 * person.amiodarone


def clinical_root(person: Person) -> float:
    """√(mg a week) by the clinical model."""
    root = 4.0376 - 0.2546 * person.decades + 0.0118 * person.height + 0.0134 * person.weight
    return root + RACE_POINTS[person.race][1] + 1.2799 * person.inducer - 0.5695 * person.amiodarone


def decades(age: float) -> int:
    """Age in decades: 10 to 19 is 1, 90 and more is 9."""
    return min(int(age // 10), 9)


def interval(root: float, spread: tuple[float, float]) -> tuple[float, float]:
    """The 90 % interval in mg a week around a prediction."""
    low, high = (max(0.0, root + step) ** 2 for step in spread)
    return low, high


def imputed(
    race: str, rs9923231: str = "", rs2359612: str = "", rs9934438: str = "", rs8050894: str = ""
) -> str | None:
    """VKORC1 rs9923231 on the gene's strand, read or imputed by the first neighbour that is known; None if none is.

    Two of the neighbours do not tell it where race is Black, mixed or not known.
    """
    told = race not in (BLACK, UNKNOWN)
    read = (
        _BY_RS9923231.get(rs9923231),
        _BY_C_TO_T.get(rs2359612) if told else None,
        _BY_C_TO_T.get(rs9934438),
        _BY_RS8050894.get(rs8050894) if told else None,
    )
    return next((one for one in read if one), None)


SIX = ("G/G", "A/G", "A/A", "C/C", "C/T", "T/T")
RACE = f.choice("race", "race, as the model asked it", *RACES).maybe()
VKORC1 = f.choice(
    "vkorc1", "VKORC1 rs9923231: G and A on the gene's strand, C and T on the plus strand", *SIX
).maybe()
RS2359612 = f.choice("rs2359612", "VKORC1 2255C>T, if rs9923231 is not known", *SIX).maybe()
RS9934438 = f.choice("rs9934438", "VKORC1 1173C>T, if rs9923231 is not known", *SIX).maybe()
RS8050894 = f.choice(
    "rs8050894", "VKORC1 1542G>C on the gene's strand, if no other is known", *_BY_RS8050894
).maybe()
CYP2C9 = f.choice(
    "cyp2c9", "CYP2C9 diplotype", *(name for name in CYP2C9_POINTS if name), OTHER_ALLELE
).maybe()
TESTED = f.yes_no("other_cyp2c9_tested", "CYP2C9 *5, *6, *8 and *11 were tested").maybe()
INDUCER = f.yes_no(
    "enzyme_inducer", "takes an enzyme inducer", includes="carbamazepine, phenytoin, rifampicin"
)
AMIODARONE = f.yes_no("amiodarone", "takes amiodarone")
TARGET = f.number("target_inr", "INR aimed at", "ratio", 1, 6)


def _genotype(values: Values) -> str | None:
    names = ("vkorc1", "rs2359612", "rs9934438", "rs8050894")
    return imputed(_race(values), *(values.word(name) if values.has(name) else "" for name in names))


def _race(values: Values) -> str:
    return values.word("race") if values.has("race") else UNKNOWN


def person_of(values: Values) -> Person:
    """The person as the models see them; an allele outside the model counts as not known here."""
    cyp2c9 = values.word("cyp2c9") if values.has("cyp2c9") else None
    return Person(
        decades=decades(values["age"]),
        height=values["height"],
        weight=values["weight"],
        race=_race(values),
        vkorc1=_genotype(values),
        cyp2c9=cyp2c9 if cyp2c9 in CYP2C9_POINTS else None,
        inducer=values.yes("enzyme_inducer"),
        amiodarone=values.yes("amiodarone"),
    )


def _aside(values: Values, person: Person) -> str:
    """Why the clinical estimate stands and not the pharmacogenetic one; empty if the latter does."""
    if values.has("cyp2c9") and values.word("cyp2c9") == OTHER_ALLELE:
        return "CYP2C9 has an allele that the pharmacogenetic model does not hold"
    if person.vkorc1 is None and person.cyp2c9 is None:
        return "no genotype is known"
    tested = values.has("other_cyp2c9_tested") and values.yes("other_cyp2c9_tested")
    if person.race == BLACK and not tested:
        return "for people of African ancestry CPIC doses clinically unless CYP2C9 *5, *6, *8 and *11 were tested"
    return ""


def _estimate(values: Values) -> Worked:
    """The starting estimate in mg a week: the pharmacogenetic one, or the clinical one where that does not hold."""
    person = person_of(values)
    aside = _aside(values, person)
    allele = "does not hold" in aside
    roots = (
        ("pharmacogenetic", pharmacogenetic_root(person), PGX_SPREAD),
        ("clinical", clinical_root(person), CLINICAL_SPREAD),
    )
    first = roots[1] if aside else roots[0]
    told = [_told(*one) for one in roots if not (allele and one[0] == "pharmacogenetic")]
    more = [f"the {first[0]} estimate stands{f', as {aside}' if aside else ''}.", *told]
    if person.race == BLACK:
        more.append(FEWER)
    if not values.has("race"):
        more.append(_over_races(values, first[0]))
    return Worked(
        value=first[1] ** 2,
        lines=(*_terms(person), *(_working(*one) for one in roots)),
        more=tuple(more),
    )


def _told(model: str, root: float, spread: tuple[float, float]) -> str:
    low, high = interval(root, spread)
    return (
        f"the {model} model gives {root**2:.1f} mg a week ({root**2 / 7:.1f} mg a day), "
        f"90 % interval {low:.0f} to {high:.0f} mg a week."
    )


def _working(model: str, root: float, _: tuple[float, float]) -> str:
    return f"{model}: √dose = {figure(root)}, squared {figure(root**2)} mg/week"


def _over_races(values: Values, model: str) -> str:
    """How far the estimate moves with the race term, where race was not given."""
    rooted = pharmacogenetic_root if model == "pharmacogenetic" else clinical_root
    doses = [rooted(person_of(values.having({"race": race}))) ** 2 for race in RACES]
    return (
        f"race was not given and is coded as missing; over the model's codings the {model} estimate runs from "
        f"{min(doses):.1f} to {max(doses):.1f} mg a week."
    )


def _terms(person: Person) -> tuple[str, ...]:
    pgx, clinical = RACE_POINTS[person.race]
    return (
        f"age {person.decades} decades: {figure(-0.2614 * person.decades)}; "
        f"clinical {figure(-0.2546 * person.decades)}",
        f"height {figure(person.height)} cm: {figure(0.0087 * person.height)}; "
        f"clinical {figure(0.0118 * person.height)}",
        f"weight {figure(person.weight)} kg: {figure(0.0128 * person.weight)}; "
        f"clinical {figure(0.0134 * person.weight)}",
        f"VKORC1 rs9923231 {person.vkorc1 or 'not known'}: {VKORC1_POINTS[person.vkorc1]}",
        f"CYP2C9 {person.cyp2c9 or 'not known'}: {CYP2C9_POINTS[person.cyp2c9]}",
        f"race {person.race}: {pgx}; clinical {clinical}",
        f"enzyme inducer {'yes' if person.inducer else 'no'}, amiodarone {'yes' if person.amiodarone else 'no'}",
        "constants: 5.6044; clinical 4.0376",
    )


CALCULATORS = (
    Calculator(
        "warfarin",
        "Warfarin starting estimate (IWPC)",
        "mg/week",
        (
            f.AGE,
            f.HEIGHT,
            f.WEIGHT,
            TARGET,
            INDUCER,
            AMIODARONE,
            RACE,
            VKORC1,
            CYP2C9,
            TESTED,
            RS2359612,
            RS9934438,
            RS8050894,
        ),
        _estimate,
        digits=1,
        limits=(
            Limit("age", 18, 121, "the estimate is for adults"),
            Limit("height", 125, 202, "nobody of that height was in the data"),
            Limit("weight", 30, 238, "nobody of that weight was in the data"),
            Limit("target_inr", 2, 3, "the estimate is for an INR of 2 to 3"),
        ),
        always=("It is a starting estimate for a clinician, then INR decides.",),
    ),
)
