"""One site of one sample: its alleles, what was called, and how sure the phase is, from whatever file."""

from __future__ import annotations

from retrieval.evidence import Word


class Site(Word):
    """One record, or one base of a gVCF reference block. ``alleles`` begins with the reference."""

    contig: str
    """Plain name: "17", "X", "MT"."""
    pos: int
    """1-based position of the first reference base."""
    alleles: tuple[str, ...]
    """Reference first, then the alternatives as spelled; symbolic ones are kept as "<DEL>", "*"."""
    called: tuple[int | None, ...]
    """Index into ``alleles`` per copy, None where a copy was not called; empty without a genotype."""
    phased: bool = False
    """True for ``|`` (and for a haploid or homozygous call, where order does not matter)."""
    phase_set: int | None = None
    """PS of the record; None with ``phased`` means phased with every other such record of the contig."""
    passed: bool = True
    quality: int | None = None
    """GQ."""
    depth: int | None = None
    """DP."""
    rsid: str = ""
    annotations: tuple[str, ...] = ()
    """The rows of the CSQ, ANN or BCSQ field as they stand; data for :mod:`genomics.transcript.annotated` alone."""
    own_fields: tuple[str, ...] = ()
    """The gnomAD and SpliceAI fields of INFO as NAME=VALUE; data for :mod:`genomics.own_rows` alone."""
    record: int = 0
    """Number of its record in the file, from 1."""

    @property
    def bases(self) -> tuple[str | None, ...]:
        """The called alleles, spelled."""
        return tuple(None if index is None else self.alleles[index] for index in self.called)

    @property
    def is_called(self) -> bool:
        return bool(self.called) and None not in self.called
