"""Four thousand real abstracts into the library: time by step, memory, size on disk, and a kill -9 halfway.

    .venv/bin/python -m evals.bench.literature_ingest [--documents 4000] [--no-kill]

The abstracts are those of Evidence Inference (shared/data, development only; skipped where absent). Each comes as a
document with its sections, through ``Stock.put`` and the library's own update, embedded by the model that ships.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.bench.literature_scale.filling import parts
from evals.bench.literature_scale.measured import ROOT, Watch, peak_mib, say
from retrieval.cards import starter
from retrieval.embed import MiniLM
from retrieval.evidence import Depth, Source
from retrieval.passages import Document, Section, StudyKind, from_card
from retrieval.search import Library
from retrieval.stock import Collection, Stock

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHARED = Path(os.environ.get("CONSILIUM_SHARED", ROOT.parent / "shared")) / "data"
FILE = Path("evidence_inference") / "articles.jsonl.gz"
COLLECTION = Collection(
    name="bench", title="Evidence Inference", licence="one for each article", origin="shared/data"
)
BATCH = 500
"""Documents in one transaction, as the loader of PubMed brings them."""
SLOW_S = 7200.0
KILL_AT = 0.5
"""The share of the texts after whose embedding the process is killed."""


def articles(shared: Path, count: int) -> Iterator[Document]:
    """The first ``count`` articles that have an abstract."""
    with gzip.open(shared / FILE, "rt", encoding="utf-8") as lines:
        rows = (json.loads(line) for line in lines)
        yield from islice((document(row) for row in rows if any(text for _, text in row["abstract"])), count)


def document(row: dict[str, Any]) -> Document:
    """An article as the library holds it."""
    text, sections = "", []
    for name, said in row["abstract"]:
        if said.strip():
            start = len(text)
            text += said.strip() + "\n"
            sections.append(Section(name=name or "Abstract", start=start, end=len(text) - 1))
    return Document(
        source=Source(
            id=f"pmc:{row['pmcid']}",
            title=row["title"],
            version=str(row["year"]),
            licence=row["licence"],
            depth=Depth.ABSTRACT,
            pmid=row["pmid"] or None,
            doi=row["doi"] or None,
            year=row["year"],
        ),
        text=text.rstrip("\n"),
        kind=StudyKind.TRIAL,
        sections=tuple(sections),
        journal=row["journal"],
        pmcid=row["pmcid"],
    )


class Noting:
    """The model that ships; every text that it embeds is noted in a file by its hash, before the vector is used."""

    def __init__(self, inner: MiniLM, log: Path) -> None:
        self._inner, self._log = inner, log
        self.name = inner.name
        self.watch = Watch()

    def setup(self) -> None:
        with self.watch.on("model"):
            self._inner.setup()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        with self.watch.on("embed"):
            rows = self._inner.encode(texts)
        with self._log.open("a", encoding="ascii") as log:
            log.writelines(hashlib.sha256(text.encode()).hexdigest() + "\n" for text in texts)
        return rows


def embedded(log: Path) -> list[str]:
    """The hashes of the texts embedded so far, in order."""
    return log.read_text(encoding="ascii").split() if log.exists() else []


def fill(folder: Path, shared: Path, count: int) -> dict[str, Any]:
    """The articles into the stock, as a loader brings them."""
    stock, watch, held = Stock(folder), Watch(), 0
    documents = articles(shared, count)
    while some := list(islice(documents, BATCH)):
        with watch.on("put"):
            stock.put(some, COLLECTION)
        held += len(some)
    stock.close()
    return {"documents": held, "put s": watch.seconds["put"], "peak MiB": peak_mib()}


def build(folder: Path) -> dict[str, Any]:
    """The library's own update over the stock, until both words and vectors answer; seconds by step."""
    from retrieval.shelf import Shelf
    from retrieval.vectors.chroma import ChromaIndex

    watch, encoder = Watch(), Noting(MiniLM(folder / "weights-checked.json"), folder.with_suffix(".log"))
    _clock(Shelf, "grown", watch, "passages, tokens, names")
    _clock(Shelf, "save", watch, "shelf written")
    for name in ("begin", "add", "remove", "finish"):
        _clock(ChromaIndex, name, watch, "Chroma")
    _clock(Stock, "save_vectors", watch, "vectors kept")
    with watch.on("whole"):
        held = Library([from_card(card) for card in starter()], folder, encoder)
        if not held.wait(SLOW_S):
            raise RuntimeError(held.trouble)
    said = held.status()
    held.close()
    return {
        "documents": said.documents,
        "passages": said.passages,
        "texts embedded": len(embedded(folder.with_suffix(".log"))),
        **{f"{name} s": seconds for name, seconds in (watch.seconds | encoder.watch.seconds).items()},
        "peak MiB": peak_mib(),
        "MiB on disk": parts(folder),
    }


def _clock(owner: type, name: str, watch: Watch, step: str) -> None:
    """Count the time within a method to a step."""
    inner = getattr(owner, name)

    def clocked(*given: Any, **named: Any) -> Any:
        with watch.on(step):
            return inner(*given, **named)

    setattr(owner, name, clocked)


def killed(folder: Path, whole: int) -> dict[str, Any]:
    """A build that is killed halfway through the embedding, and one that goes on from there."""
    log = folder.with_suffix(".log")
    child = subprocess.Popen(
        _command("build", folder), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while len(embedded(log)) < KILL_AT * whole and child.poll() is None:
        time.sleep(0.05)
    child.send_signal(signal.SIGKILL)
    if child.wait() != -signal.SIGKILL:
        raise RuntimeError("the build had ended before it could be killed")
    before = embedded(log)
    after = _apart("build", folder)
    twice = len(embedded(log)) - len(set(embedded(log)))
    return {
        "embedded when killed": len(before),
        "texts embedded twice": twice,
        "second build s": after["whole s"],
        "embed s of it": after["embed s"],
        "documents then": after["documents"],
        "passages then": after["passages"],
    }


def _command(step: str, folder: Path, *more: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "evals.bench.literature_ingest",
        "--step",
        step,
        "--folder",
        str(folder),
        *more,
    ]


def _apart(step: str, folder: Path, *more: str) -> dict[str, Any]:
    """What a step reports, run in a process of its own, so that its memory is its own."""
    done = subprocess.run(
        _command(step, folder, *more), cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{step} ended with {done.returncode}: {done.stderr[-1500:]}")
    reported: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return reported


def report(shared: Path, work: Path, count: int, kill: bool) -> None:
    """Fill, build, kill and go on; each line as it comes."""
    more = ("--documents", str(count), "--shared", str(shared))
    say("put", _apart("fill", work / "literature", *more))
    built = say("build", _apart("build", work / "literature"))
    if kill:
        _apart("fill", work / "second", *more)
        say("killed halfway, and again", killed(work / "second", built["texts embedded"]))


def main() -> None:
    """All of it, or one step of it for a process of its own."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--documents", type=int, default=4000)
    arguments.add_argument("--no-kill", action="store_true")
    arguments.add_argument("--shared", type=Path, default=SHARED)
    arguments.add_argument("--step", choices=("fill", "build"), help=argparse.SUPPRESS)
    arguments.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if not (chosen.shared / FILE).exists():
        print(f"skipped: {chosen.shared / FILE} is not here")
    elif chosen.step == "fill":
        print(json.dumps(fill(chosen.folder, chosen.shared, chosen.documents)))
    elif chosen.step == "build":
        print(json.dumps(build(chosen.folder)))
    else:
        with tempfile.TemporaryDirectory(prefix="consilium-ingest-") as work:
            report(chosen.shared, Path(work), chosen.documents, not chosen.no_kill)


if __name__ == "__main__":
    main()
