"""Opening a foreign picture: by its first bytes, within limits, in a child process of its own.

The parent never gives a foreign byte to a decoder. The child (:mod:`imaging.decode_child`) has 1 GiB of address space,
10 s of CPU and 20 s of wall time, and answers with a bare array and words from closed lists.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from imaging import deidentify
from imaging.image import (
    FrameNeeded,
    ImageError,
    MedicalImage,
    NoPixels,
    Spacing,
    TooLarge,
    UnreadableImage,
)

FILE_BYTES = 20_000_000
"""The service's limit; a command on the user's own machine may allow :data:`OWN_FILE_BYTES`."""

OWN_FILE_BYTES = 500_000_000
WALL_SECONDS = 20.0
HEAD_BYTES = 560
"""How much of a file :func:`sniff` wants to see."""

OPENED = frozenset({"png", "jpeg", "tiff", "dicom", "nifti"})
_NAMED = {
    "gif": "GIF", "webp": "WebP", "bmp": "BMP", "heif": "HEIF", "pdf": "PDF", "svg": "SVG",
    "gzip": "gzip archive", "zip": "zip archive",
}  # fmt: skip
_FAULTS: dict[str, type[ImageError]] = {
    "unreadable": UnreadableImage, "too_large": TooLarge, "no_pixels": NoPixels,
}  # fmt: skip
_CAN_OPEN = "PNG, JPEG, TIFF, DICOM and NIfTI are opened"
_CRASHED = (
    "the picture is damaged or incomplete, or opening it took too much memory or time "
    "(limits: 1 GiB, 10 s of computing)"
)


def sniff(head: bytes) -> str:
    """What a file is by its first :data:`HEAD_BYTES` bytes, never by its name.

    "png", "jpeg", "tiff", "dicom", "nifti" (also gzipped) can be opened; other known kinds are named; else "unknown".
    """
    for kind, test in _MAGIC:
        if test(head):
            return kind
    if head[:2] == b"\x1f\x8b":
        return "nifti" if _nifti(_first_of_gzip(head)) else "gzip"
    return "unknown"


def load(source: bytes | Path, *, frame: int | None = None, file_bytes: int = FILE_BYTES) -> MedicalImage:
    """Open a picture. ``frame`` counts from 0 and is needed only where there are several.

    A NIfTI volume needs none: its three middle slices come side by side, and ``frame`` picks one of them.

    Raises:
        TooLarge: over a limit on bytes, pixels or frames, judged from the header before any pixel is read.
        FrameNeeded: several frames and none chosen.
        NoPixels: a DICOM file without a picture.
        UnreadableImage: everything else that keeps the file from being opened whole.
    """
    data = _bytes_of(source, file_bytes)
    kind = sniff(data[:HEAD_BYTES])
    if kind not in OPENED:
        raise _refusal(kind)
    header, pixels = _decode(kind, data, frame)
    return _image(kind, header, pixels)


def _bytes_of(source: bytes | Path, limit: int) -> bytes:
    if isinstance(source, Path):
        try:
            with source.open("rb") as file:
                source = file.read(limit + 1)
        except OSError as wrong:
            raise UnreadableImage("the file cannot be read any more") from wrong
    if len(source) > limit:
        raise TooLarge(f"the file is larger than {limit // 1_000_000} MB")
    if not source:
        raise UnreadableImage("the file is empty")
    return source


def _refusal(kind: str) -> ImageError:
    if kind in _NAMED:
        return UnreadableImage(f"this is a {_NAMED[kind]} file; {_CAN_OPEN}")
    return UnreadableImage(f"the first bytes are those of no picture; {_CAN_OPEN}")


def _decode(kind: str, data: bytes, frame: int | None) -> tuple[dict[str, Any], bytes]:
    task = json.dumps({"kind": kind, "frame": frame}).encode() + b"\n"
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _START],
            input=task + data, capture_output=True, timeout=WALL_SECONDS, env=_environment(), check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        raise UnreadableImage(f"opening it took more than {WALL_SECONDS:.0f} s") from late
    line, found, pixels = done.stdout.partition(b"\n")
    if done.returncode != 0 or not found:
        raise UnreadableImage(_CRASHED)
    header: dict[str, Any] = json.loads(line)
    if "fault" in header:
        raise _fault(header)
    return header, pixels


# The child runs isolated (-I): no PYTHONPATH, no user site. The folder of this package is appended, so that a checkout
# that is not installed works as well, and last, so that it hides nothing.
_START = f"import sys; sys.path.append({str(Path(__file__).resolve().parents[1])!r}); " + (
    "from imaging.decode_child import main; main()"
)


def _environment() -> dict[str, str]:
    kept = {"SYSTEMROOT": os.environ["SYSTEMROOT"]} if sys.platform == "win32" else {}
    return {**kept, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def _fault(header: dict[str, Any]) -> ImageError:
    if header["fault"] == "frame":
        return FrameNeeded(str(header["words"]), int(header["frames"]))
    return _FAULTS[header["fault"]](str(header["words"]))


def _image(kind: str, header: dict[str, Any], pixels: bytes) -> MedicalImage:
    shape, dtype = tuple(int(side) for side in header["shape"]), np.dtype(header["dtype"])
    if len(pixels) != int(np.prod(shape)) * dtype.itemsize:
        raise UnreadableImage(_CRASHED)
    spacing = header.get("spacing")
    return MedicalImage(
        pixels=np.frombuffer(pixels, dtype=dtype).reshape(shape),
        unit="grey" if len(shape) == 2 else "sRGB",
        format=kind,
        sha256=hashlib.sha256(repr(shape).encode() + pixels).hexdigest(),
        claim=deidentify.defined_only(header.get("claim", {})),
        spacing=Spacing(**spacing) if spacing else None,
        frame=int(header["frame"]),
        frames=int(header["frames"]),
        removed={str(name): int(count) for name, count in header["removed"].items()},
        notes=tuple(str(note) for note in header["notes"]),
    )


def _first_of_gzip(head: bytes) -> bytes:
    """The first bytes inside a gzip, never more than a header's worth."""
    try:
        return zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
    except zlib.error:
        return b""


def _nifti(head: bytes) -> bool:
    return head[344:348] in (b"n+1\0", b"ni1\0") or head[4:8] in (b"n+2\0", b"ni2\0")


_MAGIC = (
    # First: a DICOM file may begin like a TIFF (PS3.10 allows both at once), and it is its tags that must be dropped.
    ("dicom", lambda head: head[128:132] == b"DICM"),
    ("png", lambda head: head[:8] == b"\x89PNG\r\n\x1a\n"),
    ("jpeg", lambda head: head[:3] == b"\xff\xd8\xff"),
    ("tiff", lambda head: head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    ("nifti", _nifti),
    ("gif", lambda head: head[:4] == b"GIF8"),
    ("webp", lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
    ("heif", lambda head: head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"avif")),
    ("pdf", lambda head: head[:5] == b"%PDF-"),
    ("zip", lambda head: head[:4] == b"PK\x03\x04"),
    ("svg", lambda head: b"<svg" in head[:256].lower()),
    ("bmp", lambda head: head[:2] == b"BM" and head[6:10] == b"\0\0\0\0"),
)
