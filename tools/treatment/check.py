"""A list of drugs in one patient: names resolved, every part asked, and what is missing to be certain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from retrieval.patient import Known, Patient
from tools.treatment import genes, interactions, qt, safety
from tools.treatment.frame import ALLERGY_LIST, LOCAL, PROBLEM_LIST, Frame, Taken, frame
from tools.treatment.genes import GeneAdvice
from tools.treatment.interactions import PairAnswer, Spoken
from tools.treatment.load import Knowledge, knowledge
from tools.treatment.names import Resolved, Status, resolve
from tools.treatment.predicates import State, Verdict
from tools.treatment.safety import Duplicate, FiredAllergy, FiredRule


@dataclass(frozen=True)
class Named:
    """A drug of the list as it was given, and where it stands in the chart, if it does."""

    resolved: Resolved
    chart: Known[str] | None
    state: State | None

    @property
    def text(self) -> str:
        return self.resolved.text


@dataclass(frozen=True)
class Gathered:
    """A patient read for the rules: the drugs as they were named, the frame, and what could not be read."""

    named: tuple[Named, ...]
    frame: Frame
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Checked:
    """Everything that was asked about a list of drugs."""

    named: tuple[Named, ...]
    frame: Frame
    pairs: tuple[PairAnswer, ...]
    rules: tuple[FiredRule, ...]
    allergies: tuple[FiredAllergy, ...]
    duplicates: tuple[Duplicate, ...]
    genes: tuple[GeneAdvice, ...]
    qt: qt.Score | None
    notes: tuple[str, ...]

    def of(self, status: Status) -> tuple[Named, ...]:
        return tuple(one for one in self.named if one.resolved.status is status)

    @property
    def not_covered(self) -> tuple[PairAnswer, ...]:
        return tuple(pair for pair in self.pairs if pair.spoken is Spoken.NOT_COVERED)

    @property
    def verdicts(self) -> Iterator[Verdict]:
        """The verdicts of the rules that fired, strictest first."""
        fired = [one for pair in self.pairs for one in pair.fired]
        found = [*(one.verdict for one in fired), *(one.verdict for one in self.rules)]
        return iter(sorted(found, key=lambda verdict: -verdict.level.rank))

    @property
    def missing(self) -> tuple[str, ...]:
        """What would settle what is not certain, each once."""
        asks = [_short(ask) for verdict in self.verdicts if not verdict.certain for ask in verdict.asks]
        asks += [
            f"the kind of reaction to {one.allergy.named}"
            for one in self.allergies
            if not one.allergy.kind_known
        ]
        asks += [f"the indication of {one.drug}" for one in self.genes if one.populations]
        if self.frame.taken and not self.frame.allergies and not self.frame.complete["allergies"]:
            asks.append(ALLERGY_LIST)
        return tuple(dict.fromkeys(ask for ask in asks if ask))


def _short(ask: str) -> str:
    """One question on the problem list settles every condition."""
    return PROBLEM_LIST if ask.startswith(PROBLEM_LIST.removesuffix(")")) else ask


def check(
    drugs: Sequence[str],
    patient: Patient,
    held: Knowledge | None = None,
    *,
    today: date | None = None,
    guidelines: bool = True,
) -> Checked:
    """Check drugs beside those of the patient's own list.

    Raises:
        FrameError: a value of the patient cannot be.
        genomics.pgx.definitions.DefinitionError, genomics.pgx.guidelines.GuidanceError: a pack is damaged.
    """
    read = gathered(drugs, patient, held, today=today, guidelines=guidelines)
    return _asked(read.named, read.frame, read.notes)


def gathered(
    drugs: Sequence[str],
    patient: Patient,
    held: Knowledge | None = None,
    *,
    today: date | None = None,
    guidelines: bool = True,
) -> Gathered:
    """The patient as a frame, with the drugs that are named beside those of the patient's own list.

    Raises:
        FrameError: a value of the patient cannot be.
        genomics.pgx.definitions.DefinitionError: a pack is damaged.
    """
    held = held or knowledge()
    named = _named(drugs, patient, held)
    allergies, unread = safety.read_allergies(patient.allergies.items, held)
    called, remarks = genes.calls(patient.genotypes.values) if guidelines else ((), ())
    asked = frame(
        patient,
        held,
        taken=_taken(named, held),
        allergies=allergies,
        calls=called,
        unread=[one.text for one in named if one.resolved.status is not Status.EXACT],
        today=today,
    )
    return Gathered(named, asked, (*asked.notes, *remarks, *(_UNREAD.format(one) for one in unread)))


_UNREAD = "The allergy '{}' names nothing that we know; check it by hand."


def _asked(named: tuple[Named, ...], asked: Frame, notes: tuple[str, ...]) -> Checked:
    return Checked(
        named=named,
        frame=asked,
        pairs=interactions.pairs(asked),
        rules=tuple(safety.rules(asked)),
        allergies=tuple(safety.allergies(asked)),
        duplicates=tuple(safety.duplicates(asked)),
        genes=genes.advice(asked.calls, (one.drug for one in asked.taken), asked.knowledge),
        qt=qt.tisdale(asked),
        notes=notes,
    )


def _named(drugs: Sequence[str], patient: Patient, held: Knowledge) -> tuple[Named, ...]:
    """The drugs that were asked about, then those of the chart that are not among them."""
    chart = [(resolve(one.value, held), one) for one in patient.drugs.items]
    once = {" ".join(text.casefold().split()): text for text in drugs}
    asked = [_asked_for(resolve(text, held), chart) for text in once.values()]
    seen = {_same(one.resolved) for one in asked}
    rest = [Named(read, entry, "continuing") for read, entry in chart if _same(read) not in seen]
    return tuple(asked + rest)


def _asked_for(read: Resolved, chart: Sequence[tuple[Resolved, Known[str]]]) -> Named:
    """Without "new:" or "continuing:" a drug of the chart continues; of any other it is not told."""
    held = next(((other, entry) for other, entry in chart if _same(other) == _same(read)), None)
    if held is None:
        return Named(read, None, read.state)
    other, entry = held
    return Named(replace(read, daily_mg=read.daily_mg or other.daily_mg), entry, read.state or "continuing")


def _same(read: Resolved) -> object:
    if read.status is not Status.EXACT:
        return read.text.casefold()
    return read.ingredients, read.route


def _taken(named: Sequence[Named], held: Knowledge) -> list[Taken]:
    return [
        Taken(
            drug=drug,
            named=_shown(one.resolved, drug, held),
            product=number,
            state=one.state,
            route=one.resolved.route,
            daily_mg=one.resolved.daily_mg if len(one.resolved.ingredients) == 1 else None,
            origin=one.chart.origin if one.chart else None,
        )
        for number, one in enumerate(named)
        if one.resolved.status is Status.EXACT
        for drug in one.resolved.ingredients
    ]


def _shown(read: Resolved, drug: str, held: Knowledge) -> str:
    """The ingredient; for a product also as it was named."""
    name = held.drug(drug).name
    route = f"{read.route} " if read.route in LOCAL else ""
    return f"{route}{name}" if len(read.ingredients) == 1 else f"{route}{name} (in {read.text})"
