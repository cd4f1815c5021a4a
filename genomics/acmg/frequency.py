"""PM2, BA1, BS1 and BS2: how often the allele was seen.

BA1 and its exceptions: Ghosh 2018 (PMID 30311383). Filtering allele frequency: Whiffin 2017 (PMID 28518168). PM2 is
supporting (ClinGen SVI recommendation v1.0, 2020). Mitochondrial limits: McCormick 2020 (PMID 32906214).
"""

from __future__ import annotations

from genomics.acmg.criteria import Criterion, Strength, Value
from genomics.acmg.gene_rules import CountLimit, GeneRules, Limit
from genomics.acmg.judged import met, not_assessed, not_met
from genomics.acmg.observed import Observed
from genomics.effect import Effect
from genomics.lookups import lines
from genomics.lookups.rows import Frequency, Gap
from retrieval.evidence import Evidence

CODES = ("PM2", "BA1", "BS1", "BS2")
BA1_AT = 0.05
"""BA1 holds from this filtering allele frequency on, where the gene has no limit of its own."""
FEWEST_ALLELES = 2000
"""Alleles looked at (AN) below which a frequency is not used."""
LEFT_OUT = frozenset({"ami", "asj", "fin", "mid", "remaining", "oth"})
"""Ancestry groups that are founder populations, small or mixed: never the group that BA1 or BS1 goes by."""
MITOCHONDRIAL = {"BA1": 0.01, "BS1": 0.005, "PM2": 0.00002}
"""BA1 and BS1 above, PM2 below (PMID 32906214)."""

EXCEPTIONS: dict[str, tuple[str, ...]] = {
    "ACAD9": ("c.-44_-41dup",),
    "GJB2": ("p.Val37Ile",),
    "HFE": ("p.His63Asp", "p.Cys282Tyr"),
    "MEFV": ("p.Pro369Ser", "p.Arg408Gln"),
    "PIBF1": ("p.Arg405Gln",),
    "ACADS": ("p.Arg171Trp",),
    "BTD": ("p.Asp444His",),
}
"""Frequent and yet not benign: BA1 is never given (PMID 30311383), and here BS1 neither, by the same reason."""


def judge(observed: Observed, rules: GeneRules) -> tuple[Criterion, ...]:
    """PM2, BA1, BS1 and BS2, in this order. No row means not assessed, never "absent"."""
    row = observed.frequency
    if isinstance(row, Gap):
        return tuple(not_assessed(code, f"frequency: {row.reason}", command=row.command) for code in CODES)
    doubt = _doubt(row, observed.is_mitochondrial)
    if doubt:
        return tuple(not_assessed(code, doubt) for code in CODES)
    common = _ba1(observed, row, rules)
    return (
        _pm2(observed, row, rules),
        common,
        _bs1(observed, row, rules, covered=common.counts),
        _bs2(observed, row, rules),
    )


def filtering_frequency(count: int, number: int) -> float:
    """Lower bound of the one-sided 95 % Poisson interval of a frequency: the FAF of Whiffin 2017 (PMID 28518168).

    Raises:
        ValueError: no allele was looked at, or more were seen than looked at.
    """
    if number <= 0 or not 0 <= count <= number:
        raise ValueError(f"{count} of {number} alleles is no frequency")
    if count == 0:
        return 0.0
    from scipy.special import gammaincinv

    return float(gammaincinv(count, 0.05)) / number


def _doubt(row: Frequency, mitochondrial: bool) -> str:
    if not row.passed:
        return f"frequency: the record did not pass the filters of {row.source.title}"
    if not row.number and not mitochondrial:
        return "frequency: how many alleles were looked at is not known"
    if not row.number:
        return f"frequency: how many alleles were looked at is not told in {row.source.title}"
    if row.number < FEWEST_ALLELES and not mitochondrial:
        return f"frequency: only {row.number} alleles were looked at, fewer than {FEWEST_ALLELES}"
    return ""


def _faf(row: Frequency) -> float:
    if row.faf95 is not None:
        return row.faf95
    return filtering_frequency(row.count, row.number)


def _pm2(observed: Observed, row: Frequency, rules: GeneRules) -> Criterion:
    if rules.not_used("PM2"):
        return not_assessed("PM2", rules.not_used("PM2"))
    limit = MITOCHONDRIAL["PM2"] if observed.is_mitochondrial else (rules.pm2.at if rules.pm2 else None)
    evidence = (lines.evidence(row), *_limit_evidence(observed, rules, rules.pm2, "PM2 below"))
    if row.count == 0:
        return met(
            "PM2",
            Strength.SUPPORTING,
            f"not seen {'homoplasmic ' if observed.is_mitochondrial else ''}in {row.number} alleles",
            values=_values(row),
            evidence=evidence,
        )
    if limit is None:
        why = f"seen {_times(row.count)} in {row.number} alleles; without a limit of the gene only absence counts"
        return not_met("PM2", why, values=_values(row))
    at_limit = rules.pm2 is not None and rules.pm2.inclusive and row.frequency == limit
    told = f"frequency {row.frequency:.3g}{_in(row)}"
    if row.frequency < limit or at_limit:
        why = f"{told} is below {limit:g}"
        return met("PM2", Strength.SUPPORTING, why, values=_values(row), evidence=evidence)
    return not_met("PM2", f"{told} is not below {limit:g}", values=_values(row))


def _ba1(observed: Observed, row: Frequency, rules: GeneRules) -> Criterion:
    blocked = rules.not_used("BA1") or _group_left_out(row)
    if blocked:
        return not_assessed("BA1", blocked)
    told, above = _against(observed, row, rules.ba1, MITOCHONDRIAL["BA1"], default=BA1_AT)
    if not above:
        return not_met("BA1", told, values=_values(row))
    excepted = _excepted("BA1", observed, told)
    if excepted:
        return excepted
    evidence = (lines.evidence(row), *_limit_evidence(observed, rules, rules.ba1, "BA1 above"))
    return met("BA1", Strength.STAND_ALONE, told, values=_values(row), evidence=evidence)


def _bs1(observed: Observed, row: Frequency, rules: GeneRules, *, covered: bool) -> Criterion:
    blocked = rules.not_used("BS1") or _group_left_out(row)
    if blocked:
        return not_assessed("BS1", blocked)
    if covered:
        return not_met("BS1", "BA1 counts already, and speaks of the same frequency", values=_values(row))
    if rules.bs1 is None and not observed.is_mitochondrial:
        why = "no limit is held for the gene; it takes the disease's prevalence, heterogeneity and penetrance"
        return not_assessed("BS1", f"{why} (PMID 28518168)")
    told, above = _against(observed, row, rules.bs1, MITOCHONDRIAL["BS1"])
    evidence = (lines.evidence(row), *_limit_evidence(observed, rules, rules.bs1, "BS1 above"))
    excepted = _excepted("BS1", observed, told)
    if excepted:
        return excepted
    if above:
        return met("BS1", Strength.STRONG, told, values=_values(row), evidence=evidence)
    if rules.bs1_supporting and not observed.is_mitochondrial:
        told, above = _against(observed, row, rules.bs1_supporting, MITOCHONDRIAL["BS1"])
        if above:
            evidence = (
                lines.evidence(row),
                *_limit_evidence(observed, rules, rules.bs1_supporting, "BS1 supporting above"),
            )
            return met("BS1", Strength.SUPPORTING, told, values=_values(row), evidence=evidence)
    return not_met("BS1", told, values=_values(row))


def _excepted(code: str, observed: Observed, told: str) -> Criterion | None:
    """The code turned down for a listed variant, and left open where a gene of the list has an unnamed one."""
    listed = EXCEPTIONS.get(observed.gene.upper())
    if listed is None:
        return None
    if isinstance(observed.effect, Gap) or not (observed.effect.c_name or observed.effect.p_name):
        why = f"{told}, but {observed.gene} has variants on the list of exceptions, and this one has no name here"
        return not_assessed(code, f"{why} (PMID 30311383)")
    if not _is_listed(observed.effect, listed):
        return None
    return not_met(code, f"{told}, but the variant is on the list of exceptions (PMID 30311383)")


def _bs2(observed: Observed, row: Frequency, rules: GeneRules) -> Criterion:
    rule = rules.bs2
    if rule is None or observed.is_mitochondrial:
        why = "healthy carriers count only where full penetrance at an early age is known; no rule of the gene says so"
        return not_assessed("BS2", why)
    seen = row.homozygotes if rule.what == "homozygotes" else row.hemizygotes
    if seen is None:
        return not_assessed("BS2", f"the number of {rule.what} is not given in {row.source.title}")
    told = f"{seen} {rule.what} in {row.source.title}"
    if seen < rule.at_least:
        return not_met("BS2", f"{told}, fewer than {rule.at_least}", values=_values(row))
    why = f"{told}, at least {rule.at_least}"
    evidence = (lines.evidence(row), rules.evidence(rule, _says(rule)))
    return met("BS2", rule.strength, why, values=_values(row), evidence=evidence)


def _against(
    observed: Observed,
    row: Frequency,
    limit: Limit | None,
    mitochondrial: float,
    default: float | None = None,
) -> tuple[str, bool]:
    if observed.is_mitochondrial:
        return _compared(row.frequency, mitochondrial, inclusive=False, told=f"frequency {row.frequency:.3g}")
    faf = _faf(row)
    told = f"filtering allele frequency {faf:.3g}{_in(row)}"
    if limit is None:
        assert default is not None  # a code without default was answered before
        return _compared(faf, default, inclusive=True, told=told)
    return _compared(faf, limit.at, inclusive=limit.inclusive, told=told)


def _compared(value: float, limit: float, *, inclusive: bool, told: str) -> tuple[str, bool]:
    above = value > limit or (inclusive and value == limit)
    return f"{told} is {'above' if above else 'not above'} {limit:g}", above


def _group_left_out(row: Frequency) -> str:
    if row.group.lower() not in LEFT_OUT:
        return ""
    return f"the frequency is that of the group {row.group}, which is left out for BA1 and BS1"


def _is_listed(effect: Effect | Gap, listed: tuple[str, ...]) -> bool:
    return isinstance(effect, Effect) and bool(
        {effect.c_name, effect.p_name.replace("(", "").replace(")", "")} & set(listed)
    )


def _values(row: Frequency) -> tuple[Value, ...]:
    told = [
        Value(name="frequency", value=f"{row.frequency:.6g}"),
        Value(name="alleles seen", value=str(row.count)),
        Value(name="alleles looked at", value=str(row.number)),
    ]
    if row.faf95 is not None:
        told.append(Value(name="filtering allele frequency (95 %)", value=f"{row.faf95:.6g}"))
    if row.homozygotes is not None:
        told.append(Value(name="homozygotes", value=str(row.homozygotes)))
    return tuple(told)


def _limit_evidence(
    observed: Observed, rules: GeneRules, limit: Limit | None, says: str
) -> tuple[Evidence, ...]:
    if limit is None or observed.is_mitochondrial:
        return ()
    return (rules.evidence(limit, f"{says} {limit.at:g}"),)


def _says(rule: CountLimit) -> str:
    return f"BS2 {rule.strength} from {rule.at_least} {rule.what} on"


def _in(row: Frequency) -> str:
    return f" in the group {row.group}" if row.group else ""


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
