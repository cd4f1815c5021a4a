"""What a head says of one picture: a distance from its operating point, never a bare probability."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from imaging.calibrate import OperatingPoint
from retrieval.evidence import Text, Word


class Score(Word):
    """How far a picture lies from a head's operating point, with everything that is needed to read that.

    There is no field for a probability: ``margin`` is in log-odds *from the operating point*, 0 stands on it, and what
    the operating point was worth on which pictures travels along.
    """

    sign: Text
    margin: float
    low: float
    high: float
    """Smallest and largest margin of the heads fitted to bootstrap samples (and of the head itself)."""
    direction: Literal["above zero the sign is called"] = "above zero the sign is called"
    point: OperatingPoint
    prediction_set: tuple[Text, ...]
    """The classes that cannot be left out; the coverage holds as far as the picture is like those it was set on."""
    same_source_set: tuple[Text, ...] = ()
    """The set that would do for a picture from the source of the training pictures; a part of the one above."""
    widened: bool = False
    """Whether the set was widened by simulated changes of source (exposure, position, sharpness, noise, zoom)."""
    coverage: Annotated[float, Field(gt=0, lt=1)]
    unusual: tuple[Text, ...] = ()
    """In which ways the picture is unlike those that the head was made from; any of them means: no answer."""
    card: Text

    @property
    def verdict(self) -> Literal["above", "below", "abstained"]:
        """Abstained: an unusual picture, a set that is not one class, or a set that contradicts the margin."""
        if self.unusual or len(self.prediction_set) != 1:
            return "abstained"
        above = self.margin >= 0
        if above != (self.prediction_set[0] == self.point.sign):
            return "abstained"
        return "above" if above else "below"

    @property
    def rendered(self) -> str:
        """The exact words that a finding quotes."""
        held = " or ".join(self.prediction_set) or "none of the known classes"
        wide = ", widened for other sources" if self.widened else ""
        return (
            f"{self.sign}: {self.verdict}, {self.margin:+.2f} ({self.low:+.2f} to {self.high:+.2f}) log-odds from "
            f"the operating point; sensitivity there {self.point.sensitivity.rendered}, specificity "
            f"{self.point.specificity.rendered} on {self.point.measured_on}; {100 * self.coverage:.0f} % set{wide}: "
            f"{held}"
        )
