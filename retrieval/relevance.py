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

from retrieval.embed import word_pieces
from retrieval.expand import Mention, Vocabulary
from retrieval.shorthand import asking, is_filler
from retrieval.word_index import WordIndex
from retrieval.words import ASKING, spelled, stem

_JOINT = re.compile(r"[-/*:]")
_ASKING = frozenset(stem(word) for word in ASKING)
_CODE = re.compile(r"^(?=.*\d)(?=.*[a-z])[\w*.:>+\-/]{3,}$|^[cgmnpr]\.\S+$")
_CLINICAL = re.compile(
    r"(?:mab|nib|pril|sartan|statin|gliptin|gliflozin|glutide|azole|mycin|cillin|xaban|triptan|olol|dipine|setron"
    r"|parin|lukast|oxetine|prazole|floxacin|cycline|barbital|azepam|itis|emia|pathy|ectomy|plasty|penia|algia)s?$"
)
_EVERYDAY = re.compile(
    r"(?:ed|ing|ly|ness|ments?|tions?|ity|ities|[ai]ble|ful|less|ists?|ship|ous|ism|i[sz]ers?|ery|ology|nosis)$"
)
_BEFORE = re.compile(
    r"\b([^\W\d_]{4,})(?:'s)? (?:syndrome|disease|disorder|deficiency|fever|palsy|virus)\b", re.I
)
_ACRONYM = re.compile(r"\b(?=[A-Z]\w*[A-Z])[A-Za-z]{3,5}[A-Z]\b")
_ONGOING = re.compile(
    r"\b(?:on|takes|taking|despite|failed)\s+((?:max\w*\s+|my |his |her |daily )?\S+(?:\s*(?:[+/&]|and)\s*\S+)*)",
    re.I,
)
RARE_PIECES = 3
"""A word that the model's word list breaks into so many pieces is hardly everyday English."""
RARE_LENGTH = 6
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
BACKGROUND = 0.25
SETTING = 0.2
"""The disease beside a gene and a drug that are asked about."""
TELLING = 0.25
"""Concepts that weigh less do not speak for a passage."""
TOLD = 0.6
"""What a story names, where the asking sentence itself names nothing."""
TAKEN = 0.4
"""A drug that somebody is on, where more is named: it may be the background or the question."""
SIGN, MOST_SIGNS = 0.2, 0.5
"""A code, an acronym or a rare word that a passage lacks; many of them only say that somebody wrote in haste."""
STRANGE = 0.6
"""What an everyday word that no passage holds weighs beside one that is as rare but held."""
STORY, STORY_OF_VAGUE = 0.35, 0.7
"""What the words around the asking sentences weigh; more where those name nothing themselves ("Is it any good?")."""
GUESS = 0.2
"""A corrected word may have been meant as it was written."""
UNKNOWN = 2.0
"""How much more it counts if no passage of the library names it."""


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


class Verdict(NamedTuple):
    """The share of the question's weight that a passage covers, and what the question names that it lacks."""

    coverage: float
    lack: float
    """How heavily the missing counts: 1 for a known drug, gene or disease, more for an unknown one."""
    missing: tuple[str, ...]


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
    named = _named(question)
    loose = {token: raw for token, raw in words.items() if token not in concept_of}
    names = {token: raw for token, raw in loose.items() if raw in named or is_name(raw)}
    signs = _signs(question, {t: raw for t, raw in loose.items() if t not in names}, mentions)
    concepts = _counting(question, mentions, vocabulary)
    unknown = [name for name in concepts if not vocabulary.speaks_of(name, held)]
    unknown += [raw for token, raw in names.items() if token not in index.frequency]
    strangers = _offered(question, mentions, vocabulary) & frozenset(unknown)
    concepts = {
        name: max(weight, float(name in strangers)) * (UNKNOWN if name in unknown else 1.0)
        for name, weight in concepts.items()
    }
    drugs, genes, diseases = (
        frozenset(mention.concept for mention in mentions if mention.section == section)
        for section in ("drugs", "genes", "conditions")
    )
    heavy = {*names, *_tokens_of([mention for mention in mentions if mention.section != "names"])}
    story = _story(question, vocabulary)
    weights = {
        token: index.idf(token)
        * (TECHNICAL if token in heavy else 1.0)
        * (1.0 if token in index.frequency or token in heavy or (story and token not in story) else STRANGE)
        * story.get(token, 1.0)
        for token in words
    }
    return Asked(
        weights,
        names,
        signs,
        concepts,
        drugs,
        genes,
        diseases,
        concept_of,
        corrected,
        tuple(dict.fromkeys(unknown)),
    )


def _signs(question: str, loose: Mapping[str, str], mentions: list[Mention]) -> dict[str, str]:
    """Codes, acronyms and rare words; how a variant is written is a detail where its gene is named."""
    short = _acronyms(question)
    found = {token: raw for token, raw in loose.items() if raw in short or is_technical(raw)}
    if any(mention.section == "genes" for mention in mentions):
        return {token: raw for token, raw in found.items() if not _CODE.match(raw)}
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
    lack = sum(_lacking(name, absent, question) for name in absent)
    lack += sum(UNKNOWN if raw in question.unknown else 1.0 for raw in words)
    lack += min(MOST_SIGNS, sum(SIGN for token in question.signs if token not in tokens))
    lack += GUESS * len(question.corrected)
    total = sum(question.weights.values())
    signs = (raw for token, raw in question.signs.items() if token not in tokens)
    missing = tuple(dict.fromkeys((*sorted(absent), *words, *signs)))
    return Verdict(covered / (total + SMOOTH), lack, missing)


def _named(question: str) -> frozenset[str]:
    """Words that name by their place: "Bartter syndrome"."""
    found = {match.group(1).casefold() for match in _BEFORE.finditer(question)}
    return frozenset(word for word in found if not _EVERYDAY.search(word))


def _acronyms(question: str) -> frozenset[str]:
    """Words that look like names by their capitals: "CLAPO". A hasty writer makes them up as well."""
    return frozenset(() if question.isupper() else map(str.casefold, _ACRONYM.findall(question)))


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
        return weight * 0.5
    if name not in question.diseases:
        return weight
    if question.genes and not (question.genes | question.drugs) & absent:
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


def is_name(word: str) -> bool:
    """True for words that name by their form: a drug's stem, the ending of a disease or an operation."""
    return bool(_CLINICAL.search(word))


def is_technical(word: str) -> bool:
    """True for names, for codes (genes, variants, alleles), and for words rare in English."""
    if is_name(word) or _CODE.match(word):
        return True
    if len(word) < RARE_LENGTH or _EVERYDAY.search(word):
        return False
    return min(pieces_of(word), pieces_of(word.removesuffix("s"))) >= RARE_PIECES


def pieces_of(word: str) -> int:
    """Into how many pieces the model's word list breaks a word; 1 where the list is not to be had."""
    known = word_pieces()
    if not known or not word.isalpha():
        return 1
    at = count = 0
    while at < len(word):
        end = next(
            (e for e in range(len(word), at, -1) if ("##" if at else "") + word[at:e] in known), at + 1
        )
        at, count = end, count + 1
    return count


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


NEARNESS, COVERAGE, LACK, LEADING, SHIFT = 11.9, 3.1, 3.4, 0.6, -8.2
"""Weights of cosine, coverage, lack and leading in the logistic, fitted on the fit halves of the development
questions; evals/bench/retrieval.py shows both halves."""
WORDS_ONLY = 8.0, -4.8
"""Weight of coverage and shift while there are no vectors: the words must then cover more."""


def relevance(cosine: float | None, verdict: Verdict, leading: float = 0.0) -> float:
    """0 to 1. ``leading`` is 0 to 2: first by meaning and by words at once. Without a cosine (no vectors yet)
    the words alone decide."""
    if cosine is None:
        sign = WORDS_ONLY[0] * verdict.coverage + WORDS_ONLY[1] - LACK * verdict.lack
    else:
        near = NEARNESS * cosine + COVERAGE * verdict.coverage + LEADING * leading
        sign = near - LACK * verdict.lack + SHIFT
    return 1 / (1 + math.exp(-sign))
