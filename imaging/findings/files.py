"""A file is opened, read and answered; every way to end is one of the six outcomes."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from imaging.anomaly.held import VERIFY
from imaging.backbone import BRINGS
from imaging.findings.outcomes import as_result
from imaging.image import FrameNeeded, ImageError, Kind, ModelMissing, NoPixels, TooLarge, Want
from imaging.load import FILE_BYTES, load
from imaging.reading import read
from retrieval.evidence import ToolResult, bad_input, needs_input, unavailable


def read_file(
    path: Path,
    want: Collection[Want],
    kind: Kind,
    frame: int | None,
    *,
    age_years: int | None = None,
    file_bytes: int = FILE_BYTES,
) -> ToolResult:
    """Open and read the picture at a path that the caller owns.

    ``frame`` counts from 0; ``age_years`` is that of the patient's record; ``file_bytes`` is the largest file opened.
    """
    try:
        image = load(path, frame=frame, file_bytes=file_bytes)
    except FrameNeeded as several:
        return needs_input(f"The picture was not read: {several}.", f"frame, 0 to {several.frames - 1}")
    except ImageError as wrong:
        return bad_input(f"The picture was not read: {wrong}. {_mend(wrong, file_bytes)}")
    try:
        return as_result(read(image, want, kind, age_years), want)
    except ModelMissing as gone:
        return _without_gates(gone)


def _without_gates(gone: ModelMissing) -> ToolResult:
    """What no picture is read without is missing: the backbone's weights, or numbers of the zoo."""
    if BRINGS in str(gone):
        return unavailable(
            "The picture was not read: the weights that tell its kind are not installed.", BRINGS
        )
    why = "the numbers that tell its kind, or whether it can be read, are missing or not the known ones"
    return unavailable(f"The picture was not read: {why}.", VERIFY)


def _mend(wrong: ImageError, file_bytes: int) -> str:
    """What the user can do about a file that was not opened."""
    if isinstance(wrong, TooLarge):
        megabytes = file_bytes // 1_000_000
        return f"Give a smaller copy: at most {megabytes} MB, 40 megapixels a frame and 64 frames."
    if isinstance(wrong, NoPixels):
        return "Attach the file that holds the picture itself."
    return "Save the picture again, as PNG, JPEG, TIFF or uncompressed DICOM, and attach that."
