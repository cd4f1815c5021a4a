"""The two sheets of a talk: the same claims, no dose or ranking for the patient, one link for one download."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.answer import Role
from assistant.ask import Assistant
from assistant.handover import FILES, handover
from assistant.handover.markdown import markdown
from assistant.handover.pdf import pdf
from assistant.handover.sheet import Grid, Heading, Items, Paragraph, Sheet
from assistant.sessions import Turn
from assistant.settings import Settings
from assistant.tickets import LIFE, Tickets
from tools.registry import title_of, tools

STORY = (
    "A 72-year-old woman with AF takes warfarin and simvastatin 40 mg daily. eGFR 34. Can she start ibuprofen?",
    "She is CYP2C9 *1/*3. Calculate her eGFR with creatinine 1.5 mg/dL.",
)
_DOSE = re.compile(r"\d\s?(?:mg|mcg|µg|g|mL|units?)\b|\b(?:once|twice) (?:a day|daily)\b", re.I)
_RANK = re.compile(r"\b(?:first|best|better|rank|layer|prefer\w*|score of)\b", re.I)


@pytest.fixture(scope="module")
def talk(module_data_dir: Path) -> Iterator[Assistant]:
    made = Assistant(Settings(data_dir=module_data_dir))
    made.warm()
    yield made
    made.close()


@pytest.fixture(scope="module")
def turns(talk: Assistant) -> tuple[Turn, ...]:
    session = talk.open(Role.CLINICIAN, "GB")
    for question in STORY:
        talk.ask(session, question)
    return tuple(talk.sessions.get(session).turns)


def test_both_sheets_carry_every_claim_by_its_id(turns: tuple[Turn, ...]) -> None:
    made = handover(turns)
    ids = [claim.id for turn in turns for claim in turn.answer.claims]
    assert ids
    assert list(made.clinician.claims) == list(made.patient.claims) == ids
    for sheet in (made.clinician, made.patient):
        text = markdown(sheet)
        assert all(re.search(rf"\b{one}\b", text) for one in ids), sheet.title


def test_the_patients_sheet_holds_no_dose_no_ranking_and_no_number_of_a_result(
    turns: tuple[Turn, ...],
) -> None:
    text = markdown(handover(turns).patient)
    body = re.sub(r"\([^)]*\bt\d+k\d+[^)]*\)", "", text)
    assert not _DOSE.search(body)
    assert not _RANK.search(body.split("## Questions to ask")[0])
    assert "warfarin" in body
    assert "999" in body


def test_the_sheets_name_tools_as_people_know_them(turns: tuple[Turn, ...]) -> None:
    made = handover(turns)
    text = markdown(made.clinician).replace("\\", "")
    called = {call.tool for turn in turns for call in turn.answer.calls}
    assert called
    for name in called:
        assert f"{title_of(name)} " in text
    for name in tools():
        assert "_" not in name or name not in text + markdown(made.patient).replace("\\", "")


def test_the_clinicians_sheet_holds_question_patient_sources_and_what_is_missing(
    turns: tuple[Turn, ...],
) -> None:
    text = markdown(handover(turns).clinician).replace("\\", "")
    for part in (
        *STORY,
        "eGFR: 34",
        "age: 72 years",
        "## Sources",
        "Would change this",
        turns[0].answer.id,
        "not reviewed",
    ):
        assert part in text, part
    for turn in turns:
        for claim in turn.answer.claims:
            assert claim.text.split(".")[0] in text


def test_the_pdf_says_the_same_and_is_the_same_each_time(turns: tuple[Turn, ...]) -> None:
    from pypdf import PdfReader

    made = handover(turns)
    for name in ("clinician.pdf", "patient.pdf"):
        data = made.file(name)
        assert data == made.file(name)
        read = " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())
        for turn in turns:
            assert all(claim.id in read for claim in turn.answer.claims), name


def test_foreign_text_is_never_markup() -> None:
    hostile = '<b>bold</b> & <img src="x"/> | pipe `code` [link](http://x) β → ₂ 日 ≥'
    sheet = Sheet(
        "T", (), (Heading(hostile), Paragraph(hostile), Items((hostile,)), Grid((hostile,), ((hostile,),)))
    )
    from pypdf import PdfReader

    read = " ".join(PdfReader(io.BytesIO(pdf(sheet))).pages[0].extract_text().split())
    assert '<img src="x"/>' in read
    assert "[U+65E5]" in read
    assert "≥" in read
    text = markdown(sheet)
    assert r"\<img" in text
    assert r"\[link\]" in text
    assert text.count(r"\|") >= 4


def test_nothing_to_hand_over_is_an_error_that_says_so() -> None:
    with pytest.raises(ValueError, match="ask a question first"):
        handover(())


def test_every_file_is_made(turns: tuple[Turn, ...]) -> None:
    made = handover(turns)
    assert all(made.file(name) for name in FILES)
    with pytest.raises(KeyError):
        made.file("nobody.md")


def test_a_ticket_works_once_and_not_for_long() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    tickets = Tickets(lambda: now)
    first, second = tickets.issue("s1", "patient.pdf"), tickets.issue("s1", "clinician.md")
    assert tickets.take(first.removeprefix("/files/")) == ("s1", "patient.pdf")
    assert tickets.take(first.removeprefix("/files/")) is None
    assert tickets.take("guessed") is None
    now += LIFE + timedelta(seconds=1)
    assert tickets.take(second.removeprefix("/files/")) is None
