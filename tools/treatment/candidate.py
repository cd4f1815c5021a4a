"""One entry of an indication tried on a patient: its drugs, its population, what is preferred, what is missing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from retrieval.evidence import Finding
from tools.treatment import option_findings as words
from tools.treatment.frame import Taken
from tools.treatment.hits import Choice, Hit, State
from tools.treatment.indications import Criterion, Indication, OptionEntry, Preference, Switch
from tools.treatment.layers import Ranked, adjusted
from tools.treatment.load import Knowledge
from tools.treatment.predicates import Level, Not, Predicate, evaluate
from tools.treatment.proposal import Bench, Combination
from tools.treatment.suppose import Asked, Turn

GOING_ON = "As a drug already taken:"


@dataclass(frozen=True)
class Option:
    """An entry of the indication in this patient, with everything that speaks for and against it."""

    entry: OptionEntry
    state: State
    layer: int | None
    rank: int | None
    """Place among the open options, 1 is first."""
    choices: tuple[Choice, ...]
    """The drugs of each part, the best first; those of the part's best combination stand before the others."""
    for_: tuple[Finding, ...]
    against: tuple[Finding, ...]
    adjust: tuple[Finding, ...]
    scores: Mapping[Criterion, int]
    base_scores: Mapping[Criterion, int]
    missing: tuple[str, ...]
    monitoring: tuple[Finding, ...]
    first_share: float | None
    best_rank: int | None
    worst_rank: int | None
    already_taken: bool
    best: tuple[Choice, ...] = ()
    """One choice of each part: the combination that the scores stand on."""
    asked: tuple[Asked, ...] = ()
    """Its population and preferences as they were asked."""

    @property
    def hits(self) -> tuple[Hit, ...]:
        """What is said of its best combination, each once, strictest first."""
        found = dict.fromkeys(hit for one in self.best for hit in one.hits)
        return tuple(sorted(found, key=lambda hit: -hit.level.rank))

    @property
    def ranked(self) -> Ranked:
        entry = self.entry
        return Ranked(entry.id, entry.line, entry.fact.mapped_strength, self.scores, not entry.regimen)


def meant(population: Predicate | None, about: str, bench: Bench) -> Asked:
    """Whether a population holds of the patient, asked as a rule that says avoid where it does not."""
    turn = (Turn(Not(population), Level.AVOID),) if population is not None else ()
    return _asked(about, turn, bench)


def _asked(about: str, turn: tuple[Turn, ...], bench: Bench) -> Asked:
    return Asked(about, turn, bench.world, {}, evaluate(turn, bench.world, {}))


def state_of(population: Asked) -> State:
    """What a population makes of the options that it is asked for."""
    if population.verdict.level is not Level.AVOID:
        return State.OPEN
    return State.NOT_MEANT if population.verdict.certain else State.UNDECIDED


@dataclass(frozen=True)
class _Tried:
    """An entry as it was tried, before it is put in words."""

    entry: OptionEntry
    populations: tuple[Asked, ...]
    """Of the indication, and its own."""
    preferences: tuple[tuple[Preference, Asked], ...]
    choices: tuple[Choice, ...]
    best: tuple[Choice, ...]
    taken: tuple[str, ...]
    """Keys of the drugs of it that the patient takes."""
    given_up: tuple[tuple[Switch, tuple[Taken, ...]], ...] = ()
    """What it takes the place of."""

    @property
    def state(self) -> State:
        """The worst of its parts and populations."""
        states = [*(one.state for one in self.best), *(state_of(one) for one in self.populations)]
        return max(states, key=lambda one: one.rank)

    @property
    def hits(self) -> tuple[Hit, ...]:
        return tuple(dict.fromkeys(hit for one in self.best for hit in one.hits))

    @property
    def preferred(self) -> tuple[tuple[Preference, Asked], ...]:
        """The preferences that hold."""
        return tuple(
            (one, asked)
            for one, asked in self.preferences
            if asked.verdict.certain and asked.verdict.level is not Level.NONE
        )

    @property
    def changes(self) -> int:
        """Findings that cost a point of safety: what must be changed, a dose still to be chosen within a limit too.

        What could exclude costs none before it is known; a class mate that is taken already is the option itself.
        """
        return sum(
            hit.level.interrupts and hit.state is State.OPEN and not (self.taken and hit.kind == "duplicate")
            for hit in self.hits
        )


def option(entry: OptionEntry, indication: Indication, bench: Bench) -> Option:
    """The entry tried on the patient; not yet layered."""
    given_up = _given_up(entry, bench)
    after = bench.without(frozenset(one.product for _, some in given_up for one in some))
    choices, best = _choices(entry, after) if entry.regimen else _measure(entry, after)
    tried = _Tried(
        entry=entry,
        populations=(
            meant(indication.population, indication.name, bench),
            meant(entry.population, entry.name, bench),
        ),
        preferences=tuple(
            (one, _asked(entry.name, (Turn(one.when, Level.NOTE),), bench)) for one in entry.prefer
        ),
        choices=choices,
        best=best,
        taken=_already(entry, bench),
        given_up=given_up,
    )
    return _told(tried, indication, bench)


def _told(tried: _Tried, indication: Indication, bench: Bench) -> Option:
    entry, held = tried.entry, bench.held
    base: dict[Criterion, int] = {name: score.value for name, score in entry.scores.items()}
    by_level = {level: [hit.finding for hit in tried.hits if hit.level is level] for level in Level}
    return Option(
        entry=entry,
        state=tried.state,
        layer=None,
        rank=None,
        choices=tried.choices,
        for_=tuple(_for(tried, bench)),
        against=(*_not_meant(tried, indication, bench), *by_level[Level.AVOID]),
        adjust=(
            *(words.of_switch(entry, switch, some, bench.frame) for switch, some in tried.given_up),
            *by_level[Level.CHANGE],
            *_going_on(tried, bench),
        ),
        scores=adjusted(base, (one.criterion for one, _ in tried.preferred), tried.changes),
        base_scores=base,
        missing=tuple(_missing(tried)),
        monitoring=(
            *(words.of_monitoring(entry, one.fact, held) for one in entry.monitoring),
            *by_level[Level.MONITOR],
            *by_level[Level.NOTE],
        ),
        first_share=None,
        best_rank=None,
        worst_rank=None,
        already_taken=bool(tried.taken),
        best=tried.best,
        asked=(*tried.populations, *(asked for _, asked in tried.preferences)),
    )


def _for(tried: _Tried, bench: Bench) -> Iterator[Finding]:
    yield words.of_entry(tried.entry, bench.held)
    for one, asked in tried.preferred:
        yield words.of_preference(tried.entry, one, asked.verdict, bench.frame)
    if tried.taken:
        yield words.of_taken(tried.entry, tried.taken, bench.frame)


def _not_meant(tried: _Tried, indication: Indication, bench: Bench) -> Iterator[Finding]:
    """That a source does not speak of such a patient, or may not."""
    whole, own = tried.populations
    if state_of(whole) is not State.OPEN:
        yield words.of_scope(indication, whole.verdict, bench.frame)
    if state_of(own) is not State.OPEN:
        yield words.of_population(tried.entry, own.verdict, bench.frame)


def _going_on(tried: _Tried, bench: Bench) -> Iterator[Finding]:
    """What the rules say otherwise of a drug that is taken already: to go on is not to begin."""
    begun = {hit.finding.statement for hit in tried.hits}
    for key in tried.taken:
        for finding in bench.continuing(int(key.removeprefix("drug:"))):
            if finding.statement not in begun:
                yield finding.model_copy(update={"statement": f"{GOING_ON} {finding.statement}"})


def _missing(tried: _Tried) -> Iterator[str]:
    """What is not known and would change the state or the scores of the option, each once.

    Of an excluded option only what the exclusion itself asks (the kind of an allergic reaction).
    """
    if tried.state is State.NOT_MEANT:
        return
    out = tried.state is State.EXCLUDED
    asks = [
        hit.asks for hit in tried.hits if hit.level.interrupts and (hit.state is State.EXCLUDED or not out)
    ]
    if not out:
        asks += [one.verdict.asks for one in tried.populations]
        asks += [asked.verdict.asks for _, asked in tried.preferences]
    chosen = {f"the daily dose of {one.named}" for one in tried.best}  # it is still to be chosen, not missing
    yield from dict.fromkeys(ask for some in asks for ask in some if ask not in chosen)


def _given_up(entry: OptionEntry, bench: Bench) -> tuple[tuple[Switch, tuple[Taken, ...]], ...]:
    """The current products that the option takes the place of, by the switch that says so; never its own drugs."""
    itself = set(_already(entry, bench))
    found = []
    for switch in entry.switches:
        meant = {
            one.product
            for one in bench.frame.taken
            if bench.held.keys[one.drug] & set(switch.what) and f"drug:{one.product}" not in itself
        }
        if meant:
            found.append((switch, tuple(one for one in bench.frame.taken if one.product in meant)))
    return tuple(found)


def _already(entry: OptionEntry, bench: Bench) -> tuple[str, ...]:
    """The keys of the patient's drugs that are among those of the option."""
    named = {drug for part in drugs_of(entry, bench.held) for drug in part}
    ingredients = {parts[0] for drug in named if len(parts := bench.held.drug(drug).parts) == 1}
    own = [one for one in bench.frame.taken if one.drug in ingredients]
    own += [
        one for drug in sorted(named) if len(bench.held.drug(drug).parts) > 1 for one in bench.current(drug)
    ]
    return tuple(dict.fromkeys(f"drug:{one.product}" for one in own))


def drugs_of(entry: OptionEntry, held: Knowledge) -> tuple[tuple[str, ...], ...]:
    """The drugs of each part of the regimen; a class stands for those of its members that are sold."""
    return tuple(tuple(dict.fromkeys(_members(part, held))) for part in entry.regimen)


def _members(part: Sequence[str], held: Knowledge) -> Iterator[str]:
    for ref in part:
        kind, _, name = ref.partition(":")
        if kind == "drug":
            yield name
        else:
            yield from (one for one in held.classes[name].members if held.drug(one).marketed)


def _measure(entry: OptionEntry, bench: Bench) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """A measure without a drug: only its own cases are asked."""
    hit, asked = bench.own_case(entry, {}, entry.name, bench.world)
    one = _choice("", entry.name, [hit] if hit else [], [asked])
    return (), (one,)


def _choice(drug: str, named: str, hits: Sequence[Hit], asked: Sequence[Asked]) -> Choice:
    state = max((hit.state for hit in hits), key=lambda one: one.rank, default=State.OPEN)
    asks = dict.fromkeys(ask for hit in hits if hit.state is state and not hit.certain for ask in hit.asks)
    return Choice(drug, named, state, tuple(hits), tuple(asks), tuple(asked))


def _choices(entry: OptionEntry, bench: Bench) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    """Every drug of every part in its best combination, and the best combination of all."""
    tried = [
        tuple(_in(part, combination, entry, bench) for part in range(len(combination)))
        for combination in itertools.product(*drugs_of(entry, bench.held))
        if len(set(combination)) == len(combination)
    ]
    tried.sort(key=lambda made: _worth(made, bench))
    found: dict[tuple[int, str], Choice] = {}
    for made in tried:
        for one in made:
            found.setdefault((one.part, one.drug), one)
    listed = sorted(found, key=lambda key: key[0])
    return tuple(found[key] for key in listed), tried[0]


def _in(part: int, combination: Combination, entry: OptionEntry, bench: Bench) -> Choice:
    drug = combination[part]
    hits, asked = bench.tried(drug, combination, entry)
    return replace(_choice(drug, bench.named(drug), hits, asked), part=part)


def _worth(made: Sequence[Choice], bench: Bench) -> tuple[int, ...]:
    """Better first: the state, what is outside our rules last, then the fewest to avoid, to change, to monitor."""
    levels = [hit.level for one in made for hit in one.hits]
    outside = sum(part not in bench.held.covered for one in made for part in bench.held.drug(one.drug).parts)
    state = max(one.state.rank for one in made)
    return state, outside, *(levels.count(level) for level in (Level.AVOID, Level.CHANGE, Level.MONITOR))
