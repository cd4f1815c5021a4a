"""What the scale and ingest benches make for themselves: abstracts, vectors, and how times are taken."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice
from pathlib import Path
from statistics import mean

import numpy as np

from evals.bench.literature_ingest import document as article
from evals.bench.literature_scale.asking import _rounds
from evals.bench.literature_scale.double import DIMENSIONS, Double
from evals.bench.literature_scale.made import document, documents, names, questions
from evals.bench.literature_scale.measured import percentile, sizes
from evals.bench.literature_scale.product import brought
from retrieval.expand import vocabulary
from retrieval.passages import passages


def test_the_same_number_is_the_same_abstract_in_every_process() -> None:
    asked = (
        "from evals.bench.literature_scale.made import document;"
        "from evals.bench.literature_scale.double import Double;"
        "d=document(17);print(d.model_dump_json());print(Double().encode([d.text]).tobytes().hex())"
    )
    said = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert said[0] == document(17).model_dump_json()
    assert said[1] == Double().encode([document(17).text]).tobytes().hex()


def test_abstracts_have_the_length_and_sections_of_real_ones_and_no_pmid() -> None:
    made = list(documents(200))
    assert 150 < mean(len(one.text.split()) for one in made) < 260
    for one in made:
        assert [one.text[part.start : part.end] for part in one.sections] == one.text.split("\n")
        assert one.source.pmid is None
    assert len({one.text for one in made}) == len(made)


def test_names_are_those_that_the_vocabulary_finds_again() -> None:
    assert min(map(len, names())) > 50
    one = document(3)
    held = vocabulary().concepts(one.text + " " + one.source.title)
    assert held & {concept for name in one.mesh for concept in vocabulary().concepts(name)}


def test_brought_stops_at_the_passages_asked_for() -> None:
    held = list(brought(50))
    assert sum(len(passages(one)) for one in held) >= 50
    assert sum(len(passages(one)) for one in held[:-1]) < 50


def test_vectors_are_near_where_the_names_are_the_same() -> None:
    asked = questions(60, 200)
    drug, condition, _ = document(5).mesh
    same = f"Does {drug} help in {condition}?"
    rows = Double().encode([same, document(5).text, *(one.text for one in islice(documents(60, 100), 60))])
    assert rows.shape == (62, DIMENSIONS)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    near, *others = (rows[1:] @ rows[0]).tolist()
    assert near > percentile(others, 0.9)
    assert len(set(asked)) > 50


def test_each_way_of_searching_gets_every_question() -> None:
    seen: dict[str, list[int]] = {"one": [], "other": []}
    took = _rounds({name: calls.append for name, calls in seen.items()}, 45)
    assert {name: len(seconds) for name, seconds in took.items()} == {"one": 45, "other": 45}
    assert all(calls[-45:] == list(range(45)) for calls in seen.values())


def test_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([5.0, 1.0, 9.0, 3.0], 0.5) == 5.0
    assert percentile([1.0], 0.95) == 1.0


def test_sizes_count_a_folder_with_all_that_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "part" / "deep").mkdir(parents=True)
    (tmp_path / "part" / "deep" / "file").write_bytes(b"0" * 2**20)
    (tmp_path / "other").write_bytes(b"0" * 2**19)
    assert sizes(tmp_path) == {"part": 1.0, "other": 0.5}


def test_an_article_keeps_its_sections_and_leaves_empty_ones_out() -> None:
    row = {
        "pmcid": "PMC0", "pmid": "", "doi": "", "journal": "Made", "year": 2001, "title": "A made title",
        "licence": "none", "abstract": [["Aim", "Made words. "], ["Methods", " "], ["", "More made words."]],
    }  # fmt: skip
    held = article(row)
    said = [(part.name, held.text[part.start : part.end]) for part in held.sections]
    assert said == [("Aim", "Made words."), ("Abstract", "More made words.")]
    assert held.source.pmid is None
