"""Do two spellings make the same sequence? Judged by the bases that the two spell, and no others.

An insertion or deletion inside a repeat can be placed anywhere in it: VCF writes it leftmost, HGVS rightmost. Two
placements are the same if, and only if, both give the same sequence (doi:10.1093/bioinformatics/btz856).
"""

from __future__ import annotations

from genomics.builds import one
from genomics.variant import Variant

Place = tuple[int, str, str]
"""Position (1-based), reference and alternative bases as spelled, shared bases included."""


def alike(asked: Variant, other: Variant) -> bool | None:
    """True or False if the two make the same or another sequence; None if the bases between them are not spelled.

    Raises:
        genomics.builds.BuildError: the two are on different builds.
    """
    one((asked.build, other.build))
    if asked.contig != other.contig:
        return False
    return same_sequence((asked.pos, asked.ref, asked.alt), (other.pos, other.ref, other.alt))


def same_sequence(asked: Place, other: Place) -> bool | None:
    """As :func:`alike`, for two places of one contig."""
    if len(asked[2]) - len(asked[1]) != len(other[2]) - len(other[1]):
        return False
    first, second = sorted((asked, other))
    start, end = first[0], max(first[0] + len(first[1]), second[0] + len(second[1]))
    if second[0] > first[0] + len(first[1]):  # bases between the two are not known
        if first[1] == first[2] and second[1] == second[2]:  # neither changes anything
            return True
        return None if _may_shift(first, second) else False
    reference = _joined(first, second, end - start)
    if reference is None:  # the two disagree on a reference base: not the same place
        return False
    return _changed(reference, start, first) == _changed(reference, start, second)


def _joined(first: Place, second: Place, length: int) -> str | None:
    """The reference bases that the two spell together, or None if they contradict each other."""
    offset = second[0] - first[0]
    shared = min(len(first[1]) - offset, len(second[1]))
    if shared > 0 and first[1][offset : offset + shared] != second[1][:shared]:
        return None
    return (first[1][:offset] + second[1] + first[1][offset + len(second[1]) :])[:length]


def _changed(reference: str, start: int, place: Place) -> str:
    at = place[0] - start
    return reference[:at] + place[2] + reference[at + len(place[1]) :]


def _may_shift(first: Place, second: Place) -> bool:
    """False if no bases between the two could make them the same: neither insertion nor deletion, or other bases.

    Moving an insertion or deletion of length n through a repeat by d bases rotates its bases by d modulo n.
    """
    from genomics.variant import trim

    one_pos, one_ref, one_alt = trim(*first)
    two_pos, two_ref, two_alt = trim(*second)
    if (one_ref and one_alt) or (two_ref and two_alt):
        return False
    moved, length = one_ref or one_alt, len(one_ref or one_alt)
    if not length or length != len(two_ref or two_alt) or bool(one_ref) != bool(two_ref):
        return False
    turn = (two_pos - one_pos) % length
    return moved[turn:] + moved[:turn] == (two_ref or two_alt)
