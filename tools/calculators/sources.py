"""Where each calculator comes from: loaded, checked, and held as text so that a quote can be verified."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, ValidationError

from retrieval.evidence import Depth, Evidence, Source, Text, Word

FILE = Path(__file__).parents[1] / "knowledge" / "calculators.yaml"
LONGEST = 400
UNCHECKED = "source not yet checked"


class CalculatorError(ValueError):
    """The knowledge of a calculator breaks a rule; the message names file and entry."""


class Basis(Word):
    """The source of one calculator, and how far it was checked."""

    calculator: Text
    statement: Annotated[Text, Field(max_length=LONGEST)]
    """The rule in our own words."""
    population: Text
    title: Text
    doi: Annotated[str, Field(pattern=r"^10\.\d{4,9}/\S+$")] | None = None
    url: Annotated[str, Field(pattern=r"^https://\S+$")] | None = None
    year: int | None = None
    seen: str = ""
    """The text in which the rule itself was read."""
    checked: date | None
    unchecked: str = ""
    """The part of a checked entry whose source has not been read."""
    status: Literal["draft", "reviewed"]
    reviewer: str = ""

    @property
    def source_id(self) -> str:
        return f"calculator:{self.calculator}"

    @property
    def doubt(self) -> str:
        """What has not been checked, in words; empty if all was."""
        if self.checked is None:
            return UNCHECKED
        return f"{UNCHECKED} for {self.unchecked}" if self.unchecked else ""

    @property
    def text(self) -> str:
        """The held text."""
        seen = f"Read in: {self.seen}." if self.seen else ""
        return "\n".join(part for part in (self.statement, f"Made for {self.population}.", seen) if part)

    @property
    def evidence(self) -> Evidence:
        """The rule as evidence: a record, as the publication itself was not read."""
        marks = ("draft",) if self.status == "draft" else ()
        source = Source(
            id=self.source_id,
            title=self.title,
            version=f"checked {self.checked.isoformat()}" if self.checked else UNCHECKED,
            licence="written for Consilium (MIT); restated rule",
            depth=Depth.RECORD,
            url=self.url,
            doi=self.doi,
            year=self.year,
            marks=(*marks, self.doubt) if self.doubt else marks,
        )
        return Evidence(source=source, quote=self.statement, locator=self.seen)


@cache
def bases() -> Mapping[str, Basis]:
    """The sources that ship, by calculator, read once.

    Raises:
        CalculatorError: the file breaks a rule.
    """
    return load(FILE)


def load(file: Path) -> Mapping[str, Basis]:
    """The sources of a file.

    Raises:
        CalculatorError: it does not parse, a field is wrong, or an entry stands twice.
    """
    try:
        rows = yaml.load(file.read_text(encoding="utf-8"), Loader=_LOADER)
    except yaml.YAMLError as wrong:
        raise CalculatorError(f"{file.name} is not valid YAML: {wrong}") from wrong
    found: dict[str, Basis] = {}
    for row in rows or []:
        basis = _read(file, row)
        if basis.calculator in found:
            raise CalculatorError(f"{file.name}: {basis.calculator} stands twice")
        found[basis.calculator] = basis
    return found


def _read(file: Path, row: object) -> Basis:
    name = row.get("calculator") if isinstance(row, dict) else row
    try:
        basis = Basis.model_validate(row)
    except ValidationError as wrong:
        raise CalculatorError(f"{file.name}, {name}: {wrong}") from wrong
    if basis.checked and not basis.seen:
        raise CalculatorError(f"{file.name}, {name}: checked, but not against what (seen)")
    if basis.checked and not (basis.doi or basis.url):
        raise CalculatorError(f"{file.name}, {name}: checked, but without doi or url")
    if basis.status == "reviewed" and not basis.reviewer:
        raise CalculatorError(f"{file.name}, {name}: reviewed by nobody")
    return basis


@cache
def version() -> str:
    """The hash of the file, as the version of this knowledge."""
    return hashlib.sha256(FILE.read_bytes()).hexdigest()[:12]


def text(source_id: str) -> str | None:
    """The text held under ``calculator:NAME``, or None."""
    basis = bases().get(source_id.removeprefix("calculator:"))
    return basis.text if basis and source_id == basis.source_id else None


def holding(quote: str) -> tuple[str, ...]:
    """The ids of the held texts in which the quote stands."""
    return tuple(basis.source_id for basis in bases().values() if quote in basis.text)


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
