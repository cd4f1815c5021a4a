"""Scores of predictors: AlphaMissense and REVEL tables, SpliceAI slices, and the annotation of the user's own VCF.

AlphaMissense: doi:10.1126/science.adg7492. REVEL: PMID 27666373. SpliceAI: doi:10.1016/j.cell.2018.12.015.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from genomics.builds import CONTIGS, Build
from genomics.lookups.index import Index
from genomics.lookups.lines import line
from genomics.lookups.rows import Gap, Score
from genomics.variant import Variant, read
from retrieval.evidence import Depth, Source

SCALE = 10_000
"""Missense scores have at most four decimals and are held as whole numbers of 1/10,000."""
_CONTIG = {name: number for number, name in enumerate(CONTIGS)}
_CODE = {"A": 0, "C": 1, "G": 2, "T": 3}


class Tool(NamedTuple):
    """A predictor and the pack it comes in."""

    name: str
    pack: str
    licence: str
    url: str


TOOLS = {
    "revel": Tool("REVEL", "revel", "non-commercial use", "https://sites.google.com/site/revelgenomics/"),
    "alphamissense-grch38": Tool(
        "AlphaMissense",
        "alphamissense-grch38",
        "CC BY 4.0",
        "https://github.com/google-deepmind/alphamissense",
    ),
    "spliceai": Tool(
        "SpliceAI", "spliceai", "academic and non-commercial use", "https://github.com/Illumina/SpliceAI"
    ),
}


def key(contig: str, pos: int, ref: str, alt: str) -> int | None:
    """A single-base change as one number; None if it is none."""
    if ref not in _CODE or alt not in _CODE or contig not in _CONTIG:
        return None
    return ((_CONTIG[contig] << 28) + pos) * 16 + _CODE[ref] * 4 + _CODE[alt]


class MissenseScores:
    """One missense predictor (implements ``providers.Scores``)."""

    def __init__(self, index: Index, tool: Tool) -> None:
        self._index = index
        self._tool = tool
        self.version = index.meta["version"]
        self.builds = frozenset(Build(name) for name in index.meta["builds"].split(",") if name)

    def of(self, variant: Variant, transcript: str = "") -> Score | Gap:
        """The score on the transcript asked for, else the one score that all transcripts share.

        Scores that differ between transcripts are a gap: the highest is not chosen, nor the lowest.
        """
        name = self._tool.name
        if variant.build not in self.builds:
            held = ", ".join(sorted(self.builds))
            return Gap(reason=f"{name} is held for {held}, not for {variant.build}", held=True)
        short = variant.trimmed
        packed = key(short.contig, short.pos, short.ref, short.alt)
        if packed is None:
            return Gap(reason=f"{name} scores single-base changes only", held=True)
        rows = self._scores(packed, variant.build)
        if not rows:
            return Gap(reason=f"{name} has no score of {variant}: no missense change it knows", held=True)
        return self._chosen(variant, rows, transcript)

    def text(self, name: str) -> str | None:
        """The lines of all scores under the end of a source id ("GRCh38/17-…"), or None."""
        build, _, spelled = name.partition("/")
        try:
            variant = read(spelled, Build(build)).trimmed
        except ValueError:
            return None
        packed = key(variant.contig, variant.pos, variant.ref, variant.alt)
        if packed is None or variant.build not in self.builds:
            return None
        rows = self._scores(packed, variant.build)
        told = [self._score(variant, value, "") for value in sorted({value for value, _ in rows})]
        told += [self._score(variant, value, on) for value, on in rows]
        return "\n".join(dict.fromkeys(line(one) for one in told)) or None

    def _scores(self, packed: int, build: Build) -> list[tuple[float, str]]:
        """Score and transcripts of every row of a change."""
        rows = self._index.rows(
            f"SELECT s.value, t.name FROM score_{build.value[-2:]} s LEFT JOIN transcripts t ON t.id=s.tx "
            "WHERE s.key=? ORDER BY s.tx",
            packed,
        )
        return [(float(value or 0) / SCALE, str(on or "")) for value, on in rows]

    def _chosen(self, variant: Variant, rows: list[tuple[float, str]], transcript: str) -> Score | Gap:
        bare = transcript.partition(".")[0]
        own = [row for row in rows if bare and bare in {one.partition(".")[0] for one in row[1].split(";")}]
        if own:
            return self._score(variant, *own[0])
        if len({value for value, _ in rows}) == 1:
            return self._score(variant, rows[0][0], rows[0][1] if len(rows) == 1 else "")
        told = ", ".join(f"{value:g} on {on[:60]}" for value, on in rows[:4])
        return Gap(
            reason=f"{self._tool.name} differs between transcripts ({told}); none is chosen", held=True
        )

    def _score(self, variant: Variant, value: float, transcript: str) -> Score:
        return Score(
            source=_source(variant.trimmed, self._tool, self.version),
            tool=self._tool.name,
            score=value,
            transcript=transcript[:120],
        )


class SpliceScores:
    """A slice of SpliceAI's precomputed scores (implements ``providers.Scores``): the highest of the four deltas."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.version = index.meta["version"]
        self.builds = frozenset(Build(name) for name in index.meta["builds"].split(",") if name)

    def of(self, variant: Variant, transcript: str = "") -> Score | Gap:
        """The highest delta score over the genes of the record; indels are compared as trimmed only."""
        if variant.build not in self.builds:
            held = ", ".join(sorted(self.builds))
            return Gap(reason=f"SpliceAI is held for {held}, not for {variant.build}", held=True)
        short = variant.trimmed
        row = self._index.row(
            "SELECT max(value) FROM splice WHERE build=? AND contig=? AND pos=? AND ref=? AND alt=?",
            *(variant.build.value, short.contig, short.pos, short.ref, short.alt),
        )
        if row is None or row[0] is None:
            return Gap(reason=f"the held SpliceAI slice has no score of {variant}", held=True)
        tool = TOOLS["spliceai"]
        return Score(source=_source(short, tool, self.version), tool=tool.name, score=float(row[0]))

    def text(self, name: str) -> str | None:
        """The line under the end of a source id, or None."""
        build, _, spelled = name.partition("/")
        try:
            answer = self.of(read(spelled, Build(build)))
        except ValueError:
            return None
        return None if isinstance(answer, Gap) else line(answer)


def splice_deltas(annotation: str, alt: str) -> float | None:
    """The highest delta of one allele in ``SpliceAI=ALLELE|SYMBOL|DS_AG|DS_AL|DS_DG|DS_DL|...``; None if none."""
    told = [_deltas(part.split("|")) for part in annotation.split(",") if part.partition("|")[0] == alt]
    known = [value for value in told if value is not None]
    return max(known) if known else None


def of_info(variant: Variant, annotation: str, alt: str) -> Score | None:
    """SpliceAI's score in the user's own VCF; ``alt`` is the allele as the file spells it."""
    value = splice_deltas(annotation, alt)
    if value is None:
        return None
    return annotated(variant, value)


def annotated(variant: Variant, value: float) -> Score:
    """The row of a SpliceAI score that stands in the user's own file."""
    source = Source(
        id=f"file:annotation:{variant.build}/{variant};SpliceAI={value:g}",
        title="annotation of the file, field SpliceAI",
        version="as the file says",
        licence="the user's own file",
        depth=Depth.RECORD,
    )
    return Score(source=source, tool="SpliceAI", score=value)


def _deltas(cells: Iterable[str]) -> float | None:
    """The highest of the four delta scores of one gene; None where one is missing or no share."""
    scores: list[float] = []
    for cell in list(cells)[2:6]:
        try:
            scores.append(float(cell))
        except ValueError:
            return None
    return max(scores) if len(scores) == 4 and all(0 <= one <= 1 for one in scores) else None


def _source(variant: Variant, tool: Tool, version: str) -> Source:
    return Source(
        id=f"pack:{tool.pack}:{variant.build}/{variant}",
        title=tool.name,
        version=version,
        licence=tool.licence,
        depth=Depth.COMPUTATION,
        url=tool.url,
    )
