"""The simulated patient: answers what is asked from the facts of the case, the same way every time.

It knows ``case.dialogue`` and who the person is, nothing else of the case. It never lies about a sign that is there:
"I don't know" is only said of what is absent, and a wrong recall is put right in the same breath.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from zlib import crc32

import numpy as np

from evals.cases.case import Case, Slot
from evals.cases.conditions import symptoms
from evals.cases.render.vocabulary import MAYBE, affirms, meant

NONE, UNKNOWN, YES, NO = "none", "unknown", "yes", "no"
LOST = {
    "en": "I'm not sure what you mean.",
    "es": "No sé a qué se refiere.",
    "fr": "Je ne comprends pas bien la question.",
    "de": "Ich weiß nicht, was Sie meinen.",
}
_YES = {"en": "Yes", "es": "Sí", "fr": "Oui", "de": "Ja"}
_NO = {"en": "No", "es": "No", "fr": "Non", "de": "Nein"}
_DUNNO = {"en": "I don't know.", "es": "No lo sé.", "fr": "Je ne sais pas.", "de": "Das weiß ich nicht."}
_WAITING = {
    "en": "Hm, let me think.",
    "es": "Espere, déjeme pensar.",
    "fr": "Attendez, je réfléchis.",
    "de": "Moment, ich überlege.",
}
FACTS: Mapping[str, str] = {
    "age": r"\bhow old\b|\bage\b|\bborn\b|\bbirth|\bedad\b|\baños tiene\b|\bâge\b|\balt\b|\balter\b",
    "onset": r"\bwhen did\b|\bhow long\b|\bsince when\b|\bstart|\bbegin|\bbegan\b|\bcuándo\b|\bdepuis\b"
             r"|\bseit\b|\bwann\b",
    "pregnant": r"\bpregnan|\bembaraz|\benceinte\b|\bschwanger",
    "weight": r"\bweigh|\bpeso\b|\bpèse|\bpoids\b|\bgewicht\b|\bwiegen\b",
    "drugs": r"\bmedicines?\b|\bmedications?\b|\btablets?\b|\bdrugs?\b|\btaking\b|\bmedicament|\bmédicament"
             r"|\bmedikament",
    "allergies": r"\ballerg|\balergi|\ballergi",
    "sex": r"\bsex\b|\bgender\b|\bmale or female\b|\bsexo\b|\bsexe\b|\bgeschlecht\b",
}  # fmt: skip
"""Questions about facts that are no symptom."""
_COURSE = re.compile(
    r"\b(?:much |getting )?(?:worse|better)\b|\bthe same for\b|\bpeor|\bmejor|\bpire|\bmieux|\bschlimmer|\bbesser",
    re.IGNORECASE,
)
"""How it went since it began: no slot holds that, and what no slot holds is not so."""
_LISTED = re.compile(r"\s*\([^()]*\)\s*$")
"""The answers in brackets behind a question that is shown without buttons; they are no part of what is asked."""
_ASIDES = ("Well, where do I begin. ", "As I said to my sister the other day, ", "It's a long story, but ")
_SHRUGS = (" It's not that bad though.", " I can live with it.", " Probably nothing.")
_FEARS = (" Should I be scared?", " I'm really frightened.", " Please tell me what this is.")


class SimulatedPatient:
    """One person in one talk. ``unmatched`` counts questions that were not understood, ``asked`` all of them."""

    def __init__(self, case: Case) -> None:
        if case.dialogue is None:
            raise ValueError("this case has no dialogue: nothing is known of how the person answers")
        self.unmatched = 0
        self.asked = 0
        self._dialogue = case.dialogue
        self._slots: Mapping[str, Slot] = {slot.id: slot for slot in case.dialogue.slots}
        self._persona = case.latent.person.persona
        self._language = case.presented.language if case.presented.language in LOST else "en"
        self._turn = 1
        self._told: set[str] = set()

    def answer(
        self, ids: Sequence[str], text: str, choices: Mapping[str, str]
    ) -> tuple[str, tuple[str, ...]]:
        """The words and the chosen ids that answer a question; words may go along with chosen ids.

        ``ids`` are the question's own ids or the names of missing inputs, ``text`` its words, ``choices`` id to label.
        """
        self._turn += 1
        self.asked += 1
        volunteered = self._volunteered()
        text = _LISTED.sub("", text)
        if set(choices) - {UNKNOWN}:
            words, chosen = self._choose(ids, text, choices)
        else:
            words, chosen = self._say(ids, text), ()
        return " ".join(part for part in (words, volunteered) if part), chosen

    def unasked(self) -> str:
        """What is said where nothing was asked: the sign to be volunteered when its turn has come, before that a few
        words that say nothing, else nothing at all."""
        self._turn += 1
        told = self._dialogue.volunteers
        if told is not None and self._turn < told[0] and told[1] not in self._told:
            return _WAITING[self._language]
        return self._volunteered()

    # choices

    def _choose(
        self, ids: Sequence[str], text: str, choices: Mapping[str, str]
    ) -> tuple[str, tuple[str, ...]]:
        if YES in choices and NO in choices:
            return self._yes_no(ids, text, choices)
        options = [name for name in choices if name not in (NONE, UNKNOWN)]
        understood = {name: self._names(name, choices[name]) for name in options}
        course = any(_COURSE.search(choices[name]) for name in options)
        there = tuple(name for name in options if self._any_present(understood[name], choices[name]))
        self._told.update(slot for name in there for slot in understood[name])
        if there:  # a list that was sent is the whole answer: the rest is not there
            return "", (*there, NONE) if NONE in choices else there
        if (course or any(understood.values())) and not any(self._perhaps(choices[name]) for name in options):
            return "", (self._absent(choices),)
        return self._lost(choices)

    def _perhaps(self, text: str) -> bool:
        """Whether words that are half understood may mean something that is there: then a "no" would be a lie."""
        if _COURSE.search(text):
            return False
        names = meant(text, self._language, self._dialogue.slots, least=MAYBE)
        return self._any_present(names, text)

    def _lost(self, choices: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
        self.unmatched += 1
        return LOST[self._language], tuple(name for name in (UNKNOWN, NONE, NO) if name in choices)[:1]

    def _yes_no(
        self, ids: Sequence[str], text: str, choices: Mapping[str, str]
    ) -> tuple[str, tuple[str, ...]]:
        names = self._asked_for(ids, text)
        if not names or (not self._any_present(names, text) and self._perhaps(text)):
            return self._lost(choices)
        self._told.update(names)
        if self._any_present(names, text):
            return "", (YES,)
        return "", (UNKNOWN if self._unsure(names) and UNKNOWN in choices else NO,)

    def _absent(self, choices: Mapping[str, str]) -> str:
        if NONE in choices:
            return NONE
        return UNKNOWN if UNKNOWN in choices else next(iter(choices))

    def _names(self, option: str, label: str) -> tuple[str, ...]:
        """The slots or symptoms an option speaks about: by its id where that is a slot, else by its label."""
        if option in self._slots or option in symptoms():
            return (option,)
        if _COURSE.search(label):
            return ()
        return meant(label, self._language, self._dialogue.slots)

    def _any_present(self, names: Iterable[str], text: str) -> bool:
        """Whether one of them is there and says yes to the words; what the case does not speak of is absent."""
        return any(
            name in self._slots and self._slots[name].present is True and affirms(name, text)
            for name in names
        )

    def _unsure(self, names: Sequence[str]) -> bool:
        """Now and then a person does not know; only of something that is absent."""
        return self._persona == "terse" and self._roll(*names) < 0.15

    # words

    def _say(self, ids: Sequence[str], text: str) -> str:
        names = self._asked_for(ids, text)
        if not names:
            self.unmatched += 1
            return LOST[self._language]
        self._told.update(names)
        return self._in_character(" ".join(self._fact(name) for name in names[:4]), names)

    def _asked_for(self, ids: Sequence[str], text: str) -> tuple[str, ...]:
        """What a question asks: its ids where they name a slot, then facts by their words, then symptoms."""
        by_id = tuple(name for one in ids for name in self._by_id(one))
        if by_id:
            return tuple(dict.fromkeys(by_id))
        lowered = text.lower()
        facts = tuple(name for name, form in FACTS.items() if re.search(form, lowered))
        if facts:
            return facts
        names = meant(text, self._language, self._dialogue.slots)
        return tuple(name for name in names if name in self._slots) or names[:1]

    def _by_id(self, one: str) -> tuple[str, ...]:
        if one in self._slots or one in symptoms():
            return (one,)
        parts = re.split(r"[^a-z]+", one.lower())
        return tuple(name for name in FACTS if name in parts or name.rstrip("s") in parts)

    def _fact(self, name: str) -> str:
        slot = self._slots.get(name)
        noun = self._noun(name)
        if slot is None:
            return _DUNNO[self._language] if name in FACTS else f"{_NO[self._language]}, {noun}."
        if slot.present is None:
            return slot.words or _DUNNO[self._language]
        if not slot.present:
            return _DUNNO[self._language] if self._unsure((name,)) else f"{_NO[self._language]}: {noun}."
        return slot.words or f"{_YES[self._language]}, {noun}."

    def _noun(self, name: str) -> str:
        known = symptoms().get(name)
        return known.noun.get(self._language, name.replace("_", " ")) if known else name.replace("_", " ")

    def _in_character(self, words: str, names: Sequence[str]) -> str:
        """The same facts as this person tells them; asides only in English."""
        if self._language != "en" or self._persona == "plain":
            return words
        if self._persona == "terse":
            return words.rstrip(".").removeprefix("Yes, ")
        if "onset" in names and self._persona == "rambling":
            return f"A week ago, no, wait, I mix that up with something else: {words}"
        extra = {"rambling": _ASIDES, "minimising": _SHRUGS, "anxious": _FEARS}[self._persona]
        one = extra[int(self._roll(*names) * len(extra))]
        words = words if words[-1:] in (".", "!", "?") else f"{words}."
        return one + words if self._persona == "rambling" else words + one

    def _volunteered(self) -> str:
        told = self._dialogue.volunteers
        if told is None or self._turn < told[0] or told[1] in self._told:
            return ""
        self._told.add(told[1])
        slot = self._slots.get(told[1])
        return (
            slot.words
            if slot is not None and slot.words
            else f"{_YES[self._language]}, {self._noun(told[1])}."
        )

    def _roll(self, *names: str) -> float:
        """Between 0 and 1; hangs on the case and on what is asked, not on when."""
        seed = [self._dialogue.seed, crc32("|".join(names).encode())]
        return float(np.random.default_rng(seed).random())
