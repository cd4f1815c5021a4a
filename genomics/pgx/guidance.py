"""From gene calls and drugs to what the guidelines say: every population, every issuer, and what is missing.

A row of a guideline applies if all its genes match: by phenotype, activity score, allele status, or by the very
diplotype, which then goes before the phenotype (a CYP2C9 *1/*2 has a row of its own beside the intermediate one).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from genomics.pgx.guidelines import NO_RESULT, GuidanceBase, Guideline, Key, Recommendation, spelled
from genomics.pgx.words import Diplotype, GeneCall, Guidance
from retrieval.evidence import Action, Source, Word


class Advised(StrEnum):
    """How the question for one drug ends."""

    GUIDANCE = "guidance"
    NO_RECOMMENDATION = "no recommendation"
    """A guideline speaks about the drug and this genotype, and recommends nothing."""
    NEEDS_GENE = "needs gene"
    """A guideline speaks about the drug, but about genes that were not called."""
    NOT_COVERED = "not covered"
    """No guideline held speaks about the drug, or none about the called genotype."""


class Advice(Word):
    """What the guidelines say for one drug."""

    asked: str
    drug: str
    """The name under which it stands in the guidelines; empty if it does not."""
    outcome: Advised
    guidance: tuple[Guidance, ...] = ()
    """Every population of every guideline that matched, "no recommendation" among them."""
    missing_genes: tuple[str, ...] = ()
    """Genes that the drug's guidelines ask for and that were not called."""
    without_row: tuple[Source, ...] = ()
    """Guidelines on the called genes that have no row for this genotype (or none at all: an algorithm)."""
    ties: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Gene and the diplotypes among which its call could not choose."""
    split: frozenset[str] = frozenset()
    """Of these the genes whose diplotypes are looked up by different results, so that guidance may differ."""
    note: str = ""


def advise(calls: Sequence[GeneCall], drugs: Sequence[str], guidance: GuidanceBase) -> tuple[Advice, ...]:
    """One :class:`Advice` for each drug, in their order; never empty-handed without saying why."""
    return tuple(_advice(calls, drug, guidance) for drug in drugs)


def action(given: Guidance) -> Action:
    """What the recommendation asks for, by its guideline's own marks; its words only tell avoiding from changing.

    Without a mark it informs, whatever its words. Under a condition that the file does not show it asks for no more
    than every phenotype that is left open asks for. If an alternative is marked, it is AVOID where the first two
    sentences say "avoid", "do not use" or "should not be used", or the first that the drug is contraindicated or not
    recommended.
    """
    asked = _asked(given)
    return min(asked, given.least, key=_WEAKEST_FIRST.index) if given.conditions else asked


_WEAKEST_FIRST = (Action.INFORM, Action.CHANGE, Action.AVOID)


def _asked(given: Guidance) -> Action:
    if not given.changes_prescribing:
        return Action.INFORM
    first, _, rest = given.text.replace("\n", " ").partition(". ")
    opening = f"{first}. {rest.partition('. ')[0]}"
    avoids = given.names_alternative and (_AVOID.search(opening) or _RULED_OUT.search(first))
    return Action.AVOID if avoids else Action.CHANGE


_AVOID = re.compile(r"(?:^|[.;:]\s*|- )avoid\b|\bdo not use\b|\bshould not be used\b", re.I)
_RULED_OUT = re.compile(r"\b(?:is|are) (?:relatively )?(?:contra-?indicated|not recommended)\b", re.I)


def _advice(calls: Sequence[GeneCall], asked: str, base: GuidanceBase) -> Advice:
    drug = base.drug(asked)
    if drug is None:
        note = f"No guideline of {base.name} {base.version} speaks about {asked}."
        return Advice(asked=asked, drug="", outcome=Advised.NOT_COVERED, note=note)
    by_gene = {call.gene: call for call in calls if call.diplotypes}
    guidance: list[Guidance] = []
    without: list[Source] = []
    for guideline in base.guidelines_of(drug):
        rows = [row for row in base.rows_of(drug) if row.guideline is guideline]
        genes = _genes(guideline, rows)
        if not any(gene in by_gene for gene in genes):
            continue
        given = _from(rows, genes, by_gene, base.asked)
        guidance += given
        without += [] if given else [guideline.source()]
    wanted = [gene for one in base.guidelines_of(drug) for gene in _genes(one, base.rows_of(drug))]
    return _ended(asked, drug, guidance, without, dict.fromkeys(wanted), by_gene)


def _ended(
    asked: str,
    drug: str,
    guidance: Sequence[Guidance],
    without: Sequence[Source],
    wanted: Iterable[str],
    by_gene: Mapping[str, GeneCall],
) -> Advice:
    genes = tuple(wanted)
    missing = tuple(gene for gene in genes if gene not in by_gene)
    names = {
        gene: dict.fromkeys(one.name for one in by_gene[gene].diplotypes) for gene in genes if gene in by_gene
    }
    ties = tuple((gene, tuple(pairs)) for gene, pairs in names.items() if len(pairs) > 1)
    split = frozenset(
        gene for gene, _ in ties if len({one.lookup_key for one in by_gene[gene].diplotypes}) > 1
    )
    if any(not given.gives_none for given in guidance):
        outcome, note = Advised.GUIDANCE, ""
    elif guidance:
        outcome, note = Advised.NO_RECOMMENDATION, f"The guidelines recommend nothing for {drug} here."
    elif without:
        called = ", ".join(f"{gene} {_told(by_gene[gene])}" for gene in genes if gene in by_gene)
        outcome, note = Advised.NOT_COVERED, f"The guidelines on {drug} have no row for {called}."
    else:
        outcome, note = Advised.NEEDS_GENE, f"The guidelines on {drug} ask for {', '.join(genes)}."
    return Advice(
        asked=asked,
        drug=drug,
        outcome=outcome,
        guidance=tuple(guidance),
        missing_genes=missing,
        without_row=tuple(without),
        ties=ties,
        split=split,
        note=note,
    )


def _told(call: GeneCall) -> str:
    return " or ".join(dict.fromkeys(one.phenotype or one.name for one in call.diplotypes))


def _genes(guideline: Guideline, rows: Iterable[Recommendation]) -> tuple[str, ...]:
    """The genes of the guideline's rows; those of its head where it has none."""
    asked = dict.fromkeys(gene for row in rows if row.guideline is guideline for gene in row.keys)
    return tuple(asked) or guideline.genes


Chosen = Mapping[str, tuple[GeneCall, Diplotype]]


def _from(
    rows: Sequence[Recommendation],
    genes: Sequence[str],
    by_gene: Mapping[str, GeneCall],
    asked: Mapping[str, frozenset[str]],
) -> list[Guidance]:
    """The guidance of one guideline, once for each distinct recommendation, over all diplotypes of a tie."""
    matched: dict[tuple[object, ...], tuple[Recommendation, list[tuple[str, str]]]] = {}
    called = [gene for gene in genes if gene in by_gene]
    for pairs in itertools.product(*(by_gene[gene].diplotypes for gene in called)):
        chosen = {gene: (by_gene[gene], pair) for gene, pair in zip(called, pairs, strict=True)}
        for row, keys in _matching(rows, chosen, asked):
            same = (row.population, row.strength, row.text, row.marks)
            matched.setdefault(same, (row, []))[1].extend(keys)
    told = [_guidance(row, tuple(dict.fromkeys(keys))) for row, keys in matched.values()]
    return [_under_conditions(given, rows, called, by_gene, asked) for given in told]


def _under_conditions(
    given: Guidance,
    rows: Sequence[Recommendation],
    called: Sequence[str],
    by_gene: Mapping[str, GeneCall],
    asked: Mapping[str, frozenset[str]],
) -> Guidance:
    """The guidance with what it rests on, and the least that it asks for over every phenotype that is left open."""
    used = dict.fromkeys(gene for gene, _ in given.looked_up if gene in by_gene)
    conditions = tuple(one for gene in used if (one := by_gene[gene].condition))
    if not conditions:
        return given
    least = Action.AVOID
    calls = [by_gene[gene] for gene in called]
    for pairs in itertools.product(*((*one.diplotypes, *one.otherwise) for one in calls)):
        chosen = {call.gene: (call, pair) for call, pair in zip(calls, pairs, strict=True)}
        here = [row for row, _ in _matching(rows, chosen, asked) if row.population == given.population]
        actions = [_asked(_guidance(row, ())) for row in here] or [Action.INFORM]
        least = min(least, *actions, key=_WEAKEST_FIRST.index)
    return given.model_copy(update={"conditions": conditions, "least": least})


def _matching(
    rows: Sequence[Recommendation], chosen: Chosen, asked: Mapping[str, frozenset[str]]
) -> list[tuple[Recommendation, list[tuple[str, str]]]]:
    found = [(row, keys) for row in rows if (keys := _keys_met(row, chosen, asked)) is not None]
    exact = {row.population for row, _ in found if row.by_diplotype}
    return [(row, keys) for row, keys in found if row.by_diplotype or row.population not in exact]


def _keys_met(
    row: Recommendation, chosen: Chosen, asked: Mapping[str, frozenset[str]]
) -> list[tuple[str, str]] | None:
    """Gene and key of a row that applies; None if it does not."""
    met: list[tuple[str, str]] = []
    for gene, keys in row.keys.items():
        if gene not in chosen:
            if NO_RESULT not in keys:
                return None
            met.append((gene, NO_RESULT))
            continue
        call, pair = chosen[gene]
        hit = [key for key in keys if _meets(key, call, pair, asked.get(gene, frozenset()))]
        if not hit:
            return None
        met += [(gene, spelled(key)) for key in hit]
    return met


def _meets(key: Key, call: GeneCall, pair: Diplotype, asked: frozenset[str]) -> bool:
    if not isinstance(key, str):
        copies: dict[str, float] = {}
        for allele in pair.alleles:
            copies[allele] = copies.get(allele, 0) + 1
        return dict(key) == copies
    if call.gene.startswith("HLA-"):
        return key in _statuses(call, pair, asked)
    stated = {pair.lookup_key, pair.phenotype, pair.activity_score} - {""}
    stated |= {NOT_SCORED} if pair.phenotype == INDETERMINATE else set()
    if key.casefold() in {word.casefold() for word in stated}:
        return True
    return bool(pair.activity_score) and _scores(key, pair.activity_score, asked)


INDETERMINATE = "Indeterminate"
NOT_SCORED = "n/a"
"""The key of a score that cannot be given."""
_STATUS = re.compile(r"(\*\d+:\d+) (positive|negative)")


def _statuses(call: GeneCall, pair: Diplotype, asked: frozenset[str]) -> frozenset[str]:
    """The allele statuses of an HLA gene: those stated, and from two typed alleles those that the rows ask for."""
    said = " ".join((pair.lookup_key, pair.phenotype, *call.variants))
    stated = {f"{name} {status}" for name, status in _STATUS.findall(said)}
    carried = {":".join(allele.split(":")[:2]) for allele in pair.alleles}
    carried = {
        name for name in carried if re.fullmatch(r"\*\d+:\d+", name) and f"{name} negative" not in stated
    }
    stated |= {f"{name} positive" for name in carried}
    typed = len(pair.alleles) == 2 and all(re.fullmatch(r"\*\d+:\d+.*", allele) for allele in pair.alleles)
    if typed:
        wanted = {name for key in asked for name, _ in _STATUS.findall(key)}
        stated |= {f"{name} negative" for name in wanted - carried}
    return frozenset(stated)


_NUMBER = re.compile(r"(≥)?\s?(\d+(?:\.\d+)?)(?: \(.*\))?")


def _scores(key: str, score: str, asked: frozenset[str]) -> bool:
    """True if the row's score is the call's; a score without a row of its own takes the highest "≥" below it."""
    wanted, held = _number(key), _number(score)
    if wanted is None or held is None:
        return False
    if wanted == held:
        return True
    if held in {_number(one) for one in asked}:
        return False
    edges = [edge for at_least, edge in filter(None, map(_number, asked)) if at_least and edge <= held[1]]
    return bool(edges) and wanted == (True, max(edges))


def _number(text: str) -> tuple[bool, float] | None:
    """A score and whether it stands for "at least"; None if the text is none ("1.5 (Intermediate Metabolizer)" is)."""
    read = _NUMBER.fullmatch(text)
    return (bool(read[1]), float(read[2])) if read else None


def _guidance(row: Recommendation, keys: tuple[tuple[str, str], ...]) -> Guidance:
    return Guidance(
        drug=row.drug,
        source_name=row.guideline.issuer,
        source=row.guideline.source(row.source_id),
        text=row.text,
        strength=row.strength,
        population=row.population,
        implications=row.implications,
        looked_up=keys,
        changes_prescribing=bool(row.marks),
        pmids=row.guideline.pmids,
        row=row.heading,
        names_alternative="alternative" in row.marks,
        gives_none=row.gives_none,
    )
