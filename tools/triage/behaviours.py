"""Pure checks of a patient-facing text: what it must do first, and what it must never say.

Each check answers True when the behaviour holds. The words live in ``knowledge/triage/forbidden.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import yaml

from tools.triage import places
from tools.triage.engine import Assessment
from tools.triage.language import is_fixed_message
from tools.triage.levels import Level
from tools.triage.lexicon import ENGLISH, FOLDER, KnowledgeError
from tools.triage.places import FIRST_NOW

GRADE_WANTED = 6.0
GRADE_REJECTED = 8.0
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+(?=\s|$)|\n|$)")
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|\d+")
_GROUP = re.compile(r"[aeiouy]+")
_COUNT = r"(?:\d+(?:[.,]\d+)?|one|two|three|four|five|six|seven|eight|ten|half)"
_UNIT = (
    r"(?:mg|mcg|micrograms?|milligrams?|ml|millilit(?:re|er)s?|g|grams?|units?|iu|tablets?|pills?|capsules?|drops?"
    r"|puffs?|sprays?|teaspoons?|doses?|sachets?)"
)
_DOSE = re.compile(
    rf"\b{_COUNT}\s?-?(?:(?:to|or)\s{_COUNT}\s)?{_UNIT}\b"
    rf"|\b(?:once|twice|{_COUNT} times)\s(?:a|per|each|every)?\s?(?:day|daily|night|hours?)\b"
    rf"|\bevery {_COUNT}(?:\s(?:to|or)\s{_COUNT})? hours\b"
    r"|\b\d+(?:[-\u2013]\d+)?\s?(?:%|percent|per cent)\s(?:of\s)?(?:the\s|your\s)?(?:\w+\s){0,3}dos(?:e|age)\b"
    r"|\b(?:lowest|maximum|starting|usual|double|half)\s(?:\w+\s)?dos(?:e|age)\b",
    re.I,
)
_PERSONAL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.[\w.]{2,64}|(?<!\d)\+?\d[\d ()-]{9,18}\d")
_SUICIDE = frozenset({"suicide_now", "suicide_thoughts"})


@cache
def forbidden() -> Mapping[str, tuple[str, ...]]:
    """The lists of ``forbidden.yaml``, in lower case.

    Raises:
        KnowledgeError: the file does not check.
    """
    data = yaml.safe_load((FOLDER / "forbidden.yaml").read_text(encoding="utf-8"))
    wanted = {
        "false_comfort",
        "diagnosis",
        "diagnosis_allowed",
        "medicine_orders",
        "lower_urgency",
        "never_alone",
    }
    if not isinstance(data, dict) or set(data) != wanted:
        raise KnowledgeError("forbidden.yaml: the lists are not the expected ones")
    return {name: tuple(_plain(str(item)) for item in items) for name, items in data.items()}


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text."""
    return tuple(found.group().strip() for found in _SENTENCE.finditer(text) if found.group().strip())


def _says(text: str, phrases: Sequence[str]) -> bool:
    plain = f" {re.sub(r'[^a-z0-9 -]', '', _plain(text).replace(chr(39), ''))} "
    return any(f" {re.sub(r'[^a-z0-9 -]', '', phrase.replace(chr(39), ''))} " in plain for phrase in phrases)


def emergency_first(text: str, level: Level | None, country: str = "") -> bool:
    """At an emergency the text opens with an action sentence of ours that carries the local number."""
    if level is not Level.EMERGENCY:
        return True
    return any(
        text.startswith(places.sentence(action, country, language))
        for language in places.languages()
        for action in FIRST_NOW
    )


def no_dose(text: str) -> bool:
    """No amount and no frequency of any medicine, and no order to stop, start, double or skip one."""
    return _DOSE.search(text) is None and not _says(text, forbidden()["medicine_orders"])


def no_diagnosis(text: str) -> bool:
    """ "This can be a sign of", never "you have"."""
    plain = _plain(text)
    for allowed in forbidden()["diagnosis_allowed"]:
        plain = plain.replace(allowed, "")
    return not _says(plain, forbidden()["diagnosis"])


def no_false_comfort(text: str) -> bool:
    """No phrase that plays a danger down."""
    return not _says(text, forbidden()["false_comfort"])


def not_left_alone(text: str) -> bool:
    """Never "I can't help with this"."""
    return not _says(text, forbidden()["never_alone"])


def crisis_line(text: str, rules: Sequence[str], country: str = "", language: str = ENGLISH) -> bool:
    """With a self-harm rule the crisis line stands in the text; for thoughts only, in its second sentence."""
    if not _SUICIDE & set(rules):
        return True
    line = places.line("crisis", country, language)
    if "suicide_now" in rules:
        return line in text
    parts = sentences(text)
    return len(parts) > 1 and line in parts[1]


def safety_net(text: str, level: Level | None, country: str = "", language: str = ENGLISH) -> bool:
    """Below an emergency the text ends with what to watch for and what to do then."""
    held = places.safety_net(level, country, language)
    ends = (held, places.asking_net(country, language), places.sentence("crisis_net", country, language))
    return level is Level.EMERGENCY or text.rstrip().endswith(ends) or is_fixed_message(text, country)


def private(text: str) -> bool:
    """No e-mail address and no telephone number but the lines that we hold."""
    for number in places.all_numbers():
        text = re.sub(rf"(?<!\d){re.escape(number)}(?!\d)", "", text)
    return _PERSONAL.search(text) is None


def urgency(text: str) -> Level | None:
    """How soon the text asks for care: the highest of its unconditional sentences; None if none says so."""
    read = _urgencies(text)
    return max(read, key=lambda level: level.rank) if read else None


def _urgencies(text: str) -> list[Level]:
    read: list[Level] = []
    for part in sentences(text):
        plain = _plain(part)
        if plain.startswith(("if ", "when ", "while ")) or " if " in plain.split(",")[0]:
            continue
        if _says(plain, forbidden()["lower_urgency"]):
            read.append(Level.ROUTINE)
        elif _asks_now(plain):
            read.append(Level.EMERGENCY)
        elif _says(
            plain, ("today", "tonight", "same day", "within 24 hours", "24-hour", "now and ask what to do")
        ):
            read.append(Level.SAME_DAY)
    return read


def _asks_now(plain: str) -> bool:
    now = any(word in plain for word in (" now", "at once", "immediately", "right away", "straight away"))
    words = f" {re.sub(r'[^a-z0-9]', ' ', plain)} "
    numbers = "call " in plain and any(f" {number} " in words for number in places.all_emergency())
    place = any(
        name in plain for name in ("emergency number", "emergency department", "ambulance", "emergency room")
    )
    return now and (numbers or place)


def no_weaker(text: str, level: Level | None) -> bool:
    """The text asks for care as soon as the level does, and no sentence of it asks for less."""
    if level is None or level.rank < Level.SAME_DAY.rank:
        return True
    read = _urgencies(text)
    return (
        bool(read)
        and all(one.rank >= level.rank for one in read)
        and not _says(text, forbidden()["lower_urgency"])
    )


def syllables(word: str) -> int:
    """Syllables of an English word: vowel groups, silent e, and a list of exceptions. A number counts as one."""
    plain = word.lower().replace("'", "")
    if plain.isdigit():
        return 1
    if plain in _EXCEPTIONS:
        return _EXCEPTIONS[plain]
    count = len(_GROUP.findall(plain))
    if plain.endswith("e") and not plain.endswith(("le", "ee", "ie", "oe", "ye")) and count > 1:
        count -= 1
    if plain.endswith("les") and len(plain) > 4 and plain[-4] in "aeiou" and count > 1:
        count -= 1
    if plain.endswith("ed") and len(plain) > 3 and plain[-3] not in "tdaeiou" and count > 1:
        count -= 1
    if (
        plain.endswith("es")
        and len(plain) > 4
        and plain[-3] not in "sxzcgh"
        and plain[-4:] not in ("ches", "shes", "sses")
    ):
        count -= plain[-3] not in "aeioul" and count > 1
    count += len(re.findall(r"i[ao](?![nu])|eo|ua(?!r)|ui(?=ng)|yi|uou", plain))
    return max(count, 1)


_EXCEPTIONS = {
    "area": 3, "being": 2, "seeing": 2, "doing": 2, "going": 2, "every": 2, "everyone": 3, "people": 2, "people's": 2,
    "someone": 2, "something": 2, "somewhere": 2, "therefore": 2, "heart": 1, "poison": 2, "period": 3, "serious": 3,
    "medicine": 3, "diarrhoea": 4, "diarrhea": 4, "pneumonia": 3, "asthma": 2, "urine": 2, "ear": 1, "idea": 3,
    "quiet": 2, "diet": 2, "science": 2, "client": 2, "patient": 2, "ancient": 2, "social": 2, "special": 2,
    "million": 2, "region": 2, "religion": 3, "union": 2, "onion": 2, "opinion": 3, "action": 2, "infection": 3,
    "reaction": 4, "condition": 3, "sometimes": 2, "lifetime": 2, "safety": 2, "lonely": 2, "likely": 2, "severely": 3,
    "once": 1, "eye": 1, "eyes": 1, "eyed": 1, "hour": 1, "hours": 1, "fire": 1, "tired": 1, "quite": 1, "use": 1,
    "used": 1, "cause": 1, "caused": 1, "breathe": 1, "breathes": 1, "bruise": 1, "juice": 1, "ache": 1, "aches": 1,
    "clothes": 1, "nausea": 3, "ischaemia": 4, "anaemia": 4, "anemia": 4, "leukaemia": 4, "dialysis": 4,
    "diabetes": 4, "insulin": 3, "inhaler": 3, "ambulance": 3, "emergency": 4, "department": 3, "hospital": 3,
    "doctor": 2, "create": 2, "created": 3, "area's": 3, "usual": 3, "usually": 4, "actual": 3, "actually": 4,
    "sexual": 3, "evaluate": 4, "business": 2, "different": 3, "several": 3, "family": 3, "general": 3,
    "chocolate": 3, "vegetable": 4, "comfortable": 4, "temperature": 4, "suicide": 3, "fluid": 2, "ruin": 2,
    "violent": 3, "violence": 3, "triage": 2, "radius": 3, "radiate": 4, "pancreas": 3, "nucleus": 3, "virus": 2,
    "carbon": 2, "monoxide": 3, "alone": 2, "bone": 1, "done": 1, "gone": 1, "come": 1, "some": 1, "there": 1,
    "where": 1, "here": 1, "are": 1, "were": 1, "one": 1, "whole": 1, "people.": 2, "naked": 2, "wicked": 2,
    "blood": 1, "swollen": 2, "faeces": 2, "anxious": 2, "obvious": 3, "previous": 3, "various": 3, "curious": 3,
    "oedema": 3, "edema": 3, "coma": 2, "paralysed": 3, "vomited": 3, "needed": 2, "wounded": 2, "bleeding": 2,
    "uncle": 2, "little": 2, "able": 2, "table": 2, "needle": 2, "muscle": 2, "ankle": 2, "bottle": 2, "trouble": 2,
    "unable": 3, "possible": 3, "terrible": 3, "double": 2, "single": 2, "simple": 2, "middle": 2, "reliable": 4,
}  # fmt: skip


def reading_grade(text: str) -> float:
    """Flesch-Kincaid grade of an English text: 0.39 words/sentence + 11.8 syllables/word - 15.59; 0 for no words."""
    parts = [part for part in sentences(text) if _WORD.search(part)]
    words = [word for part in parts for word in _WORD.findall(part)]
    if not words:
        return 0.0
    spoken = sum(syllables(word) for word in words)
    return 0.39 * len(words) / len(parts) + 11.8 * spoken / len(words) - 15.59


def readable(text: str) -> bool:
    """Not above the grade at which a text is rejected."""
    return reading_grade(text) <= GRADE_REJECTED


def broken(text: str, assessment: Assessment, country: str = "") -> tuple[str, ...]:
    """The names of the behaviours that a whole patient text breaks; empty when all hold."""
    level, rules = assessment.level, tuple(fired.rule for fired in assessment.fired)
    language = assessment.language
    checks: Mapping[str, Callable[[], bool]] = {
        "emergency_first": lambda: emergency_first(text, level, country),
        "crisis_line": lambda: crisis_line(text, rules, country, language),
        "no_weaker": lambda: language != ENGLISH or no_weaker(text, level),
        "no_dose": lambda: no_dose(text),
        "no_diagnosis": lambda: no_diagnosis(text),
        "no_false_comfort": lambda: no_false_comfort(text) or not (assessment.fired or assessment.open),
        "not_left_alone": lambda: not_left_alone(text),
        "private": lambda: private(text),
        "safety_net": lambda: safety_net(text, level, country, language),
        "reading_grade": lambda: language != ENGLISH or readable(text),
    }
    return tuple(name for name, holds in checks.items() if not holds())
