"""hgvs-weaver as a second opinion on protein names: a data provider over our transcript models."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from genomics.builds import ACCESSIONS
from genomics.transcript.model import Transcript


class Provider:
    """The four methods that hgvs-weaver asks of its data provider, over models without alignment gaps."""

    def __init__(self, models: Iterable[Transcript]) -> None:
        self.models = {model.accession: model for model in models}

    def get_transcript(self, accession: str, reference: str | None) -> dict[str, Any]:
        model = self.models[accession]
        begin, end = model.cds or (0, 1)
        return {
            "ac": accession,
            "gene": model.gene,
            "cds_start_index": begin,
            "cds_end_index": end - 1,
            "strand": model.strand,
            "reference_accession": ACCESSIONS[model.build][model.contig],
            "exons": [_exon(model, index) for index in range(len(model.exons))],
        }

    def get_seq(self, accession: str, start: int, end: int | None, kind: object) -> str:
        model = self.models.get(accession)
        if model is not None:
            return model.mrna[start:end]
        held = next(m for m in self.models.values() if (m.protein or f"{m.accession}p") == accession)
        return held.residues[start:end]

    def get_symbol_accessions(self, symbol: str, source: str, target: str) -> list[tuple[str, str]]:
        model = self.models.get(symbol)
        return [("protein_accession", model.protein or f"{model.accession}p")] if model else []

    def get_identifier_type(self, identifier: str) -> str:
        kinds = {"NM": "transcript_accession", "NR": "transcript_accession", "NP": "protein_accession"}
        return kinds.get(identifier[:2], "genomic_accession")


def _exon(model: Transcript, index: int) -> dict[str, Any]:
    exon = model.exons[index]
    start, end = model.oriented(exon.start, exon.end)
    return {
        "transcript_start": exon.first,
        "transcript_end": exon.last,
        "reference_start": start,
        "reference_end": end,
        "alt_strand": model.strand,
        "cigar": f"{end - start}=",
    }


class SecondOpinion:
    """Protein names by hgvs-weaver, without brackets: ``p.Glu23ValfsTer17``."""

    def __init__(self, models: Iterable[Transcript]) -> None:
        import weaver  # a test-time dependency, loaded when it is asked

        self._parse = weaver.parse
        self._mapper = weaver.VariantMapper(Provider(models))
        self._errors = (weaver.HGVSError, ValueError)

    def p_name(self, accession: str, c_name: str) -> str:
        """The name, or the error's first words in square brackets."""
        try:
            said = self._mapper.c_to_p(self._parse(f"{accession}:{c_name}")).format()
        except self._errors as wrong:
            return f"[{type(wrong).__name__}: {str(wrong)[:60]}]"
        return str(said).partition(":")[2].replace("(", "").replace(")", "")
