"""Liver: cirrhosis and fibrosis scores."""

from __future__ import annotations

from math import inf, log, sqrt

from tools.calculators import fields as f
from tools.calculators.registry import ADULT, Calculator, score
from tools.calculators.scores import option, within
from tools.calculators.values import Values, Worked, figure

AST = f.number("ast", "aspartate aminotransferase", "enzyme", 1, 30000, chart=("labs.ast",))
ALT = f.number("alt", "alanine aminotransferase", "enzyme", 1, 30000, chart=("labs.alt",))
ASCITES = f.choice("ascites", "ascites", "absent", "slight", "moderate")
ENCEPHALOPATHY = f.choice("encephalopathy", "hepatic encephalopathy", "none", "grade 1-2", "grade 3-4")
DIALYSIS = f.yes_no("dialysis", "dialysis at least twice in the week before")


def _fib4(values: Values) -> Worked:
    value = values["age"] * values["ast"] / (values["platelets"] * sqrt(values["alt"]))
    line = (
        f"{figure(values['age'])} × {figure(values['ast'])} / ({figure(values['platelets'])} × "
        f"√{figure(values['alt'])}) = {figure(value)}"
    )
    return Worked(value=value, lines=(line,))


def bounded(value: float, low: float, high: float = inf) -> float:
    """A value set to the bounds that the published formula itself names."""
    return min(max(value, low), high)


def _meld(values: Values) -> Worked:
    """MELD in points, 6 to 40. Reference: doi 10.1053/jhep.2001.22172; the bounds are those of its use in the US."""
    creatinine = 4.0 if values.yes("dialysis") else bounded(values["creatinine"], 1, 4)
    bilirubin, inr = bounded(values["bilirubin"], 1), bounded(values["inr"], 1)
    exact = 3.78 * log(bilirubin) + 11.2 * log(inr) + 9.57 * log(creatinine) + 6.43
    set_to = _set_to(values, creatinine=creatinine, bilirubin=bilirubin, inr=inr)
    line = (
        f"3.78 × ln {figure(bilirubin)} + 11.2 × ln {figure(inr)} + 9.57 × ln {figure(creatinine)} + 6.43"
        f" = {figure(exact)}"
    )
    return _rounded(exact, (*set_to, line))


def _meld3(values: Values) -> Worked:
    """MELD 3.0 in points, 6 to 40. Reference: doi 10.1053/j.gastro.2021.08.050."""
    creatinine = 3.0 if values.yes("dialysis") else bounded(values["creatinine"], 1, 3)
    bilirubin, inr = bounded(values["bilirubin"], 1), bounded(values["inr"], 1)
    sodium, albumin = bounded(values["sodium"], 125, 137), bounded(values["albumin"], 1.5, 3.5)
    salt, protein = 137 - sodium, 3.5 - albumin
    parts = (
        1.33 if values.word("sex") == "female" else 0.0,
        4.56 * log(bilirubin),
        0.82 * salt,
        -0.24 * salt * log(bilirubin),
        9.09 * log(inr),
        11.14 * log(creatinine),
        1.85 * protein,
        -1.83 * protein * log(creatinine),
        6.0,
    )
    exact = sum(parts)
    bounds = {
        "creatinine": creatinine,
        "bilirubin": bilirubin,
        "inr": inr,
        "sodium": sodium,
        "albumin": albumin,
    }
    told = " + ".join(f"({figure(part)})" for part in parts)
    return _rounded(
        exact, (*_set_to(values, **bounds), f"sex, bilirubin, sodium …: {told} = {figure(exact)}")
    )


def _set_to(values: Values, **used: float) -> tuple[str, ...]:
    """A line for each value that the formula itself sets to a bound."""
    return tuple(
        f"the formula sets {name} {figure(values[name])} to {figure(value)}"
        for name, value in used.items()
        if value != values[name]
    )


def _rounded(exact: float, lines: tuple[str, ...]) -> Worked:
    value = float(bounded(round(exact), 6, 40))
    return Worked(value=value, lines=(*lines, f"rounded, from 6 to 40: {figure(value)}"))


CALCULATORS = (
    Calculator(
        "fib4",
        "FIB-4",
        "",
        (f.AGE, AST, ALT, f.PLATELETS),
        _fib4,
        bands=((1.45, "below 1.45"), (3.25, "1.45 to below 3.25"), (inf, "3.25 or more")),
        limits=(ADULT,),
    ),
    score(
        "child_pugh",
        "Child-Pugh",
        within(f.BILIRUBIN, 2, 3, (1, 2, 3), "bilirubin below 2, 2 to 3, above 3 mg/dL"),
        within(f.ALBUMIN, 2.8, 3.5, (3, 2, 1), "albumin above 3.5, 2.8 to 3.5, below 2.8 g/dL"),
        within(f.INR, 1.7, 2.3, (1, 2, 3), "INR below 1.7, 1.7 to 2.3, above 2.3"),
        option(ASCITES, {"absent": 1, "slight": 2, "moderate": 3}),
        option(ENCEPHALOPATHY, {"none": 1, "grade 1-2": 2, "grade 3-4": 3}),
        bands=((7, "class A (5 to 6)"), (10, "class B (7 to 9)"), (inf, "class C (10 to 15)")),
    ),
    Calculator(
        "meld",
        "MELD",
        "points",
        (f.BILIRUBIN, f.INR, f.CREATININE, DIALYSIS),
        _meld,
        digits=0,
    ),
    Calculator(
        "meld3",
        "MELD 3.0",
        "points",
        (f.BILIRUBIN, f.INR, f.CREATININE, f.SODIUM, f.ALBUMIN, f.SEX, f.AGE, DIALYSIS),
        _meld3,
        digits=0,
        limits=(ADULT,),
    ),
)
