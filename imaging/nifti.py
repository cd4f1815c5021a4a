"""NIfTI to a picture that can be looked at: middle slices, upright, as bytes of grey. Imported in the child only.

The header is judged before anything is unpacked: only as many bytes are unpacked as the first volume claims, and a
slice is read without its volume ever becoming floating point.
"""

from __future__ import annotations

import io
import zlib
from importlib import import_module
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.decode_child import VOLUME_BYTES, Decoded, Refused, check_size

RATIO = 200
"""Unpacked bytes for one packed byte, counted from :data:`GRACE` on: empty masks of honest size pass."""

GRACE = 16_000_000
STEP = 1 << 16
PLANES = ("axial", "coronal", "sagittal")
GAP = 8
"""Black px between slices that are shown side by side."""

GZIP = b"\x1f\x8b"
HEADERS = {348: 352, 540: 544}
"""Bytes to the end of the header and its extension flag, by the size that the header states of itself."""


def read(data: bytes, frame: int | None) -> Decoded:
    """The three middle slices side by side, or one of them: frame 0 is axial, 1 coronal, 2 sagittal.

    Slices are turned by the file's own orientation as radiologists look at them: head or front up, the patient's left
    on the viewer's right, in sagittal slices the front on the left. Grey runs from the 1st to the 99th percentile of
    what is shown, after the file's slope and intercept.

    Raises:
        Refused: too large by its header, a ratio of a bomb, a pair of files, or values that are no plain numbers.
    """
    volume = _opened(data)
    shape = _checked_shape(volume.header.get_data_shape())
    if frame is not None and not 0 <= frame < len(PLANES):
        raise Refused("frame", "there is no such slice: 0 is axial, 1 coronal, 2 sagittal", len(PLANES))
    wanted = range(len(PLANES)) if frame is None else (frame,)
    slices = [_slice(volume, shape, plane) for plane in wanted]
    notes = [_named(frame), "turned by the file's own orientation: the patient's left is on the right"]
    notes.append("grey from the 1st to the 99th percentile of what is shown")
    if len(shape) > 3 and shape[3] > 1:
        notes.append(f"the first of {shape[3]} volumes")
    pixels = _grey(slices)
    check_size(pixels.shape[1], pixels.shape[0])
    spacing = None if frame is None else _spacing(volume, frame)
    return Decoded(pixels, frame or 0, len(PLANES), _left_behind(volume), notes, {}, spacing)


def _named(frame: int | None) -> str:
    if frame is None:
        return f"middle slices of a volume side by side: {', '.join(PLANES)}"
    return f"the middle {PLANES[frame]} slice of a volume"


def _opened(data: bytes) -> Any:
    """The volume with a header that was judged first, over just the bytes that the first volume needs."""
    nibabel = _nibabel()
    damaged = (nibabel.spatialimages.HeaderDataError, nibabel.filebasedimages.ImageFileError, OverflowError)
    packed = data.startswith(GZIP)
    head = _unpacked(data, max(HEADERS.values())) if packed else data[: max(HEADERS.values())]
    kind = nibabel.Nifti2Image if _size_of(head) == 540 else nibabel.Nifti1Image
    try:
        header = kind.header_class.from_fileobj(io.BytesIO(head[: HEADERS[_size_of(head)] - 4]))
        needed = _bytes_needed(header)
        body = _unpacked(data, needed) if packed else data
        if len(body) < needed:
            raise Refused("unreadable", "the volume is shorter than its header says")
        return kind.from_stream(io.BytesIO(body))
    except damaged as wrong:
        raise Refused("unreadable", "its NIfTI header is damaged") from wrong


def _nibabel() -> Any:
    """The library, of which nothing is typed."""
    return import_module("nibabel")


def _axes(volume: Any) -> Any:
    """For each voxel axis: which of right, front and up it runs along, and which way (1 or -1).

    Raises:
        Refused: the file does not say.
    """
    turn = _nibabel().io_orientation(volume.affine)
    if np.isnan(turn).any():
        raise Refused("unreadable", "the volume does not say how it lies")
    return turn


def _size_of(head: bytes) -> int:
    """The header's size as it states it, in either byte order.

    Raises:
        Refused: it is neither NIfTI-1 nor NIfTI-2 in one file.
    """
    sizes = (int.from_bytes(head[:4], "little"), int.from_bytes(head[:4], "big"))
    size = next((one for one in sizes if one in HEADERS), None)
    if size is None:
        raise Refused("unreadable", "its NIfTI header is damaged")
    if head[344:348] == b"ni1\0" or head[4:8] == b"ni2\0":
        raise Refused(
            "unreadable", "its values are in a second file (.img): save header and values as one .nii"
        )
    return size


def _bytes_needed(header: Any) -> int:
    """Bytes up to the end of the first volume.

    Raises:
        Refused: over the limit, or values that are no plain real numbers.
    """
    kind = header.get_data_dtype()
    if kind.names is not None or kind.kind not in "iuf" or kind.itemsize > 8:
        raise Refused("unreadable", "only volumes of plain whole or decimal numbers are opened")
    shape = _checked_shape(header.get_data_shape())
    offset = max(int(header["vox_offset"]), HEADERS[int(header["sizeof_hdr"])])
    needed: int = offset + prod(shape[:3]) * int(kind.itemsize)
    if needed > VOLUME_BYTES:
        raise Refused("too_large", f"a volume has more than {VOLUME_BYTES // 1_000_000} MB of values")
    return needed


def _checked_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    if len(shape) < 3 or any(side < 1 for side in shape):
        raise Refused("unreadable", "it is no volume of three dimensions")
    if any(side > 1 for side in shape[4:]):
        raise Refused("unreadable", "it has more than four dimensions")
    return tuple(int(side) for side in shape)


def _unpacked(data: bytes, needed: int) -> bytes:
    """The first ``needed`` bytes inside a gzip, in steps.

    Raises:
        Refused: the ratio of a bomb, or damage.
    """
    engine, room, filled = zlib.decompressobj(wbits=31), bytearray(needed), 0
    for start in range(0, len(data), STEP):
        fresh = data[start : start + STEP]
        while fresh and filled < needed and not engine.eof:
            try:
                part = engine.decompress(fresh, min(needed - filled, 1 << 20))
            except zlib.error as wrong:
                raise Refused("unreadable", "its gzip packing is damaged") from wrong
            room[filled : filled + len(part)] = part
            filled, fresh = filled + len(part), engine.unconsumed_tail
            if filled > GRACE and filled > RATIO * (start + STEP):
                raise Refused("too_large", f"it unpacks to more than {RATIO} times its size")
        if filled >= needed or engine.eof:
            break
    return bytes(memoryview(room)[:filled]) if filled < needed else bytes(room)


def _slice(volume: Any, shape: tuple[int, ...], plane: int) -> NDArray[np.float32]:
    """The middle slice of a plane: rows from head (or front) down, columns from right to left (or front to back)."""
    turn = _axes(volume)
    across, along, through = ((0, 1, 2), (0, 2, 1), (1, 2, 0))[plane]
    axis_of = {int(world): voxel for voxel, (world, _) in enumerate(turn)}
    index: list[Any] = [slice(None)] * 3 + [0] * (len(shape) - 3)
    index[axis_of[through]] = _middle(shape[axis_of[through]], turn[axis_of[through]][1])
    values = np.asarray(volume.dataobj[tuple(index)], dtype=np.float32)
    if axis_of[across] > axis_of[along]:
        values = values.T
    values = values[:: int(turn[axis_of[across]][1]), :: int(turn[axis_of[along]][1])]
    return values.T[::-1, ::-1]


def _middle(side: int, way: float) -> int:
    """The voxel that stands in the middle once the axis has been turned."""
    return side // 2 if way > 0 else side - 1 - side // 2


def _grey(slices: list[NDArray[np.float32]]) -> NDArray[np.uint8]:
    """The slices side by side as bytes, one scale for all; values that are no numbers are black."""
    sound = np.concatenate([one[np.isfinite(one)] for one in slices])
    if not sound.size:
        raise Refused("unreadable", "none of its values is a number")
    low, high = np.percentile(sound, [1, 99])
    shown = [
        (255 * np.nan_to_num((one - low) / max(high - low, 1e-9)).clip(0, 1)).round().astype(np.uint8)
        for one in slices
    ]
    tallest = max(len(one) for one in shown)
    padded = [np.pad(one, ((0, tallest - len(one)), (0, GAP))) for one in shown]
    return np.ascontiguousarray(np.concatenate(padded, axis=1)[:, :-GAP])


def _spacing(volume: Any, plane: int) -> dict[str, Any] | None:
    """Size of a pixel of one shown slice, where the header says that its unit is the millimetre."""
    if volume.header.get_xyzt_units()[0] != "mm":
        return None
    sizes = [0.0, 0.0, 0.0]
    for (world, _), size in zip(_axes(volume), volume.header.get_zooms()[:3], strict=True):
        sizes[int(world)] = float(size)
    columns, rows = ((0, 1), (0, 2), (1, 2))[plane]
    if not all(0 < sizes[side] < 100 for side in (rows, columns)):
        return None
    return {"rows_mm": sizes[rows], "columns_mm": sizes[columns], "at": "patient"}


def _left_behind(volume: Any) -> dict[str, int]:
    """How many texts and extensions stay in the file, never what they say."""
    names = ("descrip", "aux_file", "intent_name", "db_name", "data_type")
    fields = sum(
        bool(bytes(volume.header[name].tobytes()).strip(b"\0 ")) for name in names if name in volume.header
    )
    counts = {"text fields": fields, "extensions": len(volume.header.extensions)}
    return {name: count for name, count in counts.items() if count}
