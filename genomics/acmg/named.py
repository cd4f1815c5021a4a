"""What a variant does, told from its c. and p. names alone, as an :class:`~genomics.effect.Effect`.

No transcript is looked at: exon numbers, decay, the share of the protein that is lost and the next start codon stay
None, and a coding substitution without its p. name is a gap, because the codon is not known.
"""

from __future__ import annotations

from genomics import by_name
from genomics.effect import Effect, EffectSource
from genomics.hgvs import Edit, Name
from genomics.lookups.rows import Gap
from genomics.protein import Effect as Change
from genomics.protein import Protein

MODELS = "consilium packs pull mane-gff"
"""The command that brings the transcript models."""

_TERMS = {
    Change.MISSENSE: "missense_variant",
    Change.STOP: "stop_gained",
    Change.SYNONYMOUS: "synonymous_variant",
    Change.FRAMESHIFT: "frameshift_variant",
    Change.DELETION: "inframe_deletion",
    Change.DUPLICATION: "inframe_insertion",
    Change.INSERTION: "inframe_insertion",
    Change.DELINS: "protein_altering_variant",
    Change.START: "start_lost",
    Change.EXTENSION: "stop_lost",
}
_BY_NAME = {
    "splice donor": "splice_donor_variant",
    "splice acceptor": "splice_acceptor_variant",
    "start codon": "start_lost",
    "frameshift": "frameshift_variant",
}
"""Terms of :mod:`genomics.by_name` in the words of the Sequence Ontology."""
_OVERRULES = ("exon_loss_variant", "splice_donor_variant", "splice_acceptor_variant", "start_lost")
"""What the c. name tells better than a p. name, which is only a prediction there."""


def effect_of_name(gene: str, dna: Name | None, protein: Protein | None) -> Effect | Gap:
    """The effect that the names tell, with source ``NAME``; a gap if they do not tell one.

    The p. name decides but for a lost exon, a canonical splice site and the start codon, where c. tells more.
    """
    if dna is not None and dna.level not in ("c", "n") and protein is None:
        return _gap(f"{dna} is no name on a transcript, so its effect needs a transcript model")
    by_dna = _dna_terms(dna) if dna is not None and dna.level == "c" else ()
    if by_dna and by_dna[0] in _OVERRULES:
        return _effect(gene, by_dna, dna, protein)
    if protein is not None:
        return _effect(gene, _protein_terms(protein), dna, protein)
    if by_dna:
        return _effect(gene, by_dna, dna, None)
    return _gap(_why_not(dna))


def _effect(gene: str, terms: tuple[str, ...], dna: Name | None, protein: Protein | None) -> Effect:
    c_name = str(dna) if dna is not None and dna.level == "c" else ""
    change = dna.length_change if dna is not None and _is_coding(dna) else None
    offset = nearest_offset(dna) if dna is not None else None
    return Effect(
        source=EffectSource.NAME,
        told_by=" ".join(name for name in (c_name, str(protein) if protein else "") if name),
        gene=gene.upper(),
        transcript=dna.reference if dna is not None else "",
        terms=terms,
        c_name=c_name,
        p_name=str(protein) if protein else "",
        intron_offset=offset,
        length_change=_lost_exons(dna) if dna is not None and terms[0] == "exon_loss_variant" else change,
        in_frame=_in_frame(terms[0], dna, change),
    )


def _protein_terms(name: Protein) -> tuple[str, ...]:
    if "Ter" in name.alt and name.effect in (Change.INSERTION, Change.DELINS):
        return ("stop_gained",)
    return (_TERMS[name.effect],)


def _dna_terms(name: Name) -> tuple[str, ...]:
    if name.start is None or name.end is None or name.edit is Edit.SAME:
        return ()
    if _lost_exons(name):
        return ("exon_loss_variant",)
    if not name.start.star and name.start.base < 0 < name.end.base and not name.end.star:
        return ("start_lost",) if name.edit is not Edit.DUPLICATION else ()
    told = by_name.of_dna("", name)
    if by_name.keeps_site(name):
        return _outside(name)
    if told and told[0].term in _BY_NAME:
        return (_BY_NAME[told[0].term],)
    if told and told[0].term == "in-frame change":
        return _in_frame_terms(name.length_change or 0)
    return _outside(name)


def _in_frame_terms(change: int) -> tuple[str, ...]:
    if change == 0:
        return ("protein_altering_variant",)
    return ("inframe_deletion" if change < 0 else "inframe_insertion",)


def _outside(name: Name) -> tuple[str, ...]:
    """Introns and untranslated regions; empty for coding substitutions."""
    assert name.start is not None
    assert name.end is not None
    offset = nearest_offset(name)
    if offset is not None:
        return ("splice_region_variant", "intron_variant") if abs(offset) <= 8 else ("intron_variant",)
    if name.start.star and name.end.star:
        return ("3_prime_UTR_variant",)
    return ("5_prime_UTR_variant",) if name.start.base < 0 and name.end.base < 0 else ()


def nearest_offset(name: Name) -> int | None:
    """The offset of the changed intronic base that is nearest to an exon; None if no end is intronic."""
    if name.start is None or name.end is None:
        return None
    offsets = [point.offset for point in (name.start, name.end) if point.offset]
    return min(offsets, key=abs) if offsets else None


def _lost_exons(name: Name) -> int | None:
    """Minus the exonic bases between two intronic ends, if whole exons are deleted; else None."""
    first, last = name.start, name.end
    if first is None or last is None or name.edit not in (Edit.DELETION, Edit.DELINS):
        return None
    if first.star or last.star or not (first.offset and last.offset) or first.base < 1:
        return None
    lost = last.base - first.base + 1 - (first.offset > 0) - (last.offset < 0)
    return -lost if lost > 0 and first.base != last.base else None


def _is_coding(name: Name) -> bool:
    return name.start is not None and name.end is not None and name.start.is_coding and name.end.is_coding


def _in_frame(term: str, dna: Name | None, change: int | None) -> bool | None:
    if term == "frameshift_variant":
        return False
    if term.startswith("inframe"):
        return True
    if term == "exon_loss_variant" and dna is not None:
        lost = _lost_exons(dna)
        return None if lost is None else lost % 3 == 0
    return None if change is None or term in ("start_lost", "stop_gained") else change % 3 == 0


def _gap(reason: str) -> Gap:
    return Gap(reason=reason, held=False, command=MODELS)


def _why_not(dna: Name | None) -> str:
    if dna is None:
        return "neither a c. nor a p. name is known"
    if dna.start is None:
        return f"the break points of {dna} are not exact, so its effect on the reading frame is not known"
    return f"{dna} alone does not tell the codon; its p. name or a transcript model does"
