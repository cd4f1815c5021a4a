"""Which bank of healthy pictures speaks about a kind: one trained on this machine before the shipped one."""

from __future__ import annotations

from functools import lru_cache
from zipfile import BadZipFile

from imaging import cards, local_models
from imaging.anomaly.bank import Bank, unpacked
from imaging.anomaly.views import EXTRACTOR, Kind
from imaging.image import ModelMissing

SHIPPED: dict[Kind, str] = {"fundus": "model:fundus-bank", "chest_xray": "model:xray-bank"}
"""Source ids of the shipped banks."""

LOCAL: dict[Kind, str] = {"fundus": "local-fundus-bank", "chest_xray": "local-chest-xray-bank"}
"""Ids of the cards of banks that were trained on this machine."""

VERIFY = "consilium image models verify"
"""Says what is wrong with a file that ships, and with this machine's own."""


def brings(kind: Kind) -> str:
    """The command that makes a bank of one's own healthy pictures."""
    return f"consilium image train reference --kind {kind} --data HEALTHY_DIR --group CSV"


def bank_for(kind: Kind) -> Bank:
    """The bank of a kind; read once for each file.

    Raises:
        ModelMissing: none is held, or its file is damaged; the message ends in the command that mends it.
    """
    for path, card in local_models.card_files().items():
        if card.id == LOCAL[kind]:
            return _unpacked(local_models.numbers(path, card), kind)
    if not cards.is_held(SHIPPED[kind]):
        raise ModelMissing(f"the healthy pictures that ship are missing or not the known ones: {VERIFY}")
    return _unpacked(cards.file_of(SHIPPED[kind]).read_bytes(), kind)


def is_local(kind: Kind) -> bool:
    """Whether :func:`bank_for` looks to a bank that was trained on this machine."""
    return any(card.id == LOCAL[kind] for card in local_models.card_files().values())


@lru_cache(maxsize=4)
def _unpacked(packed: bytes, kind: Kind) -> Bank:
    try:
        bank = unpacked(packed)
    except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
        raise ModelMissing(f"the bank of healthy pictures cannot be read: {brings(kind)}") from error
    if bank.facts.kind != kind or bank.facts.extractor != EXTRACTOR[kind]:
        raise ModelMissing(f"the bank of healthy pictures is of another make: {brings(kind)}")
    return bank
