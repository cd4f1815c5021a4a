"""What a clinician types in a hurry, written out: who the patient is falls away, short forms become words.

"62M AF, apix 5 bd - DCCV?" is asked as "atrial fibrillation, apixaban - electrical cardioversion?" Age, sex and
stage of pregnancy say whom it is about, not what is asked, and must neither find a card nor rule one out.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from retrieval.words import stem

FILE = Path(__file__).parent / "knowledge" / "shorthand.yaml"
CHILD, TEENAGER = 13, 18
"""Years under which an age is said as "child" and as "teenager": a card may be about them."""
SHOUTED = 4
"""Words from which on capitals throughout are a habit, not abbreviations."""

_AGE = re.compile(
    r"""(?<![\w/.])(?P<age>\d{1,3})\s?-?(?:\s?(?:yo|y/o|yrs?[- ]old|years?[- ]old)(?:\s?[MFmf]\b)?|\s?[MF])(?![\w/+])
    | \b[MF]\s?(?P<after>\d{2})\b(?!\s?(?:mg|%|mm))
    | \b(?:in\s(?:his|her|their|my)\s)?(?:early\s|mid[- ]?|late\s)?[2-9]0s\b""",
    re.VERBOSE,
)
_PREGNANCY = re.compile(
    r"\b[Gg]\d+\s?[Pp]\d+(?:\+\d+)?\b|(?<![\d/])\d{1,2}(?:\+\d)?/40\b|\b\d{1,2}\+\d\b(?!/)"
)
_SPAN = re.compile(r"(?<![\w/])\d{1,2}/(?:7|12|52)(?![\w/])")
_AMOUNT = re.compile(
    r"^[<>≤≥~]?(\d[\d.,]*)(mg|mcg|ug|g|kg|ml|h|hrs?|wks?|d|mo|yrs?|min|iu|u)(?:/\S*)?$", re.I
)
_CHUNK = re.compile(r"^([\W_]*)(.*?)([\W_]*)$", re.DOTALL)
_JOINED = re.compile(r"([/+&,])")
_ARROW = re.compile(r"(?:->|=>|→)\s*")
_PART = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=\S)|\n+")
_ASKS = re.compile(
    r"^(?:and |but |so )?(?:what|which|who|how|why|when|where|is|are|was|do|does|did|can|could|should|would|will|may"
    r"|might|am|any|ought|has|have)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^[\d.,:/%+<>≤≥±*\-]+$")


class _Book(NamedTuple):
    any: dict[str, str]
    capitals: dict[str, str]
    beside: dict[str, tuple[str, ...]]
    settled: dict[str, dict[str, tuple[str, ...]]]
    filler: frozenset[str]


def written_out(message: str) -> str:
    """The message with short forms as words and without ages, sexes and weeks; one without any is unchanged."""
    text = _AGE.sub(lambda found: _grown(found["age"] or found["after"]), _ARROW.sub(" to ", message))
    text = _SPAN.sub(" ", _PREGNANCY.sub(" ", text))
    shouted = message.isupper() and len(message.split()) > SHOUTED
    chunks = [_read(chunk, message.casefold(), shouted) for chunk in re.split(r"(\s+)", text)]
    told = re.sub(r"[^\S\n]{2,}", " ", "".join(chunks)).strip(" ,;:-")
    return told or message


def asking(message: str) -> str:
    """Of a message of several sentences those that ask, in order; the whole where none or all of them do."""
    parts = [part.strip() for part in _PART.split(message) if part.strip()]
    asked = [part for part in parts if part.rstrip("\"')]").endswith("?")]
    asked = asked or [part for part in parts if _ASKS.match(part)]
    return " ".join(asked) if 0 < len(asked) < len(parts) else message


def is_filler(word: str) -> bool:
    """True for numbers, units, kin, moods and politeness: they do not say what a question is about."""
    return bool(_NUMBER.match(word)) or word in _book().filler


def _grown(age: str | None) -> str:
    years = int(age) if age else TEENAGER
    return " child " if years < CHILD else " teenager " if years < TEENAGER else " "


def _read(chunk: str, message: str, shouted: bool) -> str:
    lead, core, trail = _CHUNK.match(chunk).groups()  # type: ignore[union-attr]  # matches any text
    if not core:
        return chunk.replace("#", " fracture ") if chunk == "#" else chunk
    if amount := _AMOUNT.match(core):
        return f"{lead}{amount[1]} {amount[2]}{trail}"
    for before, form, rest in (
        ("", lead + core, trail),
        (lead, core + trail[:1], trail[1:]),
        (lead, core, trail),
    ):
        if said := _long(form, message, shouted):
            return f"{before.lstrip('?')}{said}{rest}"
    if trail.startswith("+"):
        core, trail = f"{core} positive", trail[1:]
    return f"{lead.replace('#', ' fracture ').lstrip('?')}{_joined(core, message, shouted)}{trail}"


def _joined(core: str, message: str, shouted: bool) -> str:
    """ "ACEi/ARB" part by part; what holds a digit on both sides of the stroke is a reading or an allele."""
    pieces = _JOINED.split(core)
    if len(pieces) == 1:
        return core
    read = [_long(piece, message, shouted) or piece for piece in pieces]
    return " ".join(read) if read != pieces else core


def _long(form: str, message: str, shouted: bool) -> str | None:
    book = _book()
    for said, words in book.settled.get(form, {}).items():
        if any(word in message for word in words):
            return said
    if any(word in message for word in book.beside.get(form, ())):
        return None
    if not shouted and form in book.capitals:
        return book.capitals[form]
    return book.any.get(form.casefold())


@cache
def _book() -> _Book:
    raw: dict[str, Any] = yaml.load(
        FILE.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    beside = {form: tuple(word.casefold() for word in words) for form, words in raw["beside"].items()}
    settled = {
        form: {said: tuple(word.casefold() for word in words) for said, words in readings.items()}
        for form, readings in raw["settled"].items()
    }
    filler = frozenset(stem(word) for word in raw["filler"].split())
    return _Book(raw["any"], raw["capitals"], beside, settled, filler)
