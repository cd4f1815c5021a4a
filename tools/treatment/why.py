""" "Why not X?" by the state of X, and what would change the order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from retrieval.evidence import Evidence, Finding
from tools.treatment import option_findings as words
from tools.treatment.candidate import GOING_ON
from tools.treatment.indications import CRITERIA, Criterion
from tools.treatment.layers import dominates
from tools.treatment.names import Resolved, Status, resolve
from tools.treatment.options import Choice, Considered, Hit, Option, State, short
from tools.treatment.predicates import Level
from tools.treatment.stability import first_by
from tools.treatment.suppose import Asked, Turn, each_answer, near, shown

WhyState = Literal[
    "name ambiguous",
    "unknown drug",
    "not linked",
    "not meant",
    "excluded",
    "undecided",
    "lower layer",
    "lower order",
    "first",
]


@dataclass(frozen=True)
class WhyNot:
    """Why something is not the first option, with what would settle it or which names may be meant."""

    state: WhyState
    about: str
    said: str
    """One sentence."""
    findings: tuple[Finding, ...] = ()
    asks: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()


def why_not(name: str, considered: Considered) -> WhyNot:
    """Why ``name`` (a drug, or an option by its name) is not first for this patient."""
    option = _option_named(name, considered)
    if option is not None:
        return _of_option(option, option.entry.name, option.best, considered)
    read = resolve(name, considered.bench.held)
    if read.status is Status.EXACT:
        return _of_drug(read, considered)
    option = _option_said(name, considered)
    if option is not None:
        return _of_option(option, option.entry.name, option.best, considered)
    if read.status is Status.ASK:
        return WhyNot(
            "name ambiguous",
            name,
            f"It is not certain what '{name}' is.",
            candidates=_candidates(read, considered),
        )
    return WhyNot("unknown drug", name, f"'{name}' is not known to us: not covered.")


def _option_named(name: str, considered: Considered) -> Option | None:
    said = name.casefold().strip()
    return next(
        (one for one in considered.options if said in (one.entry.name.casefold(), one.entry.id)), None
    )


def _option_said(name: str, considered: Considered) -> Option | None:
    """The one option whose name holds every word that was said."""
    said = set(name.casefold().split())
    found = [one for one in considered.options if said and said <= set(one.entry.name.casefold().split())]
    return found[0] if len(found) == 1 else None


def _candidates(read: Resolved, considered: Considered) -> tuple[str, ...]:
    """What may be meant; of a class only those that are options here, if any are."""
    among = {one.named for option in considered.options for one in option.choices}
    return tuple(one for one in read.candidates if one in among) or read.candidates


def _of_drug(read: Resolved, considered: Considered) -> WhyNot:
    held = considered.bench.held
    meant = {read.drug} if read.drug else set()
    parts = set(read.ingredients)
    found = [
        (option, one)
        for option in considered.options
        for one in option.choices
        if one.drug in meant or set(held.drug(one.drug).parts) == parts
    ]
    if not found:
        return _not_linked(read, considered)
    option, choice = min(found, key=_nearest)
    return _of_option(option, choice.named, (choice,), considered)


def _nearest(found: tuple[Option, Choice]) -> tuple[bool, bool, int]:
    """What is meant of the options with a drug: one for such a patient, of the drug alone, in the best state."""
    option, choice = found
    state = max(option.state, choice.state, key=lambda one: one.rank)
    return state is State.NOT_MEANT, len(option.entry.regimen) > 1, state.rank


def _not_linked(read: Resolved, considered: Considered) -> WhyNot:
    bench = considered.bench
    drugs = (read.drug,) if read.drug else read.ingredients
    named = " and ".join(bench.named(drug) for drug in drugs)
    said = f"No fact that we hold names {named} as an option for {considered.indication.name}."
    hits = [hit for drug in drugs for hit in bench.tried(drug, tuple(drugs))[0]]
    told = words.worked_out(
        f"{said} What is held of it for this patient stands with it.",
        bench.held,
        "options held",
        names=(named,),
    )
    findings = (told, *dict.fromkeys(hit.finding for hit in hits))
    asks = tuple(dict.fromkeys(ask for hit in hits if hit.level.interrupts for ask in hit.asks))
    return WhyNot("not linked", named, said, findings, asks)


def _of_option(option: Option, about: str, chosen: tuple[Choice, ...], considered: Considered) -> WhyNot:
    state = max((option.state, *(one.state for one in chosen)), key=lambda one: one.rank)
    if state is State.NOT_MEANT:
        said = f"{about} is not meant for such a patient."
        return WhyNot("not meant", about, said, option.against)
    parts = {one.part for one in chosen}
    beside = [one for one in option.best if one.part not in parts]
    hits = [hit for one in (*chosen, *beside) for hit in one.hits]
    if state is State.EXCLUDED:
        excluding = [hit for hit in hits if hit.state is State.EXCLUDED]
        return _excluded(about, excluding, _going_on(about, option), considered)
    if state is State.UNDECIDED:
        return _undecided(about, option, [hit for hit in hits if hit.state is State.UNDECIDED], considered)
    changes = tuple(dict.fromkeys(hit.finding for one in chosen for hit in one.hits if hit.level.interrupts))
    among = _among(about, option, chosen)
    if option.rank == 1:
        return WhyNot("first", about, among or f"{about} is first.", (*option.for_, *changes))
    if option.layer != 1:
        above = [one for one in considered.of(State.OPEN) if dominates(one.scores, option.scores)]
        found = tuple(_dominated(one, option, considered) for one in above)
        said = f"{option.entry.name} stands in layer {option.layer}. {among}".strip()
        return WhyNot("lower layer", about, said, (*found, *changes))
    said, finding = _lower(option, considered)
    return WhyNot("lower order", about, f"{said} {among}".strip(), (finding, *changes))


def _among(about: str, option: Option, chosen: tuple[Choice, ...]) -> str:
    """Which drug of the option stands for it, if it is another, and whether there is less to change with that one."""
    parts = {one.part for one in chosen}
    best = [one for one in option.best if one.part in parts]
    if {one.drug for one in chosen} <= {one.drug for one in best}:
        return ""
    place = "is first" if option.rank == 1 else f"has rank {option.rank}"
    less = ", with less to change" if _changes(best) < _changes(chosen) else ""
    names = " and ".join(one.named for one in best)
    return f"{about} is one of the drugs of {option.entry.name}, which {place}; {names} stands for it here{less}."


def _changes(chosen: Sequence[Choice]) -> int:
    return sum(hit.level.interrupts for one in chosen for hit in one.hits)


def _excluded(about: str, hits: list[Hit], going_on: Sequence[Finding], considered: Considered) -> WhyNot:
    findings = dict.fromkeys((*(lifted(hit, considered) for hit in dict.fromkeys(hits)), *going_on))
    asks = tuple(dict.fromkeys(ask for hit in hits for ask in hit.asks))
    said = f"{about} is excluded for this patient"
    end = " as a new start; it is taken already." if going_on else "."
    return WhyNot("excluded", about, f"{said}{end}", tuple(findings), asks)


def _going_on(about: str, option: Option) -> tuple[Finding, ...]:
    """That the patient takes it already, and what the rules say of going on with it."""
    if not option.already_taken:
        return ()
    told = [one for one in (*option.for_, *option.adjust) if one.statement.startswith(GOING_ON)]
    taken = [one for one in option.for_ if f"takes {about}" in one.statement]
    return (*taken, *(one for one in told if about in one.names)) if taken else ()


def lifted(hit: Hit, considered: Considered) -> Finding:
    """The finding of an exclusion with the value at which it would not fire."""
    if not hit.would_lift:
        return hit.finding
    said = f"It would not be said at: {hit.would_lift}."
    evidence = words.computed(said, considered.bench.held, "where a rule would not fire")
    return hit.finding.model_copy(
        update={
            "statement": f"{hit.finding.statement} {said}",
            "evidence": (*hit.finding.evidence, evidence),
        }
    )


def _undecided(about: str, option: Option, hits: list[Hit], considered: Considered) -> WhyNot:
    told = [hit.finding for hit in dict.fromkeys(hits)]
    for hit in dict.fromkeys(hits):
        told += _answers(about, hit.asked, considered)
    for asked in option.asked[:2]:
        told += _answers(about, asked, considered)
    asks = dict.fromkeys(ask for hit in hits for ask in hit.asks)
    asks |= dict.fromkeys(ask for asked in option.asked[:2] for ask in asked.verdict.asks)
    findings = tuple(dict.fromkeys((*option.against, *told)))
    return WhyNot("undecided", about, f"{about} is undecided: something is not known.", findings, tuple(asks))


def _answers(about: str, asked: Asked | None, considered: Considered) -> Iterator[Finding]:
    if asked is None or asked.verdict.certain:
        return
    told = [_reworded(one, asked) for one in each_answer(asked)]
    if told:
        said = f"{about}, what each answer would bring: {'. '.join(told)}."
        yield words.worked_out(said, considered.bench.held, "what each answer would bring", names=(about,))


def _reworded(said: str, asked: Asked) -> str:
    """A population is meant or not, it avoids nothing."""
    if not any(isinstance(case, Turn) for case in asked.cases):
        return said
    return said.replace(Level.AVOID.value, "not meant").replace(Level.NONE.value, "meant")


def _scored(option: Option, criterion: Criterion, considered: Considered) -> tuple[Evidence, ...]:
    score = option.entry.scores.get(criterion)
    return option.entry.evidence(score.fact, considered.bench.held.citations) if score else ()


def _dominated(above: Option, option: Option, considered: Considered) -> Finding:
    better = [name for name in CRITERIA if above.scores[name] > option.scores[name]]
    how = ", ".join(f"{name} ({above.scores[name]} against {option.scores[name]})" for name in better)
    said = f"{above.entry.name} is nowhere worse than {option.entry.name} and better in {how}."
    evidence = [ev for name in better for one in (above, option) for ev in _scored(one, name, considered)]
    names = (above.entry.name, option.entry.name)
    return words.worked_out(said, considered.bench.held, "scores compared", *evidence, names=names)


def _lower(option: Option, considered: Considered) -> tuple[str, Finding]:
    """In the first layer, behind the first: by line, by strength, for want of a score, or by the weights."""
    first = considered.options[0]
    one, other, held = first.entry, option.entry, considered.bench.held
    if one.line != other.line:
        said = f"{one.name} is {words.LINES[one.line]}, {other.name} {words.LINES[other.line]}."
    elif one.fact.mapped_strength != other.fact.mapped_strength:
        said = f"{one.name} stands on a {_strength(first)}, {other.name} on a {_strength(option)}."
    elif "efficacy" in first.scores and "efficacy" not in option.scores:
        said = f"The efficacy of {one.name} is scored, that of {other.name} is not."
    else:
        said = _by_weight(option, first, considered)
    cited = (*one.evidence(one.fact, held.citations), *other.evidence(other.fact, held.citations))
    return said, words.worked_out(said, held, "order of the options", *cited, names=(one.name, other.name))


def _strength(option: Option) -> str:
    fact = option.entry.fact
    return f"recommendation that we read as {fact.mapped_strength} ({fact.certainty})"


def _by_weight(option: Option, first: Option, considered: Considered) -> str:
    ranked = [one.ranked for one in considered.of(State.OPEN)]
    places = {one.entry.id: one.layer or 1 for one in considered.of(State.OPEN)}
    found = first_by(option.entry.id, ranked, places, considered.weights)
    better = [
        f"{name} ({score} against {option.scores[name]})"
        for name, score in first.scores.items()
        if name in option.scores and score > option.scores[name]
    ]
    more = f"; {first.entry.name} scores higher in {', '.join(better)}" if better else ""
    names = f"{first.entry.name} and {option.entry.name} are equal in layer, line and strength{more}"
    if found is None:
        return f"{names}; no single weight up to four times puts {option.entry.name} first."
    criterion, weight = found
    now = considered.weights[criterion]
    return (
        f"{names}; {option.entry.name} comes first from a weight of {criterion} of {weight:g} (now {now:g})."
    )


def would_change(considered: Considered) -> tuple[str, ...]:
    """Every unknown that matters, and every threshold within 20 % of the patient's value, nearest first."""
    unknown: dict[str, list[str]] = {}
    for option in considered.options:
        for ask in option.missing:
            unknown.setdefault(short(ask), []).append(option.entry.name)
    asks = [f"{ask}: matters for {', '.join(dict.fromkeys(names))}" for ask, names in unknown.items()]
    return (*asks, *_thresholds(considered))


def _thresholds(considered: Considered) -> Iterator[str]:
    """What a value near a threshold would bring, nearest first; one line for all that it brings alike."""
    about: dict[tuple[float, str, str], list[str]] = {}
    for option in considered.options:
        own = [asked for one in (*option.choices, *option.best) for asked in one.asked]
        for asked in (*own, *option.asked):
            for one in near(asked, considered.frame):
                value = considered.frame.values[one.name].number
                where = f"{shown(considered.frame, one.name)}: {one.words}"
                key = (abs(one.edge - value) / abs(value), where, _becomes(asked, one.level))
                about.setdefault(key, []).append(asked.about)
    for (_, where, becomes), names in sorted(about.items()):
        yield f"{where}, {becomes}: {', '.join(dict.fromkeys(names))}"


def _becomes(asked: Asked, level: Level) -> str:
    if not any(isinstance(case, Turn) for case in asked.cases):
        return f"{level.value} instead of {asked.verdict.level.value}"
    if Level.AVOID in (asked.verdict.level, level):
        return "not meant any more" if level is Level.AVOID else "meant"
    return "a point more" if level is Level.NOTE else "a point less"
