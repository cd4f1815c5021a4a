"""PubMed's XML: every field, every character, in one pass that does not grow, and honest about what is broken."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retrieval.evidence import Depth
from retrieval.passages import Document, NoticeKind, StudyKind, normalised
from retrieval.sources.medline import (
    NO_TITLE,
    Deleted,
    MedlineError,
    NotMedline,
    documents,
    kind_of,
    opened,
    records,
)


def read(body: bytes) -> list[Document]:
    return list(documents(io.BytesIO(body), "made.xml"))


def link(relation: str, pmid: int | None = None, source: str = "J Made Up. 2020;1:1") -> str:
    other = f'<PMID Version="1">{pmid}</PMID>' if pmid else ""
    return f'<CommentsCorrections RefType="{relation}"><RefSource>{source}</RefSource>{other}</CommentsCorrections>'


FULL = {
    "pmid": 900000001,
    "title": "Effect of <i>β</i>-blockers on HbA<sub>1c</sub> [a trial].",
    "abstract": """<AbstractText Label="BACKGROUND &amp; AIMS" NlmCategory="BACKGROUND">Counts of 10<sup>9</sup>/L and
            10<sup>-3.5</sup> matter.</AbstractText>
        <AbstractText NlmCategory="METHODS">We gave 5 mg.</AbstractText>
        <AbstractText NlmCategory="UNASSIGNED">Registered: NCT00000000.</AbstractText>
        <AbstractText Label="EMPTY"> </AbstractText>
        <AbstractText Label="RESULTS">Ratio <mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:mfrac>
            <mml:mn>1</mml:mn><mml:mn>2</mml:mn></mml:mfrac></mml:math>; p&lt;0.05; r<sup>2</sup>.</AbstractText>
        <CopyrightInformation>© 2015 The Made Up Society.</CopyrightInformation>""",
    "types": ("Journal Article", "Randomized Controlled Trial"),
    "doi": '<ELocationID EIdType="pii">x</ELocationID><ELocationID EIdType="doi" ValidYN="N">10.9999/wrong'
    '</ELocationID><ELocationID EIdType="doi" ValidYN="Y">10.9999/made.up</ELocationID>',
    "mesh": '<MeshHeadingList><MeshHeading><DescriptorName UI="D1" MajorTopicYN="N">Humans</DescriptorName>'
    '</MeshHeading><MeshHeading><DescriptorName UI="D2" MajorTopicYN="N">Pneumonia</DescriptorName>'
    '<QualifierName UI="Q1" MajorTopicYN="Y">drug therapy</QualifierName></MeshHeading></MeshHeadingList>',
    "keywords": "<KeywordList Owner='NOTNLM'><Keyword MajorTopicYN='N'>zinc <i>salts</i></Keyword></KeywordList>",
    "vernacular": "<VernacularTitle>Wirkung von Betablockern.</VernacularTitle>",
    "data": "<PubmedData><PublicationStatus>ppublish</PublicationStatus><ArticleIdList>"
    '<ArticleId IdType="pubmed">900000001</ArticleId><ArticleId IdType="pmc">'
    "PMC9999999</ArticleId></ArticleIdList><ReferenceList><Reference><Citation>Other.</Citation><ArticleIdList>"
    '<ArticleId IdType="doi">10.9999/cited</ArticleId><ArticleId IdType="pmc">PMC1</ArticleId></ArticleIdList>'
    "</Reference></ReferenceList></PubmedData>",
}


def test_the_made_records_have_the_form_that_nlm_publishes(pubmed_xml: Any) -> None:
    import Bio.Entrez
    from lxml import etree

    dtd = etree.DTD(str(Path(Bio.Entrez.__file__).parent / "DTDs" / "pubmed_250101.dtd"))
    body = pubmed_xml.set(
        pubmed_xml.record(**FULL, links=link("RetractionIn", 6) + link("ErratumIn")),
        pubmed_xml.record(7, doi=FULL["doi"], links=link("UpdateOf", 8), other=other("fre", "Résumé.")),
        BOOK.format(pmid=12, title='<ArticleTitle book="madeup">Made Up Fever</ArticleTitle>'),
        '<DeleteCitation><PMID Version="1">3</PMID></DeleteCitation>',
    )
    assert dtd.validate(etree.fromstring(body)), dtd.error_log


def test_every_field_of_an_article(pubmed_xml: Any) -> None:
    (paper,) = read(pubmed_xml.set(pubmed_xml.record(**FULL)))
    source = paper.source
    assert (source.id, source.pmid, source.doi) == ("pubmed:900000001", "900000001", "10.9999/made.up")
    assert source.title == "Effect of β-blockers on HbA1c [a trial]."
    assert (source.version, paper.dated, source.year) == ("2024-03-09", "2024-03-09", 2015)
    assert source.licence == "PubMed abstract; © 2015 The Made Up Society."
    assert (source.depth, paper.kind) == (Depth.ABSTRACT, StudyKind.TRIAL)
    assert [(part.name, paper.text[part.start : part.end]) for part in paper.sections] == [
        ("BACKGROUND & AIMS", "Counts of 10⁹/L and 10^-3.5 matter."),
        ("METHODS", "We gave 5 mg."),
        ("Abstract", "Registered: NCT00000000."),
        ("RESULTS", "Ratio 1 2 ; p<0.05; r2."),
    ]
    assert (paper.journal, paper.pmcid) == ("J Made Up", "PMC9999999")
    assert paper.mesh == ("Pneumonia", "Humans")
    assert paper.publication_types == FULL["types"]
    assert paper.beside == "Wirkung von Betablockern. zinc salts"


def test_an_article_without_abstract_is_held_as_a_record(pubmed_xml: Any) -> None:
    bare = pubmed_xml.record(7, "Zinc: a letter.", None, iso="", revised="")
    untitled = pubmed_xml.record(8, "", None, vernacular="<VernacularTitle>Zink.</VernacularTitle>")
    nameless = pubmed_xml.record(9, " ", None)
    first, second, third = read(pubmed_xml.set(bare, untitled, nameless))
    assert (first.source.depth, first.text, first.source.licence) == (
        Depth.RECORD,
        "Zinc: a letter.",
        "PubMed record",
    )
    assert (first.source.version, first.dated, first.journal) == ("undated", "", "J Made Up Short")
    assert (second.source.title, third.source.title) == ("Zink.", NO_TITLE)


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("<Year>2003</Year><Season>Winter</Season>", 2003),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", 1998),
        ("<MedlineDate>Summer 1976</MedlineDate>", 1976),
        ("<MedlineDate>Spring</MedlineDate>", 2021),
        ("", 2021),
    ],
)
def test_the_year_is_that_of_the_issue_or_of_the_electronic_date(
    pubmed_xml: Any, date: str, year: int
) -> None:
    electronic = (
        "<ArticleDate DateType='Electronic'><Year>2021</Year><Month>1</Month><Day>2</Day></ArticleDate>"
    )
    (paper,) = read(pubmed_xml.set(pubmed_xml.record(7, year=date, article_date=electronic)))
    assert paper.source.year == year


def test_the_date_falls_back_to_the_day_it_came_into_pubmed(pubmed_xml: Any) -> None:
    data = (
        '<PubmedData><History><PubMedPubDate PubStatus="received"><Year>2011</Year><Month>1</Month><Day>1</Day>'
        '</PubMedPubDate><PubMedPubDate PubStatus="pubmed"><Year>2012</Year><Month>7</Month><Day>3</Day>'
        "</PubMedPubDate></History></PubmedData>"
    )
    (paper,) = read(pubmed_xml.set(pubmed_xml.record(7, revised="", data=data)))
    assert paper.dated == "2012-07-03"


def other(language: str, text: str, kind: str = "Publisher") -> str:
    said = f' Language="{language}"' if language else ""
    return f'<OtherAbstract Type="{kind}"{said}><AbstractText>{text}</AbstractText></OtherAbstract>'


def test_another_abstract_counts_only_where_there_is_none(pubmed_xml: Any) -> None:
    both = pubmed_xml.record(1, other=other("fre", "Résumé."))
    french = pubmed_xml.record(2, abstract=None, other=other("fre", "Résumé."))
    english = pubmed_xml.record(
        3,
        abstract=None,
        other=other("fre", "Résumé.") + other("", "In plain words.", "plain-language-summary"),
    )
    first, second, third = read(pubmed_xml.set(both, french, english))
    assert (first.text, first.source.marks) == ("Zinc did not shorten the illness.", ())
    assert (second.text, second.sections[0].name) == ("Résumé.", "Abstract (fre)")
    assert second.source.marks == ("abstract in another language (fre)",)
    assert (third.text, third.sections[0].name, third.source.marks) == (
        "In plain words.",
        "Plain language summary",
        (),
    )


@pytest.mark.parametrize(
    ("types", "mesh", "kind"),
    [
        (("Review", "Practice Guideline"), (), StudyKind.GUIDELINE),
        (("Systematic Review", "Meta-Analysis"), (), StudyKind.REVIEW),
        (("Clinical Trial, Phase III",), ("Prospective Studies",), StudyKind.TRIAL),
        (("Observational Study",), (), StudyKind.OBSERVATIONAL),
        (("Journal Article",), ("Humans", "Cohort Studies"), StudyKind.OBSERVATIONAL),
        (("Clinical Trial Protocol",), ("Prospective Studies",), StudyKind.OTHER),
        (("Randomized Controlled Trial, Veterinary",), (), StudyKind.OTHER),
        (("Journal Article", "Letter"), ("Humans",), StudyKind.OTHER),
    ],
)
def test_the_kind_is_what_pubmed_says(types: tuple[str, ...], mesh: tuple[str, ...], kind: StudyKind) -> None:
    assert kind_of(types, mesh) is kind


@pytest.mark.parametrize(
    ("relation", "about", "by", "kind"),
    [
        ("RetractionIn", "5", "6", NoticeKind.RETRACTED),
        ("RetractionOf", "6", "5", NoticeKind.RETRACTED),
        ("RetractedandRepublishedIn", "5", "6", NoticeKind.RETRACTED),
        ("ExpressionOfConcernIn", "5", "6", NoticeKind.CONCERN),
        ("ExpressionOfConcernFor", "6", "5", NoticeKind.CONCERN),
        ("ErratumIn", "5", "6", NoticeKind.CORRECTED),
        ("ErratumFor", "6", "5", NoticeKind.CORRECTED),
        ("UpdateIn", "5", "6", NoticeKind.SUPERSEDED),
        ("UpdateOf", "6", "5", NoticeKind.SUPERSEDED),
        ("CorrectedandRepublishedFrom", "6", "5", NoticeKind.SUPERSEDED),
    ],
)
def test_a_notice_is_about_the_right_one_of_two_papers(
    pubmed_xml: Any, relation: str, about: str, by: str, kind: NoticeKind
) -> None:
    (paper,) = read(pubmed_xml.set(pubmed_xml.record(5, links=link(relation, 6) + link("Cites", 77))))
    (notice,) = paper.notices
    assert (notice.pmid, notice.by, notice.kind) == (about, by, kind)


def test_a_retraction_without_a_number_is_still_known(pubmed_xml: Any) -> None:
    by_words = pubmed_xml.record(5, links=link("RetractionIn", source="Made Up. 2021;2:2"))
    by_type = pubmed_xml.record(6, types=("Journal Article", "Retracted Publication"))
    by_both = pubmed_xml.record(7, types=("Retracted Publication",), links=link("RetractionIn", 8))
    of_unknown = pubmed_xml.record(9, "Notice.", None, links=link("RetractionOf"))
    first, second, third, fourth = read(pubmed_xml.set(by_words, by_type, by_both, of_unknown))
    assert [notice.by for notice in first.notices] == ["Made Up. 2021;2:2"]
    assert [(notice.pmid, notice.kind) for notice in second.notices] == [("6", NoticeKind.RETRACTED)]
    assert [notice.by for notice in third.notices] == ["8"]
    assert fourth.notices == ()


BOOK = """<PubmedBookArticle><BookDocument><PMID Version="1">{pmid}</PMID>
    <ArticleIdList><ArticleId IdType="bookaccession">NBK000</ArticleId></ArticleIdList>
    <Book><Publisher><PublisherName>Made Up Press</PublisherName></Publisher>
        <BookTitle book="madeup">Made Up Pearls</BookTitle>
        <PubDate><Year>2025</Year><Month>01</Month></PubDate></Book>
    {title}<PublicationType UI="D016454">Review</PublicationType>
    <Abstract><AbstractText>A fever that
        was <i>renamed</i>.</AbstractText><CopyrightInformation>Copyright © 2025, Made Up.</CopyrightInformation>
    </Abstract>
    <ContributionDate><Year>2024</Year><Month>Aug</Month><Day>4</Day></ContributionDate>
    </BookDocument><PubmedBookData><PublicationStatus>ppublish</PublicationStatus>
    <ArticleIdList><ArticleId IdType="doi">10.9999/chapter</ArticleId></ArticleIdList>
    </PubmedBookData></PubmedBookArticle>"""


def test_a_chapter_of_a_book(pubmed_xml: Any) -> None:
    chapter = BOOK.format(pmid=11, title='<ArticleTitle book="madeup">Made Up Fever</ArticleTitle>')
    first, second = read(pubmed_xml.set(chapter, BOOK.format(pmid=12, title="")))
    assert (first.source.title, second.source.title) == ("Made Up Fever", "Made Up Pearls")
    assert (first.text, first.journal, first.kind) == (
        "A fever that was renamed.",
        "Made Up Pearls",
        StudyKind.REVIEW,
    )
    assert (first.source.year, first.dated, first.source.doi) == (2025, "2024-08-04", "10.9999/chapter")


def test_what_an_update_file_takes_back_is_told(pubmed_xml: Any) -> None:
    body = pubmed_xml.set(
        pubmed_xml.record(1),
        "<DeleteCitation><PMID Version='1'>3</PMID><PMID Version='1'>4</PMID></DeleteCitation>",
    )
    first, second = records(io.BytesIO(body), "update.xml")
    assert isinstance(first, Document)
    assert second == Deleted(("3", "4"))
    assert [paper.source.pmid for paper in read(body)] == ["1"]


# text as people write it: Greek, CJK, combining marks, astral planes, and blanks of all kinds
WRITTEN = st.text(
    st.one_of(
        st.sampled_from("abZ019 .,;:()[]<>&\"'-–≥≤µβΔ漢字ée\u0301𝛽😀\u2009\u00a0\n\t"),
        st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
    ),
    max_size=60,
)
TAGS = st.sampled_from(
    ["{}", "<i>{}</i>", "<b><u>{}</u></b>", "<sub>{}</sub>", "<!-- no -->{}", "x<sup>{}</sup>"]
)
PART = st.lists(st.tuples(TAGS, WRITTEN), min_size=0, max_size=4)
LABEL = st.one_of(st.none(), st.sampled_from(["METHODS", "Ergebnisse & Ziel", "結果"]))


@given(parts=st.lists(st.tuples(LABEL, PART), max_size=5), title=WRITTEN)
def test_offsets_hold_and_no_character_is_lost(parts: list[Any], title: str) -> None:
    from xml.sax.saxutils import quoteattr

    xml = "".join(
        f"<AbstractText{'' if label is None else f' Label={quoteattr(label)}'}>"
        + "".join(tag.format(escape(text)) for tag, text in pieces)
        + "</AbstractText>"
        for label, pieces in parts
    )
    body = (
        f"<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>{escape(title)}"
        f"</ArticleTitle><Abstract>{xml}</Abstract></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"
    ).encode()
    (paper,) = read(body)
    wrote = ["".join(f"x{text}" if "sup" in tag else text for tag, text in pieces) for _, pieces in parts]
    wrote = [text for text in wrote if text.strip()]
    held = [paper.text[part.start : part.end] for part in paper.sections]
    assert paper.text == "\n".join(held)
    if wrote:
        assert len(held) == len(wrote)
        assert [bare(text) for text in held] == [bare(text) for text in wrote]
    else:
        assert paper.source.depth is Depth.RECORD
        assert paper.text == paper.source.title


def bare(text: str) -> str:
    return "".join(normalised(text).split())


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ("5 × 10<sup>−6</sup> M", "5 × 10⁻⁶ M"),
        ("<b>10</b><sup>12</sup>", "10¹²"),
        ("kg/m<sup>2</sup>", "kg/m2"),
        ("0.5<sup>a</sup>", "0.5a"),
        ("<sup>18</sup>F", "18F"),
        ("a<b/>b", "ab"),
    ],
)
def test_raised_figures_do_not_change_a_number(pubmed_xml: Any, xml: str, text: str) -> None:
    (paper,) = read(pubmed_xml.set(pubmed_xml.record(1, abstract=f"<AbstractText>{xml}</AbstractText>")))
    assert paper.text == text


def test_what_parsed_before_a_break_is_given_and_the_error_names_the_place(pubmed_xml: Any) -> None:
    whole = pubmed_xml.set(*(pubmed_xml.record(pmid) for pmid in range(1, 6)))
    cut = whole[: whole.index(b">4</PMID>")]
    stream = documents(io.BytesIO(cut), "made.xml")
    assert [next(stream).source.pmid for _ in range(3)] == ["1", "2", "3"]
    with pytest.raises(MedlineError, match=r"made\.xml breaks off after record 3"):
        next(stream)


DAMAGE = st.lists(st.tuples(st.integers(0, 6_000), st.binary(max_size=6), st.integers(0, 40)), max_size=4)


@given(damage=DAMAGE, packed=st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_ends_in_papers_or_in_one_named_error(
    pubmed_xml: Any, damage: list[tuple[int, bytes, int]], packed: bool
) -> None:
    body = pubmed_xml.set(pubmed_xml.record(**FULL), BOOK.format(pmid=12, title=""), pubmed_xml.record(3))
    body = gzip.compress(body, mtime=0) if packed else body
    for at, instead, length in damage:
        body = body[:at] + instead + body[at + length :]
    stream = gzip.GzipFile(fileobj=io.BytesIO(body)) if packed else io.BytesIO(body)
    said = "damaged.xml"
    try:
        assert all(paper.text for paper in documents(stream, "damaged.xml"))  # type: ignore[arg-type]
    except MedlineError as wrong:
        said = str(wrong)
    assert said.startswith("damaged.xml")


def test_damaged_gzip_is_named(pubmed_xml: Any, tmp_path: Path) -> None:
    packed = gzip.compress(pubmed_xml.set(*(pubmed_xml.record(pmid) for pmid in range(1, 400))))
    whole, cut = tmp_path / "whole.xml.gz", tmp_path / "cut.xml.gz"
    whole.write_bytes(packed)
    cut.write_bytes(packed[: len(packed) // 2])
    with opened(whole) as stream:
        assert len(list(documents(stream, "whole"))) == 399
    with opened(cut) as stream, pytest.raises(MedlineError, match="damaged gzip"):
        list(documents(stream, "cut"))
    with pytest.raises(MedlineError, match="cannot be read"):
        opened(tmp_path / "none.xml")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html><body>Sorry</body></html>", "begins with <html>"),
        (b"<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>", "Unable to obtain query"),
        (b"", "no element"),
        (b"\x89PNG\r\n", "no element"),
    ],
)
def test_another_kind_of_file_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(NotMedline, match=said):
        read(body)


def test_a_record_without_a_number_is_an_error(pubmed_xml: Any) -> None:
    with pytest.raises(MedlineError, match="record 2: has no PMID"):
        read(pubmed_xml.set(pubmed_xml.record(1), pubmed_xml.record("")))


def test_no_entity_is_resolved_and_no_file_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    body = (
        f'<!DOCTYPE PubmedArticleSet [<!ENTITY out SYSTEM "file://{secret}"><!ENTITY in "bomb">]>'
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>T</ArticleTitle>"
        "<Abstract><AbstractText>a&out;b&in;c</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>"
        "</PubmedArticleSet>"
    ).encode()
    (paper,) = read(body)
    assert paper.text == "a&out;b&in;c"


GROWTH = """
import io, sys
from retrieval.sources.medline import documents

ONE = (b"<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>T</ArticleTitle><Abstract><AbstractText>"
       + b"A sentence that is read and forgotten. " * 40
       + b"</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>\\n")

class Endless(io.RawIOBase):
    def __init__(self, records):
        self.pieces = iter([b"<PubmedArticleSet>", *([ONE] * records), b"</PubmedArticleSet>"])
        self.left = b""
    def readable(self):
        return True
    def readinto(self, into):
        while len(self.left) < len(into):
            piece = next(self.pieces, None)
            if piece is None:
                break
            self.left += piece
        took, self.left = self.left[:len(into)], self.left[len(into):]
        into[:len(took)] = took
        return len(took)

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096

count, early = 0, 0
for paper in documents(Endless(int(sys.argv[1])), "endless"):
    count += 1
    if count == 1000:
        early = resident()
print(count, resident() - early)
"""


@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="reads the memory of the process from /proc"
)
def test_a_long_file_does_not_grow_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GROWTH, "12000"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    count, grown = map(int, done.stdout.split())
    assert count == 12_000
    assert grown < 8_000_000  # the file itself is 20 MB, its tree many times that
