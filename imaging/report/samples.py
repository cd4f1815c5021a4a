"""Sections with pictures: what generators make and are worth, and whether a head's confidence comes true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from imaging.report.blocks import Block, Bullets, Facts, Grid, Pictures, Plot, Report, Section, Shown, Words
from imaging.report.plots import Point, reliability
from retrieval.evidence import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from imaging.calibrate import Bin
    from imaging.generate.lab import Injection, Made
    from imaging.suites.row import Given

JUDGED = ("judged by", "measure", "made", "real, never seen", "noisy copies", "bar")
CONFIDENCE = (
    "How sure the pneumonia head says it is of the likelier class, and how often it was right. Vertical lines are 95 % "
    "Wilson intervals; a dot on the dashed line keeps its word, one below it is too sure. It holds for pictures of "
    "this one hospital only; other sources stand in the table."
)

NOBODYS = "The lesions are drawn by a computer: the truth about them is the mask, and no patient has them."
SOMEBODYS = (
    "The lesions are drawn by a computer: the truth about them is the mask. The photograph stays that of a person: "
    "only the lesions are made."
)


def samples_report(name: str, made: Sequence[Made]) -> Report:
    """Made pictures and, where a generator with a card made them, everything that its card says it is worth."""
    shown = tuple(Shown(png=one.png, title=one.title, alt=one.alt) for one in made)
    lead = "Made by a computer. Nobody's picture; every one is stamped in its pixels and in its text."
    sections = [Section(title="Pictures", blocks=(Pictures(shown=shown, pixelated=True),)), *_judged(name)]
    return Report(title="Generated pictures", lead=lead, sections=tuple(sections))


def lesions_report(found: Sequence[Injection], photograph: NDArray[np.uint8] | None = None) -> Report:
    """Drawn lesions, each before, with them, and their exact mask; what the kind looks like and who says so.

    ``photograph`` (H x W x 3 bytes) is what they were drawn on, where that is no drawn fundus: it is no made picture,
    so it is shown without the mark, and the page says that it stays that of a person.
    """
    blocks: list[Block] = []
    for one in found:
        drawn = (one.picture, one.mask)
        made = (Shown(png=each.png, title=each.title, alt=each.alt) for each in drawn)
        blocks.append(Pictures(shown=(_before(one, photograph), *made)))
        said = f"{one.count} lesions, {one.area_px} px of {one.side_px[1]} x {one.side_px[0]}"
        blocks.append(Facts(pairs=(("drawn", said), ("looks like", one.looks_like))))
    lead = NOBODYS if photograph is None else SOMEBODYS
    return Report(
        title="Drawn lesions", lead=lead, sections=(Section(title="Pictures", blocks=tuple(blocks)),)
    )


def _before(one: Injection, photograph: NDArray[np.uint8] | None) -> Shown:
    if photograph is None:
        return Shown(png=one.before.png, title=one.before.title, alt=one.before.alt)
    from imaging import drawing
    from imaging.generate.lab import shrunk

    return Shown(
        png=drawing.png(shrunk(photograph)),
        title="the photograph, before",
        alt="The photograph without drawn lesions.",
    )


def sections(suites: Sequence[str], given: Given) -> Iterator[Section]:
    """What stands beside the table of an evaluation: calibration with the heads, sheets with the generators."""
    if "heads" in suites:
        yield calibration(given)
    if "generators" in suites:
        yield from generators()


def calibration(given: Given) -> Section:
    """The pneumonia head's confidence on the validation pictures that it was not fitted to, and under shifts.

    The features are those that the suite of the heads kept in ``given.work``; without them it takes minutes.
    """
    from imaging.image import ModelMissing

    title = "Calibration"
    try:
        return Section(title=title, blocks=tuple(_plots(given)))
    except (FileNotFoundError, ModelMissing) as missing:
        return Section(title=title, blocks=(Words(text=f"Not drawn: {missing}"),))


def _plots(given: Given) -> Iterator[Block]:
    """One plot for the pictures as they are and one for all ten shifts together."""
    import numpy as np

    from imaging.calibrate import reliability as bins
    from imaging.suites.heads import xray
    from imaging.training.head import shifts

    sets = xray.held(given)
    names = {"pictures as they are": ("as it is",), "ten shifts of them together": tuple(shifts(28))}
    yield Words(text=CONFIDENCE)
    for words, parts in names.items():
        chances = np.concatenate([sets.chances(part) for part in parts])
        labels = np.tile(sets.val.labels, len(parts))
        said = f"{words[0].upper()}{words[1:]}, {len(sets.val.labels)} pictures of PneumoniaMNIST's validation part"
        drawing = reliability([_point(one) for one in bins(chances, labels)], f"Pneumonia head, {words}")
        yield Plot(svg=drawing, title=said)


def _point(one: Bin) -> Point:
    return Point(one.mean, one.observed.value, one.observed.low, one.observed.high, one.observed.n)


def generators() -> Iterator[Section]:
    """The generators that ship side by side by their cards, then samples and limits of each."""
    from imaging.generate import shipped
    from imaging.realism import report

    compared = report.side_by_side()
    table = Table(title="By their cards", columns=compared.columns, rows=compared.rows)
    good_for = Bullets(items=tuple(map(": ".join, zip(compared.columns[2:], compared.good_for, strict=True))))
    yield Section(title="Generators side by side", blocks=(Grid(table=table), good_for))
    for name in shipped.names():
        found = report.report(name)
        picture = Shown(png=found.samples, title=f"{name}: not chosen, one seed", alt=found.samples_alt)
        blocks: tuple[Block, ...] = (Pictures(shown=(picture,), pixelated=True),)
        if found.failures:
            blocks = (*blocks, Words(text="Known failures", strong=True), Bullets(items=found.failures))
        yield Section(title=f"Samples: {found.title}", blocks=blocks)


def _judged(name: str) -> Iterator[Section]:
    """What a shipped generator is worth by its card; nothing for a phantom, which is made from no one."""
    from imaging.generate import shipped
    from imaging.realism import report

    if name not in shipped.names():
        return
    found = report.report(name)
    rows = tuple((one.group, one.measure, one.made, one.real, one.copies, one.bar) for one in found.rows)
    table = Table(title=found.title, columns=JUDGED, rows=rows)
    marks = tuple("" if one.met is None else "met" if one.met else "missed" for one in found.rows)
    blocks: list[Block] = [Words(text=found.good_for)]
    blocks += [Grid(table=table, marks=marks)] if rows else []
    blocks += [Words(text=found.privacy.verdict, strong=True), Words(text=found.privacy.attacks)]
    if found.failures:
        blocks += [Words(text="Known failures", strong=True), Bullets(items=found.failures)]
    yield Section(title="What it is worth", blocks=tuple(blocks))
