"""Proves evidence cards against their sources' texts: ``python -m retrieval.card_check --against DIR``.

Proved for each card: its source is held in the data set that it names; title, journal, year and DOI agree;
every figure of its prose stands in the source's text; no sentence was copied; the depth is not overstated.
What no script can prove is that the claim says what the source says: the sign of a figure, a number in words
beyond twelve and the sense of a sentence stay a reader's work. Without DIR only the form is checked.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from retrieval.cards import FOLDER, Card, CardError, load
from retrieval.evidence import Depth, Word

RUN = 8
"""So many consecutive words of a source in a card count as copied..."""
PROSE = 5
"""...if so many of them are prose, not figures or the fixed words of statistics."""

_DEPTHS: dict[str, frozenset[Depth]] = {
    "evidence_inference": frozenset({Depth.ABSTRACT, Depth.RECORD}),
    "mirage": frozenset({Depth.ABSTRACT, Depth.RECORD}),
    "pubmedqa": frozenset({Depth.ABSTRACT, Depth.RECORD}),
    "pharmcat-2.12.0": frozenset({Depth.GUIDELINE, Depth.ABSTRACT, Depth.RECORD}),
    "medquad": frozenset({Depth.FULL_TEXT, Depth.ABSTRACT, Depth.RECORD}),
}
_SPELLED = "one two three four five six seven eight nine ten eleven twelve"
_NUMBER_WORDS = {word: str(value) for value, word in enumerate(_SPELLED.split(), start=1)}
_STATISTICS = "ci p n vs versus to and hr or rr hazard odds risk rate ratio confidence interval mean sd"
_TOKEN = re.compile(
    r"(?P<name>\*\w+|[^\W\d_]\w*(?:\*\w+)?(?:(?<=[A-Z])-\d+\w*(?!\d|\.\d))?)"
    r"|(?P<figure>\d+(?:\.\d+)?)"
)


class Problem(Word):
    """One thing wrong with one card."""

    card: str
    field: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.card}: {self.field}: {self.wrong}"


class Held(Word):
    """What a data set shows of one source. An empty tuple says that the data set is silent about that."""

    pmids: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    journals: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    dois: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    text: str = ""

    def and_also(self, other: Held) -> Held:
        """Both parts of one source together."""
        joined = {
            name: getattr(self, name) + tuple(x for x in getattr(other, name) if x not in getattr(self, name))
            for name in ("pmids", "titles", "journals", "years", "dois", "urls")
        }
        return Held(**joined, text=f"{self.text}\n{other.text}")


def check(cards: Iterable[Card], against: Path | None) -> list[Problem]:
    """Every problem of the cards, in their order; an empty list says that nothing was found wrong.

    ``against`` is the folder that holds the development data sets; without it only the form is checked.
    """
    cards = tuple(cards)
    problems = list(_forms(cards))
    if against is None:
        return problems
    held = held_texts(against, {(card.source.held_in, source_key(card)) for card in cards})
    for card in cards:
        problems += _proof(card, held.get((card.source.held_in, source_key(card))))
    return problems


def source_key(card: Card) -> str:
    """What names the card's source in its data set, "" if nothing does.

    The address for a medquad page, and for a guideline file where the card gives it (many such files cite
    the same PMID, and some cite none); else the PMID.
    """
    source = card.source
    if source.held_in == "medquad" or (source.held_in == "pharmcat-2.12.0" and source.url):
        return source.url or ""
    return source.pmid or ""


def figures(text: str) -> set[str]:
    """The figures of a text as plain decimals: "1·23" is 1.23, "20,536" 20536, "twelve" 12, ".05" 0.05."""
    in_digits = {token["figure"] for token in _TOKEN.finditer(_normal(text)) if token["figure"]}
    return in_digits | {_NUMBER_WORDS[word] for word in _words(text) if word in _NUMBER_WORDS}


def named(text: str) -> set[str]:
    """The words of a text that hold a digit without being a figure (brca1, glp-1, hba1c), in lower case."""
    tokens = (token["name"] for token in _TOKEN.finditer(_normal(text)))
    return {token.casefold() for token in tokens if token and re.search(r"\d", token)}


def copied_run(text: str, source: str) -> str | None:
    """The first run of :data:`RUN` words of ``text`` that stands in ``source`` word for word, or None."""
    runs = _runs(source)
    ours = _words(text)
    statistics = _STATISTICS.split()
    for at in range(len(ours) - RUN + 1):
        run = ours[at : at + RUN]
        prose = [word for word in run if not word[0].isdigit() and word not in statistics]
        if len(prose) >= PROSE and tuple(run) in runs:
            return " ".join(run)
    return None


def _forms(cards: tuple[Card, ...]) -> Iterator[Problem]:
    by_id = {card.id: card for card in cards}
    for card in cards:
        for field, wrong in _form(card):
            yield Problem(card=card.id, field=field, wrong=wrong)
        for other in card.conflicts_with:
            if other in by_id and card.id not in by_id[other].conflicts_with:
                yield Problem(
                    card=card.id, field="conflicts_with", wrong=f"{other} does not name this card in turn"
                )


def _form(card: Card) -> Iterator[tuple[str, str]]:
    source = card.source
    if not source_key(card):
        yield "source", f"{'no url' if source.held_in == 'medquad' else 'no pmid'} to find it by"
    if source.depth not in _DEPTHS[source.held_in]:
        yield "source.depth", f"'{source.depth}' is more than was read in {source.held_in}"
    if not card.names:
        yield "names", "no drug, gene or disease named"
    if not card.limits:
        yield "limits", "not stated"
    if source.held_in == "mirage" and not re.search(r"excerpt|snippet", card.limits):
        yield "limits", "does not say that only an excerpt of the abstract was read"
    if _words(card.question.clinician) == _words(card.question.patient):
        yield "question", "clinician and patient ask in the same words"
    if card.n is not None and card.n < 1:
        yield "n", "not a number of people or studies"
    if card.id in card.conflicts_with:
        yield "conflicts_with", "names the card itself"


def _proof(card: Card, held: Held | None) -> list[Problem]:
    if held is None:
        wrong = f"{source_key(card) or 'nothing'} is not held in {card.source.held_in}"
        return [Problem(card=card.id, field="source", wrong=wrong)]
    found = [*_source_agrees(card, held), *_figures_stand(card, held), *_nothing_copied(card, held)]
    return [Problem(card=card.id, field=field, wrong=wrong) for field, wrong in found]


def _source_agrees(card: Card, held: Held) -> Iterator[tuple[str, str]]:
    source = card.source
    if not held.titles:
        yield "source.title", "the data set does not show the title"
    elif _letters(source.title) not in {_letters(title) for title in held.titles}:
        yield "source.title", f"the source is called '{held.titles[0]}'"
    if source.pmid and source.pmid not in held.pmids:
        yield "source.pmid", f"{source.pmid} is not a PMID of this source in the data set"
    if source.year is not None and source.year not in held.years:
        yield "source.year", f"{source.year} is not what the source states ({held.years or 'nothing'})"
    if source.journal and _letters(source.journal) not in {_letters(journal) for journal in held.journals}:
        yield (
            "source.journal",
            f"'{source.journal}' is not what the source states ({held.journals or 'nothing'})",
        )
    if source.doi and source.doi.casefold() not in {doi.casefold() for doi in held.dois}:
        yield "source.doi", f"{source.doi} was not seen in the data set"
    if source.url and source.url not in held.urls:
        yield "source.url", f"{source.url} was not seen in the data set"


def _figures_stand(card: Card, held: Held) -> Iterator[tuple[str, str]]:
    theirs = _held_figures(held.text) | {str(year) for year in held.years}
    known = _held_names(held.text) | named(" ".join(card.names))
    for field, text in _prose(card):
        for figure in sorted(figures(text) - theirs):
            yield field, f"{figure} does not stand in the source"
        for name in sorted(named(text) - known):
            yield field, f"'{name}' stands neither in the source nor in names"
    if card.n is not None and str(card.n) not in theirs:
        yield "n", f"{card.n} does not stand in the source"


# A page can be long and be the source of many cards: what is drawn from a text is kept for a while.
@lru_cache(maxsize=64)
def _held_figures(text: str) -> frozenset[str]:
    # A source may part thousands by a plain space or list figures by bare commas: every reading counts.
    readings = (text, re.sub(r"(?<=\d) (?=\d{3}\b)", "", text), text.replace(",", " "))
    return frozenset().union(*(figures(reading) for reading in readings))


@lru_cache(maxsize=64)
def _held_names(text: str) -> frozenset[str]:
    # Crawled markup leaves subscripts apart ("HbA 1c", "m 2"): with the space closed they are the same name.
    closed = re.sub(r"(?<=[^\W\d_]) (?=\d)", "", text)
    return frozenset(named(text) | named(closed))


@lru_cache(maxsize=64)
def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _words(text)
    return frozenset(tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def _nothing_copied(card: Card, held: Held) -> Iterator[tuple[str, str]]:
    for field, text in _prose(card):
        run = copied_run(text, held.text)
        if run:
            yield field, f"copied from the source: '{run}'"


def _prose(card: Card) -> Iterator[tuple[str, str]]:
    yield "question.clinician", card.question.clinician
    yield "question.patient", card.question.patient
    for field in ("claim", "population", "comparison", "outcome", "effect", "design", "limits"):
        yield field, getattr(card, field)


def _normal(text: str) -> str:
    text = re.sub(r"(?<=\d)[\u2009\u202f\u00a0](?=\d{3}\b)", "", text)
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"(?<=\d)[·∙⋅•](?=\d)", ".", text)
    text = re.sub(r"[\u2010-\u2015\u2212]", "-", text)
    text = re.sub(r"(?<![\w.])\.(?=\d)", "0.", text)
    return re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)


def _words(text: str) -> list[str]:
    return re.findall(r"\d+(?:\.\d+)?|[^\W\d_]\w*", _normal(text).casefold())


def held_texts(folder: Path, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], Held]:
    """The wanted sources, each named by data set and key (PMID; for medquad the page's URL), as far as held.

    A data set whose file is absent holds nothing. Lines come from the stream, not from ``str.splitlines``,
    which would break JSON lines at the U+2028 and U+0085 that some strings hold.
    """
    keys: dict[str, set[str]] = defaultdict(set)
    for data_set, key in wanted:
        keys[data_set].add(key)
    held: dict[tuple[str, str], Held] = {}
    for data_set, wanted_keys in keys.items():
        file, parts = _READERS[data_set]
        if not (folder / file).is_file():
            continue
        for key, part in parts(folder / file):
            if key in wanted_keys:
                before = held.get((data_set, key))
                held[data_set, key] = before.and_also(part) if before else part
    return held


def _lines(path: Path) -> Iterator[Any]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def _trials(path: Path) -> Iterator[tuple[str, Held]]:
    for row in _lines(path):
        abstract = "\n".join(f"{heading}: {text}" for heading, text in row["abstract"] or [])
        yield (
            str(row["pmid"] or ""),
            Held(
                pmids=_stated(row["pmid"]),
                titles=_stated(row["title"]),
                journals=_stated(row["journal"]),
                years=_stated(row["year"]),
                dois=_stated(row["doi"]),
                text=f"{row['title']}\n{abstract}",
            ),
        )


def _snippets(path: Path) -> Iterator[tuple[str, Held]]:
    for row in _lines(path):
        for snippet in row["snippets"]:
            whole_title = snippet["beginSection"] == snippet["endSection"] == "title"
            titles = _stated(snippet["text"].strip()) if whole_title else ()
            pmid = snippet["document"].rsplit("/", 1)[-1]
            yield pmid, Held(pmids=(pmid,), titles=titles, text=snippet["text"])


def _question_papers(path: Path) -> Iterator[tuple[str, Held]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        rows = json.load(stream)
    for pmid, row in rows.items():
        year = int(row["YEAR"]) if row.get("YEAR") else None
        text = "\n".join([row["QUESTION"], *row["CONTEXTS"], row["LONG_ANSWER"]])
        yield pmid, Held(pmids=(pmid,), titles=(row["QUESTION"],), years=_stated(year), text=text)


def _guidelines(path: Path) -> Iterator[tuple[str, Held]]:
    for row in _lines(path):
        guideline = row["guideline"]
        # Tags part words ("<p>"); the figures of lookup keys (activity scores) belong to a recommendation.
        body = re.sub(r"<[^>]+>", " ", "\n".join(_strings(row["recommendations"])))
        for citation in row["citations"] or [{}]:
            part = Held(
                pmids=_stated(str(citation.get("pmid", ""))),
                titles=_stated(guideline["name"], citation.get("title")),
                journals=_stated(citation.get("journal")),
                years=_stated(citation.get("year")),
                urls=_stated(guideline["url"]),
                text=f"{guideline['name']}\n{citation.get('title', '')}\n{body}",
            )
            yield str(citation.get("pmid", "")), part
            yield guideline["url"], part


def _pages(path: Path) -> Iterator[tuple[str, Held]]:
    for row in _lines(path):
        yield (
            row["url"],
            Held(
                titles=_stated(row["focus"], row["question"], f"{row['focus']} ({row['source']})"),
                urls=(row["url"],),
                text=f"{row['question']}\n{row['answer']}",
            ),
        )


def _stated(*values: Any) -> tuple[Any, ...]:
    return tuple(value for value in values if value)


def _strings(value: Any) -> Iterator[str]:
    """Every string and number in nested lists and mappings, gene names (keys) included, ids left out."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in {"id", "termId"}:
                yield str(key)
                yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif value is not None:
        yield str(value)


_READERS: dict[str, tuple[str, Callable[[Path], Iterator[tuple[str, Held]]]]] = {
    "evidence_inference": ("evidence_inference/articles.jsonl.gz", _trials),
    "mirage": ("mirage/bioasq_7b_9b.jsonl.gz", _snippets),
    "pubmedqa": ("pubmedqa/pubmedqa_dev500.json.gz", _question_papers),
    "pharmcat-2.12.0": ("pharmcat-2.12.0/guidelines.jsonl.gz", _guidelines),
    "medquad": ("medquad/medquad_answers.jsonl.gz", _pages),
}


def _letters(text: str) -> str:
    # Crawled titles carry stray spaces within words ("T he EXAMINE trial"), so spaces say nothing.
    return "".join(_words(text))


def main(arguments: list[str] | None = None) -> int:
    """Writes one line per problem and a closing line; 1 if there is a problem, else 0."""
    parser = argparse.ArgumentParser(prog="python -m retrieval.card_check", description=__doc__)
    parser.add_argument("--against", type=Path, metavar="DIR", help="the folder of the development data sets")
    parser.add_argument(
        "--cards", type=Path, metavar="DIR", default=FOLDER, help="the folder of the card files"
    )
    asked = parser.parse_args(arguments)
    started = time.perf_counter()
    try:
        cards = load(asked.cards)
    except CardError as wrong:
        sys.stdout.write(f"{wrong}\n")
        return 1
    problems = check(cards, asked.against)
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    what = "form, source, figures and wording" if asked.against else "form only (no --against DIR)"
    seconds = time.perf_counter() - started
    sys.stdout.write(f"{len(cards)} cards, {len(problems)} problems; checked {what} in {seconds:.1f} s\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
