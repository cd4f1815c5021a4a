"""Interpretations as findings: one sentence each, with the evidence that carries it; known and own class apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from genomics import VERSION
from genomics.acmg.criteria import CODES, Assessment, Class, Criterion, Significance, Status
from genomics.by_name import Consequence
from genomics.effect import Effect, EffectSource
from genomics.facts import VariantFact, facts
from genomics.interpretation import Agreement, Interpretation, side
from genomics.lookups import lines
from genomics.lookups.rows import KnownClass
from genomics.report.worksheet import classes_of, known_in_words, table_of
from retrieval.evidence import (
    Depth,
    Evidence,
    Finding,
    Kind,
    Outcome,
    Source,
    Table,
    ToolResult,
    found,
    not_covered,
)

CONFIRM = "Research use: confirm in an accredited laboratory before acting."
FOR_PATIENTS = "What it means for you is a question for your clinician or a genetic counsellor."
STARS = ("no star", "one star", "two stars", "three stars", "four stars")
CODES_SHOWN = 6
"""Met codes that get a sentence of their own; all stand in the table."""
LARGELY_OPEN = 10
"""Codes not assessed from which on an uncertain class is said to be one for want of data (our choice)."""


def result(told: Sequence[Interpretation], *, patient: bool = False) -> ToolResult:
    """One tool result for the variants of a question.

    A patient is given what is known, without criteria, computed effects or a class of ours.
    """
    findings = [finding for one in told for finding in of_interpretation(one, patient=patient)]
    more = {"searched": (searched(),), "versions": versions(told)}
    if findings:
        tables = () if patient else tuple(table for one in told for table in worksheets(one))
        missing = () if patient else _would_change(told)
        return found(*findings, note=_note(told, patient), missing=missing, tables=tables, **more)
    first = next((one for one in told if one.outcome is not Outcome.FOUND), None)
    if first is None:
        note = f"{told[0].asked} is not among the variants held for patients here. {FOR_PATIENTS}"
        return not_covered(note, **more)
    return ToolResult(
        outcome=first.outcome,
        note=" ".join(dict.fromkeys((*(one.note for one in told if one.note), *first.limits))),
        missing=first.missing,
        command=first.command,
        **more,
    )


def worksheets(one: Interpretation) -> tuple[Table, ...]:
    """All codes of a variant, and the classes side by side, as the worksheet reads them."""
    if one.assessment is None or one.outcome is not Outcome.FOUND:
        return ()
    return sheets(one.asked, one.assessment, one.fact, one.known, _agreed(one))


def sheets(
    title: str,
    assessment: Assessment,
    fact: VariantFact | None,
    known: KnownClass | None,
    agreement: str = "",
) -> tuple[Table, ...]:
    """The table of codes and the table of classes of one variant."""
    given = [known_in_words(known)] if known else []
    if fact and fact.known:
        stated = fact.known
        given.append(
            f"{stated.significance}: {stated.review} ({STARS[stated.stars]}); {stated.by}, {stated.dated}"
        )
    return table_of(title, assessment), classes_of(title, assessment, given, agreement=agreement)


def searched() -> Source:
    """The starter facts as the source that was looked through."""
    held = facts()
    checked = max(fact.checked for fact in held.variants).isoformat()
    return Source(
        id="fact:variants",
        title=f"starter variant facts: {len(held.variants)} variants of {len(held.held_genes)} genes",
        version=f"checked {checked}",
        licence="written for Consilium (MIT); restated facts",
        depth=Depth.RECORD,
        marks=("draft",),
    )


def versions(told: Sequence[Interpretation] = ()) -> Mapping[str, str]:
    packs = {name: version for one in told for name, version in one.versions.items()}
    return {"genomics": VERSION, "variant facts": searched().version} | packs


def computed(what: str, working: str) -> Evidence:
    """A computation of this package as evidence: the working, as it can be checked by hand."""
    source = Source(
        id=f"computed:genomics:{what}",
        title=f"computed here: {what}",
        version=VERSION,
        licence="computed here",
        depth=Depth.COMPUTATION,
    )
    return Evidence(source=source, quote=working)


def of_interpretation(one: Interpretation, *, patient: bool = False) -> list[Finding]:
    """What is said of one variant: the known class first, then our own, then what they rest on."""
    names = named(one.gene, one.names or (one.asked,))
    told = [known_finding(one.asked, one.known, names)] if one.known else []
    told += [fact_finding(one.fact)] if one.fact else []
    if patient or one.outcome is not Outcome.FOUND:
        return told
    if one.assessment and any(code.counts for code in one.assessment.criteria):
        told.append(class_finding(one, one.assessment, names))
    told += [effect_finding(one.asked, effect, names) for effect in _shown(one) if _by_model(effect)]
    told += [_consequence(effect, names) for effect in one.consequences if one.fact or not effect.trivial]
    if one.assessment:
        told += _code_findings(one.asked, one.assessment, names)
    if one.fact and one.fact.criteria:
        told.append(_panel_codes(one.fact))
    return [*told, *_gene(one)]


def _shown(one: Interpretation) -> tuple[Effect, ...]:
    """The effect that the codes rest on, and that on the transcript whose name was asked."""
    first = one.effects[:1]
    asked = one.asked.partition(":")[0]
    return tuple(effect for effect in one.effects[1:] if effect.transcript == asked) + first


def _by_model(effect: Effect) -> bool:
    return effect.source is not EffectSource.NAME


def _gene(one: Interpretation) -> list[Finding]:
    gene = facts().genes.get(one.gene.upper())
    lost = any(effect.is_loss_of_function for effect in one.effects)
    if gene is None or not (lost or any(effect.loses_function for effect in one.consequences)):
        return []
    certainty = f"haploinsufficiency score {gene.haploinsufficiency}"
    return [
        Finding(
            statement=gene.statement,
            evidence=(gene.evidence,),
            kind=Kind.LITERATURE,
            certainty=certainty,
            names=(gene.symbol,),
        )
    ]


def fact_finding(fact: VariantFact) -> Finding:
    """What the starter facts hold."""
    known = fact.known
    certainty = f"{STARS[known.stars]}: {known.review}" if known else "no class held"
    return Finding(
        statement=fact.statement,
        evidence=(fact.evidence,),
        kind=Kind.LITERATURE,
        certainty=certainty,
        names=named(fact.gene, (*fact.names, *fact.legacy, *fact.rsids)),
    )


def known_finding(title: str, known: KnownClass, names: tuple[str, ...]) -> Finding:
    """What ClinVar says, with its stars; where submitters disagree the counts are said, and it is no VUS."""
    says = f"ClinVar (release {known.dated or known.source.version}) has {title} as {known.significance}"
    if known.conflicts:
        says += f" ({', '.join(f'{count} {name}' for name, count in known.conflicts)})"
    if known.conditions:
        says += f", for {'; '.join(known.conditions[:3])}"
    says += f" ({STARS[known.stars]}: {known.review})."
    if known.aside:
        says += f" Kept apart: {'; '.join(known.aside[:3])}."
    return Finding(
        statement=says,
        evidence=(lines.evidence(known),),
        kind=Kind.LITERATURE,
        certainty=f"{STARS[known.stars]}: {known.review}",
        names=names,
    )


def class_finding(one: Interpretation, assessment: Assessment, names: tuple[str, ...]) -> Finding:
    """The class of our own codes, computed without anybody's label."""
    counted = [code for code in assessment.criteria if code.counts]
    verdict = assessment.verdict
    codes = ", ".join(f"{code.code} {code.strength}" for code in counted)
    says = (
        f"Our own evidence codes for {one.asked} ({codes}) add up to {points(verdict)}: {verdict.by_points}"
    )
    if verdict.by_rules_2015 is not verdict.by_points:
        says += f"; by the 2015 rules {verdict.by_rules_2015}"
    says += "; the codes conflict" if verdict.conflict else ""
    says += f"{_by_frequency_alone(counted)}{_for_want_of_data(assessment)}."
    if assessment.if_confirmed:
        later = assessment.if_confirmed
        says += f" If the proposed codes are confirmed: {later.by_points} ({points(later)})."
    parts = [f"{code.code} {code.strength} {code.points:+d}" for code in counted]
    working = f"{'; '.join(parts)}; sum {verdict.points:+d}; {assessment.rules}"
    if verdict.guards:
        working += f"; {'; '.join(verdict.guards)}"
    return Finding(
        statement=says,
        evidence=(computed("class", f"{says} ({working})"),),
        kind=Kind.COMPUTED,
        certainty="independent of ClinVar; codes below",
        names=names,
    )


_FREQUENCY = frozenset(("BA1", "BS1", "BS2"))


def _by_frequency_alone(counted: Sequence[Criterion]) -> str:
    """A benign class that rests on frequency alone is weak for recessive genes with common pathogenic alleles."""
    if not counted or not {code.code for code in counted} <= _FREQUENCY:
        return ""
    return ", by its frequency alone: patients with a second variant (PM3) were not weighed"


def _for_want_of_data(assessment: Assessment) -> str:
    """Uncertain for want of data is not what the evidence says: the reader must see the difference."""
    open_ = sum(code.status is Status.NOT_ASSESSED for code in assessment.criteria)
    if assessment.verdict.by_points is not Significance.UNCERTAIN or open_ < LARGELY_OPEN:
        return ""
    return f", for want of data: {open_} of {len(CODES)} codes could not be assessed with what is held here"


def points(verdict: Class) -> str:
    """ "7 points", "-1 point"."""
    return f"{verdict.points} point{'' if abs(verdict.points) == 1 else 's'}"


def _code_findings(title: str, assessment: Assessment, names: tuple[str, ...]) -> list[Finding]:
    counted = [code for code in assessment.criteria if code.strength is not None]
    return [_code(title, code, names) for code in counted[:CODES_SHOWN]]


def _code(title: str, code: Criterion, names: tuple[str, ...]) -> Finding:
    head = f"{code.code} ({code.strength}{'' if code.counts else ', proposed'})"
    says = f"{head} for {title}: {code.rationale}"
    return Finding(
        statement=says,
        evidence=code.evidence or (computed("criterion", says),),
        kind=Kind.COMPUTED,
        certainty=f"{code.points:+d} points" if code.points else "stands alone",
        names=names,
    )


def _panel_codes(fact: VariantFact) -> Finding:
    evidence = fact.evidence.model_copy(update={"quote": fact.criteria})
    return Finding(
        statement=fact.criteria,
        evidence=(evidence,),
        kind=Kind.LITERATURE,
        certainty=f"codes of {fact.known.by}" if fact.known else "not graded",
        names=named(fact.gene, fact.names[:1]),
    )


def effect_finding(title: str, effect: Effect, names: tuple[str, ...]) -> Finding:
    """What the variant does to one transcript, and whether its message decays."""
    where = f"{effect.transcript}{' (MANE Select)' if effect.mane_select else ''}" or effect.told_by
    change = " ".join(part for part in (effect.c_name, effect.p_name) if part)
    says = f"{'On' if effect.transcript else 'By'} {where} {title} is{f' {change}' if change else ''}: "
    says += _spoken(effect.term)
    if effect.exon and effect.exons:
        says += f", exon {effect.exon} of {effect.exons}"
    if effect.decay is not None:
        says += f"; nonsense-mediated decay is {'predicted' if effect.decay else 'not predicted'}"
        says += f" ({effect.decay_reason})" if effect.decay_reason else ""
    says += "."
    working = f"{says} (by {effect.source}: {effect.told_by}; terms {', '.join(effect.terms)})"
    return Finding(
        statement=says,
        evidence=(computed("consequence", working),),
        kind=Kind.COMPUTED,
        certainty=f"by {effect.source}",
        names=names,
    )


def _spoken(term: str) -> str:
    return term.replace("_", " ").removesuffix(" variant")


def _consequence(effect: Consequence, names: tuple[str, ...]) -> Finding:
    return Finding(
        statement=effect.statement,
        evidence=(computed("name", effect.working),),
        kind=Kind.COMPUTED,
        certainty="from the name alone",
        names=names,
    )


def named(gene: str, names: Sequence[str]) -> tuple[str, ...]:
    """Gene and names, without blanks and doubles."""
    return tuple(name for name in dict.fromkeys((gene, *names)) if name)


_SHORT = "Our own codes do not reach the known class of {0}: {1} of {2} codes could not be assessed with what is held."
_NO_SIDE = "ClinVar holds no single class of {0} ({1}), so our own cannot agree with it or contradict it."
_AGREE = {
    Agreement.DIFFERS: "The known class of {0} and our own contradict each other: compare the codes first.",
    Agreement.KNOWN_ONLY: "None of our own evidence codes for {0} could be met with what is held here.",
    Agreement.INDEPENDENT_ONLY: "No known class of {0} is held here; the class above is ours alone.",
}


def _note(told: Sequence[Interpretation], patient: bool) -> str:
    parts = [part for one in told for part in (*((one.note,) if one.note else ()), *one.limits)]
    if patient:
        return " ".join(dict.fromkeys((*parts, FOR_PATIENTS, CONFIRM)))
    parts += [_agreed(one) for one in told]
    for one in told:
        parts += _gaps(one)
    return " ".join(part for part in dict.fromkeys((*parts, CONFIRM)) if part)


def _agreed(one: Interpretation) -> str:
    """How known and own class compare; falling short for want of data is no contradiction."""
    ours = one.assessment
    if one.agreement is Agreement.DIFFERS and one.known and not side(one.known.significance):
        return _NO_SIDE.format(one.asked, one.known.significance)
    if one.agreement is Agreement.DIFFERS and ours and ours.verdict.by_points is Significance.UNCERTAIN:
        open_ = sum(code.status is Status.NOT_ASSESSED for code in ours.criteria)
        return _SHORT.format(one.asked, open_, len(ours.criteria))
    return _AGREE[one.agreement].format(one.asked) if one.agreement in _AGREE else ""


def _gaps(one: Interpretation) -> list[str]:
    if one.assessment is None or one.outcome is not Outcome.FOUND:
        return []
    gaps = [gap for gap in one.assessment.gaps if not gap.startswith("PVS1")]
    open_ = [f"Not assessed for {one.asked}: {gap.rstrip('.')}." for gap in gaps[:4]]
    return [*_no_pvs1(one, one.assessment), *open_]


def _no_pvs1(one: Interpretation, ours: Assessment) -> list[str]:
    """Why PVS1 does not count for a truncation or a lost splice site: the first question of every reader."""
    lost = any(effect.is_loss_of_function for effect in one.effects[:1])
    pvs1 = ours.criterion("PVS1")
    if not lost or pvs1.status not in (Status.NOT_MET, Status.NOT_ASSESSED):
        return []
    return [f"PVS1 {pvs1.status.value.replace('_', ' ')} for {one.asked}: {pvs1.rationale.rstrip('.')}."]


def _would_change(told: Sequence[Interpretation]) -> tuple[str, ...]:
    commands = [
        f"{code.code}: {code.command}"
        for one in told
        if one.assessment and one.outcome is Outcome.FOUND
        for code in one.assessment.criteria
        if code.command
    ]
    grouped: dict[str, list[str]] = {}
    for line in commands:
        code, _, command = line.partition(": ")
        grouped.setdefault(command, []).append(code)
    return tuple(f"{', '.join(dict.fromkeys(codes))} with `{command}`" for command, codes in grouped.items())
