"""Words and values that want to hang, break or mislead: each door refuses or reads them at once."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from assistant.answer import Role
from assistant.ask import Assistant
from assistant.frame import edit, read
from assistant.handover.markdown import markdown
from assistant.handover.pdf import pdf
from assistant.handover.sheet import Grid, Items, Paragraph, Sheet
from assistant.joined import carried
from assistant.models.drug_routes import drug_calls, label_calls
from assistant.models.treatment_routes import treatment_calls
from assistant.settings import Settings
from assistant.turn import Earlier, TurnInput
from assistant.ui.options import weights_of
from retrieval.evidence import Outcome, Table, ToolResult
from retrieval.patient import Patient
from tools.labels.quoting import _DOSE
from tools.labels.records import LabelFileError, records
from tools.treatment.option_tables import DOES

LONG = 20_000
ATTACKS = (
    "the " * (LONG // 4),
    "all the lists " + "these " * (LONG // 6),
    "AF options? cost" + " " * LONG + "z",
    "what does the label of " + "a on " * (LONG // 5),
    "why not " * (LONG // 8),
    "INR is at " * (LONG // 10),
    "on a " * (LONG // 5),
    "allergic to, " * (LONG // 13),
    "1" * LONG,
    "1 " * (LONG // 2),
)


def given(question: str, *earlier: str) -> TurnInput:
    before = tuple(Earlier(question=one, queries=(), findings=()) for one in earlier)
    return TurnInput(
        turn=len(before) + 1, role=Role.CLINICIAN, question=question, patient=Patient(), earlier=before
    )


@pytest.mark.parametrize("words", ATTACKS, ids=lambda words: words[:20])
def test_no_words_keep_the_readers_busy(words: str) -> None:
    read("warm", Patient())
    treatment_calls(given("AF options?"))
    started = time.process_time()
    read(words, Patient())
    treatment_calls(given(words, "AF anticoagulation options?"))
    drug_calls(given(words))
    label_calls(given(words))
    list(_DOSE.finditer(words))
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("field", "value"),
    [("drugs", "x" + " " * LONG + "y"), ("drugs", "a\ud800"), ("weight", "1,200"), ("eGFR", "nan")],
)
def test_a_value_that_cannot_be_kept_is_refused_in_words(field: str, value: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011  (the words are what is looked at)
        edit(Patient(), field, value)
    assert "pydantic" not in str(refused.value)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("value", "names", "complete"),
    [
        ("aspirin, warfarin (complete)", ("aspirin", "warfarin"), True),
        ("aspirin; nothing else", ("aspirin",), True),
        ("aspirin, complete", ("aspirin",), True),
        ("list incomplete", ("list incomplete",), False),
        ("aspirin, not complete", ("aspirin", "not complete"), False),
    ],
)
def test_a_list_is_complete_only_where_that_is_said(
    value: str, names: tuple[str, ...], complete: bool
) -> None:
    listed = edit(Patient(), "drugs", value).drugs
    assert (listed.values, listed.complete) == (names, complete)


def test_half_a_character_ends_in_an_answer(tmp_path: Path) -> None:
    talk = Assistant(Settings(data_dir=tmp_path))
    session = talk.open(Role.CLINICIAN)
    answer = talk.ask(session, "She takes warfarin \ud800 5 mg. Gout flare options?")
    assert talk.replay(answer.id).same
    assert talk.sheet(session, "clinician.md")
    talk.close()


def test_the_audit_takes_ids_and_no_words(tmp_path: Path) -> None:
    talk = Assistant(Settings(data_dir=tmp_path))
    session = talk.open(Role.CLINICIAN)
    with pytest.raises(ValueError, match="no such card"):
        talk.decide(session, "Mrs Smith of 4 Elm Road", "accepted")
    talk.decide(session, "6f1d3a52-8f0e-5d53-9c57-0d5b8f3f7a10", "accepted", "words of the clinician")
    talk.call(session, "Mrs Smith", {"drugs": ["words of the clinician"]})
    talk.close()
    with sqlite3.connect(tmp_path / "audit.sqlite") as base:
        rows = "".join(body for (body,) in base.execute("SELECT body FROM audit"))
    assert "6f1d3a52" in rows
    assert "words of" not in rows
    assert "Smith" not in rows


def test_a_sheet_with_one_endless_cell_is_still_made() -> None:
    grid = Grid(
        ("option", "for", "against", "needs", "scores"), (("a", "yes " * 5000, "no " * 5000, "b", "c"),)
    )
    assert pdf(Sheet("T", (), (grid,))).startswith(b"%PDF")


def test_markdown_begins_nothing_that_foreign_words_ask_for() -> None:
    text = markdown(
        Sheet(
            "T",
            (),
            (Paragraph("- a list"), Paragraph("1. one"), Paragraph("==="), Items(("&lt;b&gt; \u202eabc",))),
        )
    )
    assert r"\- a list" in text
    assert r"1\. one" in text
    assert r"\===" in text
    assert r"\&lt;b\&gt;" in text
    assert "\u202e" not in text
    text.encode()


def test_weights_that_the_tool_refused_move_no_slider() -> None:
    refused = ToolResult(
        tool="treatment_options",
        inputs={"weights": "high"},
        outcome=Outcome.BAD_INPUT,
        note="The weights do not fit.",
    )
    assert set(weights_of(refused).values()) == {1.0}


def test_rows_of_a_picture_stay_when_a_slider_moves() -> None:
    columns = ("value", "from", "what it does")
    before = Table(
        title=DOES, columns=columns, rows=(("eGFR", "words", "x"), ("drusen", "picture: fundus", "y"))
    )
    anew = Table(title=DOES, columns=columns, rows=(("eGFR", "words", "z"),))
    assert carried((anew,), (before,))[0].rows == (("eGFR", "words", "z"), ("drusen", "picture: fundus", "y"))


def test_a_weight_in_words_after_options_asks_for_them_again() -> None:
    (call,) = treatment_calls(given("cost matters most", "AF anticoagulation options?"))
    assert call.inputs["weights"] == {"efficacy": 1, "safety": 1, "burden": 1, "cost": 4}
    assert treatment_calls(given("cost matters most")) == []


def test_a_label_file_with_an_endless_number_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "labels.json"
    path.write_text('{"meta": {}, "results": [{"set_id": ' + "9" * 5000 + "}]}")
    with pytest.raises(LabelFileError, match=r"labels\.json, record 1"):
        list(records(path))
