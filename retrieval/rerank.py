"""An optional second reading of the best passages, by a cross-encoder of this machine; off by default.

No cross-encoder ships in a package that we would trust, so none is the default; ``[retrieval] reranker`` names the
folder of one (Nogueira and Cho 2019, arXiv 1901.04085, is the way it works).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from retrieval.embed import EmbeddingUnavailable

READ = 30
"""So many of the best candidates are read again."""


class Reranker(Protocol):
    """Says how well each text answers a question; only the order counts."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]: ...


class CrossEncoder:
    """A sentence-transformers cross-encoder in a folder; loaded at the first question."""

    def __init__(self, path: Path) -> None:
        self._path = Path(path)

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score for each text.

        Raises:
            EmbeddingUnavailable: the folder holds no model with ``*.safetensors``, or it does not load.
        """
        if not texts:
            return []
        model = _loaded(self._path)
        return [
            float(score)
            for score in model.predict([(question, text) for text in texts], show_progress_bar=False)
        ]


@cache
def _loaded(path: Path) -> Any:
    if not list(path.glob("*.safetensors")):
        raise EmbeddingUnavailable(
            f"{path} holds no *.safetensors. Name the folder of a cross-encoder in [retrieval] reranker, or leave it "
            "empty."
        )
    try:
        from sentence_transformers import CrossEncoder as Model

        return Model(str(path), device="cpu", local_files_only=True)
    except (ImportError, OSError, ValueError) as wrong:
        raise EmbeddingUnavailable(f"The reranker in {path} does not load ({wrong}).") from wrong
