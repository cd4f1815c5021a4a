"""Bleeding: risk under anticoagulation, and upper gastrointestinal bleeding."""

from __future__ import annotations

from math import inf

from tools.calculators import fields as f
from tools.calculators.registry import ADULT, score
from tools.calculators.scores import below, rule, up_to, yes
from tools.calculators.values import Values

DRINKS = f.number("drinks", "alcoholic drinks a week", "drinks", 0, 400)


def _hemoglobin(values: Values) -> float:
    value = values["hemoglobin"]
    if value < 10:
        return 6
    if values.word("sex") == "female":
        return 1 if value < 12 else 0
    return 3 if value < 12 else 1 if value < 13 else 0


def _urea(values: Values) -> float:
    value = values["urea"]
    if value > 70:
        return 6
    return next((worth for edge, worth in ((18.2, 0), (22.4, 2), (28, 3)) if value < edge), 4)


CALCULATORS = (
    score(
        "has_bled",
        "HAS-BLED",
        yes(f.yes_no("uncontrolled_hypertension", "uncontrolled hypertension, systolic above 160 mmHg")),
        yes(
            f.yes_no(
                "renal_disease", "renal disease", includes="dialysis, transplant, creatinine above 2.26 mg/dL"
            )
        ),
        yes(
            f.yes_no(
                "liver_disease",
                "liver disease",
                includes="cirrhosis, or bilirubin above twice with AST, ALT or AP above three times the normal",
            )
        ),
        yes(f.yes_no("stroke", "stroke in the history")),
        yes(f.yes_no("bleeding", "prior major bleeding, or predisposition to it")),
        yes(f.yes_no("labile_inr", "labile INR, less than 60 % of the time in range")),
        up_to(f.AGE, ((65, 0),), 1, "age above 65"),
        yes(
            f.yes_no("bleeding_drugs", "drugs that predispose to bleeding", includes="antiplatelets, NSAIDs")
        ),
        below(DRINKS, ((8, 0),), 1, "8 or more alcoholic drinks a week"),
        bands=((3, "0 to 2"), (inf, "high (3 or more)")),
        limits=(ADULT,),
    ),
    score(
        "glasgow_blatchford",
        "Glasgow-Blatchford score",
        rule("urea nitrogen in mg/dL", (f.UREA,), _urea, 18.2, 22.4, 28, 70),
        rule("hemoglobin by sex", (f.HEMOGLOBIN, f.SEX), _hemoglobin, 10, 12, 13),
        below(f.SYSTOLIC, ((90, 3), (100, 2), (110, 1)), 0, "systolic below 110 mmHg"),
        below(f.HEART_RATE, ((100, 0),), 1, "heart rate 100 or more"),
        yes(f.yes_no("melena", "melena")),
        yes(f.yes_no("syncope", "recent syncope"), 2),
        yes(f.yes_no("liver_disease", "hepatic disease in the history"), 2),
        yes(f.yes_no("heart_failure", "cardiac failure"), 2),
        bands=((2, "very low (0 to 1)"), (inf, "2 or more")),
        limits=(ADULT,),
    ),
)
