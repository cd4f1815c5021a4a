"""The first message of a patient, or of somebody who writes for one: clauses by a grammar, never free text.

The whole telling set of symptoms and every fact of life is always said; how many others are said and what stands
around them hangs on persona and literacy. ``said`` and ``denied`` tell a test what must be found again in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from evals.cases.case import Person, Span
from evals.cases.draw import Beside, Present
from evals.cases.phrases import said
from evals.cases.render.choice import PARENTS, Wording, alike, can_say, phrase
from evals.cases.render.fillers import AND, EVENTS, FILLERS, KIN, KIN_SENTENCES, YOUNG, age_words, since
from evals.cases.streams import stream
from evals.cases.world import Stratum, World

_EXTRAS = {"terse": 1, "minimising": 1, "plain": 3, "anxious": 3, "rambling": 9}
_DENIALS = {"terse": 1, "minimising": 1, "plain": 2, "anxious": 1, "rambling": 2}
TALKS = 2
"""Below these years a parent denies only what has words of its own for a child."""
_DRAWS = 120
"""More than the longest message needs."""
_EIGHT = re.compile(r"\b(a) (8\d?|11|18)\b")
_GROWN = {language: re.compile(r"\b(?:" + "|".join(words) + r")\b") for language, words in YOUNG.items()}
_ELIDED = re.compile(r"\bde (?=[aeiouyhàâéèêëîïôûù])", re.I)
_ARTICLE = re.compile(r"^(a|an|the) ")
_YOUNG = re.compile(r"\b(young|growing|teeth\w*)\b")


class Message(NamedTuple):
    """A lay message with what it says: symptom ids, where they stand, what is denied, and the facts told beside."""

    text: str
    language: str
    spans: tuple[Span, ...]
    """Of every symptom said, in the order of the text."""
    denied: tuple[str, ...]
    who: str
    """The words that tell age and sex."""
    drugs: str = ""
    problems: str = ""
    pregnant: str = ""


class _Text:
    """Grows a message and remembers where each symptom stands."""

    def __init__(self, low: bool) -> None:
        self.parts: list[str] = []
        self.spans: list[Span] = []
        self.length = 0
        self.low = low

    def add(self, text: str, flag: str = "", offset: int = 0) -> str:
        """A sentence; ``offset`` characters before the symptom itself."""
        if not text:
            return ""
        text = text[0].upper() + text[1:] if not self.low else text
        text = text if text[-1] in ".?!," else text + "."
        start = self.length + (1 if self.parts else 0)
        if flag:
            self.spans.append(
                Span.model_construct(flag=flag, start=start + offset, end=start + len(text.rstrip(".?!,")))
            )
        self.parts.append(text)
        self.length = start + len(text)
        return text


def message(
    stratum: Stratum, held: World, who: Person, there: Present, has: Beside, hours: float, wording: Wording,
    seed: int, index: int,
) -> Message:  # fmt: skip
    """The message in the person's language where every symptom can be said in it, else in English."""
    draws = iter(stream(seed, index, "words").random(_DRAWS).tolist())
    order = _said(stratum, who, there, draws)
    language = who.language if can_say(held, who, order, who.language, wording) else "en"
    teller = _Teller(stratum, held, who, there, language, order, draws)
    text = _Text(low=who.literacy == "low" and next(draws) < 0.6)
    about = teller.open(text)
    teller.tell(text, wording, hours)
    pregnant = text.add(teller.pregnant())
    drugs, problems = (
        text.add(teller.fill(words)) for words in _beside(has, who, language, next(draws), next(draws))
    )
    denied = teller.close(text)
    return Message(
        " ".join(text.parts), language, tuple(text.spans), denied, about, drugs, problems, pregnant
    )


class _Teller(NamedTuple):
    """Who says what in which order; its methods add the parts of the message in turn."""

    stratum: Stratum
    held: World
    who: Person
    there: Present
    language: str
    order: Sequence[str]
    draws: Iterator[float]

    def fill(self, text: str) -> str:
        """Tokens in the first person, or about him or her."""
        return said(text, self.who.sex, bool(self.who.proxy))

    def pick(self, texts: Sequence[str]) -> str:
        return _one(texts, next(self.draws))

    def open(self, text: _Text) -> str:
        """Greeting, age and sex (given back), and what fear or talkativeness puts before the matter."""
        words, persona = FILLERS[self.language], self.who.persona
        if persona != "terse":
            text.add(self.pick(words.openings))
        about = text.add(_who(self.who, self.language, next(self.draws)))
        if persona in ("anxious", "rambling"):
            text.add(self.pick(words.anxious if persona == "anxious" else words.rambling))
        return about

    def tell(self, text: _Text, wording: Wording, hours: float) -> None:
        """Each symptom in a sentence, and since when after the first or second."""
        words = FILLERS[self.language]
        onset = words.happened if EVENTS & set(self.there.told) else words.onset
        onset_at = min(int(next(self.draws) * 2), len(self.order) - 1)
        for place, name in enumerate(self.order):
            clause = phrase(self.held.symptoms[name], self.who, self.language, wording, next(self.draws))
            belittled = self.who.persona == "minimising" and place == 0
            start = f"{self.pick(words.minimising)} " if belittled else ""
            text.add(start + self.fill(clause.text), name, len(start))
            if place == onset_at:
                text.add(self.pick(onset).format(when=since(hours, self.language)))

    def pregnant(self) -> str:
        """Said from week 13 on; before, only a symptom says it, because many do not know it yet."""
        words, weeks, draw = FILLERS[self.language].pregnant, self.who.weeks_pregnant, next(self.draws)
        told = any(name in self.order for name in self.held.population.pregnant_symptoms.ids)
        if not weeks or weeks < 13 or told:
            return ""
        return self.fill(_one(words, draw).replace("{weeks}", str(weeks)))

    def close(self, text: _Text) -> tuple[str, ...]:
        """A wrong comfort, what is denied (ids given back), the question."""
        comforts = self.stratum.condition.reassurance
        if self.who.persona == "minimising" and not self.who.proxy and self.language == "en" and comforts:
            comfort = self.pick(comforts)
            text.add("" if self.who.age_years > 30 and _YOUNG.search(comfort) else comfort)
        denied = self.denied(next(self.draws))
        text.add(_denial(self.held, denied, self.language, next(self.draws)))
        text.add(self.pick(FILLERS[self.language].closing))
        return denied

    def denied(self, draw: float) -> tuple[str, ...]:
        """Symptoms that are absent, worth denying, and share no word with anything that is there."""
        count = int(draw * (_DENIALS[self.who.persona] + 1))
        if not count:
            return ()
        known, there = self.held.symptoms, self.there.symptoms
        here = [name for name, is_there in there.items() if is_there]
        able = [
            name
            for name in dict.fromkeys(
                (*self.stratum.severity.absent, *self.stratum.condition.must_ask, *there)
            )
            if there.get(name) is False
            and name not in self.held.facts
            and (self.who.age_years >= TALKS or any(phrase.who == "child" for phrase in known[name].en))
            and self.language in known[name].noun
            and not any(alike(known[name], known[other]) for other in here)
        ]
        return tuple(_shuffled(able[:6], self.draws)[:count])


def _said(stratum: Stratum, who: Person, there: Present, draws: Iterator[float]) -> list[str]:
    """Told set and context with some of the rest, in an order of their own."""
    surely = list(dict.fromkeys((*there.told, *stratum.severity.context)))
    rest = [name for name, is_there in there.symptoms.items() if is_there and name not in surely]
    rest = _shuffled(rest, draws)[: _EXTRAS[who.persona]]
    return _shuffled(surely + rest, draws)


def _shuffled(names: list[str], draws: Iterator[float]) -> list[str]:
    names = list(names)
    for place in range(len(names) - 1, 0, -1):
        other = int(next(draws) * (place + 1))
        names[place], names[other] = names[other], names[place]
    return names


def _one(texts: Sequence[str], draw: float) -> str:
    return texts[int(draw * len(texts))] if texts else ""


def _who(who: Person, language: str, draw: float) -> str:
    words = FILLERS[language]
    age = age_words(who.age_days, language)
    years = int(who.age_years)
    if who.proxy in PARENTS:
        plural = age if language != "en" or age.startswith("1 ") else age + "s"
        template = _one(words.child, draw)
        return template.format(
            age=plural if "is {age}" in template or ", {age}" in template else age, kin=words.kin[who.sex]
        )
    if who.proxy:
        sex = "woman" if who.sex == "female" else "man"
        return _an(_one(KIN_SENTENCES, draw).format(kin=KIN[who.proxy, who.sex], sex=sex, age=years))
    template = _one(words.self_female if who.sex == "female" else words.self_male, draw)
    if years < 16:
        template = _GROWN[language].sub(lambda hit: YOUNG[language][hit.group()], template)
    return _an(template.format(age=years)) if language == "en" else template.format(age=years)


def _an(text: str) -> str:
    """ "an 80 year old", "an 18 year old"."""
    return _EIGHT.sub(r"\1n \2", text)


def _beside(has: Beside, who: Person, language: str, first: float, second: float) -> tuple[str, str]:
    """Drugs and long-standing diseases, said by some."""
    words = FILLERS[language]
    chance = {"terse": 0.15, "rambling": 0.9}.get(who.persona, 0.45)
    drugs = problems = ""
    if has.drugs and first < chance and words.takes and not (who.proxy and language != "en"):
        names = AND[language].join(
            [", ".join(drug.name for drug in has.drugs[:-1])] * (len(has.drugs) > 1) + [has.drugs[-1].name]
        )
        drugs = _one(words.takes, first / chance).replace("{drugs}", names)
    if has.chronic and second < chance and words.has:
        listed = [one.plain for one in has.chronic]
        names = AND[language].join([", ".join(listed[:-1])] * (len(listed) > 1) + [listed[-1]])
        problems = _one(words.has, second / chance).replace("{problems}", names)
    return drugs, problems


def _denial(held: World, denied: Sequence[str], language: str, draw: float) -> str:
    nouns = [_ARTICLE.sub("", held.symptoms[name].noun[language]) for name in denied]
    if not nouns:
        return ""
    words = FILLERS[language]
    texts = words.deny_one if len(nouns) == 1 else words.deny_two
    denial = _one(texts, draw).format(a=nouns[0], b=nouns[-1])
    return _ELIDED.sub("d'", denial) if language == "fr" else denial
