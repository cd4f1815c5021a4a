"""Draws the truth of a case: a person, a disease with its severity and hours, what else they have and take.

Every number is an inverse CDF of ``rng.random()``; each purpose has a stream of its own (:mod:`evals.cases.streams`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, cast

from evals.cases.case import Allergy, Drug, Person, Sex, rank
from evals.cases.conditions import AXES, span
from evals.cases.noise import normal
from evals.cases.streams import stream
from evals.cases.tables import Chronic, People, Weeks
from evals.cases.world import DAYS, Stratum, World, picked

Persona = Literal["plain", "terse", "rambling", "minimising", "anxious"]
Literacy = Literal["low", "middle", "high"]
THINNED = "on_anticoagulant"
"""The fact of life that drugs must agree with."""
WIDEST_NOISE = 1.0
"""Noise of a latent axis never reaches further, so that a severe picture stays severe."""
_TELLERS = {
    "female": ("husband", "daughter", "son", "friend", "sister"),
    "male": ("wife", "daughter", "son", "friend", "brother"),
}


class Present(NamedTuple):
    """Symptoms of a case: the set that tells the level, and every symptom with whether it is there."""

    told: tuple[str, ...]
    symptoms: Mapping[str, bool]


class Beside(NamedTuple):
    """What a person has and takes beside the acute disease."""

    chronic: tuple[Chronic, ...] = ()
    problems: tuple[str, ...] = ()
    drugs: tuple[Drug, ...] = ()
    allergies: tuple[Allergy, ...] = ()


def present(stratum: Stratum, held: World, seed: int, index: int) -> Present:
    """One whole set of telling symptoms is there, the rest by chance; what only its mimics show is not."""
    severity = stratum.severity
    draws = stream(seed, index, "symptoms").random(len(severity.symptoms) + 1).tolist()
    told = severity.tells[int(draws[0] * len(severity.tells))]
    found = dict.fromkeys((*told, *severity.context), True)
    for (name, chance), draw in zip(severity.symptoms.items(), draws[1:], strict=True):
        found.setdefault(name, draw < chance)
    for name in (*severity.absent, *held.mimicked[stratum.condition.id]):
        found.setdefault(name, False)
    return Present(told, found)


def bearable(there: Present, held: World, who: Person) -> Present:
    """Without absent symptoms that nobody would ask this person for, or that would deny a pregnancy that is there."""
    unsaid = held.population.pregnant_symptoms.ids if who.pregnant else ()
    kept = {
        name: here
        for name, here in there.symptoms.items()
        if here or (name not in unsaid and held.can_bear(name, who.sex, who.age_years))
    }
    return Present(there.told, kept)


def person(
    stratum: Stratum, held: World, symptoms: Mapping[str, bool], language: str, seed: int, index: int
) -> Person:
    """Age and sex from incidence, size from the median for age, ways of writing from their shares."""
    draws = stream(seed, index, "person").random(14).tolist()
    sex, age = stratum.person(draws[0], draws[1])
    days = math.floor(age * DAYS)
    weeks = _weeks(stratum, held, symptoms, draws[2]) if sex == "female" else None
    height, weight = _size(held, sex, age, draws[3], draws[4])
    ways = held.population.ways
    spoken = language or picked(ways.languages, draws[5])
    return Person.model_construct(
        age_days=days,
        sex=sex,
        pregnant=weeks is not None,
        weeks_pregnant=weeks,
        weight_kg=weight,
        height_cm=height,
        language=spoken,
        country=ways.abroad.get(spoken) or picked(ways.countries, draws[6]),
        persona=cast(Persona, picked(ways.personas, draws[7])),
        literacy=cast(Literacy, picked(ways.literacy, draws[8])),
        proxy=_proxy(held, sex, age, symptoms, draws[9:12]),
        name="",
    )


def hours(stratum: Stratum, seed: int, index: int) -> float:
    """Since onset, evenly on the logarithm between the ends of the severity; two decimals below ten."""
    low, high = (max(edge, 0.1) for edge in stratum.severity.hours)
    drawn: float = low * (high / low) ** float(stream(seed, index, "onset").random())
    return round(drawn, 2 if drawn < 10 else 0)


def beside(
    stratum: Stratum, held: World, who: Person, symptoms: Mapping[str, bool], seed: int, index: int
) -> Beside:
    """Chronic diseases by prevalence and the condition's risk, their drugs, allergies.

    Where the gold is routine or self care, only what the condition itself names stands beside it: a weak heart can turn
    a cold into something else, and then the gold would be wrong.
    """
    rng = stream(seed, index, "beside")
    table = held.chronic
    draws = iter(rng.random(8 * len(table.chronic) + 24).tolist())
    found = tuple(_chronic(stratum, held, who, draws))
    problems = [one.id for one in found]
    for name in stratum.condition.comorbid:
        draw = next(draws)
        if name not in held.chronic_named and draw < table.listed_share.value:
            problems.append(name)
    drugs = _drugs(stratum, found, symptoms.get(THINNED), draws)
    allergies = tuple(
        Allergy.model_construct(substance=row.substance, reaction=row.reaction, true_allergy=row.true_allergy)
        for row in table.allergies.rows
        if next(draws) < row.share and who.age_years >= 1
    )
    return Beside(found, tuple(dict.fromkeys(problems)), tuple(drugs.values()), allergies)


def physiology(stratum: Stratum, held: World, seed: int, index: int) -> dict[str, float]:
    """Axis to z: the severity's shift with correlated noise where the axis is ill; the healthy axes stay at 0."""
    noise = held.axes.drawn(stream(seed, index, "physiology").random(len(AXES)).tolist())
    sd = held.physiology.correlation.sd
    found = {}
    for axis, value in zip(AXES, noise, strict=True):
        shift = stratum.severity.physiology.get(axis, 0.0)
        if shift:
            moved = shift + max(-WIDEST_NOISE, min(WIDEST_NOISE, sd * value))
            found[axis] = round(max(moved, 0.2) if shift > 0 else min(moved, -0.2), 2)
    return found


def _weeks(stratum: Stratum, held: World, symptoms: Mapping[str, bool], draw: float) -> int | None:
    rows = held.population
    if stratum.name in rows.not_pregnant:
        return None
    row: Weeks | None = rows.pregnant_in.get(stratum.condition.id)
    if row is None and any(symptoms.get(name) for name in rows.pregnant_symptoms.ids):
        row = rows.pregnant_symptoms
    return row.weeks[0] + int(draw * (row.weeks[1] - row.weeks[0] + 1)) if row else None


def _size(held: World, sex: Sex, age: float, first: float, second: float) -> tuple[float, float]:
    for row in held.physiology.body.rows:
        if row.sex in ("any", sex) and row.ages[0] <= age < span(row.ages)[1]:
            tall = normal(first)
            spread = 0.09 if age < 14 else 0.14
            weight = row.kg * math.exp(max(-2.0, min(2.5, 0.5 * tall + 0.87 * normal(second))) * spread)
            return round(row.cm * (1 + 0.04 * max(-2.5, min(2.5, tall)))), round(weight, 1)
    raise LookupError(f"no height and weight for {sex} of {age:g} years")


def _proxy(held: World, sex: Sex, age: float, symptoms: Mapping[str, bool], draws: Sequence[float]) -> str:
    rule = held.population.proxies
    if age < rule.child_until:
        return "mother" if draws[1] < 0.7 else "father"
    if age < 18:
        return ("mother" if draws[1] < 0.7 else "father") if draws[0] < 0.5 else ""
    helpless = any(symptoms.get(name) for name in rule.helpless)
    share = rule.helpless_share if helpless else rule.old.share if age >= rule.old.age else rule.else_share
    if draws[0] >= share:
        return ""
    tellers = (
        _TELLERS[sex][1:3]
        if age >= 70
        else _TELLERS[sex][:1] + _TELLERS[sex][3:]
        if age < 40
        else _TELLERS[sex]
    )
    return tellers[int(draws[1] * len(tellers))]


def _chronic(stratum: Stratum, held: World, who: Person, draws: Iterator[float]) -> Iterator[Chronic]:
    """Those the person has; the chance is prevalence moved by the condition's risk (odds times the multiplier)."""
    named = {held.chronic_named[name] for name in stratum.condition.comorbid if name in held.chronic_named}
    times = {
        held.chronic_named[row.factor]: row.times
        for row in stratum.condition.risk
        if row.factor in held.chronic_named
    }
    narrow = rank(stratum.severity.level) <= rank("routine")
    has: set[str] = set()
    for one in held.chronic.chronic:
        draw = next(draws)
        if narrow and one.id not in named and one.id not in times:
            continue
        if (
            stratum.condition.id in one.not_in
            or has & set(one.without)
            or (who.pregnant and not one.in_pregnancy)
        ):
            continue
        share = _prevalence(one.prevalence, who.age_years)
        risk = times.get(one.id, 1.0)
        if draw < share * risk / (share * risk + 1 - share):
            has.add(one.id)
            yield one


def _prevalence(rows: Sequence[People], age: float) -> float:
    return next((row.share for row in rows if span(row.ages)[0] <= age < span(row.ages)[1]), 0.0)


def _drugs(
    stratum: Stratum, found: Sequence[Chronic], thinned: bool | None, draws: Iterator[float]
) -> dict[str, Drug]:
    """The condition's own drugs first, then one of each row; of rows with one group, one in all.

    ``thinned``: whether the symptoms say that an anticoagulant is taken; drugs agree with it.
    """
    taken: dict[str, Drug] = {}
    groups: set[str] = {"anticoagulant"} if thinned is False else set()
    since, first = next(draws), next(draws)
    chances = stratum.condition.drugs or ({"apixaban": 0.6, "warfarin": 0.4} if thinned else {})
    if thinned is not False and chances and (own := _one_of(chances, first)):
        taken[own] = Drug.model_construct(
            name=own, dose="", since_days=30 + int(since * 2000), proposed=False
        )
        groups.add("anticoagulant")
    for one in found:
        for row in one.drugs:
            name, days = _one_of(row.of, next(draws)), 30 + int(next(draws) * 3000)
            if name and name not in taken and row.group not in groups:
                taken[name] = Drug.model_construct(
                    name=name, dose=one.doses.get(name, ""), since_days=days, proposed=False
                )
                groups |= {row.group} - {""}
    return taken


def _one_of(chances: Mapping[str, float], draw: float) -> str:
    at = 0.0
    for name, chance in chances.items():
        at += chance
        if draw < at - 1e-12 or (at >= 1 - 1e-9 and draw < 1):
            return name
    return ""
