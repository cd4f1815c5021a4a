"""Which held fact a named variant is: names by normal form, genomic positions by the sequence they make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from genomics import builds, hgvs, protein
from genomics.builds import Build
from genomics.facts import Facts, VariantFact
from genomics.hgvs import Edit, HgvsError, Name
from genomics.mentions import Mention, MentionKind
from genomics.protein import Protein
from genomics.variant import Variant
from retrieval.evidence import Word

_GENOMIC = re.compile(
    r"(?:chr)?([0-9]{1,2}|X|Y|MT?)[:\s-](?:g\.)?(\d{1,9})[-:\s]?([ACGTN]+)[>:/\s-]([ACGTN]+)", re.I
)


class PlaceError(ValueError):
    """A genomic position that does not exist or cannot be read."""


class Asked(Word):
    """A variant as the question names it."""

    title: str
    gene: str = ""
    dna: Name | None = None
    protein: Protein | None = None
    rsid: str = ""
    legacy: str = ""
    place: str = ""
    """contig-position-reference-alternative, where the question gives a genomic position."""
    place_build: Build | None = None
    needs_build: bool = False
    """True for a genomic name on a chromosome's plain name ("chr17:g.…del") without its build."""

    @property
    def needs_gene(self) -> bool:
        """True if the name counts on a gene that the question does not tell."""
        counted = (self.dna is not None and self.dna.level in ("c", "n")) or self.protein is not None
        placed = bool(
            self.gene or (self.dna and self.dna.reference) or (self.protein and self.protein.reference)
        )
        return counted and not placed

    def on(self, build: Build) -> Variant:
        """The genomic variant, read on a build."""
        contig, pos, ref, alt = self.place.split("-")
        return Variant(build=build, contig=contig, pos=int(pos), ref=ref, alt=alt)


def asked(group: Sequence[Mention], build: Build | None) -> Asked:
    """What one or more mentions of the same variant ask.

    Raises:
        HgvsError: a name breaks the grammar.
        PlaceError: a genomic position does not exist.
    """
    first = group[0]
    gene = next((mention.gene for mention in group if mention.gene), "")
    if first.kind is MentionKind.RSID:
        return Asked(title=first.name, rsid=first.name, gene=gene)
    if first.kind is MentionKind.LEGACY:
        return Asked(title=_with_gene(first.text, gene), legacy=first.name, gene=gene)
    if first.kind is MentionKind.GENOMIC:
        return _placed(first, build)
    dna = next((_named(mention, build) for mention in group if mention.kind is MentionKind.HGVS), None)
    if dna and not dna.reference and _PLAIN_NAME.fullmatch(first.name):
        return Asked(title=first.name, dna=dna, needs_build=True)
    named = next(
        (protein.parse(mention.name) for mention in group if mention.kind is MentionKind.PROTEIN), None
    )
    best = dna.full if dna else str(named)
    title = best if ":" in best and not best.startswith(gene) else f"{gene} {best}".strip()
    return Asked(title=title, gene=gene or (dna.gene if dna else ""), dna=dna, protein=named)


_PLAIN_NAME = re.compile(r"(?:chr(?:omosome)?)?([0-9]{1,2}|X|Y|MT?):(g\..+)", re.I)


def _named(mention: Mention, build: Build | None) -> Name:
    """The name; one on a chromosome's plain name ("chr17:g.43124028del") gets the accession of its build, if told."""
    found = _PLAIN_NAME.fullmatch(mention.name)
    if found is None:
        return hgvs.parse(mention.name)
    plain = builds.contig(found[1])
    if build is None or plain is None:
        return hgvs.parse(found[2])
    return hgvs.parse(f"{builds.ACCESSIONS[build][plain]}:{found[2]}")


def _with_gene(spoken: str, gene: str) -> str:
    """A short legacy name (C282Y) is read with its gene; a name in words (factor V Leiden) stands alone."""
    bare = not spoken or " " in spoken.strip() or gene.lower() in spoken.lower()
    return spoken if bare else f"{gene} {spoken}".strip()


def _placed(mention: Mention, build: Build | None) -> Asked:
    found = _GENOMIC.fullmatch(mention.name.strip())
    if found is None:
        raise PlaceError("write it as 17-43124027-ACT-A")
    contig, pos, ref, alt = found[1], int(found[2]), found[3].upper(), found[4].upper()
    plain = builds.contig(contig)
    possible = builds.possible(contig, pos)
    if plain is None or not possible:
        raise PlaceError(f"there is no position {pos} on chromosome {contig} of GRCh37 or GRCh38")
    if build and build not in possible:
        raise PlaceError(f"chromosome {plain} of {build} ends before position {pos}")
    place = f"{plain}-{pos}-{ref}-{alt}"
    only = Build.GRCH38 if plain == "MT" else None
    return Asked(
        title=place, place=place, place_build=build or only or (possible[0] if len(possible) == 1 else None)
    )


def sure(one: Asked, held: Facts) -> tuple[VariantFact, ...]:
    """The facts that the name surely means."""
    if one.rsid or one.legacy:
        pool = held.of_gene(one.gene) if one.gene else held.variants
        return tuple(fact for fact in pool if fact.called(one.rsid or one.legacy))
    if one.place and one.place_build:
        return tuple(_at(one.on(one.place_build), held))
    if one.dna and one.dna.level in ("g", "m"):
        return tuple(_by_genomic_name(one.dna, held))
    pool = tuple(_pool(one, held))
    if one.dna:
        return tuple(fact for fact in pool if any(hgvs.same(one.dna, name) for name in fact.dna))
    named = one.protein
    return tuple(fact for fact in pool if named and any(protein.same(named, name) for name in fact.proteins))


def likely(one: Asked, held: Facts) -> tuple[VariantFact, ...]:
    """The facts that the name is commonly used for, without a held record that confirms it."""
    spoken = [one.rsid or one.legacy] if one.rsid or one.legacy else []
    spoken += [str(name) for name in (one.dna, one.protein) if name]
    pool = held.of_gene(one.gene) if one.gene else held.variants
    return tuple(fact for fact in pool if any(fact.may_be_called(name) for name in spoken))


def without_gene(one: Asked, held: Facts) -> tuple[VariantFact, ...]:
    """The facts of any gene that carry the c. or p. name."""
    return tuple(
        fact for symbol in held.held_genes for fact in sure(one.model_copy(update={"gene": symbol}), held)
    )


def by_place_on_any_build(one: Asked, held: Facts) -> tuple[tuple[Build, VariantFact], ...]:
    """Build and fact for each build on which the asked position is a held variant."""
    return tuple((build, fact) for build in Build for fact in _at(one.on(build), held))


def wrong_reference(one: Asked, held: Facts) -> str:
    """Why the asked reference base or residue cannot be right, by a held fact; empty if it can be."""
    if one.place and one.place_build:
        return _wrong_base(one.on(one.place_build), held)
    for fact in _pool(one, held):
        why = _wrong_dna(one, fact) or _wrong_residue(one, fact)
        if why:
            return why
    return ""


def _wrong_dna(one: Asked, fact: VariantFact) -> str:
    for name in fact.dna:
        if one.dna and _same_place(one.dna, name) and name.ref != one.dna.ref:
            has = f"{fact.title} ({fact.transcript or 'held record'}) has {name.ref} at {name.level}.{name.place}"
            return f"The reference base does not fit: {one.title} names {one.dna.ref}, but {has}."
    return ""


def _wrong_residue(one: Asked, fact: VariantFact) -> str:
    asked_for = one.protein
    for name in fact.proteins if asked_for else ():
        if asked_for and name.start == asked_for.start and name.first != asked_for.first:
            has = f"{fact.title} has {name.first} at {name.start}; older names may count from another start"
            return f"The residue does not fit: {one.title} names {asked_for.first}, but {has}."
    return ""


def _wrong_base(one: Variant, held: Facts) -> str:
    other = Build.GRCH37 if one.build is Build.GRCH38 else Build.GRCH38
    elsewhere = next(iter(_at(one.model_copy(update={"build": other}), held)), None)
    hint = f" On {other} it is {elsewhere.title}; check the build." if elsewhere else ""
    for fact in held.variants:
        place = fact.variants.get(one.build)
        if place is None or place.contig != one.contig:
            continue
        ours, theirs = overlap(place, one)
        if ours != theirs:
            why = f"{one} names {theirs}, but {fact.title} has {ours}"
            return f"The reference base does not fit {one.build}: {why}.{hint}"
    return f"{one} is not held on {one.build}.{hint}" if elsewhere else ""


def overlap(place: Variant, one: Variant) -> tuple[str, str]:
    """The reference bases that both spell for the positions they share."""
    start = max(place.pos, one.pos)
    end = min(place.pos + len(place.ref), one.pos + len(one.ref))
    if start >= end:
        return "", ""
    return place.ref[start - place.pos : end - place.pos], one.ref[start - one.pos : end - one.pos]


def _same_place(one: Name, other: Name) -> bool:
    single = one.edit is Edit.SUBSTITUTION and other.edit is Edit.SUBSTITUTION
    return single and (one.level, one.start) == (other.level, other.start)


def _pool(one: Asked, held: Facts) -> Iterator[VariantFact]:
    """The facts of the asked gene, or of the asked transcript whatever its version."""
    base = one.dna.reference.partition(".")[0] if one.dna else ""
    transcript = base if base[:2] in ("NM", "NR", "XM", "XR", "EN") else ""
    for fact in held.of_gene(one.gene) if one.gene else held.variants:
        own = fact.transcript.partition(".")[0]
        if transcript and own and own != transcript:
            continue
        if one.gene or (transcript and own):
            yield fact


def _at(place: Variant, held: Facts) -> Iterator[VariantFact]:
    for fact in held.variants:
        own = fact.variants.get(place.build)
        if own is not None and own.same_as(place):
            yield fact


def _by_genomic_name(name: Name, held: Facts) -> Iterator[VariantFact]:
    where = hgvs.genomic(name)
    if where is None or name.start is None or name.end is None:
        return
    build, contig = where
    for fact in held.variants:
        for own_build, window in fact.variants.items():
            if own_build is not (build or Build.GRCH38) or window.contig != contig:
                continue
            place = _in_window(name, window)
            if place is not None and window.same_as(place):
                yield fact


def _in_window(name: Name, window: Variant) -> Variant | None:
    """A genomic name as a variant, its bases read from a held window; None if it leaves the window."""
    if name.start is None or name.end is None:
        return None
    first, last = name.start.base, name.end.base
    bases = window.ref[max(0, first - window.pos) : last - window.pos + 1]
    inside = window.pos <= first and last < window.pos + len(window.ref)
    if name.edit is Edit.INSERTION:
        return (
            window.model_copy(update={"pos": last, "ref": "", "alt": name.alt})
            if name.alt.isalpha()
            else None
        )
    if not inside or not (name.alt.isalpha() or not name.alt):
        return None
    if name.ref.isalpha() and name.ref != bases:
        raise HgvsError(f"{name.full} names {name.ref}, but the reference reads {bases} there")
    changed = {Edit.DELETION: "", Edit.DUPLICATION: bases * 2, Edit.SAME: bases}.get(name.edit, name.alt)
    return window.model_copy(update={"pos": first, "ref": bases, "alt": changed})
