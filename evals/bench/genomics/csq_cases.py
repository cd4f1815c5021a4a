"""The expectation cases of bcftools csq (MIT): read once, and put to bcftools itself and to our own caller."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genomics.builds import Build
from genomics.effect import Effect
from genomics.transcript import exact, gff
from genomics.transcript.consequence import effect
from genomics.transcript.exact import ExactError, Reading
from genomics.transcript.mane import Genome
from genomics.transcript.model import ModelError, Strand, Transcript, reverse_complement
from genomics.transcript.regions import RANK

FLANK = 400


@dataclass(frozen=True)
class Case:
    """One record with its expectation; ``.`` expects nothing."""

    folder: str
    vcf: Path
    fasta: Path
    gff3: Path
    contig: str
    pos: int
    ref: str
    alt: str
    expected: str

    @property
    def is_single(self) -> bool:
        """True if the record is one sequence change that is expected to be read by itself."""
        return (
            set(self.ref + self.alt) <= set("ACGTN") and "@" not in self.expected and "+" not in self._bases
        )

    @property
    def _bases(self) -> str:
        return "".join(one.split("|")[6] for one in self.expected.split(",") if one.count("|") >= 6)


def cases(folder: Path) -> Iterator[Case]:
    """Every record that carries an expectation."""
    for vcf in sorted(folder.glob("*/*.vcf")):
        inside = vcf.parent
        fasta = next(iter([*sorted(inside.glob("*.fa")), *sorted(inside.glob("*.fa.gz"))]))
        models = sorted(inside.glob("*.gff"))
        gff3 = next((one for one in models if one.stem == vcf.stem), models[0])
        for line in vcf.read_text(encoding="utf-8").splitlines():
            if line.startswith("#"):
                continue
            contig, pos, _, ref, alt, _, _, info = line.split("\t")[:8]
            held = dict(part.partition("=")[::2] for part in info.split(";"))
            if "EXP" in held:
                yield Case(inside.name, vcf, fasta, gff3, contig, int(pos), ref, alt, held["EXP"])


def bcftools(every: list[Case]) -> list[tuple[Case, bool]]:
    """Each case, and whether our exact mode gives the expected text; an expected nothing is an empty answer."""
    told: dict[Path, dict[tuple[int, str, str], exact.Record]] = {}
    for case in every:
        if case.vcf in told:
            continue
        try:
            records = exact.consequences(case.vcf, case.fasta, case.gff3, Reading.ONE_COPY)
        except ExactError:
            records = ()
        told[case.vcf] = {(one.pos, one.ref, ",".join(one.alts)): one for one in records}
    return [(case, _as_expected(case, told[case.vcf].get((case.pos, case.ref, case.alt)))) for case in every]


def _as_expected(case: Case, record: exact.Record | None) -> bool:
    if case.expected == ".":
        return record is None or not record.said
    return record is not None and sorted(record.said) == sorted(case.expected.split(","))


def own(every: list[Case]) -> Iterator[tuple[Case, bool, str]]:
    """Each single change, whether our caller names the expected terms, and what it says."""
    held: dict[Path, list[tuple[str, Transcript]]] = {}
    for case in every:
        if not case.is_single:
            continue
        if case.gff3 not in held:
            held[case.gff3] = list(models(case.gff3, case.fasta))
        yield _compared(case, [model for contig, model in held[case.gff3] if contig == case.contig])


def _compared(case: Case, models: list[Transcript]) -> tuple[Case, bool, str]:
    found = {one.accession.partition(".")[0]: effect(one, case.pos, case.ref, case.alt) for one in models}
    text = "; ".join(f"{name}: {_text(said)}" for name, said in found.items() if said is not None)
    if case.expected == ".":
        empty = all(not isinstance(said, Effect) or said.term == "intron_variant" for said in found.values())
        return case, empty, text
    expected: dict[str, list[list[str]]] = {}
    for one in case.expected.split(","):
        cells = one.split("|")
        expected.setdefault(cells[2] or cells[1], []).append(cells)
    good = all(_same(rows, found.get(name), found) for name, rows in expected.items())
    return case, good, text


def _text(said: object) -> str:
    return f"{'&'.join(said.terms)} {said.c_name} {said.p_name}" if isinstance(said, Effect) else str(said)


def _same(rows: list[list[str]], said: object, found: dict[str, Any]) -> bool:
    terms = {_so(term) for cells in rows for term in cells[0].split("&")} - {"NMD_transcript_variant"}
    if terms & {"intron_variant", "non_coding_transcript_variant"} and said is None:
        return any(isinstance(one, Effect) and _near(one, terms) for one in found.values())
    if not isinstance(said, Effect):
        return False
    return terms == {_folded(term) for term in said.terms} - {"intron_variant"} or terms == set(said.terms)


def _near(one: Effect, terms: set[str]) -> bool:
    return bool({_folded(term) for term in one.terms} & terms)


def _folded(term: str) -> str:
    return "non_coding_transcript_variant" if term == "non_coding_transcript_exon_variant" else term


def _so(term: str) -> str:
    """The Sequence Ontology term of a term of bcftools."""
    named = {"5_prime_utr": "5_prime_UTR_variant", "3_prime_utr": "3_prime_UTR_variant"}
    whole = named.get(term) or {"non_coding": "non_coding_transcript_variant"}.get(term, term)
    return whole if whole in RANK else f"{whole}_variant"


def models(gff3: Path, fasta: Path) -> Iterator[tuple[str, Transcript]]:
    """The models of a GFF3 and its genome, each with the contig as the files name it."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / fasta.name
        shutil.copyfile(fasta, copy)
        genome = Genome(copy)
        for draft in gff.drafts(gff.lines(gff3)):
            try:
                yield draft.contig, _model(draft, genome)
            except ModelError:
                continue  # its pieces contradict each other: no model, no answer
        genome.close()


def _model(draft: gff.Draft, genome: Genome) -> Transcript:
    def flanks(start: int, end: int, strand: Strand) -> tuple[str, str]:
        left = genome.bases(draft.contig, start - FLANK, start)
        right = genome.bases(draft.contig, end, end + FLANK)
        return (left, right) if strand == 1 else (reverse_complement(right), reverse_complement(left))

    limits = sorted(draft.exons or [(start, end) for start, end, _ in draft.cds])
    bases = "".join(genome.bases(draft.contig, start, end) for start, end in limits)
    mrna = bases if draft.strand == 1 else reverse_complement(bases)
    return gff.model(draft, mrna, Build.GRCH38, flanks, contig="1")
