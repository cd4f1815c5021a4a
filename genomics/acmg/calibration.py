"""Cut-offs of predictors, with exact ends: which score gives which strength of PP3 or BP4."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from genomics.acmg.criteria import POINTS, Strength
from retrieval.evidence import Text, Word


class Cut(Word):
    """One step: ``bound`` and beyond. ``inclusive`` says whether the bound itself belongs to it."""

    bound: float
    inclusive: bool = True
    strength: Strength


class Calibration(Word):
    """The steps of one predictor. PP3 steps hold from their bound upwards, BP4 steps from theirs downwards."""

    tool: Text
    pp3: tuple[Cut, ...] = ()
    bp4: tuple[Cut, ...] = ()
    reference: Text
    """Where the cut-offs stand: a PMID, or the rows in which a panel states them."""
    verified: bool = True
    """False: taken second-hand; the rationale says so."""
    on: bool = True
    """False: not used unless a gene rule asks for it."""
    highest: Annotated[float, Field(gt=0)] = 1.0
    lowest: float = 0.0

    @model_validator(mode="after")
    def _apart(self) -> Calibration:
        bottom = min((cut.bound for cut in self.pp3), default=self.highest)
        top = max((cut.bound for cut in self.bp4), default=self.lowest)
        if top >= bottom:
            raise ValueError(f"{self.tool}: the cut-offs of BP4 and PP3 overlap")
        return self

    def __str__(self) -> str:
        """The steps in words."""
        up = (f"PP3 {one.strength} {'from' if one.inclusive else 'above'} {one.bound:g}" for one in self.pp3)
        down = (
            f"BP4 {one.strength} {'up to' if one.inclusive else 'below'} {one.bound:g}" for one in self.bp4
        )
        return f"{self.tool} {', '.join((*up, *down))}"

    def of(self, score: float) -> tuple[str, Strength] | None:
        """ "PP3" or "BP4" with its strength, or None between the two.

        Raises:
            ValueError: the score lies outside the tool's scale.
        """
        if not self.lowest <= score <= self.highest:
            raise ValueError(
                f"{self.tool} scores run from {self.lowest:g} to {self.highest:g}, not {score:g}"
            )
        up = [cut.strength for cut in self.pp3 if score > cut.bound or (cut.inclusive and score == cut.bound)]
        down = [
            cut.strength for cut in self.bp4 if score < cut.bound or (cut.inclusive and score == cut.bound)
        ]
        if up:
            return "PP3", max(up, key=POINTS.__getitem__)
        return ("BP4", max(down, key=POINTS.__getitem__)) if down else None


def _cuts(**steps: float) -> tuple[Cut, ...]:
    return tuple(Cut(bound=bound, strength=Strength(name.replace("_", " "))) for name, bound in steps.items())


TOOLS: dict[str, Calibration] = {
    "REVEL": Calibration(
        tool="REVEL",
        pp3=_cuts(supporting=0.644, moderate=0.773, strong=0.932),
        bp4=_cuts(supporting=0.290, moderate=0.183, strong=0.016, very_strong=0.003),
        reference="PMID 36413997",
    ),
    "AlphaMissense": Calibration(
        tool="AlphaMissense",
        pp3=_cuts(supporting=0.792, moderate=0.906, strong=0.990),
        bp4=_cuts(supporting=0.169, moderate=0.099),
        reference="Bergquist calibration as OpenCRAVAT holds it; not compared with the paper",
        verified=False,
    ),
    "BayesDel": Calibration(
        tool="BayesDel",
        pp3=_cuts(supporting=0.13, moderate=0.27, strong=0.50),
        bp4=_cuts(supporting=-0.18, moderate=-0.36),
        reference="second-hand; not compared with a paper",
        verified=False,
        on=False,
        lowest=-1.5,
        highest=1.0,
    ),
}
"""Missense predictors: REVEL of PMID 36413997; the other two are not verified here, and BayesDel is off."""

SPLICEAI = Calibration(
    tool="SpliceAI",
    pp3=_cuts(supporting=0.2),
    bp4=_cuts(supporting=0.1),
    reference="PMID 37352859",
)
"""Greatest of the four delta scores (Walker 2023)."""
