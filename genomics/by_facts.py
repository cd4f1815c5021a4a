"""What the starter facts and the name alone say of an asked variant, before any pack is asked."""

from __future__ import annotations

from collections.abc import Sequence

from genomics import by_name, hgvs, matching, protein
from genomics.by_name import Consequence
from genomics.facts import Facts, VariantFact
from genomics.interpretation import Interpretation
from genomics.matching import Asked
from retrieval.evidence import Outcome


def judged(asked: Asked, held: Facts) -> Interpretation:
    """By the starter facts and the name alone."""
    needed = _needed(asked, held)
    if needed:
        return needed
    wrong = _contradiction(asked)
    found = () if wrong else matching.sure(asked, held)
    if found:
        return _found(asked, found)
    wrong = wrong or matching.wrong_reference(asked, held)
    if wrong:
        return bad(wrong, asked=asked.title)
    likely = matching.likely(asked, held)
    if likely:
        return _unconfirmed(asked, likely[0])
    return _not_held(asked, held)


def _needed(asked: Asked, held: Facts) -> Interpretation | None:
    if asked.place and not asked.place_build:
        places = matching.by_place_on_any_build(asked, held)
        hint = "; ".join(f"on {build} it is {fact.title}" for build, fact in places)
        note = f"{asked.title} means different bases on GRCh37 and GRCh38{f': {hint}' if hint else ''}."
        return missing(note, "the genome build, GRCh37 or GRCh38", asked=asked.title)
    if asked.needs_build:
        note = f"{asked.title} means different bases on GRCh37 and GRCh38."
        return missing(note, "the genome build, GRCh37 or GRCh38", asked=asked.title)
    if asked.dna and asked.dna.level == "g" and not asked.dna.reference:
        return missing(
            f"{asked.title} needs its chromosome.", "the reference sequence, e.g. NC_000017.11:g.…"
        )
    if asked.needs_gene:
        candidates = [fact.title for fact in matching.without_gene(asked, held)]
        hint = f" Held here: {', '.join(candidates[:5])}." if candidates else ""
        return missing(
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
        return missing(
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
    counted = asked.dna is not None and asked.dna.level == "c" and bool(asked.dna.reference)
    if asked.dna and counted and fact.transcript and asked.dna.reference != fact.transcript:
        said.append(f"{asked.dna.reference} was asked, the held record is on {fact.transcript}.")
    if asked.dna is None and asked.protein and asked.protein.effect is protein.Effect.FRAMESHIFT:
        said.append(
            f"{asked.protein} can also arise by other DNA changes than {fact.title}; compare the c. name."
        )
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
        return missing(f"{says}.", f"the HGVS name: ask for {fact.title}", asked=asked.title)
    return _found(asked, [fact]).model_copy(update={"limits": (f"{says}.", *_limits(asked, fact))})


def _not_held(asked: Asked, held: Facts) -> Interpretation:
    told = _consequences(
        asked.gene, (asked.dna,) if asked.dna else (), (asked.protein,) if asked.protein else ()
    )
    options = _options(asked)
    note = f"{asked.title} is not among the starter facts, which says nothing about the variant itself."
    return Interpretation(
        outcome=Outcome.NOT_COVERED,
        asked=asked.title,
        gene=asked.gene,
        consequences=told,
        note=f"{note} {_held_of(asked.gene, held)}" if not asked.rsid else note,
        names=tuple(str(name) for name in (asked.dna, asked.protein) if name),
        limits=(f"By one base, {asked.protein} can be {', '.join(options)}.",) if options else (),
    )


def _options(asked: Asked) -> tuple[str, ...]:
    """The c. names that a p. name alone can mean."""
    return protein.single_base_changes(asked.protein) if asked.protein and not asked.dna else ()


def _held_of(gene: str, held: Facts) -> str:
    own = held.of_gene(gene)
    total = f"They hold {len(held.variants)} variants of {len(held.held_genes)} genes"
    if own:
        return f"{total}, {len(own)} of {gene.upper()}: {', '.join(fact.title for fact in own[:10])}."
    return f"{total}{f', none of {gene.upper()}' if gene else ''}."


def _consequences(
    gene: str, dna: Sequence[hgvs.Name], proteins: Sequence[protein.Protein]
) -> tuple[Consequence, ...]:
    told = [one for name in dna for one in by_name.of_dna(gene, name)]
    seen = {one.term.split()[0] for one in told}
    told += [
        one for name in proteins for one in by_name.of_protein(gene, name) if one.term.split()[0] not in seen
    ]
    return tuple(told)


def bad(note: str, asked: str = "") -> Interpretation:
    """Wrong input; the note names the mend."""
    return Interpretation(outcome=Outcome.BAD_INPUT, note=note, asked=asked)


def missing(note: str, what: str, asked: str = "") -> Interpretation:
    """Something has to be told first."""
    return Interpretation(outcome=Outcome.NEEDS_INPUT, note=note, missing=(what,), asked=asked)
