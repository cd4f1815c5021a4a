"""PS1, PM5 and PM1: what is known of the same residue (Richards 2015, PMID 25741868).

PS1 asks for another DNA change with the same amino-acid change, PM5 for another amino-acid change of the same residue,
each classified pathogenic or likely pathogenic with at least one star; PM1 for a residue or region that the gene's
expert panel lists. The variant itself is never its own neighbour. Neither PS1 nor PM5 holds if splicing is predicted to
change, because then the amino acid is not what matters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from genomics import protein
from genomics.acmg import judged
from genomics.acmg.criteria import POINTS, Criterion, Strength, Value
from genomics.effect import Effect
from genomics.hgvs import HgvsError
from genomics.lookups.rows import Gap, Neighbour, Score
from genomics.protein import Effect as Change
from genomics.protein import Protein

if TYPE_CHECKING:
    from genomics.acmg.gene_rules import GeneRules
    from genomics.acmg.observed import Observed

STARS = 1
"""Fewest stars of a neighbour that counts."""
SPLICE_CHANGED = 0.2
"""Highest SpliceAI delta from which splicing counts as changed (PMID 37352859)."""
_PATHOGENIC = ("pathogenic", "pathogenic/likely pathogenic")
_COUNTS = (*_PATHOGENIC, "likely pathogenic")


class Own(NamedTuple):
    """The asked missense change."""

    change: Protein
    c_name: str
    spdi: str


def judge(observed: Observed, rules: GeneRules) -> tuple[Criterion, ...]:
    """PS1, PM1 and PM5, each met, not met, or not assessed with the reason.

    PM1 falls to supporting beside PS1 or a full PM5: both speak of the same residue, as the RYR1 panel has it.
    """
    ps1, pm5 = _ps1(observed, rules), _pm5(observed, rules)
    heavy = any(one.strength and POINTS[one.strength] >= POINTS[Strength.MODERATE] for one in (ps1, pm5))
    return ps1, _pm1(observed, rules, heavy), pm5


def _ps1(observed: Observed, rules: GeneRules) -> Criterion:
    ready = _ready("PS1", observed, rules)
    if isinstance(ready, Criterion):
        return ready
    own, known = ready
    same = [one for one, name in known if protein.same(name, own.change) and _other_dna(one, own)]
    if not same:
        return judged.not_met(
            "PS1", f"No other DNA change to {own.change} is held as pathogenic with a star."
        )
    if isinstance(observed.splicing, Gap):
        why = f"{_list(same)} makes the same change, but whether splicing is changed was not looked up"
        return judged.not_assessed(
            "PS1", f"{why}: {observed.splicing.reason}", command=observed.splicing.command
        )
    strong = any(_is_pathogenic(one) for one in same)
    return judged.met(
        "PS1",
        Strength.STRONG if strong else Strength.MODERATE,
        f"The same amino-acid change {own.change} by another DNA change: {_list(same)}.",
        values=_values(same),
    )


def _pm5(observed: Observed, rules: GeneRules) -> Criterion:
    ready = _ready("PM5", observed, rules)
    if isinstance(ready, Criterion):
        return ready
    own, known = ready
    others = [one for one, name in known if _same_residue(name, own.change) and name.alt != own.change.alt]
    if not others:
        place = f"{own.change.first}{own.change.start}"
        return judged.not_met("PM5", f"No other change of residue {place} is held as pathogenic with a star.")
    strength = Strength.MODERATE if any(_is_pathogenic(one) for one in others) else Strength.SUPPORTING
    if rules.pm5 is not None:
        strength = rules.pm5.strength
    unseen = "; a change of splicing was not looked up" if isinstance(observed.splicing, Gap) else ""
    return judged.met(
        "PM5",
        strength,
        f"Another change of the same residue as {own.change} is known: {_list(others)}{unseen}.",
        values=_values(others),
        command=observed.splicing.command if isinstance(observed.splicing, Gap) else "",
    )


def _ready(
    code: str, observed: Observed, rules: GeneRules
) -> Criterion | tuple[Own, list[tuple[Neighbour, Protein]]]:
    """The asked change with its pathogenic missense neighbours, or why the code ends here."""
    unused = rules.not_used(code)
    if unused:
        return judged.not_assessed(code, unused)
    if isinstance(observed.effect, Gap):
        return judged.not_assessed(code, observed.effect)
    change = _missense(observed.effect)
    if change is None:
        return judged.not_met(code, f"{observed.effect.term or 'The change'} is no missense variant.")
    if isinstance(observed.splicing, Score) and observed.splicing.score >= SPLICE_CHANGED:
        said = f"{observed.splicing.tool} predicts changed splicing ({observed.splicing.score:g})"
        return judged.not_met(code, f"{said}, so the residue does not decide.")
    if isinstance(observed.neighbours, Gap):
        return judged.not_assessed(code, observed.neighbours)
    spdi = observed.variant.spdi if observed.variant else ""
    own = Own(change, observed.effect.c_name, spdi)
    return own, [pair for pair in _known(observed.neighbours) if not _is_itself(pair[0], own)]


def _pm1(observed: Observed, rules: GeneRules, heavy: bool) -> Criterion:
    unused = rules.not_used("PM1")
    if unused:
        return judged.not_assessed("PM1", unused)
    if observed.is_mitochondrial:
        return judged.not_met("PM1", "PM1 is not used for mitochondrial DNA (PMID 32906214).")
    if not rules.pm1:
        return judged.not_assessed(
            "PM1", f"No panel rule held here lists critical residues of {observed.gene}."
        )
    if isinstance(observed.effect, Gap):
        return judged.not_assessed("PM1", observed.effect)
    change = _missense(observed.effect)
    if change is None:
        return judged.not_met("PM1", f"{observed.effect.term or 'The change'} is no missense variant.")
    inside = [spot for spot in rules.pm1 if spot.first <= change.start <= spot.last]
    if not inside:
        return judged.not_met(
            "PM1", f"Residue {change.start} is none that the panel's rules list ({rules.version})."
        )
    spot = max(inside, key=lambda one: POINTS[one.strength])
    region = f"residue {spot.first}" if spot.first == spot.last else f"residues {spot.first} to {spot.last}"
    said = f"{change} lies in {region} of {observed.gene}, a hot spot of {rules.version}"
    lowered = heavy and POINTS[spot.strength] > POINTS[Strength.SUPPORTING]
    return judged.met(
        "PM1",
        Strength.SUPPORTING if lowered else spot.strength,
        f"{said}; supporting only, beside PS1 or PM5 for the same residue." if lowered else f"{said}.",
        values=(Value(name="residue", value=str(change.start)),),
        evidence=(rules.evidence(spot, f"PM1 {spot.strength}: {region}"),),
    )


def residue(p_name: str) -> int | None:
    """The first residue of a p. name; None if it is none."""
    try:
        return protein.parse(p_name).start
    except HgvsError:
        return None


def _missense(effect: Effect) -> Protein | None:
    if "missense_variant" not in effect.terms or not effect.p_name:
        return None
    try:
        change = protein.parse(effect.p_name)
    except HgvsError:
        return None
    return change if change.effect is Change.MISSENSE else None


def _known(neighbours: tuple[Neighbour, ...]) -> list[tuple[Neighbour, Protein]]:
    """Missense neighbours that count, with their parsed names."""
    pairs = []
    for one in neighbours:
        if one.stars < STARS or one.significance.lower().replace("_", " ") not in _COUNTS:
            continue
        try:
            name = protein.parse(one.p_name)
        except HgvsError:
            continue
        if name.effect is Change.MISSENSE:
            pairs.append((one, name))
    return pairs


def _same_residue(name: Protein, change: Protein) -> bool:
    """By number and by its reference residue: the names of another transcript may count otherwise."""
    return (name.first, name.start) == (change.first, change.start)


def _is_itself(one: Neighbour, own: Own) -> bool:
    if own.c_name and one.c_name:
        return own.c_name == one.c_name
    return bool(own.spdi) and one.variant is not None and one.variant.spdi == own.spdi


def _other_dna(one: Neighbour, own: Own) -> bool:
    """True if it is known that the DNA change is another one."""
    if own.c_name and one.c_name:
        return own.c_name != one.c_name
    return bool(own.spdi) and one.variant is not None and one.variant.spdi != own.spdi


def _is_pathogenic(one: Neighbour) -> bool:
    return one.significance.lower().replace("_", " ") in _PATHOGENIC


def _list(neighbours: list[Neighbour]) -> str:
    shown = [
        f"{one.p_name} ({one.accession}, {one.significance}, stars {one.stars})" for one in neighbours[:3]
    ]
    more = f" and {len(neighbours) - 3} more" if len(neighbours) > 3 else ""
    return f"{'; '.join(shown)}{more}"


def _values(neighbours: list[Neighbour]) -> tuple[Value, ...]:
    return tuple(Value(name="neighbour", value=f"{one.accession} {one.p_name}") for one in neighbours[:3])
