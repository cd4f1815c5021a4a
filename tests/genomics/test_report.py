"""Reports: what they say, what they never say, and that no foreign text can do anything in them."""

from __future__ import annotations

import importlib.util
import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genomics.acmg.criteria import CODES, Criterion, Status, Strength
from genomics.report import (
    CoverageRow,
    Report,
    as_html,
    as_json,
    as_markdown,
    as_text,
    genome_report,
    pgx_report,
    plots,
    variant_report,
)
from genomics.report.markdown import escaped
from genomics.report.shown import shown
from genomics.report.worksheet import classes_of, criteria_of, known_in_words, points_in_words, table_of
from retrieval.evidence import Table


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("report_data", Path(__file__).with_name("report_data.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


made = _loaded()


def reports() -> list[Report]:
    return [
        variant_report([made.row()], versions={"clinvar": "2026-11"}, made="2026-11-22"),
        variant_report([made.row(), made.hostile()]),
        genome_report(made.genome(made.row(score=0.93), made.hostile())),
        pgx_report(made.pharmacogenes()),
    ]


class Tags(HTMLParser):
    """The elements of a page, with their attributes; whether all of them were closed."""

    VOID = {"meta", "rect", "path", "line", "br", "img", "link"}

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag


def tags(page: str) -> Tags:
    read = Tags()
    read.feed(page)
    return read


# the worksheet's two tables


def test_a_table_of_codes_gives_the_codes_back() -> None:
    judged = made.row().assessment
    back = criteria_of(table_of("BRCA1 c.68_69del", judged))
    assert back is not None
    assert back == tuple(one.model_copy(update={"evidence": (), "values": ()}) for one in judged.criteria)


def _codes() -> st.SearchStrategy[tuple[Criterion, ...]]:
    def one(code: str) -> st.SearchStrategy[Criterion]:
        strengths = [Strength.STAND_ALONE] if code == "BA1" else [s for s in Strength if s != "stand alone"]
        words = st.text(min_size=1).filter(str.strip)
        counted = st.sampled_from([Status.MET, Status.PROPOSED, Status.CONFIRMED])
        other = st.sampled_from([Status.NOT_MET, Status.NOT_ASSESSED])
        return st.one_of(
            st.builds(
                Criterion,
                code=st.just(code),
                status=counted,
                strength=st.sampled_from(strengths),
                rationale=words,
                command=st.text(),
            ),
            st.builds(Criterion, code=st.just(code), status=other, rationale=words),
        )

    return st.tuples(*(one(code) for code in CODES))


@given(_codes())
def test_whatever_the_codes_are_the_table_gives_them_back(codes: tuple[Criterion, ...]) -> None:
    judged = made.assessment().model_copy(update={"criteria": codes})
    assert criteria_of(table_of("x", judged)) == codes


def test_another_table_is_no_worksheet() -> None:
    good = table_of("x", made.assessment())
    rows = good.rows
    others = [
        Table(title="Measurements", columns=good.columns, rows=rows),
        Table(title=good.title, columns=("a",), rows=(("b",),)),
        Table(title=good.title, columns=good.columns, rows=rows[1:]),
        Table(title=good.title, columns=good.columns, rows=(rows[1], rows[0], *rows[2:])),
        Table(title=good.title, columns=good.columns, rows=((rows[0][0], "maybe", *rows[0][2:]), *rows[1:])),
        Table(
            title=good.title, columns=good.columns, rows=((rows[0][0], "met", "", *rows[0][3:]), *rows[1:])
        ),
    ]
    assert [criteria_of(other) for other in others] == [None] * len(others)


def test_the_two_classes_stand_in_rows_of_their_own() -> None:
    row = made.row()
    table = classes_of(row.title, row.assessment, (known_in_words(row.known),), agreement="same")
    told = dict(table.rows)
    assert told["Class given by others"].startswith("Pathogenic: reviewed by expert panel (3 stars)")
    assert "3 Pathogenic, 1 Uncertain significance" in told["Class given by others"]
    assert told["Class of the codes"] == "Likely pathogenic (+8 points)"
    assert told["If the proposed codes are confirmed"] == "Likely pathogenic (+9 points)"
    assert told["Not assessed"] == "PM2: no frequency is held."


def test_without_a_known_class_that_is_said() -> None:
    assert ("Class given by others", "none held") in classes_of("x", made.assessment()).rows


@pytest.mark.parametrize(
    ("points", "words"), [(0, "0 points"), (1, "+1 point"), (-1, "-1 point"), (8, "+8 points")]
)
def test_points_in_words(points: int, words: str) -> None:
    assert points_in_words(points) == words


# the reports


def test_a_variant_report_says_class_codes_gaps_and_sources() -> None:
    text = as_markdown(reports()[0])
    for part in (
        "Likely pathogenic (+8 points)",
        "Pathogenic: reviewed by expert panel (3 stars)",
        "| PM2 | not assessed |",
        "consilium packs pull gnomad-panel would let PM2 be assessed",
        "frameshift\\_variant",
        "Made-up register · 2026-11 · CC0",
        "clinvar 2026-11",
        "Made 2026-11-22",
        "confirm in an accredited laboratory",
    ):
        assert part in text, part


def test_a_variant_without_codes_has_no_class_of_ours() -> None:
    text = as_markdown(variant_report([made.hostile()]))
    assert "No class of our own" in text
    assert "Class of the codes" not in text


def test_a_report_of_no_variant_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one variant"):
        variant_report([])


def test_a_genome_report_ranks_and_names_what_was_not_looked_at() -> None:
    text = as_markdown(reports()[2])
    assert re.search(r"\| 1 \| BRCA1 c\.68\\_69del \| BRCA1 \| heterozygous .* 0\.930 \|", text)
    assert "| TTN | not known | a plain VCF does not tell |" in text
    assert "Secondary findings" not in text  # nobody asked


def test_secondary_findings_are_shown_only_when_asked_for() -> None:
    asked = made.genome().model_copy(update={"secondary": ()})
    assert "None was found in the genes of the list" in as_markdown(genome_report(asked))


def test_nothing_found_is_no_negative_result_and_unknown_coverage_is_said() -> None:
    empty = made.genome().model_copy(update={"coverage": ()})
    text = as_markdown(genome_report(empty))
    assert "That is no negative result" in text
    assert "Nothing is known of the coverage" in text


def test_star_alleles_show_ties_missing_positions_and_why_not() -> None:
    text = as_markdown(reports()[3])
    for part in (
        "\\*4/\\*5 or \\*6/\\*7",
        "several diplotypes fit equally well",
        "rs3758581",
        "34 of 35 alleles",
    ):
        assert part in text, part
    for part in (
        "A VCF cannot tell it. Needed: an outside call.",
        "ACS, PCI",
        "Strong",
        "No guideline held.",
    ):
        assert part in text, part


def test_the_json_holds_the_data_and_is_the_same_each_time() -> None:
    for first, again in zip(reports(), reports(), strict=True):
        assert as_json(first) == as_json(again)
    document = json.loads(as_json(reports()[0]))
    assert document["schema"] == "consilium-genomics-report/1"
    assert [one["code"] for one in document["subject"][0]["assessment"]["criteria"]] == list(CODES)
    assert document["subject"][0]["known"]["significance"] == "Pathogenic"


# what foreign text cannot do


@pytest.mark.parametrize("number", range(4))
def test_the_page_is_whole_needs_nothing_and_runs_nothing(number: int) -> None:
    page = as_html(reports()[number])
    read = tags(page)
    assert read.open == []
    names = {name for name, _ in read.seen}
    assert (
        names & {"script", "img", "iframe", "link", "object", "form", "image", "use", "foreignobject"}
        == set()
    )
    for name, given_ in read.seen:
        assert not [key for key in given_ if key.startswith("on")], name
        assert "src" not in given_
        if "href" in given_:
            assert name == "a"
            assert str(given_["href"]).startswith("https://")
    assert "evil.example" not in " ".join(str(given_.get("href")) for _, given_ in read.seen)
    assert "default-src 'none'" in page
    assert ("html", {"lang": "en"}) in read.seen


@pytest.mark.parametrize("number", range(4))
def test_every_table_has_a_caption_and_heads(number: int) -> None:
    read = tags(as_html(reports()[number]))
    count = [name for name, _ in read.seen].count
    assert count("caption") == count("table") == count("thead")
    assert {given_.get("scope") for name, given_ in read.seen if name == "th"} <= {"col", "row"}


@given(st.text().filter(lambda words: bool(shown(words))))
def test_no_text_becomes_markup(words: str) -> None:
    row = made.hostile().model_copy(update={"title": "x", "limits": (words,), "names": (words,)})
    read = tags(as_html(variant_report([row])))
    expected = tags(as_html(variant_report([row.model_copy(update={"limits": ("x",), "names": ("x",)})])))
    assert [name for name, _ in read.seen] == [name for name, _ in expected.seen]


@pytest.mark.parametrize(
    "words",
    [
        "<b>",
        "a|b",
        "[x](y)",
        "![x](y)",
        "# x",
        "- x",
        "1. x",
        "**x**",
        "`x`",
        "https://x.example",
        "a\nb",
        "$x$",
    ],
)
def test_markdown_shows_foreign_text_as_it_is(words: str) -> None:
    line = escaped(words)
    assert "\n" not in line
    assert not re.search(r"(?<!\\)[\[\]*`|#$]|<|https:", line.replace("&#58;", ""))
    assert not re.match(r"(?:\d+[.)]|[-+])\s", line)


def test_long_and_unseen_signs_are_cut() -> None:
    assert shown("a\u202eb\x07c\n d") == "a b c d"
    assert shown("x" * 5000) == "x" * 3999 + "…"
    assert len(shown("\u200b" * 10**6 + "x", 10)) <= 10


@pytest.mark.parametrize("number", range(4))
def test_the_terminal_gets_no_control_signs_and_short_lines(number: int) -> None:
    text = as_text(reports()[number])
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", text)
    assert max(map(len, text.splitlines())) <= 140
    for part in ("confirm in an accredited laboratory", "Versions"):
        assert part in " ".join(text.split())


def test_the_terminal_tells_a_wide_table_row_by_row() -> None:
    text = as_text(reports()[0])
    assert "  PVS1\n    Status: met\n    Strength: very strong\n    Points: +8" in text
    assert "  Class of the codes: Likely pathogenic (+8 points)" in text


# the plots


def test_the_plots_are_xml_with_words_for_those_who_do_not_see_them() -> None:
    row = made.row()
    for plot in (plots.points(row.title, row.assessment), plots.coverage(made.genome().coverage)):
        assert plot is not None
        root = ET.fromstring(plot.svg)
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-label"] == plot.alt
        assert root[0].tag.endswith("title")


def test_points_are_told_by_side_sign_and_words() -> None:
    judged = made.assessment(
        ("PVS1", Strength.VERY_STRONG), ("BS1", Strength.STRONG), proposed=("PS3", Strength.MODERATE)
    )
    plot = plots.points("x", judged)
    assert plot is not None
    assert "PVS1 +8, PS3 +2 if confirmed, BS1 -4" in plot.alt
    bars = re.findall(
        r'<rect x="(\d+)" y="\d+" width="(\d+)" height="16"[^/]*?(stroke-dasharray[^/]*)?/>', plot.svg
    )
    middle = 330  # of the drawing
    assert [(int(left) >= middle, bool(dashed)) for left, _, dashed in bars] == [
        (True, False),
        (True, True),
        (False, False),
    ]
    assert [int(wide) for _, wide, _ in bars] == [8 * 26, 2 * 26, 4 * 26]


def test_nothing_counted_is_not_drawn() -> None:
    assert plots.points("x", made.assessment()) is None
    assert plots.coverage(()) is None


def test_coverage_is_drawn_from_the_least_covered_and_says_what_it_left_out() -> None:
    rows = [CoverageRow(gene=f"G{number}", share=number / 100, how="gVCF") for number in range(90)]
    plot = plots.coverage(rows)
    assert plot is not None
    assert plot.alt.startswith("Share of coding bases covered, per gene: G0 0.0%")
    assert "30 better covered genes are not drawn." in plot.alt
    assert plot.svg.count("<text") == 2 * plots.GENES
