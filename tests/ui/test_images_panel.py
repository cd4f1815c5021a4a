"""What the image panel shows: which picture lies over which, what was read, and foreign text inert."""

from __future__ import annotations

import base64
import io
from types import ModuleType
from typing import Any

import pytest
from PIL import Image

from assistant.answer import Answer, Unanswered
from assistant.ui import pictures, pictures_panel
from retrieval.evidence import Artifact, Depth, Kind, Outcome
from retrieval.patient import Patient

ROLES = ("original", "reference", "vessels", "enhanced", "difference", "unlike")


def artifact(role: str, size: tuple[int, int] = (40, 30), title: str = "", alt: str = "An eye.") -> Artifact:
    out = io.BytesIO()
    Image.new("RGB", size, (90, 40, 20)).save(out, format="PNG")
    data = base64.b64encode(out.getvalue())
    return Artifact(title=title or role or "x", media_type="image/png", data=data, alt=alt, role=role)


def shown(address: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))


@pytest.fixture
def answer(scripted: ModuleType) -> Any:
    def make(*statements: str, **more: Any) -> Answer:
        claims = tuple(
            scripted.claim(number, said, Depth.COMPUTATION, Kind.COMPUTED, tool="read_image")
            for number, said in enumerate(statements, 1)
        )
        made: Answer = scripted.answer("s1", "q", Patient(), claims=claims, **more)
        return made

    return make


def test_buttons_stand_in_one_order_and_the_map_is_pressed_first() -> None:
    (shot,) = pictures_panel.shots({role: artifact(role) for role in ROLES})
    assert [name for name, _ in shot.over] == list(pictures_panel.OVERLAYS.values())
    assert shot.first == "Unlike healthy"
    assert shot.key("Vessels") == "vessels"
    assert shot.reference == "reference"


def test_a_map_that_frames_no_place_is_not_pressed_first() -> None:
    from imaging.drawing import NO_PLACE

    given = {role: artifact(role) for role in ROLES} | {
        "unlike": artifact("unlike", alt=f"A map. {NO_PLACE}")
    }
    (shot,) = pictures_panel.shots(given)
    assert shot.first == "Vessels"
    (alone,) = pictures_panel.shots({role: given[role] for role in ("original", "unlike")})
    assert alone.first == "Unlike healthy"


def test_each_original_begins_a_photograph_and_keeps_its_own_overlays() -> None:
    given = {
        "a": artifact("original"),
        "b": artifact("vessels"),
        "c": artifact("original"),
        "d": artifact("enhanced"),
    }
    first, second = pictures_panel.shots(given)
    assert (first.original, first.over) == ("a", (("Vessels", "b"),))
    assert (second.original, second.over) == ("c", (("Enhanced", "d"),))


def test_a_picture_of_another_shape_never_lies_over_the_photograph() -> None:
    given = {
        "a": artifact("original"), "b": artifact("vessels", (30, 40)), "c": artifact("reference", (40, 60)),
    }  # fmt: skip
    (shot,) = pictures_panel.shots(given)
    assert shot.over == ()
    assert shot.reference == "c"
    assert pictures_panel.others(given, (shot,)) == (given["b"],)


def test_two_pictures_without_a_role_are_a_pair_and_others_stand_alone() -> None:
    pair = {"a": artifact("", title="One"), "b": artifact("", title="Other")}
    assert pictures_panel.shots(pair) == (pictures_panel.Shot("a", (("Other", "b"),)),)
    three = {**pair, "c": artifact("")}
    assert pictures_panel.shots(three) == ()
    assert len(pictures_panel.others(three, ())) == 3


def test_the_gate_gives_the_verdict_and_the_rest_stands_in_brief(answer: Any) -> None:
    made = answer(
        "Unlike: above. One place. Not a diagnosis.", "It looks like a fundus.", "Vessels: 0.03; width 2."
    )
    gate = made.claims[1].evidence[0].source.model_copy(update={"id": "model:fundus-gate"})
    stands = made.claims[1].evidence[0].model_copy(update={"source": gate})
    second = made.claims[1].model_copy(update={"evidence": (stands,)})
    made = made.model_copy(update={"claims": (made.claims[0], second, made.claims[2])})
    verdict = pictures_panel.verdict(made)
    assert '<span class="claim-no">2</span> It looks like a fundus.' in verdict
    assert '<span class="claim-no">1</span> Unlike: above. One place. …' in verdict
    table = pictures_panel.read(made)
    assert "Unlike: above" not in table
    assert "Vessels: 0.03; width 2.</td>" in table
    assert "It looks like a fundus." not in table


def test_without_a_gate_the_first_sentence_is_the_verdict_and_not_said_twice(answer: Any) -> None:
    made = answer("It is a scan.", "It has 3 slices.")
    assert "It is a scan." in pictures_panel.verdict(made)
    assert "It is a scan." not in pictures_panel.read(made)
    assert pictures_panel.read(answer("It is a scan.")) == ""


def test_a_picture_that_was_not_read_says_why(answer: Any) -> None:
    gap = Unanswered(tool="read_image", outcome=Outcome.NOT_COVERED, reason="It <b>is</b> a cat.")
    verdict = pictures_panel.verdict(answer(not_answered=(gap,)))
    assert "not covered" in verdict
    assert "It &#60;b&#62;is&#60;/b&#62; a cat." in verdict
    assert pictures_panel.read(answer(not_answered=(gap,))) == ""
    assert pictures_panel.verdict(answer(not_answered=())) == ""


def test_both_layers_have_one_size_and_no_metadata() -> None:
    under, over = artifact("original", (3200, 1600)), artifact("vessels", (600, 300))
    fit = pictures.shown_size(under)
    layers = [shown(pictures.as_data(one, fit)) for one in (under, over)]
    assert [layer.size for layer in layers] == [(1600, 800)] * 2
    assert all(layer.info == {} for layer in layers)


def test_words_of_a_picture_are_inert_and_announced() -> None:
    hostile = artifact("vessels", title="<img src=x>", alt='"><script>alert(1)</script>')
    for made in (pictures.described(hostile), pictures.beside(hostile)):
        assert "<script" not in made
        assert "<img src=x>" not in made
    assert 'role="status"' in pictures.described(hostile)
    assert pictures.beside() == ""
