"""PP3, BP4 and BP7 by predicted splicing: the greatest of SpliceAI's four delta scores.

Walker 2023 (PMID 37352859): 0.2 and above speaks for PP3 outside the canonical splice sites, 0.1 and below for BP4;
BP7 is for silent and deep intronic changes of which BP4 holds.
"""

from __future__ import annotations

from genomics.acmg.calibration import SPLICEAI
from genomics.acmg.criteria import POINTS, Criterion, Status, Strength, Value
from genomics.acmg.gene_rules import GeneRules
from genomics.acmg.judged import met, not_assessed, not_met
from genomics.acmg.missense import is_missense
from genomics.acmg.observed import Observed
from genomics.effect import Effect
from genomics.lookups.rows import Gap, Score
from retrieval.evidence import Evidence

CODES = ("PP3", "BP4", "BP7")
DONOR, ACCEPTOR = 7, -21
"""Intronic changes beyond +7 and beyond -21 count as deep (PMID 37352859)."""
_CANONICAL = frozenset({"splice_donor_variant", "splice_acceptor_variant"})


def judge(observed: Observed, rules: GeneRules) -> tuple[Criterion, ...]:
    """PP3, BP4 and BP7 by the splicing score alone, in this order."""
    score = observed.splicing
    if isinstance(score, Gap):
        return tuple(_unscored(code, observed, score) for code in CODES)
    if score.tool != SPLICEAI.tool:
        why = f"{score.tool} has no cut-offs that were checked here"
        return tuple(not_assessed(code, why) for code in CODES)
    try:
        reached = SPLICEAI.of(score.score)
    except ValueError as wrong:
        return tuple(not_assessed(code, str(wrong)) for code in CODES)
    benign = reached is not None and reached[0] == "BP4"
    return (_pp3(observed, score, reached), _bp4(observed, score, benign), _bp7(observed, score, benign))


def one_prediction(
    protein: tuple[Criterion, ...], splicing: tuple[Criterion, ...]
) -> tuple[Criterion, Criterion]:
    """One PP3 and one BP4 from the two predictions: the stronger PP3, and BP4 only where neither speaks against it.

    ``protein`` is empty for variants that are no missense change; then splicing decides alone.
    """
    by_splice = {one.code: one for one in splicing}
    if not protein:
        return by_splice["PP3"], by_splice["BP4"]
    by_score = {one.code: one for one in protein}
    return _stronger(by_score["PP3"], by_splice["PP3"]), _both(
        by_score["BP4"], by_splice["PP3"], by_splice["BP4"]
    )


def is_silent_or_deep(effect: Effect) -> bool:
    """True for a synonymous change and for an intronic one beyond the splice regions, the changes of BP7."""
    if "synonymous_variant" in effect.terms:
        return True
    offset = effect.intron_offset
    return offset is not None and (offset > DONOR or offset < ACCEPTOR)


def _pp3(observed: Observed, score: Score, reached: tuple[str, Strength] | None) -> Criterion:
    values = _values(score)
    if isinstance(observed.effect, Effect) and set(observed.effect.terms) & _CANONICAL:
        return not_met("PP3", "a canonical splice site: PVS1 speaks of it", values=values)
    if reached is None or reached[0] != "PP3":
        return not_met("PP3", f"{_told(score)} does not reach PP3", values=values)
    why = f"{_told(score)} reaches PP3 {reached[1]}"
    return met("PP3", reached[1], why, values=values, evidence=(_quote(score),))


def _bp4(observed: Observed, score: Score, benign: bool) -> Criterion:
    values = _values(score)
    if isinstance(observed.effect, Gap):
        why = f"splicing alone does not tell that a change is harmless; effect: {observed.effect.reason}"
        return not_assessed("BP4", why, command=observed.effect.command)
    if set(observed.effect.terms) & _CANONICAL:
        return not_met("BP4", "a canonical splice site: its predicted splicing is not asked", values=values)
    if not benign:
        return not_met("BP4", f"{_told(score)} does not reach BP4", values=values)
    if not (
        is_silent_or_deep(observed.effect) or observed.effect.intron_offset or is_missense(observed.effect)
    ):
        return not_met(
            "BP4", "predicted splicing speaks for BP4 in silent and intronic changes alone", values=values
        )
    return met(
        "BP4", Strength.SUPPORTING, f"{_told(score)} reaches BP4", values=values, evidence=(_quote(score),)
    )


def _bp7(observed: Observed, score: Score, benign: bool) -> Criterion:
    if isinstance(observed.effect, Gap):
        return not_assessed("BP7", f"effect: {observed.effect.reason}", command=observed.effect.command)
    if not is_silent_or_deep(observed.effect):
        return not_met("BP7", _NOT_SILENT)
    if not benign:
        return not_met("BP7", f"{_told(score)}: BP4 does not hold", values=_values(score))
    why = f"silent or deep intronic, and {_told(score)}"
    return met("BP7", Strength.SUPPORTING, why, values=_values(score), evidence=(_quote(score),))


def _unscored(code: str, observed: Observed, gap: Gap) -> Criterion:
    if code == "BP7" and isinstance(observed.effect, Effect) and not is_silent_or_deep(observed.effect):
        return not_met("BP7", _NOT_SILENT)
    return not_assessed(code, f"splicing score: {gap.reason}", command=gap.command)


def _stronger(one: Criterion, other: Criterion) -> Criterion:
    counted = [each for each in (one, other) if each.counts and each.strength is not None]
    if counted:
        return max(counted, key=lambda each: POINTS[each.strength or Strength.SUPPORTING])
    return one


def _both(by_score: Criterion, splice_pp3: Criterion, splice_bp4: Criterion) -> Criterion:
    """BP4 of the missense score stands unless a held splicing score is above its own BP4."""
    unspoken = splice_bp4.counts or splice_bp4.status is Status.NOT_ASSESSED
    if not by_score.counts or (unspoken and not splice_pp3.counts):
        return by_score
    against = splice_pp3 if splice_pp3.counts else splice_bp4
    return not_met("BP4", f"{by_score.rationale}, but {against.rationale}", values=by_score.values)


def _told(score: Score) -> str:
    return f"SpliceAI {score.score:g} ({SPLICEAI.reference})"


def _values(score: Score) -> tuple[Value, ...]:
    return (Value(name="SpliceAI, greatest delta", value=f"{score.score:g}"),)


def _quote(score: Score) -> Evidence:
    return Evidence(source=score.source, quote=f"SpliceAI {score.score:g}")


_NOT_SILENT = "neither a silent change nor one deep in an intron (beyond +7 or -21)"
