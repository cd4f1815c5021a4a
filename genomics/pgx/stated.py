"""Calls that somebody states: "CYP2C19 *2/*17", "CYP2D6 UM", "HLA-B*57:01 positive", "CYP2D6 *2/*2 on 3 copies"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from genomics.pgx import denied, outside_calls
from genomics.pgx.definitions import Definitions
from genomics.pgx.outside_calls import OutsideCall
from genomics.pgx.phenotype import INDETERMINATE, PhenotypeTable, diplotype
from genomics.pgx.starter import starter, table_for
from genomics.pgx.words import CallSource, Diplotype, GeneCall, NoCall

_LONGEST = 500
_GENES = (
    "ABCG2|CACNA1S|CFTR|CYP2B6|CYP2C19|CYP2C9|CYP2D6|CYP3A4|CYP3A5|CYP4F2|DPYD|G6PD|HLA-A|HLA-B|IFNL3|MT-RNR1|NAT2|"
    "NUDT15|RYR1|SLCO1B1|TPMT|UGT1A1|VKORC1"
)
_GENE = re.compile(rf"(?<![A-Za-z0-9])({_GENES})(?![A-Za-z0-9])", re.I)
_NUMBER = r"\d+[A-Z]?(?:\.\d+)?(?::\d+)*"
_COPY = r"(?:\s?x\s?(?:≥|>=)?\s?(?:\d+|N)|≥\d+)?"
_STAR = rf"\*{_NUMBER}{_COPY}(?:\s?\+\s?\*{_NUMBER}{_COPY})*"
_PART = rf"(?:(?:[A-Z0-9-]+)?{_STAR}|\[[^\]]{{3,80}}\])"
_PAIR = re.compile(rf"({_PART})\s*(?:/|\||and|with)\s*({_PART})")
_ONE = re.compile(_PART)
_HOMOZYGOUS = re.compile(r"homozyg|two copies|both copies|\b2 copies of", re.I)
_TOTAL = re.compile(
    r"(?:on|with|has|in|,|\()?\s*(?:a total of\s*)?(\d)\s+(?:gene\s+)?copies|copy number\s*(?:of|=|:)?\s*(\d)"
)
_SCORE = re.compile(r"(?:activity score|score|\bAS)\s*(?:of|is|=|:)?\s*((?:≥|>=)?\s*\d(?:[.,]\d+)?)", re.I)
_NEGATIVE = re.compile(r"\bnegative\b|\bnon-?carrier\b|\babsent\b|\bnot carried\b|\bno\s+$", re.I)
_VARIANT = re.compile(r"[cm]\.[\w+*-]+(?:[ACGT]>[ACGT]|del[ACGT]*|dup[ACGT]*)(?:\s?\(\*?\w+\))?")
_VKORC1 = re.compile(r"\b([AG])\s*/?\s*([AG])\b|\b([CT])\s*/?\s*([CT])\b")
_VKORC1_SITE = re.compile(r"-?1639\s?G>A|rs9923231")
_VKORC1_NAMES = dict.fromkeys("GC", "rs9923231 reference (C)") | dict.fromkeys("AT", "rs9923231 variant (T)")
_LEGACY = re.compile(r"\*\d+[A-Z]?|HapB3", re.I)
_REFERENCES = ("Reference", "B (reference)")
_RESULTS = (_PAIR, _ONE, outside_calls.PHENOTYPE, outside_calls.SHORT, _VARIANT, _VKORC1_SITE)
"""Where a result stands, so that a denial beside it is seen."""


class StatedError(ValueError):
    """A stated genotype cannot be read; the message names the mend."""


def stated(text: str, definitions: Definitions | None = None) -> GeneCall:
    """The call that a text states about one gene: alleles, phenotype, activity score, or HLA status.

    Functions and phenotypes come from ``definitions``, else from the starter rules.

    Raises:
        StatedError: no gene is named or more than one, or no complete genotype or phenotype is given for it.
    """
    found = list(statements(text))
    if len(found) != 1:
        said = "names no pharmacogene" if not found else "names more than one gene"
        raise StatedError(
            f"{text[:60]!r} {said}; state one gene with its result, for example CYP2C19 *2/*17."
        )
    return _stated(found[0], definitions)


def stated_each(text: str, definitions: Definitions | None = None) -> tuple[GeneCall, ...]:
    """Every call that a text states, gene by gene.

    Raises:
        StatedError: no gene is named, a named gene has no readable result, or has two, or the text is too long.
    """
    if len(text) > _LONGEST:
        raise StatedError(f"The genotypes are longer than {_LONGEST} characters; state them gene by gene.")
    found = list(statements(text))
    if not found:
        raise StatedError("No pharmacogene is named; state for example CYP2C19 *2/*17.")
    calls = [_stated(one, definitions) for one in found]
    for call in calls:
        others = [one for one in calls if one.gene == call.gene and one != call]
        if others:
            raise StatedError(f"{call.gene} is stated more than once, with different results; keep one.")
    return tuple({call.gene: call for call in calls}.values())


class Statement(NamedTuple):
    """A gene and what is said of it; ``denied``: a "no" or "not" stands in front of its name."""

    gene: str
    rest: str
    denied: bool = False


def statements(text: str) -> Iterator[Statement]:
    """Genes and what follows each of them, up to the next gene. An HLA or gene prefix within a pair stays with it."""
    hits: list[re.Match[str]] = []
    for hit in _GENE.finditer(text[:_LONGEST]):
        between = text[hits[-1].end() : hit.start()] if hits else ""
        if hits and hit[1].upper() == hits[-1][1].upper() and between.rstrip().endswith(("/", "|")):
            continue
        hits.append(hit)
    begins = [0, *(hit.end() for hit in hits)]
    before = [denied.cut_before(text[begin : hit.start()]) for begin, hit in zip(begins, hits, strict=False)]
    behind = [*(said for said, _ in before), text[begins[-1] : _LONGEST]][1:]
    for hit, (_, taken_back), rest in zip(hits, before, behind, strict=True):
        yield Statement(hit[1].upper(), rest.strip(" :=,;.\n\t"), taken_back)


def _stated(one: Statement, definitions: Definitions | None) -> GeneCall:
    gene, rest = one.gene, one.rest
    try:
        reported = _reported(one, table_for(gene, definitions))
    except denied.Ambiguous as wrong:
        raise StatedError(f"{gene}: {wrong}; state it as positive or negative.") from wrong
    if reported is None:
        raise StatedError(_mend(gene, rest))
    call = called_outside(reported, definitions, CallSource.STATED)
    if isinstance(call, NoCall):
        raise StatedError(call.reason)
    total = _TOTAL.search(rest)
    return _with_copies(call, int(total[1] or total[2]), definitions) if total and gene == "CYP2D6" else call


def _mend(gene: str, rest: str) -> str:
    one = _ONE.search(rest)
    if one and not gene.startswith("HLA-"):
        return f"{gene} {one[0]} names one allele; name the other as well, for example {gene} *1/{one[0]}."
    variant = _VARIANT.search(rest)
    if variant:
        return f"{gene} {variant[0]} is named without the other copy; state it as heterozygous or homozygous."
    return f"No result of {gene} was read; state a diplotype, a phenotype or an activity score."


def _reported(one: Statement, table: PhenotypeTable | None) -> OutsideCall | None:
    gene, rest = one.gene, one.rest
    if gene.startswith("HLA-"):
        return _reported_hla(one)
    if one.denied or any(denied.is_denied(rest, result.search(rest)) for result in _RESULTS):
        raise StatedError(
            f"{gene}: the result is denied, which does not tell what was found; state what was."
        )
    score = _SCORE.search(rest)
    pair = _pair(gene, rest, table)
    words = outside_calls.phenotype_words(rest)
    known = words if words != rest.strip() else _named(rest, table)
    if not (pair or score or known):
        return None
    return OutsideCall(gene=gene, diplotype=pair, phenotype=known, activity_score=score[1] if score else "")


def _reported_hla(one: Statement) -> OutsideCall | None:
    """Two typed alleles, the status of one or more, or a named allele, which is then carried."""
    typed = _PAIR.search(one.rest)
    if typed and (one.denied or denied.is_denied(one.rest, typed)):
        raise denied.Ambiguous("two alleles are named and denied")
    if typed:
        return OutsideCall(gene=one.gene, diplotype=f"{typed[1]}/{typed[2]}")
    status = denied.hla_statuses(one.rest, denied=one.denied)
    bare = "" if status else _bare_hla(one.rest)
    return OutsideCall(gene=one.gene, diplotype=bare, phenotype=status) if status or bare else None


def _named(rest: str, table: PhenotypeTable | None) -> str:
    """A phenotype of the table that the text spells out ("Variable", "Malignant Hyperthermia Susceptibility")."""
    names = {one.phenotype for one in table.meanings.values()} if table else set()
    spoken = [name for name in names if name and name.lower() in rest.lower()]
    return max(spoken, key=len, default="")


def _pair(gene: str, rest: str, table: PhenotypeTable | None) -> str:
    found = _PAIR.search(rest)
    if found:
        return f"{found[1]}/{found[2]}"
    variants = "" if _NEGATIVE.search(rest) else _variants(gene, rest, table)
    if variants:
        return variants
    one = _ONE.search(rest)
    if one and _HOMOZYGOUS.search(rest):
        return f"{one[0]}/{one[0]}"
    if gene == "VKORC1":
        return _vkorc1(rest)
    return ""


def _vkorc1(rest: str) -> str:
    """-1639 is named on the gene's strand: G is C, and A is T, at rs9923231 as a file spells it."""
    plain = _VKORC1_SITE.sub(" ", rest)
    found = _VKORC1.search(plain)
    if found:
        return "/".join(
            _VKORC1_NAMES[base] for base in sorted(filter(None, found.groups()), key="GCAT".index)
        )
    named = plain != rest
    if named and _HOMOZYGOUS.search(plain):
        return f"{_VKORC1_NAMES['A']}/{_VKORC1_NAMES['A']}"
    return f"{_VKORC1_NAMES['G']}/{_VKORC1_NAMES['A']}" if named and "heterozyg" in plain.lower() else ""


def _variants(gene: str, rest: str, table: PhenotypeTable | None) -> str:
    """Alleles that are named as variants (DPYD c.1905+1G>A heterozygous, MT-RNR1 m.1555A>G)."""
    reference = next((name for name in _REFERENCES if table and name in table.functions), "")
    if table is None or not reference:
        return ""
    spoken = [
        *_VARIANT.findall(rest),
        *re.findall(r"(?<![\w.])\d+[ACGT]>[ACGT]", rest),
        *_LEGACY.findall(rest),
    ]
    named = [name for name in table.functions if _is_named(name, rest, spoken)]
    if gene == "MT-RNR1" or (gene == "G6PD" and re.search(r"hemizyg", rest, re.I)):
        return max(named, key=len, default="")
    return _both(named, rest, reference)


def _is_named(name: str, rest: str, spoken: list[str]) -> bool:
    plain, _, legacy = name.partition(" (")
    said = {one.lower() for one in spoken} | {f"m.{one}".lower() for one in spoken}
    return (
        re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", rest, re.I) is not None
        or plain.lower() in said
        or legacy.rstrip(")").lower() in said - {""}
    )


def _both(named: list[str], rest: str, reference: str) -> str:
    """Two alleles of the named ones: two different ones, homozygous, or heterozygous with the reference."""
    others = [name for name in named if name != reference]
    others = [one for one in others if not any(one != more and one in more for more in others)]
    if len(others) == 2:
        return "/".join(others)
    if len(others) == 1 and _HOMOZYGOUS.search(rest):
        return f"{others[0]}/{others[0]}"
    if len(others) == 1 and (reference in named or re.search(r"heterozyg|one copy|carrier", rest, re.I)):
        return f"{reference}/{others[0]}"
    return f"{reference}/{reference}" if reference in named and not others and "/" in rest else ""


def _bare_hla(rest: str) -> str:
    """ "HLA-B*57:01" alone: the allele is carried, and nothing is said of the other one."""
    found = re.match(r"\*\d{2,3}:\d{2,3}", rest)
    return found[0] if found else ""


def _with_copies(call: GeneCall, total: int, definitions: Definitions | None) -> GeneCall:
    """A diplotype with a total number of gene copies: which allele is multiplied may be open, then both are given."""
    pair = call.diplotypes[0]
    plain = [name for name in pair.alleles if "x" not in name and "+" not in name]
    if total < 3 or len(pair.alleles) != 2 or len(plain) != 2:
        return call
    table = table_for(call.gene, definitions)
    one, two = pair.alleles
    ways = {tuple(sorted((f"{one}x{total - 1}", two))), tuple(sorted((one, f"{two}x{total - 1}")))}
    pairs = tuple(diplotype(call.gene, way, table) for way in sorted(ways))
    warning = f"{total} copies: which allele is multiplied was not stated." if len(pairs) > 1 else ""
    return call.model_copy(
        update={"diplotypes": pairs, "warnings": (*call.warnings, *((warning,) if warning else ()))}
    )


def called_outside(
    reported: OutsideCall, definitions: Definitions | None, source: CallSource
) -> GeneCall | NoCall:
    """The call of an outside tool or of a statement, in the tables' terms.

    Of contradicting entries the activity score decides for a gene with scores, then the phenotype; the contradiction
    is warned of.
    """
    gene = reported.gene
    table = table_for(gene, definitions)
    names = outside_calls.alleles(gene, reported.diplotype, table) if reported.diplotype else ()
    read = diplotype(gene, names, table) if names else None
    said = outside_calls.phenotype_words(reported.phenotype) if reported.phenotype else ""
    score = outside_calls.score_words(reported.activity_score) if reported.activity_score else ""
    pairs = _decided(read, said, score, table)
    if not pairs:
        return NoCall(gene=gene, reason=f"The call of {gene} gives neither alleles nor a known phenotype.")
    return GeneCall(
        gene=gene,
        source=source,
        diplotypes=pairs,
        copy_number_assessed=gene == "CYP2D6" and source is CallSource.OUTSIDE,
        warnings=tuple(_doubts(gene, read, said, score, pairs, table)),
        definitions=(definitions or starter()).name,
    )


def _decided(
    read: Diplotype | None, said: str, score: str, table: PhenotypeTable | None
) -> tuple[Diplotype, ...]:
    alleles = {"alleles": read.alleles, "functions": read.functions} if read else {"alleles": ()}
    if score and table is not None and table.has_scores:
        meaning = table.of_score(score)
        return (Diplotype(**alleles, phenotype=meaning.phenotype, activity_score=score, lookup_key=score),)
    if not said or (read and read.phenotype == said):
        return (read,) if read else ()
    meanings = table.of_phenotype(said) if table is not None else ()
    if not meanings:
        return (Diplotype(**alleles, phenotype=said, lookup_key=said),)
    return tuple(
        Diplotype(
            **alleles, phenotype=said, activity_score=one.activity_score, lookup_key=one.lookup_key or said
        )
        for one in meanings
    )


def _doubts(
    gene: str,
    read: Diplotype | None,
    said: str,
    score: str,
    pairs: tuple[Diplotype, ...],
    table: PhenotypeTable | None,
) -> Iterator[str]:
    taken = pairs[0]
    if read and taken.phenotype != read.phenotype and read.phenotype:
        yield f"{read.name} means {read.phenotype}, not {taken.phenotype or 'the value given'}; the latter was taken."
    if read and score and read.activity_score and read.activity_score != score:
        yield f"{read.name} has activity score {read.activity_score}, not {score}; the latter was taken."
    if said and score and taken.phenotype not in ("", said):
        yield f"Activity score {score} means {taken.phenotype}, not {said}; the score was taken."
    if read and table is not None and not all(read.functions):
        unknown = [name for name, does in zip(read.alleles, read.functions, strict=True) if not does]
        yield f"No function is tabulated for {gene} {', '.join(unknown)}."
    if read and all(read.functions) and read.functions and not taken.phenotype:
        yield f"No phenotype is tabulated for {gene} {read.name}."
    if len(pairs) > 1:
        yield f"{said} stands for {len(pairs)} activity scores; guidance may differ between them."
    if taken.phenotype == INDETERMINATE:
        yield f"The phenotype of {taken.name} is indeterminate."
