"""Ways to change a case, each with the effect on its gold that it declares (evals.md section 3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from evals.cases.case import Case
from evals.cases.operators import (
    anchoring,
    citation_bait,
    contradiction,
    counterfactual,
    genome,
    image,
    injection,
    late_flag,
    missing,
    negation,
    preface,
    surface,
    tool_trouble,
    translation,
    units,
    wording,
)
from evals.cases.operators.operator import Operator

_FAMILIES = (
    surface, wording, translation, preface, negation, anchoring, late_flag, missing, units, contradiction, genome,
    image, injection, citation_bait, tool_trouble, counterfactual,
)  # fmt: skip
OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {one.name: one for family in _FAMILIES for one in family.OPERATORS}
)
"""Every operator by its name."""


def apply(name: str, case: Case) -> Case | None:
    """The case with the operator applied, from the operator's own stream; None where it does not fit or does nothing.

    Refuses (KeyError) an unknown name.
    """
    return OPERATORS[name].applied(case)


def fitting(case: Case) -> tuple[str, ...]:
    """Names of the operators whose requirements the case meets; one of them may still find nothing to change."""
    return tuple(name for name, one in OPERATORS.items() if not one.requires(case))


def why_not(name: str, case: Case) -> str:
    """Why an operator does not fit a case; "" where it does."""
    return OPERATORS[name].requires(case)


__all__ = ["OPERATORS", "Operator", "apply", "fitting", "why_not"]
