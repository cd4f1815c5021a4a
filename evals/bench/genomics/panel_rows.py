"""Rows of the ClinGen Evidence Repository as input for the engine: the values that the panels quote, never the class.

No frequency or score pack holds these variants here, so the numbers that a panel states in its summary stand in for the
look-ups: frequency, REVEL, SpliceAI, and whether decay is predicted. The patterns were written on the genes of half B.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from genomics import hgvs, protein
from genomics.acmg.named import effect_of_name
from genomics.effect import Effect
from genomics.lookups.rows import Frequency, Gap, Score
from retrieval.evidence import Depth, Source

FILE = Path("clingen-erepo-dev") / "erepo.tsv.gz"
NOMINAL = 100_000
"""Alleles looked at where a panel says "absent" without their number."""
FEWEST = 5_000
"""Alleles looked at from which a fraction is taken for one of a population."""
BURIED = {"KLLN": "PTEN", "C12orf43": "HNF1A"}
"""The gene column names a neighbour in these (SOURCE.txt of the data)."""
_CLASSES = {
    "Pathogenic": "P",
    "Likely Pathogenic": "P",
    "Uncertain Significance": "U",
    "Likely Benign": "B",
    "Benign": "B",
}
_GROUPS = (
    ("asj", re.compile(r"Ashkenazi", re.I)),
    ("fin", re.compile(r"(?<!non-)(?<!non )(?<!non)\bFinnish|\(Finnish", re.I)),
    ("mid", re.compile(r"Middle Eastern", re.I)),
    ("ami", re.compile(r"Amish", re.I)),
    ("remaining", re.compile(r"\b(?:Other|remaining)\b")),
)
_NUMBER = r"(?<![\w.<>*+-])(?!95\s?%)(?:\d\.\d+[eE]-\d+|\d{1,2}(?:\.\d+)?\s?%|0\.\d+)"
_COUNTED = re.compile(r"(?<![<>=/\d.])([\d,]+)(?: alleles?)?\s?/\s?([\d,]{4,})(?!\d)")
_FAF = re.compile(rf"filtering (?:allele frequency|AF)\b.{{0,220}}?({_NUMBER})", re.I)
_PLAIN = re.compile(
    rf"(?:frequenc\w+|\bMAF|\brate|\bpresent in|reported (?:at|in gnomAD))\b[^<>≤≥;]{{0,110}}?({_NUMBER})",
    re.I,
)
_ABSENT = re.compile(
    r"\b(?:absent|not (?:present|found|observed|reported|seen))\s(?:\w+\s){0,3}?(?:(?:from|form|in)\s)?[^.;]{0,60}?"
    r"(?:gnom|population|database|cohort|control|GenBank|ExAC)",
    re.I,
)
_HOMOZYGOUS = re.compile(r"(\d[\d,]*)\s(?:adult\s)?homozygo(?:tes|us)", re.I)
_REVEL = (
    re.compile(r"REVEL[^\d(]{0,60}[<>≥≤=/ ]+\s?\d?\.\d+\s?\(\s?(\d?\.\d+)\s?\)"),
    re.compile(r"REVEL\s(\d\.\d+)"),
    re.compile(r"REVEL[^<>≥≤\d]{0,90}?(?:=|:|\bof|\(|\bis|\bwas|\bscore)\s?(\d?\.\d+)"),
)
_SPLICE = (
    re.compile(r"Splice\s?AI[^\d(]{0,50}[<>≥≤]+\s?\d?\.\d+\s?\((?:[A-Za-z ]{0,40})(\d?\.\d+|0)\b"),
    re.compile(r"Splice\s?AI\s(\d\.\d+)"),
    re.compile(
        r"Splice\s?AI(?:(?!frequency|gnomAD)[^<>≥≤;]){0,160}?(?:=|:|\bof|\(|\bis|\bscores?)\s?(\d?\.\d+|0)(?![\d.])"
    ),
)
_DECAY = re.compile(r"nonsense[- ]mediated\s+(?:mRNA\s+)?decay|\bNMD\b", re.I)
_ESCAPES = re.compile(
    r"escap|not (?:\w+ ){0,3}(?:undergo|expected|predicted|trigger|lead|result)|evade|avoid", re.I
)
_SHARE = re.compile(r"([<>≥≤])\s?10\s?%\s(?:of|the)[^.;]{0,30}protein", re.I)
_CODON = re.compile(r"(?:p\.\s?\(?)?([A-Z][a-z]{2}\d{1,5}(?:[A-Z][a-z]{2}|=)(?:fs\w*)?)")


@dataclass(frozen=True)
class PanelRow:
    """One row. ``truth`` is P, U or B, and nothing in the input is made of it."""

    uuid: str
    gene: str
    half: str
    truth: str
    five: str
    codes: tuple[str, ...]
    turned_down: tuple[str, ...]
    allele: str
    name: str
    summary: str = field(repr=False)

    @cached_property
    def dna(self) -> hgvs.Name | None:
        try:
            return hgvs.parse(self.name.split(" (p.")[0])
        except hgvs.HgvsError:
            return None

    @cached_property
    def change(self) -> protein.Protein | None:
        """The p. name of the row, or the first one in its summary that fits the codon of the c. name."""
        stated = re.search(r"\(p\.([^)]+)\)", self.name)
        for spelled in ([stated[1]] if stated else []) + _CODON.findall(self.summary[:400]):
            try:
                read = protein.parse(spelled)
            except hgvs.HgvsError:
                continue
            if stated or self._fits(read):
                return read
        return None

    def _fits(self, read: protein.Protein) -> bool:
        start = self.dna.start if self.dna else None
        return start is not None and start.is_coding and (start.base + 2) // 3 == read.start

    @cached_property
    def effect(self) -> Effect | Gap:
        return effect_of_name(self.gene, self.dna, self.change)

    @property
    def frequency(self) -> Frequency | Gap:
        """As the panel quotes it: a filtering frequency, allele counts, a frequency alone, or absence."""
        filtering, absent = _FAF.search(self.summary), _ABSENT.search(self.summary)
        told = _counted(self.summary) or _alone(self.summary, before=absent.start() if absent else None)
        if told is None and filtering is None:
            if absent is None:
                return Gap(reason="no frequency is quoted in the row", held=True)
            return self._row(count=0, number=NOMINAL, frequency=0.0)
        count, number, share, end = told or (None, None, None, filtering.end() if filtering else 0)
        faf = _share(filtering[1]) if filtering else None
        if faf is None and number is None:
            faf = share
        share = share if share is not None else faf or 0.0
        return self._row(
            count=max(1, round(share * NOMINAL)) if count is None else count,
            number=number or NOMINAL,
            frequency=share,
            faf95=faf,
            group=_group(self.summary[end : end + 110]),
        )

    def _row(
        self, *, count: int, number: int, frequency: float, faf95: float | None = None, group: str = ""
    ) -> Frequency:
        found = _HOMOZYGOUS.search(self.summary)
        return Frequency(
            source=self.source,
            faf95=faf95,
            group=group,
            frequency=min(1.0, frequency),
            count=count,
            number=number,
            homozygotes=int(found[1].replace(",", "")) if found else None,
        )

    @property
    def revel(self) -> Score | Gap:
        return self._score("REVEL", _REVEL)

    @property
    def spliceai(self) -> Score | Gap:
        return self._score("SpliceAI", _SPLICE)

    def _score(self, tool: str, patterns: tuple[re.Pattern[str], ...]) -> Score | Gap:
        for pattern in patterns:
            found = pattern.search(self.summary)
            if found and float(found[1]) <= 1:
                return Score(source=self.source, tool=tool, score=float(found[1]))
        return Gap(reason=f"no {tool} score is quoted in the row", held=True)

    @property
    def told_effect(self) -> Effect | Gap:
        """The effect of the name, with decay and lost share as the panel states them."""
        effect = self.effect
        if isinstance(effect, Gap) or not (effect.is_loss_of_function or "exon_loss_variant" in effect.terms):
            return effect
        decay, share = self._decay, _SHARE.search(self.summary)
        lost = None if share is None else (0.05 if share[1] in "<≤" else 0.2)
        return effect.model_copy(
            update={
                "decay": decay,
                "decay_reason": "as the row states",
                "lost_share": lost,
                "mane_select": True,
            }
        )

    @property
    def _decay(self) -> bool | None:
        found = _DECAY.search(self.summary)
        if not found:
            return None
        around = self.summary[max(0, found.start() - 70) : found.end() + 40]
        return not _ESCAPES.search(around)

    @property
    def source(self) -> Source:
        return Source(
            id=f"erepo:{self.uuid}",
            title="ClinGen Evidence Repository, summary of the row",
            version="development selection, rows to April 2024",
            licence="ClinGen CC0 as ClinGen states it",
            depth=Depth.RECORD,
        )


def panel_rows(data: Path) -> Iterator[PanelRow]:
    """Every row that is not retracted (2,769)."""
    with gzip.open(data / FILE, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            if row["Retracted"].lower() != "true":
                yield _read(row)


def half_of(gene: str) -> str:
    """A or B, by the gene's hash: patterns were written on B alone."""
    return "AB"[int(hashlib.sha256(gene.encode()).hexdigest(), 16) % 2]


def _read(row: dict[str, str]) -> PanelRow:
    column = row["HGNC Gene Symbol"]
    return PanelRow(
        uuid=row["Uuid"],
        gene=BURIED.get(column, column),
        half=half_of(column),
        truth=_CLASSES[row["Assertion"]],
        five=row["Assertion"].capitalize(),
        codes=_codes(row["Applied Evidence Codes (Met)"]),
        turned_down=_codes(row["Applied Evidence Codes (Not Met)"]),
        allele=row["Allele Registry Id"],
        name=row["Variation"].strip(),
        summary=re.sub(r"\s+", " ", row["Summary of interpretation"]),
    )


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code.strip() for code in text.split(",") if code.strip())


def _counted(text: str) -> tuple[int, int, float, int] | None:
    """The highest of the quoted allele counts; smaller denominators are mostly counts of patients."""
    best = None
    for found in _COUNTED.finditer(re.sub(r"(\d) total alleles", r"\1", text.replace(" alleles / ", "/"))):
        count, number = (int(found[i].replace(",", "") or 0) for i in (1, 2))
        if number < FEWEST or count > number:
            continue
        if best is None or count / number > best[2]:
            best = (count, number, count / number, found.end())
    return best


def _alone(text: str, before: int | None) -> tuple[None, None, float, int] | None:
    """A frequency without counts; not one that is told only after the word that the variant is absent."""
    found = _PLAIN.search(text)
    if found is None or (before is not None and found.start() > before):
        return None
    return None, None, _share(found[1]), found.end()


def _share(text: str) -> float:
    plain = text.replace("%", "").strip()
    return float(plain) / (100 if "%" in text else 1)


def _group(after: str) -> str:
    return next((name for name, pattern in _GROUPS if pattern.search(after)), "")
