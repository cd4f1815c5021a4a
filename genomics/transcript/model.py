"""One transcript on one build: exons with their alignment, coding limits, mRNA, and the maps between coordinates.

Three coordinates are used. ``g`` counts bases of the contig from 0. ``o`` ("oriented") is the same line read in the
direction of transcription: ``o = g`` on the plus strand, ``o = -1 - g`` on the minus strand, so that a smaller ``o``
is always nearer to the 5' end. ``t`` counts bases of the mRNA from 0.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from genomics.builds import Build
from genomics.transcript.genetic_code import start_codons, translated

_COMPLEMENT = str.maketrans("ACGTUNacgtun", "TGCAANTGCAAN")
_CIGAR = re.compile(r"(\d+)([M=XID])")

Mane = Literal["", "select", "plus clinical"]
Strand = Literal[1, -1]


def reverse_complement(bases: str) -> str:
    return bases.translate(_COMPLEMENT)[::-1]


class Place(NamedTuple):
    """A base of the transcript, and how far from it (0 in an exon, + downstream, - upstream in the intron)."""

    base: int
    offset: int


class Exon(NamedTuple):
    """Half-open limits in oriented and in transcript coordinates; intron bases in transcript direction."""

    start: int
    end: int
    first: int
    last: int
    cigar: str = ""
    """Alignment in transcript direction, empty where it has no gap. I: bases of the transcript alone."""
    before: str = ""
    after: str = ""

    @property
    def blocks(self) -> tuple[tuple[int, int, int], ...]:
        """The aligned stretches: oriented start, transcript start, length."""
        if not self.cigar:
            return ((self.start, self.first, self.end - self.start),)
        found, o, t = [], self.start, self.first
        for number, kind in _CIGAR.findall(self.cigar):
            length = int(number)
            if kind in "M=X":
                found.append((o, t, length))
            o += 0 if kind == "I" else length
            t += 0 if kind == "D" else length
        return tuple(found)


@dataclass(frozen=True, eq=False)
class Transcript:
    """A transcript model. Exons stand in transcript order; ``cds`` is half-open in ``mrna`` with the stop codon."""

    accession: str
    gene: str
    build: Build
    contig: str
    strand: Strand
    exons: tuple[Exon, ...]
    mrna: str
    cds: tuple[int, int] | None
    table: int = 1
    """NCBI translation table: 1 nuclear, 2 vertebrate mitochondrial."""
    mane: Mane = ""
    protein: str = ""
    hgnc: str = ""
    complete_start: bool = True
    """False where the model lacks its start codon; ``cds`` then begins with the first whole codon."""
    complete_end: bool = True

    @property
    def span(self) -> tuple[int, int]:
        """Half-open genomic limits, ``g``."""
        first, last = self.exons[0].start, self.exons[-1].end
        return (first, last) if self.strand == 1 else (-last, -first)

    @property
    def coding_length(self) -> int:
        """Bases of the coding sequence with the stop codon; 0 for a non-coding transcript."""
        return self.cds[1] - self.cds[0] if self.cds else 0

    def coding_spans(self) -> list[tuple[int, int]]:
        """The coding part of each exon on the genome, 1-based with both ends, in genomic order."""
        first, last = self.cds or (0, 0)
        spans = []
        for exon in self.exons:
            begin, end = max(exon.first, first), min(exon.last, last)
            if begin < end:
                spans.append(self._genomic(exon.start + begin - exon.first, exon.start + end - exon.first))
        return sorted(spans)

    def _genomic(self, start: int, end: int) -> tuple[int, int]:
        return (start + 1, end) if self.strand == 1 else (-end + 1, -start)

    @cached_property
    def residues(self) -> str:
        """The protein in one letter each, with its stop: Met first, U where the frame runs over a TGA.

        Empty for a non-coding transcript.
        """
        if self.cds is None:
            return ""
        bases = self.mrna[slice(*self.cds)]
        body = translated(bases, self.table)
        if self.complete_start and bases[:3] in start_codons(self.table):
            body = "M" + body[1:]
        ends = self.complete_end and body.endswith("*")
        return body[:-1].replace("*", "U") + "*" if ends else body.replace("*", "U")

    @cached_property
    def is_plain(self) -> bool:
        """True if the coding sequence is one open frame: no slippage, no missing codon, stops only as selenocysteine.

        A non-coding transcript is plain.
        """
        if self.cds is None:
            return True
        bases = self.mrna[slice(*self.cds)]
        if self.complete_start and self.complete_end and (len(bases) % 3 or not self.residues.endswith("*")):
            return False
        inner = len(self.residues) - self.residues.endswith("*")
        recoded = {bases[3 * i : 3 * i + 3] for i in range(inner) if self.residues[i] == "U"}
        return recoded <= {"TGA"}

    @cached_property
    def starts(self) -> list[int]:
        """Oriented starts of the exons, for bisection."""
        return [exon.start for exon in self.exons]

    @cached_property
    def firsts(self) -> list[int]:
        """Transcript starts of the exons, for bisection."""
        return [exon.first for exon in self.exons]

    @property
    def last_junction(self) -> int:
        """Transcript index of the first base behind the last exon-exon junction; 0 with a single exon."""
        return self.exons[-1].first

    def oriented(self, start: int, end: int) -> tuple[int, int]:
        """Genomic half-open limits as oriented ones, and back: the map is its own inverse."""
        return (start, end) if self.strand == 1 else (-end, -start)

    def read(self, bases: str) -> str:
        """Plus-strand bases in transcript direction, and back."""
        return bases if self.strand == 1 else reverse_complement(bases)

    def exon_at(self, o: int) -> int | None:
        """Index of the exon that holds an oriented position."""
        index = bisect_right(self.starts, o) - 1
        return index if index >= 0 and o < self.exons[index].end else None

    def base_at(self, o: int) -> int | None:
        """Transcript index of an oriented position; None in introns, outside, and in alignment gaps."""
        index = self.exon_at(o)
        if index is None:
            return None
        exon = self.exons[index]
        if not exon.cigar:
            return exon.first + o - exon.start
        return next((t + o - begin for begin, t, length in exon.blocks if begin <= o < begin + length), None)

    def place_at(self, o: int) -> Place | None:
        """The transcript base of an oriented position, or the nearest one with the distance, in introns.

        The middle base of an intron counts from the exon before it. None outside the transcript.
        """
        index = bisect_right(self.starts, o) - 1
        if index < 0 or o >= self.exons[-1].end:
            return None
        exon = self.exons[index]
        if o < exon.end:
            base = self.base_at(o)
            return None if base is None else Place(base, 0)
        after, before = o - exon.end + 1, self.exons[index + 1].start - o
        return Place(exon.last - 1, after) if after <= before else Place(self.exons[index + 1].first, -before)

    def spot(self, place: Place) -> int | None:
        """Oriented position of a place; None where the place is no base of the transcript or of its introns."""
        if not 0 <= place.base < self.exons[-1].last:
            return None
        index = bisect_right(self.firsts, place.base) - 1
        exon = self.exons[index]
        if not place.offset:
            return next(
                (o + place.base - t for o, t, length in exon.blocks if t <= place.base < t + length), None
            )
        if place.offset > 0:
            limit = self.exons[index + 1].start if index + 1 < len(self.exons) else exon.end
            o = exon.end - 1 + place.offset
            return o if place.base == exon.last - 1 and o < limit else None
        o = exon.start + place.offset
        limit = self.exons[index - 1].end if index else exon.start
        return o if place.base == exon.first and o >= limit else None

    @cached_property
    def stretches(self) -> tuple[tuple[int, str], ...]:
        """The known bases as oriented start and sequence, merged where exons and flanks touch."""
        merged: list[tuple[int, str]] = []
        for exon in self.exons:
            start = exon.start - len(exon.before)
            bases = exon.before + self._aligned(exon) + exon.after
            if merged and start <= merged[-1][0] + len(merged[-1][1]):
                begin, held = merged[-1]
                merged[-1] = (begin, held + bases[begin + len(held) - start :])
            else:
                merged.append((start, bases))
        return tuple(merged)

    @cached_property
    def _stretch_starts(self) -> list[int]:
        return [start for start, _ in self.stretches]

    def stretch(self, o: int) -> tuple[int, str]:
        """The stretch of known bases that holds an oriented position or ends at it; empty if there is none."""
        index = bisect_right(self._stretch_starts, o) - 1
        if index < 0:
            return o, ""
        start, bases = self.stretches[index]
        return (start, bases) if o <= start + len(bases) else (o, "")

    def bases(self, start: int, end: int) -> str | None:
        """The bases between oriented positions; None where they are not all held."""
        begin, held = self.stretch(start)
        found = held[start - begin : end - begin]
        return found if len(found) == end - start else None

    def _aligned(self, exon: Exon) -> str:
        if not exon.cigar:
            return self.mrna[exon.first : exon.last]
        bases = ["N"] * (exon.end - exon.start)
        for o, t, length in exon.blocks:
            bases[o - exon.start : o - exon.start + length] = self.mrna[t : t + length]
        return "".join(bases)


class ModelError(ValueError):
    """The pieces do not make a transcript; the message names what contradicts what."""


def exons_of(
    limits: Sequence[tuple[int, int]], strand: Strand, flanks: Sequence[tuple[str, str]] = ()
) -> tuple[Exon, ...]:
    """Exons without alignment gaps from genomic half-open limits in any order.

    ``flanks`` are the intron bases before and after each exon, in transcript order and direction.

    Raises:
        ModelError: two exons overlap.
    """
    ordered = sorted((start, end) if strand == 1 else (-end, -start) for start, end in limits)
    return tuple(_laid(ordered, flanks))


def _laid(ordered: list[tuple[int, int]], flanks: Sequence[tuple[str, str]]) -> Iterator[Exon]:
    t, reached = 0, None
    for index, (start, end) in enumerate(ordered):
        if reached is not None and start < reached:
            raise ModelError("two exons of one transcript overlap")
        before, after = flanks[index] if flanks else ("", "")
        yield Exon(start, end, t, t + end - start, "", before, after)
        t, reached = t + end - start, end
