"""The options in the order of what matters: the first and why, the gravest exclusion, what is missing; the rest."""

from __future__ import annotations

from collections.abc import Iterator

from retrieval.evidence import Evidence, Finding
from tools.treatment import option_findings as words
from tools.treatment.indications import CRITERIA
from tools.treatment.option_tables import NONE, among
from tools.treatment.options import Considered, Hit, Option, State, short
from tools.treatment.predicates import Level
from tools.treatment.why import lifted

LIABILITY = (
    "Options for a licensed clinician to consider; the facts are drafts that no clinician has reviewed."
)
_GRAVEST = ("allergy", "pregnancy", "interaction", "kidney", "liver", "gene", "condition", "age", "lactation")
"""Kinds of exclusion in the order in which they are told first; what is not here comes after."""


def leading(considered: Considered) -> Iterator[Finding]:
    """The first option for this patient and what must change with it, the gravest exclusion, what is missing."""
    open_ = considered.of(State.OPEN)
    if considered.pending:
        yield words.worked_out(_pending(considered), considered.bench.held, "what is not decided yet")
    if open_:
        yield _first(open_[0], considered)
        yield from open_[0].adjust
    yield from _danger(considered)
    wanted = _missing(considered)
    if wanted:
        yield words.worked_out(wanted, considered.bench.held, "what is missing")


def others(considered: Considered) -> Iterator[Finding]:
    """Everything else that is said of the options, in their order; the first has been told."""
    open_ = considered.of(State.OPEN)
    for number, one in enumerate(open_):
        yield from (*(one.for_ if number else ()), *one.against, *(one.adjust if number else ()))
    for state in (State.UNDECIDED, State.EXCLUDED, State.NOT_MEANT):
        for one in considered.of(state):
            yield from _against(one, considered)
    yield from considered.conflicts
    for one in open_[:1]:
        yield from one.monitoring


def _against(one: Option, considered: Considered) -> Iterator[Finding]:
    """Why it is not open; where a rule would not fire stands with it."""
    told = {id(hit.finding): lifted(hit, considered) for hit in one.hits if hit.level is Level.AVOID}
    yield from (told.get(id(finding), finding) for finding in one.against)


def with_choice(one: Option) -> str:
    """The option with the drugs to choose from."""
    choice = among(one)
    return one.entry.name if choice == NONE else f"{one.entry.name} ({choice})"


def _first(one: Option, considered: Considered) -> Finding:
    """The first option with its fact and what is preferred in this patient."""
    count = len(considered.of(State.OPEN))
    place = "The only open option" if count == 1 else "First of the open options"
    place = f"{place} so far" if considered.pending else place
    role = ", an add-on" if one.entry.role == "add_on" else ""
    head = f"{place}{role}: {with_choice(one)}."
    unclear = not considered.clear_first and not considered.pending
    doubt = "The weights decide: there is no clear first choice." if unclear else ""
    more = one.for_[1:]
    said = (head, doubt, one.entry.fact.statement, *(finding.statement for finding in more))
    statement = " ".join(part for part in said if part)
    quoted = [evidence for finding in (one.for_[0], *more) for evidence in finding.evidence]
    return Finding(
        statement=statement,
        evidence=(*_once(quoted), words.computed(statement, considered.bench.held, "order of the options")),
        kind=one.for_[0].kind,
        certainty=one.entry.fact.certainty,
        names=tuple(dict.fromkeys((one.entry.name, *(choice.named for choice in one.best)))),
    )


def _pending(considered: Considered) -> str:
    """Which options may still come to stand before the first open one, and what decides them."""
    names = ", ".join(one.entry.name for one in considered.pending)
    asks = dict.fromkeys(short(ask) for one in considered.pending for ask in one.missing)
    first = considered.of(State.OPEN)[0].entry.name
    return f"Not decided yet, and they may come before {first}: {names}. To decide, tell: {'; '.join(asks)}."


def _once(evidence: list[Evidence]) -> list[Evidence]:
    return [one for number, one in enumerate(evidence) if one not in evidence[:number]]


def _danger(considered: Considered) -> Iterator[Finding]:
    """The gravest of what excludes, could exclude or must be changed in this very patient; else what holds for all."""
    hits = [(option, hit) for option in considered.options for hit in _all_hits(option)]
    own = [(option, hit) for option, hit in hits if _of_this_patient(hit)]
    found = (
        [(option, hit) for option, hit in own if hit.state is State.EXCLUDED],
        [(option, hit) for option, hit in own if hit.state is State.UNDECIDED],
        [(option, hit) for option, hit in own if hit.level is Level.CHANGE and option.rank != 1],
        [(option, hit) for option, hit in hits if hit.state is State.EXCLUDED],
    )
    gravest = next((min(some, key=_gravity)[1] for some in found if some), None)
    if gravest is not None:
        yield lifted(gravest, considered)
    else:
        yield from (one.against[0] for one in considered.of(State.NOT_MEANT)[:1])


def _of_this_patient(hit: Hit) -> bool:
    """True if it stands on something of the patient; the first option's own changes are told with it."""
    return hit.kind in ("allergy", "gene", "interaction") or bool(hit.asked and hit.asked.verdict.used)


def _all_hits(option: Option) -> Iterator[Hit]:
    yield from (hit for choice in (option.choices or option.best) for hit in choice.hits)


def _gravity(found: tuple[Option, Hit]) -> tuple[int, int]:
    option, hit = found
    return (_GRAVEST.index(hit.kind) if hit.kind in _GRAVEST else len(_GRAVEST)), option.entry.line


def _missing(considered: Considered) -> str:
    """What is not known, with the options for which it matters; undecided options before the others."""
    wanted: dict[str, list[str]] = {}
    for option in sorted(considered.options, key=lambda one: one.state is not State.UNDECIDED):
        for ask in option.missing:
            wanted.setdefault(short(ask), []).append(option.entry.name)
    told = [
        f"{ask} (for {_named(list(dict.fromkeys(names)), len(considered.options))})"
        for ask, names in wanted.items()
    ]
    told += [ask for ask in considered.missing if ask not in wanted]
    return f"Not known, and it would change the answer: {'; '.join(told)}." if told else ""


def _named(names: list[str], of: int) -> str:
    """Options by name where they are few: the table beside names what each of them wants."""
    return ", ".join(names) if len(names) <= 2 else f"{len(names)} of the {of} options"


def note(considered: Considered) -> str:
    """The weights, how clear the order is, what was not covered, the day of the knowledge, and who is to decide."""
    held = considered.bench.held
    told = ", ".join(f"{name} {considered.weights[name]:g}" for name in CRITERIA)
    even = all(weight == 1 for weight in considered.weights.values())
    open_ = considered.of(State.OPEN)
    parts = (
        f"Weights: {told} ({'the default' if even else 'as given'}).",
        "No clear first choice: none is first in 80 % of the weightings around these."
        if open_ and not considered.clear_first and not considered.pending
        else "",
        "The shares of first places count the open options alone." if considered.pending else "",
        *considered.notes,
        f"Knowledge as of {held.as_of}, version {held.version}, draft. {LIABILITY}",
    )
    return " ".join(part for part in parts if part)


def nothing_left(considered: Considered) -> str:
    """Why no option is left, and where to turn."""
    out = [*considered.of(State.EXCLUDED), *considered.of(State.NOT_MEANT)]
    why: dict[str, list[str]] = {}
    for one in out:
        if one.against:
            why.setdefault(one.against[0].statement, []).append(one.entry.name)
    told = [said if len(names) == len(out) else f"{', '.join(names)}: {said}" for said, names in why.items()]
    refer = considered.indication.refer.removeprefix("No option is left: ")
    head = f"No option is left for {considered.indication.name}."
    return " ".join((head, *told, f"{refer[:1].upper()}{refer[1:]}"))


def all_undecided(considered: Considered) -> str:
    """That nothing is open yet, what would open it, and what is left out whatever the answers."""
    count = len(considered.of(State.UNDECIDED))
    options = {1: "The one option left", 2: "Both options left"}.get(count, f"All {count} options left")
    stand = "stands" if count == 1 else "stand"
    head = f"{options} for {considered.indication.name} {stand} undecided."
    out = dict.fromkeys(_left_out(considered))
    beside = f" Left out whatever the answers: {'; '.join(out)}." if out else ""
    return f"{head}{beside} To open them, tell: {'; '.join(considered.missing)}"


def _left_out(considered: Considered) -> Iterator[str]:
    """The options with a rule that excludes them, and the kinds of rule; what is only meant for others is not told."""
    for one in (*considered.of(State.EXCLUDED), *considered.of(State.NOT_MEANT)):
        kinds = dict.fromkeys(hit.kind for hit in one.hits if hit.state is State.EXCLUDED)
        if kinds:
            said = ", ".join("its own rule" if kind == "option" else kind for kind in kinds)
            yield f"{one.entry.name} ({said})"
