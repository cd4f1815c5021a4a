"""PDFs that the tests make: headings, running heads, tables, columns, hyphens, pages; and damaged ones."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from retrieval.sources.blocks import Reading, Unreadable
from retrieval.sources.local_pdf import MAX_PAGES, read
from retrieval.sources.pdf_lines import Line, without_running
from retrieval.sources.pdf_words import Words

BODY = "Measure the blood pressure in both arms and repeat it after five minutes of rest. "


def made(path: Path, *story: Any, foot: str = "Page {page}", **about: Any) -> Path:
    """A PDF by reportlab with a running head and a foot on every page."""
    from reportlab.platypus import SimpleDocTemplate

    def edges(canvas: Any, template: Any) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(50, 820, "St Elsewhere Trust, adult guideline")
        canvas.drawString(280, 20, foot.format(page=template.page))

    SimpleDocTemplate(str(path), **about).build(list(story), onFirstPage=edges, onLaterPages=edges)
    return path


def styled(text: str, style: str = "BodyText") -> Any:
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph

    return Paragraph(text, getSampleStyleSheet()[style])


def page_break() -> Any:
    from reportlab.platypus import PageBreak

    return PageBreak()


def sections(reading: Reading) -> dict[str, tuple[str, int | None]]:
    return {part.name: (reading.text[part.start : part.end], part.page) for part in reading.parts}


@pytest.fixture
def guideline(tmp_path: Path) -> Path:
    from reportlab.platypus import Table

    return made(
        tmp_path / "x.pdf",
        styled("Raised blood pressure in adults", "Title"),
        styled("1 Diagnosis", "Heading1"),
        styled(BODY * 3),
        styled("Ask for <b>pain</b> and a β-blocker; act at ≥ 180 mmHg."),
        Table([["Drug", "Dose", "Note"], ["amlodipine", "5 mg", "once a day"], ["ramipril", "2.5 mg", ""]]),
        styled("1.1 Follow up", "Heading2"),
        styled("See the patient again after four weeks."),
        page_break(),
        styled("Then once a year."),
        page_break(),
        styled("2 Treatment", "Heading1"),
        styled("Offer a drug of the first line."),
        title="Microsoft Word - x.doc",
    )


def test_headings_name_sections_that_never_cross_a_page(guideline: Path) -> None:
    reading = read(guideline)
    assert (reading.title, reading.pages) == ("Raised blood pressure in adults", 3)
    told = [(part.name, reading.text[part.start : part.end], part.page) for part in reading.parts]
    assert [(name, page) for name, _, page in told] == [
        ("1 Diagnosis", 1),
        ("1 Diagnosis > 1.1 Follow up", 1),
        ("1 Diagnosis > 1.1 Follow up", 2),
        ("2 Treatment", 3),
    ]
    assert told[0][1].startswith((BODY * 3).strip())
    assert "Ask for pain and a β-blocker; act at ≥ 180 mmHg." in told[0][1]
    assert told[2][1] == "Then once a year."


def test_running_heads_and_page_numbers_are_no_text(guideline: Path) -> None:
    text = read(guideline).text
    assert "St Elsewhere" not in text
    assert "Page" not in text


def test_tables_are_rows_of_cells(guideline: Path) -> None:
    lines = read(guideline).text.split("\n")
    assert "Drug | Dose | Note" in lines
    assert "amlodipine | 5 mg | once a day" in lines


@pytest.mark.parametrize("valign", ["TOP", "MIDDLE"])
def test_cells_of_many_lines_stay_together(tmp_path: Path, valign: str) -> None:
    from reportlab.platypus import Table, TableStyle

    rows = [
        ["Severity", "Peak flow", "Action"],
        ["Moderate", "50 to 75 %", "Salbutamol by spacer and prednisolone 40 mg by mouth within the hour"],
        [
            "Life-threatening",
            "below 33 %",
            "Magnesium 2 g over 20 minutes and a call to intensive care at once",
        ],
    ]
    cells = [[styled(cell) for cell in row] for row in rows]
    table = Table(cells, colWidths=[90, 70, 140], style=TableStyle([("VALIGN", (0, 0), (-1, -1), valign)]))
    lines = read(made(tmp_path / "x.pdf", styled(BODY), table, styled(BODY))).text.split("\n")
    first = lines.index(BODY.strip())
    assert lines[first + 1 : first + 4] == [" | ".join(row) for row in rows]
    assert lines[first + 4] == BODY.strip()


def test_bold_words_far_apart_in_prose_make_no_table(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    path = tmp_path / "x.pdf"
    canvas = Canvas(str(path))
    for n, (first, bold, last) in enumerate(
        (("Give ", "oxygen", ", then see"), ("the patient ", "again", ". Stop"))
    ):
        at = 50.0
        for text, font in ((first, "Courier"), (bold, "Courier-Bold"), (last, "Courier")):
            canvas.setFont(font, 11)
            canvas.drawString(at, 700 - 13 * n, text)
            at += canvas.stringWidth(text, font, 11)
    canvas.save()
    assert read(path).text == "Give oxygen, then see the patient again. Stop"


def test_what_differs_by_more_than_the_page_number_is_no_running_head(tmp_path: Path) -> None:
    story = [
        item for dose in (5, 10, 20, 40) for item in (styled(f"Give {dose} mg once a day."), page_break())
    ]
    text = read(made(tmp_path / "x.pdf", *story)).text
    assert text.split("\n") == [f"Give {dose} mg once a day." for dose in (5, 10, 20, 40)]


def test_a_foot_that_counts_is_left_out_whatever_stands_around_the_number() -> None:
    def page(n: int) -> list[Line]:
        body = [Line(f"{word * (n + 1)}.", 0, 700 - 20 * at, 10) for at, word in enumerate("abcdefgh")]
        review = Line("Review after 2 weeks.", 0, 400 + 50 * n, 10)
        return [*body, review, Line(f"v2.1 – page {n + 4} of 9", 0, 20, 8)]

    left = without_running([page(n) for n in range(4)])
    assert [[line.text for line in lines][-1] for lines in left] == ["Review after 2 weeks."] * 4
    assert [len(lines) for lines in left] == [9] * 4


def test_a_head_that_names_the_chapter_is_known_by_its_number_and_equal_pages_keep_their_text() -> None:
    def page(n: int) -> list[Line]:
        head = Line(f"Chapter {n // 3}: {'xyz'[n // 3]} {n + 1}", 0, 800, 9)
        return [
            head,
            *(Line(f"{word * (n + 1)}.", 0, 700 - 20 * at, 10) for at, word in enumerate("abcdefgh")),
        ]

    left = without_running([page(n) for n in range(8)])
    assert [lines[0].text[0] for lines in left] == ["a"] * 8
    slides = [[Line("Give oxygen.", 0, 700, 10)], [Line("Give oxygen.", 0, 700, 10)]]
    assert without_running(slides) == slides


@pytest.mark.parametrize(
    "tops",
    [
        (
            "1. Give magnesium sulphate 4 g for eclampsia.",
            "2. Never give nifedipine with verapamil.",
            "3. Stop metformin when eGFR is below 30.",
        ),
        ("1 Diagnosis", "2 Stopping before surgery", "3 Driving after a clot"),
        ("1. Call for help.", "1. Call for help.", "1. Call for help."),
        ("Call for help and give oxygen.",) * 3,
        ("1. Monitoring", "2. Monitoring", "3. Monitoring"),
        ("(a) Give oxygen.", "(b) Give oxygen.", "(c) Give oxygen."),
        ("Give 1 mg once a day.", "Give 2 mg once a day.", "Give 3 mg once a day."),
        ("Observe on day 1", "Observe on day 2", "Observe on day 3"),
        ("Ramipril for 1", "Bisoprolol for 2", "Spironolactone for 3"),
    ],
)
@pytest.mark.parametrize("size", [10, 14])
def test_numbered_headings_and_advice_at_the_top_of_pages_stay(tops: tuple[str, ...], size: float) -> None:
    pages = [
        [
            Line(top, 0, 800, size),
            *(
                Line(f"{word * (n + 1)}. {word * 30}", 0, 700 - 20 * at, 10)
                for at, word in enumerate("abcdefgh")
            ),
            Line(f"Adult guideline, page {n + 1} of 3", 0, 20, 10),
            Line(str(n + 1), 0, 10, 10),
        ]
        for n, top in enumerate(tops)
    ]
    left = without_running(pages)
    assert [next(line.text for line in page) for page in left] == list(tops)
    assert [len(page) for page in left] == [9, 9, 9]  # the feet went


def test_numbered_headings_on_every_page_of_a_pdf_name_their_sections(tmp_path: Path) -> None:
    heads = ("1. Starting treatment", "2. Stopping before surgery", "3. Driving after a clot")
    story = [
        item
        for head in heads
        for item in (styled(head, "Heading1"), styled(f"{head[3:]}: {BODY}"), page_break())
    ]
    reading = read(made(tmp_path / "x.pdf", *story))
    assert [(part.name, part.page) for part in reading.parts] == [
        (head, n) for n, head in enumerate(heads, 1)
    ]


def test_a_page_with_a_damaged_stream_is_no_shorter_page(guideline: Path, tmp_path: Path) -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    writer.append(PdfReader(guideline))
    for held in writer.pages:
        held.compress_content_streams()
    path = tmp_path / "x.pdf"
    writer.write(path)
    whole = read(path)
    content = bytearray(path.read_bytes())
    at = content.index(b"stream\n") + 150
    content[at : at + 4] = bytes(255 - byte for byte in content[at : at + 4])
    path.write_bytes(content)
    assert len(whole.text) > 300
    with pytest.raises(Unreadable, match="damaged"):
        read(path)


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

    path = tmp_path / "x.pdf"
    frames = [Frame(50, 50, 240, 700), Frame(310, 50, 240, 700)]
    held = BaseDocTemplate(str(path), pageTemplates=[PageTemplate(frames=frames)])
    words = [f"Sentence number {n} tells what to do with patient number {n} on the ward." for n in range(40)]
    held.build([styled(word) for word in words])
    text = read(path).text
    places = [text.index(word) for word in words]
    assert places == sorted(places)


def test_columns_that_are_written_line_by_line_are_parted(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    path = tmp_path / "x.pdf"
    canvas = Canvas(str(path))
    canvas.setFont("Helvetica", 10)
    for n in range(12):
        canvas.drawString(50, 700 - 12 * n, f"left line {n} of the first column of it")
        canvas.drawString(310, 700 - 12 * n, f"right line {n} of the second column of it")
    canvas.save()
    text = read(path).text
    assert "|" not in text
    assert text.index("left line 11") < text.index("right line 0")


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (["offer treat-", "ment early"], "offer treatment early"),
        (["a beta-", "blocker"], "a beta-blocker"),
        (["the follow-", "up visit", "at follow-up"], "the follow-up visit at follow-up"),
        (["of SARS-", "CoV"], "of SARS-CoV"),
        (["at IL-", "6 above"], "at IL-6 above"),
        (["from 5-", "10 mg"], "from 5-10 mg"),
        (["this -", "and that"], "this - and that"),
        (["hydro\u00ad", "chloride"], "hydrochloride"),
        (["two lines", "one sentence"], "two lines one sentence"),
        (
            ["long-", "term", "a low-", "dose", "long-term low-dose life-", "long"],
            "long-term a low-dose long-term low-dose life-long",
        ),
    ],
)
def test_words_broken_at_a_line_end_are_joined(lines: list[str], whole: str) -> None:
    assert Words(lines).joined(lines) == whole


def test_bookmarks_make_headings_of_lines_that_do_not_look_like_one(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    path = tmp_path / "x.pdf"
    canvas = Canvas(str(path))
    canvas.setTitle("Care of the foot")
    canvas.setFont("Helvetica", 10)
    for n, line in enumerate(("when to refer", "", "Refer the same day if there is spreading redness.")):
        canvas.drawString(50, 700 - 30 * n, line)
    canvas.bookmarkPage("a")
    canvas.addOutlineEntry("When to refer", "a", 0)
    canvas.save()
    reading = read(path)
    assert reading.title == "Care of the foot"
    assert sections(reading) == {"when to refer": ("Refer the same day if there is spreading redness.", 1)}


def test_a_bold_recommendation_is_text_and_a_bold_line_alone_a_heading(tmp_path: Path) -> None:
    reading = read(
        made(
            tmp_path / "x.pdf",
            styled("Ramipril", "Title"),
            styled("<b>Contraindications</b>"),
            styled("Do not give it in pregnancy."),
            styled("<b>Stop the drug if potassium is above 6.0 mmol/l.</b>"),
            styled(BODY * 2),
        )
    )
    text, _ = sections(reading)["Contraindications"]
    assert "Stop the drug if potassium is above 6.0 mmol/l." in text


def test_a_raised_figure_keeps_its_place(tmp_path: Path) -> None:
    from reportlab.pdfgen.canvas import Canvas

    path = tmp_path / "x.pdf"
    canvas = Canvas(str(path))
    canvas.setFont("Helvetica", 10)
    canvas.drawString(50, 700, "Platelets below 50 x 10")
    canvas.setFont("Helvetica", 6)
    canvas.drawString(160, 703, "9")
    canvas.save()
    assert read(path).text == "Platelets below 50 x 10⁹"


def test_a_table_of_contents_is_left_out(tmp_path: Path) -> None:
    story = [styled("Drugs ............................ 4"), styled("Give amlodipine.")]
    assert read(made(tmp_path / "x.pdf", *story)).text.split("\n")[-1] != "Drugs"
    assert "...." not in read(tmp_path / "x.pdf").text


# bad files


def test_a_scan_is_named(tmp_path: Path) -> None:
    from PIL import Image
    from reportlab.pdfgen.canvas import Canvas

    path = tmp_path / "scan.pdf"
    Image.new("L", (60, 80), 200).save(tmp_path / "page.png")
    canvas = Canvas(str(path))
    canvas.drawImage(str(tmp_path / "page.png"), 0, 0, 595, 842)
    canvas.save()
    with pytest.raises(Unreadable, match="no text layer: run OCR first"):
        read(path)


def encrypted(source: Path, path: Path, password: str) -> Path:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    writer.append(PdfReader(source))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-256")
    writer.write(path)
    return path


def test_an_encrypted_file_is_read_only_with_the_empty_password(guideline: Path, tmp_path: Path) -> None:
    assert read(encrypted(guideline, tmp_path / "open.pdf", "")).text == read(guideline).text
    with pytest.raises(Unreadable, match="encrypted: save it without a password"):
        read(encrypted(guideline, tmp_path / "shut.pdf", "secret"))


@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_a_file_that_was_cut_short_is_named(guideline: Path, tmp_path: Path, part: float) -> None:
    content = guideline.read_bytes()
    path = tmp_path / "cut.pdf"
    path.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(Unreadable, match="cut short; copy it again from its source"):
        read(path)


def test_a_file_in_which_a_page_is_missing_is_named(guideline: Path, tmp_path: Path) -> None:
    content = guideline.read_bytes()
    assert b"/Count 3" in content
    path = tmp_path / "less.pdf"
    path.write_bytes(content.replace(b"/Count 3", b"/Count 4"))
    with pytest.raises(Unreadable, match="3 of its 4 pages"):
        read(path)


def test_a_file_of_too_many_pages_is_refused_before_they_are_read(tmp_path: Path) -> None:
    from pypdf import PdfWriter

    writer = PdfWriter()
    for _ in range(3):
        writer.add_blank_page(100, 100)
    held = io.BytesIO()
    writer.write(held)
    path = tmp_path / "long.pdf"
    path.write_bytes(held.getvalue().replace(b"/Count 3", b"/Count 50000"))
    with pytest.raises(Unreadable, match=f"50,000 pages, more than {MAX_PAGES:,}"):
        read(path)


def test_random_bytes_are_no_pdf(tmp_path: Path) -> None:
    path = tmp_path / "noise.pdf"
    path.write_bytes(bytes(range(256)) * 40)
    with pytest.raises(Unreadable, match="not a PDF"):
        read(path)
