"""Rules of expert panels, one file per gene: limits, cut-offs, hot spots, codes that the panel does not use.

Each value names the rows of the ClinGen Evidence Repository in which the panel states it; a value without a row is
rejected when the file is read. A gene without a file has the default rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from genomics.acmg.calibration import Calibration, Cut
from genomics.acmg.criteria import CODES, Strength
from retrieval.evidence import Depth, Evidence, Source, Text, Word

FOLDER = Path(__file__).parent.parent / "knowledge" / "gene_rules"

Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
Inheritance = Literal["AD", "AR", "XL", "MT"]


class RuleError(ValueError):
    """A rule file breaks a rule; the message names file and field."""


class Stated(Word):
    """What every value carries: the rows (UUID) in which the panel states it."""

    seen: Annotated[tuple[Uuid, ...], Field(min_length=1)]


class Limit(Stated):
    """A frequency limit. ``inclusive`` says whether a frequency equal to it is still on the code's side."""

    at: Annotated[float, Field(gt=0, lt=1)]
    inclusive: bool = False


class CountLimit(Stated):
    """BS2: so many carriers who should be ill and are not."""

    what: Literal["homozygotes", "hemizygotes"]
    at_least: Annotated[int, Field(ge=1)]
    strength: Strength


class Predictor(Stated):
    """The panel's own missense predictor and its cut-offs."""

    tool: Text
    pp3: tuple[Cut, ...] = ()
    bp4: tuple[Cut, ...] = ()
    lowest: float = 0.0

    @property
    def calibration(self) -> Calibration:
        rows = ", ".join(self.seen)
        return Calibration(
            tool=self.tool,
            pp3=self.pp3,
            bp4=self.bp4,
            lowest=self.lowest,
            reference=f"panel rule, row {rows}",
        )


class Hotspot(Stated):
    """Residues ``first`` to ``last`` of the protein, in which the panel gives PM1."""

    first: Annotated[int, Field(ge=1)]
    last: Annotated[int, Field(ge=1)]
    strength: Strength

    @model_validator(mode="after")
    def _forwards(self) -> Hotspot:
        if self.first > self.last:
            raise ValueError("a hot spot runs from its first to its last residue")
        return self


class Weight(Stated):
    """A code that the panel asks for, with the strength that it gives."""

    strength: Strength


class Unused(Word):
    """A code that the panel does not use for this gene."""

    reason: Text
    seen: tuple[Uuid, ...] = ()


class GeneRules(Word):
    """The rules of one gene; everything that the panel does not state is None and falls back on the defaults."""

    gene: Text
    panel: str = ""
    specification: str = ""
    """Identifier and version of the specification, as far as held."""
    disease: str = ""
    inheritance: Inheritance | None = None
    pm2: Limit | None = None
    """The highest group frequency lies below."""
    ba1: Limit | None = None
    bs1: Limit | None = None
    bs1_supporting: Limit | None = None
    bs2: CountLimit | None = None
    predictor: Predictor | None = None
    pm1: tuple[Hotspot, ...] = ()
    pm5: Weight | None = None
    """Strength of PM5, where the panel departs from the default."""
    pp2: Weight | None = None
    unused: dict[str, Unused] = Field(default_factory=dict)
    notes: tuple[Text, ...] = ()
    approved: date | None = None
    """Approval date of the newest row that was read."""
    checked: date | None = None
    status: Literal["draft", "reviewed", "default"] = "default"

    @model_validator(mode="after")
    def _known_codes(self) -> GeneRules:
        wrong = set(self.unused) - set(CODES)
        if wrong:
            raise ValueError(f"{', '.join(sorted(wrong))}: no code of the 2015 rules in use")
        if self.status != "default" and (self.checked is None or not self.panel):
            raise ValueError("a rule file needs the panel and the date it was checked")
        return self

    @property
    def is_default(self) -> bool:
        return self.status == "default"

    @property
    def version(self) -> str:
        """The rules in words, as an assessment shows them."""
        if self.is_default:
            return f"default thresholds (no panel rule held for {self.gene})"
        name = " ".join(part for part in (self.panel, self.specification) if part)
        return f"{name} for {self.gene}, as stated in rows up to {self.approved}, checked {self.checked}, {self.status}"

    def not_used(self, code: str) -> str:
        """Why the panel does not use a code; empty if it does, or says nothing."""
        held = self.unused.get(code)
        return f"{self.panel} does not use {code} for {self.gene}: {held.reason}" if held else ""

    def evidence(self, value: Stated, says: str) -> Evidence:
        """The panel's own rows as evidence of one of its values; ``says`` is the value in words."""
        source = Source(
            id=f"rule:{self.gene}",
            title=f"ClinGen Evidence Repository, {self.panel}, {self.gene}",
            version=f"rows approved up to {self.approved}",
            licence="ClinGen CC0 as ClinGen states it; fact restated",
            depth=Depth.RECORD,
            url="https://erepo.genome.network/evrepo/",
            marks=("draft",) if self.status == "draft" else (),
        )
        return Evidence(source=source, quote=says, locator=f"row {value.seen[0]}")


def rules_for(gene: str) -> GeneRules:
    """The rules of a gene (HGNC symbol, any case); the default ones where no panel's are held."""
    return _all().get(gene.upper()) or GeneRules(gene=gene.upper() or "unknown gene")


def text(source_id: str) -> str | None:
    """The text held under ``rule:GENE``: one line for each value of the rules, so that a quote can be checked."""
    kind, _, gene = source_id.partition(":")
    rules = _all().get(gene) if kind == "rule" else None
    return "\n".join((rules.version, *sentences(rules))) if rules else None


def holding(quote: str) -> tuple[str, ...]:
    """The ids of the rules in which the quote stands."""
    return tuple(f"rule:{gene}" for gene in genes() if quote in (text(f"rule:{gene}") or ""))


def sentences(rules: GeneRules) -> Iterator[str]:
    """Every value of the rules in words, as criteria quote them."""
    for code, side, limit in (
        ("PM2", "below", rules.pm2),
        ("BA1", "above", rules.ba1),
        ("BS1", "above", rules.bs1),
        ("BS1 supporting", "above", rules.bs1_supporting),
    ):
        if limit is not None:
            yield f"{code} {side} {limit.at:g}"
    if rules.bs2 is not None:
        yield f"BS2 {rules.bs2.strength} from {rules.bs2.at_least} {rules.bs2.what} on"
    if rules.predictor is not None:
        yield from (f"{code} by {rules.predictor.tool}" for code in ("PP3", "BP4"))
        yield f"cut-offs: {rules.predictor.calibration}"
    if rules.pp2 is not None:
        yield f"PP2 {rules.pp2.strength} for missense changes of {rules.gene}"
    for spot in rules.pm1:
        one = f"residue {spot.first}" if spot.first == spot.last else f"residues {spot.first} to {spot.last}"
        yield f"PM1 {spot.strength}: {one}"
    yield from rules.notes


def genes() -> tuple[str, ...]:
    """Genes with rules of a panel, sorted."""
    return tuple(sorted(_all()))


def check(folder: Path = FOLDER) -> str:
    """One line that counts what was checked.

    Raises:
        RuleError: a file breaks a rule.
    """
    held = load(folder)
    values = sum(1 for rules in held.values() for _ in stated(rules))
    drafts = sum(rules.status == "draft" for rules in held.values())
    return f"gene rules: {len(held)} genes, {values} values with their rows, {drafts} of them drafts"


def stated(rules: GeneRules) -> Iterator[Stated]:
    """Every value of the rules that carries rows."""
    single = (
        rules.pm2,
        rules.ba1,
        rules.bs1,
        rules.bs1_supporting,
        rules.bs2,
        rules.predictor,
        rules.pm5,
        rules.pp2,
    )
    yield from (value for value in single if value is not None)
    yield from rules.pm1


def load(folder: Path) -> dict[str, GeneRules]:
    """The rules of every file of a folder, by gene.

    Raises:
        RuleError: a file is no YAML, a field is wrong or without a row, or its name is not that of its gene.
    """
    held = {}
    for path in sorted(folder.glob("*.yaml")):
        rules = _read(path)
        if rules.gene != path.stem:
            raise RuleError(f"{path.name} speaks of {rules.gene}")
        held[rules.gene] = rules
    return held


def _read(path: Path) -> GeneRules:
    try:
        return GeneRules.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER))
    except yaml.YAMLError as wrong:
        raise RuleError(f"{path.name} is not valid YAML: {wrong}") from wrong
    except ValidationError as wrong:
        raise RuleError(f"{path.name}: {wrong}") from wrong


@cache
def _all() -> dict[str, GeneRules]:
    return load(FOLDER)


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
