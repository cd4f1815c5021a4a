"""Foreign text is shown, never obeyed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.ui.plain import lines, link, plain, shortened, table
from retrieval.evidence import Depth, Source, Table

ATTACKS = [
    '<img src=x onerror="alert(1)">',
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "![p](http://evil.example/p.png)",
    "https://evil.example/x",
    "www.evil.example",
    "mailto:a@b.example",
    "**bold** _it_ `code` ~~gone~~",
    "$$x^2$$",
    "# Heading",
    "- item",
    "1. item",
    "| a | b |",
    "&lt;b&gt;",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_markup_and_no_markdown_survives(attack: str) -> None:
    shown = plain(attack)
    assert not re.search(r"[<>\"'`*_\[\]()#~$|\\]", re.sub(r"&(#\d+|[a-z]+);", "", shown))
    assert "://" not in shown
    assert "www." not in shown
    assert not re.match(r"\d*[-.] ", shown)


@given(st.text(max_size=300))
def test_no_tag_can_arise_and_the_text_stays_legible(text: str) -> None:
    import html

    shown = plain(text)
    assert "<" not in shown
    assert ">" not in shown
    assert "\n" not in shown
    assert html.unescape(shown).split() == [
        part for part in re.split(r"[\s\x00-\x1f\x7f-\x9f]+", _visible(text)) if part
    ]


def _visible(text: str) -> str:
    import unicodedata

    return "".join(" " if unicodedata.category(sign) in {"Cc", "Cf", "Zl", "Zp"} else sign for sign in text)


def test_direction_and_control_signs_are_gone() -> None:
    assert plain("safe\u202egnol\u202c \x07ok") == "safe gnol ok"


def test_lines_keep_their_breaks() -> None:
    assert lines("one\n\n<b>two") == "one<br>&#60;b&#62;two"


def test_a_cut_is_marked_and_short_text_is_not_cut() -> None:
    assert shortened("one two three", 9) == "one two…"
    assert shortened("one", 8) == "one"


def source(**more: object) -> Source:
    return Source(id="s", title="T", version="1", licence="L", depth=Depth.RECORD, **more)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "http://x.example", 'https://x.example/"onload="a', "", None]
)
def test_only_clean_https_becomes_a_link(url: str | None) -> None:
    assert link(source(url=url)) == ""


def test_links_come_from_ids() -> None:
    assert 'href="https://pubmed.ncbi.nlm.nih.gov/123/"' in link(source(pmid="123"))
    assert 'rel="noopener noreferrer"' in link(source(doi="10.1000/x"))


def test_a_table_is_escaped_cell_by_cell() -> None:
    shown = table(Table(title="<T>", columns=("<a>",), rows=(("<img src=x>",),)))
    assert "<img" not in shown
    assert "<a>" not in shown
    assert "&#60;T&#62;" in shown
