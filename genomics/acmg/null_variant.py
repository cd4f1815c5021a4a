"""PVS1: the decision tree for loss-of-function variants (Abou Tayoun 2018, PMID 30192042), behind a gate by gene.

The tree asks what becomes of the transcript, not what the variant is called: decay, frame, the share of the protein
that is lost, the next start codon. Where only the name is known these stay open, and the code is met at the lowest
strength that such a variant can reach in the tree; the rationale says what a transcript model would decide.

Three questions of the tree cannot be answered from what is held, and the rationale says so where they matter: whether
loss-of-function variants of this exon are frequent in the population, whether another transcript starts elsewhere,
and whether a transcript that is not MANE Select is biologically relevant. A duplication of exons is not assessed,
because a file does not tell whether the copy stands in tandem.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from genomics import protein
from genomics.acmg import judged
from genomics.acmg.criteria import Criterion, Strength, Value
from genomics.acmg.gate import Gate, gate
from genomics.acmg.named import MODELS
from genomics.effect import Effect, EffectSource
from genomics.gene_facts import gene_facts
from genomics.hgvs import HgvsError
from genomics.lookups.rows import Gap, Neighbour
from genomics.protein import Effect as Change
from genomics.protein import Protein
from retrieval.evidence import Evidence

if TYPE_CHECKING:
    from genomics.acmg.gene_rules import GeneRules
    from genomics.acmg.observed import Observed

CODE = "PVS1"
LARGE_LOSS = 0.10
"""Share of the protein from which on a loss weighs strong (PMID 30192042)."""

_STOPS = frozenset({"stop_gained", "frameshift_variant", "nonsense"})
_SPLICE = frozenset({"splice_acceptor_variant", "splice_donor_variant"})
_EXONS = frozenset({"exon_loss_variant"})
_START = frozenset({"start_lost", "initiator_codon_variant"})
_COPIES = frozenset({"transcript_amplification", "feature_elongation", "exon_duplication"})
_PATHOGENIC = ("pathogenic", "likely pathogenic", "pathogenic/likely pathogenic")


_BENIGN = ("benign", "likely benign", "benign/likely benign")
_CUTS = (Change.STOP, Change.FRAMESHIFT)


class Leaf(NamedTuple):
    """Where the tree ends. ``open_questions`` True: what the effect does not tell would lead further."""

    strength: Strength | None
    """None where the tree ends without the code."""
    why: str
    open_questions: bool = False
    evidence: tuple[Evidence, ...] = ()


def judge(observed: Observed, rules: GeneRules) -> tuple[Criterion, ...]:
    """PVS1, met with the strength of the tree, not met, or not assessed with the reason."""
    return (_judged(observed, rules),)


def _judged(observed: Observed, rules: GeneRules) -> Criterion:
    unused = rules.not_used(CODE)
    if unused:
        return judged.not_assessed(CODE, unused)
    effect = observed.effect
    if isinstance(effect, Gap):
        return judged.not_assessed(CODE, effect)
    terms = set(effect.terms)
    if terms & _COPIES:
        return judged.not_assessed(
            CODE, "Whether the copied exons stand in tandem and inside the gene is not told."
        )
    if not terms & (_STOPS | _SPLICE | _EXONS | _START | {"transcript_ablation"}):
        return judged.not_met(CODE, f"{effect.term or 'This'} is no null variant of the PVS1 tree.")
    if terms & _SPLICE and _is_untranslated(effect):
        return judged.not_assessed(
            CODE, f"{_said(effect)} lies between untranslated exons; no frame tells its weight."
        )
    passed = gate(observed)
    if passed.open is None:
        return judged.not_assessed(CODE, passed.why, command=passed.command)
    if not passed.open:
        return judged.not_met(CODE, passed.why)
    return _met(effect, leaf(observed, rules), passed)


def _met(effect: Effect, end: Leaf, passed: Gate) -> Criterion:
    if end.strength is None:
        return judged.not_met(CODE, end.why, values=_values(effect))
    by_model = effect.source is EffectSource.MODEL
    asks = "What the transcript model cannot tell" if by_model else "A transcript model"
    further = f" {asks} would decide, up to very strong." if end.open_questions else ""
    return judged.met(
        CODE,
        end.strength,
        f"{end.why}{further} {passed.why} (tree of PMID 30192042)",
        values=_values(effect),
        evidence=(*passed.evidence, *end.evidence),
        command=MODELS if end.open_questions and not by_model else "",
    )


def leaf(observed: Observed, rules: GeneRules) -> Leaf:
    """Where the tree ends for a null variant of a gene in which loss of function is a mechanism."""
    effect = observed.effect
    assert isinstance(effect, Effect)
    terms = set(effect.terms)
    if "transcript_ablation" in terms:
        return Leaf(Strength.VERY_STRONG, "The whole transcript is deleted.")
    if observed.is_mitochondrial:
        return _mitochondrial(effect)
    if terms & _START and not terms & _STOPS:
        return _start_lost(effect, observed.neighbours)
    if terms & (_SPLICE | _EXONS) and effect.in_frame and not effect.decay:
        return _shortened(effect, rules, f"{_said(effect)}; the reading frame is kept.", observed.neighbours)
    return _truncated(effect, rules, observed.neighbours)


def _truncated(effect: Effect, rules: GeneRules, neighbours: tuple[Neighbour, ...] | Gap) -> Leaf:
    """A shifted frame or a new stop: decay decides first, then what the protein loses."""
    said = _said(effect)
    tail = _tail(effect)
    if tail is not None and not effect.decay and tail.strength is None:
        return tail
    if effect.decay and effect.mane_select:
        return Leaf(Strength.VERY_STRONG, f"{said}; nonsense-mediated decay is predicted ({_decay(effect)}).")
    if effect.decay:
        told = f"{said}; decay is predicted, but {effect.transcript or 'the transcript'} is not marked MANE Select"
        return Leaf(Strength.MODERATE, f"{told}, so its relevance is open.", open_questions=True)
    if effect.decay is None:
        where = _by_name(effect) if effect.source is EffectSource.NAME else f"by {effect.told_by}"
        modelled = effect.source is EffectSource.MODEL
        why = "the model does not tell decay or the lost share" if modelled else "decay and the lost share"
        why += " of the protein" if modelled else " of the protein are not known"
        return Leaf(
            Strength.MODERATE,
            f"{said} ({where}); {why}, so it is met at the lowest strength that the tree counts, "
            "the exon supposed to matter.",
            open_questions=not modelled,
        )
    told = f"{said}; it escapes nonsense-mediated decay ({_decay(effect)})."
    return _shortened(effect, rules, told, neighbours)


def _shortened(effect: Effect, rules: GeneRules, said: str, neighbours: tuple[Neighbour, ...] | Gap) -> Leaf:
    """No decay: what is known of that end of the protein, a critical region, else the share that is lost."""
    tail = _tail(effect)
    if tail is not None:
        return tail
    borne = _borne(effect, neighbours)
    if borne:
        return Leaf(None, f"{said} {borne} loses at least as much of the protein and is classified benign.")
    region = _critical(effect, rules)
    if region:
        return Leaf(
            Strength.STRONG, f"{said} The loss takes in {region}, a critical region by the gene's rules."
        )
    if effect.lost_share is None:
        return Leaf(
            Strength.MODERATE, f"{said} The lost share of the protein is not known.", open_questions=True
        )
    share = f"{100 * effect.lost_share:.1f} % of the protein is lost"
    if effect.lost_share >= LARGE_LOSS:
        return Leaf(Strength.STRONG, f"{said} {share}, 10 % or more.")
    return Leaf(
        Strength.MODERATE, f"{said} {share}, less than 10 %; no critical region is listed here for it."
    )


def _start_lost(effect: Effect, neighbours: tuple[Neighbour, ...] | Gap) -> Leaf:
    said = f"{_said(effect)}; whether another transcript starts elsewhere was not examined"
    if effect.next_start is None:
        return Leaf(
            Strength.SUPPORTING,
            f"{said}, and the next in-frame start is not known.",
            open_questions=effect.source is EffectSource.NAME,
        )
    upstream = f"the next in-frame start, codon {effect.next_start}"
    if isinstance(neighbours, Gap):
        return Leaf(
            Strength.SUPPORTING, f"{said}; pathogenic variants before {upstream}, were not looked up."
        )
    before = [one for one in neighbours if _pathogenic_before(one, effect.next_start)]
    if before:
        names = ", ".join(one.p_name for one in before[:3])
        return Leaf(Strength.MODERATE, f"{said}; {names} before {upstream}, classified pathogenic.")
    return Leaf(Strength.SUPPORTING, f"{said}; no pathogenic variant is known before {upstream}.")


def _mitochondrial(effect: Effect) -> Leaf:
    """Mitochondrial transcripts have no decay: the lost share decides (rules of PMID 32906214).

    The expert panel uses it so: strong for 99 % and for 33 % of MT-CO1 (ClinGen, m.5920G>A and m.6930G>A).
    """
    said = f"{_said(effect)}; mitochondrial transcripts know no nonsense-mediated decay"
    if effect.lost_share is None:
        return Leaf(
            Strength.MODERATE, f"{said}; the lost share of the protein is not known.", open_questions=True
        )
    strength = Strength.STRONG if effect.lost_share >= LARGE_LOSS else Strength.MODERATE
    return Leaf(strength, f"{said}; {100 * effect.lost_share:.1f} % of the protein is lost.")


def _tail(effect: Effect) -> Leaf | None:
    """What a panel says of losing the end of this protein from the change on; None if no panel's rule is held."""
    fact, first = gene_facts().tails.get(effect.gene.upper()), _first_lost(effect)
    if fact is None or first is None or not set(effect.terms) & _STOPS:
        return None
    if first >= fact.first:
        return Leaf(None, f"{_said(effect)}: {fact.statement}", evidence=(fact.evidence,))
    why = f"{_said(effect)} escapes decay, and loses residues before {fact.first}, which the panel counts as critical."
    return Leaf(Strength.STRONG, why, evidence=(fact.evidence,))


def _borne(effect: Effect, neighbours: tuple[Neighbour, ...] | Gap) -> str:
    """A truncation at or before this one that is classified (likely) benign, so that the loss is borne; "" if none.

    It stands for the tree's question whether loss of function of this exon is frequent in the population.
    """
    first = _first_lost(effect)
    if first is None or isinstance(neighbours, Gap) or not set(effect.terms) & _STOPS:
        return ""
    for one in neighbours:
        name = _parsed(one.p_name)
        benign = one.stars >= 1 and one.significance.lower().replace("_", " ") in _BENIGN
        if benign and name and name.effect in _CUTS and name.start <= first:
            return f"{one.p_name} ({one.accession}, {one.significance}, stars {one.stars})"
    return ""


def _critical(effect: Effect, rules: GeneRules) -> str:
    """The first hot spot of the gene's rules that the lost end of the protein takes in; "" if none is listed."""
    first = _first_lost(effect)
    if first is None or set(effect.terms) & (_SPLICE | _EXONS):
        return ""
    lost = [spot for spot in rules.pm1 if spot.last >= first]
    return f"residues {lost[0].first} to {lost[0].last}" if lost else ""


def _first_lost(effect: Effect) -> int | None:
    name = _parsed(effect.p_name)
    return name.start if name else None


def _parsed(p_name: str) -> Protein | None:
    try:
        return protein.parse(p_name)
    except HgvsError:
        return None


def _is_untranslated(effect: Effect) -> bool:
    """True if the nearest exonic base of an intronic change is untranslated (c.-22-2A>C, c.*10+1G>A)."""
    return effect.c_name.startswith(("c.-", "c.*"))


def _pathogenic_before(one: Neighbour, codon: int) -> bool:
    name = _parsed(one.p_name)
    if name is None or one.stars < 1:
        return False
    return one.significance.lower().replace("_", " ") in _PATHOGENIC and 1 < name.start < codon


def _said(effect: Effect) -> str:
    name = effect.p_name or effect.c_name
    return f"{effect.gene} {name}: {effect.term}".strip() if name else f"{effect.gene}: {effect.term}"


def _by_name(effect: Effect) -> str:
    return f"by the name {effect.told_by}"


def _decay(effect: Effect) -> str:
    return effect.decay_reason or effect.told_by


def _values(effect: Effect) -> tuple[Value, ...]:
    told = {
        "consequence": (effect.term, ""),
        "told by": (effect.told_by, ""),
        "exon": (f"{effect.exon} of {effect.exons}" if effect.exon and effect.exons else "", ""),
        "decay predicted": ({True: "yes", False: "no", None: "not known"}[effect.decay], ""),
        "protein lost": ("" if effect.lost_share is None else f"{100 * effect.lost_share:.1f}", "%"),
    }
    return tuple(Value(name=name, value=value, unit=unit) for name, (value, unit) in told.items() if value)
