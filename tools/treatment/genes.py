"""What the pharmacogenomic guidelines say of the drugs on the list, for the genotypes on record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from genomics.pgx.findings import for_patient, of_advice, population
from genomics.pgx.gathering import definitions, from_record
from genomics.pgx.guidance import Advice, Advised, action, advise
from genomics.pgx.held_guidance import guidance
from genomics.pgx.words import GeneCall
from retrieval.evidence import Action, Finding
from tools.treatment.load import Knowledge
from tools.treatment.predicates import Level

INHIBITORS = {"CYP2D6": "strong_cyp2d6_inhibitor"}
"""Genes whose product a drug on the list can block, with our class of such drugs."""
_LEVELS = {Action.AVOID: Level.AVOID, Action.CHANGE: Level.CHANGE, Action.INFORM: Level.NONE}


@dataclass(frozen=True)
class GeneAdvice:
    """What the guidelines say of one drug: their findings, the strictest action, and the populations to choose from."""

    drug: str
    level: Level
    findings: tuple[Finding, ...]
    populations: tuple[str, ...]
    advice: Advice

    @property
    def genes(self) -> frozenset[str]:
        """The genes that its recommendations were looked up under."""
        return frozenset(gene for given in self.advice.guidance for gene, _ in given.looked_up)

    @property
    def for_patient(self) -> tuple[Finding, ...]:
        """That a guideline speaks of the drug, without what it recommends."""
        return for_patient(self.advice, guidance())


def calls(genotypes: Sequence[str]) -> tuple[tuple[GeneCall, ...], tuple[str, ...]]:
    """The gene calls of a record, and what could not be read of it. Absence of a call is not "normal"."""
    if not genotypes:
        return (), ()
    gathered = from_record(genotypes, definitions())
    return gathered.calls, gathered.notes


def advice(called: Sequence[GeneCall], drugs: Iterable[str], knowledge: Knowledge) -> tuple[GeneAdvice, ...]:
    """The guidance that changes something, drug by drug; with it, every other guideline that speaks of the drug."""
    names = [knowledge.drug(drug).name for drug in dict.fromkeys(drugs)]
    if not called or not names:
        return ()
    told = (_of(one) for one in advise(called, names, guidance()) if one.outcome is Advised.GUIDANCE)
    return tuple(one for one in told if one.level is not Level.NONE)


def _of(told: Advice) -> GeneAdvice:
    levels = [_LEVELS[action(given)] for given in told.guidance]
    populations = dict.fromkeys(population(given) for given in told.guidance)
    return GeneAdvice(
        drug=told.asked,
        level=max(levels, key=lambda level: level.rank),
        findings=of_advice(told),
        populations=tuple(one for one in populations if one) if len(populations) > 1 else (),
        advice=told,
    )
