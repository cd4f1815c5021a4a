"""``consilium literature`` as a person runs it: bring in, search, look, let go; every refusal in one line."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Run = Callable[..., Result]
RECORD = """<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article><Journal><JournalIssue><PubDate>
<Year>{year}</Year></PubDate></JournalIssue><ISOAbbreviation>J Made Up</ISOAbbreviation></Journal><ArticleTitle>{title}
</ArticleTitle><Abstract><AbstractText Label="RESULTS">{text}</AbstractText></Abstract><PublicationTypeList>
<PublicationType UI="D016449">Randomized Controlled Trial</PublicationType></PublicationTypeList></Article>
<CommentsCorrectionsList>{links}</CommentsCorrectionsList></MedlineCitation></PubmedArticle>"""
RETRACTED = (
    '<CommentsCorrections RefType="RetractionIn"><RefSource>J Made Up. 2020</RefSource>'
    '<PMID Version="1">99000009</PMID></CommentsCorrections>'
)
RECORDS = (
    RECORD.format(
        pmid=99000001,
        year=1999,
        title="Quinoxitine in frobnitis.",
        text="Quinoxitine shortened frobnitis by 3 days. No harm was seen.",
        links="",
    ),
    RECORD.format(
        pmid=99000002,
        year=2018,
        title="Quinoxitine in florid frobnitis.",
        text="Quinoxitine cured florid frobnitis in all.",
        links=RETRACTED,
    ),
)


class Entrez:
    """Bio.Entrez as far as the pull asks it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def esearch(self, **given: Any) -> io.BytesIO:
        self.asked.append(("esearch", given))
        ids = "<Id>99000001</Id><Id>99000002</Id>" if "frobnitis" in given["term"] else ""
        count = ids.count("<Id>")
        return io.BytesIO(
            f"<eSearchResult><Count>{count}</Count><IdList>{ids}</IdList></eSearchResult>".encode()
        )

    def efetch(self, **given: Any) -> io.BytesIO:
        self.asked.append(("efetch", given))
        wanted = [record for record in RECORDS if any(f">{pmid}<" in record for pmid in given["id"])]
        return io.BytesIO(f"<PubmedArticleSet>{''.join(wanted)}</PubmedArticleSet>".encode())


@pytest.fixture
def entrez(monkeypatch: pytest.MonkeyPatch) -> Entrez:
    """PubMed from made answers; the hosts that the guard lets through meanwhile are noted with each."""
    from assistant import egress
    from retrieval.sources import eutils

    made = Entrez()
    monkeypatch.setattr(eutils, "_bio_entrez", lambda: made)
    asking = eutils.Eutils._body

    def watched(self: Any, verb: str, parameters: dict[str, Any]) -> bytes:
        assert egress._guard.allowed["eutils.ncbi.nlm.nih.gov"] == 1
        return asking(self, verb, parameters)

    monkeypatch.setattr(eutils.Eutils, "_body", watched)
    return made


PULL = ("pull", "pubmed", "--query", "frobnitis", "--since", "1990", "--email", "ward@example.org")


def test_a_pull_is_held_searched_told_and_let_go(run: Run, entrez: Entrez) -> None:
    from assistant import egress

    done = run(*PULL)
    assert done.exit_code == 0, done.output
    assert "2 found: 2 added, 0 changed, 0 held before; 0 without abstract, 1 retracted" in done.stdout
    assert "Index ready" in done.stdout
    assert egress._guard.allowed["eutils.ncbi.nlm.nih.gov"] == 0
    assert {given["email"] for _, given in entrez.asked} == {"ward@example.org"}

    found = run("search", "Does quinoxitine shorten frobnitis?", "--json", "--why")
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert [finding["evidence"][0]["source"]["pmid"] for finding in told["findings"]] == ["99000001"]
    assert "by words number" in told["why"][0]
    assert "quinoxitine" in told["why"][0].casefold()
    assert len(told["why"]) == len(told["findings"])

    status = json.loads(run("status", "--json").stdout)
    held = {one["collection"]["name"]: one for one in status["holdings"]}
    assert (held["pubmed"]["documents"], held["pubmed"]["oldest"], held["pubmed"]["newest"]) == (
        2,
        1999,
        2018,
    )
    assert [one["id"] for one in status["retracted"]] == ["pubmed:99000002"]
    assert status["queries"][0]["query"] == "frobnitis"
    prose = run("status").stdout
    assert "1999-2018" in prose
    assert "Index ready: words and meaning; 364 documents" in prose
    assert "retracted: Quinoxitine in florid frobnitis" in prose
    assert "frobnitis (1990): 2 found, 2 added" in prose

    gone = run("remove", "pubmed", "--yes")
    assert gone.exit_code == 0, gone.output
    assert "2 documents let go" in gone.stdout
    assert run("search", "Does quinoxitine shorten frobnitis?").exit_code == 4


def test_a_second_pull_of_the_same_fetches_nothing(run: Run, entrez: Entrez) -> None:
    run(*PULL)
    entrez.asked.clear()
    done = run(*PULL)
    assert "0 added, 0 changed, 2 held before" in done.stdout
    assert [verb for verb, _ in entrez.asked] == ["esearch"]


def test_a_pull_that_finds_nothing_says_so(run: Run, entrez: Entrez) -> None:
    done = run("pull", "pubmed", "--query", "nothing at all", "--email", "ward@example.org")
    assert done.exit_code == 4
    assert "0 found" in done.stdout


def test_an_interrupted_pull_says_what_is_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("retrieval.sources.pubmed.Pubmed.pull", stopped)
    done = run(*PULL)
    assert done.exit_code == 130
    assert "held" in done.stderr
    assert "the same command goes on" in done.stderr
    assert "Traceback" not in done.output


def test_a_file_of_pubmed_is_read_without_asking_anybody(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "made.xml"
    file.write_text(f"<PubmedArticleSet>{''.join(RECORDS)}</PubmedArticleSet>")
    done = run("pull", "pubmed", "--file", str(file), "--keep", "florid")
    assert done.exit_code == 0, done.output
    assert "2 found: 1 added" in done.stdout
    file.write_text(f"<PubmedArticleSet>{RECORDS[0]}")
    broken = run("pull", "pubmed", "--file", str(file))
    assert broken.exit_code == 2
    assert "made.xml" in broken.stderr
    assert "is held" in broken.stderr


def test_recheck_asks_for_the_held_papers_and_the_cards(run: Run, entrez: Entrez) -> None:
    from retrieval.cards import starter

    done = run("recheck", "--email", "ward@example.org")
    assert done.exit_code == 0, done.output
    asked = {pmid for verb, given in entrez.asked if verb == "efetch" for pmid in given["id"]}
    assert asked == {card.source.pmid for card in starter() if card.source.pmid}


ARTICLE = """<pmc-articleset><article article-type="research-article"><front><journal-meta><journal-title-group>
<journal-title>J Made Up</journal-title></journal-title-group></journal-meta><article-meta>
<article-id pub-id-type="pmcid">PMC99000001</article-id><title-group><article-title>Quinoxitine in full</article-title>
</title-group><pub-date><year>2020</year></pub-date><permissions><license><license-p>CC BY 4.0</license-p></license>
</permissions><abstract><p>Quinoxitine shortened frobnitis.</p></abstract></article-meta></front><body><sec>
<title>Results</title><p>Frobnitis took 3 days less with quinoxitine.</p></sec></body></article></pmc-articleset>"""


def test_full_texts_of_pmc_come_by_their_ids(
    run: Run, entrez: Entrez, monkeypatch: pytest.MonkeyPatch
) -> None:
    def efetch(**given: Any) -> io.BytesIO:
        entrez.asked.append(("efetch", given))
        return io.BytesIO(ARTICLE.encode())

    monkeypatch.setattr(entrez, "efetch", efetch)
    done = run("pull", "pmc", "PMC99000001", "99000002", "--email", "ward@example.org")
    assert done.exit_code == 0, done.output
    assert "1 added" in done.stdout
    assert "not held: PMC99000002" in done.stdout
    assert [(given["db"], given["id"]) for _, given in entrez.asked] == [("pmc", ["99000001", "99000002"])]
    wrong = run("pull", "pmc", "X1", "--email", "ward@example.org")
    assert wrong.exit_code == 2
    assert "no PMC id" in wrong.stderr


PAIR = {
    "id": "0000001-1",
    "question": "What is frobnitis ?",
    "answer": "Frobnitis is a made-up illness. It goes by itself.",
    "focus": "frobnitis",
    "url": "https://example.org/frobnitis",
    "collection": "made",
}


def test_medquad_comes_from_a_file_and_its_download_needs_its_host(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant import egress
    from retrieval.packs import Unreachable

    def asked(name: str, accept_licence: bool = False, progress: object = None) -> Path:
        assert egress._guard.allowed["codeload.github.com"] == 1
        raise Unreachable("nobody there")

    monkeypatch.setattr("retrieval.packs.pull", asked)
    assert run("pull", "medquad").exit_code == 5
    bad = tmp_path / "bad.jsonl"
    bad.write_text("not json")
    assert run("pull", "medquad", "--file", str(bad)).exit_code == 2
    good = tmp_path / "good.jsonl"
    good.write_text(json.dumps(PAIR))
    done = run("pull", "medquad", "--file", str(good))
    assert done.exit_code == 0, done.output
    assert "1 added" in done.stdout
    found = json.loads(run("search", "What is frobnitis?", "--json").stdout)
    assert found["findings"][0]["evidence"][0]["source"]["url"] == "https://example.org/frobnitis"
    assert "Ben Abacha" in run("status").stdout


def test_a_folder_of_guidelines_comes_in_and_a_damaged_file_is_named(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "ward"
    folder.mkdir()
    (folder / "frobnitis.md").write_text("# Frobnitis on our ward\n\nGive quinoxitine 5 mg at once.\n")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
    done = run("add", str(folder))
    assert done.exit_code == 0, done.output
    assert "1 added, 0 changed, 0 unchanged, 0 removed" in done.stdout
    assert "skipped broken.pdf: " in done.stdout
    found = json.loads(run("search", "quinoxitine in frobnitis", "--json").stdout)
    source = found["findings"][0]["evidence"][0]["source"]
    assert (source["depth"], source["marks"][0]) == ("guideline", "local")
    gone = run("remove", source["id"])
    assert "1 document let go" in gone.stdout
    (folder / "frobnitis.md").unlink()
    assert run("add", str(folder)).exit_code == 4


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("pull", "pubmed", "--query", "frobnitis"), 2, "contact_email"),
        (("pull", "pubmed"), 2, "either --query or --file"),
        (("pull", "pubmed", "--query", "x", "--file", "y"), 2, "either --query or --file"),
        (("pull", "pubmed", "--file", "/nowhere/at/all.xml"), 2, "There is no file"),
        (("recheck",), 2, "contact_email"),
        (("remove", "nothing-of-that-name"), 4, "neither a collection nor a document"),
        (("remove", "cards", "--yes"), 2, "ship"),
        (("search", "   "), 2, ""),
    ],
)
def test_what_is_wrong_ends_in_one_line(run: Run, words: tuple[str, ...], code: int, says: str) -> None:
    done = run(*words)
    assert done.exit_code == code, done.output
    assert says in done.stderr
    assert "Traceback" not in done.output


def test_a_stranger_to_the_index_is_told_that_it_stands(run: Run, tmp_path: Path) -> None:
    from retrieval import search

    assert "Index words only; 362 documents" in run("status").stdout
    run("rebuild")
    for held in search._libraries.values():
        held.close()
    search._libraries.clear()
    assert "Index ready: words and meaning; 362 documents" in run("status").stdout


def test_an_index_of_an_older_format_is_named_as_such(run: Run, tmp_path: Path) -> None:
    from retrieval import search

    def forgotten() -> None:
        for held in search._libraries.values():
            held.close()
        search._libraries.clear()

    file = tmp_path / "frobnitis.md"
    file.write_text("# Frobnitis\n\nGive quinoxitine 5 mg at once.\n")
    run("add", str(file))
    place = tmp_path / "data" / "literature" / "current.json"
    named = json.loads(place.read_text())
    place.write_text(json.dumps({**named, "format": named["format"] - 1}))
    forgotten()
    told = run("status").stdout
    assert "The index is of an older format and is made anew at the next search. Held: 363 documents." in told
    assert "not searched yet" not in told
    forgotten()
    run("rebuild")  # as a search does in the background
    forgotten()
    assert "Index ready: words and meaning; 363 documents" in run("status").stdout


def test_a_computer_without_a_network_is_told_what_to_do(
    run: Run, monkeypatch: pytest.MonkeyPatch, entrez: Entrez
) -> None:
    from urllib.error import URLError

    def offline(**given: Any) -> Any:
        raise URLError("[Errno -2] Name or service not known")

    monkeypatch.setattr(entrez, "esearch", offline)
    done = run(*PULL)
    assert done.exit_code == 5
    assert "Name or service not known. Is this computer online? Or give --file" in done.stderr


def test_a_rebuilt_index_finds_the_same(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "frobnitis.md"
    file.write_text("# Frobnitis\n\nGive quinoxitine 5 mg at once.\n")
    run("add", str(file))
    before = json.loads(run("search", "quinoxitine in frobnitis", "--json").stdout)
    place = tmp_path / "data" / "literature" / "current.json"
    standing = place.read_text()
    done = run("rebuild")
    assert done.exit_code == 0, done.output
    assert "Index ready" in done.stdout
    assert place.read_text() != standing
    after = json.loads(run("search", "quinoxitine in frobnitis", "--json").stdout)
    first = after["findings"][0][
        "evidence"
    ]  # the graph of the vectors is approximate: lower ranks may change places
    assert first == before["findings"][0]["evidence"]


def test_a_damaged_stock_is_told_in_one_line(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "data" / "literature"
    place.mkdir()
    (place / "stock.sqlite3").write_bytes(b"no database at all" * 100)
    for words in (("status",), ("remove", "pubmed"), PULL):
        done = run(*words)
        assert done.exit_code == 5, done.output
        assert "damaged" in done.stderr
        assert "Traceback" not in done.output
