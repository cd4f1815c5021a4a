"""What the name of a variant tells by itself: length and frame, splice position, start codon, protein effect.

No transcript is looked at, so nothing here speaks of decay, of the exon or of predicted splicing.
"""

from __future__ import annotations

from genomics import protein
from genomics.hgvs import Edit, Name
from genomics.protein import AMINO_ACIDS, Effect, Protein
from retrieval.evidence import Word

UNSEEN = "transcript, predicted splicing and nonsense-mediated decay were not examined"


class Consequence(Word):
    """One thing that a name tells. ``working`` is the computation as it can be checked by hand."""

    term: str
    statement: str
    working: str
    loses_function: bool = False
    """Frame, stop, start codon or canonical splice site, as PVS1 has them (PMID 30192042)."""
    trivial: bool = False
    """The name says no more than itself (missense, synonymous)."""


def of_dna(gene: str, name: Name) -> tuple[Consequence, ...]:
    """What a c. name tells; empty for genomic names and for coding substitutions."""
    if name.level != "c" or name.start is None or name.end is None or name.edit is Edit.SAME:
        return ()
    splice = _splice(gene, name)
    if splice:
        return (splice,)
    if name.start.is_coding and name.start.base <= 3 and not keeps_start(name):
        return (_start_codon(gene, name),)
    if name.edit is Edit.DUPLICATION and name.start.base == 1 and name.end.base < 3:
        return ()  # the copy stands before the start codon, so that nothing coding changes
    if name.start.is_coding and name.end.is_coding:
        frame = _frame(gene, name)
        return (frame,) if frame else ()
    return ()


def of_protein(gene: str, name: Protein) -> tuple[Consequence, ...]:
    """What a p. name tells."""
    title = f"{gene} {name}".strip()
    place = f"{AMINO_ACIDS.get(name.first, 'the stop codon')} {name.start}"
    said = {
        Effect.STOP: f"puts a stop codon in the place of {place}",
        Effect.FRAMESHIFT: f"shifts the reading frame from {place} on",
        Effect.START: "loses the start codon",
        Effect.EXTENSION: "loses the stop codon",
        Effect.MISSENSE: f"replaces {place} by {AMINO_ACIDS.get(name.alt, name.alt)}",
        Effect.SYNONYMOUS: f"leaves {place} unchanged",
    }.get(name.effect, f"is an {name.effect} at {place}")
    return (
        Consequence(
            term=name.effect,
            statement=f"By its name alone, {title} {said} ({name.effect}); {UNSEEN}.",
            working=f"{title}: {said}: {name.effect}; {UNSEEN}",
            loses_function=name.effect in (Effect.STOP, Effect.FRAMESHIFT, Effect.START),
            trivial=name.effect in (Effect.MISSENSE, Effect.SYNONYMOUS),
        ),
    )


def disagreement(name: Name, effect: Protein) -> str:
    """Why a c. and a p. name cannot be the same change; empty if they can."""
    if name.level != "c" or name.start is None or not name.start.is_coding:
        return ""
    codon = (name.start.base + 2) // 3
    single = name.edit is Edit.SUBSTITUTION
    if codon > max(effect.start, effect.end) or (single and codon != effect.start):
        return f"{name} lies in codon {codon}, but {effect} speaks of residue {effect.start}"
    if not single or effect.effect not in (Effect.MISSENSE, Effect.STOP):
        return ""
    if str(name) not in protein.single_base_changes(effect):
        return f"no codon of {effect.first} becomes {effect.alt} by {name.ref}>{name.alt} at c.{name.start}"
    return ""


def _frame(gene: str, name: Name) -> Consequence | None:
    change = name.length_change
    if change is None or name.edit in (Edit.SUBSTITUTION, Edit.INVERSION):
        return None
    title = f"{gene} {name}".strip()
    rest = change % 3
    term = "frameshift" if rest else "in-frame change"
    moved = (
        f"{'removes' if change < 0 else 'adds'} {abs(change)} coding base{'s' if abs(change) != 1 else ''}"
    )
    if change == 0:
        moved = "replaces coding bases by the same number, 0 gained or lost"
    frame = (
        "not a multiple of three, so the reading frame shifts" if rest else "a multiple of three: in frame"
    )
    return Consequence(
        term=term,
        statement=f"By its name alone, {title} {moved}, {frame} ({term}); {UNSEEN}.",
        working=f"{title}: {moved}; length change {change}, remainder by three {rest}: {term}; {UNSEEN}",
        loses_function=bool(rest),
    )


def _start_codon(gene: str, name: Name) -> Consequence:
    title = f"{gene} {name}".strip()
    said = "changes a base of the start codon (c.1 to c.3)"
    return Consequence(
        term="start codon",
        statement=f"By its name alone, {title} {said}; {UNSEEN}.",
        working=f"{title}: {said}; {UNSEEN}",
        loses_function=True,
    )


def _splice(gene: str, name: Name) -> Consequence | None:
    near = _nearest_intronic(name)
    if near is None or abs(near) > 8:
        return None
    title = f"{gene} {name}".strip()
    site = "donor" if near > 0 else "acceptor"
    canonical = abs(near) <= 2 and not keeps_site(name)
    if canonical:
        said, term = f"changes the canonical splice {site} ({near:+d})", f"splice {site}"
    else:
        said, term = f"changes the splice region of the {site} side ({near:+d})", "splice region"
    return Consequence(
        term=term,
        statement=f"By its name alone, {title} {said}; {UNSEEN}.",
        working=f"{title}: intronic position {near:+d}: {term}; {said}; {UNSEEN}",
        loses_function=canonical,
    )


def keeps_site(name: Name) -> bool:
    """True for a duplication behind which the canonical two bases still stand: the copy comes after ``end``."""
    first, last = name.start, name.end
    if name.edit is not Edit.DUPLICATION or first is None or last is None:
        return False
    return (first.offset > 0 and last.offset >= 2) or (first.offset < 0 and last.offset <= -2)


def keeps_start(name: Name) -> bool:
    """True if c.1 to c.3 still stand together: bases put in behind c.3, or a copy of c.1, of c.1_2, or up to c.3."""
    first, last = name.start, name.end
    if first is None or last is None or first.offset or last.offset:
        return False
    if name.edit is Edit.INSERTION:
        return first.base >= 3
    return name.edit is Edit.DUPLICATION and (first.base == 1 or last.base >= 3)


def _nearest_intronic(name: Name) -> int | None:
    """The offset of the intronic base nearest to an exon that the change covers; None if it covers none."""
    first, last = name.start, name.end
    if first is None or last is None or (not first.offset and not last.offset):
        return None
    if not first.offset:
        return 1 if last.offset > 0 else -1
    if not last.offset:
        return -1 if first.offset < 0 else 1
    if (first.offset > 0) != (last.offset > 0):
        return 1
    if name.edit is Edit.INSERTION and last.offset - first.offset == 1:
        return last.offset if first.offset > 0 else first.offset
    return first.offset if first.offset > 0 else last.offset
