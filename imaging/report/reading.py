"""One reading as a report: pictures first, then what was found, what each figure is worth, and its model's limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from imaging import cards, local_models
from imaging.cards import ModelCard
from imaging.report.blocks import Block, Bullets, Facts, Grid, Pictures, Report, Section, Shown, Words
from retrieval.evidence import Finding, Outcome, Table, ToolResult

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.FOUND: "Opened and read.",
    Outcome.NOT_FOUND: "Read; nothing above an operating point.",
    Outcome.NOT_COVERED: "No answer: no model here speaks about this picture, or the one that looked abstained.",
    Outcome.NEEDS_INPUT: "Not read yet: something is missing.",
    Outcome.BAD_INPUT: "The file was not opened.",
    Outcome.UNAVAILABLE: "Not read: a model is not held.",
}
"""The first words of each outcome."""

CARRIED = ("statement", "model", "its value or its card's words", "certainty")


def reading_report(result: ToolResult) -> Report:
    """What :func:`imaging.findings.read_file` ended in, for a reader who sees nothing but this page."""
    sections = tuple(_sections(result))
    return Report(title="Reading of one picture", lead=OUTCOMES[result.outcome], sections=sections)


def _sections(result: ToolResult) -> Iterator[Section]:
    if first := tuple(_first(result)):
        yield Section(title="In short", blocks=first)
    if result.pictures:
        shown = tuple(Shown(png=bytes(one.data), title=one.title, alt=one.alt) for one in result.pictures)
        yield Section(title="Pictures", blocks=(Pictures(shown=shown),))
    if result.tables:
        yield Section(title="Figures", blocks=tuple(Grid(table=one) for one in result.tables))
    if result.findings:
        yield Section(title="Where it comes from", blocks=(Grid(table=_evidence(result.findings)),))
    yield from _models(result)


def _first(result: ToolResult) -> Iterator[Block]:
    """The findings, the note, what is missing and the command, before any picture."""
    if result.findings:
        yield Bullets(items=tuple(one.statement for one in result.findings))
    if result.note:
        yield Words(text=result.note, strong=result.outcome is not Outcome.FOUND)
    if result.missing:
        yield Bullets(items=tuple(f"Needed: {one}" for one in result.missing))
    if result.command:
        yield Words(text=f"Bring it with: {result.command}")


def _evidence(findings: Sequence[Finding]) -> Table:
    """Each finding once, with each of its quotes in a line of its own."""
    rows = tuple(
        (one.statement if first else "", each.source.title, each.quote, one.certainty if first else "")
        for one in findings
        for first, each in zip((True, *[False] * len(one.evidence)), one.evidence, strict=False)
    )
    return Table(title="Every statement and what carries it", columns=CARRIED, rows=rows)


def _models(result: ToolResult) -> Iterator[Section]:
    """The card of every model that took part, with what it must not be used for."""
    known = {**cards.cards(), **local_models.cards()}
    used = [each.source.id for one in result.findings for each in one.evidence]
    for name in dict.fromkeys((*used, *(one.id for one in result.searched))):
        if (card := known.get(name)) is not None:
            yield Section(title=f"Model: {card.title}", blocks=_card(card))


def _card(card: ModelCard) -> tuple[Block, ...]:
    pairs = (
        ("version", f"{card.version}, {card.status}, checked {card.checked.isoformat()}"),
        ("what it does", card.task),
        ("made from", "; ".join(f"{one.name} ({one.licence}), {one.count}" for one in card.made_from) or "–"),
        ("operating point", card.operating_point),
        ("not tested on", card.not_tested_on),
        ("intended", card.intended),
        ("forbidden", card.forbidden),
    )
    lists: tuple[Block, ...] = (
        Facts(pairs=pairs), Words(text="Measured", strong=True), Bullets(items=card.measured),
    )  # fmt: skip
    if not card.known_failures:
        return lists
    return (*lists, Words(text="Known failures", strong=True), Bullets(items=card.known_failures))
