"""The ways of ranking: cuts point into the text, fusing is the product's, vectors are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evals.literature import rankings, sets
from evals.literature.vectors import KeptVectors
from retrieval.fusion import reciprocal, weighted
from retrieval.passages import passages


def test_section_units_are_the_products_passages(data: Path):
    documents = sets.articles(data)
    held = rankings.units(documents, rankings.by_section, titled=True)
    ours = [piece.facets[-1] for document in documents for piece in passages(document)]
    assert list(held.texts) == ours


@pytest.mark.parametrize("cut", rankings.CUTS.values(), ids=list(rankings.CUTS))
def test_every_cut_covers_all_text(data: Path, cut: rankings.Cut):
    for document in sets.articles(data):
        covered = {at for span in cut(document) for at in range(*span)}
        left = [sign for at, sign in enumerate(document.text) if at not in covered]
        assert not "".join(left).strip()


def test_our_fusing_is_the_products():
    draw = np.random.default_rng(3)
    dense = draw.uniform(0.1, 0.9, (6, 30)).astype(np.float32)
    words = (draw.uniform(0, 9, (6, 30)) * (draw.random((6, 30)) > 0.4)).astype(np.float32)
    fused = rankings.shares(dense, words, 0.5)
    ranked = rankings.reciprocal(dense, words)
    for row in range(6):
        near = dict(enumerate(dense[row].tolist()))
        said = {at: score for at, score in enumerate(words[row].tolist()) if score > 0}
        theirs = weighted(near, said)
        assert fused[row].tolist() == pytest.approx([theirs[at] for at in range(30)], abs=1e-5)
        both = reciprocal(near, said)
        assert ranked[row].tolist() == pytest.approx([both[at] for at in range(30)], abs=1e-5)


def test_min_max_stretches_each_list_to_its_own_ends():
    dense, words = np.array([[0.9, 0.5, 0.1]], np.float32), np.array([[0.0, 4.0, 2.0]], np.float32)
    assert rankings.min_max(dense, words, 0.7)[0].tolist() == pytest.approx([0.7, 0.35 + 0.3, 0.0], abs=1e-6)


def test_a_document_stands_where_its_best_unit_does():
    scores = np.array([[1.0, 5.0, 3.0]], np.float32)
    assert rankings.best_unit(scores, [0, 0, 1], 2).tolist() == [[5.0, 3.0]]


def test_what_shares_no_word_is_not_ranked():
    scores = rankings.our_words(["kalinol for brumosis", "torvamide"], ["kalinol", "nothing of it"])
    assert rankings.order(scores, ["a", "b"]) == [["a"], []]
    plain = rankings.plain_bm25(["kalinol for brumosis", "torvamide"], ["kalinol", "the of"])
    assert rankings.order(plain, ["a", "b"]) == [["a"], []]


def test_synonyms_count_with_their_weight():
    texts = ["kalinol", "palsy"]
    bare = rankings.our_words(texts, ["kalinol"])
    more = rankings.our_words(texts, ["kalinol"], ["palsy"], 0.5)
    assert bare[0, 1] == 0
    assert 0 < more[0, 1] < more[0, 0]


def test_a_vector_is_computed_once_and_kept(tmp_path: Path, encoder: Any):
    kept = KeptVectors(tmp_path, encoder)
    first = kept.encode(["one text", "another", "one text"])
    kept.save()
    again = KeptVectors(tmp_path, encoder).encode(["another", "one text", "a third"])
    assert encoder.texts == ["one text", "another", "a third"]
    assert np.array_equal(first[0], again[1])
    assert np.array_equal(first[0], first[2])
