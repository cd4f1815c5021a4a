"""What stands around a quote is cut out of the held text, ends at sentences and stays in its section."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.evidence import Depth, Source
from retrieval.neighbourhood import AROUND, LONGEST_SIDE, LONGEST_WHOLE, neighbourhood, place
from retrieval.passages import Document, Section, Span, StudyKind, sentences

WORDS = st.text(alphabet=st.sampled_from("abc AB. !?1,é≥(\u200b"), min_size=1, max_size=400).map(
    lambda words: f"x{words}x"
)
LONG = st.integers(1, 4).map(lambda n: "A thing of the liver was seen. " * 100 * n + "End.")


def made(*parts: str, page: int | None = 1) -> Document:
    """A document of these sections, a line break between them."""
    sections, at = [], 0
    for number, part in enumerate(parts):
        sections.append(Section(name=f"Part {number}", start=at, end=at + len(part), page=page))
        at += len(part) + 1
    return held("\n".join(parts), tuple(sections))


def held(text: str, sections: tuple[Section, ...] = ()) -> Document:
    source = Source(id="page:1", title="A page", version="1", licence="ours", depth=Depth.GUIDELINE)
    return Document(source=source, text=text, kind=StudyKind.GUIDELINE, sections=sections)


@st.composite
def quoted(draw: st.DrawFn) -> tuple[Document, int, int]:
    document = made(*draw(st.lists(st.one_of(WORDS, LONG), min_size=1, max_size=4)))
    section = draw(st.sampled_from(document.sections))
    start = draw(st.integers(section.start, section.end - 1))
    return document, start, draw(st.integers(start + 1, section.end))


@settings(deadline=None)
@given(quoted())
def test_it_is_a_slice_of_the_held_text_in_the_section_of_the_quote(
    case: tuple[Document, int, int],
) -> None:
    document, start, end = case
    around = neighbourhood(document, start, end)
    assert around.before + around.quote + around.after == document.text[around.start : around.end]
    assert around.quote == document.text[start:end]
    section = next(one for one in document.sections if one.start <= start < one.end)
    assert section.start <= around.start <= start < end <= around.end <= section.end
    assert (around.heading, around.page) == (section.name, 1)


@settings(deadline=None)
@given(quoted())
def test_each_side_ends_at_a_sentence_or_is_as_long_as_it_may_be(case: tuple[Document, int, int]) -> None:
    document, start, end = case
    around = neighbourhood(document, start, end)
    section = next(one for one in document.sections if one.start <= start < one.end)
    spans = list(sentences(document.text[section.start : section.end]))
    starts = {section.start + span.start for span in spans}
    ends = {section.start + span.end for span in spans}
    assert len(around.before) <= LONGEST_SIDE
    assert len(around.after) <= LONGEST_SIDE
    assert around.start in starts | {start} or _furthest(document.text, section.start, start) > LONGEST_SIDE
    assert around.end in ends | {end} or _furthest(document.text, end, section.end) > LONGEST_SIDE


def _furthest(text: str, start: int, end: int) -> int:
    return len(text[start:end].strip())


@settings(deadline=None)
@given(quoted())
def test_the_whole_holds_the_quote_is_bounded_and_loses_nothing_that_it_does_not_own_up_to(
    case: tuple[Document, int, int],
) -> None:
    document, start, end = case
    around = neighbourhood(document, start, end)
    size = sum(part.end - part.start for part in around.whole)
    assert 0 < size <= LONGEST_WHOLE
    covered = [at for part in around.whole for at in range(part.start, part.end)]
    assert covered == sorted(set(covered))
    if end - start <= LONGEST_WHOLE:
        assert {at for at in range(start, end) if not document.text[at].isspace()} <= set(covered)
    left_out = [at for at in range(len(document.text)) if not document.text[at].isspace()]
    left_out = sorted(set(left_out) - set(covered))
    assert bool(left_out) == around.is_cut
    assert around.is_cut or len(document.text) <= LONGEST_WHOLE + 1


def test_three_sentences_stand_on_each_side_and_no_more() -> None:
    text = " ".join(f"Number {n} is told here." for n in range(12))
    start = text.index("Number 6")
    around = neighbourhood(held(text), start, start + len("Number 6 is told here."))
    assert around.before.startswith("Number 3")
    assert around.after.endswith("Number 9 is told here.")
    one = neighbourhood(held(text), start, start + len("Number 6 is told here."), around=1)
    assert (one.before.strip(), one.after.strip()) == ("Number 5 is told here.", "Number 7 is told here.")
    assert AROUND == 3


def test_a_quote_inside_a_sentence_has_the_rest_of_it_beside() -> None:
    text = "First one. The ratio was 0.85 in adults who took it. Last one."
    start = text.index("0.85")
    around = neighbourhood(held(text), start, start + 4, around=0)
    assert around.before + around.quote + around.after == "The ratio was 0.85 in adults who took it."


def test_the_heading_and_the_page_are_those_of_the_quotes_section() -> None:
    document = made("Short.", "Give it twice a day. Not at night.", page=7)
    start = document.text.index("Give")
    around = neighbourhood(document, start, start + 4)
    assert (around.heading, around.page) == ("Part 1", 7)
    assert "Short" not in around.before


def test_between_sections_the_gap_is_the_section() -> None:
    text = "One here.\nLoose words stand here.\nTwo here."
    sections = (
        Section(name="One", start=0, end=9),
        Section(name="Two", start=text.index("Two"), end=len(text)),
    )
    start = text.index("words")
    around = neighbourhood(held(text, sections), start, start + 5)
    assert around.before + around.quote + around.after == "Loose words stand here."
    assert around.heading == ""
    assert [part.heading for part in around.whole] == ["One", "", "Two"]


def test_a_table_without_sentences_is_cut_between_words() -> None:
    text = "cell | " * 4000 + "dose 5 mg | " + "cell | " * 4000
    start = text.index("dose")
    around = neighbourhood(held(text), start, start + 9)
    assert around.before.startswith(("cell ", "| "))
    assert around.after.endswith(("cell", "|"))
    assert around.is_cut
    assert sum(part.end - part.start for part in around.whole) <= LONGEST_WHOLE


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (5, 2), (0, 10_000)])
def test_what_does_not_lie_in_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="page:1"):
        neighbourhood(held("A short text."), start, end)


def test_a_quote_is_found_by_its_locator_else_by_its_words_else_not() -> None:
    document = held("The dose is 5 mg. Again: the dose is 5 mg.")
    second = document.text.rindex("dose is")
    assert place(document, "dose is", f"characters {second}-{second + 7}") == Span(second, second + 7)
    assert place(document, "dose is", "characters 0-7") == Span(4, 11)
    assert place(document, "dose is", "Results") == Span(4, 11)
    assert place(document, "dose was", "characters 4-12") is None
    assert place(document, "dose is", "characters 99999999999999999999-4") == Span(4, 11)
