"""The path of one picture beyond the fundus: chest X-rays, volumes, marks beside the field, models not held."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import nibabel
import numpy as np
import pytest
from PIL import Image, ImageDraw
from skimage import data

from imaging import backbone, findings, reading
from imaging.fov import marks_outside
from imaging.image import Decision, ImageReading, Verdict
from imaging.load import load
from retrieval.evidence import Outcome, ToolResult

Save = Callable[..., bytes]


def _read_file(folder: Path, content: bytes, kind: reading.Kind = "auto") -> ToolResult:
    path = folder / "SECRET"
    path.write_bytes(content)
    return findings.read_file(path, ("findings", "vessels"), kind, None)


def _x_ray(decision: Decision) -> Callable[[np.ndarray], Verdict]:
    verdict = Verdict(
        check="chest X-ray",
        decision=decision,
        score=1.0,
        threshold=2.07,
        higher_is="worse",
        reason="looks so",
    )
    return lambda _: verdict


def test_a_volume_is_opened_and_says_that_no_model_reads_it(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(0, 900, (40, 40, 40)).astype(np.int16)
    result = _read_file(tmp_path, nibabel.Nifti1Image(values, np.eye(4)).to_bytes())
    assert result.outcome is Outcome.NOT_COVERED
    assert "no model of this version reads volumes" in result.note


def test_what_was_said_to_be_a_chest_x_ray_goes_by_its_own_gate(tmp_path: Path, saved: Save) -> None:
    result = _read_file(tmp_path, saved(data.camera()), "chest_xray")
    assert result.outcome is Outcome.NOT_COVERED
    assert "does not look like a chest X-ray" in result.note
    assert [source.id for source in result.searched] == [findings.XRAY_GATE]


@pytest.mark.parametrize("decision", [Decision.ACCEPTED, Decision.UNSURE])
def test_a_chest_x_ray_is_named_and_not_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, saved: Save, decision: Decision
) -> None:
    monkeypatch.setattr(reading, "xray_gate", _x_ray(decision))
    result = _read_file(tmp_path, saved(data.camera()))
    assert result.outcome is Outcome.NOT_COVERED
    assert "No chest X-ray model" in result.note
    assert "none is excluded" in result.note


def test_an_eye_is_never_asked_whether_it_is_a_chest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, saved: Save, small_retina: np.ndarray
) -> None:
    monkeypatch.setattr(reading, "xray_gate", _x_ray(Decision.ACCEPTED))
    assert _read_file(tmp_path, saved(small_retina)).outcome is Outcome.FOUND


def test_without_the_backbone_a_stated_x_ray_is_unavailable_and_names_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, saved: Save
) -> None:
    monkeypatch.setattr(backbone, "PACKAGE", "no_such_package_anywhere")
    backbone._loaded.cache_clear()
    stated = _read_file(tmp_path, saved(data.camera()), "chest_xray")
    assert stated.outcome is Outcome.UNAVAILABLE
    assert stated.command == backbone.BRINGS
    assert _read_file(tmp_path, saved(data.camera())).outcome is Outcome.NOT_COVERED


def test_letters_beside_the_field_are_told_and_blanked(saved: Save, small_retina: np.ndarray) -> None:
    assert not marks_outside(small_retina)
    assert not marks_outside(data.chelsea())
    named = Image.fromarray(small_retina)
    ImageDraw.Draw(named).text((8, 8), "DOE^JANE 1950", fill=(235, 235, 235), font_size=20)
    read: ImageReading = reading.read(load(saved(np.asarray(named))))
    assert any("bright marks" in note for note in read.notes)
    shown = np.asarray(Image.open(io.BytesIO(read.pictures[0].png)))
    assert shown[:25, :25].max() == 0
