"""Do a file's reference bases agree with the build it is said to be on? Known bases come from models or definitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from genomics.builds import Build, BuildError
from genomics.genotype import Site

DISAGREE_LIMIT = 0.01
"""Share of checked bases that may disagree."""
Known = Mapping[tuple[str, int], str]
"""The reference base at (contig, position)."""


def agreement(sites: Iterable[Site], known: Known) -> tuple[int, int]:
    """How many reference bases agree, and how many could be checked; "N" checks nothing."""
    agree = checked = 0
    for site in sites:
        for offset, base in enumerate(site.alleles[0].upper()):
            held = known.get((site.contig, site.pos + offset), "N").upper()
            if "N" in (held, base):
                continue
            checked += 1
            agree += held == base
    return agree, checked


def check(sites: Iterable[Site], known: Mapping[Build, Known], stated: Build) -> tuple[int, int]:
    """The agreement with the stated build; (0, 0) means that nothing could be checked, which must be said.

    Raises:
        BuildError: more than 1 % of the checked bases disagree; the message has both builds' agreement.
    """
    held = list(sites)
    counts = {build: agreement(held, bases) for build, bases in known.items()}
    agree, checked = counts.get(stated, (0, 0))
    if checked - agree <= DISAGREE_LIMIT * checked:
        return agree, checked
    shares = "; ".join(f"{build}: {_share(*counts.get(build, (0, 0)))}" for build in Build)
    raise BuildError(
        f"The file's reference bases are not those of {stated} ({shares} agree). "
        "Say the build that the file is on, or export it again."
    )


def _share(agree: int, checked: int) -> str:
    return f"{agree} of {checked} bases ({agree / checked:.1%})" if checked else "no base could be checked"
