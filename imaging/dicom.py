"""DICOM to a picture that can be looked at: one frame, windowed, the right way round. Imported in the child only."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from imaging import deidentify
from imaging.decode_child import VOLUME_BYTES, Decoded, Refused, check_size, choose

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

DEFLATED = "1.2.840.10008.1.2.1.99"
"""Deflated transfer syntax: 133 KB grew to 134 MB before the first tag could be looked at (imaging spec 6)."""

PRESETS = {"CT": (40.0, 400.0)}
"""Window centre and width in HU for files that state none: soft tissue."""

PALETTE = "PALETTE COLOR"


def read(data: bytes, frame: int | None) -> Decoded:
    """One frame of a DICOM file: RGB bytes, or grey bytes after the file's window.

    Raises:
        Refused: deflated, no pixels, too large by its header, no frame chosen, or a compression that is not opened.
    """
    from pydicom import dcmread

    syntax = _transfer_syntax(data)
    whole = dcmread(io.BytesIO(data))
    if "PixelData" not in whole:
        raise Refused(
            "no_pixels", "the DICOM file holds no picture (a report, a plan, a curve or a document)"
        )
    kept, removed = deidentify.allowed_part(whole)
    frames = _check_header(kept)
    chosen = choose(frame, frames)
    values = _frame(kept, syntax, chosen)
    pixels, notes = _shown(kept, values)
    if kept.get("BurnedInAnnotation") == "YES":
        notes.append("the file says that text is burned into the picture")
    return Decoded(pixels, chosen, frames, removed, notes, deidentify.claim_of(kept), _spacing(kept))


def _transfer_syntax(data: bytes) -> Any:
    from pydicom.filereader import read_dataset, read_preamble
    from pydicom.pixels import get_decoder

    stream = io.BytesIO(data)
    read_preamble(stream, force=False)
    meta = read_dataset(
        stream,
        is_implicit_VR=False,
        is_little_endian=True,
        stop_when=lambda tag, _vr, _length: tag >> 16 != 2,
    )
    syntax = meta.get("TransferSyntaxUID")
    if not syntax:
        raise Refused("unreadable", "the DICOM file does not say how it is encoded")
    if syntax == DEFLATED:
        raise Refused(
            "unreadable", "deflated DICOM is not opened: it can hide any size; save it uncompressed"
        )
    try:
        available = get_decoder(syntax).is_available
    except NotImplementedError:
        available = False
    if not available:
        raise Refused(
            "unreadable", "this DICOM compression is not opened here: save it uncompressed or as PNG"
        )
    return syntax


def _check_header(kept: Dataset) -> int:
    """The number of frames, once size and kind are within the limits."""
    if "Rows" not in kept or "Columns" not in kept:
        raise Refused("no_pixels", "the DICOM file does not say how large its picture is")
    frames = int(kept.get("NumberOfFrames") or 1)
    check_size(int(kept.Columns), int(kept.Rows), frames)
    if kept.get("PhotometricInterpretation") not in deidentify.TERMS["PhotometricInterpretation"]:
        raise Refused("unreadable", "the DICOM file does not say what its pixel values mean")
    bits = int(kept.get("BitsAllocated") or 0)
    if bits not in (8, 16, 32):
        raise Refused("unreadable", "only pixels of 8, 16 or 32 bits are opened")
    samples = int(kept.get("SamplesPerPixel") or 1)
    if samples not in (1, 3):
        raise Refused("unreadable", "only pixels of one or three values are opened")
    if int(kept.Rows) * int(kept.Columns) * samples * frames * bits // 8 > VOLUME_BYTES:
        raise Refused("too_large", f"its frames have more than {VOLUME_BYTES // 1_000_000} MB of values")
    return frames


def _frame(kept: Dataset, syntax: Any, index: int) -> NDArray[Any]:
    from pydicom.dataset import FileMetaDataset
    from pydicom.pixels import pixel_array

    kept.file_meta = FileMetaDataset()
    kept.file_meta.TransferSyntaxUID = syntax
    kept.set_original_encoding(syntax.is_implicit_VR, syntax.is_little_endian)
    try:
        return np.asarray(pixel_array(kept, index=index))
    except RuntimeError as wrong:  # each of the decoders that know this compression gave up
        raise Refused(
            "unreadable",
            "its compressed pixels are damaged or of a form that is not opened here (JPEG of 12 bits): "
            "save it uncompressed or as PNG",
        ) from wrong


def _shown(kept: Dataset, values: NDArray[Any]) -> tuple[NDArray[np.uint8], list[str]]:
    from pydicom.pixels import apply_color_lut, apply_modality_lut

    if kept.PhotometricInterpretation == PALETTE:
        return _to_bytes(apply_color_lut(values, kept)), ["palette applied"]
    if values.ndim == 3:
        return _to_bytes(values), []
    grey, note = _windowed(kept, np.asarray(apply_modality_lut(values, kept), dtype=np.float64))
    if kept.PhotometricInterpretation != "MONOCHROME1":
        return grey, [note]
    return np.ascontiguousarray(255 - grey), [note, "inverted: the file counts from white"]


def _windowed(kept: Dataset, values: NDArray[np.float64]) -> tuple[NDArray[np.uint8], str]:
    """Grey bytes and the way they were made: the file's table or window, a preset, or the middle 98 %."""
    if kept.get("VOILUTSequence"):
        return _by_table(kept, values), "the file's own grey table"
    if kept.get("WindowCenter") is not None and kept.get("WindowWidth") is not None:
        return _by_window(kept, values), "the file's own window"
    preset = PRESETS.get(str(kept.get("Modality", "")))
    if preset and "RescaleSlope" in kept:
        centre, width = preset
        return _stretched(values, centre - width / 2, centre + width / 2), "preset window for soft tissue"
    low, high = np.percentile(values, [1, 99])
    return _stretched(values, low, high), "no window in the file: its middle 98 % of values"


def _by_table(kept: Dataset, values: NDArray[np.float64]) -> NDArray[np.uint8]:
    from pydicom.pixels import apply_voi

    bits = int(kept.VOILUTSequence[0].LUTDescriptor[2])
    return _stretched(np.asarray(apply_voi(values.astype(np.int64), kept), dtype=np.float64), 0, 2**bits - 1)


def _by_window(kept: Dataset, values: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The first window of the file, by the functions of DICOM PS3.3 C.11.2.1."""
    centre, width = (_first(kept[name].value) for name in ("WindowCenter", "WindowWidth"))
    how = str(kept.get("VOILUTFunction", "LINEAR"))
    if how == "SIGMOID":
        return _stretched(1 / (1 + np.exp((-4 * (values - centre) / max(width, 1e-9)).clip(-60, 60))), 0, 1)
    if how == "LINEAR_EXACT":
        return _stretched(values, centre - width / 2, centre + width / 2)
    return _stretched(values, centre - 0.5 - (width - 1) / 2, centre - 0.5 + (width - 1) / 2)


def _first(value: Any) -> float:
    """The first of several windows, or the only one."""
    return float(value[0]) if hasattr(value, "__getitem__") and not isinstance(value, str) else float(value)


def _stretched(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.uint8]:
    return (
        np.ascontiguousarray(((values - low) / max(high - low, 1e-9)).clip(0, 1) * 255)
        .round()
        .astype(np.uint8)
    )


def _to_bytes(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Colour of more than 8 bits keeps its highest byte."""
    if values.ndim != 3 or values.shape[2] != 3 or values.dtype.kind != "u":
        raise Refused("unreadable", "colour is opened only as three channels of whole numbers")
    shift = 8 * (values.dtype.itemsize - 1)
    return np.ascontiguousarray(values if not shift else (values >> shift).astype(np.uint8))


def _spacing(kept: Dataset) -> dict[str, Any] | None:
    for name, place in (("PixelSpacing", "patient"), ("ImagerPixelSpacing", "detector")):
        pair = kept.get(name)
        if pair is not None and len(pair) == 2 and all(0 < float(side) < 100 for side in pair):
            return {"rows_mm": float(pair[0]), "columns_mm": float(pair[1]), "at": place}
    return None
