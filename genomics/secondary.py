"""Secondary findings: what the ACMG list (version 3.3, doi:10.1016/j.gim.2025.101454) lets be reported, and when.

Only on request and with consent; only pathogenic and likely pathogenic variants; a recessive gene needs two alleles; a
few genes report less than that. Our copy of the list was not compared with the paper, and every statement says so.
Absence of a finding is no negative screen: the genes that the file covers are listed beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum

from genomics.acmg.criteria import Significance
from genomics.builds import Build
from genomics.effect import Effect
from genomics.gene_facts import Secondary, gene_facts
from genomics.inheritance import Carried, Fit, Inheritance, MoiFit, fit
from genomics.zygosity import Sex, Zygosity, zygosity
from retrieval.evidence import Evidence, Word

REPORTABLE = (Significance.PATHOGENIC, Significance.LIKELY_PATHOGENIC)
_MODES = {"AD": Inheritance.DOMINANT, "AR": Inheritance.RECESSIVE, "XL": Inheritance.X_LINKED}
_TRUNCATING = frozenset(
    {"stop_gained", "nonsense", "frameshift_variant", "splice_donor_variant", "splice_acceptor_variant"}
)


class NotAsked(ValueError):
    """Secondary findings were not asked for, or there is no consent; nothing was looked at."""


class Reason(StrEnum):
    """Why a variant in a listed gene is not reported."""

    CLASS = "not pathogenic or likely pathogenic"
    ONE_ALLELE = "one allele of a recessive gene"
    PHASE = "two alleles, but their phase is not known"
    NARROWED = "the list reports only certain variants of this gene"
    COPIES = "the list reports it on both copies only"
    SEX = "the sex is needed"
    NOT_CARRIED = "not carried or not called"


class Candidate(Word):
    """A classified variant that the file may carry in a listed gene."""

    gene: str
    carried: Carried
    significance: Significance
    by: str
    """Who gave the class: "ClinVar, three stars", "by our own codes"."""
    effect: Effect | None = None


class Reported(Word):
    """A finding to report: one gene, its one or two alleles, and how they fit."""

    gene: str
    names: tuple[str, ...]
    fit: MoiFit
    evidence: Evidence
    """The row of the list; marked unverified."""
    classes: tuple[str, ...] = ()
    """The class by which each allele is reported, and who gave it."""


class Withheld(Word):
    """A variant of a listed gene that the rules do not let be reported."""

    gene: str
    name: str
    reason: Reason


class Screen(Word):
    """What a file says about the list. ``not_covered`` genes were not looked at, or not fully."""

    reported: tuple[Reported, ...]
    withheld: tuple[Withheld, ...]
    """For the laboratory; not for the report."""
    covered: tuple[str, ...]
    not_covered: tuple[str, ...]

    @property
    def says(self) -> str:
        """One sentence that never turns absence into a negative screen."""
        found = f"{len(self.reported)} reportable finding{'s' if len(self.reported) != 1 else ''}"
        total = len(self.covered) + len(self.not_covered)
        return (
            f"{found}; {len(self.covered)} of {total} genes of the ACMG SF v3.3 list are covered by the file. "
            "No finding is not a negative screen; the list was not compared with its paper."
        )


def genes() -> Mapping[str, Secondary]:
    """The listed genes by symbol."""
    return gene_facts().secondary


def screen(
    candidates: Iterable[Candidate],
    *,
    requested: bool,
    consent: bool,
    covered: Collection[str],
    sex: Sex | None = None,
    build: Build | None = None,
) -> Screen:
    """Apply the list's rules. ``covered`` are the symbols whose coding regions the file covers.

    Raises:
        NotAsked: not requested, or without consent.
    """
    if not (requested and consent):
        wanted = "a request" if not requested else "the person's consent"
        raise NotAsked(
            f"Secondary findings are looked at only on request and with consent; {wanted} is missing."
        )
    by_gene: dict[str, list[Candidate]] = {}
    for one in candidates:
        if one.gene.upper() in genes():
            by_gene.setdefault(one.gene.upper(), []).append(one)
    reported: list[Reported] = []
    withheld: list[Withheld] = []
    for symbol, held in sorted(by_gene.items()):
        told, rest = _of_gene(genes()[symbol], held, sex, build)
        reported += told
        withheld += rest
    inside = {symbol.upper() for symbol in covered} & set(genes())
    return Screen(
        reported=tuple(reported),
        withheld=tuple(withheld),
        covered=tuple(sorted(inside)),
        not_covered=tuple(sorted(set(genes()) - inside)),
    )


def _of_gene(
    listed: Secondary, held: Sequence[Candidate], sex: Sex | None, build: Build | None
) -> tuple[list[Reported], list[Withheld]]:
    withheld, good = [], []
    for one in held:
        reason = _barred(listed, one, sex, build)
        if reason:
            withheld.append(Withheld(gene=listed.symbol, name=one.carried.name, reason=reason))
        else:
            good.append(one)
    if not good:
        return [], withheld
    told = fit([one.carried for one in good], _MODES[listed.inheritance], sex, build)
    if told.fit is Fit.FITS or _is_female_carrier(told, sex):
        classes = tuple(f"{one.carried.name}: at least {one.significance}, by {one.by}" for one in good)
        reported = Reported(
            gene=listed.symbol, names=told.alleles, fit=told, evidence=listed.evidence, classes=classes
        )
        return [reported], withheld
    reason = _why_not(told)
    withheld += [Withheld(gene=listed.symbol, name=one.carried.name, reason=reason) for one in good]
    return [], withheld


def _barred(listed: Secondary, one: Candidate, sex: Sex | None, build: Build | None) -> Reason | None:
    """Why a single variant can never be reported; None if it can."""
    copies = zygosity(one.carried.site, one.carried.allele, sex, build)
    if copies in (Zygosity.ABSENT, Zygosity.NOT_CALLED):
        return Reason.NOT_CARRIED
    if one.significance not in REPORTABLE:
        return Reason.CLASS
    if listed.only == "truncating":
        terms = set(one.effect.terms) if one.effect else set()
        return None if terms & _TRUNCATING else Reason.NARROWED
    if listed.only and not (one.effect and one.effect.c_name == listed.only):
        return Reason.NARROWED
    if listed.homozygous_only and copies is not Zygosity.HOMOZYGOUS:
        return Reason.COPIES
    return None


def _is_female_carrier(told: MoiFit, sex: Sex | None) -> bool:
    """A woman with one allele of an X-linked gene may be affected; it is shown with that word, not left out."""
    return told.inheritance is Inheritance.X_LINKED and sex is Sex.FEMALE and told.fit is Fit.CARRIER


def _why_not(told: MoiFit) -> Reason:
    if told.inheritance is Inheritance.X_LINKED and told.fit is Fit.CANNOT_TELL:
        return Reason.SEX
    return Reason.PHASE if told.fit is Fit.POSSIBLE and told.phase is not None else Reason.ONE_ALLELE
