"""Names: the 200 brands of the label set, and slips of the pen near a look-alike.

The brand table was written from the same 200 brands that it is measured on, so the figure says that the table is
complete, not that an unseen brand would be found; the labels' own text confirms the ingredients.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from evals.bench.genomics.row import Row
from tools.treatment.load import knowledge
from tools.treatment.names import Status, resolve

SEED = 3
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def rows(data: Path) -> Iterator[Row]:
    """Brands resolved and confirmed; misspellings used silently."""
    texts = _brands(data / "onsides-labels")
    read = {brand: resolve(brand) for brand in texts}
    told = Counter(one.status for one in read.values())
    ours = f"{told[Status.EXACT]} resolved, {told[Status.ASK]} asked, {told[Status.UNKNOWN]} unknown of {len(read)}"
    yield Row("7e", "names: brands of the label set", "≥ 195 of 200", ours, told[Status.EXACT] >= 195, "177",
              "drug-named-entity-recognition 177/200")  # fmt: skip
    exact = {brand: one.ingredients for brand, one in read.items() if one.status is Status.EXACT}
    confirmed = sum(
        all(any(name in texts[brand] for name in _words(drug)) for drug in parts)
        for brand, parts in exact.items()
    )
    measure = "brands whose own label names every ingredient"
    yield Row("7e", measure, "reported", f"{confirmed} of {len(exact)}", None)
    yield _slips(list(texts))
    yield _look_alikes()


def _brands(folder: Path) -> dict[str, str]:
    """Every brand with the text of its label, lower case."""
    texts: dict[str, str] = {}
    for part in ("train", "test"):
        with gzip.open(folder / f"demner-fushman-{part}-labels.json.gz") as file:
            for row in json.load(file):
                texts[row["label_id"]] = texts.get(row["label_id"], "") + row["section_text"].lower()
    return texts


def _words(drug: str) -> list[str]:
    """First words of the names of an ingredient: labels write "dabigatran" as often as its salt."""
    entry = knowledge().drug(drug)
    return [name.lower().split()[0] for name in (entry.name, *entry.names)]


def _slips(brands: list[str]) -> Row:
    """Every brand with one letter left out, doubled or changed: exact only where the slip is itself a name."""
    chance = random.Random(SEED)
    known = {
        name.casefold()
        for drug in knowledge().drugs.values()
        for name in (drug.id, drug.id.replace("_", " "), *drug.names, *drug.brands)
    }
    slips = {slip for brand in brands for slip in _slipped(brand, chance) if slip not in known}
    told = Counter(resolve(slip).status for slip in slips)
    silent, asked, unknown = (told[status] for status in (Status.EXACT, Status.ASK, Status.UNKNOWN))
    ours = f"{silent} used silently, {asked} asked, {unknown} unknown of {len(slips)}"
    return Row("7e", "misspelt brands used silently", "0", ours, silent == 0)


def _slipped(brand: str, chance: random.Random) -> Iterator[str]:
    name = brand.casefold()
    places = [place for place, letter in enumerate(name) if letter.isalpha()]
    for _ in range(5):
        place = chance.choice(places)
        new = chance.choice(LETTERS.replace(name[place], ""))
        yield name[:place] + name[place + 1 :]
        yield name[:place] + name[place] + name[place:]
        yield name[:place] + new + name[place + 1 :]


def _look_alikes() -> Row:
    slips = [name[:-2] + name[-1] for group in knowledge().look_alikes for name in group.names]
    asked = sum(resolve(slip).status is Status.ASK for slip in slips)
    ours = f"{asked} of {len(slips)} misspellings ask"
    return Row("7e", "look-alikes: a slip is never used silently", "all ask", ours, asked == len(slips))
