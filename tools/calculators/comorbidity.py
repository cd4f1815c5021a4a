"""Comorbidity: the Charlson index."""

from __future__ import annotations

from tools.calculators import fields as f
from tools.calculators.registry import ADULT, score
from tools.calculators.scores import any_of, below, option, yes

LIVER = f.choice("liver_disease", "liver disease", "none", "mild", "moderate to severe")
DIABETES = f.choice(
    "diabetes_mellitus", "diabetes mellitus", "none or diet-controlled", "uncomplicated", "end-organ damage"
)
TUMOR = f.choice("solid_tumor", "solid tumor", "none", "localized", "metastatic")
STROKE = f.yes_no("stroke", "cerebrovascular accident in the history")
TIA = f.yes_no("tia", "transient ischemic attack in the history")

CALCULATORS = (
    score(
        "charlson",
        "Charlson Comorbidity Index, with age",
        below(f.AGE, ((50, 0), (60, 1), (70, 2), (80, 3)), 4, "age by decade from 50"),
        yes(f.yes_no("myocardial_infarction", "myocardial infarction in the history")),
        yes(f.yes_no("heart_failure", "congestive heart failure")),
        yes(
            f.yes_no(
                "peripheral_vascular_disease", "peripheral vascular disease or untreated aneurysm of 6 cm"
            )
        ),
        any_of("stroke or TIA", (STROKE, TIA)),
        yes(f.yes_no("dementia", "dementia")),
        yes(f.yes_no("chronic_pulmonary_disease", "chronic pulmonary disease")),
        yes(f.yes_no("connective_tissue_disease", "connective tissue disease")),
        yes(f.yes_no("peptic_ulcer", "peptic ulcer disease")),
        option(LIVER, dict(zip(LIVER.options, (0, 1, 3), strict=True))),
        option(DIABETES, dict(zip(DIABETES.options, (0, 1, 2), strict=True))),
        yes(f.yes_no("hemiplegia", "hemiplegia"), 2),
        yes(f.yes_no("kidney_disease", "moderate to severe chronic kidney disease"), 2),
        option(TUMOR, dict(zip(TUMOR.options, (0, 2, 6), strict=True))),
        yes(f.yes_no("leukemia", "leukemia"), 2),
        yes(f.yes_no("lymphoma", "lymphoma"), 2),
        yes(f.yes_no("aids", "AIDS"), 6),
        limits=(ADULT,),
    ),
)
