"""The healthy reference: what it replaces, what it leaves alone, and that it says what it is."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import binary_dilation

from imaging import healthy_set, local_models, reference, spectral_fill
from imaging.fov import field_of_view
from imaging.generate.lesions import inject
from imaging.image import ModelMissing

Pixels = np.ndarray


@pytest.fixture(scope="module")
def eye(small_retina: Pixels) -> Pixels:
    return np.asarray(Image.fromarray(small_retina).resize((320, 320), Image.Resampling.BOX))


@pytest.fixture(autouse=True)
def nothing_local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(local_models.VARIABLE, str(tmp_path / "models"))


def _disc(shape: tuple[int, int], row: int, column: int, radius: int) -> np.ndarray:
    y, x = np.ogrid[: shape[0], : shape[1]]
    return np.asarray((y - row) ** 2 + (x - column) ** 2 <= radius**2)


def test_outside_the_lesions_the_picture_is_unchanged_to_the_byte(eye: Pixels) -> None:
    hole = _disc((320, 320), 200, 180, 12)
    made = reference.healthy(eye, "fundus", hole)
    assert made.pixels.dtype == np.uint8
    assert (made.pixels[~hole] == eye[~hole]).all()
    field = field_of_view(eye)[1]
    assert made.replaced == pytest.approx(hole.sum() / field.sum())
    assert made.how == "filled in from its surroundings"


def test_a_drawn_lesion_goes_and_the_eye_behind_it_comes_back_better_than_by_a_blur(eye: Pixels) -> None:
    field = field_of_view(eye)[1]
    errors, blurred, before = [], [], []
    for seed, kind in enumerate(("exudate", "haemorrhage", "exudate", "haemorrhage")):
        ill = inject(eye, field, kind, seed)  # type: ignore[arg-type]
        hole = binary_dilation(ill.mask, iterations=4)  # its soft edge too
        made = reference.healthy(ill.pixels, "fundus", hole).pixels.astype(float)
        fill = spectral_fill.smooth_fill(ill.pixels.astype(np.float32), field & ~hole, 10.0)
        for found, one in ((errors, made), (blurred, fill), (before, ill.pixels.astype(float))):
            found.append(np.abs(one - eye)[ill.mask].mean())
    assert np.mean(errors) < 0.25 * np.mean(before)
    assert np.mean(errors) < np.mean(blurred)


def test_what_is_hidden_does_not_shine_through(eye: Pixels) -> None:
    hole = _disc((320, 320), 200, 180, 12)
    bright, dark = eye.copy(), eye.copy()
    bright[hole], dark[hole] = 255, 0
    made = [reference.healthy(one, "fundus", hole).pixels for one in (bright, dark)]
    assert (made[0] == made[1]).all()


def test_without_a_lesion_nothing_is_replaced(eye: Pixels) -> None:
    made = reference.healthy(eye, "fundus", np.zeros((320, 320), dtype=bool))
    assert (made.pixels == eye).all()
    assert (made.replaced, made.how) == (0.0, "nothing was replaced")


def test_shapes_that_do_not_fit_and_a_lesion_over_everything_are_refused(eye: Pixels) -> None:
    with pytest.raises(ValueError, match="H x W"):
        reference.healthy(eye, "fundus", np.zeros((3, 3), dtype=bool))
    with pytest.raises(ValueError, match="nothing of the field"):
        reference.healthy(eye, "fundus", np.ones((320, 320), dtype=bool))


def test_the_fill_continues_a_slope_and_a_line() -> None:
    y, x = np.mgrid[:64, :64].astype(np.float32)
    picture = np.stack([x + 2 * y, x + 40 * (np.abs(y - 32) < 2), np.full_like(x, 7)], axis=-1)
    hole = _disc((64, 64), 32, 32, 4)
    made = spectral_fill.fill(picture, hole, np.ones((64, 64), dtype=bool))
    assert np.abs(made - picture)[..., 0][hole].max() < 4
    assert np.abs(made - picture)[..., 2][hole].max() < 0.1
    assert made[32, 32, 1] - made[28, 32, 1] > 15  # the line is carried across
    assert (made[~hole] == picture[~hole]).all()


def _faces(count: int, seed: int) -> np.ndarray:
    """Pictures with one blob that moves along a line: healthy tissue that only a set of them can know."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:128, :128]
    made = []
    for _ in range(count):
        size, tone = rng.uniform(18, 24), rng.uniform(60, 90)
        spot = tone * np.exp(-(((y - 64) ** 2 + (x - 64) ** 2) / (2 * size**2)))
        made.append(np.repeat((80 + spot)[..., None], 3, axis=2) + rng.normal(0, 1, (128, 128, 3)))
    return np.array(made).clip(1, 255).astype(np.uint8)


def test_a_healthy_set_knows_what_the_surroundings_cannot() -> None:
    known = healthy_set.fit(_faces(48, 0), axes=8)
    fresh = _faces(1, 9)[0].astype(np.float32)
    hole, field = _disc((128, 128), 64, 64, 26), np.ones((128, 128), dtype=bool)
    hidden = np.where(hole[..., None], 0, fresh).astype(np.float32)
    with_set = np.abs(reference.replaced(hidden, hole, field, known) - fresh)[hole].mean()
    assert with_set < 0.7 * np.abs(reference.replaced(hidden, hole, field) - fresh)[hole].mean()


@pytest.mark.parametrize(("errors", "how"), [((5.0, 4.0), "generated from 48 healthy eyes, not this patient's own"),
                                             ((4.0, 5.0), "filled in from its surroundings")])  # fmt: skip
def test_a_local_set_is_used_only_where_it_was_measured_better(
    eye: Pixels, tmp_path: Path, errors: tuple[float, float], how: str
) -> None:
    from imaging.training import bank_command

    known = healthy_set.fit(_faces(48, 0), axes=8)._replace(errors=errors)
    found = bank_command.Healthy(paths=(), groups=(), grouped=False)
    bank_command._write(
        tmp_path / "models", "set.npz", known.packed(), bank_command.set_card(known, "fundus", found)
    )
    hole = _disc((320, 320), 200, 180, 12)
    made = reference.healthy(eye, "fundus", hole)
    assert made.how == how
    assert (made.pixels[~hole] == eye[~hole]).all()


def test_bytes_that_are_no_healthy_set_are_a_missing_model() -> None:
    known = healthy_set.fit(_faces(48, 0), axes=8)
    other = known._replace(mean=known.mean[:-3], axes=known.axes[:, :-3]).packed()
    without = io.BytesIO()
    np.savez(without, allow_pickle=False, mean=known.mean)
    for packed in (b"no set", b"", other, without.getvalue()):
        with pytest.raises(ModelMissing, match="train it again"):
            healthy_set.unpacked(packed)


def test_packed_is_unpacked() -> None:
    known = healthy_set.fit(_faces(48, 0), axes=8)._replace(errors=(3.0, 2.0))
    again = healthy_set.unpacked(known.packed())
    assert (again.made_of, again.errors, again.better) == (48, (3.0, 2.0), True)
    picture, seen = _faces(1, 5)[0].astype(np.float32), ~_disc((128, 128), 64, 64, 20)
    assert np.allclose(known.expected(picture, seen), again.expected(picture, seen), atol=1.0)
