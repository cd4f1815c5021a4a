"""PubMed Central: articles that the tests make in JATS as efetch gives it; all fields, retractions, the withheld."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from retrieval.evidence import Depth
from retrieval.passages import Document, Notice, NoticeKind, StudyKind
from retrieval.sources.eutils import Eutils
from retrieval.sources.pmc import COLLECTION, PmcError, Withheld, articles, plain_id, pull
from retrieval.stock import Stock

NAMES = 'xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:mml="http://www.w3.org/1998/Math/MathML"'
CC = (
    "<permissions><copyright-statement>© 2020 The authors</copyright-statement><license>"
    '<ali:license_ref xmlns:ali="http://www.niso.org/schemas/ali/1.0/">https://creativecommons.org/licenses/by-nc/4.0/'
    "</ali:license_ref><license-p>Open access.</license-p></license></permissions>"
)
BODY = "<body><p>Opening words.</p></body>"


def article(
    number: int = 1,
    body: str = BODY,
    title: str = "Made-up drug in made-up fever",
    more: str = "",
    pmid: str = "90000001",
    permissions: str = CC,
    kind: str = "research-article",
    subject: str = "Research Article",
) -> str:
    ids = f'<article-id pub-id-type="pmid">{pmid}</article-id>' if pmid else ""
    return f"""<article {NAMES} article-type="{kind}"><front><journal-meta><journal-title-group>
      <journal-title>Journal of Made-up Medicine</journal-title></journal-title-group></journal-meta>
      <article-meta><article-id pub-id-type="pmcid">PMC{number}</article-id>{ids}
      <article-id pub-id-type="doi">10.9999/made.{number}</article-id>
      <article-categories><subj-group subj-group-type="heading"><subject>{subject}</subject></subj-group>
      </article-categories><title-group><article-title>{title}</article-title></title-group>
      <contrib-group><contrib><name><surname>Nobody</surname></name></contrib></contrib-group>
      <pub-date pub-type="ppub"><year>2021</year></pub-date>
      <pub-date pub-type="epub"><day>5</day><month>11</month><year>2020</year></pub-date>
      {permissions}{more}</article-meta></front>{body}
      <back><ref-list><ref id="R1"><mixed-citation>Cited work</mixed-citation></ref></ref-list></back></article>"""


def answer(*held: str) -> bytes:
    return (
        '<?xml version="1.0"  ?><!DOCTYPE pmc-articleset PUBLIC "-//NLM//DTD ARTICLE SET 2.0//EN" '
        '"https://dtd.nlm.nih.gov/ncbi/pmc/articleset/nlm-articleset-2.0.dtd"><pmc-articleset>'
        f"{''.join(held)}</pmc-articleset>"
    ).encode()


def read(held: str) -> Document:
    (one,) = articles(BytesIO(answer(held)))
    assert isinstance(one, Document), one
    return one


def sections(document: Document) -> list[tuple[str, str]]:
    return [(part.name, document.text[part.start : part.end]) for part in document.sections]


def test_every_field_of_the_front_is_kept() -> None:
    held = read(article(7, title="Made-up <italic>drug</italic> in β-fever: a randomised trial"))
    assert held.source.id == "pmc:PMC7"
    assert held.source.title == "Made-up drug in β-fever: a randomised trial"
    assert (held.source.pmid, held.source.doi, held.pmcid) == ("90000001", "10.9999/made.7", "PMC7")
    assert (held.source.year, held.source.version, held.dated) == (2020, "2020-11-05", "2020-11-05")
    assert (held.source.licence, held.source.depth) == ("CC BY-NC 4.0", Depth.FULL_TEXT)
    assert held.source.url == "https://pmc.ncbi.nlm.nih.gov/articles/PMC7/"
    assert held.journal == "Journal of Made-up Medicine"
    assert (held.kind, held.source.marks, held.notices) == (StudyKind.TRIAL, (), ())


def test_abstract_and_body_are_sections_with_their_nested_titles() -> None:
    held = read(
        article(
            more="""<abstract abstract-type="graphical"><p>A picture.</p></abstract><abstract><title>Abstract</title>
            <sec><title>Background</title><p>Why it matters.</p></sec><sec><p>Untitled words.</p></sec></abstract>""",
            body="""<body><sec><title>Methods</title><p>We asked.</p><sec><title>Patients</title>
            <p>Adults <xref ref-type="bibr" rid="R1">[1]</xref>.</p></sec></sec>
            <sec><title>Results</title><p>It helped.</p></sec></body>""",
        )
    )
    assert sections(held) == [
        ("Abstract > Background", "Why it matters.\nUntitled words."),
        ("Methods", "We asked."),
        ("Methods > Patients", "Adults."),
        ("Results", "It helped."),
    ]
    assert "Cited work" not in held.text
    assert "A picture" not in held.text
    assert "Nobody" not in held.text


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ('fell 5%<sup><xref ref-type="bibr">12</xref>,<xref ref-type="bibr">13</xref></sup> at all', "fell 5% at all"),
        ('fell [<xref ref-type="bibr">1</xref>–<xref ref-type="bibr">3</xref>].', "fell."),
        ('fell (<xref ref-type="table">Table 1</xref>).', "fell (Table 1)."),
        ('P <xref ref-type="bibr">1</xref> .05', "P .05"),
        ("50 × 10<sup>9</sup>/l and 10<sup>−6</sup>", "50 × 10⁹/l and 10⁻⁶"),
        ("H<sub>2</sub>O, <italic>BRCA1</italic> <bold>c.68_69del</bold>", "H2O, BRCA1 c.68_69del"),
        (
            "r <inline-formula><mml:math><mml:msup><mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math>"
            "</inline-formula> end",
            "r [formula] end",
        ),
        ("p <mml:math><mml:mo>=</mml:mo><mml:mn>0.05</mml:mn></mml:math>", "p =0.05"),
        ("α\u0301 漢字 𝛼 &#x202e;", "α\u0301 漢字 𝛼 \u202e"),
        ("<!-- hidden -->seen<?pi x?> too", "seen too"),
    ],
)  # fmt: skip
def test_marks_go_and_figures_stay_what_they_are(marked: str, words: str) -> None:
    assert read(article(body=f"<body><p>{marked}</p></body>")).text == words


def test_tables_and_figures_have_captions_and_rows_in_their_place() -> None:
    held = read(
        article(
            body="""<body><sec><title>Results</title><p>Before <table-wrap><label>Table 1.</label>
            <caption><p>Doses</p></caption><table><thead><tr><th>Drug</th><th>n (%)</th></tr></thead>
            <tbody><tr><td>x<xref ref-type="table-fn">a</xref></td><td>5 (50)</td></tr><tr><td/><td>6</td></tr></tbody>
            </table><table-wrap-foot><p>a: note</p></table-wrap-foot></table-wrap> after.</p>
            <fig><label>Figure 1</label><caption><title>Flow</title><p>of patients</p></caption><graphic/></fig>
            <list><list-item><p>one</p></list-item><list-item><p>two</p></list-item></list>
            <boxed-text><p>A box.</p></boxed-text><supplementary-material><p>S1</p></supplementary-material>
            </sec></body>"""
        )
    )
    assert sections(held) == [
        (
            "Results",
            "Before after.\nTable 1. Doses\nDrug | n (%)\nx | 5 (50)\n| 6\nFigure 1 Flow of patients\none\ntwo\nA box.",
        )
    ]


@pytest.mark.parametrize(
    ("permissions", "licence"),
    [
        ("", "no licence stated; rights as the publisher's"),
        (
            '<permissions><license xlink:href="http://creativecommons.org/licenses/by/2.0"><license-p/></license></permissions>',
            "CC BY 2.0",
        ),
        (
            '<permissions><license><license-p>See <ext-link xlink:href="https://creativecommons.org/publicdomain/zero/1.0/">'
            "it</ext-link></license-p></license></permissions>",
            "CC0",
        ),
        ("<permissions><license><license-p>Free to read.</license-p></license></permissions>", "Free to read."),
    ],
)  # fmt: skip
def test_the_licence_is_what_the_article_says(permissions: str, licence: str) -> None:
    assert read(article(permissions=permissions)).source.licence == licence


@pytest.mark.parametrize(
    ("kind", "subject", "title", "expected"),
    [
        ("review-article", "Review", "On fever", StudyKind.REVIEW),
        ("research-article", "Research Article", "A cohort of people with fever", StudyKind.OBSERVATIONAL),
        ("research-article", "Practice Guideline", "Fever", StudyKind.GUIDELINE),
        ("research-article", "Study Protocol", "Protocol of a randomised trial", StudyKind.OTHER),
        ("letter", "Letter", "On a trial", StudyKind.OTHER),
        ("research-article", "Research Article", "Fever", StudyKind.OTHER),
    ],
)
def test_the_kind_is_told_by_type_heading_and_title(
    kind: str, subject: str, title: str, expected: StudyKind
) -> None:
    assert read(article(kind=kind, subject=subject, title=title)).kind is expected


def related(told: str, link: str = "doi", href: str = "10.9999/other", pmid: str = "") -> str:
    inner = f'<pub-id pub-id-type="pmid">{pmid}</pub-id>' if pmid else ""
    types = f'related-article-type="{told}" ext-link-type="{link}"'
    return f'<related-article {types} xlink:href="{href}">{inner}</related-article>'


@pytest.mark.parametrize(
    ("more", "notice", "marks"),
    [
        (related("retraction-forward", pmid="9009"), ("90000001", NoticeKind.RETRACTED, "9009"), ("retracted",)),
        (related("retraction-forward"), ("90000001", NoticeKind.RETRACTED, "10.9999/other"), ("retracted",)),
        (related("correction-forward"), ("90000001", NoticeKind.CORRECTED, "10.9999/other"), ()),
        (related("retracted-article", pmid="90000005"), ("90000005", NoticeKind.RETRACTED, "90000001"), ()),
        (related("corrected-article", "pubmed", "90000005"), ("90000005", NoticeKind.CORRECTED, "90000001"), ()),
        (related("partial-retraction", pmid="90000005"), ("90000005", NoticeKind.CORRECTED, "90000001"), ()),
        (related("object-of-concern", pmid="90000005"), ("90000005", NoticeKind.CONCERN, "90000001"), ()),
        (related("updated-article", pmid="90000005"), ("90000005", NoticeKind.SUPERSEDED, "90000001"), ()),
        (related("retracted-article"), None, ()),
        (related("companion", pmid="90000005"), None, ()),
    ],
)  # fmt: skip
def test_retractions_and_corrections_are_noted(
    more: str, notice: tuple[str, NoticeKind, str] | None, marks: tuple[str, ...]
) -> None:
    held = read(article(more=more))
    expected = (Notice(pmid=notice[0], kind=notice[1], by=notice[2]),) if notice else ()
    assert (held.notices, held.source.marks) == (expected, marks)


@pytest.mark.parametrize(
    ("title", "kind", "marks"),
    [
        ("RETRACTED: Made-up drug", "research-article", ("retracted",)),
        ("[RETRACTED ARTICLE] Made-up drug", "research-article", ("retracted",)),
        ("Retraction: Made-up drug", "retraction", ()),
        ("Retracted papers and what becomes of them", "research-article", ()),
    ],
)
def test_a_title_that_says_retracted_is_believed(title: str, kind: str, marks: tuple[str, ...]) -> None:
    assert read(article(title=title, kind=kind, pmid="")).source.marks == marks


CLOSED = article(8, body="").replace(
    "<front>",
    "<!--The publisher of this article does not allow downloading of the full text in XML form.--><front>",
)


class Efetch:
    """Stands in for PMC: knows some articles and notes what it was asked for."""

    def __init__(self, **held: str) -> None:
        self.held = held
        self.asked: list[tuple[str, ...]] = []

    def __call__(self, ids: Sequence[str]) -> bytes:
        self.asked.append(tuple(ids))
        return answer(*(self.held.get(one, '<Reply Id="1" error="id_does_not_exist"/>') for one in ids))


def test_an_abstract_without_a_body_is_no_full_text() -> None:
    held = article(5, body="<body> <sec/></body>", more="<abstract><p>All that there is.</p></abstract>")
    assert list(articles(BytesIO(answer(held)))) == [
        Withheld("PMC5", "its publisher does not give the full text")
    ]


def test_what_is_given_is_held_and_what_is_not_is_named(tmp_path: Path) -> None:
    stock = Stock(tmp_path)
    fetch = Efetch(PMC1=article(1), PMC8=CLOSED, PMC9=article(9, more=related("retraction-forward")))
    done = pull(stock, ["PMC1", "8", "pmc9", "PMC404", "1"], fetch)
    assert (done.added, done.held_before, done.retracted) == (2, 0, ("PMC9",))
    assert done.withheld == (
        Withheld("PMC8", "its publisher does not give the full text"),
        Withheld("PMC404", "PMC gives nothing under this id"),
    )
    assert fetch.asked == [("PMC1", "PMC8", "PMC9", "PMC404")]
    assert stock.holdings()[0].collection == COLLECTION
    assert stock.notices()["90000001"][0].kind is NoticeKind.RETRACTED


def test_a_pull_that_broke_off_fetches_only_the_rest(tmp_path: Path) -> None:
    stock = Stock(tmp_path)
    ids = [f"PMC{n}" for n in range(1, 51)]
    fetch = Efetch(**{one: article(int(one[3:])) for one in ids})

    def breaking(some: Sequence[str]) -> bytes:
        if "PMC41" in some:
            raise ConnectionError
        return fetch(some)

    with pytest.raises(ConnectionError):
        pull(stock, ids, breaking)
    assert len(stock.rows("pmc")) == 40
    fetch.asked.clear()
    told: list[tuple[int, int]] = []
    done = pull(stock, ids, fetch, lambda n, all_: told.append((n, all_)))
    assert (done.added, done.held_before) == (10, 40)
    assert fetch.asked == [tuple(ids[40:])]
    assert told == [(10, 10)]
    assert pull(stock, ids[:3], fetch, again=True).unchanged == 3


@pytest.mark.parametrize("given", ["", "x", "PMC", "PMC0", "12 34", "PMC12345678901"])
def test_what_is_no_pmc_id_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(PmcError, match="is no PMC id"):
        pull(Stock(tmp_path), [given], Efetch())
    assert plain_id(" pmc12 ") == "PMC12"


def test_a_broken_answer_is_named_and_what_stood_before_has_come() -> None:
    stream = articles(BytesIO(answer(article(1), article(2))[:-400]))
    first = next(stream)
    assert isinstance(first, Document)
    with pytest.raises(PmcError, match="breaks off after 1 articles"):
        list(stream)
    with pytest.raises(PmcError, match="Not articles of PMC"):
        list(articles(BytesIO(b"<html><body/></html>")))
    with pytest.raises(PmcError, match="breaks off after 0"):
        list(articles(BytesIO(b"")))


def test_a_single_article_and_no_entity_is_spread() -> None:
    bomb = (
        '<!DOCTYPE article [<!ENTITY a "lol"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
        + article(body="<body><p>See &b; &f; end.</p></body>")
    )
    (held,) = articles(BytesIO(bomb.encode()))
    assert isinstance(held, Document)
    assert "root:" not in held.text
    assert "lollol" not in held.text


def test_the_entrez_client_asks_pmc_for_bare_numbers() -> None:
    asked: list[dict[str, Any]] = []

    class Entrez:
        def efetch(self, **parameters: Any) -> BytesIO:
            asked.append(parameters)
            return BytesIO(b"<pmc-articleset/>")

    pubmed = Eutils("a@b.org", entrez=Entrez())
    assert pubmed.full_texts(["PMC12", "34"]) == b"<pmc-articleset/>"
    assert (asked[0]["db"], asked[0]["id"], asked[0]["retmode"]) == ("pmc", ["12", "34"], "xml")
