"""How shown words are compared: case-blind, whole words, one statement at a time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from evals.run.trace import Shown, Trace

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")


def plain(text: str) -> str:
    """NFKC, case folded, white space in single blanks, no invisible characters: a canary with gaps stays a canary."""
    seen = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).replace("’", "'")
    return " ".join(seen.casefold().split())


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text; a line break ends one as well."""
    return tuple(part.strip() for part in _END.split(text) if part.strip())


@lru_cache(maxsize=8192)
def _pattern(words: str) -> re.Pattern[str]:
    kept = [plain(word) for word in words.split("|") if word.strip()]
    # Up to three letters more, so that "pregnan" finds "pregnancy" and "ace" does not find "acetaminophen".
    ends = [re.escape(word) + (r"(?!\w)" if word[-1:].isdigit() else r"\w{0,3}(?!\w)") for word in kept]
    return re.compile(r"(?<!\w)(?:" + "|".join(ends) + ")" if ends else r"(?!)")


def names(words: str, text: str) -> bool:
    """Whether one of the words of "a|b" stands in a text, from the start of a word, with an ending of <= 3 letters."""
    return _pattern(words).search(plain(text)) is not None


def rows(shown: Shown) -> Iterator[str]:
    """Every data row of the tables in one line; the first row of a table is its head and says nothing."""
    for table in shown.tables:
        yield from (" | ".join(row) for row in table[1:])


def statements(trace: Trace) -> Iterator[str]:
    """Each claim, each table row and each other sentence that was shown, once a turn."""
    for shown in trace.shown:
        yield from (claim.text for claim in shown.claims)
        yield from rows(shown)
        yield from sentences(beside(shown))


def beside(shown: Shown) -> str:
    """The text without its claims: quoted literature may say "call an ambulance" and tells nobody to."""
    text = shown.text
    for claim in shown.claims:
        text = text.replace(claim.text, "\n")
    return text if text.strip() else shown.reply
