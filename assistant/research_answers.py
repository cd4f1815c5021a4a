"""What was told beside a simulation or a design and not read, and how near the designs came; said first of all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.models.molecule_routes import unread as unread_terms
from assistant.models.research_routes import Said, request_of, simulation_of
from assistant.models.simulated_genotypes import WARFARIN, unread
from assistant.models.simulated_inputs import age_range, people, renal_factor
from assistant.models.simulated_unread import left_over, other_threshold
from assistant.research_words import DESIGN, SIMULATION, asks, sentences
from assistant.turn import Turn
from retrieval.evidence import Outcome, ToolResult

KIDNEYS = (
    "The kidneys were not read: these models take a share of renal function from 0 to 1, which is no eGFR. "
    'Say for example "renal factor 0.5".'
)
LIVER = "The liver was not read: the simulation holds no liver disease."
SCHEDULE = (
    "One dose at one interval is simulated: no loading or changing dose, no days without one, and no two intervals at "
    'once. The dose was not taken; say for example "5 mg every 24 hours".'
)
AGES = "The ages were not read: say one age in years."
NO_AGE = "No age was read: say one in years. Most models speak of adults only."
WEIGHT = "The weight was not read: say one in kg or pounds."
ANCESTRY = (
    "Ancestry was not read: virtual people are those whom the model was made from. State their genotype."
)
AIMS = (
    "A design knows drug-likeness, ease of synthesis, similarity, oral absorption and the rule of five, and counts the "
    "hERG, DILI, AMES and ClinTox scores and structural alerts against a structure."
)
NEAR = 0.4
"""Similarity below which a structure is not called near (Tanimoto)."""
PREGNANCY = "Pregnancy was not read: no model here holds it."
_KIDNEYS = re.compile(
    r"\b(?:renal\w*|kidneys?|nephr\w+|CKD|ESRD|ESKD|AKI|e?GFR|creatinine|CrCl|\w*dialysis|ml\s?/\s?min)\b",
    re.I,
)
_LIVER = re.compile(r"\b(?:liver|hepat\w+|cirrho\w+|Child[- ]Pugh|ascites)\b", re.I)
_NORMAL = re.compile(
    r"\b(?:normal|healthy|good|no)\s+(?:renal|kidneys?|liver|hepatic)\b(?:\s+(?:function|disease|impairment))?",
    re.I,
)
_ANCESTRY = re.compile(
    r"\b(?:(?:East |South )?Asians?|African(?:[- ]American)?s?|Caucasians?|Europeans?|Hispanics?|Latin[oa]s?|Japanese"
    r"|Chinese|Koreans?|Indians?|Thai|Ashkenazi|Italians?|Swedish)\b"
    r"|\b(?:Black|White)s? (?:virtual )?(?:patients?|people|men|women|man|woman|adults?|persons?|subjects?)\b"
    r"|\b(?:ancestry|ethnic\w+|race)\b",
    re.I,
)
_YOUNG_OR_OLD = re.compile(
    r"\b(?:child(?:ren)?|infants?|bab(?:y|ies)|neonates?|newborns?|toddlers?|adolescents?|teenagers?|elderly|geriatric)\b",
    re.I,
)
_WEIGHED = re.compile(
    r"\b\d{2,3}\s?[-–]\s?\d{2,3}\s?(?:kg|lbs?)\b|\bweigh\w*\D{0,10}?\d|\b\d+\s?stones?\b", re.I
)
_PREGNANT = re.compile(r"\bpregnan\w+|\btrimester\b", re.I)


def not_read(turn: Turn) -> str:
    """What the words of a simulation or a design say that no tool was given; "" where nothing is left out.

    What the tool asks back stands behind it: it would not be told beside other words.
    """
    results = [one for one in turn.results.values() if one.tool == SIMULATION]
    asked = simulation_of(turn.given) if results else None
    if asked is None:
        return _of_designs(turn)
    found = any(one.outcome is Outcome.FOUND for one in results)
    lines = [SCHEDULE] if asked.several else []
    lines += _of_people(asked) if found or lines else []
    back = [] if found or not lines else [one.note for one in results]
    return " ".join(dict.fromkeys((*lines, *back)))


def _of_designs(turn: Turn) -> str:
    """The words of a request for molecules that are no term of a design, and how near the nearest one came."""
    results = [one for one in turn.results.values() if one.tool == DESIGN]
    if not results:
        return ""
    said = " ".join(part for part in sentences(request_of(turn.given)) if asks(part) == DESIGN)
    words = ", ".join(f'"{one}"' for one in unread_terms(said))
    lines = [f"Not read: {words}. {AIMS}"] if words else []
    back = [one.note for one in results if one.outcome is not Outcome.FOUND] if lines else []
    return " ".join(dict.fromkeys((*lines, *back, *filter(None, map(_how_near, results)))))


def _how_near(result: ToolResult) -> str:
    """That no structure shown came near what the design was to be like; "" where one did or nothing was named."""
    if result.outcome is not Outcome.FOUND or not result.inputs.get("like") or not result.tables:
        return ""
    table = result.tables[0]
    if "similarity to seeds" not in table.columns:
        return ""
    at = table.columns.index("similarity to seeds")
    values = [float(row[at]) for row in table.rows if row[0].isdigit()]
    if not values or max(values) >= NEAR:
        return ""
    return (
        f"None of these structures came near what they were to be like: the nearest has a similarity of "
        f"{max(values):.2f} to it, where 1 is the same."
    )


def _of_people(asked: Said) -> Iterator[str]:
    said = " ".join((asked.stated, *asked.parts))
    plain, told = _NORMAL.sub(" ", said), people(said)
    yield from _of_words(said, asked.drugs)
    words = dict.fromkeys(word for drug in asked.drugs for word in unread(said, drug))
    if words:
        yield f'Not read as a genotype: {", ".join(words)}. State the gene with its result, for example "VKORC1 GA".'
    if _KIDNEYS.search(plain) and not renal_factor(said):
        yield KIDNEYS
    if _LIVER.search(plain):
        yield LIVER
    if age_range(said):
        yield AGES
    elif _YOUNG_OR_OLD.search(said) and "age" not in told:
        yield NO_AGE
    if _WEIGHED.search(said) and "weight" not in told:
        yield WEIGHT
    if _ANCESTRY.search(said):
        yield ANCESTRY
    if _PREGNANT.search(said):
        yield PREGNANCY


def _of_words(said: str, drugs: Sequence[str]) -> Iterator[str]:
    """What is said of numbers, forms and habits that no input of a simulation holds."""
    left = dict.fromkeys(word for drug in drugs for word in left_over(said, drug))
    if left:
        yield f"Not read, as no input of the simulation holds it: {', '.join(left)}."
    if (inr := other_threshold(said)) and WARFARIN in drugs:
        yield f"The INR of {inr} was not read: the share of people above an INR of 4 is told."
