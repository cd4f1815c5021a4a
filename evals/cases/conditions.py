"""Diseases and patients' words as data: loads ``evals/knowledge/conditions`` and ``symptoms``, and checks them.

``python -m evals.cases.conditions`` prints every problem and the share of numbers that are assumptions.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import yaml
from pydantic import Field, ValidationError

from evals.cases.case import Level, Sex
from evals.cases.phrases import Symptom
from retrieval.evidence import Text, Word

KNOWLEDGE = Path(__file__).resolve().parents[1] / "knowledge"
AXES = (
    "inflammation", "volume_loss", "hypoxia", "perfusion", "acid", "glucose", "renal", "coagulation", "anaemia",
    "pain",
)  # fmt: skip
"""The physiology vector: 0 well, 1 mild, 2 clear, 3 severe."""
ASSUMPTION = "assumption"
Which = Literal["any", "female", "male"]
Ages = tuple[float, float]
"""Years; a whole number at the end counts to the next birthday, a fraction is the end itself."""


class Band(Word):
    """Incidence per 100,000 persons of this sex and age and year."""

    sex: Which = "any"
    ages: Ages
    per_100k: Annotated[float, Field(ge=0)]
    source: Text
    why: str = ""


class Limits(Word):
    """Nobody outside has it in our cases."""

    sex: Which = "any"
    ages: Ages
    source: Text
    why: str = ""


class Risk(Word):
    """Multiplies the chance in people with the factor."""

    factor: Text
    times: Annotated[float, Field(gt=0)]
    source: Text
    why: str = ""


class Severity(Word):
    """One picture of the disease with its gold level."""

    id: Text
    weight: Annotated[float, Field(gt=0)]
    weight_source: Text
    weight_why: str = ""
    level: Level
    low: Level
    high: Level
    source: Text
    why: str = ""
    hours: tuple[float, float]
    hours_source: str = ASSUMPTION
    hours_why: str = ""
    atypical: bool = False
    symptoms: dict[str, Annotated[float, Field(gt=0, le=1)]]
    symptoms_source: Text
    symptoms_why: str = ""
    tells: Annotated[tuple[Annotated[tuple[Text, ...], Field(min_length=1)], ...], Field(min_length=1)]
    absent: tuple[Text, ...] = ()
    sexes: Which = "any"
    ages: Ages | None = None
    physiology: Mapping[str, float] = {}
    context: tuple[Text, ...] = ()

    @property
    def speaks_of(self) -> tuple[str, ...]:
        """Every symptom id it names."""
        told = [one for tell in self.tells for one in tell]
        return tuple(dict.fromkeys([*self.symptoms, *self.context, *told, *self.absent]))


class Cited(Word):
    """Where a number was seen, by whom and when."""

    title: Text
    url: str = ""
    pmid: str = ""
    doi: str = ""
    file: str = ""
    seen: Text
    checked: dt.date


class Condition(Word):
    """A disease as the generator draws it."""

    id: Text
    name: Text
    incidence: Annotated[tuple[Band, ...], Field(min_length=1)]
    limits: Limits
    risk: tuple[Risk, ...] = ()
    comorbid: tuple[Text, ...] = ()
    drugs: Mapping[str, Annotated[float, Field(ge=0, le=1)]] = {}
    drugs_source: str = ASSUMPTION
    drugs_why: str = ""
    severities: Annotated[tuple[Severity, ...], Field(min_length=1, max_length=4)]
    mimics: tuple[Text, ...] = ()
    must_ask: tuple[Text, ...] = ()
    reassurance: tuple[Text, ...] = ()
    sources: Mapping[str, Cited] = {}
    status: Literal["draft"] | Annotated[str, Field(pattern="^reviewed by .+")]

    def severity(self, name: str) -> Severity:
        """By id; refuses (KeyError) an unknown one."""
        for one in self.severities:
            if one.id == name:
                return one
        raise KeyError(f"{self.id} has no severity {name!r}")

    @property
    def speaks_of(self) -> tuple[str, ...]:
        """Every symptom id in any severity."""
        return tuple(dict.fromkeys(one for severity in self.severities for one in severity.speaks_of))


class Loaded(NamedTuple):
    """What could be read of a folder, and what not."""

    conditions: Mapping[str, Condition]
    symptoms: Mapping[str, Symptom]
    unread: tuple[str, ...]


def span(ages: Ages) -> tuple[float, float]:
    """From (years, inside) to (years, outside)."""
    low, high = ages
    return float(low), float(high + 1 if float(high).is_integer() else high)


def sexes(which: Which) -> tuple[Sex, ...]:
    return ("female", "male") if which == "any" else (which,)


@cache
def loaded(folder: Path = KNOWLEDGE) -> Loaded:
    """Every file of the folder in the order of names; one that cannot be read is named in ``unread``."""
    unread: list[str] = []
    symptoms: dict[str, Symptom] = {}
    for path, rows in _files(folder / "symptoms", unread):
        for name, row in rows.items():
            if name in symptoms:
                unread.append(f"{path.name}: {name} stands in two files")
            elif made := _made(Symptom, {"id": name, **_mapping(row)}, f"{path.name}: {name}", unread):
                symptoms[name] = made
    read: dict[str, Condition] = {}
    for path, row in _files(folder / "conditions", unread):
        if made_one := _made(Condition, row, path.name, unread):
            if made_one.id != path.stem:
                unread.append(f"{path.name}: its id is {made_one.id}")
            read[made_one.id] = made_one
    return Loaded(read, symptoms, tuple(unread))


@cache
def conditions(folder: Path = KNOWLEDGE) -> Mapping[str, Condition]:
    """The conditions that can be drawn: readable, and every symptom they name has words."""
    known = loaded(folder)
    return {
        name: one
        for name, one in known.conditions.items()
        if all(symptom in known.symptoms for symptom in one.speaks_of)
    }


def symptoms(folder: Path = KNOWLEDGE) -> Mapping[str, Symptom]:
    """Symptom id to its words."""
    return loaded(folder).symptoms


def check(folder: Path = KNOWLEDGE) -> tuple[str, ...]:
    """Every problem of the two kinds of files, one line each; empty when all is well."""
    from evals.cases.knowledge_check import problems

    return problems(loaded(folder))


def _files(folder: Path, unread: list[str]) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(folder.glob("*.yaml")):
        try:
            rows = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
        except (yaml.YAMLError, UnicodeDecodeError) as wrong:
            unread.append(f"{path.name}: not YAML: {str(wrong).splitlines()[0]}")
            continue
        if not isinstance(rows, dict):
            unread.append(f"{path.name}: not a mapping")
            continue
        yield path, rows


class _Loader(yaml.CSafeLoader):
    """The safe loader that also refuses a key that stands twice."""


def _once(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    if twice := {str(key) for key in keys if keys.count(key) > 1}:
        raise yaml.constructor.ConstructorError(None, None, f"stands twice: {', '.join(sorted(twice))}", None)
    return {
        key: loader.construct_object(value, deep=True)
        for key, (_, value) in zip(keys, node.value, strict=True)
    }


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _once)


def _mapping(row: object) -> dict[str, Any]:
    return row if isinstance(row, dict) else {"not a mapping": row}


def _made(kind: type[Any], row: dict[str, Any], where: str, unread: list[str]) -> Any:
    try:
        return kind.model_validate(row)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        place = ".".join(map(str, first["loc"]))
        unread.append(f"{where}: {place}: {first['msg']} ({wrong.error_count()} in all)")
        return None


def main() -> int:
    """Prints problems and the share of assumptions; 1 where there is a problem."""
    from evals.cases.knowledge_check import shares

    found = check()
    sys.stdout.write("".join(f"{line}\n" for line in found))
    sys.stdout.write(shares(loaded()) + f"\n{len(found)} problems\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
