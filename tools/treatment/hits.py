"""What rules say of a proposed drug, and what that makes of it: open, undecided, excluded."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from retrieval.evidence import Finding
from tools.treatment.predicates import Level
from tools.treatment.suppose import Asked


class State(StrEnum):
    """What can be said of an option in this patient."""

    OPEN = "open"
    UNDECIDED = "undecided"
    """Something that is not known could exclude it."""
    EXCLUDED = "excluded"
    NOT_MEANT = "not meant"
    """Its source does not speak of such a patient."""

    @property
    def rank(self) -> int:
        return list(State).index(self)


@dataclass(frozen=True)
class Hit:
    """Something that a rule says of a proposed drug. ``would_lift`` is the value and where the rule would not fire."""

    level: Level
    certain: bool
    finding: Finding
    kind: str
    asks: tuple[str, ...] = ()
    would_lift: str = ""
    asked: Asked | None = field(default=None, compare=False, repr=False)
    by_dose: bool = False
    """True if it says avoid only at some daily doses, and the dose is still to be chosen."""

    @property
    def state(self) -> State:
        """What it makes of the drug. How a dose is chosen settles nothing beforehand: the limit is shown instead."""
        if self.level is not Level.AVOID:
            return State.OPEN
        if self.certain:
            return State.EXCLUDED
        return State.OPEN if self.by_dose else State.UNDECIDED


@dataclass(frozen=True)
class Choice:
    """One drug of an option, tried on the patient as a new start."""

    drug: str
    named: str
    state: State
    hits: tuple[Hit, ...]
    asks: tuple[str, ...]
    asked: tuple[Asked, ...] = field(default=(), compare=False, repr=False)
    """Every rule that was asked, those that said nothing among them."""
    part: int = 0
    """Which part of the regimen it stands for."""
