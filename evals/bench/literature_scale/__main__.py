"""The literature at 20,000 and 100,000 passages, beside bm25s alone and Chroma alone in the same run.

    .venv/bin/python -m evals.bench.literature_scale [--passages 20000 100000] [--questions 200] [--no-server]

Texts and vectors are made by a seed; each step runs in a process of its own. Nothing here is a test: times are reported
beside their floors, and who reads them decides. ``--work DIR`` keeps what was built, ``--json FILE`` the raw figures.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evals.bench.literature_scale.floors import GRAPHS
from evals.bench.literature_scale.measured import apart, say

MODEL_TEXTS = 500
BROUGHT_MEANWHILE = 2000
AT_MOST_AT, AT_MOST_MS = 100_000, 60
Told = tuple[str, dict[str, Any]]


def filled(folder: Path, wanted: int) -> Iterator[Told]:
    """What goes in: the product, and each part alone."""
    yield "put into the stock", apart("put", folder=str(folder), wanted=wanted)
    yield "library's index built", apart("build", folder=str(folder))
    yield "bm25s alone, built", apart("words_alone", wanted=wanted)
    for graph in GRAPHS:
        told = apart("chroma_alone", folder=str(folder), wanted=wanted, graph=graph)
        yield f"{graph}, alone, built", told


def asked(folder: Path, wanted: int, documents: int, count: int) -> Iterator[Told]:
    """What comes out, and how fast."""
    given: dict[str, Any] = {"folder": str(folder), "documents": documents}
    yield "standing index opened", apart("start", **given)
    yield "a process that only searches", apart("memory", **given, count=count)
    for name, told in apart("embedded_search", **given, wanted=wanted, count=count).items():
        yield f"search, embedded Chroma, filter: {name}", told
    yield "search with the real model", apart("with_model", **given, count=count)


def served(folder: Path, wanted: int, documents: int, count: int) -> Iterator[Told]:
    """The same over a Chroma server on loopback."""
    yield "library's index built on a Chroma server", apart("build_on_server", folder=str(folder))
    told = apart("served_search", folder=str(folder), documents=documents, wanted=wanted, count=count)
    yield "the server", {"peak MiB": told.pop("server's peak MiB")}
    for name, one in told.items():
        yield f"search, served Chroma, filter: {name}", one


def sound(folder: Path, wanted: int, documents: int, count: int) -> Iterator[Told]:
    """Whether it is right as well."""
    given: dict[str, Any] = {"folder": str(folder), "documents": documents}
    yield "dense part against exact cosine", apart("recall", **given, wanted=wanted, count=count)
    first, second = (apart("said", **given, count=count) for _ in range(2))
    yield "same bytes in two processes", {"same": first == second, "hits": first["hits"]}
    yield "one document", apart("add_one", **given)
    yield "while a build goes on", apart("while_building", **given, count=count, more=BROUGHT_MEANWHILE)
    yield "one process serves, another adds", apart("two_processes", **given)
    third = apart("said", **given, count=count)
    yield "same bytes after all that came and went", {"same": first == third}


def measured(wanted: int, folder: Path, count: int, server: bool) -> dict[str, Any]:
    """All of it for one size, said as it comes."""
    found: dict[str, Any] = {}
    folder.mkdir(parents=True)
    for name, told in filled(folder, wanted):
        found[name] = say(name, told)
    documents = found["put into the stock"]["documents"]
    parts = [asked(folder, wanted, documents, count)]
    parts += [served(folder, wanted, documents, count)] if server else []
    for part in (*parts, sound(folder, wanted, documents, count)):
        for name, told in part:
            found[name] = say(name, told)
    bars(wanted, found)
    return found


def bars(wanted: int, found: dict[str, Any]) -> None:
    """The bars of the retrieval specification, section 7, and what was measured; the default graph of Chroma, which
    finds less, stands beside."""
    for name in (name for name in found if name.startswith("search, ")):
        took = found[name]
        for one in (one for one in took if one.startswith("product /")):
            ratios = " / ".join(f"{value:.2f}" for value in took[one].values())
            print(f"  bar <= 1.5: {name}: {one} of p50 / p95 = {ratios}")
        if wanted >= AT_MOST_AT and "product" in took:
            print(f"  bar p95 <= {AT_MOST_MS} ms: {name}: {took['product']['p95']:.1f} ms")


def main() -> None:
    """Measure every size and print the report."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--passages", type=int, nargs="+", default=[20_000, 100_000])
    arguments.add_argument("--questions", type=int, default=200)
    arguments.add_argument("--no-server", action="store_true", help="leave the Chroma server out")
    arguments.add_argument("--work", type=Path, help="a folder that does not exist yet, kept afterwards")
    arguments.add_argument("--json", type=Path, help="where the raw figures go")
    chosen = arguments.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    work = chosen.work or Path(tempfile.mkdtemp(prefix="consilium-scale-"))
    began, found = time.perf_counter(), {}
    try:
        print("Model, passages as they are embedded")
        found["model"] = say(
            "all-MiniLM-L6-v2", apart("model_rate", folder=str(_made(work)), count=MODEL_TEXTS)
        )
        for wanted in chosen.passages:
            print(f"\n{wanted:,} passages")
            found[str(wanted)] = measured(wanted, work / str(wanted), chosen.questions, not chosen.no_server)
    finally:
        if not chosen.work:
            shutil.rmtree(work, ignore_errors=True)
    print(
        f"\n{(time.perf_counter() - began) / 60:.0f} minutes, {sys.version.split()[0]}, {os.cpu_count()} cores"
    )
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


if __name__ == "__main__":
    main()
