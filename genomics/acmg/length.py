"""PM4 and BP3: changes of the protein's length that keep the frame (Richards 2015, PMID 25741868).

PM4 is for in-frame insertions and deletions outside repeats, and for a lost stop; BP3 for in-frame changes inside a
repeat without known function. Null variants belong to PVS1 and never to PM4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from genomics.acmg import judged
from genomics.acmg.criteria import Criterion, Strength, Value
from genomics.effect import LOSS_OF_FUNCTION, Effect
from genomics.lookups.rows import Gap

if TYPE_CHECKING:
    from genomics.acmg.gene_rules import GeneRules
    from genomics.acmg.observed import Observed

WITHOUT_TRACK = Strength.SUPPORTING
"""Strength of PM4 while nobody knows whether the place is repetitive: one level below the rule's (our caution)."""
IN_FRAME = frozenset(
    {
        "inframe_insertion",
        "inframe_deletion",
        "inframe_indel",
        "protein_altering_variant",
        "conservative_inframe_insertion",
        "conservative_inframe_deletion",
        "disruptive_inframe_insertion",
        "disruptive_inframe_deletion",
    }
)
"""Terms for an in-frame change, as VEP, SnpEff and bcftools write them."""
_NULL = LOSS_OF_FUNCTION | {"nonsense", "exon_loss_variant"}


def judge(observed: Observed, rules: GeneRules) -> tuple[Criterion, ...]:
    """PM4 and BP3, each met, not met, or not assessed with the reason."""
    return _pm4(observed, rules), _bp3(observed, rules)


def _pm4(observed: Observed, rules: GeneRules) -> Criterion:
    unused, effect = rules.not_used("PM4"), observed.effect
    if unused:
        return judged.not_assessed("PM4", unused)
    if isinstance(effect, Gap):
        return judged.not_assessed("PM4", effect)
    terms = set(effect.terms)
    if terms & _NULL:
        return judged.not_met(
            "PM4", f"{effect.term} is a null variant, which PVS1 judges; the two never meet."
        )
    if "stop_lost" in terms:
        return judged.met("PM4", Strength.MODERATE, f"{_said(effect)}: the lost stop lengthens the protein.")
    if not _changes_length(effect):
        return judged.not_met(
            "PM4", f"{effect.term or 'The change'} does not change the length of the protein."
        )
    return _in_frame(observed, effect)


def _in_frame(observed: Observed, effect: Effect) -> Criterion:
    values = (Value(name="coding bases", value=f"{effect.length_change:+d}"),) if effect.length_change else ()
    if observed.in_repeat:
        return judged.not_met("PM4", f"{_said(effect)} lies in a repeat.", values=values)
    if observed.in_repeat is False:
        why = f"{_said(effect)} changes the length of the protein outside a repeat."
        return judged.met("PM4", Strength.MODERATE, why, values=values)
    if "[" in effect.c_name:
        return judged.not_assessed(
            "PM4", f"{effect.c_name} names a repeated unit, and no repeat track is held."
        )
    why = f"{_said(effect)} changes the length of the protein; no repeat track is held, so it weighs one level less."
    return judged.met("PM4", WITHOUT_TRACK, why, values=values)


def _bp3(observed: Observed, rules: GeneRules) -> Criterion:
    unused, effect = rules.not_used("BP3"), observed.effect
    if unused:
        return judged.not_assessed("BP3", unused)
    if isinstance(effect, Gap):
        return judged.not_assessed("BP3", effect)
    if set(effect.terms) & (_NULL | {"stop_lost"}) or not _changes_length(effect):
        return judged.not_met("BP3", f"{effect.term or 'The change'} is no in-frame change of length.")
    if observed.in_repeat is None:
        return judged.not_assessed("BP3", "No repeat track is held.")
    if not observed.in_repeat:
        return judged.not_met("BP3", f"{_said(effect)} lies outside a repeat.")
    if _in_hotspot(effect, rules):
        return judged.not_met(
            "BP3", f"{_said(effect)} lies in a repeat, but in a critical region of the gene's rules."
        )
    return judged.met("BP3", Strength.SUPPORTING, f"{_said(effect)} changes the length inside a repeat.")


def _in_hotspot(effect: Effect, rules: GeneRules) -> bool:
    from genomics.acmg.neighbours import residue

    place = residue(effect.p_name)
    return place is not None and any(spot.first <= place <= spot.last for spot in rules.pm1)


def _changes_length(effect: Effect) -> bool:
    return bool(set(effect.terms) & IN_FRAME) and effect.length_change != 0


def _said(effect: Effect) -> str:
    return f"{effect.gene} {effect.p_name or effect.c_name or effect.term}"
