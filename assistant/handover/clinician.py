"""The clinician's sheet: question, patient, urgency, first claims with their sources; then the annex with the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from assistant.answer import NOTICE, Answer, Claim
from assistant.handover.sheet import Block, Grid, Heading, Items, NewPage, Paragraph, Sheet
from assistant.render import HOW_SOON, document, mark
from assistant.sessions import Turn
from retrieval.evidence import Evidence, Outcome, Table
from retrieval.patient import Known, Listed, Patient
from tools.registry import title_of

FIRST = 3
"""Claims of a turn that stand on the first page."""
LEFT_OUT = "Excluded and not meant"
BRIEF = ("layer", "option", "choose among", "needs", "scores", "first share")
FULL = ("option", "for", "against", "monitoring")
"""Columns of the options on the first page, and in the annex."""
DRAFT = "Draft for a licensed clinician to check; not reviewed. Options, not orders."


def sheet(turns: Sequence[Turn]) -> Sheet:
    """The sheet of all turns; each claim stands in it once, with its id."""
    answers = [turn.answer for turn in turns]
    numbers = _numbered(answers)
    blocks = [*_front(turns, answers, numbers), NewPage(), *_annex(answers, numbers)]
    claims = tuple(claim.id for answer in answers for claim in answer.claims)
    return Sheet("Handover: clinician", claims, tuple(blocks))


def _front(turns: Sequence[Turn], answers: Sequence[Answer], numbers: dict[str, int]) -> Iterator[Block]:
    yield Paragraph(f"{NOTICE} {DRAFT}")
    yield Heading("Questions")
    yield Items(tuple(turn.question for turn in turns), numbered=True)
    yield Heading("Patient, as far as known")
    yield Items(tuple(patient_lines(answers[-1].patient)))
    urgent = [answer for answer in answers if answer.level]
    if urgent:
        yield Heading("Urgency")
        yield Items(tuple(_urgency(answer) for answer in urgent))
    yield Heading("What matters first")
    yield Items(tuple(line(claim, numbers) for answer in answers for claim in answer.claims[:FIRST]))
    tables = _latest_options(answers)
    if "Options" in tables:
        yield Heading("Options")
        yield _short(tables["Options"], BRIEF)
    if LEFT_OUT in tables:
        names = dict.fromkeys(row[0] for row in tables[LEFT_OUT].rows)
        yield Paragraph(f"Left out for this patient (reasons in the annex): {', '.join(names)}.")
    changes = tuple(dict.fromkeys(item for answer in answers for item in answer.would_change))
    if changes:
        yield Heading("Would change this")
        yield Items(changes)


def _annex(answers: Sequence[Answer], numbers: dict[str, int]) -> Iterator[Block]:
    rest = tuple(line(claim, numbers) for answer in answers for claim in answer.claims[FIRST:])
    if rest:
        yield Heading("Further findings")
        yield Items(rest)
    for title, grid in _latest_options(answers).items():
        yield Heading("Options in full" if title == "Options" else title)
        yield _short(grid, FULL) if title == "Options" else Grid(grid.columns, grid.rows)
    gaps = tuple(
        dict.fromkeys(_gap(gap.tool, gap.outcome, gap.reason) for a in answers for gap in a.not_answered)
    )
    if gaps:
        yield Heading("Not answered, or only in part")
        yield Items(gaps)
    yield Heading("Sources")
    yield Items(tuple(_source(evidence, numbers) for evidence in _sources(answers)))
    yield Heading("How it was made")
    yield Items(
        tuple(f"Answer {answer.id}, worded by {answer.wording}: {_calls(answer)}" for answer in answers)
    )


def line(claim: Claim, numbers: dict[str, int]) -> str:
    """A claim with its id, what it asks for, and the numbers of its sources."""
    places = ", ".join(str(place) for place in sorted({numbers[document(one)] for one in claim.evidence}))
    return f"({claim.id}) {mark(claim)}{claim.text} [{places}; {claim.depth.value}]"


def _latest_options(answers: Sequence[Answer]) -> Mapping[str, Table]:
    """The tables of the last answer that holds options, by their titles."""
    for answer in reversed(answers):
        found = {table.title: table for table in answer.tables if table.title in ("Options", LEFT_OUT)}
        if found:
            return found
    return {}


def _short(grid: Table, columns: Sequence[str]) -> Grid:
    """The table with some of its columns."""
    places = [grid.columns.index(name) for name in columns if name in grid.columns]
    rows = tuple(tuple(row[place] for place in places) for row in grid.rows)
    return Grid(tuple(grid.columns[place] for place in places), rows)


def patient_lines(patient: Patient) -> Iterator[str]:
    """All that is known, each with where it comes from; lists say whether they are complete."""
    for name, value in patient:
        said = name.replace("_years", "").replace("_", " ")
        if isinstance(value, Listed):
            yield from _list(said, value)
        elif isinstance(value, dict):
            yield from (f"{key}: {_known(known)}" for key, known in value.items())
        elif value is not None:
            yield f"{said}: {_known(value)}"


def _list(name: str, listed: Listed) -> Iterator[str]:
    if not listed.items:
        if listed.complete:
            yield f"{name}: none, as stated"
        return
    ended = "complete" if listed.complete else "not known to be complete"
    yield f"{name}: {', '.join(listed.values)} ({ended})"


def _known(known: Known[object]) -> str:
    value = {True: "yes", False: "no"}.get(known.value) if isinstance(known.value, bool) else known.value
    amount = f"{value:g} {known.unit}".strip() if isinstance(value, float) else f"{value}"
    date = f", {known.date}" if known.date else ""
    return f"{amount} ({known.origin.kind.value}{date})"


def _urgency(answer: Answer) -> str:
    rules = "; ".join(f"{banner.text} (rule {banner.rule})" for banner in answer.banners)
    return " ".join(part for part in (HOW_SOON[str(answer.level)] + ".", answer.first_action, rules) if part)


def _gap(tool: str, outcome: Outcome | None, reason: str) -> str:
    said = "" if outcome is Outcome.FOUND else f" ({outcome.value if outcome else 'failed'})"
    return f"{title_of(tool)}{said}: {reason}"


def _numbered(answers: Sequence[Answer]) -> dict[str, int]:
    return {document(evidence): number for number, evidence in enumerate(_sources(answers), 1)}


def _sources(answers: Sequence[Answer]) -> Sequence[Evidence]:
    """The sources of all claims, each once, in the order of the claims."""
    found: dict[str, Evidence] = {}
    for answer in answers:
        for claim in answer.claims:
            for evidence in claim.evidence:
                found.setdefault(document(evidence), evidence)
    return tuple(found.values())


def _source(evidence: Evidence, numbers: dict[str, int]) -> str:
    source = evidence.source
    marks = f" ({', '.join(source.marks)})" if source.marks else ""
    link = f" {source.link}" if source.link else ""
    said = f"{source.title.rstrip('.')}. {source.version}, {source.depth.value}.{marks}{link}"
    return f"[{numbers[document(evidence)]}] {said}"


def _calls(answer: Answer) -> str:
    calls = ", ".join(
        f"{title_of(call.tool)} {call.outcome.value if call.outcome else 'failed'}" for call in answer.calls
    )
    used = "; ".join(dict.fromkeys(source for call in answer.calls for source in call.sources))
    return f"{calls or 'no tool called'}{f' ({used})' if used else ''}"
