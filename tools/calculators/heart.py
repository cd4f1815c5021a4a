"""Heart and vessels: pressures, QT, lipids, and the scores of atrial fibrillation, chest pain and surgery."""

from __future__ import annotations

from math import exp, inf, log, sqrt

from tools.calculators import fields as f
from tools.calculators.registry import ADULT, Calculator, Limit, pressures, score
from tools.calculators.scores import any_of, below, option, rule, up_to, yes
from tools.calculators.values import Values, Worked, figure

QT = f.number("qt", "measured QT interval", "interval", 100, 900)
QTC = f.number("qtc", "corrected QT interval on admission", "interval", 100, 900)
QT_FORMULA = f.choice(
    "formula", "formula of the correction", "Fridericia", "Bazett", "Framingham", "Hodges", "Rautaharju"
)
CHOLESTEROL = f.number(
    "total_cholesterol", "total cholesterol", "cholesterol", 20, 1500, chart=("labs.total cholesterol",)
)
HDL = f.number("hdl", "HDL cholesterol", "cholesterol", 3, 250, chart=("labs.hdl",))
TRIGLYCERIDES = f.number(
    "triglycerides", "fasting triglycerides", "triglycerides", 10, 15000, chart=("labs.triglycerides",)
)
HEART_FAILURE = f.yes_no("heart_failure", "history of congestive heart failure")
HYPERTENSION = f.yes_no("hypertension", "history of hypertension")
DIABETES = f.yes_no("diabetes", "diabetes mellitus")
STROKE = f.yes_no("stroke", "stroke, transient ischemic attack or thromboembolism in the history")
VASCULAR = f.yes_no(
    "vascular_disease",
    "vascular disease",
    includes="previous myocardial infarction, peripheral artery disease, aortic plaque",
)
TREATED = f.yes_no("treated_pressure", "blood pressure treated with medicines")
SMOKER = f.yes_no("smoker", "smokes now")


def mean_pressure(systolic: float, diastolic: float) -> float:
    """Mean arterial pressure in mmHg."""
    return (systolic + 2 * diastolic) / 3


def _map(values: Values) -> Worked:
    value = mean_pressure(values["systolic"], values["diastolic"])
    line = f"({figure(values['systolic'])} + 2 × {figure(values['diastolic'])}) / 3 = {figure(value)} mmHg"
    return Worked(value=value, lines=(line,))


def corrected_qt(qt: float, rate: float) -> dict[str, tuple[float, str]]:
    """The corrected QT in ms by each formula, with its working; ``qt`` in ms, ``rate`` per minute."""
    beat = 60 / rate
    q, r, h = figure(qt), figure(beat), figure(rate)
    return {
        "Fridericia": (qt / beat ** (1 / 3), f"{q} / {r}^(1/3)"),
        "Bazett": (qt / sqrt(beat), f"{q} / √{r}"),
        "Framingham": (qt + 154 * (1 - beat), f"{q} + 154 × (1 − {r})"),
        "Hodges": (qt + 1.75 * (rate - 60), f"{q} + 1.75 × ({h} − 60)"),
        "Rautaharju": (qt * (120 + rate) / 180, f"{q} × (120 + {h}) / 180"),
    }


def _qtc(values: Values) -> Worked:
    every = corrected_qt(values["qt"], values["heart_rate"])
    value, working = every[values.word("formula")]
    others = ", ".join(
        f"{name} {one:.0f}" for name, (one, _) in every.items() if name != values.word("formula")
    )
    lines = (f"RR = 60 / {figure(values['heart_rate'])} s", f"{working} = {figure(value)} ms")
    return Worked(value=value, lines=lines, more=(f"by the other formulas, in ms: {others}.",))


def _ldl(values: Values) -> Worked:
    value = values["total_cholesterol"] - values["hdl"] - values["triglycerides"] / 5
    line = (
        f"{figure(values['total_cholesterol'])} − {figure(values['hdl'])} − {figure(values['triglycerides'])} / 5"
        f" = {figure(value)} mg/dL"
    )
    return Worked(value=value, lines=(line,))


def _no_ldl(values: Values) -> str:
    if values["hdl"] + values["triglycerides"] / 5 >= values["total_cholesterol"]:
        return "the total cholesterol is not above HDL and a fifth of the triglycerides"
    return ""


def _framingham(values: Values) -> Worked:
    """10-year risk in percent of myocardial infarction or coronary death.

    The coefficients are those of the ATP III form of the Framingham equation, as MedCalc-Bench prints them.
    """
    male = values.word("sex") == "male"
    age, smokes = values["age"], float(values.yes("smoker"))
    years, cholesterol = log(age), log(values["total_cholesterol"])
    good, pressure, treated = (
        log(values["hdl"]),
        log(values["systolic"]),
        float(values.yes("treated_pressure")),
    )
    smoke_years = log(min(age, 70 if male else 78))
    if male:
        risk = 52.00961 * years + 20.014077 * cholesterol - 0.905964 * good + 1.305784 * pressure
        risk += 0.241549 * treated + 12.096316 * smokes - 4.605038 * years * cholesterol
        risk += -2.84367 * smoke_years * smokes - 2.93323 * years * years - 172.300168
    else:
        risk = 31.764001 * years + 22.465206 * cholesterol - 1.187731 * good + 2.552905 * pressure
        risk += 0.420251 * treated + 13.07543 * smokes - 5.060998 * years * cholesterol
        risk += -2.996945 * smoke_years * smokes - 146.5933061
    base = 0.9402 if male else 0.98767
    value = 100 * (1 - base ** exp(risk))
    lines = (
        f"sum of the terms for a {'man' if male else 'woman'} = {figure(risk)}",
        f"100 × (1 − {base}^exp({figure(risk)})) = {figure(value)} %",
    )
    return Worked(value=value, lines=lines)


def _heart_risk(values: Values) -> float:
    if values.yes("atherosclerosis"):
        return 2
    count = sum(map(values.yes, (field.name for field in HEART_RISKS)))
    return 0 if count == 0 else 1 if count < 3 else 2


HEART_RISKS = (
    HYPERTENSION,
    f.yes_no("hypercholesterolemia", "hypercholesterolemia"),
    DIABETES,
    f.yes_no("obesity", "body mass index above 30 kg/m²"),
    f.yes_no("smoking", "smokes, or stopped within 3 months"),
    f.yes_no("family_history", "cardiovascular disease of a parent or sibling before 65"),
)
ATHEROSCLEROSIS = f.yes_no(
    "atherosclerosis",
    "atherosclerotic disease",
    includes="prior infarction, PCI or bypass, stroke or TIA, peripheral arterial disease",
)
HISTORY = f.choice(
    "suspicion",
    "how suspicious the history is",
    "slightly suspicious",
    "moderately suspicious",
    "highly suspicious",
)
ECG = f.choice("ecg", "ECG", "normal", "non-specific repolarization disturbance", "significant ST deviation")
TROPONIN = f.choice(
    "troponin",
    "initial troponin",
    "up to the normal limit",
    "1 to 3 times the limit",
    "above 3 times the limit",
)
QT_DRUGS = f.choice("qt_drugs", "QT-prolonging drugs taken", "none", "one", "two or more")
TISDALE = (
    below(f.AGE, ((68, 0),), 1, "age 68 or more"),
    option(f.SEX, {"female": 1, "male": 0}),
    yes(f.yes_no("loop_diuretic", "takes a loop diuretic")),
    up_to(f.POTASSIUM, ((3.5, 2),), 0, "potassium 3.5 or less"),
    below(QTC, ((450, 0),), 2, "admission QTc 450 ms or more"),
    yes(f.yes_no("acute_infarction", "acute myocardial infarction"), 2),
    yes(f.yes_no("sepsis", "sepsis"), 3),
    yes(f.yes_no("heart_failure", "heart failure"), 3),
    option(QT_DRUGS, {"none": 0, "one": 3, "two or more": 6}),
)

CALCULATORS = (
    Calculator(
        "map", "Mean arterial pressure", "mmHg", (f.SYSTOLIC, f.DIASTOLIC), _map, digits=1, wrong=pressures
    ),
    Calculator("qtc", "Corrected QT interval", "ms", (QT, f.HEART_RATE, QT_FORMULA), _qtc, digits=0),
    Calculator(
        "ldl",
        "LDL cholesterol (Friedewald)",
        "mg/dL",
        (CHOLESTEROL, HDL, TRIGLYCERIDES),
        _ldl,
        digits=0,
        limits=(Limit("triglycerides", 0, 400, "not above triglycerides of 400 mg/dL"),),
        outside=_no_ldl,
    ),
    Calculator(
        "framingham_chd",
        "10-year risk of myocardial infarction or coronary death (Framingham)",
        "%",
        (f.AGE, f.SEX, CHOLESTEROL, HDL, f.SYSTOLIC, TREATED, SMOKER),
        _framingham,
        digits=1,
        limits=(Limit("age", 20, 79, "it was made for 20 to 79 years"),),
    ),
    score(
        "cha2ds2_vasc",
        "CHA₂DS₂-VASc",
        yes(HEART_FAILURE),
        yes(HYPERTENSION),
        below(f.AGE, ((65, 0), (75, 1)), 2, "age 65 to 74, or 75 and more"),
        yes(DIABETES),
        yes(STROKE, 2),
        yes(VASCULAR),
        option(f.SEX, {"female": 1, "male": 0}),
        limits=(ADULT,),
    ),
    score(
        "heart_score",
        "HEART score",
        option(HISTORY, dict(zip(HISTORY.options, (0, 1, 2), strict=True))),
        option(ECG, dict(zip(ECG.options, (0, 1, 2), strict=True))),
        below(f.AGE, ((45, 0), (65, 1)), 2, "age 45 to 64, or 65 and more"),
        rule("risk factors", (*HEART_RISKS, ATHEROSCLEROSIS), _heart_risk),
        option(TROPONIN, dict(zip(TROPONIN.options, (0, 1, 2), strict=True))),
        bands=((4, "low (0 to 3)"), (7, "moderate (4 to 6)"), (inf, "high (7 to 10)")),
        limits=(ADULT,),
    ),
    score(
        "rcri",
        "Revised Cardiac Risk Index",
        yes(
            f.yes_no(
                "high_risk_surgery",
                "elevated-risk surgery",
                includes="intraperitoneal, intrathoracic, suprainguinal vascular",
            )
        ),
        yes(f.yes_no("ischemic_heart_disease", "history of ischemic heart disease")),
        yes(HEART_FAILURE),
        any_of(
            "cerebrovascular disease", (f.yes_no("cerebrovascular_disease", "stroke or TIA in the history"),)
        ),
        yes(f.yes_no("insulin", "treated with insulin before the operation")),
        up_to(f.CREATININE, ((2.0, 0),), 1, "creatinine above 2 mg/dL before the operation"),
    ),
    score(
        "tisdale",
        "Tisdale QT risk score",
        *TISDALE,
        bands=((7, "low (0 to 6)"), (11, "moderate (7 to 10)"), (inf, "high (11 or more)")),
        limits=(ADULT,),
        always=("The score was made in a cardiac care unit; elsewhere it has not been shown to hold.",),
    ),
)
