"""Closed formulas by which gold values are computed, each with the place where it was read.

They are written here from their sources and not taken from the calculators under test. "medcalc-dev N" is the row of
calculator N in shared/data/medcalc-dev/one_shot.csv.gz (Khandekar et al., arXiv 2406.12036), read on 2026-11-22.
"""

from __future__ import annotations

from math import sqrt


def egfr_2021(creatinine_mg_dl: float, age: int, sex: str) -> float:
    """CKD-EPI 2021 from creatinine, mL/min/1.73 m2 (medcalc-dev 3; NEJM 2021;385:1737, doi 10.1056/NEJMoa2102953)."""
    kappa, alpha, factor = (0.7, -0.241, 1.012) if sex == "female" else (0.9, -0.302, 1.0)
    ratio = creatinine_mg_dl / kappa
    return float(142 * ratio ** (alpha if ratio <= 1 else -1.2) * 0.9938**age * factor)


def creatinine_mg_dl(egfr: float, age: int, sex: str) -> float:
    """The creatinine in mg/dL at which :func:`egfr_2021` gives this eGFR; each branch is inverted by itself."""
    kappa, alpha, factor = (0.7, -0.241, 1.012) if sex == "female" else (0.9, -0.302, 1.0)
    share = egfr / (142 * 0.9938**age * factor)
    return float(kappa * share ** (1 / (-1.2 if share <= 1 else alpha)))


def cockcroft_gault(creatinine_mg_dl: float, age: int, sex: str, weight_kg: float) -> float:
    """Creatinine clearance in mL/min (medcalc-dev 2), by the weight given."""
    return (140 - age) * weight_kg * (0.85 if sex == "female" else 1.0) / (72 * creatinine_mg_dl)


def body_mass_index(weight_kg: float, height_cm: float) -> float:
    """kg/m2 (medcalc-dev 6)."""
    return weight_kg / (height_cm / 100) ** 2


def body_surface(weight_kg: float, height_cm: float) -> float:
    """m2, the square root of weight times height over 3600 (medcalc-dev 60)."""
    return sqrt(weight_kg * height_cm / 3600)


def mean_pressure(systolic: float, diastolic: float) -> float:
    """Mean arterial pressure in mmHg (medcalc-dev 5)."""
    return systolic / 3 + 2 * diastolic / 3


def anion_gap(sodium: float, chloride: float, bicarbonate: float) -> float:
    """mmol/L, without potassium (medcalc-dev 39)."""
    return sodium - (chloride + bicarbonate)


def anion_gap_albumin(sodium: float, chloride: float, bicarbonate: float, albumin_g_dl: float) -> float:
    """mmol/L, 2.5 for each g/dL of albumin below 4 (medcalc-dev 65)."""
    return anion_gap(sodium, chloride, bicarbonate) + 2.5 * (4 - albumin_g_dl)


def corrected_calcium(calcium_mg_dl: float, albumin_g_dl: float) -> float:
    """mg/dL, 0.8 for each g/dL of albumin below 4 (medcalc-dev 7)."""
    return calcium_mg_dl + 0.8 * (4 - albumin_g_dl)


def corrected_sodium(sodium: float, glucose_mg_dl: float) -> float:
    """mmol/L, 0.024 for each mg/dL of glucose above 100 (medcalc-dev 26, after Hillier 1999)."""
    return sodium + 0.024 * (glucose_mg_dl - 100)


def ldl(total_mg_dl: float, hdl_mg_dl: float, triglycerides_mg_dl: float) -> float:
    """LDL cholesterol in mg/dL by Friedewald (medcalc-dev 44)."""
    return total_mg_dl - hdl_mg_dl - triglycerides_mg_dl / 5


def fib4(age: int, ast: float, alt: float, platelets: float) -> float:
    """FIB-4; platelets in 10^9/L, AST and ALT in U/L (medcalc-dev 19)."""
    return age * ast / (platelets * sqrt(alt))


def homa_ir(insulin_uiu_ml: float, glucose_mg_dl: float) -> float:
    """HOMA-IR (medcalc-dev 31)."""
    return insulin_uiu_ml * glucose_mg_dl / 405


def ideal_weight(height_cm: float, sex: str) -> float:
    """Ideal body weight in kg (medcalc-dev 10)."""
    return (45.5 if sex == "female" else 50.0) + 2.3 * (height_cm * 0.393701 - 60)


def maintenance_fluid(weight_kg: float) -> float:
    """mL/h above 20 kg: 60 and one for each further kg (medcalc-dev 22)."""
    if weight_kg <= 20:
        raise ValueError("written for more than 20 kg")
    return 60 + (weight_kg - 20)


def excreted_sodium(creatinine: float, urine_sodium: float, sodium: float, urine_creatinine: float) -> float:
    """Fractional excretion of sodium in %; both creatinines in one unit (medcalc-dev 40)."""
    return 100 * creatinine * urine_sodium / (sodium * urine_creatinine)


def cha2ds2_vasc(age: int, sex: str, facts: frozenset[str]) -> int:
    """Points of the facts: heart failure, hypertension, stroke, vascular disease, diabetes (medcalc-dev 4)."""
    points = 2 if age >= 75 else 1 if age >= 65 else 0
    points += 1 if sex == "female" else 0
    return points + sum(2 if fact == "stroke" else 1 for fact in facts)


def curb65(age: int, facts: frozenset[str]) -> int:
    """One point each: confusion, urea, breath rate, pressure; and one from 65 years (medcalc-dev 45)."""
    return len(facts) + (1 if age >= 65 else 0)
