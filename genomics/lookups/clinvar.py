"""ClinVar as it is held: the record of a variant by its sequence, by rsID, by name, and the others of its gene.

A conflicting record is not a VUS: its submissions are counted out. Somatic classes, haplotypes, drug response and
low-penetrance terms stand apart (``aside``). Landrum et al. 2018, doi:10.1093/nar/gkx1153.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cached_property
from typing import NamedTuple

from genomics import hgvs
from genomics.builds import Build, one
from genomics.lookups.alike import same_sequence
from genomics.lookups.clinvar_index import BAR, plain_name
from genomics.lookups.index import Cell, Index
from genomics.lookups.lines import line
from genomics.lookups.rows import Gap, KnownClass, Neighbour, ReviewStatus
from genomics.variant import Variant
from retrieval.evidence import Depth, Source

OLD_DAYS = 90
REACH = 200
"""Bases to each side in which a shifted spelling of an insertion or deletion is looked for."""
NAMES_COMMAND = "consilium packs pull clinvar-names"
_COLUMNS = (
    "r.contig, r.pos, r.ref, r.alt, r.id, r.pad, r.tail, r.significance, r.review, r.conf, r.conditions, "
)
_COLUMNS += "r.genes, r.mc, r.hgvs, r.aside"
_CODING = frozenset(
    "missense_variant synonymous_variant stop_gained frameshift_variant start_lost stop_lost "
    "inframe_deletion inframe_insertion inframe_indel".split()
)
_GENES_KEPT = 32

Namer = Callable[[Variant], tuple[str, str]]
"""The c. and p. name of a variant on a transcript model; empty where it cannot tell."""


class _Row(NamedTuple):
    contig: str
    pos: int
    ref: str
    alt: str
    id: str
    pad: str
    tail: str
    significance: str
    review: str
    conf: str
    conditions: str
    genes: str
    mc: str
    hgvs: str
    aside: str

    @property
    def place(self) -> tuple[int, str, str]:
        """As the file spells it."""
        return (
            self.pos - len(self.pad),
            self.pad + self.ref + self.tail,
            self.pad + self.alt + self.tail,
        )

    @property
    def rank(self) -> tuple[bool, int, str]:
        """A record with a class before one without, then by stars."""
        return (not self.significance, -ReviewStatus(self.review).stars, self.id)


class Called(NamedTuple):
    """What ClinVar calls a variation."""

    gene: str
    transcript: str
    c_name: str
    p_name: str


class Names:
    """The names of variant_summary, by variation id and by gene and c. name."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def of(self, accession: str) -> Called | None:
        if not accession.isdigit():
            return None
        found = self._index.row(
            "SELECT gene, transcript, c_name, p_name FROM name WHERE id=?", int(accession)
        )
        return Called(*(str(cell) for cell in found)) if found else None

    def ids(self, gene: str, c_name: str) -> tuple[str, ...]:
        """The variations of a gene with this c. name (normal form)."""
        rows = self._index.rows("SELECT id FROM name WHERE gene=? AND c_name=?", gene.upper(), c_name)
        return tuple(str(cell) for (cell,) in rows)


class ClinVar:
    """One build of ClinVar (implements ``providers.KnownClasses``)."""

    def __init__(
        self, index: Index, pack: str, names: Names | None = None, namer: Namer | None = None
    ) -> None:
        self._index = index
        self._pack = pack
        self._names = names
        self._namer = namer
        self._neighbours: dict[str, tuple[Neighbour, ...]] = {}
        self.build = Build(index.meta["build"])
        self.released = index.meta["version"]

    def of(self, variant: Variant) -> KnownClass | Gap:
        """The record that makes the same sequence; a gap says if none is held, or none could be compared.

        Raises:
            genomics.builds.BuildError: the variant is on the other build.
        """
        one((self.build, variant.build))
        rows, unsure = self._same(variant)
        if not rows:
            return self._nothing(variant, unsure)
        best = min(rows, key=lambda row: row.rank)
        if best.significance:
            return self._known(best)
        aside = f": {best.aside.replace(BAR, '; ')}" if best.aside else ""
        return Gap(reason=f"ClinVar {best.id} has no germline class for this variant alone{aside}", held=True)

    def by_rsid(self, rsid: str, build: Build) -> tuple[Variant, ...] | Gap:
        """The variants under an rsID."""
        one((self.build, build))
        rows = self._rows("WHERE r.rs=?", rsid.strip().lower())
        if rows:
            return tuple(self._variant(row) for row in rows)
        return Gap(reason=f"ClinVar of {self.released} has no record under {rsid[:20]}", held=True)

    def by_name(self, gene: str, c_name: str, build: Build) -> tuple[Variant, ...] | Gap:
        """The variants that the records of a gene call by this c. name, whatever the transcript version."""
        one((self.build, build))
        if self._names is None:
            return Gap(
                reason="ClinVar's VCF has no c. names, and the pack of names is not held",
                held=False,
                command=NAMES_COMMAND,
            )
        normal = plain_name(_normal(c_name))
        found = [row for name in self._names.ids(gene, normal) for row in self._rows("WHERE r.id=?", name)]
        if found:
            return tuple(self._variant(row) for row in found)
        return Gap(
            reason=f"ClinVar of {self.released} has no {gene[:30]} {normal} with exact positions", held=True
        )

    def neighbours(self, gene: str, build: Build) -> tuple[Neighbour, ...] | Gap:
        """Every classified variant of the gene with a protein name, by position."""
        one((self.build, build))
        if self._names is None and self._namer is None:
            return Gap(
                reason="ClinVar's VCF has no protein names, and neither the pack of names nor models are held",
                held=False,
                command=NAMES_COMMAND,
            )
        symbol = gene.upper()
        if symbol not in self._neighbours:
            while len(self._neighbours) >= _GENES_KEPT:
                self._neighbours.pop(next(iter(self._neighbours)), None)
            self._neighbours[symbol] = tuple(self._named(symbol))
        return self._neighbours[symbol]

    def text(self, accession: str) -> str | None:
        """The lines of all records under a variation id, or None."""
        rows = self._rows("WHERE r.id=?", accession)
        told = (line(self._known(row)) for row in rows if row.significance)
        return "\n".join(dict.fromkeys(told)) or None

    def age_note(self, today: date) -> str:
        """A sentence if the release is older than 90 days or has no date; else empty."""
        try:
            days = (today - date.fromisoformat(self.released)).days
        except ValueError:
            return f"How old the held ClinVar is cannot be told ({self.released})."
        if days <= OLD_DAYS:
            return ""
        return f"The held ClinVar is of {self.released}, {days} days old; consilium packs pull {self._pack}."

    def _same(self, variant: Variant) -> tuple[list[_Row], list[_Row]]:
        """The records of the same sequence, and those of which it cannot be told."""
        short = variant.trimmed
        exact = self._rows(
            "WHERE r.contig=? AND r.pos=? AND r.ref=? AND r.alt=?",
            short.contig,
            short.pos,
            short.ref,
            short.alt,
        )
        change = len(short.alt) - len(short.ref)
        if exact or not change:
            return exact, []
        reach = REACH + len(variant.ref)
        near = self._rows(
            "WHERE r.contig=? AND r.pos BETWEEN ? AND ? AND length(r.alt)-length(r.ref)=?",
            short.contig,
            short.pos - reach,
            short.pos + reach,
            change,
        )
        asked = (variant.pos, variant.ref, variant.alt)
        judged = [(row, same_sequence(asked, row.place)) for row in near]
        same = [row for row, verdict in judged if verdict]
        return same, [] if same else [row for row, verdict in judged if verdict is None]

    def _nothing(self, variant: Variant, unsure: list[_Row]) -> Gap:
        if not unsure:
            return Gap(reason=f"ClinVar of {self.released} has no record of {variant}", held=True)
        near = ", ".join(f"{row.id} at {row.contig}-{row.place[0]}" for row in unsure[:3])
        return Gap(
            reason=f"ClinVar of {self.released} has no record of {variant} as spelled; whether it is the same as "
            f"{near} cannot be told without the bases between. Give it left-aligned, or with the whole repeat",
            held=True,
        )

    def _rows(self, where: str, *values: Cell) -> list[_Row]:
        found = self._index.rows(f"SELECT {_COLUMNS} FROM record r {where}", *values)
        return [_Row._make(row) for row in found]

    def _variant(self, row: _Row) -> Variant:
        pos, ref, alt = row.place
        return Variant(build=self.build, contig=row.contig, pos=pos, ref=ref, alt=alt)

    def _known(self, row: _Row) -> KnownClass:
        called = self._names.of(row.id) if self._names else None
        names = (f"{called.transcript}:{called.c_name}", called.p_name) if called else ()
        counted = (part.rpartition(":") for part in row.conf.split(BAR) if part)
        return KnownClass(
            source=self._source(row.id),
            accession=row.id,
            significance=row.significance,
            review=ReviewStatus(row.review),
            conditions=_parts(row.conditions),
            dated=self.released,
            conflicts=tuple((name, int(count)) for name, _, count in counted),
            aside=_parts(row.aside),
            gene=called.gene if called else row.genes.partition(BAR)[0],
            names=tuple(name for name in (*names, row.hgvs) if name),
            consequence=row.mc,
        )

    def _source(self, accession: str) -> Source:
        return Source(
            id=f"pack:{self._pack}:{accession}",
            title=f"ClinVar variation {accession}",
            version=self.released,
            licence="public domain (NCBI)",
            depth=Depth.RECORD,
            url=f"https://www.ncbi.nlm.nih.gov/clinvar/variation/{accession}/"
            if accession.isdigit()
            else None,
        )

    def _named(self, gene: str) -> Iterator[Neighbour]:
        rows = self._rows(
            "JOIN of_gene g ON r.contig=g.contig AND r.pos=g.pos AND r.ref=g.ref AND r.alt=g.alt AND r.id=g.id "
            "WHERE g.gene=? AND r.significance<>''",
            gene,
        )
        for row in rows:
            variant = self._variant(row)
            c_name, p_name = self._called(row, variant)
            if p_name:
                yield Neighbour(
                    variant=variant,
                    c_name=c_name,
                    p_name=p_name,
                    significance=row.significance,
                    stars=ReviewStatus(row.review).stars,
                    accession=row.id,
                )

    def _called(self, row: _Row, variant: Variant) -> tuple[str, str]:
        called = self._names.of(row.id) if self._names else None
        if called:
            return called.c_name, called.p_name
        if self._namer is None or (row.mc and row.mc not in _CODING):
            return "", ""
        return self._namer(variant)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What the file said that we do not know: review statuses without a star."""
        unknown = self._index.meta.get("unknown_status", "")
        return (f"review status not known to us, given no star: {unknown}",) if unknown else ()


def _parts(field: str) -> tuple[str, ...]:
    return tuple(field.split(BAR)) if field else ()


def _normal(c_name: str) -> str:
    try:
        return str(hgvs.parse(c_name))
    except hgvs.HgvsError:
        return c_name[:200]
