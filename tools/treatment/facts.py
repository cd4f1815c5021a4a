"""What a citation, a fact, a drug, a class, a rule and a pair rule are."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, PlainValidator, StringConstraints, model_validator

from retrieval.evidence import Depth, Evidence, Source, Text, Word
from tools.treatment.predicates import Level, Predicate, Takes, atoms
from tools.treatment.reading import parse

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:[_.-][a-z0-9]+)*$")]
Ref = Annotated[str, StringConstraints(pattern=r"^(?:drug|class):[a-z0-9]+(?:[_.-][a-z0-9]+)*$")]
When = Annotated[Predicate, PlainValidator(parse)]

Effect = Literal[
    "contraindicated", "do_not_start", "reduce", "max_dose", "extend_interval", "reassess", "monitor"
]
EFFECTS: dict[str, Level] = {
    "contraindicated": Level.AVOID,
    "do_not_start": Level.AVOID,
    "reduce": Level.CHANGE,
    "max_dose": Level.CHANGE,
    "extend_interval": Level.CHANGE,
    "reassess": Level.CHANGE,
    "monitor": Level.MONITOR,
}
"""What an effect on one drug asks for."""

CONTRAINDICATED = "contraindicated"

UNCHECKED = "source not yet checked"

_DEPTHS = {
    "guideline": Depth.GUIDELINE,
    "consensus": Depth.GUIDELINE,
    "regulator": Depth.GUIDELINE,
    "logic": Depth.GUIDELINE,
    "label": Depth.RECORD,
    "trial": Depth.ABSTRACT,
    "review": Depth.ABSTRACT,
}


class Checked(Word):
    """How a citation was checked, and how many independent documents agreed."""

    day: date
    how: Text
    agreeing: Annotated[int, Field(ge=1)]
    by: Text = "project"


class Citation(Word):
    """A source that facts cite by ``key``."""

    key: Id
    kind: Literal["guideline", "consensus", "regulator", "logic", "label", "trial", "review"]
    title: Text
    body: Text
    """Authors or issuing body."""
    year: Annotated[int, Field(ge=1950, le=2100)] | None = None
    doi: Annotated[str, Field(pattern=r"^10\.\d{4,9}/\S+$")] | None = None
    pmid: Annotated[str, Field(pattern=r"^\d{1,8}$")] | None = None
    url: str | None = None
    licence: Text = "cited, not copied"
    superseded_by: Id | None = None
    checked: Checked | None = None

    @model_validator(mode="after")
    def _can_be_found(self) -> Citation:
        if not (self.doi or self.pmid or self.url):
            raise ValueError("a citation needs a DOI, a PMID or an address")
        return self

    @property
    def holding_id(self) -> str:
        """The id under which its title is held."""
        return f"fact:treatment:citation:{self.key}"

    def source(self, source_id: str, marks: tuple[str, ...]) -> Source:
        """The citation as the source of a held text."""
        superseded = (f"superseded by {self.superseded_by}",) if self.superseded_by else ()
        return Source(
            id=source_id,
            title=self.title,
            version=str(self.year or (self.checked.day if self.checked else UNCHECKED)),
            licence=self.licence,
            depth=_DEPTHS[self.kind],
            url=self.url,
            pmid=self.pmid,
            doi=self.doi,
            year=self.year,
            marks=(*marks, *superseded),
        )


class Cite(Word):
    """A citation and the place in it."""

    key: Id
    locator: Text


class Fact(Word):
    """A statement in our own words, and where it was read."""

    statement: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=400)]
    cites: Annotated[tuple[Cite, ...], Field(min_length=1)]
    certainty: str = "not graded"
    """In the source's own words."""
    mapped_strength: Literal["strong", "conditional", "expert", "none"] = "none"
    status: Literal["draft", "reviewed"]
    reviewer: str | None = None
    written_on: date
    review_due: date
    checked: date | None
    """When the passage itself was read; None where it was not."""

    @property
    def marks(self) -> tuple[str, ...]:
        draft = ("draft",) if self.status == "draft" else ()
        return (*draft, *(() if self.checked else (UNCHECKED,)))


class Drug(Word):
    """An ingredient, or a product of several. ``routes`` begins with the usual one."""

    id: Id
    names: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    ingredients: tuple[Id, ...] = ()
    """Of a product; empty for an ingredient, which is its own."""
    routes: tuple[str, ...] = ("systemic",)
    marketed: bool = True

    @property
    def name(self) -> str:
        return self.names[0] if self.names else self.id.replace("_", " ")

    @property
    def parts(self) -> tuple[str, ...]:
        return self.ingredients or (self.id,)


class DrugClass(Word):
    """A class of ours: its members as the cited sources list them."""

    id: Id
    name: Text
    says: tuple[str, ...] = ()
    """How the class is written in an allergy list or a question."""
    members: Annotated[tuple[Id, ...], Field(min_length=1)]
    fact: Fact
    duplicate: bool = False
    """Two members at once are a duplicate."""
    not_duplicate: tuple[Id, ...] = ()
    cross_reactive: Literal[Level.NOTE, Level.MONITOR, Level.CHANGE, Level.AVOID] | None = None
    """What an allergy to one member asks for with another; None where no source speaks of it."""
    severe_delayed: Literal[Level.CHANGE, Level.AVOID] | None = None
    """The same after a severe delayed reaction (SJS, TEN, DRESS …), where a source asks for more."""


class Case(Word):
    """When, and then what. Without ``when`` the case always holds."""

    when: When | None = None
    effect: Effect | None = None
    action: Level | None = None
    advice: Text

    @model_validator(mode="after")
    def _says_what_to_do(self) -> Case:
        if (self.effect is None) == (self.action is None):
            raise ValueError("a case needs an effect or an action, and not both")
        return self

    @property
    def level(self) -> Level:
        return EFFECTS[self.effect] if self.effect else self.action or Level.NONE


class Rule(Word):
    """What a value of the patient means for one drug or class."""

    id: Id
    topic: Literal["kidney", "liver", "pregnancy", "lactation", "age", "condition"]
    applies_to: Annotated[tuple[Ref, ...], Field(min_length=1)]
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]
    fact: Fact
    differs_from: Id | None = None
    """A rule of another source that says otherwise: both are shown."""


class PairRule(Word):
    """What two drugs mean for each other, in this patient."""

    id: Id
    left: Annotated[tuple[Ref, ...], Field(min_length=1)]
    right: Annotated[tuple[Ref, ...], Field(min_length=1)]
    mechanism: Text
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]
    fact: Fact

    @cached_property
    def _takes(self) -> tuple[Takes, ...]:
        return tuple(atom for case in self.cases for atom in atoms(case.when) if isinstance(atom, Takes))

    @cached_property
    def of_its_drugs(self) -> bool:
        """True if a case asks how its own two drugs are taken, so that no other pair shares its verdict."""
        return any(atom.side is not None or atom.besides for atom in self._takes)

    @cached_property
    def names_route(self) -> bool:
        """True if a case tells routes apart."""
        return any(atom.routes for atom in self._takes)


class ConditionEntry(Word):
    """A condition that predicates ask, and how problem lists write it."""

    id: Id
    name: Text
    says: Annotated[tuple[str, ...], Field(min_length=1)]


class LookAlike(Word):
    """Names that are taken for each other."""

    names: Annotated[tuple[str, ...], Field(min_length=2)]


def text_of(rule: Rule | PairRule) -> str:
    """The held text of a rule: its statement and the advice of its cases."""
    return "\n".join(dict.fromkeys((rule.fact.statement, *(case.advice for case in rule.cases))))


def source_id(entry: Rule | PairRule | DrugClass) -> str:
    """The id under which a rule's or class's text is held."""
    kind = "rule" if isinstance(entry, Rule) else "pair" if isinstance(entry, PairRule) else "class"
    return f"fact:treatment:{kind}:{entry.id}"


def evidence_of(entry: Rule | PairRule | DrugClass, citations: dict[str, Citation]) -> tuple[Evidence, ...]:
    """One evidence for each citation of the entry's fact, quoting the fact."""
    return evidence_of_fact(entry.fact, source_id(entry), citations)


def evidence_of_fact(fact: Fact, held_as: str, citations: dict[str, Citation]) -> tuple[Evidence, ...]:
    """One evidence for each citation of a fact whose text is held under the id."""
    return tuple(
        Evidence(
            source=citations[cite.key].source(_numbered(held_as, number), fact.marks),
            quote=fact.statement,
            locator=cite.locator,
        )
        for number, cite in enumerate(fact.cites)
    )


def _numbered(name: str, number: int) -> str:
    return name if number == 0 else f"{name}#{number + 1}"
