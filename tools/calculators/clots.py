"""Venous thromboembolism: the Wells scores, PERC, Caprini."""

from __future__ import annotations

from math import inf

from tools.calculators import fields as f
from tools.calculators.registry import ADULT, score
from tools.calculators.scores import any_of, below, option, up_to, yes

EARLIER = f.yes_no("earlier_clot", "deep vein thrombosis or pulmonary embolism in the history")
HEMOPTYSIS = f.yes_no("hemoptysis", "hemoptysis")
SURGERY = f.choice(
    "surgery",
    "operation",
    "none",
    "minor",
    "major, above 45 minutes",
    "elective major lower extremity arthroplasty",
)
MOBILITY = f.choice(
    "mobility", "mobility", "normal", "medical patient on bed rest", "confined to bed above 72 hours"
)
RECENT = {
    "recent_major_surgery": ("major surgery in the last month", 1),
    "recent_heart_failure": ("congestive heart failure in the last month", 1),
    "recent_sepsis": ("sepsis in the last month", 1),
    "recent_pneumonia": ("pneumonia in the last month", 1),
    "recent_plaster_cast": ("immobilizing plaster cast in the last month", 1),
    "recent_fracture": ("hip, pelvis or leg fracture in the last month", 5),
    "recent_stroke": ("stroke in the last month", 5),
    "recent_trauma": ("multiple trauma in the last month", 5),
    "recent_spinal_injury": ("acute spinal cord injury causing paralysis in the last month", 5),
    "varicose_veins": ("varicose veins", 1),
    "swollen_legs": ("swollen legs now", 1),
    "central_line": ("central venous access now", 2),
    "earlier_clot": ("deep vein thrombosis or pulmonary embolism in the history", 3),
    "family_clot": ("thrombosis in the family", 3),
    "factor_v_leiden": ("factor V Leiden", 3),
    "prothrombin_20210a": ("prothrombin 20210A", 3),
    "homocysteine": ("elevated serum homocysteine", 3),
    "lupus_anticoagulant": ("lupus anticoagulant", 3),
    "anticardiolipin": ("elevated anticardiolipin antibody", 3),
    "heparin_thrombocytopenia": ("heparin-induced thrombocytopenia", 3),
    "other_thrombophilia": ("another thrombophilia, congenital or acquired", 3),
    "bowel_disease": ("inflammatory bowel disease in the history", 1),
    "acute_infarction": ("acute myocardial infarction", 1),
    "copd": ("chronic obstructive pulmonary disease", 1),
    "malignancy": ("malignancy now or before", 2),
}

CALCULATORS = (
    score(
        "wells_pe",
        "Wells score for pulmonary embolism",
        yes(f.yes_no("signs_of_dvt", "clinical signs of deep vein thrombosis"), 3),
        yes(f.yes_no("pe_most_likely", "pulmonary embolism is the first diagnosis or equally likely"), 3),
        up_to(f.HEART_RATE, ((100, 0),), 1.5, "heart rate above 100"),
        any_of(
            "immobile or operated",
            (
                f.yes_no("immobile", "immobile for at least 3 days"),
                f.yes_no("surgery_4_weeks", "surgery in the previous 4 weeks"),
            ),
            1.5,
        ),
        yes(EARLIER, 1.5),
        yes(HEMOPTYSIS),
        yes(f.yes_no("malignancy", "malignancy treated within 6 months, or palliative")),
        bands=((4.5, "PE unlikely (up to 4)"), (inf, "PE likely (above 4)")),
        limits=(ADULT,),
    ),
    score(
        "wells_dvt",
        "Wells score for deep vein thrombosis",
        yes(f.yes_no("active_cancer", "active cancer, treated or palliative within 6 months")),
        any_of(
            "bedridden or operated",
            (
                f.yes_no("bedridden", "bedridden for more than 3 days"),
                f.yes_no("surgery_12_weeks", "major surgery within 12 weeks"),
            ),
        ),
        yes(
            f.yes_no(
                "calf_swelling",
                "calf swollen by more than 3 cm against the other",
                includes="measured 10 cm below the tibial tuberosity",
            )
        ),
        yes(f.yes_no("collateral_veins", "collateral superficial veins", excludes="varicose veins")),
        yes(f.yes_no("entire_leg_swollen", "entire leg swollen")),
        yes(f.yes_no("tenderness", "tenderness along the deep veins")),
        yes(f.yes_no("pitting_edema", "pitting edema, confined to the symptomatic leg")),
        yes(f.yes_no("paralysis", "paralysis, paresis or recent plaster cast of the leg")),
        yes(EARLIER.model_copy(update={"name": "earlier_dvt", "words": "documented DVT in the history"})),
        yes(f.yes_no("alternative", "another diagnosis is as likely or more likely"), -2),
        bands=((2, "DVT unlikely (up to 1)"), (inf, "DVT likely (2 or more)")),
        limits=(ADULT,),
    ),
    score(
        "perc",
        "PERC criteria present",
        below(f.AGE, ((50, 0),), 1, "age 50 or more"),
        below(f.HEART_RATE, ((100, 0),), 1, "heart rate 100 or more"),
        below(f.SATURATION, ((95, 1),), 0, "oxygen saturation below 95 %"),
        yes(f.yes_no("unilateral_swelling", "one leg swollen")),
        yes(HEMOPTYSIS),
        yes(f.yes_no("surgery_or_trauma", "surgery or trauma with general anesthesia within 4 weeks")),
        yes(EARLIER),
        yes(f.yes_no("hormones", "takes oral contraceptives, hormone replacement or estrogen")),
        bands=((1, "no criterion is present"), (inf, "at least one criterion is present")),
        limits=(ADULT,),
        always=("PERC applies only where the suspicion of embolism is already low.",),
    ),
    score(
        "caprini",
        "Caprini score (2005)",
        up_to(f.AGE, ((40, 0), (60, 1), (74, 2)), 3, "age 41 to 60, 61 to 74, 75 and more"),
        option(SURGERY, dict(zip(SURGERY.options, (0, 1, 2, 5), strict=True))),
        *(yes(f.yes_no(name, words), points) for name, (words, points) in RECENT.items()),
        option(MOBILITY, dict(zip(MOBILITY.options, (0, 1, 2), strict=True))),
        up_to(f.BMI, ((25, 0),), 1, "body mass index above 25"),
        limits=(ADULT,),
    ),
)
