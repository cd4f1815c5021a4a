"""What a request for a simulation says and nothing reads: a number, a form of the drug, a habit, another threshold."""

from __future__ import annotations

import re

from assistant.models import simulated_doses, simulated_genotypes, simulated_inputs
from assistant.models.simulated_typed import typed
from assistant.research_words import DOSE

_FORM = re.compile(
    r"\b(?:succinate|tartrate|(?:(?:extended|modified|sustained|controlled|prolonged|slow|immediate)[- ]release)"
    r"|intravenous(?:ly)?|i\.?v\.?(?=\W|$)|infusion|bolus|subcutaneous(?:ly)?|intramuscular(?:ly)?|patch"
    r"|rectal(?:ly)?"
    r"|(?-i:XL|XR|ER|CR|SR|MR|IR|IV|IM(?= (?:injection|dose)))|fasted|fasting|with food)(?!\w)",
    re.I,
)
_HABIT = re.compile(
    r"\b(?:(?:heavy |ex-|current |non-?)?smok(?:er|ers|es|ing)|vitamin K(?: (?:intake|diet))?|grapefruit(?: juice)?"
    r"|alcohol|drinkers?|albumin(?:\s+(?:of )?\d+(?:\.\d+)?)?|obes(?:e|ity)|fever|thyroid\w*|hypothyroid\w*"
    r"|hyperthyroid\w*|heart failure)\b",
    re.I,
)
_INR = re.compile(
    r"\bINRs?\b(?:\s+(?:threshold|cut-?off|above|over|target|of|is|at|=|>|range))*\s*[>=]?\s?", re.I
)
_THRESHOLD = re.compile(_INR.pattern + r"(?P<value>\d+(?:\.\d+)?(?:\s?(?:-|–|to)\s?\d+(?:\.\d+)?)?)", re.I)
_READ = (
    re.compile(r"\b(?:e?GFR|CrCl|creatinine|CKD(?: stage)?|Child-?Pugh)\D{0,10}\d+(?:\s?ml/min)?", re.I),
    re.compile(
        r"\brs\d+\b|\b1639\s?G\s?>\s?A\b|\bvitamin K\b|\b[A-Z]{2,7}\d[A-Z]?\d{0,2}\b|\bHamberg\D{0,12}\d{4}\b"
    ),
    re.compile(r"\b\d{4}\b(?=\s*(?:model|against|and|vs)\b)", re.I),
)
_LEFT = re.compile(
    r"(?:(?-i:\b[A-Z][A-Za-z]{1,6}) )?(?<!\w)[^\w\s]{0,2}\d[\d.,]*(?:\s?(?:mg/kg|mg/l|ml/min|[a-zµμ%/]{1,12}))?"
    r"|\b[bt]\.\w\.\w\b",
    re.I,
)
MOST = 6
"""Left words that are named."""


def left_over(text: str, drug: str) -> tuple[str, ...]:
    """Numbers with their words, forms of the drug and habits that no input of the simulation holds, in order."""
    text = typed(simulated_doses.plain(text))
    found = [
        (one.start(), " ".join(one.group().split())) for p in (_FORM, _HABIT) for one in p.finditer(text)
    ]
    found += [(one.start(), one.group().strip(" .,")) for one in _LEFT.finditer(_blanked(text, drug))]
    said = dict.fromkeys(words for _, words in sorted(found) if words)
    return tuple(said)[:MOST]


def other_threshold(text: str) -> str:
    """An INR other than 4 that people are to be counted by, or a target; "" where none is told."""
    match = _THRESHOLD.search(text)
    return match["value"] if match and not re.fullmatch(r"4(?:\.0)?", match["value"]) else ""


def _blanked(text: str, drug: str) -> str:
    """The text without all that some input took, and without genotypes, of which is told elsewhere."""
    for start, end in simulated_genotypes.spans(text, drug):
        text = text[:start] + " " * (end - start) + text[end:]
    for pattern in (*_READ, _HABIT, _THRESHOLD, *simulated_inputs.PATTERNS, DOSE):
        text = pattern.sub(lambda one: " " * len(one.group()), text)
    return text
