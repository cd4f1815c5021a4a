"""Calls made by other tools or stated by a laboratory: a tab-separated file, and the notations that occur in it.

Columns: gene, diplotype, phenotype, activity score; any one beside the gene suffices. Lines that begin with # are
skipped. The columns and the copy-number and combination notations are those of PharmCAT's outside calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from genomics.pgx.phenotype import PhenotypeTable
from retrieval.evidence import Text, Word

LARGEST = 1_000_000
"""Bytes of an outside-call file that are read at most."""
_LONGEST = 300
_FIELDS = 4
_HLA = re.compile(r"\*?(\d{2,3}(?::\d{2,4})?)(?::\d+)*[A-Z]?")
_STAR = re.compile(r"(\*\d+[A-WYZ]?)(?:\.\d+)?\s*(?:x\s*)?(?P<more>≥|>=)?\s*(?P<number>\d+|N)?", re.I)
_MT = re.compile(r"(?:m\.)?(\d{1,5}[ACGT]>[ACGT])")
_SYNONYMS = {
    "pm": "Poor Metabolizer",
    "im": "Intermediate Metabolizer",
    "nm": "Normal Metabolizer",
    "em": "Normal Metabolizer",
    "rm": "Rapid Metabolizer",
    "um": "Ultrarapid Metabolizer",
    "extensive metabolizer": "Normal Metabolizer",
}
_DEGREE = r"ultra-?\s?rapid|rapid|normal|extensive|intermediate|poor|increased|decreased"
PHENOTYPE = re.compile(
    rf"(?P<doubt>likely |possible )?(?:[a-z]+\d\w* )?(?P<degree>{_DEGREE})[ -](?P<kind>metaboli[sz]er|function)",
    re.I,
)
SHORT = re.compile(r"\b(PM|IM|NM|EM|RM|UM)s?\b")
_STATUS = re.compile(r"\*\d+:\d+ (?:positive|negative)", re.I)


class OutsideCallError(ValueError):
    """An outside call cannot be read; the message names the line, what is wrong, and the mend."""


class OutsideCall(Word):
    """One line of an outside-call file; empty fields were not given."""

    gene: Text
    diplotype: str = ""
    phenotype: str = ""
    activity_score: str = ""
    line: int = 0


def read(path: Path) -> tuple[OutsideCall, ...]:
    """The calls of a file.

    Raises:
        OutsideCallError: the file is too large, not UTF-8 text, or a line has no gene or no call.
    """
    if path.stat().st_size > LARGEST:
        raise OutsideCallError("The outside-call file is larger than 1 MB; send one line per gene only.")
    try:
        return parse(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as wrong:
        raise OutsideCallError(f"The outside-call file is no UTF-8 text (byte {wrong.start}).") from wrong


def parse(text: str) -> tuple[OutsideCall, ...]:
    """The calls of a text.

    Raises:
        OutsideCallError: a line has no gene or no call, or the same gene is called twice.
    """
    found = tuple(_lines(text))
    genes = [call.gene for call in found]
    twice = next((gene for gene in genes if genes.count(gene) > 1), None)
    if twice:
        raise OutsideCallError(f"{twice[:20]} is called on more than one line; keep one.")
    return found


def _lines(text: str) -> Iterator[OutsideCall]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        fields = [field.strip() for field in line.split("\t")]
        fields += [""] * (_FIELDS - len(fields))
        gene, diplotype, phenotype, score = fields[:_FIELDS]
        if len(line) > _LONGEST or not re.fullmatch(r"[A-Za-z0-9-]{2,12}", gene):
            raise OutsideCallError(f"Line {number} does not begin with a gene symbol and a tab.")
        if not (diplotype or phenotype or score):
            raise OutsideCallError(
                f"Line {number} has no call for {gene}: give diplotype, phenotype or activity score after a tab."
            )
        yield OutsideCall(
            gene=gene.upper(), diplotype=diplotype, phenotype=phenotype, activity_score=score, line=number
        )


def alleles(gene: str, text: str, table: PhenotypeTable | None = None) -> tuple[str, ...]:
    """The one or two alleles of a diplotype as the tables spell them; names that no rule reads stay as they are."""
    whole = _without_gene(gene, text)
    if _known(gene, whole, table):
        return (_tabulated(gene, whole, table),)
    for place in (hit.start() for hit in re.finditer("/", whole)):
        parts = (whole[:place], whole[place + 1 :])
        if all(_known(gene, part, table) for part in parts):
            return tuple(_tabulated(gene, part, table) for part in parts)
    halves = re.split(r"/(?![^\[]*\])", whole, maxsplit=1)
    return tuple(_tabulated(gene, half, table) for half in halves)


def _known(gene: str, name: str, table: PhenotypeTable | None) -> bool:
    return table is not None and _tabulated(gene, name, table) in table.functions


def _tabulated(gene: str, name: str, table: PhenotypeTable | None) -> str:
    """The table's name: legacy numbers of DPYD ("*2A"), old sub-alleles ("*4A") and *1 for the reference."""
    read = _allele(gene, name)
    if table is None or read in table.functions:
        return read
    if read == "*1" and "Reference" in table.functions:
        return "Reference"
    legacy = [one for one in table.functions if f"({read.lower()})" in one.lower()]
    if len(legacy) == 1:
        return legacy[0]
    plain = re.sub(r"(?<=\d)[A-Z]$", "", read)
    return plain if plain in table.functions else read


def _without_gene(gene: str, text: str) -> str:
    short = gene.removeprefix("HLA-")
    return re.sub(
        rf"(?<![A-Za-z0-9])(?:HLA-)?(?:{re.escape(gene)}|{re.escape(short)})\s*(?=\*)", "", text
    ).strip()


def _allele(gene: str, name: str) -> str:
    name = _without_gene(gene, name).strip()
    if gene.startswith("HLA-"):
        found = _HLA.fullmatch(name)
        return f"*{found[1]}" if found else name
    if gene == "MT-RNR1":
        found = _MT.fullmatch(name)
        return f"m.{found[1]}" if found else name
    if name.startswith("[") and name.endswith("]"):
        return f"[{' + '.join(_star(part) for part in name[1:-1].split('+'))}]"
    if "+" in name and name.startswith("*"):
        return "+".join(_star(part) for part in name.split("+"))
    return _star(name.replace("(wildtype)", "(reference)"))


def _star(name: str) -> str:
    """ "*4.024" is *4; "*1x>=3", "*1≥3" and "*1xN" are copies on one chromosome."""
    found = _STAR.fullmatch(name.strip())
    if not found:
        return name.strip()
    number = (found["number"] or "").upper()
    if not number:
        return found[1]
    return f"{found[1]}x{'≥' if found['more'] else ''}{number}"


def phenotype_words(text: str) -> str:
    """A phenotype in the tables' terms: "UM", "ultra-rapid metaboliser" -> "Ultrarapid Metabolizer"; else as given."""
    found = PHENOTYPE.search(text)
    if found:
        degree = re.sub(r"[-\s]", "", found["degree"].lower())
        kind = "function" if found["kind"].lower() == "function" else "metabolizer"
        plain = f"{degree} {kind}"
        named = _SYNONYMS.get(plain, plain.title())
        return f"{(found['doubt'] or '').strip().title()} {named}".strip()
    short = SHORT.search(text)
    if short:
        return _SYNONYMS[short[1].lower()]
    status = [hit.lower() for hit in _STATUS.findall(text)]
    return "; ".join(status) if status else text.strip()


def score_words(text: str) -> str:
    """An activity score as guidance is keyed: "1" -> "1.0", ">=3" -> "≥3.0", "1.250" -> "1.25"; else as given."""
    found = re.fullmatch(r"(≥|>=)?\s*(\d{1,2}(?:[.,]\d{1,3})?)", text.strip())
    if not found:
        return text.strip()
    number = f"{float(found[2].replace(',', '.')):.2f}".removesuffix("0")
    return f"{'≥' if found[1] else ''}{number}"
