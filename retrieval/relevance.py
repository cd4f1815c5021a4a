"""Is a passage about what was asked? A figure from 0 to 1 that a floor can cut, beside the ranking.

The ranking says which passage is nearest; it cannot say that the nearest is far. Relevance joins two signs:
how near the passage is by the embedding, and how much of what the question names, weighed by rarity, it names.
What is named as a drug, gene, disease or other technical word weighs most: a passage on the right disease and
the wrong drug is no answer.
"""

from __future__ import annotations

import math
import re
from collections.abc import Container, Mapping, Sequence
from typing import NamedTuple

from retrieval.aspects import Aspect, aspects_of
from retrieval.embed import word_pieces
from retrieval.expand import Mention, Vocabulary
from retrieval.shorthand import asking, is_filler
from retrieval.technical import CODE, acronyms, is_name, is_technical, named_by_place, pieces_of
from retrieval.word_index import WordIndex
from retrieval.words import ASKING, spelled, stem

_JOINT = re.compile(r"[-/*:]")
_ASKING = frozenset(stem(word) for word in ASKING)
_ONGOING = re.compile(
    r"\b(?:on|takes|taking|despite|failed)\s+((?:max\w*\s+|my |his |her |daily )?\S+(?:\s*(?:[+/&]|and)\s*\S+)*)",
    re.I,
)
SMOOTH = 3.0
"""Weight that no passage covers: a question with one everyday word must not count as covered by it alone."""
TECHNICAL = 2.5
"""How much more a technical word weighs than an everyday one of equal rarity."""
SECTION_WEIGHT = {
    "drugs": 1.0,
    "genes": 1.0,
    "conditions": 1.0,
    "classes": 0.3,
    "names": 0.1,
    "measures": 0.4,
}
"""How much it counts that a passage lacks what the question names, by section of the vocabulary."""
INHERITED = frozenset(
    {"poor metabolizer", "intermediate metabolizer", "ultrarapid metabolizer", "genetic testing"}
)
"""Concepts that ask about genes without naming one: "I break down sertraline slowly"."""
BACKGROUND = 0.25
SETTING = 0.2
"""The disease beside a gene and a drug that are asked about."""
TELLING = 0.25
"""Concepts that weigh less do not speak for a passage."""
TOLD = 0.6
"""What a story names, where the asking sentence itself names nothing."""
TAKEN = 0.4
"""A drug that somebody is on, where more is named: it may be the background or the question."""
SIGN, SIGN_UNKNOWN, MOST_SIGNS = 0.2, 0.35, 0.6
"""A code, an acronym or a rare word that a passage lacks, and one that no passage holds; many of them only say that
somebody wrote in haste."""
STRANGE = 0.6
"""What an everyday word that no passage holds weighs beside one that is as rare but held."""
STORY, STORY_OF_VAGUE = 0.35, 0.7
"""What the words around the asking sentences weigh; more where those name nothing themselves ("Is it any good?")."""
GUESS = 0.2
"""A corrected word may have been meant as it was written."""
PASSING, PASSING_OF_VAGUE = 0.7, 1.0
"""What an aspect counts that only the story names, where the asking sentences ask about none."""
MOST_UNSAID = 1.5
"""Several aspects at once are often one asked in several words."""
OVER = 0.6
"""A drug that a passage lacks, of a class that it names."""
TOGETHER = "interaction"
"""The aspect under which two drugs are wanted together: a passage on one of them is no answer."""
UNKNOWN, UNKNOWN_DISEASE = 2.0, 1.5
"""How much more it counts if no passage of the library names it; a disease is more often only said in other words."""


class Asked(NamedTuple):
    """A question as it is judged: its telling tokens with their weights, and the concepts that it names."""

    weights: Mapping[str, float]
    technical: Mapping[str, str]
    """Names outside the vocabulary by token, with the word as written."""
    signs: Mapping[str, str]
    """Codes, acronyms and rare words outside the vocabulary: weak evidence where a passage lacks them."""
    concepts: Mapping[str, float]
    """What the question names, and how much it counts where that is lacking."""
    drugs: frozenset[str]
    genes: frozenset[str]
    diseases: frozenset[str]
    concept_of: Mapping[str, frozenset[str]]
    """The concepts that a token took part in naming."""
    corrected: Mapping[str, str]
    """Misspelt words and the held token that was meant."""
    unknown: tuple[str, ...]
    """What the question names and no passage of the library does."""
    compares: bool = True
    """False where two things that it names are wanted together, not one against the other."""
    strange: frozenset[str] = frozenset()
    """Those of the ``signs`` that no passage holds."""
    length: float = 0.0
    """The logarithm of its number of words: the longer it is told, the less of it a passage covers."""
    aspects: Mapping[Aspect, float] = {}
    """What it wants to know: cost, pregnancy, driving ..., and how much it counts where that is not spoken of. The
    stems that speak of them stand among ``weights`` with no weight of their own."""


class Verdict(NamedTuple):
    """The share of the question's weight that a passage covers, and what the question names that it lacks."""

    coverage: float
    lack: float
    """How heavily the missing counts: 1 for a known drug, gene or disease, more for an unknown one."""
    missing: tuple[str, ...]
    unsaid: float = 0.0
    """How heavily it counts that the passage does not speak of the aspects that are asked about: 1 for one."""
    length: float = 0.0
    """Of the question, as in :class:`Asked`."""


def asked(question: str, index: WordIndex, vocabulary: Vocabulary, held: frozenset[str]) -> Asked:
    """Weigh the words of a question by rarity in the library, technical ones more; ``held`` are its concepts.

    Of a message of several sentences the asking ones count in full, the story around them in part.
    """
    mentions = vocabulary.mentions(question)
    concept_of = _tokens_of(mentions)
    words = {token: raw for token, raw in spelled(question).items() if _telling(token, raw)}
    corrected = {
        raw: meant for token, raw in words.items() if (meant := _meant(token, raw, index, vocabulary))
    }
    mentions += vocabulary.mentions(" ".join(corrected.values()))
    words = {stem(corrected[raw]) if raw in corrected else token: raw for token, raw in words.items()}
    concept_of |= _tokens_of(mentions[-len(corrected) :] if corrected else [])
    words = {token: raw for token, raw in words.items() if not _part(token, words)}
    named = named_by_place(question)
    loose = {token: raw for token, raw in words.items() if token not in concept_of}
    names = {token: raw for token, raw in loose.items() if raw in named or is_name(raw)}
    signs = _signs(question, {t: raw for t, raw in loose.items() if t not in names}, mentions)
    concepts = _counting(question, mentions, vocabulary)
    drugs, genes, diseases = (
        frozenset(mention.concept for mention in mentions if mention.section == section)
        for section in ("drugs", "genes", "conditions")
    )
    unknown = [name for name in concepts if not vocabulary.speaks_of(name, held)]
    unknown += [raw for token, raw in names.items() if token not in index.frequency]
    strangers = _offered(question, mentions, vocabulary) & frozenset(unknown)
    concepts = {
        name: max(weight, float(name in strangers))
        * (1.0 if name not in unknown else UNKNOWN_DISEASE if name in diseases else UNKNOWN)
        for name, weight in concepts.items()
    }
    heavy = {*names, *_tokens_of([mention for mention in mentions if mention.section != "names"])}
    story = _story(question, vocabulary)
    weights = {
        token: index.idf(token)
        * (TECHNICAL if token in heavy else 1.0)
        * (1.0 if token in index.frequency or token in heavy or (story and token not in story) else STRANGE)
        * story.get(token, 1.0)
        for token in words
    }
    aspects = _aspects(question, vocabulary)
    return Asked(
        dict.fromkeys((stem for aspect in aspects for stem in sorted(aspect.stems)), 0.0) | weights,
        names,
        signs,
        concepts,
        drugs,
        genes,
        diseases,
        concept_of,
        corrected,
        tuple(dict.fromkeys(unknown)),
        not any(aspect.name == TOGETHER for aspect in aspects),
        frozenset(token for token in signs if token not in index.frequency),
        math.log(max(1, len(question.split()))),
        aspects,
    )


def _signs(question: str, loose: Mapping[str, str], mentions: list[Mention]) -> dict[str, str]:
    """Codes, acronyms and rare words; how a variant is written is a detail where its gene is named."""
    short = acronyms(question)
    found = {token: raw for token, raw in loose.items() if raw in short or is_technical(raw)}
    if any(mention.section == "genes" for mention in mentions):
        return {token: raw for token, raw in found.items() if not CODE.match(raw)}
    return found


def _telling(token: str, raw: str) -> bool:
    return len(token) > 1 and token not in _ASKING and not is_filler(token) and not is_filler(raw)


def _story(question: str, vocabulary: Vocabulary) -> dict[str, float]:
    """How much the tokens count that stand only around the asking sentences; none where all of it asks."""
    ask = asking(question)
    if ask == question:
        return {}
    share = STORY if vocabulary.mentions(ask) else STORY_OF_VAGUE
    own = spelled(ask)
    return {token: share for token in spelled(question) if token not in own}


def _aspects(question: str, vocabulary: Vocabulary) -> dict[Aspect, float]:
    """What is asked about, and how much it counts; what only the story around names counts in part, more where the
    asking sentences name nothing themselves ("I missed a tablet. What now?")."""
    ask = asking(question)
    wanted = {aspect: aspect.weight for aspect in aspects_of(ask)}
    if ask == question or wanted:
        return wanted
    share = PASSING if vocabulary.mentions(ask) else PASSING_OF_VAGUE
    return {aspect: aspect.weight * share for aspect in aspects_of(question)}


def judge(
    question: Asked, tokens: Container[str], concepts: frozenset[str], vocabulary: Vocabulary
) -> Verdict:
    """What a passage with these tokens and concepts covers of the question."""
    absent = {name for name in question.concepts if not vocabulary.speaks_of(name, concepts)}
    covered = 0.0
    for token, weight in question.weights.items():
        named = question.concept_of.get(token, frozenset())
        if token in tokens or (named and not named <= absent):
            covered += weight
    words = [raw for token, raw in question.technical.items() if token not in tokens]
    lack = sum(
        _lacking(name, absent, question) * (OVER if vocabulary.speaks_of_class(name, concepts) else 1.0)
        for name in absent
    )
    lack += sum(UNKNOWN if raw in question.unknown else 1.0 for raw in words)
    strange = (
        SIGN_UNKNOWN if token in question.strange else SIGN for token in question.signs if token not in tokens
    )
    lack += min(MOST_SIGNS, sum(strange))
    lack += GUESS * len(question.corrected)
    total = sum(question.weights.values())
    signs = (raw for token, raw in question.signs.items() if token not in tokens)
    silent = [aspect for aspect in question.aspects if not aspect.spoken_by(tokens)]
    missing = tuple(dict.fromkeys((*sorted(absent), *words, *signs, *(aspect.name for aspect in silent))))
    unsaid = min(MOST_UNSAID, sum(question.aspects[aspect] for aspect in silent))
    return Verdict(covered / (total + SMOOTH), lack, missing, unsaid, question.length)


def _counting(question: str, mentions: list[Mention], vocabulary: Vocabulary) -> dict[str, float]:
    """What each named concept counts. What the asking sentences of a message do not name counts as background."""
    ask = asking(question)
    wanted = vocabulary.concepts(ask) if ask != question else frozenset()
    ongoing = vocabulary.concepts(" . ".join(_ONGOING.findall(question)))
    if not {mention.concept for mention in mentions} - ongoing:
        ongoing = frozenset()

    def share(mention: Mention) -> float:
        if ask != question and mention.concept not in wanted:
            return BACKGROUND if wanted else TOLD
        return TAKEN if mention.concept in ongoing and mention.section == "drugs" else 1.0

    return {mention.concept: SECTION_WEIGHT[mention.section] * share(mention) for mention in mentions}


def _offered(question: str, mentions: Sequence[Mention], vocabulary: Vocabulary) -> frozenset[str]:
    """The drugs of a message that nobody is said to be on: one that the library does not hold is what is asked about,
    also where the asking sentence does not repeat it ("I am offered X. Will I need less Y?")."""
    ongoing = vocabulary.concepts(" . ".join(_ONGOING.findall(question)))
    return frozenset(mention.concept for mention in mentions if mention.section == "drugs") - ongoing


def _lacking(name: str, absent: set[str], question: Asked) -> float:
    """How much it counts that a passage lacks a concept.

    Of two known drugs that are compared, a passage on one is half an answer. A disease is often only the setting:
    where the passage has the genes and drugs that are asked about, and the more of all the rest it has.
    """
    weight = question.concepts[name]
    if name in question.drugs and name not in question.unknown and not question.drugs <= absent:
        return weight * (0.5 if question.compares else 1.0)
    if name not in question.diseases:
        return weight
    of_genes = question.genes or (question.drugs and not INHERITED.isdisjoint(question.concepts))
    if of_genes and not (question.genes | question.drugs) & absent:
        return weight * SETTING
    met = sum(share >= TELLING for other, share in question.concepts.items() if other not in absent)
    return weight / max(1, met)


def _tokens_of(mentions: list[Mention]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for mention in mentions:
        for token in mention.stems:
            found.setdefault(token, set()).add(mention.concept)
    return {token: frozenset(names) for token, names in found.items()}


def _part(token: str, words: Mapping[str, str]) -> bool:
    """True for a compound whose parts are weighed already ("placebo-controlled", "CYP2C19*2/*2")."""
    return any(part in words for part in (stem(piece) for piece in _JOINT.split(token)) if part != token)


def _meant(token: str, raw: str, index: WordIndex, vocabulary: Vocabulary) -> str | None:
    """The word that a clipped or misspelt one stands for: one slip, two in a long word, the first letter right."""
    if len(token) < 5 or not token.isalpha() or token in index.frequency or token in vocabulary.stems:
        return None
    if clipped := vocabulary.clipped(raw):
        return clipped
    if 1 in (pieces_of(raw), pieces_of(token)) and word_pieces():  # an English word is meant as it stands
        return None
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    known = sorted(word for word in {*index.frequency, *vocabulary.stems} if _near(word, token))
    slips = 1 if len(token) < 9 or is_name(raw) else 2  # what ends as a drug does may be another drug
    best = process.extractOne(token, known, scorer=OSA.distance, score_cutoff=slips)
    return str(best[0]) if best else None


def _near(word: str, token: str) -> bool:
    return word[0] == token[0] and abs(len(word) - len(token)) <= 2 and len(word) >= 5 and word.isalpha()


class Weights(NamedTuple):
    """What each sign counts in the logistic."""

    nearness: float
    """Of the cosine."""
    coverage: float
    lack: float
    unsaid: float
    leading: float
    length: float
    shift: float

    def value(self, cosine: float, verdict: Verdict, leading: float) -> float:
        """0 to 1."""
        sign = self.nearness * cosine + self.coverage * verdict.coverage + self.leading * leading + self.shift
        sign += self.length * verdict.length - self.lack * verdict.lack - self.unsaid * verdict.unsaid
        return 1 / (1 + math.exp(-sign))


QUESTIONED = Weights(11.0, 3.1, 3.5, 3.3, 0.55, 0.6, -8.4)
"""For passages that carry questions of their own, as cards do: question is compared with question. Fitted on the fit
halves of the development questions (evals/literature/fit.py); the shift was set so that both halves together answer and
refuse with the same margin."""
TEXT_ONLY = Weights(5.1, 4.15, 1.5, 1.0, 2.0, 0.0, -6.86)
"""For passages that are text alone, as abstracts are: their cosines are lower. Fitted on "Does I (against C) change O?"
of half of 500 evidence_inference articles, of which half were held."""
WORDS_ONLY = Weights(0.0, 8.0, 3.4, 3.3, 0.0, 0.0, -4.8)
"""While there are no vectors: the words must then cover more."""


def relevance(cosine: float | None, verdict: Verdict, leading: float = 0.0, questioned: bool = True) -> float:
    """0 to 1. ``leading`` is 0 to 2: first by meaning and by words at once. ``questioned``: the passage carries
    questions of its own. Without a cosine (no vectors yet) the words alone decide."""
    if cosine is None:
        return WORDS_ONLY.value(0.0, verdict, 0.0)
    return (QUESTIONED if questioned else TEXT_ONLY).value(cosine, verdict, leading)
