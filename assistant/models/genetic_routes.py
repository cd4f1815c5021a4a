"""From a question to the genetic tools, by rules: variants, genome files, star alleles and the drugs they bear on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from assistant.turn import TurnInput
from assistant.verify.names import drug_names
from genomics.builds import BuildError, spoken
from genomics.mentions import Mention, MentionKind, find, genes
from retrieval.evidence import Word
from tools.situations import drugs_for

VARIANT_TEXT, GENOTYPE_TEXT = 2000, 500
"""Characters that the tools read."""
VARIANT_KINDS = frozenset(MentionKind) - {MentionKind.STAR}
GENOMES = ("vcf", "genotypes")
_METABOLISER = re.compile(
    r"\b(?:poor|intermediate|normal|extensive|rapid|ultra-?rapid)\s+metaboli[sz]er"
    r"|\b(?:poor|decreased|normal|increased)[ -]function\b|\bactivity score\b",
    re.IGNORECASE,
)
_PHARMACOGENE = re.compile(
    r"(?<![\w-])(?:CYP\d[A-Z]\d{1,2}|TPMT|NUDT15|DPYD|SLCO1B1|UGT1A1|VKORC1|G6PD|NAT2|ABCG2|IFNL3|CACNA1S|RYR1"
    r"|HLA-[AB]|MT-RNR1)(?!\w)"
)
_BY_VARIANT = frozenset(("ABCG2", "CACNA1S", "CFTR", "DPYD", "G6PD", "MT-RNR1", "RYR1", "VKORC1"))
"""Pharmacogenes whose results are named as variants (DPYD c.1905+1G>A) and not as star alleles."""
_STATUS = re.compile(r"\bG6PD[- ]deficient\b", re.IGNORECASE)
_DRUG_FIT = re.compile(
    r"\bpharmacogen|\bPGx\b|\bmetaboli[sz]er|\bstar alleles?\b|\bwhich (?:drugs?|medicines?)\b|\bdrug[- ]gene\b",
    re.IGNORECASE,
)


_SECONDARY = re.compile(r"\b(?:secondary|incidental) findings?\b", re.I)
_CONSENT = re.compile(r"\bconsent(?:s|ed)\b|\b(?:has|have|gave|given|with) (?:\w+ )?consent\b", re.I)
_NO_CONSENT = re.compile(
    r"(?:n't|\b(?:no|not|without|refus\w+|declin\w+|withdr\w+|if|whether|unless|never))\b[^.;]{0,40}\bconsent"
    r"|\bconsent\w*\b[^.;]{0,20}\b(?:not|withdrawn|refused|declined|missing|pending)\b",
    re.I,
)
_SAMPLES = {
    name: re.compile(
        rf"\b(?:{words})\s*(?:is|:|=)?\s*(?:the\s*)?(?:sample|number|no\.?|#)*\s*(\d{{1,3}})\b", re.I
    )
    for name, words in (
        ("sample", "(?<!is )(?<!the )sample|child|index|proband|patient"),
        ("mother", "mother"),
        ("father", "father"),
    )
}
"""Numbers of samples in a file of several: "child 1, mother 2, father 3", "sample 2"."""


class Call(Word):
    """One tool call with its arguments."""

    tool: str
    inputs: dict[str, Any]


def genetic_calls(given: TurnInput) -> list[Call]:
    """Files first, then what is stated of pharmacogenes, which changes what is given today, then named variants."""
    named = find(given.question)
    return [*_files(given), *_stated(given, named), *_variants(given, named)]


def _files(given: TurnInput) -> list[Call]:
    calls = []
    for file in given.attachments:
        if file.kind not in GENOMES:
            continue
        drugs = _drugs(given.question)
        fit = bool(drugs or _DRUG_FIT.search(given.question) or _PHARMACOGENE.search(given.question))
        if given.role == "clinician" and (fit or file.kind == "genotypes"):
            inputs: dict[str, Any] = {"attachment": file.id} | ({"drugs": list(drugs)} if drugs else {})
            inputs |= {
                name: told for name, told in _of_file(given.question).items() if name in ("build", "sample")
            }
            calls.append(Call(tool="pgx_guidance", inputs=inputs))
        if file.kind == "vcf" and (not fit or re.search(r"\bscreen\b|\bvariants?\b", given.question, re.I)):
            calls.append(
                Call(tool="screen_genome", inputs={"attachment": file.id} | _screened_for(given.question))
            )
    return calls


def _screened_for(question: str) -> dict[str, Any]:
    """The words to look for, the genes that they name, and the numbers of the person's and the parents' samples."""
    inputs: dict[str, Any] = {"looking_for": question[:VARIANT_TEXT]} if question.strip() else {}
    named = genes(question)
    if named:
        inputs["genes"] = list(named)
    if _SECONDARY.search(question) and _CONSENT.search(question) and not _NO_CONSENT.search(question):
        inputs["secondary_findings"] = True
    return inputs | _of_file(question)


def _of_file(question: str) -> dict[str, Any]:
    """What the words say of a file: its build, and the numbers of the person's and the parents' samples."""
    told: dict[str, Any] = {}
    for name, pattern in _SAMPLES.items():
        found = pattern.search(question)
        if found:
            told[name] = int(found[1])
    try:
        build = spoken(question)
    except BuildError:  # both builds are named: the tool asks
        build = None
    return told | ({"build": build.value} if build else {})


def _variants(given: TurnInput, named: Sequence[Mention]) -> list[Call]:
    """One call with the user's own words: the tool reads every variant, and the build, out of them."""
    if not any(mention.kind in VARIANT_KINDS for mention in named):
        return []
    return [Call(tool="interpret_variant", inputs={"text": given.question[:VARIANT_TEXT]})]


def _stated(given: TurnInput, named: Sequence[Mention]) -> list[Call]:
    """Star alleles or a metaboliser status in the words, with the drugs that are named or that the situation asks."""
    drugs = _drugs(given.question)
    star = any(mention.kind is MentionKind.STAR for mention in named)
    status = _METABOLISER.search(given.question) and _PHARMACOGENE.search(given.question)
    if not (star or status or _STATUS.search(given.question) or (drugs and _is_pharmacogene(named))):
        return []
    inputs: dict[str, Any] = {"genotypes": _speaking(given.question)}
    return [Call(tool="pgx_guidance", inputs=inputs | ({"drugs": list(drugs)} if drugs else {}))]


def _is_pharmacogene(named: Sequence[Mention]) -> bool:
    """True if a variant of a pharmacogene without star alleles is named: beside a drug it is asked for the drug."""
    return any(mention.kind in VARIANT_KINDS and mention.gene.upper() in _BY_VARIANT for mention in named)


def _speaking(question: str) -> str:
    """The sentences that speak of a pharmacogene, as far as the tool reads."""
    if len(question) <= GENOTYPE_TEXT:
        return question
    parts = [part for part in re.split(r"(?<=[.;!?])\s+|\n+", question) if _PHARMACOGENE.search(part)]
    return " ".join(parts)[:GENOTYPE_TEXT]


def _drugs(question: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*drug_names(question), *drugs_for(question))))
