"""What the library stands on, each alone: bm25s over the same tokens, Chroma over the same vectors."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.bench.literature_scale.measured import MIB, ROOT, Watch

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TOP = 100
BATCH = 5000
"""Chroma takes 5,461 entries at once."""
GRAPHS: dict[str, dict[str, Any]] = {
    "Chroma, our graph": {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32},
    "Chroma, its own settings": {"space": "cosine"},
}
START_S = 60.0


class Words:
    """bm25s alone: the best hundred of the same tokens."""

    def __init__(self, held: Sequence[Sequence[str]]) -> None:
        import bm25s

        self._bm25 = bm25s.BM25()
        self._bm25.index([list(one) for one in held], show_progress=False)
        self._known = self._bm25.vocab_dict

    def best(self, wanted: Sequence[str]) -> Any:
        """Positions and scores of the best hundred; None where no token is known."""
        known = [token for token in dict.fromkeys(wanted) if token in self._known]
        return self._bm25.retrieve([known], k=TOP, show_progress=False, n_threads=0) if known else None


def collection(client: Any, name: str) -> Any:
    """A collection that stands, under the name of a row of :data:`GRAPHS` or any other."""
    return client.get_collection(_plain(name), embedding_function=None)


def fill(
    client: Any, name: str, ids: Sequence[str], vectors: NDArray[np.float32], about: Sequence[dict[str, Any]]
) -> tuple[Any, float]:
    """A new collection with all of these, and how many entries a second went in."""
    made = client.create_collection(
        _plain(name), embedding_function=None, configuration={"hnsw": dict(GRAPHS[name])}
    )
    watch = Watch()
    with watch.on("add"):
        for first in range(0, len(ids), BATCH):
            to = first + BATCH
            made.add(ids=list(ids[first:to]), embeddings=vectors[first:to], metadatas=list(about[first:to]))
    return made, len(ids) / watch.seconds["add"]


def nearest(held: Any, vector: NDArray[np.float32], where: dict[str, Any] | None = None) -> list[str]:
    """The ids of the nearest hundred to one vector, by Chroma alone."""
    found = held.query(query_embeddings=vector[None], n_results=TOP, where=where, include=["distances"])
    return list(found["ids"][0])


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name.casefold())


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, int]]:
    """``chroma run`` over a folder on a free loopback port: its address and process id while it runs."""
    port = _free_port()
    # no telemetry leaves, and one thread a core as for the rest
    with (folder.parent / "chroma-run.log").open("w") as log:
        server = subprocess.Popen(
            [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder), "--host", "127.0.0.1",
             "--port", str(port)],
            cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
            env={**os.environ, "ANONYMIZED_TELEMETRY": "False", "CHROMA_TELEMETRY": "False"},
        )  # fmt: skip
    try:
        _until_open(port, server)
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        server.terminate()
        server.wait(START_S)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_open(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"`chroma run` does not answer on port {port}")


def size_mib(vectors: NDArray[np.float32]) -> float:
    """The bare vectors, the least that any index of them holds."""
    return round(vectors.nbytes / MIB, 1)
