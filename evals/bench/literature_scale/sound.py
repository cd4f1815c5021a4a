"""Whether what is fast is also right: recall of the vectors, the same bytes in two processes, search while a build
goes on, and a second process that adds."""

from __future__ import annotations

import hashlib
import subprocess
import time
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.bench.literature_scale import product
from evals.bench.literature_scale.double import Double
from evals.bench.literature_scale.filling import Alone
from evals.bench.literature_scale.floors import TOP
from evals.bench.literature_scale.made import document, questions
from evals.bench.literature_scale.measured import ROOT, command, peak_mib, points
from evals.bench.literature_scale.product import Timed
from retrieval.passages import Document
from retrieval.search import Library
from retrieval.stock import Stock

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AFRESH = 900_000
"""Numbers of made documents from here on are never in the corpus."""
BESIDE = 1_400_000
PATIENCE_S = 120.0


def recall(folder: Path, documents: int, wanted: int, count: int) -> dict[str, Any]:
    """Of the hundred passages nearest to any vector of a question, by exact cosine, the share that the product's
    dense part holds too."""
    held = product.opened(folder / "literature", encoder := Timed())
    alone = Alone(wanted)
    matrix, ids = alone.vectors(), alone.ids
    shares, asks = [], []
    for question in questions(count, documents):
        found = {hit.passage.id for hit in held.ranked(question) if hit.explain.dense_rank is not None}
        made = {name for name in found if name.startswith("made:")}
        asks.append(len(encoder.asked))
        exact = _exact(matrix, Double().encode(encoder.asked), len(made))
        shares.append(len(made & {ids[at] for at in exact}) / max(1, len(made)))
    held.close()
    return {
        "recall": sum(shares) / len(shares),
        "lowest": min(shares),
        "vectors a question": sum(asks) / len(asks),
    }


def _exact(matrix: NDArray[np.float32], asked: NDArray[np.float32], count: int) -> list[int]:
    """The rows of the matrix nearest to any of the vectors; as many as the product shows of these, at most 100."""
    import numpy as np

    best = np.max(matrix @ asked.T, axis=1)
    return [int(at) for at in np.argsort(-best, kind="stable")[: min(count, TOP)]]


def said(folder: Path, documents: int, count: int) -> dict[str, Any]:
    """A hash over all that is answered to the questions, hits with their explanations included."""
    held = product.opened(folder / "literature", Timed())
    whole = hashlib.sha256()
    shown = 0
    for question in questions(count, documents):
        outcome = held.search(question, 10)
        shown += len(outcome.hits)
        whole.update(outcome.model_dump_json().encode())
    held.close()
    return {"sha256": whole.hexdigest(), "hits": shown}


def asked_about(added: Document) -> str:
    """A question about a made document."""
    return f"{added.source.title}?"


def shows(held: Library, wanted: Document) -> bool:
    """True if a search about a document shows it."""
    hits = held.search(asked_about(wanted), 10).hits
    return any(hit.document.source.id == wanted.source.id for hit in hits)


def add_one(folder: Path, documents: int) -> dict[str, Any]:
    """One new document into a standing index, until it is found by words and vectors; then let go again."""
    held, added = product.opened(folder / "literature", Timed()), document(AFRESH)
    stock, report = _stock(held), {}
    for name, change in (
        ("added", lambda: stock.put([added], product.MADE)),
        ("removed", lambda: stock.remove(added.source.id)),
    ):
        started = time.perf_counter()
        change()
        put = time.perf_counter() - started
        held.update()
        held.wait(product.SLOW_S)
        report[name] = {"put s": put, "until searched s": time.perf_counter() - started}
        if shows(held, added) is not (name == "added"):
            raise RuntimeError(f"a document that was {name} is {'not ' if name == 'added' else ''}found")
    held.close()
    return {**report, "peak MiB": peak_mib()}


def while_building(folder: Path, documents: int, count: int, more: int) -> dict[str, Any]:
    """p50 and p95 of the search at rest, and while ``more`` new documents are brought up in the background."""
    held = product.opened(folder / "literature", encoder := Timed())
    asked = questions(count, documents)
    rest = [product.clocked(held, encoder, one)[1] for one in (*asked, *asked)][len(asked) :]
    added = [document(AFRESH + number) for number in range(1, more + 1)]
    _stock(held).put(added, product.MADE)
    started, busy, turn = time.perf_counter(), list[float](), cycle(asked)
    held.update()
    while not held.wait(0.0):
        # the double embeds in the build's thread as well: what it took there must not be taken off here
        busy.append(product.clocked(held, Timed(), next(turn))[0])
    seconds = time.perf_counter() - started
    found = sum(shows(held, one) for one in added[:20])
    _let_go(held, *(one.source.id for one in added))
    held.close()
    return {
        "at rest": points(rest),
        "while building, with the double's time": points(busy),
        "searches meanwhile": len(busy),
        "build s": seconds,
        "of 20 new ones found then": found,
        "peak MiB": peak_mib(),
    }


def _stock(held: Library) -> Stock:
    assert held.stock is not None
    return held.stock


def _let_go(held: Library, *source_ids: str) -> None:
    """Hold these no more, and wait until the index is in step."""
    _stock(held).remove(*source_ids)
    held.update()
    held.wait(product.SLOW_S)


def add_from_beside(folder: Path) -> dict[str, Any]:
    """Put one document and bring the index in step: what a second process does."""
    held, added = product.opened(folder / "literature", Timed()), document(BESIDE)
    _stock(held).put([added], product.MADE)
    held.update()
    held.wait(product.SLOW_S)
    held.close()
    return {"added": added.source.id}


def two_processes(folder: Path, documents: int) -> dict[str, Any]:
    """This process serves, another adds: does this one show the new document, and how long after the other's end."""
    held, added = product.opened(folder / "literature", Timed()), document(BESIDE)
    before = shows(held, added)
    other = subprocess.Popen(
        command("add_from_beside", {"folder": str(folder)}), cwd=ROOT, stdout=subprocess.DEVNULL
    )
    used = []
    for question in cycle(questions(50, documents)):
        if other.poll() is not None:
            break
        used.append(held.search(question).used)
    ended, seen = time.perf_counter(), False
    while not seen and time.perf_counter() - ended < PATIENCE_S:
        seen = shows(held, added)
    seconds = time.perf_counter() - ended
    _let_go(held, added.source.id)
    held.close()
    return {
        "the other ended with": other.returncode,
        "shown before": before,
        "shown after": seen,
        "seconds after the other's end": seconds,
        "searches meanwhile": len(used),
        "of these without vectors": sum(one != "words and vectors" for one in used),
    }
