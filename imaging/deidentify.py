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

NUMBERS = frozenset({
    "SamplesPerPixel", "Rows", "Columns", "NumberOfFrames", "BitsAllocated", "BitsStored", "HighBit",
    "PixelRepresentation", "PlanarConfiguration", "PixelSpacing", "ImagerPixelSpacing", "SliceThickness",
    "SpacingBetweenSlices", "ImageOrientationPatient", "ImagePositionPatient", "RescaleSlope", "RescaleIntercept",
    "WindowCenter", "WindowWidth",
})  # fmt: skip

TERMS: Mapping[str, frozenset[str]] = {
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


def allowed_part(dataset: Dataset) -> tuple[Dataset, dict[str, int]]:
    """A new dataset that holds the allow-listed elements alone, and how many were left behind, by class."""
    from pydicom.dataset import Dataset

    kept = Dataset()
    for name in NUMBERS | TERMS.keys() | DECODING | {AGE}:
        if name in dataset:
            kept[name] = dataset[name]
    left = [tag for tag in dataset.keys() if tag not in kept]  # noqa: SIM118 - tags alone: values stay unread
    private = sum(tag.is_private for tag in left)
    counts = {"standard tags": len(left) - private, "private tags": private}
    return kept, {name: count for name, count in counts.items() if count}


def claim_of(kept: Dataset) -> dict[str, Any]:
    """What the file says of itself: finite numbers, defined terms, and the age in whole years."""
    claim: dict[str, Any] = {}
    for name in sorted(NUMBERS):
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
        if name in NUMBERS and _is_number(value):
            shown[name] = value
        elif name in NUMBERS and isinstance(value, (list, tuple)) and value and all(map(_is_number, value)):
            shown[name] = tuple(value)
        elif value in TERMS.get(name, ()) or (name == AGE and _is_age(value)):
            shown[name] = value
    return shown


def _numbers(value: Any) -> float | tuple[float, ...]:
    if isinstance(value, (str, int, float)) or not hasattr(value, "__iter__"):
        return float(value)
    return tuple(float(part) for part in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e12


def _is_age(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9]|[1-8][0-9]|90\+", value) is not None


def _age(text: str) -> str:
    """ "045Y" is "45"; months, weeks and days are whole years; above 89 it is "90+"."""
    match = re.fullmatch(r"(\d{3})([YMWD])", text)
    if not match:
        return ""
    years = int(int(match[1]) / {"Y": 1, "M": 12, "W": 52.18, "D": 365.25}[match[2]])
    return "90+" if years > 89 else str(years)
