"""What is known of one variant that a text names: the class others gave it, and what its name alone tells.

The known class and what we compute are kept apart. An independent class by ACMG evidence is not given by this
version, and its absence is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from genomics import builds, by_name, hgvs, matching, mentions, protein
from genomics.builds import Build, BuildError
from genomics.by_name import Consequence
from genomics.facts import Facts, VariantFact, facts
from genomics.hgvs import HgvsError
from genomics.matching import Asked
from genomics.mentions import Mention, MentionKind
from genomics.vcf import VcfError, record_alleles
from retrieval.evidence import Outcome, Word

TEXT_LIMIT = 2000
VARIANTS = 5
"""Variants of one text that are interpreted."""
NO_CLINVAR = "This version does not read ClinVar as a whole."
EXAMPLES = "BRCA1 c.68_69del, TP53 p.Arg248Trp, 17-43124027-ACT-A with GRCh38, or factor V Leiden"
GAPS = (
    "Independent ACMG evidence (frequency, predictors, functional and family data) is not covered by this "
    "version, so no class of our own is given."
)
_SOMATIC = re.compile(
    r"\bsomatic\b|\bct-?DNA\b|\bFFPE\b|\bliquid biops|\bvariant allele f"
    r"|\btumou?r[\s-]{1,2}(?:sample|tissue|sequenc|vcf|panel|biops|variant|mutation|profil|dna|normal)"
    r"|\bin (?:the|a|his|her|their|this|my) tumou?r\b",
    re.IGNORECASE,
)


class Interpretation(Word):
    """One variant of the question, or why it could not be interpreted."""

    outcome: Outcome
    asked: str = ""
    """The variant as read, in normal form."""
    gene: str = ""
    names: tuple[str, ...] = ()
    transcript: str = ""
    spdi: tuple[str, ...] = ()
    fact: VariantFact | None = None
    """What is held of it; its class is the known class, never ours."""
    consequences: tuple[Consequence, ...] = ()
    limits: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    note: str = ""
    command: str = ""


def interpret(text: str | None = None, *, build: Build | str | None = None) -> Interpretation:
    """The first variant that a text names; see :func:`interpret_all`."""
    return interpret_all(text, build=build)[0]


def interpret_all(text: str | None = None, *, build: Build | str | None = None) -> tuple[Interpretation, ...]:
    """One interpretation for each variant that a text names, at least one, at most :data:`VARIANTS`.

    Never raises on bad words: what is wrong or missing is an outcome with its note.
    """
    if not text or not text.strip():
        return (_missing("No variant was named.", f"a variant, e.g. {EXAMPLES}"),)
    if len(text) > TEXT_LIMIT:
        return (
            _bad(f"The text has more than {TEXT_LIMIT} characters; give only the variant, e.g. {EXAMPLES}."),
        )
    if _SOMATIC.search(text) and "germline" not in text.lower():
        note = (
            "Somatic (tumour) variants are not covered: what is held here speaks of germline variants only."
        )
        return (Interpretation(outcome=Outcome.NOT_COVERED, note=note),)
    try:
        chosen = _chosen(build) or builds.spoken(mentions.without_records(text))
    except BuildError as wrong:
        return (_bad(str(wrong)),)
    try:
        groups = _grouped([one for mention in mentions.find(text) for one in _alleles(mention)])
    except VcfError as wrong:
        return (_bad(f"The VCF line cannot be read: {wrong}."),)
    if not groups:
        return (_bad(f"No variant name was found in the text; write e.g. {EXAMPLES}."),)
    told = [_one(group, chosen) for group in groups[:VARIANTS]]
    if len(groups) > VARIANTS:
        told.append(_bad(f"Only the first {VARIANTS} variants were interpreted; ask for the others again."))
    return tuple(told)


def _alleles(mention: Mention) -> list[Mention]:
    """The mention itself, or one mention for each allele of a pasted VCF line."""
    if mention.kind is not MentionKind.VCF_RECORD:
        return [mention]
    spelled = (
        "-".join((contig, str(pos), ref, alt)) for contig, pos, ref, alt in record_alleles(mention.name)
    )
    return [mention.model_copy(update={"kind": MentionKind.GENOMIC, "name": name}) for name in spelled]


def _chosen(build: Build | str | None) -> Build | None:
    if build is None or isinstance(build, Build):
        return build
    named = builds.named(build)
    if named is None:
        raise BuildError("The build must be GRCh37 or GRCh38.")
    return named


def _grouped(found: Sequence[Mention]) -> list[list[Mention]]:
    """Names that stand together and can be one variant, such as a c. name with its p. name."""
    groups: list[list[Mention]] = []
    for mention in found:
        last = groups[-1] if groups else []
        follows = last and mention.start - last[-1].end <= 6 and mention.gene in ("", last[-1].gene)
        kinds = [held.kind for held in last]
        if (
            follows
            and kinds[0] is MentionKind.HGVS
            and mention.kind in (MentionKind.PROTEIN, MentionKind.LEGACY)
        ):
            last.append(mention)
        elif follows and kinds == [MentionKind.PROTEIN] and mention.kind is MentionKind.HGVS:
            last.insert(0, mention)
        else:
            groups.append([mention])
    return groups


def _one(group: Sequence[Mention], build: Build | None) -> Interpretation:
    first = group[0]
    if first.kind is MentionKind.STAR:
        note = (
            f"{first.name} is a pharmacogenomic star allele; drug-gene guidance is not part of this version."
        )
        return Interpretation(outcome=Outcome.NOT_COVERED, asked=first.name, gene=first.gene, note=note)
    written = first.name.strip()[:80]
    try:
        return _judged(matching.asked(group, build), facts())
    except HgvsError as wrong:
        return _bad(f"{written}: {wrong}.", asked=written)
    except matching.PlaceError as wrong:
        return _bad(f"{written} could not be read: {wrong}.", asked=written)


def _judged(asked: Asked, held: Facts) -> Interpretation:
    needed = _needed(asked, held)
    if needed:
        return needed
    wrong = _contradiction(asked)
    found = () if wrong else matching.sure(asked, held)
    if found:
        return _found(asked, found)
    wrong = wrong or matching.wrong_reference(asked, held)
    if wrong:
        return _bad(wrong, asked=asked.title)
    likely = matching.likely(asked, held)
    if likely:
        return _unconfirmed(asked, likely[0])
    return _not_held(asked, held)


def _needed(asked: Asked, held: Facts) -> Interpretation | None:
    if asked.place and not asked.place_build:
        places = matching.by_place_on_any_build(asked, held)
        hint = "; ".join(f"on {build} it is {fact.title}" for build, fact in places)
        note = f"{asked.title} means different bases on GRCh37 and GRCh38{f': {hint}' if hint else ''}."
        return _missing(note, "the genome build, GRCh37 or GRCh38", asked=asked.title)
    if asked.dna and asked.dna.level == "g" and not asked.dna.reference:
        return _missing(
            f"{asked.title} needs its chromosome.", "the reference sequence, e.g. NC_000017.11:g.…"
        )
    if asked.needs_gene:
        candidates = [fact.title for fact in matching.without_gene(asked, held)]
        hint = f" Held here: {', '.join(candidates[:5])}." if candidates else ""
        return _missing(
            f"{asked.title} stands on many genes.{hint}", "the gene or the transcript", asked=asked.title
        )
    return None


def _contradiction(asked: Asked) -> str:
    if not asked.dna or not asked.protein:
        return ""
    why = by_name.disagreement(asked.dna, asked.protein)
    return f"The two names do not fit each other: {why}; check which one was reported." if why else ""


def _found(asked: Asked, found: Sequence[VariantFact]) -> Interpretation:
    fact = found[0]
    if len(found) > 1:
        listed = ", ".join(one.title for one in found)
        return _missing(
            f"{asked.title} fits several held variants: {listed}.", "the c. name", asked=asked.title
        )
    return Interpretation(
        outcome=Outcome.FOUND,
        asked=asked.title,
        gene=fact.gene,
        names=(*fact.names, *fact.legacy, *fact.rsids),
        transcript=fact.transcript,
        spdi=tuple(place.spdi for place in fact.variants.values()),
        fact=fact,
        consequences=_consequences(fact.gene, fact.dna[:1], fact.proteins[:1]),
        limits=tuple(_limits(asked, fact)),
    )


def _limits(asked: Asked, fact: VariantFact) -> list[str]:
    said = []
    if fact.known is None:
        said.append(f"No class of {fact.title} is held. {NO_CLINVAR}")
    counted = asked.dna is not None and asked.dna.level == "c" and bool(asked.dna.reference)
    if asked.dna and counted and fact.transcript and asked.dna.reference != fact.transcript:
        said.append(f"{asked.dna.reference} was asked, the held record is on {fact.transcript}.")
    others = [name for name in _options(asked) if not _excluded(name, fact)]
    if others:
        said.append(f"{asked.protein} can also arise by {', '.join(others)}; compare the c. name.")
    return said


def _excluded(option: str, fact: VariantFact) -> bool:
    """True if the held record is this change, or has another reference base at its position."""
    name = hgvs.parse(option)
    return any(own.start == name.start and (own.ref != name.ref or own.alt == name.alt) for own in fact.dna)


def _unconfirmed(asked: Asked, fact: VariantFact) -> Interpretation:
    """A name in common use that no held record confirms never leads to a class."""
    says = f"{asked.title} is commonly used for {fact.title}, but no record held here confirms it"
    if fact.known:
        return _missing(f"{says}.", f"the HGVS name: ask for {fact.title}", asked=asked.title)
    return _found(asked, [fact]).model_copy(update={"limits": (f"{says}.", *_limits(asked, fact))})


def _not_held(asked: Asked, held: Facts) -> Interpretation:
    if asked.rsid:
        note = f"{asked.rsid} is not held here (few rsIDs are), which says nothing about the variant itself."
        note += f" {NO_CLINVAR}"
        return Interpretation(outcome=Outcome.NOT_COVERED, asked=asked.rsid, note=note)
    told = _consequences(
        asked.gene, (asked.dna,) if asked.dna else (), (asked.protein,) if asked.protein else ()
    )
    options = _options(asked)
    note = f"{asked.title} is not held here, which says nothing about the variant itself. "
    note += f"{_held_of(asked.gene, held)} {NO_CLINVAR}"
    return Interpretation(
        outcome=Outcome.FOUND if any(not one.trivial for one in told) else Outcome.NOT_COVERED,
        asked=asked.title,
        gene=asked.gene,
        consequences=told,
        note=note,
        names=tuple(str(name) for name in (asked.dna, asked.protein) if name),
        limits=(f"By one base, {asked.protein} can be {', '.join(options)}.",) if options else (),
    )


def _options(asked: Asked) -> tuple[str, ...]:
    """The c. names that a p. name alone can mean."""
    return protein.single_base_changes(asked.protein) if asked.protein and not asked.dna else ()


def _held_of(gene: str, held: Facts) -> str:
    own = held.of_gene(gene)
    total = f"The starter facts hold {len(held.variants)} variants of {len(held.held_genes)} genes"
    if own:
        return f"{total}, {len(own)} of {gene.upper()}: {', '.join(fact.title for fact in own[:10])}."
    return f"{total}{f', none of {gene.upper()}' if gene else ''}: {', '.join(held.held_genes)}."


def _consequences(
    gene: str, dna: Sequence[hgvs.Name], proteins: Sequence[protein.Protein]
) -> tuple[Consequence, ...]:
    told = [one for name in dna for one in by_name.of_dna(gene, name)]
    seen = {one.term.split()[0] for one in told}
    told += [
        one for name in proteins for one in by_name.of_protein(gene, name) if one.term.split()[0] not in seen
    ]
    return tuple(told)


def _bad(note: str, asked: str = "") -> Interpretation:
    return Interpretation(outcome=Outcome.BAD_INPUT, note=note, asked=asked)


def _missing(note: str, what: str, asked: str = "") -> Interpretation:
    return Interpretation(outcome=Outcome.NEEDS_INPUT, note=note, missing=(what,), asked=asked)
