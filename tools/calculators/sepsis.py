"""Sepsis and intensive care: SIRS, qSOFA, SOFA, APACHE II, the coma scale."""

from __future__ import annotations

from math import inf

from tools.calculators import fields as f
from tools.calculators.heart import mean_pressure
from tools.calculators.registry import ADULT, pressures, score
from tools.calculators.scores import below, option, rule, up_to, within, yes
from tools.calculators.values import Values

SUPPORT = f.yes_no("respiratory_support", "mechanical ventilation or continuous positive airway pressure")
VASOPRESSOR = f.choice(
    "vasopressor",
    "vasopressor in µg/kg/min",
    "none",
    "dopamine up to 5, or dobutamine",
    "dopamine above 5, or epinephrine or norepinephrine up to 0.1",
    "dopamine above 15, or epinephrine or norepinephrine above 0.1",
)
URINE = f.number("urine_output", "urine output in a day", "urine", 0, 30000)
ACUTE_RENAL = f.yes_no("acute_renal_failure", "acute renal failure")
CHRONIC = f.choice(
    "severe_chronic_disease",
    "severe organ insufficiency or immunocompromise",
    "none",
    "elective postoperative",
    "nonoperative or emergency postoperative",
)
EYES = f.choice("eyes", "best eye response", "none", "to pain", "to speech", "spontaneous")
VERBAL = f.choice(
    "verbal",
    "best verbal response",
    "none",
    "incomprehensible sounds",
    "inappropriate words",
    "confused",
    "oriented",
)
MOTOR = f.choice(
    "motor",
    "best motor response",
    "none",
    "extension to pain",
    "flexion to pain",
    "withdrawal from pain",
    "localizes pain",
    "obeys commands",
)


def _breathing(values: Values) -> float:
    return float(values["breath_rate"] > 20 or values["paco2"] < 32)


def _oxygenation(values: Values) -> float:
    ratio = values["pao2"] / (values["fio2"] / 100)
    if ratio >= 200:
        return 0 if ratio >= 400 else 1 if ratio >= 300 else 2
    if not values.yes("respiratory_support"):
        return 2
    return 3 if ratio >= 100 else 4


def _circulation(values: Values) -> float:
    given = VASOPRESSOR.options.index(values.word("vasopressor"))
    if given:
        return given + 1
    return float(mean_pressure(values["systolic"], values["diastolic"]) < 70)


def _kidney(values: Values) -> float:
    creatinine, urine = values["creatinine"], values["urine_output"]
    by_creatinine = next(
        (worth for edge, worth in ((1.2, 0), (2.0, 1), (3.5, 2), (5.0, 3)) if creatinine < edge), 4
    )
    return max(by_creatinine, 4 if urine < 200 else 3 if urine < 500 else 0)


def alveolar_difference(fio2: float, pao2: float, paco2: float) -> float:
    """Alveolar-arterial oxygen difference in mmHg at sea level; ``fio2`` in percent."""
    return fio2 / 100 * (760 - 47) - paco2 / 0.8 - pao2


def _acute_oxygen(values: Values) -> float:
    if values["fio2"] < 50:
        pressure = values["pao2"]
        return 0 if pressure > 70 else 1 if pressure > 60 else 3 if pressure >= 55 else 4
    gap = alveolar_difference(values["fio2"], values["pao2"], values["paco2"])
    return 0 if gap < 200 else 2 if gap < 350 else 3 if gap < 500 else 4


def _acute_pressure(values: Values) -> float:
    mean = mean_pressure(values["systolic"], values["diastolic"])
    bands = ((50, 4), (70, 2), (110, 0), (130, 2), (160, 3))
    return next((worth for edge, worth in bands if mean < edge), 4)


def _acute_kidney(values: Values) -> float:
    creatinine = values["creatinine"]
    points = next((worth for edge, worth in ((0.6, 2), (1.5, 0), (2.0, 2), (3.5, 3)) if creatinine < edge), 4)
    return points * 2 if values.yes("acute_renal_failure") and creatinine >= 1.5 else points


APACHE = (
    below(f.AGE, ((45, 0), (55, 2), (65, 3), (75, 5)), 6),
    option(CHRONIC, dict(zip(CHRONIC.options, (0, 2, 5), strict=True))),
    below(
        f.TEMPERATURE,
        ((30, 4), (32, 3), (34, 2), (36, 1), (38.5, 0), (39, 1), (41, 3)),
        4,
        "rectal temperature",
    ),
    rule("mean arterial pressure", (f.SYSTOLIC, f.DIASTOLIC), _acute_pressure),
    below(f.HEART_RATE, ((40, 4), (55, 3), (70, 2), (110, 0), (140, 2), (180, 3)), 4),
    below(f.BREATH_RATE, ((6, 4), (10, 2), (12, 1), (25, 0), (35, 1), (50, 3)), 4),
    rule("oxygenation", (f.FIO2, f.PAO2, f.PACO2), _acute_oxygen, 50, 55, 60, 70),
    below(f.PH, ((7.15, 4), (7.25, 3), (7.33, 2), (7.5, 0), (7.6, 1), (7.7, 3)), 4),
    below(f.SODIUM, ((111, 4), (120, 3), (130, 2), (150, 0), (155, 1), (160, 2), (180, 3)), 4),
    below(f.POTASSIUM, ((2.5, 4), (3, 2), (3.5, 1), (5.5, 0), (6, 1), (7, 3)), 4),
    rule("creatinine", (f.CREATININE, ACUTE_RENAL), _acute_kidney, 0.6, 1.5, 2, 3.5),
    below(f.HEMATOCRIT, ((20, 4), (30, 2), (46, 0), (50, 1), (60, 2)), 4),
    below(f.LEUKOCYTES, ((1, 4), (3, 2), (15, 0), (20, 1), (40, 2)), 4),
    rule("15 less the Glasgow Coma Scale", (f.GCS,), lambda values: 15 - values["gcs"]),
)


def _whole_gcs(values: Values) -> str:
    known = values.has("gcs") and not values["gcs"].is_integer()
    return "the Glasgow Coma Scale has whole points" if known else pressures(values)


CALCULATORS = (
    score(
        "sirs",
        "SIRS criteria met",
        within(f.TEMPERATURE, 36, 38, (1, 0, 1), "temperature above 38 or below 36 °C"),
        up_to(f.HEART_RATE, ((90, 0),), 1, "heart rate above 90"),
        rule("respiratory rate above 20 or PaCO₂ below 32", (f.BREATH_RATE, f.PACO2), _breathing, 20, 32),
        rule(
            "leukocytes above 12 or below 4 ×10⁹/L, or above 10 % bands",
            (f.LEUKOCYTES, f.yes_no("bands", "more than 10 % immature bands")),
            lambda values: float(values.yes("bands") or not 4 <= values["leukocytes"] <= 12),
            4,
            12,
        ),
        bands=((2, "0 to 1"), (inf, "2 or more")),
        limits=(ADULT,),
    ),
    score(
        "qsofa",
        "qSOFA",
        below(f.BREATH_RATE, ((22, 0),), 1, "respiratory rate 22 or more"),
        yes(f.yes_no("altered_mental_status", "altered mental status")),
        up_to(f.SYSTOLIC, ((100, 1),), 0, "systolic 100 mmHg or less"),
        bands=((2, "0 to 1"), (inf, "2 or more")),
        limits=(ADULT,),
        always=("qSOFA is a prompt at the bedside; it does not define or exclude sepsis.",),
    ),
    score(
        "sofa",
        "SOFA",
        rule("PaO₂/FiO₂", (f.PAO2, f.FIO2, SUPPORT), _oxygenation),
        below(f.PLATELETS, ((20, 4), (50, 3), (100, 2), (150, 1)), 0),
        below(f.GCS, ((6, 4), (10, 3), (13, 2), (15, 1)), 0),
        below(f.BILIRUBIN, ((1.2, 0), (2, 1), (6, 2), (12, 3)), 4),
        rule("circulation", (f.SYSTOLIC, f.DIASTOLIC, VASOPRESSOR), _circulation, 70),
        rule("creatinine or urine", (f.CREATININE, URINE), _kidney, 1.2, 2, 3.5, 5, 200, 500),
        limits=(ADULT,),
        wrong=_whole_gcs,
    ),
    score("apache2", "APACHE II", *APACHE, limits=(ADULT,), wrong=_whole_gcs),
    score(
        "glasgow_coma",
        "Glasgow Coma Scale",
        option(EYES, dict(zip(EYES.options, range(1, 5), strict=True))),
        option(VERBAL, dict(zip(VERBAL.options, range(1, 6), strict=True))),
        option(MOTOR, dict(zip(MOTOR.options, range(1, 7), strict=True))),
        bands=((9, "severe (3 to 8)"), (13, "moderate (9 to 12)"), (inf, "mild (13 to 15)")),
    ),
)
