"""Values that a clinician asks to be computed: inputs are drawn, the answer follows by the formulas of this package.

Units are mixed as on wards (creatinine in mg/dL or µmol/L, albumin in g/dL or g/L, platelets in 10^9/L or per µL); the
factors are those of the rows named in :mod:`evals.cases.formulas`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from evals.cases import clinician, formulas
from evals.cases.case import Because, Case, ExpectedCall, Gold, Latent, Link, Measured, Person, ValueGold
from evals.cases.clinician import CREATININE_UMOL, between, pick
from evals.cases.streams import stream

ASK_ALL = (
    "What is the {title} with {inputs}?",
    "Please calculate the {title}: {inputs}.",
    "{title}? {inputs}.",
    "Can you work out the {title} from {inputs}?",
    "I need the {title}. {inputs}.",
    "Calculate {title} for {inputs}.",
    "{inputs}: what {title} does that give?",
)
ASK_CHART = (
    "What is the {title}?",
    "Please calculate the {title}.",
    "Can you work out the {title} from the chart?",
    "I need the {title} for this patient.",
    "Calculate {title}.",
    "{title}?",
)


class Sum(NamedTuple):
    """What is asked, from which inputs, and the right value with its unit."""

    title: str
    names: str
    """Words of which one stands beside the value."""
    labs: tuple[Measured, ...]
    value: float
    unit: str = ""
    """Empty also where mmol/L and mEq/L are the same (ions of one charge)."""
    facts: Mapping[str, bool] = {}
    tolerance: float = 0.01
    age: bool = False
    """Whether age and sex go in, so that they must be told."""
    body: tuple[str, ...] = ()
    """Which of weight and height go in."""


def case_of(seed: int, index: int) -> Case:
    """One value to compute; each round of all formulas ends with a number whose unit was dropped.

    ``stratum`` is the rule's id. Gold holds the value; where the unit is dropped it holds what must be asked instead.
    """
    rule = RULES[index % len(RULES)]
    rng = stream(seed, index, "calc")
    person = clinician.person(rng, age=(30, 84))
    if rule == "unit_dropped":
        return _dropped(rng, seed, index, person)
    one = MAKERS[rule](rng, person)
    latent = Latent(
        person=person, labs={lab.name: lab for lab in one.labs},
        more={name: "yes" if held else "no" for name, held in one.facts.items()},
    )  # fmt: skip
    told = _told(one, person)
    charted = bool(rng.random() < 0.5) and not one.facts
    head = f"{int(person.age_years)}-year-old {'woman' if person.sex == 'female' else 'man'}"
    words = f"{head}. {', '.join(told)}." if charted else f"{head}." if one.age else ""
    ask = pick(rng, ASK_CHART if charted else ASK_ALL)
    question = ask.format(title=one.title, inputs=", ".join(told))
    return clinician.case(
        "calc", seed, index, latent=latent, gold=_gold(rule, one, latent), stratum=rule, words=words,
        question=_opened(question), tags=("from the chart",) if charted else (),
    )  # fmt: skip


def _opened(question: str) -> str:
    """With a capital; "eGFR" stays."""
    return question if question.startswith("eGFR") else question[0].upper() + question[1:]


def _told(one: Sum, person: Person) -> list[str]:
    body = {"weight": f"weight {person.weight_kg:g} kg", "height": f"height {person.height_cm:g} cm"}
    # what is there first: after "no diabetes," a bare "stroke" could be a second "no"
    facts = [name for name, held in one.facts.items() if held]
    facts += [f"no {name}" for name, held in one.facts.items() if not held]
    labs = [f"{lab.name} {lab.value:g} {lab.unit}".strip() for lab in one.labs]
    return [*(body[name] for name in one.body), *facts, *labs]


def _gold(rule: str, one: Sum, latent: Latent) -> Gold:
    gives = f"value={one.value:.6g}"
    held = {f"latent.labs.{lab.name}": f"= {lab.value:g}" for lab in one.labs}
    held |= {f"latent.more.{name}": f"= {said}" for name, said in latent.more.items()}
    held |= {f"latent.person.{name}_{'kg' if name == 'weight' else 'cm'}": "present" for name in one.body}
    links = tuple(
        Link(
            fact=fact,
            holds=holds,
            rule=f"formula.{rule}",
            source=f"evals/knowledge/formulas.yaml, {rule}",
            gives=gives,
        )
        for fact, holds in held.items()
    )
    return Gold(
        values=(
            ValueGold(name=one.names, value=round(one.value, 6), unit=one.unit, tolerance=one.tolerance),
        ),
        calls=(ExpectedCall(tool="calculate", outcomes=("found",)),),
        because=(Because(conclusion=gives, links=links),),
    )


def _dropped(rng: np.random.Generator, seed: int, index: int, person: Person) -> Case:
    """A glucose without its unit: 25 to 40 is a low sugar in mg/dL and a high one in mmol/L."""
    glucose, sodium = between(rng, 25, 40), between(rng, 126, 138)
    latent = Latent(
        person=person,
        labs={
            "glucose": Measured(name="glucose", value=glucose, unit=""),
            "sodium": Measured(name="sodium", value=sodium, unit="mmol/L"),
        },
    )  # fmt: skip
    question = pick(rng, ASK_ALL).format(
        title="sodium corrected for glucose", inputs=f"sodium {sodium:g} mmol/L, glucose {glucose:g}"
    )
    link = Link(
        fact="latent.labs.glucose", holds="present", rule="formula.unit_dropped", gives="ask=glucose",
        source="evals/knowledge/formulas.yaml, unit_dropped",
    )  # fmt: skip
    gold = Gold(
        must_ask=("glucose",),
        abstain_or_ask=True,
        because=(Because(conclusion="ask=glucose", links=(link,)),),
    )
    return clinician.case(
        "calc", seed, index, latent=latent, gold=gold, question=_opened(question),
        stratum="unit_dropped", tags=("unit dropped",),
    )  # fmt: skip


def _lab(name: str, value: float, unit: str = "mmol/L") -> Measured:
    return Measured(name=name, value=value, unit=unit)


def _creatinine(rng: np.random.Generator, person: Person) -> tuple[Measured, float]:
    """A creatinine of a true eGFR of 15 to 100, and its value in mg/dL as it is written down."""
    shown = clinician.creatinine(person, between(rng, 15, 100), si=bool(rng.random() < 0.5))
    return shown, shown.value / (CREATININE_UMOL if shown.unit == "µmol/L" else 1)


def _albumin(rng: np.random.Generator) -> tuple[Measured, float]:
    """An albumin in g/dL or g/L, and its value in g/dL."""
    value = between(rng, 1.8, 3.8, 1)
    si = bool(rng.random() < 0.5)
    return (_lab("albumin", round(value * 10), "g/L") if si else _lab("albumin", value, "g/dL")), value


def _egfr(rng: np.random.Generator, person: Person) -> Sum:
    shown, mg_dl = _creatinine(rng, person)
    value = formulas.egfr_2021(mg_dl, int(person.age_years), person.sex)
    return Sum(
        "eGFR (CKD-EPI 2021)", "eGFR|CKD-EPI", (shown,), value, "mL/min/1.73m2", tolerance=0.02, age=True
    )


def _clearance(rng: np.random.Generator, person: Person) -> Sum:
    shown, mg_dl = _creatinine(rng, person)
    value = formulas.cockcroft_gault(mg_dl, int(person.age_years), person.sex, person.weight_kg)
    return Sum(
        "creatinine clearance by Cockcroft-Gault with the actual weight", "clearance|Cockcroft", (shown,), value,
        "mL/min", tolerance=0.02, age=True, body=("weight",),
    )  # fmt: skip


def _bmi(rng: np.random.Generator, person: Person) -> Sum:
    value = formulas.body_mass_index(person.weight_kg, person.height_cm)
    return Sum("body mass index", "BMI|body mass index", (), value, "kg/m2", body=("weight", "height"))


def _surface(rng: np.random.Generator, person: Person) -> Sum:
    value = formulas.body_surface(person.weight_kg, person.height_cm)
    return Sum("body surface area (Mosteller)", "BSA|surface", (), value, "m2", body=("weight", "height"))


def _map(rng: np.random.Generator, person: Person) -> Sum:
    upper, lower = between(rng, 95, 185), between(rng, 50, 92)
    shown = (_lab("systolic", upper, "mmHg"), _lab("diastolic", lower, "mmHg"))
    return Sum(
        "mean arterial pressure", "MAP|mean arterial", shown, formulas.mean_pressure(upper, lower), "mmHg"
    )


def _gap(rng: np.random.Generator, person: Person) -> Sum:
    sodium, chloride, bicarbonate = between(rng, 130, 146), between(rng, 92, 112), between(rng, 8, 27)
    shown = (_lab("sodium", sodium), _lab("chloride", chloride), _lab("bicarbonate", bicarbonate))
    return Sum("anion gap", "anion gap", shown, formulas.anion_gap(sodium, chloride, bicarbonate))


def _gap_albumin(rng: np.random.Generator, person: Person) -> Sum:
    plain, (albumin, g_dl) = _gap(rng, person), _albumin(rng)
    value = plain.value + 2.5 * (4 - g_dl)
    return Sum("anion gap corrected for albumin", "anion gap", (*plain.labs, albumin), value, tolerance=0.005)


def _calcium(rng: np.random.Generator, person: Person) -> Sum:
    calcium, (albumin, g_dl) = between(rng, 7.0, 10.8, 1), _albumin(rng)
    shown = (_lab("calcium", calcium, "mg/dL"), albumin)
    return Sum(
        "calcium corrected for albumin", "calcium", shown, formulas.corrected_calcium(calcium, g_dl), "mg/dL"
    )


def _sodium(rng: np.random.Generator, person: Person) -> Sum:
    sodium, glucose = between(rng, 118, 138), between(rng, 320, 900)
    shown = (_lab("sodium", sodium), _lab("glucose", glucose, "mg/dL"))
    value = formulas.corrected_sodium(sodium, glucose)
    return Sum("sodium corrected for glucose (factor 0.024)", "sodium", shown, value, tolerance=0.004)


def _ldl(rng: np.random.Generator, person: Person) -> Sum:
    total, hdl, fat = between(rng, 150, 300), between(rng, 30, 80), between(rng, 60, 350)
    shown = (
        _lab("total cholesterol", total, "mg/dL"),
        _lab("HDL", hdl, "mg/dL"),
        _lab("triglycerides", fat, "mg/dL"),
    )
    return Sum("LDL cholesterol by Friedewald", "LDL", shown, formulas.ldl(total, hdl, fat), "mg/dL")


def _fib4(rng: np.random.Generator, person: Person) -> Sum:
    ast, alt, platelets = between(rng, 18, 160), between(rng, 15, 150), between(rng, 70, 350)
    count = _lab("platelets", platelets, "10^9/L")
    if rng.random() < 0.3:
        count = _lab("platelets", platelets * 1000, "/µL")
    value = formulas.fib4(int(person.age_years), ast, alt, platelets)
    return Sum("FIB-4", "FIB-4", (_lab("AST", ast, "U/L"), _lab("ALT", alt, "U/L"), count), value, age=True)


def _homa(rng: np.random.Generator, person: Person) -> Sum:
    insulin, glucose = between(rng, 4, 40, 1), between(rng, 75, 220)
    shown = (_lab("fasting insulin", insulin, "µIU/mL"), _lab("fasting glucose", glucose, "mg/dL"))
    return Sum("HOMA-IR", "HOMA", shown, formulas.homa_ir(insulin, glucose))


def _ideal(rng: np.random.Generator, person: Person) -> Sum:
    value = formulas.ideal_weight(person.height_cm, person.sex)
    return Sum("ideal body weight", "ideal", (), value, "kg", age=True, body=("height",))


def _fluid(rng: np.random.Generator, person: Person) -> Sum:
    value = formulas.maintenance_fluid(person.weight_kg)
    return Sum("maintenance fluid rate", "maintenance|fluid", (), value, "mL/h", body=("weight",))


def _fena(rng: np.random.Generator, person: Person) -> Sum:
    shown = (
        _lab("sodium", between(rng, 128, 146)), _lab("creatinine", between(rng, 1.2, 5.5, 1), "mg/dL"),
        _lab("urine sodium", between(rng, 8, 90)), _lab("urine creatinine", between(rng, 25, 180), "mg/dL"),
    )  # fmt: skip
    sodium, blood, urine_sodium, urine = (lab.value for lab in shown)
    value = formulas.excreted_sodium(blood, urine_sodium, sodium, urine)
    return Sum("fractional excretion of sodium", "FENa|fractional", shown, value, "%")


def _facts(rng: np.random.Generator, names: tuple[str, ...]) -> dict[str, bool]:
    return {name: bool(rng.random() < 0.4) for name in names}


def _vasc(rng: np.random.Generator, person: Person) -> Sum:
    facts = _facts(rng, ("heart failure", "hypertension", "diabetes", "stroke", "vascular disease"))
    held = frozenset(name for name, there in facts.items() if there)
    value = formulas.cha2ds2_vasc(int(person.age_years), person.sex, held)
    return Sum("CHA2DS2-VASc score", "CHA2DS2-VASc|CHA₂DS₂-VASc", (), value, facts=facts, age=True)


def _curb(rng: np.random.Generator, person: Person) -> Sum:
    confused = bool(rng.random() < 0.3)
    urea, rate, upper, lower = (
        between(rng, 3, 15),
        between(rng, 14, 36),
        between(rng, 80, 150),
        between(rng, 45, 88),
    )
    points = {
        "confusion": confused, "urea": urea > 7, "rate": rate >= 30, "pressure": upper < 90 or lower <= 60,
    }  # fmt: skip
    shown = (
        _lab("urea", urea), _lab("respiratory rate", rate, "/min"), _lab("systolic", upper, "mmHg"),
        _lab("diastolic", lower, "mmHg"),
    )  # fmt: skip
    value = formulas.curb65(int(person.age_years), frozenset(name for name, there in points.items() if there))
    return Sum("CURB-65", "CURB-65", shown, value, facts={"confusion": confused}, age=True)


MAKERS: Mapping[str, Callable[[np.random.Generator, Person], Sum]] = {
    "egfr_2021": _egfr, "cockcroft_gault": _clearance, "body_mass_index": _bmi, "body_surface": _surface,
    "mean_pressure": _map, "anion_gap": _gap, "anion_gap_albumin": _gap_albumin, "corrected_calcium": _calcium,
    "corrected_sodium": _sodium, "ldl": _ldl, "fib4": _fib4, "homa_ir": _homa, "ideal_weight": _ideal,
    "maintenance_fluid": _fluid, "excreted_sodium": _fena, "cha2ds2_vasc": _vasc, "curb65": _curb,
}  # fmt: skip
"""One maker for each id of evals/knowledge/formulas.yaml that has a value."""
RULES = (*MAKERS, "unit_dropped")
