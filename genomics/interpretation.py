"""What is said of one variant: the known class, the class of our own codes, and how the two stand to each other."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from genomics.acmg.criteria import Assessment
from genomics.by_name import Consequence
from genomics.effect import Effect
from genomics.facts import VariantFact
from genomics.lookups.rows import KnownClass
from retrieval.evidence import Outcome, Word


class Agreement(StrEnum):
    """How the known class and the independent class stand to each other, in three classes (P, VUS, B)."""

    SAME = "same"
    DIFFERS = "differs"
    KNOWN_ONLY = "known only"
    INDEPENDENT_ONLY = "independent only"
    NEITHER = "neither"


class Interpretation(Word):
    """One variant of the question, or why it could not be interpreted."""

    outcome: Outcome
    asked: str = ""
    """The variant as read, in normal form."""
    gene: str = ""
    names: tuple[str, ...] = ()
    transcript: str = ""
    spdi: tuple[str, ...] = ()
    fact: VariantFact | None = None
    """The starter fact of it; its class is a known class, never ours."""
    known: KnownClass | None = None
    """The record of the ClinVar pack."""
    effects: tuple[Effect, ...] = ()
    assessment: Assessment | None = None
    agreement: Agreement = Agreement.NEITHER
    consequences: tuple[Consequence, ...] = ()
    """What the name alone tells."""
    limits: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    note: str = ""
    command: str = ""
    versions: Mapping[str, str] = Field(default_factory=dict)


_SIDES = {"pathogenic": "P", "likely pathogenic": "P", "benign": "B", "likely benign": "B"}


def side(significance: str) -> str:
    """ "P", "B" or "VUS": a class on the scale of three; conflicting and everything else is none ("")."""
    words = significance.lower().replace("_", " ")
    if words.startswith(("conflicting", "uncertain")):
        return "VUS" if words.startswith("uncertain") else ""
    sides = {_SIDES.get(part.strip(), "") for part in words.replace(";", "/").replace(",", "/").split("/")}
    return sides.pop() if len(sides) == 1 else ""


def agreement(fact: VariantFact | None, known: KnownClass | None, assessment: Assessment | None) -> Agreement:
    """How the two classes stand to each other. An assessment without any counted code is none."""
    stated = known.significance if known else (fact.known.significance if fact and fact.known else "")
    ours = assessment is not None and any(code.counts for code in assessment.criteria)
    if not stated:
        return Agreement.INDEPENDENT_ONLY if ours else Agreement.NEITHER
    if not ours or assessment is None:
        return Agreement.KNOWN_ONLY
    return Agreement.SAME if side(stated) == side(assessment.verdict.by_points) else Agreement.DIFFERS
