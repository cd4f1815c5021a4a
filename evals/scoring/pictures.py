"""Pictures: what kind, whether it can be read, and whether it looks unlike healthy ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from evals.cases.case import Case
from evals.run.trace import Trace
from evals.scoring.failed import after_crash
from evals.scoring.score import Score, not_applicable, scored
from evals.scoring.wording import names, plain, statements

_NO: Mapping[str, str] = {
    "unlike": r"\b(?:not unlike|like (?:the )?(?:healthy|normal|reference)|no (?:region|area|patch|place"
    r"|part)\w*|nothing (?:unlike|stands out|unusual)"
    r"|within (?:the )?(?:range|limits)|looks? (?:normal|healthy))",
    "readable": r"\b(?:not (?:readable|gradable|of use|a medical|a fundus)|cannot be (?:read|graded"
    r"|judged)|could not be read|unreadable|ungradable"
    r"|too (?:blurred|dark|bright|small|poor)|poor quality|low quality|quality (?:is )?(?:too )?(?:low|poor"
    r"|reject)|no(?:t)? (?:medical|fundus))",
}
_YES: Mapping[str, str] = {
    "unlike": r"\b(?:unlike|differs? from|stands? out|unusual|anomal\w+|abnormal\w*|departs? from|suspicious"
    r"|lesion|outside (?:the )?range)\b",
    "readable": r"\b(?:readable|gradable|can be (?:read|graded)|good quality|quality (?:is )?(?:good"
    r"|sufficient|enough|usable)|looks? like)\b",
}


def picture(case: Case, trace: Trace) -> tuple[Score, ...]:
    """``picture_right``: share of gold's readings that are told.

    "yes" and "no" are read from phrases (for "unlike" and "readable"); any other value ("fundus", "a|b") must be named.
    A picture that a tool refuses as bad input was told to be not readable.
    """
    wanted = case.gold.picture
    if not wanted:
        return (not_applicable("picture_right", "gold has no picture"),)
    said = tuple(statements(trace))
    refused = any(call.outcome == "bad_input" for turn in trace.shown for call in turn.calls)
    wrong = [key for key in wanted if not _told(key, wanted[key], said, refused)]
    missed = (f"{key}: not told as {wanted[key]}" for key in wrong)
    return after_crash(
        trace, (scored("picture_right", 1 - len(wrong) / len(wanted), "", *missed),), {"picture_right": 0.0}
    )


def _told(key: str, value: str, said: Iterable[str], refused: bool) -> bool:
    if value not in ("yes", "no") or key not in _YES:
        return any(names(value, text) for text in said)
    if key == "readable" and refused:
        return value == "no"
    return verdict(key, said) == value


def verdict(key: str, said: Iterable[str]) -> str:
    """What is told, "yes", "no" or "" for nothing; a "no" in the same statement takes its "yes" back."""
    found = set()
    for text in said:
        low = plain(text)
        if re.search(_NO[key], low):
            found.add("no")
        elif re.search(_YES[key], low):
            found.add("yes")
    if key == "readable":
        return "no" if "no" in found else "yes" if "yes" in found else ""
    return "yes" if "yes" in found else "no" if "no" in found else ""
