"""What was checked as findings: the action, for whom and why, quoting the fact and the values that it stood on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from retrieval.evidence import Action, Depth, Evidence, Finding, Kind, Source
from retrieval.patient import Origin, OriginKind
from tools.treatment import qt
from tools.treatment.allergy import FiredAllergy, Match, Reaction
from tools.treatment.check import Checked
from tools.treatment.facts import DrugClass, PairRule, Rule
from tools.treatment.frame import Frame
from tools.treatment.genes import INHIBITORS
from tools.treatment.interactions import FiredPair
from tools.treatment.predicates import Level, Verdict
from tools.treatment.safety import Duplicate, FiredRule
from tools.treatment.unsettled import Unsettled, settled

WORDS = {Level.AVOID: "Avoid", Level.CHANGE: "Change", Level.MONITOR: "Monitor", Level.NOTE: "Note"}
ACTIONS = {
    Level.AVOID: Action.AVOID,
    Level.CHANGE: Action.CHANGE,
    Level.MONITOR: Action.INFORM,
    Level.NOTE: Action.INFORM,
    Level.NONE: Action.INFORM,
}
STRICTEST = "The strictest reading is shown"
NOT_SETTLED = "not settled for this patient"
TELL = "Tell your pharmacist or doctor about {} before you change anything."


def findings(checked: Checked) -> tuple[Finding, ...]:
    """Every finding, the strictest first; of equal ones those that nothing unknown stands behind."""
    told: list[tuple[Level, Finding]] = []
    told += [(one.level, _allergy(one, checked.frame)) for one in checked.allergies]
    alone, waiting = settled(checked.rules)
    told += [(one.level, _rule(one, checked.frame)) for one in alone]
    told += [(one.level, _pair(one, checked.frame)) for pair in checked.pairs for one in pair.fired]
    told += [(one.level, finding) for one in checked.genes for finding in one.findings]
    told += [(one.level, _waiting(one, checked.frame)) for one in waiting]
    told += [(one.level, _duplicate(one, checked.frame)) for one in checked.duplicates]
    told += [(Level.MONITOR, finding) for finding in _phenoconversion(checked)]
    if checked.qt is not None:
        told.append((Level.MONITOR, _score(checked.qt, checked.frame)))
    return tuple(finding for _, finding in sorted(told, key=_urgency))


def _urgency(told: tuple[Level, Finding]) -> tuple[int, bool]:
    level, finding = told
    return -level.rank, finding.certainty.endswith(NOT_SETTLED)


def for_patient(checked: Checked) -> tuple[Finding, ...]:
    """Whom to tell about which drugs, without ranking or dose: of what interrupts, or else of what is noted."""
    told = [(one.level, _told((one.taken.named,), one.rule, checked.frame)) for one in checked.rules]
    for pair in checked.pairs:
        for one in pair.fired:
            told.append((one.level, _told((one.left.named, one.right.named), one.rule, checked.frame)))
    told += [
        (one.level, _reworded(_allergy(one, checked.frame), "your allergy")) for one in checked.allergies
    ]
    told += [
        (one.level, _reworded(_duplicate(one, checked.frame), "each other")) for one in checked.duplicates
    ]
    told += [(one.level, finding) for one in checked.genes for finding in one.for_patient]
    urgent = [finding for level, finding in told if level.interrupts]
    return tuple({one.statement: one for one in urgent or [finding for _, finding in told]}.values())


def _reworded(finding: Finding, other: str) -> Finding:
    statement = TELL.format(f"{' and '.join(finding.names)} and {other}")
    return finding.model_copy(update={"statement": statement, "action": Action.INFORM})


def _told(drugs: tuple[str, ...], rule: Rule | PairRule, frame: Frame) -> Finding:
    """The title of the source stands as quote: the fact itself may tell a dose."""
    citation = frame.knowledge.citations[rule.fact.cites[0].key]
    source = citation.source(citation.holding_id, rule.fact.marks)
    evidence = Evidence(source=source, quote=citation.title, locator=rule.fact.cites[0].locator)
    statement = TELL.format(" together with ".join(drugs))
    return Finding(statement=statement, evidence=(evidence,), kind=Kind.GUIDELINE, names=drugs)


def _pair(fired: FiredPair, frame: Frame) -> Finding:
    head = f"{WORDS[fired.level]}: {fired.left.named} with {fired.right.named}."
    return _of_rule(
        fired.rule, fired.verdict, head, fired.advice, frame, (fired.left.named, fired.right.named)
    )


def _rule(fired: FiredRule, frame: Frame) -> Finding:
    head = f"{WORDS[fired.level]}: {fired.taken.named} ({fired.rule.topic})."
    return _of_rule(fired.rule, fired.verdict, head, fired.advice, frame, (fired.taken.named,))


def _waiting(group: Unsettled, frame: Frame) -> Finding:
    """One finding for all rules that the same answer settles, each with its own fact as evidence."""
    facts = dict.fromkeys(one.rule.id for one in group.rules)
    evidence = (frame.knowledge.evidence(frame.knowledge.rules[name])[0] for name in facts)
    return Finding(
        statement=group.statement,
        evidence=tuple(evidence),
        kind=Kind.GUIDELINE,
        certainty=f"several sources; {NOT_SETTLED}",
        action=ACTIONS[group.level],
        names=tuple(dict.fromkeys(one.taken.named for one in group.rules)),
    )


def _of_rule(
    rule: Rule | PairRule, verdict: Verdict, head: str, advice: str, frame: Frame, names: tuple[str, ...]
) -> Finding:
    chart = tuple(_chart(verdict.used, frame))
    parts = (head, advice, because(verdict, frame), unsettled(verdict))
    return Finding(
        statement=" ".join(part for part in parts if part),
        evidence=(*frame.knowledge.evidence(rule), *chart),
        kind=Kind.GUIDELINE,
        certainty=rule.fact.certainty if verdict.certain else f"{rule.fact.certainty}; {NOT_SETTLED}",
        action=ACTIONS[verdict.level],
        names=names,
    )


def because(verdict: Verdict, frame: Frame) -> str:
    """The values that the deciding case stood on."""
    shown = [known[0] for key in verdict.used if (known := frame.known(key)) is not None]
    return f"Here: {'; '.join(shown)}." if shown else ""


def unsettled(verdict: Verdict) -> str:
    """What is not known, and which other actions it could lead to."""
    if verdict.certain:
        return ""
    others = " or ".join(level.value for level in verdict.reachable if level is not verdict.level)
    return f"{STRICTEST}; it could become {others} with: {'; '.join(verdict.asks)}."


def _chart(keys: Iterable[str], frame: Frame) -> Iterator[Evidence]:
    for key in keys:
        shown, origin = frame.known(key) or ("", None)
        if origin is not None:
            yield chart_evidence(shown, origin)


def chart_evidence(shown: str, origin: Origin) -> Evidence:
    """A value of the patient: the words in which it was told, or the value as the frame holds it."""
    if origin.kind is OriginKind.WORDS:
        source = Source(
            id="chart:words",
            title="what was told in this conversation",
            version="this session",
            licence="the patient's own",
            depth=Depth.CHART,
        )
        return Evidence(source=source, quote=origin.where, locator=shown)
    source = Source(
        id="computed:treatment:frame",
        title="the patient's values, as read",
        version="this session",
        licence="the patient's own",
        depth=Depth.COMPUTATION,
    )
    return Evidence(source=source, quote=shown, locator=f"{origin.kind.value}: {origin.where}")


def _computed(quote: str, frame: Frame, what: str) -> Evidence:
    source = Source(
        id=f"computed:treatment:{what}",
        title=f"{what}, computed here with knowledge {frame.knowledge.version}",
        version=frame.knowledge.as_of,
        licence="computed here",
        depth=Depth.COMPUTATION,
    )
    return Evidence(source=source, quote=quote)


def _allergy(fired: FiredAllergy, frame: Frame) -> Finding:
    evidence = tuple(_chart([f"allergy:{fired.number}"], frame))
    if fired.shared is not None:
        evidence = (*evidence, *frame.knowledge.evidence(fired.shared))
    said = (why(fired), kind_told(fired))
    return Finding(
        statement=f"{WORDS[fired.level]}: {fired.taken.named}; allergy to {fired.allergy.named}. {' '.join(said)}",
        evidence=evidence,
        kind=Kind.CHART,
        certainty=_certainty(fired),
        action=ACTIONS[fired.level],
        names=(fired.taken.named,),
    )


def why(fired: FiredAllergy) -> str:
    """How the allergy meets the drug."""
    if fired.shared is None:
        return f"It is {fired.match.value}."
    if fired.match is Match.CLASS:
        return f"It is of the class that is named, {fired.shared.name}."
    shares = f"It shares the group {fired.shared.name}."
    return f"{shares} Which {fired.unsure_of.name} it was is not told: ask." if fired.unsure_of else shares


def kind_told(fired: FiredAllergy) -> str:
    """What the kind of reaction means here, and what it could still mean."""
    if fired.reaction is Reaction.INTOLERANCE:
        return "An intolerance was told, which is not an allergy."
    if fired.reaction is not Reaction.UNKNOWN:
        return f"The reaction told is {fired.reaction.value}."
    asked = "The kind of reaction is not told: ask; it counts as immediate."
    if fired.could_be is fired.level:
        return asked
    return f"{asked} After a severe delayed reaction it would be: {WORDS[fired.could_be].lower()}."


def _certainty(fired: FiredAllergy) -> str:
    graded = fired.shared.fact.certainty if fired.shared else "not graded"
    return "our own rule (draft)" if graded == "not graded" else graded


def _duplicate(twice: Duplicate, frame: Frame) -> Finding:
    one, other, shared = twice.one.named, twice.other.named, twice.shared
    if shared is None:
        said = f"Change: {one} is on the list twice ({other}). Add up the doses, or stop one."
        evidence: tuple[Evidence, ...] = (_computed(said, frame, "duplicate ingredients"),)
    else:
        said = f"Change: {one} and {other} are both of the class {shared.name}; is that meant, or a switch?"
        evidence = frame.knowledge.evidence(shared)
    return Finding(
        statement=said,
        evidence=evidence,
        kind=Kind.COMPUTED,
        certainty="our own rule (draft)",
        action=ACTIONS[twice.level],
        names=(one, other),
    )


def _phenoconversion(checked: Checked) -> Iterator[Finding]:
    """A drug that blocks the enzyme makes the genotype tell less; no score is converted."""
    held = checked.frame.knowledge
    for one in checked.genes:
        for gene in sorted(one.genes & set(INHIBITORS)):
            blocking = held.classes[INHIBITORS[gene]]
            for taken in checked.frame.taken:
                if taken.drug in blocking.members and held.drug(taken.drug).name != one.drug:
                    yield _blocked(taken.named, blocking, gene, one.drug, checked.frame)


def _blocked(blocker: str, blocking: DrugClass, gene: str, drug: str, frame: Frame) -> Finding:
    head = f"Monitor: {blocker} is a {blocking.name}"
    return Finding(
        statement=f"{head}; the {gene} phenotype from the genotype may not hold for {drug}.",
        evidence=frame.knowledge.evidence(blocking),
        kind=Kind.GUIDELINE,
        certainty="label; our own rule (draft)",
        names=(blocker, drug, gene),
    )


def _score(score: qt.Score, frame: Frame) -> Finding:
    points = str(score.low) if score.low == score.high else f"{score.low} to {score.high}"
    told = f"Tisdale QT risk score {points} of 21 ({score.band}): {', '.join(score.items)}."
    rest = f" Not known: {', '.join(score.open_items)}." if score.open_items else ""
    statement = f"{told}{rest} The score was made in a cardiac unit."
    citation = frame.knowledge.citations[qt.CITATION]
    source = citation.source(citation.holding_id, ("draft",))
    evidence = (
        _computed(statement, frame, "Tisdale score"),
        Evidence(source=source, quote=citation.title, locator="items of the score"),
        *_chart(score.used, frame),
    )
    names = tuple(
        dict.fromkeys(t.named for t in frame.taken if t.drug in frame.knowledge.classes[qt.CLASS].members)
    )
    return Finding(statement=statement, evidence=evidence, kind=Kind.COMPUTED, names=names)
