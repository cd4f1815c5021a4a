"""Opening foreign pictures: what fits is whole, upright and bare; what does not ends in words, in bounded time."""

from __future__ import annotations

import gzip
import io
import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from imaging.image import FrameNeeded, ImageError, TooLarge, UnreadableImage
from imaging.load import load, sniff

Save = Callable[..., bytes]
rng = np.random.default_rng(0)
COLOUR = rng.integers(0, 256, (40, 60, 3), dtype=np.uint8)
GREY = rng.integers(0, 256, (40, 60), dtype=np.uint8)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _png_claiming(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + _chunk(b"IEND", b"")
    )


def _nifti() -> bytes:
    return struct.pack("<i", 348) + b"\0" * 340 + b"n+1\0" + b"\0" * 100


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff\xe0", "jpeg"), (b"II*\0", "tiff"), (b"MM\0*", "tiff"),
        (b"\0" * 128 + b"DICM", "dicom"), (b"II*\0" + b"\0" * 124 + b"DICM", "dicom"), (_nifti(), "nifti"),
        (gzip.compress(_nifti(), mtime=0), "nifti"), (gzip.compress(b"words", mtime=0), "gzip"), (b"\x1f\x8b", "gzip"),
        (b"GIF89a", "gif"), (b"%PDF-1.7", "pdf"), (b"##fileformat=VCFv4.2", "unknown"), (b"", "unknown"),
    ],
)  # fmt: skip
def test_a_file_is_known_by_its_first_bytes(head: bytes, kind: str) -> None:
    assert sniff(head) == kind


@given(st.binary(max_size=600))
def test_sniffing_never_fails(head: bytes) -> None:
    assert sniff(head).isalpha()


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("pixels", [COLOUR, GREY], ids=["colour", "grey"])
def test_what_was_saved_comes_back(saved: Save, kind: str, pixels: np.ndarray) -> None:
    image = load(saved(pixels, kind))
    assert np.array_equal(image.pixels, pixels)
    assert image.format == kind.lower()
    assert image.unit == ("sRGB" if pixels.ndim == 3 else "grey")
    with pytest.raises(ValueError, match="read-only"):
        image.pixels[0, 0] = 0


def test_sixteen_bits_keep_their_values_and_are_shown_by_their_range(saved: Save) -> None:
    values = np.linspace(1000, 3000, 40 * 60).reshape(40, 60).astype(np.uint16)
    image = load(saved(values))
    assert np.array_equal(image.pixels, values.astype(np.float32))
    assert (image.rgb.min(), image.rgb.max()) == (0, 255)
    assert 120 < image.rgb[20, 30, 0] < 135


def test_exif_turns_the_picture_and_stays_behind(saved: Save) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x8298] = 6, "SECRET NAME", "SECRET OWNER"
    plain = saved(COLOUR, "JPEG", quality=95)
    turned = load(saved(COLOUR, "JPEG", quality=95, exif=exif))
    assert np.array_equal(turned.pixels, np.rot90(load(plain).pixels, -1))
    assert turned.removed["camera tags"] == 3
    assert "SECRET" not in repr(turned)


def test_ink_colours_palettes_and_transparency_become_red_green_blue(saved: Save) -> None:
    cmyk = io.BytesIO()
    Image.fromarray(COLOUR[:32, :32]).convert("CMYK").save(cmyk, "JPEG")
    assert load(cmyk.getvalue()).pixels.shape == (32, 32, 3)
    palette = io.BytesIO()
    Image.fromarray(COLOUR).quantize(16).save(palette, "PNG")
    assert load(palette.getvalue()).pixels.shape == COLOUR.shape
    clear = np.dstack([np.full((32, 32, 3), 200, np.uint8), np.zeros((32, 32), np.uint8)])
    image = load(saved(clear))
    assert image.pixels.max() == 0
    assert "transparent" in image.notes[0]


def test_colour_of_sixteen_bits_keeps_its_highest_byte() -> None:
    values = rng.integers(0, 65_536, (20, 24, 3)).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in values)
    head = struct.pack(">IIBBBBB", 24, 20, 16, 2, 0, 0, 0)
    parts = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    image = load(b"\x89PNG\r\n\x1a\n" + parts)
    assert np.abs(image.pixels.astype(int) - values / 257).max() <= 1


def test_inverted_ink_colours_of_a_press_come_back_as_they_look() -> None:
    """Adobe's CMYK JPEG counts ink the other way round: a pale picture must not come back dark."""
    packed = io.BytesIO()
    Image.fromarray(np.full((32, 32, 3), (230, 200, 120), np.uint8)).convert("CMYK").save(
        packed, "JPEG", quality=95
    )
    image = load(packed.getvalue())
    assert np.abs(image.pixels[16, 16].astype(int) - (230, 200, 120)).max() < 12
    assert "CMYK" in image.notes[0]


def test_two_tones_are_refused(saved: Save) -> None:
    with pytest.raises(UnreadableImage, match="two tones"):
        load(saved(np.zeros((32, 32), bool)))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_of_several_frames_one_is_asked_for(kind: str) -> None:
    frames = [Image.fromarray(np.full((32, 32, 3), level, np.uint8)) for level in (10, 20, 30)]
    packed = io.BytesIO()
    frames[0].save(packed, kind, save_all=True, append_images=frames[1:])
    with pytest.raises(FrameNeeded) as asked:
        load(packed.getvalue())
    assert asked.value.frames == 3
    chosen = load(packed.getvalue(), frame=1)
    assert (chosen.pixels[0, 0, 0], chosen.frame, chosen.frames) == (20, 1, 3)
    with pytest.raises(FrameNeeded, match="0 to 2"):
        load(packed.getvalue(), frame=3)


def test_too_many_frames_are_refused() -> None:
    page, packed = Image.new("L", (16, 16)), io.BytesIO()
    page.save(packed, "TIFF", save_all=True, append_images=[page] * 80)
    with pytest.raises(TooLarge, match="64 frames"):
        load(packed.getvalue())


def test_a_page_list_that_runs_in_a_circle_ends(saved: Save) -> None:
    data = bytearray(saved(GREY, "TIFF"))
    (first,) = struct.unpack("<I", data[4:8])
    (entries,) = struct.unpack("<H", data[first : first + 2])
    data[first + 2 + 12 * entries : first + 6 + 12 * entries] = struct.pack("<I", first)
    image = load(bytes(data))
    assert image.frames == 1
    assert np.array_equal(image.pixels, GREY)


@pytest.mark.parametrize("size", [(14_000, 14_000), (60_000, 60_000), (8_000, 5_001)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    started = time.process_time()
    with pytest.raises(TooLarge, match="40 megapixels"):
        load(_png_claiming(*size))
    assert time.process_time() - started < 15


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_half_a_picture_is_no_picture(saved: Save, kind: str) -> None:
    data = saved(COLOUR, kind)
    with pytest.raises(UnreadableImage):
        load(data[: len(data) * 6 // 10])


@pytest.mark.parametrize(
    ("data", "fault", "words"),
    [
        (b"", UnreadableImage, "empty"), (b"hello", UnreadableImage, "no picture"),
        (b"GIF89a" + b"\0" * 99, UnreadableImage, "GIF"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, UnreadableImage, "PNG"),
        (b"\0" * 128 + b"DICM", UnreadableImage, "how it is encoded|damaged"),
        (_nifti(), UnreadableImage, "NIfTI header"), (b"\xff\xd8\xff" * 2000, UnreadableImage, "JPEG|damaged"),
    ],
)  # fmt: skip
def test_what_cannot_be_opened_is_named(data: bytes, fault: type[ImageError], words: str) -> None:
    with pytest.raises(fault, match=words):
        load(data)


def test_a_text_chunk_that_swells_is_refused(saved: Save) -> None:
    bomb = _chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 80_000_000, 9))
    data = saved(COLOUR)
    with pytest.raises(ImageError):
        load(data[:33] + bomb + data[33:])


def test_limits_on_the_file_and_the_smallest_picture(saved: Save, tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="MB"):
        load(saved(COLOUR), file_bytes=1_000)
    with pytest.raises(UnreadableImage, match="16 px"):
        load(saved(COLOUR[:8]))
    with pytest.raises(UnreadableImage, match="cannot be read"):
        load(tmp_path / "gone.png")


def test_a_whole_frame_of_forty_megapixels_fits_the_child(saved: Save) -> None:
    flat = np.zeros((5_000, 8_000, 3), np.uint8)
    assert load(saved(flat, compress_level=1)).pixels.shape == flat.shape


def test_the_parent_never_decodes_and_stays_light() -> None:
    code = (
        "import sys, tools.read_image, imaging.load, imaging.gate, imaging.reading\n"
        "heavy = {'skimage', 'scipy', 'torch', 'PIL', 'pydicom'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
