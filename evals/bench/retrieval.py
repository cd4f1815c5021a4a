"""How well the literature search finds and refuses, with trivial baselines beside it.

    .venv/bin/python -m evals.bench.retrieval [--sample 150] [--seed 7]

Development questions: the right card among the first three, questions outside refused, with the floor as shipped,
by words and vectors and by words alone. PubMedQA (shared/data, skipped where absent): question to own abstract.
Every figure with a 95 % bootstrap interval over questions.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import yaml

from retrieval.cards import starter
from retrieval.evidence import Depth, Source
from retrieval.fusion import Fuse, Scores, reciprocal, weighted
from retrieval.passages import Document, StudyKind, from_card
from retrieval.search import FLOOR, Library

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ROOT / "tests" / "retrieval" / "data" / "questions.yaml"
SHORTHAND = QUESTIONS.with_name("shorthand.yaml")


def dense_alone(dense: Scores, words: Scores) -> dict[str, float]:
    """The ranking by vectors only."""
    return dict(dense)


def words_alone(dense: Scores, words: Scores) -> dict[str, float]:
    """The ranking by BM25 only."""
    return dict(words)


ROWS: dict[str, Fuse] = {
    "BM25 with expansion": words_alone,
    "MiniLM": dense_alone,
    "0.7 + 0.3 min-max": weighted,
    "reciprocal rank, k = 60": reciprocal,
}


def interval(values: Sequence[float], seed: int) -> str:
    """Mean and 95 % bootstrap interval over 1,000 resamples."""
    if not values:
        return "none"
    draw = random.Random(seed)
    means = sorted(statistics.fmean(draw.choices(values, k=len(values))) for _ in range(1000))
    return f"{statistics.fmean(values):.3f} [{means[25]:.3f}, {means[974]:.3f}] of {len(values)}"


def say(line: str) -> None:
    """One line of the report."""
    sys.stdout.write(line + "\n")


def development(folder: Path, seed: int) -> None:
    """Both sets of our questions, whole sentences and hasty notes, each in the half that was fitted on and the
    half that was not."""
    documents = [from_card(card) for card in starter()]
    say(f"\nDevelopment questions, {len(documents)} cards, floor {FLOOR}")
    for used, library in (("words", Library(documents)), ("words and vectors", Library(documents, folder))):
        library.wait()
        for file in (QUESTIONS, SHORTHAND):
            halves(used, library, file, seed)
        library.close()


def halves(used: str, library: Library, file: Path, seed: int) -> None:
    """The shares answered and refused in both halves of a file."""
    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    for part in ("", "_check"):
        inside = [answered(library, row) for row in raw[f"inside{part}"] if known(library, row)]
        outside = [refused(library, row) for row in raw[f"outside{part}"] if not holds(library, row)]
        shown, closed = interval(inside, seed), interval(outside, seed)
        half = "check" if part else "fit"
        say(f"  {used}, {file.stem}, {half}: right card shown in top 3 {shown}; refused {closed}")


def known(library: Library, row: dict[str, Any]) -> bool:
    """True if one of the cards that the question names is still held."""
    return any(library.text(f"card:{card}") for card in row["cards"])


def holds(library: Library, row: dict[str, Any]) -> bool:
    """True if the library has come to name what the question was chosen to lack."""
    name = row.get("lacks", "").casefold()
    return bool(name) and any(name in " ".join(d.names).casefold() for d in library.documents)


def answered(library: Library, row: dict[str, Any]) -> float:
    """1 if a right card is shown among the first three."""
    shown = [hit.document.source.id for hit in library.search(row["q"], 3).hits]
    return float(any(f"card:{card}" in shown for card in row["cards"]))


def refused(library: Library, row: dict[str, Any]) -> float:
    """1 if nothing is shown."""
    return float(not library.search(row["q"], 3).hits)


def pubmedqa(shared: Path, folder: Path, sample: int, seed: int) -> None:
    """Question to its own abstract (without the conclusion), R@1 for each way of ranking."""
    path = shared / "pubmedqa" / "pubmedqa_dev500.json.gz"
    if not path.exists():
        say("\nPubMedQA: skipped, shared/data/pubmedqa is not here")
        return
    with gzip.open(path, "rt", encoding="utf-8") as file:
        items = json.load(file)
    chosen = random.Random(seed).sample(sorted(items), min(sample, len(items)))
    for part in ("whole abstract", "results only"):
        documents = [made for pmid in chosen if (made := abstract(pmid, items[pmid], part))]
        say(f"\nPubMedQA development part, question to its own {part} among {len(documents)}, R@1")
        rows_of(documents, {pmid: items[pmid]["QUESTION"] for pmid in chosen}, folder / part[:5], seed)


def rows_of(documents: Sequence[Document], questions: dict[str, str], folder: Path, seed: int) -> None:
    """R@1 of each way of ranking, over the questions whose document is held."""
    held = [document.source.pmid or "" for document in documents]
    for name, fuse in ROWS.items():
        library = Library(documents, folder, fuse=fuse)
        library.wait()
        hits = [first(library, questions[pmid]) == f"pubmedqa:{pmid}" for pmid in held]
        say(f"  {name}: {interval([float(hit) for hit in hits], seed)}")
        library.close()


def first(library: Library, question: str) -> str:
    """The id of the source ranked first."""
    hits = library.ranked(question)
    return hits[0].document.source.id if hits else ""


def abstract(pmid: str, item: dict[str, Any], part: str) -> Document | None:
    """A PubMedQA item as a document without title: its title is the question. None if it has no such part."""
    rows = zip(item["LABELS"], item["CONTEXTS"], strict=True)
    text = "\n".join(said for label, said in rows if part != "results only" or "RESULT" in label.upper())
    if not text:
        return None
    source = Source(
        id=f"pubmedqa:{pmid}",
        title="abstract",
        version="dev500",
        licence="PubMed's",
        depth=Depth.ABSTRACT,
        pmid=pmid,
    )
    return Document(source=source, text=text, kind=StudyKind.OTHER)


def speed(folder: Path) -> None:
    """Milliseconds of a search over the cards, with and without the embedding of the question."""
    library = Library([from_card(card) for card in starter()], folder)
    library.wait()
    rows = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))["inside"]
    inner = library._encoder.encode
    spent: list[float] = []
    library._encoder.encode = timed(inner, spent)  # type: ignore[method-assign]
    library.search("warm up")
    whole, beside = [], []
    for row in rows:
        spent.clear()
        started = time.perf_counter()
        library.search(row["q"])
        whole.append(1000 * (time.perf_counter() - started))
        beside.append(whole[-1] - 1000 * sum(spent))
    for name, values in (("search", whole), ("search beside embedding", beside)):
        values.sort()
        say(f"  {name}: p50 {values[len(values) // 2]:.1f} ms, p95 {values[int(len(values) * 0.95)]:.1f} ms")
    library.close()


def timed(call: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    """The call, with its seconds noted."""

    def noted(texts: Sequence[str]) -> Any:
        started = time.perf_counter()
        try:
            return call(texts)
        finally:
            spent.append(time.perf_counter() - started)

    return noted


def main() -> None:
    """Run all parts and print the report."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--sample", type=int, default=150, help="PubMedQA items")
    arguments.add_argument("--seed", type=int, default=7)
    chosen = arguments.parse_args()
    shared = Path(os.environ.get("CONSILIUM_SHARED", ROOT.parent / "shared")) / "data"
    with tempfile.TemporaryDirectory() as scratch:
        development(Path(scratch) / "cards", chosen.seed)
        say("\nSpeed, one process")
        speed(Path(scratch) / "cards")
        pubmedqa(shared, Path(scratch) / "pubmedqa", chosen.sample, chosen.seed)


if __name__ == "__main__":
    main()
