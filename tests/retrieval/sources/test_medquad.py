"""MedQuAD: pairs of XML and JSONL that the tests make; the same text whichever way it comes."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from retrieval.evidence import Depth
from retrieval.passages import StudyKind
from retrieval.sources.medquad import COLLECTION, MedquadError, add, documents
from retrieval.stock import Stock

PAIRS = (
    (
        "symptoms",
        "What are the symptoms of Made-up fever ?",
        "Key Points\n      - Heat.    - Thirst.\n  \n Größe β.",
    ),
    ("treatment", "What are the treatments for Made-up fever? ?", "Rest &amp; water."),
    ("outlook", "What is the outlook for Made-up fever ?", ""),
)


def xml(*pairs: tuple[str, str, str], url: str = "https://example.org/fever") -> str:
    inner = "".join(
        f'<QAPair pid="{n}"><Question qid="0000001-{n}" qtype="{kind}">{question}</Question>'
        f"<Answer>{answer}</Answer></QAPair>"
        for n, (kind, question, answer) in enumerate(pairs, 1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document id="0000001" source="Made" url="{url}">'
        f"<Focus>Made-up fever</Focus><FocusAnnotations/><QAPairs>{inner}</QAPairs></Document>"
    )


def archive(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return path


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """As GitHub makes it: a folder of the commit, a folder for each collection, a file a page; the name says no zip."""
    return archive(
        tmp_path / "577bd37b",
        {
            "MedQuAD-577bd37b/readme.txt": "About",
            "MedQuAD-577bd37b/2_Made_QA/0000001.xml": xml(*PAIRS),
            "MedQuAD-577bd37b/3_Other_QA/0000001.xml": xml(
                ("causes", "What causes Made-up fever ?", "Nothing.")
            ),
        },
    )


def row(**more: Any) -> dict[str, Any]:
    return {
        "id": "0000001-1",
        "doc": "0000001",
        "collection": "2_Made_QA",
        "source": "Made",
        "url": "https://example.org/fever",
        "focus": "Made-up fever",
        "cui": [],
        "qtype": "symptoms",
        "question": PAIRS[0][1],
        "answer": "Key Points\n - Heat. - Thirst.\n \n Größe β.",
    } | more


def test_pairs_with_an_answer_become_documents(packed: Path) -> None:
    first, second, other = documents(packed)
    assert first.text == "Key Points\n- Heat. - Thirst.\nGröße β."
    assert first.source.title == "What are the symptoms of Made-up fever?"
    assert first.asked == (first.source.title,)
    assert first.names == ("Made-up fever",)
    assert (first.source.depth, first.kind) == (Depth.FULL_TEXT, StudyKind.PAGE)
    assert (first.source.url, first.source.licence) == ("https://example.org/fever", "CC BY 4.0")
    assert second.text == "Rest & water."
    assert second.source.title == "What are the treatments for Made-up fever?"
    assert len({document.source.id for document in (first, second, other)}) == 3
    assert first.source.id.startswith("medquad:2/0000001-1-")
    assert other.source.id.startswith("medquad:3/0000001-1-")


@pytest.mark.parametrize("gz", [True, False])
def test_a_jsonl_of_the_pairs_gives_the_same_document(packed: Path, tmp_path: Path, gz: bool) -> None:
    path = tmp_path / "pairs.jsonl"
    content = (json.dumps(row()) + "\n\n").encode()
    path.write_bytes(gzip.compress(content, mtime=0) if gz else content)
    assert list(documents(path)) == [next(documents(packed))]


def test_one_question_id_at_two_questions_is_two_documents_and_a_repeat_is_one(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    rows = [row(), row(question="What is (are) Made-up fever ?", answer="Heat."), row(), row(answer=" \n")]
    path.write_text("\n".join(map(json.dumps, rows)))
    assert [document.text for document in documents(path)] == [
        "Key Points\n- Heat. - Thirst.\nGröße β.",
        "Heat.",
    ]


def test_the_stock_holds_what_the_file_holds(packed: Path, tmp_path: Path) -> None:
    stock = Stock(tmp_path / "data")
    told: list[int] = []
    assert add(stock, packed, lambda done, all_: told.append(done)) == (3, 0, 0, 0, ())
    assert told == [3]
    assert add(stock, packed) == (0, 0, 3, 0, ())
    less = archive(
        tmp_path / "less.zip", {"x/2_Made_QA/0000001.xml": xml(PAIRS[0], ("a", "Other ?", "New."))}
    )
    assert add(stock, less) == (1, 0, 1, 2, ())
    (holding,) = stock.holdings()
    assert holding.collection == COLLECTION
    assert "Ben Abacha" in holding.collection.attribution


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no json",
        b'{"id": 1}\n',
        b"[1]\n",
        b"\xff\xfe\x00",
        b"\x1f\x8b broken",
        gzip.compress(b"{}", mtime=0)[:-4],
    ],
)
def test_another_file_is_refused_and_nothing_is_held(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    stock = Stock(tmp_path / "data")
    with pytest.raises(MedquadError):
        add(stock, path)
    assert stock.rows() == []


def test_a_damaged_page_is_named_and_the_others_are_held(tmp_path: Path) -> None:
    bad, good = "a/2_Made_QA/0000007.xml", "a/2_Made_QA/0000008.xml"
    path = archive(tmp_path / "x.zip", {bad: "<Document>", good: xml(PAIRS[0])})
    assert add(Stock(tmp_path / "data"), path) == (1, 0, 0, 0, (bad,))
    alone = archive(tmp_path / "y.zip", {bad: "<Document>"})
    with pytest.raises(MedquadError, match="no question with an answer"):
        add(Stock(tmp_path / "other"), alone)


def test_a_damaged_archive_is_named(packed: Path) -> None:
    content = bytearray(packed.read_bytes())
    at = content.index(b"Key Points")
    content[at : at + 3] = b"Kez"
    packed.write_bytes(content)
    with pytest.raises(MedquadError, match="Pull the pack again"):
        list(documents(packed))


def test_the_development_copy_has_its_16407_pairs(shared: Path) -> None:
    path = shared / "medquad" / "medquad_answers.jsonl.gz"
    if not path.is_file():
        pytest.skip("MedQuAD is not among the development data")
    held = list(documents(path))
    assert len(held) == 16_407
    assert len({document.source.id for document in held}) == 16_407
    assert all(document.source.url for document in held)


def test_an_encrypted_archive_and_a_line_nested_too_deep_are_named(stock: Stock, tmp_path: Path) -> None:
    archive = tmp_path / "locked.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("made/page.xml", "<Document/>")
    content = bytearray(archive.read_bytes())
    content[6] |= 1  # the flag of encryption, beside the page and in the list of pages
    content[content.find(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(content)
    with pytest.raises(MedquadError, match="encrypted"):
        add(stock, archive)
    deep = tmp_path / "deep.jsonl"
    deep.write_text("[" * 100_000)
    with pytest.raises(MedquadError, match="line 1"):
        add(stock, deep)
    assert stock.rows() == []
