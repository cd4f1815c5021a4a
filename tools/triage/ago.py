"""How long ago a few words say that something was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from tools.triage.wording import Token

DAY = 24.0
"""Hours."""
_UNITS = {"hour": 1.0, "hr": 1.0, "min": 0.02, "day": DAY, "week": 7 * DAY, "wk": 7 * DAY,
          "month": 30 * DAY, "year": 365 * DAY, "yr": 365 * DAY}  # fmt: skip
_WHICH = {"yesterday": DAY, "night": 0.7 * DAY, "week": 7 * DAY, "month": 30 * DAY, "year": 365 * DAY,
          "summer": 120 * DAY, "winter": 120 * DAY, "spring": 120 * DAY, "christmas": 120 * DAY}  # fmt: skip
SMALL = {"a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "three": 3, "few": 3, "four": 4, "five": 5, "six": 6,
         "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "several": 5, "many": 10,
         "some": 5, "twenty": 20, "thirty": 30}  # fmt: skip


def hours_ago(tokens: Sequence[Token]) -> float | None:
    """Hours since, read at the end of a few words: "two weeks ago", "last year", "in 1990"."""
    words = [token.text for token in tokens]
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last == "ago":
        return _ago(words[:-1])
    if last == "yesterday":
        return DAY
    if before == "last" and last in _WHICH:
        return _WHICH[last]
    if (
        before in ("in", "since", "of", "back")
        and len(last) == 4
        and last.isdigit()
        and last[:2] in ("19", "20")
    ):
        years = datetime.now(UTC).year - int(last)
        return years * 365 * DAY if years > 0 else None
    return None


def _ago(words: Sequence[str]) -> float | None:
    """ "6 years", "a couple of weeks", "20 mins", "half an hour", "months": all before "ago"."""
    if not words:
        return None
    unit = next((size for name, size in _UNITS.items() if words[-1].startswith(name)), None)
    if unit is None:
        return 30 * 365 * DAY if words[-1] in ("long", "ages") else None
    for word in reversed(words[:-1]):
        if word.replace(".", "", 1).isdigit():
            return float(word) * unit
        if word in SMALL:
            return SMALL[word] * unit
    return 2 * unit
