"""The words of imaging: a picture that has been opened safely, its field of view, and what was read from it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, model_validator

from imaging.calibrate import Share
from imaging.score import Score
from retrieval.evidence import Outcome, Text, Word

Want = Literal["findings", "vessels", "enhanced"]
"""What is asked of a picture: what it shows, its vessels drawn and measured, a copy made for looking."""

Kind = Literal["auto", "fundus", "chest_xray", "breast_ultrasound"]
"""What somebody says a picture is; "auto" where nobody did."""


class ImageError(Exception):
    """A picture cannot be read. The message names the reason and the limit, never a value from the file."""


class UnreadableImage(ImageError):
    """Broken, encrypted, of a kind that is not opened here, or it needed too much time or memory."""


class TooLarge(ImageError):
    """Over a limit on bytes, pixels, frames or ratio of compression."""


class NoPixels(ImageError):
    """A file without a picture: a report, a plan, a curve."""


class FrameNeeded(ImageError):
    """Several frames and none chosen; ``frames`` says how many there are."""

    def __init__(self, message: str, frames: int) -> None:
        super().__init__(message)
        self.frames = frames


class ModelMissing(ImageError):
    """A model's weights are not held or not the known ones; the message ends in the command that brings them."""


class Spacing(Word):
    """Size of a pixel in mm, rows then columns; ``at`` says where: X-ray detectors lie behind the body."""

    rows_mm: float
    columns_mm: float
    at: Literal["patient", "detector"] = "patient"


class FieldOfView(Word):
    """Where the camera looked. ``box`` is top, left, bottom, right in px; ``share`` of the frame; roundness 0-1."""

    surroundings: Literal["black", "white", "none"]
    box: tuple[int, int, int, int]
    area_px: int
    share: float
    roundness: float


class MedicalImage(Word):
    """A picture that has been opened, turned upright and stripped of everything but its pixels.

    ``pixels`` is H x W (one channel: bytes, or float32 with the values of the file) or H x W x 3 bytes, and cannot be
    written to. ``claim`` is what the file says of itself
    (allow-listed terms only): never evidence.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    pixels: Annotated[Any, Field(repr=False)]
    unit: Literal["sRGB", "grey"]
    format: Literal["png", "jpeg", "tiff", "dicom", "nifti"]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """Of the pixels, not of the file."""
    claim: Mapping[str, str | float | tuple[float, ...]] = {}
    spacing: Spacing | None = None
    frame: int = 0
    frames: int = 1
    removed: Mapping[str, int] = {}
    """How many things of each class were left behind in the file, never what they said."""
    notes: tuple[str, ...] = ()
    """How the pixels were made ready: window, inversion, rotation, scaling."""

    @model_validator(mode="after")
    def _pixels_fit(self) -> MedicalImage:
        pixels = self.pixels
        if not isinstance(pixels, np.ndarray) or pixels.dtype not in (np.uint8, np.float32):
            raise ValueError("pixels are a uint8 or float32 array")
        if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] != 3):
            raise ValueError("pixels are H x W or H x W x 3")
        pixels.setflags(write=False)
        return self

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def rgb(self) -> NDArray[np.uint8]:
        """The picture as H x W x 3 bytes, for looking and for the gate; more than 8 bits by their true range."""
        pixels = self.pixels
        if pixels.dtype != np.uint8:
            low, high = float(pixels.min()), float(pixels.max())
            # In place on one copy: at 40 MP every further float copy is 160 MB.
            pixels = pixels - np.float32(low)
            pixels *= np.float32(255.0 / max(high - low, 1e-12))
            pixels = pixels.astype(np.uint8)
        return np.repeat(pixels[:, :, None], 3, axis=2) if pixels.ndim == 2 else pixels


class Decision(StrEnum):
    """How a check ends; ``unsure`` is an answer of its own."""

    ACCEPTED = "accepted"
    UNSURE = "unsure"
    REJECTED = "rejected"


class Verdict(Word):
    """A check's decision with the score, the threshold that it was held against, and the reason in words.

    Scores are distances or ratios; none is a probability.
    """

    check: Text
    decision: Decision
    score: float
    threshold: float
    higher_is: Literal["better", "worse"]
    reason: Text


class Measurement(Word):
    """One number with its unit, how far two careful people disagree about it, and how it was made."""

    name: Text
    value: float
    unit: Text
    error: Text
    method: Text

    @property
    def rendered(self) -> str:
        """The exact words that a finding quotes: name, value, unit."""
        return f"{self.name} {self.shown} {self.unit}"

    @property
    def shown(self) -> str:
        """The value to three significant digits: two people already differ in the third."""
        return f"{self.value:#.3g}"


Role = Literal["original", "vessels", "unlike", "reference", "difference", "enhanced"]
"""What a picture of a reading shows: the photograph, what was found in it, the healthy reference beside it, the
difference of the two, or a copy made for looking. All but "original" lie over the original, pixel on pixel."""


class Picture(Word):
    """A PNG without metadata, and what it shows in words."""

    role: Role
    title: Text
    png: Annotated[bytes, Field(repr=False)]
    alt: Text


class Region(Word):
    """A place that is unlike the same place in healthy pictures. The mask itself is in the picture "unlike"."""

    box: tuple[int, int, int, int]
    """Top, left, bottom, right in px of the original."""
    area_px: int
    area_mm2: float | None = None
    """Only where the file states the size of a pixel at the patient."""
    percentile: Annotated[float, Field(ge=0, le=100)]
    """The highest value of the map inside, among healthy pictures at that place."""

    @property
    def ranked(self) -> str:
        """The percentile in words; no finite set of healthy pictures has a percentile 100."""
        return "above 99.9" if self.percentile > 99.9 else f"{self.percentile:.1f}"


class Unlike(Word):
    """How far a picture stands from healthy ones: a rank among healthy pictures, never a probability of disease."""

    percentile: Annotated[float, Field(ge=0, le=100)]
    """Share of held-out healthy pictures that stand nearer to the healthy training pictures than this one."""
    distance: float
    threshold: float
    """Operating point: above it the picture is called unlike."""
    specificity: Share
    """Share of held-out healthy pictures at or below the threshold."""
    healthy: Text
    """Whose pictures count as healthy: who, how many, which camera; the reader must see how few they are."""
    caught: tuple[Text, ...] = ()
    """What share of which disease stood above the threshold, in words with n; empty where none could be measured."""
    regions: tuple[Region, ...] = ()
    card: Text

    @property
    def above(self) -> bool:
        return self.distance > self.threshold

    @property
    def rendered(self) -> str:
        """The exact words that a finding quotes."""
        called = "unlike healthy pictures" if self.above else "as a whole not unlike healthy pictures"
        side = "above" if self.above else "not above"
        # Below the middle the rank says nothing but how ordinary the picture is, and would be read as an all-clear.
        rank = (
            f"; farther than {self.percentile:.0f} % of held-out healthy pictures"
            if self.percentile >= 50
            else ""
        )
        return f"{called}: score {self.distance:.2f}, {side} the operating point {self.threshold:.2f}{rank}"


class Withheld(Word):
    """One thing that was not read of a picture: what, why, and how to come by it."""

    what: Text
    why: Text
    """A clause; it may name the command or the age that would bring it."""
    outcome: Outcome
    """How a result ends that holds nothing else."""
    missing: str = ""
    """What the user can tell."""
    command: str = ""
    """What brings the model."""

    @property
    def words(self) -> str:
        return f"{self.what} ({self.why})"


class ImageReading(Word):
    """Everything that was read from one picture. ``abstained`` says why nothing was read at all.

    ``kind`` is the verdict of the gate that knows the picture best; its ``check`` names the gate.
    """

    kind: Verdict
    read_as: Kind = "auto"
    """The kind whose models read the picture; "auto" where none did."""
    stated: bool = False
    """Read as that kind because somebody stated it: the gate alone was unsure, or there is none."""
    age: str = ""
    """For which age it was read and who says so; "" where no age mattered or none is known."""
    claimed: str = ""
    """What the file's header says that it is, as a defined term such as "CT": a claim, never evidence."""
    seems: str = ""
    """What a picture that no model reads seems to be, in words."""
    quality: Verdict | None = None
    field: FieldOfView
    measurements: tuple[Measurement, ...] = ()
    measured_by: str = ""
    """Id of the card of what found the measured vessels."""
    scores: tuple[Score, ...] = ()
    """Of the heads that know this kind of picture."""
    unlike: Unlike | None = None
    """None where no healthy pictures of this kind are held."""
    reference: str = ""
    """How the healthy reference was made, in words for the screen; empty where none was."""
    enhanced_by: str = ""
    """How the copy for looking was made; empty where none was."""
    withheld: tuple[Withheld, ...] = ()
    """What was asked for, or is read of such pictures elsewhere, and was not read here."""
    pictures: tuple[Picture, ...] = ()
    """The first is the original; the others lie over it, pixel on pixel."""
    abstained: str = ""
    notes: tuple[str, ...] = ()
    seconds: Mapping[str, float] = {}
    """Wall time of each step."""
