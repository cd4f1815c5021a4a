"""One genomic variant: position and bases; trimming, SPDI key, equality of spellings."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, field_validator

from genomics.builds import ACCESSIONS, Build, contig, one
from retrieval.evidence import Word

_SPELLED = re.compile(r"(?:chr)?([0-9]{1,2}|X|Y|MT?)[-:](\d{1,9})[-:]([ACGTN]*)[-:>/]([ACGTN]*)", re.I)
Bases = Annotated[str, Field(pattern=r"^[ACGTN]*$")]


class Variant(Word):
    """``alt`` in place of ``ref`` at ``pos`` (1-based) of a main contig. Either allele may be empty."""

    build: Build
    contig: str
    pos: Annotated[int, Field(ge=1)]
    ref: Bases
    alt: Bases

    @field_validator("contig")
    @classmethod
    def _main_contig(cls, name: str) -> str:
        plain = contig(name)
        if plain is None:
            raise ValueError(f"{name[:20]!r} is no chromosome of the human reference")
        return plain

    @property
    def trimmed(self) -> Variant:
        """Without the bases that both alleles share: suffix first, then prefix. Not left-aligned."""
        pos, ref, alt = trim(self.pos, self.ref, self.alt)
        return self.model_copy(update={"pos": pos, "ref": ref, "alt": alt})

    @property
    def spdi(self) -> str:
        """Sequence, 0-based position, deleted and inserted bases (doi:10.1093/bioinformatics/btz856)."""
        short = self.trimmed
        return f"{ACCESSIONS[self.build][self.contig]}:{short.pos - 1}:{short.ref}:{short.alt}"

    @property
    def is_single_base(self) -> bool:
        short = self.trimmed
        return len(short.ref) == len(short.alt) == 1

    def __str__(self) -> str:
        return f"{self.contig}-{self.pos}-{self.ref}-{self.alt}"

    def same_as(self, other: Variant) -> bool:
        """True if both make the same sequence, as far as the bases they spell can tell.

        A variant that is spelled with its whole repeat (``17-43124028-CTCT-CT``) equals every spelling that
        falls inside that repeat, left-aligned or shifted to the 3' end.

        Raises:
            genomics.builds.BuildError: the two are on different builds.
        """
        one((self.build, other.build))
        if self.contig != other.contig:
            return False
        return self.spdi == other.spdi or _fits(self, other) or _fits(other, self)


def trim(pos: int, ref: str, alt: str) -> tuple[int, str, str]:
    """Position and alleles without shared suffix, then without shared prefix."""
    while ref and alt and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    shared = 0
    while shared < min(len(ref), len(alt)) and ref[shared] == alt[shared]:
        shared += 1
    return pos + shared, ref[shared:], alt[shared:]


def read(spelled: str, build: Build) -> Variant:
    """The variant of a text such as "17-43124027-ACT-A".

    Raises:
        ValueError: the text is not contig, position, reference and alternative bases.
    """
    found = _SPELLED.fullmatch(spelled.strip())
    if not found:
        raise ValueError(
            "write a genomic variant as contig-position-reference-alternative, e.g. 17-43124027-ACT-A"
        )
    name, pos, ref, alt = found.groups()
    return Variant(build=build, contig=name, pos=int(pos), ref=ref.upper(), alt=alt.upper())


def _fits(window: Variant, other: Variant) -> bool:
    short = other.trimmed
    start = short.pos - window.pos
    end = start + len(short.ref)
    if start < 0 or end > len(window.ref) or window.ref[start:end] != short.ref:
        return False
    return window.ref[:start] + short.alt + window.ref[end:] == window.alt
