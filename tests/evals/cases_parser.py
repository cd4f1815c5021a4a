"""Reads a lay message back: written apart from the renderer, from the files of words alone. For tests only."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).resolve().parents[2] / "evals/knowledge/symptoms"
FILLED = {
    "i": "(?:i|he|she)", "im": "(?:i'm|he's|she's)", "ive": "(?:i've|he's|she's)", "id": "(?:i'd|he'd|she'd)",
    "ill": "(?:i'll|he'll|she'll)", "my": "(?:my|his|her)", "me": "(?:me|him|her)", "mine": "(?:mine|his|hers)",
    "myself": "(?:myself|himself|herself)", "was": "was", "am": "(?:am|is)", "dont": "(?:don't|doesn't)",
    "cant": "can't", "isnt": "(?:i'm not|he isn't|she isn't)",
}  # fmt: skip
NUMBER = {"minute": 1 / 60, "hour": 1, "day": 24, "week": 168, "month": 730.5, "year": 8766}
ONSET = re.compile(
    r"(?:started about|going on for|noticed it|like this for|happened|happened about) "
    r"(an?|\d+) (minute|hour|day|week|month|year)s?\b",
    re.I,
)
AGE = re.compile(r"\b(\d+)(?: (day|week|month|year)s?)?\b", re.I)
FEMALE = re.compile(r"\b(?:woman|female|daughter|girl)\b", re.I)
MALE = re.compile(r"\b(?:man|male|son|boy)\b", re.I)
DENIED = re.compile(r"(?:^|(?<=[.?!,] ))No ([^.?!]+)[.?!]", re.I)


@cache
def _symptoms() -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        found.update(yaml.safe_load(path.read_text(encoding="utf-8")))
    return found


@cache
def _patterns(language: str) -> list[tuple[str, re.Pattern[str]]]:
    found = []
    for name, row in _symptoms().items():
        for phrase in row.get(language) or []:  # type: ignore[attr-defined]
            text = phrase if isinstance(phrase, str) else phrase["text"]
            pieces = [
                re.escape(part) if number % 2 == 0 else (r"\w+" if part.startswith("v:") else FILLED[part])
                for number, part in enumerate(re.split(r"\{([^{}]*)\}", text))
            ]
            found.append((name, re.compile(r"(?<!\w)" + "".join(pieces).rstrip(".") + r"(?!\w)", re.I)))
    return found


def heard(text: str, language: str = "en") -> set[str]:
    """Ids of the symptoms that the message says."""
    return {name for name, pattern in _patterns(language) if pattern.search(text)}


def denied(text: str) -> set[str]:
    """Nouns that an English message denies, without articles."""
    return {
        re.sub(r"^(?:no|a|an|the) ", "", noun.strip(), flags=re.I)
        for hit in DENIED.finditer(text)
        for noun in re.split(r",| and (?=no )", hit.group(1).replace(" that I know of", ""))
    }


def noun(symptom: str) -> str:
    """As it is denied in English."""
    return re.sub(r"^(?:a|an|the) ", "", _symptoms()[symptom]["noun"]["en"])  # type: ignore[index]


def hours(text: str) -> float:
    """Since onset, as the English words say."""
    hit = ONSET.search(text)
    assert hit, text
    return (1 if hit.group(1).startswith("a") else int(hit.group(1))) * NUMBER[hit.group(2).lower()]
