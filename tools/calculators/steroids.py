"""Glucocorticoids: doses of the same glucocorticoid effect."""

from __future__ import annotations

from tools.calculators import fields as f
from tools.calculators.registry import Calculator
from tools.calculators.values import Values, Worked, figure

EQUAL = {
    "betamethasone": 0.75, "cortisone": 25, "dexamethasone": 0.75, "hydrocortisone": 20, "methylprednisolone": 4,
    "prednisolone": 5, "prednisone": 5, "triamcinolone": 4,
}  # fmt: skip
"""mg of the same glucocorticoid effect."""
DOSE = f.number("dose", "dose of the steroid that is given", "dose", 0.001, 5000)
FROM = f.choice("from_steroid", "the steroid that is given", *EQUAL)
TO = f.choice("to_steroid", "the steroid whose dose is wanted", *EQUAL)


def _equivalent(values: Values) -> Worked:
    """The dose of the other steroid in mg with the same glucocorticoid effect."""
    first, other = values.word("from_steroid"), values.word("to_steroid")
    value = values["dose"] * EQUAL[other] / EQUAL[first]
    lines = (
        f"{EQUAL[first]} mg {first} equal {EQUAL[other]} mg {other}",
        f"{figure(values['dose'])} mg × {EQUAL[other]} / {EQUAL[first]} = {figure(value)} mg {other}",
    )
    return Worked(value=value, lines=lines)


CALCULATORS = (
    Calculator(
        "steroid_equivalent",
        "Equivalent glucocorticoid dose",
        "mg",
        (DOSE, FROM, TO),
        _equivalent,
        always=(
            "The table is for systemic doses by mouth or vein and for the glucocorticoid effect alone; it is no order.",
        ),
    ),
)
