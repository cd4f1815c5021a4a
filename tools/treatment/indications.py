"""What an indication and an entry of its option list are: what could be given for it, for whom, and by which source."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from retrieval.evidence import Evidence, Text, Word
from tools.treatment.facts import Case, Citation, Fact, Id, Ref, When, evidence_of_fact

Criterion = Literal["efficacy", "safety", "burden", "cost"]
CRITERIA: tuple[Criterion, ...] = ("efficacy", "safety", "burden", "cost")
"""Higher is better in each: 5 in burden is the least burden, 5 in cost the least cost."""


class Score(Word):
    """How an option stands on one criterion, 1 to 5, and the fact that says so. Without a fact there is no score."""

    value: Annotated[int, Field(ge=1, le=5)]
    fact: Fact


class Preference(Word):
    """When the source prefers this option in a patient such as this: one point more on the named criterion."""

    when: When
    criterion: Criterion
    advice: Text
    fact: Fact


class Switch(Word):
    """Current drugs that the option takes the place of: it is tried without them, and says how to change over."""

    what: Annotated[tuple[Ref, ...], Field(min_length=1)]
    advice: Text
    fact: Fact


class Monitoring(Word):
    """What to watch under the option."""

    fact: Fact


class OptionEntry(Word):
    """Something that can be given or done for an indication.

    ``regimen`` lists what is given together; each part names drugs or classes of which any one is meant. An empty
    regimen is a measure without a drug.
    """

    id: Id
    name: Text
    regimen: tuple[Annotated[tuple[Ref, ...], Field(min_length=1)], ...] = ()
    role: Literal["initial", "add_on", "alternative", "acute", "maintenance"]
    line: Annotated[int, Field(ge=1, le=4)]
    """The guideline's line of treatment: 1 is first."""
    population: When | None = None
    """For whom it is meant; where it is false the entry is no candidate."""
    cases: tuple[Case, ...] = ()
    """What holds of this option in this indication only; ``side: it`` is each of its drugs."""
    prefer: tuple[Preference, ...] = ()
    switches: tuple[Switch, ...] = ()
    scores: dict[Criterion, Score] = Field(default_factory=dict)
    monitoring: tuple[Monitoring, ...] = ()
    fact: Fact

    @property
    def holding_id(self) -> str:
        """The id under which its text is held."""
        return f"fact:treatment:option:{self.id}"

    @property
    def text(self) -> str:
        """All that it says: its own statement, its cases, preferences, scores and monitoring."""
        said = [self.fact.statement, *(case.advice for case in self.cases)]
        said += [part for one in self.prefer for part in (one.advice, one.fact.statement)]
        said += [part for one in self.switches for part in (one.advice, one.fact.statement)]
        said += [score.fact.statement for score in self.scores.values()]
        return "\n".join(dict.fromkeys([*said, *(one.fact.statement for one in self.monitoring)]))

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Its own fact and every fact that it carries."""
        preferred, scored = (one.fact for one in self.prefer), (one.fact for one in self.scores.values())
        switched, watched = (one.fact for one in self.switches), (one.fact for one in self.monitoring)
        return (self.fact, *preferred, *scored, *switched, *watched)

    def evidence(self, fact: Fact, citations: dict[str, Citation]) -> tuple[Evidence, ...]:
        """One of its facts as evidence, one for each citation."""
        return evidence_of_fact(fact, self.holding_id, citations)


class Indication(Word):
    """What is treated: how it is called, for whom its sources speak, and its options in the order of the file."""

    id: Id
    name: Text
    says: Annotated[tuple[str, ...], Field(min_length=1)]
    """How it is written in questions and problem lists."""
    condition: tuple[Id, ...] = ()
    """The conditions of the problem list that are this indication: treating it presumes them."""
    population: When | None = None
    """For whom the sources speak; where it is false the indication is not covered for this patient."""
    scope: Text
    """The same in words."""
    refer: Text
    """What to do when no option is left."""
    banner: str = ""
    """What must stand above the table, for example that the source is old."""
    fact: Fact
    options: Annotated[tuple[OptionEntry, ...], Field(min_length=1)]

    @property
    def holding_id(self) -> str:
        """The id under which its text is held."""
        return f"fact:treatment:indication:{self.id}"

    @property
    def text(self) -> str:
        """Its statement, scope, banner and referral."""
        return "\n".join(part for part in (self.fact.statement, self.scope, self.banner, self.refer) if part)
