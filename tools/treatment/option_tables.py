"""Options as tables: the open and undecided ones, and the excluded with rule, value and where it would not fire."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from retrieval.evidence import Finding, Table
from tools.treatment.candidate import state_of
from tools.treatment.findings import STRICTEST, WORDS
from tools.treatment.frame import PROBLEM_LIST, Frame
from tools.treatment.indications import CRITERIA
from tools.treatment.options import Choice, Considered, Hit, Option, State
from tools.treatment.suppose import Asked, would_lift
from tools.treatment.why import would_change

OPTIONS = "Options"
EXCLUDED = "Excluded and not meant"
CHANGES = "What would change it"
DOES = "What each value of this patient does"
NONE = "–"
MOST_CHANGES = 12


def tables(considered: Considered) -> tuple[Table, ...]:
    """The options, the excluded ones, and what would change the answer; empty tables are left out."""
    shown = [*considered.of(State.OPEN), *considered.of(State.UNDECIDED)]
    columns = (
        "layer",
        "option",
        "choose among",
        "for",
        "against",
        "needs",
        "monitoring",
        "scores",
        "first share",
    )
    made = (
        Table(title=OPTIONS, columns=columns, rows=tuple(_rows(shown))),
        Table(
            title=EXCLUDED,
            columns=("option", "rule", "value", "would lift"),
            rows=tuple(_out(considered)),
        ),
        Table(title=DOES, columns=("value", "from", "what it does"), rows=tuple(_does(considered))),
        Table(
            title=CHANGES,
            columns=("change",),
            rows=tuple((one,) for one in would_change(considered)[:MOST_CHANGES]),
        ),
    )
    return tuple(table for table in made if table.rows)


def _does(considered: Considered) -> Iterator[tuple[str, ...]]:
    """Each value of the patient that a rule stood on, where it comes from, and what the rules made of it."""
    frame, told = considered.frame, dict[str, dict[str, list[str]]]()
    for option in considered.options:
        for choice in option.choices or option.best:
            for hit in choice.hits:
                for key in _keys(hit):
                    what = f"{_STATES.get(hit.state) or hit.level.value} ({hit.kind})"
                    named = told.setdefault(key, {}).setdefault(what, [])
                    named += [choice.named] if choice.named not in named else []
    for key, does in told.items():
        known = frame.known(key)
        if known is not None and known[1] is not None:
            said = "; ".join(f"{what}: {', '.join(names)}" for what, names in does.items())
            yield known[0], f"{known[1].kind.value}: {known[1].where}", said
    yield from _of_genes(considered)


_STATES = {State.EXCLUDED: "left out", State.UNDECIDED: "undecided"}


def _keys(hit: Hit) -> tuple[str, ...]:
    """What a hit stood on: the values of its verdict, and the other drug of a pair."""
    if hit.asked is None:
        return ()
    others = (f"drug:{one.product}" for one in hit.asked.pair.values() if one.state != "new")
    return tuple(dict.fromkeys((*hit.asked.verdict.used, *others)))


def _of_genes(considered: Considered) -> Iterator[tuple[str, ...]]:
    """Each gene call of the record, and the drugs on which a guideline speaks for it."""
    hits = [
        (choice.named, hit)
        for option in considered.options
        for choice in option.choices
        for hit in choice.hits
        if hit.kind == "gene"
    ]
    for call in considered.frame.calls:
        drugs = dict.fromkeys(name for name, hit in hits if call.gene in hit.finding.statement)
        said = f"guideline: {', '.join(drugs)}" if drugs else "no rule of these options reads it"
        shown = ", ".join(dict.fromkeys(one.phenotype or str(one) for one in call.diplotypes)) or NONE
        yield f"{call.gene} {shown}", "genotype of the record", said


def _rows(shown: Sequence[Option]) -> Iterator[tuple[str, ...]]:
    """A row for each option; that the sources may not speak of the patient at all stands in the first alone."""
    for place, one in enumerate(shown):
        whole = place and one.asked and state_of(one.asked[0]) is not State.OPEN
        yield _row(one, one.against[1:] if whole else one.against)


def _row(one: Option, against: Sequence[Finding]) -> tuple[str, ...]:
    layer = str(one.layer) if one.state is State.OPEN else f"{one.layer} ({one.state})"
    return (
        layer,
        one.entry.name,
        among(one),
        _joined(one.for_),
        _joined((*against, *one.adjust)),
        needs(one.missing) or NONE,
        _joined(one.monitoring),
        scores(one),
        share(one),
    )


def _joined(findings: Iterable[Finding]) -> str:
    """The statements; how an unsettled one could end is left to its finding, what it needs stands in its column."""
    return " ".join(dict.fromkeys(_brief(one.statement) for one in findings)) or NONE


def _brief(statement: str) -> str:
    head, open_end, _ = statement.partition(f" {STRICTEST}")
    return f"{head} (Not settled.)" if open_end else head


def needs(asks: Iterable[str]) -> str:
    """What is missing; all that the problem list would settle in one, with the conditions."""
    prefix = PROBLEM_LIST.removesuffix(")")
    named = [ask.removeprefix(prefix).removesuffix(")").strip() for ask in asks if ask.startswith(prefix)]
    rest = [ask for ask in asks if not ask.startswith(prefix)]
    whole = [f"{prefix} {'; '.join(dict.fromkeys(one for one in named if one))})"] if named else []
    return "; ".join((*whole, *rest))


def among(one: Option) -> str:
    """The drugs of each part that are open, or else undecided; of one drug only the dash."""
    parts: dict[int, list[Choice]] = {}
    for choice in one.choices:
        parts.setdefault(choice.part, []).append(choice)
    if all(len(choices) == 1 for choices in parts.values()):
        return NONE
    return " + ".join(_of_part(choices) for choices in parts.values())


def _of_part(choices: list[Choice]) -> str:
    """The drugs in the best state that has any; then those that ask for a change more."""
    state = min(choices, key=lambda choice: choice.state.rank).state
    best = [choice for choice in choices if choice.state is state]
    fewest = min(_changes_of(choice) for choice in best)
    first = [choice.named for choice in best if _changes_of(choice) == fewest]
    rest = [choice.named for choice in best if _changes_of(choice) > fewest]
    behind = f"; with a change more: {' or '.join(rest)}" if rest else ""
    return f"{' or '.join(first)}{behind}"


def _changes_of(choice: Choice) -> int:
    return sum(hit.level.interrupts for hit in choice.hits)


def scores(one: Option) -> str:
    """The scores, with what they were before this patient in brackets; what is not scored says so."""
    return ", ".join(_score(one, name) for name in CRITERIA)


def _score(one: Option, name: str) -> str:
    held = {str(criterion): value for criterion, value in one.scores.items()}
    base = {str(criterion): value for criterion, value in one.base_scores.items()}
    if name not in held:
        return f"{name} not scored"
    return f"{name} {held[name]}" + (f" (from {base[name]})" if base[name] != held[name] else "")


def share(one: Option) -> str:
    """The share of weightings in which it is first, and its ranks over them."""
    if one.first_share is None:
        return NONE
    ranks = (
        f"rank {one.best_rank}"
        if one.best_rank == one.worst_rank
        else f"ranks {one.best_rank} to {one.worst_rank}"
    )
    return f"{one.first_share:.0%} ({ranks})".replace("%", " %")


def _out(considered: Considered) -> Iterator[tuple[str, ...]]:
    """A row for each rule that excludes, with the drugs that it excludes; those of open options among them."""
    whole = considered.options[0].asked[0]
    if state_of(whole) is State.NOT_MEANT:
        yield from _for_whom("all options", whole, considered.options[0].against[0], considered.frame)
        return
    for option in considered.options:
        if option.state is State.NOT_MEANT:
            scope = state_of(whole) is not State.OPEN  # then it stands before the option's own population
            yield from _for_whom(option.entry.name, option.asked[1], option.against[scope], considered.frame)
        else:
            yield from _excluded(option, considered.frame)


def _excluded(option: Option, frame: Frame) -> Iterator[tuple[str, ...]]:
    drugs: dict[tuple[str, str, str], list[str]] = {}
    for choice in option.choices or option.best:
        for hit in choice.hits:
            if hit.state is State.EXCLUDED:
                row = (_rule(hit, choice.named), value_of(hit, frame), hit.would_lift or NONE)
                drugs.setdefault(row, []).append(choice.named)
    for row, names in drugs.items():
        single = len(option.choices) <= 1
        named = ", ".join(dict.fromkeys(names))
        yield (option.entry.name if single else f"{option.entry.name}: {named}", *row)


def _for_whom(named: str, asked: Asked, finding: Finding, frame: Frame) -> Iterator[tuple[str, ...]]:
    said = _sourced(f"for whom: {finding.statement}", finding)
    yield named, said, _shown(asked.verdict.used, frame) or NONE, would_lift(asked, frame) or NONE


def _rule(hit: Hit, named: str) -> str:
    """The kind of rule, its advice and its source; what is no rule of the knowledge with its whole statement."""
    case = hit.asked.verdict.case if hit.asked else None
    if hit.asked is None or case is None:
        said = hit.finding.statement.removeprefix(f"{WORDS[hit.level]}: {named}; ").replace(named, "it")
        return _sourced(f"{hit.kind}: {said.removeprefix('allergy ')}", hit.finding)
    others = [name for name in hit.finding.names if name != hit.asked.about]
    head = f"{hit.kind} with {' and '.join(others)}" if hit.kind == "interaction" else hit.kind
    advice = getattr(hit.asked.cases[case], "advice", "")
    return _sourced(f"{head}: {advice}", hit.finding)


def _sourced(said: str, finding: Finding) -> str:
    first = finding.evidence[0]
    where = f", {first.locator}" if first.locator else ""
    return f"{said} [{first.source.title}{where}]"


def value_of(hit: Hit, frame: Frame) -> str:
    """The patient's drugs and values that the rule stood on."""
    if hit.asked is not None:
        others = [f"takes {one.named}" for one in hit.asked.pair.values() if one.state != "new"]
        return "; ".join(part for part in (*others, _shown(hit.asked.verdict.used, frame)) if part) or NONE
    if hit.kind == "allergy":
        first = hit.finding.evidence[0]
        return first.locator if first.source.id == "chart:words" else first.quote
    return ", ".join(hit.finding.names[1:]) or NONE


def _shown(keys: Iterable[str], frame: Frame) -> str:
    """The patient's own values; a proposed drug is none of them."""
    own = {f"drug:{one.product}" for one in frame.taken}
    known = (frame.known(key) for key in keys if not key.startswith("drug:") or key in own)
    return "; ".join(one[0] for one in known if one is not None)
