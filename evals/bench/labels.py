"""Label search: does a passage found for a drug and an adverse event hold a mention that annotators marked?

The 200 labels of onsides-labels (shared/data, never shipped) are written in openFDA's form, prepared as the pack is and
searched as the tool searches. Fixed before anything was tuned: a query is the preferred term of an event (alone, with
the drug known; or behind the brand's name), the 1,500 are drawn with seed 7 from all (label, term) pairs with a mention
inside a passage, and tuning saw only the labels of :func:`tuned_on`.

Two readings of a hit. *Placed*: the passage holds a mention at its annotated place; the specification's figures for
plain BM25 come out under this one. The file gives one place for each wording, its first in the section, so that a
passage with a later mention counts as a miss. *Worded*: the passage holds the annotated wording anywhere.

Run: ``python -m evals.bench.labels DATA``.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import statistics
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from evals.bench.genomics.row import Row
from tools.labels.choosing import choose, named_in
from tools.labels.index import Label, Labels, prepare
from tools.labels.search import Passage, cut, search
from tools.labels.sections import clean
from tools.treatment.load import knowledge
from tools.treatment.names import Status, resolve

QUERIES, SEED, HALVES = 1500, 7, 11
KEYS = {
    "adverse reactions": "adverse_reactions",
    "warnings and precautions": "warnings_and_cautions",
    "boxed warnings": "boxed_warning",
}
Pair = tuple[str, str]
Way = Literal["drug known", "drug in the query", "plain BM25, drug known", "plain BM25, drug in the query"]
BARS: Mapping[Way, tuple[float, float]] = {"drug known": (0.75, 0.93), "drug in the query": (0.65, 0.88)}


@dataclass(frozen=True)
class Gold:
    """Where the mentions of a term stand: characters by section, and the wordings."""

    places: frozenset[tuple[str, int, int]]
    wordings: frozenset[str]

    def placed(self, one: Passage) -> bool:
        return any(
            key == one.section and one.span.start <= start and end <= one.span.end
            for key, start, end in self.places
        )

    def worded(self, one: Passage) -> bool:
        text = " ".join(one.text.casefold().split())
        return any(re.search(rf"(?<!\w){re.escape(wording)}(?!\w)", text) for wording in self.wordings)


@dataclass(frozen=True)
class Set:
    """The labels as we hold them, cut, and what the annotators marked."""

    labels: Labels
    texts: Mapping[str, tuple[Label, tuple[Passage, ...]]]
    """By brand."""
    gold: Mapping[Pair, Gold]

    def queries(self) -> list[Pair]:
        """The 1,500 pairs, of those whose mention stands inside a passage."""
        reachable = [
            pair
            for pair, gold in sorted(self.gold.items())
            if any(gold.placed(one) for one in self.texts[pair[0]][1])
        ]
        return random.Random(SEED).sample(reachable, QUERIES)


def annotated(folder: Path) -> list[dict[str, Any]]:
    """The sections of the 200 labels with their events."""
    found: list[dict[str, Any]] = []
    for part in ("train", "test"):
        with gzip.open(folder / f"demner-fushman-{part}-labels.json.gz") as file:
            found += json.load(file)
    return found


def in_openfda_form(rows: Sequence[Mapping[str, Any]], target: Path) -> None:
    """Write the labels as openFDA would: the date is made up, the substances are what we know of the brand."""
    made: dict[str, dict[str, Any]] = {}
    for row in rows:
        brand = row["label_id"]
        one = made.setdefault(brand, _record(brand))
        one[KEYS[row["section_name"]]] = [row["section_text"]]
    target.write_text(json.dumps({"meta": {}, "results": list(made.values())}), encoding="utf-8")


def _record(brand: str) -> dict[str, Any]:
    said = resolve(brand)
    known = [knowledge().drug(drug).name for drug in said.ingredients] if said.status is Status.EXACT else []
    names = {
        "brand_name": [brand],
        "substance_name": [name.upper() for name in known] or [brand],
        "product_type": ["HUMAN PRESCRIPTION DRUG"],
    }
    return {
        "set_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, brand)),
        "effective_time": "20170101",
        "openfda": names,
    }


def loaded(folder: Path, scratch: Path) -> Set:
    """The set, through the pack's own reader and index."""
    rows = annotated(folder)
    in_openfda_form(rows, scratch / "labels.json")
    prepare([scratch / "labels.json"], scratch / "labels.sqlite")
    labels = Labels(scratch / "labels.sqlite")
    texts = {}
    for brand in {row["label_id"] for row in rows}:
        [label] = labels.called(brand)
        texts[brand] = label, cut(labels.sections(label))
    return Set(labels, texts, _gold(rows))


def _gold(rows: Sequence[Mapping[str, Any]]) -> dict[Pair, Gold]:
    places: dict[Pair, set[tuple[str, int, int]]] = defaultdict(set)
    wordings: dict[Pair, set[str]] = defaultdict(set)
    for row in rows:
        key, raw = KEYS[row["section_name"]], row["section_text"]
        for wording, term, *_, start, length, _ in row["adverse_events"]:
            if term and str(start).isdigit():
                first = len(clean(raw[: int(start)]))
                places[row["label_id"], term].add((key, first, first + int(length)))
                wordings[row["label_id"], term].add(" ".join(wording.casefold().split()))
    return {pair: Gold(frozenset(places[pair]), frozenset(wordings[pair])) for pair in places}


def tuned_on(held: Set) -> frozenset[str]:
    """The half of the labels on which the constants of the search were chosen."""
    brands = sorted(held.texts)
    random.Random(HALVES).shuffle(brands)
    return frozenset(brands[: len(brands) // 2])


def found(held: Set, pair: Pair, way: Way) -> list[Passage]:
    """What our search brings: first five passages."""
    brand, term = pair
    question = term if way == "drug known" else f"{brand} {term}"
    label: Label | None = held.texts[brand][0]
    if way == "drug in the query":
        label = choose(named_in(question) or question, held.labels).label
    if label is None:
        return []
    passages = next(cut for one, cut in held.texts.values() if one == label)
    names = (*label.brands, *label.generics)
    return [hit.passage for hit in search(question, passages, besides=names)]


class Plain:
    """The baseline: BM25 as bm25s has it, words of letters and figures, over brand and text of every passage."""

    def __init__(self, held: Set) -> None:
        import bm25s

        self._passages = [(brand, one) for brand, (_, cut) in sorted(held.texts.items()) for one in cut]
        self._bm25 = bm25s.BM25()
        self._bm25.index(
            [_plain(f"{brand} {one.text}") for brand, one in self._passages], show_progress=False
        )

    def found(self, pair: Pair, way: Way) -> list[Passage]:
        brand, term = pair
        known = way == "plain BM25, drug known"
        asked = [one for one in _plain(term if known else f"{brand} {term}") if one in self._bm25.vocab_dict]
        if not asked:
            return []
        scores = self._bm25.get_scores(asked)
        allowed = [at for at, (one, _) in enumerate(self._passages) if not known or one == brand]
        return [self._passages[at][1] for at in sorted(allowed, key=lambda at: -scores[at])[:5]]


def _plain(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


@dataclass
class Share:
    """Hits at 1 and at 5 over the queries, by both readings."""

    placed: list[tuple[bool, bool]]
    worded: list[tuple[bool, bool]]

    def at(self, reading: Literal["placed", "worded"], among: Sequence[int]) -> tuple[float, float]:
        rows = [getattr(self, reading)[at] for at in among]
        return statistics.fmean(one for one, _ in rows), statistics.fmean(five for _, five in rows)


def measured(held: Set, pairs: Sequence[Pair], way: Way, plain: Plain | None = None) -> Share:
    """Both readings of every query."""
    share = Share([], [])
    for pair in pairs:
        gold = held.gold[pair]
        passages = plain.found(pair, way) if plain else found(held, pair, way)
        mine = passages if plain is None or way == "plain BM25, drug known" else _of(held, pair[0], passages)
        placed = [one in mine and gold.placed(one) for one in passages]
        worded = [one in mine and gold.worded(one) for one in passages]
        share.placed.append((any(placed[:1]), any(placed)))
        share.worded.append((any(worded[:1]), any(worded)))
    return share


def _of(held: Set, brand: str, passages: Sequence[Passage]) -> list[Passage]:
    """Those of the drug's own label."""
    own = {id(one) for one in held.texts[brand][1]}
    return [one for one in passages if id(one) in own]


def rows(data: Path) -> Iterator[Row]:
    """The bars of label search."""
    folder = data / "onsides-labels"
    if not folder.is_dir():
        yield Row("7", "label search", "–", "not held: onsides-labels", None)
        return
    with tempfile.TemporaryDirectory() as scratch:
        held = loaded(folder, Path(scratch))
        with closing(held.labels):
            yield from _search_rows(held)
            yield _speed(held)


def _search_rows(held: Set) -> Iterator[Row]:
    pairs = held.queries()
    tuned = tuned_on(held)
    halves = {
        "whole": list(range(len(pairs))),
        "tuned half": [at for at, (brand, _) in enumerate(pairs) if brand in tuned],
        "other half": [at for at, (brand, _) in enumerate(pairs) if brand not in tuned],
    }
    plain = Plain(held)
    for way in ("plain BM25, drug known", "plain BM25, drug in the query"):
        yield _row(way, "whole", measured(held, pairs, way, plain), halves["whole"], None)
    for way, bar in BARS.items():
        share = measured(held, pairs, way)
        for half, among in halves.items():
            yield _row(way, half, share, among, bar)


def _row(way: Way, half: str, share: Share, among: Sequence[int], bar: tuple[float, float] | None) -> Row:
    one, five = share.at("placed", among)
    loose = share.at("worded", among)
    ours = f"{one:.3f} at 1, {five:.3f} at 5 (worded: {loose[0]:.3f}, {loose[1]:.3f}; n {len(among)})"
    met = None if bar is None else one >= bar[0] and five >= bar[1]
    told = "reported" if bar is None else f"{bar[0]} at 1, {bar[1]} at 5"
    return Row("7", f"label search, {way}, {half}", told, ours, met)


def _speed(held: Set) -> Row:
    """The tool's own way: the label chosen by name, its text read from the index and cut, then searched."""
    times = []
    for brand, (label, _) in sorted(held.texts.items()):
        started = time.perf_counter()
        chosen = choose(brand, held.labels).label or label
        search("what does it say about pancreatitis", cut(held.labels.sections(chosen)), besides=label.brands)
        times.append((time.perf_counter() - started) * 1000)
    p50, worst = statistics.median(times), max(times)
    ours = f"p50 {p50:.1f} ms, worst {worst:.1f} ms, nothing cached, n {len(times)}"
    return Row("7", "label search, one query on 200 labels", "< 30 ms", ours, p50 < 30)


def main() -> int:
    """Print the rows; 1 if a bar is not met."""
    made = list(rows(Path(sys.argv[1])))
    for row in made:
        mark = {True: "met", False: "NOT MET", None: "–"}[row.met]
        print(f"{mark:8}{row.measure}: {row.ours} (bar: {row.bar})")
    return int(any(row.met is False for row in made))


if __name__ == "__main__":
    sys.exit(main())
