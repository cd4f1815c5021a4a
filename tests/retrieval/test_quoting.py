"""Which sentence is quoted: of a study the one that reports on what was asked, of a guideline the one about it."""

from __future__ import annotations

from retrieval.evidence import Depth, Source
from retrieval.passages import Document, Section, StudyKind, passages
from retrieval.quoting import answering
from retrieval.words import tokens

ABSTRACT = (
    ("Background", "Quinine is often given for cramps. This trial aimed to compare quinine with placebo."),
    ("Methods", "We randomised 98 adults with cramps to quinine or placebo."),
    ("Results", "Mean age was 61. Cramps fell by 2.1 nights a week with quinine (p = 0.01). Sleep did not differ."),
    ("Conclusion", "Quinine may have a place in cramps."),
)  # fmt: skip


def document(
    parts: tuple[tuple[str, str], ...], kind: StudyKind, title: str = "Quinine for cramps"
) -> Document:
    text, sections = "", []
    for name, said in parts:
        sections.append(Section(name=name, start=len(text), end=len(text) + len(said)))
        text += f"{said}\n"
    source = Source(id="made:1", title=title, version="1", licence="none", depth=Depth.ABSTRACT)
    return Document(source=source, text=text[:-1], kind=kind, sections=tuple(sections))


def quoted(held: Document, question: str, which: int = 0) -> str:
    return held.text[slice(*answering(held, passages(held)[which], tokens(question)))]


def test_of_a_trial_the_sentence_with_the_result_is_quoted_whichever_passage_was_found() -> None:
    held = document(ABSTRACT, StudyKind.TRIAL)
    for which in range(4):
        assert quoted(held, "Does quinine reduce nights with cramps?", which).startswith("Cramps fell by 2.1")
    assert quoted(held, "Does quinine change sleep?") == "Sleep did not differ."


def test_of_a_guideline_the_advice_is_quoted_with_its_exception() -> None:
    parts = (
        ("Assessment", "Ask about sleep and about drugs. Values under 3.5 differ significantly between machines."),
        ("Treatment", "Offer stretching first. Quinine is given for cramps. Not in people who take digoxin."),
    )  # fmt: skip
    held = document(parts, StudyKind.GUIDELINE, "Leg problems")
    with_its_exception = "Quinine is given for cramps. Not in people who take digoxin."
    assert quoted(held, "Should I give quinine for cramps?", 1) == with_its_exception
    assert quoted(held, "Should I ask about sleep?", 0).startswith("Ask about sleep")


def test_of_a_long_text_only_the_passage_that_was_found_is_quoted() -> None:
    filler = " ".join(f"Sentence number {n} speaks of nothing in particular." for n in range(120))
    held = document((("One", filler), ("Two", "Cramps fell with quinine (p = 0.01).")), StudyKind.TRIAL)
    last = len(passages(held)) - 1
    assert quoted(held, "quinine cramps", last).startswith("Cramps fell")
    assert quoted(held, "quinine cramps", 0).startswith("Sentence number")
