"""The codes of HL7's Genomics Reporting guide (STU 3, version 3.0.0, on FHIR R4) that we send, as plain tables.

Profiles and components: http://hl7.org/fhir/uv/genomics-reporting/, seen 2026-11-22 with the guide's own source
(github.com/HL7/genomics-reporting). LOINC answer codes: as the guide's examples and value sets spell them. Sequence
Ontology accessions: as SnpEff's documentation of effects lists them.
"""

from __future__ import annotations

from typing import Any

from genomics.acmg.criteria import Significance
from genomics.builds import Build

Coding = dict[str, str]

GUIDE = "http://hl7.org/fhir/uv/genomics-reporting"
LOINC = "http://loinc.org"
TBD = f"{GUIDE}/CodeSystem/tbd-codes-cs"
STARS = f"{GUIDE}/CodeSystem/clinvar-evidence-level-custom-cs"
HGVS = "http://varnomen.hgvs.org"
NUCCORE = "http://www.ncbi.nlm.nih.gov/nuccore"
CLINVAR = "http://www.ncbi.nlm.nih.gov/clinvar"
DBSNP = "http://www.ncbi.nlm.nih.gov/projects/SNP"
SEQUENCE_ONTOLOGY = "http://sequenceontology.org"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"

LABORATORY = {
    "system": "http://terminology.hl7.org/CodeSystem/observation-category",
    "code": "laboratory",
    "display": "Laboratory",
}
GENETICS = {"system": "http://terminology.hl7.org/CodeSystem/v2-0074", "code": "GE", "display": "Genetics"}

REPORT = ("51969-4", "")
VARIANT = ("69548-6", "Genetic variant assessment")
GENOTYPE = ("84413-4", "Genotype display name")
PRESENT = ("LA9633-4", "Present")
GERMLINE = ("LA6683-2", "Germline")
ONE_BASED = ("LA30102-0", "1-based character counting")

COMPONENTS = {
    "gene": ("48018-6", "Gene studied [ID]"),
    "c. name": ("48004-6", "DNA change (c.HGVS)"),
    "g. name": ("81290-9", ""),
    "transcript": ("51958-7", "Transcript reference sequence [ID]"),
    "assembly": ("62374-4", "Human reference sequence assembly version"),
    "sequence": ("48013-7", "Genomic reference sequence [ID]"),
    "place": ("81254-5", ""),
    "counting": ("92822-6", "Genomic coordinate system [Type]"),
    "reference": ("69547-8", "Genomic ref allele [ID]"),
    "alternative": ("69551-0", ""),
    "state": ("53034-5", "Allelic state"),
    "origin": ("48002-0", "Genomic source class [Type]"),
    "accession": ("81252-9", ""),
    "significance": ("53037-8", ""),
    "phenotype": ("81259-4", ""),
    "evidence level": ("93044-6", "Level of evidence"),
    "medication": ("51963-7", "Medication assessed [ID]"),
}
"""Components by our own name: LOINC code, and its display where it was seen."""

ASSEMBLIES = {Build.GRCH37: ("LA14029-5", "GRCh37"), Build.GRCH38: ("LA26806-2", "GRCh38")}
STATES = {
    "homozygous": ("LA6705-3", "Homozygous"),
    "heterozygous": ("LA6706-1", "Heterozygous"),
    "hemizygous": ("LA6707-9", "Hemizygous"),
}
"""By the first word of our zygosity; other words of ours have no code."""
SIGNIFICANCES = {
    Significance.PATHOGENIC: ("LA6668-3", "Pathogenic"),
    Significance.LIKELY_PATHOGENIC: ("LA26332-9", "Likely pathogenic"),
    Significance.UNCERTAIN: ("LA26333-7", "Uncertain significance"),
    Significance.LIKELY_BENIGN: ("LA26334-5", "Likely benign"),
    Significance.BENIGN: ("LA6675-8", "Benign"),
}
STAR_CODES = ("no-star", "1-star", "2-star", "3-star", "4-star")
METABOLISERS = {
    "ultrarapid metabolizer": ("LA10315-2", "Ultrarapid metabolizer"),
    "rapid metabolizer": ("LA25390-8", "Rapid metabolizer"),
    "normal metabolizer": ("LA25391-6", "Normal metabolizer"),
    "intermediate metabolizer": ("LA10317-8", "Intermediate metabolizer"),
    "poor metabolizer": ("LA9657-3", "Poor metabolizer"),
    "increased function": ("LA25392-4", "Increased function"),
    "normal function": ("LA25393-2", "Normal function"),
    "decreased function": ("LA25395-7", "Decreased function"),
    "poor function": ("LA25394-0", "Poor function"),
}
"""Phenotypes in the guide's value set of therapeutic implications; another one goes as text alone."""
SEQUENCE_TERMS = {
    "transcript_ablation": "SO:0001893",
    "splice_acceptor_variant": "SO:0001574",
    "splice_donor_variant": "SO:0001575",
    "stop_gained": "SO:0001587",
    "frameshift_variant": "SO:0001589",
    "stop_lost": "SO:0001578",
    "start_lost": "SO:0002012",
    "inframe_insertion": "SO:0001821",
    "inframe_deletion": "SO:0001822",
    "missense_variant": "SO:0001583",
    "splice_region_variant": "SO:0001630",
    "stop_retained_variant": "SO:0001567",
    "synonymous_variant": "SO:0001819",
    "5_prime_UTR_variant": "SO:0001623",
    "3_prime_UTR_variant": "SO:0001624",
    "intron_variant": "SO:0001627",
}
"""Accession of each consequence; a term that is not here goes as text alone."""


def concept(coding: tuple[str, str] | None, text: str = "", system: str = LOINC) -> dict[str, Any]:
    """A CodeableConcept of a code with its display, of words, or of both."""
    told: dict[str, Any] = {}
    if coding:
        display = {"display": coding[1]} if coding[1] else {}
        told["coding"] = [{"system": system, "code": coding[0], **display}]
    return {**told, "text": text} if text else told


def ours(code: str) -> dict[str, Any]:
    """A concept of the guide's own list of codes that LOINC lacks."""
    return {"coding": [{"system": TBD, "code": code}]}
