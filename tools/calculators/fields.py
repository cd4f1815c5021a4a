"""What a calculator asks for: numbers with units, yes or no, one of several, and days."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from retrieval.evidence import Text, Word
from tools.calculators import units


class FieldKind(StrEnum):
    """What sort of value a field takes."""

    NUMBER = "number"
    YES_NO = "yes or no"
    CHOICE = "one of"
    DAY = "date"


Value = float | bool | str | date


class Field(Word):
    """One input: its name, what it means, and what it accepts."""

    name: Text
    words: Text
    kind: FieldKind
    measure: str = ""
    low: float = 0.0
    high: float = 0.0
    """The physical range in the measure's own unit; a number outside it is a slip."""
    options: tuple[str, ...] = ()
    includes: str = ""
    excludes: str = ""
    chart: tuple[str, ...] = ()
    """Where in the patient frame it stands: "age_years", "labs.creatinine", "vitals.systolic"."""
    optional: bool = False

    @property
    def unit(self) -> str:
        """The unit that formulas use; empty where there is none."""
        return units.own(self.measure) if self.measure else ""

    @property
    def accepts(self) -> str:
        """What can be given: the units, the options, or the form of a date."""
        if self.kind is FieldKind.NUMBER:
            return " or ".join(name or "no unit" for name in units.units(self.measure))
        if self.kind is FieldKind.CHOICE:
            return "; ".join(self.options)
        return "true or false" if self.kind is FieldKind.YES_NO else "YYYY-MM-DD"

    @property
    def asked(self) -> str:
        """How it is asked for: "creatinine (mg/dL or µmol/L)"."""
        return f"{self.name} ({self.accepts})"

    def maybe(self) -> Field:
        """The same field, not asked for when it is missing."""
        return self.model_copy(update={"optional": True})


def number(
    name: str,
    words: str,
    measure: str,
    low: float,
    high: float,
    *,
    chart: tuple[str, ...] = (),
    includes: str = "",
    excludes: str = "",
) -> Field:
    """A number with a unit of ``measure``; ``low`` to ``high`` is what is physically possible, in its own unit."""
    return Field(
        name=name,
        words=words,
        kind=FieldKind.NUMBER,
        measure=measure,
        low=low,
        high=high,
        chart=chart,
        includes=includes,
        excludes=excludes,
    )


def yes_no(name: str, words: str, *, includes: str = "", excludes: str = "") -> Field:
    """True or false; unknown is asked for, never taken as false."""
    return Field(name=name, words=words, kind=FieldKind.YES_NO, includes=includes, excludes=excludes)


def choice(name: str, words: str, *options: str, chart: tuple[str, ...] = ()) -> Field:
    """One of the options, in any case."""
    return Field(name=name, words=words, kind=FieldKind.CHOICE, options=options, chart=chart)


def day(name: str, words: str) -> Field:
    """A calendar day, YYYY-MM-DD."""
    return Field(name=name, words=words, kind=FieldKind.DAY)


def _lab(*names: str) -> tuple[str, ...]:
    return tuple(f"labs.{name}" for name in names)


def _vital(*names: str) -> tuple[str, ...]:
    return tuple(f"vitals.{name}" for name in names)


AGE = number("age", "age at the time of the values", "age", 0, 120, chart=("age_years",))
SEX = choice("sex", "sex at birth", "female", "male", chart=("sex",))
WEIGHT = number("weight", "measured body weight", "weight", 0.3, 400, chart=("weight",))
HEIGHT = number("height", "standing height", "length", 20, 250, chart=_vital("height"))
BMI = number("bmi", "body mass index", "body mass index", 8, 120, chart=_vital("bmi", "body mass index"))
SYSTOLIC = number(
    "systolic",
    "systolic blood pressure",
    "pressure",
    20,
    350,
    chart=_vital("systolic", "sbp", "systolic blood pressure"),
)
DIASTOLIC = number(
    "diastolic",
    "diastolic blood pressure",
    "pressure",
    5,
    250,
    chart=_vital("diastolic", "dbp", "diastolic blood pressure"),
)
HEART_RATE = number(
    "heart_rate", "heart rate", "rate", 10, 350, chart=_vital("heart_rate", "heart rate", "pulse", "hr")
)
BREATH_RATE = number(
    "breath_rate",
    "respiratory rate",
    "rate",
    0,
    150,
    chart=_vital("breath_rate", "respiratory rate", "breathing rate", "rr"),
)
TEMPERATURE = number(
    "temperature", "body temperature", "temperature", 20, 46, chart=_vital("temperature", "temp_c", "temp")
)
SATURATION = number(
    "saturation",
    "oxygen saturation on room air",
    "percent",
    20,
    100,
    chart=_vital("oxygen", "spo2", "oxygen saturation"),
)
CREATININE = number("creatinine", "serum creatinine", "creatinine", 0.05, 50, chart=_lab("creatinine"))
UREA = number(
    "urea",
    "blood urea nitrogen (mg/dL) or urea (mmol/L)",
    "urea nitrogen",
    0.5,
    400,
    chart=_lab("urea nitrogen", "bun"),
)
SODIUM = number("sodium", "serum sodium", "ion", 80, 220, chart=_lab("sodium"))
POTASSIUM = number("potassium", "serum potassium", "ion", 1, 12, chart=_lab("potassium"))
CHLORIDE = number("chloride", "serum chloride", "ion", 50, 180, chart=_lab("chloride"))
BICARBONATE = number("bicarbonate", "serum bicarbonate", "ion", 1, 70, chart=_lab("bicarbonate"))
ALBUMIN = number("albumin", "serum albumin", "albumin", 0.3, 8, chart=_lab("albumin"))
CALCIUM = number("calcium", "total serum calcium", "calcium", 2, 25, chart=_lab("calcium"))
GLUCOSE = number("glucose", "blood glucose", "glucose", 5, 3000, chart=_lab("glucose"))
BILIRUBIN = number("bilirubin", "total bilirubin", "bilirubin", 0.02, 100, chart=_lab("bilirubin"))
INR = number("inr", "international normalized ratio", "ratio", 0.5, 25, chart=_lab("inr"))
PLATELETS = number("platelets", "platelet count", "count", 1, 5000, chart=_lab("platelets"))
LEUKOCYTES = number(
    "leukocytes", "white blood cell count", "count", 0.01, 1000, chart=_lab("leukocytes", "white cells")
)
HEMOGLOBIN = number("hemoglobin", "hemoglobin", "hemoglobin", 1, 30, chart=_lab("hemoglobin"))
HEMATOCRIT = number("hematocrit", "hematocrit", "percent", 5, 80, chart=_lab("hematocrit"))
PH = number("ph", "arterial pH", "ratio", 6.3, 8.2)
PAO2 = number("pao2", "arterial oxygen pressure", "pressure", 10, 800)
PACO2 = number("paco2", "arterial carbon dioxide pressure", "pressure", 5, 250)
FIO2 = number("fio2", "inspired oxygen", "percent", 15, 100)
GCS = number("gcs", "Glasgow Coma Scale, 3 to 15", "points", 3, 15)
