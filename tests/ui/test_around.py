"""A quote in its neighbourhood: the held text around it, marked; what the source is; what found otherwise."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from types import ModuleType

import pytest

from assistant.answer import Answer
from assistant.ui import drawer
from assistant.ui.around import CHANGED, GONE, around
from retrieval.evidence import Depth, Evidence, Kind, Source
from retrieval.neighbourhood import LONGEST_WHOLE
from retrieval.passages import Document, Section, StudyKind
from retrieval.patient import Patient

HEAD, BODY = (
    "Background",
    "One came first. Two came then. Three and four. The dose is 5 mg. Five. Six. Seven. Eight.",
)
QUOTE = "The dose is 5 mg."


class Shelves(dict[str, Document]):
    """Documents by their ids."""

    def document(self, source_id: str) -> Document | None:
        return self.get(source_id)


def document(
    name: str = "pubmed:99000001", text: str = f"Why it was done.\n{BODY}", **more: object
) -> Document:
    source = Source(
        id=name, title="Made-up trial", version="2020-01-01", licence="CC BY 4.0", depth=Depth.ABSTRACT,
        pmid="99000001", year=2012, **{key: more.pop(key) for key in ("marks",) if key in more},
    )  # fmt: skip
    sections = (
        Section(name=HEAD, start=0, end=16),
        Section(name="Results", start=17, end=len(text), page=3),
    )
    given = {"kind": StudyKind.TRIAL, "journal": "J Made Up", "sections": sections} | more
    return Document(source=source, text=text, **given)


def entry(held: Document, quote: str = QUOTE, locator: str = "") -> Evidence:
    at = held.text.find(quote)
    return Evidence(source=held.source, quote=quote, locator=locator or f"characters {at}-{at + len(quote)}")


def answer(scripted: ModuleType, *entries: Evidence) -> Answer:
    claims = []
    for number, one in enumerate(entries, 1):
        claim = scripted.claim(number, f"Claim {number}.", Depth.ABSTRACT, Kind.LITERATURE)
        claims.append(claim.model_copy(update={"evidence": (one,)}))
    return scripted.answer("s", "q", Patient(), claims=tuple(claims))


def words(shown: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", shown))


def test_the_quote_is_marked_between_the_sentences_around_it_with_heading_and_page() -> None:
    held = document()
    shown = around(entry(held), Shelves({held.source.id: held}))
    near = shown.split("<details")[0]
    assert f"<mark>{QUOTE}</mark>" in html.unescape(near)
    assert "Results, page 3" in words(near)
    assert words(near).endswith(
        f"… One came first. Two came then. Three and four. {QUOTE} Five. Six. Seven. …"
    )


def test_the_whole_abstract_unfolds_with_its_headings() -> None:
    held = document()
    whole = around(entry(held), Shelves({held.source.id: held})).split("<details", 1)[1]
    assert "<summary>The whole abstract</summary>" in whole
    assert "<h5>Background</h5>" in whole
    assert "Why it was done." in words(whole)
    assert "Eight." in words(whole)
    assert whole.count("<mark>") == 1


def test_never_more_of_a_text_than_may_be_shown() -> None:
    text = f"Why it was done.\n{'A thing was seen. ' * 2000}{BODY}"
    held = document(text=text)
    shown = around(entry(held), Shelves({held.source.id: held}))
    whole = shown.split("<details", 1)[1]
    assert len(words(whole)) < LONGEST_WHOLE + 200
    assert "The held text goes on." in whole
    assert f"<mark>{QUOTE}</mark>" in html.unescape(whole)


def test_a_source_that_has_gone_or_changed_says_so() -> None:
    held = document()
    assert GONE in around(entry(held), Shelves())
    changed = document(text="Another text altogether stands here now, with two sentences. This is one.")
    assert CHANGED in around(entry(held), Shelves({held.source.id: changed}))


def test_only_the_literature_has_a_neighbourhood() -> None:
    held = document(name="rule:triage-1")
    assert around(entry(held), Shelves({held.source.id: held})) == ""


def test_a_card_is_said_to_be_in_our_words() -> None:
    held = document(name="card:made-one", kind=StudyKind.REVIEW)
    assert "in our words" in around(entry(held), Shelves({held.source.id: held}))


def test_a_heading_that_the_text_repeats_is_shown_once() -> None:
    text = f"Title here\nFirst steps\n{BODY}"
    start = text.index("One came")
    held = document(text=text, sections=(Section(name="First steps", start=start, end=len(text)),))
    whole = around(entry(held), Shelves({held.source.id: held})).split("<details", 1)[1]
    assert whole.count("First steps") == 1
    assert "Title here" in whole


def test_the_drawer_says_what_the_source_is_and_how_old(scripted: ModuleType) -> None:
    held = document(marks=("retracted",))
    shown = drawer.evidence(answer(scripted, entry(held)), shelves=Shelves({held.source.id: held}))
    assert "<dt>Study</dt><dd>trial</dd>" in shown
    assert f"J Made Up, 2012, {datetime.now(UTC).year - 2012} years ago" in shown
    assert ">retracted<" in shown
    assert "CC BY 4.0" in shown
    assert 'href="https://pubmed.ncbi.nlm.nih.gov/99000001/"' in shown


def test_what_found_otherwise_is_linked_where_the_answer_has_it_and_named_where_not(
    scripted: ModuleType,
) -> None:
    one = document(conflicts_with=("pubmed:2", "pubmed:3", "pubmed:4"))
    two, three = document("pubmed:2"), document("pubmed:3")
    shelves = Shelves({held.source.id: held for held in (one, two, three)})
    shown = drawer.evidence(answer(scripted, entry(one), entry(two)), shelves=shelves)
    assert '<dt>Against it</dt><dd><a href="#claim-2">claim 2 of this answer</a></dd>' in shown
    assert '<div id="claim-2">' in shown
    assert "<dt>Against it</dt><dd>Made-up trial " in html.unescape(shown)
    assert shown.count("Against it") == 2


HOSTILE = '<img src=x onerror="document.title=1"> **bold** [a](javascript:alert(1)) \u202eabc\u200b'


@pytest.mark.parametrize("name", ["pubmed:99000001", "local:abc", "card:made-one"])
def test_hostile_text_is_inert_and_its_invisible_signs_are_gone(scripted: ModuleType, name: str) -> None:
    text = f"{HOSTILE} came first. {QUOTE} {HOSTILE} came last."
    held = document(
        name, text=text, journal=HOSTILE, sections=(Section(name=HOSTILE, start=0, end=len(text), page=1),)
    )
    shown = drawer.evidence(answer(scripted, entry(held)), shelves=Shelves({held.source.id: held}))
    for sign in ("<img", "**", "javascript:alert(1)", "\u202e", "\u200b", "[a]"):
        assert sign not in shown
