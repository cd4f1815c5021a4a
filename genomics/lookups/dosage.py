"""ClinGen's dosage curation: the pulled list, and the starter facts for the genes that it lacks or without it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from genomics.facts import GeneFact, facts
from genomics.lookups import pack_text
from genomics.lookups.index import Cell, Index, Writing
from genomics.lookups.lines import line
from genomics.lookups.pack_text import PackFileError
from genomics.lookups.rows import Dosage, Gap
from retrieval.evidence import Depth, Source

PACK = "clingen-dosage"
COMMAND = f"consilium packs pull {PACK}"
SCHEMA = 1
TABLE = "CREATE TABLE gene(symbol TEXT PRIMARY KEY, score INTEGER, evaluated TEXT) WITHOUT ROWID;"
SCORES = frozenset({0, 1, 2, 3, 30, 40})
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def prepare(file: Path, target: Path) -> int:
    """Write the index of ClinGen_gene_curation_list; returns the number of genes.

    Raises:
        PackFileError: the columns are not those of the list, or no gene stands in it.
    """
    released: list[str] = []
    writing = Writing(target, TABLE)
    try:
        came = writing.add("gene", _genes(file, released))
        if not came:
            raise PackFileError(f"{file.name}: no gene in it; ClinGen's list has # lines and a row per gene.")
        version = released[0] if released else "date not given"
        writing.close({"version": version, "rows": str(came)})
    finally:
        writing.abandon()
    return came


def _genes(file: Path, released: list[str]) -> Iterator[Sequence[Cell]]:
    symbol = score = evaluated = -1
    for number, text in pack_text.lines(file):
        cells = text.lstrip("#").split("\t")
        if text.startswith("#"):
            if len(cells) == 1 and not released and (date := _date(cells[0])):
                released.append(date)
            if "Gene Symbol" in cells and "Haploinsufficiency Score" in cells:
                symbol, score = cells.index("Gene Symbol"), cells.index("Haploinsufficiency Score")
                evaluated = cells.index("Date Last Evaluated") if "Date Last Evaluated" in cells else -1
            continue
        if symbol < 0:
            raise PackFileError(f"{file.name}, line {number}: no header with Gene Symbol stands above it.")
        if len(cells) <= max(symbol, score, evaluated):
            raise PackFileError(f"{file.name}, line {number}: fewer columns than the header has.")
        value = cells[score].strip()
        known = int(value) if value.isdigit() and int(value) in SCORES else None
        when = cells[evaluated].strip()[:10] if evaluated >= 0 else ""
        yield cells[symbol].strip().upper(), known, when


def _date(words: str) -> str:
    """ "06 Feb,2026" as 2026-02-06; empty for other words."""
    found = re.fullmatch(r"\s*(\d{1,2})\s+([A-Za-z]{3})[a-z]*,?\s*(\d{4})\s*", words)
    if not found or found[2].lower() not in _MONTHS:
        return ""
    return f"{found[3]}-{_MONTHS.index(found[2].lower()) + 1:02d}-{int(found[1]):02d}"


class Dosages:
    """Dosage by gene (implements ``providers.Dosages``); without an index only the starter facts answer."""

    def __init__(self, index: Index | None) -> None:
        self._index = index

    def of(self, gene: str) -> Dosage | Gap:
        """ClinGen's score of a gene. A gene that the list does not name is not curated: a gap."""
        symbol = gene.strip().upper()
        listed = self._listed(symbol)
        if listed:
            return listed
        fact = facts().genes.get(symbol)
        if fact:
            return _of_fact(fact)
        if self._index is None:
            reason = f"ClinGen's dosage list is not held, and the starter facts have no {symbol[:30]}"
            return Gap(reason=reason, held=False, command=COMMAND)
        when = self._index.meta["version"]
        return Gap(reason=f"ClinGen has not curated the dosage of {symbol[:30]} (list of {when})", held=True)

    def text(self, symbol: str) -> str | None:
        """The line of a gene of the pulled list, or None."""
        listed = self._listed(symbol)
        return line(listed) if listed else None

    def _listed(self, symbol: str) -> Dosage | None:
        if self._index is None:
            return None
        row = self._index.row("SELECT score, evaluated FROM gene WHERE symbol=?", symbol)
        if row is None:
            return None
        return Dosage(
            source=Source(
                id=f"pack:{PACK}:{symbol}",
                title=f"ClinGen dosage sensitivity, {symbol}",
                version=self._index.meta["version"],
                licence="CC0 as ClinGen states it",
                depth=Depth.RECORD,
                url="https://search.clinicalgenome.org/kb/gene-dosage",
            ),
            gene=symbol,
            haploinsufficiency=row[0] if isinstance(row[0], int) else None,
            evaluated=str(row[1] or ""),
        )


def _of_fact(fact: GeneFact) -> Dosage:
    return Dosage(
        source=fact.evidence.source,
        gene=fact.symbol,
        haploinsufficiency=fact.haploinsufficiency,
        evaluated=fact.evaluated.isoformat(),
    )
