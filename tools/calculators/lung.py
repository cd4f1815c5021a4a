"""Airways and lung: pneumonia severity and sore throat."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from tools.calculators import fields as f
from tools.calculators.registry import ADULT, Limit, pressures, score
from tools.calculators.scores import below, option, rule, up_to, within, yes
from tools.calculators.values import Values

CONFUSION = f.yes_no("confusion", "new confusion")
EXUDATE = f.yes_no("exudate", "exudate or swelling on the tonsils")
NODES = f.yes_no("tender_nodes", "tender or swollen anterior cervical nodes")
COUGH = f.yes_no("cough", "cough")


def low_pressure(values: Values) -> float:
    """One point at a systolic pressure below 90 or a diastolic one of 60 or less."""
    return float(values["systolic"] < 90 or values["diastolic"] <= 60)


def _edge(low: float, high: float, printed: str) -> Callable[[Values], str]:
    """The rule is printed in two units that do not agree; between the two edges that has to be said."""

    def told(values: Values) -> str:
        between = values.has("urea") and low <= values["urea"] <= high
        return (
            f"The edge of urea is printed as {printed}; this value lies between the two." if between else ""
        )

    return told


CALCULATORS = (
    score(
        "curb65",
        "CURB-65",
        yes(CONFUSION),
        up_to(f.UREA, ((19, 0),), 1, "urea nitrogen above 19 mg/dL"),
        below(f.BREATH_RATE, ((30, 0),), 1, "respiratory rate 30 or more"),
        rule(
            "systolic below 90 or diastolic 60 or less",
            (f.SYSTOLIC, f.DIASTOLIC),
            low_pressure,
            60,
            90,
        ),
        below(f.AGE, ((65, 0),), 1, "age 65 or more"),
        bands=((2, "low (0 to 1)"), (3, "intermediate (2)"), (inf, "high (3 to 5)")),
        limits=(ADULT,),
        wrong=pressures,
        near=_edge(19, 19.6, "above 19 mg/dL of urea nitrogen and above 7 mmol/L"),
    ),
    score(
        "psi",
        "Pneumonia Severity Index",
        rule("age in years", (f.AGE,), lambda values: float(int(values["age"]))),
        option(f.SEX, {"female": -10, "male": 0}),
        yes(f.yes_no("nursing_home", "lives in a nursing home"), 10),
        yes(f.yes_no("cancer", "neoplastic disease"), 30),
        yes(f.yes_no("liver_disease", "liver disease in the history"), 20),
        yes(f.yes_no("heart_failure", "congestive heart failure in the history"), 10),
        yes(f.yes_no("cerebrovascular_disease", "cerebrovascular disease in the history"), 10),
        yes(f.yes_no("renal_disease", "renal disease in the history"), 10),
        yes(f.yes_no("altered_mental_status", "altered mental status"), 20),
        below(f.BREATH_RATE, ((30, 0),), 20, "respiratory rate 30 or more"),
        below(f.SYSTOLIC, ((90, 20),), 0, "systolic below 90 mmHg"),
        within(f.TEMPERATURE, 35, 39.9, (15, 0, 15), "temperature below 35 or above 39.9 °C"),
        below(f.HEART_RATE, ((125, 0),), 10, "heart rate 125 or more"),
        below(f.PH, ((7.35, 30),), 0, "pH below 7.35"),
        below(f.UREA, ((30, 0),), 20, "urea nitrogen 30 mg/dL or more"),
        below(f.SODIUM, ((130, 20),), 0, "sodium below 130"),
        below(f.GLUCOSE, ((250, 0),), 10, "glucose 250 mg/dL or more"),
        below(f.HEMATOCRIT, ((30, 10),), 0, "hematocrit below 30 %"),
        below(f.PAO2, ((60, 10),), 0, "oxygen pressure below 60 mmHg"),
        yes(f.yes_no("pleural_effusion", "pleural effusion on the picture"), 10),
        bands=(
            (71, "class I or II (up to 70)"),
            (91, "class III (71 to 90)"),
            (131, "class IV (91 to 130)"),
            (inf, "class V (above 130)"),
        ),
        limits=(ADULT,),
        near=_edge(30, 30.8, "30 mg/dL of urea nitrogen and 11 mmol/L"),
    ),
    score(
        "centor",
        "Centor score, modified (McIsaac)",
        below(f.AGE, ((15, 1), (45, 0)), -1, "age 3 to 14, 15 to 44, 45 and more"),
        yes(EXUDATE),
        yes(NODES),
        up_to(f.TEMPERATURE, ((38, 0),), 1, "temperature above 38 °C"),
        rule("no cough", (COUGH,), lambda values: float(not values.yes("cough"))),
        limits=(Limit("age", 3, 121, "it was made for 3 years and over"),),
    ),
    score(
        "feverpain",
        "FeverPAIN",
        yes(f.yes_no("fever", "fever in the past 24 hours")),
        yes(f.yes_no("no_cough_or_coryza", "neither cough nor coryza")),
        yes(f.yes_no("early", "symptoms began at most 3 days ago")),
        yes(f.yes_no("purulent_tonsils", "purulent tonsils")),
        yes(f.yes_no("inflamed_tonsils", "severely inflamed tonsils")),
    ),
)
