"""Molecules to ids and back: nothing is lost, what cannot be written is counted, tiny results are invalid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("selfies", reason="the extra discovery is not installed")
pytest.importorskip("rdkit", reason="the extra discovery is not installed")

from tools.discovery import tokens

RINGS = ("c1ccccc1", "C1CCNCC1", "c1ccncc1", "C1CCOCC1", "c1cc[nH]c1", "C1CC1")
ENDS = ("C", "CC", "CO", "CN", "C(=O)N", "C(=O)O", "CCO", "C(F)(F)F", "Cl", "C#N")


def made(count: int = 240) -> list[str]:
    """Small molecules, each once: an end, a chain and a ring in every mixture."""
    every = dict.fromkeys(
        f"{end}C{'C' * chain}{ring}" for chain in range(6) for ring in RINGS for end in ENDS
    )
    assert len(every) >= count
    return list(every)[:count]


def written(folder: Path, smiles: list[str]) -> Path:
    path = folder / "molecules.csv"
    path.write_text("SMILES\n" + "\n".join(smiles) + "\n", encoding="utf-8")
    return path


def learned(size: int = tokens.SIZE) -> tokens.Vocabulary:
    texts = [text for text in map(tokens.selfies_of, made()) if text]
    return tokens.learn(texts, size, rare=1)


@pytest.mark.parametrize("size", [40, 80, 256])
def test_ids_decode_to_the_selfies_they_came_from(size: int) -> None:
    vocabulary = learned(size)
    for smiles in made():
        text = tokens.selfies_of(smiles)
        assert text
        ids = vocabulary.encode(text)
        assert ids is not None
        assert vocabulary.decode([*ids, tokens.END, 7, 7]) == text


def test_pieces_shorten_molecules_and_fit_in_a_byte() -> None:
    plain, merged = learned(len(learned(0).symbols) + tokens.FIRST), learned(256)
    texts = [text for text in map(tokens.selfies_of, made()) if text]
    assert plain.merges == ()
    assert merged.size <= 256
    assert sum(len(merged.encode(text) or b"") for text in texts) < 0.6 * sum(
        len(plain.encode(text) or b"") for text in texts
    )


def test_many_rows_merge_as_each_alone() -> None:
    vocabulary = learned()
    rows = [row for row in (vocabulary.row(tokens.selfies_of(one) or "") for one in made(50)) if row]
    together = vocabulary.merged(bytes((tokens.END,)).join(rows)).split(bytes((tokens.END,)))
    assert together == [vocabulary.merged(row) for row in rows]


def test_a_vocabulary_survives_json() -> None:
    vocabulary = learned(100)
    assert tokens.Vocabulary.from_json(vocabulary.as_json()) == vocabulary


def test_a_symbol_that_was_not_learned_is_not_written() -> None:
    assert learned().encode(tokens.selfies_of("C[Si](C)(C)C") or "") is None


@pytest.mark.parametrize(
    ("selfies", "smiles"),
    [
        ("", None),
        ("[Branch1]", None),
        ("[C][C]", None),
        ("[C][=C][C][=C][C][=C][Ring1][=Branch1]", "c1ccccc1"),
        ("[O][C][C][C][C][C]", "CCCCCO"),
    ],
    ids=["empty", "nothing", "tiny", "ring", "written-canonically"],
)
def test_what_decodes_to_next_to_nothing_is_no_molecule(selfies: str, smiles: str | None) -> None:
    assert tokens.molecule(selfies) == smiles


def test_a_file_is_encoded_once_and_what_is_left_out_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, [*made(), "C[Si](C)(C)CCCC", "C" * 300])
    held = tokens.corpus(path, tmp_path, rare=2)
    assert (held.read, held.unknown) == (242, 1)
    assert held.too_long >= 1
    assert len(held.ids) == held.read - held.unknown - held.too_long
    assert held.ids.shape[1] == held.lengths.max()
    monkeypatch.setattr(tokens, "_encoded", None)  # a second encoding would fail
    again = tokens.corpus(path, tmp_path, rare=2)
    assert np.array_equal(again.ids, held.ids)
    assert again.vocabulary == held.vocabulary


def test_another_file_is_another_encoding(tmp_path: Path) -> None:
    one = tokens.corpus(written(tmp_path, made(100)), tmp_path, rare=1)
    two = tokens.corpus(written(tmp_path, made(200)), tmp_path, rare=1)
    assert one.sha256 != two.sha256
    assert len(two.ids) > len(one.ids)
