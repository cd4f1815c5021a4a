"""The generation lab without its page: what is shown, what is saved, and what is refused with a mend."""

from __future__ import annotations

import base64
import io
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from assistant.ui import lab
from assistant.ui.lab_bench import Bench, Door, Refused, photograph, whole
from assistant.ui.lab_lesions import KEPT, LesionsTab
from assistant.ui.pace import Pace
from imaging.generate import lab as made
from imaging.generate.phantom import phantom
from imaging.realism.report import Comparison, PrivacyReport, Row, side_by_side


def png(pixels: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, format="PNG")
    return out.getvalue()


def pictures(page: str) -> list[Image.Image]:
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    return [Image.open(io.BytesIO(base64.b64decode(one))) for one in found]


def test_a_gallery_shows_each_picture_with_its_mark_and_its_words() -> None:
    page = lab.gallery({"normal": made.sample("xray-pca", "normal", 3, 5)}, "<b>three</b>")
    shown = pictures(page)
    assert len(shown) == 3
    assert all(one.text == {"Comment": "synthetic"} for one in shown)  # type: ignore[attr-defined]
    assert page.count("no patient") == 3
    assert "&#60;b&#62;three" in page
    assert "<h3>" not in page


def test_pictures_of_several_labels_stand_under_their_labels() -> None:
    found = {label: made.sample("xray-pca", label, 1, 5) for label in ("normal", "pneumonia")}
    assert re.findall(r"<h3>(\w+)</h3>", lab.gallery(found, "both")) == ["normal", "pneumonia"]


def test_a_sheet_holds_all_pictures_and_its_file_says_synthetic() -> None:
    found = made.sample("xray-pca", "pneumonia", 5, 1)
    sheet = Image.open(io.BytesIO(lab.sheet(found)))
    one = Image.open(io.BytesIO(found[0].png))
    assert sheet.text == {"Comment": "synthetic"}  # type: ignore[attr-defined]
    assert sheet.width == 3 * one.width
    assert sheet.height >= 2 * one.height
    assert Image.open(io.BytesIO(lab.sheet(found, columns=5))).width == 5 * one.width


def test_lesions_stand_with_what_they_look_like_and_the_source_of_that() -> None:
    page = lab.injected(made.inject(3, "exudate", 4, 1.0, 2))
    assert len(pictures(page)) == 3
    assert "4 lesions of the kind exudate" in page
    assert "Ophthalmology 2003" in page
    assert lab.STILL_A_PATIENT not in page


def test_a_photograph_of_a_person_is_shown_without_the_mark_that_made_pictures_carry() -> None:
    eye = phantom(256, 7).pixels  # stands for a photograph
    page = lab.injected(made.inject(eye, "drusen", 3, 1.0, 2), eye)
    before, drawn, mask = pictures(page)
    assert before.info == {}
    assert np.array_equal(np.asarray(before), eye)
    assert drawn.text == mask.text == {"Comment": "synthetic"}  # type: ignore[attr-defined]
    assert lab.STILL_A_PATIENT in page


def test_the_privacy_report_shows_its_figures_and_what_missed_its_bar() -> None:
    row = Row(group="privacy", measure="membership AUC", made="0.61 [0.58, 0.64]", real="0.50", copies="0.98",
              bar="<= 0.55", met=False)  # fmt: skip
    report = PrivacyReport(
        generator="x-pca", title="X", rows=(row,), verdict="It <leaks>.", attacks="Nearness.", made_from="50 eyes",
        origin="card",
    )  # fmt: skip
    page = lab.privacy(report)
    assert "0.61 &#91;0.58, 0.64&#93;" in page
    assert "missed" in page
    assert "It &#60;leaks&#62;." in page
    assert "0.98" in page


def test_every_shipped_generator_has_a_name_a_card_and_a_column() -> None:
    table = side_by_side()
    page = lab.beside(table)
    for name in table.columns[2:]:
        assert lab.named(name) != name
        assert lab.named(name) in page
        assert "Never to be diagnosed from" in lab.card(name)
    assert lab.card("phantom") == ""
    gap = Comparison(columns=("judged by", "measure", "x-pca"), rows=(("privacy", "m", ""),), good_for=("a",))
    assert "not measured" in lab.beside(gap)


@pytest.mark.parametrize("typed", [None, "3", 2.5, True, -1, 17, float("nan"), float("inf")])
def test_a_number_that_is_none_is_refused_with_its_range(typed: Any) -> None:
    with pytest.raises(Refused, match=r"How many: .*16"):
        whole(typed, 1, 16, "How many")


def test_a_whole_number_comes_as_one() -> None:
    assert whole(8.0, 1, 16, "How many") == 8


def test_one_request_of_a_bench_at_a_time_and_another_bench_is_not_kept_waiting() -> None:
    door, one, other = Door(), Bench(), Bench()
    with door.enter(one):
        with pytest.raises(Refused, match="still being drawn"), door.enter(one):
            pass
        with door.enter(other):
            pass
    with door.enter(one):
        pass


def test_a_request_that_fails_opens_the_door_again() -> None:
    door, bench = Door(), Bench()
    with pytest.raises(ZeroDivisionError), door.enter(bench):
        raise ZeroDivisionError
    with door.enter(bench):
        pass


def test_too_many_requests_in_a_minute_are_told_how_long_to_wait() -> None:
    door, bench = Door(Pace(clock=lambda: 0.0)), Bench()
    for _ in range(Pace.PER_MINUTE):
        with door.enter(bench):
            pass
    with pytest.raises(Refused, match="Wait 60 seconds"), door.enter(bench):
        pass


def test_a_photograph_is_accepted_shrunk_and_black_outside_its_field() -> None:
    from skimage import data

    eye = np.asarray(data.retina()).copy()
    eye[:40, :200] = 255  # lettering in a corner
    kept = photograph(png(eye))
    assert kept.shape == (1024, 1024, 3)
    assert not kept[:28, :140].any()
    assert kept[512, 512].any()


def test_what_is_no_fundus_photograph_is_refused_with_another_way() -> None:
    from skimage import data

    with pytest.raises(Refused, match=r"not accepted as one: .*drawn fundus"):
        photograph(png(np.asarray(data.chelsea())))
    with pytest.raises(Refused, match=r"was not opened: .*PNG or JPEG"):
        photograph(b"no picture")


def test_a_bench_never_shows_its_photograph_in_words() -> None:
    bench = Bench(photo=phantom(64, 1).pixels)
    assert "photo" not in repr(bench)
    assert Bench().id != Bench().id


def test_a_refusal_at_the_door_keeps_the_photograph_and_one_of_the_file_does_not(tmp_path: Path) -> None:
    tab, held, file = (
        LesionsTab(Door(Pace(clock=lambda: 0.0))),
        Bench(photo=phantom(64, 1).pixels),
        tmp_path / "a.png",
    )
    for said, photo in (("was not opened", None), ("requests in a minute", held.photo)):
        file.write_bytes(b"no picture")
        kept, told = tab._taken(str(file), held)
        assert said in told
        assert kept.photo is photo
        for _ in range(Pace.PER_MINUTE - 1):
            with suppress(Refused), tab._door.enter(held):
                pass


def test_the_page_promises_no_more_than_is_kept_of_a_photograph() -> None:
    assert "an hour after" in KEPT
