"""What a change of the mRNA does to the coding sequence: start, frame, stop, decay."""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from genomics.transcript import translation
from genomics.transcript.decay import decay
from genomics.transcript.genetic_code import code, start_codons, translated, until_stop
from genomics.transcript.model import Transcript
from genomics.transcript.translation import Change


class Edit(NamedTuple):
    """``alt`` in place of the bases [start, end) of the mRNA."""

    start: int
    end: int
    alt: str

    @property
    def gained(self) -> int:
        return len(self.alt) - (self.end - self.start)


class Coding(NamedTuple):
    """The result; None is said where the change does not tell it."""

    terms: tuple[str, ...]
    p_name: str = ""
    length_change: int | None = None
    in_frame: bool | None = None
    new_stop: int | None = None
    decay: bool | None = None
    decay_reason: str = ""
    lost_share: float | None = None
    next_start: int | None = None


def of(model: Transcript, edit: Edit) -> Coding:
    """What an edit of the mRNA of a coding transcript does."""
    assert model.cds is not None, model.accession
    begin, end = model.cds
    if edit.end <= begin:
        return Coding(("5_prime_UTR_variant",))
    if edit.start >= end:
        return Coding(("3_prime_UTR_variant",))
    if model.complete_start and edit.start < begin + 3:
        return _at_the_start(model, edit)
    if edit.end > end:
        return _over_the_end(model, edit)
    if edit.end - edit.start == len(edit.alt) == 1:
        return _one_base(model, edit)
    return _framed(model, edit) if edit.gained % 3 == 0 else _shifted(model, edit)


def _one_base(model: Transcript, edit: Edit) -> Coding:
    begin = model.cds[0] if model.cds else 0
    index, place = divmod(edit.start - begin, 3)
    first = begin + 3 * index
    codon = model.mrna[first : first + 3]
    protein = model.residues
    if index >= len(protein):
        return Coding(("incomplete_terminal_codon_variant", "coding_sequence_variant"), length_change=0)
    new = code(model.table).get(codon[:place] + edit.alt + codon[place + 1 :], "X")
    if protein[index] == "*" != new:
        return _stop_lost(model, edit, index)
    change = translation.substituted(protein, index, new)
    if change.term != "stop_gained":
        return Coding((change.term,), change.name, 0, True)
    return _stopped(model, edit, change, first, in_frame=True)


def _stop_lost(model: Transcript, edit: Edit, index: int) -> Coding:
    begin = model.cds[0] if model.cds else 0
    changed = model.mrna[: edit.start] + edit.alt + model.mrna[edit.end :]
    read = until_stop(changed, begin + 3 * index, model.table)
    change = translation.shifted(model.residues, index, read)
    return Coding((change.term,), change.name, edit.gained, edit.gained % 3 == 0)


def _framed(model: Transcript, edit: Edit) -> Coding:
    begin = model.cds[0] if model.cds else 0
    protein = model.residues
    index = (edit.start - begin) // 3
    until = max(index + 1, -(-(edit.end - begin) // 3))
    first, last = begin + 3 * index, begin + 3 * until
    window = model.mrna[first : edit.start] + edit.alt + model.mrna[edit.end : last]
    read = translated(window, model.table)
    if until > len(protein):
        return Coding(("coding_sequence_variant",), "", edit.gained, True)
    old = protein[index:until]
    tail = until_stop(model.mrna, last, model.table) if "*" in old and "*" not in read else ""
    change = translation.replaced(protein, index, until, read, tail)
    if change.term == "stop_gained":
        return _stopped(model, edit, change, first + 3 * read.index("*"), in_frame=True)
    share = change.lost / translation.residues(protein) if change.lost else None
    terms = (change.term, *_sized(change.term, edit))
    return Coding(terms, change.name, edit.gained, True, lost_share=share)


def _sized(term: str, edit: Edit) -> tuple[str, ...]:
    """A stop lost or kept by an in-frame indel is that indel too."""
    if term not in ("stop_lost", "stop_retained_variant") or not edit.gained:
        return ()
    return ("inframe_insertion",) if edit.gained > 0 else ("inframe_deletion",)


def _shifted(model: Transcript, edit: Edit) -> Coding:
    begin = model.cds[0] if model.cds else 0
    index = (edit.start - begin) // 3
    first = begin + 3 * index
    changed = model.mrna[first : edit.start] + edit.alt + model.mrna[edit.end :]
    read = until_stop(changed, 0, model.table)
    change = translation.shifted(model.residues, index, read)
    if change.term not in ("frameshift_variant", "stop_gained"):
        return Coding((change.term,), change.name, edit.gained, False)
    stop = first + 3 * (len(read) - 1) if read.endswith("*") else None
    return _stopped(model, edit, change, stop, in_frame=False)


def _stopped(model: Transcript, edit: Edit, change: Change, stop: int | None, *, in_frame: bool) -> Coding:
    """A change that ends the protein early; ``stop`` is the mRNA index of the new stop in the changed mRNA."""
    begin = model.cds[0] if model.cds else 0
    fate = decay(stop, junction(model, edit), len(model.exons))
    return Coding(
        terms=_ended(change.term, edit),
        p_name=change.name,
        length_change=edit.gained,
        in_frame=in_frame,
        new_stop=None if stop is None else stop - begin + 1,
        decay=fate.predicted,
        decay_reason=fate.reason,
        lost_share=change.lost / max(1, translation.residues(model.residues)),
    )


def _ended(term: str, edit: Edit) -> tuple[str, ...]:
    if term != "stop_gained" or not edit.gained:
        return (term,)
    if edit.gained % 3:
        return (term, "frameshift_variant")
    return (term, "inframe_insertion" if edit.gained > 0 else "inframe_deletion")


def _at_the_start(model: Transcript, edit: Edit) -> Coding:
    assert model.cds is not None
    begin = model.cds[0]
    changed = model.mrna[: edit.start] + edit.alt + model.mrna[edit.end :]
    starts = start_codons(model.table) | {model.mrna[begin : begin + 3]}
    candidates = [begin] if edit.start >= begin else []
    if edit.end <= begin + 3 or not edit.gained:
        candidates.append(begin + edit.gained)
    kept = [at for at in candidates if at >= 0 and changed[at : at + 3] in starts]
    protein = model.residues
    for at in kept:
        read = "M" + until_stop(changed, at, model.table)[1:]
        if read == protein:
            terms = ("start_retained_variant",) + ("5_prime_UTR_variant",) * (edit.start < begin)
            return Coding(terms, "p.Met1=", edit.gained, edit.gained % 3 == 0)
    if begin in kept and edit.start >= begin and edit.end <= model.cds[1]:
        return _framed(model, edit) if edit.gained % 3 == 0 else _shifted(model, edit)
    return _start_lost(model, edit)


def _start_lost(model: Transcript, edit: Edit) -> Coding:
    """``next_start`` is the first Met codon of the old frame behind the change (PMID 30192042, initiation codon)."""
    assert model.cds is not None
    protein = model.residues
    behind = max(1, -(-(edit.end - model.cds[0]) // 3))
    met = protein.find("M", behind)
    return Coding(
        terms=("start_lost",),
        p_name="p.Met1?",
        length_change=edit.gained,
        in_frame=None,
        next_start=met + 1 if met > 0 else None,
        lost_share=met / translation.residues(protein) if met > 0 else None,
    )


def _over_the_end(model: Transcript, edit: Edit) -> Coding:
    """A change that reaches from the coding bases, or the stop codon, into the 3' UTR."""
    assert model.cds is not None
    begin, end = model.cds
    index = (edit.start - begin) // 3
    changed = model.mrna[: edit.start] + edit.alt + model.mrna[edit.end :]
    read = until_stop(changed, begin + 3 * index, model.table)
    protein = model.residues
    if protein[index:] == read:
        return Coding(("stop_retained_variant", "3_prime_UTR_variant"), f"p.Ter{len(protein)}=")
    change = translation.shifted(protein, index, read)
    term = "stop_gained" if change.term == "stop_gained" else "stop_lost"
    name = change.name if change.term in ("stop_lost", "stop_gained") else ""
    lost = min(end, edit.end) - edit.start
    return Coding((term, "3_prime_UTR_variant"), name, -lost, None)


def junction(model: Transcript, edit: Edit) -> int:
    """Index of the first base behind the last junction, in the changed mRNA; 0 if no junction is left."""
    number = len(model.exons) - 1
    while number > 0:
        at = model.exons[number].first
        if edit.end <= at:
            return at + edit.gained
        if edit.start >= at:
            return at
        number -= 1  # the change removed this junction with its intron
    return 0


def without(model: Transcript, first: int, last: int) -> Coding | None:
    """The coding change if exons ``first`` to ``last`` (indices) are left out of the mRNA.

    None where they hold the start or stop codon, or are the first or last exon: nothing can be foretold then.
    """
    if model.cds is None or first == 0 or last == len(model.exons) - 1:
        return None
    edit = Edit(model.exons[first].first, model.exons[last].last, "")
    if edit.end <= model.cds[0] or edit.start >= model.cds[1]:
        return None
    if edit.start < model.cds[0] + 3 or edit.end > model.cds[1] - 3:
        return None
    return _framed(model, edit) if edit.gained % 3 == 0 else _shifted(model, edit)


def exon_of(model: Transcript, base: int) -> int:
    """Index of the exon that holds an mRNA index."""
    return bisect_right(model.firsts, base) - 1
