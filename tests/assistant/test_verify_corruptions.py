"""Verify against real abstracts: what physicians quoted is kept, what is changed in it is caught.

The sentences are evidence quotes of the Evidence Inference labels that stand word for word in the abstract; each is
then corrupted in one place. The shares are printed (-s) and written in docs/verify.md.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from assistant.turn import Cited, Sentence, Verdict
from assistant.verify import judge
from assistant.verify.names import drugs
from assistant.verify.quotes import Held, plain
from retrieval.evidence import Depth, Evidence, Finding, Kind, Source

pytestmark = pytest.mark.timeout(600)
SWAPS = {
    "increased": "decreased", "decreased": "increased", "higher": "lower", "lower": "higher", "reduced": "increased",
    "greater": "smaller", "improved": "worsened", "reduction": "increase", "improvement": "worsening",
    "better": "worse", "significantly": "not significantly", "not": "", "similar": "different",
}  # fmt: skip
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")


class Row(NamedTuple):
    """A quote and the abstract in which it stands."""

    article: str
    abstract: str
    quote: str


@pytest.fixture(scope="module")
def rows(shared: Path) -> list[Row]:
    folder = shared / "evidence_inference"
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        articles = {entry["pmcid"]: entry for entry in map(json.loads, lines)}
    found = []
    with gzip.open(folder / "labels.jsonl.gz", "rt", encoding="utf-8") as lines:
        for label in map(json.loads, lines):
            article = articles.get(label["pmcid"]) or articles.get(f"PMC{label['pmcid']}")
            if not (label["quote_in_abstract"] and label["unanimous"] and article):
                continue
            text = "\n".join(f"{head}: {part}" if head else part for head, part in article["abstract"])
            quotes = [label["evidence"]] if isinstance(label["evidence"], str) else label["evidence"]
            held = next((plain(q) for q in quotes if len(q) > 20 and plain(q) in plain(text)), None)
            if held:
                found.append(Row(article["pmcid"], text, held))
    return found


class Abstracts:
    """Holds the abstracts."""

    def __init__(self, rows: list[Row]) -> None:
        self.texts = {f"art:{row.article}": row.abstract for row in rows}

    def text(self, source_id: str) -> str | None:
        return self.texts.get(source_id)

    def holding(self, quote: str) -> tuple[str, ...]:
        wanted = plain(quote)
        return tuple(name for name, text in self.texts.items() if wanted in plain(text))


def verdict(sentence: str, row: Row, quote: str, held: Held) -> Verdict:
    source = Source(id=f"art:{row.article}", title="t", version="1", licence="l", depth=Depth.ABSTRACT)
    evidence = Evidence(source=source, quote=quote)
    finding = Finding(statement="See the quote.", evidence=(evidence,), kind=Kind.LITERATURE)
    entries = {"t1c1e1": Cited(id="t1c1e1", evidence=evidence, finding=finding, tool="x")}
    return judge(Sentence(text=sentence[:1500], evidence=["t1c1e1"]), entries, held, "")


@pytest.fixture(scope="module")
def held(rows: list[Row]) -> Held:
    return Held((Abstracts(rows),))


def share(name: str, outcomes: list[bool]) -> float:
    value = sum(outcomes) / len(outcomes)
    print(f"{name}: {sum(outcomes)} of {len(outcomes)} = {value:.3f}")
    return value


def test_untouched_quotes_are_kept(rows: list[Row], held: Held) -> None:
    assert share("untouched kept", [verdict(row.quote, row, row.quote, held).shown for row in rows]) >= 0.95


def test_shortened_quotes_are_kept(rows: list[Row], held: Held) -> None:
    cut = [(re.sub(r"\s*\([^)]*\)", "", row.quote), row) for row in rows]
    assert share("without brackets kept", [verdict(s, row, row.quote, held).shown for s, row in cut]) >= 0.95


def test_changed_numbers_are_caught(rows: list[Row], held: Held) -> None:
    rng, outcomes = random.Random(0), []
    for row in rows:
        places = list(NUMBER.finditer(row.quote))
        if not places:
            continue
        place = rng.choice(places)
        new = round(float(place.group()) * 1.7 + 1.3, 1 if "." in place.group() else 0)
        wrong = row.quote[: place.start()] + f"{new:g}" + row.quote[place.end() :]
        outcomes.append(not verdict(wrong, row, row.quote, held).shown)
    assert share("changed number caught", outcomes) >= 0.99


def test_reversed_directions_are_caught(rows: list[Row], held: Held) -> None:
    outcomes = []
    for row in rows:
        found = next((word for word in SWAPS if re.search(rf"\b{word}\b", row.quote)), None)
        if found:
            wrong = re.sub(rf"\b{found}\b", SWAPS[found], row.quote, count=1)
            outcomes.append(not verdict(wrong, row, row.quote, held).shown)
    assert share("reversed direction caught", outcomes) >= 0.9


def test_swapped_drugs_are_caught(rows: list[Row], held: Held) -> None:
    rng, outcomes = random.Random(0), []
    for row in rows:
        named = [word for word in re.findall(r"[A-Za-z]{5,}", row.quote) if word.lower() in drugs()]
        if named:
            other = rng.choice([name for name in sorted(drugs()) if name not in row.abstract.lower()])
            wrong = row.quote.replace(named[0], other)
            outcomes.append(not verdict(wrong, row, row.quote, held).shown)
    assert share("swapped drug caught", outcomes) >= 0.98


def test_quotes_of_other_articles_are_misattributed(rows: list[Row], held: Held) -> None:
    outcomes = []
    for row, other in zip(rows, [*rows[37:], *rows[:37]], strict=True):
        if plain(other.quote) not in plain(row.abstract):
            outcomes.append(verdict(other.quote, row, other.quote, held).judgement == "misattributed")
    assert share("wrong article named as such", outcomes) >= 0.99


def test_invented_quotes_are_caught(rows: list[Row], held: Held) -> None:
    outcomes = [not verdict(row.quote, row, f"{row.quote} of course", held).shown for row in rows]
    assert share("invented quote caught", outcomes) == 1.0
