"""Local guidelines: a folder into the stock, read in confined children, mirrored at the next run."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from retrieval.evidence import Depth
from retrieval.passages import StudyKind, passages
from retrieval.sources import confined, local
from retrieval.sources.blocks import Reading, Unreadable
from retrieval.sources.local import LocalError, add, source_id
from retrieval.status import marks
from retrieval.stock import Stock


@pytest.fixture
def stock(tmp_path: Path) -> Stock:
    return Stock(tmp_path / "data")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two guidelines, and what no guideline is."""
    place = tmp_path / "Our guidelines"
    (place / "wards").mkdir(parents=True)
    (place / "hypertension.md").write_text("# Raised pressure\n\n## Drugs\n\nGive amlodipine 5 mg first.\n")
    (place / "wards" / "sepsis.html").write_text(
        "<title>Sepsis</title><h1>Sepsis in adults</h1><p>Take cultures before antibiotics.</p>"
    )
    (place / "budget.xlsx").write_bytes(b"PK")
    (place / ".notes.md").write_text("secret")
    return place


def test_a_folder_becomes_marked_documents_and_names_what_it_leaves(stock: Stock, folder: Path) -> None:
    told: list[tuple[int, int]] = []
    done = add(stock, folder, progress=lambda n, all_: told.append((n, all_)))
    assert (done.added, done.changed, done.unchanged, done.removed) == (2, 0, 0, 0)
    assert told == [(1, 2), (2, 2)]
    assert dict(done.skipped) == {
        ".notes.md": "hidden",
        "budget.xlsx": "not read: only .pdf, .html, .htm, .md, .txt, .docx",
    }
    held = stock.document(source_id("local:Our-guidelines", "hypertension.md"))
    assert held is not None
    assert held.source.id in done.documents
    assert held.source.title == "Raised pressure"
    assert (held.source.depth, held.kind) == (Depth.GUIDELINE, StudyKind.GUIDELINE)
    assert held.source.marks == ("local",)
    assert held.source.licence == "your own file; not checked"
    (section,) = held.sections
    assert section.name == "Drugs"
    assert held.text[section.start : section.end] == "Give amlodipine 5 mg first."
    (holding,) = stock.holdings()
    assert (holding.collection.name, holding.documents) == ("local:Our-guidelines", 2)
    assert holding.collection.origin == str(folder)


def test_the_next_run_reads_only_what_changed_and_lets_go_what_went(
    stock: Stock, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(stock, folder)
    identity = source_id("local:Our-guidelines", "hypertension.md")
    read: list[str] = []
    real = confined.read

    def watched(path: Path) -> Reading:
        read.append(path.name)
        return real(path)

    monkeypatch.setattr(confined, "read", watched)
    assert add(stock, folder)[:4] == (0, 0, 2, 0)
    assert read == []
    (folder / "hypertension.md").write_text("# Raised pressure\n\nGive ramipril first.\n")
    (folder / "wards" / "sepsis.html").unlink()
    done = add(stock, folder)
    assert done[:4] == (0, 1, 0, 1)
    assert read == ["hypertension.md"]
    changed = stock.document(identity)
    assert changed is not None
    assert "ramipril" in changed.text
    assert "amlodipine" not in changed.text
    assert [row.id for row in stock.rows()] == [identity]


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A folder of eight guidelines, two of them in a share below it."""
    place = tmp_path / "ward"
    (place / "share").mkdir(parents=True)
    for key in ("a", "b", "c", "d", "e", "f", "share/g", "share/h"):
        (place / f"{key}.md").write_text(f"# Title {key}\n\nGive quinoxitine in case {key}.\n")
    return place


@pytest.mark.parametrize("why", ["not a text file", "reading took more than 60 seconds of work"])
def test_a_file_that_cannot_be_read_this_time_stays_as_it_was_held(
    stock: Stock, folder: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    add(stock, folder)
    (folder / "wards" / "sepsis.html").write_text("<h1>Sepsis</h1><p>Take lactate too.</p>")

    def late(path: Path) -> Reading:
        raise Unreadable(why)

    with monkeypatch.context() as patched:
        patched.setattr(confined, "read", late)
        done = add(stock, folder)
    assert (done.removed, len(stock.rows())) == (0, 2)
    assert dict(done.skipped)["wards/sepsis.html"] == f"{why}; what was held of it stays"
    assert dict(done.skipped)["budget.xlsx"].startswith("not read: only")
    assert add(stock, folder)[:4] == (0, 1, 1, 0)  # and it is read again as soon as it can be


def test_a_share_that_is_not_mounted_lets_no_guideline_go(stock: Stock, many: Path) -> None:
    assert add(stock, many).added == 8
    away = many.rename(many.with_name("elsewhere"))
    with pytest.raises(LocalError, match="is not there"):
        add(stock, many)
    many.mkdir()  # the place where it is mounted
    done = add(stock, many)
    assert (done.removed, len(done.kept), len(stock.rows())) == (0, 8, 8)
    assert done.kept[0] == "a.md"
    many.rmdir()
    away.rename(many)
    assert add(stock, many)[:4] == (0, 0, 8, 0)


def test_more_than_half_of_the_files_do_not_go_at_once(stock: Stock, many: Path) -> None:
    add(stock, many)
    for key in "abcde":
        (many / f"{key}.md").unlink()
    done = add(stock, many)
    assert (done.removed, done.kept, len(stock.rows())) == (0, tuple(f"{key}.md" for key in "abcde"), 8)
    (many / "a.md").write_text("# Title a\n\nGive quinoxitine in case a.\n")
    done = add(stock, many)  # half of them may
    assert (done.removed, done.kept, len(stock.rows())) == (4, (), 4)


def test_a_subfolder_that_cannot_be_opened_keeps_its_files(
    stock: Stock, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(stock, many)
    (many / "a.md").unlink()
    real = os.scandir

    def closed(place: Any) -> Any:
        if str(place).endswith("share"):
            raise PermissionError(13, "Permission denied", str(place))
        return real(place)

    monkeypatch.setattr(os, "scandir", closed)
    done = add(stock, many)
    assert (done.removed, done.kept, len(stock.rows())) == (1, (), 7)
    assert done.skipped == (("share", "cannot be opened (Permission denied); what was held of it stays"),)


def test_a_copy_that_was_handed_in_has_no_year_of_its_own(stock: Stock, tmp_path: Path) -> None:
    bare, dated = tmp_path / "bare.md", tmp_path / "dated.html"
    bare.write_text("# Gout\n\nRest the joint.")
    dated.write_text('<meta name="dcterms.modified" content="2021-03-04"><h1>Asthma</h1><p>Ask first.</p>')
    for path in (bare, dated):
        add(stock, path, "uploaded", came="2026-11-22")
    gout, asthma = stock.documents([1, 2])
    assert (gout.source.version, gout.source.year) == ("brought 2026-11-22; the file gives no date", None)
    assert gout.dated == "2026-11-22"
    assert (asthma.source.version, asthma.source.year) == ("2021-03-04 (date in the file)", 2021)


def test_what_was_removed_from_the_stock_comes_back(stock: Stock, folder: Path) -> None:
    add(stock, folder)
    stock.remove_collection("local:Our-guidelines")
    assert add(stock, folder).added == 2


def test_another_folder_cannot_take_a_name_and_empty_it(stock: Stock, folder: Path, tmp_path: Path) -> None:
    add(stock, folder, "ours")
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(LocalError, match="another name"):
        add(stock, other, "ours")
    assert len(stock.rows()) == 2


def test_files_alone_are_known_by_their_name_and_let_nothing_go(stock: Stock, tmp_path: Path) -> None:
    for place, words in (("a", "Give oxygen."), ("b", "Give fluids.")):
        (tmp_path / place).mkdir()
        (tmp_path / place / "acute.txt").write_text(words)
    (tmp_path / "b" / "chronic.txt").write_text("Review yearly.")
    assert add(stock, tmp_path / "a" / "acute.txt", "uploaded").added == 1
    assert add(stock, tmp_path / "b" / "chronic.txt", "uploaded").added == 1
    assert add(stock, tmp_path / "b" / "acute.txt", "uploaded").changed == 1
    held = {document.text for document in stock.documents([row.row for row in stock.rows("local:uploaded")])}
    assert held == {"Give fluids.", "Review yearly."}


def test_links_out_of_the_folder_hidden_folders_and_pipes_are_named(
    stock: Stock, folder: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside.md"
    outside.write_text("# Not ours\n\nNot of this folder.")
    (folder / "leak.md").symlink_to(outside)
    (folder / "out").symlink_to(tmp_path)
    (folder / "again.md").symlink_to(folder / "hypertension.md")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.md").write_text("x")
    (folder / "~$open.docx").write_bytes(b"lock")
    os.mkfifo(folder / "pipe.md")
    done = add(stock, folder)
    assert done.added == 3
    told = dict(done.skipped)
    assert told["leak.md"] == "a link that leads out of the folder"
    assert told["out/"] == "a link to a folder, not followed"
    assert told[".git/"] == told["~$open.docx"] == "hidden"
    assert told["pipe.md"] == "not a file"
    assert not any("Not of this folder" in document.text for document in stock.documents(range(1, 9)))


def test_the_date_is_that_of_the_file_where_it_tells_one(stock: Stock, tmp_path: Path) -> None:
    dated, bare = tmp_path / "a.html", tmp_path / "b.md"
    dated.write_text('<meta name="dcterms.modified" content="2021-03-04"><h1>Asthma</h1><p>Ask first.</p>')
    bare.write_text("# Gout\n\nRest the joint.")
    os.utime(bare, (1_500_000_000, 1_500_000_000))
    for path in (dated, bare):
        add(stock, path)
    told = {document.source.title: document for document in stock.documents([1, 2])}
    assert told["Asthma"].source.version == "2021-03-04 (date in the file)"
    assert told["Asthma"].source.year == 2021
    assert told["Gout"].source.version == "file of 2017-07-14; no date inside"
    assert (told["Gout"].source.year, told["Gout"].dated) == (None, "2017-07-14")


@pytest.mark.parametrize(
    ("title", "inside", "year"),
    [
        ("Gout guideline 2009", "2024-05-06", 2009),  # printed anew in 2024
        ("Gout guideline 2009", "", 2009),
        ("Gout 2018, updated 2021", "", 2021),
        ("Gout, 12.03.2012", "2013-01-02", 2012),
        ("Vitamin D 2000 units a day", "", None),
        ("Gout in 12009 patients", "", None),
        ("Gout, as in 1889 and 2050", "", None),
        ("Gout", "2013-01-02", 2013),
    ],
)
def test_the_year_is_that_of_the_title_or_of_the_file_and_never_its_day_on_disk(
    stock: Stock, tmp_path: Path, title: str, inside: str, year: int | None
) -> None:
    page = tmp_path / "gout.html"
    told = f'<meta name="dcterms.modified" content="{inside}">' if inside else ""
    page.write_text(f"{told}<h1>{title}</h1><p>Rest the joint.</p>")
    add(stock, page)
    (held,) = stock.documents([1])
    assert (held.source.title, held.source.year) == (title, year)
    (holding,) = stock.holdings()
    assert (holding.oldest, holding.newest) == (year, year)


def test_yesterdays_copy_of_an_old_guideline_is_marked_old(stock: Stock, tmp_path: Path) -> None:
    titled, dated = tmp_path / "a.md", tmp_path / "b.html"
    titled.write_text("# Gout guideline 2009\n\nRest the joint.")
    dated.write_text('<meta name="dcterms.modified" content="2009-03-04"><h1>Asthma</h1><p>Ask first.</p>')
    for path in (titled, dated):
        os.utime(path, (1_790_000_000, 1_790_000_000))  # 2026
        add(stock, path)
    for held in stock.documents([1, 2]):
        assert "older than 15 years (2009)" in marks(held, lambda _: None)


def test_no_folder_is_said_and_an_empty_one_holds_nothing(stock: Stock, tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="is not there"):
        add(stock, tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    assert add(stock, tmp_path / "empty")[:4] == (0, 0, 0, 0)
    assert not stock.path.exists()


@pytest.mark.parametrize(
    ("given", "name"),
    [("NICE & ours/2024", "local:NICE-ours-2024"), ("Größe β", "local:Größe-β"), ("..", "local:folder")],
)
def test_the_name_of_a_collection_is_plain(tmp_path: Path, given: str, name: str) -> None:
    assert local.collection_name(tmp_path, given) == name


def test_a_file_that_is_killed_halfway_leaves_what_was_held(
    stock: Stock, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = confined.read

    def broken(path: Path) -> Any:
        if path.name == "sepsis.html":
            raise KeyboardInterrupt
        return real(path)

    monkeypatch.setattr(confined, "read", broken)
    with pytest.raises(KeyboardInterrupt):
        add(stock, folder)
    assert len(stock.rows()) == 1
    monkeypatch.setattr(confined, "read", real)
    assert add(stock, folder)[:4] == (1, 0, 1, 0)


def test_a_pdf_is_held_with_its_pages_and_its_passages_are_pieces_of_the_held_text(
    stock: Stock, tmp_path: Path
) -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "x.PDF"))
    canvas.setTitle("Care of the foot")
    for number in (1, 2):
        canvas.setFont("Helvetica", 18)
        canvas.drawString(50, 700, f"{number} Part")
        canvas.setFont("Helvetica", 10)
        canvas.drawString(50, 660, f"Look at the foot {number} times a year. Ask about pain.")
        canvas.showPage()
    canvas.save()
    (identity,) = add(stock, tmp_path / "x.PDF").documents
    held = stock.document(identity)
    assert held is not None
    assert held.source.title == "Care of the foot"
    assert [(part.name, part.page) for part in held.sections] == [("1 Part", 1), ("2 Part", 2)]
    cut = passages(held)
    assert [held.text[one.start : one.end] for one in cut] == [one.text for one in cut]
    assert [one.text for one in cut] == [
        f"Look at the foot {number} times a year. Ask about pain." for number in (1, 2)
    ]
