"""Where a named variant lies: told by the name itself, by a held fact, by a transcript model, or by ClinVar."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

from genomics import hgvs, protein
from genomics.builds import LENGTHS, Build
from genomics.facts import VariantFact
from genomics.hgvs import Edit, HgvsError, Name
from genomics.lookups.providers import Held
from genomics.lookups.rows import Gap
from genomics.matching import Asked
from genomics.variant import Variant

BUILDS = (Build.GRCH38, Build.GRCH37)
LONGEST = 1_000
"""Bases that a g. name may leave unspelled and that are read from the transcript models."""


@runtime_checkable
class Sequence(Protocol):
    """Whoever holds stretches of the reference genome, as a store of transcript models does for its exons."""

    def reference(self, build: Build, contig: str, pos: int, length: int) -> str | None:
        """Plus-strand bases from a 1-based position on; None where they are not held."""

    def normalised(self, variant: Variant) -> Variant:
        """The variant spelled with its whole repeat, as far as the held bases tell."""


def placed(asked: Asked, fact: VariantFact | None, held: Held) -> tuple[Variant, ...]:
    """Where the variant lies, GRCh38 first; empty if nothing held here tells.

    Raises:
        genomics.hgvs.HgvsError: the stated reference base is not that of the transcript or of the genome.
    """
    if asked.place and asked.place_build:
        return (_agreeing(asked.on(asked.place_build), held),)
    if fact and fact.variants:
        return tuple(fact.variants[build] for build in BUILDS if build in fact.variants)
    if asked.rsid:
        return _only(held.known.by_rsid(asked.rsid, build) for build in BUILDS)
    if asked.dna is not None and asked.dna.level in ("g", "m"):
        return _on_genome(asked.dna, held)
    name = c_name(asked)
    if name is None or not (asked.gene or name.reference):
        return ()
    found = [held.transcripts.place(asked.gene, name, build) for build in BUILDS]
    places = tuple(place for place in found if isinstance(place, Variant))
    if places or not asked.gene:
        return places
    return _only(held.known.by_name(asked.gene, str(name), build) for build in BUILDS)


def _agreeing(variant: Variant, held: Held) -> Variant:
    """The variant, if its reference bases are those of the held models or the models do not tell.

    Raises:
        genomics.hgvs.HgvsError: they are not; the message names the build on which they would be.
    """
    if not isinstance(held.transcripts, Sequence) or len(variant.ref) > LONGEST:
        return variant
    bases = {
        build: held.transcripts.reference(build, variant.contig, variant.pos, len(variant.ref))
        for build in BUILDS
    }
    own = bases[variant.build]
    if not own or not variant.ref or own == variant.ref or "N" in variant.ref:
        return variant
    fitting = [build for build in BUILDS if build is not variant.build and bases[build] == variant.ref]
    hint = f"; {fitting[0]} has {variant.ref[:20]} there, so check the build" if fitting else ""
    raise HgvsError(f"{variant.build} has {own[:20]} there, not {variant.ref[:20]}{hint}")


def c_name(asked: Asked) -> Name | None:
    """The c. name that is asked; that of a p. name only where a single base change alone can make it."""
    if asked.dna is not None:
        return asked.dna if asked.dna.level in ("c", "n") else None
    options = protein.single_base_changes(asked.protein) if asked.protein else ()
    return hgvs.parse(options[0]) if len(options) == 1 else None


def no_place(asked: Asked, held: Held) -> Gap:
    """Why nothing held tells where the variant lies."""
    answer: object = None
    name = c_name(asked)
    if asked.rsid:
        answer = held.known.by_rsid(asked.rsid, Build.GRCH38)
    elif asked.dna is not None and asked.dna.level in ("g", "m"):
        return _no_bases(asked)
    elif name is not None and (outside := _outside_model(asked, name, held)):
        return outside
    elif name is not None and asked.gene:
        answer = held.known.by_name(asked.gene, str(name), Build.GRCH38)
    elif name is not None and name.reference:
        answer = held.transcripts.place("", name, Build.GRCH38)
    if isinstance(answer, Gap):
        return answer
    if answer:
        return Gap(reason=f"ClinVar holds several changes under {asked.title}; give one as HGVS", held=True)
    return Gap(reason="its name alone does not tell where it lies, so ClinVar was not asked", held=True)


def _outside_model(asked: Asked, name: Name, held: Held) -> Gap | None:
    """The model's own reason, where the gene's model is held and cannot place the name."""
    regions = held.transcripts.coding_regions(asked.gene, Build.GRCH38) if asked.gene else None
    if regions is None or isinstance(regions, Gap):
        return None
    answer = held.transcripts.place(asked.gene, name, Build.GRCH38)
    return answer if isinstance(answer, Gap) and answer.held else None


def _no_bases(asked: Asked) -> Gap:
    why = f"the reference bases of {asked.title} are not held, so it cannot be compared with any record"
    return Gap(
        reason=f"{why}; give it as chromosome-position-reference-alternative with its build", held=True
    )


def _on_genome(name: Name, held: Held) -> tuple[Variant, ...]:
    """A g. or m. name on its build. The mitochondrial sequence (rCRS) is the same in both builds."""
    where = hgvs.genomic(name)
    if where is None or name.start is None or name.end is None or name.start.offset or name.end.offset:
        return ()
    build, contig = where
    length = LENGTHS[build or Build.GRCH38][contig]
    if not 1 <= name.start.base <= name.end.base <= length:
        raise HgvsError(f"chromosome {contig} of {build or 'the rCRS'} has {length:,} bases")
    found = (_spelled(name, one, contig, held) for one in ((build,) if build else BUILDS))
    return tuple(place for place in found if place is not None)


def _spelled(name: Name, build: Build, contig: str, held: Held) -> Variant | None:
    """The variant with its bases: those of the name where it states them, checked by the models where they can."""
    assert name.start is not None
    assert name.end is not None
    first, last = name.start.base, name.end.base
    sequence = held.transcripts if isinstance(held.transcripts, Sequence) else None
    size = last - first + 1
    bases = sequence.reference(build, contig, first, size) if sequence and size <= LONGEST else None
    if name.edit is Edit.INSERTION:
        return _variant(name.alt, build, contig, last, "", sequence)
    stated = name.ref if name.ref.isalpha() else ""
    if bases and stated and stated != bases:
        raise HgvsError(f"{build} has {bases[:20]} there, not {stated[:20]}: check the bases and the build")
    ref = bases or (stated if len(stated) == size else "")
    changed = {
        Edit.SUBSTITUTION: name.alt,
        Edit.DELINS: name.alt,
        Edit.DELETION: "",
        Edit.DUPLICATION: ref * 2,
    }
    if not ref or name.edit not in changed:
        return None
    return _variant(changed[name.edit], build, contig, first, ref, sequence)


def _variant(
    alt: str, build: Build, contig: str, pos: int, ref: str, sequence: Sequence | None
) -> Variant | None:
    """The variant, with its whole repeat where the models tell it; None if the new bases are not spelled."""
    if not set(alt) <= set("ACGTN"):
        return None
    variant = Variant(build=build, contig=contig, pos=pos, ref=ref, alt=alt)
    return sequence.normalised(variant) if sequence and len(ref) != len(alt) else variant


def _only(answers: Iterable[tuple[Variant, ...] | Gap]) -> tuple[Variant, ...]:
    """One place for each build on which exactly one is held."""
    return tuple(one[0] for one in answers if not isinstance(one, Gap) and len(one) == 1)
