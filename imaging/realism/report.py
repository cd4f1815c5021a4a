"""What is known of a shipped generator, ready to show: from its card, or measured anew where the real pictures are.

The card's sentences are figures in the form of :class:`imaging.realism.judge.Line`; nothing here is typed in twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from imaging.cards import ModelCard, cards
from imaging.generate import shipped
from imaging.generate.stamp import grid, png
from imaging.realism import judge
from imaging.realism.judge import COPIES, EXCESS, MEMBERSHIP, Group, Line
from imaging.realism.privacy import ALLOWED_AREA, ALLOWED_NEARER, verdict
from retrieval.evidence import Text, Word

ATTACKS = (
    "An attacker holds the made pictures only. Membership: are training pictures nearer to made ones than pictures of "
    "the same source that were never seen (.5: no better than chance). Nearness: do made pictures lie nearer to "
    "training pictures than real ones do, as share and as ratio of distances. Copies: made pictures far nearer to a "
    "training picture than unseen ones are. The positive control are training pictures with a little noise. "
    "Intervals are of 95 %; those of nearness count the choice of the real pictures too. No sign of leakage by "
    "these attacks is not a proof of privacy: attackers who know the network were not tried."
)
BARS = {MEMBERSHIP: f"<= {ALLOWED_AREA}", EXCESS: f"<= {ALLOWED_NEARER}"}
SAMPLED, PER_LABEL, SEED = 7, 8, 1
NOT_MEASURED = "not measured"


class Row(Word):
    """One measure in texts that are ready to print; empty where it was not measured."""

    group: Group
    measure: Text
    made: str
    """The generator's figure with its 95 % interval and n."""
    real: str = ""
    """The same of real pictures that were never seen: the ceiling."""
    copies: str = ""
    """The same of noisy training pictures: the positive control."""
    bar: str = ""
    met: bool | None = None


class PrivacyReport(Word):
    """What made pictures betray of those that they were made from."""

    generator: Text
    title: Text
    rows: tuple[Row, ...]
    verdict: Text
    attacks: Text
    """How it was measured, and what was not tried."""
    made_from: Text
    origin: Literal["card", "measured now"]


class RealismReport(Word):
    """Everything of one generator, in the order usefulness, privacy, coverage, distance, and samples of it."""

    generator: Text
    title: Text
    rows: tuple[Row, ...]
    privacy: PrivacyReport
    good_for: Text
    failures: tuple[Text, ...]
    samples: Annotated[bytes, Field(repr=False)]
    """A stamped PNG: one row of made pictures for each label."""
    samples_alt: Text


class Comparison(Word):
    """Generators side by side: a cell for each measure and generator, empty where it was not measured."""

    columns: tuple[Text, ...]
    rows: tuple[tuple[str, ...], ...]
    good_for: tuple[Text, ...]
    """A sentence for each generator."""


def privacy_report(name: str, data: Path | None = None) -> PrivacyReport:
    """The privacy figures of a shipped generator; with the folder of development sets they are measured anew.

    Raises:
        ModelMissing: no such generator ships.
        FileNotFoundError: the real pictures are not in ``data``.
    """
    card = _card(name)
    found = judge.lines(card.measured) if data is None else measured(name, data)
    return _privacy(card, tuple(one for one in found if one.group == "privacy"), data is not None)


def report(name: str, data: Path | None = None) -> RealismReport:
    """Everything of a shipped generator; usefulness always from the card, since it takes minutes.

    Raises:
        ModelMissing: no such generator ships.
        FileNotFoundError: the real pictures are not in ``data``.
    """
    card = _card(name)
    held = judge.lines(card.measured)
    if data is not None:
        held = (*(one for one in held if one.group == "usefulness"), *measured(name, data))
    privacy = _privacy(card, tuple(one for one in held if one.group == "privacy"), data is not None)
    return RealismReport(
        generator=name, title=card.title, rows=rows(held), privacy=privacy, good_for=card.intended,
        failures=card.known_failures, samples=samples(name),
        samples_alt=f"Made pictures, a row for each of {', '.join(shipped.generator(name).labels)}; no patients.",
    )  # fmt: skip


def side_by_side(names: Sequence[str] = ()) -> Comparison:
    """The generators' cards in one table (all shipped ones by default).

    Raises:
        ModelMissing: one of them does not ship.
    """
    chosen = tuple(names) or shipped.names()
    found = {name: judge.lines(_card(name).measured) for name in chosen}
    keys = dict.fromkeys((one.group, one.measure) for held in found.values() for one in held)
    table = []
    for group in ("usefulness", "privacy", "coverage", "distance"):
        for key in (key for key in keys if key[0] == group):
            table.append((group, key[1], *(_cell(found[name], key) for name in chosen)))
    return Comparison(
        columns=("judged by", "measure", *chosen), rows=tuple(table),
        good_for=tuple(_card(name).intended for name in chosen),
    )  # fmt: skip


def measured(name: str, data: Path) -> tuple[Line, ...]:
    """Privacy, coverage and distance of a shipped generator and of its positive control, measured now.

    Raises:
        ModelMissing: no such generator ships, or the backbone's weights are not installed.
        FileNotFoundError: the real pictures are not in ``data``.
    """
    from imaging.realism import sets
    from imaging.realism.features import described

    generator = shipped.generator(name)
    real, conditions = (sets.xray if name.startswith("xray") else sets.fundus)(data)
    against = judge.seen(real)
    made = sets.mixed(generator, conditions, generator.labels, SAMPLED)
    copies = judge.stolen(real.train, len(real.test))
    return (
        *judge.judged(made, described(made), against),
        *judge.judged(copies, described(copies), against, "copies"),
    )


def rows(found: Sequence[Line]) -> tuple[Row, ...]:
    """Lines as rows: a measure once, with the figures of made and real pictures and of copies beside each other."""
    keys = dict.fromkeys((one.group, one.measure) for one in found)
    return tuple(_row(found, key) for key in keys)


def samples(name: str) -> bytes:
    """A stamped PNG with a row of eight pictures for each label."""
    import numpy as np

    generator = shipped.generator(name)
    made = np.concatenate([generator.sample(PER_LABEL, label, SEED) for label in generator.labels])
    return png(grid(made, PER_LABEL), max(1, 84 // generator.side))


def _card(name: str) -> ModelCard:
    shipped.generator(name)
    return cards()[f"model:{name}"]


def _row(found: Sequence[Line], key: tuple[Group, str]) -> Row:
    cells = {one.subject: one for one in found if (one.group, one.measure) == key}
    bar = next((words for start, words in BARS.items() if key[1].startswith(start)), "")
    made = cells.get("made")
    return Row(
        group=key[0], measure=key[1], made=made.figure if made else "", bar=bar,
        real=cells["real"].figure if "real" in cells else "",
        copies=cells["copies"].figure if "copies" in cells else "",
        met=made.value <= float(bar.removeprefix("<= ")) if made and bar else None,
    )  # fmt: skip


def _cell(found: Sequence[Line], key: tuple[Group, str]) -> str:
    return next(
        (one.figure for one in found if (one.group, one.measure) == key and one.subject == "made"), ""
    )


def _privacy(card: ModelCard, found: tuple[Line, ...], now: bool) -> PrivacyReport:
    ours = [one for one in found if one.subject == "made"]
    copies, excess, membership = (
        [one for one in ours if one.measure.startswith(start)] for start in (COPIES, EXCESS, MEMBERSHIP)
    )
    known = copies and excess and membership
    return PrivacyReport(
        generator=card.id, title=card.title, rows=rows(found), attacks=ATTACKS,
        verdict=verdict(copies, excess, membership) if known else NOT_MEASURED,
        made_from="; ".join(f"{part.name}: {part.count}" for part in card.made_from) or "no data",
        origin="measured now" if now else "card",
    )  # fmt: skip
