"""How hard an English text for patients is to read."""

from __future__ import annotations

import re

from evals.cases.case import Case
from evals.run.trace import Trace
from evals.scoring.failed import after_crash
from evals.scoring.score import Score, not_applicable, scored
from evals.scoring.wording import beside, sentences

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_VOWELS = re.compile(r"[aeiouy]+")


def grade(case: Case, trace: Trace) -> tuple[Score, ...]:
    """``reading_grade``: the highest Flesch-Kincaid grade of any turn's text; English answers to patients only."""
    own = [turn for turn in trace.shown if turn.language == "en"]
    if case.presented.role != "patient" or not any(_WORD.search(turn.text.lower()) for turn in own):
        return (not_applicable("reading_grade", "no English text for a patient"),)
    hardest = max(flesch_kincaid(beside(turn)) for turn in own)
    return after_crash(trace, (scored("reading_grade", round(hardest, 2)),), {"reading_grade": None})


def flesch_kincaid(text: str) -> float:
    """The US school grade: 0.39 words per sentence + 11.8 syllables per word - 15.59 (Kincaid, Navy report 8-75, 1975).

    Numbers are no words; 0.0 for a text without words. Never below 0.
    """
    lines = [words for line in sentences(text) if (words := _WORD.findall(line.lower()))]
    words = [word for line in lines for word in line]
    if not words:
        return 0.0
    spoken = sum(syllables(word) for word in words)
    return max(0.0, 0.39 * len(words) / len(lines) + 11.8 * spoken / len(words) - 15.59)


def syllables(word: str) -> int:
    """Groups of vowels, without a silent "e" at the end ("care" has one, "table" two); at least one."""
    groups = len(_VOWELS.findall(word))
    silent = (word.endswith("e") and not word.endswith(("le", "ee", "ie", "ye"))) or (
        word.endswith("ed") and word[-3:-2] not in "td"
    )
    return max(1, groups - (1 if silent and groups > 1 else 0))
