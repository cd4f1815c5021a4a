"""Two hundred secrets planted wherever a file has room: none of them comes out, whatever its place says it is."""

from __future__ import annotations

import io
import json
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from imaging import deidentify
from imaging.image import MedicalImage
from imaging.load import load
from tests.imaging.hostile_files import dicom, saved

SECRETS = 200
FREE_TEXT = (
    "PatientName", "PatientID", "OtherPatientNames", "PatientAddress", "InstitutionName", "InstitutionAddress",
    "ReferringPhysicianName", "StudyDescription", "SeriesDescription", "PatientComments", "ImageComments",
    "StationName",
    "OperatorsName", "ProtocolName", "DeviceSerialNumber", "AccessionNumber", "StudyID", "AdditionalPatientHistory",
)  # fmt: skip
PIXELS = np.random.default_rng(0).integers(0, 256, (64, 64), dtype=np.uint8)


def _secret(index: int) -> str:
    return f"ZQX{index:03d}"


def planted() -> bytes:
    """A DICOM file with 200 secrets: free text, sequences, private blocks, and allowed fields as a hiding place."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ds = dcmread(io.BytesIO(dicom(PIXELS.tobytes())))
        secrets = iter(map(_secret, range(SECRETS)))
        for name in (*FREE_TEXT, *deidentify.TERMS.keys() - {"PhotometricInterpretation", "SOPClassUID"}):
            setattr(ds, name, next(secrets))
        ds.PatientAge = next(secrets)[:4]
        for _ in range(20):
            inner = Dataset()
            inner.PatientName, inner.ImageComments = next(secrets), next(secrets)
            ds.ReferencedImageSequence = Sequence([*ds.get("ReferencedImageSequence", ()), inner])
        block, nested = ds.private_block(0x0029, next(secrets), create=True), Dataset()
        for element, secret in enumerate(secrets):
            block.add_new(element, "LO", secret)
        nested.PatientName = "ZQX"
        block.add_new(0xF0, "SQ", Sequence([nested]))
        packed = io.BytesIO()
        ds.save_as(packed, enforce_file_format=True)
    data = packed.getvalue()
    assert data.count(b"ZQX") >= SECRETS
    return data


def _everything(image: MedicalImage) -> str:
    told = {name: value for name, value in image.model_dump().items() if name != "pixels"}
    return json.dumps(told, default=str) + repr(image)


def test_none_of_two_hundred_secrets_leaves_a_dicom_file() -> None:
    image = load(planted())
    assert np.array_equal(image.pixels.shape, PIXELS.shape)
    assert "ZQX" not in _everything(image)
    assert b"ZQX" not in image.pixels.tobytes()
    assert image.removed["private tags"] >= 100
    assert set(image.claim) <= deidentify.RANGES.keys() | deidentify.TERMS.keys() | {deidentify.AGE}


@pytest.mark.parametrize(
    ("name", "value"),
    [("RescaleIntercept", "19500101"), ("WindowCenter", "4437291188"), ("SliceThickness", "123456")],
)
def test_a_date_in_the_place_of_a_number_is_dropped(name: str, value: str) -> None:
    image = load(dicom(PIXELS.tobytes(), **{name: value}))
    assert name not in image.claim
    assert value not in _everything(image)


def test_png_jpeg_and_tiff_leave_their_texts_behind() -> None:
    texts, exif = PngInfo(), Image.Exif()
    for index in range(50):
        texts.add_text(f"key{index}", _secret(index))
        texts.add_itxt(f"more{index}", _secret(index))
    exif[0x010E] = exif[0x013B] = exif[0x8298] = "ZQX000"
    colour = np.repeat(PIXELS[..., None], 3, axis=2)
    jpeg = saved(colour, "JPEG", exif=exif, comment=b"ZQX000", icc_profile=b"ZQX000" * 20)
    for data in (
        saved(colour, "PNG", pnginfo=texts, exif=exif), jpeg,
        saved(colour, "TIFF", description="ZQX000", software="ZQX"),
    ):  # fmt: skip
        assert b"ZQX" in data
        image = load(data)
        assert "ZQX" not in _everything(image)
        assert image.removed


@given(
    st.sampled_from(sorted(deidentify.RANGES)),
    st.one_of(st.floats(), st.integers(), st.text(), st.lists(st.floats())),
)
def test_no_value_beyond_its_range_or_list_is_shown(name: str, value: Any) -> None:
    low, high = deidentify.RANGES[name]
    for shown in deidentify.defined_only({name: value}).values():
        many = shown if isinstance(shown, tuple) else (shown,)
        assert len(many) <= deidentify.MOST_NUMBERS
        assert all(low <= one <= high for one in many)


@given(st.sampled_from(sorted(deidentify.TERMS)), st.text())
def test_no_text_but_a_defined_term_is_shown(name: str, value: str) -> None:
    assert deidentify.defined_only({name: value}).keys() <= (
        {name} if value in deidentify.TERMS[name] else set()
    )


def test_a_name_that_nobody_allowed_is_not_shown() -> None:
    assert deidentify.defined_only({"PatientName": "1", "Secret": 1.0, "StudyDate": "20200101"}) == {}


def test_private_tags_of_a_known_test_file_are_left_behind() -> None:
    """A well-known tool left all 179 of them in place (imaging spec 3.2)."""
    from pydicom.data import get_testdata_file

    path = get_testdata_file("CT_small.dcm", read=False)
    with open(str(path), "rb") as file:
        image = load(file.read())
    assert image.removed["private tags"] >= 150
