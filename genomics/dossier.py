"""Everything held on one asked variant, gathered in one place: where it lies, what it does, what others say of it.

The known class stands apart in :class:`Dossier`; what the criteria may look at is :class:`Observed`, which has no
place for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from genomics.acmg.named import effect_of_name
from genomics.acmg.observed import Observed
from genomics.builds import Build
from genomics.effect import Effect, EffectSource
from genomics.facts import VariantFact
from genomics.hgvs import Name
from genomics.lookups.providers import Held
from genomics.lookups.rows import Frequency, Gap, KnownClass, Neighbour, Score
from genomics.matching import Asked
from genomics.placing import no_place, placed
from genomics.protein import Protein
from genomics.variant import Variant
from retrieval.evidence import Word

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
    frequency: Frequency | None = None,
    splicing: Score | None = None,
) -> Dossier:
    """Look the places up; the first place with a record decides. ``told`` is the effect where it is known already.

    ``frequency`` and ``splicing`` are those of the user's own annotated file; they count where no pack tells.
    """
    known = _known(places, held) if places else no_place(asked, held)
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
            frequency=_first((*(held.frequency.of(one) for one in places), frequency)) or nowhere,
            missense=_first(held.missense.of(one, transcript) for one in places) or nowhere,
            splicing=_first((*(held.splicing.of(one, transcript) for one in places), splicing)) or nowhere,
            dosage=held.dosage.of(gene) if gene else Gap(reason="the gene is not known", held=False),
            neighbours=_neighbours(gene, places, best, held),
        ),
    )


_MODELS = "consilium packs pull mane-gff"
_RECORDS = "consilium packs pull clinvar-grch38"


def _known(places: tuple[Variant, ...], held: Held) -> KnownClass | Gap:
    """The record of the first place that has one, else why there is none."""
    answers = [held.known.of(place) for place in places]
    return next((one for one in answers if isinstance(one, KnownClass)), answers[0])


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
    dna = asked.dna or (fact.dna[0] if fact and fact.dna else None)
    protein = asked.protein or (fact.proteins[0] if fact and fact.proteins else None)
    if isinstance(known, KnownClass) and known.consequence:
        return (_by_term(known, dna, protein),)
    told = effect_of_name(asked.gene or (fact.gene if fact else ""), dna, protein)
    return () if isinstance(told, Gap) else (told,)


def _by_term(known: KnownClass, dna: Name | None, protein: Protein | None) -> Effect:
    """ClinVar's molecular consequence, under its own names or under those that were asked."""
    asked = [str(name) for name in (dna, protein) if name is not None]
    names = {name[:2]: name for name in (*asked, *reversed(known.names))}
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


def _first(answers: Iterable[Row | Gap | None]) -> Row | Gap | None:
    """The first row, else the first gap, else None."""
    held = [one for one in answers if one is not None]
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
