"""The path of one picture: eyes, chests and ages, ultrasound, volumes, marks beside the field, models not held."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest
from PIL import Image, ImageDraw
from skimage import data

from imaging import backbone, cards, chest_reading, classify, gate, quality, reading, reference
from imaging.differences import LIKENESS, Differs
from imaging.findings import read_file
from imaging.findings.sources import XRAY_GATE
from imaging.fov import field_of_view, marks_outside
from imaging.generate import shipped
from imaging.generate.lesions import inject
from imaging.image import Decision, MedicalImage, ModelMissing, Verdict, Want
from imaging.load import load
from imaging.reading import read
from retrieval.evidence import Outcome, ToolResult

Save = Callable[..., bytes]
BOTH: tuple[Want, ...] = ("findings", "vessels")


def opened(pixels: np.ndarray, **claim: Any) -> MedicalImage:
    """A picture as the loader would give it."""
    return MedicalImage(
        pixels=pixels.copy(),
        unit="sRGB" if pixels.ndim == 3 else "grey",
        format="png",
        sha256="0" * 64,
        claim=claim,
    )


def ended(
    image: MedicalImage, kind: reading.Kind = "auto", age: int | None = None, *want: Want
) -> ToolResult:
    from imaging.findings import as_result

    return as_result(read(image, want or BOTH, kind, age), want or BOTH)


@pytest.fixture(scope="module")
def sick() -> np.ndarray:
    """A made chest X-ray of the class "pneumonia", 28 px."""
    return np.asarray(shipped.generator("xray-cvae").sample(1, "pneumonia", 0)[0])


@pytest.fixture(scope="module")
def well() -> np.ndarray:
    return np.asarray(shipped.generator("xray-cvae").sample(2, "normal", 0)[1])


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


def test_a_childs_chest_is_read_with_its_operating_point(sick: np.ndarray) -> None:
    result = ended(opened(sick), "auto", 3)
    assert result.outcome is Outcome.FOUND
    first = result.findings[0]
    assert first.statement.startswith("Pneumonia: above")
    assert "demonstration on 28 px" in first.statement
    assert first.evidence[0].source.id == "model:pneumonia-head"
    assert "3 years, as given" in result.note
    assert result.pictures[0].role == "original"


def test_below_the_operating_point_nothing_is_excluded(
    well: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chest_reading, "differences", lambda *_: Differs())
    result = ended(opened(well), "auto", 3)
    assert result.outcome is Outcome.NOT_FOUND
    assert result.note.startswith("No sign above the operating point for pneumonia")
    assert "does not exclude disease" in result.note
    assert not result.findings


def test_the_age_comes_from_the_record_or_else_from_the_header(sick: np.ndarray) -> None:
    unknown = ended(opened(sick))
    assert unknown.outcome is Outcome.NEEDS_INPUT
    assert unknown.missing == ("the patient's age in years",)
    assert "1 to 5 years" in unknown.note
    claimed = ended(opened(sick, PatientAge="3"))
    assert claimed.outcome is Outcome.FOUND
    assert "3 years, as the picture's header says" in claimed.note
    both = ended(opened(sick, PatientAge="3"), "auto", 4)
    assert "4 years, as given" in both.note


@pytest.mark.parametrize(("header", "age"), [("45", None), ("90+", None), (None, 45), ("44", 45), (None, 0)])
def test_another_age_is_not_covered_and_says_which(
    sick: np.ndarray, header: str | None, age: int | None
) -> None:
    image = opened(sick, PatientAge=header) if header else opened(sick)
    result = ended(image, "auto", age)
    assert result.outcome is Outcome.NOT_COVERED
    assert "1 to 5 years only" in result.note
    assert "none is excluded" in result.note
    assert [picture.role for picture in result.pictures] == ["original"]


def test_a_record_and_a_header_that_disagree_are_asked_about(sick: np.ndarray) -> None:
    for header, age in (("45", 3), ("3", 45)):
        result = ended(opened(sick, PatientAge=header), "auto", age)
        assert result.outcome is Outcome.NEEDS_INPUT
        assert "is it this patient's picture?" in result.note
        assert not result.findings


def test_what_only_eyes_have_is_not_covered_in_a_chest(sick: np.ndarray) -> None:
    result = ended(opened(sick), "auto", 3, "vessels", "enhanced")
    assert result.outcome is Outcome.NOT_COVERED
    assert "fundus photographs only" in result.note


def test_without_the_head_a_chest_is_unavailable_and_names_the_command(
    sick: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = cards.is_held
    monkeypatch.setattr(cards, "is_held", lambda one: one != "model:pneumonia-head" and held(one))
    result = ended(opened(sick), "auto", 3)
    assert result.outcome is Outcome.UNAVAILABLE
    assert result.command == classify.brings("chest_xray")
    assert not result.findings


@pytest.mark.parametrize("kind", ["auto", "breast_ultrasound"])
def test_a_grey_picture_may_be_ultrasound_and_its_head_is_unavailable(kind: Any) -> None:
    result = ended(opened(data.camera()), kind)
    assert result.outcome is Outcome.UNAVAILABLE
    assert result.command == classify.brings("breast_ultrasound")
    assert [picture.role for picture in result.pictures] == ["original"]


def test_a_local_ultrasound_head_is_asked_once_the_kind_is_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classify, "available", lambda kind: ("own",) if kind == "breast_ultrasound" else ())
    asked = ended(opened(data.camera()))
    assert asked.outcome is Outcome.NEEDS_INPUT
    assert "breast ultrasound" in asked.missing[0]


def test_a_local_head_speaks_about_eyes_of_any_age(
    monkeypatch: pytest.MonkeyPatch, small_retina: np.ndarray
) -> None:
    shipping = classify.held("pneumonia")
    own = shipping._replace(facts=shipping.facts.model_copy(update={"task": "cataract", "ages": None}))
    monkeypatch.setattr(classify, "available", lambda _: ("cataract",))
    monkeypatch.setattr(classify, "missing", lambda _: ("glaucoma",))
    monkeypatch.setattr(classify, "held", lambda _: own)
    told = read(opened(small_retina[::2, ::2]), ("findings",))
    assert [one.sign for one in told.scores] == ["pneumonia"]
    assert any(one.what == "glaucoma" and one.command for one in told.withheld)


@pytest.mark.parametrize("code", ["CT", "MR", "MG"])
def test_what_its_header_calls_another_kind_is_not_scored_as_ultrasound(code: str) -> None:
    result = ended(opened(data.camera(), Modality=code), "breast_ultrasound")
    assert result.outcome is Outcome.NOT_COVERED
    assert "is no ultrasound by its own header" in result.note
    assert "Its header says" in result.note


@pytest.mark.parametrize("code", ["US", "OT", ""])
def test_a_header_that_does_not_speak_against_it_leaves_ultrasound(code: str) -> None:
    told = read(opened(data.camera(), Modality=code), BOTH, "breast_ultrasound")
    assert told.read_as == "breast_ultrasound"
    assert told.claimed == ""


def test_a_volume_is_not_scored_as_ultrasound() -> None:
    volume = opened(data.camera()).model_copy(update={"format": "nifti"})
    result = ended(volume, "breast_ultrasound")
    assert result.outcome is Outcome.NOT_COVERED
    assert "no model of this version reads volumes" in result.note


@pytest.mark.parametrize(
    ("header", "age", "outcome"),
    [
        (None, 45, Outcome.NOT_COVERED),
        (None, None, Outcome.NEEDS_INPUT),
        ("45", 3, Outcome.NEEDS_INPUT),
        ("3", 4, None),
    ],
)
def test_nobody_else_is_compared_with_children_though_a_local_head_speaks(
    monkeypatch: pytest.MonkeyPatch,
    sick: np.ndarray,
    header: str | None,
    age: int | None,
    outcome: Outcome | None,
) -> None:
    shipping = classify.held("pneumonia")
    own = shipping._replace(facts=shipping.facts.model_copy(update={"ages": None}))
    monkeypatch.setattr(classify, "held", lambda _: own)
    image = opened(sick, PatientAge=header) if header else opened(sick)
    told = read(image, ("findings",), "auto", age)
    assert told.scores
    assert (told.unlike is None) == (outcome is not None)
    assert [one.outcome for one in told.withheld if one.what == LIKENESS] == ([outcome] if outcome else [])


def test_a_damaged_healthy_set_takes_its_picture_away_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small_retina: np.ndarray, saved: Save
) -> None:
    def damaged(*_: object) -> None:
        raise ModelMissing("Local healthy set is not the file of its card: train it again (x)")

    eye = small_retina[::2, ::2]
    bleeding = inject(eye, field_of_view(eye)[1], "exudate", 0, contrast=1.3, count=8).pixels
    path = tmp_path / "x"
    path.write_bytes(saved(np.ascontiguousarray(bleeding)))
    monkeypatch.setattr(reference, "healthy", damaged)
    result = read_file(path, ("findings",), "auto", None)
    assert result.outcome is Outcome.FOUND
    assert "healthy tissue may look like" in result.note
    assert "image train reference" in result.note


def test_damaged_numbers_of_a_gate_are_unavailable_and_name_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, saved: Save, small_retina: np.ndarray
) -> None:
    held = cards.is_held
    path = tmp_path / "x"
    path.write_bytes(saved(np.ascontiguousarray(small_retina[::2, ::2])))
    for gone, module in (("model:fundus-gate", gate), ("model:fundus-quality", quality)):
        with monkeypatch.context() as patched:
            patched.setattr(cards, "is_held", lambda one, gone=gone: one != gone and held(one))
            module._model.cache_clear()
            result = read_file(path, BOTH, "auto", None)
        assert result.outcome is Outcome.UNAVAILABLE
        assert result.command == "consilium image models verify"


def test_what_is_no_ultrasound_is_not_scored_as_one(sick: np.ndarray) -> None:
    for pixels, words in ((data.chelsea(), "a cat"), (sick, "chest X-ray")):
        result = ended(opened(pixels), "breast_ultrasound")
        assert result.outcome is Outcome.NOT_COVERED
        assert words in result.note


@pytest.mark.parametrize("code", ["CT", "MR", "MG"])
def test_a_header_tells_the_kind_of_what_is_not_read_and_is_called_a_claim(code: str) -> None:
    result = ended(opened(data.camera(), Modality=code))
    assert result.outcome is Outcome.NOT_COVERED
    assert "Its header says" in result.note
    assert result.pictures


def test_a_volume_is_shown_and_says_that_no_model_reads_it(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(0, 900, (40, 40, 40)).astype(np.int16)
    path = tmp_path / "SECRET"
    path.write_bytes(nibabel.Nifti1Image(values, np.eye(4)).to_bytes())
    result = read_file(path, BOTH, "auto", None)
    assert result.outcome is Outcome.NOT_COVERED
    assert "no model of this version reads volumes" in result.note
    assert [picture.role for picture in result.pictures] == ["original"]


def test_what_was_said_to_be_a_chest_x_ray_goes_by_its_own_gate() -> None:
    result = ended(opened(data.camera()), "chest_xray")
    assert result.outcome is Outcome.NOT_COVERED
    assert "does not look like a chest X-ray" in result.note
    assert [source.id for source in result.searched] == [XRAY_GATE]


def test_a_doubtful_chest_is_asked_about_and_read_once_stated(
    monkeypatch: pytest.MonkeyPatch, sick: np.ndarray
) -> None:
    monkeypatch.setattr(reading, "xray_gate", _x_ray(Decision.UNSURE))
    asked = ended(opened(sick), "auto", 3)
    assert asked.outcome is Outcome.NEEDS_INPUT
    assert "chest X-ray" in asked.missing[0]
    stated = ended(opened(sick), "chest_xray", 3)
    assert stated.outcome is Outcome.FOUND
    assert any("as stated" in one.statement for one in stated.findings)


def test_an_eye_is_never_asked_whether_it_is_a_chest(
    monkeypatch: pytest.MonkeyPatch, small_retina: np.ndarray
) -> None:
    monkeypatch.setattr(reading, "xray_gate", _x_ray(Decision.ACCEPTED))
    assert read(opened(small_retina[::2, ::2]), ("vessels",)).read_as == "fundus"


@pytest.mark.parametrize("kind", ["auto", "fundus", "chest_xray", "breast_ultrasound"])
def test_without_the_backbone_a_picture_is_unavailable_and_the_command_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, saved: Save, kind: Any
) -> None:
    monkeypatch.setattr(backbone, "PACKAGE", "no_such_package_anywhere")
    backbone._loaded.cache_clear()
    path = tmp_path / "x"
    path.write_bytes(saved(data.camera()))
    stated = read_file(path, BOTH, kind, None)
    assert stated.outcome is Outcome.UNAVAILABLE
    assert stated.command == backbone.BRINGS


def test_each_step_is_timed_and_the_sum_is_the_whole(small_retina: np.ndarray) -> None:
    taken = read(opened(small_retina)).seconds
    assert {"gate", "quality", "vessels", "vessel measures", "drawing"} <= taken.keys()
    assert all(seconds >= 0 for seconds in taken.values())


def test_letters_beside_the_field_are_told_and_blanked(small_retina: np.ndarray) -> None:
    assert not marks_outside(small_retina)
    assert not marks_outside(data.chelsea())
    named = Image.fromarray(small_retina)
    ImageDraw.Draw(named).text((8, 8), "DOE^JANE 1950", fill=(235, 235, 235), font_size=20)
    told = read(opened(np.asarray(named)), ())
    assert any("bright marks" in note for note in told.notes)
    shown = np.asarray(Image.open(io.BytesIO(told.pictures[0].png)))
    assert shown[:25, :25].max() == 0


def test_a_file_too_large_for_the_service_may_be_opened_by_a_command(tmp_path: Path, saved: Save) -> None:
    path = tmp_path / "x"
    path.write_bytes(saved(data.camera()))
    refused = read_file(path, BOTH, "fundus", None, file_bytes=1000)
    assert refused.outcome is Outcome.BAD_INPUT
    assert "at most" in refused.note
    assert load(path).width == 512
