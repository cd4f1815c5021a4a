"""Could these people exist? Checks over many generated cases (evals.md section 3.8).

``python -m evals.cases.plausible --n 10000`` prints what is wrong and how often, and the rate of equal messages.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.cases import gold
from evals.cases.case import Case, Measured
from evals.cases.conditions import KNOWLEDGE, conditions, sexes, span
from evals.cases.frequencies import duplicates, incidence, signs
from evals.cases.mixes import effective
from evals.cases.tables import Quantity, Unit, physiology, population

MOST_DUPLICATES = 0.02
"""Share of first messages that say the same as another; short messages of few symptoms may meet."""
ENOUGH = 2000
"""Cases from which frequencies and signs are looked at."""
CONTRADICTED: tuple[tuple[set[str], set[str], str], ...] = (
    ({"candesartan"}, {"enalapril"}, ""),
    ({"warfarin"}, {"apixaban", "rivaroxaban", "aspirin"}, ""),
    ({"apixaban"}, {"rivaroxaban", "aspirin"}, ""),
    ({"carvedilol"}, set(), "asthma"),
)
"""Drugs that are not taken together, or not with a problem, unless a fault was planted."""


def audit(cases: Sequence[Case], folder: Path = KNOWLEDGE) -> tuple[str, ...]:
    """Every kind of problem with how often it was seen and one case that shows it; empty when all is well."""
    seen: Counter[str] = Counter()
    first: dict[str, str] = {}
    for case in cases:
        for look in (limits, pregnancy, symptoms, bounds, drugs, coherence, chains):
            for problem in look(case, folder):
                seen[problem] += 1
                first.setdefault(problem, case.id)
    found = [
        f"{problem}: {count} of {len(cases)}, first {first[problem]}" for problem, count in seen.most_common()
    ]
    if duplicates(cases) > MOST_DUPLICATES:
        found.append(f"equal first messages: {duplicates(cases):.1%}")
    if len(cases) >= ENOUGH:
        found += signs(cases)
        found += incidence(cases, folder) if all(case.weight == 1 for case in cases) else []
    return tuple(found)


def limits(case: Case, folder: Path = KNOWLEDGE) -> Iterator[str]:
    """Sex and age of condition and severity."""
    one, who = conditions(folder).get(case.latent.condition), case.latent.person
    if one is None:
        return
    severity = one.severity(case.latent.severity)
    for which, ages, what in (
        (one.limits.sex, one.limits.ages, one.id),
        (severity.sexes, severity.ages, f"{one.id}/{severity.id}"),
    ):
        if who.sex not in sexes(which):
            yield f"{what} in a {who.sex}"
        if ages and not span(ages)[0] - 0.01 <= who.age_years < span(ages)[1] + 0.01:
            yield f"{what} outside its ages"


def pregnancy(case: Case, folder: Path = KNOWLEDGE) -> Iterator[str]:
    """Pregnant people are female and of an age; who says so is; weeks and the fact go together."""
    who, rule = case.latent.person, population(folder)
    low, high = span(rule.pregnant_ages.ages)
    if who.pregnant and (who.sex != "female" or not low <= who.age_years < high):
        yield f"pregnant {who.sex} outside {low:g} to {high:g} years"
    if who.pregnant != (who.weeks_pregnant is not None):
        yield "pregnant without weeks, or weeks without"
    if not who.pregnant and any(case.latent.symptoms.get(name) for name in rule.pregnant_symptoms.ids):
        yield "says pregnant and is not"
    if who.pregnant and any(case.latent.symptoms.get(name) is False for name in rule.pregnant_symptoms.ids):
        yield "pregnant and denied as a fact"


def symptoms(case: Case, folder: Path = KNOWLEDGE) -> Iterator[str]:
    """One whole telling set with the context is there; nothing is that the severity excludes."""
    one = conditions(folder).get(case.latent.condition)
    if one is None:
        return
    severity, there = one.severity(case.latent.severity), case.latent.symptoms
    here = {name for name, present in there.items() if present}
    if not any(set(tell) <= here for tell in severity.tells) or not set(severity.context) <= here:
        yield f"{one.id}/{severity.id}: no whole telling set"
    if wrong := here & set(severity.absent):
        yield f"{one.id}/{severity.id}: {', '.join(sorted(wrong))} in spite of the file"
    if wrong := here - set(severity.speaks_of):
        yield f"{one.id}/{severity.id}: {', '.join(sorted(wrong))} from nowhere"


def bounds(case: Case, folder: Path = KNOWLEDGE) -> Iterator[str]:
    """Every value has a unit of its own quantity and lies within what that quantity can be in that unit."""
    table = physiology(folder)
    known = {one.name: one for one in (*table.vitals, *table.labs)}
    known |= {unit.name: one for one in (*table.vitals, *table.labs) for unit in one.units if unit.name}
    for row in (*case.latent.vitals.values(), *case.latent.labs.values()):
        if row.name in known:
            yield from _within(row, known[row.name])
        elif row.name == "creatinine" and not _fits(row, {"µmol/L": (15, 1800), "mg/dL": (0.17, 20)}):
            yield f"creatinine {row.unit}: cannot be"
        elif row.name == "eGFR" and not _fits(row, {"mL/min/1.73 m²": (3, 160)}):
            yield "eGFR: cannot be"
        if row.low is not None and row.high is not None and row.low >= row.high:
            yield f"{row.name} {row.unit}: reference range runs backwards"


def _fits(row: Measured, units: dict[str, tuple[float, float]]) -> bool:
    return row.unit in units and units[row.unit][0] <= row.value <= units[row.unit][1]


def _within(row: Measured, one: Quantity) -> Iterator[str]:
    units: dict[str, Unit | None] = {one.unit: None, **{unit.unit: unit for unit in one.units}}
    if row.unit not in units:
        yield f"{row.name}: unit {row.unit}"
        return
    unit = units[row.unit]
    low, high = (edge if unit is None else edge * unit.times + unit.plus for edge in one.bounds)
    step = 10.0 ** -(unit.digits if unit else one.digits)
    if not low - step <= row.value <= high + step:
        yield f"{row.name} {row.unit}: cannot be"


def drugs(case: Case, folder: Path = KNOWLEDGE) -> Iterator[str]:
    """No contraindicated pair, one of each drug, metformin only with a kidney for it; planted faults say otherwise."""
    names = [drug.name for drug in case.latent.drugs]
    if len(set(names)) < len(names):
        yield "one drug twice"
    if case.latent.planted:
        return
    taken = set(names)
    for first, others, problem in CONTRADICTED:
        if first <= taken and (others & taken or problem in case.latent.problems):
            yield f"{' '.join(first)} beside {' or '.join(sorted(others)) or problem}"
    if "metformin" in taken and case.latent.egfr is not None and case.latent.egfr < 30:
        yield "metformin with an eGFR below 30"


def coherence(case: Case, folder: Path = KNOWLEDGE) -> Iterator[str]:
    """Drugs, chronic disease and symptoms agree with the values."""
    latent = case.latent
    inr, fever = latent.labs.get("INR"), latent.symptoms.get("fever")
    if inr and any(drug.name == "warfarin" for drug in latent.drugs) and not 2 <= inr.value <= 3:
        yield "warfarin with an INR outside 2 to 3"
    if latent.egfr is not None and "chronic kidney disease" in latent.problems and latent.egfr >= 60:
        yield "chronic kidney disease with an eGFR of 60 or more"
    warm = _celsius(latent.vitals.get("temperature"))
    if warm is not None and fever is not None and fever != (warm >= 37.95):
        yield f"fever {'said' if fever else 'denied'} and {'not ' if fever else ''}measured"
    upper, lower = latent.vitals.get("systolic blood pressure"), latent.vitals.get("diastolic blood pressure")
    if upper and lower and upper.value < lower.value + 10:
        yield "diastolic pressure reaches the systolic"
    if (
        latent.egfr is not None
        and "creatinine" in latent.labs
        and abs(_egfr(case) - latent.egfr) > 3 + 0.03 * latent.egfr
    ):
        yield "creatinine does not give the eGFR back"


def _celsius(row: Measured | None) -> float | None:
    if row is None:
        return None
    return (row.value - 32) / 1.8 if row.unit == "°F" else row.value


def _egfr(case: Case) -> float:
    """CKD-EPI 2021 forwards (N Engl J Med 2021;385:1737), written apart from the generator's inversion."""
    row, who = case.latent.labs["creatinine"], case.latent.person
    mg = row.value / 88.4 if row.unit == "µmol/L" else row.value
    female = who.sex == "female"
    ratio = mg / (0.7 if female else 0.9)
    rate = 142 * min(ratio, 1) ** (-0.241 if female else -0.302) * max(ratio, 1) ** -1.2
    return float(rate * 0.9938 ** int(who.age_years) * (1.012 if female else 1))


def chains(case: Case, folder: Path = KNOWLEDGE) -> tuple[str, ...]:
    """What :func:`evals.cases.gold.check` finds."""
    return gold.check(case, folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Audits n cases of each mix; 1 where something is wrong."""
    from evals.cases.make import cases
    from evals.cases.mixes import MIXES

    parser = argparse.ArgumentParser(prog="python -m evals.cases.plausible", description=main.__doc__)
    parser.add_argument("--n", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20)
    wanted = parser.parse_args(arguments)
    wrong = 0
    for mix in MIXES:
        made = list(cases(wanted.n, wanted.seed, mix=mix))
        found = audit(made)
        wrong += len(found)
        share = effective(case.weight for case in made)
        sys.stdout.write(
            f"{mix}: {len(made)} cases, {len(found)} problems, equal messages {duplicates(made):.2%}, "
            f"effective sample {share:.0f}\n" + "".join(f"  {line}\n" for line in found)
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
