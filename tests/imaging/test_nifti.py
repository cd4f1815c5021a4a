"""Volumes: turned as nibabel turns them, judged by their header, and unpacked no further than needed."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import nibabel
import numpy as np
import pytest

from imaging.decode_child import Decoded, Refused
from imaging.image import FrameNeeded, TooLarge
from imaging.load import load, sniff
from imaging.nifti import read
from tests.imaging.hostile_files import nifti_head

VALUES = np.random.default_rng(0).integers(-900, 900, (24, 32, 40)).astype(np.int16)
TURNS = (
    ((-1, 0, 0), (0, 1, 0), (0, 0, 1)),
    ((0, 0, 1), (1, 0, 0), (0, -1, 0)),
    ((0, 1, 0), (0, 0, -1), (-1, 0, 0)),
)


def volume(values: np.ndarray = VALUES, turn: tuple[tuple[int, ...], ...] = TURNS[0]) -> nibabel.Nifti1Image:
    affine = np.eye(4)
    affine[:3, :3] = np.array(turn) * np.array([1.0, 2.0, 3.0])
    made = nibabel.Nifti1Image(values, affine)
    made.header.set_xyzt_units("mm")
    return made


def grey(plane: np.ndarray) -> np.ndarray:
    low, high = np.percentile(plane, [1, 99])
    return (255 * ((plane - low) / (high - low)).clip(0, 1)).round()


@pytest.mark.parametrize("turn", TURNS)
def test_slices_lie_as_nibabel_turns_the_volume(turn: tuple[tuple[int, ...], ...]) -> None:
    made = volume(turn=turn)
    whole = nibabel.as_closest_canonical(made)
    values, zooms = whole.get_fdata(), whole.header.get_zooms()
    middle = [side // 2 for side in values.shape]
    planes = (values[:, :, middle[2]], values[:, middle[1]], values[middle[0]])
    for frame, (plane, sides) in enumerate(zip(planes, ((0, 1), (0, 2), (1, 2)), strict=True)):
        image = read(made.to_bytes(), frame)
        assert np.abs(image.pixels - grey(plane.T[::-1, ::-1])).max() <= 1
        assert image.spacing == {
            "columns_mm": zooms[sides[0]], "rows_mm": zooms[sides[1]], "at": "patient",
        }  # fmt: skip


def test_without_a_choice_the_three_slices_come_side_by_side() -> None:
    image = load(gzip.compress(volume().to_bytes(), mtime=0))
    assert (image.format, image.frames, image.spacing) == ("nifti", 3, None)
    assert image.pixels.shape == (40, 24 + 24 + 32 + 2 * 8)
    assert "side by side" in image.notes[0]
    with pytest.raises(FrameNeeded, match="sagittal"):
        load(volume().to_bytes(), frame=3)


def _read(values: np.ndarray, change: Callable[[nibabel.Nifti1Image], None] = lambda _: None) -> Decoded:
    made = volume(values)
    change(made)
    return read(made.to_bytes(), None)


def test_slope_numbers_that_are_none_and_later_volumes() -> None:
    plain = _read(VALUES)

    def scaled(made: nibabel.Nifti1Image) -> None:
        made.header.set_slope_inter(2.5, -1024)

    assert np.abs(_read(VALUES, scaled).pixels.astype(int) - plain.pixels).max() <= 1
    holes = VALUES.astype(np.float32)
    holes[:, :, 20] = np.nan
    assert _read(holes).pixels.shape == plain.pixels.shape
    with pytest.raises(Refused, match="none of its values"):
        _read(np.full((20, 20, 20), np.nan, np.float32))
    several = _read(np.stack([VALUES, VALUES[::-1]], axis=3))
    assert np.array_equal(several.pixels, plain.pixels)
    assert "the first of 2 volumes" in several.notes


def test_texts_of_the_header_stay_behind() -> None:
    def marked(made: nibabel.Nifti1Image) -> None:
        for name in ("descrip", "aux_file", "intent_name", "db_name"):
            made.header[name] = b"SECRET NAME"
        made.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", b"SECRET"))

    made = volume()
    marked(made)
    image = load(made.to_bytes())
    assert "SECRET" not in repr(image)
    assert image.removed == {"text fields": 4, "extensions": 1}


def test_the_second_format_and_the_other_byte_order_are_opened() -> None:
    second = nibabel.Nifti2Image(VALUES, np.eye(4)).to_bytes()
    assert sniff(second[:560]) == "nifti"
    plain = read(second, 0).pixels
    assert plain.shape == (32, 24)
    header = nibabel.Nifti1Header(endianness=">")
    big = nibabel.Nifti1Image(VALUES, np.eye(4), header)
    assert np.array_equal(read(big.to_bytes(), 0).pixels, plain)


def test_a_header_that_claims_too_much_is_believed_and_refused() -> None:
    with pytest.raises(TooLarge, match="512 MB"):
        load(nifti_head(30_000, 30_000, 30_000) + bytes(500))


def test_a_bomb_stops_at_its_ratio() -> None:
    with pytest.raises(TooLarge, match="200 times"):
        load(gzip.compress(nifti_head(400, 400, 400) + bytes(400**3 * 2), 9, mtime=0))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (nifti_head(20, 20, 20) + bytes(99), "shorter"), (nifti_head(20, 20) + bytes(9999), "three dimensions"),
        (nifti_head(20, 20, 20, datatype=128, bitpix=24) + bytes(99_999), "plain"),
        (nifti_head(20, 20, 20)[:344] + b"ni1\0" + bytes(99_999), "second file"),
        (nifti_head(20, 20, 20, 2, 2) + bytes(99_999), "four dimensions"),
    ],
)  # fmt: skip
def test_what_is_no_plain_volume_is_named(data: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read(data, None)
