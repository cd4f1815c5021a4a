"""De-identification by allow-list: only what is named here is copied out of a DICOM file; the rest is never read.

Removing what is known to be personal is not enough: a well-known tool left 179 private tags of one test file in place
(imaging spec 3.2). Text must be one of a closed list of defined terms (DICOM PS3.3), else it is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

RANGES: Mapping[str, tuple[float, float]] = {
    "SamplesPerPixel": (1, 4), "Rows": (1, 65_535), "Columns": (1, 65_535), "NumberOfFrames": (1, 100_000),
    "BitsAllocated": (1, 64), "BitsStored": (1, 64), "HighBit": (0, 63), "PixelRepresentation": (0, 1),
    "PlanarConfiguration": (0, 1), "PixelSpacing": (0, 100), "ImagerPixelSpacing": (0, 100),
    "SliceThickness": (0, 1_000), "SpacingBetweenSlices": (-1_000, 1_000), "ImageOrientationPatient": (-1, 1),
    "ImagePositionPatient": (-10_000, 10_000), "RescaleSlope": (-100_000, 100_000),
    "RescaleIntercept": (-100_000, 100_000), "WindowCenter": (-100_000, 100_000), "WindowWidth": (0, 100_000),
}  # fmt: skip
"""Allowed numbers and what they may be: a date or a long identifier in a number's place is dropped."""

TERMS: Mapping[str, frozenset[str]] = {
    "SOPClassUID": frozenset(f"1.2.840.10008.5.1.4.1.1.{end}" for end in (
        "1", "1.1", "1.2", "2", "2.1", "3.1", "4", "4.1", "6.1", "6.2", "7", "7.1", "7.2", "7.3", "7.4", "12.1",
        "12.2", "20", "77.1.1", "77.1.4", "77.1.5.1", "77.1.5.2", "77.1.5.4", "128", "481.1", "481.2",
    )),
    "Modality": frozenset({
        "CT", "MR", "CR", "DX", "MG", "US", "XA", "RF", "NM", "PT", "OP", "OPT", "XC", "ES", "GM", "SM", "IO", "PX",
        "OT",
    }),
    "PhotometricInterpretation": frozenset({
        "MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT",
    }),
    "RescaleType": frozenset({"HU", "US", "OD", "MGML", "Z_EFF", "ED", "EDW", "HU_MOD", "PCT"}),
    "VOILUTFunction": frozenset({"LINEAR", "LINEAR_EXACT", "SIGMOID"}),
    "BodyPartExamined": frozenset({
        "ABDOMEN", "BRAIN", "BREAST", "CHEST", "EYE", "HEAD", "HEART", "HIP", "KNEE", "NECK", "PELVIS", "RETINA",
        "SKULL", "SPINE",
    }),
    "ViewPosition": frozenset({"AP", "PA", "LL", "RL", "LLD", "RLD", "CC", "MLO", "ML", "LM", "LATERAL"}),
    "ImageLaterality": frozenset({"R", "L", "B", "U"}),
    "LossyImageCompression": frozenset({"00", "01"}),
    "BurnedInAnnotation": frozenset({"YES", "NO"}),
}  # fmt: skip
"""Allowed text fields and the only values that they may carry out."""

DECODING = frozenset({
    "PixelData", "VOILUTSequence", "ModalityLUTSequence",
    "RedPaletteColorLookupTableDescriptor", "GreenPaletteColorLookupTableDescriptor",
    "BluePaletteColorLookupTableDescriptor", "RedPaletteColorLookupTableData", "GreenPaletteColorLookupTableData",
    "BluePaletteColorLookupTableData",
})  # fmt: skip
"""Bulk that the decoder needs within the child; none of it leaves the child but as pixels."""

AGE = "PatientAge"
MOST_NUMBERS = 6
"""Numbers in one field: an orientation has six; a longer list could spell something."""


def allowed_part(dataset: Dataset) -> tuple[Dataset, dict[str, int]]:
    """A new dataset that holds the allow-listed elements alone, and how many were left behind, by class."""
    from pydicom.dataset import Dataset

    kept = Dataset()
    for name in RANGES.keys() | TERMS.keys() | DECODING | {AGE}:
        if name in dataset:
            kept[name] = dataset[name]
    left = [tag for tag in dataset.keys() if tag not in kept]  # noqa: SIM118 - tags alone: values stay unread
    private = sum(tag.is_private for tag in left)
    counts = {"standard tags": len(left) - private, "private tags": private}
    return kept, {name: count for name, count in counts.items() if count}


def claim_of(kept: Dataset) -> dict[str, Any]:
    """What the file says of itself: finite numbers, defined terms, and the age in whole years."""
    claim: dict[str, Any] = {}
    for name in sorted(RANGES):
        value = kept.get(name)
        if value is not None and value != "":
            claim[name] = _numbers(value)
    for name in sorted(TERMS):
        claim[name] = str(kept.get(name, ""))
    claim["PatientAge"] = _age(str(kept.get(AGE, "")))
    return defined_only(claim)


def defined_only(claim: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a claim that may be shown: known names, numbers or defined terms. Checked again in the parent."""
    shown: dict[str, Any] = {}
    for name, value in claim.items():
        many = value if isinstance(value, (list, tuple)) else (value,)
        if name in RANGES and 0 < len(many) <= MOST_NUMBERS and all(_fits(name, one) for one in many):
            shown[name] = value if many is not value else tuple(value)
        elif value in TERMS.get(name, ()) or (name == AGE and _is_age(value)):
            shown[name] = value
    return shown


def _numbers(value: Any) -> float | tuple[float, ...]:
    if isinstance(value, (str, int, float)) or not hasattr(value, "__iter__"):
        return float(value)
    return tuple(float(part) for part in value)


def _fits(name: str, value: Any) -> bool:
    low, high = RANGES[name]
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high


def _is_age(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9]|[1-8][0-9]|90\+", value) is not None


def _age(text: str) -> str:
    """ "045Y" is "45"; months, weeks and days are whole years; above 89 it is "90+"."""
    match = re.fullmatch(r"(\d{3})([YMWD])", text)
    if not match:
        return ""
    years = int(int(match[1]) / {"Y": 1, "M": 12, "W": 52.18, "D": 365.25}[match[2]])
    return "90+" if years > 89 else str(years)
