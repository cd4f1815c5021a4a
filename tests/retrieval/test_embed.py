"""The model is checked before it is used, and nothing loads at import."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from retrieval import embed
from retrieval.embed import EmbeddingUnavailable, MiniLM, check_weights
from retrieval.packs import write_aside


def test_wrong_weights_are_refused_and_the_message_says_what_mends_it(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"something else")
    with pytest.raises(EmbeddingUnavailable, match=r"bootstrap\.py"):
        check_weights(path, None)
    with pytest.raises(EmbeddingUnavailable, match=r"bootstrap\.py"):
        check_weights(tmp_path / "absent.safetensors", None)


def test_a_checked_file_is_hashed_again_only_when_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, note = tmp_path / "model.safetensors", tmp_path / "checked.json"
    path.write_bytes(b"weights")
    monkeypatch.setattr(embed, "WEIGHTS_SHA256", hashlib.sha256(b"weights").hexdigest())
    hashed: list[int] = []
    real = hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda *a: (hashed.append(1), real(*a))[1])
    check_weights(path, note)
    check_weights(path, note)
    assert len(hashed) == 1
    note.write_text("damaged")
    check_weights(path, note)
    assert len(hashed) == 2
    path.write_bytes(b"weights changed")
    with pytest.raises(EmbeddingUnavailable):
        check_weights(path, note)


def test_a_missing_package_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "PACKAGE", "no_such_package_here")
    with pytest.raises(EmbeddingUnavailable, match=r"no_such_package_here.*bootstrap\.py"):
        MiniLM().setup()


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_aside(path, b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space"):
        write_aside(path, b"new")
    assert path.read_bytes() == b"old"
    assert [child.name for child in tmp_path.iterdir()] == ["file"]


def test_importing_the_search_loads_nothing_heavy() -> None:
    heavy = ("torch", "transformers", "sentence_transformers", "chromadb", "bm25s", "numpy", "rapidfuzz")
    code = (
        "import sys, retrieval.search, retrieval.packs, retrieval.status, tools.literature\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert done.stderr == ""
