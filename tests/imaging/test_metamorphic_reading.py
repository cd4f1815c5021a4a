"""One picture, brought in different ways, reads alike; a model taken away leaves a gap, never another reading."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from imaging import anomaly, cards, differences
from imaging.calibrate import share
from imaging.enhance import even_light
from imaging.findings import as_result, read_file
from imaging.generate import shipped
from imaging.image import Decision, ImageReading, MedicalImage, ModelMissing, Region, Unlike, Want
from imaging.load import load
from imaging.marks import ENHANCED, SYNTHETIC, mark_on, stamped
from imaging.reading import read
from imaging.vessel_measures import measure
from imaging.vessels import NET, find_vessels
from retrieval.evidence import Outcome
from tests.imaging.test_dicom import dicom

Save = Callable[..., bytes]
BOTH: tuple[Want, ...] = ("findings", "vessels")
LIMITED = (12, 16)
"""Rows and columns, in twentieths, of the place that a made map calls unlike."""


def said(reading: ImageReading) -> dict[str, Any]:
    """A reading without its times and without how the file was opened."""
    return reading.model_dump(exclude={"seconds", "notes", "claimed", "age"})


def opened(pixels: np.ndarray) -> MedicalImage:
    return MedicalImage(pixels=pixels.copy(), unit="sRGB", format="png", sha256="0" * 64)


@pytest.fixture(scope="module")
def child() -> np.ndarray:
    """A made chest X-ray, 28 px, called above the operating point."""
    return np.asarray(shipped.generator("xray-cvae").sample(1, "pneumonia", 0)[0])


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A map that calls the middle of any picture unlike, in place of the bank's."""

    def unlike(pixels: np.ndarray, kind: str, spacing: object = None) -> tuple[Unlike, np.ndarray]:
        height, width = pixels.shape[:2]
        low, high = LIMITED
        box = (height * low // 20, width * low // 20, height * high // 20, width * high // 20)
        heat = np.zeros((height, width), dtype=np.float32)
        heat[box[0] : box[2], box[1] : box[3]] = 99.5
        region = Region(box=box, area_px=int((heat > 0).sum()), percentile=99.5)
        judged = Unlike(
            percentile=99, distance=3.0, threshold=2.0, specificity=share(19, 20), healthy="made here",
            regions=(region,), card="model:fundus-gate",
        )  # fmt: skip
        return judged, heat

    monkeypatch.setattr(differences.anomaly, "unlike", unlike)


def _shown(reading: ImageReading, role: str) -> np.ndarray:
    (png,) = [one.png for one in reading.pictures if one.role == role]
    return np.asarray(Image.open(io.BytesIO(png)))


def test_a_turn_noted_by_the_camera_is_a_turn(small_retina: np.ndarray, saved: Save) -> None:
    exif, small = Image.Exif(), np.ascontiguousarray(small_retina[::2, ::2])
    exif[0x0112] = 6  # shown a quarter turn clockwise
    noted, turned = load(saved(small, exif=exif)), load(saved(np.rot90(small, -1)))
    assert noted.sha256 == turned.sha256
    assert said(read(noted, ("findings",))) == said(read(turned, ("findings",)))


def test_one_eye_in_three_formats_has_one_verdict(small_retina: np.ndarray, saved: Save) -> None:
    files = (saved(small_retina), saved(small_retina, "JPEG", quality=95), dicom(small_retina))
    png, jpeg, dcm = (load(file) for file in files)
    assert png.sha256 == dcm.sha256
    one, other = (read(image, ("vessels",)) for image in (png, jpeg))
    for reading in (one, other):
        assert reading.quality is not None
        assert (reading.kind.decision, reading.quality.decision) == (Decision.ACCEPTED, Decision.ACCEPTED)
    assert other.kind.score == pytest.approx(one.kind.score, abs=0.5)
    for measured, again in zip(one.measurements, other.measurements, strict=True):
        assert again.value == pytest.approx(measured.value, rel=0.05)


def test_one_chest_in_three_formats_has_one_score(child: np.ndarray, saved: Save) -> None:
    colour = np.repeat(child[..., None], 3, axis=2)
    readings = [
        read(load(file), ("findings",), age_years=3)
        for file in (saved(child), saved(child, "JPEG", quality=95), dicom(colour))
    ]
    png, jpeg, dcm = readings
    assert png.scores == dcm.scores
    assert [one.scores[0].verdict for one in readings] == ["above"] * 3
    assert jpeg.scores[0].margin == pytest.approx(
        png.scores[0].margin, abs=1.5
    )  # blocks of 8 px weigh at 28 px


def test_name_header_and_body_part_change_nothing(child: np.ndarray, tmp_path: Path) -> None:
    colour = np.repeat(child[..., None], 3, axis=2)
    filled = {
        "BodyPartExamined": "HEAD",
        "StudyDescription": "SECRET pneumonia",
        "PatientSex": "F",
        "Modality": "DX",
    }
    files = {"chest_normal.dcm": dicom(colour), "cat.png": dicom(colour, **filled)}
    results = []
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        results.append(read_file(tmp_path / name, BOTH, "auto", None, age_years=3))
    assert results[0].findings == results[1].findings
    assert results[0].pictures == results[1].pictures
    assert "SECRET" not in results[1].model_dump_json(exclude={"pictures"})


@pytest.mark.parametrize("model", [NET, "model:pneumonia-head"])
def test_a_model_taken_away_is_unavailable_and_never_another_finding(
    model: str, child: np.ndarray, small_retina: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    want: tuple[Want, ...] = ("vessels",) if model == NET else ("findings",)
    image = opened(small_retina if model == NET else np.repeat(child[..., None], 3, axis=2))
    assert as_result(read(image, want, age_years=3), want).outcome is Outcome.FOUND
    held = cards.is_held
    monkeypatch.setattr(cards, "is_held", lambda one: one != model and held(one))
    result = as_result(read(image, want, age_years=3), want)
    assert result.outcome is Outcome.UNAVAILABLE
    assert result.command
    assert not result.findings


def test_without_a_bank_the_rest_is_read_as_before(
    child: np.ndarray, small_retina: np.ndarray, marked: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    chest, eye = opened(np.repeat(child[..., None], 3, axis=2)), opened(small_retina[::2, ::2])
    with_bank = as_result(read(chest, BOTH, age_years=3), BOTH)

    def gone(*_: object) -> None:
        raise ModelMissing("no healthy pictures are held: bring them")

    monkeypatch.setattr(differences.anomaly, "unlike", gone)
    without = as_result(read(chest, BOTH, age_years=3), BOTH)
    assert set(without.findings) < set(with_bank.findings)
    assert anomaly.brings("chest_xray") in without.note
    assert as_result(read(eye, ("findings",)), ("findings",)).outcome is Outcome.UNAVAILABLE


def test_the_reference_is_the_photograph_outside_the_places_that_stand_out(
    small_retina: np.ndarray, marked: None
) -> None:
    reading = read(opened(small_retina[::2, ::2]), ("findings",))
    assert [one.role for one in reading.pictures] == ["original", "unlike", "reference", "difference"]
    eye, made = _shown(reading, "original"), _shown(reading, "reference")
    apart = (eye != made).any(axis=2)[:-12]  # the lowest rows carry the stamp
    rows, columns = np.nonzero(apart)
    low, high = (round(side * eye.shape[0] / 20) for side in LIMITED)
    assert apart.any()
    assert low - 12 <= min(rows.min(), columns.min())
    assert max(rows.max(), columns.max()) <= high + 12
    assert reading.reference
    assert mark_on(made) == SYNTHETIC
    grey = _shown(reading, "difference")
    assert (grey[:-12][~apart & (eye[:-12].max(axis=2) > 40)] == 128).all()


@pytest.mark.parametrize("words", [SYNTHETIC, ENHANCED])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_made_picture_that_comes_back_is_refused(
    small_retina: np.ndarray, tmp_path: Path, saved: Save, words: str, kind: str
) -> None:
    path = tmp_path / "x"
    path.write_bytes(saved(stamped(small_retina, words), kind, **({"quality": 90} if kind == "JPEG" else {})))
    result = read_file(path, BOTH, "fundus", None)
    assert result.outcome is Outcome.BAD_INPUT
    assert words in result.note
    assert not result.findings


def test_an_enhanced_picture_is_no_picture_to_measure_on(small_retina: np.ndarray) -> None:
    made: Any = even_light(small_retina)
    assert not isinstance(made, (MedicalImage, np.ndarray))
    for taker in (find_vessels, lambda one: read(one), lambda one: measure(one, one)):
        with pytest.raises((TypeError, AttributeError)):
            taker(made)


def test_no_photograph_carries_a_mark(
    retina: np.ndarray, small_retina: np.ndarray, child: np.ndarray
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    black, white = np.zeros((99, 99, 3), np.uint8), np.full((99, 300, 3), 255, np.uint8)
    for pixels in (retina, small_retina, np.repeat(child[..., None], 3, axis=2), noise, black, white):
        assert mark_on(pixels) == ""


def test_text_in_a_png_is_no_mark(small_retina: np.ndarray, saved: Save) -> None:
    text = PngInfo()
    text.add_text("Comment", SYNTHETIC)
    assert mark_on(load(saved(small_retina, pnginfo=text)).rgb) == ""
