"""DICOM written on the spot: windows, inversion, spacing, and nothing personal that comes along."""

from __future__ import annotations

import contextlib
import io
import zlib
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian, generate_uid

from imaging.image import FrameNeeded, NoPixels, TooLarge, UnreadableImage
from imaging.load import load

RAMP = np.linspace(0, 4000, 64 * 48).reshape(64, 48).astype(np.uint16)


def dicom(pixels: np.ndarray | None = RAMP, syntax: str = ExplicitVRLittleEndian, **tags: Any) -> bytes:
    """A small DICOM file; ``tags`` override."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID(syntax)
    ds.file_meta.MediaStorageSOPClassUID = UID("1.2.840.10008.5.1.4.1.1.7")
    ds.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    ds.Modality, ds.PatientName, ds.PatientID = "OT", "SECRET^NAME", "SECRET-1"
    if pixels is not None:
        ds.Rows, ds.Columns = pixels.shape[-2:] if pixels.dtype == np.uint16 else pixels.shape[:2]
        colour = pixels.dtype == np.uint8
        ds.SamplesPerPixel = 3 if colour else 1
        ds.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
        ds.BitsAllocated = ds.BitsStored = 8 if colour else 16
        ds.HighBit, ds.PixelRepresentation = ds.BitsStored - 1, 0
        if colour:
            ds.PlanarConfiguration = 0
        ds.PixelData = pixels.tobytes()
    for name, value in tags.items():
        setattr(ds, name, value)
    packed = io.BytesIO()
    ds.save_as(packed, implicit_vr=False, little_endian=True, enforce_file_format=True)
    return packed.getvalue()


def test_colour_comes_back_as_it_was() -> None:
    colour = np.random.default_rng(0).integers(0, 256, (40, 32, 3), dtype=np.uint8)
    image = load(dicom(colour))
    assert np.array_equal(image.pixels, colour)
    assert image.claim["PhotometricInterpretation"] == "RGB"


def test_the_window_of_the_file_is_used() -> None:
    image = load(dicom(WindowCenter="1000", WindowWidth="1000"))
    low, inside, high = (
        image.pixels[RAMP < 480],
        image.pixels[(RAMP > 900) & (RAMP < 1100)],
        image.pixels[RAMP > 1520],
    )
    assert low.max() == 0
    assert 90 < inside.mean() < 165
    assert high.min() == 255
    assert image.notes == ("the file's own window",)


def test_without_a_window_the_reading_says_what_was_done() -> None:
    assert "middle 98 %" in load(dicom()).notes[0]
    ct = load(dicom(Modality="CT", RescaleSlope="1", RescaleIntercept="-1024"))
    assert ct.notes == ("preset window for soft tissue",)
    assert ct.pixels[RAMP < 800].max() == 0


def test_a_picture_that_counts_from_white_is_turned_round() -> None:
    plain = load(dicom(WindowCenter="2000", WindowWidth="4001"))
    inverse = load(
        dicom(4000 - RAMP, PhotometricInterpretation="MONOCHROME1", WindowCenter="2000", WindowWidth="4001")
    )
    assert np.abs(plain.pixels.astype(int) - inverse.pixels).max() <= 1


def test_spacing_names_the_place_where_it_holds() -> None:
    patient = load(dicom(PixelSpacing=["0.5", "0.25"])).spacing
    detector = load(dicom(ImagerPixelSpacing=["0.2", "0.2"])).spacing
    assert patient is not None
    assert (patient.rows_mm, patient.columns_mm, patient.at) == (0.5, 0.25, "patient")
    assert detector is not None
    assert detector.at == "detector"
    assert load(dicom(PixelSpacing=["0", "-1"])).spacing is None


def test_only_what_is_on_the_list_leaves_the_file() -> None:
    nested = Dataset()
    nested.PatientName = "SECRET^NESTED"
    data = dicom(
        PatientBirthDate="19500101", InstitutionName="SECRET HOSPITAL", StudyDescription="SECRET", PatientAge="093Y",
        BodyPartExamined="SECRET", Modality="CT", ReferencedImageSequence=Sequence([nested]), ImageComments="SECRET",
    )  # fmt: skip
    from pydicom import dcmread

    ds = dcmread(io.BytesIO(data))
    block = ds.private_block(0x0011, "SECRET MAKER", create=True)
    for element in range(200):
        block.add_new(element, "LO", f"SECRET {element}")
    packed = io.BytesIO()
    ds.save_as(packed, enforce_file_format=True)
    image = load(packed.getvalue())
    assert "SECRET" not in repr(image)
    assert "1950" not in repr(image)
    assert image.claim["PatientAge"] == "90+"
    assert image.claim["Modality"] == "CT"
    assert "BodyPartExamined" not in image.claim
    assert image.removed["private tags"] == 201
    assert image.removed["standard tags"] >= 6


@pytest.mark.parametrize(
    ("age", "shown"), [("045Y", "45"), ("018M", "1"), ("010D", "0"), ("SECR", None), ("45", None)]
)
def test_an_age_is_whole_years_or_absent(age: str, shown: str | None) -> None:
    with (
        pytest.warns(UserWarning, match="Invalid value for VR AS")
        if shown is None
        else contextlib.nullcontext()
    ):
        data = dicom(PatientAge=age)
    assert load(data).claim.get("PatientAge") == shown


def test_one_of_several_frames_is_read_alone() -> None:
    stack = np.stack([RAMP, RAMP + 100, RAMP + 200])
    data = dicom(stack, NumberOfFrames=3)
    with pytest.raises(FrameNeeded) as asked:
        load(data)
    assert asked.value.frames == 3
    assert load(data, frame=2).frame == 2


def test_a_size_that_only_the_header_claims_is_refused() -> None:
    with pytest.raises(TooLarge, match="40 megapixels"):
        load(dicom(Rows=60_000, Columns=60_000))
    with pytest.raises(TooLarge, match="64 frames"):
        load(dicom(NumberOfFrames=5_000))


def test_deflated_files_are_refused_unopened() -> None:
    """A deflated file may grow a thousandfold before the first tag is seen."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b"\0" * 50_000_000) + packed.flush()
    data = _meta("1.2.840.10008.1.2.1.99") + body
    with pytest.raises(UnreadableImage, match="deflated"):
        load(data)


def _meta(syntax: str) -> bytes:
    value = syntax.encode() + b"\0" * (len(syntax) % 2)
    return b"\0" * 128 + b"DICM" + b"\x02\x00\x10\x00UI" + len(value).to_bytes(2, "little") + value


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.100", "1.2.840.10008.1.2.4.95", "1.2.3.4"])
def test_a_compression_that_is_not_held_is_named(syntax: str) -> None:
    with pytest.raises(UnreadableImage, match="compression"):
        load(_meta(syntax) + dicom()[400:])


def test_reports_and_damaged_files() -> None:
    with pytest.raises(NoPixels, match="no picture"):
        load(dicom(None))
    with pytest.raises(UnreadableImage):
        load(dicom()[:2000])
    with pytest.raises(UnreadableImage, match="mean"):
        load(dicom(PhotometricInterpretation="SECRET"))
