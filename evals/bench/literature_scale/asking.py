"""How long a search takes, beside bm25s alone and Chroma alone, question by question in turn in one process."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.bench.literature_scale import product
from evals.bench.literature_scale.double import Double
from evals.bench.literature_scale.filling import Alone, plain
from evals.bench.literature_scale.floors import GRAPHS, Words, collection, nearest, serving
from evals.bench.literature_scale.made import questions
from evals.bench.literature_scale.measured import peak_mib, points, resident_mib
from evals.bench.literature_scale.product import Timed
from retrieval.search import Library
from retrieval.vectors.chroma import embedded, served
from retrieval.vectors.index import Filter
from retrieval.words import tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WARM = IN_A_ROW = 20
FILTERS: dict[str, Filter] = {
    "any": Filter(),
    "since 2015": Filter(since=2015),
    "trials": Filter(kinds=("trial",)),
    "reviews since 2024": Filter(kinds=("review",), since=2024),
}
"""The last one admits about one passage in 140."""

Asked = Callable[[int], object]


def start(folder: Path, documents: int) -> dict[str, Any]:
    """A standing index opened: seconds to the first answer by words, and to the first by words and vectors."""
    encoder, asked = Timed(), questions(1, documents)[0]
    began = time.perf_counter()
    held = product.library(folder / "literature", encoder)
    held.search(asked)
    by_words = time.perf_counter() - began
    if not held.wait(product.SLOW_S):
        raise RuntimeError(held.trouble)
    outcome = held.search(asked)
    both = time.perf_counter() - began
    held.close()
    return {"used": outcome.used, "first by words s": by_words, "first by both s": both}


def memory(folder: Path, documents: int, count: int) -> dict[str, Any]:
    """What a process holds that serves searches and nothing else; the model is not in it."""
    held = product.opened(folder / "literature", Timed())
    for question in questions(count, documents):
        held.search(question)
    found = {"resident MiB": resident_mib(), "peak MiB": peak_mib()}
    held.close()
    return found


def embedded_search(folder: Path, documents: int, wanted: int, count: int) -> dict[str, Any]:
    """Product, bm25s and both graphs of Chroma, in this process, with each filter."""
    held = product.opened(folder / "literature", encoder := Timed())
    clients = {graph: embedded(folder / plain(graph)) for graph in GRAPHS}
    chroma = {graph: collection(client, graph) for graph, client in clients.items()}
    words = Words(list(Alone(wanted).tokens()))
    found = {
        name: _in_turn(held, encoder, words, chroma, questions(count, documents), allowed)
        for name, allowed in FILTERS.items()
    }
    held.close()
    return found


def served_search(folder: Path, documents: int, wanted: int, count: int) -> dict[str, Any]:
    """Product over a Chroma server, bm25s, and the same server asked alone."""
    with serving(folder / "chroma-server") as (url, pid):
        held = product.opened(folder / "literature-served", encoder := Timed(), url)
        client = served(url)
        chroma = {"Chroma, our graph": client.list_collections()[0]}
        words = Words(list(Alone(wanted).tokens()))
        asked = questions(count, documents)
        found: dict[str, Any] = {
            name: _in_turn(held, encoder, words, chroma, asked, FILTERS[name])
            for name in ("any", "since 2015")
        }
        held.close()
        return {**found, "server's peak MiB": peak_mib(pid)}


def _in_turn(
    held: Library,
    encoder: Timed,
    words: Words,
    chroma: dict[str, Any],
    asked: Sequence[str],
    allowed: Filter,
) -> dict[str, Any]:
    """p50 and p95 in ms of each, and the product's ratio to bm25s and Chroma together."""
    vectors = Double().encode(asked)
    beside: list[float] = []

    def ours(at: int) -> None:
        _, without = product.clocked(held, encoder, asked[at], allowed)
        beside.append(without)

    # one text is cut into tokens by each, as each would have to
    runs: dict[str, Asked] = {"product": ours, "bm25s": lambda at: words.best(tokens(asked[at]))}
    for graph, one in chroma.items():
        runs[graph] = partial(_alone, one, vectors, allowed)
    took = _rounds(runs, len(asked))
    took["product"] = beside[-len(asked) :]
    found: dict[str, Any] = {name: points(seconds) for name, seconds in took.items()}
    for graph in chroma:
        both = [one + other for one, other in zip(took["bm25s"], took[graph], strict=True)]
        together = found[f"bm25s + {graph}"] = points(both)
        found[f"product / (bm25s + {graph})"] = {
            f"of {point}": round(found["product"][point] / together[point], 2) for point in together
        }
    return found


def _alone(one: Any, vectors: NDArray[np.float32], allowed: Filter, at: int) -> object:
    return nearest(one, vectors[at], allowed.where())


def _rounds(runs: dict[str, Asked], count: int) -> dict[str, list[float]]:
    """Seconds of each, some questions at a time and in turn, so that all meet the same machine; each warms first."""
    names, took = list(runs), {name: list[float]() for name in runs}
    for name in names:
        for at in range(min(WARM, count)):
            runs[name](at)
    for turn, first in enumerate(range(0, count, IN_A_ROW)):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            for at in range(first, min(first + IN_A_ROW, count)):
                started = time.perf_counter()
                runs[name](at)
                took[name].append(time.perf_counter() - started)
    return took


def with_model(folder: Path, documents: int, count: int) -> dict[str, Any]:
    """The whole search with the real model reading the question, and how fast that model reads passages."""
    held = product.opened(folder / "literature", encoder := Timed(product.minilm(folder)))
    asked = questions(count, documents)
    for question in asked[:WARM]:
        held.search(question)
    both = [product.clocked(held, encoder, one) for one in asked]
    held.close()
    return {
        "search with the embedding": points([whole for whole, _ in both]),
        "embedding alone": points([whole - without for whole, without in both]),
        "peak MiB": peak_mib(),
    }


def model_rate(folder: Path, count: int) -> dict[str, Any]:
    """Passages a second that the real model embeds, in the product's own batches."""
    from retrieval.build import BATCH

    texts = [piece.facets[-1] for piece in Alone(count).pieces[:count]]
    model = product.minilm(folder)
    model.encode(["ready"])
    started = time.perf_counter()
    for first in range(0, count, BATCH):
        model.encode(texts[first : first + BATCH])
    seconds = time.perf_counter() - started
    return {"texts": count, "seconds": seconds, "texts a second": count / seconds, "peak MiB": peak_mib()}
