"""Gene calls and guidance as findings: the call, its meaning, each recommendation in the guideline's own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from genomics import VERSION
from genomics.pgx.guidance import Advice, Advised, action
from genomics.pgx.guidelines import NO_RESULT, OTHER_CONSIDERATIONS, GuidanceBase
from genomics.pgx.table import diplotypes, phenotypes, scores, shortened
from genomics.pgx.words import CallSource, Diplotype, GeneCall, Guidance
from retrieval.evidence import Depth, Evidence, Finding, Kind, Source

CONFIRM = "Research use; confirm in an accredited laboratory before acting."
ASK = "Ask your doctor or pharmacist before you change any medicine."
MOST_KEYS = 3
"""Keys that are spelled out; of more, the first and the last (the scores of a phenotype told without its score)."""
MOST_CALLS = 4
"""Genes whose call is told where no guidance is found; the table holds the rest."""
LONGEST = 600
"""Characters of a recommendation that are read out; the rest stands in its source."""
POPULATIONS: Mapping[str, str] = {
    "general": "",
    "CVI ACS PCI": "acute coronary syndrome or PCI",
    "CVI non-ACS non-PCI": "other cardiovascular indications",
    "NVI": "neurovascular indications",
    "CBZ naive": "never on carbamazepine",
    "CBZ-no alternatives": "never on carbamazepine, no other drug available",
    "CBZ use >3mos": "on carbamazepine for more than 3 months",
    "OXC naive": "never on oxcarbazepine",
    "OXC use >3 mos": "on oxcarbazepine for more than 3 months",
    "PHT naive": "never on phenytoin",
    "PHT use >3mos": "on phenytoin for more than 3 months",
    "child >40kg_adult": "children over 40 kg and adults",
}
"""The guidelines' codes in words, as their own recommendations spell them out; others are shown as they stand."""


def of_call(call: GeneCall, *, simulated: bool = False) -> tuple[Finding, ...]:
    """What was called and what it means; one finding where somebody stated it, for then there was nothing to call."""
    from_file = call.source in (CallSource.VCF, CallSource.CONSUMER)
    told = (_called(call), _meaning(call)) if from_file else (_meaning(call),)
    return marked(told) if simulated else told


def of_advice(advice: Advice, *, simulated: bool = False) -> tuple[Finding, ...]:
    """One finding for each recommendation, "no recommendation" among them; none where there is no guidance."""
    told = tuple(of_guidance(given) for given in advice.guidance)
    return marked(told) if simulated else told


def of_guidance(given: Guidance) -> Finding:
    """The recommendation in its guideline's words; strength as certainty, the guideline's own marks as action."""
    said = recommendation(given.text)
    who = " and ".join(looked_up(given))
    where = f" ({population(given)})" if population(given) else ""
    quotes = (said, given.row) if given.row else (said,)
    told = f"{given.source_name} on {given.drug} for {who}{where}: {' '.join(said.split())}"
    return Finding(
        statement=f"{resting_on(given.conditions)}{told}",
        evidence=tuple(Evidence(source=given.source, quote=part, locator=_locator(given)) for part in quotes),
        kind=Kind.GUIDELINE,
        certainty=given.strength or "not graded",
        action=action(given),
        names=(given.drug, *dict.fromkeys(gene for gene, _ in given.looked_up)),
    )


def resting_on(conditions: Sequence[str]) -> str:
    """The first words of what rests on alleles that the file does not show to be absent; "" where nothing does."""
    told = [one for one in conditions if one]
    return f"If {' and '.join(told)}, which this file does not show: " if told else ""


def for_patient(advice: Advice, base: GuidanceBase) -> tuple[Finding, ...]:
    """That a guideline speaks about the drug for this result, without what it recommends and without a dose."""
    issuers = dict.fromkeys(given.source_name for given in advice.guidance if not given.gives_none)
    heads = {one.issuer: one for one in base.guidelines_of(advice.drug)}
    rests = resting_on(tuple(dict.fromkeys(one for given in advice.guidance for one in given.conditions)))
    return tuple(
        Finding(
            statement=f"{rests}{issuer} has guidance for doctors on {advice.drug} for people with this result. {ASK}",
            evidence=(Evidence(source=heads[issuer].source(), quote=heads[issuer].name),),
            kind=Kind.GUIDELINE,
            names=(advice.drug,),
        )
        for issuer in issuers
    )


def recommendation(text: str) -> str:
    """The recommendation itself: up to the heading of the other considerations, cut after a whole sentence."""
    main = text.partition(f"\n{OTHER_CONSIDERATIONS}\n")[0]
    if len(main) <= LONGEST:
        return main
    end = max(main.rfind(mark, 0, LONGEST) for mark in (". ", ".\n", "; "))
    return main[: end + 1] if end > 0 else main[:LONGEST]


def silent(advices: Iterable[Advice]) -> str:
    """What was asked and could not be answered, one sentence for each drug."""
    return " ".join(one.note for one in advices if one.outcome is not Advised.GUIDANCE and one.note)


def remarks(advice: Advice) -> tuple[str, ...]:
    """What a reader must know beside the recommendations: ties, genes not called, guidelines without a row."""
    told = [f"{gene} is one of {', '.join(names)}: {_tied(gene, advice)}." for gene, names in advice.ties]
    if advice.guidance and advice.missing_genes:
        told.append(f"For {advice.drug} the guidelines also ask for {', '.join(advice.missing_genes)}.")
    told += [
        f"{source.title} has no row for this genotype here; read it at {source.url}."
        for source in advice.without_row
    ]
    return tuple(told)


def _tied(gene: str, advice: Advice) -> str:
    """Whether a tie matters: one looked-up result for all tied diplotypes, or several with their own rows."""
    keys = {key for given in advice.guidance for own, key in given.looked_up if own == gene}
    if len(keys) == 1 and advice.outcome is Advised.GUIDANCE and gene not in advice.split:
        return f"the recommendations for {advice.drug} hold for each of them"
    return f"each recommendation for {advice.drug} holds for the result that it names, and not for the others"


def marked(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The same findings, each said to be simulated, in its statement and in its certainty."""
    return tuple(
        one.model_copy(
            update={"statement": f"Simulated: {one.statement}", "certainty": f"simulated; {one.certainty}"}
        )
        for one in findings
    )


def _called(call: GeneCall) -> Finding:
    told = (
        f"{call.gene} is called {diplotypes(call)} from the {call.source.value}",
        f"tested for {call.tested}" if call.tested else "",
        f"not told by it: {shortened(call.missing_positions)}" if call.missing_positions else "",
        f"not excluded: {shortened(call.not_excluded)}" if call.not_excluded else "",
    )
    statement = f"{resting_on((call.condition,))}{'; '.join(part for part in told if part)}"
    certainty = "open" if call.condition else "tie" if call.tie else "unique"
    return _computed(call, f"{statement}.", certainty=certainty)


def _meaning(call: GeneCall) -> Finding:
    if call.condition:
        told = f"{resting_on((call.condition,))}{_subject(call)}{_told(call)}"
        return _computed(call, f"{told}; not determined otherwise{left_open(call)}.", certainty="open")
    return _computed(call, f"{_subject(call)}{_told(call)}.", certainty=call.tested or "not graded")


def in_words(calls: Sequence[GeneCall]) -> str:
    """What was called, in one sentence for each gene, where no finding can be given; of many the first ones."""
    told = [_meaning(call).statement for call in calls[:MOST_CALLS]]
    more = f"{len(calls) - MOST_CALLS} more genes stand in the table." if len(calls) > MOST_CALLS else ""
    return " ".join((*told, more)).strip()


def left_open(call: GeneCall) -> str:
    """The other phenotypes that the file leaves open, in brackets: " (else Poor Metabolizer)"."""
    named = dict.fromkeys(one.phenotype or "not tabulated" for one in call.otherwise)
    return f" (else {' or '.join(named)})" if named else ""


def _subject(call: GeneCall) -> str:
    if any(one.name for one in call.diplotypes):
        how = ", as stated," if call.source is CallSource.STATED else ""
        return f"{call.gene} {diplotypes(call)}{how} means "
    return call.gene if call.gene.startswith("HLA-") else f"{call.gene} is stated as "


def _computed(call: GeneCall, statement: str, *, certainty: str) -> Finding:
    source = Source(
        id=f"computed:genomics:pgx:{call.gene.lower()}",
        title=f"star alleles of {call.gene}, computed here with {call.definitions or 'starter definitions'}",
        version=VERSION,
        licence="computed here",
        depth=Depth.COMPUTATION,
    )
    evidence = Evidence(source=source, quote=working(call), locator=call.tested)
    return Finding(
        statement=statement, evidence=(evidence,), kind=Kind.COMPUTED, certainty=certainty, names=(call.gene,)
    )


def working(call: GeneCall) -> str:
    """How the call came about, so that it can be followed by hand."""
    named = [_pair(one) for one in call.diplotypes if one.name]
    phase = {True: "phased", False: "not phased", None: ""}[call.phased]
    told = (
        f"{call.gene} ({call.source.value}): {'; '.join(named) or _told(call)}",
        f"{call.called_positions} positions called" if call.called_positions else "",
        phase,
        f"variants {', '.join(call.variants)}" if call.variants else "",
        f"{len(call.missing_positions)} positions missing" if call.missing_positions else "",
        f"phenotype only if {call.condition}" if call.condition else "",
        *call.warnings,
        call.definitions,
    )
    return "; ".join(part for part in told if part)


def _told(call: GeneCall) -> str:
    return f"{phenotypes(call)}{f', activity score {scores(call)}' if scores(call) else ''}"


def _pair(one: Diplotype) -> str:
    functions = " + ".join(word or "function not tabulated" for word in one.functions)
    score = f", score {one.activity_score}" if one.activity_score else ""
    return f"{one.name} ({functions or 'no functions'} -> {one.phenotype or 'no phenotype'}{score})"


def population(given: Guidance) -> str:
    """For whom the recommendation is, in words; empty where it is for all."""
    return POPULATIONS.get(given.population, given.population)


def looked_up(given: Guidance) -> list[str]:
    """Each gene with what it was looked up under: "CYP2C19 Poor Metabolizer"."""
    by_gene: dict[str, list[str]] = {}
    for gene, key in given.looked_up:
        by_gene.setdefault(gene, []).append("not called" if key == NO_RESULT else key)
    return [f"{gene} {_keys(tuple(dict.fromkeys(keys)))}" for gene, keys in by_gene.items()]


def _keys(keys: tuple[str, ...]) -> str:
    scored = "activity score " if keys[0].lstrip("≥")[:1].isdigit() else ""
    return scored + (" or ".join(keys) if len(keys) <= MOST_KEYS else f"{keys[0]} to {keys[-1]}")


def _locator(given: Guidance) -> str:
    return given.source.id.rpartition(":")[2] if not given.population else f"population {given.population}"


def sources(advices: Sequence[Advice]) -> tuple[Source, ...]:
    """The guidelines that were looked through, each once."""
    return tuple({given.source.id: given.source for one in advices for given in one.guidance}.values())
