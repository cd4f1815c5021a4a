"""Vectors kept in a folder by a hash of the text, so that no text of a set is embedded twice."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.embed import Encoder, Progress

if TYPE_CHECKING:
    from retrieval.embed import Vectors

SAVE_EVERY = 2_000
"""New texts between two writes: what a killed run loses at most."""


def key(text: str) -> str:
    """The name of a text's vector."""
    return hashlib.sha256(text.encode()).hexdigest()


class KeptVectors:
    """An encoder that asks another only for what no ``.npz`` file of ``folder`` holds, and adds it there.

    Every file has ``keys`` (:func:`key`) and ``vectors`` (one float32 row each). The folder belongs to one encoder.
    """

    def __init__(self, folder: Path, encoder: Encoder, progress: Progress = lambda done, all_: None) -> None:
        self.folder, self._encoder, self._progress = folder, encoder, progress
        self._held: dict[str, Vectors] | None = None
        self._fresh: dict[str, Vectors] = {}

    @property
    def name(self) -> str:
        return self._encoder.name

    def setup(self) -> None:
        """Nothing to load until a text is missing."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        if self._held is None:
            self._held = self._read()
        missing = [text for text in dict.fromkeys(texts) if key(text) not in self._held]
        for first in range(0, len(missing), SAVE_EVERY):
            batch = missing[first : first + SAVE_EVERY]
            rows = np.asarray(self._encoder.encode(batch), dtype=np.float32)
            self._fresh.update(zip(map(key, batch), rows, strict=True))
            self._held.update(self._fresh)
            if len(self._fresh) >= SAVE_EVERY:
                self.save()
            self._progress(min(first + SAVE_EVERY, len(missing)), len(missing))
        found = [self._held[key(text)] for text in texts]
        return np.stack(found) if found else np.zeros((0, 384), dtype=np.float32)

    def save(self) -> None:
        """Write what is new; to be called at the end as well."""
        import numpy as np

        if not self._fresh:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{digest(self._fresh)}.npz"
        aside = self.folder / f".{name}.{os.getpid()}"
        with aside.open("wb") as file:
            np.savez(file, keys=np.array(list(self._fresh)), vectors=np.stack(list(self._fresh.values())))
        aside.replace(self.folder / name)
        self._fresh = {}

    def _read(self) -> dict[str, Vectors]:
        import numpy as np

        found: dict[str, Vectors] = {}
        for path in sorted(self.folder.glob("*.npz")):
            with np.load(path, allow_pickle=False) as file:
                found.update(zip(file["keys"].tolist(), file["vectors"], strict=True))
        return found


def digest(keys: Iterable[str]) -> str:
    """A short name for a set of keys."""
    return hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:16]
