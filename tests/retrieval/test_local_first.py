"""The reader's own guideline, brought as a PDF: found first, marked local, quoted with its page."""

from __future__ import annotations

from pathlib import Path

from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

from retrieval.evidence import Depth, Kind
from retrieval.passages import Document, from_card
from retrieval.search import Library
from retrieval.sources import local
from retrieval.status import findings

QUESTION = "Does tiotropium help in COPD?"
ADVICE = "Tiotropium helps in COPD: offer tiotropium to every adult with COPD who is still breathless."


def guideline(path: Path) -> None:
    style = getSampleStyleSheet()
    story = [
        Paragraph("Respiratory handbook of the ward", style["Title"]),
        Paragraph("Scope", style["Heading2"]),
        Paragraph("This handbook is for the adult wards. It was last read in May 2026.", style["BodyText"]),
        PageBreak(),
        Paragraph("Tiotropium in COPD", style["Heading2"]),
        Paragraph(f"Check the technique at every visit. {ADVICE}", style["BodyText"]),
    ]
    SimpleDocTemplate(str(path), title="Respiratory handbook of the ward").build(story)


def test_a_local_guideline_outranks_what_ships_and_says_that_it_is_local(
    library: Library, tmp_path: Path
) -> None:
    folder = tmp_path / "guidelines"
    folder.mkdir()
    guideline(folder / "ward.pdf")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
    assert library.search(QUESTION).hits[0].document.source.id == "card:tiotropium-copd-one"
    assert library.stock is not None
    added = local.add(library.stock, folder, "ward")
    assert (added.added, [name for name, _ in added.skipped]) == (1, ["broken.pdf"])
    library.update()
    assert library.wait(60), library.trouble
    outcome = library.search(QUESTION)
    assert [hit.document.source.id.partition(":")[0] for hit in outcome.hits] == ["local", "card"]
    first, second = findings(outcome.hits, library)
    (evidence,) = first.evidence
    assert (evidence.quote, first.statement) == (ADVICE, ADVICE)
    assert "local" in evidence.source.marks
    assert (evidence.source.depth, first.kind) == (Depth.GUIDELINE, Kind.GUIDELINE)
    assert "page 2" in evidence.locator
    assert "local" not in second.evidence[0].source.marks


def test_a_local_guideline_that_does_not_speak_of_it_does_not_come_first(
    library: Library, tmp_path: Path
) -> None:
    guideline(tmp_path / "ward.pdf")
    assert library.stock is not None
    local.add(library.stock, tmp_path / "ward.pdf", "ward")
    library.update()
    assert library.wait(60), library.trouble
    outcome = library.search("Does zinc help in pneumonia?")
    assert [hit.document.source.id for hit in outcome.hits] == ["card:zinc-pneumonia-one"]


def test_of_two_sides_a_retracted_one_is_named_and_not_shown(card_maker: object) -> None:
    make = card_maker
    assert callable(make)
    pro = from_card(make("zinc-pro", "zinc", "pneumonia", conflicts_with=("zinc-contra-one",)))
    contra: Document = from_card(make("zinc-contra", "zinc", "pneumonia", conflicts_with=("zinc-pro-one",)))
    source = contra.source.model_copy(update={"marks": ("retracted",)})
    held = Library([pro, contra.model_copy(update={"source": source})])
    outcome = held.search("Does zinc help in pneumonia?")
    shown = findings(outcome.hits, held)
    assert [finding.evidence[0].source.id for finding in shown] == ["card:zinc-pro-one"]
    assert [one.id for one in outcome.retracted] == ["card:zinc-contra-one"]
