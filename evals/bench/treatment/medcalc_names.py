"""How MedCalc-Bench writes calculators, entities, units and options, and what we call them; and its oddities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

UNITS = {
    "beats per minute": "/min", "breaths per minute": "/min", "degrees celsius": "°C", "degrees fahrenheit": "°F",
    "µL": "/µL", "mm^3": "/mm3",
}  # fmt: skip
SHARED = {
    "age": "age", "sex": "sex", "weight": "weight", "height": "height", "creatinine": "creatinine",
    "Systolic Blood Pressure": "systolic", "Diastolic Blood Pressure": "diastolic",
    "Heart Rate or Pulse": "heart_rate", "respiratory rate": "breath_rate", "Temperature": "temperature",
    "Albumin": "albumin", "Calcium": "calcium", "Bilirubin": "bilirubin", "Sodium": "sodium",
    "Potassium": "potassium", "Chloride": "chloride", "Bicarbonate": "bicarbonate", "Glucose": "glucose",
    "Blood Urea Nitrogen (BUN)": "urea", "Hemoglobin": "hemoglobin", "Hematocrit": "hematocrit",
    "White blood cell count": "leukocytes", "Platelet count": "platelets", "pH": "ph", "PaO2": "pao2",
    "PaCO2": "paco2", "FiO2": "fio2", "Glasgow Coma Score": "gcs", "international normalized ratio": "inr",
    "Stroke": "stroke", "Alanine aminotransferase": "alt", "Aspartate aminotransferase": "ast",
    "Total cholesterol": "total_cholesterol", "high-density lipoprotein cholesterol": "hdl",
    "Triglycerides": "triglycerides", "Insulin": "insulin", "Urine sodium": "urine_sodium",
    "Urine creatinine": "urine_creatinine", "Body Mass Index (BMI)": "bmi", "QT Interval": "qt",
    "Last menstrual date": "last_period", "Current Date": "on_day", "cycle length": "cycle_length",
    "Cardiac Failure Present": "heart_failure", "Hepatic disease history": "liver_disease",
    "Previously Documented Pulmonary Embolism": "earlier_clot", "Acute Myocardial infarction": "acute_infarction",
    "Previously documented Deep Vein Thrombosis": "earlier_clot", "Confusion": "confusion",
    "Cerebrovascular disease history": "cerebrovascular_disease",
    "Transient Ischemic Attacks History": "tia",
}  # fmt: skip
WORDS = {
    "No Encephalopathy": "none", "eyes open spontaneously": "spontaneous", "no verbal response": "none",
    "confined to bed >72 hours": "confined to bed above 72 hours",
}  # fmt: skip
NAMES: Mapping[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    # calculator of the benchmark: ours, inputs that the question fixes, names of that row alone
    "2": ("cockcroft_gault", {"weight_kind": "auto"}, {}), "3": ("ckd_epi_2021", {}, {}),
    "4": ("cha2ds2_vasc", {}, {}), "5": ("map", {}, {}), "6": ("bmi", {}, {}), "7": ("calcium_albumin", {}, {}),
    "8": ("wells_pe", {}, {"Clinical signs and symptoms of Deep Vein Thrombosis": "signs_of_dvt",
                           "Pulmonary Embolism is #1 diagnosis OR equally likely": "pe_most_likely"}),
    "9": ("mdrd", {}, {}), "10": ("ideal_weight", {}, {}), "13": ("due_date", {}, {}),
    "15": ("child_pugh", {}, {"Ascites": "ascites", "Encephalopathy": "encephalopathy"}),
    "16": ("wells_dvt", {}, {
        "Active cancer": "active_cancer", "Bedridden recently >3 days": "bedridden",
        "Major surgery within 12 weeks": "surgery_12_weeks",
        "Localized tenderness along the deep venous system": "tenderness",
        "Paralysis, paresis, or recent plaster immobilization of the lower extremity": "paralysis",
        "Alternative diagnosis to Deep Vein Thrombosis as likely or more likely": "alternative",
        "Collateral (nonvaricose) superficial veins present": "collateral_veins",
        "Pitting edema, confined to symptomatic leg": "pitting_edema"}),
    "17": ("rcri", {}, {
        "Pre-operative treatment with insulin": "insulin", "Pre-operative creatinine": "creatinine",
        "Congestive Heart Failure criteria for the Cardiac Risk Index rule": "heart_failure",
        "History of ischemic heart disease": "ischemic_heart_disease", "Elevated-risk surgery": "high_risk_surgery",
        "History of cerebrovascular disease": "cerebrovascular_disease"}),
    "18": ("heart_score", {}, {
        "Hypertension history": "hypertension", "Suspicion History": "suspicion", "Diabetes mellitus": "diabetes",
        "smoking": "smoking", "atherosclerotic disease": "atherosclerosis",
        "Transient Ischemic Attacks History": "atherosclerosis", "hypercholesterolemia": "hypercholesterolemia",
        "parent or sibling with Cardiovascular disease before age 65": "family_history"}),
    "19": ("fib4", {}, {}), "20": ("centor", {}, {}),
    "21": ("glasgow_coma", {}, {"Best eye response": "eyes", "Best motor response": "motor",
                                "Best verbal response": "verbal"}),
    "22": ("maintenance_fluid", {}, {}), "24": ("steroid_equivalent", {}, {}),
    "25": ("has_bled", {}, {
        "Hypertension": "uncontrolled_hypertension", "Medication usage predisposing to bleeding": "bleeding_drugs",
        "Number of Alcoholic Drinks Per Week": "drinks", "Labile international normalized ratio": "labile_inr",
        "Renal disease criteria for the HAS-BLED rule": "renal_disease",
        "Prior major bleeding or predisposition to bleeding": "bleeding",
        "Liver disease criteria for the HAS-BLED rule": "liver_disease"}),
    "26": ("sodium_glucose", {}, {}),
    "27": ("glasgow_blatchford", {}, {"Recent Syncope": "syncope", "Melena Present": "melena"}),
    "28": ("apache2", {}, {"Acute renal failure": "acute_renal_failure",
                           "History of severe organ failure or immunocompromise": "severe_chronic_disease"}),
    "29": ("psi", {}, {
        "Partial pressure of oxygen": "pao2", "Renal disease history": "renal_disease",
        "Liver disease history": "liver_disease", "Neoplastic disease": "cancer",
        "Altered mental status": "altered_mental_status", "Nursing home resident": "nursing_home"}),
    "31": ("homa_ir", {}, {"Glucose": "fasting_glucose"}),
    "32": ("charlson", {}, {
        "Connective tissue disease": "connective_tissue_disease", "AIDS": "aids", "Hemiplegia": "hemiplegia",
        "Peptic ulcer disease": "peptic_ulcer", "Chronic Pulmonary Disease": "chronic_pulmonary_disease",
        "Moderate to severe Chronic Kidney Disease": "kidney_disease", "Cerebrovascular Accident": "stroke",
        "Diabetes mellitus": "diabetes_mellitus"}),
    "33": ("feverpain", {}, {"Symptom onset <=3 days": "early", "Fever in past 24 hours": "fever",
                             "Absence of cough or coryza": "no_cough_or_coryza"}),
    "36": ("caprini", {}, {
        "Pneumonia in the last month": "recent_pneumonia", "Varicose veins": "varicose_veins",
        "Hip, pelvis, or leg fracture in the last month": "recent_fracture", "Current swollen legs": "swollen_legs",
        "Current central venous access": "central_line", "Family history of thrombosis": "family_clot",
        "History of inflammatory bowel disease": "bowel_disease", "Mobility": "mobility",
        "Chronic Obstructive Pulmonary Disease": "copd", "Present or previous malignancy": "malignancy"}),
    "38": ("free_water_deficit", {}, {}), "39": ("anion_gap", {}, {}), "40": ("fena", {}, {}),
    "43": ("sofa", {}, {"Continuous positive airway pressure": "respiratory_support", "Urine Output": "urine_output",
                        "On mechanical ventilation": "respiratory_support"}),
    "44": ("ldl", {}, {}), "45": ("curb65", {}, {}),
    "46": ("framingham_chd", {}, {"Blood pressure being treated with medicines": "treated_pressure"}),
    "48": ("perc", {}, {"O₂ saturation percentage": "saturation", "Unilateral Leg Swelling": "unilateral_swelling",
                        "Hormone use": "hormones", "Recent surgery or trauma": "surgery_or_trauma"}),
    "49": ("mme", {}, {}), "51": ("sirs", {}, {}),
    "56": ("qtc", {"formula": "Fridericia"}, {}), "57": ("qtc", {"formula": "Framingham"}, {}),
    "58": ("qtc", {"formula": "Hodges"}, {}), "59": ("qtc", {"formula": "Rautaharju"}, {}),
    "60": ("bsa", {}, {}), "61": ("target_weight", {}, {"Body Mass Index (BMI)": "target_bmi"}),
    "62": ("adjusted_weight", {}, {}), "63": ("delta_gap", {}, {}), "64": ("delta_ratio", {}, {}),
    "65": ("anion_gap_albumin", {}, {}), "66": ("delta_gap_albumin", {}, {}),
    "67": ("delta_ratio_albumin", {}, {}), "68": ("conception_date", {}, {}), "69": ("gestational_age", {}, {}),
}  # fmt: skip
ODDITIES = {
    "15": "bilirubin of 2.6 µmol/L (0.15 mg/dL) is taken as it stands; likely 2.6 mg/dL",
    "20": "an unmentioned cough is taken as absent, which gives a point",
    "38": "the answer is in L; the question asks for kg",
    "40": "a serum sodium of 197 is physically possible and is taken",
    "49": "the benchmark's factor for buccal fentanyl (0.13) is not in the CDC table of 2022: we say not_covered",
}
