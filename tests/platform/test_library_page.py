"""The library page: what is held, a search that explains itself, and the user's own guidelines in and out."""

from __future__ import annotations

import html
import io
import os
import re
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant import literature
from assistant.service import library as module
from assistant.service import library_page
from assistant.service.headers import Guard
from assistant.settings import Limits, Settings
from retrieval.evidence import Depth, Source
from retrieval.passages import Document, Notice, NoticeKind, StudyKind
from retrieval.search import library
from retrieval.stock import Collection, Stock

pytestmark = pytest.mark.network
HERE = {"sec-fetch-site": "same-origin", "origin": "null"}
GUIDELINE = (
    b"# Frobnitis on our ward\n\nGive quinoxitine 5 mg at once. Never give it twice.\n\n"
    b"## Later\n\nSee them again.\n"
)
QUESTION = "How much quinoxitine is given in frobnitis?"


@pytest.fixture
def client(data: Path) -> TestClient:
    return served(Settings(data_dir=data))


def served(settings: Settings) -> TestClient:
    app = FastAPI()
    module.add_routes(app, settings)
    app.add_middleware(Guard)
    return TestClient(app, base_url="http://127.0.0.1")


def upload(client: TestClient, *files: tuple[str, bytes], **headers: str) -> Any:
    sent = [("files", (name, io.BytesIO(body), "application/octet-stream")) for name, body in files]
    return client.post("/library/add", files=sent, headers={**HERE, **headers})


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.S)).split())


def paper(pmid: str, **more: Any) -> Document:
    source = Source(
        id=f"pubmed:{pmid}", title=f"Made-up paper {pmid}", version="2020-01-01", licence="as given",
        depth=Depth.ABSTRACT, pmid=pmid, year=more.pop("year", 2019),
    )  # fmt: skip
    given = {"text": "Quinoxitine cured frobnitis in 9 of 10.", "kind": StudyKind.TRIAL} | more
    return Document(source=source, **given)


PUBMED = Collection(
    name="pubmed",
    title="PubMed",
    licence="rights of the publishers",
    origin="https://pubmed.ncbi.nlm.nih.gov/",
    attribution="Source: U.S. National Library of Medicine.",
)


def indexed() -> None:
    library().update()
    assert library().wait(120), library().trouble


def test_what_is_held_stands_with_years_licence_and_attribution(client: TestClient) -> None:
    stock = library().stock
    assert stock
    gone = (Notice(pmid="99000002", kind=NoticeKind.RETRACTED, by="99000009"),)
    stock.put([paper("99000001", year=1999), paper("99000002", notices=gone)], PUBMED)
    indexed()
    page = client.get("/library")
    told = words(page.text)
    assert "PubMed https://pubmed.ncbi.nlm.nih.gov/ Documents 2 Years 1999-2019" in told
    assert "rights of the publishers Source: U.S. National Library of Medicine." in told
    assert "Evidence cards that ship with Consilium Documents 362" in told
    assert "Retracted: 1, never shown as support: Made-up paper 99000002 PMID 99000002" in told
    assert 'href="https://pubmed.ncbi.nlm.nih.gov/99000002/"' in page.text
    assert "Index ready: words and meaning; 364 documents" in told
    assert "<script" not in page.text
    old = sum((held.source.year or 9999) < 2011 for held in library().documents)
    assert f"Older than 15 years: {old}." in told
    assert old > 1


def test_a_guideline_is_read_held_marked_found_and_explained(client: TestClient, data: Path) -> None:
    page = upload(client, ("ward/frobnitis.md", GUIDELINE))
    assert page.status_code == 200
    told = words(page.text)
    assert "Frobnitis on our ward local frobnitis.md: 2 sections, 2 passages" in told
    assert "Give quinoxitine 5 mg at once." in told
    assert "the file gives no date" in told
    assert not [file for file in (data / "uploads").rglob("*") if file.is_file()]
    indexed()
    found = client.post("/library/search", data={"question": QUESTION})
    assert "Give quinoxitine 5 mg at once." in words(found.text)
    first = found.text.split('<ol class="hits"><li>')[1].split("</li>")[0]
    assert ">local<" in first
    assert "<mark>" in first
    assert "by words number 1" in words(first)
    assert "words in common: quinoxitine" in words(first)
    assert f">{QUESTION}<" in found.text


def test_several_files_come_at_once_and_each_refusal_is_named(client: TestClient) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w>" * 2_000_000)
    page = upload(
        client,
        ("good.md", GUIDELINE),
        ("broken.pdf", b"%PDF-1.7 broken"),
        ("program.exe", b"MZ"),
        ("bomb.docx", bomb.getvalue()),
        ("..", b"text"),
    )
    told = words(page.text)
    assert "Frobnitis on our ward local good.md" in told
    for name in ("broken.pdf", "program.exe", "bomb.docx"):
        assert f"{name} : not held." in told
    assert told.count("not held.") == 4
    stock = library().stock
    assert stock
    assert len(stock.rows("local:uploaded")) == 1


def test_the_same_again_is_said_and_a_new_text_takes_the_place_of_the_old(client: TestClient) -> None:
    upload(client, ("a.md", GUIDELINE))
    assert "it was held already" in words(upload(client, ("a.md", GUIDELINE)).text)
    upload(client, ("b.md", GUIDELINE))
    upload(client, ("a.md", GUIDELINE.replace(b"5 mg", b"7 mg")))
    stock = library().stock
    assert stock
    held = [one.text for one in stock.documents([row.row for row in stock.rows("local:uploaded")])]
    assert sorted("7 mg" in text for text in held) == [False, True]


def test_a_local_document_is_let_go_and_nothing_else_can_be(client: TestClient) -> None:
    upload(client, ("a.md", GUIDELINE))
    stock = library().stock
    assert stock
    stock.put([paper("99000001")], PUBMED)
    [row] = stock.rows("local:uploaded")
    assert f'value="{row.id}"' in client.get("/library").text
    for other in ("pubmed:99000001", "card:anything", "local:unknown", ""):
        refused = client.post("/library/remove", data={"id": other}, headers=HERE)
        assert "nothing was removed" in refused.text
    assert stock.held(["pubmed:99000001", row.id]) == {"pubmed:99000001", row.id}
    done = client.post("/library/remove", data={"id": row.id}, headers=HERE)
    assert "Removed: Frobnitis on our ward" in words(done.text)
    assert stock.held([row.id]) == frozenset()


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1"},
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:9999"},
        {"origin": "null"},
        {},
    ],
)
def test_only_the_page_itself_changes_what_is_held(client: TestClient, headers: dict[str, str]) -> None:
    stock = library().stock
    assert stock
    sent = [("files", ("a.md", io.BytesIO(GUIDELINE), "text/markdown"))]
    assert client.post("/library/add", files=sent, headers=headers).status_code == 403
    assert stock.rows("local:uploaded") == []
    stock.put([paper("1").model_copy(update={"source": paper("1").source.model_copy(update={"id": "local:a"})})],
              PUBMED.model_copy(update={"name": "local:x"}))  # fmt: skip
    assert client.post("/library/remove", data={"id": "local:a"}, headers=headers).status_code == 403
    assert stock.held(["local:a"]) == {"local:a"}


def test_an_older_browser_is_known_by_its_origin(client: TestClient) -> None:
    sent = [("files", ("a.md", io.BytesIO(GUIDELINE), "text/markdown"))]
    assert client.post("/library/add", files=sent, headers={"origin": "http://127.0.0.1"}).status_code == 200


def test_too_much_is_refused_and_nothing_of_it_is_held(data: Path) -> None:
    client = served(Settings(data_dir=data, limits=Limits(upload_bytes=1000, uploads=2)))
    page = upload(client, ("long.md", b"x" * 1500))
    assert (page.status_code, "long.md : not held. At most 2 files" in words(page.text)) == (200, True)
    assert upload(client, ("longer.md", b"x" * 9000)).status_code == 413
    assert upload(client, *((f"{n}.md", GUIDELINE) for n in range(3))).status_code == 400
    streamed = (b"x" * 1000 for _ in range(20))
    kind = "multipart/form-data; boundary=b"
    reply = client.post("/library/add", content=streamed, headers={**HERE, "content-type": kind})
    assert reply.status_code in (400, 413)
    stock = library().stock
    assert stock
    assert stock.rows("local:uploaded") == []


def test_a_form_without_a_file_or_that_is_none_is_said(client: TestClient) -> None:
    kind = "multipart/form-data; boundary=b"
    wrong = client.post("/library/add", content=b"--b\r\nno form", headers={**HERE, "content-type": kind})
    assert wrong.status_code == 400
    empty = client.post("/library/add", data={"a": "b"}, headers=HERE)
    assert "No file was chosen" in empty.text


def test_an_outside_question_is_refused_by_name(client: TestClient) -> None:
    indexed()
    page = words(client.post("/library/search", data={"question": "zorblaxinib for Qwertz syndrome?"}).text)
    assert "Nothing found" in page
    assert "No held document speaks of:" in page
    assert "zorblaxinib" in page


def test_a_retracted_paper_is_named_and_never_support(client: TestClient) -> None:
    stock = library().stock
    assert stock
    gone = (Notice(pmid="99000002", kind=NoticeKind.RETRACTED, by="99000009"),)
    stock.put([paper("99000002", notices=gone)], PUBMED)
    indexed()
    page = client.post("/library/search", data={"question": "Does quinoxitine cure frobnitis?"}).text
    assert "Retracted, so never shown as support" in page
    assert "<ol" not in page


@pytest.mark.parametrize(
    "told",
    [
        {"question": "   "},
        {"question": "x", "since": "soon", "kind": "<b>", "depth": "<i>"},
        {"question": "<script>alert(1)</script> ‮evil", "since": "20199"},
        {"question": "x" * 50_000},
        {"question": "x" * 50_001},
        {},
    ],
)
def test_hostile_questions_are_shown_inert(client: TestClient, told: dict[str, str]) -> None:
    page = client.post("/library/search", data=told)
    assert page.status_code == 200
    for sign in ("<script", '<b>" selected', "‮", "<i>"):
        assert sign not in page.text


def test_a_question_longer_than_a_form_is_refused(client: TestClient) -> None:
    assert client.post("/library/search", data={"question": "x" * 300_000}).status_code == 413


def test_hostile_guidelines_are_shown_inert(client: TestClient) -> None:
    attack = "<img src=x onerror=alert(1)> <script>alert(1)</script> **b** ‮evil​"
    page = upload(client, ('"><img src=x>.md', f"# {attack}\n\n{attack} quinoxitine.\n".encode()))
    page_again = client.get("/library")
    for shown in (page.text, page_again.text):
        for sign in ("<img", "<script", "‮", "​", "**b**"):
            assert sign not in shown


def test_a_damaged_stock_is_told_and_the_page_stays(data: Path) -> None:
    place = data / "literature"
    place.mkdir()
    (place / "stock.sqlite3").write_bytes(b"no database at all" * 100)
    page = served(Settings(data_dir=data)).get("/library")
    assert page.status_code == 200
    assert "damaged" in page.text


def test_damage_in_the_middle_is_told_by_every_form(client: TestClient) -> None:
    upload(client, ("a.md", GUIDELINE))
    indexed()
    stock = library().stock
    assert stock
    [row] = stock.rows("local:uploaded")
    stock._line().execute("update document set body = '{}' where row = ?", (row.row,))
    asked = {"question": QUESTION}
    for reply in (
        client.get("/library"),
        client.post("/library/search", data=asked),
        client.post("/library/remove", data={"id": row.id}, headers=HERE),
    ):
        assert (reply.status_code, "damaged" in words(reply.text)) == (200, True)
    assert stock.held([row.id])


def test_an_upload_says_whose_place_it_takes(client: TestClient) -> None:
    first = words(upload(client, ("guideline.md", GUIDELINE)).text)
    assert "replaces" not in first
    today = datetime.now(UTC).date().isoformat()
    other = b"# Sepsis on their ward\n\nGive oxygen.\n"
    told = words(upload(client, ("guideline.md", other)).text)
    assert "Sepsis on their ward local guideline.md" in told
    assert f"replaces the version of {today} that was held under this file name" in told
    assert "“Frobnitis on our ward”" in told
    assert "replaces" not in words(upload(client, ("guideline.md", other)).text)


def test_the_day_of_an_upload_is_never_taken_for_the_year_of_its_text(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each upload is one writing: a kill between two of them left the day as the year for good."""
    held: list[Document] = []
    real = Stock.put

    def watched(self: Stock, documents: Any, collection: Collection) -> Any:
        held.extend(documents := list(documents))
        return real(self, documents, collection)

    monkeypatch.setattr(Stock, "put", watched)
    upload(client, ("a.md", GUIDELINE))
    local = [one for one in held if one.source.id.startswith("local:")]
    assert [one.source.year for one in local] == [None]


def test_a_search_says_what_it_does_not_know_yet(
    client: TestClient, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    indexed()
    with monkeypatch.context() as patched:
        patched.setattr("retrieval.search.Library.update", lambda self, progress=None: None)
        upload(client, ("a.md", GUIDELINE))
    question = {"question": "Does zinc shorten pneumonia in children?"}
    told = words(client.post("/library/search", data=question).text)
    found = told.split("Found")[1].split("What is held")[0]
    assert "1 document that you brought is not searched yet: ask again in a moment." in found
    other = (data / "b.md", b"# Podagra\n\nGive quinoxitine twice.\n")
    other[0].write_bytes(other[1])
    with monkeypatch.context() as patched:
        patched.setattr("retrieval.search.Library.update", lambda self, progress=None: None)
        upload(client, ("b.md", other[1]))
    nothing = words(client.post("/library/search", data={"question": QUESTION}).text)
    assert "2 documents that you brought are not searched yet: ask again in a moment." in nothing
    indexed()
    told = words(client.post("/library/search", data={"question": QUESTION}).text)
    assert "not searched yet" not in told
    assert "Give quinoxitine 5 mg at once." in told


@pytest.mark.parametrize("address", ["/library/", "/library/search", "/library/add", "/library/remove"])
def test_a_form_typed_as_an_address_leads_to_the_page(client: TestClient, address: str) -> None:
    reply = client.get(address, params={"question": "x"}, follow_redirects=False)
    assert reply.status_code == 307
    assert reply.headers["location"] == "/library"
    assert "<h1>Library</h1>" in client.get(address).text


def test_one_passage_is_no_passages(client: TestClient) -> None:
    upload(client, ("a.md", b"# Frobnitis\n\nGive quinoxitine 5 mg at once.\n"))
    indexed()
    told = words(client.post("/library/search", data={"question": QUESTION}).text)
    assert "1 passage, the best first." in told
    assert "1 passages" not in told


def test_a_guideline_without_a_year_says_so_and_the_year_of_its_title_stands(client: TestClient) -> None:
    upload(client, ("a.md", GUIDELINE), ("b.md", GUIDELINE.replace(b"our ward", b"our ward, 2009")))
    told = words(client.get("/library").text)
    assert "year not known; brought " in told
    assert "Frobnitis on our ward, 2009 (2 sections, 2 passages; of 2009; brought " in told


def test_what_is_removed_is_said_to_be_overwritten_and_is(client: TestClient) -> None:
    upload(client, ("a.md", GUIDELINE.replace(b"at once", b"zorblaxinib " * 500)))
    indexed()
    stock = library().stock
    assert stock
    [row] = stock.rows("local:uploaded")
    told = words(client.post("/library/remove", data={"id": row.id}, headers=HERE).text)
    assert "later indexings overwrite its words" in told
    indexed()
    for number in range(2):  # one generation before stays readable
        stock.put([paper(f"9900000{number}")], PUBMED)
        indexed()
    stock._line().execute("pragma wal_checkpoint(truncate)")
    assert b"zorblaxinib" not in stock.path.read_bytes()


def test_uploads_that_a_killed_service_left_are_deleted_at_the_start(data: Path) -> None:
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    place = data / "uploads"
    kept = [place / f"{module.BEING_READ}-{os.getppid()}-x", place / "gradio-s-own"]
    gone = [place / f"{module.BEING_READ}-{number}-x" for number in (int(dead.stdout), os.getpid(), "odd")]
    for folder in (*kept, *gone):
        folder.mkdir(parents=True)
        (folder / "guideline.md").write_bytes(GUIDELINE)
    served(Settings(data_dir=data))
    assert sorted(place.iterdir()) == sorted(kept)


def test_an_upload_lies_where_the_next_start_would_sweep_it(
    client: TestClient, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Path] = []

    def killed(path: Path, name: str) -> Any:
        seen.append(path)
        return literature.Read(path.name, why="x")

    monkeypatch.setattr(module, "brought", killed)
    upload(client, ("a.md", GUIDELINE))
    [path] = seen
    assert path.parent.parent == data / "uploads"
    assert path.parent.name.startswith(f"{module.BEING_READ}-{os.getpid()}-")
    assert not path.exists()


@pytest.mark.parametrize("name", ["", ".", "..", "...", ".hidden", "a" * 500 + ".md", "é" * 300, "a.b.c"])
def test_a_file_gets_a_name_that_a_folder_takes(name: str, tmp_path: Path) -> None:
    made = module._file_name(name)
    (tmp_path / made).write_text("x")
    assert [file.name for file in tmp_path.iterdir()] == [made]
    assert not made.startswith(".")


def test_years_and_sizes_are_told_as_they_are() -> None:
    held = paper("1", text="One. Two.")
    assert library_page._size(held) == "1 passage"
