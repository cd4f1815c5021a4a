"""Everything held on one asked variant, gathered in one place: where it lies, what it does, what others say of it.

The known class stands apart in :class:`Dossier`; what the criteria may look at is :class:`Observed`, which has no
place for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from genomics import hgvs, protein
from genomics.acmg.named import effect_of_name
from genomics.acmg.observed import Observed
from genomics.builds import Build
from genomics.effect import Effect, EffectSource
from genomics.facts import VariantFact
from genomics.hgvs import Name
from genomics.lookups.providers import Held
from genomics.lookups.rows import Frequency, Gap, KnownClass, Neighbour, Score
from genomics.matching import Asked
from genomics.variant import Variant
from retrieval.evidence import Word

BUILDS = (Build.GRCH38, Build.GRCH37)
Row = TypeVar("Row", Frequency, Score)


class Dossier(Word):
    """What is held of one variant. ``variants`` are its places, one for each build that is known."""

    gene: str = ""
    variants: tuple[Variant, ...] = ()
    known: KnownClass | Gap
    effects: tuple[Effect, ...] = ()
    """On every held transcript, MANE Select first; or one, from the name or from ClinVar's term."""
    observed: Observed


def gather(asked: Asked, fact: VariantFact | None, held: Held) -> Dossier:
    """The dossier of a variant that the question names, or that a held fact is.

    Raises:
        genomics.hgvs.HgvsError: the stated reference base is not that of the transcript.
    """
    places = placed(asked, fact, held)
    return opened(places, asked, fact, held)


def of_variant(variant: Variant, held: Held) -> Dossier:
    """The dossier of a genomic variant, as a file carries it."""
    asked = Asked(title=str(variant), place=str(variant), place_build=variant.build)
    return opened((variant,), asked, None, held)


def opened(
    places: tuple[Variant, ...],
    asked: Asked,
    fact: VariantFact | None,
    held: Held,
    *,
    told: Effect | None = None,
) -> Dossier:
    """Look the places up; the first place with a record decides. ``told`` is the effect where it is known already."""
    known = _known(places, held) if places else _no_place(asked, held)
    effects = (told,) if told else _effects(places, asked, fact, known, held)
    gene = _gene(asked, fact, known, effects)
    best = effects[0] if effects else Gap(reason="what it does to a transcript is not known", held=False)
    place = places[0] if places else None
    transcript = best.transcript if isinstance(best, Effect) else ""
    nowhere = Gap(
        reason="the variant has no genomic position here",
        held=False,
        command=_RECORDS if asked.rsid else _MODELS,
    )
    return Dossier(
        gene=gene,
        variants=places,
        known=known,
        effects=effects,
        observed=Observed(
            gene=gene,
            variant=place,
            effect=best,
            frequency=_first(held.frequency.of(one) for one in places) or nowhere,
            missense=_first(held.missense.of(one, transcript) for one in places) or nowhere,
            splicing=_first(held.splicing.of(one, transcript) for one in places) or nowhere,
            dosage=held.dosage.of(gene) if gene else Gap(reason="the gene is not known", held=False),
            neighbours=_neighbours(gene, places, best, held),
        ),
    )


_MODELS = "consilium packs pull mane-gff"
_RECORDS = "consilium packs pull clinvar-grch38"


def placed(asked: Asked, fact: VariantFact | None, held: Held) -> tuple[Variant, ...]:
    """Where the variant lies, GRCh38 first; empty if nothing held here tells.

    Raises:
        genomics.hgvs.HgvsError: the stated reference base is not that of the transcript.
    """
    if asked.place and asked.place_build:
        return (asked.on(asked.place_build),)
    if fact and fact.variants:
        return tuple(fact.variants[build] for build in BUILDS if build in fact.variants)
    if asked.rsid:
        return _only(held.known.by_rsid(asked.rsid, build) for build in BUILDS)
    name = _c_name(asked)
    if name is None or not (asked.gene or name.reference):
        return ()
    found = [held.transcripts.place(asked.gene, name, build) for build in BUILDS]
    places = tuple(place for place in found if isinstance(place, Variant))
    if places or not asked.gene:
        return places
    return _only(held.known.by_name(asked.gene, str(name), build) for build in BUILDS)


def _c_name(asked: Asked) -> Name | None:
    """The c. name that is asked; that of a p. name only where a single base change alone can make it."""
    if asked.dna is not None:
        return asked.dna if asked.dna.level in ("c", "n") else None
    options = protein.single_base_changes(asked.protein) if asked.protein else ()
    return hgvs.parse(options[0]) if len(options) == 1 else None


def _only(answers: Iterable[tuple[Variant, ...] | Gap]) -> tuple[Variant, ...]:
    """One place for each build on which exactly one is held."""
    return tuple(one[0] for one in answers if not isinstance(one, Gap) and len(one) == 1)


def _known(places: tuple[Variant, ...], held: Held) -> KnownClass | Gap:
    """The record of the first place that has one, else why there is none."""
    answers = [held.known.of(place) for place in places]
    return next((one for one in answers if isinstance(one, KnownClass)), answers[0])


def _no_place(asked: Asked, held: Held) -> Gap:
    """Why nothing held tells where the variant lies."""
    answer: object = None
    name = _c_name(asked)
    if asked.rsid:
        answer = held.known.by_rsid(asked.rsid, Build.GRCH38)
    elif name is not None and asked.gene:
        answer = held.known.by_name(asked.gene, str(name), Build.GRCH38)
    elif name is not None and name.reference:
        answer = held.transcripts.place("", name, Build.GRCH38)
    if isinstance(answer, Gap):
        return answer
    if answer:
        return Gap(reason=f"ClinVar holds several changes under {asked.title}; give one as HGVS", held=True)
    return Gap(reason="its name alone does not tell where it lies, so ClinVar was not asked", held=True)


def _effects(
    places: tuple[Variant, ...],
    asked: Asked,
    fact: VariantFact | None,
    known: KnownClass | Gap,
    held: Held,
) -> tuple[Effect, ...]:
    """By transcript models, else by ClinVar's own term, else by the name: the first that tells decides."""
    for place in places:
        answer = held.transcripts.effects(place)
        if not isinstance(answer, Gap) and answer:
            return answer
    if isinstance(known, KnownClass) and known.consequence:
        return (_by_term(known),)
    dna = asked.dna or (fact.dna[0] if fact and fact.dna else None)
    protein = asked.protein or (fact.proteins[0] if fact and fact.proteins else None)
    told = effect_of_name(asked.gene or (fact.gene if fact else ""), dna, protein)
    return () if isinstance(told, Gap) else (told,)


def _by_term(known: KnownClass) -> Effect:
    names = {name[:2]: name for name in reversed(known.names)}
    return Effect(
        source=EffectSource.FILE,
        told_by=f"{known.source.title}, {known.source.version}",
        gene=known.gene,
        terms=(_TERMS.get(known.consequence, known.consequence),),
        c_name=names.get("c.", ""),
        p_name=names.get("p.", ""),
    )


_TERMS = {"nonsense": "stop_gained", "initiator_codon_variant": "start_lost"}
"""Where ClinVar's molecular consequence has another word than Sequence Ontology's term for the effect."""


def _gene(
    asked: Asked, fact: VariantFact | None, known: KnownClass | Gap, effects: tuple[Effect, ...]
) -> str:
    candidates = [asked.gene, fact.gene if fact else ""]
    candidates += [effects[0].gene if effects else "", known.gene if isinstance(known, KnownClass) else ""]
    return next((name.upper() for name in candidates if name), "")


def _first(answers: Iterable[Row | Gap]) -> Row | Gap | None:
    """The first row, else the first gap, else None."""
    held = list(answers)
    return next((one for one in held if not isinstance(one, Gap)), held[0] if held else None)


def _neighbours(
    gene: str, places: tuple[Variant, ...], effect: Effect | Gap, held: Held
) -> tuple[Neighbour, ...] | Gap:
    """Other classified variants of the gene, never the variant itself."""
    if not gene:
        return Gap(reason="the gene is not known", held=False)
    answer = held.known.neighbours(gene, places[0].build if places else Build.GRCH38)
    if isinstance(answer, Gap):
        return answer
    own = effect.c_name if isinstance(effect, Effect) else ""
    return tuple(one for one in answer if not _is_itself(one, places, own))


def _is_itself(one: Neighbour, places: tuple[Variant, ...], c_name: str) -> bool:
    if c_name and one.c_name == c_name:
        return True
    return one.variant is not None and any(
        one.variant.build is place.build and one.variant.same_as(place) for place in places
    )
