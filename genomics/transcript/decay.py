"""Whether a new stop codon is expected to lead to nonsense-mediated decay of the mRNA."""

from __future__ import annotations

from typing import NamedTuple

LAST_STRETCH = 50
"""Bases before the last junction in which a stop escapes."""


class Decay(NamedTuple):
    """``predicted`` is None where no new stop was found."""

    predicted: bool | None
    reason: str


def decay(stop: int | None, junction: int, exons: int) -> Decay:
    """Decay of a transcript whose new stop codon begins at mRNA index ``stop`` (0-based, in the changed mRNA).

    ``junction`` is the index of the first base behind the last exon-exon junction, in the changed mRNA. A stop in the
    last exon, or among the last 50 bases of the penultimate one, escapes (PMID 30192042, which has the rule of the
    last 50 nucleotides); a transcript of one exon has no junction. The rule of the first 100 coding bases is not
    applied: its source was not verified.
    """
    if stop is None:
        return Decay(None, "no new stop codon before the end of the transcript")
    if exons < 2:
        return Decay(False, "single exon: no exon-exon junction")
    before = junction - stop
    if before <= 0:
        return Decay(False, "new stop in the last exon")
    if before <= LAST_STRETCH:
        return Decay(
            False, f"new stop {before} bases before the last exon-exon junction (50 or fewer: escapes)"
        )
    return Decay(
        True, f"new stop {before} bases before the last exon-exon junction (more than 50: decay expected)"
    )
