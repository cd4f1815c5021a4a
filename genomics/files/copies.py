"""Where a man has one copy of the sex chromosomes, and where two."""

from __future__ import annotations

from collections.abc import Mapping

from genomics.builds import Build

_PSEUDOAUTOSOMAL: Mapping[Build, Mapping[str, tuple[tuple[int, int], ...]]] = {
    Build.GRCH37: {
        "X": ((60001, 2699520), (154931044, 155260560)),
        "Y": ((10001, 2649520), (59034050, 59363566)),
    },
    Build.GRCH38: {
        "X": ((10001, 2781479), (155701383, 156030895)),
        "Y": ((10001, 2781479), (56887903, 57217415)),
    },
}
"""Where a man has two copies (Genome Reference Consortium; ensembl.org/info/genome/genebuild/human_PARS.html)."""


def one_copy(build: Build, contig: str, pos: int) -> bool:
    """True where a man has one copy: X and Y outside the pseudoautosomal regions."""
    shared = _PSEUDOAUTOSOMAL[build].get(contig)
    return shared is not None and not any(first <= pos <= last for first, last in shared)
