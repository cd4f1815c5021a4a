"""Drawn pictures: the same bytes again, the lesion where its mask is, and gold from the drawing alone."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from evals.cases.case import Drawn
from evals.cases.gold import check
from evals.cases.imagery import GOLD, KINDS, LESIONS, file_of, mask_of, picture_case, pixels_of
from evals.suites import images

EYE = Drawn(kind="fundus", seed=7)


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawing_gives_the_same_bytes_without_words_in_them(kind: str) -> None:
    drawn = Drawn(kind=kind, seed=12, lesion=LESIONS[0] if kind == "fundus lesion" else "")
    data = file_of(drawn)
    assert data == file_of(drawn)
    assert data.startswith(b"\x89PNG")
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.info == {}
        assert np.array_equal(np.asarray(picture), pixels_of(drawn))


@pytest.mark.parametrize("lesion", LESIONS)
def test_lesions_lie_within_their_mask(lesion: str) -> None:
    ill = Drawn(kind="fundus lesion", seed=7, lesion=lesion)
    mask = mask_of(ill)
    assert 0 < mask.mean() < 0.2
    assert not mask_of(EYE).any()
    moved = np.abs(pixels_of(ill).astype(int) - pixels_of(EYE)).sum(axis=2)
    assert moved[mask].mean() > 10 * max(moved[~mask].mean(), 0.01)


def test_a_blurred_eye_has_no_edges_and_a_dark_one_no_light() -> None:
    def edges(kind: str) -> float:
        grey = pixels_of(Drawn(kind=kind, seed=7)).mean(axis=2)
        return float(np.abs(np.diff(grey, axis=0)).max())

    assert edges("fundus blurred") < edges("fundus") / 4
    assert pixels_of(Drawn(kind="fundus dark", seed=7)).max() < 30


def test_another_seed_is_another_picture() -> None:
    for kind in ("photo", "noise", "fundus"):
        assert not np.array_equal(pixels_of(Drawn(kind=kind, seed=1)), pixels_of(Drawn(kind=kind, seed=2)))


def test_what_is_not_drawn_here_is_refused() -> None:
    with pytest.raises(ValueError, match="no kind of picture"):
        pixels_of(Drawn(kind="mri", seed=1))
    with pytest.raises(ValueError, match="no mask"):
        mask_of(Drawn(kind="photo", seed=1))


def test_cases_hold_the_drawing_and_the_reason_but_no_bytes() -> None:
    cases = list(images.cases(70, 3))
    assert {one.stratum for one in cases} == set(KINDS) == set(GOLD)
    for case in cases:
        file = case.presented.files[0]
        assert check(case) == ()
        assert file.data == b""
        assert file.drawing == case.latent.pictures[0]
        assert case.stratum.split()[-1] not in file.name, "the name may not tell what is drawn"
        assert case.gold.picture == GOLD[case.stratum]
        assert bool(case.latent.pictures[0].lesion) == (case.stratum == "fundus lesion")
    assert picture_case(3, 5) == cases[5]
    assert len({(one.presented.turns[0].text, one.latent.pictures[0].seed) for one in cases}) == 70
