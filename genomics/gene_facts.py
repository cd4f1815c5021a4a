"""Facts by gene beside the dosage list: mechanisms, ends of proteins that may be lost, the secondary findings list."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import Field, ValidationError

from genomics.facts import FOLDER, Fact, FactError
from retrieval.evidence import Evidence, Text

Inheritance = Literal["AD", "AR", "XL"]


class Mechanism(Fact):
    """An expert panel used PVS1 at full strength for this gene and condition."""

    symbol: Text
    condition: Text
    inheritance: Inheritance

    @property
    def source_id(self) -> str:
        return f"fact:mechanism:{self.symbol.lower()}"

    @property
    def evidence(self) -> Evidence:
        return self.evidence_as(self.source_id)


class Tail(Fact):
    """The end of a protein whose loss an expert panel does not count as loss of function."""

    symbol: Text
    first: Annotated[int, Field(ge=1)]
    """First residue of that end."""

    @property
    def source_id(self) -> str:
        return f"fact:tail:{self.symbol.lower()}"

    @property
    def evidence(self) -> Evidence:
        return self.evidence_as(self.source_id)


class Secondary(Fact):
    """A gene of the ACMG secondary findings list."""

    symbol: Text
    inheritance: Inheritance
    added_in: Annotated[str, Field(pattern=r"^v\d\.\d$")]
    only: str = ""
    """Empty, "truncating", or the one c. name that is reported."""
    homozygous_only: bool = False
    unverified: bool = True
    """True until the row was compared with the paper."""

    @property
    def source_id(self) -> str:
        return f"fact:secondary:{self.symbol.lower()}"

    @property
    def evidence(self) -> Evidence:
        told = self.evidence_as(self.source_id)
        marks = (*told.source.marks, "unverified") if self.unverified else told.source.marks
        return told.model_copy(update={"source": told.source.model_copy(update={"marks": marks})})


class GeneFacts:
    """The lists by symbol, and the holder of their text."""

    def __init__(
        self, mechanisms: tuple[Mechanism, ...], tails: tuple[Tail, ...], secondary: tuple[Secondary, ...]
    ) -> None:
        self.mechanisms = {one.symbol: one for one in mechanisms}
        self.tails = {one.symbol: one for one in tails}
        self.secondary = {one.symbol: one for one in secondary}
        self._texts = {one.source_id: one.statement for one in mechanisms}
        self._texts |= {one.source_id: one.statement for one in tails}
        self._texts |= {one.source_id: one.statement for one in secondary}

    def text(self, source_id: str) -> str | None:
        """The held text of a fact, or None."""
        return self._texts.get(source_id)

    def holding(self, quote: str) -> tuple[str, ...]:
        """The ids of the facts in whose text the quote stands."""
        return tuple(source_id for source_id, text in self._texts.items() if quote in text)


@cache
def gene_facts() -> GeneFacts:
    """The facts that ship with the package, read once.

    Raises:
        genomics.facts.FactError: a file breaks a rule.
    """
    return load()


def load(folder: Path = FOLDER) -> GeneFacts:
    """The facts of a folder that holds mechanisms.yaml, tails.yaml and secondary.yaml.

    Raises:
        genomics.facts.FactError: a file does not parse, a field is wrong, or a gene stands twice.
    """
    return GeneFacts(
        _read(folder / "mechanisms.yaml", Mechanism),
        _read(folder / "tails.yaml", Tail),
        _read(folder / "secondary.yaml", Secondary),
    )


def check(folder: Path = FOLDER) -> str:
    """One line that counts what was checked.

    Raises:
        genomics.facts.FactError: a fact breaks a rule.
    """
    held = load(folder)
    open_rows = sum(one.unverified for one in held.secondary.values())
    counted = f"{len(held.mechanisms)} mechanisms, {len(held.tails)} tails"
    listed = f"{len(held.secondary)} secondary findings genes ({open_rows} not compared with the paper)"
    return f"gene facts: {counted}, {listed}"


Row = TypeVar("Row", Mechanism, Tail, Secondary)


def _read(path: Path, kind: type[Row]) -> tuple[Row, ...]:
    rows: list[Row] = []
    try:
        for row in yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or []:
            rows.append(kind.model_validate(row))
    except yaml.YAMLError as wrong:
        raise FactError(f"{path.name} is not valid YAML: {wrong}") from wrong
    except ValidationError as wrong:
        raise FactError(f"{path.name}, fact {len(rows) + 1}: {wrong}") from wrong
    _once(path.name, [one.symbol for one in rows])
    return tuple(rows)


def _once(file: str, symbols: list[str]) -> None:
    twice = {name for name in symbols if symbols.count(name) > 1}
    if twice:
        raise FactError(f"{file}: {', '.join(sorted(twice))} stands twice")


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
