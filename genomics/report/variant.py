"""The report of single variants: the class of others and our own side by side, every code with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from genomics.acmg.criteria import Status
from genomics.effect import Effect
from genomics.report import plots
from genomics.report.rows import Block, Bullets, Facts, Grid, Report, Section, VariantRow, Words
from genomics.report.shown import shown
from genomics.report.worksheet import classes_of, known_in_words, table_of
from retrieval.evidence import Source, Table

_EFFECTS = ("Transcript", "Consequence", "c.", "p.", "Exon", "NMD", "Told by")


def variant_report(
    rows: Sequence[VariantRow], *, versions: Mapping[str, str] | None = None, made: str = ""
) -> Report:
    """The report of the variants in their order.

    Raises:
        ValueError: there is no variant.
    """
    if not rows:
        raise ValueError("a report of variants needs at least one variant")
    title = f"Variant: {rows[0].title}" if len(rows) == 1 else f"{len(rows)} variants"
    return Report(
        kind="variants",
        title=title,
        subject=tuple(rows),
        sections=tuple(variant_section(row) for row in rows),
        sources=sources_of(rows),
        versions=dict(versions or {}),
        made=made,
    )


def variant_section(row: VariantRow) -> Section:
    """Names, classes, codes, effects and limits of one variant."""
    blocks: list[Block] = [Facts(pairs=_facts(row)), *_classes(row)]
    if row.assessment:
        plot = plots.points(row.title, row.assessment)
        blocks += [plot] if plot else []
        blocks.append(Grid(table=table_of(row.title, row.assessment)))
    if row.effects:
        blocks.append(Grid(table=_effects(row)))
    if missing := _missing(row):
        blocks.append(Bullets(items=missing))
    return Section(title=row.title, blocks=tuple(blocks))


def sources_of(rows: Iterable[VariantRow]) -> tuple[Source, ...]:
    """Every source that the rows lean on, once each, in the order in which they come."""
    found: dict[str, Source] = {}
    for row in rows:
        if row.known:
            found.setdefault(row.known.source.id, row.known.source)
        for criterion in row.assessment.criteria if row.assessment else ():
            for evidence in criterion.evidence:
                found.setdefault(evidence.source.id, evidence.source)
    return tuple(found.values())


def known_of(row: VariantRow) -> tuple[str, ...]:
    """The classes that others gave, in words."""
    return (*((known_in_words(row.known),) if row.known else ()), *row.known_elsewhere)


def _facts(row: VariantRow) -> tuple[tuple[str, str], ...]:
    place = f"{row.variant} on {row.variant.build} ({row.variant.spdi})" if row.variant else ""
    pairs = (
        ("Gene", row.gene),
        ("Names", ", ".join(row.names)),
        ("rsID", row.rsid),
        ("Position", place),
        ("Genotype", row.genotype),
        ("Inheritance", row.inheritance),
        ("Rank score", f"{row.score:.3f}" if row.score is not None else ""),
        ("Ranked for", "; ".join(row.why)),
    )
    return tuple((name, value) for name, value in pairs if value) or (("Variant", row.title),)


def _classes(row: VariantRow) -> tuple[Block, ...]:
    known = known_of(row)
    if row.assessment:
        return (Grid(table=classes_of(row.title, row.assessment, known, agreement=row.agreement)),)
    told = "; ".join(known) or "none held"
    return (
        Facts(pairs=(("Class given by others", told),)),
        Words(text="No class of our own: the evidence codes were not assessed.", strong=True),
    )


def _effects(row: VariantRow) -> Table:
    return Table(
        title=f"Effects of {row.title}",
        columns=_EFFECTS,
        rows=tuple(_effect(effect) for effect in row.effects),
    )


def _effect(effect: Effect) -> tuple[str, ...]:
    mane = " (MANE Select)" if effect.mane_select else ""
    exon = f"{effect.exon} of {effect.exons}" if effect.exon and effect.exons else ""
    decay = {True: "predicted", False: "escapes", None: ""}[effect.decay]
    reason = f"{decay}: {effect.decay_reason}" if decay and effect.decay_reason else decay
    terms = ", ".join(effect.terms)
    told = f"{effect.source}: {effect.told_by}"
    return (f"{effect.transcript}{mane}", terms, effect.c_name, effect.p_name, exon, reason, told)


def _missing(row: VariantRow) -> tuple[str, ...]:
    """Limits, then the commands that would bring what the codes lack, once each with the codes that wait for it."""
    waiting: dict[str, list[str]] = {}
    for one in row.assessment.criteria if row.assessment else ():
        if one.status is Status.NOT_ASSESSED and one.command:
            waiting.setdefault(one.command, []).append(one.code)
    effects = (effect.limit for effect in row.effects if effect.limit)
    brings = (f"{command} would let {', '.join(codes)} be assessed." for command, codes in waiting.items())
    return tuple(dict.fromkeys(filter(shown, (*row.limits, *effects, *brings))))
