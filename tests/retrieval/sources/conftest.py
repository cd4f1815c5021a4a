"""PubMed as the tests make it: records in the form of pubmed_250101.dtd, and a service that answers from them.

The names, numbers and sentences are made up; no PMID here is meant to be that of a real paper.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request
from xml.sax.saxutils import escape

import pytest

from retrieval.stock import Stock

HEAD = (
    '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
)
SEARCH_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eSearchResult PUBLIC "-//NLM//DTD esearch 20060628//EN" '
    '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
)


def make_record(
    pmid: int | str,
    title: str = "Zinc in pneumonia.",
    abstract: str | None = "<AbstractText>Zinc did not shorten the illness.</AbstractText>",
    year: str = "<Year>2015</Year><Month>Jun</Month>",
    types: Sequence[str] = ("Journal Article",),
    links: str = "",
    **more: str,
) -> str:
    """A PubmedArticle; ``title``, ``abstract``, ``year``, ``links`` and ``more`` are XML."""
    listed = "".join(f'<PublicationType UI="D000000">{escape(name)}</PublicationType>' for name in types)
    return f"""<PubmedArticle>
    <MedlineCitation Status="MEDLINE" Owner="NLM">
        <PMID Version="1">{pmid}</PMID>
        {more.get("revised", "<DateRevised><Year>2024</Year><Month>03</Month><Day>09</Day></DateRevised>")}
        <Article PubModel="Print-Electronic">
            <Journal><JournalIssue CitedMedium="Internet"><PubDate>{year}</PubDate></JournalIssue>
                <Title>Journal of made up trials</Title>
                {more.get("iso", "<ISOAbbreviation>J Made Up</ISOAbbreviation>")}
            </Journal>
            <ArticleTitle>{title}</ArticleTitle>
            {more.get("doi", "")}
            {"" if abstract is None else f"<Abstract>{abstract}</Abstract>"}
            <Language>eng</Language>
            <PublicationTypeList>{listed}</PublicationTypeList>
            {more.get("vernacular", "")}{more.get("article_date", "")}
        </Article>
        <MedlineJournalInfo><MedlineTA>J Made Up Short</MedlineTA></MedlineJournalInfo>
        <CommentsCorrectionsList>{links}</CommentsCorrectionsList>
        {more.get("mesh", "")}{more.get("other", "")}{more.get("keywords", "")}
    </MedlineCitation>
    {more.get("data", "")}
</PubmedArticle>"""


def make_set(*records: str) -> bytes:
    """An answer of EFetch."""
    return (HEAD + "<PubmedArticleSet>" + "\n".join(records) + "</PubmedArticleSet>").encode()


def make_list(pmids: Iterable[str], whole: int | None = None, remarks: str = "") -> bytes:
    """An answer of ESearch."""
    ids = list(pmids)
    return (
        f"{SEARCH_HEAD}<eSearchResult><Count>{len(ids) if whole is None else whole}</Count>"
        f"<RetMax>{len(ids)}</RetMax><RetStart>0</RetStart><IdList>"
        + "".join(f"<Id>{pmid}</Id>" for pmid in ids)
        + f"</IdList><TranslationSet/><QueryTranslation>x</QueryTranslation>{remarks}</eSearchResult>"
    ).encode()


class Answer(io.BytesIO):
    """What urlopen returns."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.headers = Message()
        self.headers["Content-Type"] = "text/xml; charset=UTF-8"
        self.url = "https://eutils.ncbi.nlm.nih.gov/"


def refusal(code: int, body: bytes = b"", **headers: str) -> HTTPError:
    """The error that urlopen raises for an HTTP status."""
    told = Message()
    for name, value in headers.items():
        told[name.replace("_", "-")] = value
    return HTTPError("https://eutils.ncbi.nlm.nih.gov/", code, "Said so", told, io.BytesIO(body))


class Clock:
    """Time that passes only where somebody waits or works."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.waits: list[float] = []

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


class Service:
    """E-utilities that answer from made records; stands in for urlopen.

    ``upsets`` is what happens instead of the answers to come: an exception to raise, bytes to answer, or None.
    """

    def __init__(self, records: dict[str, str], dated: dict[str, str] | None = None) -> None:
        self.records = records
        self.dated = dated or {}
        self.upsets: list[Any] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.starts: list[float] = []
        self.clock = Clock()
        self.remarks = ""
        self.limit = 9_999
        self.on_fetch: Callable[[list[str]], None] = lambda pmids: None

    @property
    def searches(self) -> list[dict[str, str]]:
        return [asked for verb, asked in self.asked if verb == "esearch"]

    @property
    def fetched(self) -> list[list[str]]:
        return [asked["id"].split(",") for verb, asked in self.asked if verb == "efetch"]

    def __call__(self, request: Request, timeout: float | None = None) -> Answer:
        parts = urlsplit(request.full_url)
        assert parts.hostname == "eutils.ncbi.nlm.nih.gov"
        assert parts.scheme == "https"
        sent = request.data.decode() if isinstance(request.data, bytes) else parts.query
        asked = {name: values[0] for name, values in parse_qs(sent).items()}
        verb = Path(parts.path).stem
        self.asked.append((verb, asked))
        self.starts.append(self.clock.now)
        self.clock.now += 0.01
        upset = self.upsets.pop(0) if self.upsets else None
        if isinstance(upset, Exception):
            raise upset
        if isinstance(upset, bytes):
            return Answer(upset)
        return Answer(self._list(asked) if verb == "esearch" else self._papers(asked["id"].split(",")))

    def _list(self, asked: dict[str, str]) -> bytes:
        first, last = asked.get("mindate", "0"), asked.get("maxdate", "9")
        ids = [pmid for pmid in self.records if first <= self.dated.get(pmid, "2015/06/01") <= last]
        return make_list(ids[: min(int(asked["retmax"]), self.limit)], len(ids), self.remarks)

    def _papers(self, pmids: list[str]) -> bytes:
        self.on_fetch(pmids)
        return make_set(*(self.records[pmid] for pmid in pmids if pmid in self.records))


def plug_in(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the service and its clock under Bio.Entrez."""
    from Bio import Entrez

    monkeypatch.setattr(Entrez, "urlopen", service)
    monkeypatch.setattr(Entrez, "time", service.clock)
    monkeypatch.setattr(Entrez._open, "previous", 0)


@pytest.fixture
def pubmed_xml() -> Any:
    """The makers of this file, for test files, which cannot import each other."""

    class Makers:
        record = staticmethod(make_record)
        set = staticmethod(make_set)
        list = staticmethod(make_list)
        refusal = staticmethod(refusal)

    return Makers


@pytest.fixture
def service_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Service]:
    """Makes a service of records and puts it under Bio.Entrez."""

    def made(records: dict[str, str], dated: dict[str, str] | None = None) -> Service:
        service = Service(records, dated)
        plug_in(service, monkeypatch)
        return service

    return made


@pytest.fixture
def stock(tmp_path: Path) -> Stock:
    return Stock(tmp_path / "literature")
