"""The literature as these tests hold it: a data folder of the test's own, and a made encoder in place of the model."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from retrieval.words import tokens


class Double:
    """A deterministic stand-in for the embedding model."""

    name = "double"

    def __init__(self, checked: Path | None) -> None:
        self.checked = checked

    def setup(self) -> None:
        pass

    def encode(self, texts: Sequence[str]) -> Any:
        import numpy as np

        rows = np.zeros((len(texts), 64), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for token in tokens(text) or ["nothing"]:
                row[int(hashlib.sha256(token.encode()).hexdigest(), 16) % 64] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is configured or open before, nothing stays open after."""
    from retrieval import search

    monkeypatch.setattr("retrieval.packs._settings", {})
    monkeypatch.setattr("retrieval.search._settings", {})
    monkeypatch.setattr("retrieval.search._libraries", {})
    monkeypatch.setattr("retrieval.search.MiniLM", Double)
    yield
    for held in search._libraries.values():
        held.close()
        if held.stock:
            held.stock.close()


@pytest.fixture
def data(tmp_path: Path, no_library: None) -> Path:
    """The data folder of the library of this process."""
    from retrieval.search import configure

    configure(tmp_path)
    return tmp_path


@pytest.fixture
def run(tmp_path: Path, no_library: None, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """``consilium literature`` in this process, with a data folder of its own and no guard of the network."""
    from assistant.cli.app import app

    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr("assistant.egress.install", lambda hosts: None)
    monkeypatch.setenv("CONSILIUM_DATA_DIR", str(folder))
    return lambda *words: CliRunner().invoke(app, ["literature", *words])
