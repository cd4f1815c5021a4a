"""Ways to say the same thing otherwise. None of them may change how soon a person needs care.

Written and frozen on 2026-11-22, before the rules, lexicons and languages of issue 6: nothing here was fitted to a
rule, and a rule may not be fitted by changing anything here. Every operator draws from the generator it is given, so
that a seed makes the same messages for ever.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

Operator = Callable[[str, random.Random], str]

PREFACES = (
    "Not sure if this is serious but ", "Sorry to bother you. ", "I never had this before: ", "No allergies, ",
    "Nothing helps: ", "My friend says it's just stress. ", "It's probably nothing. ", "Hello doctor, ",
    "I don't want to make a fuss, ", "Quick question. ", "My sister thinks I should ask. ", "I'm not one to complain. ",
    "No other problems. ", "I hate hospitals. ", "Google says it is nothing. ", "Hi there! ",
    "We are on holiday and ", "It's late here and my doctor is closed. ",
)  # fmt: skip
SUFFIXES = (
    " What should I do?", " It's probably nothing.", " Should I be worried?", " Please advise.",
    " Could it wait until Monday?", " Thanks in advance.", " My husband says I'm overreacting.",
    " I don't want to trouble anyone.", " I have work tomorrow.", " Sent from my phone", " :(", " pls answer",
)  # fmt: skip
BESIDE = (
    "I had soup for lunch.", "The dog is fine, thanks.", "I work in an office.", "We moved house in spring.",
    "I don't smoke.", "My blood type is O.", "I sleep well as a rule.", "I had my flu shot in October.",
    "I like walking.", "My kids are at school.", "It rained all day.", "I drink two coffees a day.",
)  # fmt: skip
"""Sentences that say nothing about urgency."""

SWAPS: Mapping[str, tuple[str, ...]] = {
    "really": ("very", "so"), "very": ("really", "so"), "started": ("began", "came on"), "began": ("started",),
    "suddenly": ("all of a sudden", "out of nowhere"), "mum": ("mom", "mother"), "mom": ("mum", "mother"),
    "husband": ("hubby", "partner"), "wife": ("partner", "missus"), "son": ("boy", "lad"), "daughter": ("girl",),
    "dad": ("father", "daddy"), "grandma": ("gran", "nana"), "grandpa": ("grandad",), "cannot": ("can't",),
    "can't": ("cannot", "cant", "can not"), "won't": ("wont", "will not"), "isn't": ("is not", "isnt"),
    "doesn't": ("does not", "doesnt"), "i'm": ("i am", "im"), "i've": ("i have", "ive"), "he's": ("he is", "hes"),
    "she's": ("she is", "shes"), "it's": ("it is", "its"), "huge": ("massive", "enormous"),
    "bad": ("awful", "terrible"),
    "about": ("around", "roughly"), "today": ("since this morning", "today"), "yesterday": ("since yesterday",),
    "keeps": ("keeps on",), "lots": ("loads", "plenty"), "think": ("reckon", "feel like"), "whole": ("entire",),
    "minutes": ("mins", "min"), "hours": ("hrs",), "diarrhea": ("diarrhoea",), "diarrhoea": ("diarrhea",),
    "hemorrhage": ("haemorrhage",), "ambulance": ("ambulance",), "diaper": ("nappy",), "nappy": ("diaper",),
}  # fmt: skip
"""Everyday words that stand for one another; no clinical sign is among them."""

_NEAR = {
    "a": "qs", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "wa", "r": "et", "s": "ad", "t": "ry",
    "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z]{5,}")


def preface(text: str, draw: random.Random) -> str:
    """A harmless, often belittling, beginning."""
    begin = draw.choice(PREFACES)
    return begin + text if begin[-2] in ".!:" else begin + text[:1].lower() + text[1:]


def suffix(text: str, draw: random.Random) -> str:
    """A harmless end."""
    stop = "" if text.rstrip()[-1:] in ".!?" else "."
    return text.rstrip() + stop + draw.choice(SUFFIXES)


def order(text: str, draw: random.Random) -> str:
    """Sentences in another order where there are several, else a sentence about something else before or after."""
    parts = [part for part in re.split(r"(?<=[.!?])\s+", text.strip()) if part]
    if len(parts) > 1:
        first = parts[:]
        while parts == first:
            draw.shuffle(parts)
        return " ".join(part if part[-1] in ".!?" else part + "." for part in parts)
    whole = text.strip() if text.strip()[-1:] in ".!?" else text.strip() + "."
    other = draw.choice(BESIDE)
    return f"{other} {whole}" if draw.random() < 0.5 else f"{whole} {other}"


def case(text: str, draw: random.Random) -> str:
    """All capitals, all small letters, or without any punctuation at the end."""
    return draw.choice((str.upper, str.lower, lambda one: one.rstrip(".!?")))(text)


def wording(text: str, draw: random.Random) -> str:
    """Up to three everyday words in place of others."""
    words = text.split(" ")
    places = [n for n, word in enumerate(words) if word.lower().strip(".,!?") in SWAPS]
    for place in draw.sample(places, min(3, len(places))):
        bare = words[place].lower().strip(".,!?")
        tail = words[place][len(words[place].rstrip(".,!?")) :]
        words[place] = draw.choice(SWAPS[bare]) + tail
    return " ".join(words)


def misspelling(text: str, draw: random.Random) -> str:
    """One slip of the finger in one word of five letters or more."""
    found = list(_WORD.finditer(text))
    if not found:
        return text
    hit = draw.choice(found)
    return text[: hit.start()] + slip(hit.group(), draw) + text[hit.end() :]


def slip(word: str, draw: random.Random) -> str:
    """A letter left out, doubled, swapped with the next or replaced by its neighbour on the keyboard; not the first."""
    place = draw.randrange(1, len(word) - 1)
    letter, after = word[place], word[place + 1]
    kind = draw.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1 :]
    if kind == 1:
        return word[:place] + letter + word[place:]
    if kind == 2 and letter != after:
        return word[:place] + after + letter + word[place + 2 :]
    return word[:place] + draw.choice(_NEAR.get(letter.lower(), letter)) + word[place + 1 :]


def age(text: str, draw: random.Random) -> str:
    """An adult's age beside it; only for messages that say none and are about no child (the maker sees to that)."""
    years = draw.randrange(32, 86)
    return draw.choice((f"I am {years}. {text}", f"{text} ({years} years old)", f"{text} Age {years}."))


OPERATORS: Mapping[str, Operator] = {
    "preface": preface, "suffix": suffix, "order": order, "case": case, "wording": wording,
    "misspelling": misspelling, "age": age,
}  # fmt: skip
