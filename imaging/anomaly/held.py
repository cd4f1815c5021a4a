"""Which bank of healthy pictures speaks about a kind: one trained on this machine before the shipped one."""

from __future__ import annotations

from functools import lru_cache

from imaging import cards, local_models
from imaging.anomaly.bank import Bank, unpacked
from imaging.anomaly.views import EXTRACTOR, Kind
from imaging.cards import ModelCard
from imaging.image import ModelMissing

SHIPPED: dict[Kind, str] = {"fundus": "model:fundus-bank", "chest_xray": "model:xray-bank"}
"""Source ids of the shipped banks."""

LOCAL: dict[Kind, str] = {"fundus": "local-fundus-bank", "chest_xray": "local-chest-xray-bank"}
"""Ids of the cards of banks that were trained on this machine."""


def brings(kind: Kind) -> str:
    """The command that makes a bank of one's own healthy pictures."""
    return f"python -m imaging.training.bank --kind {kind} --data HEALTHY_DIR --group CSV"


def bank_for(kind: Kind) -> Bank:
    """The bank of a kind; read once for each file.

    Raises:
        ModelMissing: none is held; the message ends in the command that makes one.
    """
    for path, card in local_models.card_files().items():
        if card.id == LOCAL[kind]:
            return _unpacked(local_models.numbers(path, card), kind)
    if not cards.is_held(SHIPPED[kind]):
        raise ModelMissing(f"no healthy pictures of this kind are held: {brings(kind)}")
    return _unpacked(cards.file_of(SHIPPED[kind]).read_bytes(), kind)


def card_for(kind: Kind) -> ModelCard | None:
    """The card of the bank that :func:`bank_for` gives."""
    for card in local_models.card_files().values():
        if card.id == LOCAL[kind]:
            return card
    return cards.cards().get(SHIPPED[kind])


@lru_cache(maxsize=4)
def _unpacked(packed: bytes, kind: Kind) -> Bank:
    bank = unpacked(packed)
    if bank.facts.kind != kind or bank.facts.extractor != EXTRACTOR[kind]:
        raise ModelMissing(f"the bank of healthy pictures is of another make: {brings(kind)}")
    return bank
