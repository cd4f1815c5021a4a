"""What is said of a proposed drug or option as findings, each quoting its fact and the values it stood on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from retrieval.evidence import Action, Depth, Evidence, Finding, Kind, Source
from tools.treatment import qt
from tools.treatment.facts import Case, Fact, Rule, evidence_of_fact
from tools.treatment.findings import ACTIONS, WORDS, because, chart_evidence, unsettled
from tools.treatment.frame import Frame, Taken
from tools.treatment.indications import Indication, OptionEntry, Preference, Switch
from tools.treatment.interactions import FiredPair
from tools.treatment.load import Knowledge
from tools.treatment.predicates import Level, Verdict
from tools.treatment.safety import Duplicate, FiredAllergy, FiredRule

OWN_RULE = "our own rule (draft)"
LINES = {1: "first line", 2: "second line", 3: "third line", 4: "fourth line"}
PRESUMED = "presumed by the question"


def of_rule(fired: FiredRule, frame: Frame) -> Finding:
    """What a rule on one drug says."""
    head = f"{WORDS[fired.level]}: {fired.taken.named} ({fired.rule.topic})."
    evidence = frame.knowledge.evidence(fired.rule)
    return _fired(fired.verdict, head, fired.advice, fired.rule.fact, evidence, frame, (fired.taken.named,))


def of_pair(fired: FiredPair, frame: Frame) -> Finding:
    """What a rule on two drugs says."""
    names = (fired.left.named, fired.right.named)
    head = f"{WORDS[fired.level]}: {names[0]} with {names[1]}."
    evidence = frame.knowledge.evidence(fired.rule)
    return _fired(fired.verdict, head, fired.advice, fired.rule.fact, evidence, frame, names)


def of_case(entry: OptionEntry, case: Case, verdict: Verdict, named: str, frame: Frame) -> Finding:
    """What the option's own case says of a drug, or of the measure itself."""
    head = f"{WORDS[verdict.level]}: {named} (for this indication)."
    evidence = entry.evidence(entry.fact, frame.knowledge.citations)
    return _fired(verdict, head, case.advice, entry.fact, evidence, frame, (named,))


def of_switch(entry: OptionEntry, switch: Switch, given_up: Sequence[Taken], frame: Frame) -> Finding:
    """That the option takes the place of drugs that are taken, and how to change over."""
    names = tuple(dict.fromkeys(one.named for one in given_up))
    evidence = entry.evidence(switch.fact, frame.knowledge.citations)
    keys = dict.fromkeys(f"drug:{one.product}" for one in given_up)
    return Finding(
        statement=f"Switch: {entry.name} takes the place of {' and '.join(names)}. {switch.advice}",
        evidence=(*evidence, *_quoting(switch.advice, evidence), *of_chart(keys, frame)),
        kind=Kind.GUIDELINE,
        certainty=switch.fact.certainty,
        action=Action.CHANGE,
        names=(entry.name, *names),
    )


def _fired(
    verdict: Verdict,
    head: str,
    advice: str,
    fact: Fact,
    evidence: tuple[Evidence, ...],
    frame: Frame,
    names: tuple[str, ...],
) -> Finding:
    open_end = unsettled(verdict)
    parts = (head, advice, because(verdict, frame), open_end)
    return Finding(
        statement=" ".join(part for part in parts if part),
        evidence=(
            *evidence,
            *_quoting(advice, evidence),
            *of_chart(verdict.used, frame),
            *([computed(open_end, frame.knowledge, "what is not known")] if open_end else []),
        ),
        kind=Kind.GUIDELINE,
        certainty=fact.certainty if verdict.certain else f"{fact.certainty}; not settled for this patient",
        action=ACTIONS[verdict.level],
        names=names,
    )


def _quoting(advice: str, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The advice as a quote of the same held text: its numbers need not stand in the fact's statement."""
    return (evidence[0].model_copy(update={"quote": advice}),) if advice else ()


def of_chart(keys: Iterable[str], frame: Frame) -> tuple[Evidence, ...]:
    """The patient's values behind the keys of a verdict."""
    known = (frame.known(key) for key in dict.fromkeys(keys))
    return tuple(chart_evidence(one[0], one[1]) for one in known if one is not None and one[1] is not None)


def computed(quote: str, held: Knowledge, what: str) -> Evidence:
    """A sentence that was worked out here."""
    source = Source(
        id=f"computed:treatment:{what}",
        title=f"{what}, computed here with knowledge {held.version}",
        version=held.as_of,
        licence="computed here",
        depth=Depth.COMPUTATION,
    )
    return Evidence(source=source, quote=quote)


def worked_out(
    statement: str,
    held: Knowledge,
    what: str,
    *more: Evidence,
    names: tuple[str, ...] = (),
    action: Action = Action.INFORM,
) -> Finding:
    """A statement of the options engine itself, with the evidence that it was worked out from."""
    return Finding(
        statement=statement,
        evidence=(computed(statement, held, what), *more),
        kind=Kind.COMPUTED,
        certainty=OWN_RULE,
        names=names,
        action=action,
    )


def of_allergy(fired: FiredAllergy, frame: Frame) -> Finding:
    """An allergy that meets the drug."""
    evidence = of_chart([f"allergy:{fired.number}"], frame)
    if fired.shared is not None:
        evidence = (*evidence, *frame.knowledge.evidence(fired.shared))
    why = f"It shares the class {fired.shared.name}." if fired.shared else "It is the same drug."
    kind = "" if fired.allergy.kind_known else " The kind of reaction is not told; it counts as immediate."
    if fired.allergy.intolerance:
        kind = " An intolerance was told, which is not an allergy."
    return Finding(
        statement=f"{WORDS[fired.level]}: {fired.taken.named}; allergy to {fired.allergy.named}. {why}{kind}",
        evidence=evidence,
        kind=Kind.CHART,
        certainty=OWN_RULE,
        action=ACTIONS[fired.level],
        names=(fired.taken.named,),
    )


def of_duplicate(twice: Duplicate, frame: Frame) -> Finding:
    """A class mate, or the same ingredient, that is already taken."""
    one, other, held = twice.one.named, twice.other.named, frame.knowledge
    if twice.shared is None:
        said = f"Change: {one} is already taken ({other}); add up the doses, or stop one."
        return worked_out(said, held, "duplicate ingredients", names=(one, other), action=Action.CHANGE)
    said = f"Change: {one} and {other}, which is taken, are both of the class {twice.shared.name}; is a switch meant?"
    return Finding(
        statement=said,
        evidence=held.evidence(twice.shared),
        kind=Kind.COMPUTED,
        certainty=OWN_RULE,
        action=Action.CHANGE,
        names=(one, other),
    )


def of_qt(score: qt.Score, named: str, frame: Frame) -> Finding:
    """The Tisdale score with the proposed drug on the list."""
    points = str(score.low) if score.low == score.high else f"{score.low} to {score.high}"
    rest = f" Not known: {', '.join(score.open_items)}." if score.open_items else ""
    statement = (
        f"Monitor: with {named} the Tisdale QT risk score is {points} of 21 ({score.band}): "
        f"{', '.join(score.items)}.{rest} The score was made in a cardiac unit."
    )
    citation = frame.knowledge.citations[qt.CITATION]
    source = citation.source(citation.holding_id, ("draft",))
    cited = Evidence(source=source, quote=citation.title, locator="items of the score")
    chart = of_chart(score.used, frame)
    return worked_out(statement, frame.knowledge, "Tisdale score", cited, *chart, names=(named,))


def of_entry(entry: OptionEntry, held: Knowledge) -> Finding:
    """The guideline line that makes it an option."""
    return Finding(
        statement=f"{entry.name} ({LINES[entry.line]}, {entry.role.replace('_', '-')}): {entry.fact.statement}",
        evidence=entry.evidence(entry.fact, held.citations),
        kind=Kind.GUIDELINE,
        certainty=entry.fact.certainty,
        names=(entry.name,),
    )


def of_preference(entry: OptionEntry, one: Preference, verdict: Verdict, frame: Frame) -> Finding:
    """That the source prefers the option in such a patient."""
    evidence = entry.evidence(one.fact, frame.knowledge.citations)
    here = because(verdict, frame)
    return Finding(
        statement=f"{entry.name}: {one.advice} {here} A point more for {one.criterion}.".replace("  ", " "),
        evidence=(*evidence, *_quoting(one.advice, evidence), *of_chart(verdict.used, frame)),
        kind=Kind.GUIDELINE,
        certainty=one.fact.certainty,
        names=(entry.name,),
    )


def of_monitoring(entry: OptionEntry, fact: Fact, held: Knowledge) -> Finding:
    """What to watch under the option."""
    return Finding(
        statement=fact.statement,
        evidence=entry.evidence(fact, held.citations),
        kind=Kind.GUIDELINE,
        certainty=fact.certainty,
        names=(entry.name,),
    )


def level_of(finding: Finding) -> Level:
    """The level that a finding's action stands for; what informs is none."""
    return {Action.AVOID: Level.AVOID, Action.CHANGE: Level.CHANGE}.get(finding.action, Level.NONE)


def of_taken(entry: OptionEntry, keys: Sequence[str], frame: Frame) -> Finding:
    """That the patient takes a drug of the option already."""
    shown = [known[0] for key in keys if (known := frame.known(key)) is not None]
    statement = f"{entry.name}: the patient already {' and '.join(shown)}; it is shown here as a new start."
    return worked_out(
        statement, frame.knowledge, "drugs already taken", *of_chart(keys, frame), names=(entry.name,)
    )


def of_scope(indication: Indication, verdict: Verdict, frame: Frame) -> Finding:
    """That the sources of the indication do not speak of this patient, or may not."""
    does = "do not speak" if verdict.certain else "may not speak"
    evidence = evidence_of_fact(indication.fact, indication.holding_id, frame.knowledge.citations)
    parts = (
        f"The sources {does} of this patient: {indication.scope}",
        because(verdict, frame),
        _asks(verdict),
    )
    return Finding(
        statement=" ".join(part for part in parts if part),
        evidence=(*evidence, *_quoting(indication.scope, evidence), *of_chart(verdict.used, frame)),
        kind=Kind.GUIDELINE,
        certainty=indication.fact.certainty,
        names=(indication.name,),
    )


def of_population(entry: OptionEntry, verdict: Verdict, frame: Frame) -> Finding:
    """That the option is not meant for such a patient, or may not be."""
    does = "is not meant" if verdict.certain else "may not be meant"
    head = f"{entry.name} {does} for this patient: {entry.fact.statement}"
    parts = (head, because(verdict, frame), _asks(verdict))
    return Finding(
        statement=" ".join(part for part in parts if part),
        evidence=(
            *entry.evidence(entry.fact, frame.knowledge.citations),
            *of_chart(verdict.used, frame),
        ),
        kind=Kind.GUIDELINE,
        certainty=entry.fact.certainty,
        names=(entry.name,),
    )


def _asks(verdict: Verdict) -> str:
    return "" if verdict.certain else f"To settle it: {'; '.join(verdict.asks)}."


def of_conflict(one: Rule, other: Rule, drugs: Sequence[str], held: Knowledge) -> Finding:
    """Two sources that say different things of a drug, side by side."""
    named = tuple(held.drug(drug).name for drug in drugs)
    return Finding(
        statement=f"Sources differ on {', '.join(named)}. {one.fact.statement} {other.fact.statement}",
        evidence=(*held.evidence(one), *held.evidence(other)),
        kind=Kind.GUIDELINE,
        certainty=f"{one.fact.certainty} / {other.fact.certainty}",
        names=named,
    )
