"""Abstracts and questions that a seed makes: no text of anybody's, the statistics of real ones.

Words follow Zipf's law (rank to the power -1), the commonest are the stop words and words of asking of our own word
index, the rest are made of syllables. Names of conditions, drugs and measures are those of our vocabulary, so that the
product's expansion and judging have their usual work. Lengths follow PubMed's structured abstracts: 150 to 250 words in
four sections.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import accumulate
from typing import NamedTuple

import yaml

from retrieval.evidence import Depth, Source
from retrieval.expand import FILES
from retrieval.passages import Document, Section, StudyKind
from retrieval.words import ASKING, STOP

SEED = 2026
COINED = 30_000
"""Made words beside the common ones; a corpus of this size has about as many that are not names."""
FIRST = 30
"""Ranks that are stop words only."""
_SYLLABLES = [
    start + vowel for start in "b c d f g l m n p r s t v z br cr tr pl st".split() for vowel in "aeiou"
]
_ENDINGS = ("n", "ine", "ol", "ic", "ation", "al", "ous", "in", "ed", "ing", "s", "ity", "osis", "emia")
_DESIGNS = (
    (StudyKind.TRIAL, "a randomised controlled trial", "Randomized Controlled Trial"),
    (StudyKind.OBSERVATIONAL, "a cohort study", "Observational Study"),
    (StudyKind.REVIEW, "a systematic review", "Systematic Review"),
    (StudyKind.OTHER, "a report", "Journal Article"),
)
_SECTIONS = (("BACKGROUND", 2), ("METHODS", 3), ("RESULTS", 4), ("CONCLUSIONS", 2))


class Names(NamedTuple):
    """Canonical names of our vocabulary, each list in its own order."""

    conditions: tuple[str, ...]
    drugs: tuple[str, ...]
    measures: tuple[str, ...]


@cache
def names() -> Names:
    """What the vocabulary that ships names."""
    held: dict[str, list[str]] = {section: [] for section in Names._fields}
    for file in FILES:
        raw = yaml.load(
            file.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        )
        for section, lines in held.items():
            lines += [line[0] for line in raw.get(section) or ()]
    return Names(*(tuple(dict.fromkeys(held[section])) for section in Names._fields))


@cache
def lexicon() -> tuple[str, ...]:
    """Words by rank, the commonest first."""
    draw = random.Random(SEED)
    stop, asking = sorted(STOP), sorted(ASKING)
    draw.shuffle(stop)
    later = stop[FIRST:] + asking
    draw.shuffle(later)
    held = dict.fromkeys(word for word in stop[:FIRST] + later if word.isalpha())
    while len(held) < COINED:
        stem = "".join(draw.choices(_SYLLABLES, k=draw.choice((1, 2, 2, 3))))
        held.setdefault(stem + draw.choice(_ENDINGS))
    return tuple(held)


@cache
def _weights() -> tuple[float, ...]:
    """Cumulative weights of the lexicon by Zipf's law."""
    return tuple(accumulate(1 / rank for rank in range(1, len(lexicon()) + 1)))


def documents(count: int, first: int = 0) -> Iterator[Document]:
    """Made abstracts number ``first`` to ``first + count - 1``; the same number is always the same abstract."""
    for number in range(first, first + count):
        yield document(number)


def document(number: int) -> Document:
    """The made abstract with this number; it has no PMID, for nobody wrote it."""
    draw = random.Random(f"{SEED} {number}")
    drug, condition = _often(draw, names().drugs), _often(draw, names().conditions)
    kind, design, published_as = draw.choices(_DESIGNS, weights=(5, 3, 1, 3))[0]
    about = (drug, condition, draw.choice(names().measures))
    text, sections = _text(draw, about)
    return Document(
        source=Source(
            id=f"made:{number:06d}",
            title=f"{drug.capitalize()} in {condition}: {design} of {' '.join(_words(draw, 4))}",
            version="made",
            licence="made by a seed",
            depth=Depth.ABSTRACT,
            year=draw.randint(1985, 2026),
        ),
        text=text,
        kind=kind,
        sections=sections,
        mesh=about,
        publication_types=(published_as,),
    )


def _often(draw: random.Random, listed: Sequence[str]) -> str:
    """One of a list, the first ones far more often: a few drugs and diseases have most of the papers."""
    return listed[min(len(listed) - 1, int(10 * ((len(listed) / 10 + 1) ** draw.random() - 1)))]


def _text(draw: random.Random, about: tuple[str, ...]) -> tuple[str, tuple[Section, ...]]:
    text, sections = "", []
    for name, sentences in _SECTIONS:
        start = len(text)
        text += " ".join(_sentence(draw, about) for _ in range(sentences)) + "\n"
        sections.append(Section(name=name, start=start, end=len(text) - 1))
    return text.rstrip("\n"), tuple(sections)


def _sentence(draw: random.Random, about: tuple[str, ...]) -> str:
    said = _words(draw, draw.randint(10, 22))
    for name in about:
        if draw.random() < 0.4:
            said.insert(draw.randrange(len(said)), name)
    if draw.random() < 0.3:
        low = draw.randint(20, 180) / 100
        said.append(f"({low:.2f}, 95% CI {low - 0.15:.2f} to {low + 0.21:.2f}; n = {draw.randint(20, 4000)})")
    return " ".join(said).capitalize() + "."


def _words(draw: random.Random, count: int) -> list[str]:
    return draw.choices(lexicon(), cum_weights=_weights(), k=count)


_FORMS = (
    "Does {drug} help in {condition}?",
    "Is {drug} better than placebo for {condition}?",
    "What is the effect of {drug} on {measure} in adults with {condition}?",
    "{drug} {condition} {measure}",
    "I have {condition} and my doctor wants to start {drug}. What should I expect of it?",
    "How often does {drug} cause {word} {second} in patients with {condition}?",
)
"""A clinician's, a note's and a patient's; the last one asks about what no abstract on it says."""


def questions(count: int, held: int) -> tuple[str, ...]:
    """Questions about ``count`` of the ``held`` abstracts, one form after the other."""
    draw = random.Random(f"{SEED} questions")
    made = []
    for turn in range(count):
        drug, condition, measure = document(draw.randrange(held)).mesh
        word, second = draw.choices(lexicon()[400:8000], k=2)
        form = _FORMS[turn % len(_FORMS)]
        made.append(form.format(drug=drug, condition=condition, measure=measure, word=word, second=second))
    return tuple(made)
