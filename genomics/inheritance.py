"""Whether the alleles that a person carries in one gene fit the gene's mode of inheritance.

The caller chooses which alleles count (for a diagnosis the pathogenic and likely pathogenic ones); here only copies,
phase, sex and relatives are weighed. Nothing is inferred where the record is silent: an unknown phase stays "compound
heterozygote possible", an unknown sex on X is asked for, and a mitochondrial allele needs its heteroplasmy.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from itertools import combinations

from genomics import phenotype
from genomics.acmg.gene_rules import rules_for
from genomics.builds import Build
from genomics.facts import facts
from genomics.gene_facts import gene_facts
from genomics.genotype import Site
from genomics.lookups import lines
from genomics.lookups.rows import Dosage
from genomics.zygosity import Phase, Sex, Zygosity, is_single_copy_in_men, phase, zygosity
from retrieval.evidence import Evidence, Word


class Inheritance(StrEnum):
    """Mode of inheritance of a gene's condition."""

    DOMINANT = "autosomal dominant"
    RECESSIVE = "autosomal recessive"
    X_LINKED = "X-linked"
    MITOCHONDRIAL = "mitochondrial"
    UNKNOWN = "unknown"


class Fit(StrEnum):
    """How the alleles fit."""

    FITS = "fits an affected person"
    POSSIBLE = "may fit"
    CARRIER = "carrier"
    DOES_NOT_FIT = "does not fit"
    CANNOT_TELL = "cannot tell"


class Carried(Word):
    """One alternative allele of the person, and what the parents have at its site."""

    name: str
    """As it is shown: "c.68_69del" or "17-43124027-ACT-A"."""
    site: Site
    allele: int
    """Index into ``site.alleles``, 1 or more."""
    mother: Site | None = None
    """The mother's site, with its own ``alleles``; None if she was not looked at."""
    father: Site | None = None
    heteroplasmy: float | None = None
    """Share of mitochondrial copies with the allele, 0 to 1."""

    @property
    def bases(self) -> str:
        return self.site.alleles[self.allele]


class MoiFit(Word):
    """How the carried alleles of one gene fit its mode of inheritance, and why."""

    fit: Fit
    inheritance: Inheritance
    pattern: str
    """homozygous, compound heterozygous in trans, one allele, hemizygous …"""
    why: str
    alleles: tuple[str, ...]
    phase: Phase | None = None
    """Of the two alleles that decide, where two do."""
    missing: tuple[str, ...] = ()
    """What would settle it: "sex", "phase: parents' samples or long reads", "heteroplasmy fraction"."""
    not_in_parents: tuple[str, ...] = ()
    """Alleles seen in neither called parent: a new change is possible; parentage was not examined."""


class Moi(Word):
    """A mode of inheritance and who says so; no evidence for unknown and for the mitochondrial genome."""

    inheritance: Inheritance
    told_by: str
    evidence: Evidence | None = None


_SHORT = {
    "AD": Inheritance.DOMINANT,
    "AR": Inheritance.RECESSIVE,
    "XL": Inheritance.X_LINKED,
    "MT": Inheritance.MITOCHONDRIAL,
}
_PHASE_WANTED = "phase: both parents' samples, or phased reads"


_BY_ONTOLOGY = {
    "Autosomal dominant inheritance": Inheritance.DOMINANT,
    "Autosomal recessive inheritance": Inheritance.RECESSIVE,
    "X-linked inheritance": Inheritance.X_LINKED,
    "X-linked dominant inheritance": Inheritance.X_LINKED,
    "X-linked recessive inheritance": Inheritance.X_LINKED,
    "Mitochondrial inheritance": Inheritance.MITOCHONDRIAL,
}


def moi_by_ontology(gene: str) -> Moi | None:
    """The one mode of inheritance that HPO annotates; None without one, or where its diseases differ.

    Loads the ontology on first use (seconds), so that it is asked only where nothing else tells.
    """
    modes = {_BY_ONTOLOGY[one.name] for one in phenotype.inheritance_of(gene) if one.name in _BY_ONTOLOGY}
    if len(modes) != 1:
        return None
    evidence = phenotype.inheritance_evidence(gene)
    return Moi(inheritance=modes.pop(), told_by=f"HPO {phenotype.RELEASE}", evidence=evidence)


def moi_of(gene: str, contig: str = "", dosage: Dosage | None = None) -> Moi:
    """The mode of inheritance by the panel's rule, the dosage list, an accepted mechanism or the secondary list.

    ``dosage`` is the row of the dosage pack, where it is held. A score of 3 says dominant for autosomes alone; on X
    it says X-linked.
    """
    symbol = gene.upper()
    if symbol.startswith("MT-") or contig == "MT":
        return Moi(inheritance=Inheritance.MITOCHONDRIAL, told_by="the gene lies on mitochondrial DNA")
    rules = rules_for(symbol)
    if rules.inheritance:
        return Moi(inheritance=_SHORT[rules.inheritance], told_by=rules.version)
    fact, more = facts().genes.get(symbol), gene_facts()
    known, listed = more.mechanisms.get(symbol), more.secondary.get(symbol)
    score = dosage.haploinsufficiency if dosage else fact.haploinsufficiency if fact else None
    row = lines.evidence(dosage) if dosage else fact.evidence if fact else None
    if score == 30:
        return Moi(inheritance=Inheritance.RECESSIVE, told_by="ClinGen dosage list", evidence=row)
    if known:
        return Moi(inheritance=_SHORT[known.inheritance], told_by="expert panel", evidence=known.evidence)
    if listed:
        told = "ACMG secondary findings list (not compared with the paper)"
        return Moi(inheritance=_SHORT[listed.inheritance], told_by=told, evidence=listed.evidence)
    if score == 3 and contig:
        kind = Inheritance.X_LINKED if contig == "X" else Inheritance.DOMINANT
        return Moi(inheritance=kind, told_by="ClinGen dosage list", evidence=row)
    return Moi(inheritance=Inheritance.UNKNOWN, told_by="no source held here states it")


def fit(
    carried: Sequence[Carried], inheritance: Inheritance, sex: Sex | None = None, build: Build | None = None
) -> MoiFit:
    """How the alleles that a person carries in one gene fit.

    Raises:
        ValueError: no allele was given, or an index names no alternative allele.
    """
    if not carried or any(not 1 <= one.allele < len(one.site.alleles) for one in carried):
        raise ValueError("at least one alternative allele of the gene is needed")
    held = [(one, zygosity(one.site, one.allele, sex, build)) for one in carried]
    there: _Held = [(one, how) for one, how in held if how not in (Zygosity.ABSENT, Zygosity.NOT_CALLED)]
    told = _by_mode(there, inheritance, sex, build) if there else _absent(carried, inheritance)
    return told.model_copy(update={"not_in_parents": tuple(one.name for one, _ in there if _is_new(one))})


_Held = list[tuple[Carried, Zygosity]]


def _by_mode(held: _Held, inheritance: Inheritance, sex: Sex | None, build: Build | None) -> MoiFit:
    if inheritance is Inheritance.DOMINANT:
        names = _names(held)
        how = "homozygous" if _doubled(held) else "one allele"
        return _told(Fit.FITS, inheritance, how, "One allele is enough.", names)
    if inheritance is Inheritance.RECESSIVE:
        return _two_copies(held, inheritance)
    if inheritance is Inheritance.X_LINKED:
        return _x_linked(held, sex, build)
    if inheritance is Inheritance.MITOCHONDRIAL:
        return _mitochondrial(held)
    how = "homozygous" if _doubled(held) else f"{len(held)} allele{'s' if len(held) > 1 else ''}"
    why = "The mode of inheritance is not known here."
    return _told(Fit.CANNOT_TELL, inheritance, how, why, _names(held), missing=("mode of inheritance",))


def _two_copies(held: _Held, inheritance: Inheritance) -> MoiFit:
    """Both copies must be hit: homozygous, hemizygous, or two different alleles in trans."""
    doubled = _doubled(held)
    if doubled:
        one, how = doubled[0]
        why = (
            "Both copies carry the allele."
            if how is Zygosity.HOMOZYGOUS
            else "The only copy called carries it."
        )
        return _told(Fit.FITS, inheritance, how, why, (one.name,))
    pairs = [(phase_of(a, b), a, b) for (a, _), (b, _) in combinations(held, 2)]
    for wanted, kind in ((Phase.TRANS, Fit.FITS), (Phase.UNKNOWN, Fit.POSSIBLE)):
        for lie, a, b in pairs:
            if lie is wanted:
                return _compound(kind, inheritance, lie, a, b)
    partial = [one for one, how in held if how is Zygosity.PARTIAL]
    if partial:
        why = "One allele is known; the other copy was not called."
        return _told(
            Fit.POSSIBLE, inheritance, "one known allele", why, _names(held), missing=("the other allele",)
        )
    both = Phase.CIS if pairs else None
    why = "All alleles lie on one copy." if pairs else "One allele of a recessive gene."
    return _told(Fit.CARRIER, inheritance, "one copy", why, _names(held), phase=both)


def _compound(kind: Fit, inheritance: Inheritance, lie: Phase, a: Carried, b: Carried) -> MoiFit:
    names = (a.name, b.name)
    if lie is Phase.TRANS:
        why = "The two alleles lie on different copies."
        return _told(kind, inheritance, "compound heterozygous in trans", why, names, phase=lie)
    why = "Two different alleles; whether they lie on different copies is not known."
    pattern = "compound heterozygote possible, phase unknown"
    return _told(kind, inheritance, pattern, why, names, phase=lie, missing=(_PHASE_WANTED,))


def _x_linked(held: _Held, sex: Sex | None, build: Build | None) -> MoiFit:
    mode, names = Inheritance.X_LINKED, _names(held)
    if sex is None:
        why = "On X the sex decides, and the record does not state it."
        return _told(Fit.CANNOT_TELL, mode, "sex not stated", why, names, missing=("sex",))
    if sex is Sex.FEMALE:
        return _x_of_a_woman(held)
    if not any(is_single_copy_in_men(one.site, build) for one, _ in held):
        return _pseudoautosomal(held)
    mixed = [
        one.name
        for one, how in held
        if how is Zygosity.HETEROZYGOUS and is_single_copy_in_men(one.site, build)
    ]
    if mixed:
        why = "A man has one X, yet two alleles were called: is the sex right, or is it a mosaic or a repeat?"
        return _told(Fit.CANNOT_TELL, mode, "heterozygous on X", why, tuple(mixed), missing=("sex",))
    return _told(Fit.FITS, mode, "male hemizygous", "His only copy of X carries it.", names)


def _x_of_a_woman(held: _Held) -> MoiFit:
    mode, names = Inheritance.X_LINKED, _names(held)
    if any(how is Zygosity.HEMIZYGOUS for _, how in held):
        why = "A woman has two X, yet one copy was called: is the sex right, or is the other copy deleted?"
        return _told(Fit.CANNOT_TELL, mode, "one copy of X called", why, names, missing=("sex",))
    both = _two_copies(held, mode)
    if both.fit is not Fit.CARRIER:
        return both
    why = "One of two copies; she may be affected herself."
    return _told(Fit.CARRIER, mode, "female carrier", why, names, phase=both.phase)


def _pseudoautosomal(held: _Held) -> MoiFit:
    """Where X and Y are alike a man has two copies, and a gene may be dominant there."""
    both = _two_copies(held, Inheritance.X_LINKED)
    if both.fit is not Fit.CARRIER:
        return both
    why = "One of two copies: in the pseudoautosomal regions a man has two, and one may be enough."
    pattern = "one copy, pseudoautosomal"
    return _told(Fit.POSSIBLE, Inheritance.X_LINKED, pattern, why, _names(held), phase=both.phase)


def _mitochondrial(held: _Held) -> MoiFit:
    mode, names = Inheritance.MITOCHONDRIAL, _names(held)
    known = [one for one, _ in held if one.heteroplasmy is not None]
    if not known:
        why = "How many mitochondrial copies carry it is not told, and that decides."
        return _told(
            Fit.CANNOT_TELL, mode, "heteroplasmy not told", why, names, missing=("heteroplasmy fraction",)
        )
    shares = ", ".join(f"{one.name} {100 * (one.heteroplasmy or 0):.0f} %" for one in known)
    why = f"Heteroplasmy: {shares}; the share that makes ill differs by variant and tissue."
    return _told(Fit.POSSIBLE, mode, "heteroplasmic", why, names, missing=("tissue",))


def phase_of(one: Carried, other: Carried) -> Phase:
    """By the person's own file, else by both parents: one allele from each is trans, both from one is cis."""
    own = phase(one.site, one.allele, other.site, other.allele)
    if own is not Phase.UNKNOWN:
        return own
    origins = _origin(one), _origin(other)
    if None in origins:
        return Phase.UNKNOWN
    return Phase.CIS if origins[0] == origins[1] else Phase.TRANS


def _origin(one: Carried) -> str | None:
    """The parent from whom the allele comes; None if a parent was not called, or both or neither have it."""
    mother, father = _has(one.mother, one), _has(one.father, one)
    if mother is None or father is None or mother == father:
        return None
    return "mother" if mother else "father"


def _is_new(one: Carried) -> bool:
    return _has(one.mother, one) is False and _has(one.father, one) is False


def _has(parent: Site | None, one: Carried) -> bool | None:
    """Whether the parent has the allele; None if not looked at, not fully called, or spelled at another place."""
    if parent is None or (parent.contig, parent.pos) != (one.site.contig, one.site.pos):
        return None
    if parent.alleles[0] != one.site.alleles[0]:
        return None
    if one.bases in parent.bases:
        return True
    return False if parent.is_called else None


def _doubled(held: _Held) -> _Held:
    return [pair for pair in held if pair[1] in (Zygosity.HOMOZYGOUS, Zygosity.HEMIZYGOUS)]


def _names(held: _Held) -> tuple[str, ...]:
    return tuple(one.name for one, _ in held)


def _absent(carried: Sequence[Carried], inheritance: Inheritance) -> MoiFit:
    called = all(one.site.is_called for one in carried)
    names = tuple(one.name for one in carried)
    if called:
        return _told(Fit.DOES_NOT_FIT, inheritance, "not carried", "No copy carries it.", names)
    why = "The genotype was not called."
    return _told(Fit.CANNOT_TELL, inheritance, "not called", why, names, missing=("genotype",))


def _told(
    kind: Fit,
    inheritance: Inheritance,
    pattern: str,
    why: str,
    names: tuple[str, ...],
    *,
    phase: Phase | None = None,
    missing: tuple[str, ...] = (),
) -> MoiFit:
    return MoiFit(
        fit=kind,
        inheritance=inheritance,
        pattern=pattern,
        why=why,
        alleles=names,
        phase=phase,
        missing=missing,
    )
