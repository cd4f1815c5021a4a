"""Every bar of retrieval spec section 7 in one table: ``python -m evals.literature.table --data DIR [--vectors DIR]``.

Each row is measured on the held-out half of its set (``--half development`` prints the half on which settings were
chosen), with a 95 % bootstrap interval by question. A row whose data is not here says so; none is filled from memory.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from evals.literature import development, product, quotes, refusal
from evals.literature.intervals import Interval, difference, mean, share
from evals.literature.medquad import ANSWERS, medquad
from evals.literature.rows import PLAIN, Bench, Line
from evals.literature.sets import (
    ARTICLES,
    BIOASQ,
    PUBMEDQA,
    QuestionSet,
    bioasq,
    evidence_inference,
    pubmedqa,
)
from evals.literature.vectors import KeptVectors
from retrieval.cards import starter
from retrieval.embed import Encoder, MiniLM
from retrieval.passages import from_card
from retrieval.search import FLOOR, Library

NOT_HERE = "not measured here"
NO_CROSS_ENCODER = "cross-encoder over the first 30: not held (no package that we would trust carries one)"


class Bar(NamedTuple):
    """A set, what makes it, the file that it needs, how its texts are cut for the model, and what is asked of it."""

    make: Callable[[Path], QuestionSet]
    file: str
    piece: str
    least: float
    over_plain: bool
    """True: ``least`` is asked of the difference to plain BM25; False: of the measure itself."""


BARS: Mapping[str, Bar] = {
    "bioasq": Bar(bioasq, BIOASQ, "section", 0.05, True),
    "medquad": Bar(medquad, ANSWERS, "5 sentences", 0.05, True),
    "pubmedqa": Bar(pubmedqa, PUBMEDQA, "section", 0.97, False),
    "pubmedqa-results": Bar(lambda data: pubmedqa(data, True), PUBMEDQA, "section", 0.0, False),
    "evidence": Bar(evidence_inference, ARTICLES, "section", 0.93, False),
}


class Run(NamedTuple):
    """What a run is told."""

    data: Path
    work: Path
    encoder: Encoder
    held_out: bool
    most: int
    cuts: bool


def say(line: str) -> None:
    """One line of the report, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def shown(line: Line) -> str:
    """A row of a set."""
    measures = "; ".join(f"{name} {value}" for name, value in line.measures.items())
    against = f"; over BM25 {_signed(line.against_plain)}" if line.against_plain else ""
    return f"  {line.way}: {measures}{against}"


def ranked(run: Run, name: str) -> None:
    """All rows of a set, the product's last, and whether its bar is met."""
    bar = BARS[name]
    if not (run.data / bar.file).exists():
        say(f"\n{name}: {NOT_HERE}, {run.data / bar.file} is absent")
        return
    made = bar.make(run.data)
    questions = made.half(run.held_out)[: run.most or None]
    say(f"\n{made.name}: {len(questions)} questions, {len(made.documents)} documents")
    bench = Bench(made, questions, run.encoder, bar.piece)
    for line in bench.lines(run.cuts):
        say(shown(line))
    lines = list(products(run, made, bench))
    for line in lines:
        say(shown(line))
    say(f"  {NO_CROSS_ENCODER}")
    if bar.least:
        say(f"  bar: {judged(lines[0], bar)}")


def products(run: Run, made: QuestionSet, bench: Bench) -> Iterator[Line]:
    """The product's rows: its library, and the first 30 passages ordered by its own relevance."""
    folder = product.folder_for(run.work, made.name)
    with product.library_of(made.documents, folder, run.encoder) as library:
        found = product.rankings(library, bench.texts)
    yield bench.line("the product's library", [one.fused for one in found])
    yield bench.line("the product, first 30 by its relevance", [one.judged for one in found])


def judged(line: Line, bar: Bar) -> str:
    """Whether the product meets the bar."""
    value = line.against_plain if bar.over_plain else next(iter(line.measures.values()))
    if value is None:
        return NOT_HERE
    what = f"{PLAIN} + {bar.least}" if bar.over_plain else f">= {bar.least}"
    return f"{what}: {'met' if value.mean >= bar.least else 'NOT met'} ({value.mean:+.3f}, lower end {value.low:+.3f})"


def refused(run: Run) -> None:
    """The two hundred frozen questions over the cards that ship."""
    documents = [from_card(card) for card in starter()]
    with product.library_of(documents, product.folder_for(run.work, "cards"), run.encoder) as library:
        outside = refusal.put_to(library, refusal.frozen(refusal.OUTSIDE))
        inside = refusal.put_to(library, refusal.frozen(refusal.INSIDE))
    say(f"\nRefusal: {len(documents)} cards, floor {FLOOR}, 200 frozen questions")
    no = [one for one in outside if one.refused]
    say(f"  outside, refused (bar 0.90): {share(len(no), len(outside))} of {len(outside)}")
    for kind in ("far", "near", "aspect"):
        mine = [one for one in outside if one.question.kind == kind]
        say(f"    {kind}: {share(sum(one.refused for one in mine), len(mine))} of {len(mine)}")
    say(f"  inside, answered (bar 0.95): {share(sum(not one.refused for one in inside), len(inside))}")
    say(
        f"  inside, right card in the first 3 (bar 0.90): {share(sum(one.right for one in inside), len(inside))}"
    )
    for reader in ("clinician", "patient"):
        mine = [one for one in inside if one.question.reader == reader]
        answered, right = sum(not one.refused for one in mine), sum(one.right for one in mine)
        say(f"    {reader}: answered {share(answered, len(mine))}, right {share(right, len(mine))}")


def tuned(run: Run) -> None:
    """The questions that the search was tuned with, with vectors and by words alone."""
    documents = [from_card(card) for card in starter()]
    say(f"\nDevelopment questions on {len(documents)} cards, floor {FLOOR}")
    with product.library_of(documents, product.folder_for(run.work, "cards"), run.encoder) as library:
        _halves("words and vectors", library)
    _halves("words alone", Library(documents))


def _halves(used: str, library: Library) -> None:
    for half in development.halves(library):
        say(f"  {used}, {half.name}: right card in the first 3 {half.inside}; refused {half.outside}")


def ingested(run: Run) -> None:
    """Prompts on articles that are held and on articles that are not."""
    if not (run.data / ARTICLES).exists():
        say(f"\nRefusal on ingested articles: {NOT_HERE}")
        return
    made = evidence_inference(run.data)
    documents = refusal.given(made.documents)
    questions = refusal.prompts_of(made, run.held_out, run.most or 600)
    with product.library_of(documents, product.folder_for(run.work, "half"), run.encoder) as library:
        found = refusal.on_articles(library, questions, FLOOR)
    held, left = [one for one in found if one.held], [one for one in found if not one.held]
    say(f"\nRefusal on ingested articles: {len(documents)} held of {len(made.documents)}; floor {FLOOR}")
    say(f"  article held: something shown {share(sum(one.shown > 0 for one in held), len(held))}")
    say(
        f"  article held: right one first of what is shown {share(sum(one.rank == 1 for one in held), len(held))}"
    )
    say(f"  article left out: refused {share(sum(not one.shown for one in left), len(left))}")
    value = refusal.area([one.best for one in held], [one.best for one in left])
    say(f"  area under the ROC of the best relevance: {value:.3f}")


def quoted(run: Run) -> None:
    """Which sentence is quoted."""
    if not (run.data / quotes.LABELS).exists():
        say(f"\nThe right quote: {NOT_HERE}")
        return
    held = [case for case in quotes.cases(run.data) if case.held_out is run.held_out][: run.most or None]
    say(f"\nThe right quote: {len(held)} labels with evidence in the abstract, the right article given")
    base = quotes.right(quotes.sharing, held)
    ways = dict(quotes.choices(run.encoder))
    made = evidence_inference(run.data)
    with product.library_of(made.documents, product.folder_for(run.work, made.name), run.encoder) as library:
        ways["the product over all articles"] = partial(quotes.by_library, library=library)
        for name, choice in ways.items():
            hits = quotes.right(choice, held)
            say(f"  {name}: {mean(hits)}; over most shared words {_signed(difference(hits, base))}")


def _signed(value: Interval) -> str:
    return f"{value.mean:+.3f} [{value.low:+.3f}, {value.high:+.3f}]"


def elsewhere(run: Run) -> None:
    """The rows that other programs measure."""
    say("\nSpeed and memory at 20k and 100k passages: python -m evals.bench.literature_scale")
    say("Ingest of 4,000 abstracts: python -m evals.bench.literature_ingest")
    say("Every shown quote equals the held text: tests/retrieval (property tests), 100 % or the suite fails")


PARTS: Mapping[str, Callable[[Run], None]] = {
    **{name: (lambda run, name=name: ranked(run, name)) for name in BARS},  # type: ignore[misc]
    "refusal": refused,
    "development": tuned,
    "ingested": ingested,
    "quotes": quoted,
    "elsewhere": elsewhere,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, or the parts that are named."""
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; none: all")
    told.add_argument("--data", type=Path, default=Path("../shared/data"))
    told.add_argument("--vectors", type=Path, help="folder where vectors are kept between runs")
    told.add_argument("--work", type=Path, help="folder where the libraries are kept between runs")
    told.add_argument("--half", choices=("held-out", "development"), default="held-out")
    told.add_argument(
        "--most", type=int, default=0, help="questions of each set, the first of its half; 0: all"
    )
    told.add_argument("--cuts", action="store_true", help="also the ways of cutting texts")
    chosen = told.parse_args(arguments)
    strange = [part for part in chosen.parts if part not in PARTS]
    if strange:
        told.error(f"no such part: {', '.join(strange)}")
    with TemporaryDirectory() as scratch:
        model = MiniLM()
        encoder = KeptVectors(chosen.vectors or Path(scratch) / "vectors", model)
        work = chosen.work or Path(scratch) / "work"
        run = Run(chosen.data, work, encoder, chosen.half == "held-out", chosen.most, chosen.cuts)
        say(f"Literature: the {chosen.half} half of each set, 95 % bootstrap intervals over 1,000 resamples")
        try:
            for part in chosen.parts or PARTS:
                PARTS[part](run)
        finally:
            encoder.save()
    return 0


if __name__ == "__main__":
    sys.exit(main())
