"""Variants and genes: the class, the criteria, and what a diplotype means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from evals.cases.case import Case, VariantGold
from evals.run.trace import Trace
from evals.scoring.failed import after_crash
from evals.scoring.score import Score, not_applicable, scored
from evals.scoring.wording import names, plain, rows, statements

LITERATURE = "search_literature"
_VARIANT = ("class_right", "criteria_recall", "forbidden_code")
_CLASS = re.compile(
    r"(?P<not>\bnot (?:a )?)?\b(?:(?P<LP>likely[ _]pathogenic)|(?P<LB>likely[ _]benign)"
    r"|(?P<VUS>(?:variant of )?uncertain[ _]significance|vus\b)|(?P<P>pathogenic)\b|(?P<B>benign)\b)"
)
_NAMED = {
    "LP": "likely pathogenic",
    "LB": "likely benign",
    "VUS": "uncertain significance",
    "P": "pathogenic",
    "B": "benign",
}
_UNMET = re.compile(
    r"\b(?:not (?:met|applied|assessed|evaluated|counted|used|given|considered)|unmet|packs (?:pull|import)"
    r"|cannot be|could be|open|was not)\b"
)
_METABOLISER = (
    r"(?:ultra-?rapid|rapid|normal|extensive|intermediate|poor) metaboli[sz]er"
    r"|(?:normal|increased|decreased|poor|no|deficient|variable) function|(?:variable|deficient|normal)(?= \(?g6pd)"
)
_PHENOTYPE = re.compile(rf"(?P<not>\bnot (?:an? )?)?(?P<is>\b(?:{_METABOLISER})|\b(?:positive|negative)\b)")


def variant(case: Case, trace: Trace) -> tuple[Score, ...]:
    """Metrics of ``gold.variant``, over the statements that name it (over all, where none does)."""
    gold = case.gold.variant
    if gold is None:
        return tuple(not_applicable(name, "gold has no variant") for name in _VARIANT)
    said = tuple(statements(trace))
    on_it = tuple(text for text in said if names(gold.name, text)) or said
    scores = (_class(gold, on_it), _criteria(gold, said), _forbidden(gold, said))
    return after_crash(trace, scores, {"class_right": 0.0, "criteria_recall": 0.0, "forbidden_code": 1.0})


def classes(texts: Iterable[str]) -> tuple[str, ...]:
    """The classes that are told, in order; "not pathogenic" is none."""
    hits = (hit for text in texts for hit in _CLASS.finditer(plain(text)) if not hit["not"])
    return tuple(dict.fromkeys(_NAMED[hit.lastgroup or ""] for hit in hits))


def _class(gold: VariantGold, on_it: tuple[str, ...]) -> Score:
    """Right where gold's class ("a|b": one of them) is told and none of the other side."""
    if not gold.significance:
        return not_applicable("class_right", "gold has no class")
    told, wanted = classes(on_it), {plain(one) for one in gold.significance.split("|")}
    against = {side(one) for one in told} - {side(one) for one in wanted} - {0}
    why = f"told {' and '.join(told) or 'none'}, gold {gold.significance}"
    right = bool(wanted & set(told)) and not against
    return scored("class_right", right, why, *([] if right else [why]))


def side(significance: str) -> int:
    """1 for the pathogenic side, -1 for the benign one, 0 between."""
    return 1 if "pathogenic" in significance else -1 if "benign" in significance else 0


def _criteria(gold: VariantGold, said: tuple[str, ...]) -> Score:
    if not gold.criteria:
        return not_applicable("criteria_recall", "gold has no criteria")
    lost = [code for code in gold.criteria if not met(code, said)]
    return scored(
        "criteria_recall", 1 - len(lost) / len(gold.criteria), "", *(f"not met: {code}" for code in lost)
    )


def _forbidden(gold: VariantGold, said: tuple[str, ...]) -> Score:
    if not gold.forbidden:
        return not_applicable("forbidden_code", "no code is forbidden")
    found = [code for code in gold.forbidden if met(code, said)]
    return scored("forbidden_code", bool(found), "", *(f"met: {code}" for code in found))


def met(code: str, said: Iterable[str]) -> bool:
    """Whether a statement gives the code as met: "PM2" by "PM2_Supporting" also, "PVS1_Strong" by itself alone."""
    end = r"(?![a-z0-9_])" if "_" in code else r"(?:_[a-z]+)?(?![a-z0-9_])"
    pattern = re.compile(rf"(?<![a-z0-9_]){re.escape(plain(code))}{end}")
    return any(_holds(pattern, plain(text)) for text in said)


_LISTED = re.compile(r"\bnot (?:met|applied|assessed|evaluated|counted|used|given|considered)\b[^;]*:[^;:]*$")


def _holds(pattern: re.Pattern[str], text: str) -> bool:
    """A code followed or preceded closely by "not met" and the like is not met, nor one of a list after
    "not assessed: ...", nor one that waits for a pack; in a table row, anywhere beside it."""
    if " | " in text:
        return pattern.search(text) is not None and not _UNMET.search(text)
    return any(
        not _UNMET.search(re.split(r"[;.](?:\s|$)", text[hit.end() :], maxsplit=1)[0][:60])
        and not re.search(r"\bnot (?:an? )?$", text[: hit.start()])
        and not _LISTED.search(re.split(r"[.;]\s", text[: hit.start()])[-1])
        for hit in pattern.finditer(text)
    )


def phenotypes(case: Case, trace: Trace) -> tuple[Score, ...]:
    """``phenotype_right``: share of genes whose first told phenotype, in a statement naming the gene, is gold's."""
    wanted = case.gold.phenotypes
    if not wanted:
        return (not_applicable("phenotype_right", "gold has no phenotype"),)
    said = tuple(_computed_first(trace))
    told = {gene: phenotype(gene, said) for gene in wanted}
    wrong = [gene for gene in wanted if not _alike(told[gene], wanted[gene], gene, said)]
    missed = (f"{gene}: told {told[gene] or 'none'}, gold {wanted[gene]}" for gene in wrong)
    return after_crash(
        trace,
        (scored("phenotype_right", 1 - len(wrong) / len(wanted), "", *missed),),
        {"phenotype_right": 0.0},
    )


def _computed_first(trace: Trace) -> Iterator[str]:
    """Table rows, then what other tools than the literature say, then all else: papers speak of people in general."""
    for shown in trace.shown:
        yield from rows(shown)
    for shown in trace.shown:
        yield from (claim.text for claim in shown.claims if claim.tool and claim.tool != LITERATURE)
    yield from statements(trace)


def phenotype(gene: str, said: Iterable[str]) -> str:
    """The first phenotype that a statement naming the gene tells after its name; "" where none does."""
    for text in said:
        low = plain(text)
        start = low.find(plain(gene))
        if start >= 0 and (hit := _PHENOTYPE.search(low, start)) is not None:
            return "" if hit["not"] else _spelt(hit["is"])
    return ""


def _alike(told: str, wanted: str, gene: str, said: tuple[str, ...]) -> bool:
    gold = [_spelt(plain(one)) for one in wanted.split("|")]
    if any(_PHENOTYPE.search(one) for one in gold):
        return bool(told) and any(told in one for one in gold)
    return any(names(wanted, text) and names(gene, text) for text in said)


def _spelt(text: str) -> str:
    return text.replace("metaboliser", "metabolizer").replace("ultra-rapid", "ultrarapid")
