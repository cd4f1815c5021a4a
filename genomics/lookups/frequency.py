"""How often an allele was seen: gnomAD slices and mitochondrial databases as held, or the user's own annotation.

A position without a record was looked at only where the slice's regions were declared (BED); elsewhere the answer
is a gap, never "absent". The groups ami, asj, fin, mid and remaining (and "oth") are never chosen: small or founder
populations. gnomAD: Chen et al. 2024, doi:10.1038/s41586-023-06045-0; chrM: doi:10.1101/gr.276013.121.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from genomics.builds import Build
from genomics.lookups.alike import same_sequence
from genomics.lookups.index import Cell, Index
from genomics.lookups.lines import line
from genomics.lookups.rows import Frequency, Gap
from genomics.variant import Variant, read
from retrieval.evidence import Depth, Source

PACK = "gnomad-panel"
GROUPS = ("afr", "amr", "eas", "nfe", "sas")
"""The genetic-ancestry groups that can be the highest."""
MITOCHONDRIAL = Build.GRCH38
"""Under which build the mitochondrial contig is held, which is the same sequence (rCRS) in both."""
REACH = 100
"""Bases to each side in which a shifted spelling is looked for."""
NEAR = 500
"""An absent allele has no AN of its own: the fewest of the passed records within these bases stand for it."""
_COLUMNS = "dataset, ac, an, af, faf, grp, hom, hemi, het, passed, pos, ref, alt, pad, tail"


class _Seen(NamedTuple):
    dataset: str
    ac: int
    an: int
    af: float
    faf: float | None
    grp: str
    hom: int | None
    hemi: int | None
    het: float | None
    passed: int
    pos: int
    ref: str
    alt: str
    pad: str
    tail: str

    @property
    def place(self) -> tuple[int, str, str]:
        return self.pos - len(self.pad), self.pad + self.ref + self.tail, self.pad + self.alt + self.tail

    @property
    def rank(self) -> tuple[int, float, float, int]:
        """What passed before what did not, then the highest frequency: rarity must hold in every data set."""
        return (self.passed, -1.0 if self.faf is None else self.faf, self.af, self.an)


class Panel:
    """The frequencies of an imported slice (implements ``providers.Frequencies``)."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.builds = frozenset(Build(name) for name in index.meta["builds"].split(",") if name)
        self.version = index.meta["version"]

    def of(self, variant: Variant) -> Frequency | Gap:
        """The data set with the highest frequency; count 0 where the declared regions cover a variant not seen."""
        if _filed(variant) not in self.builds:
            held = ", ".join(sorted(self.builds))
            return Gap(reason=f"the allele frequencies held are of {held}, not {variant.build}", held=True)
        seen = self._seen(variant)
        looked = [row for row in seen if row.an]
        if looked:
            return self._row(variant, max(looked, key=lambda row: row.rank))
        if seen:
            return Gap(reason=f"{seen[0].dataset} lists {variant} without any allele looked at", held=True)
        return self._unseen(variant)

    def text(self, key: str) -> str | None:
        """The line under the end of a source id ("GRCh38/17-43124027-ACT-A"), or None."""
        build, _, spelled = key.partition("/")
        try:
            answer = self.of(read(spelled, Build(build)))
        except ValueError:
            return None
        return None if isinstance(answer, Gap) else line(answer)

    def _seen(self, variant: Variant) -> list[_Seen]:
        short = variant.trimmed
        where = "FROM seen WHERE build=? AND contig=? AND"
        exact = self._index.rows(
            f"SELECT {_COLUMNS} {where} pos=? AND ref=? AND alt=?",
            *(_filed(variant).value, short.contig, short.pos, short.ref, short.alt),
        )
        change = len(short.alt) - len(short.ref)
        if exact or not change:
            return [_Seen._make(row) for row in exact]
        near = self._index.rows(
            f"SELECT {_COLUMNS} {where} pos BETWEEN ? AND ? AND length(alt)-length(ref)=?",
            *(_filed(variant).value, short.contig, short.pos - REACH, short.pos + REACH, change),
        )
        asked = (variant.pos, variant.ref, variant.alt)
        return [row for row in map(_Seen._make, near) if same_sequence(asked, row.place)]

    def _unseen(self, variant: Variant) -> Frequency | Gap:
        short = variant.trimmed
        start, end = short.pos, short.pos + max(len(short.ref), 1) - 1
        region = self._index.row(
            "SELECT name FROM covered WHERE build=? AND contig=? AND start<=? AND stop>=? LIMIT 1",
            *(_filed(variant).value, short.contig, start, end),
        )
        if region is None:
            return Gap(
                reason=f"no record of {variant}, and no declared region of the held slice covers it",
                held=True,
            )
        near = self._index.row(
            "SELECT min(an) FROM seen WHERE build=? AND contig=? AND pos BETWEEN ? AND ? AND passed=1 AND an>0",
            *(_filed(variant).value, short.contig, start - NEAR, end + NEAR),
        )
        number = int(near[0]) if near and near[0] else 0
        around = f"the fewest within {NEAR} bases" if number else "number not known"
        source = self._source(variant, f"declared regions of {region[0]} (alleles looked at: {around})")
        return Frequency(source=source, frequency=0.0, count=0, number=number)

    def _row(self, variant: Variant, seen: _Seen) -> Frequency:
        return Frequency(
            source=self._source(variant, seen.dataset),
            faf95=seen.faf,
            group=seen.grp,
            frequency=seen.af,
            count=seen.ac,
            number=seen.an,
            homozygotes=seen.hom,
            hemizygotes=seen.hemi,
            heteroplasmic=seen.het,
            passed=bool(seen.passed),
        )

    def _source(self, variant: Variant, dataset: str) -> Source:
        return Source(
            id=f"pack:{PACK}:{variant.build}/{variant}",
            title=dataset,
            version=self.version,
            licence="open (gnomAD); as its authors state",
            depth=Depth.RECORD,
            url="https://gnomad.broadinstitute.org/",
        )


def _filed(variant: Variant) -> Build:
    """The build under which a variant is held."""
    return MITOCHONDRIAL if variant.contig == "MT" else variant.build


_FIELD = re.compile(
    r"gnomad[a-z]?(?:[\d.]+)?_(?:(exomes?|genomes?|joint)_)?(AF|ALL|AC|AN|nhomalt|faf95|fafmax_faf95_max)",
    re.I,
)
"""gnomAD_AF, gnomADe_AF, gnomad41_exome_AF, gnomAD_exomes_AC, gnomAD_genome_ALL (ANNOVAR) ..."""
_SHARES = ("af", "all")


def of_info(variant: Variant, info: Mapping[str, str], allele: int = 0, alleles: int = 1) -> Frequency | None:
    """The frequency that the user's own annotated VCF gives for one allele, or None.

    Only fields that name gnomAD count: AF alone is the frequency in the user's own cohort. ``allele`` counts the
    alternatives from 0. Without AN the number of alleles looked at is 0: unknown.
    """
    groups: dict[str, dict[str, tuple[str, str]]] = {}
    for field, value in info.items():
        found = _FIELD.fullmatch(field)
        cell = _cell(value, allele, alleles) if found else ""
        if found and cell:
            kept = field[: found.start(2)]
            groups.setdefault(kept, {})[found[2].lower()] = (field, cell)
    told = [row for group in groups.values() if (row := _of_fields(variant, group)) is not None]
    return max(told, key=lambda row: row.frequency) if told else None


def _of_fields(variant: Variant, fields: Mapping[str, tuple[str, str]]) -> Frequency | None:
    share = next((fields[name] for name in _SHARES if name in fields), None)
    frequency = _share(share[1]) if share else None
    if share is None or frequency is None:
        return None
    listed = ";".join(f"{name}={value}" for name, value in sorted(fields.values()))
    faf = next((fields[name][1] for name in ("fafmax_faf95_max", "faf95") if name in fields), "")
    number = _count(fields.get("an"))
    count = _count(fields.get("ac"))
    return Frequency(
        source=Source(
            id=f"file:annotation:{variant.build}/{variant};{listed}",
            title=f"annotation of the file, field {share[0]}",
            version="as the file says",
            licence="the user's own file",
            depth=Depth.RECORD,
        ),
        faf95=_share(faf),
        frequency=frequency,
        count=count if count is not None else _seen_about(frequency, number or 0),
        number=number or 0,
        homozygotes=_count(fields.get("nhomalt")),
    )


def _seen_about(frequency: float, number: int) -> int:
    """Alleles seen by their share: at least one where the share is not 0, so that rare is never taken for absent."""
    return max(round(frequency * number), 1) if frequency and number else 0


def _cell(value: str, allele: int, alleles: int) -> str:
    """The value of one allele: of a list with one for each, else the value itself if there is one allele."""
    cells = value.split(",")
    if len(cells) == alleles:
        return cells[allele].strip()
    return cells[0].strip() if len(cells) == 1 and value.isdigit() else ""


def _share(value: str) -> float | None:
    try:
        share = float(value)
    except ValueError:
        return None
    return share if 0 <= share <= 1 else None


def _count(field: tuple[str, str] | None) -> int | None:
    return int(field[1]) if field and field[1].isdigit() and len(field[1]) < 12 else None


def highest(shares: Iterable[tuple[str, Cell]]) -> tuple[float | None, str]:
    """The highest filtering allele frequency of the groups that may be chosen, and its group."""
    told: Sequence[tuple[float, str]] = [
        (float(share), group) for group, share in shares if group in GROUPS and share is not None
    ]
    return max(told) if told else (None, "")
