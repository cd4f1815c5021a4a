"""What was looked at: coverage from a gVCF's reference blocks, from a targets BED, or from the user's word.

A site that is absent from a plain VCF is not a reference call, and a plain VCF says nothing about coverage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from genomics.builds import LENGTHS, Build, contig
from genomics.files import guard
from genomics.files.guard import VcfError
from genomics.files.regions import Places, Regions
from genomics.files.vcf import Vcf

BED_LIMIT = 5_000_000
"""Lines of a targets BED."""
_NOT_TARGETS = (b"#", b"track", b"browser")


class Coverage:
    """Which places a file or a person speaks about. Contigs are plain names, positions 1-based."""

    def __init__(
        self, origin: str, good: Regions, weak: Regions | None = None, *, whole: bool = False
    ) -> None:
        self.origin = origin
        """"gVCF", "targets BED", "stated" or "plain VCF", for the answer."""
        self._good = good
        self._weak = weak or Regions({})
        self._whole = whole
        """True if everything else was not looked at; otherwise nothing is known of it."""

    @property
    def is_known(self) -> bool:
        """False for a plain VCF, which tells nothing."""
        return self._whole or bool(self._good.bases or self._weak.bases)

    def covered(self, contig: str, pos: int) -> bool | None:
        """True: looked at, well enough for a call. False: not, or too weakly. None: nobody says."""
        if self._good.touches(contig, pos, pos):
            return True
        return False if self._whole or self._weak.touches(contig, pos, pos) else None

    def of_regions(self, places: Places) -> float | None:
        """The share of the bases asked for that is covered, 0 to 1; None if nothing is known or asked."""
        asked = Regions(places)
        if not self.is_known or not asked.bases:
            return None
        return sum(last - first + 1 for first, last in self._overlaps(asked)) / asked.bases

    def gaps(self, places: Places) -> dict[str, list[tuple[int, int]]]:
        """The intervals asked for that are not covered, per contig."""
        missing: dict[str, list[tuple[int, int]]] = {}
        for name, first, last in Regions(places):
            for start, end in self._good.within(name, first, last):
                if start > first:
                    missing.setdefault(name, []).append((first, start - 1))
                first = end + 1
            if first <= last:
                missing.setdefault(name, []).append((first, last))
        return missing

    def _overlaps(self, asked: Regions) -> Iterator[tuple[int, int]]:
        for name, first, last in asked:
            yield from self._good.within(name, first, last)


def of_file(
    path: Path, *, build: Build | None = None, sample: int | None = None, places: Places | None = None
) -> Coverage:
    """The coverage that a gVCF states, of ``places`` or of everything; a plain VCF states none.

    Blocks and calls count from GQ >= 20 and DP >= 10 on (``genomics.files.vcf.is_good``).

    Raises:
        genomics.files.vcf.VcfError: the file cannot be read, or build or sample must be told.
    """
    good: dict[str, list[tuple[int, int]]] = {}
    weak: dict[str, list[tuple[int, int]]] = {}
    with Vcf(path, build=build, sample=sample) as file:
        for name, first, last, _, is_good in file.spans(places):
            _extend((good if is_good else weak).setdefault(name, []), first, last)
        if not file.counts.blocks:
            return Coverage("plain VCF", Regions({}))
    return Coverage("gVCF", Regions(good), Regions(weak))


def of_bed(path: Path, build: Build) -> Coverage:
    """The targets of a BED file (0-based starts); all else was not looked at.

    Raises:
        VcfError: a line is no target of this build, or the file holds none.
    """
    targets: dict[str, list[tuple[int, int]]] = {}
    for number, line in enumerate(guard.lines(path), start=1):
        if number > BED_LIMIT:
            raise VcfError(f"The BED file has more than {BED_LIMIT:,} lines; give the merged targets.")
        if not line.strip() or line.startswith(_NOT_TARGETS):
            continue
        name, first, last = _target(line, number, build)
        if name is not None:
            _extend(targets.setdefault(name, []), first, last)
    if not targets:
        raise VcfError(
            "The BED file holds no target on a chromosome; give chromosome, start and end by tabs."
        )
    return Coverage("targets BED", Regions(targets), whole=True)


def stated(places: Mapping[str, list[tuple[int, int]]]) -> Coverage:
    """What the user says was looked at; nothing is known of the rest."""
    return Coverage("stated", Regions(places))


def stated_whole(build: Build) -> Coverage:
    """The user's word that the whole genome was looked at."""
    return Coverage("stated", Regions({name: [(1, length)] for name, length in LENGTHS[build].items()}))


def _target(line: bytes, number: int, build: Build) -> tuple[str | None, int, int]:
    fields = line.split(b"\t")
    if len(fields) < 3 or not all(field.strip().isdigit() and len(field) <= 10 for field in fields[1:3]):
        raise VcfError(
            f"Line {number} of the BED file is no target: chromosome, start and end are needed, separated by tabs."
        )
    name, start, end = contig(fields[0].decode("latin-1")), int(fields[1]), int(fields[2])
    if start > end or (name is not None and end > LENGTHS[build][name]):
        raise VcfError(
            f"Line {number} of the BED file ends before its start or beyond its chromosome on {build}; "
            "check the build."
        )
    return name, start + 1, end


def _extend(spans: list[tuple[int, int]], first: int, last: int) -> None:
    """Add a span, joined to the one before where they touch: files are sorted, so memory stays small."""
    if spans and spans[-1][0] <= first <= spans[-1][1] + 1:
        spans[-1] = spans[-1][0], max(last, spans[-1][1])
    else:
        spans.append((first, last))
