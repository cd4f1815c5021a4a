"""Genome builds: contig names, lengths and accessions, telling builds apart, and refusing to mix them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum


class BuildError(ValueError):
    """The build is unknown, contradicts itself, or two builds were mixed; the message names the mend."""


class Build(StrEnum):
    """The two reference builds that we read."""

    GRCH37 = "GRCh37"
    GRCH38 = "GRCh38"


CONTIGS = (*(str(number) for number in range(1, 23)), "X", "Y", "MT")

_LENGTHS_37 = (
    249250621, 243199373, 198022430, 191154276, 180915260, 171115067, 159138663, 146364022,
    141213431, 135534747, 135006516, 133851895, 115169878, 107349540, 102531392, 90354753,
    81195210, 78077248, 59128983, 63025520, 48129895, 51304566, 155270560, 59373566,
    16569,
)  # fmt: skip
_LENGTHS_38 = (
    248956422, 242193529, 198295559, 190214555, 181538259, 170805979, 159345973, 145138636,
    138394717, 133797422, 135086622, 133275309, 114364328, 107043718, 101991189, 90338345,
    83257441, 80373285, 58617616, 64444167, 46709983, 50818468, 156040895, 57227415,
    16569,
)  # fmt: skip
_VERSIONS_37 = (10, 11, 11, 11, 9, 11, 13, 10, 11, 10, 9, 11, 10, 8, 9, 9, 10, 9, 9, 10, 8, 10, 10, 9)
_VERSIONS_38 = (11, 12, 12, 12, 10, 12, 14, 11, 12, 11, 10, 12, 11, 9, 10, 10, 11, 10, 10, 11, 9, 11, 11, 10)

LENGTHS: Mapping[Build, Mapping[str, int]] = {
    Build.GRCH37: dict(zip(CONTIGS, _LENGTHS_37, strict=True)),
    Build.GRCH38: dict(zip(CONTIGS, _LENGTHS_38, strict=True)),
}
"""Bases per contig, as the headers of public VCFs of each build state them (MT: rCRS in both)."""


def _accessions(versions: tuple[int, ...]) -> dict[str, str]:
    named = {CONTIGS[i]: f"NC_{i + 1:06d}.{version}" for i, version in enumerate(versions)}
    return named | {"MT": "NC_012920.1"}


ACCESSIONS: Mapping[Build, Mapping[str, str]] = {
    Build.GRCH37: _accessions(_VERSIONS_37),
    Build.GRCH38: _accessions(_VERSIONS_38),
}
_BY_ACCESSION = {
    accession: (build, contig) for build, names in ACCESSIONS.items() for contig, accession in names.items()
}
_WORDS = {
    "grch37": Build.GRCH37,
    "hg19": Build.GRCH37,
    "b37": Build.GRCH37,
    "37": Build.GRCH37,
    "19": Build.GRCH37,
}
_WORDS |= {"grch38": Build.GRCH38, "hg38": Build.GRCH38, "b38": Build.GRCH38, "38": Build.GRCH38}
_WORD = re.compile(
    r"\b(?:build\s?|assembly\s?)?(GRCh3[78]|hg19|hg38|b3[78])(?:\.p\d{1,2})?\b|\bbuild\s?(3[78])\b", re.I
)


def contig(name: str) -> str | None:
    """The plain name ("17", "X", "MT") of a chromosome name or accession, or None if it is no main contig."""
    if name in _BY_ACCESSION:
        return _BY_ACCESSION[name][1]
    plain = name[3:] if name[:3].lower() == "chr" else name
    plain = "MT" if plain.upper() in ("M", "MT") else plain.upper()
    return plain if plain in LENGTHS[Build.GRCH38] else None


def of_accession(accession: str) -> tuple[Build | None, str] | None:
    """Build and contig of a chromosome accession; the build is None for MT, which both share."""
    found = _BY_ACCESSION.get(accession)
    return (None, "MT") if found and found[1] == "MT" else found


def named(word: str) -> Build | None:
    """The build that a word means ("hg19", "GRCh38", "b37"), or None."""
    return _WORDS.get(word.strip().lower().partition(".")[0])


def spoken(text: str) -> Build | None:
    """The one build that a text names; None if it names none.

    Raises:
        BuildError: the text names both builds.
    """
    found = {named(one or two) for one, two in _WORD.findall(text)} - {None}
    if len(found) > 1:
        raise BuildError("The question names both GRCh37 and GRCh38; ask for one build at a time.")
    return found.pop() if found else None


def possible(name: str, position: int) -> tuple[Build, ...]:
    """The builds in which this position (1-based) exists on this contig; empty for an unknown contig."""
    plain = contig(name)
    if plain is None or position < 1:
        return ()
    return tuple(build for build in Build if position <= LENGTHS[build][plain])


def sniff(lengths: Mapping[str, int]) -> Build | None:
    """The build that contig lengths (as a VCF header states them) belong to; None if no main contig tells.

    Raises:
        BuildError: some lengths belong to one build and some to the other.
    """
    agree: set[Build] = set()
    for name, length in lengths.items():
        plain = contig(name)
        if plain in (None, "MT"):
            continue
        agree |= {build for build in Build if LENGTHS[build][str(plain)] == length}
    if len(agree) > 1:
        raise BuildError(
            "The contig lengths in the header belong to both GRCh37 and GRCh38; nothing was read."
        )
    return agree.pop() if agree else None


def of_assemblies(names: Iterable[str]) -> Build | None:
    """The build that all assembly names of contig lines mean ("GRCh38.p14", "hg38"); None if they tell none or two."""
    told = {named(name.partition(".")[0]) for name in names} - {None}
    return told.pop() if len(told) == 1 else None


def one(builds: Iterable[Build]) -> Build:
    """The single build of several values.

    Raises:
        BuildError: there is none or more than one; positions of two builds are never compared.
    """
    seen = set(builds)
    if len(seen) != 1:
        raise BuildError(f"Positions of one build are needed, not of {', '.join(sorted(seen)) or 'none'}.")
    return seen.pop()
