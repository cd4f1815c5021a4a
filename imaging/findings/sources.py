"""The cards behind a reading: what was looked through, in which version, and the evidence that quotes them."""

from __future__ import annotations

from imaging import cards, local_models
from imaging.cards import ModelCard
from imaging.image import ImageReading
from imaging.xray_gate import CHECK as CHEST
from retrieval.evidence import Evidence, Source

GATE, XRAY_GATE, QUALITY = "model:fundus-gate", "model:xray-gate", "model:fundus-quality"
COMPUTED = "computed from this picture"


def card(source_id: str) -> ModelCard:
    """A card of the zoo or of this machine's own models.

    Raises:
        KeyError: nobody holds it; whoever scored by a model has its card.
    """
    held = cards.cards()
    return held[source_id] if source_id in held else local_models.cards()[source_id]


def gate_of(reading: ImageReading) -> str:
    """The card of the gate whose verdict the reading goes by."""
    return XRAY_GATE if reading.kind.check == CHEST else GATE


def used(reading: ImageReading) -> tuple[str, ...]:
    """The ids of the cards of all that took part, the gate first."""
    beside = (reading.measured_by, *(score.card for score in reading.scores))
    beside += (reading.unlike.card,) if reading.unlike else ()
    judged = (QUALITY,) if reading.quality else ()
    return tuple(dict.fromkeys(one for one in (gate_of(reading), *judged, *beside) if one))


def sources(reading: ImageReading) -> tuple[Source, ...]:
    return tuple(card(one).as_source() for one in used(reading))


def versions(reading: ImageReading) -> dict[str, str]:
    return {one: card(one).version for one in used(reading)}


def evidence(source_id: str, *values: str) -> tuple[Evidence, ...]:
    """The values as computed, and the sentence of the model's card that says how."""
    held = card(source_id)
    source = held.as_source()
    computed = tuple(Evidence(source=source, quote=value, locator=COMPUTED) for value in values)
    return (*computed, Evidence(source=source, quote=held.method, locator="method"))
