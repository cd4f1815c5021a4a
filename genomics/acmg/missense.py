"""PP3 and BP4 of missense changes by one predictor, chosen in advance, and PP2.

REVEL's cut-offs: Pejaver 2022 (PMID 36413997). The panel's own predictor and cut-offs come first. Never the best of
several: a score of another tool than the chosen one is not used.
"""

from __future__ import annotations

from genomics.acmg.calibration import TOOLS, Calibration, Cut
from genomics.acmg.criteria import Criterion, Value
from genomics.acmg.gene_rules import GeneRules
from genomics.acmg.judged import met, not_assessed, not_met
from genomics.acmg.observed import Observed
from genomics.effect import Effect
from genomics.lookups.rows import Gap, Score
from retrieval.evidence import Evidence

__all__ = ["CODES", "TOOLS", "Calibration", "Cut", "calibration_of", "is_missense", "judge", "substitution"]

CODES = ("PP3", "BP4")


def judge(observed: Observed, rules: GeneRules) -> tuple[Criterion, ...]:
    """PP3 and BP4 by the missense score; empty if the variant is known to be no missense change."""
    if isinstance(observed.effect, Effect) and not is_missense(observed.effect):
        return ()
    score = observed.missense
    if isinstance(score, Gap):
        return tuple(
            not_assessed(code, f"missense score: {score.reason}", command=score.command) for code in CODES
        )
    steps = calibration_of(score, rules)
    if isinstance(steps, str):
        return tuple(not_assessed(code, steps) for code in CODES)
    return tuple(_one(code, score, steps, rules) for code in CODES)


def substitution(observed: Observed, rules: GeneRules) -> Criterion:
    """PP2: a missense change in a gene of which the panel says that such changes are rarely benign."""
    rule = rules.pp2
    if rule is None:
        return not_assessed("PP2", "used only where a panel asks for it, and none does for this gene")
    if isinstance(observed.effect, Gap):
        return not_assessed("PP2", f"effect: {observed.effect.reason}", command=observed.effect.command)
    if not is_missense(observed.effect):
        return not_met("PP2", "the variant is no missense change")
    says = f"PP2 {rule.strength} for missense changes of {rules.gene}"
    why = f"a missense change; {rules.panel} counts it for {rules.gene}"
    return met("PP2", rule.strength, why, evidence=(rules.evidence(rule, says),))


def calibration_of(score: Score, rules: GeneRules) -> Calibration | str:
    """The cut-offs for a score: the panel's where its tool fits, else the tool's own; in words why there are none."""
    own = rules.predictor
    if own is not None and own.tool == score.tool:
        return own.calibration
    if own is not None:
        return f"{rules.panel} goes by {own.tool}, and the score held is one of {score.tool}"
    steps = TOOLS.get(score.tool)
    if steps is None or not steps.on:
        return f"{score.tool} has no cut-offs that were checked here"
    return steps


def is_missense(effect: Effect) -> bool:
    """True if the effect is a change of one amino acid for another."""
    return "missense_variant" in effect.terms


def _one(code: str, score: Score, steps: Calibration, rules: GeneRules) -> Criterion:
    try:
        reached = steps.of(score.score)
    except ValueError as wrong:
        return not_assessed(code, str(wrong))
    if not (steps.pp3 if code == "PP3" else steps.bp4):
        return not_assessed(code, f"no cut-off of {steps.tool} for {code} is held for {rules.gene}")
    told = f"{score.tool} {score.score:g} ({steps.reference}{'' if steps.verified else '; unverified'})"
    values = (Value(name=score.tool, value=f"{score.score:g}"),)
    if reached is None or reached[0] != code:
        return not_met(code, f"{told} does not reach {code}", values=values)
    evidence = [Evidence(source=score.source, quote=f"{score.tool} {score.score:g}")]
    if rules.predictor is not None:
        evidence.append(rules.evidence(rules.predictor, f"{code} by {score.tool}"))
    return met(
        code, reached[1], f"{told} reaches {code} {reached[1]}", values=values, evidence=tuple(evidence)
    )
