"""Named-allele definitions and phenotype tables as PharmCAT publishes them: loaded, and prepared from its release.

A prepared folder holds ``definition/<GENE>_translation.json``, ``definition/exemptions.json`` and
``phenotype/<GENE>.json`` (each plain or gzipped). Genes are read on first use.
"""

from __future__ import annotations

import gzip
import json
import re
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from genomics import builds
from genomics.pgx.phenotype import PhenotypeTable, table_of
from retrieval.evidence import Depth, Source

SOURCE_ID = "pack:pharmcat:definitions"
_LICENCE = "ClinPGx CC BY-SA 4.0 (attribution kept, share alike); CPIC content CC0 1.0; PharmCAT MPL-2.0"
_IUPAC = {"R": "AG", "Y": "CT", "S": "CG", "W": "AT", "K": "GT", "M": "AC"}
_IUPAC |= {"B": "CGT", "D": "AGT", "H": "ACT", "V": "ACG", "N": "ACGT"}
_GENE = r"[A-Z0-9_-]{2,12}"
_MEMBERS = (
    (re.compile(rf"/definition/alleles/({_GENE}_translation\.json)$"), "definition"),
    (re.compile(r"/definition/alleles/(exemptions\.json)$"), "definition"),
    (re.compile(rf"/pharmcat/phenotype/({_GENE}\.json)$"), "phenotype"),
)
_LARGEST = 64 * 1024 * 1024
"""Bytes of one member of a release archive that are read at most (the largest known is 4 MB)."""
Item = TypeVar("Item")


class DefinitionError(ValueError):
    """A definition, table or archive is not what PharmCAT publishes; the message names file and fault."""


@dataclass(frozen=True, slots=True)
class Locus:
    """One position of a definition, on GRCh38. ``bases`` are all documented alleles as a VCF spells them."""

    contig: str
    pos: int
    rsid: str
    ref: str
    bases: frozenset[str]

    @property
    def name(self) -> str:
        return self.rsid or f"{self.contig}:{self.pos}"

    @property
    def is_single_base(self) -> bool:
        return all(len(base) == 1 for base in self.bases)


@dataclass(frozen=True)
class NamedAllele:
    """An allele and, per locus of its gene, the bases that it may have; None means "as the reference"."""

    name: str
    wants: tuple[frozenset[str] | None, ...]
    is_reference: bool = False

    @cached_property
    def defined(self) -> tuple[int, ...]:
        """Indices of the loci that define it."""
        return tuple(index for index, bases in enumerate(self.wants) if bases is not None)


class Priority(NamedTuple):
    """Which of several diplotypes is taken for a gene if the phase is unknown."""

    among: frozenset[str]
    pick: str


@dataclass(frozen=True)
class GeneDefinition:
    """The callable alleles of one gene. The reference allele is the first."""

    gene: str
    contig: str
    loci: tuple[Locus, ...]
    alleles: tuple[NamedAllele, ...]
    version: str
    extra: tuple[Locus, ...] = ()
    """Positions that are reported beside the call (rs12777823)."""
    required: frozenset[int] = frozenset()
    """Positions without which the gene is not called (NAT2)."""
    priorities: tuple[Priority, ...] = ()
    uncallable: tuple[str, ...] = ()
    """Alleles of the published definition that cannot be told: exempt, or with no position left."""
    tested_of: int = 0
    """How many alleles the published definition has; 0 where it is this one."""

    @property
    def reference(self) -> NamedAllele:
        return self.alleles[0]

    @cached_property
    def marks(self) -> tuple[tuple[NamedAllele, dict[int, frozenset[str]]], ...]:
        """Every allele with the loci at which it is not the reference, and the bases it may have there."""
        return tuple((allele, self._marks(allele)) for allele in self.alleles)

    def _marks(self, allele: NamedAllele) -> dict[int, frozenset[str]]:
        wanted = ((index, allele.wants[index] or frozenset()) for index in allele.defined)
        return {index: bases for index, bases in wanted if self.loci[index].ref not in bases}

    @cached_property
    def compatible(self) -> tuple[dict[str, int], ...]:
        """Per locus: base -> bits of the alleles that may have it."""
        reference = self.reference.wants
        masks: list[dict[str, int]] = []
        for index, locus in enumerate(self.loci):
            default = reference[index] or frozenset((locus.ref,))
            default = default if len(default) == 1 else frozenset((locus.ref,))
            masks.append(_masks([allele.wants[index] or default for allele in self.alleles], locus.bases))
        return tuple(masks)


def _masks(wanted: list[frozenset[str]], bases: frozenset[str]) -> dict[str, int]:
    return {base: sum(1 << bit for bit, fits in enumerate(wanted) if base in fits) for base in bases}


@dataclass(frozen=True)
class Definitions:
    """Definitions and tables of one version, and the source that stands behind them."""

    source: Source
    genes: Mapping[str, GeneDefinition]
    tables: Mapping[str, PhenotypeTable]

    @property
    def name(self) -> str:
        return f"{self.source.title}, {self.source.version}"


class _OnFirstUse(Mapping[str, Item]):
    """Files read when their gene is first asked for."""

    def __init__(self, files: Mapping[str, Path], read: Callable[[Path], Item]) -> None:
        self._files = files
        self._read = read
        self._held: dict[str, Item] = {}

    def __getitem__(self, gene: str) -> Item:
        if gene not in self._held:
            self._held[gene] = self._read(self._files[gene])
        return self._held[gene]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def load(folder: Path) -> Definitions:
    """The definitions of a prepared folder.

    Raises:
        DefinitionError: there is no definition in it, or (on first use of a gene) a file is not readable.
    """
    files = {path.name.partition("_")[0]: path for path in _json(folder / "definition", "_translation")}
    if not files:
        raise DefinitionError(
            f"No allele definition (<GENE>_translation.json) lies in {folder.name}/definition."
        )
    exempt = {path.name: path for path in _json(folder / "definition", "exemptions")}
    exemptions = _object(next(iter(exempt.values()))) if exempt else {}
    tables = {path.name.partition(".")[0].replace("_", "-"): path for path in _json(folder / "phenotype", "")}
    return Definitions(
        source=_source(files),
        genes=_OnFirstUse(files, lambda path: _gene(path, exemptions)),
        tables=_OnFirstUse(tables, lambda path: _checked(path, table_of)),
    )


def _json(folder: Path, ending: str) -> list[Path]:
    return sorted(path for suffix in (".json", ".json.gz") for path in folder.glob(f"*{ending}{suffix}"))


def _source(files: Mapping[str, Path]) -> Source:
    version = str(_object(next(iter(files.values()))).get("version") or "unknown")
    return Source(
        id=SOURCE_ID,
        title="PharmCAT named-allele definitions and phenotype tables (ClinPGx, CPIC, PharmVar)",
        version=version,
        licence=_LICENCE,
        depth=Depth.COMPUTATION,
        url="https://github.com/PharmGKB/PharmCAT",
    )


def _object(path: Path) -> dict[str, Any]:
    raw = path.read_bytes()
    try:
        read = json.loads(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    except (ValueError, OSError, EOFError) as wrong:
        raise DefinitionError(f"{path.name} is no JSON: {wrong}") from wrong
    if not isinstance(read, dict):
        raise DefinitionError(f"{path.name} holds no JSON object.")
    return read


def _checked(path: Path, read: Callable[[dict[str, Any]], Item]) -> Item:
    raw = _object(path)
    try:
        return read(raw)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as wrong:
        raise DefinitionError(f"{path.name} lacks or misspells {wrong}") from wrong


def _gene(path: Path, exemptions: Mapping[str, Any]) -> GeneDefinition:
    return _checked(path, lambda raw: gene_of(raw, exemptions.get(raw["gene"], {})))


def gene_of(raw: Mapping[str, Any], exemption: Mapping[str, Any]) -> GeneDefinition:
    """A gene's definition out of its JSON, less the positions and alleles that its exemption names."""
    ignored = {_change(place) for place in exemption.get("ignoredPositions", ())}
    kept = [index for index, place in enumerate(raw["variants"]) if _change(place) not in ignored]
    places = [raw["variants"][index] for index in kept]
    unwanted = set(exemption.get("ignoredAlleles", ()))
    core = raw.get("suballelesMap") or {}
    named = [_allele(row, kept, places, core) for row in raw["namedAlleles"] if row["name"] not in unwanted]
    named.sort(key=lambda allele: not allele.is_reference)
    callable_ = tuple(allele for allele in named if allele.defined)
    names = {allele.name for allele in callable_}
    published = dict.fromkeys(core.get(row["name"], row["name"]) for row in raw["namedAlleles"])
    return GeneDefinition(
        gene=raw["gene"],
        contig=builds.contig(raw["chromosome"]) or raw["chromosome"],
        loci=tuple(_locus(place) for place in places),
        alleles=callable_,
        version=str(raw.get("version") or "unknown"),
        extra=tuple(_locus(place) for place in exemption.get("extraPositions", ())),
        required=frozenset(int(pos) for pos in exemption.get("requiredPositions", ())),
        priorities=tuple(_priority(row) for row in exemption.get("unphasedDiplotypePriorities", ())),
        uncallable=tuple(name for name in published if name not in names),
        tested_of=len(published),
    )


def _change(place: Mapping[str, Any]) -> tuple[int, str]:
    """Position and reference: a deletion may be exempt where a substitution at the same position is not."""
    return int(place["position"]), place["ref"]


def _priority(row: Mapping[str, Any]) -> Priority:
    return Priority(frozenset(row["list"]), row["pick"])


def _locus(place: Mapping[str, Any]) -> Locus:
    spelled = (place.get("cpicToVcfAlleleMap") or {}).values()
    return Locus(
        contig=builds.contig(place["chromosome"]) or place["chromosome"],
        pos=int(place["position"]),
        rsid=place.get("rsid") or "",
        ref=place["ref"],
        bases=frozenset((place["ref"], *place["alts"], *(base for base in spelled if base not in _IUPAC))),
    )


def _allele(
    row: Mapping[str, Any], kept: list[int], places: list[Mapping[str, Any]], core: Mapping[str, str]
) -> NamedAllele:
    """An allele by its core name: sub-alleles (*45.001) have positions of their own, but one function."""
    spelled = [row["alleles"][index] for index in kept]
    wants = tuple(_bases(one, place) for one, place in zip(spelled, places, strict=True))
    return NamedAllele(core.get(row["name"], row["name"]), wants, bool(row["reference"]))


def _bases(spelled: str | None, place: Mapping[str, Any]) -> frozenset[str] | None:
    """The bases that a letter of a definition stands for: IUPAC codes are sets, CPIC's indel names are translated."""
    if spelled is None:
        return None
    translated = (place.get("cpicToVcfAlleleMap") or {}).get(spelled, spelled)
    return frozenset(_IUPAC.get(translated, (translated,)))


@dataclass
class _Found:
    """What was taken out of an archive."""

    files: dict[str, set[str]] = field(default_factory=lambda: {"definition": set(), "phenotype": set()})


def prepare(archive: Path, target: Path) -> None:
    """Take definitions, exemptions and phenotype tables out of PharmCAT's release archive (tar.gz) into ``target``.

    Nothing but plain files with known names is read, under names of our own; ``target`` is there whole or not at all.

    Raises:
        DefinitionError: the archive is damaged, holds no definitions, or a member is larger than 64 MB.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".pharmcat-") as scratch:
        whole = Path(scratch) / "whole"
        try:
            with tarfile.open(archive, "r:gz") as release:
                found = _take(release, whole)
        except (tarfile.TarError, OSError, EOFError) as wrong:
            raise DefinitionError(f"{archive.name} is no readable tar.gz archive: {wrong}") from wrong
        if not found.files["definition"] or not found.files["phenotype"]:
            raise DefinitionError(f"{archive.name} holds no PharmCAT definitions or no phenotype tables.")
        _read_all(load(whole))
        if target.exists():
            shutil.rmtree(target)
        whole.rename(target)


def _read_all(held: Definitions) -> None:
    """Read every gene once, so that a broken file is found before the old folder is replaced."""
    for gene in (*held.genes, *held.tables):
        held.genes.get(gene)
        held.tables.get(gene)


def _take(release: tarfile.TarFile, whole: Path) -> _Found:
    found = _Found()
    for member in release:
        for pattern, folder in _MEMBERS:
            hit = pattern.search(member.name)
            if not hit or not member.isfile():
                continue
            if member.size > _LARGEST:
                raise DefinitionError(f"{hit[1]} is larger than {_LARGEST // 2**20} MB; nothing was taken.")
            content = release.extractfile(member)
            place = whole / folder
            place.mkdir(parents=True, exist_ok=True)
            (place / hit[1]).write_bytes(content.read() if content else b"")
            found.files[folder].add(hit[1])
    return found
