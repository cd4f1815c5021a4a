"""Guidelines on drugs and genes: their recommendations by drug, each held as text so that a quote can be checked.

Two layouts of PharmCAT's release are read: the guideline files of version 2 as JSON lines, and version 3's single
``prescribing_guidance.json``. The annotations are ClinPGx's (CC BY-SA 4.0), CPIC's own content is CC0 1.0.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from genomics.pgx.plain_text import plain_text
from retrieval.evidence import Depth, Source

PACK = "pharmcat-guidance"
LICENCE = "CC BY-SA 4.0 (annotation by ClinPGx, to be named and shared alike); CPIC content CC0 1.0"
NO_RESULT = "No Result"
"""Key of a row that applies where the other gene of the guideline was not called."""
NO_RECOMMENDATION = "No recommendation"
OTHER_CONSIDERATIONS = "Other Considerations"
"""The heading under which version 2 keeps what is not the recommendation itself."""

Key = str | tuple[tuple[str, float], ...]
"""What a row asks of one gene: a phenotype, a score or an allele status; or the copies of each allele."""


class GuidanceError(ValueError):
    """A guidance file cannot be read; the message names the file, the entry and the field."""


@dataclass(frozen=True)
class Guideline:
    """One guideline: who gives it, for which drugs and genes, and where it is written."""

    id: str
    name: str
    issuer: str
    """"CPIC", "DPWG", "FDA" …"""
    source_id: str
    """Under which :attr:`about` is held."""
    version: str
    licence: str = LICENCE
    url: str = ""
    drugs: tuple[str, ...] = ()
    genes: tuple[str, ...] = ()
    pmids: tuple[str, ...] = ()
    year: int | None = None
    marks: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """One line on the guideline itself: name, issuer, version, address."""
        return f"{self.name} ({self.issuer}, {self.version}): {self.url or 'no address'}"

    def source(self, source_id: str = "") -> Source:
        """The guideline as a source, under the id by which the text of one of its rows is held."""
        return Source(
            id=source_id or self.source_id,
            title=self.name,
            version=self.version,
            licence=self.licence,
            depth=Depth.GUIDELINE,
            url=self.url or None,
            pmid=self.pmids[0] if self.pmids else None,
            year=self.year,
            marks=self.marks,
        )


@dataclass(frozen=True)
class Recommendation:
    """One row of a guideline: for one drug, one population and one set of keys."""

    id: str
    source_id: str
    guideline: Guideline
    drug: str
    keys: Mapping[str, tuple[Key, ...]]
    """By gene; any one of the keys of a gene suffices."""
    text: str
    strength: str = ""
    population: str = ""
    implications: tuple[tuple[str, str], ...] = ()
    marks: frozenset[str] = frozenset()
    """Of "dose", "alternative", "other": what its guideline marks it to be about."""
    held: str = ""
    """The text under which it is held for quotes; empty: composed of its fields."""

    @property
    def by_diplotype(self) -> bool:
        """True if it is for named alleles, not for a phenotype."""
        return any(not isinstance(key, str) for keys in self.keys.values() for key in keys)

    @property
    def gives_none(self) -> bool:
        """True if the guideline says here that it recommends nothing."""
        opening = self.text[:40].lower()
        none = opening.startswith(("no recommendation", "the guideline does not provide"))
        return none or self.strength == NO_RECOMMENDATION

    @property
    def heading(self) -> str:
        """The line of the held text that says for whom the row is."""
        mark = "" if self.held else "Looked up under: "
        return next((line for line in self.held_text.splitlines() if line.startswith(mark)), "")

    @property
    def held_text(self) -> str:
        """Everything that the row says, as it is held."""
        if self.held:
            return self.held
        guideline = self.guideline
        asked = "; ".join(keyed(gene, keys) for gene, keys in self.keys.items())
        lines = (
            f"{guideline.name} ({guideline.issuer}, {guideline.version}), recommendation {self.id}",
            f"Drug: {self.drug}",
            f"Looked up under: {asked}",
            f"Population: {self.population}" if self.population else "",
            f"Strength: {self.strength}" if self.strength else "",
            *(f"Implication for {gene}: {said}" for gene, said in self.implications),
            self.text,
        )
        return "\n".join(line for line in lines if line)


def keyed(gene: str, keys: Iterable[Key]) -> str:
    """A gene with its keys as they are shown: "CYP2D6 activity score 0.0", "CYP2C19 Poor Metabolizer"."""
    words = [spelled(key) for key in keys]
    scored = any(word.lstrip("≥")[:1].isdigit() for word in words)
    return f"{gene} {'activity score ' if scored else ''}{' or '.join(words)}"


def spelled(key: Key) -> str:
    """A key as it is shown: "Poor Metabolizer", "*1/*28"."""
    if isinstance(key, str):
        return key
    return "/".join(name for name, copies in key for _ in range(round(copies)))


class GuidanceBase:
    """Guidelines and their recommendations, by drug; the holder of their text."""

    def __init__(
        self,
        guidelines: Iterable[Guideline],
        rows: Iterable[Recommendation],
        *,
        name: str,
        version: str,
        synonyms: Mapping[str, str] | None = None,
        unread: int = 0,
    ) -> None:
        self.guidelines = tuple(guidelines)
        self.rows = tuple(rows)
        self.name = name
        self.version = version
        self.unread = unread
        """Rows of the file whose key could not be read; they are never matched."""
        self._synonyms = dict(synonyms or {})
        self._rows: dict[str, list[Recommendation]] = {}
        for row in self.rows:
            self._rows.setdefault(row.drug, []).append(row)

    def drug(self, asked: str) -> str | None:
        """The name under which the drug stands here: any case, with or without a salt behind it; None if it does not.

        "Clopidogrel bisulfate" is clopidogrel; brand names are not known here.
        """
        said = " ".join(asked.casefold().split())
        said = self._synonyms.get(said, said)
        if said in self.drugs:
            return said
        return next((name for name in self.drugs if said.startswith(f"{name} ")), None)

    @cached_property
    def drugs(self) -> tuple[str, ...]:
        """The drugs of all guidelines, in their order."""
        named = (drug.casefold() for guideline in self.guidelines for drug in guideline.drugs)
        return tuple(sorted({*named, *self._rows}))

    @cached_property
    def genes(self) -> tuple[str, ...]:
        return tuple(sorted({gene for guideline in self.guidelines for gene in guideline.genes}))

    def rows_of(self, drug: str) -> tuple[Recommendation, ...]:
        """The recommendations for a drug, under the name that :meth:`drug` gives."""
        return tuple(self._rows.get(drug, ()))

    def guidelines_of(self, drug: str) -> tuple[Guideline, ...]:
        return tuple(one for one in self.guidelines if drug in (name.casefold() for name in one.drugs))

    def drugs_of(self, gene: str) -> tuple[str, ...]:
        """The drugs whose recommendations ask for the gene."""
        return tuple(drug for drug in self.drugs if any(gene in row.keys for row in self._rows.get(drug, ())))

    @cached_property
    def asked(self) -> Mapping[str, frozenset[str]]:
        """Every worded key by gene: the phenotypes, scores and statuses that some row asks for."""
        found: dict[str, set[str]] = {}
        for row in self.rows:
            for gene, keys in row.keys.items():
                found.setdefault(gene, set()).update(key for key in keys if isinstance(key, str))
        return {gene: frozenset(keys) for gene, keys in found.items()}

    @cached_property
    def _texts(self) -> dict[str, str]:
        texts = {row.source_id: row.held_text for row in self.rows}
        return texts | {one.source_id: one.about for one in self.guidelines}

    def text(self, source_id: str) -> str | None:
        """The held text of a row or of a guideline without rows, or None."""
        return self._texts.get(source_id)

    def holding(self, quote: str) -> tuple[str, ...]:
        """The ids of the rows in whose text the quote stands."""
        return tuple(source_id for source_id, text in self._texts.items() if quote in text)


def load(path: Path) -> GuidanceBase:
    """The guidelines of a file, or of the folder of a prepared pack that holds one.

    Raises:
        GuidanceError: there is no such file, or it has neither of the two layouts.
    """
    file = file_of(path)
    packages, release = _packages(file)
    guidelines, rows, unread = [], [], 0
    for number, package in enumerate(packages, start=1):
        try:
            guideline = _guideline(package, release)
            guidelines.append(guideline)
            for entry in package.get("recommendations") or ():
                keys = _keys(entry.get("lookupKey"))
                unread += keys is None
                rows += _rows(guideline, entry, keys) if keys else []
        except (KeyError, TypeError, ValueError, AttributeError) as wrong:
            raise GuidanceError(f"{file.name}, guideline {number}: {wrong!r} is missing or wrong") from wrong
    dates = [release, *(str(package.get("version") or "") for package in packages)]
    version = f"ClinPGx {max(dates)}" if any(dates) else "no version stated"
    return GuidanceBase(guidelines, rows, name=PACK, version=version, unread=unread)


_NAMES = ("prescribing_guidance.json", "guidelines.jsonl")


def file_of(path: Path) -> Path:
    """The guidance file of a folder, or the file itself.

    Raises:
        GuidanceError: the folder holds none.
    """
    if path.is_file():
        return path
    for name in _NAMES:
        for file in (path / name, path / f"{name}.gz"):
            if file.is_file():
                return file
    raise GuidanceError(f"{path.name} holds none of {', '.join(_NAMES)}, plain or as .gz")


def _packages(file: Path) -> tuple[list[dict[str, Any]], str]:
    """The guidelines of either layout, and the release where the file states one for all."""
    try:
        raw = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        text = raw.decode("utf-8")
        if file.name.removesuffix(".gz").endswith(".jsonl"):
            return [json.loads(line) for line in text.splitlines() if line.strip()], ""
        whole = json.loads(text)
    except (OSError, EOFError, ValueError) as wrong:
        raise GuidanceError(f"{file.name} is no readable JSON: {wrong}") from wrong
    if not isinstance(whole, dict) or not isinstance(whole.get("guidelines"), list):
        raise GuidanceError(f"{file.name} has no list of guidelines")
    return whole["guidelines"], str(whole.get("version") or "")


def _guideline(package: Mapping[str, Any], release: str) -> Guideline:
    head = package["guideline"]
    revision, dated = head.get("version"), str(package.get("version") or release)
    citations = package.get("citations") or ()
    return Guideline(
        id=str(head["id"]),
        name=str(head["name"]),
        issuer=str(head["source"]),
        source_id=f"pack:{PACK}:{head['id']}",
        version=", ".join(part for part in (str(revision or ""), f"ClinPGx {dated}" if dated else "") if part)
        or "no version stated",
        url=str(head.get("url") or ""),
        drugs=tuple(str(one["name"]) for one in head.get("relatedChemicals") or ()),
        genes=tuple(str(one["symbol"]) for one in head.get("relatedGenes") or ()),
        pmids=tuple(str(one["pmid"]) for one in citations if one.get("pmid")),
        year=next((int(one["year"]) for one in citations if one.get("pmid") and one.get("year")), None),
    )


def _keys(raw: object) -> Mapping[str, tuple[Key, ...]] | None:
    if not isinstance(raw, dict) or not raw:
        return None
    keys: dict[str, tuple[Key, ...]] = {}
    for gene, value in raw.items():
        if isinstance(value, str):
            keys[gene] = (value,)
        elif isinstance(value, dict):
            keys[gene] = (tuple(sorted((str(name), float(copies)) for name, copies in value.items())),)
        else:
            return None
    return keys


_MARKS = (
    ("dosingInformation", "dose"),
    ("alternateDrugAvailable", "alternative"),
    ("otherPrescribingGuidance", "other"),
)


def _rows(
    guideline: Guideline, entry: Mapping[str, Any], keys: Mapping[str, tuple[Key, ...]]
) -> list[Recommendation]:
    text = plain_text(str((entry.get("text") or {}).get("html") or ""))
    if not text:
        return []
    classed = entry.get("classification")
    term = str(classed["term"]) if classed else ""
    said = [str(line).partition(":") for line in entry.get("implications") or ()]
    drugs = [str(chemical["name"]).casefold() for chemical in entry.get("relatedChemicals") or ()]
    return [
        Recommendation(
            id=str(entry["id"]),
            source_id=f"pack:{PACK}:{entry['id']}" + (f":{drug}" if len(drugs) > 1 else ""),
            guideline=guideline,
            drug=drug,
            keys=keys,
            text=text,
            strength="" if term == "N/A" else term,
            population=str(entry.get("population") or ""),
            implications=tuple(
                (gene, rest.strip()) if rest and gene in keys else ("", gene + colon + rest)
                for gene, colon, rest in said
            ),
            marks=frozenset(name for field, name in _MARKS if entry.get(field)),
        )
        for drug in drugs
    ]
