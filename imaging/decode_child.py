"""The child process: it alone opens foreign bytes, under limits that it puts on itself first.

In: one line of JSON (kind, frame), then the file. Out: one line of JSON, then the bare pixels. Nothing that the file
says leaves but numbers and defined terms. A decoder's exception ends the process, and the parent says "unreadable":
here there is nothing to save.
"""

from __future__ import annotations

import io
import json
import sys
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 10
FRAME_PIXELS = 40_000_000
FRAMES = 64
VOLUME_BYTES = 512_000_000
"""All frames, or one volume, unpacked."""

SMALLEST_SIDE = 16


class Refused(Exception):
    """A rule was broken; ``fault`` is the parent's name for it, the words are ours."""

    def __init__(self, fault: str, words: str, frames: int = 1) -> None:
        super().__init__(words)
        self.answer = {"fault": fault, "words": words, "frames": frames}


class Bare(NamedTuple):
    """H x W or H x W x 3 bytes as Pillow gives them: importing numpy takes longer than opening most pictures."""

    shape: tuple[int, ...]
    data: bytes


class Decoded(NamedTuple):
    """Pixels (H x W, uint8 or float32; or H x W x 3, uint8) and what may be said about them."""

    pixels: NDArray[Any] | Bare
    frame: int
    frames: int
    removed: dict[str, int]
    notes: list[str]
    claim: dict[str, Any]
    spacing: dict[str, Any] | None


def main() -> NoReturn:
    """Read one task from stdin, answer on stdout, and end."""
    _limit()
    task = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    try:
        decoded = decode(task["kind"], data, task["frame"])
    except Refused as refused:
        _answer(refused.answer, b"")
    except MemoryError:
        _answer(Refused("too_large", "opening it needs more than 1 GiB of memory").answer, b"")
    pixels = decoded.pixels
    _answer(_header(decoded), pixels.data if isinstance(pixels, Bare) else pixels.tobytes())


def decode(kind: str, data: bytes, frame: int | None) -> Decoded:
    """Open a file of a known kind.

    Raises:
        Refused: a limit or a rule is broken. Whatever a decoder raises on damage passes through.
    """
    if kind == "dicom":
        from imaging.dicom import read

        return read(data, frame)
    if kind == "nifti":
        from imaging.nifti import read as read_volume

        return read_volume(data, frame)
    return _pillow(kind, data, frame)


def check_size(width: int, height: int, frames: int = 1) -> None:
    """Refuse from the header what is too large or too small to be looked at.

    Raises:
        Refused: over 40 megapixels or 64 frames, or under 16 px a side.
    """
    if width * height > FRAME_PIXELS:
        raise Refused("too_large", f"a frame has more than {FRAME_PIXELS // 1_000_000} megapixels")
    if frames > FRAMES:
        raise Refused("too_large", f"the file has more than {FRAMES} frames")
    if min(width, height) < SMALLEST_SIDE:
        raise Refused("unreadable", f"the picture is smaller than {SMALLEST_SIDE} px a side")


def choose(frame: int | None, frames: int) -> int:
    """The frame to read.

    Raises:
        Refused: several and none chosen, or one that is not there.
    """
    if frame is None and frames > 1:
        raise Refused("frame", f"the file has {frames} frames and none was chosen", frames)
    chosen = frame or 0
    if not 0 <= chosen < frames:
        raise Refused("frame", f"there is no such frame: they count from 0 to {frames - 1}", frames)
    return chosen


def _pillow(kind: str, data: bytes, frame: int | None) -> Decoded:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = FRAME_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    opened = _open(kind, data)
    frames = 1 if kind == "jpeg" else _frames(opened)
    check_size(*opened.size, frames)
    chosen = choose(frame, frames)
    if chosen:
        opened.seek(chosen)
        check_size(*opened.size)
    notes = (
        ["only the main picture was read: the file holds others"] if kind == "jpeg" and _more(opened) else []
    )
    removed = _left_behind(opened)
    opened.load()
    upright = ImageOps.exif_transpose(opened)
    if upright.size != opened.size or opened.getexif().get(0x0112, 1) != 1:
        notes.append("turned upright as the camera noted")
    pixels, words = _plain(upright)
    return Decoded(pixels, chosen, frames, removed, notes + words, {}, None)


def _open(kind: str, data: bytes) -> Image.Image:
    from PIL import Image, UnidentifiedImageError

    try:
        return Image.open(io.BytesIO(data), formats=(kind.upper(),))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise Refused("too_large", f"a frame has more than {FRAME_PIXELS // 1_000_000} megapixels") from bomb
    except UnidentifiedImageError as wrong:
        raise Refused(
            "unreadable", f"it begins like a {kind.upper()} file, but cannot be opened as one"
        ) from wrong


def _frames(opened: Image.Image) -> int:
    """The number of frames, counted to one above the limit: a page list may be endless."""
    animated = getattr(opened, "n_frames", 1) if opened.format == "PNG" else None
    if animated is not None:
        return int(animated)
    count = 1
    while count <= FRAMES:
        try:
            opened.seek(count)
        except EOFError:
            break
        count += 1
    opened.seek(0)
    return count


def _more(opened: Image.Image) -> bool:
    return int(getattr(opened, "n_frames", 1)) > 1


def _left_behind(opened: Image.Image) -> dict[str, int]:
    """Counts of what stays in the file: never a name or a value."""
    texts = sum(isinstance(value, (str, bytes)) for value in opened.info.values())
    counts = {"camera tags": len(opened.getexif()), "text and profiles": texts}
    return {name: count for name, count in counts.items() if count}


def _plain(picture: Image.Image) -> tuple[NDArray[Any] | Bare, list[str]]:
    """The bare pixels: grey as bytes or float32, colour as RGB bytes, transparency laid over black."""
    from PIL import Image

    mode = picture.mode
    if mode == "1":
        raise Refused("unreadable", "it is a picture of two tones only (scan or drawing), not a photograph")
    if mode == "L" and "transparency" not in picture.info:
        return _bytes_of(picture), []
    if mode in ("F", "I") or mode.startswith("I;16"):
        return _deep_grey(picture), ["more than 8 bits of grey: shown by its true range"]
    if mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        over = Image.new("RGBA", picture.size, (0, 0, 0, 255))
        over.alpha_composite(picture.convert("RGBA"))
        return _bytes_of(over.convert("RGB")), ["transparent parts are shown black"]
    words = ["converted from ink colours (CMYK)"] if mode == "CMYK" else []
    return _bytes_of(picture.convert("RGB")), words


def _bytes_of(picture: Image.Image) -> Bare:
    """The bytes of a picture in grey or in red, green and blue."""
    colours = (3,) if picture.mode == "RGB" else ()
    return Bare((picture.height, picture.width, *colours), picture.tobytes())


def _deep_grey(picture: Image.Image) -> NDArray[Any]:
    import numpy as np

    values = np.asarray(picture, dtype=np.float32)
    if not np.isfinite(values).all():
        raise Refused("unreadable", "some of its values are not numbers")
    return np.ascontiguousarray(values)


def _header(decoded: Decoded) -> dict[str, Any]:
    pixels = decoded.pixels
    kind = "uint8" if isinstance(pixels, Bare) else pixels.dtype.name
    return {
        "shape": pixels.shape, "dtype": kind, "frame": decoded.frame, "frames": decoded.frames,
        "removed": decoded.removed, "notes": decoded.notes, "claim": decoded.claim, "spacing": decoded.spacing,
    }  # fmt: skip


def _answer(header: dict[str, Any], pixels: bytes) -> NoReturn:
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n")
    sys.stdout.buffer.write(pixels)
    sys.stdout.buffer.flush()
    sys.exit(0)


def _limit() -> None:
    """Memory, computing time, no file may grow, no core dump. Windows has none of these: there the clock remains."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
