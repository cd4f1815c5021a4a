"""Cards and an encoder that the tests make themselves: no model is loaded unless a test asks for the real one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retrieval.cards import Card, CardSource, Questions
from retrieval.evidence import Depth
from retrieval.passages import Document, from_card
from retrieval.search import Library
from retrieval.words import tokens


class BagOfWords:
    """A deterministic double of the embedding model: a unit vector of hashed word stems."""

    def __init__(self, name: str = "double") -> None:
        self.name = name
        self.texts: list[str] = []
        self.set_up = 0

    def setup(self) -> None:
        self.set_up += 1

    def encode(self, texts: Sequence[str]) -> Any:
        self.texts += texts
        rows = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for token in tokens(text) or ["nothing"]:
                row[int(hashlib.sha256(token.encode()).hexdigest(), 16) % 64] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def make_card(name: str, drug: str, disease: str, **more: Any) -> Card:
    """A card on a drug for a disease, with everything else made up."""
    values: dict[str, Any] = {
        "id": f"{name}-one",
        "topic": disease,
        "question": Questions(
            clinician=f"Does {drug} help in {disease}?", patient=f"I have {disease}. Would {drug} help me?"
        ),
        "claim": f"In adults with {disease}, {drug} relieved symptoms more than placebo did.",
        "population": f"adults with {disease}",
        "effect": "mean difference 2.4 points (95% CI 1.1 to 3.7)",
        "design": "randomised controlled trial",
        "n": 120,
        "names": (drug, disease),
        "source": CardSource(
            pmid=str(10_000_000 + len(name) * 977 + sum(map(ord, name))),
            title=f"{drug} in {disease}",
            year=2015,
            depth=Depth.ABSTRACT,
            held_in="evidence_inference",
        ),
        "checked": date(2026, 11, 21),
    }
    return Card.model_validate(values | more)


CARDS = (
    make_card("tiotropium-copd", "tiotropium", "COPD"),
    make_card("duloxetine-depression", "duloxetine", "depression"),
    make_card("ginger-nausea", "ginger", "nausea"),
    make_card("zinc-pneumonia", "zinc", "pneumonia"),
    make_card("clopidogrel-stroke", "clopidogrel", "stroke"),
    make_card("simvastatin-cholesterol", "simvastatin", "high cholesterol"),
)


@pytest.fixture(scope="session")
def card_maker() -> Any:
    """:func:`make_card`, for test files, which cannot import each other."""
    return make_card


@pytest.fixture(scope="session")
def cards() -> tuple[Card, ...]:
    return CARDS


@pytest.fixture(scope="session")
def encoder_maker() -> type[BagOfWords]:
    return BagOfWords


@pytest.fixture
def documents() -> tuple[Document, ...]:
    return tuple(from_card(card) for card in CARDS)


@pytest.fixture
def encoder() -> BagOfWords:
    return BagOfWords()


@pytest.fixture
def library(documents: tuple[Document, ...], tmp_path: Path, encoder: BagOfWords) -> Iterator[Library]:
    """The made cards with vectors joined."""
    held = Library(documents, tmp_path, encoder)
    assert held.wait(60), held.trouble
    yield held
    held.close()
