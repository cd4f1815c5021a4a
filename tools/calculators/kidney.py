"""Kidney: glomerular filtration, creatinine clearance, sodium excretion. eGFR and clearance are different values."""

from __future__ import annotations

from math import inf

from tools.calculators import fields as f
from tools.calculators.body import adjusted_weight, ideal_weight
from tools.calculators.registry import ADULT, Calculator, Limit
from tools.calculators.values import Values, Worked, figure

STAGES = (
    (15.0, "G5 (below 15)"),
    (30.0, "G4 (15 to below 30)"),
    (45.0, "G3b (30 to below 45)"),
    (60.0, "G3a (45 to below 60)"),
    (90.0, "G2 (60 to below 90)"),
    (inf, "G1 (90 or more)"),
)
NOT_CLEARANCE = (
    "This is an eGFR normalised to 1.73 m²; it is not a creatinine clearance, and one does not stand for the other.",
)
NOT_EGFR = (
    "This is a creatinine clearance in mL/min; it is not an eGFR, and one does not stand for the other.",
)
KIND = f.choice("weight_kind", "which body weight goes in", "actual", "ideal", "adjusted", "auto")
BLACK = f.yes_no("black", "Black, as the equation of 2006 asked")
URINE_SODIUM = f.number("urine_sodium", "urine sodium", "ion", 0, 500)
URINE_CREATININE = f.number("urine_creatinine", "urine creatinine", "creatinine", 0.5, 1000)


def ckd_epi(values: Values) -> Worked:
    """eGFR in mL/min/1.73 m² from creatinine, age and sex, without race.

    Reference: CKD-EPI 2021, doi 10.1056/NEJMoa2102953.
    """
    female = values.word("sex") == "female"
    kappa, alpha = (0.7, -0.241) if female else (0.9, -0.302)
    ratio = values["creatinine"] / kappa
    value = 142 * min(ratio, 1) ** alpha * max(ratio, 1) ** -1.2 * 0.9938 ** values["age"]
    value *= 1.012 if female else 1
    line = (
        f"142 × min({figure(ratio)}, 1)^{alpha} × max({figure(ratio)}, 1)^-1.200 × 0.9938^{figure(values['age'])}"
        f"{' × 1.012' if female else ''} = {figure(value)} mL/min/1.73 m²"
    )
    return Worked(
        value=value,
        lines=(f"creatinine / κ = {figure(values['creatinine'])} / {kappa} = {figure(ratio)}", line),
    )


def cockcroft_gault(values: Values) -> Worked:
    """Creatinine clearance in mL/min; which weight went in is part of the result.

    Reference: Cockcroft and Gault 1976, doi 10.1159/000180580.
    """
    weight, told = _weight(values)
    female = values.word("sex") == "female"
    value = (140 - values["age"]) * weight * (0.85 if female else 1) / (72 * values["creatinine"])
    line = (
        f"(140 − {figure(values['age'])}) × {figure(weight)} kg{' × 0.85' if female else ''} / "
        f"(72 × {figure(values['creatinine'])} mg/dL) = {figure(value)} mL/min"
    )
    return Worked(value=value, lines=(*told, line), more=(f"the weight used is {told[-1]}.",))


def _weight(values: Values) -> tuple[float, tuple[str, ...]]:
    """The weight that goes in, in kg, and how it was chosen. "auto" is the benchmark's habit, not a label's."""
    kind, weight = values.word("weight_kind"), values["weight"]
    told: tuple[str, ...] = ()
    ideal = ideal_weight(values) if values.has("height") else weight
    if kind == "auto":
        bmi = weight / (values["height"] / 100) ** 2
        kind = (
            "actual" if bmi < 18.5 or (bmi <= 25 and weight < ideal) else "ideal" if bmi <= 25 else "adjusted"
        )
        told = (f"BMI = {figure(bmi)} kg/m², so the {kind} weight",)
    used = {"actual": weight, "ideal": ideal}.get(kind)
    if used is None:
        used = adjusted_weight(weight, ideal)
    return used, (*told, f"the {kind} weight, {figure(used)} kg")


def _needs_height(values: Values) -> tuple[str, ...]:
    known = values.has("weight_kind") and values.word("weight_kind") != "actual"
    return ("height",) if known else ()


def mdrd(values: Values) -> Worked:
    """eGFR in mL/min/1.73 m² as it was computed before 2021; kept to understand old values."""
    female, black = values.word("sex") == "female", values.yes("black")
    value = 175 * values["creatinine"] ** -1.154 * values["age"] ** -0.203
    value *= (0.742 if female else 1) * (1.212 if black else 1)
    line = (
        f"175 × {figure(values['creatinine'])}^-1.154 × {figure(values['age'])}^-0.203"
        f"{' × 0.742' if female else ''}{' × 1.212' if black else ''} = {figure(value)} mL/min/1.73 m²"
    )
    return Worked(value=value, lines=(line,))


def fena(values: Values) -> Worked:
    """Fractional excretion of sodium in percent."""
    value = 100 * values["creatinine"] * values["urine_sodium"]
    value /= values["sodium"] * values["urine_creatinine"]
    line = (
        f"100 × {figure(values['creatinine'])} × {figure(values['urine_sodium'])} / "
        f"({figure(values['sodium'])} × {figure(values['urine_creatinine'])}) = {figure(value)} %"
    )
    return Worked(value=value, lines=(line,))


CALCULATORS = (
    Calculator(
        name="ckd_epi_2021",
        title="eGFR (CKD-EPI 2021, creatinine)",
        unit="mL/min/1.73 m²",
        fields=(f.CREATININE, f.AGE, f.SEX),
        formula=ckd_epi,
        digits=1,
        bands=STAGES,
        limits=(ADULT,),
        always=NOT_CLEARANCE,
    ),
    Calculator(
        name="cockcroft_gault",
        title="Creatinine clearance (Cockcroft–Gault)",
        unit="mL/min",
        fields=(f.CREATININE, f.AGE, f.SEX, f.WEIGHT, KIND, f.HEIGHT.maybe()),
        formula=cockcroft_gault,
        digits=1,
        limits=(ADULT, Limit("height", 152.4, 251, "the ideal weight counts inches above 60")),
        wants=_needs_height,
        always=NOT_EGFR,
    ),
    Calculator(
        name="mdrd",
        title="eGFR (MDRD, 2006)",
        unit="mL/min/1.73 m²",
        fields=(f.CREATININE, f.AGE, f.SEX, BLACK),
        formula=mdrd,
        digits=1,
        limits=(ADULT,),
        always=(
            "MDRD is kept for reading old values; its race term has no place in a new estimate: prefer CKD-EPI 2021.",
        ),
    ),
    Calculator(
        name="fena",
        title="Fractional excretion of sodium",
        unit="%",
        fields=(f.SODIUM, f.CREATININE, URINE_SODIUM, URINE_CREATININE),
        formula=fena,
        digits=3,
    ),
)
