"""The words of a classification by evidence: code, strength, points, criterion, assessment.

Codes and their meaning: Richards 2015 (PMID 25741868). Points: Tavtigian 2020 (PMID 32720330).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from retrieval.evidence import Evidence, Text, Word


class Strength(StrEnum):
    """How much one code weighs."""

    SUPPORTING = "supporting"
    MODERATE = "moderate"
    STRONG = "strong"
    VERY_STRONG = "very strong"
    STAND_ALONE = "stand alone"


POINTS = {
    Strength.SUPPORTING: 1,
    Strength.MODERATE: 2,
    Strength.STRONG: 4,
    Strength.VERY_STRONG: 8,
    Strength.STAND_ALONE: 0,
}
"""Points of a pathogenic code; those of a benign code are negative (PMID 32720330). Stand alone has none."""


class Status(StrEnum):
    """What became of a code. Only ``MET`` and ``CONFIRMED`` count in the class."""

    MET = "met"
    NOT_MET = "not met"
    NOT_ASSESSED = "not assessed"
    PROPOSED = "proposed"
    """From text, by a model or a user, and not yet confirmed: it counts in the "if confirmed" class alone."""
    CONFIRMED = "confirmed"


class Significance(StrEnum):
    """The five classes."""

    PATHOGENIC = "Pathogenic"
    LIKELY_PATHOGENIC = "Likely pathogenic"
    UNCERTAIN = "Uncertain significance"
    LIKELY_BENIGN = "Likely benign"
    BENIGN = "Benign"


CODES: dict[str, Strength] = {
    "PVS1": Strength.VERY_STRONG,
    **dict.fromkeys(("PS1", "PS2", "PS3", "PS4"), Strength.STRONG),
    **dict.fromkeys(("PM1", "PM2", "PM3", "PM4", "PM5", "PM6"), Strength.MODERATE),
    **dict.fromkeys(("PP1", "PP2", "PP3", "PP4"), Strength.SUPPORTING),
    "BA1": Strength.STAND_ALONE,
    **dict.fromkeys(("BS1", "BS2", "BS3", "BS4"), Strength.STRONG),
    **dict.fromkeys(("BP1", "BP2", "BP3", "BP4", "BP5", "BP7"), Strength.SUPPORTING),
}
"""Every code that can be used, with the strength of the 2015 rules. PP5 and BP6 are retired (PMID 29543229)."""


def is_pathogenic(code: str) -> bool:
    """True if the code speaks for pathogenic, False if for benign."""
    return code.startswith("P")


class Value(Word):
    """A number or word that a criterion was judged by, with its unit and where it comes from."""

    name: Text
    value: str
    unit: str = ""


class Criterion(Word):
    """One code: what became of it, by which values, and why. ``strength`` is None unless met, proposed or confirmed."""

    code: str
    status: Status
    strength: Strength | None = None
    rationale: Text
    """One sentence: why met, why not, or what is missing to assess it."""
    values: tuple[Value, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    command: str = ""
    """The command that brings what is missing, where there is one."""
    confirmed_by: str = ""

    @model_validator(mode="after")
    def _sound(self) -> Criterion:
        if self.code not in CODES:
            raise ValueError(f"{self.code} is no code of the 2015 rules in use")
        counted = self.status in (Status.MET, Status.PROPOSED, Status.CONFIRMED)
        if counted != (self.strength is not None):
            raise ValueError(
                f"{self.code}: a strength belongs to met, proposed and confirmed codes, and to no other"
            )
        if self.strength is Strength.STAND_ALONE and self.code != "BA1":
            raise ValueError(f"{self.code} cannot stand alone; only BA1 does")
        return self

    @property
    def points(self) -> int:
        """Signed points, 0 if it does not count or stands alone."""
        if self.strength is None:
            return 0
        return POINTS[self.strength] * (1 if is_pathogenic(self.code) else -1)

    @property
    def counts(self) -> bool:
        return self.status in (Status.MET, Status.CONFIRMED)


class Class(Word):
    """A class and how it comes about."""

    points: int
    by_points: Significance
    by_rules_2015: Significance
    """By the combining table of PMID 25741868."""
    conflict: bool = False
    """Strong evidence stands on both sides, or BA1 with pathogenic points of 6 and more: no class is sure."""
    guards: tuple[str, ...] = ()
    """Which guards changed the class of plain points, in words."""


class Assessment(Word):
    """All codes of one variant, judged without anybody's label, and the class they add up to."""

    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]
    """Exactly one for each code of :data:`CODES`, in that order."""
    verdict: Class
    if_confirmed: Class | None = None
    """With the proposed codes counted; None if nothing is proposed."""
    rules: str
    """Which gene rule or default thresholds were used, with version."""
    gaps: tuple[str, ...] = ()
    """What could not be assessed, in words, most telling first."""

    def criterion(self, code: str) -> Criterion:
        return next(one for one in self.criteria if one.code == code)
