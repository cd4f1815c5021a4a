"""Which parts of a transcript a stretch touches: splice sites, splice regions, introns, exons.

Canonical sites are the first and last two bases of an intron, splice regions its bases 3 to 8 and the first and last
three of an exon, as Sequence Ontology defines SO:0001574, SO:0001575 and SO:0001630.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import NamedTuple

from genomics.transcript.model import Transcript

SEVERITY = (
    "transcript_ablation", "splice_acceptor_variant", "splice_donor_variant", "stop_gained", "frameshift_variant",
    "stop_lost", "start_lost", "transcript_amplification", "feature_elongation", "feature_truncation",
    "inframe_insertion", "inframe_deletion", "missense_variant", "protein_altering_variant",
    "splice_donor_5th_base_variant", "splice_region_variant", "splice_donor_region_variant",
    "splice_polypyrimidine_tract_variant", "incomplete_terminal_codon_variant", "start_retained_variant",
    "stop_retained_variant", "synonymous_variant", "coding_sequence_variant", "mature_miRNA_variant",
    "5_prime_UTR_variant", "3_prime_UTR_variant", "non_coding_transcript_exon_variant", "intron_variant",
    "NMD_transcript_variant", "non_coding_transcript_variant", "coding_transcript_variant",
    "upstream_gene_variant", "downstream_gene_variant", "TFBS_ablation", "TFBS_amplification",
    "TF_binding_site_variant", "regulatory_region_ablation", "regulatory_region_amplification",
    "regulatory_region_variant", "intergenic_variant", "sequence_variant",
)  # fmt: skip
"""Sequence Ontology terms, most severe first, in the order that Ensembl VEP documents."""
RANK = {term: rank for rank, term in enumerate(SEVERITY)}

SITE, NEAR_INTRON, NEAR_EXON = 2, 8, 3


class Region(NamedTuple):
    """What a half-open oriented stretch touches; an insertion is an empty stretch between two bases."""

    acceptor: bool
    donor: bool
    splice_region: bool
    intron: bool
    exonic: bool
    exon: int
    """Index of the first exon touched, or of the nearest one."""
    offset: int
    """Distance of the touched intron base nearest to an exon, 0 without one."""
    sites: tuple[tuple[int, bool], ...]
    """Canonical sites touched: index of their exon, True for its donor."""

    @property
    def site(self) -> bool:
        return self.acceptor or self.donor


def ordered(terms: set[str]) -> tuple[str, ...]:
    """Most severe first."""
    return tuple(sorted(terms, key=RANK.__getitem__))


def touched(model: Transcript, start: int, end: int) -> Region | None:
    """What a stretch touches; None if it lies outside the transcript."""
    exons = model.exons
    if end <= exons[0].start or start >= exons[-1].end:
        return None
    low = max(0, bisect_right(model.starts, start) - 1)
    if start < end <= exons[low].end - NEAR_EXON and start >= exons[low].start + NEAR_EXON:
        return Region(False, False, False, False, True, low, 0, ())
    high = max(low + 1, bisect_right(model.starts, max(end, start + 1) + NEAR_INTRON))
    held = [index for index in range(low, high) if _in(start, end, exons[index].start, exons[index].end)]
    sites, region = _splicing(model, start, end, range(low, high))
    introns = [(exons[i].end, exons[i + 1].start) for i in range(max(0, low - 1), min(high, len(exons) - 1))]
    inside = [limits for limits in introns if _in(start, end, *limits)]
    offset = min((_offset(start, end, *limits) for limits in inside), key=abs, default=0)
    nearest = held[0] if held else low + (offset < 0)
    return Region(
        acceptor=any(not donor for _, donor in sites),
        donor=any(donor for _, donor in sites),
        splice_region=region,
        intron=bool(inside),
        exonic=bool(held),
        exon=nearest,
        offset=offset,
        sites=sites,
    )


def _splicing(
    model: Transcript, start: int, end: int, near: range
) -> tuple[tuple[tuple[int, bool], ...], bool]:
    sites, region = [], False
    for index in near:
        exon = model.exons[index]
        for edge, donor in ((exon.end, True), (exon.start, False)):
            if index == (len(model.exons) - 1 if donor else 0):
                continue
            way = 1 if donor else -1
            if _in(start, end, *_zone(edge, 0, SITE * way)):
                sites.append((index, donor))
            region = region or _in(start, end, *_zone(edge, -NEAR_EXON * way, NEAR_INTRON * way))
    return tuple(sites), region


def _zone(edge: int, begin: int, end: int) -> tuple[int, int]:
    return (edge + begin, edge + end) if begin < end else (edge + end, edge + begin)


def _in(start: int, end: int, low: int, high: int) -> bool:
    return low < start < high if start == end else start < high and end > low


def _offset(start: int, end: int, left: int, right: int) -> int:
    """Signed distance of the touched base of an intron that is nearest to an exon."""
    last = max(start, end - 1)
    if start == end:
        after, before = start - left, right - start
    else:
        after, before = max(start, left) - left + 1, right - min(last, right - 1)
    return after if after <= before else -before
