"""The option list of one indication, asked of patients that a test makes; what the tests of the lists share."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.tools.treatment_patients import make
from tools.treatment.check import gathered
from tools.treatment.frame import Frame, Taken
from tools.treatment.indications import OptionEntry
from tools.treatment.load import knowledge
from tools.treatment.predicates import Predicate, Truth, Verdict, atoms, evaluate, truth

TODAY = date(2026, 11, 22)


def framed(*, complete: bool = True, guidelines: bool = True, **given: Any) -> Frame:
    """A man of 50 whose lists are complete, unless it is told otherwise."""
    patient = make(complete=complete, **{"age": 50, "sex": "male", **given})
    return gathered([], patient, today=TODAY, guidelines=guidelines).frame


def said(when: Predicate | None, frame: Frame) -> Truth:
    return truth(when, {atom: frame.answer(atom, {}).truth for atom in atoms(when)})


class AskedOptions:
    """One indication by its id."""

    def __init__(self, indication: str) -> None:
        self.indication = knowledge().indications[indication]

    def option(self, name: str) -> OptionEntry:
        wanted = f"{self.indication.id}.{name}"
        return next(one for one in self.indication.options if one.id == wanted)

    def verdict(self, name: str, frame: Frame) -> Verdict:
        """What the option's own cases say of its first drug as a new start."""
        entry = self.option(name)
        drug = entry.regimen[0][0].removeprefix("drug:")
        return evaluate(entry.cases, frame, {"it": Taken(drug=drug, named=drug, product=-1, state="new")})

    def preferred(self, name: str, frame: Frame) -> list[Truth]:
        return [said(one.when, frame) for one in self.option(name).prefer]
