"""Small transcripts that the tests make themselves, with their genome, and a slow oracle beside our caller."""

from __future__ import annotations

import random
from typing import NamedTuple

from Bio.Data.CodonTable import unambiguous_dna_by_id

from genomics.builds import Build
from genomics.transcript.model import Transcript, exons_of, reverse_complement
from genomics.variant import Variant

ORIGIN = 50_000
"""0-based contig position of the first base of the made genome."""
PAD = "GCATTCGATCCTAGGTCACT"


class Made(NamedTuple):
    """A model, and the plus-strand bases around it from ``ORIGIN`` on."""

    model: Transcript
    genome: str

    def bases(self, pos: int, length: int) -> str:
        """Reference bases from a 1-based position on."""
        return self.genome[pos - 1 - ORIGIN : pos - 1 - ORIGIN + length]

    def changed(self, variant: Variant) -> str:
        """The genome with a variant in it."""
        begin = variant.pos - 1 - ORIGIN
        assert self.genome[begin : begin + len(variant.ref)] == variant.ref
        return self.genome[:begin] + variant.alt + self.genome[begin + len(variant.ref) :]

    def at(self, base: int, offset: int = 0) -> int:
        """1-based contig position of an mRNA index, or of an intron base beside it."""
        from genomics.transcript.model import Place

        o = self.model.spot(Place(base, offset))
        assert o is not None
        return self.model.oriented(o, o + 1)[0] + 1

    def variant(self, base: int, ref: str, alt: str, offset: int = 0) -> Variant:
        """The variant that puts ``alt`` for ``ref`` at an mRNA index, both in transcript direction.

        An insertion stands before that base.
        """
        first, last = self.at(base, offset), self.at(base, offset) + len(ref) - 1
        if self.model.strand == -1:
            first, last = self.at(base, offset) - len(ref) + 1, self.at(base, offset)
        assert last >= first - 1
        read = self.model.read
        return Variant(
            build=self.model.build, contig=self.model.contig, pos=first, ref=read(ref), alt=read(alt)
        )


def make(
    exons: list[str],
    introns: list[str],
    cds: tuple[int, int] | None,
    *,
    strand: int = 1,
    flank: int = 100,
    accession: str = "NM_900001.1",
    gene: str = "MADE1",
    build: Build = Build.GRCH38,
    contig: str = "7",
    table: int = 1,
    mane: str = "select",
) -> Made:
    """A transcript of these exons and introns, in transcript direction."""
    line, limits, sides = PAD, [], []
    for index, exon in enumerate(exons):
        limits.append((len(line), len(line) + len(exon)))
        before = introns[index - 1][-flank:] if index and flank else ""
        after = introns[index][:flank] if index < len(introns) and flank else ""
        sides.append((before, after))
        line += exon + (introns[index] if index < len(introns) else "")
    line += PAD
    size = len(line)
    if strand == -1:
        limits = [(size - end, size - start) for start, end in limits]
    placed = [(ORIGIN + start, ORIGIN + end) for start, end in limits]
    model = Transcript(
        accession=accession,
        gene=gene,
        build=build,
        contig=contig,
        strand=1 if strand == 1 else -1,
        exons=exons_of(placed, 1 if strand == 1 else -1, sides),
        mrna="".join(exons),
        cds=cds,
        table=table,
        mane=mane,  # type: ignore[arg-type]
    )
    return Made(model, line if strand == 1 else reverse_complement(line))


def drawn(seed: int, *, strand: int = 1, exons: int = 4, flank: int = 100) -> Made:
    """A random transcript with an open frame over several exons; repeats are common because few bases are drawn."""
    rng = random.Random(seed)
    codons = unambiguous_dna_by_id[1].forward_table
    letters = rng.choice(("ACGT", "AACCG", "AAT"))
    body: list[str] = []
    while len(body) < 60:
        codon = "".join(rng.choices(letters, k=3))
        body += [codon] if codon in codons else []
    frame = "ATG" + "".join(body) + rng.choice(("TAA", "TAG", "TGA"))
    head, tail = "".join(rng.choices("ACGT", k=23)), "".join(rng.choices("ACGT", k=90))
    mrna = head + frame + tail
    cuts = sorted(rng.sample(range(30, len(mrna) - 60, 7), exons - 1))
    pieces = [mrna[start:end] for start, end in zip([0, *cuts], [*cuts, None], strict=True)]
    introns = ["GT" + "".join(rng.choices(letters, k=rng.randrange(30, 60))) + "AG" for _ in cuts]
    return make(pieces, introns, (len(head), len(head) + len(frame)), strand=strand, flank=flank)


def protein(bases: str, table: int = 1) -> str:
    """Residues up to and with the first stop, the slow way."""
    held = unambiguous_dna_by_id[table]
    read = ""
    for index in range(0, len(bases) - 2, 3):
        codon = bases[index : index + 3]
        if codon in held.stop_codons:
            return read + "*"
        read += held.forward_table[codon]
    return read
