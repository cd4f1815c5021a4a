"""What stands beside the chat: urgency, evidence, gaps, the patient frame, pictures."""

from __future__ import annotations

import base64
import io
from types import ModuleType

import pytest
from PIL import Image

from assistant.answer import Answer
from assistant.ui import drawer, frame, pictures
from retrieval.patient import Known, Listed, Origin, OriginKind, Patient
from tools.triage.levels import Level


@pytest.fixture
def answer(scripted: ModuleType) -> Answer:
    return scripted.answer("s", "q", Patient())


def test_each_claim_has_quote_source_version_licence_link_and_depth(answer: Answer) -> None:
    shown = drawer.evidence(answer)
    assert shown.count("<details") == len(answer.claims)
    for part in (
        "The exact words of source 1.",
        "Made-up source 1",
        "2026-01-15",
        "CC BY 4.0",
        "strong",
        "Results",
    ):
        assert part in shown
    assert 'href="https://pubmed.ncbi.nlm.nih.gov/32189324/"' in shown
    assert "depth-guideline" in shown
    assert ">retracted<" in shown


def test_a_long_warning_is_short_on_the_label_and_whole_in_the_drawer(scripted: ModuleType) -> None:
    mark = "conflicts with A Long Title of a Trial That Found the Opposite (PMID 1)"
    found = scripted.claim(1, "Text.", scripted.Depth.ABSTRACT, scripted.Kind.LITERATURE, marks=(mark,))
    shown = drawer.evidence(scripted.answer("s", "q", Patient(), claims=(found,)))
    assert '<span class="badge mark-grave">conflicts with …</span>' in shown
    assert (
        "<dt>Watch</dt><dd>conflicts with A Long Title of a Trial That Found the Opposite &#40;PMID 1"
        in shown
    )


def test_the_first_claim_stands_open_until_another_is_chosen(answer: Answer) -> None:
    assert drawer.evidence(answer).startswith('<details class="claim" open>')
    chosen = drawer.evidence(answer, "c3")
    assert chosen.count(" open>") == 1
    assert '<details class="claim chosen" open><summary><span class="claim-no">3<' in chosen


def test_gaps_name_outcome_reason_command_and_refused_sentences(answer: Answer) -> None:
    shown = drawer.gaps(answer)
    for part in (
        "unavailable",
        "consilium packs pull eyes",
        "needs input",
        "eGFR",
        "It is safe for a few days.",
    ):
        assert part in shown


def test_empty_drawers_say_what_will_be_there() -> None:
    assert drawer.evidence(None) == drawer.NO_EVIDENCE
    assert drawer.gaps(None) == drawer.NO_GAPS
    assert drawer.changes(None) == drawer.NO_CHANGES
    assert drawer.tables(()) == ""


def test_hostile_text_is_inert_in_the_drawer(scripted: ModuleType, answer: Answer) -> None:
    answer = answer.model_copy(update={"tables": (scripted.TABLE,), "would_change": (scripted.ATTACK,)})
    whole = (
        drawer.evidence(answer) + drawer.gaps(answer) + drawer.changes(answer) + drawer.tables(answer.tables)
    )
    for sign in ("<img", "<script", "javascript:alert(1)", "https://evil", "**", "$$"):
        assert sign not in whole


@pytest.mark.parametrize("level", list(Level))
def test_urgency_is_said_in_words_before_the_rules(level: Level, scripted: ModuleType) -> None:
    shown = drawer.urgency(level, "Call 112 now.", (scripted.banner(),))
    assert shown.index("how-soon") < shown.index("first-action") < shown.index("<li>")
    assert "chest hurts and my arm feels heavy" in shown


def test_the_action_is_not_repeated_by_each_rule(scripted: ModuleType) -> None:
    fired = scripted.banner().model_copy(update={"text": "Call 112 now. It can be a heart attack."})
    shown = drawer.urgency(Level.EMERGENCY, "Call 112 now.", (fired, fired))
    assert shown.count("Call 112 now.") == 1
    assert shown.count("It can be a heart attack.") == 2


def test_no_fired_rule_shows_no_banner() -> None:
    assert drawer.urgency(None, "", ()) == ""


WORDS = Origin(kind=OriginKind.WORDS, where="62-year-old")


def test_the_frame_names_origin_and_every_unknown() -> None:
    shown = frame.patient_frame(Patient(age_years=Known[float](value=62.0, unit="years", origin=WORDS)))
    assert "62 years" in shown
    assert "your words: 62-year-old" in shown
    assert shown.count(frame.UNKNOWN) == 9


def test_an_empty_list_is_unknown_unless_somebody_said_none() -> None:
    assert "none, as stated" in frame.patient_frame(Patient(allergies=Listed(complete=True)))
    some = Listed(items=(Known[str](value="warfarin", origin=WORDS),))
    assert "others: not known" in frame.patient_frame(Patient(drugs=some))


def test_a_man_is_not_asked_about_a_pregnancy() -> None:
    assert "Pregnant" not in frame.patient_frame(Patient(sex=Known[str](value="male", origin=WORDS)))
    assert "Pregnant" in frame.patient_frame(Patient())


def test_labs_stand_with_their_unit_and_kidney_function_apart() -> None:
    labs = {name: Known[float](value=30.5, unit="u", origin=WORDS) for name in ("eGFR", "<b>odd</b>")}
    shown = frame.patient_frame(Patient(labs=labs))
    assert "Kidney function</dt><dd>30.5 u" in shown
    assert "<b>odd" not in shown


def test_every_editable_field_is_one_the_assistant_knows() -> None:
    from assistant.frame import edit

    for _, name in frame.EDITABLE:
        assert edit(Patient(), name, "") is not None


def test_pictures_are_written_anew_without_metadata(scripted: ModuleType) -> None:
    given = scripted.picture(40, "Original")
    assert b"SECRET-NAME" in given.data
    address = pictures.as_data(given)
    assert address.startswith("data:image/png;base64,")
    written = base64.b64decode(address.split(",", 1)[1])
    assert b"SECRET-NAME" not in written
    with Image.open(io.BytesIO(written)) as shown:
        assert shown.size == (64, 48)
        assert shown.getpixel((1, 1)) == (40, 40, 90)


def test_a_huge_picture_is_made_smaller(scripted: ModuleType) -> None:
    out = io.BytesIO()
    Image.new("L", (4000, 100), 7).save(out, format="PNG")
    given = scripted.Artifact(
        title="t", media_type="image/png", data=base64.b64encode(out.getvalue()), alt="a"
    )
    with Image.open(io.BytesIO(base64.b64decode(pictures.as_data(given).split(",", 1)[1]))) as shown:
        assert shown.size == (1600, 40)


def test_pictures_have_words(scripted: ModuleType) -> None:
    assert 'alt="A plain square of shade 40."' in pictures.figure(scripted.picture(40, "Original"))
    assert "A plain square of shade 40." in pictures.described(scripted.picture(40, "Original"))
