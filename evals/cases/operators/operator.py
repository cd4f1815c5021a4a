"""What an operator is: a named way to change a case, with the effect on its gold that it declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evals.cases.case import Case, Effect
from evals.cases.streams import case_id, operator_stream

Requires = Callable[[Case], str]
"""Gives "" where the operator fits the case, else why it does not."""
Change = Callable[[Case, np.random.Generator], Case | None]
"""Gives the changed case with its id still the old one; None where there is nothing to change."""


def anything(case: Case) -> str:
    """Fits every case."""
    return ""


@dataclass(frozen=True)
class Operator:
    """One way to change a case. ``effect`` is what holds of the gold afterwards (evals.md section 3.6)."""

    name: str
    family: str
    effect: Effect
    requires: Requires
    change: Change

    def apply(self, case: Case, stream: np.random.Generator) -> Case | None:
        """The changed case with an id of its own and the same cluster; None where it does not fit or changes nothing.

        What a subject sees (or what the simulated patient holds) must differ: a silent no-op is no case.
        """
        if self.requires(case):
            return None
        changed = self.change(case, stream)
        if changed is None or _alike(case, changed):
            return None
        names = (*case.operators, self.name)
        ident = case_id(case.suite, case.seed, case.index, case.base_id, *names)
        presented = changed.presented.model_copy(update={"id": ident})
        return changed.model_copy(
            update={"id": ident, "operators": names, "effect": self.effect, "presented": presented}
        )

    def applied(self, case: Case) -> Case | None:
        """:meth:`apply` with the operator's own stream: it hangs on the base case and the operator alone."""
        return self.apply(case, operator_stream(case.base_id, self.name))


def _alike(case: Case, changed: Case) -> bool:
    return case.presented == changed.presented and case.dialogue == changed.dialogue
