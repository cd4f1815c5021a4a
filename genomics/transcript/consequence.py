"""What a variant does to a transcript: Sequence Ontology terms, names, reading frame, new stop and decay.

An insertion or deletion in a repeat can be written at several places with the same result. It is read at the place
that leaves splice sites and splice regions untouched, if there is one, because the bases there are then unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator

from genomics.effect import Effect, EffectSource
from genomics.lookups.rows import Gap
from genomics.transcript import coding
from genomics.transcript.coding import Coding, Edit
from genomics.transcript.model import Transcript
from genomics.transcript.names import c_name
from genomics.transcript.placement import STILL, Change, Slide, agrees, moved, on, slide
from genomics.transcript.regions import Region, ordered, touched
from genomics.variant import Variant

TRIES = 400
"""Places of one change that are compared."""
_NOT_HELD = (
    "The intron bases beside it are not held, so a repeat that reaches into the intron was not followed."
)


def effect(model: Transcript, pos: int, ref: str, alt: str, told_by: str = "") -> Effect | Gap | None:
    """What plus-strand alleles at a 1-based position do to a transcript; None where they lie outside it.

    A gap says that the reference bases disagree, or that the model cannot be read there; nothing is guessed then.
    """
    change = on(model, pos, ref, alt)
    slid = slide(model, change) if change.moving else STILL
    read = _read_at(model, change, slid)
    region = touched(model, read.start, read.end)
    if region is None or not (change.ref or change.alt):
        return None
    expected = agrees(model, change)
    if expected is not None:
        return _gap(
            model,
            f"has {model.read(expected)[:20]} where the variant states {model.read(change.ref)[:20]} "
            "(plus strand): check build and alleles",
        )
    found = _coding(model, read, region)
    if isinstance(found, Gap):
        return found
    return _assembled(model, change, slid, region, found, told_by or model.accession)


def every_snv(model: Transcript, told_by: str = "") -> Iterator[tuple[Variant, Effect]]:
    """Every single-base change of the coding sequence with what it does, in transcript order."""
    begin, end = model.cds or (0, 0)
    for exon in model.exons:
        for o, t, length in exon.blocks:
            for base in range(max(begin, t), min(end, t + length)):
                yield from _snvs(model, o + base - t, model.mrna[base], told_by)


def _snvs(model: Transcript, o: int, ref: str, told_by: str) -> Iterator[tuple[Variant, Effect]]:
    pos = model.oriented(o, o + 1)[0] + 1
    for alt in "ACGT":
        if alt == ref:
            continue
        found = effect(model, pos, model.read(ref), model.read(alt), told_by)
        if isinstance(found, Effect):
            alleles = {"ref": model.read(ref), "alt": model.read(alt)}
            yield Variant(build=model.build, contig=model.contig, pos=pos, **alleles), found


def _gap(model: Transcript, reason: str) -> Gap:
    return Gap(reason=f"{model.accession} ({model.gene}) {reason}", held=True)


def _read_at(model: Transcript, change: Change, slid: Slide) -> Change:
    """The place at which the change is read: 3' end first, then the place that touches least of the splice sites."""
    if not change.moving:
        return change
    best, least = change, 8
    for by in range(slid.right, max(-slid.left, slid.right - TRIES) - 1, -1):
        here = moved(change, by)
        region = touched(model, here.start, here.end)
        if region is None:
            continue
        beside = not region.exonic and not region.intron
        weight = 4 * region.site + 2 * region.splice_region + beside
        if weight < least:
            best, least = here, weight
        if not weight:
            break
    return best


def _coding(model: Transcript, change: Change, region: Region) -> Coding | Gap:
    """Terms and protein of a change, save those of splice sites and introns."""
    exons = model.exons
    if change.start <= exons[0].start and change.end >= exons[-1].end:
        return Coding(("transcript_ablation",), lost_share=1.0)
    if not region.exonic:
        return _skipped(model, region) if region.site else Coding(())
    if model.cds is None:
        return Coding(("non_coding_transcript_exon_variant",))
    last = max(change.start, change.end - 1)
    first_exon, last_exon = model.exon_at(change.start), model.exon_at(last)
    if first_exon is None or last_exon is None:
        return _across(model, change, region)
    start, end = model.base_at(change.start), model.base_at(last)
    if start is None or end is None:
        return _gap(model, f"is not aligned to {model.build} base by base there")
    edit = Edit(start, end + 1 if change.ref else start, change.alt)
    if first_exon == last_exon and edit.end - edit.start != len(change.ref):
        return _gap(model, f"is not aligned to {model.build} base by base there")
    if not model.is_plain and edit.start < model.cds[1] and edit.end > model.cds[0]:
        return _gap(
            model, "has no plain reading frame (ribosomal slippage, or an incomplete coding sequence)"
        )
    return coding.of(model, edit)


def _skipped(model: Transcript, region: Region) -> Coding:
    """What leaving out the exon of a lost splice site would do (PMID 30192042: exon skipping presumed)."""
    exons = {index for index, _ in region.sites}
    found = coding.without(model, min(exons), max(exons)) if len(exons) == 1 and model.is_plain else None
    if found is None:
        return Coding(())
    number = min(exons) + 1
    said = found.decay_reason or ("the reading frame is kept" if found.in_frame else "the frame is broken")
    reason = f"if exon {number} is skipped: {said}"
    return found._replace(terms=(), p_name="", length_change=None, decay_reason=reason)


def _across(model: Transcript, change: Change, region: Region) -> Coding:
    """A change over an exon's edge. Whole exons between two introns are read as left out of the mRNA."""
    terms = _overlapped(model, change)
    held = [i for i in range(len(model.exons)) if _covers(change, model.exons[i].start, model.exons[i].end)]
    edges = model.exon_at(change.start) is None and model.exon_at(change.end - 1) is None
    inside = change.start >= model.exons[0].start and change.end <= model.exons[-1].end
    found = None
    if held and edges and inside and model.is_plain:
        found = coding.without(model, held[0], held[-1])
    if found is None:
        skipped = _skipped(model, region)
        return skipped._replace(terms=terms)
    return found._replace(terms=terms, p_name="")


def _covers(change: Change, start: int, end: int) -> bool:
    return change.start <= start and end <= change.end


def _overlapped(model: Transcript, change: Change) -> tuple[str, ...]:
    """Terms for the parts of the mRNA that a change over an exon's edge takes with it."""
    assert model.cds is not None
    begin, end = model.cds
    terms = set()
    for exon in model.exons:
        low = exon.first + max(0, change.start - exon.start)
        high = exon.last - max(0, exon.end - change.end)
        if low >= high:
            continue
        if low < begin:
            terms.add("5_prime_UTR_variant")
        if high > end:
            terms.add("3_prime_UTR_variant")
        if low < end and high > begin:
            terms.add("coding_sequence_variant")
        if low < begin + 3 and high > begin and model.complete_start:
            terms.add("start_lost")
        if low < end and high > end - 3 and model.complete_end:
            terms.add("stop_lost")
    return tuple(terms)


def _assembled(
    model: Transcript, change: Change, slid: Slide, region: Region, found: Coding, told_by: str
) -> Effect:
    terms = set(found.terms)
    if terms != {"transcript_ablation"}:
        terms |= _spliced(model, region, found)
    return Effect(
        source=EffectSource.MODEL,
        told_by=told_by,
        gene=model.gene,
        transcript=model.accession,
        terms=ordered(terms),
        c_name=c_name(model, change, slid),
        p_name="" if region.site else found.p_name,
        exon=region.exon + 1,
        exons=len(model.exons),
        intron_offset=region.offset or None,
        coding_length=model.coding_length or None,
        length_change=found.length_change,
        new_stop=found.new_stop,
        decay=found.decay,
        decay_reason=found.decay_reason,
        lost_share=None if found.lost_share is None else round(found.lost_share, 6),
        in_frame=found.in_frame,
        next_start=found.next_start,
        mane_select=model.mane == "select",
        limit="" if slid.left_known and slid.right_known else _NOT_HELD,
    )


def _spliced(model: Transcript, region: Region, found: Coding) -> set[str]:
    terms = set()
    if region.acceptor:
        terms.add("splice_acceptor_variant")
    if region.donor:
        terms.add("splice_donor_variant")
    if region.splice_region and not region.site:
        terms.add("splice_region_variant")
    if region.intron and not region.site:
        terms.add("intron_variant")
    if model.cds is None and not region.exonic:
        terms.add("non_coding_transcript_variant")
    return terms
