"""The worksheet: what an edit changes, what it never changes, and how the tab follows the talk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Answer
from assistant.ui import chat, worksheet
from assistant.ui.worksheet import Sheet, Sheets, other_tables, sheets_of
from genomics.acmg.combine import classify
from genomics.acmg.criteria import CODES, Significance, Status, Strength
from retrieval.patient import Patient

CHOICES = [(code, strength) for code in CODES for strength in (None, *worksheet.strengths(code))]


@pytest.fixture(scope="module")
def sheet(scripted: ModuleType) -> Sheet:
    return sheets_of(scripted.worksheets("one"))[0]


def answered(scripted: ModuleType, *tables: Any) -> Answer:
    return scripted.answer("s", "q", Patient(), tables=tables)


def test_the_codes_come_from_the_tables_and_the_other_tables_stay(scripted: ModuleType, sheet: Sheet) -> None:
    tables = scripted.worksheets("both")
    assert [one.variant for one in sheets_of(tables)] == ["BRCA1 c.68_69del", "CFTR c.1210-11T>G <b>"]
    assert [one.title for one in other_tables(tables)] == ["Star alleles"]
    assert dict(sheet.classes)["Class given by others"].startswith("Pathogenic")
    assert "how PVS1 was reached" in sheet.evidence["PVS1"]


def test_as_computed_the_sum_is_the_assessment(scripted: ModuleType, sheet: Sheet) -> None:
    assert sheet.edits == {}
    assert classify(sheet.criteria) == scripted.assessed(("PVS1", Strength.VERY_STRONG)).verdict
    assert "Likely pathogenic" in worksheet.total(sheet)
    assert "as computed" in worksheet.total(sheet)


def test_an_edit_is_confirmed_by_the_clinician_and_counts_at_once(sheet: Sheet) -> None:
    edited = sheet.edit("PM2", Strength.SUPPORTING)
    one = next(one for one in edited.criteria if one.code == "PM2")
    assert (one.status, one.confirmed_by, one.strength) == (Status.CONFIRMED, "you", Strength.SUPPORTING)
    assert "Before (not assessed)" in one.rationale
    assert classify(edited.criteria).points == 9
    assert "1 set by you" in worksheet.total(edited)
    assert "set by you" in worksheet.row(edited, one)
    assert sheet.edits == {}


def test_confirming_a_proposal_moves_it_from_if_confirmed_into_the_class(sheet: Sheet) -> None:
    assert "If the proposed codes are confirmed" in worksheet.beside(sheet)
    edited = sheet.edit("PS3", Strength.SUPPORTING)
    assert classify(edited.criteria).points == 9
    assert "If the proposed codes are confirmed" not in worksheet.beside(edited)


def test_setting_a_code_aside_takes_its_points(sheet: Sheet) -> None:
    edited = sheet.edit("PVS1", None)
    assert classify(edited.criteria).by_points is Significance.UNCERTAIN
    assert worksheet.chosen(edited, "PVS1") == worksheet.NOT_COUNTED
    one = edited.criteria[0]
    assert one.status is Status.NOT_MET
    assert "how PVS1 was reached" not in worksheet.row(edited, one)  # the evidence was not for this


def test_the_proof_of_an_edit_is_not_the_tools_evidence(sheet: Sheet) -> None:
    edited = sheet.edit("PVS1", Strength.STRONG)
    assert "how PVS1 was reached" not in worksheet.row(edited, edited.criteria[0])


def test_the_computed_value_takes_the_edit_back(sheet: Sheet) -> None:
    assert sheet.edit("PVS1", Strength.STRONG).edit("PVS1", Strength.VERY_STRONG) == sheet
    assert sheet.edit("PS1", Strength.STRONG).edit("PS1", None) == sheet


def test_codes_that_do_not_go_together_are_not_counted_twice(sheet: Sheet) -> None:
    edited = sheet.edit("PP3", Strength.SUPPORTING).edit("PM4", Strength.MODERATE)
    assert classify(edited.criteria).points == 8
    told = {one.code: one for one in edited.criteria}
    assert "PVS1 counts already" in worksheet.row(edited, told["PP3"])
    without = edited.edit("PVS1", None)
    assert classify(without.criteria).points == 3


def test_ba1_beside_strong_pathogenic_evidence_is_a_conflict_and_said(sheet: Sheet) -> None:
    edited = sheet.edit("BA1", Strength.STAND_ALONE)
    assert "conflict" in worksheet.total(edited)
    assert "Changed the plain sum" in worksheet.beside(edited)


@pytest.mark.parametrize(
    ("code", "strength"),
    [
        ("PVS1", Strength.STAND_ALONE),
        ("BA1", Strength.STRONG),
        ("BP4", Strength.STAND_ALONE),
        ("PP5", Strength.STRONG),
    ],
)
def test_a_strength_that_a_code_cannot_have_is_refused(sheet: Sheet, code: str, strength: Strength) -> None:
    with pytest.raises(ValueError, match=code):
        sheet.edit(code, strength)


@given(st.lists(st.sampled_from(CHOICES), max_size=12))
def test_any_edits_keep_26_codes_and_undo_to_what_was_computed(
    edits: list[tuple[str, Strength | None]],
) -> None:
    sheet = SHEETS[0]
    edited = sheet
    for code, strength in edits:
        edited = edited.edit(code, strength)
    assert [one.code for one in edited.criteria] == list(CODES)
    assert sum(one.points for one in edited.criteria if one.counts) == classify(edited.criteria).points
    assert {one.code for one in edited.criteria if one.confirmed_by == "you"} <= set(edited.edits)
    for code in list(edited.edits):
        one = next(one for one in sheet.computed if one.code == code)
        edited = edited.edit(code, one.strength if one.counts else None)
    assert edited == sheet


def test_the_known_class_never_enters_the_sum(sheet: Sheet) -> None:
    others = Sheet(sheet.variant, sheet.computed, sheet.evidence, (("Class given by others", "Benign"),))
    assert worksheet.total(others) == worksheet.total(sheet)
    assert "Benign" in worksheet.beside(others)
    assert "Benign" not in worksheet.total(others)


def test_the_tab_keeps_edits_while_the_same_variant_is_talked_about(scripted: ModuleType) -> None:
    tables = scripted.worksheets("both")
    sheets = Sheets().after(answered(scripted, *tables))
    edited = sheets.put(sheets.held[0].edit("PM2", Strength.SUPPORTING))
    assert edited.after(answered(scripted)) == edited  # an answer without codes
    again = edited.after(answered(scripted, *scripted.worksheets("one")))
    assert [sheet.edits for sheet in again.held] == [{"PM2": Strength.SUPPORTING}]


def test_other_codes_of_the_same_variant_begin_anew(scripted: ModuleType) -> None:
    first = Sheets().after(answered(scripted, *scripted.worksheets("one")))
    edited = first.put(first.held[0].edit("PM2", Strength.SUPPORTING))
    judged = scripted.assessed(("PS1", Strength.STRONG))
    after = edited.after(answered(scripted, scripted.table_of("BRCA1 c.68_69del", judged)))
    assert [sheet.edits for sheet in after.held] == [{}]


def test_a_new_patient_has_no_sheet(scripted: ModuleType) -> None:
    sheets = Sheets().after(answered(scripted, *scripted.worksheets("one")))
    assert sheets.after(None) == Sheets()


def test_hostile_text_is_inert_in_the_worksheet(scripted: ModuleType) -> None:
    for sheet in sheets_of(scripted.worksheets("both")):
        whole = "".join(worksheet.row(sheet, one) for one in sheet.criteria)
        whole += worksheet.total(sheet) + worksheet.beside(sheet)
        for sign in ("<img", "<script", "<b>p", "javascript:alert(1)", "https://evil", "**", "$$", "G <b>"):
            assert sign not in whole


def test_each_code_says_its_status_in_words(sheet: Sheet) -> None:
    rows = {one.code: worksheet.row(sheet, one) for one in sheet.criteria}
    assert "met, very strong" in rows["PVS1"]
    assert "+8" in rows["PVS1"]
    assert "proposed, supporting" in rows["PS3"]
    assert "+1 if confirmed" in rows["PS3"]
    assert "not assessed" in rows["PM2"]
    assert "consilium packs pull gnomad&#45;panel" in rows["PM2"] or "gnomad-panel" in rows["PM2"]
    assert "not met" in rows["BP7"]


def test_the_chat_names_what_stands_beside(scripted: ModuleType) -> None:
    contents = [
        message["content"] for message in chat.answered(answered(scripted, *scripted.worksheets("one")))
    ]
    assert any("Beside this answer: the worksheet of BRCA1" in words for words in contents)
    assert not any("Beside this answer" in words for words in map(str, chat.answered(answered(scripted))))


SHEETS: list[Sheet] = []


@pytest.fixture(autouse=True, scope="module")
def _made(sheet: Sheet) -> Iterator[None]:
    """For the property test, which takes no fixture."""
    SHEETS.append(sheet)
    yield
    SHEETS.clear()


# in a browser

BOX = "#box textarea"


@pytest.fixture
def page(chromium: Any, served: Any, request: pytest.FixtureRequest) -> Iterator[Callable[[int], Any]]:
    contexts = []

    def open_page(width: int) -> Any:
        context = chromium.new_context(viewport={"width": width, "height": 860})
        contexts.append(context)
        opened = context.new_page()
        opened.set_default_timeout(20_000)
        opened.goto(f"{served.address}/clinician/")
        opened.wait_for_selector(f"{BOX}:not([disabled])")
        return opened

    yield open_page
    for context in contexts:
        context.close()


def ask(page: Any, words: str) -> None:
    page.fill(BOX, words)
    page.press(BOX, "Enter")
    page.wait_for_selector("text=More (2)")


def set_strength(page: Any, code: str, words: str) -> None:
    page.click(f"#strength-{code} input")
    page.get_by_role("option", name=words, exact=True).click()


@pytest.mark.browser
@pytest.mark.network
@pytest.mark.parametrize("width", [1280, 390])
def test_a_clinician_edits_undoes_and_starts_over(page: Callable[[int], Any], width: int) -> None:
    opened = page(width)
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    assert opened.get_by_role("tab", name="Worksheet").count() == 0
    ask(opened, "which variant is it?")
    opened.get_by_role("tab", name="Worksheet").click()
    total = opened.locator("#worksheet-total")
    total.get_by_text("+8 points").wait_for()
    assert opened.locator(".code-row").count() == len(CODES)
    set_strength(opened, "PS3", "moderate +2")
    total.get_by_text("+10 points").wait_for()
    assert "1 set by you" in total.inner_text()
    assert "confirmed, moderate" in opened.inner_text("#code-PS3")
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    set_strength(opened, "PP3", "supporting +1")  # PVS1 speaks of the same effect
    opened.locator("#code-PP3").get_by_text("PVS1 counts already").wait_for()
    assert "+10 points" in total.inner_text()
    ask_again = "and what else is known?"
    opened.fill(BOX, ask_again)
    opened.press(BOX, "Enter")
    opened.wait_for_selector(f"text={ask_again}")
    opened.wait_for_timeout(1500)
    opened.get_by_role("tab", name="Worksheet").click()
    assert "2 set by you" in total.inner_text()  # an answer without codes leaves the sheet alone
    opened.click("#worksheet-undo")
    total.get_by_text("as computed").wait_for()
    assert "+8 points" in total.inner_text()
    assert opened.input_value("#strength-PS3 input") == "not counted"
    opened.click("#new-patient")
    opened.get_by_role("tab", name="Worksheet").wait_for(state="detached")
    assert errors == []


@pytest.mark.browser
@pytest.mark.network
def test_two_browsers_do_not_see_each_others_edits(page: Callable[[int], Any]) -> None:
    first, second = page(1280), page(1280)
    for opened in (first, second):
        ask(opened, "which variant is it, both?")
        opened.get_by_role("tab", name="Worksheet").click()
        opened.locator("#worksheet-total").get_by_text("+8 points").wait_for()
    set_strength(first, "PVS1", "not counted")
    first.locator("#worksheet-total").get_by_text("0 points").wait_for()
    set_strength(second, "PM2", "supporting +1")
    second.locator("#worksheet-total").get_by_text("+9 points").wait_for()
    assert "1 set by you" in first.inner_text("#worksheet-total")
    first.click("#worksheet-which input")
    first.get_by_role("option", name="CFTR").click()
    first.locator("#worksheet-total").get_by_text("-5 points").wait_for()
    assert "as computed" in first.inner_text("#worksheet-total")
