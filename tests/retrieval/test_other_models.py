"""Another encoder and a cross-encoder, from folders: tiny ones that the tests make, loaded as a large one would be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from retrieval.embed import EmbeddingUnavailable, FromFolder
from retrieval.passages import from_card
from retrieval.rerank import CrossEncoder
from retrieval.search import Library

WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] tiotropium zinc copd pneumonia helps in".split()


def tiny(folder: Path, kind: str) -> Path:
    """A BERT of one layer with random weights, seeded."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

    folder.mkdir()
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        num_labels=1, initializer_range=1.0,
    )  # fmt: skip
    model = BertModel(config) if kind == "encoder" else BertForSequenceClassification(config)
    model.save_pretrained(folder, safe_serialization=True)
    BertTokenizerFast(vocab={word: at for at, word in enumerate(WORDS)}).save_pretrained(folder)
    return folder


@pytest.mark.slow
def test_another_encoder_from_a_folder_gives_unit_vectors_and_a_name_by_its_weights(tmp_path: Path) -> None:
    encoder = FromFolder(tiny(tmp_path / "one", "encoder"))
    rows = encoder.encode(["zinc helps in pneumonia", "tiotropium"])
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert encoder.encode_questions(["tiotropium"]).shape == (1, 16)
    assert encoder.name.startswith("one@")
    weights = tmp_path / "one" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    assert FromFolder(tmp_path / "one").name != encoder.name


@pytest.mark.slow
def test_a_cross_encoder_from_a_folder_scores_every_text(tmp_path: Path) -> None:
    reader = CrossEncoder(tiny(tmp_path / "two", "cross"))
    scores = reader.scores("zinc in pneumonia", ["zinc helps in pneumonia", "tiotropium helps in copd"])
    assert len(scores) == 2
    assert scores[0] != scores[1]
    assert reader.scores("zinc", []) == []


@pytest.mark.parametrize(
    "make", [lambda path: FromFolder(path).setup(), lambda path: CrossEncoder(path).scores("q", ["t"])]
)
def test_a_folder_without_safe_weights_is_refused_and_the_setting_named(make: Any, tmp_path: Path) -> None:
    (tmp_path / "pytorch_model.bin").write_bytes(b"a pickle")
    with pytest.raises(EmbeddingUnavailable, match=r"safetensors.*\[retrieval\]"):
        make(tmp_path)


class Backwards:
    """Puts the worst first."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        return [float(at) for at in range(len(texts))]


def test_a_reranker_orders_what_is_relevant_and_brings_nothing_else(card_maker: Any) -> None:
    held = [
        from_card(card_maker(f"tiotropium-{name}", "tiotropium", "COPD"))
        for name in ("one", "second", "third")
    ]
    held.append(from_card(card_maker("zinc", "zinc", "pneumonia")))
    question = "Does tiotropium help in COPD?"
    plain = [hit.document.source.id for hit in Library(held).search(question).hits]
    again = [hit.document.source.id for hit in Library(held, reranker=Backwards()).search(question).hits]
    assert len(plain) == 3
    assert again == plain[::-1]
