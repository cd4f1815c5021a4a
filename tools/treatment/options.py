"""The options of an indication for one patient: open, undecided, excluded or not meant; layered, ordered, reasoned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from retrieval.evidence import Finding
from retrieval.patient import Known, Origin, OriginKind, Patient
from tools.treatment import option_findings as words
from tools.treatment.candidate import Option, option
from tools.treatment.check import gathered
from tools.treatment.frame import ALLERGY_LIST, PROBLEM_LIST, Frame
from tools.treatment.hits import Choice, Hit, State
from tools.treatment.indications import Criterion, Indication
from tools.treatment.layers import Weights, dominates, layers, order, weighed
from tools.treatment.load import Knowledge, knowledge
from tools.treatment.proposal import Bench
from tools.treatment.stability import CLEAR, Standing, stability
from tools.treatment.unsettled import SECOND

__all__ = [
    "Choice",
    "Considered",
    "Hit",
    "Option",
    "State",
    "consider",
    "indication_named",
    "indications_like",
]

OLD = 365
"""Days after which a fact gets a banner."""
DRUG_LIST = "the whole drug list (is it complete?)"


@dataclass(frozen=True)
class Considered:
    """The options of an indication: open ones in order, then undecided, excluded and not meant."""

    indication: Indication
    frame: Frame
    options: tuple[Option, ...]
    weights: Weights
    clear_first: bool
    conflicts: tuple[Finding, ...]
    notes: tuple[str, ...]

    @cached_property
    def bench(self) -> Bench:
        """The patient, on whom another drug can be tried."""
        return Bench(self.frame)

    def of(self, state: State) -> tuple[Option, ...]:
        return tuple(one for one in self.options if one.state is state)

    @property
    def pending(self) -> tuple[Option, ...]:
        """Undecided options of the line of the first open one or an earlier: they may come to stand before it."""
        open_ = self.of(State.OPEN)
        return tuple(
            one for one in self.of(State.UNDECIDED) if open_ and one.entry.line <= open_[0].entry.line
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """What would settle the open and undecided options, each once."""
        asks = [ask for one in self.options for ask in one.missing]
        if any(one.choices for one in self.options):
            asks += [] if self.frame.complete["drugs"] else [DRUG_LIST]
            asks += [] if self.frame.complete["allergies"] or self.frame.allergies else [ALLERGY_LIST]
        return tuple(dict.fromkeys(short(ask) for ask in asks))


def short(ask: str) -> str:
    """One question on the problem list settles every condition, and what is asked only of those who have one."""
    if ask in SECOND:
        return PROBLEM_LIST
    return PROBLEM_LIST if ask.startswith(PROBLEM_LIST.removesuffix(")")) else ask


def indication_named(text: str, held: Knowledge) -> Indication | None:
    """The indication that a text names: whole, or by the longest of its names in it; None where none or two are."""
    found = _named(_folded(text), held)
    return found[0] if len(found) == 1 else None


def indications_like(text: str, held: Knowledge) -> tuple[str, ...]:
    """Names of the indications among which a text does not choose, or of which it holds only a part."""
    said = _folded(text)
    if found := _named(said, held):
        return tuple(one.name for one in found)
    asked = set(said.split())
    return tuple(
        dict.fromkeys(one.name for name, one in _names(held) if asked and asked <= set(name.split()))
    )


def _named(said: str, held: Knowledge) -> list[Indication]:
    names = _names(held)
    whole = {one.id: one for name, one in names if name == said}
    if whole:
        return list(whole.values())
    inside = [(len(name), one) for name, one in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said)]
    longest = max((length for length, _ in inside), default=0)
    return list({one.id: one for length, one in inside if length == longest}.values())


def _names(held: Knowledge) -> list[tuple[str, Indication]]:
    return [
        (_folded(name), one)
        for one in held.indications.values()
        for name in (one.id.replace("_", " "), one.name, *one.says)
    ]


def _folded(text: str) -> str:
    return " ".join(re.sub(r"[^\w/+-]+", " ", text.casefold().replace("_", " ")).split())


def consider(
    indication: Indication,
    patient: Patient,
    *,
    weights: Mapping[Criterion, float] | None = None,
    held: Knowledge | None = None,
    today: date | None = None,
) -> Considered:
    """Every option of the indication, tried on the patient.

    Raises:
        FrameError: a value of the patient cannot be.
        ValueError: a weight is not from 0 to 4.
        genomics.pgx.definitions.DefinitionError, genomics.pgx.guidelines.GuidanceError: a pack is damaged.
    """
    read = gathered((), patient, held or knowledge(), today=today)
    bench = Bench(_presumed(read.frame, indication))
    used = weighed(weights)
    options = _arranged([option(entry, indication, bench) for entry in indication.options], used)
    return Considered(
        indication=indication,
        frame=bench.frame,
        options=options,
        weights=used,
        clear_first=_clear(options),
        conflicts=_conflicts(options, bench.frame),
        notes=(*read.notes, *_notes(options, indication, bench, today)),
    )


def _presumed(frame: Frame, indication: Indication) -> Frame:
    """The frame in which the conditions of the indication are known: asking for its options presumes them."""
    origin = Origin(kind=OriginKind.COMPUTED, where=words.PRESUMED)
    said = (frame.knowledge.conditions[one].says[0] for one in indication.condition)
    presumed = [Known[str](value=f"{name}, {words.PRESUMED}", origin=origin) for name in said]
    return replace(frame, problems=(*frame.problems, *presumed))


def _arranged(tried: Sequence[Option], weights: Weights) -> tuple[Option, ...]:
    """Open options in order with layer, rank and stability; then undecided, excluded and not meant."""
    open_ = [one for one in tried if one.state is State.OPEN]
    places = dict(zip((one.entry.id for one in open_), layers([one.scores for one in open_]), strict=True))
    ranked = [one.ranked for one in open_]
    ids = order(ranked, places, weights)
    standing = stability(ranked, places, weights)
    by_id = {one.entry.id: one for one in open_}
    first = [
        _placed(by_id[name], places[name], rank, standing[name]) for rank, name in enumerate(ids, start=1)
    ]
    undecided = _undecided([one for one in tried if one.state is State.UNDECIDED], first, weights)
    rest = [one for state in (State.EXCLUDED, State.NOT_MEANT) for one in tried if one.state is state]
    return (*first, *undecided, *rest)


def _placed(one: Option, layer: int, rank: int, standing: Standing) -> Option:
    return replace(
        one,
        layer=layer,
        rank=rank,
        first_share=standing.first_share,
        best_rank=standing.best,
        worst_rank=standing.worst,
    )


def _undecided(tried: Sequence[Option], open_: Sequence[Option], weights: Weights) -> list[Option]:
    """Undecided options in order, each in the layer that it would have beside the open ones; they move none of them."""
    own = dict(zip((one.entry.id for one in tried), layers([one.scores for one in tried]), strict=True))
    places: dict[str, int] = {}
    for one in sorted(tried, key=lambda one: own[one.entry.id]):
        above = [other.layer or 0 for other in open_ if dominates(other.scores, one.scores)]
        above += [places[other.entry.id] for other in tried if dominates(other.scores, one.scores)]
        places[one.entry.id] = 1 + max(above, default=0)
    by_id = {one.entry.id: one for one in tried}
    return [
        replace(by_id[name], layer=places[name])
        for name in order([one.ranked for one in tried], places, weights)
    ]


def _clear(options: Sequence[Option]) -> bool:
    """True if an open option is first nearly whatever the weights, and no undecided one may come before it."""
    first = next((one for one in options if one.rank == 1), None)
    if first is None or (first.first_share or 0) < CLEAR:
        return False
    return not any(one.state is State.UNDECIDED and one.entry.line <= first.entry.line for one in options)


def _conflicts(options: Sequence[Option], frame: Frame) -> tuple[Finding, ...]:
    """Rules of two sources that say different things of a drug that an option proposes, both shown."""
    held = frame.knowledge
    proposed = {one.drug for option in options for one in option.choices}
    found = []
    for rule in held.rules.values():
        refs = set(rule.applies_to)
        drugs = [
            drug for drug in sorted(proposed) if any(held.keys[part] & refs for part in held.drug(drug).parts)
        ]
        if rule.differs_from and drugs:
            found.append(words.of_conflict(held.rules[rule.differs_from], rule, drugs, held))
    return tuple(found)


def _notes(
    options: Sequence[Option], indication: Indication, bench: Bench, today: date | None
) -> Iterator[str]:
    """What stands beside the options: an old source, drugs that no rule speaks of, names that were not read."""
    held, frame = bench.held, bench.frame
    if indication.banner:
        yield indication.banner
    if today and (today - indication.fact.written_on).days > OLD:
        yield f"The facts of this indication were written on {indication.fact.written_on}, more than {OLD} days ago."
    if frame.unread:
        yield f"Not read on the drug list, so not checked: {', '.join(frame.unread)}."
    proposed = [part for option in options for one in option.choices for part in held.drug(one.drug).parts]
    silent = dict.fromkeys(
        held.drug(one).name for one in (*proposed, *_current(frame)) if one not in held.covered
    )
    if silent:
        yield f"No pair rule speaks of {', '.join(silent)}: interactions with them are not covered."


def _current(frame: Frame) -> list[str]:
    return [one.drug for one in frame.taken]
