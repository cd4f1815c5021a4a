"""How clincalc 0.4.0 names calculators and inputs, and which values both sides take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tools.calculators.electrolytes import water_share
from tools.calculators.fields import Value

Held = Mapping[str, Value]
RANGES: Mapping[str, tuple[float, float, int]] = {
    # field: low, high, decimals; where both sides take every value
    "age": (18, 95, 0), "creatinine": (0.3, 9, 2), "weight": (35, 160, 1), "height": (140, 205, 0),
    "sodium": (115, 165, 0), "chloride": (80, 125, 0), "bicarbonate": (8, 40, 0), "albumin": (1.5, 5.5, 1),
    "urine_sodium": (5, 150, 0), "urine_creatinine": (10, 250, 0), "calcium": (6, 14, 1), "glucose": (105, 900, 0),
    "ast": (10, 400, 0), "alt": (10, 400, 0), "platelets": (10, 500, 0), "total_cholesterol": (130, 320, 0),
    "hdl": (20, 100, 0), "triglycerides": (40, 380, 0), "insulin": (1, 80, 1), "fasting_glucose": (60, 300, 0),
    "bilirubin": (0.3, 15, 1), "inr": (0.8, 5, 1), "urea": (5, 90, 0), "breath_rate": (8, 45, 0),
    "systolic": (70, 200, 0), "diastolic": (40, 69, 0), "heart_rate": (40, 160, 0), "saturation": (85, 100, 0),
    "temperature": (35, 41, 1), "gcs": (3, 15, 0), "pao2": (40, 300, 0), "fio2": (21, 49, 0), "paco2": (25, 70, 0),
    "ph": (7.0, 7.7, 2), "hematocrit": (18, 62, 1), "leukocytes": (0.5, 45, 1), "potassium": (2.3, 7.5, 1),
    "hemoglobin": (6, 17, 1), "drinks": (0, 20, 0), "bmi": (16, 45, 1),
}  # fmt: skip
FIXED: Mapping[str, Mapping[str, Value]] = {
    "cockcroft_gault": {"weight_kind": "actual"},
    "sofa": {"urine_output": 2000.0, "vasopressor": "none"},
}
NARROWER: Mapping[str, Mapping[str, tuple[float, float, int]]] = {
    "free_water_deficit": {"sodium": (146, 165, 0)},
    "ldl": {"total_cholesterol": (180, 320, 0), "hdl": (20, 60, 0)},
}
"""Where theirs is defined on a part of the range only."""


class Peer(NamedTuple):
    """clincalc's calculator, its inputs from ours, and where the figure stands in its answer."""

    name: str
    inputs: Callable[[Held], dict[str, Any]]
    figure: tuple[str, ...] = ("result",)


def _same(**names: str) -> Callable[[Held], dict[str, Any]]:
    """Their name of an input by ours; a value that begins with "=" is a constant of theirs."""

    def made(held: Held) -> dict[str, Any]:
        return {their: one[1:] if one.startswith("=") else held[one] for their, one in names.items()}

    return made


def _with(base: Callable[[Held], dict[str, Any]], more: Callable[[Held], dict[str, Any]]) -> Any:
    return lambda held: base(held) | more(held)


def _number(held: Held, name: str) -> float:
    value = held[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} is no number")
    return float(value)


def _words(field: str, ours: tuple[str, ...], theirs: tuple[str, ...]) -> Callable[[Held], str]:
    return lambda held: dict(zip(ours, theirs, strict=True))[str(held[field])]


def _chosen(**fields: tuple[str, tuple[str, ...], tuple[str, ...]]) -> Callable[[Held], dict[str, Any]]:
    return lambda held: {their: _words(*told)(held) for their, told in fields.items()}


_MG = {"creatinine_unit": "=mg/dL"}
_LIVER = {
    "bilirubin": "bilirubin", "bilirubin_unit": "=mg/dL", "inr": "inr", "creatinine": "creatinine",
    "creatinine_unit": "=mg/dL",
}  # fmt: skip
_GRADES = ("none", "grade 1-2", "grade 3-4")
_RISKS = ("hypertension", "hypercholesterolemia", "diabetes", "obesity", "smoking", "family_history")


def _risk_factors(held: Held) -> str:
    count = sum(held[name] is True for name in _RISKS)
    if held["atherosclerosis"] is True or count >= 3:
        return "three_or_more_or_atherosclerosis"
    return "one_or_two" if count else "none"


def _water(held: Held) -> dict[str, Any]:
    return {
        "assessment_context": "adult_with_hypernatraemia",
        "target_sodium_mmol_l": 140,
        "total_body_water_fraction": water_share(_number(held, "age"), str(held["sex"])),
    }


def _mean_pressure(held: Held) -> float:
    return (_number(held, "systolic") + 2 * _number(held, "diastolic")) / 3


PEERS: Mapping[str, Peer] = {
    "ckd_epi_2021": Peer("egfr", _same(age="age", sex="sex", creatinine="creatinine", **_MG)),
    "cockcroft_gault": Peer(
        "cockcroft_gault", _same(age="age", sex="sex", weight_kg="weight", creatinine="creatinine", **_MG)
    ),
    "fena": Peer("fena", _same(plasma_creatinine="creatinine", plasma_sodium="sodium",
                               urine_creatinine="urine_creatinine", urine_sodium="urine_sodium")),
    "free_water_deficit": Peer(
        "free_water_deficit", _with(_same(current_sodium_mmol_l="sodium", weight_kg="weight"), _water)
    ),
    "calcium_albumin": Peer("corrected_calcium", _same(albumin="albumin", albumin_unit="=g/dL", calcium="calcium",
                                                       calcium_unit="=mg/dL")),
    "sodium_glucose": Peer("corrected_sodium", _same(glucose="glucose", glucose_unit="=mg/dL", method="=hillier",
                                                     sodium="sodium")),
    "anion_gap": Peer("anion_gap", _same(sodium_mmol_l="sodium", chloride_mmol_l="chloride",
                                         bicarbonate_mmol_l="bicarbonate")),
    "anion_gap_albumin": Peer(
        "anion_gap",
        _with(_same(sodium_mmol_l="sodium", chloride_mmol_l="chloride", bicarbonate_mmol_l="bicarbonate"),
              lambda held: {"albumin_g_l": 10 * _number(held, "albumin")})),
    "bmi": Peer("bmi", _same(weight_kg="weight", height_cm="height")),
    "bsa": Peer("body_surface_area", _same(weight_kg="weight", height_cm="height"),
                ("working", "body_surface_area_m2_unrounded")),
    "fib4": Peer("fib4", _same(age="age", ast="ast", alt="alt", platelets="platelets")),
    "ldl": Peer("ldl_cholesterol", _same(hdl_cholesterol="hdl", total_cholesterol="total_cholesterol",
                                         triglycerides="triglycerides", unit="=mg/dL"), ("result", "ldl_friedewald")),
    "homa_ir": Peer("homa_ir", _same(fasting_glucose="fasting_glucose", glucose_unit="=mg/dL",
                                     fasting_insulin_miu_l="insulin"), ("working", "homa_ir_unrounded")),
    "meld": Peer("meld", _same(**_LIVER, dialysis_twice_past_week="dialysis")),
    "meld3": Peer("meld_3", _with(
        _same(**_LIVER, albumin="albumin", albumin_unit="=g/dL", sodium_mmol_l="sodium",
              registration_age_years="age", qualifying_dialysis_in_prior_7_days="dialysis"),
        lambda held: {"female_for_adult_meld": held["sex"] == "female"})),
    "child_pugh": Peer("child_pugh", _with(
        _same(albumin="albumin", albumin_unit="=g/dL", bilirubin="bilirubin", bilirubin_unit="=mg/dL", inr="inr"),
        _chosen(ascites=("ascites", ("absent", "slight", "moderate"), ("none", "mild", "moderate-severe")),
                encephalopathy=("encephalopathy", _GRADES, ("none", "grade1-to2", "grade3-to4"))))),
    "feverpain": Peer("feverpain", _same(absence_of_cough="no_cough_or_coryza", attend_rapidly="early", fever="fever",
                                         inflamed_tonsils="inflamed_tonsils", purulence="purulent_tonsils")),
    "centor": Peer("centor", _with(
        _same(age="age", tender_anterior_cervical_nodes="tender_nodes", tonsillar_exudate="exudate"),
        lambda held: {"absence_of_cough": not held["cough"], "fever": _number(held, "temperature") > 38})),
    "cha2ds2_vasc": Peer("cha2ds2vasc", _same(
        age="age", sex="sex", congestive_heart_failure="heart_failure", hypertension="hypertension",
        diabetes="diabetes", stroke_tia_thromboembolism="stroke", vascular_disease="vascular_disease")),
    "curb65": Peer("curb65", _with(
        _same(age="age", confusion="confusion", respiratory_rate="breath_rate", systolic_bp="systolic",
              diastolic_bp="diastolic"),
        lambda held: {"urea_mmol_l": _number(held, "urea") / 2.8})),
    "wells_dvt": Peer("wells_dvt", _with(
        _same(active_cancer="active_cancer", alternative_diagnosis_as_likely="alternative",
              calf_swelling_over_3cm="calf_swelling", collateral_superficial_veins="collateral_veins",
              entire_leg_swollen="entire_leg_swollen", localised_tenderness="tenderness",
              paralysis_paresis_immobilisation="paralysis", pitting_oedema="pitting_edema",
              previously_documented_dvt="earlier_dvt"),
        lambda held: {"bedridden_or_major_surgery": held["bedridden"] or held["surgery_12_weeks"]})),
    "wells_pe": Peer("wells_pe", _with(
        _same(clinical_signs_of_dvt="signs_of_dvt", haemoptysis="hemoptysis", malignancy="malignancy",
              pe_most_likely_diagnosis="pe_most_likely", previous_dvt_or_pe="earlier_clot"),
        lambda held: {"heart_rate_over_100": _number(held, "heart_rate") > 100,
                      "immobilisation_or_surgery": held["immobile"] or held["surgery_4_weeks"]})),
    "has_bled": Peer("hasbled", _with(
        _same(abnormal_liver_function="liver_disease", abnormal_renal_function="renal_disease",
              bleeding_history="bleeding", drugs_antiplatelet_nsaid="bleeding_drugs", labile_inr="labile_inr",
              hypertension_uncontrolled="uncontrolled_hypertension", stroke="stroke"),
        lambda held: {"elderly_over_65": _number(held, "age") > 65, "alcohol_excess": _number(held, "drinks") >= 8})),
    "qsofa": Peer("qsofa", _same(altered_mentation="altered_mental_status", respiratory_rate="breath_rate",
                                 systolic_bp="systolic")),
    "sofa": Peer("sofa", _with(
        _same(bilirubin="bilirubin", bilirubin_unit="=mg/dL", creatinine="creatinine", creatinine_unit="=mg/dL",
              gcs="gcs", platelets="platelets", respiratory_support="respiratory_support"),
        lambda held: {"pao2_fio2": 100 * _number(held, "pao2") / _number(held, "fio2"),
                      "cardiovascular": "map-below70" if _mean_pressure(held) < 70 else "map-at-least70"})),
    "apache2": Peer("apache2", _with(
        _same(age="age", acute_renal_failure="acute_renal_failure", arterial_ph="ph", creatinine_mg_dl="creatinine",
              glasgow_coma_scale="gcs", heart_rate="heart_rate", hematocrit_percent="hematocrit",
              pao2_mm_hg="pao2", potassium_mmol_l="potassium", respiratory_rate="breath_rate",
              sodium_mmol_l="sodium", temperature_c="temperature", wbc_10_9_l="leukocytes"),
        lambda held: {"fio2": _number(held, "fio2") / 100, "mean_arterial_pressure_mm_hg": _mean_pressure(held),
                      "chronic_health_status": str(held["severe_chronic_disease"]).replace(" ", "_")})),
    "charlson": Peer("charlson", _with(
        _same(age="age", aids="aids", congestive_heart_failure="heart_failure", dementia="dementia",
              connective_tissue_disease="connective_tissue_disease", copd="chronic_pulmonary_disease",
              hemiplegia_paraplegia="hemiplegia", leukaemia="leukemia", lymphoma="lymphoma",
              myocardial_infarction="myocardial_infarction", peptic_ulcer_disease="peptic_ulcer",
              peripheral_vascular_disease="peripheral_vascular_disease",
              renal_disease_moderate_severe="kidney_disease"),
        lambda held: {
            "include_age_adjustment": True, "cerebrovascular_disease": held["stroke"] or held["tia"],
            "diabetes_uncomplicated": held["diabetes_mellitus"] == "uncomplicated",
            "diabetes_complicated": held["diabetes_mellitus"] == "end-organ damage",
            "mild_liver_disease": held["liver_disease"] == "mild",
            "liver_disease_moderate_severe": held["liver_disease"] == "moderate to severe",
            "solid_tumour_non_metastatic": held["solid_tumor"] == "localized",
            "metastatic_solid_tumour": held["solid_tumor"] == "metastatic"})),
    "heart_score": Peer("heart", _with(
        _same(age="age"),
        _with(_chosen(
            ecg=("ecg", ("normal", "non-specific repolarization disturbance", "significant ST deviation"),
                 ("normal", "non_specific_repolarisation", "significant_st_deviation")),
            history=("suspicion", ("slightly suspicious", "moderately suspicious", "highly suspicious"),
                     ("slightly_suspicious", "moderately_suspicious", "highly_suspicious")),
            troponin=("troponin", ("up to the normal limit", "1 to 3 times the limit", "above 3 times the limit"),
                      ("normal", "one_to_three_times", "over_three_times"))),
              lambda held: {"risk_factors": _risk_factors(held)}))),
    "glasgow_blatchford": Peer("glasgow_blatchford", _with(
        _same(cardiac_failure="heart_failure", heart_rate_bpm="heart_rate", hepatic_disease="liver_disease",
              melaena="melena", sex="sex", syncope="syncope", systolic_bp_mm_hg="systolic"),
        lambda held: {"acute_upper_gi_bleeding_at_first_assessment": True, "age_16_or_over": True,
                      "emergency_department_overt_ugib": True, "haemoglobin_g_l": 10 * _number(held, "hemoglobin"),
                      "urea_mmol_l": _number(held, "urea") / 2.8})),
    "rcri": Peer("rcri", _with(
        _same(cerebrovascular_disease="cerebrovascular_disease", congestive_heart_failure="heart_failure",
              high_risk_surgery="high_risk_surgery", ischemic_heart_disease="ischemic_heart_disease",
              preoperative_insulin_treatment="insulin"),
        lambda held: {"adult_noncardiac_surgery_candidate": True, "original_validation_population_matches": True,
                      "creatinine_umol_l": 88.4 * _number(held, "creatinine")})),
    "glasgow_coma": Peer("gcs", _chosen(
        eye_opening=("eyes", ("none", "to pain", "to speech", "spontaneous"),
                     ("no_response", "to_pressure", "to_sound", "spontaneous")),
        verbal_response=("verbal", ("none", "incomprehensible sounds", "inappropriate words", "confused", "oriented"),
                         ("no_response", "sounds", "words", "confused", "orientated")),
        motor_response=("motor", ("none", "extension to pain", "flexion to pain", "withdrawal from pain",
                                  "localizes pain", "obeys commands"),
                        ("no_response", "extension", "abnormal_flexion", "normal_flexion", "localising",
                         "obey_commands")))),
    "perc": Peer("perc", _with(
        _same(age_years="age", exogenous_oestrogen_use="hormones", haemoptysis="hemoptysis",
              heart_rate_bpm="heart_rate", prior_vte="earlier_clot",
              recent_surgery_or_trauma_requiring_hospitalisation="surgery_or_trauma",
              room_air_oxygen_saturation_percent="saturation", unilateral_leg_swelling="unilateral_swelling"),
        lambda held: {"low_pretest_probability_confirmed": True}), ("working", "positive_count")),
}  # fmt: skip
