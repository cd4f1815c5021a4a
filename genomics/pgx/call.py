"""Pharmacogene calls of one person: from a file, from other tools' calls, or as stated by the clinician.

A gene without any called position has no call, never the reference allele; what is missing is named. CYP2D6 is never
called from a file of small variants: deletions, duplications and hybrids do not show there. HLA-A, HLA-B and MT-RNR1
come from outside calls only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from genomics import builds
from genomics.builds import Build
from genomics.genotype import Site
from genomics.pgx import lowest_function
from genomics.pgx.definitions import Definitions, GeneDefinition
from genomics.pgx.hidden import Hidden, hidden, hidden_lowest
from genomics.pgx.lowest_function import lowest
from genomics.pgx.matcher import Fit, Match, match, told_apart
from genomics.pgx.outside_calls import OutsideCall
from genomics.pgx.phenotype import PhenotypeTable, diplotype
from genomics.pgx.positions import Genotype, Reading, Sites, read
from genomics.pgx.starter import starter, table_for
from genomics.pgx.stated import StatedError, called_outside, stated
from genomics.pgx.words import CallSource, Diplotype, GeneCall, NoCall

__all__ = ["OUTSIDE_ONLY", "StatedError", "call_genes", "stated"]

OUTSIDE_ONLY: Mapping[str, str] = {
    "CYP2D6": "deletions, duplications and hybrid genes do not show in a file of small variants",
    "HLA-A": "HLA types cannot be read from the positions of a variant file",
    "HLA-B": "HLA types cannot be read from the positions of a variant file",
    "MT-RNR1": "mitochondrial variants need a heteroplasmy-aware caller",
}
"""Genes that are never called from a file, and why."""
_TOXIC = frozenset(("CACNA1S", "DPYD", "G6PD", "NUDT15", "RYR1", "TPMT"))
"""Here an undocumented base counts as reference, so that other, known variants are not lost (PharmCAT, read)."""
_ALONE = {"SLCO1B1": ("rs4149056", {"T": "*1", "C": "*5"})}
"""Genes that one position may decide if no diplotype fits (CPIC statin guideline, PMID 35152405)."""
_NEVER_TOLD = {"G6PD": ("Mediterranean Haplotype", "Villeurbanne")}
"""Alleles that the published definition leaves out, so that no call excludes them."""
_SHOWN = 3
Called = tuple[tuple[GeneCall, ...], tuple[NoCall, ...]]


def call_genes(
    sites: Mapping[tuple[str, int], Site] | Iterable[Site],
    *,
    build: Build | str | None,
    sex: str | None,
    definitions: Definitions | None,
    outside: Sequence[OutsideCall] = (),
    genes: Sequence[str] | None = None,
    source: CallSource = CallSource.VCF,
) -> Called:
    """Calls and refusals, one per gene, in the order of the genes asked for (default: all, those called outside last).

    On GRCh38 sites are found by position, else by rsID. Without ``definitions`` the starter alleles are tested. An
    outside call beats the file. With outside calls and no sites at all, only the former are answered.
    """
    held = definitions or starter()
    named = builds.named(build) if isinstance(build, str) else build
    file = _File(Sites(sites, build=named), held, definitions, _sex(sex), source)
    reported = {one.gene: one for one in outside}
    calls: list[GeneCall] = []
    refused: list[NoCall] = []
    for gene in genes if genes is not None else _all(file, reported):
        answer = _outside(gene, reported, file) if gene in reported else file.call(gene)
        (calls if isinstance(answer, GeneCall) else refused).append(answer)  # type: ignore[arg-type]
    return tuple(calls), tuple(refused)


def _all(file: _File, reported: Mapping[str, OutsideCall]) -> list[str]:
    if reported and file.sites.is_empty:
        return list(reported)
    return list(dict.fromkeys((*sorted(file.held.genes), *OUTSIDE_ONLY, *reported)))


def _sex(word: str | None) -> str:
    return {"m": "male", "male": "male", "f": "female", "female": "female"}.get(
        (word or "").strip().lower(), ""
    )


def _outside(gene: str, reported: Mapping[str, OutsideCall], file: _File) -> GeneCall | NoCall:
    """The outside call, with a warning where the file says something else."""
    call = called_outside(reported[gene], file.definitions, CallSource.OUTSIDE)
    if isinstance(call, NoCall) or file.sites.is_empty or gene in OUTSIDE_ONLY:
        return call
    own = file.call(gene)
    if isinstance(own, NoCall):
        return call
    ours, theirs = ({pair.name for pair in one.diplotypes} for one in (own, call))
    if not theirs - {""} or ours & theirs:
        return call
    warning = f"The file says {' or '.join(sorted(ours))}; the outside call was taken."
    return call.model_copy(update={"warnings": (*call.warnings, warning)})


@dataclass(frozen=True)
class _File:
    """One person's sites and what they are compared with."""

    sites: Sites
    held: Definitions
    definitions: Definitions | None
    sex: str
    source: CallSource

    def call(self, gene: str) -> GeneCall | NoCall:
        if gene in OUTSIDE_ONLY:
            return _needs_outside(gene)
        definition = self.held.genes.get(gene)
        if definition is None:
            return NoCall(gene=gene, reason=self._not_held(gene))
        if definition.contig == "X" and not self.sex:
            return NoCall(gene=gene, reason=f"{gene} lies on the X chromosome.", missing=("sex",))
        reading = read(
            definition.loci, self.sites, hemizygous=definition.contig == "X" and self.sex == "male"
        )
        return self._refusal(definition, reading) or self._call(definition, reading)

    def _not_held(self, gene: str) -> str:
        if self.definitions is None:
            return f"The starter alleles do not hold {gene}; `consilium packs pull pharmcat` brings its definition."
        return f"{self.held.name} do not define {gene}."

    def _refusal(self, definition: GeneDefinition, reading: Reading) -> NoCall | None:
        gene, missing = definition.gene, _missing(definition, reading)
        if reading.unfitting:
            reason = (
                f"{gene} is not called, for the file does not fit: {'; '.join(reading.unfitting.values())}."
            )
            return NoCall(gene=gene, reason=reason, missing=tuple(reading.unfitting))
        if not reading.called:
            return NoCall(
                gene=gene, reason=f"No position of {gene} was called in this file.", missing=missing
            )
        required = tuple(
            locus.name
            for index, locus in enumerate(definition.loci)
            if locus.pos in definition.required and index not in reading.called
        )
        if required:
            return NoCall(
                gene=gene, reason=f"{gene} is not called without these positions.", missing=required
            )
        if definition.contig == "X" and self._contradicts_sex(reading):
            reason = f"{gene}: two different alleles on the X chromosome of a male, or one copy in a female."
            return NoCall(gene=gene, reason=reason, missing=("sex",))
        return None

    def _contradicts_sex(self, reading: Reading) -> bool:
        if self.sex == "male":
            return any(one.is_heterozygous for one in reading.called.values())
        return any(len(one.bases) == 1 for one in reading.called.values())

    def _call(self, definition: GeneDefinition, reading: Reading) -> GeneCall | NoCall:
        table = table_for(definition.gene, self.definitions)
        known, strange = _documented(definition, reading)
        if strange and definition.gene not in _TOXIC:
            return self._undecided(definition, reading, table, strange)
        if definition.gene in lowest_function.GENES:
            answer = self._lowest(definition, known, table, strange)
            read_well = _readable(definition, reading)
            return _with(answer, hidden_lowest(definition, read_well, answer.diplotypes[0], table))
        found = match(definition, known)
        if not found.every:
            return self._undecided(definition, reading, table, ())
        pick, note = _by_priority(definition, found)
        pairs = tuple(_diplotype(definition.gene, fit, table) for fit in pick)
        warnings = (*strange, *note, *_other_phases(definition.gene, found, pick, pairs, table))
        answer = self._answer(definition, known, pairs, warnings, found.in_order, found.not_excluded)
        return _with(answer, hidden(definition, _readable(definition, reading), pairs, table))

    def _lowest(
        self,
        definition: GeneDefinition,
        reading: Reading,
        table: PhenotypeTable | None,
        strange: tuple[str, ...],
    ) -> GeneCall:
        found = lowest(definition, reading, table)
        pair = diplotype(definition.gene, found.pair, table)
        hidden = tuple(
            allele.name
            for allele in definition.alleles[1:]
            if allele.defined and not any(index in reading.called for index in allele.defined)
        )
        warnings = (*strange, *found.warnings, *_presumed(found.in_order, found.variants))
        answer = self._answer(definition, reading, (pair,), warnings, found.in_order, hidden)
        return answer.model_copy(update={"variants": (*found.variants, *answer.variants)})

    def _undecided(
        self,
        definition: GeneDefinition,
        reading: Reading,
        table: PhenotypeTable | None,
        strange: Sequence[str],
    ) -> GeneCall | NoCall:
        """No diplotype explains the file: one position may still decide, else there is no call."""
        why = (
            " ".join(strange)
            or f"No pair of defined {definition.gene} alleles explains the called positions."
        )
        alone = _by_one_position(definition, reading)
        if not alone:
            return NoCall(gene=definition.gene, reason=why, missing=_missing(definition, reading))
        rsid, names = alone
        pair = diplotype(definition.gene, names, table)
        warning = f"{why} The call rests on {rsid} alone."
        return self._answer(definition, reading, (pair,), (warning,), None, ())

    def _answer(
        self,
        definition: GeneDefinition,
        reading: Reading,
        pairs: tuple[Diplotype, ...],
        warnings: Sequence[str],
        in_order: bool | None,
        not_excluded: tuple[str, ...],
    ) -> GeneCall:
        told = told_apart(definition, reading.called)
        starter_set = " (starter set)" if self.definitions is None else ""
        return GeneCall(
            gene=definition.gene,
            source=self.source,
            diplotypes=pairs,
            phased=in_order,
            called_positions=len(reading.called),
            missing_positions=_missing(definition, reading),
            not_excluded=(*not_excluded, *_NEVER_TOLD.get(definition.gene, ())),
            variants=_beside(definition, self.sites),
            tested=f"{told} of {definition.tested_of or len(definition.alleles)} alleles{starter_set}",
            warnings=(
                *warnings,
                *_untabulated(pairs),
                *_half_called(definition, reading),
                *reading.warnings,
            ),
            definitions=self.held.name,
        )


def _needs_outside(gene: str) -> NoCall:
    reason = f"{gene} is not called from a file: {OUTSIDE_ONLY[gene]}."
    return NoCall(gene=gene, reason=reason, missing=(f"outside call of {gene} (diplotype or phenotype)",))


def _readable(definition: GeneDefinition, reading: Reading) -> Mapping[int, Genotype]:
    """The called loci without those whose bases no allele defines: what counts as reference there was not seen."""
    return reading.without(reading.undocumented(definition.loci)).called


def _with(call: GeneCall, more: Hidden) -> GeneCall:
    return call.model_copy(update={"hidden": more.alleles, "otherwise": more.pairs})


def _missing(definition: GeneDefinition, reading: Reading) -> tuple[str, ...]:
    return tuple(locus.name for index, locus in enumerate(definition.loci) if index not in reading.called)


def _untabulated(pairs: Sequence[Diplotype]) -> tuple[str, ...]:
    """Alleles without a function although their gene has a table."""
    unknown = {
        name
        for pair in pairs
        for name, function in zip(pair.alleles, pair.functions, strict=False)
        if not function
    }
    return (f"No function is tabulated for {', '.join(sorted(unknown))}.",) if unknown else ()


def _half_called(definition: GeneDefinition, reading: Reading) -> tuple[str, ...]:
    return tuple(
        f"{definition.loci[index].name}: only one copy was called ({'/'.join(base or '.' for base in bases)}); "
        "it counts as missing."
        for index, bases in reading.partial.items()
    )


def _documented(definition: GeneDefinition, reading: Reading) -> tuple[Reading, tuple[str, ...]]:
    """The reading with undocumented bases as reference (used for the toxicity genes only), and what was replaced."""
    strange = reading.undocumented(definition.loci)
    called = dict(reading.called)
    for index in strange:
        locus = definition.loci[index]
        bases = tuple(base if base in locus.bases else locus.ref for base in called[index].bases)
        called[index] = Genotype(bases, called[index].block)
    as_reference = " It counts as reference." if definition.gene in _TOXIC else ""
    told = tuple(
        f"{definition.loci[index].name} has {bases[:20]}, which no {definition.gene} allele defines.{as_reference}"
        for index, bases in strange.items()
    )
    return Reading(called, reading.partial, reading.warnings, reading.unfitting), told


def _diplotype(gene: str, fit: Fit, table: PhenotypeTable | None) -> Diplotype:
    return diplotype(gene, fit.alleles, table, score=fit.score)


def _by_priority(definition: GeneDefinition, found: Match) -> tuple[tuple[Fit, ...], tuple[str, ...]]:
    """The best fits, or the one that published priorities choose if the phase is unknown (NAT2)."""
    if found.in_order or len(found.every) < 2:
        return found.best, ()
    fits = {"/".join(fit.alleles): fit for fit in found.every}
    fitting = [rule for rule in definition.priorities if rule.among <= set(fits) and rule.pick in fits]
    if not fitting:
        return found.best, ()
    rule = max(fitting, key=lambda one: len(one.among))
    among = ", ".join(sorted(rule.among))
    note = f"Phase is unknown: of {among} the published priority for {definition.gene} takes {rule.pick}."
    return (fits[rule.pick],), (note,)


def _other_phases(
    gene: str,
    found: Match,
    pick: Sequence[Fit],
    pairs: Sequence[Diplotype],
    table: PhenotypeTable | None,
) -> tuple[str, ...]:
    """Pairs that fit as well if the bases lie otherwise on the copies, and mean something else."""
    if found.in_order:
        return ()
    meant = {pair.phenotype for pair in pairs}
    others = (_diplotype(gene, fit, table) for fit in found.every if fit not in pick)
    different = [pair for pair in islice(others, 50) if pair.phenotype not in meant]
    if not different:
        return ()
    shown = ", ".join(f"{one.name} ({one.phenotype or 'not tabulated'})" for one in different[:_SHOWN])
    more = f" and {len(different) - _SHOWN} more" if len(different) > _SHOWN else ""
    return (f"Without phase these cannot be ruled out: {shown}{more}.",)


def _presumed(in_order: bool, variants: Sequence[str]) -> tuple[str, ...]:
    if in_order or len(variants) < 2:
        return ()
    return ("Phase is unknown: the two variants of lowest function are taken to lie on different copies.",)


def _by_one_position(definition: GeneDefinition, reading: Reading) -> tuple[str, tuple[str, ...]] | None:
    rsid, names = _ALONE.get(definition.gene, ("", {}))
    for index, locus in enumerate(definition.loci):
        bases = reading.called[index].bases if locus.rsid == rsid and index in reading.called else ()
        if bases and all(base in names for base in bases):
            one, *rest = sorted(names[base] for base in bases)
            return rsid, (one, *rest)
    return None


def _beside(definition: GeneDefinition, sites: Sites) -> tuple[str, ...]:
    """Positions that guidance asks for beside the call, with their bases or "not called"."""
    if not definition.extra:
        return ()
    called = read(definition.extra, sites).called
    return tuple(
        f"{locus.name} {'/'.join(called[index].bases) if index in called else 'not called'}"
        for index, locus in enumerate(definition.extra)
    )
