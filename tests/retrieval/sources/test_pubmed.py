"""PubMed into the stock: throttled, tried again, each paper once, and plain words where it cannot be."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest

from retrieval.passages import NoticeKind
from retrieval.sources import eutils, pubmed
from retrieval.sources.medline import MedlineError
from retrieval.sources.pubmed import (
    HOSTS,
    BadQuery,
    NoContact,
    Pubmed,
    Unreachable,
    baseline,
    queries,
)
from retrieval.stock import Stock

MAIL = "someone@example.org"


def link(relation: str, pmid: int) -> str:
    said = f"<RefSource>x</RefSource><PMID>{pmid}</PMID>"
    return f'<CommentsCorrections RefType="{relation}">{said}</CommentsCorrections>'


@pytest.fixture
def papers(pubmed_xml: Any) -> dict[str, str]:
    """450 made papers, among them one without abstract, one retracted, and its retraction."""
    made = {str(pmid): pubmed_xml.record(pmid, f"Zinc study {pmid}.") for pmid in range(1001, 1451)}
    made["1002"] = pubmed_xml.record(1002, "Études sur 肺炎 𝛽 é.", None)
    made["1003"] = pubmed_xml.record(1003, types=("Journal Article", "Retracted Publication"))
    retracting = link("RetractionOf", 77)
    made["1004"] = pubmed_xml.record(1004, "Retraction.", None, links=retracting)
    return made


def client(service: Any, key: str | None = None) -> Pubmed:
    return Pubmed(MAIL, key, sleep=service.clock.sleep)


def test_a_pull_holds_every_paper_once(
    service_of: Callable[..., Any], papers: dict[str, str], stock: Stock
) -> None:
    service = service_of(papers)
    steps: list[tuple[int, int | None]] = []
    pulled = client(service).pull(stock, "zinc", progress=lambda done, whole: steps.append((done, whole)))
    assert (pulled.found, pulled.added, pulled.held_before) == (450, 450, 0)
    assert (pulled.without_abstract, pulled.retracted, pulled.missing) == (2, 1, ())
    assert steps == [(200, 450), (400, 450), (450, 450)]
    assert [len(batch) for batch in service.fetched] == [200, 200, 50]
    assert len(stock.rows("pubmed")) == 450
    assert stock.document("pubmed:1002").source.title == "Études sur 肺炎 𝛽 é."  # type: ignore[union-attr]
    assert {pmid: held[0].by for pmid, held in stock.notices().items()} == {
        "1003": "PubMed: Retracted Publication",
        "77": "1004",
    }
    asked = service.searches[0]
    assert (asked["db"], asked["term"], asked["tool"], asked["email"]) == (
        "pubmed",
        "zinc",
        "consilium",
        MAIL,
    )
    assert "api_key" not in asked
    assert "mindate" not in asked


def test_a_second_pull_fetches_only_what_is_new(
    service_of: Callable[..., Any], papers: dict[str, str], pubmed_xml: Any, stock: Stock
) -> None:
    service = service_of(papers)
    client(service).pull(stock, "zinc")
    papers["2000"] = pubmed_xml.record(2000, "A new one.")
    service.asked.clear()
    pulled = client(service, "the-key").pull(stock, "zinc", since=2010, until=2020)
    assert (pulled.found, pulled.added, pulled.held_before, pulled.changed) == (451, 1, 450, 0)
    assert service.fetched == [["2000"]]
    asked = service.searches[0]
    assert (asked["datetype"], asked["mindate"], asked["maxdate"]) == ("pdat", "2010/01/01", "2020/12/31")
    assert asked["api_key"] == "the-key"
    first, second = queries(stock)
    assert (first["query"], first["since"], first["found"], first["added"]) == ("zinc", 2010, 451, 1)
    assert (second["since"], second["found"]) == (None, 450)


def test_the_most_that_was_asked_for(
    service_of: Callable[..., Any], papers: dict[str, str], stock: Stock
) -> None:
    service = service_of(papers)
    pulled = client(service).pull(stock, "zinc", maximum=30)
    assert (pulled.found, pulled.added) == (450, 30)
    assert service.searches[0]["retmax"] == "30"


def test_what_was_removed_in_the_middle_of_a_pull_is_fetched_again(
    service_of: Callable[..., Any], papers: dict[str, str], stock: Stock
) -> None:
    service = service_of(papers)

    def stop(pmids: list[str]) -> None:
        if len(service.fetched) == 2:
            raise KeyboardInterrupt

    service.on_fetch = stop
    with pytest.raises(KeyboardInterrupt):
        client(service).pull(stock, "zinc")
    assert stock.remove_collection("pubmed") == 200
    service.on_fetch = lambda pmids: None
    pulled = client(service).pull(stock, "zinc")
    assert (pulled.found, pulled.added, pulled.held_before) == (450, 450, 0)
    assert len(stock.rows("pubmed")) == 450


@pytest.mark.parametrize(("key", "most"), [(None, 3), ("a-key", 10)])
def test_never_more_requests_in_a_second_than_ncbi_allows(
    service_of: Callable[..., Any], papers: dict[str, str], stock: Stock, key: str | None, most: int,
    monkeypatch: pytest.MonkeyPatch, pubmed_xml: Any,
) -> None:  # fmt: skip
    monkeypatch.setattr(pubmed, "BATCH", 10)
    service = service_of(papers)
    service.upsets = [None, None, pubmed_xml.refusal(503), None, pubmed_xml.refusal(429)]
    client(service, key).pull(stock, "zinc")
    client(service, key).recheck(stock)  # a second client keeps its distance from the first
    assert len(service.starts) > 90
    for start in service.starts:
        assert sum(start <= other < start + 1 for other in service.starts) <= most


def test_too_many_requests_and_broken_lines_are_waited_out(
    service_of: Callable[..., Any], papers: dict[str, str], pubmed_xml: Any, stock: Stock
) -> None:
    service = service_of(papers)
    service.upsets = [
        pubmed_xml.refusal(429),
        pubmed_xml.refusal(429, Retry_After="20"),
        b"<eSearchResult><ERROR>Search Backend failed: Exception: 502 Proxy Error</ERROR></eSearchResult>",
        None,
        ConnectionResetError("gone"),
        URLError("name not resolved"),
        b"<html>Service unavailable</html>",
        b"<eFetchResult><ERROR>cannot retrieve</ERROR></eFetchResult>",
    ]
    pulled = client(service).pull(stock, "zinc")
    assert pulled.added == 450
    waits = [wait for wait in service.clock.waits if wait >= 1]
    assert waits == [1, 20, 9, 1, 3, 9, 27]


def test_pubmed_that_stays_away_is_named_and_what_came_is_held(
    service_of: Callable[..., Any], papers: dict[str, str], pubmed_xml: Any, stock: Stock
) -> None:
    service = service_of(papers)
    service.upsets = [None, None, *(pubmed_xml.refusal(500) for _ in range(5))]
    with pytest.raises(Unreachable, match=r"eutils\.ncbi\.nlm\.nih\.gov.*HTTP 500"):
        client(service).pull(stock, "zinc")
    assert len(stock.rows("pubmed")) == 200
    service.asked.clear()
    pulled = client(service).pull(stock, "zinc")
    assert (pulled.added, pulled.held_before) == (250, 200)
    assert service.searches == []  # the list of the first pull is used
    assert [len(batch) for batch in service.fetched] == [200, 50]


def test_without_a_network_nobody_waits(service_of: Callable[..., Any], stock: Stock) -> None:
    service = service_of({})
    service.upsets = [URLError("no route to host")]
    with pytest.raises(Unreachable, match=r"no route to host\. Is this computer online\?"):
        client(service).pull(stock, "zinc")
    assert service.clock.waits == []


def test_a_record_that_cannot_be_read_is_left_out_and_named(
    service_of: Callable[..., Any], papers: dict[str, str], stock: Stock
) -> None:
    papers["1005"] = papers["1005"].replace("</PubmedArticle>", "</Oops>")
    pulled = client(service_of(papers)).pull(stock, "zinc")
    assert (pulled.added, pulled.unreadable, pulled.missing) == (449, ("1005",), ())


def test_answers_that_always_break_off_end_the_pull(
    service_of: Callable[..., Any], papers: dict[str, str], stock: Stock
) -> None:
    service = service_of(dict.fromkeys(papers, "<PubmedArticle>"))
    with pytest.raises(Unreachable, match="break off"):
        client(service).pull(stock, "zinc")


def test_a_paper_that_pubmed_names_and_does_not_give_is_told(
    service_of: Callable[..., Any], papers: dict[str, str], stock: Stock
) -> None:
    service = service_of(papers)
    service.on_fetch = lambda pmids: service.records.pop("1010", None) and None
    pulled = client(service).pull(stock, "zinc")
    assert (pulled.added, pulled.missing) == (449, ("1010",))


def test_nothing_found_and_what_pubmed_remarks(service_of: Callable[..., Any], stock: Stock) -> None:
    service = service_of({})
    service.remarks = (
        "<ErrorList><PhraseNotFound>zzincc</PhraseNotFound></ErrorList>"
        "<WarningList><PhraseIgnored>the</PhraseIgnored><OutputMessage>No items found.</OutputMessage></WarningList>"
    )
    pulled = client(service).pull(stock, "the zzincc")
    assert (pulled.found, pulled.added) == (0, 0)
    assert pulled.told == ("not known to PubMed: zzincc", "ignored by PubMed: the", "No items found.")


def test_bad_queries_and_bad_keys(service_of: Callable[..., Any], pubmed_xml: Any, stock: Stock) -> None:
    service = service_of({})
    with pytest.raises(BadQuery, match="give a query"):
        client(service).pull(stock, "  ")
    with pytest.raises(BadQuery, match="since 2020 and until 2010"):
        client(service).pull(stock, "zinc", since=2020, until=2010)
    assert service.asked == []
    service.upsets = [
        b"<eSearchResult><ERROR>Empty term and query_key - nothing todo</ERROR></eSearchResult>"
    ]
    with pytest.raises(BadQuery, match="nothing todo"):
        client(service).pull(stock, "*")
    service.upsets = [pubmed_xml.refusal(400, b'{"error":"API key invalid","api-key":"s3cret"}')]
    with pytest.raises(BadQuery, match="API key invalid") as refused:
        client(service, "s3cret").pull(stock, "zinc")
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("mail", ["", "  ", "someone", "@"])
def test_without_a_contact_nothing_is_asked(mail: str) -> None:
    with pytest.raises(NoContact, match=r"\[retrieval\] contact_email"):
        Pubmed(mail)


def test_only_the_named_host_is_contacted() -> None:
    assert HOSTS == ("eutils.ncbi.nlm.nih.gov",)


def test_a_long_list_is_asked_for_by_dates(
    service_of: Callable[..., Any], pubmed_xml: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eutils, "LIMIT", 50)
    dated = {str(pmid): f"{2000 + pmid % 20}/{1 + pmid % 12:02}/11" for pmid in range(1, 401)}
    dated |= {str(pmid): "2011/05/05" for pmid in range(401, 471)}  # more on one day than PubMed gives
    service = service_of(dict.fromkeys(dated, ""), dated)
    service.limit = 50
    found = client(service).search("zinc", maximum=1_000)
    assert found.papers == 470
    assert set(map(str, range(1, 401))) < set(found.pmids)
    assert len(found.pmids) == len(set(found.pmids)) == 450
    assert "of 70 papers dated 2011-05-05 PubMed gives only the first 50" in found.told
    assert "PubMed counts 470 papers and gave 450" in found.told
    some = client(service).search("zinc", maximum=60)
    assert len(some.pmids) == 60
    assert min(dated[pmid] for pmid in some.pmids) > "2012"  # the newest ranges first


def test_a_recheck_learns_of_retractions_since(
    service_of: Callable[..., Any], papers: dict[str, str], pubmed_xml: Any, stock: Stock
) -> None:
    service = service_of(papers)
    client(service).pull(stock, "zinc")
    retracted = link("RetractionIn", 99)
    papers["1100"] = pubmed_xml.record(1100, links=retracted)
    papers["500"] = pubmed_xml.record(500, links=retracted)
    del papers["1101"]
    service.asked.clear()
    pulled = client(service).recheck(stock, pmids=("500", "501", "none"))
    assert (pulled.found, pulled.changed, pulled.added, pulled.retracted) == (452, 1, 0, 3)
    assert pulled.missing == ("501", "1101")
    assert {(notice.kind, notice.by) for notice in stock.notices()["500"]} == {(NoticeKind.RETRACTED, "99")}
    assert stock.notices()["1100"][0].by == "99"
    assert stock.document("pubmed:500") is None  # a card's paper is asked about and not brought
    assert stock.document("pubmed:1101") is not None
    assert sum(map(len, service.fetched)) == 452


def test_a_recheck_of_cards_alone_makes_no_collection(
    service_of: Callable[..., Any], pubmed_xml: Any, stock: Stock
) -> None:
    service = service_of({"500": pubmed_xml.record(500, links=link("UpdateIn", 99))})
    pulled = client(service).recheck(stock, pmids=("500",))
    assert (pulled.found, pulled.held_before, stock.holdings()) == (1, 1, ())
    assert stock.notices()["500"][0].kind is NoticeKind.SUPERSEDED


def test_a_recheck_that_broke_off_goes_on(
    service_of: Callable[..., Any], papers: dict[str, str], pubmed_xml: Any, stock: Stock
) -> None:
    service = service_of(papers)
    client(service).pull(stock, "zinc")
    service.asked.clear()
    service.upsets = [None, *(pubmed_xml.refusal(500) for _ in range(5))]
    with pytest.raises(Unreachable):
        client(service).recheck(stock)
    service.asked.clear()
    client(service).recheck(stock)
    assert [len(batch) for batch in service.fetched] == [200, 50]
    assert stock.job("pubmed:rechecked")["papers"] == 450  # type: ignore[index]


def test_a_baseline_file_is_read_in_transactions_and_goes_on(
    papers: dict[str, str], pubmed_xml: Any, stock: Stock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pubmed, "FILE_BATCH", 100)
    file = tmp_path / "pubmed26n0001.xml.gz"
    file.write_bytes(gzip.compress(pubmed_xml.set(*papers.values())))

    def stop(done: int, whole: int | None) -> None:
        if done >= 300:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        baseline(stock, file, progress=stop)
    assert len(stock.rows("pubmed")) == 300
    steps: list[int] = []
    pulled = baseline(stock, file, progress=lambda done, whole: steps.append(done))
    assert (pulled.found, pulled.added, pulled.changed) == (450, 150, 0)
    assert steps == [400, 450]
    again = baseline(stock, file)
    assert (again.added, again.changed, again.held_before) == (0, 0, 450)


def test_a_baseline_file_by_words_keeps_all_notices(
    papers: dict[str, str], pubmed_xml: Any, stock: Stock, tmp_path: Path
) -> None:
    file = tmp_path / "saved.xml"
    file.write_bytes(pubmed_xml.set(*papers.values()))
    pulled = baseline(stock, file, keep=("STUDY 1007", "肺炎"))
    assert sorted(row.id for row in stock.rows()) == ["pubmed:1002", "pubmed:1007"]
    assert (pulled.found, pulled.added) == (450, 2)
    assert set(stock.notices()) == {"1003", "77"}


def test_an_update_file_takes_papers_back(
    papers: dict[str, str], pubmed_xml: Any, stock: Stock, tmp_path: Path
) -> None:
    file = tmp_path / "update.xml"
    file.write_bytes(
        pubmed_xml.set(papers["1001"], papers["1007"], "<DeleteCitation><PMID>1001</PMID></DeleteCitation>")
    )
    assert baseline(stock, file).removed == 1
    assert [row.id for row in stock.rows()] == ["pubmed:1007"]


def test_a_damaged_file_keeps_what_came_before(
    papers: dict[str, str], pubmed_xml: Any, stock: Stock, tmp_path: Path
) -> None:
    file = tmp_path / "cut.xml"
    whole = pubmed_xml.set(*papers.values())
    file.write_bytes(whole[: whole.index(b">1010</PMID>")])
    with pytest.raises(MedlineError, match=r"cut\.xml breaks off after record 9"):
        baseline(stock, file)
    assert len(stock.rows()) == 9
    with pytest.raises(MedlineError, match="cannot be read"):
        baseline(stock, tmp_path / "none.xml")


def test_a_service_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    from urllib.request import urlopen

    from Bio import Entrez

    monkeypatch.setattr(Entrez, "urlopen", urlopen)
    assert eutils._bio_entrez().urlopen.keywords == {"timeout": eutils.TIMEOUT_S}
    assert Entrez.max_tries == 1
